"""Recording changes nothing for the program, and destroys nothing of the reader's: whatever routine, output, error or file."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest

from tests.support.processes import EXAMPLES, PATIENCE, ROOT, Server, trace
from winsock_ctypes.trace.sentences import FINDINGS

ROUTINES = """
import functools
from socket import socketpair
from winsock_ctypes import *

class Callable:
    __slots__ = ()
    def __call__(self, dwError, szBytes, lpOverlapped, flags): print("called", dwError, szBytes)
    def method(self, dwError, szBytes, lpOverlapped, flags): print("method", dwError, szBytes)

def function(more, dwError, szBytes, lpOverlapped, flags): print(more, dwError, szBytes)

WSAStartup(MAKEWORD(2, 2), byref(WSADATA()))
for each in (functools.partial(function, "partial"), functools.partial(Callable().method), Callable().method, Callable()):
    Routine = LPWSAOVERLAPPED_COMPLETION_ROUTINE(each)
    ours, peer = socketpair()
    overlapped, buf, flags = WSAOVERLAPPED(), (BYTE * 16)(), DWORD(0)
    wsaBuf = WSABUF(16, buf)
    result = WSARecv(ours.fileno(), byref(wsaBuf), 1, NULL, byref(flags), byref(overlapped), Routine)
    assert result == 0 or WSAGetLastError() == WSA_IO_PENDING
    peer.sendall(b"hello")
    print(SleepEx(10000, TRUE))
WSACleanup()
"""

OUTPUTS = """
import os, sys
print("print", end=";")
sys.stdout.flush()
sys.stdout.buffer.write(b"buffer;")
sys.stdout.buffer.writelines([b"lines;", bytearray(b"more;")])
sys.stdout.buffer.flush()
os.write(1, b"os.write;")
os.write(2, b"error;")
sys.stderr.write("stderr;")
"""

DEEP = """
from winsock_ctypes import *
def deep(level):
    return htons(1) + deep(level + 1)
def bottom():
    return bottom()
for function in (deep, bottom):
    try:
        function(*[0] * (function is deep))
    except Exception as error:
        print(type(error).__name__ in ("RecursionError", "ArgumentError"), "recursion" in str(error))
