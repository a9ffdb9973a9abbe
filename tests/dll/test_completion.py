"""Completion ports and the functions of mswsock.h that go with them: the bindings against the real DLLs."""

import contextlib
import ctypes
from ctypes import byref, cast, create_string_buffer, sizeof

import pytest

import winsock_ctypes
from tests.support.deviations import CLOSED_WHILE_PENDING_AT_A_PORT, ON_WINE, UNKNOWN_GUID
from tests.support.overlapped import Operation
from tests.support.sockets import bound, connected, listening, loopback, new_socket
from winsock_ctypes import *

PATIENCE = 5000  # milliseconds: only reached when a test fails


def next_completion(port, milliseconds=PATIENCE):
    """(result, error or 0, bytes, key, address of the OVERLAPPED or None)"""
    count, key, overlapped = DWORD(99), ULONG_PTR(99), LPOVERLAPPED()
    result = GetQueuedCompletionStatus(port, byref(count), byref(key), byref(overlapped), milliseconds)
    error = 0 if result else int(GetLastError())
    return bool(result), error, count.value, key.value, cast(overlapped, LPVOID).value


def extension(s, kind, guid):
    function, count = kind(), DWORD()
    code = SIO_GET_EXTENSION_FUNCTION_POINTER
    result = WSAIoctl(s, code, byref(guid), sizeof(guid), byref(function), sizeof(function), byref(count), NULL, NULL)
    assert (result, count.value) == (0, 8)
    return function


# ---- completion ports --------------------------------------------------------------------------------------------


def test_posted_completions_arrive_as_they_were_posted(port):
    overlapped = OVERLAPPED()
    for count, key, pointer in ((0, 0, None), (7, 2**64 - 1, None), (2**32 - 1, 2**63, byref(overlapped))):
        assert PostQueuedCompletionStatus(port, count, key, pointer)
        address = None if pointer is None else ctypes.addressof(overlapped)
        assert next_completion(port) == (True, 0, count, key, address)


@pytest.mark.parametrize("milliseconds", [0, 20])
def test_a_time_out_is_false_with_null(port, milliseconds):
    result, error, _, _, overlapped = next_completion(port, milliseconds)
    assert (result, error, overlapped) == (False, WAIT_TIMEOUT, None)


def test_a_handle_that_is_no_port_is_refused():
    assert not PostQueuedCompletionStatus(NULL, 0, 0, NULL)
    assert GetLastError() == ERROR_INVALID_HANDLE
    result, error, _, _, overlapped = next_completion(NULL, 0)
    assert (result, error, overlapped) == (False, ERROR_INVALID_HANDLE, None)


def test_a_receive_is_delivered_with_key_and_overlapped(opened, port):
    client, accepted = connected(opened)
    operation = Operation()
    key = 0xFEDCBA9876543210  # as wide as a pointer
    assert CreateIoCompletionPort(accepted, port, key, 0) == port
    operation.receiving(accepted)
    assert next_completion(port, 0)[:2] == (False, WAIT_TIMEOUT)
    assert send(client, b"hello", 5, 0) == 5
    assert next_completion(port) == (True, 0, 5, key, operation.address)
    assert bytes(operation.buf[:5]) == b"hello"


def test_end_of_file_is_success_with_0_bytes(opened, port):
    client, accepted = connected(opened)
    CreateIoCompletionPort(accepted, port, 1, 0)
    operation = Operation().receiving(accepted)
    assert shutdown(client, SD_SEND) == 0
    assert next_completion(port) == (True, 0, 0, 1, operation.address)


def test_a_cancelled_operation_is_delivered(opened, port):
    _, accepted = connected(opened)
    CreateIoCompletionPort(accepted, port, 1, 0)
    operation = Operation().receiving(accepted)
    assert CancelIoEx(accepted, NULL)
    result, error, _, key, overlapped = next_completion(port)
    assert (result, error, key, overlapped) == (False, ERROR_OPERATION_ABORTED, 1, operation.address)


