"""A connected socket of the bindings, and its other end, a socket of Python's."""

import socket as python_socket
from ctypes import byref, sizeof

from winsock_ctypes import *


def start():
    assert WSAStartup(MAKEWORD(2, 2), byref(WSADATA())) == 0


def connected():
    listener = python_socket.create_server(("127.0.0.1", 0))
    address = SOCKADDR_IN()
    address.sin_family = AF_INET
    address.sin_addr.S_un.S_addr = htonl(INADDR_LOOPBACK)
    address.sin_port = htons(listener.getsockname()[1])
    ours = WSASocket(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED)
    assert connect(ours, byref(address), sizeof(address)) == 0
    peer, _ = listener.accept()
    listener.close()
    return ours, peer
