"""Completion ports, events, polling, extension functions, names and IPv6: the bindings against the real DLLs."""

import contextlib
import ctypes
from ctypes import byref, cast, create_string_buffer, create_unicode_buffer, sizeof

import pytest

import winsock_ctypes
from tests.support.deviations import CLOSED_WHILE_PENDING_AT_A_PORT, NOTHING_TO_CANCEL, ON_WINE, SHORT_ADDRESS, UNKNOWN_GUID
from winsock_ctypes import *

PATIENCE = 5000  # milliseconds: only reached when a test fails


@pytest.fixture
def opened():
    """Closes what is pushed there."""
    with contextlib.ExitStack() as stack:
        yield stack


@pytest.fixture
def port(opened):
    handle = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0)
    assert handle
    opened.callback(CloseHandle, handle)
    return handle


def new_socket(opened, family=AF_INET, flags=WSA_FLAG_OVERLAPPED):
    s = WSASocket(family, SOCK_STREAM, 0, NULL, 0, flags)
    assert s != INVALID_SOCKET
    opened.callback(closesocket, s)
    return s


def loopback(family=AF_INET, port=0):
    if family == AF_INET:
        address = SOCKADDR_IN(sin_family=AF_INET, sin_port=htons(port))
        address.sin_addr.S_un.S_addr = htonl(INADDR_LOOPBACK)
        return address
    return SOCKADDR_IN6(sin6_family=AF_INET6, sin6_port=htons(port), sin6_addr=in6addr_loopback)


def listening(opened, family=AF_INET):
    s, address = new_socket(opened, family), loopback(family)
    size = INT(sizeof(address))
    assert bind(s, byref(address), sizeof(address)) == 0
    assert listen(s, 5) == 0
    assert getsockname(s, byref(address), byref(size)) == 0
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


def reset(s):
    assert setsockopt(s, SOL_SOCKET, SO_LINGER, byref(LINGER(1, 0)), sizeof(LINGER)) == 0
    assert closesocket(s) == 0


class Operation:
    """An OVERLAPPED and a buffer, kept while the kernel may use them."""

    def __init__(self, size=64, event=None):
        self.overlapped = OVERLAPPED(hEvent=event)
        self.buffer = (BYTE * size)()
        self.wsabuf = WSABUF(size, self.buffer)
        self.address = ctypes.addressof(self.overlapped)
        self.flags = DWORD()

    def receive(self, s):
        result = WSARecv(s, byref(self.wsabuf), 1, NULL, byref(self.flags), byref(self.overlapped), NULL)
        assert result == 0 or WSAGetLastError() == WSA_IO_PENDING
        return self


# ---- completion ports --------------------------------------------------------------------------------------------


def test_posted_completions_arrive_as_they_were_posted(port):
    overlapped = OVERLAPPED()
    for count, key, pointer in ((0, 0, None), (7, 2**64 - 1, None), (2**32 - 1, 2**63, byref(overlapped))):
        assert PostQueuedCompletionStatus(port, count, key, pointer)
        address = None if pointer is None else ctypes.addressof(overlapped)
        assert next_completion(port) == (True, 0, count, key, address)


@pytest.mark.parametrize("milliseconds", [0, 20])
def test_time_out_is_false_with_null(port, milliseconds):
    result, error, _, _, overlapped = next_completion(port, milliseconds)
    assert (result, error, overlapped) == (False, WAIT_TIMEOUT, None)


def test_a_handle_that_is_no_port():
    assert not PostQueuedCompletionStatus(NULL, 0, 0, NULL)
    assert GetLastError() == ERROR_INVALID_HANDLE
    result, error, _, _, overlapped = next_completion(NULL, 0)
    assert (result, error, overlapped) == (False, ERROR_INVALID_HANDLE, None)


def test_receive_is_delivered_with_key_and_overlapped(opened, port):
    client, accepted = connected(opened)
    operation = Operation()
    key = 0xFEDCBA9876543210  # as wide as a pointer
    assert CreateIoCompletionPort(accepted, port, key, 0) == port
    operation.receive(accepted)
    assert next_completion(port, 0)[:2] == (False, WAIT_TIMEOUT)
    assert send(client, b"hello", 5, 0) == 5
    assert next_completion(port) == (True, 0, 5, key, operation.address)
    assert bytes(operation.buffer[:5]) == b"hello"


