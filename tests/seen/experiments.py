"""The experiments: each asks the real DLL one question, and knows what Microsoft documents as the answer.

The answer is what the function returns: a value, or a tuple of them, in the order in which the question names them.
The tests assert the same answers (test_seen.py). To step through one in a debugger: `python -m tests.seen.experiments NAME`.
"""

from __future__ import annotations

import contextlib
import ctypes
import inspect
import json
import socket as pysocket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from ctypes import byref, cast, create_string_buffer
from typing import Any, NamedTuple

from tests.support import overlapped
from tests.support.processes import reset
from tests.support.sockets import nonblocking
from winsock_ctypes import *
from winsock_ctypes.winerror import STATUS_NAMES, WSA_ERROR_NAMES

SECONDS = 3  # what one experiment may take
PATIENCE = 2  # seconds: how long one waits for what should come soon


class Experiment(NamedTuple):
    """A question, and its answers as text. `documented` is empty where the documents say nothing about it.

    `expected` are more answers that a test accepts from Windows: reported from there, or asserted by Wine's own tests,
    which treat Windows as the truth. `page` is the page on Microsoft Learn.
    """

    name: str
    group: str
    en: str
    ko: str
    documented: tuple[str, ...]
    expected: tuple[str, ...]
    page: str
    ask: Callable[[], Any]

    def run(self) -> str:
        """The answer of this machine. Raises AssertionError or OSError if the experiment could not be set up."""
        delivered.clear()
        try:
            return text(self.ask())
        finally:
            # Its sockets are closed by now: what was still pending has to come, before the next one is asked.
            wait_until(lambda: not pending, alertable=TRUE)
            assert not pending, f"no completion came within {PATIENCE} s"


EXPERIMENTS: dict[str, Experiment] = {}
_group = ""


def experiment(page: str, documented: Any = (), expected: Any = ()) -> Callable[[Callable[[], Any]], Any]:
    """Adds a function to EXPERIMENTS; its docstring is the question, twice. Of a list, each item is one answer."""

    def add(ask: Callable[[], Any]) -> Callable[[], Any]:
        name = ask.__name__.replace("_", "-")
        en, ko = (inspect.getdoc(ask) or "").splitlines()
        EXPERIMENTS[name] = Experiment(name, _group, en, ko, answers(documented), answers(expected), page, ask)
        return ask

    return add


def answers(given: Any) -> tuple[str, ...]:
    if given == ():
        return ()
    return tuple(map(text, given)) if isinstance(given, list) else (text(given),)


def text(value: Any) -> str:
    """An answer as it is shown, compared and recorded: `WSAEWOULDBLOCK (10035)`, `0, 5, hello`."""
    if isinstance(value, tuple):
        return ", ".join(map(text, value))
    return value.decode("ascii") if isinstance(value, bytes) else value if isinstance(value, str) else repr(value)


# ---- tools -------------------------------------------------------------------------------------------------------

delivered: list[tuple[Any, int, int, int]] = []  # of each routine that ran: error, bytes, address, thread
pending: dict[int, Operation] = {}  # whose routine did not run yet
kept: list[Operation] = []  # the kernel writes into their memory whatever happens to the experiment: never released


@LPWSAOVERLAPPED_COMPLETION_ROUTINE
def Routine(dwError, cbTransferred, lpOverlapped, dwFlags):
    address = cast(lpOverlapped, LPVOID).value
    pending.pop(address)
    delivered.append((named(dwError), cbTransferred, address, threading.get_ident()))


def named(error: int) -> Any:
    return WSA_ERROR_NAMES[error] if error else 0


class Operation(overlapped.Operation):
    """Its routine is Routine, unless another is given."""

    def __init__(self, size: int = 16, event: Any = None) -> None:
        super().__init__(size, event=event)
        kept.append(self)

    def receive(self, s: int, routine: Any = Routine) -> Any:
        return self._started(super().receive(s, routine), routine)

    def send(self, s: int, routine: Any = Routine) -> Any:
        return self._started(super().send(s, routine), routine)

    def _started(self, error: Any, routine: Any) -> Any:
        if error in (0, WSA_IO_PENDING) and routine is Routine:
            pending[self.address] = self
        return error

    def status(self) -> Any:
        return STATUS_NAMES[super().status()]

    def done(self) -> bool:
        return not self.pending()


def wait_until(condition: Callable[[], bool], alertable: int) -> None:
    """Waits, alertably or not, for at most PATIENCE seconds."""
    end = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < end:
        SleepEx(10, alertable)


def deliver(count: int = 1) -> None:
    """Waits alertably until so many routines have run."""
    wait_until(lambda: len(delivered) >= count, alertable=TRUE)
    assert len(delivered) >= count, f"no completion came within {PATIENCE} s"


def waited(result: int) -> Any:
    """The result of a wait, or the error of one, by its name."""
    return {192: WAIT_IO_COMPLETION, 258: WAIT_TIMEOUT}.get(result, result)


def signalled(event: Any, milliseconds: int = 0) -> Any:
    result = WaitForSingleObject(event, milliseconds)
    return WAIT_OBJECT_0 if result == WAIT_OBJECT_0 else waited(result)


def readable(s: int) -> bool:
    return select(0, byref(fd_set(1, (SOCKET * 64)(s))), NULL, NULL, byref(timeval(PATIENCE, 0))) == 1


