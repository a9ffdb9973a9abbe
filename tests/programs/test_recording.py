"""What the recorder writes of calls: the functions are stood in for, so that they return, store and fail as is said here."""

import functools
import os
import sys
import threading
from ctypes import addressof, byref, cast, pointer, sizeof

import pytest

import winsock_ctypes
from tests.support.program import PER_IO_DATA, R, lent
from tests.support.recorded import Calls, StandIn
from winsock_ctypes import *
from winsock_ctypes import stdlib
from winsock_ctypes.trace import diagnosis, lengths, model, recorder
from winsock_ctypes.trace.places import RecordedFunction
from winsock_ctypes.trace.recorder import Recorder


@pytest.fixture
def program():
    return Calls()


@pytest.fixture
def data():
    return lent()


def receive(program, data, routine=NULL, **more):
    data.overlapped.Internal = STATUS_PENDING
    given = (5, data.wsaBuf, 1, NULL, byref(DWORD()), byref(data.overlapped), routine)
    return program.do("WSARecv", *given, **{"result": SOCKET_ERROR, "error": WSA_IO_PENDING} | more)


def receive_into(program, block):
    """A receive that is pending, in memory of malloc's."""
    memset(block, 0, sizeof(PER_IO_DATA))
    view = PER_IO_DATA.from_address(block)
    receive(program, view, R)
    return view


def test_the_recorder_knows_functions_that_there_are():
    known = set()
    for module in (diagnosis, lengths, model, recorder):
        for name, some in vars(module).items():
            if name[:1] == "_" != name[1:2] and isinstance(some, (set, dict)):
                known |= {word for word in some if isinstance(word, str)}
    assert len(known) > 70
    assert [
        word for word in known if not hasattr(winsock_ctypes, word) and not hasattr(winsock_ctypes, f"LPFN_{word.upper()}")
    ] == []


# ---- before a call -------------------------------------------------------------------------------------------------


def test_a_call_and_its_return(program):
    call, back = program.do("htons", 5, result=1280)
    assert program.kinds()[-2:] == ["call", "return"] and (call["n"], back["n"], call["th"], back["th"]) == (1, 1, 0, 0)
    assert (call["fn"], call["args"], back["result"]) == ("htons", [("hostshort", "5")], "1280")
    name, file, line = call["stack"][-1]
    assert name == "do" and file == max(event["file"] for event in program.events if event["e"] == "source") and line > 0
    assert not {"op", "alertable", "in", "short", "lent", "no_room", "on_port", "no_overlapped"} & call.keys()
    assert back.keys() == {"e", "n", "t", "th", "result"} and program.recorder.made == set()
    assert program.do("send", 5, buf=b"ab", len=2, flags=0)[0]["args"] == [
        ("s", "5"), ("buf", "b'ab'"), ("len", "2"), ("flags", "0"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "arguments", "alertable"),
    [
        ("SleepEx", (5, TRUE), True),
        ("SleepEx", (5, FALSE), False),
        ("WSAWaitForMultipleEvents", (1, NULL, FALSE, 5, TRUE), True),
        ("GetQueuedCompletionStatusEx", (5, NULL, 1, NULL, 5, TRUE), True),
        ("GetQueuedCompletionStatusEx", (5, NULL, 1, NULL, 5, FALSE), False),
        ("WaitForSingleObject", (5, 5), False),
    ],
)
def test_which_waits_are_alertable(program, name, arguments, alertable):
    call, _ = program.do(name, *arguments)
    assert call.get("alertable", False) is alertable
    assert ["waits" in event for event in program.events if event["e"] in ("call", "return")] == [True, True]


