"""docs/trace/*.html: the servers of all models, and what is special about two of them, recorded again.

The clients do one thing at a time, and wait until the server has nothing more to do. So the same events come out each time.
What still differs from run to run is made the same when they are written: ports, handles, addresses, times, and how often a
server looked for work in vain. Between threads nobody can promise an order: where it is all that differs, the events that
are kept stay, in the page as it is now.
"""

from __future__ import annotations

import _thread
import ctypes
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.support.recordings import events_in
from winsock_ctypes.trace.outputs import Output, Outputs, check_sum
from winsock_ctypes.trace.page import LOG, TAIL, head

ROOT = Path(__file__).resolve().parent.parent.parent
MADE = "<!-- made by python -m tests.pages write runs -->"
RUNS = {
    "nonblocking_accept": "examples/nonblocking_accept.py",
    "select_echo_server": "examples/select_echo_server.py",
    "event_echo_server": "examples/event_echo_server.py",
    "overlapped_echo_server": "examples/overlapped_echo_server.py",
    "iocp_echo_server": "examples/iocp_echo_server.py",
    "iocp_two_workers": "examples/iocp_echo_server.py",
    "acceptex_echo_server": "examples/acceptex_echo_server.py",
    "fewer_calls_echo_server": "examples/fewer_calls_echo_server.py",
    "asyncio_echo_server": "examples/asyncio_echo_server.py",
    "starvation": "examples/overlapped_echo_server.py",
    "never_alertable": "tests/support/trace_faults/never_alertable.py",
}
ALONE = ("nonblocking_accept", "never_alertable")  # no server: they need no clients
WAITS = ("SleepEx", "select", "WSAPoll", "WSAWaitForMultipleEvents")
PATIENCE = 20  # seconds
PENDING = 259  # STATUS_PENDING
Event = dict[str, Any]


def pages() -> dict[str, str]:
    """Path -> the page of a new recording."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in RUNS:
            page, path = Path(folder, f"{name}.html"), f"docs/trace/{name}.html"
            command = [sys.executable, "-X", "utf8", "-m", "tests.pages.runs", name, str(page)]
            done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, timeout=3 * PATIENCE)
            if done.returncode != 0:
                raise RuntimeError(f"{name}: the recording failed\n{done.stderr.decode(errors='replace')}")
            kept = events_of(ROOT / path)
            new = Steady().events(without_idling(events_of(page)))
            found[path] = page_of(kept if by_thread(kept) == by_thread(new) else new)
    return found


def events_of(page: Path) -> list[Event]:
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    return events_in(text.partition(LOG)[2].partition("</script>")[0].split("\n"))


def page_of(events: list[Event], made: str = MADE) -> str:
    lines = [head().replace("\n", f"\n{made}\n", 1)]
    events[0]["page"] = check_sum(lines[0].encode())
    write = Outputs([InMemory(lines)])
    for event in events:
        write(event | ({"stack": [tuple(frame) for frame in event["stack"]]} if "stack" in event else {}))
    return "".join([*lines, TAIL])


class InMemory(Output):
    def __init__(self, lines: list[str]) -> None:
        self.lines = lines

    def event(self, event: Event, line: str) -> None:
        self.lines.append(line)


# ---- recording -----------------------------------------------------------------------------------------------------


def record(name: str, page: Path) -> int:
    """In a process of its own: the clients are a thread of the same process, but use Python's own sockets."""
    from winsock_ctypes.trace.__main__ import main as trace

    arguments = ["-o", str(page), str(ROOT / RUNS[name])]
    if name in ALONE:
        trace(arguments)
        return 0
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = {"starvation": Busy, "asyncio_echo_server": Loop}.get(name, Watched)(port)
    clients = threading.Thread(target=server.play, name="clients", daemon=True)
    clients.start()
    status = trace([*arguments, str(port), *(["2"] if name == "iocp_two_workers" else [])], server.watch)
    clients.join(PATIENCE)
    return 1 if status or not server.done else 0


