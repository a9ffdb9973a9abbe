"""Calls that fail at once, in the ports: where they start, and with clients. What fails is made to; all else is real."""

import json
import subprocess
import sys

import pytest

from tests.support.bounds import HANDLES
from tests.support.processes import EXAMPLES, ROOT, Server, echo, receive

STARTS = {
    "select_echo_server": ["WSAStartup", "bind", "listen", "select", "accept"],
    "overlapped_echo_server": ["WSAStartup", "bind", "listen", "accept"],
    "event_echo_server": ["WSAStartup", "bind", "listen", "accept"],
    "iocp_echo_server": ["WSAStartup", "bind", "listen", "accept"],
    "acceptex_echo_server": ["WSAStartup", "bind", "listen", "WSASocket:2"],
    "fewer_calls_echo_server": ["WSAStartup", "bind", "listen", "accept", "SetFileCompletionNotificationModes"],
    "echo_client": ["WSAStartup", "socket", "connect"],
    "nonblocking_accept": ["WSAStartup", "bind", "listen", "connect", "accept:2"],
}
CALLED = {"WSASocket:2": "AcceptEx", "accept:2": "accept"}  # whose error it is then


@pytest.mark.parametrize("name", STARTS)
def test_a_call_without_which_there_is_no_start(name):
    """Each is told by its name and its reason, in a line, and ends the program."""
    child = [
        sys.executable,
        ROOT / "tests" / "support" / "failing.py",
        EXAMPLES / f"{name}.py",
        *STARTS[name],
    ]
    done = subprocess.run(child, capture_output=True, encoding="utf-8", timeout=60, cwd=ROOT)
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert (len(told), done.stderr) == (len(STARTS[name]), "")
    for function, (status, error) in zip(STARTS[name], told, strict=True):
        reason = "WSAENOTSOCK" if function == "WSASocket:2" else "WSAENOBUFS (10055)"
        assert status == 1 and error.count("\n") == 1 and error.endswith("\n"), (function, status, error)
        assert error.startswith(f"{CALLED.get(function, function)}() error") and reason in error, error


# The calls of one kind are counted; the server is told below which of them fail.
FAILING = """
def _counted(real, fails):
    calls = iter(range(1, 1000))

    def call(*arguments):
        if next(calls) not in fails:
            return real(*arguments)
        WSASetLastError(WSAECONNRESET)
        return SOCKET_ERROR

    return call


{receive} = _counted({receive}, {{4, 7}})
{send} = _counted({send}, {{2}})
"""
SERVERS = [name for name in STARTS if name.endswith("server")]


@pytest.mark.parametrize("name", SERVERS)
def test_a_receive_or_a_send_that_fails_at_once(name, tmp_path):
    """It ends the one client, is told once, and nothing of it is left; the others do not notice."""
    names = {"receive": "recv", "send": "send"} if name.startswith("select") else {"receive": "WSARecv", "send": "WSASend"}
    source = (EXAMPLES / f"{name}.py").read_text("utf-8")
    star = "from winsock_ctypes import *\n"
    path = tmp_path / f"{name}.py"
    path.write_text(source.replace(star, star + FAILING.format(**names), 1), "utf-8")
    (tmp_path / "_include_path.py").write_text(f"import sys\n\nsys.path.insert(1, {str(ROOT)!r})\n", "utf-8")
    with Server(name, source=path) as server:  # its start: 1 receive, the end of a client
        before = server.settled()  # 2 receives and 1 send
        gone = server.out.count("Client disconnected")
        with server.connect() as client:  # receive 4 fails
            if name.startswith("select"):
                client.sendall(b"x")
            assert ended(client) == b""
            server.wait_for_line("Client disconnected", gone + 1)
        with server.connect() as client:  # send 2 fails
            client.sendall(b"x")
            assert ended(client) == b""
            server.wait_for_line("Client disconnected", gone + 2)
        with server.connect() as client:  # receive 7 fails, when the echo has been sent
            client.sendall(b"x")
            if name.startswith("select"):
                assert receive(client, 1) == b"x"
                client.sendall(b"y")
            assert ended(client) in (b"x", b"")  # a reset may overtake it
            server.wait_for_line("Client disconnected", gone + 3)
        with server.connect() as client:
            assert echo(client, b"hello" * 1000) == b"hello" * 1000
        after = server.settled()
        assert after["blocks"] == before["blocks"] and after["handles"] - before["handles"] in HANDLES
        assert server.out.count("Client disconnected") == gone + 5
        assert server.interrupt()[::2] == (0, 0)


def ended(client):
    """What comes until the end."""
    try:
        return receive(client, 10)
    except ConnectionResetError:
        return b""
