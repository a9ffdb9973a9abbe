"""An example server as a child process, for the tests that talk to it."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from ctypes import byref, cast, create_string_buffer
from pathlib import Path

from winsock_ctypes import (
    DWORD,
    FALSE,
    NULL,
    PBYTE,
    SOCKET_ERROR,
    WSA_IO_PENDING,
    WSA_WAIT_TIMEOUT,
    WSABUF,
    WSAEVENT,
    WSAOVERLAPPED,
    CancelIoEx,
    WSACreateEvent,
    WSAGetLastError,
    WSAGetOverlappedResult,
    WSASend,
    WSAWaitForMultipleEvents,
)

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLES = ROOT / "examples"
PATIENCE = 20  # seconds until something that should happen counts as not happening


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def run(example: str, *arguments: str, stdin: bytes = b"", timeout: float = PATIENCE) -> subprocess.CompletedProcess[bytes]:
    """Run an example to its end."""
    command = [sys.executable, str(EXAMPLES / f"{example}.py"), *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, timeout=timeout)


class Server:
    """`with Server("overlapped_echo_server") as server:` — started, listening, and ended at the end in any case."""

    def __init__(self, name: str, *arguments: str, source: Path | None = None) -> None:
        self.name, self.port = name, free_port()
        script = source or EXAMPLES / f"{name}.py"
        command = [sys.executable, str(Path(__file__).with_name("watched.py")), str(script), str(self.port), *arguments]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.out: list[str] = []
        self.err: list[str] = []
        self.changed = threading.Condition()
        self.readers = [
            threading.Thread(target=self._read, args=(stream, lines), daemon=True)
            for stream, lines in ((self.process.stdout, self.out), (self.process.stderr, self.err))
        ]
        for reader in self.readers:
            reader.start()

    def _read(self, stream, lines: list[str]) -> None:
        for line in stream:
            with self.changed:
                lines.append(line.decode(errors="replace").rstrip("\r\n"))
                self.changed.notify_all()
        with self.changed:
            self.changed.notify_all()

    def __enter__(self) -> Server:
        self.connect().close()  # so that it listens
        self.wait_for_line("Client disconnected", 1)
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE)
        for reader in self.readers:
            reader.join(PATIENCE)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            try:
                stream.close()
            except OSError:  # a command that the killed process did not take
                pass

    def connect(self, host: str = "127.0.0.1", buffers: int = 0) -> socket.socket:
        """A new client; again if it is refused: the server does not listen yet, or (on Windows) its queue is full."""
        end = time.monotonic() + PATIENCE
        while True:
            client = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
            client.settimeout(PATIENCE)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if buffers:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffers)
                client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, buffers)
            try:
                client.connect((host, self.port))
                return client
            except BaseException as error:
                client.close()
                if not isinstance(error, ConnectionRefusedError):
                    raise
                if self.process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"the server does not listen: {self.err}") from None

    def wait_for_line(self, line: str, count: int, patience: float = PATIENCE) -> None:
        """Wait until the server has printed `line` `count` times."""
        with self.changed:
            if not self.changed.wait_for(lambda: self.out.count(line) >= count, patience):
                raise TimeoutError(f"{self.out.count(line)} of {count} times {line!r}; stderr: {self.err[-5:]}")

    def command(self, word: str) -> None:
        self.process.stdin.write(f"{word}\n".encode())
        self.process.stdin.flush()

    def report(self) -> dict[str, int]:
        """The server's live blocks, handles and memory (bytes), at this moment."""
        with self.changed:
            seen = len(self.err)
            self.command("report")
            if not self.changed.wait_for(lambda: any(line.startswith("report") for line in self.err[seen:]), PATIENCE):
                raise TimeoutError(f"no report; stderr: {self.err[-5:]}")
            line = next(line for line in self.err[seen:] if line.startswith("report"))
        return {key: int(value) for key, value in re.findall(r"(\w+)=(\d+)", line)}

    def wait_until(self, condition: Callable[[dict[str, int]], bool]) -> dict[str, int]:
        """Ask for reports until the condition holds; returns the last report."""
        end = time.monotonic() + PATIENCE
        while not condition(report := self.report()):
            if time.monotonic() > end:
                raise TimeoutError(f"never came true: {report}")
            time.sleep(0.02)
        return report

    def settled(self) -> dict[str, int]:
        """A report of when all clients have left, those too that left before they were accepted."""
        with self.connect() as last:  # clients are accepted in the order in which they came
            last.sendall(b"x")
            assert last.recv(1) == b"x"
        self.wait_until(lambda _: self.out.count("Client connect..") == self.out.count("Client disconnected"))
        return self.report()

    def interrupt(self) -> tuple[int, float, int]:
        """Ctrl+C. Returns the exit status, the seconds that the end took, and the blocks that were left."""
        started = time.monotonic()
        self.command("interrupt")
        status = self.process.wait(PATIENCE)
        seconds = time.monotonic() - started
        for reader in self.readers:
            reader.join(PATIENCE)
        end = next(line for line in self.err if line.startswith("end"))
        return status, seconds, int(re.findall(r"blocks=(\d+)", end)[0])


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


floods_memory = []  # what the system may hold to the end of the process


def flood(server: Server, most: int = 1 << 24) -> socket.socket:
    """A client that sends without ever reading, until the server, which cannot send any more, stops reading, too.

    Its last send is pending then. It is overlapped, since what is left of a non-blocking one goes on in the background from
    Wine 9 on, even after closesocket: a reset would have to wait for it.
    """
    client = server.connect(buffers=8192)  # small, so that they are soon full
    client.settimeout(None)
    data = create_string_buffer(65536)
    wsaBuf, overlapped = WSABUF(len(data), cast(data, PBYTE)), WSAOVERLAPPED(hEvent=WSACreateEvent())
    floods_memory.append((data, wsaBuf, overlapped))
    hEvents, count, flags = (WSAEVENT * 1)(overlapped.hEvent), DWORD(), DWORD()
    for _ in range(0, most, len(data)):
        if WSASend(client.fileno(), byref(wsaBuf), 1, NULL, 0, byref(overlapped), NULL) == SOCKET_ERROR:
            assert WSAGetLastError() == WSA_IO_PENDING, repr(WSAGetLastError())
        if WSAWaitForMultipleEvents(1, hEvents, FALSE, 600, FALSE) == WSA_WAIT_TIMEOUT:  # ms: not just a busy computer
            return client
        assert WSAGetOverlappedResult(client.fileno(), byref(overlapped), byref(count), FALSE, byref(flags)), repr(
            WSAGetLastError()
        )
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
        assert self.process.stdout.readline().strip() == b"busy"
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()