def test_end_of_file_is_success_with_0_bytes(opened, port):
    client, accepted = connected(opened)
    CreateIoCompletionPort(accepted, port, 1, 0)
    operation = Operation().receive(accepted)
    assert shutdown(client, SD_SEND) == 0
    assert next_completion(port) == (True, 0, 0, 1, operation.address)


def test_a_failed_operation_is_false_with_its_overlapped(opened, port):
    client, accepted = connected(opened)
    CreateIoCompletionPort(accepted, port, 1, 0)
    operation = Operation().receive(accepted)
    reset(client)
    result, error, _, key, overlapped = next_completion(port)
    assert (result, key, overlapped) == (False, 1, operation.address)
    assert error in {ERROR_NETNAME_DELETED}


def test_a_cancelled_operation_is_delivered(opened, port):
    _, accepted = connected(opened)
    CreateIoCompletionPort(accepted, port, 1, 0)
    operation = Operation().receive(accepted)
    assert CancelIoEx(accepted, NULL)
    result, error, _, key, overlapped = next_completion(port)
    assert (result, error, key, overlapped) == (False, ERROR_OPERATION_ABORTED, 1, operation.address)


def test_nothing_to_cancel(opened):
    assert (0 if CancelIoEx(new_socket(opened), NULL) else GetLastError()) in NOTHING_TO_CANCEL


def test_closesocket_delivers_what_is_pending(opened, port):
    server, address = listening(opened)
    client = new_socket(opened)
    assert connect(client, byref(address), sizeof(address)) == 0
    accepted = accept(server, NULL, NULL)
    CreateIoCompletionPort(accepted, port, 1, 0)
    operation = Operation().receive(accepted)
    assert closesocket(accepted) == 0
    result, error, _, key, overlapped = next_completion(port)
    assert (result, key, overlapped) == (False, 1, operation.address)
    assert error in CLOSED_WHILE_PENDING_AT_A_PORT


def test_a_socket_is_attached_once(opened, port):
    s = new_socket(opened)
    assert CreateIoCompletionPort(s, port, 1, 0) == port
    assert CreateIoCompletionPort(s, port, 2, 0) is None
    assert GetLastError() == ERROR_INVALID_PARAMETER


def test_a_completion_routine_does_not_go_with_a_port(opened, port):
    @LPWSAOVERLAPPED_COMPLETION_ROUTINE
    def never(error, count, overlapped, flags):
        raise AssertionError

    _, accepted = connected(opened)
    CreateIoCompletionPort(accepted, port, 1, 0)
    operation = Operation()
    flags = DWORD()
    assert WSARecv(accepted, byref(operation.wsabuf), 1, NULL, byref(flags), byref(operation.overlapped), never) == SOCKET_ERROR
    assert WSAGetLastError() == WSAEINVAL


def test_several_at_once(port):
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


def test_entry_tells_failure_by_its_internal(opened, port):
    _, accepted = connected(opened)
    CreateIoCompletionPort(accepted, port, 1, 0)
    operation = Operation().receive(accepted)
    CancelIoEx(accepted, NULL)
    entry, count = OVERLAPPED_ENTRY(), ULONG()
    assert GetQueuedCompletionStatusEx(port, byref(entry), 1, byref(count), PATIENCE, FALSE)
    assert cast(entry.lpOverlapped, LPVOID).value == operation.address
    assert operation.overlapped.Internal & 0xFFFFFFFF == STATUS_CANCELLED


@pytest.mark.parametrize("raising", [False, True])
def test_alertable_wait_runs_routines(opened, port, raising):
    ran = []

    @LPWSAOVERLAPPED_COMPLETION_ROUTINE
    def routine(error, count, overlapped, flags):
        ran.append((error, count))
        if raising:
            raise ZeroDivisionError

    client, accepted = connected(opened)
    operation, flags, entry, count = Operation(), DWORD(), OVERLAPPED_ENTRY(), ULONG()
    WSARecv(accepted, byref(operation.wsabuf), 1, NULL, byref(flags), byref(operation.overlapped), routine)
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
    result = WSASend(client, byref(operation.wsabuf), 1, NULL, 0, byref(operation.overlapped), NULL)
    if result == 0:
        assert next_completion(port, 0)[:2] == (False, WAIT_TIMEOUT)
    else:
        assert WSAGetLastError() == WSA_IO_PENDING
        assert next_completion(port)[4] == operation.address


def test_notification_modes_of_no_handle():
    assert not SetFileCompletionNotificationModes(NULL, 1)
    assert GetLastError() == ERROR_INVALID_HANDLE


