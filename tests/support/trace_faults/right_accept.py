"""A right program: it accepts with AcceptEx. Mistakes of mistakes.diff are made in it, too."""

import socket as python_socket
from ctypes import byref, create_string_buffer, sizeof

from _peer import start

from winsock_ctypes import *

ROOM = sizeof(SOCKADDR_IN) + 16

start()
hLisnSock = socket(AF_INET, SOCK_STREAM, 0)
lisnAdr = SOCKADDR_IN()
lisnAdr.sin_family = AF_INET
lisnAdr.sin_addr.S_un.S_addr = htonl(INADDR_LOOPBACK)
if bind(hLisnSock, byref(lisnAdr), sizeof(lisnAdr)) == SOCKET_ERROR or listen(hLisnSock, 5) == SOCKET_ERROR:
    raise OSError("listen")
if getsockname(hLisnSock, byref(lisnAdr), byref(INT(sizeof(lisnAdr)))) == SOCKET_ERROR:
    raise OSError("getsockname")
AcceptEx = LPFN_ACCEPTEX()
asked = SIO_GET_EXTENSION_FUNCTION_POINTER, byref(WSAID_ACCEPTEX), sizeof(GUID), byref(AcceptEx), 8, byref(DWORD())
if WSAIoctl(hLisnSock, *asked, NULL, NULL) == SOCKET_ERROR:
    raise OSError("WSAIoctl")
hAcceptSock = socket(AF_INET, SOCK_STREAM, 0)
addresses = create_string_buffer(128)
overlapped = WSAOVERLAPPED()
overlapped.hEvent = WSACreateEvent()

client = python_socket.create_connection(("127.0.0.1", ntohs(lisnAdr.sin_port)))
if not AcceptEx(hLisnSock, hAcceptSock, addresses, 0, ROOM, ROOM, byref(DWORD()), byref(overlapped)):
    if WSAGetLastError() != WSA_IO_PENDING:
        raise OSError("AcceptEx")
if not WSAGetOverlappedResult(hLisnSock, byref(overlapped), byref(DWORD()), TRUE, byref(DWORD())):
    raise OSError("WSAGetOverlappedResult")
if setsockopt(hAcceptSock, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, byref(SOCKET(hLisnSock)), 8) == SOCKET_ERROR:
    raise OSError("setsockopt")
clntAdr = SOCKADDR_IN()
if getpeername(hAcceptSock, byref(clntAdr), byref(INT(sizeof(clntAdr)))) == SOCKET_ERROR:
    print(repr(WSAGetLastError()), flush=True)
client.close()
closesocket(hAcceptSock)
closesocket(hLisnSock)
WSACloseEvent(overlapped.hEvent)
WSACleanup()
