"""The exercises of docs/exercises.md.

Each is a check of a running server. It must pass for the solution, must fail for the program that the exercise begins with,
and is switched on for the reader by the reader's file: examples/exercises/mine/ex01.py and so on (see start.py).
"""

from __future__ import annotations

import ast
import io
import itertools
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from ctypes import ArgumentError
from pathlib import Path
from types import SimpleNamespace

import pytest
import start
from start import BEGINNINGS, MINE, beginning, patched, solution

from tests.pages.steps import log_of, steps_of
from tests.support import processes
from tests.support.deviations import ON_WINE
from tests.support.processes import PATIENCE, ROOT, Ended, Server, receive, reset
from tests.support.recordings import events_in
from winsock_ctypes import (
    DWORD,
    INVALID_SOCKET,
    LPOVERLAPPED,
    LPWSAOVERLAPPED_COMPLETION_ROUTINE,
    WSABUF,
    WSAOVERLAPPED,
    Structure,
    WSARecv,
    byref,
    free,
    malloc,
)  # fmt: skip
from winsock_ctypes.trace.sentences import reader_language

LANGUAGE = reader_language(sys.__stdout__ or sys.stdout)  # pytest's own stands in for it, and can show everything


def must(holds: object, english: str, korean: str) -> None:
    """What is wanted, and was not so, is told to the reader in a sentence."""
    __tracebackhide__ = True
    if not holds:
        raise AssertionError(korean if LANGUAGE == "ko" else english)


AT_THE_END = ("not-closed", "not-freed", "event-not-closed", "port-not-closed")  # it was ended in the middle
ENDED = "서버가 먼저 끝났다:\n" if LANGUAGE == "ko" else "The server has ended:\n"


def own_words(err: list[str], name: str) -> list[str]:
    """What a server has said, without what was asked of it; of a traceback only what is the reader's own."""
    said, own = [], True
    for line in err:
        if line.startswith('  File "'):
            own = f"{name}.py" in line
        elif not line.startswith("    "):
            own = not line.startswith(("end", "report", "trace: "))
        if own:
            said.append(line)
    return said


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
        if why and (isinstance(why, Ended) or self.process.poll() or any("Traceback" in line for line in self.err)):
            self.wait(self.patience)  # what it has to say is more to the point than what its clients missed
            why = Ended(ENDED + "\n".join(own_words(self.err, self.name) or ["-"]))
        super().__exit__()
        for client in self.clients:
            client.close()
        if isinstance(why, Ended):
            raise why

    def lines(self, pattern: str) -> list[str]:
        return [line for line in self.out if re.search(pattern, line)]

    def wait_until_line(self, pattern: str, count: int = 1) -> list[str]:
        try:
            self.wait_until(lambda: len(self.lines(pattern)) >= count, self.patience)
        except TimeoutError:
            wanted, times = re.sub(r"[\^$]|\\(.)", r"\1", pattern), len(self.lines(pattern))
            printed = "".join(f"\n    {line}" for line in self.out)
            must(
                False,
                f"The server should have printed {wanted!r} by now, {count} in all; it printed {times}:{printed}",
                f"서버가 지금쯤 {wanted!r}을 {count}번 출력했어야 하는데 {times}번 출력했다. 출력한 것:{printed}",
            )
        return self.lines(pattern)

    def end(self, *clients) -> None:
        """When the last client has gone, everything is freed; Ctrl+C ends the server; and nothing was raised."""
        for client in clients:
            client.close()
        end = time.monotonic() + self.patience
        while (blocks := self.report()["blocks"]) and time.monotonic() < end:
            time.sleep(0.02)
        must(
            blocks == 0,
            f"All clients have gone, and {blocks} blocks of memory are not freed.",
            f"클라이언트가 모두 떠났는데 메모리 블록 {blocks}개가 해제되지 않았다.",
        )
        status, _, _ = self.interrupt()
        self.has_ended_well(status)

    def has_ended_well(self, status: int) -> None:
        errors = "".join(f"\n    {line}" for line in self.err if not line.startswith(("end", "report")))
        must(
            status == 0 and not errors,
            f"After Ctrl+C the exit status is {status}, and it should be 0 with nothing on stderr:{errors}",
            f"Ctrl+C 다음의 종료 상태가 {status}다. 0이어야 하고 stderr에는 아무것도 없어야 한다:{errors}",
        )


