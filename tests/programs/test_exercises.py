"""The exercises of docs/exercises.md.

Each is a check of a running server. It must pass for the solution, must fail for the program that the exercise begins with,
and is switched on for the reader by the reader's file: examples/exercises/mine/ex01.py and so on (see start.py).
"""

from __future__ import annotations

import ast
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from start import BEGINNINGS, MINE, beginning, patched, solution

from tests.support.processes import PATIENCE, ROOT, Server, echo, receive, reset


class Ended(AssertionError):
    """The server has ended too early; in its own words."""


class Running(Server):
    """The server of an exercise. It listens when its first client, whom it does not tell the check of, is gone again."""

    patience = 10.0  # seconds; only reached when a check fails

    def __enter__(self) -> Running:
        self.clients: list[socket.socket] = []
        try:
            self.connect().close()
            self.wait_until_line(r"Client disconnected", 1)
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise
        self.out.clear()
        return self

    def connect(self, host: str = "127.0.0.1") -> socket.socket:
        client = super().connect(host)
        client.settimeout(self.patience)
        self.clients.append(client)
        return client

    def __exit__(self, kind: object, why: BaseException | None, *where: object) -> None:
        if why and (self.process.poll() is not None or any("Traceback" in line for line in self.err)):
            self.process.wait(self.patience)  # what it has to say is more to the point than what its clients missed
            self.readers[1].join(self.patience)
            why = Ended(
                "the server has ended:\n" + "\n".join(line for line in self.err if not line.startswith(("end", "report")))
            )
        super().__exit__()
        for client in self.clients:
            client.close()
        if isinstance(why, Ended):
            raise why

    def lines(self, pattern: str) -> list[str]:
        return [line for line in self.out if re.search(pattern, line)]

    def wait_until_line(self, pattern: str, count: int = 1) -> list[str]:
        end = time.monotonic() + self.patience
        with self.changed:
            while len(self.lines(pattern)) < count:
                if self.process.poll() is not None and not any(reader.is_alive() for reader in self.readers):
                    raise Ended("the server has ended:\n" + "\n".join(self.err))
                if time.monotonic() > end:
                    raise AssertionError(
                        f"{len(self.lines(pattern))} of {count} lines like {pattern!r} in {self.out}; {self.err}"
                    )
                self.changed.wait(0.05)  # nobody tells of the process's end
        return self.lines(pattern)

    def end(self, *clients) -> None:
        """When the last client has gone, everything is freed; Ctrl+C ends the server; and nothing was raised."""
        for client in clients:
            client.close()
        self.wait_until(lambda report: report["blocks"] == 0)
        status, _, blocks = self.interrupt()
        errors = [line for line in self.err if not line.startswith(("end", "report"))]
        assert (status, blocks, errors) == (0, 0, [])


def calls(source: str) -> set[str]:
    return {
        node.func.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }


def check01(server, source):
    """Client connect.. (N): how many there are now."""
    first, second = server.connect(), server.connect()
    assert server.wait_until_line("connect", 2) == ["Client connect.. (1)", "Client connect.. (2)"]
    first.close()
    server.wait_until_line("Client disconnected")
    third = server.connect()
    assert server.wait_until_line("Client connect", 3)[2] == "Client connect.. (2)"
    server.end(second, third)


def check02(server, source):
    """Client connect.. ADDRESS:PORT"""
    for _ in range(2):
        client = server.connect()
        address = "{}:{}".format(*client.getsockname())
        server.wait_until_line(f"^Client connect.. {re.escape(address)}$")
        client.close()
    server.end()


def check03(server, source):
    """Client disconnected after N receives"""
    client = server.connect()
    for size in (12, 2, 12, 1, 12):
        assert echo(client, b"x" * size) == b"x" * size
    client.close()
    server.wait_until_line("^Client disconnected after 6 receives$")
    other = server.connect()
    other.close()
    server.wait_until_line("^Client disconnected after 1 receives?$")
    server.end()


