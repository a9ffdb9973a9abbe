"""The recorder's model, piece by piece: how far an operation is, who has its memory, who sent what.

The memory is real, and no call is made: what the calls would have been given and have returned is said here.
"""

import types
from ctypes import addressof, byref, cast, sizeof

import pytest

import winsock_ctypes
from tests.support.program import PER_IO_DATA, Program, R, lent
from winsock_ctypes import *
from winsock_ctypes.trace import operations
from winsock_ctypes.trace.clients import Clients
from winsock_ctypes.trace.model import Socket
from winsock_ctypes.winerror import STATUS_CANCELLED


@pytest.fixture
def program():
    return Program()


def test_the_life_of_an_operation_with_a_routine(program):
    data = program.data()
    op = program.pending(data, routine=R)
    assert (op["kind"], op["s"], op["routine"], op["to"]) == ("WSARecv", 5, "R", "routine")
    assert (op["ovref"], op["bufrefs"]) == ("@1.overlapped", ["@1.buf"])
    begun = program.flush()
    assert begun["ops"] == [[1, "pending"]] and begun["own"] == [[1, "overlapped", 1], [1, "buf", 1]]
    assert program.sampled() == []
    data.overlapped.Internal, data.overlapped.InternalHigh = 0, 3
    assert program.sampled() == [(1, "STATUS_SUCCESS", 3)]
    assert program.sampled() == []
    fields = program.flush()
    assert fields["queues"] == [["routine", 0, [1]]] and "own" not in fields  # delivered it is not
    assert program.model.deliver(addressof(data), None) == [1]
    fields = program.flush()
    assert fields["queues"] == [["routine", 0, []]] and fields["own"] == [[1, "overlapped", 0], [1, "buf", 0]]
    assert program.model.deliver(addressof(data), None) == []
    assert program.model.operations == {}


def test_with_an_event_completion_gives_the_memory_back(program):
    data = program.data()
    data.overlapped.hEvent = 44
    op = program.pending(data)
    assert (op["to"], op["event"]) == ("event", 44)
    program.flush()
    data.overlapped.Internal = 0
    assert program.sampled() == [(1, "STATUS_SUCCESS", 0)]
    fields = program.flush()
    assert fields["queues"] == [["event", 44, [1]]] and fields["own"] == [[1, "overlapped", 0], [1, "buf", 0]]
    assert program.model.deliver(addressof(data), None) == [1]
    assert "own" not in program.flush()  # it was given back already


@pytest.mark.parametrize("ctype", [None, PER_IO_DATA])
def test_the_event_of_memory_of_which_nothing_is_known(program, ctype):
    """... is anything: who knows whether it is an OVERLAPPED."""
    data = program.data()
    data.overlapped.hEvent = 44
    program.memory.find(addressof(data)).ctype = ctype
    op = program.model.start("WSARecv", WSARecv, {"s": 5, "lpOverlapped": addressof(data)}, 0, 1, None)
    assert op.get("event") == (44 if ctype else None) and op["ovref"] == ("@1.overlapped" if ctype else "@1")
    assert "bufrefs" not in op and program.model.operations[1].event == (44 if ctype else 0)
    thing = PER_IO_DATA()
    program.memory.of_object(thing, None).ctype = None
    for event in (0, 44):
        thing.overlapped.hEvent = event
        given = {"s": 5, "lpOverlapped": byref(thing.overlapped), "lpCompletionRoutine": None}
        assert program.model.start("WSARecv", WSARecv, given, 0, 1, None).get("event", 0) == event


def test_memory_of_nobody_is_nobodys(program):
    data = PER_IO_DATA()
    given = {"s": 5, "lpOverlapped": addressof(data), "lpBuffers": data.wsaBuf, "dwBufferCount": 1}
    data.wsaBuf[0].len, data.wsaBuf[0].buf = 4, cast(0x10, PBYTE)
    op = program.model.start("WSARecv", WSARecv, given, 0, 1, None)
    assert "ovref" not in op and op["bufrefs"] == ["0x10"] and "own" not in program.flush()
    assert program.sampled() == []  # what nobody owns is not looked at


def test_an_operation_with_a_routine_has_no_event(program):
    """Its hEvent is the program's own."""
    data = program.data()
    data.overlapped.hEvent = 44
    assert "event" not in program.start(data, routine=R)
    op = program.model.operations[1]
    assert op.holds is True and op.to == "routine"
    op.state = "delivered"
    assert op.holds is False
    op.kind = "PostQueuedCompletionStatus"
    assert op.holds is False


def test_what_is_lent_twice_is_told_once(program):
    data = program.data(pieces=2)
    data.wsaBuf[1].buf = data.buf
    program.start(data, pieces=2)
    assert program.flush()["own"] == [[1, "overlapped", 1], [1, "buf", 1]]


