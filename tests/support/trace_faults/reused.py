"""Two operations share one OVERLAPPED."""

from ctypes import byref, cast, create_string_buffer

from _peer import connected, start

from winsock_ctypes import *


@LPWSAOVERLAPPED_COMPLETION_ROUTINE
def ReadComRoutine(dwError, szRecvBytes, lpOverlapped, flags):
    pass


start()
hSock, peer = connected()
buf = create_string_buffer(64)
wsaBuf = WSABUF(64, cast(buf, PBYTE))
overlapped = WSAOVERLAPPED()
flagInfo = DWORD(0)
for _ in range(2):  # the fault: twice
    if WSARecv(hSock, byref(wsaBuf), 1, NULL, byref(flagInfo), byref(overlapped), ReadComRoutine) == SOCKET_ERROR:
        if WSAGetLastError() != WSA_IO_PENDING:
            raise OSError("WSARecv")
peer.sendall(b"hello")
SleepEx(100, TRUE)
peer.sendall(b"hello")
SleepEx(100, TRUE)
closesocket(hSock)
WSACleanup()
