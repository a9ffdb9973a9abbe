"""docs/trace/*.html: the servers of three models, and a program that never waits alertably, recorded again.

The clients do one thing at a time, and wait until the server has nothing more to do. So the same events come out each time;
what may differ is taken out before they are compared: times, addresses, ports, numbers of handles, and how often a server
looked for work in vain. The order is compared within each thread, since nobody can promise one between threads.
"""

from __future__ import annotations

import _thread
import re
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from tests.support.recordings import events_in

ROOT = Path(__file__).resolve().parent.parent.parent
MADE = "<!-- made by python -m tests.pages write runs -->"
RUNS = {
    "overlapped_echo_server": "examples/overlapped_echo_server.py",
    "iocp_echo_server": "examples/iocp_echo_server.py",
    "event_echo_server": "examples/event_echo_server.py",
    "never_alertable": "tests/support/trace_faults/never_alertable.py",
}
WAITS = ("SleepEx", "select", "WSAPoll", "WSAWaitForMultipleEvents")
PATIENCE = 20  # seconds
Event = dict[str, Any]


def pages() -> dict[str, str]:
    """Path -> the page of a new recording."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in RUNS:
            page = Path(folder, f"{name}.html")
            command = [sys.executable, "-X", "utf8", "-m", "tests.pages.runs", name, str(page)]
            done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, timeout=3 * PATIENCE)
            if done.returncode != 0:
                raise RuntimeError(f"{name}: the recording failed\n{done.stderr.decode(errors='replace')}")
            doctype, _, rest = page.read_text(encoding="utf-8").partition("\n")
            found[f"docs/trace/{name}.html"] = f"{doctype}\n{MADE}\n{rest}"
    return found


# ---- recording -----------------------------------------------------------------------------------------------------


def record(name: str, page: Path) -> int:
    """In a process of its own: the clients are a thread of the same process, but use Python's own sockets."""
    from winsock_ctypes.trace.__main__ import main as trace

    arguments = ["-o", str(page), str(ROOT / RUNS[name])]
    if name == "never_alertable":
        trace(arguments)
        return 0
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Watched()
    clients = threading.Thread(target=two_clients, args=(port, server), name="clients", daemon=True)
    clients.start()
    status = trace([*arguments, str(port)], server.watch)
    clients.join(PATIENCE)
    return 1 if status or not server.done else 0


class Watched:
    """Knows whether the server is doing something."""

    def __init__(self) -> None:
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


def two_clients(port: int, server: Watched) -> None:
    """They tell the recording what they do, before they do it."""
    from winsock_ctypes.trace import peer

    def tell(did: str, client: socket.socket, data: bytes = b"") -> None:
        host, own = client.getsockname()
        peer(did, f"{host}:{own}", data)

    def connect() -> socket.socket:
        client = socket.socket()
        client.settimeout(PATIENCE)
        client.bind(("127.0.0.1", 0))
        tell("connect", client)
        client.connect(("127.0.0.1", port))
        server.wait_until_idle()
        return client

    def echo(client: socket.socket, text: str) -> None:
        data = text.encode()
        tell("send", client, data)
        client.sendall(data)
        received = b""
        while len(received) < len(data):
            received += client.recv(1024)
        assert received == data
        tell("receive", client, received)
        server.wait_until_idle()

    def close(client: socket.socket) -> None:
        tell("close", client)
        client.close()
        server.wait_until_idle()

    try:
        server.wait_until_idle()
        first = connect()
        second = connect()
        echo(second, "hello")
        echo(first, "overlapped I/O\n")
        echo(second, "again")
        close(first)
        echo(second, "good bye")
        close(second)
        server.done = True
    finally:
        _thread.interrupt_main()  # Ctrl+C


# ---- comparing -----------------------------------------------------------------------------------------------------

HANDLES = {
    "s", "hFile", "hObject", "FileHandle", "ExistingCompletionPort", "CompletionPort", "hEvent", "hHandle", "readfds",
    "lphEvents",
}  # fmt: skip
VARIES = {"hostshort", "netshort"}  # arguments with a port


LOG = '<script id="log-data" type="application/json">\n'


def same(kept: str, new: str) -> bool:
    return kept.partition(LOG)[0] == new.partition(LOG)[0] and normalised(events_of(kept)) == normalised(events_of(new))


def events_of(page: str) -> list[Event]:
    log = page.partition(LOG)[2].partition("</script>")[0]
    return events_in(log.split("\n"))