def short(data: bytes | str) -> str:
    if isinstance(data, str):  # an error's name
        return data
    return repr(data) if len(data) <= 40 else f"{data[:40]!r}... ({len(data)})"


def echoes(client: socket.socket, sent: bytes, wanted: bytes | None = None) -> None:
    """What is sent comes back, as it is or as is wanted."""
    wanted = sent if wanted is None else wanted
    try:
        back: bytes | str = processes.echo(client, sent)
    except OSError as error:
        back = type(error).__name__
    must(
        back == wanted,
        f"{short(sent)} was sent. {short(wanted)} should come back; what came: {short(back)}.",
        f"{short(sent)}를 보냈다. 돌아와야 하는 것: {short(wanted)}. 돌아온 것: {short(back)}.",
    )


def comes(client: socket.socket, wanted: bytes) -> None:
    try:
        came: bytes | str = receive(client, len(wanted))
    except OSError as error:
        came = type(error).__name__
    must(
        came == wanted,
        f"{short(wanted)} should come from the server; what came: {short(came)}.",
        f"서버에서 와야 하는 것: {short(wanted)}. 온 것: {short(came)}.",
    )


CLOSED_ALREADY = (
    "closesocket or CancelIoEx was called with a socket that is closed already.",
    "이미 닫은 소켓에 closesocket이나 CancelIoEx를 불렀다.",
)


def without_waiting(seconds: float, come: Callable[[], object], english: str, korean: str) -> None:
    """Clients come within that time. Where they had to wait, they come once more: the machine may have been busy."""
    took = 0.0
    for _ in range(2):
        began = time.monotonic()
        come()
        took = time.monotonic() - began
        if took < seconds:
            return
    must(False, f"{english} It took {took:.1f} s.", f"{korean} {took:.1f}초가 걸렸다.")


def crowd(server: Running) -> list[socket.socket]:
    """Twenty clients that come at once."""
    clients: list[socket.socket] = []
    came = itertools.count(20, 20)

    def come() -> None:
        clients[:] = [server.connect() for _ in range(20)]
        server.wait_until_line("Client connect", next(came))

    without_waiting(
        1.5,  # not 1, for the machine's sake; one in each wait of 100 ms takes 1.9 s
        come,
        "Twenty clients that come at once should be accepted within one second.",
        "동시에 온 클라이언트 20개를 1초 안에 받아들여야 한다.",
    )
    return clients


def calls(source: str) -> set[str]:
    return {
        node.func.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }


def check01(server, source):
    """Client connect.. (N): how many there are now."""
    first, second = server.connect(), server.connect()
    server.wait_until_line(r"^Client connect.. \(1\)$")
    server.wait_until_line(r"^Client connect.. \(2\)$")
    first.close()
    server.wait_until_line("Client disconnected")
    third = server.connect()
    server.wait_until_line(r"^Client connect.. \(2\)$", 2)
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
        echoes(client, b"x" * size)
    client.close()
    server.wait_until_line("^Client disconnected after 6 receives$")
    other = server.connect()
    other.close()
    server.wait_until_line("^Client disconnected after 1 receives?$")
    server.end()


def check04(server, source):
    """Small letters come back as capital letters, all other bytes as they are."""
    client = server.connect()
    echoes(client, b"Hello, 123 z", b"HELLO, 123 Z")
    data = bytes(range(256))
    echoes(client, data, bytes(b - 32 if 97 <= b <= 122 else b for b in data))
    server.end(client)


def check05(server, source):
    """Each client is greeted with Welcome and a line's end; then its bytes come back."""
    for _ in range(2):
        client = server.connect()
        comes(client, b"Welcome\n")
        echoes(client, b"hello")
        echoes(client, b"y" * 3000)
        client.close()
    server.end()