class Client:
    """Tells the recording what it does, before it does it.

    It does it in a thread of its own: here may be a routine of the server's, and a call that waits could run another one.
    """

    def __init__(self, port: int) -> None:
        self.data = b""  # of which the echo has not been heard yet
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.thread = ThreadPoolExecutor(1)
        self.tell("connect")
        self.do(self.socket.connect, ("127.0.0.1", port))

    def do(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return self.thread.submit(function, *arguments).result(PATIENCE)

    def tell(self, did: str, data: bytes = b"") -> None:
        from winsock_ctypes.trace import peer

        host, own = self.socket.getsockname()
        peer(did, f"{host}:{own}", data)

    def say(self, text: str) -> None:
        self.data = text.encode()
        self.tell("send", self.data)
        self.do(self.socket.sendall, self.data)

    def hear(self) -> None:
        if self.data:
            received = self.do(self.socket.recv, len(self.data), socket.MSG_WAITALL)
            assert received == self.data
            self.tell("receive", received)
            self.data = b""

    def leave(self) -> None:
        self.tell("close")
        self.do(self.socket.close)


class Watched:
    """A server, and two clients that do one thing at a time: the next when the server has nothing to do."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.idle = 0  # waits in vain, one after the other
        self.rests = False  # and it has just begun to wait once more: what a client does now is seen by this wait
        self.calls: dict[int, Event] = {}
        self.changed = threading.Condition()
        self.done = False

    def watch(self, event: Event) -> None:
        if event["e"] == "call":
            self.calls[event["n"]] = event
            if event["fn"] in WAITS and self.idle >= 3:
                with self.changed:
                    self.rests = True
                    self.changed.notify_all()
            return
        with self.changed:
            if "vain" not in event:
                self.idle, self.rests = 0, False
            elif self.calls[event["n"]]["fn"] in WAITS:
                self.idle += 1

    def wait_until_idle(self) -> None:
        with self.changed:
            self.idle, self.rests = 0, False
            assert self.changed.wait_for(lambda: self.rests, PATIENCE), "the server does not come to rest"

    def play(self) -> None:
        try:
            self.wait_until_idle()
            self.clients()
            self.done = True
        finally:
            _thread.interrupt_main()  # Ctrl+C

    def clients(self) -> None:
        first, second = self.client(), self.client()
        self.echo(second, "hello")
        self.echo(first, "overlapped I/O\n")
        self.echo(second, "again")
        self.bye(first)
        self.echo(second, "good bye")
        self.bye(second)

    def client(self) -> Client:
        client = Client(self.port)
        self.wait_until_idle()
        return client

    def echo(self, client: Client, text: str) -> None:
        client.say(text)
        client.hear()
        self.wait_until_idle()

    def bye(self, client: Client) -> None:
        client.leave()
        self.wait_until_idle()


class Loop(Watched):
    """asyncio's: it rests when it waits without end, and nothing is under way but what waits for clients."""

    WAITS_FOR_CLIENTS = 2  # an AcceptEx, and a WSARecv by which asyncio wakes itself; and one WSARecv for each client

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.there = self.under_way = 0

    def watch(self, event: Event) -> None:
        if event["e"] not in ("call", "return"):
            return
        with self.changed:
            self.under_way += ("op" in event) - len(event.get("delivered", ()))
            forever = event.get("fn") == "GetQueuedCompletionStatus" and event["args"][-1][1] == str(0xFFFFFFFF)
            self.rests = forever and self.under_way == self.WAITS_FOR_CLIENTS + self.there
            self.changed.notify_all()

    def wait_until_idle(self) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: self.rests, PATIENCE), "the loop does not come to rest"

    def client(self) -> Client:
        self.there += 1
        self.rests = False
        return super().client()

    def bye(self, client: Client) -> None:
        self.there -= 1
        self.rests = False
        super().bye(client)


class Busy(Watched):
    """Two clients that take turns: one speaks while the other's receive is delivered, so there is always more to do.

    In the middle of it a third connects, and speaks. What they do is done by `watch`, in the server's own thread: so the same
    happens each time.
    """

    TURNS, NEWCOMER = 12, 4

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.ops: dict[int, Event] = {}  # under way
        self.blocks: dict[str, int] = {}  # where each is
        self.turns = 0

    def clients(self) -> None:
        self.pair = [self.client(), self.client()]
        self.pair[0].say("busy")
        self.wait_until_idle()
        self.newcomer.hear()
        for client in (*self.pair, self.newcomer):
            client.hear()
            self.bye(client)

    def watch(self, event: Event) -> None:
        super().watch(event)
        if event["e"] == "block":
            self.blocks[f"@{event['id']}"] = int(event["at"], 16)
        if "op" in event:
            self.ops[event["op"]["id"]] = event["op"]
        for op in [self.ops.pop(number) for number in event.get("delivered", ())]:
            if op["kind"] == "WSARecv" and op["client"] <= 2 and self.turns < self.TURNS:
                self.turns += 1
                self.turn(3 - op["client"])

    def turn(self, number: int) -> None:
        if self.turns == self.NEWCOMER:
            self.newcomer = Client(self.port)
            self.newcomer.say("newcomer")
        if self.turns == self.TURNS:
            return
        client = self.pair[number - 1]
        client.hear()
        client.say("busy")
        until = time.monotonic() + 1
        for op in self.ops.values():  # its receive: complete before the other's routine goes on
            status = ctypes.c_size_t.from_address(self.blocks[op["ovref"].partition(".")[0]])
            while op["client"] == number and status.value == PENDING and time.monotonic() < until:
                time.sleep(0.001)


