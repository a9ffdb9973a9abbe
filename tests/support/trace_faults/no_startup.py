"""WSAStartup is missing."""

from winsock_ctypes import *

hSock = WSASocket(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED)
closesocket(hSock)
