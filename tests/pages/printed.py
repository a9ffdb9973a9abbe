"""For the gallery: examples with an erratum put back, run against a peer that brings it to light.

That the printed behaviour is this, and what comes of it in other situations, tests/programs/test_errata.py shows.
"""

from __future__ import annotations

import os
import re
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.pages.cut import ROOT, Stale, read
from tests.support.processes import EXAMPLES, PATIENCE, Program, Server, echo, receive, reset
from tests.support.recordings import events_in

Event = dict[str, Any]
SERVER, CLIENT = "overlapped_echo_server", "echo_client"
ENOUGH = "60"  # events, where the program would not end
FULL = '"e":"note"'


@dataclass(frozen=True)
class Printed:
    changes: tuple[tuple[str, str], ...]  # the port's, the printed
    at: str  # how the line begins at which it goes wrong
    run: Callable[[Path, Path], None]  # program, lines of JSON
    told: Callable[[Event, int], bool] = lambda back, count: True  # what came back of it, and how often it was called
    at_the_end: bool = False  # what goes wrong is that nothing more comes
    sentence: int = 0  # of what goes wrong: which one says it


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


def traced(program: Path, lines: Path, port: int, *options: str, host: str = "127.0.0.1") -> Program:
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
        host,
        port,
    ]
    return Program(command, env={**os.environ, "PYTHONPATH": os.pathsep.join((str(EXAMPLES), str(ROOT)))})


def says_hello_and_leaves(client: Any, connection: socket.socket, lines: Path) -> None:
    client.type(b"hello\n")
    assert receive(connection, 6) == b"hello\n"
    connection.close()
    wait_for(FULL, lines, client)  # the program would go on


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


def only_ends(program: Path, lines: Path) -> None:
    with Server(SERVER, source=program, recorded=["--jsonl", lines]) as server:
        server.interrupt()


def is_reset(program: Path, lines: Path) -> None:
    with Server(SERVER, source=program, recorded=["--jsonl", lines]) as server:
        client = server.connect()
        assert echo(client, b"hello") == b"hello"
        wait_for('"fn":"WriteComRoutine".*"code":997', lines, server)  # the next receive is under way
        reset(client)
        server.wait_for_line("Client disconnected", 2)
        server.interrupt()


def waits_for_data(program: Path, lines: Path) -> None:
    with Server(SERVER, source=program, recorded=["--jsonl", lines]) as server:
        with server.connect() as client:
            wait_for('"client":2.*"code":997', lines, server)  # its receive is under way
            assert echo(client, b"hello") == b"hello"
        server.wait_for_line("Client disconnected", 2)
        server.interrupt()


def answers_in_pieces(client: Any, connection: socket.socket, lines: Path) -> None:
    client.type(b"hello\n")
    assert receive(connection, 6) == b"hello\n"
    connection.sendall(b"hel")
    wait_for('"result":"3"', lines, client)
    connection.sendall(b"lo\n")
    client.wait_until(lambda: b"hello" in client.output)
    client.type(b"Q\n")
    client.wait()


def says_one_line(client: Any, connection: socket.socket, lines: Path) -> None:
    client.type(b"once\n")
    client.process.stdin.close()
    while FULL not in lines.read_text(encoding="utf-8"):  # the recording; the program would go on
        connection.sendall(receive(connection, 5))


def takes_more_than_was_typed(client: Any, connection: socket.socket, lines: Path) -> None:
    client.type(b"hello\n")
    with suppress(ConnectionError):  # it may fail before anything is sent
        connection.recv(6)
    reset(connection)
    client.wait()


def long_line(client: Any, connection: socket.socket, lines: Path) -> None:
    client.type(b"m" * 1023 + b"Q\n")
    connection.sendall(receive(connection, 1023))
    client.wait()


def elsewhere(program: Path, lines: Path) -> None:
    with traced(program, lines, 9190, host="localhost") as client:
        client.wait()


def wait_for(pattern: str, lines: Path, program: Any) -> None:
    """Until it is in the recording."""
    program.wait_until(lambda: re.search(pattern, lines.read_text(encoding="utf-8"), re.S))


