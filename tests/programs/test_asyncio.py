"""asyncio on the package's functions: the example as a user runs it, and what it leaves behind.

That asyncio as a whole behaves the same, CPython's own tests show: tests/asyncio/check.
"""

import json
import socket
import subprocess
import sys

import pytest

from tests.support.processes import EXAMPLES, PATIENCE, Server, echo, free_port, receive, reset, run


@pytest.fixture
def server():
    with Server("asyncio_echo_server") as server:
        yield server


def lines_of(server):
    return [line for line in server.err if not line.startswith(("end", "report"))]


@pytest.mark.parametrize("size", [1, 1024, 5000, 200_000])
def test_echo(server, size):
    data = bytes(i % 251 for i in range(size))
    with server.connect() as client:
        assert echo(client, data) == data
        assert echo(client, data[::-1]) == data[::-1]


def test_many_clients_and_resets_leave_nothing(server):
    def visit():
        clients = [server.connect() for _ in range(12)]
        for number, client in enumerate(clients):
            assert echo(client, bytes([number]) * 1500) == bytes([number]) * 1500
        for client in clients[::2]:
            reset(client)
        for client in clients[1::2]:
            assert echo(client, b"still here") == b"still here"
            client.close()

    visit()
    before = server.settled()
    for _ in range(2):
        visit()
    after = server.settled()
    assert after["handles"] <= before["handles"] + 1, (before, after)
    assert lines_of(server) == []


def test_the_end_is_heard(server):
    with server.connect() as client:
        client.sendall(b"last words")
        client.shutdown(socket.SHUT_WR)
        assert receive(client, 100) == b"last words"  # and then the end
    server.wait_for_line("Client disconnected", 2)


@pytest.mark.parametrize("clients", [0, 3])
def test_ctrl_c(server, clients):
    there = [server.connect() for _ in range(clients)]
    for client in there:
        assert echo(client, b"x") == b"x"
    status, seconds, blocks = server.interrupt()
    assert (status, blocks, lines_of(server)) == (0, 0, [])
    assert seconds < 2
    for client in there:
        client.close()


@pytest.mark.parametrize("port", ["70000", "0", "-1", "abc", "", "\uff18\uff10"])
def test_a_port_that_is_none(port):
    done = run("asyncio_echo_server", port)
    assert done.returncode == 1 and done.stdout == b""
    assert b"port" in done.stderr and len(done.stderr.splitlines()) == 1


def test_a_port_in_use_and_no_port():
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        other.bind(("0.0.0.0", 0))
        other.listen()
        in_use = run("asyncio_echo_server", str(other.getsockname()[1]))
    for done in (in_use, run("asyncio_echo_server")):
        assert done.returncode == 1 and len(done.stderr.splitlines()) == 1, done.stderr


def python(program):
    command = [sys.executable, "-X", "utf8", "-W", "error", "-c", program]
    done = subprocess.run(command, cwd=EXAMPLES, capture_output=True, text=True, timeout=2 * PATIENCE)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    return done.stdout


ALL_AT_ONCE = """
import asyncio_overlapped, asyncio, gc, sys

async def answer(reader, writer):
    writer.write(await reader.read())
    writer.close()

class Datagrams(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport, self.got = transport, asyncio.get_running_loop().create_future()
    def datagram_received(self, data, address):
        self.got.set_result(data)

async def main():
    server = await asyncio.start_server(answer, "127.0.0.1", PORT)
    async with server:
        waiting = asyncio.create_task(asyncio.open_connection("127.0.0.1", PORT))
        reader, writer = await waiting
        writer.write(b"ping")
        writer.write_eof()
        print(await reader.read())
        writer.close()
        silent, writer = await asyncio.open_connection("127.0.0.1", PORT)
        try:
            await asyncio.wait_for(silent.read(), 0.05)
        except TimeoutError:
            print("cancelled")
        writer.close()
    loop = asyncio.get_running_loop()
    receiver, here = await loop.create_datagram_endpoint(Datagrams, ("127.0.0.1", 0))
    sender, _ = await loop.create_datagram_endpoint(Datagrams, remote_addr=receiver.get_extra_info("sockname"))
    sender.sendto(b"datagram")
    print(await here.got)
    sender.close(), receiver.close()
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", "print('child')", stdout=asyncio.subprocess.PIPE)
    print((await child.communicate())[0].strip(), child.returncode)

asyncio.run(main())
gc.collect()
print("pending:", [one for one in asyncio_overlapped.under_way.values() if one.pending], asyncio_overlapped.waits)
print(asyncio.windows_events._overlapped is asyncio_overlapped)
"""


def test_streams_a_timeout_datagrams_and_a_child_process_leave_nothing_pending():
    said = python(ALL_AT_ONCE.replace("PORT", str(free_port())))
    assert said.splitlines() == ["b'ping'", "cancelled", "b'datagram'", "b'child' 0", "pending: [] {}", "True"]


A_WAIT_THAT_IS_OVER_BEFORE_ITS_CALLBACK = """
import asyncio_overlapped as bridge, threading

post, may_end = bridge.PostQueuedCompletionStatus, threading.Event()

def post_and_linger(*arguments):
    post(*arguments)
    may_end.wait(10)

bridge.PostQueuedCompletionStatus = post_and_linger
port = bridge.CreateIoCompletionPort(bridge.INVALID_HANDLE_VALUE, bridge.NULL, 0, 0)
event = bridge.CreateEvent(None, True, False, None)
never = bridge.RegisterWaitWithQueue(event, port, 0x1230, 60_000)
print(len(bridge.waits), bridge.UnregisterWait(never), bridge.waits)
wait = bridge.RegisterWaitWithQueue(event, port, 0x1230, 60_000)
bridge.SetEvent(event)
print(bridge.GetQueuedCompletionStatus(port, 10_000) == (0, 0, 0, 0x1230))
try:
    bridge.UnregisterWait(wait)
except OSError as error:
    print(error.winerror, bridge.waits)
may_end.set()
bridge.RegisterWaitForSingleObject = lambda *arguments: bridge.SetLastError(6)  # Wine takes any handle
try:
    bridge.RegisterWaitWithQueue(event, port, 0x1230, 0)
except OSError as error:
    print(error.winerror, bridge.waits)
"""