def test_what_else_is_lent_to_a_receive(program):
    data, address, size = program.data(), SOCKADDR_IN(), INT(16)
    given = {"s": 5, "lpBuffers": data.wsaBuf, "dwBufferCount": 1, "lpOverlapped": byref(data.overlapped)}
    given |= {"lpFrom": byref(address), "lpFromlen": byref(size)}
    program.model.start("WSARecvFrom", WSARecvFrom, given, 0, 1, None)
    assert program.flush()["own"] == [[1, "overlapped", 1], [1, "buf", 1], [2, "", 1], [3, "", 1]]
    assert program.model.operations[1].places == [addressof(data), addressof(data.buf), addressof(address), addressof(size)]
    given |= {"lpFrom": data.buf, "lpFromlen": addressof(data.buf)}
    program.model.deliver(addressof(data), None)
    program.flush()
    program.model.start("WSARecvFrom", WSARecvFrom, given, 0, 1, None)
    assert program.flush()["own"] == [[1, "overlapped", 2], [1, "buf", 2]]  # these are all of it


def test_who_is_given_to_acceptex(program):
    acceptex = types.SimpleNamespace(names=("sListenSocket", "lpOverlapped"), types={"sListenSocket": SOCKET})
    data = program.data()
    given = {"sListenSocket": 4, "sAcceptSocket": 6, "lpOverlapped": byref(data.overlapped)}
    assert program.model.start("AcceptEx", acceptex, given, 0, 1, None)["s"] == 4
    assert program.model.accepting == {6}
    other = given | {"lpOverlapped": byref(program.data().overlapped), "sAcceptSocket": 7}
    program.model.start("ConnectEx", acceptex, other, 0, 1, None)
    assert program.model.accepting == {6}


def test_what_is_known_of_a_new_socket(program):
    program.effect("socket", 5)
    assert program.model.sockets == {5: Socket(handle=5, client=None, port=None, key=0, skips=False, blocks=True)}
    program.model.sockets[5].client = 3
    assert program.start(program.data())["client"] == 3


@pytest.mark.parametrize("skips", [False, True])
def test_success_at_once(program, skips):
    data = program.data()
    program.attach(5, 12)
    modes = FILE_SKIP_COMPLETION_PORT_ON_SUCCESS if skips else FILE_SKIP_SET_EVENT_ON_HANDLE
    program.effect("SetFileCompletionNotificationModes", FileHandle=5, Flags=modes)
    op = program.start(data)
    assert program.started(op["id"])["state"] == ("delivered" if skips else "completed")
    assert bool(program.model.operations) is not skips


def test_an_operation_of_no_socket_is_no_other_sockets(program):
    program.model.sockets[1] = Socket(1, skips=True)
    op = program.start(program.data(socket=0))
    assert program.started(op["id"])["state"] == "completed"


def test_failure_at_once_and_a_call_that_was_refused(program):
    first, second = program.data(), program.data()
    assert program.started(program.start(first)["id"], WSAENOTCONN)["state"] == "failed"
    program.model.dropped(program.start(second)["id"])
    assert program.model.operations == {}
    pending = program.pending(first)
    program.model.dropped(pending["id"])
    assert len(program.model.operations) == 1


@pytest.mark.parametrize(
    "name", ["GetQueuedCompletionStatus", "WSAGetOverlappedResult", "GetOverlappedResult", "CancelIoEx", "WSARecv", "recv"]
)
def test_what_starts_nothing(program, name):
    """Calls that are given an OVERLAPPED for another reason, or none."""
    data = program.data()
    given = {"s": 5, "hFile": 5, "lpOverlapped": NULL if name == "WSARecv" else byref(data.overlapped)}
    given = {"s": 5} if name == "recv" else given
    assert program.model.start(name, getattr(winsock_ctypes, name), given, 0, 1, None) is None
    assert program.model.operations == {} and program.flush() == {}


@pytest.mark.parametrize("failed", [False, True])
@pytest.mark.parametrize("overlapped", [False, True])
def test_a_packet_of_the_programs_own(program, failed, overlapped):
    data = program.data()
    given = {"CompletionPort": 12, "lpOverlapped": byref(data.overlapped) if overlapped else NULL}
    op = program.model.start("PostQueuedCompletionStatus", PostQueuedCompletionStatus, given, 3, 9, None)
    about = {"id": 1, "kind": "PostQueuedCompletionStatus", "s": None, "routine": None, "to": "posted", "port": 12}
    assert op == about | ({"ovref": "@1.overlapped"} if overlapped else {})
    known = program.model.operations[1]
    assert (known.overlapped, known.thread, known.n) == (addressof(data) if overlapped else 0, 3, 9)
    fields = program.flush()
    assert (fields["ops"], fields["queues"]) == ([[1, "completed"]], [["port", 12, [1]]]) and "own" not in fields
    back = program.started(1, ERROR_INVALID_HANDLE if failed else 0)
    assert back == {"id": 1, "state": "failed" if failed else "completed"}
    assert bool(program.model.operations) is not failed
    assert program.flush().get("queues") == ([["port", 12, []]] if failed else None)