def check04(server, source):
    """Small letters come back as capital letters, all other bytes as they are."""
    client = server.connect()
    assert echo(client, b"Hello, 123 z") == b"HELLO, 123 Z"
    data = bytes(range(256))
    assert echo(client, data) == bytes(b - 32 if 97 <= b <= 122 else b for b in data)
    server.end(client)


def check05(server, source):
    """Each client is greeted with Welcome and a line's end; then its bytes come back."""
    for _ in range(2):
        client = server.connect()
        assert receive(client, 8) == b"Welcome\n"
        assert echo(client, b"hello") == b"hello" and echo(client, b"y" * 3000) == b"y" * 3000
        client.close()
    server.end()


def check06(server, source):
    """A client that says nothing for a second is disconnected; one that talks is not."""
    silent, talks = server.connect(), server.connect()
    began = time.monotonic()
    for _ in range(5):
        assert echo(talks, b"x") == b"x"
        time.sleep(0.3)
    try:
        assert silent.recv(1) == b""
    except ConnectionResetError:  # what Windows tells a peer when the other side closes with an operation pending
        pass
    server.wait_until_line("Client disconnected")
    assert 0.5 < time.monotonic() - began < 4 and echo(talks, b"still here") == b"still here"
    silent.close()
    server.connect()  # when it is accepted, the server has been once around since
    server.wait_until_line("Client connect", 3)
    assert calls(source) & {"CancelIoEx", "CancelIo"}, (
        "nothing is cancelled: is the socket closed while its memory is the kernel's?"
    )
    assert server.report()["stale"] == 0, "closesocket or CancelIoEx was called with a socket that is closed already"
    server.end(talks, *server.clients)


def check07(server, source):
    """Each piece comes back after its length in brackets, by one WSASend of two buffers."""
    client = server.connect()
    for text in (b"hello", b"x", b"twelve bytes"):
        client.sendall(text)
        assert receive(client, len(text) + len(b"[%d]" % len(text))) == b"[%d]%b" % (len(text), text)
    sends = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "WSASend" and ast.unparse(node.args[2]) != "1"
    ]
    assert sends, "WSASend with a dwBufferCount of 1 only: copied together?"
    server.end(client)


def check08(server, source):
    """Twenty clients that come at once are accepted within one second."""
    began = time.monotonic()
    clients = [server.connect() for _ in range(20)]
    server.wait_until_line("Client connect", 20)
    assert time.monotonic() - began < 1
    assert all(echo(client, b"x") == b"x" for client in clients)
    server.end(*clients)


def check09(server, source):
    """Client disconnected: N bytes"""
    first, second = server.connect(), server.connect()
    for size in (10, 5, 3000):
        assert echo(first, b"x" * size) == b"x" * size
    assert echo(second, b"hello") == b"hello"
    first.close()
    server.wait_until_line("^Client disconnected: 3015 bytes$")
    second.close()
    server.wait_until_line("^Client disconnected: 5 bytes$")
    third = server.connect()
    assert echo(third, b"seventh") == b"seventh"
    reset(third)
    server.wait_until_line("^Client disconnected: 7 bytes$")
    server.end()


def check10(server, source):
    """One alertable wait for connections and completions: AcceptEx, no accept, no FIONBIO, no SleepEx(100, TRUE) in turns."""
    names = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
    assert "WSAID_ACCEPTEX" in names and "accept" not in calls(source) and "ioctlsocket" not in calls(source)
    assert "SO_UPDATE_ACCEPT_CONTEXT" in names, "without it the new socket is not quite connected"
    began = time.monotonic()
    clients = []
    for _ in range(20):
        clients.append(server.connect())
        assert echo(clients[-1], b"hello") == b"hello"
    assert time.monotonic() - began < 2
    clients.pop().close()
    reset(clients.pop())
    server.wait_until_line("Client disconnected", 2)
    assert all(echo(client, b"x") == b"x" for client in clients)
    server.end(*clients)


