"""A completion routine that waits alertably, and is called inside itself."""

from ctypes import byref, cast, create_string_buffer

from _peer import connected, start

from winsock_ctypes import *

rounds = 0


@LPWSAOVERLAPPED_COMPLETION_ROUTINE
def ReadComRoutine(dwError, szRecvBytes, lpOverlapped, flags):
    global rounds
    rounds += 1
    if dwError == 0 and szRecvBytes > 0 and rounds < 3:
        if WSARecv(hSock, byref(wsaBuf), 1, NULL, byref(DWORD(0)), lpOverlapped, ReadComRoutine) == SOCKET_ERROR:
            if WSAGetLastError() != WSA_IO_PENDING:
                raise OSError("WSARecv")
        peer.sendall(b"hello")
        while SleepEx(1000, TRUE) != WAIT_IO_COMPLETION:  # the fault
            pass


start()
hSock, peer = connected()
buf = create_string_buffer(64)
wsaBuf = WSABUF(64, cast(buf, PBYTE))
overlapped = WSAOVERLAPPED()
peer.sendall(b"hello")
if WSARecv(hSock, byref(wsaBuf), 1, NULL, byref(DWORD(0)), byref(overlapped), ReadComRoutine) == SOCKET_ERROR:
    if WSAGetLastError() != WSA_IO_PENDING:
        raise OSError("WSARecv")
while SleepEx(1000, TRUE) != WAIT_IO_COMPLETION:
    pass
closesocket(hSock)
WSACleanup()