def test_a_wait_that_is_over_before_its_callback_is():
    """asyncio is told ERROR_IO_PENDING then, and lets go of the wait: so does the bridge."""
    said = python(A_WAIT_THAT_IS_OVER_BEFORE_ITS_CALLBACK).splitlines()
    assert said == ["1 None {}", "True", "997 {}", "6 {}"]


ADDRESSES = """
import asyncio_overlapped as bridge
from ctypes import memmove
from winsock_ctypes import *

name = bridge.sockaddr(("::1", 8080, 5, 3))
print(bytes(name.sin6_addr).hex(), ntohs(name.sin6_port), name.sin6_flowinfo, name.sin6_scope_id, name.sin6_family == AF_INET6)
print(bridge.sockaddr(("fe80::1%7", 80, 0, 9)).sin6_scope_id)
name.sin6_flowinfo = htonl(5)
print(bridge.address_in(name))
name = bridge.sockaddr(("127.0.0.2", 443))
place = SOCKADDR_IN6()
memmove(byref(place), byref(name), sizeof(name))
print(bytes(name.sin_addr).hex(), ntohs(name.sin_port), name.sin_family == AF_INET, bridge.address_in(place))
for wrong in (("no address", 80), ("no address", 80, 0, 0)):
    try:
        bridge.sockaddr(wrong)
    except OSError as error:
        print(error.winerror)
"""


def test_addresses():
    assert python(ADDRESSES).splitlines() == [
        f"{'00' * 15}01 8080 5 3 True",
        "9",
        "('::1', 8080, 5, 3)",
        "7f000002 443 True ('127.0.0.2', 443)",
        "10022",
        "10022",
    ]


MISUSE = """
import asyncio_overlapped as bridge

def refused(function, *arguments):
    try:
        print(function(*arguments))
    except (ValueError, OSError) as error:
        print(type(error).__name__, getattr(error, "winerror", error))

one = bridge.Overlapped(bridge.NULL)
print(one.pending, one.error, one.event)
refused(one.getresult)
refused(one.WSASend, 0x7FFFFFFC, b"x", 0)
print(one.pending, one.error)
refused(one.getresult)
refused(one.WSASend, 0x7FFFFFFC, b"x", 0)
refused(bridge.GetQueuedCompletionStatus, 0x7FFFFFFC, 0)
refused(bridge.SetEvent, 0x7FFFFFFC)
for code in (1225, 1236, 109, 5):
    print(type(bridge.failure(code)).__name__, bridge.failure(code).winerror)
port = bridge.CreateIoCompletionPort(bridge.INVALID_HANDLE_VALUE, bridge.NULL, 0, 0)
refused(bridge.GetQueuedCompletionStatus, port, 0)
bridge.PostQueuedCompletionStatus(port, 7, 8, 0x1230)
print(bridge.GetQueuedCompletionStatus(port, 0) == (0, 7, 8, 0x1230))
bridge.CloseHandle(port)
event = bridge.CreateEvent(None, True, False, None)
print(bridge.WaitForSingleObject(event, 0) == 0, bridge.SetEvent(event), bridge.WaitForSingleObject(event, 0) == 0)
bridge.ResetEvent(event)
print(bridge.WaitForSingleObject(event, 0) == 0)
bridge.CloseHandle(event)
"""


def test_misuse_is_told_as_by_the_c_module():
    assert python(MISUSE).splitlines() == [
        "False 0 0",
        "ValueError operation not yet attempted",
        "OSError 10038",
        "False 10038",
        "ValueError operation failed to start",
        "ValueError operation already attempted",
        "OSError 6",
        "OSError 6",
        "ConnectionRefusedError 1225",
        "ConnectionAbortedError 1236",
        "BrokenPipeError 109",
        "PermissionError 5",
        "None",
        "True",
        "False None True",
        "False",
    ]


def test_it_comes_before_asyncio():
    said = python("import asyncio\ntry: import asyncio_overlapped\nexcept ImportError as error: print(error)")
    assert said == "import asyncio_overlapped before asyncio\n"


def test_what_await_reader_read_calls(tmp_path):
    """The recorder sees it: a receive is started before anybody reads, and the loop waits at the port."""
    path = tmp_path / "run.jsonl"
    with Server("asyncio_echo_server", recorded=["--jsonl", path]) as server:
        with server.connect() as client:
            assert echo(client, b"hello") == b"hello"
        server.wait_for_line("Client disconnected", 2)
        assert server.interrupt()[0] == 0
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    stacks = {line["id"]: line["frames"] for line in lines if line["e"] == "stack"}
    calls = {line["n"]: line for line in lines if line["e"] == "call"}
    back = next(line for line in lines if line.get("why", {}).get("bytes") == 5 and "delivered" in line)
    assert calls[back["n"]]["fn"] == "GetQueuedCompletionStatus"
    (op,) = back["delivered"]
    start = next(call for call in calls.values() if call.get("op", {}).get("id") == op)
    assert start["fn"] == "WSARecv" and start["op"]["to"] == "port" and start["n"] < back["n"]
    send = next(call for call in calls.values() if call["fn"] == "WSASend")
    assert [frame[0] for frame in stacks[send["stack"]]][-2:] == ["echo", "WSASend"]