def test_system_info():
    info = SYSTEM_INFO()
    GetSystemInfo(byref(info))
    assert info.dwNumberOfProcessors >= 1
    assert info.dwPageSize in (4096, 16384, 65536)
    assert bin(info.dwActiveProcessorMask).count("1") <= info.dwNumberOfProcessors
    assert "dwNumberOfProcessors" in repr(info)


# ---- events ------------------------------------------------------------------------------------------------------


@pytest.fixture
def event(opened):
    handle = WSACreateEvent()
    assert handle != WSA_INVALID_EVENT
    opened.callback(WSACloseEvent, handle)
    return handle


def wait(*events, all=FALSE, milliseconds=0, alertable=FALSE):
    return WSAWaitForMultipleEvents(len(events), (WSAEVENT * len(events))(*events), all, milliseconds, alertable)


def test_events_are_manual_reset(event):
    assert wait(event) == WSA_WAIT_TIMEOUT
    assert WSASetEvent(event)
    assert wait(event) == wait(event) == WSA_WAIT_EVENT_0
    assert WSAResetEvent(event)
    assert wait(event) == WSA_WAIT_TIMEOUT


def test_wait_tells_the_first_or_waits_for_all(opened, event):
    second = WSACreateEvent()
    opened.callback(WSACloseEvent, second)
    WSASetEvent(second)
    assert wait(event, second) == WSA_WAIT_EVENT_0 + 1
    assert wait(event, second, all=TRUE) == WSA_WAIT_TIMEOUT
    WSASetEvent(event)
    assert wait(event, second) == WSA_WAIT_EVENT_0
    assert wait(event, second, all=TRUE) == WSA_WAIT_EVENT_0


@pytest.mark.parametrize("function", [WSASetEvent, WSAResetEvent, WSACloseEvent])
def test_no_event(function):
    assert not function(NULL)
    assert WSAGetLastError() == WSA_INVALID_HANDLE


def test_wait_refuses(event):
    many = (WSAEVENT * 65)(*[event] * 65)
    assert WSAWaitForMultipleEvents(65, many, FALSE, 0, FALSE) == WSA_WAIT_FAILED
    assert WSAGetLastError() in (WSA_INVALID_PARAMETER, WSAEINVAL)
    assert wait(NULL) == WSA_WAIT_FAILED
    assert WSAGetLastError() == WSA_INVALID_HANDLE
    with pytest.raises(ctypes.ArgumentError, match="lphEvents"):
        WSAWaitForMultipleEvents(1, event, FALSE, 0, FALSE)


def test_event_of_an_overlapped(opened, event):
    client, accepted = connected(opened)
    count, flags = DWORD(), DWORD()
    WSASetEvent(event)
    operation = Operation(event=event).receive(accepted)
    assert wait(event) == WSA_WAIT_TIMEOUT  # reset when it started
    assert not WSAGetOverlappedResult(accepted, byref(operation.overlapped), byref(count), FALSE, byref(flags))
    assert WSAGetLastError() == WSA_IO_INCOMPLETE
    send(client, b"abcd", 4, 0)
    assert wait(event, milliseconds=PATIENCE) == WSA_WAIT_EVENT_0
    assert WSAGetOverlappedResult(accepted, byref(operation.overlapped), byref(count), FALSE, byref(flags))
    assert count.value == 4


def test_alertable_wait_for_events(opened, event):
    ran = []

    @LPWSAOVERLAPPED_COMPLETION_ROUTINE
    def routine(error, count, overlapped, flags):
        ran.append(count)

    client, accepted = connected(opened)
    operation, flags = Operation(), DWORD()
    WSARecv(accepted, byref(operation.wsabuf), 1, NULL, byref(flags), byref(operation.overlapped), routine)
    send(client, b"ab", 2, 0)
    assert wait(event, milliseconds=PATIENCE, alertable=TRUE) == WSA_WAIT_IO_COMPLETION
    assert ran == [2]


def test_network_events(opened, event):
    server, address = listening(opened)
    assert WSAEventSelect(server, event, FD_ACCEPT | FD_CLOSE) == 0
    assert accept(server, NULL, NULL) == INVALID_SOCKET  # non-blocking now
    assert WSAGetLastError() == WSAEWOULDBLOCK
    client = new_socket(opened)
    assert connect(client, byref(address), sizeof(address)) == 0
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


