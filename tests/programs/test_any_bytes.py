"""Properties: any bytes come back from every server, whatever the clients do; structures and addresses survive any content."""

import ctypes
import random
import socket as pysocket
import threading
from ctypes import sizeof

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule, run_state_machine_as_test

import winsock_ctypes
from tests.support.bounds import ARENAS, HANDLES
from tests.support.processes import Server, receive, reset
from winsock_ctypes import *

SERVERS = {
    "select": ("select_echo_server",),
    "overlapped": ("overlapped_echo_server",),
    "event": ("event_echo_server",),
    "iocp": ("iocp_echo_server", "2"),
    "acceptex": ("acceptex_echo_server", "2"),
    "fewer calls": ("fewer_calls_echo_server", "2"),
}
FEW = settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module", params=SERVERS)
def server(request):
    with Server(*SERVERS[request.param]) as server:
        yield server
        assert [line for line in server.err if not line.startswith("report")] == []


# ---- what is sent comes back -------------------------------------------------------------------------------------

BUF_SIZE = 1024
SIZES = st.one_of(
    st.sampled_from([0, 1, 2, BUF_SIZE - 1, BUF_SIZE, BUF_SIZE + 1, 65536, 256 * 1024]),
    st.integers(0, 256 * 1024),
)


@st.composite
def contents(draw):
    """Any bytes, up to 256 KiB: short ones drawn one by one, long ones from a drawn seed."""
    size = draw(SIZES)
    if size <= 64:
        return draw(st.binary(min_size=size, max_size=size))
    kind = draw(st.sampled_from(["random", "zeros", "all values", "text"]))
    if kind == "random":
        return random.Random(draw(st.integers(0, 2**32))).randbytes(size)
    return ({"zeros": b"\0", "all values": bytes(range(256)), "text": "안녕\n".encode()}[kind] * size)[:size]


@st.composite
def conversations(draw):
    """What each of up to four connections sends, and in which order their chunks of drawn sizes go."""
    data = draw(st.lists(contents(), min_size=1, max_size=4))
    order = random.Random(draw(st.integers(0, 2**32)))
    largest = draw(st.lists(st.sampled_from([1, 7, 1000, BUF_SIZE, 5000, 300_000]), min_size=1, max_size=3))
    chunks, at = [], [0] * len(data)
    while left := [number for number, content in enumerate(data) if at[number] < len(content)]:
        number = order.choice(left)
        # single bytes only for the first hundred, or it takes too long
        size = order.randint(1, order.choice(largest) if len(chunks) < 100 else 50_000)
        chunks.append((number, data[number][at[number] : at[number] + size]))
        at[number] += size
    return data, chunks


@FEW
@given(conversations())
def test_any_bytes_any_chunks_any_interleaving(server, conversation):
    data, chunks = conversation
    note(f"sizes {[len(content) for content in data]}, chunks {[(n, len(chunk)) for n, chunk in chunks[:50]]}")
    clients = [server.connect() for _ in data]
    came = [b""] * len(data)

    def collect(number):
        came[number] = receive(clients[number], len(data[number]))

    collectors = [threading.Thread(target=collect, args=(number,)) for number in range(len(data))]
    for collector in collectors:
        collector.start()
    try:
        for number, chunk in chunks:
            clients[number].sendall(chunk)
        for client in clients:
            client.shutdown(pysocket.SHUT_WR)
        for collector in collectors:
            collector.join()
        assert [client.recv(1) for client in clients] == [b""] * len(clients)  # and nothing more
    finally:
        for client in clients:
            client.close()
    assert came == data


# ---- clients that come and go ------------------------------------------------------------------------------------


class Client:
    def __init__(self, connection):
        self.socket, self.owed, self.halved = connection, b"", False  # owed: what it has sent and not yet received