def test_memory_of_arguments_has_its_name(program, data):
    block = program.recorder.memory.add(addressof(data), sizeof(data), "malloc", ctype=PER_IO_DATA)
    call, back = receive(program, data)
    assert [argument[0] for argument in call["args"]] == list(WSARecv.names)
    refs = {argument[0]: argument[2] for argument in call["args"] if len(argument) == 3}
    assert refs == {"lpBuffers": "@1.wsaBuf", "lpOverlapped": "@1.overlapped"}
    call, _ = program.do("CreateIoCompletionPort", 5, 12, addressof(data), 0, result=12)
    assert call["args"][2] == ("CompletionKey", hex(addressof(data)), *(["@1"] if addressof(data) > 0xFFFF_FFFF else []))
    call, _ = program.do("CreateIoCompletionPort", 5, 12, ULONG_PTR(addressof(data)), 0, result=12)
    assert call["args"][2][2] == "@1"
    call, _ = program.do("CreateIoCompletionPort", 5, 12, 7, 0, result=12)
    assert call["args"][2] == ("CompletionKey", "0x7")
    for small in (0x1000, 0xFFFF_FFFF):  # a number, although there may be a block with this address
        program.recorder.memory.add(small, 8, "malloc")
        call, _ = program.do("CreateIoCompletionPort", 5, 12, small, 0, result=12)
        assert call["args"][2] == ("CompletionKey", hex(small))
    assert block.id == 1 and back["state"] == "pending"


def test_what_looks_wrong_before_a_call(program, data):
    program.recorder.memory.add(addressof(data), sizeof(data), "malloc", ctype=PER_IO_DATA)
    call, _ = program.do("recv", 5, data.buf, 101, 0, result=1)
    assert call["short"] == [("len", 101, 100)] and "lent" not in call
    receive(program, data)
    call, _ = program.do("recv", 5, data.buf, 100, 0, result=1)
    assert call["lent"] == [1] and "short" not in call
    program.do("CreateIoCompletionPort", 5, 12, 0, 0, result=12)
    other = PER_IO_DATA(hSock=5)
    call, _ = receive(program, other, R)
    assert call["on_port"] == 12 and "no_overlapped" not in call
    call, _ = program.do("WSARecv", 6, other.wsaBuf, 1, NULL, NULL, NULL, R, result=0)
    assert call["no_overlapped"] == "R" and "on_port" not in call and "op" not in call
    data.wsaBuf[0].len = 101
    call, _ = receive(program, data)
    assert call["short"] == [("lpBuffers", 101, 100)]
    data.wsaBuf[0].len = 100


def test_what_a_call_points_to_is_looked_at(program, data):
    """Although it starts nothing: a call that blocks."""
    call, _ = program.do("WSARecv", 5, data.wsaBuf, 1, NULL, byref(DWORD()), NULL, NULL, result=0)
    kinds = program.kinds()
    assert kinds[kinds.index("call") - 2 : kinds.index("call")] == ["type", "block"]
    assert call["mem"]["1"]["hSock"] == 5 and "op" not in call


def test_acceptex_wants_room(program):
    function = StandIn("recv", 1, 0, None)
    function.__name__, function.names = "AcceptEx", ("dwLocalAddressLength", "dwRemoteAddressLength")
    for length, told in ((31, True), (32, None)):
        RecordedFunction(program.recorder, function)(length, 32)
        assert program.last()[0].get("no_room") is told


def test_pythons_sockets_are_told_of_once(program):
    assert program.do("htons", 1)[0]["python_sockets"] is True
    assert "python_sockets" not in program.do("htons", 1)[0]


def test_python_without_sockets(program, monkeypatch):
    monkeypatch.delitem(sys.modules, "_socket")
    assert "python_sockets" not in program.do("htons", 1)[0]


@pytest.mark.parametrize(("room", "recorded"), [(100, True), (99, False)])
def test_near_the_recursion_limit_nothing_is_recorded(program, monkeypatch, room, recorded):
    frames = [sys._getframe()] * (sys.getrecursionlimit() - room)
    monkeypatch.setattr(program.recorder.frames, "chain", lambda: frames)
    assert program.function("htons", 1280)(5) == 1280
    assert ("call" in program.kinds()) is recorded


