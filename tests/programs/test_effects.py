"""What a call says of lengths before it is made, and what it has changed after it. No call is made: it is said here."""

from ctypes import addressof, byref, sizeof

import pytest

from tests.support.program import PER_IO_DATA, Program, R, internet_address
from winsock_ctypes import *
from winsock_ctypes.trace import effects, lengths


@pytest.fixture
def program():
    return Program()


# ---- are the lengths true ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("says", "found"), [(99, []), (100, []), (101, [("len", 101, 100)])])
def test_a_length_that_is_too_long(program, says, found):
    data = program.data()
    assert lengths.too_long(program.model, "recv", {"buf": data.buf, "len": says}, None) == found


BY_ADDRESS = True
LENGTHS = [
    ("recv", "buf", "len", False),
    ("send", "buf", "len", False),
    ("recvfrom", "buf", "len", False),
    ("recvfrom", "from_", "fromlen", BY_ADDRESS),
    ("sendto", "buf", "len", False),
    ("sendto", "to", "tolen", False),
    ("WSARecvFrom", "lpFrom", "lpFromlen", BY_ADDRESS),
    ("WSASendTo", "lpTo", "iTolen", False),
    ("WSAConnect", "name", "namelen", False),
    ("bind", "name", "namelen", False),
    ("connect", "name", "namelen", False),
    ("ConnectEx", "name", "namelen", False),
    ("accept", "addr", "addrlen", BY_ADDRESS),
    ("getsockname", "name", "namelen", BY_ADDRESS),
    ("getpeername", "name", "namelen", BY_ADDRESS),
    ("setsockopt", "optval", "optlen", False),
    ("getsockopt", "optval", "optlen", BY_ADDRESS),
    ("WSAIoctl", "lpvInBuffer", "cbInBuffer", False),
    ("WSAIoctl", "lpvOutBuffer", "cbOutBuffer", False),
]


@pytest.mark.parametrize("says", [0, 16, 17])
@pytest.mark.parametrize(("name", "place", "length", "by_address"), LENGTHS)
def test_every_length_is_looked_at(program, name, place, length, by_address, says):
    address = SOCKADDR_IN()
    given = {place: byref(address), length: byref(INT(says)) if by_address else says}
    assert lengths.too_long(program.model, name, given, None) == ([(length, 17, 16)] if says == 17 else [])
    assert lengths.too_long(program.model, name, given | {place: NULL}, None) == []
    assert lengths.too_long(program.model, "listen", given, None) == []


def test_how_much_room_there_is(program):
    """An array has its own; memory that nobody owns has what is known of it; of bytes ctypes makes a copy."""
    model, data = program.model, program.data()
    array, one, two, number = (BYTE * 8)(), (BYTE * 1)(), (BYTE * 2)(), INT()
    for thing, address, room in [
        (array, addressof(array), 8),
        (array, addressof(array) + 8, 0),
        (byref(array), addressof(array) + 3, 5),
        (two, addressof(two), 2),
        (one, addressof(one), 1),
        (byref(number), addressof(number), 4),
        (addressof(data), addressof(data), sizeof(data)),
        (array, addressof(data.buf), 100),
        (b"bytes", 0x1000, None),
        (b"bytes", addressof(data), None),
        (0x1000, 0x1000, None),
    ]:
        assert lengths.room_of(model, thing, address) == room, (thing, address)
    over = PER_IO_DATA()
    first = (BYTE * 1).from_buffer(over)  # the usual way to say "and what follows it": malloc's block says how much there is
    program.memory.add(addressof(over), sizeof(over), "malloc")
    assert lengths.room_of(model, first, addressof(over)) == sizeof(over)
    empty = (BYTE * 8)()
    given = {"buf": byref(empty, 8), "len": 1}
    assert lengths.too_long(model, "recv", given | {"buf": addressof(empty) + 8}, None) == []  # whose it is nobody knows
    assert lengths.too_long(model, "recv", {"buf": empty, "len": -1}, None) == []


