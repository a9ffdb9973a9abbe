"""Programs as child processes, for the tests that talk to them."""

from __future__ import annotations

import os
import random
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.support.overlapped import Operation
from winsock_ctypes import (
    FALSE,
    NULL,
    WSA_IO_PENDING,
    WSA_WAIT_TIMEOUT,
    WSAEVENT,
    CancelIoEx,
    WSACreateEvent,
    WSAWaitForMultipleEvents,
)

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLES = ROOT / "examples"
PATIENCE = float(os.environ.get("TESTS_PATIENCE", "20"))  # seconds until something that should happen counts as not happening


# Below those that systems give to clients, or one of these could take it before the server does; none is given twice.
PORTS = iter(random.SystemRandom().sample(range(16_000, 32_000), 16_000))


def free_port() -> int:
    for port in PORTS:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)  # type: ignore[attr-defined]
            try:
                probe.bind(("0.0.0.0", port))
                return port
            except OSError:  # taken, or reserved
                pass
    raise LookupError("no port is free")


def run(example: str, *arguments: str, stdin: bytes = b"", timeout: float = PATIENCE) -> subprocess.CompletedProcess[bytes]:
    """Run an example to its end."""
    command = [sys.executable, str(EXAMPLES / f"{example}.py"), *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, timeout=timeout)


def trace(*arguments: object, cwd: Path = ROOT, **more: Any) -> subprocess.CompletedProcess[str]:
    """Run the recorder, with its options and the script's."""
    command = [sys.executable, *"-X utf8 -m winsock_ctypes.trace --lang en".split(), *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, encoding="utf-8", timeout=3 * PATIENCE, **more)


class Ended(AssertionError):
    """A program has ended too early; in its own words."""


class Program:
    """`with Program([sys.executable, "program.py"]) as program:`: its output can be waited for, and it is ended in any case.

    `merged`: what it writes to standard error counts as output, too.
    """

    def __init__(self, command: list[Any], *, merged: bool = False, **options: Any) -> None:
        self.process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if merged else subprocess.PIPE,
            **options,
        )
        self.output = bytearray()  # all of standard output
        self.out: list[str] = []  # the same in lines, the last only when it has ended
        self.err: list[str] = []
        self.changed = threading.Condition()
        self.readers = [threading.Thread(target=self._read, args=(self.process.stdout, self.out), daemon=True)]
        if not merged:
            self.readers.append(threading.Thread(target=self._read, args=(self.process.stderr, self.err), daemon=True))
        for reader in self.readers:
            reader.start()

    def _read(self, stream: Any, lines: list[str]) -> None:
        line = b""
        while piece := stream.read1():
            *whole, line = (line + piece).split(b"\n")
            with self.changed:
                if lines is self.out:
                    self.output += piece
                lines += [each.decode(errors="replace").rstrip("\r") for each in whole]
                self.changed.notify_all()
        with self.changed:
            lines += [line.decode(errors="replace")] * bool(line)
            self.changed.notify_all()

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def kill(self) -> None:
        """End it, if it runs, and have all that it printed."""
        if self.process.poll() is None:
            self.process.kill()
        self.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            try:
                if stream:
                    stream.close()
            except OSError:  # what was typed and the program did not read
                pass

    def wait(self, patience: float = PATIENCE) -> int:
        """Until it has ended and all its output is here. Returns the exit status."""
        status = self.process.wait(patience)
        for reader in self.readers:
            reader.join(patience)
        return status

    def has_ended(self) -> bool:
        """And all its output is here."""
        return self.process.poll() is not None and not any(reader.is_alive() for reader in self.readers)

    def wait_until(self, condition: Callable[[], Any], patience: float = PATIENCE) -> None:
        """Until the condition, which looks at the output, holds."""
        end = time.monotonic() + patience
        with self.changed:
            while not condition():
                if self.has_ended():
                    raise Ended("\n".join(["it has ended:", *(self.err or self.out)]))
                if time.monotonic() > end:
                    raise TimeoutError(f"never came true; stdout: {self.out[-9:]} stderr: {self.err[-5:]}")
                self.changed.wait(0.05)  # nobody tells of the process's end

    def wait_for_line(self, line: str, count: int = 1, patience: float = PATIENCE) -> None:
        """Until it has printed `line` `count` times."""
        self.wait_until(lambda: self.out.count(line) >= count, patience)

    def type(self, text: bytes) -> None:
        self.process.stdin.write(text)  # type: ignore[union-attr]
        self.process.stdin.flush()  # type: ignore[union-attr]

    def connect_to(self, port: int, host: str = "127.0.0.1", buffers: int = 0) -> socket.socket:
        """A new client; again if it is refused: nobody listens yet, or (on Windows) the queue is full."""
        end = time.monotonic() + PATIENCE
        while True:
            client = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
            client.settimeout(PATIENCE)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if buffers:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffers)
                client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, buffers)
            try:
                client.connect((host, port))
                return client
            except BaseException as error:
                client.close()
                if not isinstance(error, ConnectionRefusedError):
                    raise
                if self.process.poll() is not None or time.monotonic() > end:
                    self.kill()  # to have all that it printed
                    raise Ended("\n".join(["it does not listen:", *(self.err or self.out)])) from None


