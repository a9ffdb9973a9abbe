"""The ports as a user runs them: real processes, what they print, and how they end."""

import os
import runpy
import shutil
import subprocess
import sys
from subprocess import DEVNULL as NUL
from subprocess import PIPE

import pytest

from tests.support.processes import EXAMPLES, PATIENCE, ROOT, Server, echo, free_port, receive, run

GREETING = b"Connected ... \n"
PROMPT = b"Input message (Q to quit)"
ECHO = b"Message from server : "
PORTS = ("70000", "0", "-1", "abc")  # that are none


@pytest.fixture
def server():
    with Server("overlapped_echo_server") as server:
        yield server


def one_line(error: bytes) -> bytes:
    lines = error.splitlines()
    assert len(lines) == 1 and b"Traceback" not in error, error
    return lines[0]


class TestServer:
    def test_what_it_prints(self, server):
        first, second = server.connect(), server.connect()
        server.wait_for_line("Client connect..", 3)
        first.close()
        server.wait_for_line("Client disconnected", 2)
        second.close()
        server.wait_for_line("Client disconnected", 3)
        connect, disconnect = "Client connect..", "Client disconnected"
        assert server.out == [connect, disconnect, connect, connect, disconnect, disconnect]

    def test_echoes_bytes_of_several_clients(self, server):
        clients = [server.connect() for _ in range(5)]
        for size in (1, 1024, 1, 1025, 70000):
            for number, client in enumerate(clients):
                data = bytes((number + i) % 256 for i in range(size))
                assert echo(client, data) == data
        for client in clients:
            client.close()

    def test_a_client_that_leaves_does_not_disturb_others(self, server):
        stays, leaves = server.connect(), server.connect()
        leaves.sendall(b"half a mess")
        leaves.close()
        assert echo(stays, b"still here") == b"still here"
        stays.close()

    def test_ctrl_c(self, server):
        client = server.connect()
        assert echo(client, b"x") == b"x"
        status, seconds, _ = server.interrupt()
        assert status == 0 and seconds < 2
        try:
            assert receive(client, 1) == b""
        except ConnectionResetError:  # the process has ended with a receive pending: documented for Windows
            pass
        client.close()
        assert [line for line in server.err if not line.startswith("end")] == []

    def test_ctrl_c_without_clients(self, server):
        status, _, blocks = server.interrupt()
        assert (status, blocks) == (0, 0)

    @pytest.mark.parametrize(
        ("name", "port"),
        [("overlapped_echo_server", port) for port in (*PORTS, "", "80 80", "1e3", "9" * 20, "\uff18\uff10")]
        + [(name, port) for name in ("select_echo_server", "fewer_calls_echo_server") for port in PORTS],
    )
    def test_a_port_that_is_none(self, name, port):
        done = run(name, port)
        assert done.returncode == 1 and b"port" in one_line(done.stderr) and done.stdout == b""

    def test_a_port_in_use(self, server):
        done = run("overlapped_echo_server", str(server.port))
        assert done.returncode == 1 and one_line(done.stderr) == b"bind() error WSAEADDRINUSE (10048)"

    @pytest.mark.parametrize("arguments", [[], ["1", "2"]])
    def test_usage(self, arguments):
        done = run("overlapped_echo_server", *arguments)
        assert done.returncode == 1 and done.stdout.startswith(b"Usage : ") and done.stdout.rstrip().endswith(b"<port>")