@pytest.mark.parametrize(("size", "short"), [(sizeof(WSAOVERLAPPED) - 1, True), (sizeof(WSAOVERLAPPED), False)])
def test_an_overlapped_may_be_too_short(program, size, short):
    data = PER_IO_DATA()
    program.memory.add(addressof(data), size, "malloc")
    op = program.start(data)
    found = lengths.too_long(program.model, "WSARecv", {}, program.model.operations[op["id"]])
    assert found == ([("lpOverlapped", sizeof(WSAOVERLAPPED), size)] if short else [])


@pytest.mark.parametrize(
    ("name", "place", "hit"),
    [("recv", "buf", True), ("recvfrom", "buf", True), ("send", "buf", True), ("sendto", "buf", True), ("bind", "name", False)],
)
def test_what_is_lent_and_used_by_a_plain_call(program, name, place, hit):
    data = program.data()
    program.pending(data)
    at = addressof(data) + PER_IO_DATA.buf.offset
    given = {place: at, "len": 1, "namelen": 1}
    assert lengths.lent(program.model, name, given) == ([1] if hit else [])
    assert lengths.lent(program.model, name, given | {place: NULL}) == []
    assert lengths.lent(program.model, name, given | {place: at - 1}) == []
    sending = program.data()
    program.pending(sending, "WSASend", routine=R)
    given[place] = addressof(sending) + PER_IO_DATA.buf.offset
    assert lengths.lent(program.model, name, given) == ([2] if name.startswith("recv") else [])  # two may read


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


# ---- what a call has changed -------------------------------------------------------------------------------------


@pytest.fixture
def other_end(monkeypatch):
    """What getpeername says of sockets."""
    ends = {}
    monkeypatch.setattr(effects, "peer_of", ends.get)
    return ends


def test_who_is_accepted(program, other_end):
    there = internet_address(b"127.0.0.1", 9)
    program.model.clients.report("connect", "127.0.0.1:9", 0)
    fields = program.effect("accept", 6, s=5, addr=byref(there))
    assert fields == {"socket": 6, "peer": "127.0.0.1:9", "client": 1} | {"why": {"what": "connected", "client": 1, "peer": 0}}
    assert program.model.sockets[6].client == 1 and program.model.sockets[6].blocks
    other_end[7] = "127.0.0.1:10"  # of whom no client has told
    fields = program.effect("accept", 7, s=5, addr=NULL)
    assert fields == {"socket": 7, "peer": "127.0.0.1:10", "client": 2, "why": {"what": "connected", "client": 2}}
    assert program.effect("accept", 8, s=5, addr=NULL) == {"socket": 8, "peer": "NULL"}  # it is gone already
    assert program.model.sockets[8].client is None


def test_who_is_connected_with(program, other_end):
    there = internet_address(b"127.0.0.1", 9)
    for name in ("connect", "WSAConnect"):
        assert program.effect(name, 0, s=5, name=byref(there)) == {}  # a socket of which nothing is known
    program.effect("socket", 5)
    program.effect("WSASocketW", 6)
    assert program.effect("connect", 0, s=5, name=byref(there)) == {"peer": "127.0.0.1:9", "client": 1}
    assert program.effect("WSAConnect", 0, s=6, name=byref(there)) == {"peer": "127.0.0.1:9", "client": 1}
    assert program.model.sockets[5].client == program.model.sockets[6].client == 1


def test_who_came_by_acceptex(program, other_end):
    program.effect("socket", 6)
    other_end[6] = "127.0.0.1:9"
    assert program.effect("setsockopt", 0, s=6, optname=SO_KEEPALIVE) == {}
    assert program.effect("setsockopt", 0, s=9, optname=SO_UPDATE_ACCEPT_CONTEXT) == {}
    fields = program.effect("setsockopt", 0, s=6, optname=SO_UPDATE_ACCEPT_CONTEXT)
    assert fields == {"socket": 6, "peer": "127.0.0.1:9", "client": 1} and program.model.sockets[6].client == 1