@contextlib.contextmanager
def listening() -> Iterator[tuple[int, Any]]:
    """A listening socket, and a function that connects a client to it."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(pysocket.create_server(("127.0.0.1", 0)))
        address = listener.getsockname()
        yield listener.fileno(), lambda: stack.enter_context(pysocket.create_connection(address, timeout=PATIENCE))


@contextlib.contextmanager
def connected(close: bool = True) -> Iterator[tuple[int, pysocket.socket]]:
    """A blocking socket, and the peer that it is connected with; the experiment may close the socket itself."""
    with listening() as (listener, connect):
        peer = connect()
        s = accept(listener, NULL, NULL)
        assert s != INVALID_SOCKET
        setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, byref(DWORD(1000 * PATIENCE)), 4)
        try:
            yield s, peer
        finally:
            if close:
                closesocket(s)


def close_ours(s: int, peer: pysocket.socket) -> None:
    assert closesocket(s) == 0


def reset_peer(s: int, peer: pysocket.socket) -> None:
    reset(peer)


@contextlib.contextmanager
def later(function: Any, *arguments: Any) -> Iterator[None]:
    """Calls the function from another thread a little later."""
    timer = threading.Timer(0.1, function, arguments)
    timer.start()
    try:
        yield
    finally:
        timer.join()


@contextlib.contextmanager
def new_event() -> Iterator[Any]:
    event = WSACreateEvent()
    try:
        yield event
    finally:
        WSACloseEvent(event)


# ---- non-blocking ------------------------------------------------------------------------------------------------

_group = "non-blocking"


def failed_accept(s: int, length: int) -> tuple[Any, int, int]:
    address, size = SOCKADDR_IN(), INT(length)
    result = accept(s, byref(address), byref(size))
    error = WSAGetLastError() if result == INVALID_SOCKET else 0
    if result != INVALID_SOCKET:
        closesocket(result)
    return error, size.value, sum(map(bool, bytes(address)))


@experiment("accept", WSAEWOULDBLOCK)
def accept_nobody():
    """Nobody has connected: how does accept fail on a non-blocking socket?
    아무도 연결하지 않았을 때 넌-블로킹 소켓의 accept는 어떤 오류로 실패하는가?"""
    with listening() as (listener, _):
        nonblocking(listener)
        return failed_accept(listener, 16)[0]


@experiment("accept", expected=(16, 0))
def accept_nobody_length():
    """accept fails, for nobody has connected: what is in addrlen (16 before), and how many bytes of the address are changed?
    연결한 클라이언트가 없어 accept가 실패한다. addrlen(호출 전 16)에는 무엇이 남고, 주소는 몇 바이트가 바뀌는가?"""
    with listening() as (listener, _):
        nonblocking(listener)
        return failed_accept(listener, 16)[1:]


@experiment("accept", 16)
def accept_length():
    """accept is given 64 bytes of room for an IPv4 address: what is in addrlen afterwards?
    accept에 IPv4 주소를 받을 공간을 64바이트 주면 그 뒤 addrlen은 얼마인가?"""
    with listening() as (listener, connect):
        connect()
        size = INT(64)
        s = accept(listener, byref(SOCKADDR_STORAGE()), byref(size))
        closesocket(s)
        return size.value


@experiment("accept", (WSAEFAULT, WSAEFAULT))
def accept_short():
    """addrlen says 0, or 15 (one byte too little): how does accept fail?
    addrlen이 0이면, 그리고 1바이트 모자란 15이면 accept는 어떤 오류로 실패하는가?"""
    with listening() as (listener, connect):
        connect()
        connect()
        return failed_accept(listener, 0)[0], failed_accept(listener, 15)[0]


@experiment("accept", expected=[0, WSAEWOULDBLOCK])
def accept_after_short():
    """accept failed, for addrlen said 15: does the next accept (0 for success) still get that client?
    addrlen이 15라서 accept가 실패했다. 다음 accept는 그 클라이언트를 받을 수 있는가(성공이면 0)?"""
    with listening() as (listener, connect):
        connect()
        assert readable(listener)
        nonblocking(listener)
        failed_accept(listener, 15)
        return failed_accept(listener, 16)[0]


def accept_a_reset() -> tuple[Any, int, int]:
    with listening() as (listener, connect):
        nonblocking(listener)
        reset(connect())
        readable(listener)
        return failed_accept(listener, 16)


@experiment("accept", [WSAECONNRESET, 0])
def accept_after_reset():
    """A client connects and resets before accept: what does accept return (0 for a socket)?
    클라이언트가 연결하고 accept 전에 리셋하면 accept의 결과는(소켓이면 0)?"""
    return accept_a_reset()[0]


@experiment("accept", expected=16)
def accept_after_reset_length():
    """A client connects and resets before accept: what does accept leave in addrlen (16 before)?
    클라이언트가 연결하고 accept 전에 리셋한다. accept는 addrlen(호출 전 16)에 무엇을 남기는가?"""
    return accept_a_reset()[1]


@experiment("accept", WSAEWOULDBLOCK)
def accept_inherits():
    """What is a socket like that a non-blocking one accepted: how does its recv fail while nothing has come?
    넌-블로킹 소켓이 accept한 소켓의 성질은? 온 것이 없을 때 recv는 어떤 오류로 실패하는가?"""
    with listening() as (listener, connect):
        nonblocking(listener)
        connect()
        assert readable(listener)
        s = accept(listener, NULL, NULL)
        assert s != INVALID_SOCKET
        result = recv(s, create_string_buffer(1), 1, 0)
        error = WSAGetLastError() if result == SOCKET_ERROR else result
        closesocket(s)
        return error


@experiment("ioctlsocket", 1)
def blocking_again():
    """FIONBIO set to 0 again: does recv wait for the byte that comes 100 ms later (and return 1)?
    FIONBIO를 다시 0으로 하면 recv는 100ms 뒤에 오는 바이트를 기다리는가(1을 반환)?"""
    with connected() as (s, peer):
        nonblocking(s)
        nonblocking(s, 0)
        with later(peer.sendall, b"x"):
            return recv(s, create_string_buffer(1), 1, 0)


@experiment("ioctlsocket", WSAENOTSOCK)
def fionbio_no_socket():
    """FIONBIO of what is no socket: which error?
    소켓이 아닌 것에 FIONBIO를 쓰면 어떤 오류인가?"""
    assert ioctlsocket(INVALID_SOCKET, FIONBIO, byref(u_long(1))) == SOCKET_ERROR
    return WSAGetLastError()


@experiment("ioctlsocket", WSAEINVAL)
def fionbio_eventselect():
    """FIONBIO set to 0 while WSAEventSelect is active: which error?
    WSAEventSelect를 쓰는 동안 FIONBIO를 0으로 하면 어떤 오류인가?"""
    with listening() as (listener, _), new_event() as event:
        assert WSAEventSelect(listener, event, FD_ACCEPT) == 0
        return 0 if ioctlsocket(listener, FIONBIO, byref(u_long(0))) == 0 else WSAGetLastError()


@experiment("WSARecv", WSAEWOULDBLOCK)
def no_overlapped():
    """Nothing has come: how does WSARecv without an OVERLAPPED fail on a non-blocking socket?
    온 것이 없을 때 넌-블로킹 소켓에서 OVERLAPPED 없는 WSARecv는 어떤 오류로 실패하는가?"""
    with connected() as (s, _):
        nonblocking(s)
        operation = Operation()
        result = WSARecv(s, byref(operation.wsabuf), 1, byref(operation.count), byref(operation.flags), NULL, NULL)
        return 0 if result == 0 else WSAGetLastError()


# ---- completion routines -----------------------------------------------------------------------------------------

_group = "routines"


@experiment("WSARecv", (WSA_IO_PENDING, WSA_IO_PENDING))
def pending_recv():
    """Nothing has come: how does WSARecv with an OVERLAPPED "fail", on a blocking and on a non-blocking socket?
    온 것이 없을 때 OVERLAPPED를 준 WSARecv는 블로킹 소켓과 넌-블로킹 소켓에서 어떤 오류로 "실패"하는가?"""
    with connected() as (s, _), connected() as (other, _):
        nonblocking(other)
        return Operation().receive(s), Operation().receive(other)


@experiment("WSARecv; OVERLAPPED", (77, 0, STATUS_PENDING))
def pending_untouched():
    """A receive is pending: what do its byte count (77 before), its flags (0 before) and OVERLAPPED.Internal hold?
    수신이 진행되는 동안 바이트 수(호출 전 77), flags(호출 전 0), OVERLAPPED.Internal에는 무엇이 들어 있는가?"""
    with connected() as (s, _):
        operation = Operation()
        assert operation.receive(s) == WSA_IO_PENDING
        return operation.count.value, operation.flags.value, operation.status()


@experiment("WSARecv", (0, 5, b"hello"))
def routine_arguments():
    """What does the routine get when 5 bytes have come: dwError, the number of bytes, and what is in the buffer?
    5바이트가 오면 루틴은 무엇을 받는가? dwError, 바이트 수, 버퍼의 내용."""
    with connected() as (s, peer):
        operation = Operation()
        operation.receive(s)
        peer.sendall(b"hello")
        deliver()
        return *delivered[0][:2], bytes(operation.buf[:5])


@experiment("OVERLAPPED", (STATUS_SUCCESS, 5))
def routine_overlapped():
    """What do Internal and InternalHigh hold when the routine has got 5 bytes?
    루틴이 5바이트를 받았을 때 Internal과 InternalHigh에는 무엇이 들어 있는가?"""
    with connected() as (s, peer):
        operation = Operation()
        operation.receive(s)
        peer.sendall(b"hello")
        deliver()
        return operation.status(), operation.overlapped.InternalHigh


@experiment("OVERLAPPED", expected=(STATUS_SUCCESS, 5, b"hello", 0))
def filled_before_routine():
    """Bytes come, but nobody waits alertably: are Internal, InternalHigh and the buffer filled before the routine runs?
    바이트가 왔지만 alertable wait 상태가 되지 않았다. 루틴이 호출되기 전에 Internal, InternalHigh, 버퍼가 채워지는가?"""
    with connected() as (s, peer):
        operation = Operation()
        operation.receive(s)
        peer.sendall(b"hello")
        wait_until(operation.done, alertable=FALSE)
        return operation.status(), operation.overlapped.InternalHigh, bytes(operation.buf[:5]).strip(b"\0"), len(delivered)


@experiment("WSARecv", [0, WSA_IO_PENDING])
def at_once():
    """The bytes are there already: what does WSARecv report (0, or the error)?
    바이트가 이미 와 있으면 WSARecv는 무엇을 알리는가(0 또는 오류)?"""
    with connected() as (s, peer):
        peer.sendall(b"hello")
        assert readable(s)
        return Operation().receive(s)


@experiment("SleepEx", (0, 0, 0, 1))
def at_once_routine():
    """The bytes are there already: how many routines have run after WSARecv, Sleep, SleepEx(..., FALSE), SleepEx(..., TRUE)?
    바이트가 이미 와 있다. WSARecv, Sleep, SleepEx(..., FALSE), SleepEx(..., TRUE) 뒤에 호출된 루틴은 각각 몇 개인가?"""
    with connected() as (s, peer):
        peer.sendall(b"hello")
        assert readable(s)
        Operation().receive(s)
        counts = [len(delivered)]
        for wait in (lambda: time.sleep(0.01), lambda: SleepEx(10, FALSE), lambda: SleepEx(1000, TRUE)):
            wait()
            counts.append(len(delivered))
        return tuple(counts)


@experiment("SleepEx", (0, WAIT_IO_COMPLETION))
def at_once_waits():
    """A routine is queued: what do SleepEx(10, FALSE) and then SleepEx(1000, TRUE) return?
    루틴이 큐에 있다. SleepEx(10, FALSE)와 그다음 SleepEx(1000, TRUE)는 무엇을 반환하는가?"""
    with connected() as (s, peer):
        peer.sendall(b"hello")
        assert readable(s)
        Operation().receive(s)
        return SleepEx(10, FALSE), waited(SleepEx(1000, TRUE))


@experiment("WSASend", (0, 5))
def send_routine():
    """A send of 5 bytes: what does its routine get, dwError and the number of bytes?
    5바이트를 보낸다. 루틴은 dwError와 바이트 수로 무엇을 받는가?"""
    with connected() as (s, _):
        operation = Operation(5)
        assert operation.send(s) in (0, WSA_IO_PENDING)
        deliver()
        return delivered[0][:2]


@experiment("SleepEx", (0, 0, 0))
def sleepex_nothing():
    """With nothing to run: SleepEx(0, TRUE), SleepEx(10, TRUE), SleepEx(0, FALSE)?
    호출할 것이 없을 때 SleepEx(0, TRUE), SleepEx(10, TRUE), SleepEx(0, FALSE)는?"""
    return SleepEx(0, TRUE), SleepEx(10, TRUE), SleepEx(0, FALSE)


@experiment("WSARecv; QueueUserAPC", (WAIT_IO_COMPLETION, 3))
def one_wait_runs_all():
    """Three operations are complete: what does one SleepEx return, and how many routines does it run?
    연산 세 개가 완료되었다. SleepEx 한 번은 무엇을 반환하고 루틴을 몇 개 호출하는가?"""
    with connected() as (s, peer):
        operations = three_bytes(s, peer)
        wait_until(lambda: all(operation.done() for operation in operations), alertable=FALSE)
        return waited(SleepEx(1000, TRUE)), len(delivered)


def three_bytes(s: int, peer: pysocket.socket) -> list[Operation]:
    operations = [Operation(1) for _ in range(3)]
    for operation in operations:
        operation.receive(s)
    peer.sendall(b"abc")
    return operations


@experiment("WSARecv", (b"a", b"b", b"c"))
def buffers_in_order():
    """Three receives of one byte each, then abc arrives: in which order are the buffers filled?
    1바이트씩 받는 수신 세 개를 걸어 두었고 abc가 온다. 버퍼는 어떤 순서로 채워지는가?"""
    with connected() as (s, peer):
        operations = three_bytes(s, peer)
        deliver(3)
        return tuple(bytes(operation.buf) for operation in operations)


@experiment("WSARecv", 50)
def chained():
    """A routine starts the next receive, 50 times: how many bytes arrive?
    루틴이 다음 수신을 시작하기를 50번 한다. 몇 바이트가 오는가?"""
    received = []

    @LPWSAOVERLAPPED_COMPLETION_ROUTINE
    def Next(dwError, cbTransferred, lpOverlapped, dwFlags):
        received.append((dwError, cbTransferred))
        if len(received) < 50:
            operation.receive(s, Next)

    with connected() as (s, peer):
        operation = Operation(1)
        peer.sendall(b"x" * 50)
        operation.receive(s, Next)
        wait_until(lambda: len(received) == 50, alertable=TRUE)
        return received.count((0, 1))


def nested(same: bool) -> int:
    """How many routines ran inside an alertable wait inside a routine."""
    inside = []

    @LPWSAOVERLAPPED_COMPLETION_ROUTINE
    def Outer(dwError, cbTransferred, lpOverlapped, dwFlags):
        Operation(1).receive(s if same else other)
        SleepEx(200, TRUE)
        inside.append(len(delivered))

    with connected() as (s, peer), connected() as (other, other_peer):
        peer.sendall(b"xy")
        other_peer.sendall(b"z")
        Operation(1).receive(s, Outer)
        wait_until(lambda: bool(inside), alertable=TRUE)
        assert inside, f"no completion came within {PATIENCE} s"
        return inside[0]


@experiment("QueueUserAPC", 1)
def nested_wait():
    """A routine waits alertably: how many routines of another socket run inside it?
    루틴 안에서 alertable wait 상태가 되면 그 안에서 다른 소켓의 루틴은 몇 개 호출되는가?"""
    return nested(same=False)


@experiment("QueueUserAPC", 1)
def nested_wait_same_socket():
    """A routine waits alertably: how many routines of the same socket run inside it? (WSARecv's page says: none.)
    루틴 안에서 alertable wait 상태가 되면 그 안에서 같은 소켓의 루틴은 몇 개 호출되는가? (WSARecv의 문서는 없다고 한다.)"""
    return nested(same=True)


@experiment("SleepEx", (0, 1))
def issuing_thread():
    """How many routines run in five alertable waits of another thread, and in those of the thread that started it?
    다른 쓰레드가 다섯 번 alertable wait 상태가 되는 동안, 그리고 시작한 쓰레드가 그러는 동안 호출되는 루틴은 몇 개인가?"""
    with connected() as (s, peer):
        Operation().receive(s)
        peer.sendall(b"x")
        thread = threading.Thread(target=lambda: [SleepEx(10, TRUE) for _ in range(5)])
        thread.start()
        thread.join()
        elsewhere = len(delivered)
        deliver()
        return elsewhere, sum(entry[3] == threading.get_ident() for entry in delivered)


@experiment("WSARecv", ("kept", WAIT_TIMEOUT))
def hevent_with_routine():
    """hEvent, when there is a routine: is it kept as it was, and what does a wait for it say after the completion?
    루틴이 있을 때 hEvent는 그대로인가? 완료된 뒤 그것을 기다리면 결과는?"""
    with connected() as (s, peer), new_event() as event:
        operation = Operation(event=event)
        operation.receive(s)
        peer.sendall(b"x")
        deliver()
        return "kept" if operation.overlapped.hEvent == event else "changed", signalled(event)


@experiment("WSARecv; WSAGetOverlappedResult", (WAIT_TIMEOUT, WAIT_OBJECT_0))
def hevent_without_routine():
    """hEvent, without a routine: what does a wait for it say before and after the completion, if it was set before?
    루틴이 없고 미리 신호 상태였던 hEvent: 완료 전과 후에 그것을 기다리면 결과는?"""
    with connected() as (s, peer), new_event() as event:
        WSASetEvent(event)
        Operation(event=event).receive(s, None)
        before = signalled(event)
        peer.sendall(b"x")
        return before, signalled(event, 1000 * PATIENCE)


def result_of(s: int, operation: Operation) -> Any:
    """The number of bytes that WSAGetOverlappedResult tells, or its error."""
    count, flags = DWORD(), DWORD()
    if WSAGetOverlappedResult(s, byref(operation.overlapped), byref(count), FALSE, byref(flags)):
        return count.value
    return WSAGetLastError()


@experiment("WSAGetOverlappedResult", (WSA_IO_INCOMPLETE, 3))
def result_event():
    """WSAGetOverlappedResult of an operation with an event: while it is pending, and afterwards (bytes, or the error)?
    이벤트를 쓰는 연산의 WSAGetOverlappedResult: 진행되는 동안과 그 뒤에(바이트 수 또는 오류)?"""
    with connected() as (s, peer), new_event() as event:
        operation = Operation(event=event)
        assert operation.receive(s, None) == WSA_IO_PENDING
        before = result_of(s, operation)
        peer.sendall(b"abc")
        WaitForSingleObject(event, 1000 * PATIENCE)
        return before, result_of(s, operation)


@experiment("WSAGetOverlappedResult", (WSA_IO_INCOMPLETE, 3))
def result_routine():
    """WSAGetOverlappedResult of an operation with a routine: while it is pending, and complete before the routine ran?
    루틴을 쓰는 연산의 WSAGetOverlappedResult: 진행되는 동안과, 완료되었지만 루틴이 호출되기 전에?"""
    with connected() as (s, peer):
        operation = Operation()
        operation.receive(s)
        before = result_of(s, operation)
        peer.sendall(b"abc")
        wait_until(operation.done, alertable=FALSE)
        return before, result_of(s, operation)


@experiment("WSARecv", b"hello")
def wsabuf_captured():
    """The WSABUF is overwritten once WSARecv has returned: what arrives in the buffer?
    WSARecv가 반환된 뒤 WSABUF를 덮어쓴다. 버퍼에는 무엇이 오는가?"""
    with connected() as (s, peer):
        operation = Operation()
        operation.receive(s)
        operation.wsabuf.len, operation.wsabuf.buf = 0, PBYTE()
        peer.sendall(b"hello")
        deliver()
        return bytes(operation.buf[:5])


@experiment("WSAWaitForMultipleEvents", WAIT_IO_COMPLETION)
def events_alertable():
    """WSAWaitForMultipleEvents, alertable, of an event that nobody sets: what does it return once a routine ran?
    아무도 신호를 주지 않는 이벤트를 alertable로 기다리는 WSAWaitForMultipleEvents는 루틴이 호출된 뒤 무엇을 반환하는가?"""
    with connected() as (s, peer), new_event() as event:
        Operation().receive(s)
        peer.sendall(b"x")
        return waited(WSAWaitForMultipleEvents(1, byref(HANDLE(event)), FALSE, 1000 * PATIENCE, TRUE))


def run_in(blocking_call: Callable[[], Any], wake: Callable[[], Any]) -> int:
    """How many routines run inside a blocking call, which another thread wakes 100 ms later."""
    with connected() as (s, peer):
        operation = Operation()
        operation.receive(s)
        peer.sendall(b"x")
        wait_until(operation.done, alertable=FALSE)
        with later(wake):
            blocking_call()
        return len(delivered)


@experiment("recv", 1)
def recv_alertable():
    """recv waits: how many routines run inside it?
    recv가 기다린다. 그 안에서 호출되는 루틴은 몇 개인가?"""
    with connected() as (s, peer):
        return run_in(lambda: recv(s, create_string_buffer(1), 1, 0), lambda: peer.sendall(b"x"))


@experiment("accept", 1)
def accept_alertable():
    """accept waits: how many routines run inside it?
    accept가 기다린다. 그 안에서 호출되는 루틴은 몇 개인가?"""
    with listening() as (listener, connect):
        return run_in(lambda: closesocket(accept(listener, NULL, NULL)), connect)


@experiment("select", 1)
def select_alertable():
    """select waits: how many routines run inside it?
    select가 기다린다. 그 안에서 호출되는 루틴은 몇 개인가?"""
    with connected() as (s, peer):
        return run_in(lambda: readable(s), lambda: peer.sendall(b"x"))


@experiment("recv", (4, b"onet"))
def a_stream():
    """'one' and 'two' are sent by two calls: what does a receive of four bytes (MSG_WAITALL) get?
    'one'과 'two'를 두 번에 나누어 보낸다. 4바이트를 받으면(MSG_WAITALL) 무엇이 오는가?"""
    with connected() as (s, peer):
        buf = create_string_buffer(4)
        peer.sendall(b"one")
        peer.sendall(b"two")
        return recv(s, buf, 4, MSG_WAITALL), buf.raw


# ---- ends --------------------------------------------------------------------------------------------------------

_group = "ends"


def end_of(end: Callable[[int, pysocket.socket], Any]) -> tuple[Any, int]:
    """dwError and byte count of a receive that is pending when the end comes."""
    with connected(close=end is not close_ours) as (s, peer):
        Operation().receive(s)
        end(s, peer)
        deliver()
        return delivered[0][:2]


@experiment("WSARecv", (0, 0))
def peer_shuts_down():
    """The peer shuts down while a receive is pending: dwError and the number of bytes?
    수신이 진행되는 동안 상대가 종료한다(shutdown). dwError와 바이트 수는?"""
    return end_of(lambda s, peer: peer.shutdown(pysocket.SHUT_WR))


@experiment("WSARecv", WSAECONNRESET)
def peer_resets():
    """The peer resets while a receive is pending: dwError?
    수신이 진행되는 동안 상대가 리셋한다. dwError는?"""
    return end_of(reset_peer)[0]


@experiment("WSARecv", WSAECONNRESET)
def recv_after_reset():
    """A receive that is started after the reset: its error (0 if it succeeds), at once or in the routine?
    리셋된 뒤에 시작한 수신의 오류는(성공이면 0)? 곧바로, 또는 루틴에서."""
    with connected() as (s, peer):
        reset(peer)
        assert readable(s)
        error = Operation().receive(s)
        if error in (0, WSA_IO_PENDING):
            deliver()
            error = delivered[0][0]
        return error


@experiment("closesocket", WSA_OPERATION_ABORTED, expected=[WSAECONNABORTED, WSAECONNRESET])
def closed_while_pending():
    """We close the socket ourselves while a receive is pending: dwError?
    수신이 진행되는 동안 소켓을 직접 닫는다. dwError는?"""
    return end_of(close_ours)[0]


def cancelled(cancel: Callable[[int], Any]) -> Any:
    with connected() as (s, _):
        for _ in range(3):
            Operation().receive(s)
        assert cancel(s)
        deliver(3)
        errors = tuple(entry[0] for entry in delivered)
        return errors[0] if len(set(errors)) == 1 else errors


@experiment("CancelIo", WSA_OPERATION_ABORTED)
def cancel_io():
    """CancelIo with three receives pending: dwError of all three?
    수신 세 개가 진행되는 동안 CancelIo를 부르면 세 개 모두의 dwError는?"""
    return cancelled(CancelIo)


@experiment("CancelIoEx", WSA_OPERATION_ABORTED)
def cancel_io_ex():
    """CancelIoEx with three receives pending: dwError of all three?
    수신 세 개가 진행되는 동안 CancelIoEx를 부르면 세 개 모두의 dwError는?"""
    return cancelled(lambda s: CancelIoEx(s, NULL))


@experiment("CancelIoEx", ERROR_NOT_FOUND)
def nothing_to_cancel():
    """CancelIoEx with nothing pending: which error (0 if it succeeds)?
    진행되는 것이 없을 때 CancelIoEx의 오류는(성공이면 0)?"""
    with connected() as (s, _):
        return 0 if CancelIoEx(s, NULL) else GetLastError()


@experiment("CancelIo", STATUS_PENDING)
def cancel_io_elsewhere():
    """CancelIo is called by another thread than the one that started the receive: the receive's Internal?
    수신을 시작한 쓰레드가 아닌 다른 쓰레드가 CancelIo를 부르면 수신의 Internal은?"""
    with connected() as (s, _):
        operation = Operation()
        operation.receive(s)
        thread = threading.Thread(target=CancelIo, args=(s,))
        thread.start()
        thread.join()
        SleepEx(50, FALSE)
        return operation.status()


@experiment("WSARecv; ExitThread", (STATUS_CANCELLED, 0))
def thread_ends():
    """The thread ends that started a receive: its Internal, and how many routines run?
    수신을 시작한 쓰레드가 끝난다. 수신의 Internal은? 호출되는 루틴은 몇 개인가?"""
    with connected() as (s, _):
        operation = Operation()
        thread = threading.Thread(target=operation.receive, args=(s,))
        thread.start()
        thread.join()
        wait_until(operation.done, alertable=TRUE)
        pending.pop(operation.address, None)
        return operation.status(), len(delivered)


@experiment("WSARecv", WSAENOTCONN)
def recv_unconnected():
    """WSARecv on a socket that is bound, but not connected: which error?
    bind했지만 연결하지 않은 소켓의 WSARecv: 어떤 오류인가?"""
    with pysocket.socket() as unconnected:
        unconnected.bind(("127.0.0.1", 0))
        return Operation().receive(unconnected.fileno())


@experiment("WSASend", WSAENOTCONN)
def send_unconnected():
    """WSASend on a socket that is bound, but not connected: which error?
    bind했지만 연결하지 않은 소켓의 WSASend: 어떤 오류인가?"""
    with pysocket.socket() as unconnected:
        unconnected.bind(("127.0.0.1", 0))
        return Operation().send(unconnected.fileno())


@experiment("WSARecv", WSAENOTSOCK)
def recv_no_socket():
    """WSARecv on INVALID_SOCKET: which error?
    INVALID_SOCKET의 WSARecv: 어떤 오류인가?"""
    return Operation().receive(INVALID_SOCKET)


@experiment("WSASend", WSAESHUTDOWN)
def send_after_shutdown():
    """WSASend after shutdown(SD_SEND): which error?
    shutdown(SD_SEND) 뒤의 WSASend: 어떤 오류인가?"""
    with connected() as (s, _):
        assert shutdown(s, SD_SEND) == 0
        return Operation().send(s)


@experiment("WSARecv", (0, 0))
def failed_at_once():
    """After a call that failed at once: what does an alertable wait return, and how many routines run?
    곧바로 실패한 호출 뒤에 alertable wait의 결과는? 호출되는 루틴은 몇 개인가?"""
    assert Operation().receive(INVALID_SOCKET) == WSAENOTSOCK
    with connected() as (s, _):
        assert shutdown(s, SD_SEND) == 0 and Operation().send(s) not in (0, WSA_IO_PENDING)
        return SleepEx(50, TRUE), len(delivered)


@experiment("WSARecv", SOCKET_ERROR)
def recv_no_count():
    """WSARecv without an OVERLAPPED and without a byte count: what does it return?
    OVERLAPPED도 바이트 수도 없는 WSARecv는 무엇을 반환하는가?"""
    with connected() as (s, peer):
        operation = Operation()
        peer.sendall(b"hello")
        assert readable(s)
        result = WSARecv(s, byref(operation.wsabuf), 1, NULL, byref(operation.flags), NULL, NULL)
        return SOCKET_ERROR if result == SOCKET_ERROR else result


@experiment("WSASend", WSAEFAULT)
def send_no_count():
    """WSASend without an OVERLAPPED and without a byte count: which error?
    OVERLAPPED도 바이트 수도 없는 WSASend: 어떤 오류인가?"""
    with connected() as (s, _):
        result = WSASend(s, byref(Operation().wsabuf), 1, NULL, 0, NULL, NULL)
        return 0 if result == 0 else WSAGetLastError()


@experiment("WSARecv", expected=WSAEINVAL)
def recv_no_buffers():
    """WSARecv with a dwBufferCount of 0: which error?
    dwBufferCount가 0인 WSARecv: 어떤 오류인가?"""
    with connected() as (s, _):
        operation = Operation()
        result = WSARecv(s, byref(operation.wsabuf), 0, NULL, byref(operation.flags), byref(operation.overlapped), NULL)
        return 0 if result == 0 else WSAGetLastError()


@experiment("WSARecv", expected=(0, 0, b"x"))
def recv_no_bytes():
    """A receive of 0 bytes, then one comes: dwError, the number of bytes, and what recv gets afterwards?
    0바이트를 받는 수신을 걸어 두었고 1바이트가 온다. dwError, 바이트 수, 그 뒤 recv가 받는 것은?"""
    with connected() as (s, peer):
        operation, buf = Operation(), create_string_buffer(1)
        operation.wsabuf.len = 0
        operation.receive(s)
        peer.sendall(b"x")
        deliver()
        return *delivered[0][:2], buf.raw if recv(s, buf, 1, 0) == 1 else "nothing"


# ---- completion ports --------------------------------------------------------------------------------------------

_group = "ports"


@contextlib.contextmanager
def new_port(*sockets: int) -> Iterator[Any]:
    """A completion port to which the sockets are attached with the key 7."""
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0)
    assert port
    for s in sockets:
        assert CreateIoCompletionPort(s, port, 7, 0)
    try:
        yield port
    finally:
        CloseHandle(port)


def take(port: int, milliseconds: int = 1000 * PATIENCE) -> tuple[int, Any, int, int, Any]:
    """What GetQueuedCompletionStatus returns, the error or 0, bytes, key, address of the OVERLAPPED."""
    count, key, overlapped = DWORD(99), ULONG_PTR(99), LPOVERLAPPED()
    result = GetQueuedCompletionStatus(port, byref(count), byref(key), byref(overlapped), milliseconds)
    error = 0 if result else GetLastError()
    return int(result), error, count.value, key.value, cast(overlapped, LPVOID).value


@experiment("GetQueuedCompletionStatus", (0, WAIT_TIMEOUT, "NULL"))
def port_nothing():
    """GetQueuedCompletionStatus, when nothing comes in time: the result, the error, the OVERLAPPED?
    제때 오는 것이 없을 때 GetQueuedCompletionStatus의 결과, 오류, OVERLAPPED는?"""
    with new_port() as port:
        result, error, _, _, overlapped = take(port, 10)
        return result, waited(error), "NULL" if overlapped is None else "an OVERLAPPED"


def port_end(end: Callable[[int, pysocket.socket], Any]) -> tuple[int, Any, int, str]:
    """Result, error, key and OVERLAPPED of a receive that is pending when the end comes."""
    with connected(close=end is not close_ours) as (s, peer), new_port(s) as port:
        operation = Operation()
        assert operation.receive(s, None) == WSA_IO_PENDING
        end(s, peer)
        result, error, _, key, overlapped = take(port)
        return result, error, key, "ours" if overlapped == operation.address else "NULL" if overlapped is None else "another"


@experiment("GetQueuedCompletionStatus", (1, 5, 7))
def port_receives():
    """5 bytes come for a socket with the key 7: the result, the number of bytes, the key?
    키가 7인 소켓에 5바이트가 온다. 결과, 바이트 수, 키는?"""
    with connected() as (s, peer), new_port(s) as port:
        Operation().receive(s, None)
        peer.sendall(b"hello")
        result, _, count, key, _ = take(port)
        return result, count, key


@experiment("GetQueuedCompletionStatus", (0, 7, "ours"))
def port_failed():
    """An operation that failed: the result, the key, and whose OVERLAPPED?
    실패한 연산: 결과, 키, 그리고 누구의 OVERLAPPED인가?"""
    result, _, key, overlapped = port_end(reset_peer)
    return result, key, overlapped


@experiment("GetQueuedCompletionStatus", expected=ERROR_NETNAME_DELETED)
def port_reset():
    """The peer resets while a receive is pending: the error at the port?
    수신이 진행되는 동안 상대가 리셋한다. 포트에서 받는 오류는?"""
    return port_end(reset_peer)[1]


CLOSED = (ERROR_OPERATION_ABORTED, ERROR_CONNECTION_ABORTED, ERROR_NETNAME_DELETED)


@experiment("closesocket", [(0, CLOSED[0], "ours")], expected=[(0, error, "ours") for error in CLOSED[1:]])
def port_closesocket():
    """We close the socket ourselves while a receive is pending: the result, the error, and whose OVERLAPPED?
    수신이 진행되는 동안 소켓을 직접 닫는다. 결과, 오류, 그리고 누구의 OVERLAPPED인가?"""
    result, error, _, overlapped = port_end(close_ours)
    return result, error, overlapped


@experiment("CreateIoCompletionPort", expected=ERROR_INVALID_PARAMETER)
def port_twice():
    """A socket is attached to a second port: which error?
    소켓을 두 번째 포트에도 연결한다. 어떤 오류인가?"""
    with connected() as (s, _), new_port(s), new_port() as second:
        return 0 if CreateIoCompletionPort(s, second, 8, 0) else GetLastError()


@experiment("WSARecv", expected=WSAEINVAL)
def port_and_routine():
    """WSARecv with a routine on a socket that is attached to a port: which error?
    포트에 연결한 소켓에서 루틴을 준 WSARecv: 어떤 오류인가?"""
    with connected() as (s, _), new_port(s):
        return Operation().receive(s)


@experiment("GetQueuedCompletionStatus", ERROR_ABANDONED_WAIT_0)
def port_closed():
    """The port is closed while a thread waits there: the error (a time-out after 500 ms if nothing wakes it)?
    쓰레드가 기다리는 동안 포트를 닫는다. 그 쓰레드가 받는 오류는(깨어나지 못하면 500ms 뒤 시간 초과)?"""
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0)
    with later(CloseHandle, port):
        return waited(take(port, 500)[1])


@experiment("SetFileCompletionNotificationModes", WAIT_TIMEOUT)
def port_skipped():
    """FILE_SKIP_COMPLETION_PORT_ON_SUCCESS, and WSASend succeeds at once: what is at the port?
    FILE_SKIP_COMPLETION_PORT_ON_SUCCESS를 켰고 WSASend가 곧바로 성공한다. 포트에는 무엇이 있는가?"""
    with connected() as (s, _), new_port(s) as port:
        assert SetFileCompletionNotificationModes(s, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS)
        error = Operation(5).send(s, None)
        assert error == 0, "the send was not complete at once"
        return waited(take(port, 50)[1])


@experiment("GetQueuedCompletionStatusEx", expected=(0, WAIT_IO_COMPLETION, 1))
def port_alertable():
    """GetQueuedCompletionStatusEx, alertable, and a routine runs: the result, the error, the number of routines?
    alertable로 부른 GetQueuedCompletionStatusEx에서 루틴이 호출된다. 결과, 오류, 루틴의 수는?"""
    with connected() as (s, peer), new_port() as port:
        entry, count = OVERLAPPED_ENTRY(), ULONG()
        Operation().receive(s)
        peer.sendall(b"x")
        result = GetQueuedCompletionStatusEx(port, byref(entry), 1, byref(count), 1000 * PATIENCE, TRUE)
        return int(result), waited(0 if result else GetLastError()), len(delivered)


# ---- the child process of `python -m tests.seen` -------------------------------------------------------------------


def main(names: list[str]) -> None:
    """Prints a line of JSON for each experiment, and an empty object first, when Python has started."""
    ctypes.WinDLL("kernel32").SetErrorMode(0x8003)  # a crash shall end this process, not ask somebody
    assert WSAStartup(MAKEWORD(2, 2), byref(WSADATA())) == 0
    print("{}", flush=True)
    for name in names or EXPERIMENTS:
        try:
            answer = {"seen": EXPERIMENTS[name].run()}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps({"name": name, **answer}), flush=True)
        if "error" in answer:
            return  # who knows what it left behind: the next one begins in a new process
    WSACleanup()


if __name__ == "__main__":
    main(sys.argv[1:])