class Server(Program):
    """`with Server("overlapped_echo_server") as server:` — an example: started, listening, and watched by watched.py.

    `source`: another program. `recorded`: options of the recorder, under which it runs then.
    """

    def __init__(
        self, name: str, *arguments: str, source: Path | None = None, recorded: Sequence[str | Path] | None = None
    ) -> None:
        self.name, self.port = name, free_port()
        here, program = Path(__file__).parent, source or EXAMPLES / f"{name}.py"
        command: list[Any] = [program, self.port] if recorded is None else [here / "traced.py", self.port, *recorded, program]
        super().__init__([sys.executable, here / "watched.py", *command, *arguments])

    def __enter__(self) -> Any:
        try:
            self.connect().close()  # so that it listens
            self.wait_until(lambda: any(line.startswith("Client disconnected") for line in self.out))
        except BaseException:
            self.kill()
            raise
        return self

    def connect(self, host: str = "127.0.0.1", buffers: int = 0) -> socket.socket:
        return self.connect_to(self.port, host, buffers)

    def report(self) -> dict[str, int]:
        """The server's live blocks, handles and memory (bytes), at this moment."""
        seen = len(self.err)
        self.type(b"report\n")
        self.wait_until(lambda: any(line.startswith("report") for line in self.err[seen:]))
        line = next(line for line in self.err[seen:] if line.startswith("report"))
        return {key: int(value) for key, value in re.findall(r"(\w+)=(\d+)", line)}

    def settled(self) -> dict[str, int]:
        """A report of when all clients have left, those too that left before they were accepted."""
        came = self.out.count("Client connect..")
        with self.connect() as last:  # clients are accepted in the order in which they came
            last.sendall(b"x")
            assert last.recv(1) == b"x"
            self.wait_for_line("Client connect..", came + 1)  # or it would not be missed below
        end, before = time.monotonic() + PATIENCE, (-1, -1)
        while True:
            report = self.report()
            now = report["blocks"], report["handles"]
            if now == before and self.out.count("Client connect..") == self.out.count("Client disconnected"):
                return report
            assert time.monotonic() < end, f"it does not come to rest: {before} {now}"
            before = now
            time.sleep(0.02)

    def interrupt(self) -> tuple[int, float, int]:
        """Ctrl+C. Returns the exit status, the seconds that the end took, and the blocks that were left."""
        started = time.monotonic()
        self.type(b"interrupt\n")
        status = self.process.wait(PATIENCE)
        seconds = time.monotonic() - started
        self.wait()
        return status, seconds, self.at_the_end("blocks")

    def at_the_end(self, what: str) -> int:
        end = next(line for line in self.err if line.startswith("end"))
        return int(re.findall(rf"{what}=(\d+)", end)[0])


def receive(client: socket.socket, size: int) -> bytes:
    """Exactly `size` bytes, or what came before the end."""
    data = bytearray()
    while len(data) < size and (piece := client.recv(min(65536, size - len(data)))):
        data += piece
    return bytes(data)


def echo(client: socket.socket, data: bytes) -> bytes:
    """Send everything, and meanwhile receive as much (so that no buffer of any size can block both)."""
    sender = threading.Thread(target=client.sendall, args=(data,))
    sender.start()
    try:
        return receive(client, len(data))
    finally:
        sender.join()


def reset(client: socket.socket) -> None:
    """Close with a reset instead of an orderly end."""
    CancelIoEx(client.fileno(), NULL)  # a flood's send, for which Wine would keep the connection
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0")  # struct linger: on, 0 seconds
    client.close()


sends_of_floods = []  # what the system may hold to the end of the process


def flood(server: Server, most: int = 1 << 24) -> socket.socket:
    """A client that sends without ever reading, until the server, which cannot send any more, stops reading, too.

    Its last send is pending then. It is overlapped, since what is left of a non-blocking one goes on in the background from
    Wine 9 on, even after closesocket: a reset would have to wait for it.
    """
    client = server.connect(buffers=8192)  # small, so that they are soon full
    client.settimeout(None)
    operation = Operation(65536, event=WSACreateEvent())
    sends_of_floods.append(operation)
    hEvents = (WSAEVENT * 1)(operation.overlapped.hEvent)
    for _ in range(0, most, 65536):
        assert operation.send(client) in (0, WSA_IO_PENDING)
        if WSAWaitForMultipleEvents(1, hEvents, FALSE, 600, FALSE) == WSA_WAIT_TIMEOUT:  # ms: not just a busy computer
            return client
        assert operation.status() == 0, hex(operation.status())
    raise AssertionError(f"{most} bytes, and the server still reads")


def floods(server: Server, count: int) -> list[socket.socket]:
    """Several such clients at once."""
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(flood, [server] * count))


def first_echo(server: Server, patience: float) -> float:
    """How many seconds a new client waits for its first echo; infinity when it does not come in time."""
    started = time.monotonic()
    try:
        with socket.create_connection(("127.0.0.1", server.port), timeout=patience) as client:
            client.sendall(b"x")
            assert client.recv(1) == b"x"
        return time.monotonic() - started
    except TimeoutError:
        return float("inf")


class Load:
    """`with Load(server, 16):` — busy clients in a process of their own: as soon as something comes back, they send again.

    Each has up to `ahead` bytes on the way, so that the server always finds something to do. The clients connect before
    the load begins.
    """

    SCRIPT = """
import select, socket, sys
port, count, ahead = map(int, sys.argv[1:])
clients = []
for _ in range(count):
    clients.append(socket.create_connection(("127.0.0.1", port), timeout=20))
    for client in clients[-2:]:
        client.sendall(b"x")
        assert client.recv(1) == b"x"
for client in clients:
    client.sendall(bytes(ahead))
print("busy", flush=True)
while True:
    for client in select.select(clients, [], [], 20)[0]:
        if not (data := client.recv(65536)):
            sys.exit()
        client.sendall(data)
"""

    def __init__(self, server: Server, clients: int, ahead: int = 65536) -> None:
        command = [sys.executable, "-c", self.SCRIPT, str(server.port), str(clients), str(ahead)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE)

    def __enter__(self) -> Load:
        assert self.process.stdout is not None
        if self.process.stdout.readline().strip() != b"busy":
            self.__exit__()
            raise AssertionError("the clients are not busy: their traceback is above")
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()
