"""The recorder's memory: what lies where, whose it is, and in which words it is shown. No call is made."""

import ctypes
import functools
import sys
import types
from ctypes import addressof, byref, c_void_p, cast, pointer, sizeof

import pytest

import winsock_ctypes
from tests.support.program import PER_IO_DATA, R, internet_address
from winsock_ctypes import *
from winsock_ctypes.trace import owners, results, words
from winsock_ctypes.trace.memory import Memory, is_bytes, layout, name_of


@pytest.fixture
def memory():
    return Memory(lambda block: None)


@pytest.fixture
def gone():
    return []


@pytest.fixture
def objects(gone):
    return Memory(gone.append)


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
    end = types.SimpleNamespace(f_code=dropped.__code__, f_lasti=len(dropped.__code__.co_code))  # after which nothing comes
    assert results.is_thrown_away(end) is False


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
        (None, "number", OVERLAPPED, sizeof(OVERLAPPED) - SIZE, OVERLAPPED),
        (None, "number", OVERLAPPED, sizeof(OVERLAPPED) - SIZE - 1, None),
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
    assert owners.outermost(pointer(info)) is owners.outermost(NULL) is owners.outermost(info.wsaBuf[0].buf) is None


def test_so_much_is_looked_at_to_find_an_owner():
    """What is there only once; and NULL pointers, or the same object many times, do not count."""
    info, twice = PER_IO_DATA(), (BYTE * 8)()
    for count, found in ((31, info), (32, None)):
        kept = info
        for _ in range(count):
            kept = {0: kept}
        assert owners.owner_of(kept, addressof(info)) is found
    for more in (None, twice):
        assert owners.owner_of({0: info} | dict.fromkeys(range(1, 40), more), addressof(info)) is info
    assert owners.owner_of("text", 0x1000) is owners.owner_of(object(), 0x1000) is None


def test_what_is_not_learned_from(memory):
    data = PER_IO_DATA()
    block = memory.add(addressof(data), SIZE, "malloc")
    at = byref(data.overlapped)
    inside = DWORD.from_address(addressof(data))
    for real, given in [
        (WSARecv, {"lpOverlapped": addressof(data)}),  # a number
        (setsockopt, {"optval": at}),  # may be anything
        (WSARecv, {"lpFlags": byref(inside)}),
        (WSARecv, {"lpOverlapped": NULL}),
        (WSARecv, {"s": 5, "other": object()}),
    ]:
        assert owners.learn(memory, real, given, None) == []
    assert block.ctype is None
    assert owners.learn(memory, WSARecv, {"lpFlags": byref(inside), "lpOverlapped": at}, None) == [block]
    assert block.ctype is PER_IO_DATA


def test_the_block_at_an_address(objects):
    info, number, kept = PER_IO_DATA(), DWORD(), bytearray(SIZE)
    assert owners.block_at(objects, NULL, addressof(info), None) is None  # nobody says whose it is
    block = owners.block_at(objects, NULL, addressof(info), sys._getframe())
    assert (block.object(), block.ctype) == (info, PER_IO_DATA)
    assert owners.block_at(objects, NULL, addressof(info) + 5, None) is block
    assert owners.block_at(objects, byref(number), addressof(number), None) is None
    assert owners.block_at(objects, byref(number), addressof(number), None, numbers=True).ctype is DWORD
    malloced = objects.add(0x1000, 16, "malloc")
    assert owners.block_at(objects, NULL, 0x1008, None) is malloced
    first = PER_IO_DATA.from_buffer(kept)
    borrowed = owners.block_at(objects, byref(first), addressof(first), None)
    second = PER_IO_DATA.from_buffer(kept)
    assert owners.block_at(objects, byref(second), addressof(first), None) is borrowed and borrowed.object() is second
    assert owners.block_at(objects, NULL, addressof(first), None) is borrowed  # it lives, whoever is meant
    block.object = lambda: None
    assert owners.block_at(objects, NULL, addressof(info), None) is None
    assert owners.block_at(objects, byref(info), addressof(info), None) is not block


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
    [
        (0x0FF0, 16, 3),
        (0x0FF0, 17, 2),
        (0x1008, 8, 2),
        (0x1010, 16, 3),
        (0x100F, 18, 1),
        (0x1000, 0, 2),
        (0x0FFF, 0, 3),
        (0x0FFF, 1, 3),
        (0x0F00, 4096, 0),
    ],
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
    assert first["overlapped.Internal"] == "STATUS_SUCCESS (0)" and first["hSock"] == 0 and first["buf"] == "#" + "00" * 32
    assert memory.look(block) == {}
    data.hSock, data.buf[31], data.buf[32] = 7, 1, 9
    assert memory.look(block) == {"hSock": 7, "buf": "#" + "00" * 31 + "01"}
    data.buf[32] = 8
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


