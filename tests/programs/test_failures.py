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


# The calls of one kind are counted; the server is told here which of them fail, and why.
FAILING = """
def _counted(real, fails, failed):
    calls = iter(range(1, 10_000))

    def call(*arguments):
        if (code := fails.get(next(calls))) is None:
            return real(*arguments)
        WSASetLastError(code)
        return failed

    return call


"""
SERVERS = [name for name in STARTS if name.endswith("server")]


def failing(folder, name, failures, more=()):
    """The example, in which calls fail: function -> number of the call -> the error. `more`: (text, what stands there then)."""
    source = (EXAMPLES / f"{name}.py").read_text("utf-8")
    lines = [FAILING]
    for function, fails in failures.items():
        codes = ", ".join(f"{number}: {code}" for number, code in fails.items())
        failed = "INVALID_SOCKET" if function == "accept" else "SOCKET_ERROR"
        lines.append(f"{function} = _counted({function}, {{{codes}}}, {failed})\n")
    for old, new in [("from winsock_ctypes import *\n", "from winsock_ctypes import *\n" + "".join(lines)), *more]:
        assert old in source
        source = source.replace(old, new)
    path = folder / f"{name}.py"
    path.write_text(source, "utf-8")
    (folder / "_include_path.py").write_text(f"import sys\n\nsys.path.insert(1, {str(ROOT)!r})\n", "utf-8")
    return path


@pytest.mark.parametrize("name", SERVERS)
def test_a_client_that_is_gone_before_it_is_accepted(name, tmp_path):
    """As the systems tell it, in each of their ways: the next one is accepted."""
    if name.startswith("acceptex"):
        called = "while not lpfnAcceptEx("
        counted = "AcceptEx = _counted(lambda *a: lpfnAcceptEx(*a), {1: WSAECONNRESET, 2: ERROR_NETNAME_DELETED}, FALSE)\n\n"
        more = [(called, "while not AcceptEx("), ("def main(", f"{counted}\ndef main(")]
        path = failing(tmp_path, name, {}, more)
    else:
        path = failing(tmp_path, name, {"accept": {1: "WSAECONNRESET", 2: "WSAENOTCONN", 3: "WSAEWOULDBLOCK"}})
    with Server(name, source=path) as server:
        with server.connect() as client:
            assert echo(client, b"hello") == b"hello"
        server.wait_for_line("Client disconnected", 2)
        assert server.out.count("Client connect..") == 2
        assert server.interrupt()[::2] == (0, 0) and server.at_the_end("open") == 0


def test_the_select_server_accepts_only_when_somebody_is_there(tmp_path):
    """A third accept would end it: but only two clients come."""
    path = failing(tmp_path, "select_echo_server", {"accept": {3: "WSAENOBUFS"}})
    with Server("select_echo_server", source=path) as server:
        with server.connect() as client:
            for _ in range(5):
                assert echo(client, b"hello") == b"hello"
        server.wait_for_line("Client disconnected", 2)
        assert server.interrupt()[::2] == (0, 0)


@pytest.mark.parametrize("name", ["iocp_echo_server", "acceptex_echo_server", "fewer_calls_echo_server"])
def test_the_servers_know_whose_connection_it_is(name, tmp_path):
    more = [("        free(byref(handleInfo))\n", "        puts(repr(handleInfo.clntAdr))\n        free(byref(handleInfo))\n")]
    with Server(name, source=failing(tmp_path, name, {}, more)) as server:
        with server.connect() as client:
            host, port = client.getsockname()
            assert echo(client, b"hello") == b"hello"
        server.wait_for_line(f"SOCKADDR_IN(AF_INET, {host}:{port})")


def test_a_send_of_the_select_server_that_is_cut_short(tmp_path):
    """What is left goes when there is room again; the first send finds none at all."""
    half = "_send, send = send, lambda s, buf, size, flags: _send(s, buf, (size + 1) // 2, flags)\n\n\n"
    more = [("def _counted(", half + "def _counted(")]
    path = failing(tmp_path, "select_echo_server", {"send": {2: "WSAEWOULDBLOCK"}}, more)
    data = bytes(range(256)) * 40
    with Server("select_echo_server", source=path) as server:
        with server.connect() as client:
            assert echo(client, data) == data
        with server.connect() as client:
            assert echo(client, data[::-1]) == data[::-1]


@pytest.mark.parametrize("name", SERVERS)
def test_a_receive_or_a_send_that_fails_at_once(name, tmp_path):
    """It ends the one client, is told once, and nothing of it is left; the others do not notice."""
    path = failing(
        tmp_path,
        name,
        {"WSARecv": {4: "WSAECONNRESET", 7: "WSAECONNRESET"}, "WSASend": {2: "WSAECONNRESET"}}
        if not name.startswith("select")
        else {"recv": {4: "WSAECONNRESET", 7: "WSAECONNRESET"}, "send": {2: "WSAECONNRESET", 5: "WSAEWOULDBLOCK"}},
    )
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
        assert server.interrupt()[::2] == (0, 0) and server.at_the_end("open") == 0


def ended(client):
    """What comes until the end."""
    try:
        return receive(client, 10)
    except ConnectionResetError:
        return b""
