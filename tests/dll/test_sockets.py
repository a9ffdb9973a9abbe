"""Sockets without overlapped I/O: beginning and end, non-blocking ones, options, select and WSAPoll, against the real DLL."""

import socket as pysocket
import struct
import threading
from ctypes import byref, create_string_buffer, sizeof

import pytest

from tests.support.deviations import ACCEPT_AFTER_RESET
from tests.support.sockets import connected, listening, nonblocking, reset
from winsock_ctypes import *

PATIENCE = 5000  # milliseconds: only reached when a test fails


@pytest.fixture
def listener():
    with pysocket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def test_wsastartup_returns_its_error():
    assert WSAStartup(MAKEWORD(0, 0), byref(WSADATA())) == WSAVERNOTSUPPORTED
    data = WSADATA()
    assert WSAStartup(MAKEWORD(2, 2), byref(data)) == 0 and data.wVersion == 0x0202
    assert WSACleanup() == 0


def test_a_conversation_with_nothing_but_the_bindings():
    listener = socket(AF_INET, SOCK_STREAM, 0)
    address = SOCKADDR_IN(AF_INET)
    address.sin_addr.S_un.S_addr = htonl(INADDR_LOOPBACK)
    size = INT(sizeof(address))
    assert bind(listener, byref(address), sizeof(address)) == 0 and listen(listener, SOMAXCONN) == 0
    assert getsockname(listener, byref(address), byref(size)) == 0 and size.value == 16
    client = WSASocket(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, 0)
    assert connect(client, byref(address), sizeof(address)) == 0
    peer_address = SOCKADDR_IN()
    server = accept(listener, byref(peer_address), byref(size))
    name = SOCKADDR_IN()
    assert getpeername(server, byref(name), byref(size)) == 0 and bytes(name) == bytes(peer_address)
    assert send(client, b"hello", 5, 0) == 5
    buf = create_string_buffer(16)
    assert recv(server, byref(buf, 1), 4, 0) == 4 and recv(server, byref(buf, 5), 9, 0) == 1 and buf.raw[1:6] == b"hello"
    assert shutdown(client, SD_SEND) == 0 and recv(server, buf, 16, 0) == 0
    for s in (listener, client, server):
        assert closesocket(s) == 0
    assert closesocket(server) == SOCKET_ERROR and WSAGetLastError() == WSAENOTSOCK


# ---- non-blocking ------------------------------------------------------------------------------------------------


def test_a_non_blocking_accept_without_a_client_would_block(listener):
    nonblocking(listener.fileno())
    address, size = SOCKADDR_IN(), INT(sizeof(SOCKADDR_IN))
    assert accept(listener.fileno(), byref(address), byref(size)) == INVALID_SOCKET
    assert WSAGetLastError() == WSAEWOULDBLOCK
    assert bytes(address) == bytes(16) and size.value == 16


def test_the_accepted_socket_inherits_non_blocking(listener):
    nonblocking(listener.fileno())
    with pysocket.create_connection(listener.getsockname()):
        while (s := accept(listener.fileno(), NULL, NULL)) == INVALID_SOCKET:
            assert WSAGetLastError() == WSAEWOULDBLOCK
        assert recv(s, create_string_buffer(1), 1, 0) == SOCKET_ERROR
        assert WSAGetLastError() == WSAEWOULDBLOCK
        assert closesocket(s) == 0


def test_fionbio_with_0_makes_it_blocking_again(pair):
    s = pair[0].fileno()
    nonblocking(s)
    assert ioctlsocket(s, FIONBIO, byref(u_long(0))) == 0
    threading.Timer(0.05, pair[1].sendall, (b"x",)).start()
    assert recv(s, create_string_buffer(1), 1, 0) == 1


def test_fionbio_of_no_socket_fails():
    assert ioctlsocket(INVALID_SOCKET, FIONBIO, byref(u_long(1))) == SOCKET_ERROR
    assert WSAGetLastError() == WSAENOTSOCK


def test_wsaioctl_does_what_ioctlsocket_does(opened):
    s, _ = listening(opened)
    count = DWORD()
    assert WSAIoctl(s, FIONBIO, byref(u_long(1)), sizeof(u_long), NULL, 0, byref(count), NULL, NULL) == 0
    assert accept(s, NULL, NULL) == INVALID_SOCKET
    assert WSAGetLastError() == WSAEWOULDBLOCK