def check11(server, source):
    """One block for each client, with the OVERLAPPED as its first member: nothing is left in hEvent."""
    clients = [server.connect() for _ in range(3)]
    assert all(echo(client, b"hello") == b"hello" for client in clients)
    blocks = server.report()["blocks"]
    assert blocks == 3, f"3 clients have {blocks} blocks of memory"
    assert not re.search(r"\.hEvent\b", source), "hEvent is not needed any more"
    clients.pop().close()
    reset(clients.pop())
    server.wait_until_line("Client disconnected", 2)
    server.end(*clients)


def check12(server, source):
    """A port and a thread of its own: no completion routine, no alertable wait, and a crowd is let in at once."""
    names = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
    assert "LPWSAOVERLAPPED_COMPLETION_ROUTINE" not in names, "there is still a completion routine"
    assert {"CreateIoCompletionPort", "GetQueuedCompletionStatus"} <= calls(source), "there is no completion port"
    began = time.monotonic()
    clients = [server.connect() for _ in range(20)]
    server.wait_until_line("Client connect", 20)
    assert time.monotonic() - began < 1, "20 clients were not accepted within a second: does main still wait for completions?"
    assert all(echo(client, b"x" * 3000) == b"x" * 3000 for client in clients)
    clients.pop().close()
    reset(clients.pop())
    server.wait_until_line("Client disconnected", 2)
    assert all(echo(client, b"x") == b"x" for client in clients)
    assert server.report()["stale"] == 0, "a socket was closed twice"
    server.end(*clients)


def check13(server, source):
    """Ctrl+C while clients are connected: each operation is cancelled and delivered, all is freed, the thread has ended."""
    clients = [server.connect() for _ in range(5)]
    assert all(echo(client, b"hello") == b"hello" for client in clients)
    status, seconds, blocks = server.interrupt()
    errors = [line for line in server.err if not line.startswith(("end", "report"))]
    assert (status, errors) == (0, [])
    assert blocks == 0, f"{blocks} blocks are not freed"
    assert len(server.lines("Client disconnected")) == 5, "not every client's last operation was delivered"
    assert seconds < 3, f"the end took {seconds:.1f} s"
    assert "PostQueuedCompletionStatus" in calls(source), "who tells the thread to end?"


CHECKS = {number: globals()[f"check{number:02}"] for number in BEGINNINGS}
EXERCISES = [pytest.param(number, id=f"ex{number:02}") for number in CHECKS]


def run(number: int, source: str, folder: Path, patience: float = Running.patience) -> None:
    script = folder / f"ex{number:02}.py"
    script.write_text(source, encoding="utf-8")
    with Running(script.stem, source=script) as server:
        server.patience = patience
        CHECKS[number](server, source)


@pytest.mark.parametrize("number", EXERCISES)
def test_the_solution(number, tmp_path):
    run(number, solution(number), tmp_path)


@pytest.mark.parametrize("number", EXERCISES)
def test_the_beginning_is_no_solution(number, tmp_path):
    with pytest.raises((AssertionError, TimeoutError, OSError)):
        run(number, beginning(number), tmp_path, patience=1.5)