def test_what_is_attached_to_a_port(program, other_end):
    attach = {"FileHandle": INVALID_HANDLE_VALUE, "CompletionKey": 0}
    assert program.effect("CreateIoCompletionPort", 12, **attach) == {"port": 12} and not program.model.sockets
    other_end.update({5: "127.0.0.1:9", 6: "127.0.0.1:10"})
    attach["FileHandle"] = 5
    assert program.effect("CreateIoCompletionPort", 12, **attach) == {"port": 12, "attached": 5}
    attach["CompletionKey"] = 7
    assert program.effect("CreateIoCompletionPort", 12, **attach) == {"port": 12, "attached": 5, "key": 7}
    data = program.data()
    program.flush()
    for key in (addressof(data), byref(data)):
        attach["CompletionKey"] = key
        assert program.effect("CreateIoCompletionPort", 16, **attach)["key"] == "@1"
        assert list(program.model.touched) == [program.memory.find(addressof(data))]
        assert (program.model.sockets[5].port, program.model.sockets[5].key) == (16, addressof(data))
        program.flush()
    program.model.accepting.add(6)  # by AcceptEx; the context may have been updated by Python's own setsockopt
    attach |= {"FileHandle": 6, "CompletionKey": 0}
    fields = program.effect("CreateIoCompletionPort", 12, **attach)
    assert fields == {"port": 12, "attached": 6, "peer": "127.0.0.1:10", "client": 1}
    assert program.effect("CreateIoCompletionPort", 12, **attach) == {"port": 12, "attached": 6}  # it is known by now


def test_what_a_plain_receive_has_brought(program, other_end):
    buf = (BYTE * 8)()
    buf[:5] = b"hello"
    fields = program.effect("recv", 5, s=5, buf=buf)
    assert fields == {"data": "'hello'", "why": {"what": "received", "bytes": 5}}
    there = internet_address(b"127.0.0.1", 9)
    program.effect("accept", 5, s=4, addr=byref(there))
    for _ in range(2):
        program.model.clients.report("send", "127.0.0.1:9", 5)
    brought = [program.effect(name, 5, s=5, buf=buf)["why"] for name in ("recv", "recvfrom")]
    assert brought == [{"what": "received", "bytes": 5, "peer": at, "client": 1} for at in (0, 1)]
    assert program.effect("recv", 5, s=5, buf=NULL)["why"]["bytes"] == 5
    assert program.effect("recv", 0, s=5, buf=buf) == {"why": {"what": "left", "client": 1}}


def test_who_listens_and_what_is_closed(program):
    assert program.effect("listen", 0, s=5) == {"listens": 5}
    program.effect("socket", 5)
    for socket in (5, 6, 7):
        program.pending(program.data(socket))
    closed = [op.closed for op in program.model.operations.values()]
    assert closed == [False, False, False]
    assert program.effect("closesocket", 0, s=5) == {"closed": 5} and 5 not in program.model.sockets
    assert [op.closed for op in program.model.operations.values()] == [True, False, False]
    for name in ("CancelIo", "CancelIoEx"):
        assert program.effect(name, 1, hFile=6) == {}
        assert [op.closed for op in program.model.operations.values()] == [True, True, False]


def test_what_is_asked_of_nothing(program):
    """Pointers may be NULL, where Windows says no or needs none."""
    program.start(program.data())
    for op in program.model.operations.values():
        op.overlapped, op.event = 1, 9
    assert program.effect("WSAGetOverlappedResult", 1, lpOverlapped=NULL) == {}
    assert program.effect("GetQueuedCompletionStatusEx", 1, lpCompletionPortEntries=NULL, ulNumEntriesRemoved=NULL) == {
        "delivered": []
    }


def test_what_an_event_operation_has_brought(program):
    data = program.data(size=4)
    data.buf[:4] = b"data"
    program.pending(data)
    asked = {"lpOverlapped": byref(data.overlapped), "lpNumberOfBytesTransferred": byref(DWORD(4))}
    fields = program.effect("GetOverlappedResult", 1, 0, **asked)
    assert fields == {"delivered": [1], "data": "'data'", "why": {"op": 1, "what": "received", "bytes": 4}}
    program.pending(data)
    fields = program.effect("GetOverlappedResult", 0, WSAECONNRESET, **asked)
    assert fields["why"] == {"op": 2, "what": "reset"}
