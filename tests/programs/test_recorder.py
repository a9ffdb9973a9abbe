"""The recorder in the process of the tests: which events come of which calls, with which fields. The calls are real."""

import os
import socket as pysocket
import sys
import threading
from ctypes import ArgumentError, addressof, byref, cast, sizeof

import pytest

import winsock_ctypes as w
from tests.support.recorded import Recorded
from winsock_ctypes import *
from winsock_ctypes.trace.places import Places


class Run(Recorded):
    def last(self, fn):
        """The last call of a function, and its return."""
        call = self.of("call", fn)[-1]
        return call, next((event for event in self.of("return") if event["n"] == call["n"]), None)


@pytest.fixture
def run():
    run = Run()
    with Places(run.recorder):
        yield run


@pytest.fixture
def event():
    handle = WSACreateEvent()
    yield handle
    assert WSACloseEvent(handle)


@pytest.fixture
def port():
    handle = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0)
    yield handle
    assert CloseHandle(handle)


class Io:
    """An operation in memory of malloc's."""

    def __init__(self, buffers=1):
        self.block = w.malloc(sizeof(WSAOVERLAPPED))
        memset(self.block, 0, sizeof(WSAOVERLAPPED))
        self.overlapped = cast(self.block, LPWSAOVERLAPPED)
        self.buf = (BYTE * 8)()
        self.wsabufs = (WSABUF * 2)(WSABUF(5, self.buf), WSABUF(3, addressof(self.buf) + 5))
        self.buffers, self.count, self.flags = buffers, DWORD(), DWORD()

    def receive(self, ours, routine=NULL):
        w.WSARecv(ours.fileno(), self.wsabufs, self.buffers, byref(self.count), byref(self.flags), self.overlapped, routine)


def test_what_comes_after_the_cap_is_not_recorded_and_works(run, pair, monkeypatch):
    run.recorder.cap = len(run.events) + 4
    for number in (1, 2, 3):
        assert w.htons(number) == number << 8
    assert [event["e"] for event in run.events] == ["thread", "source", "call", "return", "note"]
    assert run.events[-1]["text"] == "4 events were recorded; nothing after this was"
    assert run.recorder.full
    for name in ("emit", "sample"):
        monkeypatch.setattr(run.recorder, name, pytest.fail)  # nothing is looked at any more
    io = Io()
    pair[1].sendall(b"12345")
    ran = []

    @w.LPWSAOVERLAPPED_COMPLETION_ROUTINE
    def Routine(dwError, cbTransferred, lpOverlapped, dwFlags):
        ran.append(cbTransferred)

    io.receive(pair[0], Routine)
    for _ in range(100):
        if not ran:
            w.SleepEx(100, TRUE)
    w.free(io.block)
    os.write(1, b"")
    run.recorder.output("stdout", "text")
    run.recorder.peer("connect", "127.0.0.1:1")
    assert ran == [5] and len(run.events) == 5
    monkeypatch.undo()
    run.recorder.end("done")
    assert [event["e"] for event in run.events[5:]] == ["end"] and run.events[-1]["how"] == "done"


def test_nothing_is_recorded_after_the_end(run):
    w.htons(1)
    run.recorder.end("done")
    assert run.recorder.full and run.events[-1]["e"] == "end"
    before = list(run.events)

    def more():
        w.htons(1)
        w.free(w.malloc(8))
        run.recorder.output("stdout", "text")
        run.recorder.peer("connect", "127.0.0.1:1")

    thread = threading.Thread(target=more)
    thread.start()
    thread.join()
    assert run.events == before


def test_a_failed_call_has_its_error_and_stores_nothing(run):
    count = INT(16)
    assert w.getsockname(0, byref(SOCKADDR_IN()), byref(count)) == SOCKET_ERROR
    call, back = run.last("getsockname")
    assert (back["result"], back["error"], back["code"]) == ("SOCKET_ERROR", "WSAENOTSOCK (10038)", 10038)
    assert not {"out", "vain", "closed_in", "state", "socket"} & back.keys()
    assert call["python_sockets"] is True and [key for key, *_ in call["args"]] == ["s", "name", "namelen"]
    w.htons(1)
    assert "python_sockets" not in run.last("htons")[0]