# Of C's own library, which the package has no need of: it would not do what C does with what it is given here.
CRT = """from ctypes import CDLL, c_int, c_void_p, cast

import winsock_ctypes as w


@w.imported_from("ucrtbase")
def fputs(str: w.LPVOID, stream: w.LPVOID) -> w.INT: ...


def stderr():
    CDLL("ucrtbase").__acrt_iob_func.restype = c_void_p
    return CDLL("ucrtbase").__acrt_iob_func(2)


strlen = c_int(cast(CDLL("ucrtbase").strlen, c_void_p).value & 0xFFFFFFFF).value
"""
SEND = "if send(hSocket, message, strLen, 0) == SOCKET_ERROR:  # erratum 12, 15"
QUIT = 'if {}(not strcmp(message, "q\\n") or not strcmp(message, "Q\\n")):\n            break'
FIRST_RECV = "        error = WSARecv(hRecvSock, lpBuf, 1, NULL, byref(flagInfo), byref(lpOvLp), ReadComRoutine)"
PRINTED = {
    1: Printed((("bufInfo.len = BUF_SIZE  # erratum 1", "pass"),), "    error = WSARecv(hSock,", echoes),
    3: Printed(
        (("if dwError != 0 or szRecvBytes == 0 or not running:  # erratum 3, 13", "if szRecvBytes == 0 or not running:"),),
        "        closesocket(hSock)",
        is_reset,
        lambda back, count: count == 2,  # the first client was the one that tried whether the server is there
    ),
    5: Printed(
        (("strLen - readLen, 0)  # erratum 5", "BUF_SIZE - 1, 0)"),),
        "            recvLen = recv(",
        with_client(answers_in_pieces),
        lambda back, count: count == 2,
    ),
    6: Printed(
        (("if recvLen <= 0:  # erratum 6", "if False:"),),
        "            recvLen = recv(",
        with_client(says_hello_and_leaves, "--cap", ENOUGH),
        lambda back, count: back["result"] == "0",
    ),
    7: Printed(
        (
            (f"{QUIT.format('not line or newLine and ')}  # erratum 7, 21", QUIT.format("newLine and ")),
            ("strLen = sizeof(line)  # erratum 20", "strLen = strlen(message)"),
        ),
        "        if send(",
        with_client(says_one_line, "--cap", ENOUGH),
        lambda back, count: count == 2,
    ),
    8: Printed((("WSACleanup()  # erratum 8", "pass"),), "    closesocket(hLisnSock)", only_ends, at_the_end=True),
    11: Printed(
        (("if servAdr.sin_addr.S_un.S_addr == INADDR_NONE:  # erratum 11", "if False:"),),
        "    servAdr.sin_addr.S_un.S_addr = inet_addr(",
        elsewhere,
        sentence=2,
    ),
    12: Printed(
        ((SEND, "if send(hSocket, message, strLen, 0) and False:"),),
        "        if send(",
        with_client(resets),
        lambda back, count: back["result"] == "SOCKET_ERROR",
    ),
    14: Printed(
        (
            ("BUF_SIZE = 1024", "import crt\n\nBUF_SIZE = 1024"),
            ('fputs("\\n", stderr)  # erratum 14', 'crt.fputs(ord("\\n"), crt.stderr())'),
        ),
        "    crt.fputs(",
        nobody,
        at_the_end=True,
    ),
    15: Printed(
        (
            ("BUF_SIZE = 1024", "from crt import strlen\n\nBUF_SIZE = 1024"),
            (SEND, "if send(hSocket, message, strlen, 0) == SOCKET_ERROR:"),
        ),
        "        if send(",
        with_client(takes_more_than_was_typed),
    ),
    16: Printed(
        (
            (FIRST_RECV, FIRST_RECV.replace("NULL", "byref(recvBytes)")),
            (
                "mode, recvAdrSz, flagInfo = u_long(1), INT(), DWORD(0)  # erratum 10",
                "mode, recvAdrSz, flagInfo, recvBytes = u_long(1), INT(), DWORD(0), DWORD(0)",
            ),
        ),
        FIRST_RECV[:32],
        waits_for_data,
        lambda back, count: count == 2,
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
    21: Printed(
        ((f"{QUIT.format('not line or newLine and ')}  # erratum 7, 21", QUIT.format("not line or ")),),
        "    closesocket(hSocket)",
        with_client(long_line),
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
    (folder / "crt.py").write_text(CRT, "utf-8")
    printed.run(program, lines)
    events = events_in(lines.read_text(encoding="utf-8").split("\n"))
    events[0]["args"] = []  # the port
    for event in events:  # a traceback says where the program lies
        event |= {"text": event["text"].replace(f"{folder}{os.sep}", "")} if event["e"] == "output" else {}
    file = next(event["file"] for event in events if event["e"] == "source" and event["name"] == program.name)
    at_line = [file, line]
    here = [
        event for event in events if event["e"] == "call" and [f[1:] for f in event["stack"] if f[1] == file][-1:] == [at_line]
    ]
    backs = [event for event in events if event["e"] == "return" and event["n"] in {call["n"] for call in here}]
    if printed.at_the_end:
        call = next(event for event in reversed(events) if event["e"] == "call")
        at = next(at for at, event in enumerate(events) if event["e"] == "end")
    else:
        back = next(back for count, back in enumerate(backs, 1) if printed.told(back, count))
        call = next(call for call in here if call["n"] == back["n"])
        own = [at for at, event in enumerate(events) if event["e"] == "diagnosis" and event["n"] == call["n"]]
        at = own[0] if own else events.index(back) + 1
    where = f"{program.name}:{line}: " + ("" if printed.at_the_end else f"{call['fn']}: ")
    about = {"kind": f"erratum-{number}", "n": call["n"], "th": call["th"], "fn": call["fn"], "file": file, "line": line}
    words = {
        "en": where + what_goes_wrong(number, "docs/errata.md", printed.sentence),
        "ko": where + what_goes_wrong(number, "docs/ko/errata.md", printed.sentence),
    }
    return [*events[:at], {"e": "diagnosis", **about, **words}, *events[at:]]


def without_comments(program: str) -> str:
    """And without what it says of itself in the beginning; all lines stay where they are."""
    program = re.sub(r'^""".*?"""', lambda match: re.sub(r"[^\n]", "", match[0]), program, count=1, flags=re.S)
    return re.sub(r"  # .*$", "", program, flags=re.M)


def what_goes_wrong(number: int, page: str, sentence: int) -> str:
    entry = re.search(rf"^### \S+ {number}: .*?(?=^### )", read(page), re.S | re.M)
    found = entry and re.search(r"\*\*(?:What goes wrong\.|무엇이 잘못되는가:)\*\* (.*?\.)(?=\n\n)", entry[0], re.S)
    if not found:
        raise Stale(f"{page}: erratum {number} does not say what goes wrong")
    return re.split(r"(?<=\.) ", " ".join(found[1].split()))[sentence].replace("`", "")