def normalised(events: list[Event]) -> list[str]:
    """A line for each event, thread by thread."""
    backs = {event["n"]: event for event in events if event["e"] == "return"}
    calls = {event["n"]: event for event in events if event["e"] == "call"}
    threads = {event["id"]: event["name"] for event in events if event["e"] == "thread"}
    handles: dict[int, str] = {}
    blocks: list[tuple[int, int, str]] = []
    lines: dict[str, list[str]] = {"": []}
    seen: set[str] = set()
    asked: set[str] = set()

    def address(match: re.Match[str]) -> str:
        value = int(match[0], 16)
        for start, size, name in reversed(blocks):
            if start <= value < start + size:
                return f"<{name}+{value - start}>"
        return "<address>"

    def text(value: str) -> str:
        value = re.sub(r"0x[0-9a-f]+", address, value)
        value = re.sub(r"family \d+", "<nothing yet>", value)  # memory from malloc, before anything was stored in it
        return re.sub(r"127\.0\.0\.1:\d+|0\.0\.0\.0:\d+", "<endpoint>", value)

    def argument(name: str, value: str) -> str:
        if name in VARIES:
            return "<port>"
        if name in HANDLES:
            return re.sub(r"\d+", lambda match: handles.get(int(match[0]), match[0]), text(value))
        return text(value)

    for event in events:
        kind, thread = event["e"], threads.get(event.get("th", 0), "")
        if kind == "peer":  # between it and the program nobody can promise an order
            thread = f"client {event['client']}"
        if kind in ("call", "return"):
            if "vain" in backs.get(event["n"], ()):
                continue
        line = kind
        if kind == "source":
            lines[""].append(f"source {event['name']}")
            lines[""] += event["text"].splitlines()
            continue
        if kind == "start":
            lines[""].append(f"start {event['script']}")
            continue
        if kind in ("thread", "type", "block"):
            continue
        if kind in ("call", "routine"):
            shown = ", ".join(argument(name, value) for name, value, *_ in event["args"])
            line = f"{kind} {event['fn']}({shown}) in {' > '.join(f'{frame[0]}:{frame[2]}' for frame in event['stack'])}"
            if "op" in event:
                line += f" starts {event['op']['id']} {event['op']['kind']} {event['op']['routine']}"
        elif kind == "return":
            call = calls[event["n"]]
            if "socket" in event:
                handles[event["socket"]] = f"<socket {sum(name.startswith('<socket') for name in handles.values())}>"
            if "event" in event:
                handles[event["event"]] = f"<event {sum(name.startswith('<event') for name in handles.values())}>"
            if "port" in event:
                handles.setdefault(event["port"], "<completion port>")
            if "block" in event:
                blocks.append((*event["block"], f"block {len(blocks)}"))
            result = str(event.get("raised", event.get("result")))
            varies = call["fn"] in ("htons", "malloc") or {"socket", "port", "event"} & event.keys()
            out = "; ".join(f"{name}: {text(value)}" for name, value, *_ in event.get("out", ()))
            line = f"return {call['fn']} = {'<varies>' if varies else text(result)} {event.get('error', '')} [{out}]"
            if "state" in event:  # another thread may get the completion before this one comes back
                line += f" {event['state'].replace('delivered', 'completed')}"
        elif kind == "sample":
            seen.add(f"{event['id']:4} {event['status']} {event['bytes']}")  # whoever looked first
            continue
        elif kind == "output":
            line = f"output {event['stream']} {event['text']!r}"
        elif kind == "diagnosis":
            line = f"diagnosis {event['kind']}"
        elif kind == "end":
            line = f"end {event['how']}"
        if "delivered" in event:
            line += f" delivers {event['delivered']} {event.get('data', '')}"
        if " CancelIoEx" in line:  # main asks again and again until the workers are done: how often is up to them
            asked.add(line.rstrip())
            continue
        if asked:  # in which order the cancelled operations come nobody can promise
            thread = "the end"
        lines.setdefault(thread, []).append(line.rstrip())
    lines |= {"samples": sorted(seen), "asked": sorted(asked), "the end": sorted(lines.get("the end", []))}
    return [f"{thread:8} {line}".strip() for thread, some in lines.items() for line in some]


if __name__ == "__main__":
    sys.exit(record(sys.argv[1], Path(sys.argv[2])))