# ---- what does not depend on the machine ----------------------------------------------------------------------------

SERVER, FIRST_CLIENT, FIRST_HANDLE, FIRST_BLOCK = 9190, 50001, 100, 0x100000
HANDLES = {  # arguments
    "s", "hFile", "hObject", "FileHandle", "ExistingCompletionPort", "CompletionPort", "hEvent", "hHandle", "readfds",
    "lphEvents", "sListenSocket", "sAcceptSocket",
}  # fmt: skip
HANDLE_FIELDS = {"s", "socket", "port", "event", "attached", "listens", "closed"}
CALL_IN_VAIN = {"e", "n", "t", "th", "fn", "args", "stack", "alertable", "waits", "in"}
RETURN_IN_VAIN = {"e", "n", "t", "th", "result", "error", "code", "vain", "waits"}


def without_idling(events: list[Event]) -> list[Event]:
    """Of the passes in vain between two things that happen, the first and the last."""
    backs = {event["n"]: event for event in events if event["e"] == "return"}
    passes: dict[int, dict[str, list[int]]] = {}  # thread -> the call as it is, but for its number -> numbers
    left_out: set[int] = set()
    for event in events:
        back, thread = backs.get(event.get("n", 0), {}), event.get("th")
        if "vain" in back and event.keys() <= CALL_IN_VAIN | RETURN_IN_VAIN and back.keys() <= RETURN_IN_VAIN:
            if event["e"] == "call":
                same = re.sub("0x[0-9a-f]+", "", str([event["fn"], event["args"], event["stack"], back["result"]]))
                passes.setdefault(event["th"], {}).setdefault(same, []).append(event["n"])
            continue
        for one in list(passes) if thread is None else [thread]:
            left_out |= {n for numbers in passes.pop(one, {}).values() for n in numbers[1:-1]}
    return [event for event in events if event["e"] not in ("call", "return") or event["n"] not in left_out]