def test_so_many_events_are_recorded():
    def called(cap):
        program = Calls()
        program.recorder.cap = cap
        for _ in range(3):
            program.function("htons", 256)(1)
        return program

    all_of_it = called(1_000).kinds()
    some = called(len(all_of_it) - 3)  # the last of the three calls, and one event more, are too many
    assert some.kinds() == [*all_of_it[:-3], "note"] and all_of_it[-4:] == ["call", "return"] * 2
    some.recorder.end("done")
    assert some.kinds() == [*all_of_it[:-3], "note", "end"]


def test_one_thread_at_a_time_records(program):
    """But while a call runs, others may."""

    def is_free():
        def try_it():
            taken.append(program.recorder.lock.acquire(blocking=False))
            if taken[0]:
                program.recorder.lock.release()

        taken = []
        thread = threading.Thread(target=try_it)
        thread.start()
        thread.join()
        return taken[0]

    seen = []
    with program.recorder.recording():
        seen.append(is_free())
    program.do("htons", 1, does=lambda: seen.append(is_free()))
    assert seen == [False, True]


# ---- what comes back -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "result", "code", "vain"),
    [
        ("SleepEx", 0, 0, True),
        ("SleepEx", 192, 0, False),
        ("select", 0, 0, True),
        ("select", 1, 0, False),
        ("WSAPoll", 0, 0, True),
        ("WSAPoll", 1, 0, False),
        ("WSAGetLastError", WSAEWOULDBLOCK, 0, True),
        ("WSAGetLastError", WSA_IO_INCOMPLETE, 0, True),
        ("GetLastError", WAIT_TIMEOUT, 0, True),
        ("GetLastError", WSA_IO_PENDING, 0, False),
        ("WSAGetLastError", 0, 0, False),
        ("WaitForSingleObject", WAIT_TIMEOUT, 0, True),
        ("WaitForSingleObject", 0, 0, False),
        ("WaitForSingleObjectEx", 192, 0, False),
        ("WSAWaitForMultipleEvents", WSA_WAIT_TIMEOUT, 0, True),
        ("WSAWaitForMultipleEvents", WAIT_FAILED, WSAEWOULDBLOCK, False),
        ("GetQueuedCompletionStatus", 0, WAIT_TIMEOUT, True),
        ("GetQueuedCompletionStatus", 1, 0, False),
        ("recv", -1, WSAEWOULDBLOCK, True),
        ("recv", -1, WSAECONNRESET, False),
        ("WSAGetOverlappedResult", 0, WSA_IO_INCOMPLETE, True),
        ("htons", 0, 0, False),
    ],
)
def test_which_results_are_in_vain(name, result, code, vain):
    assert Recorder.in_vain(name, result, code) is vain


def test_an_error_of_before_is_no_error_now(program):
    _, back = program.do("listen", 5, 5, result=0, error=WSAENOTSOCK)
    assert not {"error", "code", "closed_in"} & back.keys()
    _, back = program.do("listen", 5, 5, result=SOCKET_ERROR, error=WSAEINVAL)
    assert (back["result"], back["error"], back["code"]) == ("SOCKET_ERROR", "WSAEINVAL (10022)", 10022)
    _, back = program.do("WSAStartup", 2, NULL, result=WSASYSNOTREADY, error=5)
    assert back["code"] == WSASYSNOTREADY


READ_ONLY = ["bind", "connect", "WSAConnect"]


@pytest.mark.parametrize("name", [*READ_ONLY, "sendto", "WSASendTo", "WSAWaitForMultipleEvents", "getsockname"])
def test_where_something_is_stored(program, name):
    address, number = SOCKADDR_IN(AF_INET), DWORD(7)
    events = (WSAEVENT * 1)(9)
    given = {
        "name": byref(address), "to": byref(address), "lpTo": byref(address), "lphEvents": cast(events, LPWSAEVENT),
        "lpNumberOfBytesSent": byref(number), "namelen": byref(INT(16)) if name == "getsockname" else 16,
    }  # fmt: skip
    real = getattr(winsock_ctypes, name)
    arguments = [given.get(key, 0 if real.types[key] in (INT, DWORD, SOCKET, BOOL) else NULL) for key in real.names]
    _, back = program.do(name, *arguments)
    stored = {key: text for key, text, *_ in back.get("out", ())}
    expected = {"getsockname": {"name": "0.0.0.0:0", "namelen": "16"}, "WSASendTo": {"lpNumberOfBytesSent": "7"}}
    assert stored == expected.get(name, {})


