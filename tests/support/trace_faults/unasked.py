"""A plain call fails, and the program goes on."""

from ctypes import byref, sizeof

from _peer import start

from winsock_ctypes import *

start()
hLisnSock = socket(AF_INET, SOCK_STREAM, 0)
lisnAdr = SOCKADDR_IN()
lisnAdr.sin_family = AF_INET
lisnAdr.sin_addr.S_un.S_addr = htonl(0x08080808)  # not an address of this computer
bind(hLisnSock, byref(lisnAdr), sizeof(lisnAdr))  # the fault: fails
hSocket = socket(AF_INET, SOCK_STREAM, 0)
getsockname(hSocket, byref(lisnAdr), byref(INT(4)))  # the fault: fails
closesocket(hSocket)
closesocket(hLisnSock)
WSACleanup()