SLIPS = {
    "closed instead": ("CancelIoEx(hSock, NULL)  #", "closesocket(hSock)  #"),
    "closed as well": ("CancelIoEx(hSock, NULL)  #", "CancelIoEx(hSock, NULL), closesocket(hSock)  #"),
    "kept in mind": ("        lastHeard.pop(hSock, None)\n", ""),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_sleepers_must_be_cancelled_and_forgotten(slip, tmp_path):
    source = solution(6)
    assert source.count(SLIPS[slip][0]) == 1
    with pytest.raises(AssertionError, match="nothing is cancelled|closed already"):
        run(6, source.replace(*SLIPS[slip]), tmp_path, patience=3)


def test_a_server_that_fails_says_why_at_once(tmp_path):
    source = beginning(1).replace('    puts("Client connect..")', '    puts("Client connect..", nobody)')
    began = time.monotonic()
    with pytest.raises(Ended, match="NameError: name 'nobody'"):
        run(1, source, tmp_path)
    assert time.monotonic() - began < Running.patience


BEGUN = [pytest.param(number, id=f"ex{number:02}") for number in CHECKS if (MINE / f"ex{number:02}.py").exists()]


@pytest.mark.parametrize("number", BEGUN or [pytest.param(0, id="none")])
def test_mine(number):
    """Yours. Switched on by the file examples/exercises/mine/exNN.py."""
    if number == 0:
        pytest.skip("no exercise is begun: py examples/exercises/start.py 1")
    mine = MINE / f"ex{number:02}.py"
    with Running(mine.stem, source=mine) as server:
        CHECKS[number](server, mine.read_text(encoding="utf-8"))


WORK = "# an evening's work\n"


def begin(folder: Path, *arguments: object) -> tuple[int, str, str]:
    command = [sys.executable, "-X", "utf8", str(ROOT / "examples/exercises/start.py"), *map(str, arguments)]
    environment = {**os.environ, "EXERCISES_FOLDER": str(folder)}
    done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", timeout=PATIENCE)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    "arguments",
    ["1", "1 --solution", "1 --soluton", "1 --sol", "1 2", "1 --keep", "1 --keep --solution", "", "99", "one", "--overwrite"],
)
def test_work_that_is_begun_stays(arguments, tmp_path):
    mine, diff = tmp_path / "ex01.py", ROOT / "examples/exercises/solutions/ex01.diff"
    mine.write_text(WORK, encoding="utf-8")
    kept = diff.read_bytes()
    status, out, err = begin(tmp_path, *arguments.split())
    assert (mine.read_text(encoding="utf-8"), diff.read_bytes()) == (WORK, kept)
    assert status == 2 and out == "" and err.startswith("start.py: ") and err.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ex01.py"]


def test_overwrite_is_the_only_way(tmp_path):
    mine = tmp_path / "ex01.py"
    for arguments, text in (([], beginning(1)), (["--solution"], solution(1))):
        mine.write_text(WORK, encoding="utf-8")
        assert begin(tmp_path, 1, *arguments, "--overwrite")[::2] == (0, "")
        assert mine.read_text(encoding="utf-8") == text


def test_what_start_has_written_itself_it_may_replace(tmp_path):
    for arguments, text in (([], beginning(1)), ([], beginning(1)), (["--solution"], solution(1)), ([], beginning(1))):
        assert begin(tmp_path / "new" / "mine", 1, *arguments)[::2] == (0, "")
        assert (tmp_path / "new" / "mine" / "ex01.py").read_text(encoding="utf-8") == text


def test_a_file_of_ones_own_beside_the_exercises_stays(tmp_path):
    (tmp_path / "_include_path.py").write_text(WORK, encoding="utf-8")
    assert begin(tmp_path, 1)[0] == 0
    assert (tmp_path / "_include_path.py").read_text(encoding="utf-8") == WORK


def test_nothing_to_keep_is_one_line(tmp_path):
    status, out, err = begin(tmp_path, 1, "--keep")
    assert (status, out, err.count("\n")) == (2, "", 1) and "ex01.py" in err


def test_a_diff_must_fit_exactly_once():
    assert patched("a\nb\nc\n", "--- a\n+++ b\n@@ -1,2 +1,2 @@\n a\n-b\n+B\n") == "a\nB\nc\n"
    for text in ("a\nc\n", "a\nb\na\nb\n"):
        with pytest.raises(ValueError, match="places, not 1"):
            patched(text, "--- a\n+++ b\n@@ -1,2 +1,2 @@\n a\n-b\n+B\n")