def test_closesocket_delivers_what_is_pending(opened, port):
    server, address = listening(opened)
    client = new_socket(opened)
    assert connect(client, byref(address), sizeof(address)) == 0
    accepted = accept(server, NULL, NULL)
    CreateIoCompletionPort(accepted, port, 1, 0)
    operation = Operation().receiving(accepted)
    assert closesocket(accepted) == 0
    result, error, _, key, overlapped = next_completion(port)
    assert (result, key, overlapped) == (False, 1, operation.address)
    assert error in CLOSED_WHILE_PENDING_AT_A_PORT


def test_a_socket_is_attached_once(opened, port):
    s = new_socket(opened)
    assert CreateIoCompletionPort(s, port, 1, 0) == port
    assert CreateIoCompletionPort(s, port, 2, 0) is None
    assert GetLastError() == ERROR_INVALID_PARAMETER


def test_several_completions_are_taken_at_once(port):
    entries, count = (OVERLAPPED_ENTRY * 4)(), ULONG()
    for key in range(6):
        assert PostQueuedCompletionStatus(port, key * 10, key, NULL)
    got = []
    for expected in (4, 2):
        assert GetQueuedCompletionStatusEx(port, entries, 4, byref(count), PATIENCE, FALSE)
        assert count.value == expected
        got += [(e.lpCompletionKey, e.dwNumberOfBytesTransferred, bool(e.lpOverlapped)) for e in entries[: count.value]]
    assert sorted(got) == [(key, key * 10, False) for key in range(6)]
    assert not GetQueuedCompletionStatusEx(port, entries, 4, byref(count), 0, FALSE)
    assert GetLastError() == WAIT_TIMEOUT


def test_an_entry_tells_failure_by_its_internal(opened, port):
    _, accepted = connected(opened)
    CreateIoCompletionPort(accepted, port, 1, 0)
    operation = Operation().receiving(accepted)
    CancelIoEx(accepted, NULL)
    entry, count = OVERLAPPED_ENTRY(), ULONG()
    assert GetQueuedCompletionStatusEx(port, byref(entry), 1, byref(count), PATIENCE, FALSE)
    assert cast(entry.lpOverlapped, LPVOID).value == operation.address
    assert operation.status() == STATUS_CANCELLED


@pytest.mark.parametrize("raising", [False, True])
def test_an_alertable_wait_runs_routines(opened, port, raising):
    ran = []

    @LPWSAOVERLAPPED_COMPLETION_ROUTINE
    def routine(error, count, overlapped, flags):
        ran.append((error, count))
        if raising:
            raise ZeroDivisionError

    client, accepted = connected(opened)
    _operation, entry, count = Operation().receiving(accepted, routine), OVERLAPPED_ENTRY(), ULONG()
    assert send(client, b"abc", 3, 0) == 3
    with pytest.raises(ZeroDivisionError) if raising else contextlib.nullcontext():
        assert not GetQueuedCompletionStatusEx(port, byref(entry), 1, byref(count), PATIENCE, TRUE)
        assert GetLastError() == WAIT_IO_COMPLETION
    assert ran == [(0, 3)]


def test_skip_on_success_queues_nothing(opened, port):
    client, accepted = connected(opened)
    CreateIoCompletionPort(client, port, 1, 0)
    assert SetFileCompletionNotificationModes(client, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS | FILE_SKIP_SET_EVENT_ON_HANDLE)
    operation = Operation()
    if (error := operation.send(client)) == 0:
        assert next_completion(port, 0)[:2] == (False, WAIT_TIMEOUT)
    else:
        assert error == WSA_IO_PENDING
        assert next_completion(port)[4] == operation.address


def test_what_is_no_handle_has_no_notification_modes():
    assert not SetFileCompletionNotificationModes(NULL, 1)
    assert GetLastError() == ERROR_INVALID_HANDLE


def test_the_system_tells_how_many_processors_it_has():
    info = SYSTEM_INFO()
    GetSystemInfo(byref(info))
    assert info.dwNumberOfProcessors >= 1
    assert info.dwPageSize in (4096, 16384, 65536)
    assert bin(info.dwActiveProcessorMask).count("1") <= info.dwNumberOfProcessors
    assert "dwNumberOfProcessors" in repr(info)


