"""The buffer, not the OVERLAPPED, is freed while the operation is pending."""

from ctypes import byref, cast

from _peer import connected, start

from winsock_ctypes import *


@LPWSAOVERLAPPED_COMPLETION_ROUTINE
def ReadComRoutine(dwError, szRecvBytes, lpOverlapped, flags):
    pass


start()
hSock, peer = connected()
buf = malloc(64)
wsaBuf = WSABUF(64, cast(buf, PBYTE))
overlapped = WSAOVERLAPPED()
flagInfo = DWORD(0)
if WSARecv(hSock, byref(wsaBuf), 1, NULL, byref(flagInfo), byref(overlapped), ReadComRoutine) == SOCKET_ERROR:
    if WSAGetLastError() != WSA_IO_PENDING:
        raise OSError("WSARecv")
free(buf)  # the fault
CancelIoEx(hSock, NULL)
SleepEx(1000, TRUE)
closesocket(hSock)
WSACleanup()
