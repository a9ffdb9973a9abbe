"""Real debuggers on real examples: debugpy through the Debug Adapter Protocol, pdb through its prompt.

The tours are what docs/debugger-tour.md tells the reader to do; here the same is done.
"""

from __future__ import annotations

import ctypes
import importlib.util
import re
import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from ctypes import byref, cast, sizeof
from pathlib import Path

import pytest

from tests.support.dap import LAUNCH, Debugged
from tests.support.processes import EXAMPLES, PATIENCE, ROOT, Program, free_port, receive
from tests.support.tours import TOURS, Stop, Tour, line_number
from winsock_ctypes import (
    ADDRINFOW,
    AF_INET,
    AF_INET6,
    AI_PASSIVE,
    BYTE,
    FD_CLOSE,
    FD_CLOSE_BIT,
    FD_READ,
    LPSOCKADDR,
    PBYTE,
    POINTER,
    POLLHUP,
    POLLIN,
    SOCK_STREAM,
    SOCKADDR_IN,
    SOCKADDR_IN6,
    SOCKADDR_STORAGE,
    WSABUF,
    WSAECONNRESET,
    WSANETWORKEVENTS,
    WSAPOLLFD,
    Structure,
    free,
    htons,
    in6addr_loopback,
    inet_addr,
    malloc,
)

needs_debugpy = pytest.mark.skipif(
    importlib.util.find_spec("debugpy") is None, reason="debugpy is not installed: pip install --group debug"
)
NAMES = {path.stem for path in EXAMPLES.glob("[!_]*.py")} - {"asyncio_overlapped"}  # which is imported


# ---- the tours ---------------------------------------------------------------------------------------------------


class Peer:
    """The other side, which runs on while the program stands still: a client of a server, or a server of the client."""

    def __init__(self, tour: Tour, port: int, program: Debugged) -> None:
        self.program, self.port = program, port
        self.listener = socket.create_server(("127.0.0.1", port)) if tour.needs_server else None
        if self.listener:
            threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        connection, _ = self.listener.accept()
        with connection:
            while data := connection.recv(1024):
                connection.sendall(data)

    def act(self, what: str) -> None:
        if what == "connect":
            self.client = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        elif what == "say":
            self.client.sendall(b"hello\n")
        elif what == "leave":
            assert receive(self.client, 6) == b"hello\n"
            self.client.close()
        elif what in ("type", "quit"):
            self.program.type(b"hello\n" if what == "type" else b"Q\n")

    def close(self) -> None:
        if self.listener:
            self.listener.close()
        if hasattr(self, "client"):
            self.client.close()


def check(program: Debugged, stop: Stop, lines: list[str]) -> None:
    """The program stands where the tour says, and shows what the tour says."""
    expected = {stop.function: stop.line} | stop.callers
    frames = [frame for frame in program.frames if frame["name"] != "<module>"]
    assert [frame["name"] for frame in frames] == list(expected)  # no frame of the package, of ctypes or of threading
    for frame, line in zip(frames, expected.values(), strict=True):
        assert lines[frame["line"] - 1].strip().startswith(line)
    end = time.monotonic() + PATIENCE
    while True:  # the kernel may take its time between two lines
        seen = dict(zip(stop.look, program.evaluate(*stop.look), strict=True))
        if all(text in seen[expression] for expression, text in stop.look.items()):
            break
        assert time.monotonic() < end, (stop.look, seen)
    pane = program.variables()
    for expression in stop.look.keys() & pane.keys():
        assert pane[expression] == seen[expression]
    assert not re.findall(r"<(?:winsock_ctypes|__main__)\.(?!Output|\w+_Array_)\w+ object at .*", "\n".join(pane.values()))


@pytest.fixture(scope="module")
def drives():
    """Most of a tour is waiting, so three at a time are driven."""
    pool = ThreadPoolExecutor(3)
    yield {tour.example: pool.submit(drive, tour) for tour in TOURS}
    pool.shutdown(cancel_futures=True)


@needs_debugpy
@pytest.mark.parametrize("example", [tour.example for tour in TOURS])
def test_tour(drives, example):
    drives[example].result()