# ---- the functions of mswsock.h ----------------------------------------------------------------------------------


def test_wsaioctl_returns_its_errors_and_takes_no_routine_without_an_overlapped(opened):
    s, function, count = new_socket(opened), LPFN_ACCEPTEX(), DWORD()
    unknown = GUID()
    code = SIO_GET_EXTENSION_FUNCTION_POINTER
    assert WSAIoctl(s, code, byref(unknown), 16, byref(function), 8, byref(count), NULL, NULL) == SOCKET_ERROR
    assert WSAGetLastError() in UNKNOWN_GUID
    assert not function
    assert WSAIoctl(0xFFF0, FIONBIO, byref(u_long(1)), 4, NULL, 0, byref(count), NULL, NULL) == SOCKET_ERROR
    assert WSAGetLastError() == WSAENOTSOCK


@pytest.mark.parametrize("kind", [LPFN_ACCEPTEX, LPFN_GETACCEPTEXSOCKADDRS, LPFN_CONNECTEX, LPFN_DISCONNECTEX])
def test_a_function_pointer_is_null_until_the_system_gives_one(opened, kind):
    guid = getattr(winsock_ctypes, kind.__name__.replace("LPFN", "WSAID"))
    null = kind()
    assert not null
    assert sizeof(null) == 8
    assert kind.__name__ in repr(null) and repr(null).endswith("at NULL>")
    function = extension(new_socket(opened), kind, guid)
    assert function
    assert "NULL" not in repr(function)
    assert kind(cast(function, LPVOID).value)
    assert "Microsoft Learn" in kind.__doc__
    with pytest.raises(TypeError, match="missing"):
        function()


def test_function_pointers_check_and_name_their_arguments(opened):
    function = extension(new_socket(opened), LPFN_ACCEPTEX, WSAID_ACCEPTEX)
    with pytest.raises(ctypes.ArgumentError, match="lpOutputBuffer"):
        function(1, 2, b"never into bytes", 0, 32, 32, NULL, NULL)
    with pytest.raises(TypeError, match="lpOverlapped"):
        function(
            sListenSocket=1,
            sAcceptSocket=2,
            lpOutputBuffer=NULL,
            dwReceiveDataLength=0,
            dwLocalAddressLength=32,
            dwRemoteAddressLength=32,
            lpdwBytesReceived=NULL,
        )


@pytest.mark.parametrize("family", [AF_INET, AF_INET6])
def test_acceptex_tells_both_addresses_and_makes_a_socket_of_use(opened, port, family):
    server, address = listening(opened, family)
    accept_ex = extension(server, LPFN_ACCEPTEX, WSAID_ACCEPTEX)
    get_sockaddrs = extension(server, LPFN_GETACCEPTEXSOCKADDRS, WSAID_GETACCEPTEXSOCKADDRS)
    assert CreateIoCompletionPort(server, port, 1, 0) == port
    accepted, client = new_socket(opened, family), new_socket(opened, family)
    size = sizeof(SOCKADDR_STORAGE) + 16
    operation, count = Operation(2 * size), DWORD()
    result = accept_ex(server, accepted, operation.buf, 0, size, size, byref(count), byref(operation.overlapped))
    assert (result, WSAGetLastError()) == (FALSE, ERROR_IO_PENDING)
    assert next_completion(port, 0)[:2] == (False, WAIT_TIMEOUT)

    assert connect(client, byref(address), sizeof(address)) == 0
    assert next_completion(port) == (True, 0, 0, 1, operation.address)
    assert setsockopt(accepted, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, byref(SOCKET(server)), sizeof(SOCKET)) == 0

    local, remote, local_size, remote_size = LPSOCKADDR(), LPSOCKADDR(), INT(), INT()
    get_sockaddrs(operation.buf, 0, size, size, byref(local), byref(local_size), byref(remote), byref(remote_size))
    own = type(address)()
    own_size = INT(sizeof(own))
    assert getsockname(client, byref(own), byref(own_size)) == 0
    assert remote_size.value == own_size.value == local_size.value
    assert ctypes.string_at(remote, remote_size.value)[:8] == bytes(own)[:8]
    assert ctypes.string_at(local, local_size.value)[:4] == bytes(address)[:4]

    buffer = create_string_buffer(4)
    assert send(client, b"abc", 3, 0) == 3
    assert recv(accepted, buffer, 4, 0) == 3