def check06(server, source):
    """A client that says nothing for a second is disconnected; one that talks is not."""
    silent, talks = server.connect(), server.connect()
    began = time.monotonic()
    for _ in range(5):
        echoes(talks, b"x")
        time.sleep(0.3)
    sleeper = (
        "A client that says nothing for a second should be disconnected.",
        "1초 동안 아무 말도 하지 않은 클라이언트는 끊어야 한다.",
    )
    try:
        must(silent.recv(1) == b"", *sleeper)
    except ConnectionResetError:  # what Windows tells a peer when the other side closes with an operation pending
        pass
    except TimeoutError:
        must(False, *sleeper)
    server.wait_until_line("Client disconnected")
    must(time.monotonic() - began < 4, *sleeper)
    echoes(talks, b"still here")
    silent.close()
    server.connect()  # when it is accepted, the server has been once around since
    server.wait_until_line("Client connect", 3)
    must(
        calls(source) & {"CancelIoEx", "CancelIo"},
        "Nothing is cancelled: is the socket closed while its memory is the kernel's?",
        "취소하는 곳이 없다. 메모리가 아직 커널의 것인데 소켓을 닫는가?",
    )
    must(server.report()["stale"] == 0, *CLOSED_ALREADY)
    server.end(talks, *server.clients)


def check07(server, source):
    """Each piece comes back after its length in brackets, by one WSASend of two buffers."""
    client = server.connect()
    for text in (b"hello", b"x", b"twelve bytes"):
        client.sendall(text)
        comes(client, b"[%d]%b" % (len(text), text))
    sends = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "WSASend" and ast.unparse(node.args[2]) != "1"
    ]
    must(
        sends,
        "Each WSASend has a dwBufferCount of 1: was it copied together?",
        "WSASend의 dwBufferCount가 모두 1이다. 한데 복사했는가?",
    )
    server.end(client)


def check08(server, source):
    """Twenty clients that come at once are accepted within one second."""
    for client in crowd(server):
        echoes(client, b"x")
    server.end(*server.clients)


def check09(server, source):
    """Client disconnected: N bytes"""
    first, second = server.connect(), server.connect()
    for size in (10, 5, 3000):
        echoes(first, b"x" * size)
    echoes(second, b"hello")
    first.close()
    server.wait_until_line("^Client disconnected: 3015 bytes$")
    second.close()
    server.wait_until_line("^Client disconnected: 5 bytes$")
    third = server.connect()
    echoes(third, b"seventh")
    reset(third)
    server.wait_until_line("^Client disconnected: 7 bytes$")
    server.end()


def check10(server, source):
    """One alertable wait for connections and completions: AcceptEx, no accept, no FIONBIO, no SleepEx(100, TRUE) in turns."""
    names = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
    must("WSAID_ACCEPTEX" in names, "AcceptEx is not used.", "AcceptEx를 쓰지 않는다.")
    for name in ("accept", "ioctlsocket"):
        must(name not in calls(source), f"{name} is still called.", f"아직 {name}을 부른다.")
    must(
        "SO_UPDATE_ACCEPT_CONTEXT" in names,
        "Without SO_UPDATE_ACCEPT_CONTEXT the new socket is not quite connected.",
        "SO_UPDATE_ACCEPT_CONTEXT가 없으면 새 소켓은 아직 제대로 연결된 것이 아니다.",
    )

    def come() -> None:
        for _ in range(20):
            echoes(server.connect(), b"hello")

    without_waiting(
        2,
        come,
        "Twenty clients, one after the other, should not have to wait.",
        "차례로 온 클라이언트 20개가 기다리지 않아야 한다.",
    )
    clients = server.clients[-20:]
    clients.pop().close()
    reset(clients.pop())
    server.wait_until_line("Client disconnected", 2)
    for client in clients:
        echoes(client, b"x")
    server.end(*server.clients)


