"""Runs a server and the client as two real processes, and shows what both print side by side.

    python demo.py [--server NAME] [< LINES]

The client is fed the lines of the standard input; where that is a terminal, or nothing comes there, a short script.
A line Q ends it, as it ends the client. Exit status 0: every line came back (but for a Q at the end).
"""

import _include_path  # noqa: F401
import argparse
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import unicodedata
from pathlib import Path
from typing import IO, NoReturn

from winsock_ctypes.trace.sentences import reader_language

HERE = Path(__file__).resolve().parent
SERVERS: tuple[str, ...] = ("overlapped_echo_server", "select_echo_server", "event_echo_server")
SERVERS += ("iocp_echo_server", "acceptex_echo_server", "fewer_calls_echo_server", "asyncio_echo_server")
SCRIPT = """\
Hello, overlapped I/O
안녕하세요, 윈도우 소켓
이 줄은 커널을 지나 되돌아옵니다
short
and a longer line after a short one
"""
BUF_SIZE = 1024  # the client's: it sends a longer line in pieces of BUF_SIZE - 1 bytes
LEFT, RIGHT = 31, 64  # columns
QUIT = (b"q\n", b"Q\n")
PATIENCE = 15  # seconds until a silent process counts as stuck
ANY_INPUT = 2  # seconds until an open but silent standard input counts as none


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (--help says what there is)\n")


def main() -> int:
    parser = Parser(description=(__doc__ or " ").splitlines()[0])
    parser.add_argument("--server", default=SERVERS[0], choices=SERVERS, metavar="NAME", help=", ".join(SERVERS))
    server_name = parser.parse_args().server
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # NUL, too, says that it is a terminal
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")  # type: ignore[union-attr]

    try:
        lines = lines_to_send()
    except KeyboardInterrupt:
        sys.exit(told("interrupted", "중단했다"))
    port = free_port()
    server = start(f"{server_name}.py", str(port))
    came_back, problem = 0, ""
    try:
        server_lines = read_in_background(server.stdout, whole_lines=True)
        show(f"{server_name}.py {port}", f"echo_client.py 127.0.0.1 {port}")
        show("-" * LEFT, "-" * RIGHT)
        client, output = connect(server, port)
        try:
            show_all(server_lines, until="Client connect")
            for line in lines:
                show_all(server_lines)
                if line in QUIT:
                    at, typed = came_back + 1, line.decode().strip()
                    problem = told(f": line {at}, {typed}, ended the client", f": {at}번째 줄 {typed}가 클라이언트를 끝냈다")
                    break
                converse(client, output, line)
                came_back += 1
            end(client)
        finally:
            stop(client)
        show_all(server_lines, until="Client disconnect")
    except Problem as error:
        problem = f": {error}"
    except KeyboardInterrupt:
        problem = told(": interrupted", ": 중단했다")
    finally:
        stop(server)
    say("\n" + told(f"{came_back} of {len(lines)} lines came back", f"{len(lines)}줄 중 {came_back}줄이 돌아왔다") + problem)
    return 0 if came_back == len(lines) and not problem else 1


class Problem(Exception):
    """Why the demo cannot go on."""


def lines_to_send() -> list[bytes]:
    text = given_input() or SCRIPT.encode()
    lines = [line.rstrip(b"\r") + b"\n" for line in text.removesuffix(b"\n").split(b"\n")]
    return lines[:-1] if lines[-1] in QUIT else lines  # a Q at the end is typed in any case


def given_input() -> bytes:
    """The whole standard input; nothing if that is a terminal, or open but silent, as Git Bash and some editors leave it."""
    if sys.stdin is None or sys.stdin.isatty():
        return b""
    pieces = read_in_background(open(0, "rb", buffering=0, closefd=False))
    given, said = b"", False
    while True:
        try:
            if not (piece := pieces.get(timeout=ANY_INPUT)):
                return given
            given += piece
        except queue.Empty:
            if not given:
                nothing = "(nothing comes on the standard input: the demo's own lines are sent)"
                say(told(nothing, "(표준 입력으로 아무것도 오지 않아 데모의 글을 보낸다)"))
                return b""
            if not said:
                say(told("(the lines are sent when the standard input ends)", "(표준 입력이 끝나면 보낸다)"))
            said = True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


# ---- the two processes -------------------------------------------------------------------------------------------


def start(*command: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, str(HERE / command[0]), *command[1:]],
        bufsize=0,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        creationflags=subprocess.CREATE_NEW_PROCESS_GROUP,
    )


