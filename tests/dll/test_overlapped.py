"""What Winsock promises about overlapped I/O, asked of the real DLL. The rows are Microsoft's; Wine's are in deviations.py."""

import socket as pysocket
import struct
import threading
import time
from ctypes import byref, cast, create_string_buffer, sizeof

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.deviations import (
    ACCEPT_AFTER_RESET,
    CLOSED_WHILE_PENDING,
    NOTHING_TO_CANCEL,
    RECV_NO_BUFFERS,
    RECV_WITHOUT_COUNT,
    SEND_UNCONNECTED,
)
from winsock_ctypes import *

delivered = []


@LPWSAOVERLAPPED_COMPLETION_ROUTINE
def Routine(dwError, cbTransferred, lpOverlapped, dwFlags):
    delivered.append((dwError, cbTransferred, cast(lpOverlapped, LPVOID).value, threading.get_ident()))


@pytest.fixture(autouse=True)
def nothing_delivered():
    delivered.clear()
    yield
    assert SleepEx(0, TRUE) == 0, "a test left a completion behind"


class Operation:
    """An OVERLAPPED with its buffer, kept together as long as the operation may be pending."""

    def __init__(self, size=64):
        self.overlapped, self.buf, self.wsabuf, self.flags = WSAOVERLAPPED(), (BYTE * size)(), WSABUF(), DWORD(0)
        self.wsabuf.len, self.wsabuf.buf = size, self.buf
        self.count = DWORD(77)

    def receive(self, s, routine=Routine):
        """The error code of WSARecv: 0 or WSA_IO_PENDING mean that it will be delivered."""
        result = WSARecv(s, byref(self.wsabuf), 1, byref(self.count), byref(self.flags), byref(self.overlapped), routine)
        return 0 if result == 0 else WSAGetLastError()

    def send(self, s, routine=Routine):
        result = WSASend(s, byref(self.wsabuf), 1, NULL, 0, byref(self.overlapped), routine)
        return 0 if result == 0 else WSAGetLastError()


def wait_for(count):
    for _ in range(500):
        if len(delivered) >= count:
            return
        SleepEx(100, TRUE)
    raise TimeoutError(delivered)


def nonblocking(s):
    assert ioctlsocket(s, FIONBIO, byref(u_long(1))) == 0


@pytest.fixture
def listener():
    with pysocket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


class TestNonBlocking:
    def test_accept_without_a_client(self, listener):
        nonblocking(listener.fileno())
        address, size = SOCKADDR_IN(), INT(sizeof(SOCKADDR_IN))
        assert accept(listener.fileno(), byref(address), byref(size)) == INVALID_SOCKET
        assert WSAGetLastError() == WSAEWOULDBLOCK
        assert bytes(address) == bytes(16) and size.value == 16

    def test_the_accepted_socket_inherits_it(self, listener):
        nonblocking(listener.fileno())
        with pysocket.create_connection(listener.getsockname()):
            while (s := accept(listener.fileno(), NULL, NULL)) == INVALID_SOCKET:
                assert WSAGetLastError() == WSAEWOULDBLOCK
            assert recv(s, create_string_buffer(1), 1, 0) == SOCKET_ERROR
            assert WSAGetLastError() == WSAEWOULDBLOCK
            assert closesocket(s) == 0

    def test_zero_makes_it_blocking_again(self, pair):
        s = pair[0].fileno()
        nonblocking(s)
        assert ioctlsocket(s, FIONBIO, byref(u_long(0))) == 0
        threading.Timer(0.05, pair[1].sendall, (b"x",)).start()
        assert recv(s, create_string_buffer(1), 1, 0) == 1

    def test_of_no_socket(self):
        assert ioctlsocket(INVALID_SOCKET, FIONBIO, byref(u_long(1))) == SOCKET_ERROR
        assert WSAGetLastError() == WSAENOTSOCK

    @pytest.mark.parametrize("size", [0, 15])
    def test_accept_with_too_little_room(self, listener, size):
        with pysocket.create_connection(listener.getsockname()):
            assert accept(listener.fileno(), byref(SOCKADDR_IN()), byref(INT(size))) == INVALID_SOCKET
            assert WSAGetLastError() == WSAEFAULT

    def test_accept_of_a_client_that_has_reset(self, listener):
        client = pysocket.create_connection(listener.getsockname())
        client.setsockopt(pysocket.SOL_SOCKET, pysocket.SO_LINGER, struct.pack("hh", 1, 0))
        client.close()
        s = accept(listener.fileno(), byref(SOCKADDR_IN()), byref(INT(16)))
        assert (WSAGetLastError() if s == INVALID_SOCKET else 0) in ACCEPT_AFTER_RESET
        if s != INVALID_SOCKET:
            closesocket(s)