def test_what_a_call_has_stored(run):
    s = w.socket(AF_INET, SOCK_STREAM, 0)
    address, size = SOCKADDR_IN(AF_INET), INT(sizeof(SOCKADDR_IN))
    address.sin_addr.s_addr = inet_addr(b"127.0.0.1")
    assert w.bind(s, byref(address), sizeof(address)) == 0
    assert w.getsockname(s, byref(address), byref(size)) == 0
    assert w.ioctlsocket(s, FIONBIO, byref(u_long(1))) == 0
    assert w.ioctlsocket(s, FIONREAD, byref(u_long(1))) == 0
    assert w.closesocket(s) == 0
    assert "out" not in run.last("bind")[1]  # of which the name is only read
    stored = {key: text for key, text, *_ in run.last("getsockname")[1]["out"]}
    assert stored == {"name": f"127.0.0.1:{ntohs(address.sin_port)}", "namelen": "16"}
    first, second = (event for event in run.of("return") if event["n"] in [call["n"] for call in run.of("call", "ioctlsocket")])
    assert "out" not in first and [(key, text) for key, text, *_ in second["out"]] == [("argp", "0")]


def test_a_handle_that_was_closed_by_whom(run):
    s = w.socket(AF_INET, SOCK_STREAM, 0)
    assert run.last("socket")[1]["socket"] == s
    w.closesocket(s)
    closing, back = run.last("closesocket")
    assert back["closed"] == s
    assert w.listen(s, 5) == SOCKET_ERROR
    assert run.last("listen")[1]["closed_in"] == closing["n"]
    event = w.WSACreateEvent()
    assert run.last("WSACreateEvent")[1]["event"] == event
    assert w.WSACloseEvent(event) and event in run.recorder.closed_at
    port = w.CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0)
    assert port in run.recorder.made
    assert w.CloseHandle(port) and port in run.recorder.closed_at and port not in run.recorder.made
    numbers = set()
    while s not in numbers and len(numbers) < 200:  # until the number is given out again
        again = w.socket(AF_INET, SOCK_STREAM, 0)
        numbers.add(again)
        assert again not in run.recorder.closed_at and again in run.recorder.made
    for again in numbers - {s}:
        w.closesocket(again)
    if s not in numbers:
        pytest.skip("Windows has not given out the number again")
    assert w.listen(s, 5) == SOCKET_ERROR and "closed_in" not in run.last("listen")[1]  # is not bound
    pysocket.close(s)
    run.recorder.end("done")
    assert run.events[-1]["closed_elsewhere"] == [s]


def test_in_vain(run, event):
    def vain(fn):
        return run.last(fn)[1].get("vain", False)

    w.SleepEx(0, FALSE)
    assert vain("SleepEx") and "alertable" not in run.last("SleepEx")[0]
    w.SleepEx(0, TRUE)
    assert run.last("SleepEx")[0]["alertable"] is True
    events = (WSAEVENT * 1)(event)
    w.WSAWaitForMultipleEvents(1, events, FALSE, 0, TRUE)
    assert vain("WSAWaitForMultipleEvents") and run.last("WSAWaitForMultipleEvents")[0]["alertable"] is True
    w.WSASetEvent(event)
    w.WSAWaitForMultipleEvents(1, events, FALSE, 0, FALSE)
    assert not vain("WSAWaitForMultipleEvents") and not vain("WSASetEvent")
    assert w.WaitForSingleObject(event, 0) == 0 and not vain("WaitForSingleObject")
    w.WSAResetEvent(event)
    assert w.WaitForSingleObject(event, 0) == WAIT_TIMEOUT and vain("WaitForSingleObject")
    s = w.socket(AF_INET, SOCK_DGRAM, 0)
    address = SOCKADDR_IN(AF_INET)
    w.bind(s, byref(address), sizeof(address))
    w.ioctlsocket(s, FIONBIO, byref(u_long(1)))
    w.recv(s, (BYTE * 8)(), 8, 0)
    assert vain("recv")
    assert w.WSAGetLastError() == WSAEWOULDBLOCK and vain("WSAGetLastError")
    w.htons(1)
    assert not vain("htons")
    reading = fd_set()
    FD_SET(s, byref(reading))
    w.select(0, byref(reading), NULL, NULL, byref(TIMEVAL(0, 0)))
    assert vain("select") and "out" not in run.last("select")[1]
    w.closesocket(s)
    w.closesocket(s)
    assert w.WSAGetLastError() == WSAENOTSOCK and not vain("WSAGetLastError")