class TestClient:
    def talk(self, server, typed: bytes):
        return run("echo_client", "127.0.0.1", str(server.port), stdin=typed)

    @pytest.mark.parametrize("quit", [b"q\n", b"Q\n", b"Q\r\n", b""])
    def test_a_conversation(self, server, quit):
        lines = [b"hello\n", "안녕하세요\n".encode(), b"\n", b"x\n", b"zero \0 byte\n", bytes(range(128, 256)) + b"\n"]
        done = self.talk(server, b"".join(lines) + quit)
        assert done.returncode == 0 and done.stderr == b""
        assert done.stdout == GREETING + b"".join(PROMPT + ECHO + line for line in lines) + PROMPT

    def test_the_last_line_without_its_end(self, server):
        done = self.talk(server, b"one\ntwo")
        assert done.returncode == 0 and done.stdout == GREETING + PROMPT + ECHO + b"one\n" + PROMPT + ECHO + b"two" + PROMPT

    @pytest.mark.parametrize("length", [1022, 1023, 1024, 5000])
    def test_long_lines(self, server, length):
        done = self.talk(server, b"m" * length + b"\nQ\n")
        line = b"m" * length + b"\n"
        pieces = [line[at : at + 1023] for at in range(0, len(line), 1023)]
        assert done.returncode == 0
        assert done.stdout == GREETING + PROMPT + b"".join(ECHO + piece + PROMPT for piece in pieces)

    def test_the_server_goes_away(self, server):
        command = [sys.executable, str(EXAMPLES / "echo_client.py"), "127.0.0.1", str(server.port)]
        client = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        server.wait_for_line("Client connect..", 2)
        server.process.kill()
        server.process.wait()
        _, error = client.communicate(b"hello\nagain\n", timeout=20)
        assert client.returncode == 1 and (b"recv() error" in one_line(error) or b"send() error" in one_line(error))

    @pytest.mark.parametrize("port", [*PORTS, ""])
    def test_a_port_that_is_none(self, port):
        done = run("echo_client", "127.0.0.1", port)
        assert done.returncode == 1 and b"port" in one_line(done.stderr) and done.stdout == b""

    @pytest.mark.parametrize("address", ["localhost", "1.2.3.4.5", "", "256.0.0.1", "안녕"])
    def test_an_address_that_does_not_parse(self, address):
        done = run("echo_client", address, "9190")
        assert done.returncode == 1 and b"address" in one_line(done.stderr) and done.stdout == b""

    def test_nobody_listens(self):
        done = run("echo_client", "127.0.0.1", str(free_port()))
        assert done.returncode == 1 and b"WSAECONNREFUSED" in one_line(done.stderr) and done.stdout == b""

    @pytest.mark.parametrize("arguments", [[], ["127.0.0.1"], ["1", "2", "3"]])
    def test_usage(self, arguments):
        done = run("echo_client", *arguments)
        assert done.returncode == 1 and done.stdout.startswith(b"Usage ") and b"<IP> <port>" in done.stdout


def test_nonblocking_accept_shows_both_properties():
    done = run("nonblocking_accept")
    assert done.returncode == 0 and done.stderr == b""
    assert done.stdout.count(b"WSAEWOULDBLOCK (10035)") == 2 and b"INVALID_SOCKET" in done.stdout


SERVERS = sorted(path.stem for path in EXAMPLES.glob("*_echo*.py") if path.stem != "echo_client")


