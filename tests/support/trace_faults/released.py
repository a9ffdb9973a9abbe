"""The OVERLAPPED is freed right after the call that it was given to."""

from ctypes import byref, cast, create_string_buffer, sizeof

from _peer import connected, start

from winsock_ctypes import *


@LPWSAOVERLAPPED_COMPLETION_ROUTINE
def ReadComRoutine(dwError, szRecvBytes, lpOverlapped, flags):
    pass


start()
hSock, peer = connected()
buf = create_string_buffer(64)
wsaBuf = WSABUF(64, cast(buf, PBYTE))
flagInfo = DWORD(0)
lpOvLp = cast(malloc(sizeof(WSAOVERLAPPED)), LPWSAOVERLAPPED)
memset(lpOvLp, 0, sizeof(WSAOVERLAPPED))
if WSARecv(hSock, byref(wsaBuf), 1, NULL, byref(flagInfo), lpOvLp, ReadComRoutine) == SOCKET_ERROR:
    if WSAGetLastError() != WSA_IO_PENDING:
        raise OSError("WSARecv")
free(lpOvLp)  # the fault
peer.detach()  # stays open to the end: if it were closed, the kernel would write into memory that is no longer ours