def check11(server, source):
    """One block for each client, with the OVERLAPPED as its first member: nothing is left in hEvent."""
    clients = [server.connect() for _ in range(3)]
    for client in clients:
        echoes(client, b"hello")
    blocks = server.report()["blocks"]
    must(
        blocks == 3,
        f"3 clients should have 3 blocks of memory, but there are {blocks}.",
        f"클라이언트 3개의 메모리 블록은 3개여야 하는데 {blocks}개다.",
    )
    must(not re.search(r"\.hEvent\b", source), "hEvent is still used.", "아직 hEvent를 쓴다.")
    clients.pop().close()
    reset(clients.pop())
    server.wait_until_line("Client disconnected", 2)
    server.end(*clients)


def check12(server, source):
    """A port and a thread of its own: no completion routine, no alertable wait, and a crowd is let in at once."""
    names = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
    must(
        "LPWSAOVERLAPPED_COMPLETION_ROUTINE" not in names,
        "There is still a completion routine.",
        "아직 Completion Routine이 있다.",
    )
    must(
        {"CreateIoCompletionPort", "GetQueuedCompletionStatus"} <= calls(source),
        "There is no completion port.",
        "완료 포트가 없다.",
    )
    clients = crowd(server)
    for client in clients:
        echoes(client, b"x" * 3000)
    clients.pop().close()
    reset(clients.pop())
    server.wait_until_line("Client disconnected", 2)
    for client in clients:
        echoes(client, b"x")
    must(server.report()["stale"] == 0, "A socket was closed twice.", "소켓을 두 번 닫았다.")
    server.end(*server.clients)


def check13(server, source):
    """Ctrl+C while clients are connected: each operation is cancelled and delivered, all is freed, the thread has ended."""
    clients = [server.connect() for _ in range(5)]
    for client in clients:
        echoes(client, b"hello")
    status, seconds, blocks = server.interrupt()
    server.has_ended_well(status)
    must(blocks == 0, f"{blocks} blocks of memory are not freed.", f"메모리 블록 {blocks}개가 해제되지 않았다.")
    delivered = len(server.lines("Client disconnected"))
    must(
        delivered == 5,
        f"Of 5 clients' last operations {delivered} were delivered.",
        f"클라이언트 5개의 마지막 입출력 가운데 {delivered}개만 전달되었다.",
    )
    must("CancelIoEx" in calls(source), "Nothing is cancelled.", "취소하는 곳이 없다.")
    must(server.at_the_end("stale") == 0, *CLOSED_ALREADY)
    must(seconds < 3, f"The end took {seconds:.1f} s.", f"끝나는 데 {seconds:.1f}초가 걸렸다.")
    must(
        "PostQueuedCompletionStatus" in calls(source),
        "Nobody tells the thread to end: PostQueuedCompletionStatus is not called.",
        "쓰레드에게 끝내라고 알리는 곳이 없다. PostQueuedCompletionStatus를 부르지 않는다.",
    )


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
def test_the_beginning_is_no_solution(number, tmp_path, monkeypatch):
    """... and the reader is told why, in one sentence, in the reader's language."""
    korean = number % 2 == 0
    monkeypatch.setattr(sys.modules[__name__], "LANGUAGE", "ko" if korean else "en")
    with pytest.raises(AssertionError) as told:
        run(number, beginning(number), tmp_path, patience=1.5)
    sentence = str(told.value).splitlines()[0]
    assert bool(re.search("[가-힣]", sentence)) == korean and re.search(r"[.?:]$", sentence), sentence


CANCELLED = "CancelIoEx(hSock, NULL)  #"
SLIPS = {
    "closed instead": (CANCELLED, "closesocket(hSock)  #"),
    "kept in mind": ("        lastHeard.pop(hSock, None)\n", ""),
}


@pytest.mark.parametrize(("took", "good"), [([0.4], True), ([3.1, 0.4], True), ([3.1, 3.1], False)])
def test_a_crowd_that_had_to_wait_once_is_followed_by_another(took, good, monkeypatch):
    clock, slow = [0.0], iter(took)
    server = SimpleNamespace(connect=lambda: None)
    server.wait_until_line = lambda pattern, count: clock.append(clock[-1] + next(slow))
    monkeypatch.setattr(sys.modules[__name__], "time", SimpleNamespace(monotonic=lambda: clock[-1]))
    if good:
        assert len(crowd(server)) == 20
    else:
        with pytest.raises(AssertionError, match="3.1"):
            crowd(server)
    assert next(slow, None) is None