def test_what_is_stored_by_a_call_that_failed(program, data):
    program.recorder.memory.add(addressof(data), sizeof(data), "malloc", ctype=PER_IO_DATA)
    stored = LPOVERLAPPED(data.overlapped)
    arguments = (12, byref(DWORD(3)), byref(ULONG_PTR(5)), byref(stored), 0)
    _, back = program.do("GetQueuedCompletionStatus", *arguments, result=0, error=ERROR_NETNAME_DELETED)
    assert back["out"] == [
        ("lpNumberOfBytesTransferred", "3"), ("lpCompletionKey", "0x5"), ("lpOverlapped", hex(addressof(data)), "@1"),
    ]  # fmt: skip
    assert back["mem"]["1"]["hSock"] == 5  # what it points to is looked at, too
    _, back = program.do("getsockname", 5, byref(SOCKADDR_IN()), byref(INT(16)), result=SOCKET_ERROR, error=WSAENOTSOCK)
    assert "out" not in back
    _, back = program.do("GetQueuedCompletionStatus", *arguments, result=0, error=WAIT_TIMEOUT)
    assert back["vain"] is True and "out" not in back


@pytest.mark.parametrize(("command", "stored"), [(FIONBIO, False), (FIONREAD, True)])
def test_what_ioctlsocket_stores(program, command, stored):
    _, back = program.do("ioctlsocket", 5, command, byref(u_long(7)))
    assert back.get("out") == ([("argp", "7")] if stored else None)


def test_results_that_nobody_looks_at(program):
    fails, packet = program.function("listen", SOCKET_ERROR, WSAEINVAL), program.function("GetQueuedCompletionStatus", 1)
    works, packets = program.function("listen"), program.function("GetQueuedCompletionStatusEx", 1)

    def unlooked():
        return program.last()[1].get("unlooked", False)

    fails(5, 5)
    assert unlooked()
    works(5, 5)
    assert not unlooked()
    result = fails(5, 5)
    assert result and not unlooked()
    for function, arguments in ((packet, (12, NULL, NULL, NULL, 0)), (packets, (12, NULL, 1, NULL, 0, FALSE))):
        function(*arguments)
        assert unlooked()
        if function(*arguments):
            assert not unlooked()


SAY_NOTHING = [ERROR_IO_INCOMPLETE, ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER, WSAEFAULT, WSAENOTSOCK]


@pytest.mark.parametrize("code", [*SAY_NOTHING, WSAECONNRESET])
@pytest.mark.parametrize("name", ["WSAGetOverlappedResult", "GetOverlappedResult"])
def test_whether_a_result_is_the_operations(program, data, name, code):
    call, _ = receive(program, data)
    data.overlapped.Internal = 0
    arguments = (5, byref(data.overlapped), byref(DWORD(3)), FALSE, byref(DWORD()))
    _, back = program.do(name, *arguments[: len(getattr(winsock_ctypes, name).names)], result=0, error=code)
    assert back.get("delivered") == ([call["op"]["id"]] if code == WSAECONNRESET else None)
    if code == WSAECONNRESET:
        assert back["why"]["what"] == "reset"