print(htons(1))
deep(0)
"""


def plainly(script, **more):
    command = [sys.executable, "-X", "utf8", str(script)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=3 * PATIENCE, **more)


@pytest.fixture
def both(tmp_path):
    """Runs a script without and with the recorder: both, and the events."""

    def run(text):
        script, path = tmp_path / "script.py", tmp_path / "run.jsonl"
        script.write_text(text, encoding="utf-8")
        traced = trace("--jsonl", path, script, "argument")
        return plainly(script), traced, [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    return run


def test_every_kind_of_routine(both):
    plain, traced, events = both(ROUTINES)
    assert (traced.returncode, traced.stdout) == (0, plain.stdout) == (plain.returncode, traced.stdout)
    assert traced.stdout.split() == "partial 0 5 192 method 0 5 192 method 0 5 192 called 0 5 192".split()
    assert [event["fn"] for event in events if event["e"] == "routine"] == ["function", "method", "method", "Callable"]


def test_every_kind_of_output(both):
    plain, traced, events = both(OUTPUTS)
    assert traced.stdout == plain.stdout == "print;buffer;lines;more;os.write;"
    assert traced.stderr.startswith(plain.stderr) and plain.stderr == "error;stderr;"
    for stream, text in (("stdout", plain.stdout), ("stderr", plain.stderr)):
        assert "".join(e["text"] for e in events if e["e"] == "output" and e["stream"] == stream) == text


def test_what_the_client_prints(tmp_path):
    path = tmp_path / "run.jsonl"
    with Server("overlapped_echo_server") as server:
        done = trace("--jsonl", path, "--", EXAMPLES / "echo_client.py", "127.0.0.1", server.port, input="hello\nQ\n")
    events = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    shown = "".join(event["text"] for event in events if event["e"] == "output")
    assert "Message from server : hello" in shown
    assert done.stdout.split() == shown.split()


def test_the_error_of_a_program_that_went_too_deep(both):
    plain, traced, events = both(DEEP)
    assert traced.stdout == plain.stdout and plain.stdout.count("True True") == 2
    assert traced.returncode == plain.returncode == 1
    last = [done.stderr.partition("trace: ")[0].splitlines()[-1] for done in (plain, traced)]
    assert all("RecursionError" in line for line in last), last
    assert "winsock_ctypes" not in traced.stderr.partition("trace: ")[0].replace(str(ROOT), "")
    assert events[-1]["e"] == "end"


# ---- the files ---------------------------------------------------------------------------------------------------

SCRIPT = "from winsock_ctypes import *\nprint(htons(1))\n"


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "script.py"
    path.write_text(SCRIPT, encoding="utf-8")
    return path


def refused(done):
    """One line, status 2; the program did not run."""
    return (done.returncode, done.stdout, done.stderr.count("\n"), done.stderr[:7]) == (2, "", 1, "trace: ")


@pytest.mark.parametrize(
    "arguments",
    ["", "--text", "--bogus x.py", "--jso r.jsonl {}", "--cap 0 {}", "--cap x {}", "-o", "-o= {}", "--lang fr {}", "no.py"],
)
def test_wrong_arguments_are_one_line(tmp_path, script, arguments):
    assert refused(trace(*(script if word == "{}" else word for word in arguments.split())))
    assert [path.name for path in tmp_path.iterdir()] == ["script.py"]


@pytest.mark.parametrize("option", ["-o", "--jsonl", "--perfetto"])
@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("script.py", "is the script itself"),
        ("SCRIPT.PY", "is the script itself"),
        ("folder", "is a folder"),
        ("nowhere/run", "cannot be written"),
        ("notes.txt", "is not a recording"),
        (os.devnull, "is a device"),
    ],
)
def test_what_is_refused(tmp_path, script, option, name, says):
    (tmp_path / "folder").mkdir()
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    path = name if name == os.devnull else tmp_path / name
    done = trace("--jsonl", tmp_path / "other.jsonl", option, path, script, 1)
    if option == "--jsonl":  # the later one of two counts
        done = trace(option, path, script, 1)
    assert refused(done) and says in done.stderr, done.stderr
    assert script.read_text(encoding="utf-8") == SCRIPT and (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "notes.txt", "script.py"]


def test_one_file_for_two_outputs(tmp_path, script):
    done = trace("-o", tmp_path / "run", "--jsonl", tmp_path / "folder" / ".." / "run", script, 1)
    assert refused(done) and "are the same file" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["script.py"]


@pytest.mark.parametrize(("option", "name"), [("-o", "run.html"), ("--jsonl", "run.jsonl"), ("--perfetto", "run.json")])
def test_a_recording_is_replaced_unless_it_was_changed(tmp_path, script, option, name):
    path = tmp_path / name
    for _ in range(2):
        done = trace(option, path, script, 1)
        assert (done.returncode, done.stdout) == (0, "256\n"), done.stderr
    changed = path.read_text(encoding="utf-8").replace("htons", "htonl", 1)
    path.write_text(changed, encoding="utf-8")
    assert refused(trace(option, path, script, 1)) and path.read_text(encoding="utf-8") == changed
    assert trace(option, path, "--overwrite", script, 1).returncode == 0
    assert "htonl" not in path.read_text(encoding="utf-8").partition("log-data")[2 * (option == "-o")]


def test_a_relative_name_means_the_folder_at_the_start(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    script = tmp_path / "script.py"
    script.write_text("import os\nos.chdir('elsewhere')\n" + SCRIPT, encoding="utf-8")
    done = trace("--jsonl", "run.jsonl", "-o", "run.html", "script.py", 1, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert {"run.jsonl", "run.html"} <= {path.name for path in tmp_path.iterdir()}
    said = done.stderr.splitlines()
    assert [str(tmp_path / name) in line for name, line in zip(("run.html", "run.jsonl"), said, strict=True)] == [True, True]
    assert "open it in a browser" in said[0] and "docs/recorder.md" in said[1]
    lines = (tmp_path / "run.jsonl").read_text(encoding="utf-8").splitlines()
    assert f"{len(lines)} events are in" in said[1]


# ---- its page of documentation -----------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["docs/recorder.md", "docs/ko/recorder.md"])
def test_the_page_names_every_option_event_and_finding(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "winsock_ctypes/trace").glob("*.py"))
    options = set(re.findall(r'parser\.add_argument\("(--?\w+)"', code))
    kinds = set(re.findall(r'"e": "(\w+)"', code)) | set(re.findall(r'emit\("(\w+)"', code))
    tables = re.findall(r"^\| (`.*?) \|", text, re.M)
    named = {word for cell in tables for word in re.findall(r"`([^ `]+)", cell)}
    assert len(options) > 5 and len(kinds) > 12
    assert options | kinds | set(FINDINGS) <= named


READ_FILE = """
from socket import socketpair
from winsock_ctypes import *
WSAStartup(MAKEWORD(2, 2), byref(WSADATA()))
ours, peer = socketpair()
overlapped, buf, size = OVERLAPPED(hEvent=WSACreateEvent()), (BYTE * 16)(), DWORD()
result = ReadFile(ours.fileno(), buf, 16, NULL, byref(overlapped))
assert result or GetLastError() == ERROR_IO_PENDING
peer.sendall(b"hello")
print(GetOverlappedResult(ours.fileno(), byref(overlapped), byref(size), TRUE), size.value)
WSACloseEvent(overlapped.hEvent)
WSACleanup()
"""


def test_the_buffer_of_readfile_is_lent_like_any_other(both):
    plain, traced, events = both(READ_FILE)
    assert traced.stdout == plain.stdout == "1 5\n", (plain.stderr, traced.stderr)
    assert not [event for event in events if event["e"] == "diagnosis"]
    op = next(event["op"] for event in events if "op" in event)
    assert op["kind"] == "ReadFile" and op["bufrefs"] and op["to"] == "event"
    assert [event["data"] for event in events if "data" in event and event["e"] == "return"] == ["'hello'"]


DATAGRAMS = """
from winsock_ctypes import *
WSAStartup(MAKEWORD(2, 2), byref(WSADATA()))
@LPWSAOVERLAPPED_COMPLETION_ROUTINE
def Came(dwError, cbTransferred, lpOverlapped, dwFlags):
    print("came", dwError, cbTransferred)
