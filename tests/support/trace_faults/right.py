"""A right program: it receives once, with a completion routine. The mistakes of mistakes.diff are made in it."""

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
if WSARecv(hSock, byref(wsaBuf), 1, NULL, byref(flagInfo), byref(overlapped), ReadComRoutine) == SOCKET_ERROR:
    if WSAGetLastError() != WSA_IO_PENDING:
        raise OSError("WSARecv")
peer.sendall(b"hello")
while SleepEx(1000, TRUE) != WAIT_IO_COMPLETION:
    pass
closesocket(hSock)
WSACleanup()