# ---- handles -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("closes", "uses", "key"),
    [
        ("closesocket", "recv", "s"),
        ("CloseHandle", "CloseHandle", "hObject"),
        ("WSACloseEvent", "WSACloseEvent", "hEvent"),
        ("CloseHandle", "CancelIo", "hFile"),
        ("CloseHandle", "GetQueuedCompletionStatus", "CompletionPort"),
    ],
)
def test_a_handle_that_was_closed_is_used(program, closes, uses, key):
    failed = SOCKET_ERROR if closes == "closesocket" else 0
    call, back = program.do(closes, 44, result=0 if closes == "closesocket" else 1)
    assert program.recorder.closed_at == {44: call["n"]}
    real = getattr(winsock_ctypes, uses)
    arguments = [44 if name == key else 0 if real.types[name] in (INT, DWORD) else NULL for name in real.names]
    result = SOCKET_ERROR if uses == "recv" else 0
    for error, told in ((WSAENOTSOCK, True), (ERROR_INVALID_HANDLE, True), (WSAEINVAL, False)):
        _, back = program.do(uses, *arguments, result=result, error=error)
        assert back.get("closed_in") == (call["n"] if told else None)
    arguments[real.names.index(key)] = 45
    assert "closed_in" not in program.do(uses, *arguments, result=result, error=WSAENOTSOCK)[1]
    assert program.do(closes, 46, result=failed, error=WSAEINVAL) and 46 not in program.recorder.closed_at


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("socket", False), ("WSASocketW", False), ("accept", False), ("CreateIoCompletionPort", False),
        ("WSACreateEvent", True), ("CreateEventW", True),
    ],
)  # fmt: skip
def test_a_handle_that_was_made(program, name, event):
    program.recorder.closed_at[44] = 9
    real = getattr(winsock_ctypes, name)
    arguments = [0 if real.types[key] in (INT, DWORD, SOCKET, BOOL, HANDLE, ULONG_PTR) else NULL for key in real.names]
    bad = INVALID_SOCKET if name in ("socket", "WSASocketW", "accept") else None
    _, back = program.do(name, *arguments, result=bad, error=WSAEINVAL)
    assert program.recorder.closed_at == {44: 9} and program.recorder.made == set() and "event" not in back
    _, back = program.do(name, *arguments, result=44)
    assert program.recorder.closed_at == {} and program.recorder.made == {44}
    assert back.get("event") == (44 if event else None)
    program.do("CloseHandle", 44, result=1)
    assert program.recorder.made == set()


# ---- calls within calls, and exceptions ----------------------------------------------------------------------------


def test_calls_within_calls(program):
    """As in a routine; what a KeyboardInterrupt cuts short is over with what it was in."""
    inner = program.function("htons", 256)
    program.do("SleepEx", 5, TRUE, result=192, does=lambda: inner(1))
    first, second = program.of("call")
    assert second["in"] == first["n"] and "in" not in first and program.recorder.open[0] == []
    program.recorder.open[0] = [7, 8, 9]
    program.recorder.model.waits[0] = [7, 8]
    program.recorder.leave(0, 8)
    assert program.recorder.open[0] == [7] and program.recorder.model.waits[0] == [7]
    program.recorder.leave(0, 99)
    program.recorder.leave(3, 7)
    assert program.recorder.open[0] == [7]


def test_a_call_that_raises(program, data):
    def fails():
        raise ValueError("no")

    with pytest.raises(ValueError):
        receive(program, data, does=fails)
    call, back = program.last()
    assert back == {"e": "return", "n": 1, "th": 0, "t": back["t"], "raised": "ValueError: no", "ops": [[1, "failed"]]} | {
        key: back[key] for key in ("own", "mem") if key in back
    }
    assert call["op"]["id"] == 1 and not program.recorder.model.operations and program.recorder.open[0] == []
    with pytest.raises(ValueError):
        program.do("SleepEx", 5, TRUE, does=fails)
    assert program.last()[1]["waits"] == [[0, 0]]


def test_what_is_pending_is_looked_at_before_and_after_each_call(program, data):
    call, _ = receive(program, data)
    data.overlapped.Internal = 0
    program.do("htons", 1)
    assert program.kinds()[-3:] == ["sample", "call", "return"]
    assert program.events[-3]["id"] == call["op"]["id"]
    other = PER_IO_DATA(hSock=5)
    receive(program, other)
    program.do("htons", 1, does=lambda: setattr(other.overlapped, "Internal", 0))
    assert program.kinds()[-3:] == ["call", "sample", "return"]