def test_an_operation_is_told_of_before_its_call(program):
    data = program.data()
    program.start(data, routine=R, thread=2)
    fields = program.flush()
    assert fields["ops"] == [[1, "starting"]] and "queues" not in fields and "waits" not in fields
    assert fields["mem"]["1"]["hSock"] == 5  # what it is given, as it is now
    assert program.flush() == {}
    program.data()
    data.hSock = 6
    program.started(1, WSA_IO_PENDING)
    assert program.flush() == {"ops": [[1, "pending"]], "mem": {"1": {"hSock": 6}}}
    data.overlapped.Internal = data.hSock = 0
    assert program.sampled() == [(1, "STATUS_SUCCESS", 0)]
    assert program.flush()["mem"] == {"1": {"hSock": 0}}  # Internal was 0 before
    data.hSock = 7
    assert program.model.deliver(addressof(data), None) == [1]
    assert program.flush()["mem"] == {"1": {"hSock": 7}}


def test_what_is_touched_and_gone_is_not_looked_at(program):
    first, second, thing = PER_IO_DATA(), PER_IO_DATA(), PER_IO_DATA()
    blocks = [program.memory.add(addressof(data), sizeof(data), "malloc", ctype=PER_IO_DATA) for data in (first, second)]
    blocks.append(program.memory.of_object(thing, None))
    program.model.touched = dict.fromkeys(blocks)
    program.memory.remove(blocks[0])
    alive, blocks[2].object = blocks[2].object, lambda: None
    assert list(program.flush()["mem"]) == ["2"] and not program.model.touched
    blocks[2].object = alive
    program.model.touched[blocks[2]] = None
    assert list(program.flush()["mem"]) == ["3"]


def test_a_new_block_is_told_of_before_the_event(program):
    data = program.data()
    program.start(data)
    assert [event["e"] for event in program.model.flush({})] == ["type", "block"]


def test_a_call_that_was_quicker_than_its_return(program):
    """Completed, or its memory used again, before it came back: it stays as it is."""
    data = program.data()
    program.start(data)
    program.model.become(program.model.operations[1], "completed")
    assert program.started(1, WSA_IO_PENDING)["state"] == "completed"
    program.model.operations[1].state = "lost"
    assert program.started(1) == {"id": 1} and program.model.operations[1].state == "lost"


def test_delivered_to_another_thread_before_the_call_came_back(program):
    data = program.data()
    op = program.start(data)
    assert program.model.deliver(addressof(data), None) == [op["id"]]
    assert program.started(op["id"], WSA_IO_PENDING) == {"id": op["id"], "state": "delivered"}


def test_two_ports(program):
    program.attach(5, 12)
    program.attach(6, 16)
    first, second = program.data(5), program.data(6)
    assert program.pending(first)["port"] == 12 and program.pending(second)["port"] == 16
    program.flush()
    for data in (first, second):
        data.overlapped.Internal = 0
    list(program.model.sample())
    assert program.flush()["queues"] == [["port", 12, [1]], ["port", 16, [2]]]
    assert program.model.deliver(addressof(first), 16) == []
    assert program.model.deliver(addressof(first), 12) == [1]
    assert program.flush()["queues"] == [["port", 12, []]]


def test_packets_that_come_together(program):
    program.attach(5, 12)
    datas = [program.data() for _ in range(3)]
    for data in datas:
        program.pending(data)
    entries, count = (OVERLAPPED_ENTRY * 4)(), ULONG(2)
    for entry, data in zip(entries, [datas[2], datas[0], datas[1]], strict=False):
        entry.lpOverlapped = LPOVERLAPPED(data.overlapped)
    given = {"CompletionPort": 12, "lpCompletionPortEntries": entries, "ulNumEntriesRemoved": byref(count)}
    assert program.effect("GetQueuedCompletionStatusEx", **given) == {"delivered": [3, 1]}
    assert list(program.model.operations) == [2]


@pytest.mark.parametrize(
    ("result", "code", "what"), [(1, 0, "received"), (0, ERROR_NETNAME_DELETED, "reset"), (0, 995, "closed")]
)
def test_a_packet_with_an_error_is_a_delivery_too(program, result, code, what):
    program.attach(5, 12)
    program.model.sockets.pop(5) if what == "closed" else None
    data = program.data()
    program.pending(data)
    data.buf[:2] = b"hi"
    packet = {"lpOverlapped": byref(LPOVERLAPPED(data.overlapped)), "lpNumberOfBytesTransferred": byref(DWORD(2))}
    fields = program.effect("GetQueuedCompletionStatus", result, code, CompletionPort=12, **packet)
    assert (fields["delivered"], fields["why"]["what"]) == ([1], what)
    assert "hi" in fields["data"]
    nothing = {"lpOverlapped": byref(LPOVERLAPPED()), "lpNumberOfBytesTransferred": byref(DWORD())}
    assert program.effect("GetQueuedCompletionStatus", 0, WAIT_TIMEOUT, CompletionPort=12, **nothing) == {}