class Steady:
    """Gives what the machine has chosen the number that it had in each run before: in the order in which things appear."""

    def __init__(self) -> None:
        self.clock = 0.0
        self.numbers = {0: 0}  # of calls and routines
        self.ports: dict[int, int] = {}
        self.handles: dict[int, int] = {}
        self.made = 0
        self.pythons: set[int] = set()
        self.accepted: set[int] = set()
        self.types: dict[str, set[str]] = {}  # structure -> fields with a handle
        self.blocks: dict[int, tuple[int, int, int, str]] = {}  # id -> address, size, where it is now, type
        self.end = FIRST_BLOCK
        self.places: dict[int, int] = {}  # outside of blocks
        self.next_place = 0x10000
        self.variables: dict[int, int] = {}  # thread -> the place of its LPOVERLAPPED, wherever a function has it

    def events(self, events: list[Event]) -> list[Event]:
        calls = {event["n"]: event for event in events if event["e"] == "call"}
        told = [event for event in events if event.get("kind") != "kept-waiting"]  # of times, which are not kept here
        return [self.event(event, calls.get(event.get("n", 0), {})) for event in told]

    def event(self, event: Event, call: Event) -> Event:
        kind = event["e"]
        if kind == "start":
            self.ports |= {int(event["args"][0]): SERVER} if event["args"] else {}
            return event | {"args": [str(SERVER), *event["args"][1:]] if event["args"] else []}
        if kind in ("source", "output"):
            return event | self.time(event, call)
        if kind == "type":
            self.types[event["name"]] = {name for name, ctype, *_ in event["fields"] if ctype in ("SOCKET", "HANDLE")}
        if kind == "block":
            self.blocks[event["id"]] = (int(event["at"], 16), event["size"], self.end, event["type"])
            self.end += event["size"] + 0xFFF & ~0xFFF
        if kind in ("call", "routine"):
            self.numbers[event["n"]] = len(self.numbers)
        if kind == "call" and event["fn"] == "GetQueuedCompletionStatus":
            self.variable(event)
        if kind == "return" and (made := {"socket", "port", "event"} & event.keys()):
            handle = event[made.pop()]
            if handle not in self.handles or call["fn"] != "CreateIoCompletionPort":
                self.made_handle(handle)
                self.pythons.discard(handle)
        self.of_python(event)
        new: Event = self.all(event) | self.time(event, call)
        for field in ("n", "in", "closed_in"):
            if field in event:
                new[field] = self.numbers[event[field]]
        if "waits" in event:
            new["waits"] = [[thread, self.numbers[n]] for thread, n in event["waits"]]
        if call.get("fn") == "htons" and kind == "return":
            port = int(call["args"][0][1])
            new["result"] = str(socket.htons(self.ports.get(port, port)))
        if call.get("fn") == "ntohs" and kind == "return":
            new["result"] = str(self.port(int(event["result"])))
        if "block" in event and kind == "return":
            new["block"] = [self.address(event["block"][0]), event["block"][1]]
        if "freed" in event:
            new["freed"] = self.address(event["freed"])
        if {"socket", "port", "event"} & event.keys() and event.get("result", "").isdecimal():
            new["result"] = self.handles_in(event["result"])
        if "queues" in event:
            new["queues"] = [
                [what, self.handles.get(where, where) if what != "routine" else where, ops]
                for what, where, ops in event["queues"]
            ]
        for block, fields in event.get("mem", {}).items():
            for field in fields.keys() & self.types.get(self.blocks[int(block)][3], set()):
                new["mem"][block][field] = self.handles.get(fields[field], fields[field])
        for block in event.get("gone", ()):
            self.blocks.pop(block, None)
        return new

    def of_python(self, event: Event) -> None:
        """Sockets that Python itself makes and closes: that of an AcceptEx is new, and so is what is attached, or accepted."""
        for name, value, *_ in event.get("args", ()):
            if name not in HANDLES or not value.isdecimal() or value == "0":
                continue
            handle = int(value)
            new = name == "sAcceptSocket" or name == "FileHandle" and handle not in self.accepted
            if handle not in self.handles or new and handle in self.pythons:
                self.made_handle(handle)
                self.pythons.add(handle)
            (self.accepted.add if name == "sAcceptSocket" else self.accepted.discard)(handle)

    def made_handle(self, handle: int) -> None:
        self.handles[handle] = FIRST_HANDLE + 4 * self.made
        self.made += 1

    def time(self, event: Event, call: Event) -> Event:
        """Each event takes a little time, and a wait in vain as long as it was told to wait."""
        if "t" not in event:
            return {}
        self.clock += 0.00005
        if "vain" in event:
            given = dict(argument[:2] for argument in call["args"])
            wait = next((given[name] for name in ("dwMilliseconds", "dwTimeout", "timeout") if name in given), "0")
            self.clock += int(wait) / 1000 if wait.isdecimal() else 0
        return {"t": round(self.clock, 6)}

    def all(self, value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {key: self.all(one, key) for key, one in value.items()}
        if isinstance(value, (list, tuple)):
            if name in ("args", "out"):
                return [[one[0], self.argument(one[0], one[1]), *one[2:]] for one in value]
            return [self.all(one) for one in value]
        if name in HANDLE_FIELDS and isinstance(value, int):
            return self.handles.get(value, value)
        return self.text(value) if isinstance(value, str) and name != "data" else value

    def argument(self, name: str, value: str) -> str:
        if name == "hostshort":
            return str(self.port(int(value)))
        if name == "netshort":
            return str(socket.htons(self.port(socket.ntohs(int(value)))))
        if name == "fdArray":
            return re.sub(r"(?<=fd=)\d+", lambda match: self.handles_in(match[0]), value)
        return self.handles_in(self.text(value)) if name in HANDLES else self.text(value)

    def handles_in(self, text: str) -> str:
        return re.sub(r"\d+", lambda match: str(self.handles.get(int(match[0]), match[0])), text)

    def text(self, value: str) -> str:
        value = re.sub(r"\b0x([0-9a-f]{5,})", lambda match: hex(self.address(int(match[1], 16))), value)
        value = re.sub(r"(\d\.\d+\.\d+\.\d+):(\d+)", lambda match: f"{match[1]}:{self.port(int(match[2]))}", value)
        return re.sub("(0200)(....)(7f000001)", self.port_in_bytes, value) if value.startswith("#") else value

    def port_in_bytes(self, match: re.Match[str]) -> str:
        return f"{match[1]}{self.port(int(match[2], 16)):04x}{match[3]}"

    def port(self, port: int) -> int:
        return (
            self.ports.setdefault(port, FIRST_CLIENT + sum(one >= FIRST_CLIENT for one in self.ports.values())) if port else 0
        )

    def address(self, address: int) -> int:
        for start, size, now, _ in reversed(self.blocks.values()):
            if start <= address < start + size:
                return now + address - start
        if 1 << 31 <= address < 1 << 32:  # a status, or a code for WSAIoctl
            return address
        return self.places.get(address) or self.new_place(address)

    def new_place(self, address: int) -> int:
        self.places[address], self.next_place = self.next_place, self.next_place + 0x10
        return self.places[address]

    def variable(self, event: Event) -> None:
        place = next((value for name, value, *_ in event["args"] if name == "lpOverlapped"), "")
        if re.fullmatch("0x[0-9a-f]+", place):
            address, thread = int(place, 16), event["th"]
            self.places[address] = self.variables.get(thread) or self.variables.setdefault(thread, self.new_place(address))


# ---- comparing -----------------------------------------------------------------------------------------------------


def by_thread(events: list[Event]) -> list[str]:
    """A line for each event, thread by thread; two recordings with the same lines tell the same."""
    calls = {event["n"]: event for event in events if event["e"] == "call"}
    in_vain = {event["n"] for event in events if event["e"] == "return" and "vain" in event}
    threads = {event["id"]: event["name"] for event in events if event["e"] == "thread"}
    runs = [name.partition(" ")[2] for name in threads.values()]  # of workers: which takes a packet nobody can promise
    threads = {number: "workers" if runs.count(name.partition(" ")[2]) > 1 else name for number, name in threads.items()}
    lines: dict[str, list[str]] = {"": []}
    seen: set[str] = set()
    asked: set[str] = set()
    for event in events:
        kind, thread = event["e"], threads.get(event.get("th", 0), "")
        if kind in ("call", "return") and event["n"] in in_vain or kind in ("thread", "type", "block"):
            continue
        if kind == "source":
            lines[""] += [f"source {event['name']}", *event["text"].splitlines()]
        elif kind == "start":
            lines[""].append(f"start {event['script']}")
        elif kind == "sample":
            seen.add(f"{event['id']:4} {event['status']} {event['bytes']}")  # whoever looked first
        elif " CancelIoEx" in (line := line_of(event, calls.get(event.get("n", 0), {}), thread)):
            asked.add(line)  # main asks again and again until the workers are done: how often is up to them
        elif asked:  # in which order the cancelled operations come nobody can promise
            lines.setdefault("the end", []).append(line)
        else:  # between a client and the program nobody can promise an order
            lines.setdefault(f"client {event['client']}" if kind == "peer" else thread, []).append(line)
    lines |= {"samples": sorted(seen), "asked": sorted(asked), "the end": sorted(lines.get("the end", []))}
    lines |= {"workers": sorted(lines["workers"])} if "workers" in lines else {}
    return [f"{thread:8} {line}".strip() for thread, some in lines.items() for line in some]


def line_of(event: Event, call: Event, thread: str) -> str:
    """The event without what may differ from run to run."""
    kind = line = event["e"]
    if kind in ("call", "routine"):
        stack = " > ".join(f"{frame[0]}:{frame[2]}" for frame in event["stack"])
        took = thread == "workers" and event["fn"].startswith("GetQueued")  # shows what this one took before
        line = f"{kind} {event['fn']}({'' if took else values(event['args'])}) in {stack}"
        if "op" in event:
            line += f" starts {event['op']['id']} {event['op']['kind']} {event['op']['routine']}"
    elif kind == "return":
        result = event.get("raised", event.get("result"))
        line = f"return {call['fn']} = {result} {event.get('error', '')} [{values(event.get('out', []))}]"
        if "state" in event:  # another thread may get the completion before this one comes back
            line += f" {event['state'].replace('delivered', 'completed')}"
    elif kind == "output":
        line = f"output {event['stream']} {event['text']!r}"
    elif kind == "diagnosis":
        line = f"diagnosis {event['kind']}"
    elif kind == "end":
        line = f"end {event['how']}"
    if "delivered" in event:
        line += f" delivers {event['delivered']} {event.get('data', '')}"
    return line.rstrip()


def values(arguments: list[list[str]]) -> str:
    # "family N": memory from malloc, before anything was stored in it
    return ", ".join(re.sub(r"family \d+", "nothing yet", value) for _, value, *_ in arguments)


if __name__ == "__main__":
    sys.exit(record(sys.argv[1], Path(sys.argv[2])))