def test_a_reader_who_fails_is_led_to_the_recorded_step(tmp_path):
    mine = tmp_path / "ex06.py"
    source = solution(6)
    assert source.count(CANCELLED) == 1
    mine.write_text(source.replace(CANCELLED, "CancelIoEx(hSock, NULL), closesocket(hSock)  #"), encoding="utf-8")
    (tmp_path / "_include_path.py").write_text(f"import sys\n\nsys.path.insert(1, {str(ROOT)!r})\n", encoding="utf-8")
    told = problem(6, mine)
    step, language = re.findall(r"file:///\S*ex06\.html#step=(\d+)&lang=(\w\w)", told)[0]
    assert re.search("closed already|이미 닫은", told.splitlines()[0]), told
    steps = steps_of(mine.with_suffix(".html").read_text(encoding="utf-8"))
    name, events = steps[int(step)]
    assert (name, language) == ("closesocket", LANGUAGE), told
    back = [each for _, some in steps for each in some if (each["e"], each.get("n")) == ("return", events[0]["n"])]
    assert "10038" in str(back), told  # in this step, if nothing came in between
    assert re.search(r"ex06\.py:\d+: closesocket", told) and not re.search("Traceback|watched", told), told
    mine.write_text(beginning(6).replace("def main", "def main("), encoding="utf-8")
    told = problem(6, mine)
    assert "SyntaxError" in told and "html" not in told and "runpy" not in told, told


def test_a_clean_end_cancels_and_does_not_close(tmp_path):
    source = solution(13)
    assert source.count("CancelIoEx(hSock, NULL)") == 1
    with pytest.raises(AssertionError, match="Nothing is cancelled|취소하는"):
        run(13, source.replace("CancelIoEx(hSock, NULL)", "closesocket(hSock)"), tmp_path, patience=3)


@pytest.mark.parametrize("slip", SLIPS)
def test_sleepers_must_be_cancelled_and_forgotten(slip, tmp_path):
    source = solution(6)
    assert source.count(SLIPS[slip][0]) == 1
    with pytest.raises(AssertionError, match="[Nn]othing is cancelled|closed already|취소하는|이미 닫은"):
        run(6, source.replace(*SLIPS[slip]), tmp_path, patience=3)


def test_a_program_that_ends_at_once_is_told_to_have_ended(tmp_path):
    (tmp_path / "ex01.py").write_text("# nothing yet\n", encoding="utf-8")
    assert problem(1, tmp_path / "ex01.py").strip() == f"{ENDED}-"


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
    if told := problem(number, mine):
        pytest.fail(told, pytrace=False)


def problem(number: int, mine: Path) -> str:
    """What is wrong with it: a sentence, or the server's own traceback (the test's is not to the point); and its recording."""
    try:
        with Running(mine.stem, source=mine) as server:
            CHECKS[number](server, mine.read_text(encoding="utf-8"))
    except AssertionError as why:
        return f"{why}\n{recording(number, mine)}"
    return ""


def recording(number: int, mine: Path) -> str:
    """Once more, recorded: what the recorder finds, and the page, at that step or else at the one where the check gave up."""
    page, done = mine.with_suffix(".html"), 0
    page.unlink(missing_ok=True)
    server = Running(mine.stem, source=mine, recorded=["-o", page, "--lang", LANGUAGE])
    server.patience = 3
    try:
        with server:
            try:
                CHECKS[number](server, mine.read_text(encoding="utf-8"))
            except AssertionError:
                done = sum(len(events) for _, events in steps_of(page.read_text(encoding="utf-8")))
                raise
    except AssertionError:
        pass
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    steps = [events for _, events in steps_of(text)] if text else []
    if not any(event["e"] == "call" for events in steps for event in events):  # it did not come so far
        return ""
    found = [event for event in events_in(log_of(text)) if event["e"] == "diagnosis" and event["kind"] not in AT_THE_END]
    counts = itertools.accumulate(map(len, steps))
    step = next((at for at, count in enumerate(counts) if done and count >= done), len(steps) - 1)
    if found:
        step = next((at for at, events in enumerate(steps) if any(e.get("n") == found[0]["n"] for e in events)), step)
    where = page.resolve().as_uri()
    where = where.replace("file:///Z:", "file://") if ON_WINE else where
    head = "기록했다. 브라우저로 열어 보자" if LANGUAGE == "ko" else "It is recorded: open this in a browser"
    return "\n".join([f"\n{head}: {where}#step={step}&lang={LANGUAGE}", *dict.fromkeys(event[LANGUAGE] for event in found)])