def test_the_result_that_an_event_operation_is_asked_for(program):
    data, other = program.data(), program.data()
    program.pending(data)
    program.pending(other, routine=R)
    asked = {"lpOverlapped": byref(data.overlapped), "lpcbTransfer": byref(DWORD(3))}
    assert program.effect("WSAGetOverlappedResult", 1, 0, **asked)["delivered"] == [1]
    assert program.effect("WSAGetOverlappedResult", 1, 0, **asked) == {}
    asked["lpOverlapped"] = byref(other.overlapped)
    assert program.effect("WSAGetOverlappedResult", 1, 0, **asked) == {}  # the routine's it is, still


def test_two_wsabufs(program):
    data = program.data(pieces=2)
    op = program.pending(data, pieces=2)
    assert op["bufrefs"] == ["@1.buf", f"@1+{PER_IO_DATA.buf.offset + 50}"]
    at = addressof(data) + PER_IO_DATA.buf.offset
    for start, length, hit in ((0, 1, [1]), (29, 1, [1]), (30, 20, []), (49, 2, [1]), (89, 1, [1]), (90, 9, []), (0, 100, [1])):
        assert program.model.lent(at + start, length, False) == hit, start


def test_where_the_buffers_of_a_call_are():
    first, second, control = ((BYTE * 20)() for _ in range(3))
    buffers = (WSABUF * 20)(WSABUF(20, first), WSABUF(7, second))
    places = [(addressof(first), 20), (addressof(second), 7)]
    found = operations.buffers_of
    assert found({"lpBuffers": buffers, "dwBufferCount": 2}) == places
    assert found({"lpBuffers": byref(buffers[1]), "dwBufferCount": 1}) == places[1:]
    assert found({"lpBuffers": NULL, "dwBufferCount": 2}) == found({"lpBuffers": buffers}) == found({}) == []
    assert len(found({"lpBuffers": buffers, "dwBufferCount": 20})) == 16  # more are not looked at

    message = WSAMSG(name=cast(first, LPSOCKADDR), namelen=16, lpBuffers=buffers, dwBufferCount=2, dwFlags=5)
    assert found({"lpMsg": byref(message)}) == places
    message.Control = WSABUF(9, control)
    assert found({"lpMsg": byref(message)}) == [*places, (addressof(control), 9)]
    others = [("lpMsg", addressof(message), sizeof(WSAMSG)), ("lpMsg", addressof(first), 16)]
    assert operations.others_of("WSARecvMsg", {"lpMsg": byref(message)}) == others
    assert operations.others_of("WSASendMsg", {"lpMsg": byref(message)}) == []

    both = TRANSMIT_FILE_BUFFERS(addressof(first), 3, addressof(second), 4)
    assert found({"lpTransmitBuffers": byref(both)}) == [(addressof(first), 3), (addressof(second), 4)]
    both.HeadLength = 0
    assert found({"lpTransmitBuffers": byref(both)}) == [(addressof(second), 4)]
    lengths = {"dwReceiveDataLength": 1, "dwLocalAddressLength": 2, "dwRemoteAddressLength": 4}
    assert found({"lpOutputBuffer": first, **lengths}) == [(addressof(first), 7)]
    assert found({"lpSendBuffer": first, "dwSendDataLength": 5}) == [(addressof(first), 5)]
    assert found({"lpBuffer": first, "nNumberOfBytesToRead": 5}) == [(addressof(first), 5)]
    assert found({"lpBuffer": first, "nNumberOfBytesToWrite": 6}) == [(addressof(first), 6)]
    for name in ("lpMsg", "lpTransmitBuffers", "lpOutputBuffer", "lpSendBuffer", "lpBuffer"):
        assert found({name: NULL}) == []

    size = INT(16)
    others = [("lpFrom", addressof(first), 16), ("lpFromlen", addressof(size), 4)]
    assert operations.others_of("WSARecvFrom", {"lpFrom": first, "lpFromlen": byref(size)}) == others
    assert operations.others_of("WSARecvFrom", {"lpFrom": NULL, "lpFromlen": NULL}) == []
    assert operations.others_of("WSASendTo", {"lpFrom": first, "lpFromlen": byref(size)}) == []


def test_who_may_share_a_buffer(program):
    """Two that only read may; with one that writes none."""
    first = program.data()
    program.pending(first, "WSASend", routine=R)
    at = addressof(first) + PER_IO_DATA.buf.offset
    assert program.model.lent(at, 10, writes=False) == [] and program.model.lent(at, 10, writes=True) == [1]
    second = program.data()
    assert "shares" not in program.start(second, "WSASend", buffers=first.wsaBuf)
    for start, length in ((at - 5, 5), (at + 100, 5)):  # beside it
        beside = (WSABUF * 2)(WSABUF(length, cast(start, PBYTE)))
        op = program.start(data := program.data(), "WSARecv", buffers=beside)
        assert "shares" not in op
        program.model.deliver(addressof(data), None)
    third = program.data()
    op = program.start(third, "WSARecv", buffers=first.wsaBuf)
    assert op["shares"] == [1]
    third_id = op["id"]
    fourth = program.data()
    assert program.start(fourth, "WSASend", buffers=first.wsaBuf)["shares"] == [third_id]