def drive(tour: Tour) -> None:
    script = f"examples/{tour.example}.py"
    source = (ROOT / script).read_text(encoding="utf-8")
    lines = source.splitlines()
    breakpoints = [line_number(source, stop.function, stop.line) for stop in tour.stops]
    port = free_port()
    with Debugged(script, *(str(port) if argument == "9190" else argument for argument in tour.arguments)) as program:
        if tour.example == "demo":
            program.process.stdin.close()  # it has nothing to read, so it sends its own script
        peer = Peer(tour, port, program)
        try:
            program.start({script: breakpoints[:1]})
            assert program.wait_for_stop() == "breakpoint"
            for number, stop in enumerate(tour.stops):
                check(program, stop, lines)
                peer.act(stop.peer)
                if stop.step == "continue":
                    program.set_breakpoints(script, [breakpoints[number + 1]])
                    program.run_on()
                    assert program.wait_for_stop() == "breakpoint"
                elif stop.step != "end":
                    program.step(stop.step)
            program.set_breakpoints(script, [])
            if "echo_server" in tour.example:
                left_alone(program, peer)
        finally:
            peer.close()
            if tour.example == "demo":  # it goes on, and stops its own processes at the end
                program.disconnect(terminate=False)
                program.process.wait(PATIENCE)
        assert b"Traceback" not in program.output, program.output


def left_alone(program: Debugged, peer: Peer) -> None:
    """The server goes on, also with those who came while it stood still."""
    with socket.create_connection(("127.0.0.1", peer.port), timeout=PATIENCE) as other:
        other.sendall(b"meanwhile")
        program.run_on()
        assert receive(other, 9) == b"meanwhile"


def test_every_example_has_a_tour():
    assert {tour.example for tour in TOURS} == NAMES - {"asyncio_echo_server"}  # docs/asyncio.md goes through it


# ---- .vscode/launch.json -----------------------------------------------------------------------------------------


def configuration(name: str) -> dict:
    return next(entry for entry in LAUNCH["configurations"] if entry["name"].startswith(name))


def test_launch_json_has_every_example_and_the_tours_arguments():
    launched = {entry["name"]: entry for entry in LAUNCH["configurations"] if entry["request"] == "launch"}
    assert launched.keys() == NAMES
    for tour in TOURS:
        assert launched[tour.example]["program"] == f"${{workspaceFolder}}/examples/{tour.example}.py"
        assert tuple(launched[tour.example]["args"]) == tour.arguments


def test_launch_json_hides_the_package_everywhere_and_has_the_compound():
    first = configuration("overlapped_echo_server")
    assert all((entry["rules"], entry["justMyCode"]) == (first["rules"], True) for entry in LAUNCH["configurations"])
    assert [entry["configurations"] for entry in LAUNCH["compounds"]] == [["overlapped_echo_server", "echo_client"]]


@needs_debugpy
@pytest.mark.parametrize("said", [{"clientOS": "unix"}, {}], ids=["unix", "nothing"])
def test_attaching_from_linux(said):
    """The editor on Linux sends and gets paths of its own; `.` is the program's current directory, the repository.

    Which kind of paths, it must say: Microsoft's extension says `clientOS` by itself.
    """
    here = Path("/home/reader/winsock_ctypes")
    mappings = configuration("attach (from Linux")["pathMappings"]
    mappings = [{key: text.replace("${workspaceFolder}", here.as_posix()) for key, text in entry.items()} for entry in mappings]
    script = "examples/nonblocking_accept.py"
    line = line_number((ROOT / script).read_text(encoding="utf-8"), "main", "getsockname(")
    with Debugged(script, root=here.as_posix()) as program:
        program.start({script: [line]}, pathMappings=mappings, **said)
        assert program.wait_for_stop() == "breakpoint"
        top = program.frames[0]
        assert (top["source"]["path"], top["line"]) == (f"{here.as_posix()}/{script}" if said else str(here / script), line)
        program.disconnect(terminate=True)


def with_a_line(folder: Path, example: str, function: str, line: str, before: str) -> Path:
    """A copy of the example with one more line, before the given one."""
    lines = (EXAMPLES / f"{example}.py").read_text(encoding="utf-8").splitlines(keepends=True)
    at = line_number("".join(lines), function, line) - 1
    indent = lines[at][: -len(lines[at].lstrip())]
    copy = folder / f"{example}.py"
    copy.write_text("".join([*lines[:at], f"{indent}{before}\n", *lines[at:]]), encoding="utf-8")
    return copy


