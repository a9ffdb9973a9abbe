"""The Python programs and their C peers (tests/c/*.c) cannot be told apart: same bytes, same lines, same exit statuses."""

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from tests.support.processes import EXAMPLES, PATIENCE, ROOT, Program, free_port

BUILT = ROOT / "tests" / "c" / ".build"
PEERS = ("c", "python")

pytestmark = pytest.mark.skipif(
    not all((BUILT / f"{name}.exe").exists() for name in ("overlapped_echo_server", "echo_client")),
    reason="the C programs are not built: run tests/c/build first",
)

LINES = [
    b"Hello, overlapped I/O",
    "안녕하세요, 윈도우 소켓".encode(),
    b"",
    b"short",
    b"a" * 1022,  # with its line end exactly what the client's buffer holds
    b"b" * 1023,
    b"c" * 1024,
    "길".encode() * 1000,  # 3,000 bytes: pieces of 1,023 that cut characters in two
    bytes(set(range(256)) - set(b"\r\n")),
    b"a \r in the middle",
    b"Quit is a longer word",
]
SCRIPT = b"\n".join([*LINES, b"Q", b"not sent any more\n"])


def command(peer: str, program: str, *arguments: object) -> list[str]:
    start = [str(BUILT / f"{program}.exe")] if peer == "c" else [sys.executable, str(EXAMPLES / f"{program}.py")]
    return [*start, *map(str, arguments)]


@pytest.mark.parametrize("source", ["overlapped_echo_server.c", "echo_client.c", "peer.h"])
def test_the_c_programs_are_built_from_these_sources(source):
    built, now = BUILT / source, BUILT.parent / source
    assert built.exists() and built.read_bytes() == now.read_bytes(), "older than its source: run tests/c/build again"


class Server(Program):
    def __init__(self, peer: str) -> None:
        self.port = free_port()
        group = subprocess.CREATE_NEW_PROCESS_GROUP  # type: ignore[attr-defined]
        super().__init__(command(peer, "overlapped_echo_server", self.port), merged=True, creationflags=group)

    def connect(self) -> socket.socket:
        return self.connect_to(self.port)

    def interrupt(self) -> None:
        """Ctrl+Break, to be handled like Ctrl+C. Only a test that runs in a console can send it."""
        try:
            self.process.send_signal(signal.CTRL_BREAK_EVENT)  # type: ignore[attr-defined]
        except (OSError, SystemError):
            pytest.skip("no console here to send Ctrl+Break from, as in Wine without a display")

    def printed(self) -> bytes:
        """All that it printed, after its end."""
        self.kill()
        return bytes(self.output).replace(b"\r\n", b"\n")


@pytest.fixture(params=PEERS)
def server(request: Any) -> Iterator[Server]:
    with Server(request.param) as started:
        yield started


def relay(source: socket.socket, target: socket.socket, seen: bytearray) -> None:
    """Pass on what comes from `source` and keep a copy, until its end."""
    while data := source.recv(65536):
        seen += data
        target.sendall(data)
    target.shutdown(socket.SHUT_WR)


class Conversation(NamedTuple):
    printed: bytes
    status: int
    sent: bytes
    received: bytes


def converse(server: Server, peer: str, script: bytes) -> Conversation:
    """Run a client on a script, with a relay between the two that records every byte."""
    sent, received = bytearray(), bytearray()
    with socket.create_server(("127.0.0.1", 0)) as listener, server.connect() as to_server:
        listener.settimeout(PATIENCE)
        to_server.settimeout(PATIENCE)
        with Program(command(peer, "echo_client", "127.0.0.1", listener.getsockname()[1]), merged=True) as client:
            to_client, _ = listener.accept()
            with to_client:
                to_client.settimeout(PATIENCE)
                relays = [
                    threading.Thread(target=relay, args=(to_client, to_server, sent)),
                    threading.Thread(target=relay, args=(to_server, to_client, received)),
                ]
                for thread in relays:
                    thread.start()
                client.type(script)
                client.process.stdin.close()
                status = client.wait()
                for thread in relays:
                    thread.join(PATIENCE)
    return Conversation(bytes(client.output).replace(b"\r\n", b"\n"), status, bytes(sent), bytes(received))