def test_an_overlapped_that_is_used_again(program):
    data = program.data()
    program.pending(data)
    program.flush()
    assert program.start(data)["reused"] == [1]
    assert list(program.model.operations) == [2] and program.flush()["ops"] == [[1, "lost"], [2, "starting"]]
    program.model.deliver(addressof(data), None)
    assert "reused" not in program.start(data)
    program.model.become(program.model.operations[3], "completed")  # with an event that is all: nobody need be told
    program.flush()
    assert "reused" not in program.start(data) and program.flush()["ops"] == [[3, "delivered"], [4, "starting"]]


def test_what_is_sent_is_told_when_it_is_sent(program):
    sending, receiving = program.data(size=4), program.data(size=4)
    sending.buf[:4] = b"data"
    assert "data" in program.start(sending, "WSASend")["data"]
    assert "data" not in program.start(receiving, "WSARecv")


def test_a_socket_number_that_is_used_again(program):
    program.attach(5, 12)
    program.effect("closesocket", s=5)
    assert program.effect("socket", 5) == {"socket": 5}
    assert program.start(program.data())["to"] == "event"


def test_who_was_closed_or_cancelled(program):
    first, second = program.data(5), program.data(6)
    program.effect("socket", 5)
    program.effect("socket", 6)
    program.pending(first)
    program.pending(second)
    program.effect("CancelIoEx", hFile=6)
    assert program.effect("closesocket", s=5) == {"closed": 5}
    for data in (first, second):
        data.overlapped.Internal = STATUS_CANCELLED
    assert [event["why"]["what"] for event in program.model.sample()] == ["closed", "cancelled"]


def test_memory_that_is_given_back_too_early(program):
    program.attach(5, 12)
    first, second = program.data(), program.data()
    for data in (first, second):
        program.pending(data)
        data.overlapped.Internal = 0
    list(program.model.sample())  # both are queued at the port: their memory is needed until they are taken
    program.flush()
    block = program.memory.find(addressof(first))
    lost = program.model.lose(block)
    assert lost == [1]
    program.model.forget(block, lost)
    fields = program.flush()
    assert fields["queues"] == [["port", 12, [2]]] and fields["gone"] == [block.id] and fields["ops"] == [[1, "lost"]]
    assert "own" not in fields and program.memory.find(addressof(first)) is None


def test_memory_that_may_go(program):
    event, posted = program.data(), program.data()
    program.pending(event)
    event.overlapped.Internal = 0
    list(program.model.sample())
    post = {"CompletionPort": 12, "lpOverlapped": byref(posted.overlapped)}
    op = program.model.start("PostQueuedCompletionStatus", PostQueuedCompletionStatus, post, 0, 9, None)
    assert op["to"] == "posted"
    assert program.model.clients.why(program.model.operations[op["id"]], 0, 0, True, True) == {"op": op["id"], "what": "posted"}
    for data in (event, posted):
        assert program.model.lose(program.memory.find(addressof(data))) == []


def test_what_a_pending_send_was_given_has_changed(program):
    program.attach(5, 12)
    for change in (False, True):
        data = program.data(size=4)
        data.buf[:4] = b"data"
        op = program.pending(data, "WSASend")
        data.buf[3] ^= change
        data.buf[4] = 1  # not a part of it
        fields = {"delivered": program.model.deliver(addressof(data), 12)}
        program.model.arrived(fields, 4, 0)
        assert fields.get("changed") == (op["id"] if change else None)
        assert fields["why"] == {"op": op["id"], "what": "sent", "bytes": 4}


@pytest.mark.parametrize(("size", "kept"), [(65_536, True), (65_537, False)])
def test_of_how_much_a_copy_is_kept(program, size, kept):
    program.attach(5, 12)
    large, data = (BYTE * size)(), program.data()
    program.memory.add(addressof(large), size, "malloc")
    data.wsaBuf[0] = WSABUF(size, large)
    program.pending(data, "WSASend")
    assert program.model.operations[1].sent == (bytes(size) if kept else None)
    program.pending(receiving := program.data())
    assert program.model.operations[2].sent is None and receiving.wsaBuf[0].len == 100
    data.wsaBuf[0].len = 0