@pytest.mark.parametrize("raises", [False, True])
def test_a_routine_runs_inside_the_wait(run, pair, raises):
    limit, seen = sys.getrecursionlimit(), []

    @w.LPWSAOVERLAPPED_COMPLETION_ROUTINE
    def Routine(dwError, cbTransferred, lpOverlapped, dwFlags):
        seen.append(sys.getrecursionlimit())
        w.htons(1)
        if raises:
            raise RuntimeError("no")

    io = Io(buffers=2)
    io.receive(pair[0], Routine)
    call, back = run.last("WSARecv")
    assert (back["state"], back["id"], back["code"]) == ("pending", call["op"]["id"], 997)
    assert call["op"]["ovref"] == "@1" and call["op"]["bufrefs"] == [hex(addressof(io.buf)), hex(addressof(io.buf) + 5)]
    pair[1].sendall(b"12345678")
    try:
        for _ in range(100):
            if not seen:
                w.SleepEx(100, TRUE)
        assert not raises
    except RuntimeError:
        assert raises
    (routine,), (end,) = run.of("routine"), run.of("routine_end")
    wait, back = run.last("SleepEx")
    assert routine["in"] == wait["n"] and routine["delivered"] == [call["op"]["id"]] and routine["fn"].endswith("Routine")
    assert routine["args"] == [
        ("dwError", "0"),
        ("cbTransferred", "8"),
        ("lpOverlapped", hex(io.block), "@1"),
        ("dwFlags", "0"),
    ]
    assert [name for name, *_ in routine["stack"]][-2:] == ["SleepEx", "Routine"]
    assert end["n"] == routine["n"] and end.get("raised") == ("RuntimeError: no" if raises else None)
    assert back.get("raised") == ("RuntimeError: no" if raises else None)
    assert run.last("htons")[0]["in"] == routine["n"]
    assert limit == sys.getrecursionlimit() < seen[0]
    w.htons(2)
    assert "in" not in run.last("htons")[0]
    w.free(io.block)


def test_what_is_malloced_and_what_is_left(run):
    kept = w.malloc(24)
    again = w.malloc(8)
    w.free(again)
    assert [(block["name"], block["size"]) for block in run.of("block")] == [("kept", 24), ("again", 8)]
    call, back = run.last("malloc")
    assert call["args"] == [("size", "8")] and (back["new"], back["block"]) == (2, (again, 8)) and back["result"] == hex(again)
    call, back = run.last("free")
    assert call["args"] == [("ptr", hex(again), "@2")] and back["freed"] == again and back["gone"] == [2] and "lost" not in back
    w.free(None)
    assert run.last("free")[0]["args"] == [("ptr", "NULL")]
    with pytest.raises(ValueError):
        w.free(kept + 8)
    call, back = run.last("free")
    assert call["args"] == [("ptr", hex(kept + 8))] and back["raised"].startswith("ValueError") and "gone" not in back
    run.recorder.end("done")
    assert run.events[-1]["live"] == [1]
    w.free(kept)


def test_memory_that_is_freed_while_its_packet_is_at_the_port(run, pair, port):
    assert w.CreateIoCompletionPort(pair[0].fileno(), port, 7, 0) == port
    io = Io()
    io.receive(pair[0])
    pair[1].sendall(b"12345")
    for _ in range(1000):  # the kernel's part is over when Internal says so
        if io.overlapped.contents.Internal == STATUS_PENDING:
            SleepEx(10, FALSE)
    number = run.last("WSARecv")[0]["op"]["id"]
    w.free(io.block)
    assert run.last("free")[1]["lost"] == [number]
    assert [event["id"] for event in run.of("sample")] == [number]
    count, key, overlapped = DWORD(), ULONG_PTR(), LPOVERLAPPED()
    assert w.GetQueuedCompletionStatus(port, byref(count), byref(key), byref(overlapped), 1000)
    assert (count.value, key.value) == (5, 7)