def bound():
    s, address = socket(AF_INET, SOCK_DGRAM, 0), SOCKADDR_IN(AF_INET)
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK)
    assert bind(s, byref(address), sizeof(address)) == 0
    assert getsockname(s, byref(address), byref(INT(sizeof(address)))) == 0
    return s, address
(s, address), (peer, peers) = bound(), bound()
buf, flags, fromAdr, fromLen, overlapped = (CHAR * 16)(), DWORD(), SOCKADDR_IN(), INT(16), OVERLAPPED()
wsaBuf, event = WSABUF(16, buf), WSACreateEvent()
"""
RECV_FROM = """
if WSARecvFrom(s, byref(wsaBuf), 1, NULL, byref(flags), byref(fromAdr), byref(fromLen), byref(overlapped), Came):
    assert WSAGetLastError() == WSA_IO_PENDING
"""
RECV_MSG = """
WSARecvMsg, get = LPFN_WSARECVMSG(), SIO_GET_EXTENSION_FUNCTION_POINTER
assert WSAIoctl(s, get, byref(WSAID_WSARECVMSG), 16, byref(WSARecvMsg), 8, byref(DWORD()), NULL, NULL) == 0
control, msg = (CHAR * 64)(), WSAMSG(namelen=16, dwBufferCount=1)
msg.name, msg.lpBuffers, msg.Control = byref(fromAdr), byref(wsaBuf), WSABUF(64, control)
if WSARecvMsg(s, byref(msg), NULL, byref(overlapped), Came):
    assert WSAGetLastError() == WSA_IO_PENDING
"""
ANSWER = """
data, sending, count = WSABUF(5, create_string_buffer(b"hello", 5)), OVERLAPPED(hEvent=event), DWORD()
if WSASendTo(peer, byref(data), 1, NULL, 0, byref(address), sizeof(address), byref(sending), NULL):
    assert WSAGetLastError() == WSA_IO_PENDING