def test_success_at_once_is_told_with_the_return(program, data):
    _, back = receive(program, data, result=0, error=0)
    assert (back["state"], back["id"], back["ops"]) == ("completed", 1, [[1, "completed"]])
    data.overlapped.Internal = 0


def test_memory_that_dies(program):
    """Between calls it is told of at once, in the middle of an event after it."""
    things = [PER_IO_DATA(hSock=5), PER_IO_DATA(hSock=5)]
    first, second = (receive(program, things[at])[0]["op"]["id"] for at in (0, 1))
    del things[0]
    assert (program.events[-1]["e"], program.events[-1]["id"], program.events[-1]["ops"]) == (
        "released", first, [[first, "lost"]],
    )  # fmt: skip
    with program.recorder.recording():
        with program.recorder.recording():
            del things[0]
        assert program.events[-1]["id"] == first
    assert (program.events[-1]["e"], program.events[-1]["id"]) == ("released", second) and not program.recorder.died
    assert {op.state for op in program.recorder.model.operations.values()} == {"lost"}  # a packet may come, still


def test_memory_that_dies_in_another_thread_waits_for_the_event(program, data):
    receive(program, data)
    (block,) = {block for op in program.recorder.model.operations.values() for block, _ in op.held}
    thread = threading.Thread(target=program.recorder.object_died, args=(block,))
    with program.recorder.recording():
        thread.start()
        thread.join(0.2)
        assert thread.is_alive() and not program.recorder.died
    thread.join()
    assert program.events[-1]["e"] == "released"


def test_threads_are_told_of_once(program):
    """Also those that come after one has ended, which may have its number for the system."""
    for name in ("one", "two"):
        thread = threading.Thread(target=lambda: [program.do("htons", 1) for _ in range(2)], name=name)
        thread.start()
        thread.join()
        program.do("htons", 1)
    assert [(event["id"], event["name"]) for event in program.of("thread")] == [
        (0, "one"), (1, "main"), (2, "two"),
    ]  # fmt: skip
    assert [event["th"] for event in program.of("call")] == [0, 0, 1, 2, 2, 1]


# ---- malloc, output, the end ---------------------------------------------------------------------------------------


def allocated(program, size):
    block = program.recorder.malloc(stdlib.malloc, size)
    return block


def test_what_the_line_of_a_malloc_tells(program):
    block = allocated(program, 24)
    (about,) = program.of("block")
    assert (about["name"], about["size"], about["at"], about["n"]) == ("block", 24, hex(block), 1)
    call, back = program.last()
    assert (call["fn"], call["args"], back["result"], back["block"]) == ("malloc", [("size", "24")], hex(block), (block, 24))
    assert back["new"] == about["id"] and not {"pointer", "structure"} & back.keys()
    program.recorder.free(stdlib.free, block)
    assert program.last()[1]["freed"] == block and program.last()[0]["args"] == [("ptr", hex(block), "@1")]


def test_malloc_of_the_size_of_a_pointer(program):
    to_info = pointer(PER_IO_DATA())
    wrong = program.recorder.malloc(stdlib.malloc, sizeof(to_info))
    _, back = program.last()
    assert (back["pointer"], back["structure"], back["block"]) == ("to_info", "PER_IO_DATA", (wrong, 8))
    assert [(event["name"], event["type"]) for event in program.of("block")] == [("wrong", None)]
    right = program.recorder.malloc(stdlib.malloc, sizeof(PER_IO_DATA))
    assert program.recorder.memory.find(right).ctype is PER_IO_DATA and "pointer" not in program.last()[1]
    for block in (wrong, right):
        program.recorder.free(stdlib.free, block)