def test_network_events_of_no_socket(event):
    assert WSAEventSelect(0xFFF0, event, FD_READ) == SOCKET_ERROR
    assert WSAGetLastError() == WSAENOTSOCK
    assert WSAEnumNetworkEvents(0xFFF0, event, byref(WSANETWORKEVENTS())) == SOCKET_ERROR
    assert WSAGetLastError() == WSAENOTSOCK


# ---- WSAPoll -----------------------------------------------------------------------------------------------------


def test_poll(opened):
    client, accepted = connected(opened)
    fds = (WSAPOLLFD * 2)(WSAPOLLFD(client, POLLRDNORM), WSAPOLLFD(accepted, POLLRDNORM))
    assert WSAPoll(fds, 2, 0) == 0
    assert send(client, b"x", 1, 0) == 1
    assert WSAPoll(fds, 2, PATIENCE) == 1
    assert (fds[0].revents, fds[1].revents) == (0, POLLRDNORM)
    fds[0].events = POLLWRNORM
    assert WSAPoll(fds, 2, PATIENCE) == 2
    assert fds[0].revents == POLLWRNORM


def test_poll_sees_the_end(opened):
    client, accepted = connected(opened)
    reset(client)
    fd = WSAPOLLFD(accepted, POLLRDNORM)
    assert WSAPoll(byref(fd), 1, PATIENCE) == 1
    assert fd.revents & (POLLHUP | POLLERR)


def test_poll_of_nothing():
    assert WSAPoll(NULL, 0, 0) == SOCKET_ERROR
    assert WSAGetLastError() in (WSAEINVAL, WSAEFAULT)


# ---- WSAIoctl and the functions of mswsock.h ---------------------------------------------------------------------


def test_ioctl_errors(opened):
    s, function, count = new_socket(opened), LPFN_ACCEPTEX(), DWORD()
    unknown = GUID()
    code = SIO_GET_EXTENSION_FUNCTION_POINTER
    assert WSAIoctl(s, code, byref(unknown), 16, byref(function), 8, byref(count), NULL, NULL) == SOCKET_ERROR
    assert WSAGetLastError() in UNKNOWN_GUID
    assert not function
    assert WSAIoctl(0xFFF0, FIONBIO, byref(u_long(1)), 4, NULL, 0, byref(count), NULL, NULL) == SOCKET_ERROR
    assert WSAGetLastError() == WSAENOTSOCK


def test_ioctl_does_what_ioctlsocket_does(opened):
    s, _ = listening(opened)
    count = DWORD()
    assert WSAIoctl(s, FIONBIO, byref(u_long(1)), sizeof(u_long), NULL, 0, byref(count), NULL, NULL) == 0
    assert accept(s, NULL, NULL) == INVALID_SOCKET
    assert WSAGetLastError() == WSAEWOULDBLOCK


@pytest.mark.parametrize("kind", [LPFN_ACCEPTEX, LPFN_GETACCEPTEXSOCKADDRS, LPFN_CONNECTEX, LPFN_DISCONNECTEX])
def test_function_pointers(opened, kind):
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
def test_accept_ex(opened, port, family):
    server, address = listening(opened, family)
    accept_ex = extension(server, LPFN_ACCEPTEX, WSAID_ACCEPTEX)
    get_sockaddrs = extension(server, LPFN_GETACCEPTEXSOCKADDRS, WSAID_GETACCEPTEXSOCKADDRS)
    assert CreateIoCompletionPort(server, port, 1, 0) == port
    accepted, client = new_socket(opened, family), new_socket(opened, family)
    size = sizeof(SOCKADDR_STORAGE) + 16
    operation, count = Operation(2 * size), DWORD()
    result = accept_ex(server, accepted, operation.buffer, 0, size, size, byref(count), byref(operation.overlapped))
    assert (result, WSAGetLastError()) == (FALSE, ERROR_IO_PENDING)
    assert next_completion(port, 0)[:2] == (False, WAIT_TIMEOUT)

    assert connect(client, byref(address), sizeof(address)) == 0
    assert next_completion(port) == (True, 0, 0, 1, operation.address)
    assert setsockopt(accepted, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, byref(SOCKET(server)), sizeof(SOCKET)) == 0

    local, remote, local_size, remote_size = LPSOCKADDR(), LPSOCKADDR(), INT(), INT()
    get_sockaddrs(operation.buffer, 0, size, size, byref(local), byref(local_size), byref(remote), byref(remote_size))
    own = type(address)()
    own_size = INT(sizeof(own))
    assert getsockname(client, byref(own), byref(own_size)) == 0
    assert remote_size.value == own_size.value == local_size.value
    assert ctypes.string_at(remote, remote_size.value)[:8] == bytes(own)[:8]
    assert ctypes.string_at(local, local_size.value)[:4] == bytes(address)[:4]

    buffer = create_string_buffer(4)
    assert send(client, b"abc", 3, 0) == 3
    assert recv(accepted, buffer, 4, 0) == 3


