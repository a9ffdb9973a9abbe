"""The buffer is a local variable of a function that has returned."""

import gc
from ctypes import byref, cast, create_string_buffer

from _peer import connected, start

from winsock_ctypes import *


@LPWSAOVERLAPPED_COMPLETION_ROUTINE
def ReadComRoutine(dwError, szRecvBytes, lpOverlapped, flags):
    pass


overlapped = WSAOVERLAPPED()
flagInfo = DWORD(0)


def StartRecv(hSock):
    buf = create_string_buffer(64)  # the fault: gone when the function returns
    wsaBuf = WSABUF(64, cast(buf, PBYTE))
    if WSARecv(hSock, byref(wsaBuf), 1, NULL, byref(flagInfo), byref(overlapped), ReadComRoutine) == SOCKET_ERROR:
        if WSAGetLastError() != WSA_IO_PENDING:
            raise OSError("WSARecv")


start()
hSock, peer = connected()
StartRecv(hSock)
gc.collect()  # cast has left a circle of references
CancelIoEx(hSock, NULL)
SleepEx(1000, TRUE)
closesocket(hSock)
WSACleanup()