def test_the_room_in_arrays_of_one_and_of_more(memory):
    """BYTE[1] at a structure's end stands for as many as there are."""

    class Last(Structure):
        _fields_ = [("numbers", DWORD * 2), ("two", BYTE * 2), ("one", BYTE * 1)]

    data = (BYTE * 40)()
    memory.add(addressof(data), 40, "malloc", ctype=Last)
    assert [memory.room(addressof(data) + at) for at in (0, 8, 9, 10)] == [40, 2, 1, 30]
    assert [is_bytes(kind) for kind in (BYTE * 2, CHAR * 2, ctypes.c_byte * 2, DWORD * 2, BYTE, (BYTE * 2) * 2)] == [
        True, True, True, False, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(("size", "shown"), [(65_536, True), (65_537, False)])
def test_a_large_block_is_not_read(memory, size, shown):
    data = (BYTE * size)()
    block = memory.add(addressof(data), size, "malloc", ctype=BYTE * 8)
    assert memory.look(block) == ({"": "#" + "00" * 8} if shown else {})
    block.ctype = None
    data[0] = 1
    assert memory.look(block) == {}


class EVERYTHING(Structure):
    _fields_ = [
        ("bytes", BYTE * 2),
        ("numbers", DWORD * 2),
        ("pointers", LPWSABUF * 2),
        ("address", SOCKADDR_IN),
        ("anything", LPVOID),
        ("text", LPSTR),
        ("overlapped", LPOVERLAPPED),
        ("routine", LPWSAOVERLAPPED_COMPLETION_ROUTINE),
        ("handle", HANDLE),
        ("key", ULONG_PTR),
        ("Internal", ULONG_PTR),
        ("s", SOCKET),
        ("count", DWORD),
        ("real", ctypes.c_double),
    ]


def test_how_each_kind_of_field_is_shown(memory):
    data, buffer = EVERYTHING(), WSABUF()
    block = memory.add(addressof(data), sizeof(data), "malloc", ctype=EVERYTHING)
    nothing = memory.look(block)
    pointers = ("anything", "text", "overlapped", "routine", "handle")
    assert nothing == {"bytes": "#0000", "numbers": "[0, 0] (2)", "pointers": "[NULL, NULL] (2)", "address": "-"} | {
        "Internal": "STATUS_SUCCESS (0)",
        "key": 0, "s": 0, "count": 0, "real": 0.0,
    } | dict.fromkeys(pointers, "NULL")  # fmt: skip
    data.pointers[0] = cast(byref(buffer), LPWSABUF)
    assert memory.look(block) == {"pointers": f"[{hex(addressof(buffer))}, NULL] (2)"}  # and not what it points to
    data.numbers[1], data.address.sin_family, data.address.sin_port = 7, AF_INET, htons(9)
    data.handle, data.key, data.Internal, data.s, data.real = 44, 0xFFFF_FFFF, 0x103, 0xFFFF_FFFF, 2.5
    for name in pointers[:4]:
        ULONG_PTR.from_address(addressof(data) + getattr(EVERYTHING, name).offset).value = 0x10
    assert memory.look(block) == {"numbers": "[0, 7] (2)", "address": "0.0.0.0:9", "Internal": "STATUS_PENDING (259)"} | {
        "handle": 44, "key": 0xFFFF_FFFF, "s": 0xFFFF_FFFF, "real": 2.5,
    } | dict.fromkeys(pointers[:4], "0x10")  # fmt: skip
    data.key, data.s = 1 << 32, INVALID_SOCKET
    for name in pointers:
        ULONG_PTR.from_address(addressof(data) + getattr(EVERYTHING, name).offset).value = addressof(data)
    assert memory.look(block) == {"key": "0x100000000", "s": "INVALID_SOCKET"} | dict.fromkeys(pointers, "@1")
    data.key = memory.add((1 << 32) + 16, 8, "malloc").address
    assert memory.look(block) == {"key": "@2"}
    for name in pointers[:4]:
        ULONG_PTR.from_address(addressof(data) + getattr(EVERYTHING, name).offset).value = 0  # nobody follows them
    block.size -= 8
    data.real = 3.5
    assert memory.look(block) == dict.fromkeys(pointers[:4], "NULL") | {"real": "?"}  # which has no room any more


def test_the_fields_of_a_type_are_told(memory):
    block = memory.add(0x1000, sizeof(EVERYTHING), "malloc", ctype=EVERYTHING)
    kind, about = memory.describe(block)
    assert kind["fields"][:3] == [
        ["bytes", "BYTE[2]", 0, 2],
        ["numbers", "DWORD[2]", 4, 8],
        ["pointers", "LPWSABUF[2]", 16, 16],
    ]
    assert [name for name, *_ in kind["fields"]] == [name for name, _ in EVERYTHING._fields_]
    assert "n" not in about and "name" not in about and memory.place(block, 0x1000) == ""
    nothing = memory.add(0x9000, 8, "malloc")
    assert memory.place(nothing, 0x9000) == "" and memory.place(nothing, 0x9001) == 1
    assert [event["type"] for event in memory.describe(nothing)] == [None] and memory.describe(nothing) == []


# ---- objects of Python's -------------------------------------------------------------------------------------------


def test_an_object_is_a_block_as_long_as_it_lives(objects, gone):
    thing = PER_IO_DATA()
    block = objects.of_object(thing, None)
    assert (block.address, block.size, block.origin, block.ctype) == (addressof(thing), SIZE, "object", PER_IO_DATA)
    assert objects.of_object(thing, None) is block and objects.count == 1
    again = PER_IO_DATA.from_address(addressof(thing))
    assert objects.of_object(again, None) is not block and objects.count == 2  # `thing` owns its memory: this one does not
    assert gone == []
    del thing
    assert gone == [block]
    last = objects.find(addressof(again))
    del again
    assert gone == [block, last]


def test_who_borrows_memory_hands_it_on(objects, gone):
    kept = bytearray(SIZE)
    first = PER_IO_DATA.from_buffer(kept)
    block = objects.of_object(first, None)
    second = PER_IO_DATA.from_buffer(kept)
    assert objects.of_object(second, None) is block and objects.count == 1
    del first
    assert gone == []
    del second
    assert gone == [block]
    part = WSAOVERLAPPED.from_buffer(kept)
    assert objects.of_object(part, None) is not block  # another size is another thing


def test_a_new_object_may_have_the_address_of_a_dead_one(objects):
    kept = bytearray(SIZE)
    block = objects.of_object(PER_IO_DATA.from_buffer(kept), None)
    thing = PER_IO_DATA.from_buffer(kept)
    assert block.object() is None and objects.of_object(thing, None) is not block


def test_an_object_within_mallocs_memory_is_mallocs(objects):
    data = PER_IO_DATA()
    block = objects.add(addressof(data), SIZE, "malloc")
    for thing in (PER_IO_DATA.from_address(addressof(data)), WSABUF.from_address(addressof(data) + PER_IO_DATA.wsaBuf.offset)):
        assert objects.of_object(thing, None) is block
    assert block.object is None and objects.count == 1


def test_the_name_of_an_object_is_its_variables():
    """In the frame that calls, or in the one above it."""
    hidden = [PER_IO_DATA()]

    def own():
        mine, other = hidden[0], PER_IO_DATA()
        return name_of(mine, sys._getframe()), name_of(other, sys._getframe())

    def above():
        held = hidden[0]  # noqa: F841
        return calls(), deeper()

    def calls():
        return name_of(hidden[0], sys._getframe())

    def deeper():
        return calls()

    assert Memory(hidden.append).of_object(GLOBAL, sys._getframe()).name == "GLOBAL"
    found = own(), above(), calls()
    assert found == (("mine", "other"), ("held", None), None)
    assert name_of(GLOBAL, sys._getframe()) == "GLOBAL" and name_of(GLOBAL, None) is None


GLOBAL = PER_IO_DATA()


# ---- words -------------------------------------------------------------------------------------------------------


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
        (LPSOCKADDR, byref(internet_address(b"127.0.0.1", 9190)), "127.0.0.1:9190"),
        (LPSOCKADDR, byref(SOCKADDR_IN()), "-"),
        (LPSOCKADDR, byref(SOCKADDR_IN(99)), "family 99"),
        (LPSOCKADDR, ctypes.cast(0x10, LPSOCKADDR), "0x10"),
        (LPSOCKADDR, byref(SOCKADDR_IN6(AF_INET6, htons(80), 0, in6addr_loopback)), "[::1]:80"),
        (LPWSAOVERLAPPED_COMPLETION_ROUTINE, R, "R"),
        (HANDLE, None, "NULL"),
        (HANDLE, 5, "5"),
        (ULONG_PTR, INVALID_HANDLE_VALUE + 0, hex(INVALID_HANDLE_VALUE)),
        (DWORD, 0xFFFF_FFFF, "4294967295"),
        (SOCKET, 1 << 32, "0x100000000"),
        (LPDWORD, cast(0, LPDWORD), "NULL"),
        (LPWSAOVERLAPPED, cast(0x10, LPWSAOVERLAPPED), "0x10"),
        (POINTER(LPOVERLAPPED), cast(0x10, POINTER(LPOVERLAPPED)), "0x10"),
        (POINTER(WSABUF), byref(WSABUF(3)), "&WSABUF(len=3, buf=NULL)"),
        (POINTER(SOCKADDR_IN), byref(SOCKADDR_IN()), f"&{SOCKADDR_IN()!r}"),
        (None, 1.5, "1.5"),
    ],
)
def test_how_an_argument_is_written(ctype, value, shown):
    assert words.show(ctype, value) == shown