def test_acceptex_returns_its_errors(opened):
    server, _ = listening(opened)
    accept_ex = extension(server, LPFN_ACCEPTEX, WSAID_ACCEPTEX)
    operation, count = Operation(512), DWORD()
    assert not accept_ex(0xFFF0, new_socket(opened), operation.buf, 0, 144, 144, byref(count), byref(operation.overlapped))
    assert WSAGetLastError() == WSAENOTSOCK
    if ON_WINE:  # there it pends
        return
    unbound = new_socket(opened)
    assert not accept_ex(unbound, new_socket(opened), operation.buf, 0, 144, 144, byref(count), byref(operation.overlapped))
    assert WSAGetLastError() == WSAEINVAL


def test_an_acceptex_that_is_cancelled_is_delivered(opened, port):
    server, _ = listening(opened)
    accept_ex = extension(server, LPFN_ACCEPTEX, WSAID_ACCEPTEX)
    CreateIoCompletionPort(server, port, 1, 0)
    operation, count = Operation(512), DWORD()
    accept_ex(server, new_socket(opened), operation.buf, 0, 144, 144, byref(count), byref(operation.overlapped))
    assert CancelIoEx(server, NULL)
    assert next_completion(port)[:2] == (False, ERROR_OPERATION_ABORTED)


@pytest.mark.parametrize("family", [AF_INET, AF_INET6])
def test_connectex_needs_a_bound_socket_and_sends_the_first_bytes(opened, port, family):
    server, address = listening(opened, family)
    client = new_socket(opened, family)
    connect_ex = extension(client, LPFN_CONNECTEX, WSAID_CONNECTEX)
    CreateIoCompletionPort(client, port, 1, 0)
    operation, count = Operation(), DWORD()
    assert not connect_ex(client, byref(address), sizeof(address), NULL, 0, byref(count), byref(operation.overlapped))
    assert WSAGetLastError() == WSAEINVAL  # not bound

    here = loopback(family)
    assert bind(client, byref(here), sizeof(here)) == 0
    ctypes.memmove(operation.buf, b"first", 5)
    if not connect_ex(client, byref(address), sizeof(address), operation.buf, 5, byref(count), byref(operation.overlapped)):
        assert WSAGetLastError() == ERROR_IO_PENDING
    accepted = accept(server, NULL, NULL)
    opened.callback(closesocket, accepted)
    assert next_completion(port) == (True, 0, 5, 1, operation.address)
    assert setsockopt(client, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0) == 0
    buffer = create_string_buffer(8)
    assert recv(accepted, buffer, 8, 0) == 5
    assert buffer.value == b"first"


def test_a_connectex_that_is_refused_is_delivered(opened, port):
    _unheard, address = bound(opened)  # but not listening
    client, _ = bound(opened)
    connect_ex = extension(client, LPFN_CONNECTEX, WSAID_CONNECTEX)
    CreateIoCompletionPort(client, port, 1, 0)
    operation = Operation()
    if not connect_ex(client, byref(address), sizeof(address), NULL, 0, NULL, byref(operation.overlapped)):
        assert WSAGetLastError() == ERROR_IO_PENDING
    result, error, _, _, overlapped = next_completion(port)
    assert (result, error, overlapped) == (False, ERROR_CONNECTION_REFUSED, operation.address)


def test_disconnectex_ends_the_connection(opened):
    client, accepted = connected(opened)
    disconnect_ex = extension(client, LPFN_DISCONNECTEX, WSAID_DISCONNECTEX)
    assert disconnect_ex(client, NULL, 0, 0)
    assert recv(accepted, create_string_buffer(1), 1, 0) == 0
    assert not disconnect_ex(new_socket(opened), NULL, 0, 0)
    assert WSAGetLastError() == WSAENOTCONN
