"""A completion routine without an OVERLAPPED."""

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
szRecvBytes = DWORD()
flagInfo = DWORD(0)
peer.sendall(b"hello")
try:
    WSARecv(hSock, byref(wsaBuf), 1, byref(szRecvBytes), byref(flagInfo), NULL, ReadComRoutine)  # the fault
except TypeError as error:
    print(error, flush=True)
closesocket(hSock)
WSACleanup()