assert WSAGetOverlappedResult(peer, byref(sending), byref(count), TRUE, byref(flags)) and count.value == 5
while SleepEx(10_000, TRUE) != WAIT_IO_COMPLETION: pass
print(buf.value, bytes(fromAdr) == bytes(peers))
WSACloseEvent(event), closesocket(s), closesocket(peer), WSACleanup()
"""


@pytest.mark.parametrize(
    ("starts", "kind", "held"),
    [
        (RECV_FROM, "WSARecvFrom", {"overlapped", "buf", "fromAdr", "fromLen"}),
        (RECV_MSG, "WSARecvMsg", {"overlapped", "buf", "fromAdr", "msg", "control"}),
    ],
)
def test_a_datagram_comes_with_all_that_is_lent_to_it(both, starts, kind, held):
    plain, traced, events = both("from ctypes import create_string_buffer" + DATAGRAMS + starts + ANSWER)
    assert traced.stdout == plain.stdout == "came 0 5\nb'hello' True\n", (plain.stderr, traced.stderr)
    assert not [event for event in events if event["e"] in ("diagnosis", "note")]
    receive, send = (event for event in events if "op" in event)
    assert (receive["op"]["kind"], receive["op"]["to"], receive["op"]["routine"]) == (kind, "routine", "Came")
    names = {event["id"]: event.get("name") for event in events if event["e"] == "block"}
    lent = {names[block] for event in events for block, _, op in event.get("own", ()) if op == receive["op"]["id"]}
    given_back = {names[block] for event in events for block, place, op in event.get("own", ()) if op == 0}
    assert lent == held and held <= given_back
    states = [state for event in events for op, state in event.get("ops", ()) if op == receive["op"]["id"]]
    assert states == ["starting", "pending", "completed", "delivered"]
    assert (send["op"]["kind"], send["op"]["to"], send["op"]["data"]) == ("WSASendTo", "event", "'hello'")
    came = next(event for event in events if event["e"] == "routine")
    assert came["delivered"] == [receive["op"]["id"]] and came["data"] == "'hello'"
    assert came["why"] == {"op": receive["op"]["id"], "what": "received", "bytes": 5}


TRANSMIT_FILE = """
import msvcrt, sys
from ctypes import create_string_buffer
from socket import socketpair
from winsock_ctypes import *
WSAStartup(MAKEWORD(2, 2), byref(WSADATA()))
ours, peer = socketpair()
TransmitFile, get, count = LPFN_TRANSMITFILE(), SIO_GET_EXTENSION_FUNCTION_POINTER, DWORD()
assert WSAIoctl(ours.fileno(), get, byref(WSAID_TRANSMITFILE), 16, byref(TransmitFile), 8, byref(count), NULL, NULL) == 0
head, tail = create_string_buffer(b"head ", 5), create_string_buffer(b" tail", 5)
overlapped = OVERLAPPED(hEvent=WSACreateEvent())
buffers = TRANSMIT_FILE_BUFFERS(head, 5, tail, 5)
with open(__file__, "rb") as file:
    handle = msvcrt.get_osfhandle(file.fileno())
    if not TransmitFile(ours.fileno(), handle, 4, 0, byref(overlapped), byref(buffers), 0):
        assert GetLastError() == ERROR_IO_PENDING
    assert GetOverlappedResult(ours.fileno(), byref(overlapped), byref(count), TRUE)
writing, data = OVERLAPPED(hEvent=overlapped.hEvent), create_string_buffer(b"!", 1)
if not WriteFile(ours.fileno(), data, 1, NULL, byref(writing)):
    assert GetLastError() == ERROR_IO_PENDING
assert GetOverlappedResult(ours.fileno(), byref(writing), byref(count), TRUE)
received = b""
while len(received) < 15:
    received += peer.recv(64)
print(received)
WSACloseEvent(overlapped.hEvent), WSACleanup()
"""


def test_files_are_sent_from_what_is_lent(both):
    plain, traced, events = both(TRANSMIT_FILE)
    assert traced.stdout == plain.stdout, (plain.stderr, traced.stderr)
    assert plain.stdout.startswith("b'head ") and plain.stdout.endswith(" tail!'\n")
    assert not [event for event in events if event["e"] in ("diagnosis", "note")]
    sent, written = (event["op"] for event in events if "op" in event)
    assert (sent["kind"], sent["data"], len(sent["bufrefs"])) == ("TransmitFile", "'head '", 2)
    assert (written["kind"], written["data"], len(written["bufrefs"])) == ("WriteFile", "'!'", 1)
    brought = [event["why"]["bytes"] for event in events if event.get("delivered")]
    assert brought == [14, 1] and {event["why"]["what"] for event in events if event.get("delivered")} == {"sent"}
