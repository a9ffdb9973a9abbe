"""For the gallery: examples with an erratum put back, run against a peer that brings it to light.

That the printed behaviour is this, and what comes of it in other situations, tests/programs/test_errata.py shows.
"""

from __future__ import annotations

import os
import re
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.pages.cut import ROOT, Stale, read
from tests.support.processes import EXAMPLES, PATIENCE, Program, Server, echo, receive, reset
from tests.support.recordings import events_in

Event = dict[str, Any]
SERVER, CLIENT = "overlapped_echo_server", "echo_client"
ENOUGH = "60"  # events, where the program would not end
SEND = "if send(hSocket, message, {}, 0) == SOCKET_ERROR:"


@dataclass(frozen=True)
class Printed:
    changes: tuple[tuple[str, str], ...]  # the port's, the printed
    at: str  # how the line begins at which it goes wrong
    run: Callable[[Path, Path], None]  # program, lines of JSON


def echoes(program: Path, lines: Path) -> None:
    with Server(SERVER, source=program, recorded=["--jsonl", lines]) as server:
        with server.connect() as client:
            for size in (12, 2, 6):
                assert echo(client, b"x" * size) == b"x" * size
        server.wait_for_line("Client disconnected", 2)
        server.interrupt()


def with_client(peer: Callable[[Any, socket.socket, Path], None], *options: str) -> Callable[[Path, Path], None]:
    def run(program: Path, lines: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(PATIENCE)
            port = listener.getsockname()[1]
            with traced(program, lines, port, *options) as client:
                connection, _ = listener.accept()
                connection.settimeout(PATIENCE)
                with connection:
                    peer(client, connection, lines)

    return run


def traced(program: Path, lines: Path, port: int, *options: str) -> Program:
    command = [
        sys.executable,
        "-X",
        "utf8",
        "-m",
        "winsock_ctypes.trace",
        "--jsonl",
        lines,
        *options,
        program,
        "127.0.0.1",
        port,
    ]
    return Program(command, env={**os.environ, "PYTHONPATH": os.pathsep.join((str(EXAMPLES), str(ROOT)))})


def says_hello_and_leaves(client: Any, connection: socket.socket, lines: Path) -> None:
    client.type(b"hello\n")
    assert receive(connection, 6) == b"hello\n"
    connection.close()
    end = time.monotonic() + PATIENCE
    while '"e":"note"' not in lines.read_text(encoding="utf-8"):  # the recording is full; the program would go on
        assert time.monotonic() < end and not client.has_ended(), client.err
        time.sleep(0.05)


def resets(client: Any, connection: socket.socket, lines: Path) -> None:
    client.type(b"one\n")
    connection.sendall(receive(connection, 4))
    client.wait_until(lambda: b"Message from server : one\n" in client.output)
    reset(connection)
    client.type(b"two\n")
    client.wait()


def takes_what_comes(client: Any, connection: socket.socket, lines: Path) -> None:
    client.type(b"before\0after\n")
    assert receive(connection, 6) == b"before"
    connection.close()
    client.wait()


def nobody(program: Path, lines: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with traced(program, lines, port) as client:
        client.wait()


PRINTED = {
    1: Printed((("bufInfo.len = BUF_SIZE  # erratum 1", "pass"),), "    error = WSARecv(hSock,", echoes),
    6: Printed(
        (("if recvLen <= 0:  # erratum 6", "if False:"),),
        "            recvLen = recv(",
        with_client(says_hello_and_leaves, "--cap", ENOUGH),
    ),
    12: Printed(
        ((f"{SEND.format('strLen')}  # erratum 12, 15", f"{SEND.format('strLen')[:-17]} and False:"),),
        "        if send(",
        with_client(resets),
    ),
    18: Printed(
        (('fputs(f"{message} {WSAGetLastError()!r}", stderr)  # erratum 18', "fputs(message, stderr)"),),
        "    if connect(",
        nobody,
    ),
    20: Printed(
        (("strLen = sizeof(line)  # erratum 20", "strLen = strlen(message)"),),
        "        if send(",
        with_client(takes_what_comes),
    ),
}


def events_of(number: int, example: str, folder: Path) -> list[Event]:
    """A recording of the example with this erratum, and the erratum, in words, at the step where it happens."""
    printed, source = PRINTED[number], (EXAMPLES / f"{example}.py").read_text("utf-8")
    for port, old in printed.changes:
        if port not in source:
            raise Stale(f"{example}.py does not contain {port!r} any more")
        source = source.replace(port, old)
    (line,) = [at for at, text in enumerate(source.splitlines(), 1) if text.startswith(printed.at)]
    program, lines = folder / "program.py", folder / "run.jsonl"
    program.write_text(without_comments(source), "utf-8")
    (folder / "_include_path.py").touch()  # the package is there already
    printed.run(program, lines)
    events = events_in(lines.read_text(encoding="utf-8").split("\n"))
    events[0]["args"] = []  # the port
    file = next(event["file"] for event in events if event["e"] == "source" and event["name"] == program.name)
    calls = {event["n"] for event in events if event["e"] == "call" and [file, line] in [frame[1:] for frame in event["stack"]]}
    at = next(at for at, event in enumerate(events) if event["e"] == "return" and event["n"] in calls and told(number, event))
    call = next(event for event in events if event["e"] == "call" and event["n"] == events[at]["n"])
    where = f"{program.name}:{line}: {call['fn']}: "
    about = {"kind": f"erratum-{number}", "n": call["n"], "th": call["th"], "fn": call["fn"], "file": file, "line": line}
    words = {
        "en": where + what_goes_wrong(number, "docs/errata.md"),
        "ko": where + what_goes_wrong(number, "docs/ko/errata.md"),
    }
    return [*events[: at + 1], {"e": "diagnosis", **about, **words}, *events[at + 1 :]]


def without_comments(program: str) -> str:
    """And without what it says of itself in the beginning; all lines stay where they are."""
    program = re.sub(r'^""".*?"""', lambda match: re.sub(r"[^\n]", "", match[0]), program, count=1, flags=re.S)
    return re.sub(r"  # .*$", "", program, flags=re.M)


def told(number: int, back: Event) -> bool:
    """Whether it shows at this call: not yet at the first one where only later ones go wrong."""
    if number in (6, 12):
        return back.get("result") in ("0", "SOCKET_ERROR")
    return True


def what_goes_wrong(number: int, page: str) -> str:
    """The first sentence of it."""
    entry = re.search(rf"^### \S+ {number}: .*?(?=^### )", read(page), re.S | re.M)
    found = entry and re.search(r"\*\*(?:What goes wrong\.|무엇이 잘못되는가:)\*\* (.*?\.)(?= |\n\n)", entry[0], re.S)
    if not found:
        raise Stale(f"{page}: erratum {number} does not say what goes wrong")
    return " ".join(found[1].split()).replace("`", "")