def test_memory_is_freed_as_the_program_sees_it(program):
    block = program.recorder.malloc(stdlib.malloc, sizeof(PER_IO_DATA))
    view = receive_into(program, block)

    def fails(address):
        raise OSError("no")

    with pytest.raises(OSError):
        program.recorder.free(fails, block)
    call, back = program.last()
    assert (call["fn"], back["raised"]) == ("free", "OSError: no") and not {"lost", "gone", "freed"} & back.keys()
    view.overlapped.Internal = 0
    program.recorder.free(stdlib.free, block)
    call, back = program.last()
    assert program.kinds()[-3:] == ["sample", "call", "return"]
    assert (back["lost"], back["gone"], back["freed"]) == ([1], [1], block) and program.recorder.memory.find(block) is None
    other = program.recorder.malloc(stdlib.malloc, 8)
    program.recorder.free(stdlib.free, other)
    assert "lost" not in program.last()[1]


def test_malloc_without_memory(program):
    assert program.recorder.malloc(lambda size: None, 8) is None
    _, back = program.last()
    assert back["result"] == "NULL" and not {"block", "new"} & back.keys()


def test_a_program_that_is_no_file(program):
    names = {"malloc": functools.partial(program.recorder.malloc, stdlib.malloc)}
    exec("def f(): global block; block = malloc(8)", names)
    thread = threading.Thread(target=names["f"])
    thread.start()
    thread.join()
    program.recorder.free(stdlib.free, names["block"])
    program.do("SleepEx", 5, TRUE, result=192, does=names["f"])
    program.recorder.free(stdlib.free, names["block"])
    assert [event.get("name") for event in program.of("block")] == [None, None]


def test_the_middle_of_a_block_is_no_block(program):
    block = allocated(program, 24)
    freed = []
    program.recorder.free(freed.append, block + 8)
    call, back = program.last()
    assert freed == [block + 8] and call["args"] == [("ptr", hex(block + 8))] and "gone" not in back
    program.recorder.free(stdlib.free, block)


def test_what_lives_at_the_end(program, data):
    """Blocks of malloc's that nobody has freed; but for those that operations need, and what is no longer malloc's."""
    blocks = [allocated(program, sizeof(PER_IO_DATA)) for _ in range(3)]
    receive_into(program, blocks[1])
    stdlib.free(blocks[2])
    program.recorder.memory.add(0x10, 8, "object")
    program.recorder.end("done")
    assert program.events[-1]["live"] == [1] and program.events[-1]["how"] == "done"
    for block in blocks[:2]:
        stdlib.free(block)


def test_nothing_lives_at_the_end(program, monkeypatch):
    program.recorder.made = {8, 4}
    monkeypatch.setattr("winsock_ctypes.trace.effects.is_open", lambda handle: handle != 4)
    program.recorder.end("done")
    assert program.events[-1]["closed_elsewhere"] == [4] and "live" not in program.events[-1]
    program.recorder.end("again")
    assert [event["e"] for event in program.events].count("end") == 1


def test_what_is_printed_and_what_clients_do(program):
    program.recorder.output("stdout", "")
    assert program.events == []
    program.recorder.output("stdout", "text")
    about = program.events[-1]
    assert (about["e"], about["stream"], about["text"], about["th"]) == ("output", "stdout", "text", 0) and about["stack"]
    program.recorder.peer("send", "1.2.3.4:5", b"x" * 49)
    about = program.events[-1]
    assert (about["client"], about["did"], about["from"], about["bytes"]) == (1, "send", "1.2.3.4:5", 49)
    assert about["data"].endswith("…")
    assert program.recorder.model.clients.why_read(1, 49, consume=True)["peer"] == 0
    assert not program.recorder.model.clients.by_id[1].sent
    program.recorder.peer("close", "1.2.3.4:5")
    assert not {"bytes", "data"} & program.events[-1].keys()