class TestDelivery:
    def test_pending(self, pair):
        operation = Operation()
        assert operation.receive(pair[0].fileno()) == WSA_IO_PENDING
        assert operation.overlapped.Internal & 0xFFFFFFFF == STATUS_PENDING and operation.count.value == 77
        pair[1].sendall(b"hello")
        wait_for(1)
        assert delivered[0][:2] == (0, 5) and bytes(operation.buf[:5]) == b"hello"
        assert operation.overlapped.Internal & 0xFFFFFFFF == 0 and operation.overlapped.InternalHigh == 5

    def test_completed_at_once_is_still_queued(self, pair):
        pair[1].sendall(b"hello")
        select(0, byref(fd_set(1, (SOCKET * 64)(pair[0].fileno()))), NULL, NULL, NULL)
        operation = Operation()
        assert operation.receive(pair[0].fileno()) in (0, WSA_IO_PENDING)
        assert not delivered
        time.sleep(0.01)
        assert SleepEx(10, FALSE) == 0 and not delivered
        assert SleepEx(5000, TRUE) == WAIT_IO_COMPLETION
        assert len(delivered) == 1

    def test_sleepex_results(self):
        assert SleepEx(0, TRUE) == 0 and SleepEx(10, TRUE) == 0 and SleepEx(0, FALSE) == 0

    def test_one_wait_runs_all_that_are_queued(self, pair):
        operations = [Operation(1) for _ in range(3)]
        for operation in operations:
            assert operation.receive(pair[0].fileno()) in (0, WSA_IO_PENDING)
        pair[1].sendall(b"abc")
        while any(o.overlapped.Internal & 0xFFFFFFFF == STATUS_PENDING for o in operations):
            SleepEx(1, FALSE)
        assert SleepEx(5000, TRUE) == WAIT_IO_COMPLETION
        assert len(delivered) == 3 and sorted(bytes(o.buf) for o in operations) == [b"a", b"b", b"c"]

    def test_a_routine_that_starts_the_next_operation(self, pair):
        left = [50]
        operation = Operation(1)

        @LPWSAOVERLAPPED_COMPLETION_ROUTINE
        def Chained(dwError, cbTransferred, lpOverlapped, dwFlags):
            assert (dwError, cbTransferred) == (0, 1)
            left[0] -= 1
            if left[0]:
                assert operation.receive(pair[0].fileno(), Chained) in (0, WSA_IO_PENDING)

        pair[1].sendall(b"x" * 50)
        assert operation.receive(pair[0].fileno(), Chained) in (0, WSA_IO_PENDING)
        for _ in range(500):
            if not left[0]:
                break
            SleepEx(100, TRUE)
        assert left[0] == 0

    def test_a_wait_inside_a_routine_runs_others(self, pair):
        order = []
        inner, outer = Operation(1), Operation(1)

        @LPWSAOVERLAPPED_COMPLETION_ROUTINE
        def Outer(dwError, cbTransferred, lpOverlapped, dwFlags):
            order.append("outer begins")
            assert inner.receive(pair[0].fileno(), Inner) in (0, WSA_IO_PENDING)
            for _ in range(50):
                if SleepEx(100, TRUE) == WAIT_IO_COMPLETION:
                    break
            order.append("outer ends")

        @LPWSAOVERLAPPED_COMPLETION_ROUTINE
        def Inner(dwError, cbTransferred, lpOverlapped, dwFlags):
            order.append("inner")

        pair[1].sendall(b"xy")
        outer.receive(pair[0].fileno(), Outer)
        for _ in range(50):
            if order:
                break
            SleepEx(100, TRUE)
        assert order == ["outer begins", "inner", "outer ends"]

    def test_only_the_issuing_thread(self, pair):
        operation = Operation()
        pair[1].sendall(b"x")
        operation.receive(pair[0].fileno())
        thread = threading.Thread(target=lambda: [SleepEx(10, TRUE) for _ in range(5)])
        thread.start()
        thread.join()
        assert not delivered
        wait_for(1)
        assert delivered[0][3] == threading.get_ident()

    def test_hevent_is_the_callers(self, pair):
        event = CreateEvent(NULL, TRUE, FALSE, NULL)
        operation = Operation()
        operation.overlapped.hEvent = event
        operation.receive(pair[0].fileno())
        pair[1].sendall(b"x")
        wait_for(1)
        assert operation.overlapped.hEvent == event
        assert WaitForSingleObject(event, 0) == WAIT_TIMEOUT
        assert CloseHandle(event)

    def test_event_instead_of_a_routine(self, pair):
        event = CreateEvent(NULL, TRUE, FALSE, NULL)
        operation = Operation()
        operation.overlapped.hEvent = event
        assert operation.receive(pair[0].fileno(), None) == WSA_IO_PENDING
        count, flags = DWORD(), DWORD()
        assert not WSAGetOverlappedResult(pair[0].fileno(), byref(operation.overlapped), byref(count), FALSE, byref(flags))
        assert WSAGetLastError() == WSA_IO_INCOMPLETE
        pair[1].sendall(b"abc")
        assert WaitForSingleObject(event, 5000) == WAIT_OBJECT_0
        assert WSAGetOverlappedResult(pair[0].fileno(), byref(operation.overlapped), byref(count), FALSE, byref(flags))
        assert count.value == 3 and CloseHandle(event)

    def test_result_of_a_routines_operation(self, pair):
        operation, count, flags = Operation(), DWORD(), DWORD()
        operation.receive(pair[0].fileno())
        assert not WSAGetOverlappedResult(pair[0].fileno(), byref(operation.overlapped), byref(count), FALSE, byref(flags))
        assert WSAGetLastError() == WSA_IO_INCOMPLETE
        pair[1].sendall(b"x")
        wait_for(1)

    def test_the_wsabuf_is_captured(self, pair):
        operation = Operation()
        operation.receive(pair[0].fileno())
        operation.wsabuf.len, operation.wsabuf.buf = 0, PBYTE()
        pair[1].sendall(b"hello")
        wait_for(1)
        assert bytes(operation.buf[:5]) == b"hello"