def stop(process: subprocess.Popen[bytes]) -> None:
    """By Ctrl+Break, which the servers take as Ctrl+C; by force if there is no console to send it, or no reaction."""
    if process.poll() is None:
        try:
            process.send_signal(signal.CTRL_BREAK_EVENT)
            process.wait(3)
        except (OSError, SystemError, subprocess.TimeoutExpired):
            process.kill()
    process.wait()
    assert process.stdin is not None
    process.stdin.close()  # its reader closes the other one


def read_in_background(stream: IO[bytes] | None, whole_lines: bool = False) -> queue.Queue[bytes]:
    """What comes, by lines or in any pieces; b"" at the end."""
    pieces: queue.Queue[bytes] = queue.Queue()
    assert stream is not None
    read = stream.readline if whole_lines else stream.read

    def pump() -> None:
        with stream:
            while piece := read(65536):
                pieces.put(piece)
        pieces.put(b"")

    threading.Thread(target=pump, daemon=True).start()
    return pieces


class Output:
    """What the client printed and was not looked at yet."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.pieces = read_in_background(process.stdout)
        self.text = b""

    def expect(self, expected: bytes) -> None:
        while len(self.text) < len(expected):
            try:
                piece = self.pieces.get(timeout=PATIENCE)
            except queue.Empty:
                raise Problem(told("the client hangs", "클라이언트가 멈춰 있다")) from None
            if not piece:
                raise Problem(self.text.decode(errors="replace").strip() or told("the client ended", "클라이언트가 끝났다"))
            self.text = (self.text + piece).replace(b"\r\n", b"\n")
        if not self.text.startswith(expected):
            seen, wanted = self.text[:80], expected[:80]
            korean = f"클라이언트가 {wanted!r} 대신 {seen!r}을 출력했다"
            raise Problem(told(f"the client printed {seen!r} instead of {wanted!r}", korean))
        self.text = self.text[len(expected) :]


GREETING = b"Connected ... \n"
PROMPT = b"Input message (Q to quit)"
ECHO = b"Message from server : "


def connect(server: subprocess.Popen[bytes], port: int) -> tuple[subprocess.Popen[bytes], Output]:
    """Start the client; again if the server does not listen yet."""
    for _ in range(50):
        client = start("echo_client.py", "127.0.0.1", str(port))
        output = Output(client)
        try:
            output.expect(GREETING + PROMPT)
            show("", GREETING.decode())
            return client, output
        except BaseException as problem:
            stop(client)
            if server.poll() is not None or "WSAECONNREFUSED" not in str(problem):
                raise
    raise Problem(told("the server does not listen", "서버가 연결을 기다리지 않는다"))


def converse(client: subprocess.Popen[bytes], output: Output, line: bytes) -> None:
    """Type a line at the client's prompt and check what it prints."""
    show("", (PROMPT + line).decode(errors="replace"))
    type_in(client, line)
    for at in range(0, len(line), BUF_SIZE - 1):
        output.expect(ECHO + line[at : at + BUF_SIZE - 1] + PROMPT)
    show("", (ECHO + line).decode(errors="replace"))


def end(client: subprocess.Popen[bytes]) -> None:
    show("", PROMPT.decode() + "Q")
    type_in(client, b"Q\n")
    if client.wait(PATIENCE) != 0:
        status = client.returncode
        raise Problem(told(f"the client ended with exit status {status}", f"클라이언트가 종료 상태 {status}로 끝났다"))


def type_in(client: subprocess.Popen[bytes], line: bytes) -> None:
    assert client.stdin is not None
    try:
        client.stdin.write(line)
    except OSError:
        pass  # it has ended: what it printed tells why


# ---- two columns -------------------------------------------------------------------------------------------------


def show_all(server_lines: queue.Queue[bytes], until: str = "") -> None:
    """Show what the server has printed so far, or wait until it prints a line that begins with `until`."""
    try:
        while line := server_lines.get(timeout=PATIENCE if until else 0.0001).decode(errors="replace"):
            show(line, "")
            if until and line.startswith(until):
                return
    except queue.Empty:
        pass
    if until:
        raise Problem(told(f"the server does not print {until!r}", f"서버가 {until!r}을 출력하지 않는다"))


def width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def column(text: str, columns: int) -> str:
    text = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text.rstrip("\r\n"))
    if width(text) > columns:
        while width(text) > columns - 3:
            text = text[:-1]
        text += "..."
    return text + " " * (columns - width(text))


def show(server: str, client: str) -> None:
    say(f"{column(server, LEFT)} | {column(client, RIGHT)}".rstrip())


def told(english: str, korean: str) -> str:
    return korean if reader_language(sys.stdout) == "ko" else english


def say(text: str) -> None:
    try:
        print(text, flush=True)
    except OSError:  # who read this has left; nothing may be left to write at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


if __name__ == "__main__":
    sys.exit(main())