@pytest.mark.parametrize("page", ["docs/exercises.md", "docs/ko/exercises.md"])
def test_each_exercise_has_two_hints_and_its_solution(page):
    parts = re.split(r"^## (\d+)\. ", (ROOT / page).read_text(encoding="utf-8"), flags=re.M)[1:]
    assert list(map(int, parts[::2])) == list(CHECKS)
    for number, text in zip(parts[::2], parts[1::2], strict=True):
        assert text.count("<details>") == 2 and f"ex{int(number):02}.diff" in text, number


def test_what_the_package_says_is_explained():
    """The page's lines, by the mistakes that they are said to come from."""

    class PER_IO_DATA(Structure):
        _fields_ = [("overlapped", WSAOVERLAPPED), ("wsaBuf", WSABUF)]

    def receive(lpBuffers=None, lpFlags=None, lpOverlapped=None, routine=None):
        buffers, flags = lpBuffers or byref(block.wsaBuf), byref(DWORD()) if lpFlags is None else lpFlags
        WSARecv(INVALID_SOCKET, buffers, 1, None, flags, lpOverlapped or byref(block.overlapped), routine)

    def free_twice():
        address = malloc(1)
        free(address)
        free(address)

    block = PER_IO_DATA()
    mistakes = [
        lambda: receive(lpBuffers=block.wsaBuf),
        lambda: receive(lpFlags=0),
        lambda: receive(lpOverlapped=byref(block)),
        lambda: receive(routine=free_twice),
        lambda: LPWSAOVERLAPPED_COMPLETION_ROUTINE(free_twice),
        free_twice,
        lambda: free(byref(block)),
        lambda: LPOVERLAPPED().contents,
    ]
    for page in ("docs/exercises.md", "docs/ko/exercises.md"):
        rows = re.findall(r"^\| `(.*)` \| \S.* \|$", (ROOT / page).read_text(encoding="utf-8"), re.M)
        assert len(rows) == len(mistakes)
        for said, mistake in zip(rows, mistakes, strict=True):
            with pytest.raises((TypeError, ValueError, ArgumentError), match=f"{re.escape(said)}$"):
                mistake()


WORK = "# an evening's work\n"


def begin(folder: Path, *arguments: object, language: str = "en_US.UTF-8") -> tuple[int, str, str]:
    command = [sys.executable, "-X", "utf8", str(ROOT / "examples/exercises/start.py"), *map(str, arguments)]
    environment = {**os.environ, "EXERCISES_FOLDER": str(folder), "LC_ALL": language}
    done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", timeout=PATIENCE)
    return done.returncode, done.stdout, done.stderr


IN_ENGLISH = ["1 --solution", "1 --soluton", "1 --sol", "1 2", "1 --keep --solution", "", "one", "--overwrite"]
IN_KOREAN = ["1", "1 --keep", "99"]


@pytest.mark.parametrize("arguments", IN_ENGLISH + IN_KOREAN)
def test_work_that_is_begun_stays(arguments, tmp_path):
    mine, diff = tmp_path / "ex01.py", ROOT / "examples/exercises/solutions/ex01.diff"
    mine.write_text(WORK, encoding="utf-8")
    kept = diff.read_bytes()
    korean = arguments in IN_KOREAN
    status, out, err = begin(tmp_path, *arguments.split(), language="ko_KR.UTF-8" if korean else "en_US.UTF-8")
    assert (mine.read_text(encoding="utf-8"), diff.read_bytes()) == (WORK, kept)
    assert status == 2 and out == "" and err.startswith("start.py: ") and err.count("\n") == 1
    assert bool(re.search("[가-힣]", err)) == korean, err
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


