"""The recorder's model, piece by piece: what lies where, whose it is, how far an operation is, who sent what.

The memory is real, and no call is made: what the calls would have been given and have returned is said here.
"""

import ctypes
import re
import sys
from ctypes import addressof, byref, c_void_p, cast, pointer, sizeof

import pytest

import winsock_ctypes
from tests.support.processes import ROOT
from winsock_ctypes import *
from winsock_ctypes.trace import effects, lengths, operations, owners, page, results, words
from winsock_ctypes.trace.clients import Clients
from winsock_ctypes.trace.memory import SEEN, Memory, layout
from winsock_ctypes.trace.model import Model, Socket
from winsock_ctypes.winerror import STATUS_CANCELLED


class PER_IO_DATA(Structure):
    _fields_ = [("overlapped", WSAOVERLAPPED), ("hSock", SOCKET), ("buf", BYTE * 100), ("wsaBuf", WSABUF * 2)]


@pytest.fixture
def memory():
    return Memory(lambda block: None)


# ---- whose memory it is, and whether a result is looked at --------------------------------------------------------


SIZE = sizeof(PER_IO_DATA)


class Holder:
    kind = PER_IO_DATA

    @property
    def never(self):
        raise AssertionError("nothing of the program's is run")


@pytest.mark.parametrize(
    ("line", "size", "found"),
    [
        ("    info = PER_IO_DATA.from_address(malloc(sizeof(PER_IO_DATA)))", SIZE, ("info", PER_IO_DATA, None)),
        ("self.infos[0]: PER_IO_DATA = malloc(sizeof( PER_IO_DATA ))", SIZE, ("self.infos[0]", PER_IO_DATA, None)),
        ("x = malloc(sizeof(holder.kind))", SIZE, ("x", PER_IO_DATA, None)),
        ("x = malloc(sizeof(holder.never))", SIZE, ("x", None, None)),
        ("x = malloc(sizeof(info))", SIZE, ("x", PER_IO_DATA, None)),
        ("x = malloc(sizeof(info.kind))", SIZE, ("x", None, None)),
        ("x = malloc(sizeof(PER_IO_DATA))", SIZE + 1, ("x", None, None)),
        ("x = malloc(sizeof(INT))", 4, ("x", None, None)),
        ("x = malloc(sizeof(buffer))", 8, ("x", BYTE * 8, None)),
        ("x = malloc(sizeof(to_info))", 8, ("x", PER_IO_DATA, "to_info")),
        ("x = malloc(sizeof(to_number))", 8, ("x", None, None)),
        ("x = malloc(100)", 100, ("x", None, None)),
        ("x = malloc(sizeof(SIZE))", 100, ("x", None, None)),
        ("use(malloc(sizeof(PER_IO_DATA)))", SIZE, (None, PER_IO_DATA, None)),
        ("if x == malloc(sizeof(PER_IO_DATA)):", SIZE, (None, PER_IO_DATA, None)),
        ("", SIZE, (None, None, None)),
    ],
)
def test_what_the_line_of_a_malloc_says(line, size, found):
    def allocates(holder, info, buffer, to_info, to_number):
        return owners.malloced(line, sys._getframe(), size)

    info = PER_IO_DATA()
    assert allocates(Holder, info, (BYTE * 8)(), pointer(info), pointer(INT(1))) == found
    assert owners.malloced(line, None, size) == (found[0], None, None)


def test_a_result_that_nobody_looks_at():
    seen = []

    class Function:  # called through C, as a function of the DLLs is
        def __call__(self):
            seen.append(results.is_thrown_away(sys._getframe(1)))
            return 0

    call = Function()

    def dropped():
        call()

    def kept():
        error = call()  # noqa: F841
        other = len(seen)
        return other

    def kept_for_all():
        global never_read_again
        never_read_again = call()

    def read():
        error = call()
        return error

    def read_by_another():
        error = call()
        return lambda: error

    def looked_at():
        if call():
            pass

    def given_on():
        return len([call()])

    for function in (dropped, kept, kept_for_all, read, read_by_another, looked_at, given_on):
        function()
    assert seen == [True, True, True, False, False, False, False]
    assert results.is_thrown_away(None) is False


@pytest.mark.parametrize("at", [-1, 0, sizeof(PER_IO_DATA) - 1, sizeof(PER_IO_DATA)])
def test_the_owner_of_memory_is_found_through_every_pointer_into_it(at):
    info = PER_IO_DATA()
    within = info if 0 <= at < sizeof(info) else None
    for pointer_to in (byref(info), byref(info.overlapped), byref(info.wsaBuf[1]), pointer(info.wsaBuf), info, info.buf):
        assert owners.owner_of(pointer_to, addressof(info) + at) is within


