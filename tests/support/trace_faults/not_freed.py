"""A block of malloc's is not freed."""

from ctypes import cast, sizeof

from _peer import start

from winsock_ctypes import *

start()
lpOvLp = cast(malloc(sizeof(WSAOVERLAPPED)), LPWSAOVERLAPPED)
memset(lpOvLp, 0, sizeof(WSAOVERLAPPED))
WSACleanup()
