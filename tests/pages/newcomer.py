"""docs/trace/newcomer_*.html and compare_*.html: how long one client more has to wait, at the routines and at the port.

Each of the two servers is recorded twice: when the newcomer comes it has nothing to do, or two clients keep it busy. The pages
that compare are made of these recordings.

Here the times are what is shown. So a recording is kept as it is as long as a new one has the same shape: the same program,
clients that did the same, threads that called the same functions, and a newcomer that was kept waiting by the same things.
"""

from __future__ import annotations

import _thread
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from tests.pages.runs import MADE as MADE_BY_RUNS
from tests.pages.runs import PATIENCE, ROOT, Event, Watched, events_of, page_of

MADE = MADE_BY_RUNS.replace("runs", "newcomer")
SERVERS = ("overlapped", "iocp")
BUSY = {"idle": 0, "busy": 2}  # clients
MUCH = 45_000  # bytes that a busy client sends at once: some 45 receives and sends, without a gap between them
TRIES = 3  # where the machine was busy with something else, and there was a gap


def pages() -> dict[str, str]:
    """Path -> the page, of the kept recording or, if that is another by now, of a new one."""
    from winsock_ctypes.trace.compare import Comparison, lines
    from winsock_ctypes.trace.page import TAIL, head

    found = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for how in BUSY:
            names = [f"newcomer_{how}_{server}.html" for server in SERVERS]
            for server, name in zip(SERVERS, names, strict=True):
                kept, events = events_of(ROOT / "docs" / "trace" / name), recorded(server, how, folder / name)
                if kept and shape(kept) == shape(events):
                    events = kept
                else:  # what else the machine was busy with can only make a wait longer
                    events = min([events, *(recorded(server, how, folder / name) for _ in range(TRIES))], key=wait)
                found[f"docs/trace/{name}"] = page_of(events, MADE)
                (folder / name).write_text(found[f"docs/trace/{name}"], encoding="utf-8", newline="\n")
            text = lines([str(folder / name) for name in names], str(folder / "compare.html"))
            found[f"docs/trace/compare_{how}.html"] = head(Comparison.kind).replace("\n", f"\n{MADE}\n", 1) + text + TAIL
    return found


def recorded(server: str, how: str, page: Path) -> list[Event]:
    """A recording whose newcomer was kept waiting by what this is about."""
    for _ in range(TRIES):
        command = [sys.executable, "-X", "utf8", "-m", "tests.pages.newcomer", server, how, str(page)]
        done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, timeout=3 * PATIENCE)
        if done.returncode != 0:
            raise RuntimeError(f"{page.name}: the recording failed\n{done.stderr.decode(errors='replace')}")
        events = events_of(page)
        if kept_waiting_by(events) == expected(server, how):
            return events
    raise RuntimeError(f"{page.name}: the newcomer waited for {kept_waiting_by(events)}")


# ---- recording -----------------------------------------------------------------------------------------------------


def record(server: str, how: str, page: Path) -> int:
    """In a process of its own: the clients are a thread of the same process, but use Python's own sockets."""
    from winsock_ctypes.trace.__main__ import main as trace

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    watched = Watched(port)
    clients = threading.Thread(target=newcomer, args=(port, watched, BUSY[how]), daemon=True)
    clients.start()
    status = trace(["-o", str(page), str(ROOT / "examples" / f"{server}_echo_server.py"), str(port)], watched.watch)
    clients.join(PATIENCE)
    return 1 if status or not watched.done else 0


def newcomer(port: int, server: Watched, busy: int) -> None:
    """It connects and sends at once, just after the server has begun to wait, or while others keep it busy."""
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
        return client

    def send(client: socket.socket, data: bytes) -> None:
        tell("send", client, data)
        client.sendall(data)

    def receive(client: socket.socket, data: bytes) -> None:
        received = b""
        while len(received) < len(data):
            received += client.recv(1 << 16)
        assert received == data
        tell("receive", client, received)

    try:
        server.wait_until_idle()
        others = []
        for _ in range(busy):
            others.append(connect())
            server.wait_until_idle()
        much = bytes(range(65, 91)) * (MUCH // 26)
        for client in others:
            send(client, much)
        last = connect()
        send(last, b"hello")
        receive(last, b"hello")
        for client in others:
            receive(client, much)
        server.wait_until_idle()
        for client in (*others, last):
            tell("close", client)
            client.close()
            server.wait_until_idle()
        server.done = True
    finally:
        _thread.interrupt_main()  # Ctrl+C


# ---- comparing -----------------------------------------------------------------------------------------------------


def expected(server: str, how: str) -> str:
    if server == "iocp":
        return "nothing"
    return "routines" if how == "busy" else "the time-out"


def kept_waiting_by(events: list[Event]) -> str:
    """What went on between the newcomer's connect and its accept, in the thread that accepts."""
    later, taken = since_the_newcomer(events)
    between = [event for event in later[:taken] if event.get("th") == later[taken]["th"]]
    routines = sum(event["e"] == "routine" for event in between)
    if routines:
        return "routines" if routines > MUCH // 1024 else f"{routines} routines"
    return "the time-out" if any(event["e"] == "return" and event.get("vain") for event in between) else "nothing"


def since_the_newcomer(events: list[Event]) -> tuple[list[Event], int]:
    """What happened from its connect on, and at which of these events it was accepted."""
    came = max(number for number, event in enumerate(events) if event["e"] == "peer" and event["did"] == "connect")
    later = events[came:]
    return later, next(number for number, event in enumerate(later) if event["e"] == "return" and "socket" in event)


def wait(events: list[Event]) -> float:
    """Of the newcomer, from its connect to its first echo: seconds."""
    later, _ = since_the_newcomer(events)
    return float(next(event for event in later if event["e"] == "peer" and event["did"] == "receive")["t"] - later[0]["t"])


def shape(events: list[Event]) -> Any:
    """What is the same in each recording, however quick the machine is."""
    threads = {event["id"]: event["name"] for event in events if event["e"] == "thread"}
    did: dict[int, list[Any]] = {}
    called: dict[str, set[str]] = {}
    for event in events:
        if event["e"] == "peer":
            did.setdefault(event["client"], []).append((event["did"], event.get("bytes")))
        if event["e"] in ("call", "routine") and not event["fn"].endswith("GetLastError"):
            called.setdefault(threads[event["th"]], set()).add(event["fn"])
    sources = {event["name"]: event["text"] for event in events if event["e"] == "source"}
    return sources, did, called, kept_waiting_by(events), events[-1].get("how")


if __name__ == "__main__":
    sys.exit(record(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