@needs_debugpy
def test_an_exception_in_a_routine_stops_there(tmp_path, monkeypatch):
    """As uncaught: it is on its way through SleepEx to main, and nobody catches it."""
    script = with_a_line(tmp_path, "overlapped_echo_server", "ReadComRoutine", "hbInfo = ", "raise ValueError('mine')")
    monkeypatch.setenv("PYTHONPATH", str(EXAMPLES))
    port = free_port()
    with Debugged(str(script), str(port)) as program:
        program.start({}, exceptions=["uncaught"])
        with program.connect_to(port) as client:
            client.sendall(b"hello")
            assert program.wait_for_stop() == "exception"
            assert [frame["name"] for frame in program.frames][:3] == ["ReadComRoutine", "main", "<module>"]
            assert program.variables()["szRecvBytes"] == "5"
            program.disconnect(terminate=True)


# ---- pdb ---------------------------------------------------------------------------------------------------------


class Pdb(Program):
    """A Python command with a pdb in it, and what a reader types at the prompt."""

    def __init__(self, *command: str) -> None:
        super().__init__([sys.executable, *command], merged=True, cwd=ROOT)
        self.seen = 0  # bytes of the output

    def answer(self) -> str:
        """All up to the next prompt, or up to the end."""
        self.wait_until(lambda: self.output.endswith(b"(Pdb) ", self.seen) or not self.readers[0].is_alive())
        text, self.seen = self.output[self.seen :], len(self.output)
        return text.decode(errors="replace").replace("\r\n", "\n")

    def command(self, text: str) -> None:
        self.type(f"{text}\n".encode())

    def ask(self, command: str) -> str:
        self.command(command)
        return self.answer()


SERVER = "examples/overlapped_echo_server.py"


def test_pdb_steps_into_the_routine():
    source = (ROOT / SERVER).read_text(encoding="utf-8")
    port = free_port()
    with Pdb("-m", "pdb", SERVER, str(port)) as pdb:
        assert "overlapped_echo_server.py(1)<module>()" in pdb.answer()
        assert "Breakpoint 1" in pdb.ask(f"b {line_number(source, 'main', 'error = WSARecv(')}")
        pdb.command("c")
        with pdb.connect_to(port) as client:
            assert "-> error = WSARecv(" in pdb.answer()
            assert "SOCKADDR_IN(AF_INET, 127.0.0.1:" in pdb.ask("pp recvAdr")
            assert "<INT WSARecv(SOCKET s, " in pdb.ask("pp WSARecv")
            assert "-> if error == SOCKET_ERROR and WSAGetLastError() != WSA_IO_PENDING" in pdb.ask("n")
            assert "(WSA_IO_PENDING (997)," in (answer := pdb.ask("pp WSAGetLastError(), lpOvLp")), answer
            assert "Internal=STATUS_PENDING (259)" in answer
            client.sendall(b"hello\n")
            end = time.monotonic() + PATIENCE
            while "Internal=STATUS_SUCCESS (0), InternalHigh=6" not in pdb.ask("pp lpOvLp"):
                assert time.monotonic() < end
            assert "-> while running:" in pdb.ask("n")
            assert "-> SleepEx(100, TRUE)" in pdb.ask("n")
            answer = pdb.ask("s")
            assert "--Call--" in answer and "ReadComRoutine()" in answer
            frames = re.findall(r"\((\d+)\)(\w+)\(\)", pdb.ask("where"))
            sleeps = line_number(source, "main", "SleepEx(100, TRUE)")
            assert frames[-2] == (str(sleeps), "main") and frames[-1][1] == "ReadComRoutine"
            pdb.ask("n"), pdb.ask("n")
            answer = pdb.ask("pp hbInfo")
            assert "buf=b'hello\\n" in answer and "WSABUF(len=1024" in answer
            pdb.command("q")  # inside of the routine
            assert pdb.process.wait(PATIENCE) == 0
            assert "restarted" not in pdb.answer()


