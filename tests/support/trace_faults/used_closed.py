"""A socket is used after it was closed."""

from _peer import connected, start

from winsock_ctypes import *

start()
hSock, peer = connected()
closesocket(hSock)
if send(hSock, b"hello", 5, 0) == SOCKET_ERROR:  # the fault
    print("send:", repr(WSAGetLastError()), flush=True)
peer.close()
WSACleanup()