def test_how_more_arguments_are_written():
    assert (words.show(INT, 1, True), words.show(INT, 0, True), words.show(INT, True)) == ("TRUE", "FALSE", "1")
    short, long = (BYTE * 64)(), (BYTE * 65)()
    assert words.show(None, short) == hex(addressof(short))
    assert words.show(POINTER(BYTE * 64), byref(short)).startswith("&b'")
    assert words.show(POINTER(BYTE * 65), byref(long)) == hex(addressof(long))
    freed = malloc(8)
    there = cast(freed, LPDWORD)
    assert words.show(LPDWORD, there).startswith("&")
    free(freed)
    assert words.show(LPDWORD, there) == f"{hex(freed)} (freed)"

    class Pointers(Structure):
        _fields_ = [("two", LPWSABUF * 2)]

    some, buffer = Pointers(), WSABUF(3)
    some.two[0] = cast(byref(buffer), LPWSABUF)
    assert words.show(POINTER(Pointers), byref(some)) == f"&Pointers(two=[{hex(addressof(buffer))}, NULL] (2))"


def test_numbers_and_data_of_arguments():
    text = ctypes.create_string_buffer(b"x" * 49)
    assert (words.address_of(5), words.address_of(None), words.address_of(1.5)) == (5, None, None)
    assert words.address_of(text) == words.address_of(byref(text)) == addressof(text)
    assert (words.number(DWORD(7)), words.number(7), words.number("7"), words.number(None)) == (7, 7, 0, 0)
    assert words.number_at(None) == words.number_at(0x10) == words.dword_at(0) == 0
    assert words.dword_at(addressof(text)) == 0x7878_7878 and words.number_at(addressof(text)) == 0x7878_7878_7878_7878
    assert words.data_at(addressof(text), 48) == f"'{'x' * 48}'"
    assert words.data_at(addressof(text), 49) == f"'{'x' * 48}'…"
    assert words.data_at(addressof(text), 0) is words.data_at(0, 5) is words.data_at(0x10, 5) is None


