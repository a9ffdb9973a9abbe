"""Events: what they are, waits for them, an operation's event and a socket's network events, against the real DLLs."""

import ctypes
from ctypes import byref

import pytest

from tests.support.overlapped import Operation, Routine, delivered
from tests.support.sockets import connected, listening, new_socket
from winsock_ctypes import *

PATIENCE = 5000  # milliseconds: only reached when a test fails


def wait(*events, all=FALSE, milliseconds=0, alertable=FALSE):
    return WSAWaitForMultipleEvents(len(events), (WSAEVENT * len(events))(*events), all, milliseconds, alertable)


def test_an_event_of_createevent_stays_signalled_until_it_is_reset():
    event = CreateEvent(NULL, TRUE, FALSE, NULL)
    assert WaitForSingleObjectEx(event, 0, TRUE) == WAIT_TIMEOUT and SetEvent(event)
    assert WaitForSingleObject(event, 0) == WAIT_OBJECT_0 and ResetEvent(event)
    assert WaitForSingleObject(event, 0) == WAIT_TIMEOUT and CloseHandle(event)
    assert WaitForSingleObject(event, 0) == WAIT_FAILED and GetLastError() == ERROR_INVALID_HANDLE
    assert not CloseHandle(event) and GetLastError() == ERROR_INVALID_HANDLE


def test_an_event_of_wsacreateevent_stays_signalled_until_it_is_reset(event):
    assert wait(event) == WSA_WAIT_TIMEOUT
    assert WSASetEvent(event)
    assert wait(event) == wait(event) == WSA_WAIT_EVENT_0
    assert WSAResetEvent(event)
    assert wait(event) == WSA_WAIT_TIMEOUT


def test_a_wait_tells_the_first_or_waits_for_all(opened, event):
    second = WSACreateEvent()
    opened.callback(WSACloseEvent, second)
    WSASetEvent(second)
    assert wait(event, second) == WSA_WAIT_EVENT_0 + 1
    assert wait(event, second, all=TRUE) == WSA_WAIT_TIMEOUT
    WSASetEvent(event)
    assert wait(event, second) == WSA_WAIT_EVENT_0
    assert wait(event, second, all=TRUE) == WSA_WAIT_EVENT_0


@pytest.mark.parametrize("function", [WSASetEvent, WSAResetEvent, WSACloseEvent])
def test_what_is_no_event_is_refused(function):
    assert not function(NULL)
    assert WSAGetLastError() == WSA_INVALID_HANDLE


def test_a_wait_refuses_too_many_events_none_and_a_handle_where_an_array_belongs(event):
    many = (WSAEVENT * 65)(*[event] * 65)
    assert WSAWaitForMultipleEvents(65, many, FALSE, 0, FALSE) == WSA_WAIT_FAILED
    assert WSAGetLastError() in (WSA_INVALID_PARAMETER, WSAEINVAL)
    assert wait(NULL) == WSA_WAIT_FAILED
    assert WSAGetLastError() == WSA_INVALID_HANDLE
    with pytest.raises(ctypes.ArgumentError, match="lphEvents"):
        WSAWaitForMultipleEvents(1, event, FALSE, 0, FALSE)


@pytest.mark.parametrize("create", [WSACreateEvent, lambda: CreateEvent(NULL, TRUE, FALSE, NULL)], ids=["WSA", "kernel32"])
def test_an_operations_event_is_reset_when_it_starts_and_signalled_when_it_completes(opened, create):
    client, accepted = connected(opened)
    count, flags, event = DWORD(), DWORD(), create()
    opened.callback(CloseHandle, event)
    SetEvent(event)
    operation = Operation(event=event)
    assert operation.receive(accepted) == WSA_IO_PENDING
    assert wait(event) == WSA_WAIT_TIMEOUT
    assert not WSAGetOverlappedResult(accepted, byref(operation.overlapped), byref(count), FALSE, byref(flags))
    assert WSAGetLastError() == WSA_IO_INCOMPLETE
    send(client, b"abcd", 4, 0)
    assert wait(event, milliseconds=PATIENCE) == WSA_WAIT_EVENT_0 and WaitForSingleObject(event, 0) == WAIT_OBJECT_0
    assert WSAGetOverlappedResult(accepted, byref(operation.overlapped), byref(count), FALSE, byref(flags))
    assert count.value == 4


def test_an_alertable_wait_for_events_runs_routines(opened, event):
    client, accepted = connected(opened)
    _operation = Operation().receiving(accepted, Routine)
    send(client, b"ab", 2, 0)
    assert wait(event, milliseconds=PATIENCE, alertable=TRUE) == WSA_WAIT_IO_COMPLETION
    assert [delivery.count for delivery in delivered] == [2]


def test_a_network_event_is_told_once_and_makes_the_socket_non_blocking(opened, event):
    server, address = listening(opened)
    assert WSAEventSelect(server, event, FD_ACCEPT | FD_CLOSE) == 0
    assert accept(server, NULL, NULL) == INVALID_SOCKET  # non-blocking now
    assert WSAGetLastError() == WSAEWOULDBLOCK
    client = new_socket(opened)
    assert connect(client, byref(address), ctypes.sizeof(address)) == 0
    assert wait(event, milliseconds=PATIENCE) == WSA_WAIT_EVENT_0
    events = WSANETWORKEVENTS()
    assert WSAEnumNetworkEvents(server, event, byref(events)) == 0
    assert (events.lNetworkEvents, events.iErrorCode[FD_ACCEPT_BIT]) == (FD_ACCEPT, 0)
    assert wait(event) == WSA_WAIT_TIMEOUT
    assert WSAEnumNetworkEvents(server, event, byref(events)) == 0
    assert events.lNetworkEvents == 0
    zero = u_long(0)
    assert ioctlsocket(server, FIONBIO, byref(zero)) == SOCKET_ERROR
    assert WSAGetLastError() == WSAEINVAL
    assert WSAEventSelect(server, NULL, 0) == 0
    assert ioctlsocket(server, FIONBIO, byref(zero)) == 0


def test_what_is_no_socket_has_no_network_events(event):
    assert WSAEventSelect(0xFFF0, event, FD_READ) == SOCKET_ERROR
    assert WSAGetLastError() == WSAENOTSOCK
    assert WSAEnumNetworkEvents(0xFFF0, event, byref(WSANETWORKEVENTS())) == SOCKET_ERROR
    assert WSAGetLastError() == WSAENOTSOCK