def pieces(line: bytes) -> list[bytes]:
    return [line[at : at + 1023] for at in range(0, len(line), 1023)]


@pytest.mark.parametrize("client", PEERS)
def test_every_pair_exchanges_the_same_bytes_and_prints_the_same_lines(server: Server, client: str) -> None:
    said = converse(server, client, SCRIPT)
    server.wait_for_line("Client disconnected")

    wanted = b"".join(line + b"\n" for line in LINES)
    assert said.sent == wanted
    assert said.received == wanted
    printed = b"Connected ... \nInput message (Q to quit)"
    for line in LINES:
        for piece in pieces(line + b"\n"):
            printed += b"Message from server : " + piece + b"Input message (Q to quit)"
    assert said.printed == printed
    assert said.status == 0
    assert server.printed() == b"Client connect..\nClient disconnected\n"


@pytest.mark.parametrize("script", [b"", b"q\r\n", b"no line end", b"typed\r\non a console\r\n"])
def test_ends_of_input_and_of_lines(server: Server, script: bytes) -> None:
    in_c, in_python = (converse(server, client, script) for client in PEERS)
    assert in_c == in_python
    assert in_c.status == 0
    assert in_c.sent == in_c.received == (b"" if script == b"q\r\n" else script.replace(b"\r\n", b"\n"))


def test_ctrl_break_ends_the_server_with_clients_still_there(server: Server) -> None:
    with server.connect() as one, server.connect() as another:
        for client in (one, another):
            client.sendall(b"still there")
            assert client.recv(100) == b"still there"
        server.interrupt()
        assert server.wait() == 0
    assert server.printed() == b"Client connect..\n" * 2 + b"Client disconnected\n" * 2


def run(peer: str, program: str, *arguments: object) -> tuple[int, bytes, bytes]:
    done = subprocess.run(command(peer, program, *arguments), stdin=subprocess.DEVNULL, capture_output=True, timeout=20)
    name = command(peer, program)[-1].encode()
    return done.returncode, done.stdout.replace(b"\r\n", b"\n").replace(name, b"NAME"), done.stderr.replace(b"\r\n", b"\n")


@pytest.mark.parametrize(
    ("program", "arguments"),
    [
        ("overlapped_echo_server", ()),
        ("overlapped_echo_server", ("9190", "more")),
        *(("overlapped_echo_server", (port,)) for port in ("0", "65536", "-1", "+1", "", "http", "9190x", "999999999999")),
        ("echo_client", ()),
        ("echo_client", ("127.0.0.1",)),
        ("echo_client", ("127.0.0.1", "0")),
        ("echo_client", ("localhost", "9190")),
    ],
)
def test_wrong_arguments_are_answered_alike(program: str, arguments: tuple[str, ...]) -> None:
    status, out, err = run("c", program, *arguments)
    assert status == 1 and (out + err).count(b"\n") == 1
    assert run("python", program, *arguments) == (status, out, err)


def test_a_refused_connection_is_reported_alike() -> None:
    arguments = ("echo_client", "127.0.0.1", free_port())
    status, out, err = run("c", *arguments)
    assert status == 1 and b"WSAECONNREFUSED (10061)" in err
    assert run("python", *arguments) == (status, out, err)


def test_a_port_in_use_is_reported_alike() -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)  # type: ignore[attr-defined]
        taken.bind(("0.0.0.0", 0))
        taken.listen()
        arguments = ("overlapped_echo_server", taken.getsockname()[1])
        status, out, err = run("c", *arguments)
        assert status == 1 and err.startswith(b"bind() error ")
        assert run("python", *arguments) == (status, out, err)