@pytest.mark.parametrize("argument", ["--help", "2"])
def test_start_speaks_korean(argument, tmp_path):
    status, out, err = begin(tmp_path, argument, language="ko_KR.UTF-8")
    assert (status, err) == (0, "") and re.search("[가-힣]", out), out + err


def test_an_exercise_is_tested_in_the_reader_s_language(tmp_path):
    """Without a word of pytest's: the check's sentence, or the server's last words, and how it stands."""
    assert begin(tmp_path, 4, "--solution")[0] == 0
    assert begin(tmp_path, 4, "--test", language="ko_KR.UTF-8") == (0, "연습문제 4: 통과했다\n", "")
    (tmp_path / "ex04.py").write_text("raise SystemExit('not today')\n", encoding="utf-8")
    status, out, err = begin(tmp_path, 4, "--test", language="ko_KR.UTF-8")
    assert (status, err) == (1, "") and out.endswith("\n연습문제 4: 아직이다\n")
    assert out.startswith("서버가 먼저 끝났다:\nnot today\n") and "ex04.html" not in out
    status, out, err = begin(tmp_path, 5, "--test")
    assert (status, out, err) == (2, "", "start.py: this is not begun: start.py 5\n")


def test_nothing_to_keep_is_one_line(tmp_path):
    status, out, err = begin(tmp_path, 1, "--keep")
    assert (status, out, err.count("\n")) == (2, "", 1) and "ex01.py" in err


@pytest.mark.parametrize("name", ["stdout", "stderr"])
def test_start_speaks_korean_only_where_it_can_be_shown(name, monkeypatch):
    monkeypatch.setenv("LC_ALL", "ko_KR.UTF-8")
    streams = {stream: io.TextIOWrapper(io.BytesIO(), "utf-8") for stream in ("stdout", "stderr")}
    for stream in streams:
        monkeypatch.setattr(sys, stream, streams[stream])
    assert start.say("one", "하나") == "하나"
    monkeypatch.setattr(sys, name, io.TextIOWrapper(io.BytesIO(), "cp1252"))
    assert start.say("one", "하나") == "one"


@pytest.mark.parametrize("arguments", ["1", "1 --keep", "1 --test"])
def test_a_file_that_is_not_utf8_stays(arguments, tmp_path):
    (tmp_path / "ex01.py").write_bytes("# 저녁\n".encode("cp949"))
    status, out, err = begin(tmp_path, *arguments.split())
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert (tmp_path / "ex01.py").read_bytes() == "# 저녁\n".encode("cp949")


def test_a_folder_in_the_place_of_the_file(tmp_path):
    (tmp_path / "ex01.py").mkdir()
    for arguments in ("1", "1 --test"):
        status, out, err = begin(tmp_path, *arguments.split())
        assert (status, out, err.count("\n")) == (2, "", 1)


def test_what_the_console_cannot_show_is_no_failure(tmp_path):
    folder = tmp_path / "새 폴더"
    folder.mkdir()
    (folder / "ex01.py").write_text("x = (\n", encoding="utf-8")
    environment = {**os.environ, "EXERCISES_FOLDER": str(folder), "PYTHONIOENCODING": "cp1252"}
    command = [sys.executable, str(ROOT / "examples/exercises/start.py"), "1", "--test"]
    done = subprocess.run(command, env=environment, capture_output=True, timeout=3 * PATIENCE)
    assert (done.returncode, done.stderr) == (1, b"") and b"SyntaxError" in done.stdout and b"not yet" in done.stdout


def test_a_diff_must_fit_exactly_once():
    assert patched("a\nb\nc\n", "--- a\n+++ b\n@@ -1,2 +1,2 @@\n a\n-b\n+B\n") == "a\nB\nc\n"
    for text in ("a\nc\n", "a\nb\na\nb\n"):
        with pytest.raises(ValueError, match="places, not 1"):
            patched(text, "--- a\n+++ b\n@@ -1,2 +1,2 @@\n a\n-b\n+B\n")