class TestDemo:
    @pytest.fixture(autouse=True)
    def in_english(self, monkeypatch):
        monkeypatch.setenv("LC_ALL", "en_US.UTF-8")

    def test_in_korean(self, monkeypatch):
        monkeypatch.setenv("LC_ALL", "ko_KR.UTF-8")
        done = run("demo", stdin=b"one\nQ\nthree\n")
        assert (
            done.returncode == 1
            and done.stdout.decode().splitlines()[-1] == "3줄 중 1줄이 돌아왔다: 2번째 줄 Q가 클라이언트를 끝냈다"
        )

    @pytest.mark.parametrize("server", SERVERS)
    def test_its_own_script(self, server):
        done = run("demo", "--server", server)
        assert done.returncode == 0, done
        text = done.stdout.decode()
        assert "5 of 5 lines came back" in text and "안녕하세요" in text
        causes_first = ("Connected ...", "Client connect..", "Message from server", "(Q to quit)Q", "Client disconnected")
        at = [text.index(shown) for shown in causes_first]
        assert at == sorted(at), text

    def test_given_lines(self):
        done = run("demo", stdin="하나\n\n".encode() + b"x" * 3000)
        assert done.returncode == 0 and b"3 of 3 lines came back" in done.stdout, done

    def test_lines_that_do_not_come_back(self):
        done = run("demo", stdin=b"one\nQ\nthree\n")
        assert done.returncode == 1 and b"1 of 3 lines came back: line 2, Q, ended the client" in done.stdout, done

    @pytest.mark.parametrize("typed", [b"one\ntwo\nQ\n", b"one\r\ntwo\r\nq", b"one\r\r\ntwo\r"])
    def test_a_q_at_the_end_and_carriage_returns(self, typed):
        done = run("demo", stdin=typed)
        assert done.returncode == 0 and b"2 of 2 lines came back" in done.stdout, done
        assert done.stdout.count(b"(Q to quit)Q") == 1 and b"\\r" not in done.stdout

    def test_a_q_that_ends_a_long_line(self):
        done = run("demo", stdin=b"m" * 1023 + b"Q\nnext\n")
        assert done.returncode == 0 and b"2 of 2 lines came back" in done.stdout, done

    def test_what_cannot_be_printed_is_named(self):
        done = run("demo", stdin=b"a\rb\0\x1b[2J\xff\n")
        assert (
            done.returncode == 0 and "Message from server : a\\rb\\x00\\x1b[2J\N{REPLACEMENT CHARACTER}" in done.stdout.decode()
        )

    def test_an_input_that_is_open_and_silent(self):
        """As Git Bash's terminal and the run windows of some editors are: nobody waits for an end that does not come."""
        with subprocess.Popen([sys.executable, EXAMPLES / "demo.py"], stdin=PIPE, stdout=PIPE, stderr=PIPE) as demo:
            lines = [line.decode() for line in demo.stdout]
            assert demo.wait(PATIENCE) == 0 and "nothing comes on the standard input" in lines[0]
            assert "5 of 5 lines came back" in lines[-1] and demo.stderr.read() == b""

    def test_an_input_that_does_not_end_yet(self):
        with subprocess.Popen([sys.executable, EXAMPLES / "demo.py"], stdin=PIPE, stdout=PIPE) as demo:
            demo.stdin.write(b"one\n")
            demo.stdin.flush()
            assert b"when the standard input ends" in demo.stdout.readline()
            out, _ = demo.communicate(b"two\n", PATIENCE)
            assert demo.returncode == 0 and b"2 of 2 lines came back" in out

    def test_into_nul(self):
        """NUL says that it is a terminal, and knows no Hangul."""
        with open(os.devnull, "wb") as nul:
            done = subprocess.run([sys.executable, EXAMPLES / "demo.py"], stdin=nul, stdout=nul, stderr=PIPE, timeout=PATIENCE)
        assert (done.returncode, done.stderr) == (0, b"")

    @pytest.mark.parametrize("lines", [1, 4])
    def test_a_reader_that_leaves(self, lines):
        """It has more to print than a pipe holds: it cannot be through before."""
        with subprocess.Popen([sys.executable, EXAMPLES / "demo.py"], stdin=PIPE, stdout=PIPE, stderr=PIPE) as demo:
            demo.stdin.write((b"x" * 1000 + b"\n") * 300)
            demo.stdin.close()
            for _ in range(lines):
                demo.stdout.readline()
            demo.stdout.close()
            assert demo.wait(PATIENCE) == 1 and demo.stderr.read() == b""

    def test_an_unknown_server(self):
        done = run("demo", "--server", "nothing")
        assert done.returncode == 2 and b"nothing" in done.stderr and done.stderr.count(b"\n") == 1


@pytest.mark.parametrize("encoding", ["cp1252", "cp949"])
@pytest.mark.parametrize("example", sorted(file.stem for file in EXAMPLES.glob("*_echo_*.py")))
def test_usage_in_a_folder_whose_name_the_pipe_cannot_say(tmp_path, example, encoding):
    folder = tmp_path / "새 폴더 ✓"
    folder.mkdir()
    for name in (f"{example}.py", "_include_path.py", "asyncio_overlapped.py"):
        shutil.copy(EXAMPLES / name, folder)
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(folder / f"{example}.py")]
    done = subprocess.run(command, stdin=NUL, capture_output=True, env=environment, timeout=PATIENCE)
    said, nothing = (done.stdout, done.stderr) if "asyncio" not in example else (done.stderr, done.stdout)
    assert done.returncode == 1 and nothing == b"" and one_line(said).startswith(b"Usage ")
    assert f"{example}.py".encode() in said


@pytest.mark.parametrize("example", [*SERVERS, "echo_client", "nonblocking_accept", "demo"])
def test_an_example_that_is_imported_does_nothing_yet(monkeypatch, example):
    monkeypatch.syspath_prepend(str(EXAMPLES))
    assert runpy.run_path(str(EXAMPLES / f"{example}.py"), run_name="imported")["main"]


def test_examples_start_from_any_directory(tmp_path):
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "nonblocking_accept.py")], capture_output=True, cwd=tmp_path, timeout=20
    )
    assert done.returncode == 0