def test_what_only_looks_at_memory_does_not_own_it():
    memory, kept = PER_IO_DATA(), bytearray(sizeof(PER_IO_DATA))
    view, over = PER_IO_DATA.from_address(addressof(memory)), PER_IO_DATA.from_buffer(kept)
    assert owners.owner_of(byref(view), addressof(memory)) is owners.owner_of(NULL, 0) is None
    assert owners.owner_of(byref(over.overlapped), addressof(over)) is over  # it keeps the bytearray


def test_what_a_call_points_to_is_learned(memory):
    info, kept = PER_IO_DATA(), [PER_IO_DATA()]
    nobody_s = cast(c_void_p(addressof(kept[0])), LPWSAOVERLAPPED)
    given = {"s": 5, "lpOverlapped": nobody_s, "lpBuffers": NULL, "lpFlags": byref(DWORD())}
    assert owners.learn(memory, WSARecv, given, None) == []  # memory that nobody is known to own; a number alone
    (block,) = owners.learn(memory, WSARecv, given | {"lpOverlapped": byref(info.overlapped)}, None)
    assert (block.address, block.size, block.ctype) == (addressof(info), sizeof(info), PER_IO_DATA)
    assert owners.learn(memory, WSARecv, {"lpBuffers": info.wsaBuf, "lpOverlapped": byref(info.overlapped)}, None) == [block]
    (buffer,) = owners.learn(memory, recv, {"s": 5, "buf": info.buf, "len": 1, "flags": 0}, None)
    assert buffer is block
    assert owners.learn(memory, recv, {"s": 5, "buf": b"bytes", "len": 1, "flags": 0}, None) == []


def test_the_owner_of_memory_is_found_among_variables():
    info = PER_IO_DATA()
    view = PER_IO_DATA.from_address(addressof(info))

    def inner(at, depth):
        return inner(at, depth - 1) if depth else owners.owner_in(sys._getframe(), addressof(view) + at)

    assert inner(0, 1) is inner(sizeof(info) - 1, 1) is info
    assert inner(-1, 1) is inner(sizeof(info), 1) is owners.owner_in(None, addressof(info)) is None
    assert inner(0, 2) is None  # three frames are looked at


@pytest.mark.parametrize(
    ("known", "at", "target", "size", "now"),
    [
        (None, "whole", None, 0, PER_IO_DATA),
        (None, "part", OVERLAPPED, 0, PER_IO_DATA),
        (OVERLAPPED, "part", OVERLAPPED, 0, PER_IO_DATA),
        (WSABUF, "part", OVERLAPPED, 0, PER_IO_DATA),
        (PER_IO_DATA, "number", OVERLAPPED, 0, PER_IO_DATA),  # more is known already
        (SOCKADDR_IN, "part", OVERLAPPED, 0, SOCKADDR_IN),
        (None, "part", OVERLAPPED, -1, OVERLAPPED),  # the structure around it has no room in the block
        (OVERLAPPED, "part", WSABUF, -1, OVERLAPPED),
        (None, "number", OVERLAPPED, 0, OVERLAPPED),
        (None, "number", None, 0, None),
        (None, "other number", OVERLAPPED, 0, None),
        (None, "number", BYTE * 200, 0, None),
    ],
)
def test_what_a_block_is_known_to_be(memory, known, at, target, size, now):
    info = PER_IO_DATA()
    block = memory.add(addressof(info), sizeof(info) + size, "malloc")
    block.ctype = known
    arguments = {"whole": byref(info), "part": byref(info.overlapped), "number": addressof(info)}
    owners.refine(block, arguments.get(at), block.address + (at == "other number"), target)
    assert block.ctype is now


def test_the_outermost_structure_around_what_is_pointed_to():
    info = PER_IO_DATA()
    assert owners.outermost(byref(info.wsaBuf[1])) is owners.outermost(info.overlapped) is info
    assert owners.outermost(pointer(info)) is owners.outermost(NULL) is None


# ---- what lies where ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("at", "found"), [(-1, None), (0, 1), (23, 1), (24, None), (31, None), (32, 2), (39, 2), (40, None)])
def test_the_edges_of_blocks(memory, at, found):
    memory.add(0x1020, 8, "malloc")
    memory.add(0x1000, 24, "malloc")
    memory.blocks[1].id, memory.blocks[0].id = 2, 1
    block = memory.find(0x1000 + at)
    assert (block and block.id) == found