class Clients(RuleBasedStateMachine):
    """Clients do anything in any order. When all have left, the server is as it was."""

    server: Server
    clients = Bundle("clients")

    def __init__(self):
        super().__init__()
        self.start = self.server.settled()
        self.here = []

    @rule(target=clients)
    def come(self):
        self.here.append(Client(self.server.connect()))
        return self.here[-1]

    @rule(client=clients, data=st.binary(max_size=100), times=st.integers(1, 50))
    def send(self, client, data, times):
        if not client.halved and len(client.owed) < 20_000:
            client.socket.sendall(data * times)
            client.owed += data * times

    @rule(client=clients, percent=st.integers(0, 100))
    def read_some(self, client, percent):
        size = len(client.owed) * percent // 100
        assert receive(client.socket, size) == client.owed[:size]
        client.owed = client.owed[size:]

    @rule()
    def pause(self):
        threading.Event().wait(0.01)

    @rule(client=clients)
    def half_close(self, client):
        client.halved = True
        client.socket.shutdown(pysocket.SHUT_WR)

    @rule(client=consumes(clients))
    def leave_in_order(self, client):
        client.socket.shutdown(pysocket.SHUT_WR)
        assert receive(client.socket, len(client.owed) + 1) == client.owed  # all, and then the end
        self.here.remove(client)
        client.socket.close()

    @rule(client=consumes(clients))
    def leave_without_reading(self, client):
        self.here.remove(client)
        client.socket.close()

    @rule(client=consumes(clients))
    def leave_with_a_reset(self, client):
        self.here.remove(client)
        reset(client.socket)

    @invariant()
    def the_server_lives(self):
        assert self.server.process.poll() is None

    def teardown(self):
        for client in self.here:
            client.socket.close()
        now = self.server.settled()
        assert now["blocks"] == self.start["blocks"] and now["handles"] - self.start["handles"] in HANDLES, (self.start, now)
        assert now["memory"] - self.start["memory"] < (1 << 20) + ARENAS


def test_clients_in_any_order(server):
    Clients.server = server
    run_state_machine_as_test(Clients, settings=settings(FEW, max_examples=10, stateful_step_count=20))


# ---- structures --------------------------------------------------------------------------------------------------

STRUCTURES = sorted(
    {
        value
        for name in winsock_ctypes.__all__
        if isinstance(value := getattr(winsock_ctypes, name), type)
        and issubclass(value, (ctypes.Structure, ctypes.Union))
        and value not in (Structure, Union)
    },
    key=lambda value: value.__name__,
)


def is_text(ctype):
    """char arrays and char pointers: read as far as a NUL only, or from where they point."""
    return ctype in (ctypes.c_char_p, ctypes.c_wchar_p) or getattr(ctype, "_type_", None) in (ctypes.c_char, ctypes.c_wchar)


def copy_fields(source, target):
    """Field by field, and return which bytes the fields cover."""
    covered = set()
    for name, ctype, *_bits in source._fields_:
        place = getattr(type(source), name)
        if is_text(ctype):
            ctypes.memmove(ctypes.addressof(target) + place.offset, ctypes.addressof(source) + place.offset, sizeof(ctype))
            covered |= set(range(place.offset, place.offset + sizeof(ctype)))
        elif isinstance(ctype, type) and issubclass(ctype, (ctypes.Structure, ctypes.Union)):
            covered |= {place.offset + at for at in copy_fields(getattr(source, name), getattr(target, name))}
        else:
            setattr(target, name, getattr(source, name))
            covered |= set(range(place.offset, place.offset + sizeof(ctype)))
    return covered


@pytest.mark.parametrize("structure", STRUCTURES, ids=lambda structure: structure.__name__)
@given(seed=st.integers(0, 2**64), sparse=st.booleans())
@settings(FEW, max_examples=10)
def test_bytes_to_structure_to_bytes(structure, seed, sparse):
    chance = random.Random(seed)
    raw = bytes(chance.randrange(256) * (not sparse or chance.random() < 0.25) for _ in range(sizeof(structure)))
    first = structure.from_buffer_copy(raw)
    assert bytes(first) == raw
    assert repr(first)  # never raises, wherever its pointers lead
    second = structure()
    covered = copy_fields(first, second)
    assert all(bytes(second)[at] == raw[at] for at in covered)
    assert len(covered) >= sizeof(structure) // 2 and bytes(first) == raw