def test_accept_ex_errors(opened):
    server, _ = listening(opened)
    accept_ex = extension(server, LPFN_ACCEPTEX, WSAID_ACCEPTEX)
    operation, count = Operation(512), DWORD()
    assert not accept_ex(0xFFF0, new_socket(opened), operation.buffer, 0, 144, 144, byref(count), byref(operation.overlapped))
    assert WSAGetLastError() == WSAENOTSOCK
    if ON_WINE:  # there it pends
        return
    unbound = new_socket(opened)
    assert not accept_ex(unbound, new_socket(opened), operation.buffer, 0, 144, 144, byref(count), byref(operation.overlapped))
    assert WSAGetLastError() == WSAEINVAL


def test_cancelled_accept_ex(opened, port):
    server, _ = listening(opened)
    accept_ex = extension(server, LPFN_ACCEPTEX, WSAID_ACCEPTEX)
    CreateIoCompletionPort(server, port, 1, 0)
    operation, count = Operation(512), DWORD()
    accept_ex(server, new_socket(opened), operation.buffer, 0, 144, 144, byref(count), byref(operation.overlapped))
    assert CancelIoEx(server, NULL)
    assert next_completion(port)[:2] == (False, ERROR_OPERATION_ABORTED)


@pytest.mark.parametrize("family", [AF_INET, AF_INET6])
def test_connect_ex(opened, port, family):
    server, address = listening(opened, family)
    client = new_socket(opened, family)
    connect_ex = extension(client, LPFN_CONNECTEX, WSAID_CONNECTEX)
    CreateIoCompletionPort(client, port, 1, 0)
    operation, count = Operation(), DWORD()
    assert not connect_ex(client, byref(address), sizeof(address), NULL, 0, byref(count), byref(operation.overlapped))
    assert WSAGetLastError() == WSAEINVAL  # not bound

    here = loopback(family)
    assert bind(client, byref(here), sizeof(here)) == 0
    ctypes.memmove(operation.buffer, b"first", 5)
    if not connect_ex(client, byref(address), sizeof(address), operation.buffer, 5, byref(count), byref(operation.overlapped)):
        assert WSAGetLastError() == ERROR_IO_PENDING
    accepted = accept(server, NULL, NULL)
    opened.callback(closesocket, accepted)
    assert next_completion(port) == (True, 0, 5, 1, operation.address)
    assert setsockopt(client, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0) == 0
    buffer = create_string_buffer(8)
    assert recv(accepted, buffer, 8, 0) == 5
    assert buffer.value == b"first"


def test_connect_ex_refused(opened, port):
    unheard = new_socket(opened)  # bound, but not listening
    address = loopback()
    size = INT(sizeof(address))
    assert bind(unheard, byref(address), sizeof(address)) == 0
    assert getsockname(unheard, byref(address), byref(size)) == 0
    client, here = new_socket(opened), loopback()
    assert bind(client, byref(here), sizeof(here)) == 0
    connect_ex = extension(client, LPFN_CONNECTEX, WSAID_CONNECTEX)
    CreateIoCompletionPort(client, port, 1, 0)
    operation = Operation()
    if not connect_ex(client, byref(address), sizeof(address), NULL, 0, NULL, byref(operation.overlapped)):
        assert WSAGetLastError() == ERROR_IO_PENDING
    result, error, _, _, overlapped = next_completion(port)
    assert (result, error, overlapped) == (False, ERROR_CONNECTION_REFUSED, operation.address)


def test_disconnect_ex(opened):
    client, accepted = connected(opened)
    disconnect_ex = extension(client, LPFN_DISCONNECTEX, WSAID_DISCONNECTEX)
    assert disconnect_ex(client, NULL, 0, 0)
    assert recv(accepted, create_string_buffer(1), 1, 0) == 0
    assert not disconnect_ex(new_socket(opened), NULL, 0, 0)
    assert WSAGetLastError() == WSAENOTCONN