def test_names_of_routines():
    class Callable:
        def __call__(self):
            pass

        def method(self):
            pass

    def plain():
        pass

    plain.func = Callable()
    partial = functools.partial(functools.partial(Callable().method))
    routines = (plain, partial, Callable(), Callable().method, functools.partial(Callable()), R)
    names = ["plain", "method", "Callable", "method", "Callable", "R"]
    assert [words.routine_name(routine) for routine in routines] == names


def test_other_words(tmp_path):
    assert words.raised(ValueError("no")) == "ValueError: no" and words.raised(KeyboardInterrupt()) == "KeyboardInterrupt: "
    here = str(tmp_path)
    assert words.short_name(str(tmp_path / "a" / "b.py"), here) == "a/b.py"
    assert words.short_name(str(tmp_path) + "b.py", here) == words.short_name(f"{tmp_path}b.py", here) == tmp_path.name + "b.py"
    annotated = types.SimpleNamespace(__annotations__={"return": "INT"})
    assert words.declared(annotated) == words.declared(types.SimpleNamespace(__wrapped__=annotated)) == {"return": "INT"}
    assert (words.failure("GetAddrInfoW", 11001, 5), words.failure("recv", -1, 5)) == (11001, 5)


def test_addresses_of_sockets():
    loopback = SOCKADDR_IN6(AF_INET6, htons(80), 0, in6addr_loopback)
    assert words.show_sockaddr(None) == "NULL" and words.sockaddr(bytes(loopback)) == "[::1]:80"
    assert words.sockaddr(bytes(loopback)[:-1]) == f"family {int(AF_INET6)}"


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
        ("SleepEx", 0xFFFF_FFFF, "WAIT_FAILED", False),
        ("GetLastError", 0xFFFF_FFFF, "4294967295", False),
        ("WSAGetLastError", -1, "SOCKET_ERROR", False),
        ("GetAddrInfoW", WSAHOST_NOT_FOUND, str(int(WSAHOST_NOT_FOUND)), True),
        ("GetAddrInfoW", 0, "0", False),
        ("select", 192, "192", False),
        ("htonl", 0xFFFF_FFFF, "4294967295", False),
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
    assert words.show_out("k", PULONG_PTR, byref(ULONG_PTR(5))) == ("0x5", 5)
    assert words.show_out("f", POINTER(LPVOID), byref(LPVOID(0x10))) == ("0x10", 0x10)
    assert words.show_out("p", POINTER(LPOVERLAPPED), cast(0, POINTER(LPOVERLAPPED))) is None
    assert words.show_out("n", LPDWORD, cast(0x10, LPDWORD)) is None
    some, found = fd_set(), WSANETWORKEVENTS(lNetworkEvents=FD_READ)
    assert words.show_out("r", POINTER(fd_set), byref(some)) == (repr(some), None)
    assert words.show_out("e", LPWSANETWORKEVENTS, byref(found)) == (repr(found), None)
    assert words.show_out("a", LPSOCKADDR, byref(internet_address(b"1.2.3.4", 5))) == ("1.2.3.4:5", None)
    assert words.show_out("o", LPWSAOVERLAPPED, pointer) is words.show_out("n", LPDWORD, None) is None
    assert words.show_out("lpBuffers", LPWSABUF, byref(WSABUF())) is words.show_out("n", INT, 5) is None
