"""A plain recv is told of more bytes than the buffer has. It is found before it kills the process."""

from ctypes import cast

from _peer import connected, start

from winsock_ctypes import *

start()
hSock, peer = connected()
message = malloc(16)
peer.sendall(b"hello")
print(recv(hSock, cast(message, LPSTR), 1024, 0), flush=True)  # the fault
free(message)
peer.close()
closesocket(hSock)
WSACleanup()