def test_no_copy_is_kept_of_what_may_not_be_there(program):
    data, thing = program.data(size=4), PER_IO_DATA()
    program.pending(data, "WSASend")
    op = program.model.operations[1]
    at = addressof(data.buf)
    assert op.sent == program.model.content(op) == bytes(4)
    for buffers, there in [
        ([(at, 100)], True),
        ([(at, 101)], False),
        ([(at, 4), (0x10, 4)], False),
        ([(at, 2), (at + 2, 1)], True),
    ]:
        op.buffers = buffers
        assert program.model.content(op) == (bytes(sum(length for _, length in buffers)) if there else None)
    block = program.memory.of_object(thing, None)
    op.buffers = [(addressof(thing), 8)]
    assert program.model.content(op) == bytes(8)
    block.object = lambda: None
    assert program.model.content(op) is None


def test_pending_memory_is_looked_at_only_while_it_lives(program):
    thing = lent(size=4)
    block = program.memory.of_object(thing, None)
    program.pending(thing)
    thing.overlapped.Internal = 0
    op, alive = program.model.operations[1], block.object
    block.object = lambda: None
    assert program.sampled() == []
    block.object = alive
    op.held = [(program.memory.find(addressof(program.data())), "")]  # another block
    assert program.sampled() == []
    op.held = []
    assert program.sampled() == []
    op.held = [(block, "")]
    program.memory.remove(block)
    assert program.sampled() == []
    program.memory.blocks, program.memory.starts = [block], [block.address]
    assert program.sampled() == [(1, "STATUS_SUCCESS", 0)]


def test_what_a_pending_receive_waits_for_is_used_up_when_it_arrives(program):
    program.model.clients.report("send", "a", 3)
    program.model.clients.report("send", "a", 3)
    data = program.data()
    program.pending(data)
    program.model.operations[1].client = 1
    data.overlapped.Internal, data.overlapped.InternalHigh = 0, 3
    (sample,) = program.model.sample()
    fields = program.arrived(data, 3)
    assert sample["why"] == fields["why"] == {"op": 1, "client": 1, "what": "received", "bytes": 3, "peer": 0}
    assert program.model.clients.why_read(1, 3, True)["peer"] == 1


def test_what_has_arrived_is_told_where_it_is_known(program):
    def arrived(data, size, name="WSARecv", change=None):
        program.pending(data, name)
        op = program.model.operations[program.n]
        if change:
            change(op)
        return program.arrived(data, size).get("data")

    data = program.data(size=4)
    data.buf[:6] = b"abcdef"
    assert [arrived(data, size) for size in (0, 2, 4, 9)] == [None, "'ab'", "'abcd'", "'abcd'"]
    assert arrived(data, 4, "WSASend") is None
    assert arrived(data, 4, change=lambda op: setattr(op, "kind", "AcceptEx")) is None
    assert arrived(data, 4, change=lambda op: setattr(op, "buffers", [])) is None
    assert arrived(data, 4, change=lambda op: setattr(op, "buffers", [(0x10, 4)])) is None
    thing = lent(size=4)
    block = program.memory.of_object(thing, None)
    thing.buf[:2] = b"xy"
    assert arrived(thing, 2) == "'xy'"
    assert arrived(thing, 2, change=lambda op: setattr(block, "object", lambda: None)) is None
    for nothing in ({"delivered": []}, {"delivered": [1]}):
        program.model.delivered = program.model.delivered if not nothing["delivered"] else None
        fields = dict(nothing)
        program.model.arrived(fields, 4, 0)
        assert fields == nothing


@pytest.mark.parametrize(
    ("name", "pended", "overlapped", "buffer"),
    [("WSARecv", True, 1, 1), ("WSARecv", False, 1, 1), ("WSASend", True, 1, 1), ("WSASend", False, 1, 0)],
)
def test_which_memory_an_operation_needs(program, name, pended, overlapped, buffer):
    """A send that was not pending has sent already: only its OVERLAPPED is needed until the packet is taken."""
    program.attach(5, 12)
    data, buf, other = program.data(), (BYTE * 8)(), (BYTE * 8)()
    data.wsaBuf[0] = WSABUF(8, buf)
    blocks = [program.memory.add(addressof(thing), 8, "malloc") for thing in (buf, other)]
    op = program.start(data, name)
    program.started(op["id"], WSA_IO_PENDING if pended else 0)
    assert program.model.lose(program.memory.find(addressof(data))) == [1] * overlapped
    assert program.model.lose(blocks[0]) == [1] * buffer
    assert program.model.lose(blocks[1]) == []
    beside = program.memory.find(addressof(data))
    program.memory.remove(beside)
    beside.address, beside.size = addressof(data) - 8, 8  # which ends where the OVERLAPPED begins
    assert program.model.lose(beside) == []


def test_what_is_forgotten_is_not_looked_at(program):
    data = program.data()
    program.pending(data)
    block = program.memory.find(addressof(data))
    assert block in program.model.touched
    program.model.forget(block, [])
    assert block not in program.model.touched and "mem" not in program.flush()


