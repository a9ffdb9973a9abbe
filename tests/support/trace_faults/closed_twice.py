"""A socket is closed twice."""

from _peer import start

from winsock_ctypes import *

start()
hSock = socket(AF_INET, SOCK_STREAM, 0)
closesocket(hSock)
closesocket(hSock)  # the fault
WSACleanup()