def test_who_raises_says_so_and_starts_nothing(run, pair):
    overlapped = WSAOVERLAPPED()
    with pytest.raises(ArgumentError):
        w.WSARecv(pair[0].fileno(), "no buffer", 1, NULL, byref(DWORD()), byref(overlapped), NULL)
    call, back = run.last("WSARecv")
    assert back["raised"].startswith("ArgumentError: argument 2: ") and "result" not in back
    assert not run.recorder.model.operations and run.recorder.open[0] == []


def test_threads_have_their_names_and_clients_what_they_did(run):
    w.htons(1)
    thread = threading.Thread(target=lambda: w.htons(2), name="a worker")
    thread.start()
    thread.join()
    assert [(event["id"], event["name"]) for event in run.of("thread")] == [(0, "main"), (1, "a worker")]
    assert [event["th"] for event in run.of("call", "htons")] == [0, 1]
    run.recorder.peer("connect", "127.0.0.1:9")
    run.recorder.peer("send", "127.0.0.1:9", b"hello")
    first, second = run.of("peer")
    assert (first["client"], first["did"], first["from"]) == (1, "connect", "127.0.0.1:9") and "bytes" not in first
    assert (second["client"], second["did"], second["bytes"], second["data"]) == (1, "send", 5, "'hello'")
    times = [event["t"] for event in run.events if "t" in event]
    assert times == sorted(times) and all(round(t, 6) == t for t in times)


# ---- what calls have changed -------------------------------------------------------------------------------------


@pytest.fixture
def listener(run):
    s = w.socket(AF_INET, SOCK_STREAM, 0)
    address = SOCKADDR_IN(AF_INET)
    address.sin_addr.s_addr = inet_addr(b"127.0.0.1")
    assert w.bind(s, byref(address), sizeof(address)) == w.listen(s, 5) == 0
    assert run.last("listen")[1]["listens"] == s
    assert w.getsockname(s, byref(address), byref(INT(sizeof(address)))) == 0
    yield s, ntohs(address.sin_port)
    w.closesocket(s)


def test_who_is_at_the_other_end(run, listener):
    s, port = listener
    with pysocket.create_connection(("127.0.0.1", port)) as client, pysocket.create_connection(("127.0.0.1", port)) as second:
        names = [f"127.0.0.1:{one.getsockname()[1]}" for one in (client, second)]
        run.recorder.peer("connect", names[0])
        peer = SOCKADDR_IN()
        for at, name in enumerate(names):
            address = (NULL, NULL) if at else (byref(peer), byref(INT(sizeof(peer))))
            accepted = w.accept(s, *address)
            _, back = run.last("accept")
            assert (back["socket"], back["peer"], back["client"]) == (accepted, name, at + 1)
            why = {"what": "connected", "client": at + 1}
            assert back["why"] == (why if at else why | {"peer": 0})
            if not at:
                run.recorder.peer("send", name, b"hello")
                client.sendall(b"hello")
                w.recv(accepted, (BYTE * 8)(), 8, 0)
                _, back = run.last("recv")
                assert back["data"] == "'hello'"
                assert back["why"] == {"what": "received", "bytes": 5, "peer": 1, "client": 1}
                run.recorder.peer("close", name)
                client.close()
                w.recv(accepted, (BYTE * 8)(), 8, 0)
                _, back = run.last("recv")
                assert back["why"] == {"what": "left", "peer": 2, "client": 1} and "data" not in back
            w.closesocket(accepted)


def test_who_connects_is_told_of_the_other_end(run, listener):
    s = w.socket(AF_INET, SOCK_STREAM, 0)
    address = SOCKADDR_IN(AF_INET, htons(listener[1]))
    address.sin_addr.s_addr = inet_addr(b"127.0.0.1")
    assert w.connect(s, byref(address), sizeof(address)) == 0
    _, back = run.last("connect")
    assert (back["peer"], back["client"]) == (f"127.0.0.1:{listener[1]}", 1) and "why" not in back
    w.closesocket(s)


