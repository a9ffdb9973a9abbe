"""Sockets made by the bindings alone."""

from ctypes import byref, sizeof

from winsock_ctypes import *


def new_socket(opened, family=AF_INET):
    """A socket for overlapped operations. `opened` closes it at the end."""
    s = WSASocket(family, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED)
    assert s != INVALID_SOCKET
    opened.callback(closesocket, s)
    return s


def loopback(family=AF_INET, port=0):
    if family == AF_INET:
        address = SOCKADDR_IN(sin_family=AF_INET, sin_port=htons(port))
        address.sin_addr.S_un.S_addr = htonl(INADDR_LOOPBACK)
        return address
    return SOCKADDR_IN6(sin6_family=AF_INET6, sin6_port=htons(port), sin6_addr=in6addr_loopback)


def bound(opened, family=AF_INET):
    """A socket, bound to a free port, and its address."""
    s, address = new_socket(opened, family), loopback(family)
    size = INT(sizeof(address))
    assert bind(s, byref(address), sizeof(address)) == 0
    assert getsockname(s, byref(address), byref(size)) == 0
    return s, address


def listening(opened, family=AF_INET):
    s, address = bound(opened, family)
    assert listen(s, 5) == 0
    return s, address


def connected(opened, family=AF_INET):
    """A client's socket and the accepted one."""
    server, address = listening(opened, family)
    client = new_socket(opened, family)
    assert connect(client, byref(address), sizeof(address)) == 0
    accepted = accept(server, NULL, NULL)
    assert accepted != INVALID_SOCKET
    opened.callback(closesocket, accepted)
    return client, accepted


def reset(s):
    """Close with a reset instead of an orderly end."""
    assert setsockopt(s, SOL_SOCKET, SO_LINGER, byref(LINGER(1, 0)), sizeof(LINGER)) == 0
    assert closesocket(s) == 0


def nonblocking(s, on=1):
    assert ioctlsocket(s, FIONBIO, byref(u_long(on))) == 0
