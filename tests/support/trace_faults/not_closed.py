"""A socket is not closed."""

from _peer import start

from winsock_ctypes import *

start()
hSock = WSASocket(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED)
WSACleanup()