def test_nothing_is_at_null_and_a_block_of_no_bytes_is_where_it_begins(memory):
    assert memory.find(0) is memory.find(None) is memory.find(5) is None
    block = memory.add(0x1000, 0, "malloc")
    assert memory.find(0x1000) is block and memory.find(0x1001) is None


@pytest.mark.parametrize(
    ("address", "size", "left"),
    [(0x0FF0, 16, 3), (0x0FF0, 17, 2), (0x1008, 8, 2), (0x1010, 16, 3), (0x100F, 18, 1), (0x1000, 0, 2), (0x0F00, 4096, 0)],
)
def test_a_new_block_takes_the_place_of_those_that_it_overlaps(memory, address, size, left):
    old = [memory.add(0x1000, 16, "malloc"), memory.add(0x1020, 16, "malloc"), memory.add(0x1100, 16, "malloc")]
    new = memory.add(address, size, "object")
    assert len([block for block in memory.blocks if block in old]) == left
    assert memory.find(address) is new and memory.starts == sorted(memory.starts)
    assert memory.starts == [block.address for block in memory.blocks]


def test_a_block_is_removed_once_and_no_other_in_its_place(memory):
    first = memory.add(0x1000, 16, "malloc")
    second = memory.add(0x1000, 16, "malloc")
    memory.remove(first)
    assert memory.blocks == [second]
    memory.remove(second)
    memory.remove(second)
    assert memory.blocks == memory.starts == []


def test_places_have_the_names_of_their_fields(memory):
    data = PER_IO_DATA()
    block = memory.add(addressof(data), sizeof(data), "malloc", ctype=PER_IO_DATA)
    at = addressof(data)
    assert memory.ref(at) == "@1" == memory.ref(at, sizeof(PER_IO_DATA))
    assert memory.ref(at, sizeof(WSAOVERLAPPED)) == "@1.overlapped"
    assert memory.ref(at + PER_IO_DATA.hSock.offset) == "@1.hSock"
    assert memory.ref(at + PER_IO_DATA.buf.offset) == "@1.buf"
    assert memory.ref(at + PER_IO_DATA.buf.offset + 3) == f"@1+{PER_IO_DATA.buf.offset + 3}"
    assert memory.ref(at + sizeof(data)) is memory.ref(None) is None
    block.ctype = None
    assert (memory.ref(at), memory.ref(at + 5)) == ("@1", "@1+5")


def test_the_room_behind_an_address(memory):
    data = PER_IO_DATA()
    at, buf = addressof(data), PER_IO_DATA.buf.offset
    block = memory.add(at, sizeof(data), "malloc", ctype=PER_IO_DATA)
    assert memory.room(at + buf) == 100 and memory.room(at + buf + 99) == 1
    assert memory.room(at) == sizeof(data) and memory.room(at + sizeof(data)) is None
    block.ctype = None
    assert memory.room(at + buf) == sizeof(data) - buf


def test_a_layout_is_flat_and_a_union_is_its_first_member():
    names = [(part.name, part.offset, part.size) for part in layout(WSAOVERLAPPED).fields]
    assert names == [("Internal", 0, 8), ("InternalHigh", 8, 8), ("Offset", 16, 4), ("OffsetHigh", 20, 4), ("hEvent", 24, 8)]
    assert layout(PER_IO_DATA).fields[0].name == "overlapped.Internal"
    assert [part.name for part in layout(SOCKADDR_IN).fields] == [""]


def test_only_what_has_changed_is_told(memory):
    data = PER_IO_DATA()
    block = memory.add(addressof(data), sizeof(data), "malloc", ctype=PER_IO_DATA)
    first = memory.look(block)
    assert first["overlapped.Internal"] == "STATUS_SUCCESS (0)" and first["hSock"] == 0 and first["buf"] == "#" + "00" * SEEN
    assert memory.look(block) == {}
    data.hSock, data.buf[SEEN - 1], data.buf[SEEN] = 7, 1, 9
    assert memory.look(block) == {"hSock": 7, "buf": "#" + "00" * (SEEN - 1) + "01"}
    data.buf[SEEN] = 8
    assert memory.look(block) == {}
    data.overlapped.hEvent = addressof(data)
    data.hSock = INVALID_SOCKET
    assert memory.look(block) == {"overlapped.hEvent": "@1", "hSock": "INVALID_SOCKET"}