@pytest.mark.parametrize(
    "example, function, line, caller",
    [
        ("overlapped_echo_server", "ReadComRoutine", "buf_Info = ", "SleepEx(100, TRUE)"),
        ("iocp_echo_server", "EchoThreadMain", "ComRoutine = ReadComRoutine", "Thread"),
    ],
)
def test_quitting_in_a_routine_or_worker_ends_the_program(tmp_path, monkeypatch, example, function, line, caller):
    """ctypes alone would print "Exception ignored", and the server would go on."""
    script = with_a_line(tmp_path, example, function, line, "breakpoint()")
    monkeypatch.setenv("PYTHONPATH", str(EXAMPLES))
    port = free_port()
    with Pdb(str(script), str(port)) as pdb, pdb.connect_to(port) as client:
        client.sendall(b"hello\n")
        assert f"{function}()" in pdb.answer()
        assert "hello" in pdb.ask("pp hbInfo")
        pdb.command("q")
        asks = sys.version_info >= (3, 14)  # "Quit anyway? [y/n]", and then it is a SystemExit, which shows no traceback
        if asks:
            pdb.command("y")
        answer = pdb.answer()
        assert pdb.process.wait(PATIENCE) == 1 and "ignored" not in answer
        assert answer.rstrip().endswith("[y/n]" if asks else "bdb.BdbQuit") and (asks or caller in answer)


# ---- what is seen, whatever the debugger -------------------------------------------------------------------------


def test_addresses_buffers_and_flags_by_name():
    address = SOCKADDR_IN(AF_INET, htons(9190))
    address.sin_addr.S_un.S_addr = inet_addr(b"127.0.0.1")
    address6 = SOCKADDR_IN6(AF_INET6, htons(9190), sin6_addr=in6addr_loopback)
    storage = SOCKADDR_STORAGE()
    for other, text in ((address, "SOCKADDR_IN(AF_INET, 127.0.0.1:9190)"), (address6, "SOCKADDR_IN6(AF_INET6, [::1]:9190)")):
        ctypes.memmove(byref(storage), byref(other), sizeof(other))
        assert repr(storage) == text
    assert repr(cast(byref(address), LPSOCKADDR)).endswith(" -> SOCKADDR_IN(AF_INET, 127.0.0.1:9190))")

    events = WSANETWORKEVENTS(FD_READ | FD_CLOSE)
    assert repr(events) == "WSANETWORKEVENTS(lNetworkEvents=FD_READ | FD_CLOSE (0x21), iErrorCode=no error)"
    events.iErrorCode[FD_CLOSE_BIT] = WSAECONNRESET
    assert repr(events).endswith("iErrorCode={5: WSAECONNRESET (10054)})")
    assert (
        repr(WSAPOLLFD(3, POLLIN, POLLHUP)) == "WSAPOLLFD(fd=3, events=POLLRDNORM | POLLRDBAND (0x300), revents=POLLHUP (0x2))"
    )
    assert "ai_flags=AI_PASSIVE (0x1), ai_family=AF_INET, ai_socktype=SOCK_STREAM" in repr(
        ADDRINFOW(AI_PASSIVE, AF_INET, SOCK_STREAM)
    )


class PER_IO_DATA(Structure):
    _fields_ = [("buf", BYTE * 1024), ("wsaBuf", WSABUF)]


def test_buffers():
    hbInfo = cast(malloc(sizeof(PER_IO_DATA)), POINTER(PER_IO_DATA))
    ctypes.memset(hbInfo, 0, sizeof(PER_IO_DATA))
    ctypes.memmove(hbInfo.contents.buf, b"hello\n", 6)
    wsaBuf, buf = hbInfo.contents.wsaBuf, hbInfo.contents.buf
    wsaBuf.buf, wsaBuf.len = buf, 6
    cut = "b'hello\\n" + "\\x00" * 26 + "'... (1024)"
    assert repr(wsaBuf).endswith(" -> b'hello\\n')") and repr(buf) == cut and f"PER_IO_DATA(buf={cut}" in repr(hbInfo)
    wsaBuf.len = 1024
    assert repr(wsaBuf).endswith(f" -> {cut})")
    elsewhere = WSABUF(6, wsaBuf.buf)
    free(hbInfo)
    for view in (hbInfo, wsaBuf, buf, elsewhere):
        assert "freed" in repr(view) and "\\xdd" not in repr(view)
    assert repr(WSABUF(6, cast(16, PBYTE))) == "WSABUF(len=6, buf=0x10 (not readable))"