def test_a_recording_that_is_full_calls_all_the_same(program, monkeypatch):
    program.recorder.cap = program.recorder.count = 5
    program.recorder.count += 1
    assert program.recorder.full
    for name in ("emit", "sample", "put"):
        monkeypatch.setattr(program.recorder, name, pytest.fail)
    block = allocated(program, 8)
    program.recorder.free(stdlib.free, block)
    function = program.function("htons", 7)
    assert function(1) == 7
    assert program.recorder.routine(lambda *given: given, (0, 1, None, 0)) == (0, 1, None, 0)
    program.recorder.output("stdout", "text")
    program.recorder.peer("connect", "1.2.3.4:5")
    thing = PER_IO_DATA()
    program.recorder.memory.of_object(thing, None)
    monkeypatch.setattr(program.recorder.model, "lose", pytest.fail)
    del thing
    monkeypatch.setattr(program.recorder, "emit", lambda *given, **named: None)
    program.recorder.end("done")
    assert program.events == [] and block not in program.recorder.memory.starts


def test_a_routine_is_called_with_what_came(program, data):
    call, _ = receive(program, data, R)
    seen = []
    limit = sys.getrecursionlimit()

    def Routine(*arguments):
        seen.append((arguments, sys.getrecursionlimit(), program.recorder.open[0][:]))
        program.do("htons", 1)
        return "what it returns"

    data.buf[:2] = b"hi"
    overlapped = LPOVERLAPPED(data.overlapped)
    assert program.recorder.routine(Routine, (0, 2, overlapped, 3)) == "what it returns"
    ((arguments, inside, opened),) = seen
    assert arguments == (0, 2, overlapped, 3) and inside == limit + 4 and sys.getrecursionlimit() == limit
    about = program.of("routine")[0]
    assert opened == [about["n"]] and program.recorder.open[0] == [] and about["fn"].endswith("Routine")
    assert about["args"] == [
        ("dwError", "0"), ("cbTransferred", "2"), ("lpOverlapped", hex(addressof(data)), "@1"), ("dwFlags", "3"),
    ]  # fmt: skip
    assert about["delivered"] == [call["op"]["id"]] and about["data"] == "'hi'" and "in" not in about
    assert about["stack"][-1][0] == "Routine" and about["stack"][-1][2] == Routine.__code__.co_firstlineno
    assert program.last()[0]["in"] == about["n"] and program.kinds()[-1] == "routine_end"
    receive(program, data, R)
    program.recorder.open[0] = [77]

    class Callable:
        def __call__(self, *arguments):
            raise OSError("no")

    with pytest.raises(OSError):
        program.recorder.routine(Callable(), (WSAECONNRESET, 2, overlapped, 0))
    about = program.of("routine")[-1]
    assert about["args"][0] == ("dwError", "WSAECONNRESET (10054)") and about["in"] == 77
    assert about["why"] == {"op": 2, "what": "reset"} and "data" not in about
    assert (program.events[-1]["e"], program.events[-1]["raised"]) == ("routine_end", "OSError: no")
    assert sys.getrecursionlimit() == limit and program.recorder.open[0] == [77]


def test_what_is_pending_is_looked_at_around_a_routine_and_at_the_end(program):
    things = [PER_IO_DATA(hSock=5) for _ in range(3)]
    for thing in things:
        receive(program, thing)

    def complete(at):
        things[at].overlapped.Internal = 0

    complete(0)
    program.recorder.routine(lambda *given: complete(1), (0, 0, None, 0))
    assert program.kinds()[-4:] == ["sample", "routine", "routine_end", "sample"]
    routine = program.events[-3]
    assert routine["args"][2] == ("lpOverlapped", "0x0") and routine["delivered"] == []
    complete(2)
    program.recorder.end("done")
    assert program.kinds()[-2:] == ["sample", "end"]


def test_what_the_clock_says(program):
    times = [event["t"] for event in (program.do("htons", 1)[0], program.do("htons", 1)[1])]
    assert times == sorted(times) and all(0 < t < 1 and round(t, 6) == t for t in times)
    assert os.path.basename(__file__) in {os.path.basename(e["name"]) for e in program.events if e["e"] == "source"}