def test_the_key_of_a_socket_with_operations_is_in_use(program):
    key = PER_IO_DATA()
    block = program.memory.add(addressof(key), sizeof(key), "malloc")
    program.attach(5, 12)
    program.model.sockets[5].key = addressof(key)
    assert program.model.in_use() == set()
    program.pending(program.data())
    assert block in program.model.in_use()


@pytest.mark.parametrize(("size", "looked_at"), [(31, False), (32, True), (33, True)])
def test_the_context_of_an_overlapped_that_has_no_room_for_it(program, size, looked_at):
    context, data = PER_IO_DATA(), PER_IO_DATA()
    block = program.memory.add(addressof(context), sizeof(context), "malloc")
    program.memory.add(addressof(data), size, "malloc")
    data.overlapped.hEvent = addressof(context)
    program.start(data)
    op = program.model.operations[1]
    program.flush()
    op.socket = None
    program.model.sockets[1] = Socket(1, key=addressof(program.data()))
    program.model.touch(op)
    assert (block in program.model.touched) is looked_at and len(program.model.touched) == 1 + looked_at


def test_what_an_operation_leads_to_is_in_use(program):
    context, other = PER_IO_DATA(), PER_IO_DATA()
    data = program.data()
    blocks = [program.memory.add(addressof(thing), sizeof(thing), "malloc") for thing in (context, other)]
    data.overlapped.hEvent = addressof(context)
    program.pending(data, routine=R)
    used = program.model.in_use()
    assert program.memory.find(addressof(data)) in used and blocks[0] in used and blocks[1] not in used
    program.model.deliver(addressof(data), None)
    assert program.model.in_use() == set()


@pytest.mark.parametrize(("at", "found"), [(0, True), (65_528, True), (65_536, False)])
def test_how_far_into_a_block_addresses_are_looked_for(program, at, found):
    large, there = (BYTE * 131_072)(), PER_IO_DATA()
    blocks = [program.memory.add(addressof(thing), sizeof(thing), "malloc") for thing in (large, there)]
    ULONG_PTR.from_buffer(large, at).value = addressof(there)
    data = program.data()
    data.overlapped.hEvent = addressof(large)
    program.pending(data, routine=R)
    assert blocks[0] in program.model.in_use() and (blocks[1] in program.model.in_use()) is found


def test_what_an_operation_leads_to_is_looked_at(program):
    context, key, other = PER_IO_DATA(), PER_IO_DATA(), PER_IO_DATA()
    blocks = [program.memory.add(addressof(thing), sizeof(thing), "malloc") for thing in (context, key, other)]
    program.attach(5, 12)
    program.model.sockets[5].key = addressof(key)
    data = program.data()
    data.overlapped.hEvent = addressof(context)
    program.pending(data)
    program.flush()
    assert not program.model.touched
    program.model.touch(program.model.operations[1])
    mine = program.memory.find(addressof(data))
    assert set(program.model.touched) == {mine, *blocks[:2]}


WAITS = "SleepEx WSAWaitForMultipleEvents WaitForSingleObject WaitForSingleObjectEx GetQueuedCompletionStatus select WSAPoll"
IF_BLOCKING = ["accept", "recv", "recvfrom", "connect", "send", "sendto"]


def test_which_calls_wait(program):
    waits = program.model.waits_in
    program.effect("socket", 5)
    assert all(waits(name, {"s": 5}) for name in [*WAITS.split(), "GetQueuedCompletionStatusEx", *IF_BLOCKING])
    assert not any(waits(name, {"s": 5}) for name in ("listen", "WSASend", "closesocket"))
    assert waits("SleepEx", {}) and waits("recv", {"s": 5}) and waits("recv", {"s": 9}) and not waits("WSARecv", {"s": 5})
    program.effect("ioctlsocket", 0, s=5, cmd=FIONBIO, argp=byref(u_long(1)))
    assert not any(waits(name, {"s": 5}) for name in IF_BLOCKING) and waits("SleepEx", {})
    program.effect("accept", 6, s=5, addr=NULL)
    assert not waits("recv", {"s": 6})
    program.effect("ioctlsocket", 0, s=5, cmd=FIONREAD, argp=byref(u_long(0)))
    assert not waits("recv", {"s": 5})
    program.effect("ioctlsocket", 0, s=5, cmd=FIONBIO, argp=byref(u_long(0)))
    assert waits("recv", {"s": 5})
    program.effect("WSAEventSelect", 0, s=5)
    assert not waits("recv", {"s": 5})


def test_waits_in_waits(program):
    model = program.model
    model.enter(0, 1)
    model.enter(0, 2)
    model.enter(1, 3)
    assert program.flush()["waits"] == [[0, 1], [0, 2], [1, 3]]
    model.leave(0, 2)
    assert program.flush()["waits"] == [[0, 1]]
    model.leave(0, 9)
    assert "waits" not in program.flush()
    model.enter(0, 4)
    model.leave(0, 1)  # with what was cut short inside
    assert program.flush()["waits"] == [[0, 4], [0, 0]] and model.waits[1] == [3]