def test_a_block_is_told_of_once_and_again_with_a_better_type(memory):
    block = memory.add(0x1000, sizeof(PER_IO_DATA), "malloc", 4, name="hbInfo")
    (about,) = memory.describe(block)
    assert about == {"e": "block", "id": 1, "type": None, "name": "hbInfo", "size": sizeof(PER_IO_DATA), "at": "0x1000"} | {
        "from": "malloc",
        "n": 4,
    }
    assert memory.describe(block) == []
    block.ctype = PER_IO_DATA
    kind, about = memory.describe(block)
    assert (kind["e"], kind["name"], kind["size"], about["type"]) == ("type", "PER_IO_DATA", sizeof(PER_IO_DATA), "PER_IO_DATA")
    other = memory.add(0x9000, sizeof(PER_IO_DATA), "malloc", ctype=PER_IO_DATA)
    assert [event["e"] for event in memory.describe(other)] == ["block"]


# ---- operations --------------------------------------------------------------------------------------------------


class Program:
    """A program's sockets, ports and operations, in the model."""

    def __init__(self):
        self.memory = Memory(lambda block: None)
        self.model, self.n, self.kept = Model(self.memory), 0, []

    def data(self, socket=5, size=100, pieces=1):
        data = PER_IO_DATA(hSock=socket)
        data.wsaBuf[0].buf, data.wsaBuf[0].len = data.buf, size
        if pieces == 2:
            half = ctypes.cast(addressof(data) + PER_IO_DATA.buf.offset + 50, PBYTE)
            data.wsaBuf[0].len, data.wsaBuf[1].len, data.wsaBuf[1].buf = 30, 40, half
        self.memory.add(addressof(data), sizeof(data), "malloc", ctype=PER_IO_DATA)
        self.kept.append(data)
        return data

    def start(self, data, name="WSARecv", routine=None, pieces=1, buffers=None, thread=0):
        self.n += 1
        given = {"s": data.hSock, "lpBuffers": buffers or data.wsaBuf, "dwBufferCount": pieces}
        given |= {"lpOverlapped": byref(data.overlapped), "lpCompletionRoutine": routine}
        return self.model.start(name, getattr(winsock_ctypes, name), given, thread, self.n, None)

    def pending(self, data, name="WSARecv", **more):
        op = self.start(data, name, **more)
        data.overlapped.Internal = STATUS_PENDING
        fields = {}
        self.model.started(op["id"], True, WSA_IO_PENDING, fields)
        assert fields == {"id": op["id"], "state": "pending"}
        return op

    def attach(self, socket, port):
        self.model.sockets.setdefault(socket, Socket(socket))
        self.effect("CreateIoCompletionPort", port, FileHandle=socket, CompletionKey=0)

    def effect(self, name, result=1, code=0, **given):
        fields = {}
        effects.effects(self.model, name, given, result, fields, code)
        return fields

    def sampled(self):
        return [(event["id"], event["status"], event["bytes"]) for event in self.model.sample()]

    def flush(self):
        fields = {}
        list(self.model.flush(fields))
        return fields


@LPWSAOVERLAPPED_COMPLETION_ROUTINE
def R(dwError, cbTransferred, lpOverlapped, dwFlags):
    pass


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


@pytest.mark.parametrize("skips", [False, True])
def test_success_at_once(program, skips):
    data = program.data()
    program.attach(5, 12)
    modes = FILE_SKIP_COMPLETION_PORT_ON_SUCCESS if skips else FILE_SKIP_SET_EVENT_ON_HANDLE
    program.effect("SetFileCompletionNotificationModes", FileHandle=5, Flags=modes)
    op = program.start(data)
    fields = {}
    program.model.started(op["id"], False, 0, fields)
    assert fields["state"] == ("delivered" if skips else "completed")
    assert bool(program.model.operations) is not skips


def test_failure_at_once_and_a_call_that_was_refused(program):
    first, second = program.data(), program.data()
    fields = {}
    program.model.started(program.start(first)["id"], True, WSAENOTCONN, fields)
    assert fields["state"] == "failed"
    program.model.dropped(program.start(second)["id"])
    assert program.model.operations == {}
    pending = program.pending(first)
    program.model.dropped(pending["id"])
    assert len(program.model.operations) == 1


def test_delivered_to_another_thread_before_the_call_came_back(program):
    data = program.data()
    op = program.start(data)
    assert program.model.deliver(addressof(data), None) == [op["id"]]
    fields = {}
    program.model.started(op["id"], True, WSA_IO_PENDING, fields)
    assert fields == {"id": op["id"], "state": "delivered"}


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