class TestEnds:
    def test_the_peer_shuts_down(self, pair):
        operation = Operation()
        operation.receive(pair[0].fileno())
        pair[1].shutdown(pysocket.SHUT_WR)
        wait_for(1)
        assert delivered[0][:2] == (0, 0)

    def test_the_peer_resets(self, pair):
        operation = Operation()
        operation.receive(pair[0].fileno())
        pair[1].setsockopt(pysocket.SOL_SOCKET, pysocket.SO_LINGER, struct.pack("hh", 1, 0))
        pair[1].close()
        wait_for(1)
        assert delivered[0][0] == WSAECONNRESET

    def test_our_socket_is_closed(self, pair):
        operation = Operation()
        s = pair[0].detach()
        operation.receive(s)
        assert closesocket(s) == 0
        wait_for(1)
        assert delivered[0][0] in CLOSED_WHILE_PENDING

    @pytest.mark.parametrize("cancel", [CancelIo, lambda s: CancelIoEx(s, NULL)], ids=["CancelIo", "CancelIoEx"])
    def test_cancelled(self, pair, cancel):
        operations = [Operation() for _ in range(3)]
        for operation in operations:
            operation.receive(pair[0].fileno())
        assert cancel(pair[0].fileno())
        wait_for(3)
        assert [entry[0] for entry in delivered] == [WSA_OPERATION_ABORTED] * 3

    def test_nothing_to_cancel(self, pair):
        assert (0 if CancelIoEx(pair[0].fileno(), NULL) else GetLastError()) in NOTHING_TO_CANCEL

    def test_the_thread_ends(self, pair):
        operation = Operation()
        thread = threading.Thread(target=operation.receive, args=(pair[0].fileno(),))
        thread.start()
        thread.join()
        for _ in range(500):
            if operation.overlapped.Internal & 0xFFFFFFFF != STATUS_PENDING:
                break
            SleepEx(10, TRUE)
        assert operation.overlapped.Internal & 0xFFFFFFFF == STATUS_CANCELLED and not delivered

    def test_failures_at_once_bring_no_completion(self, pair):
        with pysocket.socket() as unconnected:
            unconnected.bind(("127.0.0.1", 0))
            assert Operation().receive(unconnected.fileno()) == WSAENOTCONN
            assert Operation().send(unconnected.fileno()) in SEND_UNCONNECTED
        assert Operation().receive(INVALID_SOCKET) == WSAENOTSOCK
        pair[0].shutdown(pysocket.SHUT_WR)
        assert Operation().send(pair[0].fileno()) == WSAESHUTDOWN
        assert SleepEx(50, TRUE) == 0 and not delivered

    def test_without_overlapped(self, pair):
        buf, flags, count = Operation(), DWORD(0), DWORD()
        nonblocking(pair[0].fileno())
        assert WSARecv(pair[0].fileno(), byref(buf.wsabuf), 1, byref(count), byref(flags), NULL, NULL) == SOCKET_ERROR
        assert WSAGetLastError() == WSAEWOULDBLOCK
        pair[1].sendall(b"hello")
        select(0, byref(fd_set(1, (SOCKET * 64)(pair[0].fileno()))), NULL, NULL, NULL)
        assert WSARecv(pair[0].fileno(), byref(buf.wsabuf), 1, NULL, byref(flags), NULL, NULL) in RECV_WITHOUT_COUNT
        assert WSASend(pair[0].fileno(), byref(buf.wsabuf), 1, NULL, 0, NULL, NULL) == SOCKET_ERROR
        assert WSAGetLastError() == WSAEFAULT

    def test_no_buffers(self, pair):
        operation = Operation()
        result = WSARecv(
            pair[0].fileno(), byref(operation.wsabuf), 0, NULL, byref(operation.flags), byref(operation.overlapped), Routine
        )
        code = 0 if result == 0 else WSAGetLastError()
        assert code in RECV_NO_BUFFERS
        if code != WSAEINVAL:
            CancelIoEx(pair[0].fileno(), NULL)
            wait_for(1)

    def test_a_receive_of_no_bytes(self, pair):
        operation = Operation()
        operation.wsabuf.len = 0
        assert operation.receive(pair[0].fileno()) in (0, WSA_IO_PENDING)
        pair[1].sendall(b"x")
        wait_for(1)
        assert delivered[0][:2] == (0, 0)
        assert pair[0].recv(1) == b"x"


