"""The OVERLAPPED is a local variable of a function that has returned."""

from ctypes import byref, cast, create_string_buffer

from _peer import connected, start

from winsock_ctypes import *

buf = create_string_buffer(64)
wsaBuf = WSABUF(64, cast(buf, PBYTE))
flagInfo = DWORD(0)


@LPWSAOVERLAPPED_COMPLETION_ROUTINE
def ReadComRoutine(dwError, szRecvBytes, lpOverlapped, flags):
    pass


def StartRecv(hSock):
    overlapped = WSAOVERLAPPED()  # the fault: gone when the function returns
    if WSARecv(hSock, byref(wsaBuf), 1, NULL, byref(flagInfo), byref(overlapped), ReadComRoutine) == SOCKET_ERROR:
        if WSAGetLastError() != WSA_IO_PENDING:
            raise OSError("WSARecv")


start()
hSock, peer = connected()
StartRecv(hSock)
peer.detach()  # stays open to the end: if it were closed, the kernel would write into memory that is no longer ours