def test_who_may_share_a_buffer(program):
    """Two that only read may; with one that writes none."""
    first = program.data()
    program.pending(first, "WSASend", routine=R)
    at = addressof(first) + PER_IO_DATA.buf.offset
    assert program.model.lent(at, 10, writes=False) == [] and program.model.lent(at, 10, writes=True) == [1]
    second = program.data()
    assert "shares" not in program.start(second, "WSASend", buffers=first.wsaBuf)
    third = program.data()
    assert program.start(third, "WSARecv", buffers=first.wsaBuf)["shares"] == [1]
    fourth = program.data()
    assert program.start(fourth, "WSASend", buffers=first.wsaBuf)["shares"] == [3]


def test_an_overlapped_that_is_used_again(program):
    data = program.data()
    program.pending(data)
    assert program.start(data)["reused"] == [1]
    assert list(program.model.operations) == [2]
    program.model.deliver(addressof(data), None)
    assert "reused" not in program.start(data)


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


def test_which_calls_wait(program):
    waits = program.model.waits_in
    program.effect("socket", 5)
    assert waits("SleepEx", {}) and waits("recv", {"s": 5}) and waits("recv", {"s": 9}) and not waits("WSARecv", {"s": 5})
    program.effect("ioctlsocket", 0, s=5, cmd=FIONBIO, argp=byref(u_long(1)))
    assert not waits("recv", {"s": 5}) and waits("SleepEx", {})
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
        (STATUS_CONNECTION_RESET, True, "reset"),
        (WSAENOBUFS, True, "failed"),
    ],
)
def test_why_an_operation_is_over(program, code, is_open, what):
    program.pending(program.data())
    op = program.model.operations[1]
    assert program.model.clients.why(op, code, 0, True, is_open) == {"op": 1, "what": what}
    op.closed = True
    expected = ("cancelled" if is_open else "closed") if what in ("reset", "failed", "cancelled") else what
    assert program.model.clients.why(op, code, 0, True, is_open)["what"] == expected


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


# ---- are the lengths true ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("says", "found"), [(99, []), (100, []), (101, [("len", 101, 100)])])
def test_a_length_that_is_too_long(program, says, found):
    data = program.data()
    assert lengths.too_long(program.model, "recv", {"buf": data.buf, "len": says}, None) == found


@pytest.mark.parametrize(("says", "found"), [(16, []), (17, [("namelen", 17, 16)])])
@pytest.mark.parametrize(
    ("name", "by_address"), [("bind", False), ("connect", False), ("getsockname", True), ("getpeername", True)]
)
def test_the_length_of_an_address(program, name, by_address, says, found):
    address = SOCKADDR_IN()
    given = {"name": byref(address), "namelen": byref(INT(says)) if by_address else says}
    assert lengths.too_long(program.model, name, given, None) == found


@pytest.mark.parametrize("at", [0, 1])
def test_each_of_two_wsabufs_may_be_too_long(program, at):
    data = program.data(pieces=2)
    data.wsaBuf[at].len = 101 - 50 * at
    op = program.start(data, pieces=2)
    known = program.model.operations[op["id"]]
    given = {"lpBuffers": data.wsaBuf}
    says, has = data.wsaBuf[at].len, 100 - 50 * at
    assert lengths.too_long(program.model, "WSARecv", given, known) == [("lpBuffers", says, has)]
    data.wsaBuf[at].len -= 1


@pytest.mark.parametrize(("local", "remote", "short"), [(32, 32, False), (31, 32, True), (32, 31, True), (33, 33, False)])
def test_the_room_that_acceptex_wants(local, remote, short):
    given = {"dwLocalAddressLength": local, "dwRemoteAddressLength": remote}
    assert lengths.no_room_for_addresses("AcceptEx", given) is short
    assert not lengths.no_room_for_addresses("ConnectEx", given)


# ---- words -------------------------------------------------------------------------------------------------------


def address(text, port):
    packed = SOCKADDR_IN(AF_INET, htons(port))
    packed.sin_addr.S_un.S_addr = inet_addr(text)
    return packed


