"""What Winsock promises about overlapped I/O with completion routines, asked of the real DLL.

What tests/seen asks as experiments, tests/seen/test_seen.py asserts; here is the rest.
"""

import socket as pysocket
from ctypes import byref

from tests.support.deviations import (
    CLOSED_WHILE_PENDING,
    NOTHING_TO_CANCEL,
    RECV_NO_BUFFERS,
    RECV_WITHOUT_COUNT,
    SEND_UNCONNECTED,
)
from tests.support.overlapped import Operation, Routine, delivered, wait_for
from tests.support.sockets import new_socket, nonblocking
from winsock_ctypes import *

# ---- delivery ----------------------------------------------------------------------------------------------------


def test_a_receive_is_pending_until_the_bytes_come_and_then_delivered(pair):
    operation = Operation()
    assert operation.receive(pair[0], Routine) == WSA_IO_PENDING
    assert operation.pending() and operation.count.value == 77
    pair[1].sendall(b"hello")
    wait_for(1)
    assert delivered[0][:2] == (0, 5) and bytes(operation.buf[:5]) == b"hello"
    assert operation.status() == 0 and operation.overlapped.InternalHigh == 5


# ---- ends --------------------------------------------------------------------------------------------------------


def test_closesocket_delivers_what_was_pending(pair):
    s = pair[0].detach()
    _operation = Operation().receiving(s, Routine)
    assert closesocket(s) == 0
    wait_for(1)
    assert delivered[0].error in CLOSED_WHILE_PENDING


def test_where_nothing_is_pending_there_is_nothing_to_cancel(pair, opened):
    for s in (pair[0].fileno(), new_socket(opened)):
        assert (0 if CancelIoEx(s, NULL) else GetLastError()) in NOTHING_TO_CANCEL


def test_a_call_that_fails_at_once_brings_no_completion(pair):
    with pysocket.socket() as unconnected:
        unconnected.bind(("127.0.0.1", 0))
        assert Operation().receive(unconnected, Routine) == WSAENOTCONN
        assert Operation().send(unconnected, Routine) in SEND_UNCONNECTED
    assert Operation().receive(INVALID_SOCKET, Routine) == WSAENOTSOCK
    pair[0].shutdown(pysocket.SHUT_WR)
    assert Operation().send(pair[0], Routine) == WSAESHUTDOWN
    assert SleepEx(50, TRUE) == 0 and not delivered


# ---- odd arguments -----------------------------------------------------------------------------------------------


def test_without_an_overlapped_the_call_is_not_overlapped(pair):
    s, buf, flags, count = pair[0].fileno(), Operation(), DWORD(0), DWORD()
    nonblocking(s)
    assert WSARecv(s, byref(buf.wsabuf), 1, byref(count), byref(flags), NULL, NULL) == SOCKET_ERROR
    assert WSAGetLastError() == WSAEWOULDBLOCK
    pair[1].sendall(b"hello")
    select(0, byref(fd_set(1, (SOCKET * 64)(s))), NULL, NULL, NULL)
    assert WSARecv(s, byref(buf.wsabuf), 1, NULL, byref(flags), NULL, NULL) in RECV_WITHOUT_COUNT
    assert WSASend(s, byref(buf.wsabuf), 1, NULL, 0, NULL, NULL) == SOCKET_ERROR
    assert WSAGetLastError() == WSAEFAULT


def test_a_receive_without_buffers_is_refused(pair):
    s, operation = pair[0].fileno(), Operation()
    flags, overlapped = byref(operation.flags), byref(operation.overlapped)
    result = WSARecv(s, byref(operation.wsabuf), 0, NULL, flags, overlapped, Routine)
    code = 0 if result == 0 else WSAGetLastError()
    assert code in RECV_NO_BUFFERS
    if code != WSAEINVAL:
        CancelIoEx(s, NULL)
        wait_for(1)