@pytest.mark.parametrize("size", [0, 15])
def test_accept_with_too_little_room_for_the_address_fails(listener, size):
    with pysocket.create_connection(listener.getsockname()):
        assert accept(listener.fileno(), byref(SOCKADDR_IN()), byref(INT(size))) == INVALID_SOCKET
        assert WSAGetLastError() == WSAEFAULT


def test_accept_of_a_client_that_has_reset(listener):
    client = pysocket.create_connection(listener.getsockname())
    client.setsockopt(pysocket.SOL_SOCKET, pysocket.SO_LINGER, struct.pack("hh", 1, 0))
    client.close()
    s = accept(listener.fileno(), byref(SOCKADDR_IN()), byref(INT(16)))
    assert (WSAGetLastError() if s == INVALID_SOCKET else 0) in ACCEPT_AFTER_RESET
    if s != INVALID_SOCKET:
        closesocket(s)


# ---- options, select, WSAPoll ------------------------------------------------------------------------------------


def test_an_option_is_read_as_it_was_set(pair):
    s, value, size = pair[0].fileno(), INT(), INT(sizeof(INT))
    assert setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, byref(INT(1)), sizeof(INT)) == 0
    assert getsockopt(s, SOL_SOCKET, SO_KEEPALIVE, byref(value), byref(size)) == 0 and value.value == 1
    size.value = sizeof(INT)
    assert getsockopt(s, SOL_SOCKET, SO_TYPE, byref(value), byref(size)) == 0 and value.value == SOCK_STREAM


def test_an_option_that_does_not_exist_is_refused(pair):
    assert setsockopt(pair[0].fileno(), SOL_SOCKET, 0x7777, byref(INT(1)), sizeof(INT)) == SOCKET_ERROR
    assert WSAGetLastError() == WSAENOPROTOOPT


def test_select_leaves_the_ready_ones_in_the_sets(pair):
    s = pair[0].fileno()
    readable, writable = fd_set(), fd_set()
    FD_ZERO(byref(readable))
    FD_SET(s, byref(readable))
    FD_SET(s, byref(readable))
    FD_SET(s, writable)
    assert readable.fd_count == 1
    assert select(0, byref(readable), byref(writable), NULL, byref(timeval(5, 0))) == 1
    assert FD_ISSET(s, byref(writable)) and not FD_ISSET(s, byref(readable))
    FD_SET(s, byref(readable))
    assert select(0, byref(readable), NULL, NULL, byref(timeval(0, 1000))) == 0
    FD_SET(s, byref(readable))
    pair[1].sendall(b"x")
    assert select(0, byref(readable), NULL, NULL, byref(timeval(5, 0))) == 1
    FD_CLR(s, byref(readable))
    assert readable.fd_count == 0


def test_select_of_no_sets_fails():
    assert select(0, NULL, NULL, NULL, byref(timeval(0, 0))) == SOCKET_ERROR and WSAGetLastError() == WSAEINVAL


def test_wsapoll_tells_which_socket_is_ready_for_what(opened):
    client, accepted = connected(opened)
    fds = (WSAPOLLFD * 2)(WSAPOLLFD(client, POLLRDNORM), WSAPOLLFD(accepted, POLLRDNORM))
    assert WSAPoll(fds, 2, 0) == 0
    assert send(client, b"x", 1, 0) == 1
    assert WSAPoll(fds, 2, PATIENCE) == 1
    assert (fds[0].revents, fds[1].revents) == (0, POLLRDNORM)
    fds[0].events = POLLWRNORM
    assert WSAPoll(fds, 2, PATIENCE) == 2
    assert fds[0].revents == POLLWRNORM


def test_wsapoll_sees_the_end_of_a_connection(opened):
    client, accepted = connected(opened)
    reset(client)
    fd = WSAPOLLFD(accepted, POLLRDNORM)
    assert WSAPoll(byref(fd), 1, PATIENCE) == 1
    assert fd.revents & (POLLHUP | POLLERR)


def test_wsapoll_of_nothing_fails():
    assert WSAPoll(NULL, 0, 0) == SOCKET_ERROR
    assert WSAGetLastError() in (WSAEINVAL, WSAEFAULT)