def test_acceptex_knows_its_client_once_the_context_is_updated(run, listener, port):
    s, number = listener
    assert w.CreateIoCompletionPort(s, port, 5, 0) == port
    acceptex, count = w.LPFN_ACCEPTEX(), DWORD()
    assert (
        w.WSAIoctl(
            s, SIO_GET_EXTENSION_FUNCTION_POINTER, byref(WSAID_ACCEPTEX), 16, byref(acceptex), 8, byref(count), NULL, NULL
        )
        == 0
    )
    new = w.socket(AF_INET, SOCK_STREAM, 0)
    io, room = Io(), (BYTE * 64)()
    acceptex(s, new, room, 0, 32, 32, byref(count), io.overlapped)
    call, back = run.last("AcceptEx")
    assert back["state"] == "pending" and (call["op"]["s"], call["op"]["to"], call["op"]["port"]) == (s, "port", port)
    assert "no_room" not in call
    with pysocket.create_connection(("127.0.0.1", number)) as client:
        key, overlapped = ULONG_PTR(), LPOVERLAPPED()
        assert w.GetQueuedCompletionStatus(port, byref(count), byref(key), byref(overlapped), 10_000)
        _, back = run.last("GetQueuedCompletionStatus")
        assert back["delivered"] == [call["op"]["id"]] and back["why"]["what"] == "connected" and "client" not in back
        listening = ULONG_PTR(s)
        assert w.setsockopt(new, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, byref(listening), sizeof(listening)) == 0
        _, back = run.last("setsockopt")
        assert (back["socket"], back["client"], back["peer"]) == (new, 1, f"127.0.0.1:{client.getsockname()[1]}")
        peer = SOCKADDR_IN()
        assert w.getpeername(new, byref(peer), byref(INT(16))) == 0 and ntohs(peer.sin_port) == client.getsockname()[1]
    w.closesocket(new)
    w.free(io.block)


def test_two_packets_at_once(run, port):
    blocks = [w.malloc(sizeof(OVERLAPPED)) for _ in range(2)]
    for at, block in enumerate(blocks):
        assert w.PostQueuedCompletionStatus(port, at, at, block)
    ids = [call["op"]["id"] for call in run.of("call", "PostQueuedCompletionStatus")]
    entries, taken = (OVERLAPPED_ENTRY * 4)(), ULONG()
    assert w.GetQueuedCompletionStatusEx(port, entries, 4, byref(taken), 1000, FALSE)
    assert run.last("GetQueuedCompletionStatusEx")[1]["delivered"] == ids and taken.value == 2
    assert not run.recorder.model.operations
    assert not w.GetQueuedCompletionStatusEx(port, entries, 4, byref(taken), 0, FALSE)
    assert run.last("GetQueuedCompletionStatusEx")[1].get("delivered", []) == []
    for block in blocks:
        w.free(block)


def test_an_event_is_asked_for_what_was_done(run, pair, event):
    io = Io()
    io.overlapped.contents.hEvent = event
    w.WSAResetEvent(event)
    io.receive(pair[0])
    call, back = run.last("WSARecv")
    assert call["op"]["to"] == "event"
    count, flags = DWORD(), DWORD()
    assert not w.WSAGetOverlappedResult(pair[0].fileno(), io.overlapped, byref(count), FALSE, byref(flags))
    _, back = run.last("WSAGetOverlappedResult")
    assert (back["code"], back["vain"]) == (WSA_IO_INCOMPLETE, True) and "delivered" not in back
    pair[1].sendall(b"hello")
    assert WaitForSingleObject(event, 10_000) == 0
    assert w.WSAGetOverlappedResult(pair[0].fileno(), io.overlapped, byref(count), FALSE, byref(flags))
    _, back = run.last("WSAGetOverlappedResult")
    assert back["delivered"] == [call["op"]["id"]] and back["why"]["bytes"] == count.value == 5
    w.free(io.block)


def test_a_cancelled_operation_says_so(run, pair, port):
    assert w.CreateIoCompletionPort(pair[0].fileno(), port, 0, 0) == port
    io = Io()
    io.receive(pair[0])
    assert w.CancelIoEx(pair[0].fileno(), NULL)
    count, key, overlapped = DWORD(), ULONG_PTR(), LPOVERLAPPED()
    assert not w.GetQueuedCompletionStatus(port, byref(count), byref(key), byref(overlapped), 10_000)
    _, back = run.last("GetQueuedCompletionStatus")
    assert (
        back["delivered"] == [1] and back["why"] == {"op": 1, "what": "cancelled"} and back["code"] == ERROR_OPERATION_ABORTED
    )
    w.free(io.block)