class TestTheRest:
    def test_startup_returns_its_error(self):
        assert WSAStartup(MAKEWORD(0, 0), byref(WSADATA())) == WSAVERNOTSUPPORTED
        data = WSADATA()
        assert WSAStartup(MAKEWORD(2, 2), byref(data)) == 0 and data.wVersion == 0x0202
        assert WSACleanup() == 0

    def test_a_conversation_with_nothing_but_the_bindings(self):
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

    def test_options(self, pair):
        value, size = INT(), INT(sizeof(INT))
        assert setsockopt(pair[0].fileno(), SOL_SOCKET, SO_KEEPALIVE, byref(INT(1)), sizeof(INT)) == 0
        assert getsockopt(pair[0].fileno(), SOL_SOCKET, SO_KEEPALIVE, byref(value), byref(size)) == 0 and value.value == 1
        size.value = sizeof(INT)
        assert getsockopt(pair[0].fileno(), SOL_SOCKET, SO_TYPE, byref(value), byref(size)) == 0 and value.value == SOCK_STREAM
        assert setsockopt(pair[0].fileno(), SOL_SOCKET, 0x7777, byref(INT(1)), sizeof(INT)) == SOCKET_ERROR
        assert WSAGetLastError() == WSAENOPROTOOPT

    def test_select(self, pair):
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
        assert select(0, NULL, NULL, NULL, byref(timeval(0, 0))) == SOCKET_ERROR and WSAGetLastError() == WSAEINVAL

    def test_events(self):
        event = CreateEvent(NULL, TRUE, FALSE, NULL)
        assert WaitForSingleObjectEx(event, 0, TRUE) == WAIT_TIMEOUT and SetEvent(event)
        assert WaitForSingleObject(event, 0) == WAIT_OBJECT_0 and ResetEvent(event)
        assert WaitForSingleObject(event, 0) == WAIT_TIMEOUT and CloseHandle(event)
        assert WaitForSingleObject(event, 0) == WAIT_FAILED and GetLastError() == ERROR_INVALID_HANDLE
        assert not CloseHandle(event) and GetLastError() == ERROR_INVALID_HANDLE

    @given(st.integers(0, 2**32 - 1), st.integers(0, 2**16 - 1))
    def test_byte_orders(self, number, port):
        assert ntohl(htonl(number)) == number and ntohs(htons(port)) == port
        assert htonl(number) == int.from_bytes(number.to_bytes(4, "big"), "little")
        assert htons(port) == int.from_bytes(port.to_bytes(2, "big"), "little")

    @given(st.ip_addresses(v=4))
    def test_ipv4_text(self, address):
        number, text = IN_ADDR(), create_string_buffer(INET_ADDRSTRLEN)
        assert inet_pton(AF_INET, str(address).encode(), byref(number)) == 1 and bytes(number) == address.packed
        assert inet_ntop(AF_INET, byref(number), text, sizeof(text)) == str(address).encode()
        assert inet_ntoa(number) == str(address).encode() and inet_addr(str(address).encode()) == number.S_un.S_addr

    @pytest.mark.parametrize("text", [b"abc", b"1.2.3.4.5", b"256.1.1.1", b"1.2.3.x"])
    def test_what_is_no_address(self, text):
        assert inet_addr(text) == INADDR_NONE
        assert inet_pton(AF_INET, text, byref(IN_ADDR())) == 0

    def test_an_unknown_family(self):
        assert inet_pton(77, b"1.2.3.4", byref(IN_ADDR())) == SOCKET_ERROR and WSAGetLastError() == WSAEAFNOSUPPORT