# ---- names, IPv6 -------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def addresses(node, service, **hints):
    result = PADDRINFOW()
    error = GetAddrInfo(node, service, byref(ADDRINFOW(**hints)), byref(result))
    assert error == 0
    found, info = [], result
    while info:
        found.append(info.contents)
        info = info.contents.ai_next
    yield found
    FreeAddrInfo(result)


@pytest.mark.parametrize(
    "node, family, kind, text",
    [("127.0.0.1", AF_INET, LPSOCKADDR_IN, "127.0.0.1:80"), ("::1", AF_INET6, LPSOCKADDR_IN6, "[::1]:80")],
)
def test_numeric_address_and_back(node, family, kind, text):
    with addresses(node, "80", ai_flags=AI_NUMERICHOST | AI_NUMERICSERV, ai_socktype=SOCK_STREAM) as (info,):
        assert (info.ai_family, info.ai_socktype) == (family, SOCK_STREAM)
        assert info.ai_addrlen == sizeof(kind._type_)
        assert text in repr(cast(info.ai_addr, kind))
        host, service = create_unicode_buffer(NI_MAXHOST), create_unicode_buffer(NI_MAXSERV)
        flags = NI_NUMERICHOST | NI_NUMERICSERV
        assert GetNameInfo(info.ai_addr, info.ai_addrlen, host, NI_MAXHOST, service, NI_MAXSERV, flags) == 0
        assert (host.value, service.value) == (node, "80")
        assert GetNameInfo(info.ai_addr, info.ai_addrlen, host, 2, NULL, 0, flags) != 0
        assert GetNameInfo(info.ai_addr, 3, host, NI_MAXHOST, NULL, 0, flags) in SHORT_ADDRESS


def test_passive_addresses():
    with addresses(NULL, "80", ai_flags=AI_PASSIVE, ai_socktype=SOCK_STREAM) as found:
        assert AF_INET in [info.ai_family for info in found]
        for info in found:
            if info.ai_family == AF_INET:
                assert "0.0.0.0:80" in repr(cast(info.ai_addr, LPSOCKADDR_IN))
            else:
                assert "[::]:80" in repr(cast(info.ai_addr, LPSOCKADDR_IN6))


def test_address_errors_are_returned():
    result = PADDRINFOW()
    numeric = ADDRINFOW(ai_flags=AI_NUMERICHOST)
    assert GetAddrInfo("no.number", "80", byref(numeric), byref(result)) == WSAHOST_NOT_FOUND
    assert not result
    FreeAddrInfo(NULL)
    with pytest.raises(ctypes.ArgumentError, match="pNodeName"):
        GetAddrInfo(b"127.0.0.1", NULL, NULL, byref(result))


def test_ipv6_structures():
    address = SOCKADDR_IN6(sin6_family=AF_INET6, sin6_port=htons(8080), sin6_addr=in6addr_loopback, sin6_scope_id=3)
    assert repr(address) == "SOCKADDR_IN6(AF_INET6, [::1%3]:8080)"
    assert address.sin6_scope_struct.Value == address.sin6_scope_struct.Zone == 3
    address.sin6_addr.u.Byte[0] = 0xFE
    assert in6addr_loopback.u.Byte[0] == 0  # it was copied
    assert address.sin6_addr.u.Word[0] == 0xFE
    assert bytes(in6addr_any) == bytes(16)
    parsed = IN6_ADDR()
    assert inet_pton(AF_INET6, b"2001:db8::7", byref(parsed)) == 1
    assert repr(parsed) == "2001:db8::7"
    assert parsed.s6_addr[15] == 7


def test_ipv6_only(opened):
    s, value, size = new_socket(opened, AF_INET6), INT(), INT(sizeof(INT))
    for wanted in (0, 1):
        assert setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, byref(INT(wanted)), sizeof(INT)) == 0
        assert getsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, cast(byref(value), LPVOID), byref(size)) == 0
        assert value.value == wanted


def test_sizes():
    sizes = {
        OVERLAPPED_ENTRY: 32, SYSTEM_INFO: 48, SOCKADDR_STORAGE: 128, SOCKADDR_IN6: 28, IN6_ADDR: 16, ADDRINFOW: 48,
        WSAMSG: 56, WSAPOLLFD: 16, WSANETWORKEVENTS: 44, GUID: 16, SCOPE_ID: 4,
    }  # fmt: skip
    assert {kind: sizeof(kind) for kind in sizes} == sizes
