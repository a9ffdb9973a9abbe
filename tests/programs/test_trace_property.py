"""A right program is never accused: random ones, run under the recorder in this process."""

from __future__ import annotations

import socket as python_socket
from ctypes import byref, sizeof

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

import winsock_ctypes as w
from winsock_ctypes.trace.diagnosis import Diagnosis
from winsock_ctypes.trace.places import Places
from winsock_ctypes.trace.recorder import Recorder

HOWS = ("routine", "event", "port")
ENDINGS = ("peer closes", "cancel", "close", "data")
PLANS = st.lists(
    st.tuples(
        st.sampled_from(HOWS),
        st.lists(st.binary(min_size=1, max_size=40), max_size=3),
        st.sampled_from(ENDINGS),
        st.booleans(),  # memory of malloc's, or Python's
        st.integers(1, 64),  # bytes of the buffer
    ),
    min_size=1,
    max_size=3,
)


class Client:
    """One connection: receives what comes and sends it back, until its end; each completion is delivered."""

    def __init__(self, how: str, malloced: bool, size: int, port: int | None) -> None:
        self.how, self.size, self.malloced, self.over = how, size, malloced, False
        self.s, self.peer = connected()
        self.received = b""
        self.blocks: list[int] = []
        self.overlapped = self.room(w.WSAOVERLAPPED)
        self.buf = self.room(w.BYTE * size)
        self.event = w.WSACreateEvent() if how == "event" else None
        self.port = port
        if how == "port":
            assert w.CreateIoCompletionPort(self.s, port, self.s, 0) == port
        self.pending = False

    def room(self, ctype):
        if not self.malloced:
            return ctype()
        self.blocks.append(w.malloc(sizeof(ctype)))
        room = ctype.from_address(self.blocks[-1])
        w.memset(byref(room), 0, sizeof(ctype))
        return room

    def start(self, what, size: int) -> bool:
        w.memset(byref(self.overlapped), 0, sizeof(self.overlapped))
        if self.event:
            self.overlapped.hEvent = self.event
        wsaBuf, flags = w.WSABUF(size, self.buf), w.DWORD(0)
        routine = Routine() if self.how == "routine" else w.NULL
        self.routine = routine
        given = byref(flags) if what is w.WSARecv else 0
        if what(self.s, byref(wsaBuf), 1, w.NULL, given, byref(self.overlapped), routine) == w.SOCKET_ERROR:
            if w.WSAGetLastError() != w.WSA_IO_PENDING:
                return False
        return True

    def wait(self) -> tuple[int, int]:
        """Until the completion is delivered: (error, bytes)."""
        if self.how == "routine":
            delivered.clear()
            while not delivered:
                w.SleepEx(1000, w.TRUE)
            return delivered.pop()
        size, key, flags = w.DWORD(), w.ULONG_PTR(), w.DWORD()
        if self.how == "port":
            lpOverlapped = w.LPOVERLAPPED()
            if w.GetQueuedCompletionStatus(self.port, byref(size), byref(key), byref(lpOverlapped), 10000):
                return 0, size.value
            assert lpOverlapped
            return int(w.GetLastError()), 0
        if w.WSAGetOverlappedResult(self.s, byref(self.overlapped), byref(size), w.TRUE, byref(flags)):
            return 0, size.value
        return int(w.WSAGetLastError()), 0

    def exchange(self, data: bytes) -> None:
        self.peer.sendall(data)
        came = b""
        while len(came) < len(data):
            assert self.start(w.WSARecv, self.size)
            error, size = self.wait()
            assert error == 0 and size
            came += bytes(self.buf[:size])
            assert self.start(w.WSASend, size)
            assert self.wait() == (0, size)
        assert came == data

    def end(self, ending: str) -> None:
        if self.start(w.WSARecv, self.size):
            if ending == "peer closes":
                self.peer.close()
            elif ending == "data":
                self.peer.sendall(b"x")
            elif ending == "cancel" or self.how == "event":
                w.CancelIoEx(self.s, w.NULL)
            else:
                w.closesocket(self.s)
                self.over = True
            self.wait()
        if not self.over:
            w.closesocket(self.s)
        self.peer.close()
        if self.event:
            w.WSACloseEvent(self.event)
        for block in self.blocks:
            w.free(block)


delivered: list[tuple[int, int]] = []


def Routine():
    @w.LPWSAOVERLAPPED_COMPLETION_ROUTINE
    def routine(dwError, szBytes, lpOverlapped, flags):
        delivered.append((dwError, szBytes))

    return routine


def connected():
    with python_socket.create_server(("127.0.0.1", 0)) as listener:
        address = w.SOCKADDR_IN()
        address.sin_family = w.AF_INET
        address.sin_addr.S_un.S_addr = w.htonl(w.INADDR_LOOPBACK)
        address.sin_port = w.htons(listener.getsockname()[1])
        s = w.WSASocket(w.AF_INET, w.SOCK_STREAM, 0, w.NULL, 0, w.WSA_FLAG_OVERLAPPED)
        assert w.connect(s, byref(address), sizeof(address)) == 0
        return s, listener.accept()[0]


def program(plan) -> None:
    assert w.WSAStartup(w.MAKEWORD(2, 2), byref(w.WSADATA())) == 0
    port = w.CreateIoCompletionPort(w.INVALID_HANDLE_VALUE, w.NULL, 0, 0) if any(p[0] == "port" for p in plan) else None
    clients = [Client(how, malloced, size, port) for how, _, _, malloced, size in plan]
    for client, (_, pieces, _, _, _) in zip(clients, plan, strict=True):
        for piece in pieces:
            client.exchange(piece)
    for client, (_, _, ending, _, _) in zip(clients, plan, strict=True):
        client.end(ending)
    if port:
        w.CloseHandle(port)
    w.WSACleanup()


def findings(run, *arguments) -> list[str]:
    diagnosis, events = Diagnosis(), []

    def write(event):
        events.append(event)
        diagnosis.feed(event)

    recorder = Recorder(write)
    with Places(recorder):
        run(*arguments)
    recorder.end("the program ended")
    assert sum(event["e"] == "call" for event in events) > 5
    return [finding["en"] for finding in diagnosis.findings]


@seed(1)
@settings(max_examples=300, database=None, suppress_health_check=list(HealthCheck))
@given(PLANS)
def test_no_right_program_is_accused(plan):
    assert findings(program, plan) == []


def test_a_wrong_one_is():
    def wrong():
        program([("event", [b"x"], "data", True, 8)])
        assert w.WSAStartup(w.MAKEWORD(2, 2), byref(w.WSADATA())) == 0  # the program's is over
        left.extend([w.malloc(16), w.socket(w.AF_INET, w.SOCK_STREAM, 0)])

    left: list[int] = []
    kinds = [finding.partition(": ")[2] for finding in findings(wrong)]
    assert [kind.split(":")[0] for kind in kinds] == ["socket", "malloc"], kinds
    w.free(left[0])
    w.closesocket(left[1])
    w.WSACleanup()