@pytest.mark.parametrize(
    ("ctype", "value", "shown"),
    [
        (INT, 5, "5"),
        (INT, True, "1"),
        (DWORD, DWORD(7), "7"),
        (INT, AF_INET, "AF_INET"),
        (SOCKET, INVALID_SOCKET + 0, "INVALID_SOCKET"),
        (HANDLE, INVALID_HANDLE_VALUE + 0, "INVALID_HANDLE_VALUE"),
        (ULONG_PTR, 0, "0"),
        (ULONG_PTR, 255, "0xff"),
        (LPVOID, 0x1000, "0x1000"),
        (LPSTR, b"hello", "b'hello'"),
        (LPDWORD, None, "NULL"),
        (LPDWORD, byref(DWORD(9)), "&9"),
        (PULONG_PTR, byref(ULONG_PTR(255)), "&0xff"),
        (PULONG_PTR, byref(ULONG_PTR(0)), "&0"),
        (LPDWORD, ctypes.cast(0x10, LPDWORD), "0x10 (not readable)"),
        (LPSOCKADDR, byref(address(b"127.0.0.1", 9190)), "127.0.0.1:9190"),
        (LPSOCKADDR, byref(SOCKADDR_IN()), "-"),
        (LPSOCKADDR, byref(SOCKADDR_IN(99)), "family 99"),
        (LPSOCKADDR, ctypes.cast(0x10, LPSOCKADDR), "0x10"),
        (LPSOCKADDR, byref(SOCKADDR_IN6(AF_INET6, htons(80), 0, in6addr_loopback)), "[::1]:80"),
        (LPWSAOVERLAPPED_COMPLETION_ROUTINE, R, "R"),
    ],
)
def test_how_an_argument_is_written(ctype, value, shown):
    assert words.show(ctype, value) == shown


@pytest.mark.parametrize(
    ("name", "result", "shown", "failed"),
    [
        ("closesocket", -1, "SOCKET_ERROR", True),
        ("closesocket", 0, "0", False),
        ("socket", INVALID_SOCKET, "INVALID_SOCKET", True),
        ("socket", 5, "5", False),
        ("CloseHandle", 0, "FALSE", True),
        ("CloseHandle", 1, "TRUE", False),
        ("CreateEventW", None, "NULL", True),
        ("WSACreateEvent", 5, "5", False),
        ("WSAStartup", WSASYSNOTREADY, str(int(WSASYSNOTREADY)), True),
        ("SleepEx", WAIT_IO_COMPLETION + 0, "WAIT_IO_COMPLETION", False),
        ("SleepEx", 0, "0", False),
        ("WaitForSingleObject", WAIT_TIMEOUT + 0, "WAIT_TIMEOUT", False),
        ("WaitForSingleObject", WAIT_FAILED + 0, "WAIT_FAILED", True),
        ("WSAGetLastError", 10035, "WSAEWOULDBLOCK (10035)", False),
        ("WSAGetLastError", 0, "0", False),
        ("WSASetLastError", None, "", False),
    ],
)
def test_how_a_result_is_written_and_whether_it_is_a_failure(name, result, shown, failed):
    real = getattr(winsock_ctypes, name)
    assert words.show_result(name, real, result) == shown and words.has_failed(name, real, result) is failed


def test_what_was_stored():
    number, pointer = DWORD(9), LPOVERLAPPED(WSAOVERLAPPED())
    there = ctypes.cast(pointer, ctypes.c_void_p).value
    assert words.show_out("n", LPDWORD, byref(number)) == ("9", None)
    assert words.show_out("p", POINTER(LPOVERLAPPED), byref(pointer)) == (hex(there), there)
    assert words.show_out("p", POINTER(LPOVERLAPPED), byref(LPOVERLAPPED())) == ("NULL", None)
    assert words.show_out("k", PULONG_PTR, byref(ULONG_PTR(0))) == ("0", None)
    assert words.show_out("a", LPSOCKADDR, byref(address(b"1.2.3.4", 5))) == ("1.2.3.4:5", None)
    assert words.show_out("o", LPWSAOVERLAPPED, pointer) is words.show_out("n", LPDWORD, None) is None
    assert words.show_out("lpBuffers", LPWSABUF, byref(WSABUF())) is words.show_out("n", INT, 5) is None


# ---- the page ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "name"), [("page", "never_alertable"), ("compare", "compare_busy")])
def test_the_recorded_pages_which_browsers_look_at_are_made_of_these_pieces(kind, name):
    text = (ROOT / "docs" / "trace" / f"{name}.html").read_text(encoding="utf-8")
    head = re.sub("<!-- made by .*-->\n", "", text.partition(page.LOG)[0] + page.LOG)
    assert head == page.head(kind) and text.endswith("\n" + page.TAIL)
