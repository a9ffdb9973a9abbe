"""The call fails at once, nobody looks, and the program waits for a completion that will not come."""

from ctypes import byref, cast, create_string_buffer

from _peer import start

from winsock_ctypes import *


@LPWSAOVERLAPPED_COMPLETION_ROUTINE
def ReadComRoutine(dwError, szRecvBytes, lpOverlapped, flags):
    pass


start()
hSock = WSASocket(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED)
buf = create_string_buffer(64)
wsaBuf = WSABUF(64, cast(buf, PBYTE))
overlapped = WSAOVERLAPPED()
flagInfo = DWORD(0)
WSARecv(hSock, byref(wsaBuf), 1, NULL, byref(flagInfo), byref(overlapped), ReadComRoutine)  # the fault: not connected
SleepEx(100, TRUE)
closesocket(hSock)
WSACleanup()
