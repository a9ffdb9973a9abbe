"""What Winsock promises about overlapped I/O with completion routines, asked of the real DLL."""

import socket as pysocket
import struct
import threading
from ctypes import byref

import pytest

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


def test_sleepex_without_a_routine_to_run_returns_0():
    assert SleepEx(0, TRUE) == 0 and SleepEx(10, TRUE) == 0 and SleepEx(0, FALSE) == 0


def test_one_wait_runs_all_that_are_queued(pair):
    operations = [Operation(1).receiving(pair[0], Routine) for _ in range(3)]
    pair[1].sendall(b"abc")
    for operation in operations:
        operation.wait_until_complete()
    assert SleepEx(5000, TRUE) == WAIT_IO_COMPLETION
    assert len(delivered) == 3 and sorted(bytes(o.buf) for o in operations) == [b"a", b"b", b"c"]


def test_a_routine_may_start_the_next_operation(pair):
    left = [50]
    operation = Operation(1)

    @LPWSAOVERLAPPED_COMPLETION_ROUTINE
    def Chained(dwError, cbTransferred, lpOverlapped, dwFlags):
        assert (dwError, cbTransferred) == (0, 1)
        left[0] -= 1
        if left[0]:
            operation.receiving(pair[0], Chained)

    pair[1].sendall(b"x" * 50)
    operation.receiving(pair[0], Chained)
    for _ in range(500):
        if not left[0]:
            break
        SleepEx(100, TRUE)
    assert left[0] == 0


def test_a_wait_inside_a_routine_runs_others(pair):
    order = []
    inner, outer = Operation(1), Operation(1)

    @LPWSAOVERLAPPED_COMPLETION_ROUTINE
    def Outer(dwError, cbTransferred, lpOverlapped, dwFlags):
        order.append("outer begins")
        inner.receiving(pair[0], Inner)
        for _ in range(50):
            if SleepEx(100, TRUE) == WAIT_IO_COMPLETION:
                break
        order.append("outer ends")

    @LPWSAOVERLAPPED_COMPLETION_ROUTINE
    def Inner(dwError, cbTransferred, lpOverlapped, dwFlags):
        order.append("inner")

    pair[1].sendall(b"xy")
    outer.receiving(pair[0], Outer)
    for _ in range(50):
        if order:
            break
        SleepEx(100, TRUE)
    assert order == ["outer begins", "inner", "outer ends"]


def test_hevent_is_the_callers_when_there_is_a_routine(pair):
    event = CreateEvent(NULL, TRUE, FALSE, NULL)
    operation = Operation(event=event).receiving(pair[0], Routine)
    pair[1].sendall(b"x")
    wait_for(1)
    assert operation.overlapped.hEvent == event
    assert WaitForSingleObject(event, 0) == WAIT_TIMEOUT
    assert CloseHandle(event)


def test_an_operation_with_a_routine_can_be_asked_for_its_result(pair):
    operation, count, flags = Operation().receiving(pair[0], Routine), DWORD(), DWORD()
    assert not WSAGetOverlappedResult(pair[0].fileno(), byref(operation.overlapped), byref(count), FALSE, byref(flags))
    assert WSAGetLastError() == WSA_IO_INCOMPLETE
    pair[1].sendall(b"x")
    wait_for(1)


def test_the_wsabuf_is_captured_by_the_call(pair):
    operation = Operation().receiving(pair[0], Routine)
    operation.wsabuf.len, operation.wsabuf.buf = 0, PBYTE()
    pair[1].sendall(b"hello")
    wait_for(1)
    assert bytes(operation.buf[:5]) == b"hello"


# ---- ends --------------------------------------------------------------------------------------------------------


def test_the_peers_shutdown_is_a_receive_of_0_bytes(pair):
    _operation = Operation().receiving(pair[0], Routine)
    pair[1].shutdown(pysocket.SHUT_WR)
    wait_for(1)
    assert delivered[0][:2] == (0, 0)


def test_the_peers_reset_is_an_error(pair):
    _operation = Operation().receiving(pair[0], Routine)
    pair[1].setsockopt(pysocket.SOL_SOCKET, pysocket.SO_LINGER, struct.pack("hh", 1, 0))
    pair[1].close()
    wait_for(1)
    assert delivered[0].error == WSAECONNRESET


def test_closesocket_delivers_what_was_pending(pair):
    s = pair[0].detach()
    _operation = Operation().receiving(s, Routine)
    assert closesocket(s) == 0
    wait_for(1)
    assert delivered[0].error in CLOSED_WHILE_PENDING


@pytest.mark.parametrize("cancel", [CancelIo, lambda s: CancelIoEx(s, NULL)], ids=["CancelIo", "CancelIoEx"])
def test_what_is_cancelled_is_delivered(pair, cancel):
    _operations = [Operation().receiving(pair[0], Routine) for _ in range(3)]
    assert cancel(pair[0].fileno())
    wait_for(3)
    assert [delivery.error for delivery in delivered] == [WSA_OPERATION_ABORTED] * 3


def test_where_nothing_is_pending_there_is_nothing_to_cancel(pair, opened):
    for s in (pair[0].fileno(), new_socket(opened)):
        assert (0 if CancelIoEx(s, NULL) else GetLastError()) in NOTHING_TO_CANCEL


def test_the_end_of_a_thread_cancels_its_operations(pair):
    operation = Operation()
    thread = threading.Thread(target=operation.receive, args=(pair[0], Routine))
    thread.start()
    thread.join()
    for _ in range(500):
        if not operation.pending():
            break
        SleepEx(10, TRUE)
    assert operation.status() == STATUS_CANCELLED and not delivered


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


def test_a_receive_of_no_bytes_tells_that_there_are_some(pair):
    operation = Operation()
    operation.wsabuf.len = 0
    operation.receiving(pair[0], Routine)
    pair[1].sendall(b"x")
    wait_for(1)
    assert delivered[0][:2] == (0, 0)
    assert pair[0].recv(1) == b"x"
