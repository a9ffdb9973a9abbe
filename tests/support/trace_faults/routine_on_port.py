"""A completion routine for a socket that is attached to a port."""

from ctypes import byref, cast, create_string_buffer

from _peer import connected, start

from winsock_ctypes import *


@LPWSAOVERLAPPED_COMPLETION_ROUTINE
def ReadComRoutine(dwError, szRecvBytes, lpOverlapped, flags):
    pass


start()
hSock, peer = connected()
hComPort = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0)
CreateIoCompletionPort(hSock, hComPort, 0, 0)
buf = create_string_buffer(64)
wsaBuf = WSABUF(64, cast(buf, PBYTE))
overlapped = WSAOVERLAPPED()
flagInfo = DWORD(0)
if WSARecv(hSock, byref(wsaBuf), 1, NULL, byref(flagInfo), byref(overlapped), ReadComRoutine) == SOCKET_ERROR:  # the fault
    print(repr(WSAGetLastError()), flush=True)
closesocket(hSock)
CloseHandle(hComPort)
WSACleanup()