def test_memory_that_the_context_of_an_operation_points_to_may_be_dead(program):
    """Its OVERLAPPED was an object's: what it says is not looked at any more."""
    context, thing = PER_IO_DATA(), PER_IO_DATA()
    program.memory.add(addressof(context), sizeof(context), "malloc")
    block = program.memory.of_object(thing, None)
    thing.overlapped.hEvent = addressof(context)
    program.pending(thing)
    op = program.model.operations[1]
    for object_, looked_at in ((block.object, True), (lambda: None, False), (None, True)):
        program.flush()
        block.object = object_
        program.model.touch(op)
        assert (program.memory.find(addressof(context)) in program.model.touched) is looked_at


# ---- who sent it -------------------------------------------------------------------------------------------------


def test_what_came_leads_to_the_report_of_it():
    clients = Clients()
    assert clients.report("connect", "a", 0) == 1 == clients.report("send", "a", 10)
    assert clients.report("send", "b", 5) == 2
    assert clients.report("send", "a", 10) == 1
    assert clients.why_read(1, 4, consume=False) == {"what": "received", "bytes": 4, "peer": 1}
    assert clients.why_read(1, 10, consume=True)["peer"] == 1
    assert clients.why_read(1, 1, consume=True)["peer"] == 3
    assert clients.why_read(1, 9, consume=True)["peer"] == 3
    assert "peer" not in clients.why_read(1, 1, consume=True)
    assert clients.why_read(2, 5, consume=True)["peer"] == 2
    assert clients.why_read(1, 0, consume=True) == {"what": "left"}
    assert clients.report("close", "a", 0) == 1
    assert clients.why_read(1, 0, consume=True) == {"what": "left", "peer": 4}
    clients.report("send", "a", 3)
    clients.report("send", "a", 4)
    assert clients.why_read(1, 0, consume=True, asked_for_nothing=True) == {"what": "received", "bytes": 0, "peer": 5}
    assert clients.report("receive", "b", 3) == 2 and clients.by_id[2].left is None
    assert clients.by_id[1].connected == 0 and clients.by_id[2].connected is None and clients.by_id[1].left == 4
    assert clients.why_read(1, 0, consume=True, asked_for_nothing=True)["what"] == "received"
    assert clients.why_read(None, 0, consume=True) == {"what": "left"}


def test_one_piece_of_two_sends_leads_to_the_later():
    clients = Clients()
    for _ in range(3):
        clients.report("send", "a", 5)
    assert clients.why_read(1, 6, consume=False)["peer"] == 1
    assert clients.why_read(1, 10, consume=True)["peer"] == 1
    assert clients.why_read(1, 5, consume=True)["peer"] == 2


@pytest.mark.parametrize(
    ("code", "is_open", "what"),
    [
        (ERROR_OPERATION_ABORTED, True, "cancelled"),
        (ERROR_OPERATION_ABORTED, False, "closed"),
        (STATUS_CANCELLED, True, "cancelled"),
        (WSAECONNRESET, True, "reset"),
        (WSAECONNABORTED, True, "reset"),
        (ERROR_NETNAME_DELETED, True, "reset"),
        (ERROR_CONNECTION_ABORTED, True, "reset"),
        (STATUS_CONNECTION_RESET, True, "reset"),
        (WSAENOBUFS, True, "failed"),
    ],
)
def test_why_an_operation_is_over(program, code, is_open, what):
    program.pending(program.data())
    op = program.model.operations[1]
    assert program.model.clients.why(op, code, 0, True, is_open) == {"op": 1, "what": what}
    op.client = 3
    assert program.model.clients.why(op, code, 0, True, is_open) == {"op": 1, "client": 3, "what": what}
    op.closed = True
    expected = ("cancelled" if is_open else "closed") if what in ("reset", "failed", "cancelled") else what
    assert program.model.clients.why(op, code, 0, True, is_open)["what"] == expected


@pytest.mark.parametrize("kind", ["AcceptEx", "ConnectEx"])
def test_why_a_connection_is_there(program, kind):
    program.pending(program.data())
    op = program.model.operations[1]
    op.kind = kind
    assert program.model.clients.why(op, 0, 0, True, True) == {"op": 1, "what": "connected"}
    assert program.model.clients.why(op, WSAECONNREFUSED, 0, True, True)["what"] == "failed"


@pytest.mark.parametrize(
    ("length", "buffers", "what"), [(5, 1, "left"), (0, 1, "received"), (0, 2, "received"), (0, 0, "left")]
)
def test_a_receive_of_nothing_tells_that_something_is_there(program, length, buffers, what):
    program.pending(program.data())
    op = program.model.operations[1]
    op.buffers = [(0x1000, length)] * buffers
    assert program.model.clients.why(op, 0, 0, True, True)["what"] == what
    op.buffers = [(0x1000, 0), (0x2000, 3)]
    assert program.model.clients.why(op, 0, 0, True, True)["what"] == "left"
