"""Two receives, each with its own OVERLAPPED, into one buffer."""

from ctypes import byref, cast, create_string_buffer

from _peer import connected, start

from winsock_ctypes import *


@LPWSAOVERLAPPED_COMPLETION_ROUTINE
def ReadComRoutine(dwError, szRecvBytes, lpOverlapped, flags):
    pass


start()
buf = create_string_buffer(64)
wsaBuf = WSABUF(64, cast(buf, PBYTE))
overlapped = [WSAOVERLAPPED(), WSAOVERLAPPED()]
socks = [connected(), connected()]
for (hSock, _), ov in zip(socks, overlapped, strict=True):
    flagInfo = DWORD(0)
    if WSARecv(hSock, byref(wsaBuf), 1, NULL, byref(flagInfo), byref(ov), ReadComRoutine) == SOCKET_ERROR:  # the fault
        if WSAGetLastError() != WSA_IO_PENDING:
            raise OSError("WSARecv")
for hSock, peer in socks:
    peer.sendall(b"hello")
    while SleepEx(1000, TRUE) != WAIT_IO_COMPLETION:
        pass
    closesocket(hSock)
WSACleanup()
