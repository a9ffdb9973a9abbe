"""What is made of events: the lines, the page, the rows of Perfetto, the words of --text; and how a script is run for them."""

import io
import json
import os
import platform
import re
import sys
import threading
import types
from pathlib import Path

import pytest

from tests.support.processes import ROOT
from winsock_ctypes import trace
from winsock_ctypes.trace import __main__ as starter
from winsock_ctypes.trace import compare, outputs, page, perfetto
from winsock_ctypes.trace.frames import Frames
from winsock_ctypes.trace.recorder import Recorder
from winsock_ctypes.trace.text import TextWriter

# A recording, written by hand: a routine in a wait, a call that raised, another thread.
START = {"e": "start", "script": "x.py", "args": [], "page": outputs.check_sum(page.head().encode())}
MAIN = {"e": "thread", "id": 0, "name": "main"}
STACK = [("main", 0, 7)]
OP = {"id": 1, "kind": "WSARecv", "to": "routine", "client": 1, "routine": "R"}
CALL = {
    "e": "call",
    "n": 1,
    "t": 0.5,
    "th": 0,
    "fn": "WSARecv",
    "args": [("s", "5"), ("p", "&1", "@1")],
    "stack": STACK,
    "op": OP,
}
BACK = {"e": "return", "n": 1, "t": 0.75, "th": 0, "result": "SOCKET_ERROR", "error": "WSA_IO_PENDING (997)"}
WAIT = {"e": "call", "n": 2, "t": 1.0, "th": 0, "fn": "SleepEx", "args": [("ms", "9")], "stack": STACK}
ROUTINE = {"e": "routine", "n": 3, "t": 1.5, "th": 0, "fn": "R", "args": [("e", "0")], "stack": [], "in": 2}
END_OF_ROUTINE = {"e": "routine_end", "n": 3, "t": 1.75, "th": 0}
WOKEN = {"e": "return", "n": 2, "t": 2.0, "th": 0, "result": "WAIT_IO_COMPLETION"}


@pytest.fixture
def printed():
    """What --text prints for events."""
    stream = io.StringIO()
    writer = TextWriter(stream)

    def feed(*events):
        for event in events:
            writer(event)
        text = stream.getvalue()
        stream.seek(0), stream.truncate()
        return text.splitlines()

    return feed


# ---- --text --------------------------------------------------------------------------------------------------------


def test_a_call_is_a_line(printed):
    assert printed(START, MAIN, CALL) == []
    stored = BACK | {"out": [("n", "3"), ("p", "0x1", "@1")]}
    assert printed(stored) == ["    0.7500 main         WSARecv(5, &1) = SOCKET_ERROR WSA_IO_PENDING (997)  [n: 3; p: 0x1]"]
    assert printed(WAIT, WOKEN | {"result": ""}) == ["    2.0000 main         SleepEx(9)"]
    assert printed(WAIT, WOKEN | {"raised": "KeyboardInterrupt"}) == [
        "    2.0000 main         SleepEx(9) raised KeyboardInterrupt"
    ]


def test_a_routine_is_within_its_wait(printed):
    assert printed(MAIN, WAIT, ROUTINE) == ["    1.0000 main         SleepEx(9) ...", "    1.5000 main         R(0) {"]
    assert printed(CALL, BACK) == ["    0.7500 main             WSARecv(5, &1) = SOCKET_ERROR WSA_IO_PENDING (997)"]
    assert printed(END_OF_ROUTINE) == ["    1.7500 main         }"]
    assert printed(ROUTINE | {"n": 4}, END_OF_ROUTINE | {"n": 4, "raised": "OSError: no"}) == [
        "    1.5000 main         R(0) {",  # the wait's own line is there already
        "    1.7500 main         } raised OSError: no",
    ]
    assert printed(WOKEN) == ["    2.0000 main         <... SleepEx> = WAIT_IO_COMPLETION"]


def test_routines_in_routines_and_of_another_thread(printed):
    other = {"e": "thread", "id": 1, "name": "a worker with a long name"}
    alone = {key: value for key, value in ROUTINE.items() if key != "in"}
    assert [line.partition("R(")[0] for line in printed(MAIN, other, alone, alone, alone | {"th": 1})] == [
        "    1.5000 main         ",
        "    1.5000 main             ",
        "    1.5000 a worker wit ",
    ]
    assert printed(END_OF_ROUTINE, END_OF_ROUTINE, WAIT, WOKEN)[-1] == (
        "    2.0000 main         SleepEx(9) = WAIT_IO_COMPLETION"
    )


def test_what_is_no_call(printed):
    about = {"t": 1.0, "th": 0}
    assert printed(
        MAIN,
        {"e": "sample", "id": 4, "status": "STATUS_SUCCESS", "bytes": 5} | about,
        {"e": "released", "id": 4, "block": 2} | about,
        {"e": "peer", "t": 1.0, "client": 2, "from": "127.0.0.1:9", "did": "send", "bytes": 5, "data": "'hello'"},
        {"e": "peer", "t": 1.0, "client": 2, "from": "127.0.0.1:9", "did": "close"},
        {"e": "note", "t": 1.0, "text": "9 events were recorded"},
        {"e": "output", "stream": "stdout", "text": "no line of its own"} | about,
    ) == [
        "    1.0000 main         -- operation 4 is completed, not delivered: STATUS_SUCCESS, 5 bytes",
        "    1.0000 main         -- the memory of operation 4 is gone",
        "    1.0000 main         -- client 2 (127.0.0.1:9): send 'hello'",
        "    1.0000 main         -- client 2 (127.0.0.1:9): close",
        "    1.0000 main         -- 9 events were recorded",
    ]


# ---- --perfetto ----------------------------------------------------------------------------------------------------


def test_the_rows_of_perfetto():
    rows = perfetto.Rows()
    assert rows(START) == rows({"e": "output", "t": 1.0, "th": 0, "text": "x"}) == []
    assert rows(MAIN) == [{"ph": "M", "name": "thread_name", "pid": 1, "tid": 0, "args": {"name": "main"}}]
    at = {"pid": 1, "tid": 3, "ts": 500_000.0}
    assert rows(CALL | {"th": 3, "ops": [[1, "pending"]]}) == [
        {"ph": "B", "name": "WSARecv", "args": {"s": "5", "p": "&1"}} | at,
        {"ph": "b", "name": "WSARecv", "id": 1, "cat": "operation"} | at,
    ]
    assert rows(BACK) == [{"ph": "E", "name": "WSARecv", "pid": 1, "tid": 0, "ts": 750_000.0}]
    assert [row["ph"] for row in rows(ROUTINE | {"ops": [[1, "delivered"], [9, "delivered"]]})] == ["B", "e"]
    assert rows(END_OF_ROUTINE)[0]["name"] == "R"
    assert rows({"e": "sample", "t": 1.0, "th": 0, "ops": [[1, "lost"]]}) == []  # it is over already


@pytest.mark.parametrize("state", ["failed", "lost", "delivered"])
def test_an_operation_ends_once(state):
    rows = perfetto.Rows()
    rows(CALL)
    (row,) = rows({"e": "peer", "t": 1.0, "ops": [[1, state]]})  # which is in no thread
    assert (row["ph"], row["name"], row["id"], row["tid"]) == ("e", "WSARecv", 1, 0)


# ---- the files -----------------------------------------------------------------------------------------------------


def every_kind(folder):
    kinds = (
        (outputs.Page, "-o", "run.html"),
        (outputs.Lines, "--jsonl", "run.jsonl"),
        (outputs.Perfetto, "--perfetto", "run.json"),
    )
    return [kind(option, str(folder / name)) for kind, option, name in kinds]


def test_what_the_files_hold(tmp_path):
    seen = []
    files = outputs.Outputs(every_kind(tmp_path), [seen.append])
    files.open("script.py", False)
    events = [START, MAIN, CALL, BACK, WAIT, WOKEN | {"text": "a < b, 버퍼 \udc80"}, {"e": "end", "t": 3.0, "how": "done"}]
    for event in events:
        files(event)
        written = [path.read_bytes() for path in (tmp_path / "run.jsonl", tmp_path / "run.html")]
        assert written[1].endswith(written[0]) and written[0].endswith(b"}\n")  # complete after each
    files.close()
    assert all(output.file.closed for output in files.outputs)
    assert seen == events and seen[2]["stack"] == STACK  # whoever watches gets the stack itself
    content = (tmp_path / "run.jsonl").read_bytes()
    lines = [json.loads(line) for line in content.decode("utf-8").replace("\\udc80", "").splitlines()]
    assert [line["e"] for line in lines] == ["start", "thread", "stack", "call", "return", "call", "return", "end"]
    assert lines[2] == {"e": "stack", "id": 0, "frames": [["main", 0, 7]]} and lines[3]["stack"] == lines[5]["stack"] == 0
    assert files.count == len(lines) and lines[-1]["sum"] == outputs.check_sum(content[: content.rindex(b'{"e":"end"')])
    assert b"a \\u003c b" in content and "버퍼".encode() in content
    assert (tmp_path / "run.html").read_bytes() == page.head("page").encode() + content + page.TAIL.encode()
    rows = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    assert [row["ph"] for row in rows["traceEvents"]] == ["M", "B", "b", "E", "B", "E", "M"]
    again = outputs.Outputs(every_kind(tmp_path))
    again.open("script.py", False)  # all three are recordings that nobody has changed
    again.close()
    assert (tmp_path / "run.jsonl").read_bytes() == b""
    assert (tmp_path / "run.html").read_bytes() == (page.head("page") + page.TAIL).encode()


def test_two_stacks_have_two_numbers(tmp_path):
    files = outputs.Outputs([outputs.Lines("--jsonl", str(tmp_path / "run.jsonl"))])
    assert [files.stack(frames) for frames in (STACK, [], STACK, [("other", 0, 7)], [])] == [0, 1, 0, 2, 1]
    watching = outputs.Outputs([], [])
    watching(dict(CALL))
    assert watching.stacks == {} and watching.count == 0  # nothing is written, nothing is numbered


class Full(io.BytesIO):
    """A disk without room, from the second write on."""

    def write(self, content):
        if self.getvalue():
            raise OSError(28, "No space left on device")
        return super().write(content)

    def close(self):
        self.closed_once = True


def fill_the_disk_of(output):
    output.file.close()
    output.file = Full()


@pytest.fixture
def no_room(monkeypatch):
    """Every file that is begun is on a disk without room."""
    begin = outputs.Output.begin

    def without_room(output):
        begin(output)
        fill_the_disk_of(output)

    monkeypatch.setattr(outputs.Output, "begin", without_room)


def test_a_full_disk_ends_the_file_and_no_more(tmp_path):
    bad, good = every_kind(tmp_path)[1], every_kind(tmp_path)[0]
    files = outputs.Outputs([bad, good])
    files.open("script.py", False)
    fill_the_disk_of(bad)
    for event in (START, MAIN, {"e": "end", "t": 1.0, "how": "done"}):
        files(event)
    files.close()
    assert bad.failed.strerror == "No space left on device" and bad.file.getvalue().startswith(b'{"e":"start"')
    assert bad.file.getvalue().count(b"\n") == 1 and bad.file.closed_once
    assert good.failed is None and (tmp_path / "run.html").read_text(encoding="utf-8").endswith(page.TAIL)


def test_what_cannot_be_closed_is_lost_for_its_first_reason(tmp_path):
    def close():
        raise OSError(5, "Input/output error")

    for first in (None, OSError(28, "No space left on device")):
        lines = outputs.Lines("--jsonl", str(tmp_path / "run.jsonl"))
        lines.file, lines.failed = types.SimpleNamespace(close=close), first
        lines.close()
        assert lines.failed.strerror == (first.strerror if first else "Input/output error")


def test_what_cannot_be_begun_is_lost_and_no_more(tmp_path):
    lines = outputs.Lines("--jsonl", str(tmp_path / "run.jsonl"))
    reader, writer = os.pipe()  # has no beginning
    lines.file = open(writer, "wb", buffering=0)
    lines.begin()
    lines.write("a line\n")
    lines.close()
    assert isinstance(lines.failed, OSError) and os.read(reader, 10) == b""
    os.close(reader)


def test_what_was_not_opened_is_closed_and_cancelled(tmp_path):
    lines = outputs.Lines("--jsonl", str(tmp_path / "run.jsonl"))
    lines.close()
    lines.cancel()
    assert lines.failed is None
    lines.open(False)
    lines.file.close()
    lines.path.unlink()
    lines.cancel()


@pytest.mark.parametrize("at", range(3))
@pytest.mark.parametrize(
    ("name", "says"), [("", "is a folder, not a file"), ("nowhere/run", "cannot be written: "), (os.devnull, "is a device")]
)
def test_what_is_no_file_is_refused(tmp_path, at, name, says):
    output = every_kind(tmp_path)[at]
    output.path = Path(os.path.abspath(tmp_path / name if name != os.devnull else name))
    with pytest.raises(outputs.Refused) as refused:
        output.open(True)
    assert str(refused.value).startswith(f"{output.option} {output.path} {says}")
    assert output.file is None and list(tmp_path.iterdir()) == []


def test_files_that_are_not_there_yet_may_be_the_same(tmp_path):
    assert outputs.same(tmp_path / "run", tmp_path / "run") is True
    assert outputs.same(tmp_path / "run", tmp_path / "other") is False


def test_who_is_refused_leaves_all_as_it_was(tmp_path):
    (tmp_path / "run.jsonl").write_text("mine", encoding="utf-8")
    files = outputs.Outputs(every_kind(tmp_path))
    with pytest.raises(outputs.Refused, match=r"--jsonl .*run\.jsonl is not a recording"):
        files.open("script.py", False)
    assert [path.name for path in tmp_path.iterdir()] == ["run.jsonl"]
    assert (tmp_path / "run.jsonl").read_text(encoding="utf-8") == "mine"
    assert all(output.file is None or output.file.closed for output in files.outputs)
    (tmp_path / "run.jsonl").write_text(" \n", encoding="utf-8")  # nothing that anybody would miss
    files.open("script.py", False)
    files.close()
    (tmp_path / "run.jsonl").write_text("mine", encoding="utf-8")
    files.open("script.py", True)
    files.close()
    assert (tmp_path / "run.jsonl").read_bytes() == b""


@pytest.mark.parametrize("at", range(3))
def test_no_output_is_the_script_itself_or_another_output(tmp_path, at):
    script = every_kind(tmp_path)[at].path
    script.write_text("print()", encoding="utf-8")
    with pytest.raises(outputs.Refused, match="is the script itself"):
        outputs.Outputs(every_kind(tmp_path)).open(str(script), True)
    assert script.read_text(encoding="utf-8") == "print()"
    two = every_kind(tmp_path)
    two[at - 1].path = two[at].path
    with pytest.raises(outputs.Refused, match="are the same file"):
        outputs.Outputs(two).open("script.py", True)


LINES = b'{"e":"start"}\n{"e":"call"}\n'
END = b'{"e":"end","sum":"%s"}\n' % outputs.check_sum(LINES).encode()


@pytest.mark.parametrize(
    ("log", "ours"),
    [
        (LINES + END, True),
        (LINES + END.replace(b'"sum', b'"sun'), False),
        (LINES.replace(b"call", b"cell") + END, False),
        (LINES + END[:-8], False),
        (LINES, True),  # up to a crash
        (LINES + b'{"e":"ret', True),
        (LINES + b"x\n", False),
        (LINES + b'{"e":"call"\n', False),
        (b'{"e":"call"}\n' + LINES, False),
        (b"", False),
    ],
)
def test_whose_lines(log, ours):
    assert outputs.is_log(log) is ours


def test_a_page_is_ours_as_long_as_nobody_changes_it(tmp_path):
    top = page.head().encode()
    log = json.dumps({"e": "start", "page": outputs.check_sum(top)}, separators=(",", ":")).encode() + b'\n{"e":"call"}\n'
    whole = top + log + b'{"e":"end","sum":"%s"}\n' % outputs.check_sum(log).encode() + page.TAIL.encode()
    ours = outputs.Page("-o", str(tmp_path / "run.html")).is_ours
    assert ours(whole) and ours(whole.removesuffix(page.TAIL.encode())) and ours(top + log) and ours(whole[:-9])
    for changed in (
        whole.replace(b"htons", b"htonl", 1),
        whole.replace(b'"call"', b'"cell"'),
        whole + b" ",
        whole.replace(b"</body>", b"<p></body>"),
        whole[1:],
        top,
        top + b"{}\n",
        top + b"[]\n",
        top + b"x\n",
        b"",
    ):
        assert ours(changed) is False, changed[-80:]


def test_a_perfetto_file_is_ours_as_long_as_nobody_changes_it(tmp_path):
    path = tmp_path / "run.json"

    def written(close=True):
        output = outputs.Perfetto("--perfetto", str(path))
        output.open(True)
        output.begin()
        output.event({"e": "thread", "id": 0, "name": "main"}, "")
        output.event({"e": "call", "n": 1, "t": 0.5, "th": 0, "fn": "htons", "args": [("p", "버퍼")]}, "")
        if close:
            output.close()
        else:
            output.file.close()
        return path.read_bytes()

    content = written()
    json.loads(content)
    output = outputs.Perfetto("--perfetto", str(path))
    assert output.is_ours(content) and not output.is_ours(content.replace(b"htons", b"htonl"))
    assert "버퍼".encode() in content and output.is_ours(b"") is False
    assert not output.is_ours(content[1:]) and not output.is_ours(content + b" ")
    half = written(close=False)
    assert output.is_ours(half) and not output.is_ours(half + b"x\n\n")
    assert output.is_ours(half + b'{"ph"') and not output.is_ours(half + b"x\n")
    assert not output.is_ours(half.replace(b"},\n", b"} ,\n ", 1))


@pytest.mark.parametrize(("kind", "name"), [("page", "never_alertable"), ("compare", "compare_busy")])
def test_the_recorded_pages_which_browsers_look_at_are_made_of_these_pieces(kind, name):
    text = (ROOT / "docs" / "trace" / f"{name}.html").read_text(encoding="utf-8")
    head = re.sub("<!-- made by .*-->\n", "", text.partition(page.LOG)[0] + page.LOG)
    assert head == page.head(kind) and text.endswith("\n" + page.TAIL)


# ---- several on one page -------------------------------------------------------------------------------------------


def test_what_a_comparison_keeps_of_an_event():
    about = CALL | {"in": 2, "waits": [1], "python_sockets": True}
    assert compare.kept(about) == {"e": "call", "n": 1, "t": 0.5, "th": 0, "fn": "WSARecv", "in": 2} | {
        "op": {"id": 1, "kind": "WSARecv", "to": "routine", "client": 1},
        "waits": [1],
    }
    assert compare.kept(CALL | {"op": {"id": 1}})["op"] == {"id": 1}
    assert "op" not in compare.kept(WAIT)


def test_how_a_comparison_leads_to_its_recordings(tmp_path, monkeypatch):
    out = tmp_path / "pages" / "both.html"
    for name in ("run.html", "RUN.HTM"):
        assert compare.link(str(tmp_path / "a b" / name), str(out)) == {"href": f"../a%20b/{name}"}
    assert compare.link(str(tmp_path / "run.jsonl"), str(out)) == {}

    def another_drive(*_):
        raise ValueError

    monkeypatch.setattr(os.path, "relpath", another_drive)
    there = compare.link(str(tmp_path / "run.html"), str(out))["href"]
    assert there == (tmp_path / "run.html").as_uri()


def test_a_recording_is_read_from_its_start_to_where_it_ends(tmp_path):
    path, text = tmp_path / "run.jsonl", "".join(map(outputs.dumps, [START, MAIN, CALL]))
    path.write_text(text + "\n \n" + text[-9:] + outputs.dumps(BACK), encoding="utf-8")
    assert [event["e"] for event in compare.events_of(str(path))] == ["start", "thread", "call"]
    path.write_text(page.head("page") + text + page.TAIL + outputs.dumps(BACK), encoding="utf-8")
    assert [event["e"] for event in compare.events_of(str(path))] == ["start", "thread", "call"]
    for wrong in (text + text, text.partition("\n")[2], "\n", outputs.dumps(START | {"op": 5}), outputs.dumps({"e": "start"})):
        path.write_text(wrong, encoding="utf-8")
        with pytest.raises(outputs.Refused, match="is no recording"):
            compare.events_of(str(path))


# ---- where in the program ------------------------------------------------------------------------------------------


def test_which_files_are_the_programs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    told = []
    frames = Frames(told.append, outputs.same.__code__)
    (tmp_path / "one.py").write_bytes(b"first\n\xff second\n")
    (tmp_path / "two.py").write_text("", encoding="utf-8")
    for _ in range(2):
        assert [frames.file(name) for name in (str(tmp_path / "one.py"), os.__file__, outputs.__file__)] == [0, None, None]
        assert [frames.file(name) for name in ("<string>", "two.py", str(tmp_path / "nowhere.py"))] == [None, 1, None]
    assert told == [
        {"e": "source", "file": 0, "name": "one.py", "text": "first\n\ufffd second\n"},
        {"e": "source", "file": 1, "name": "two.py", "text": ""},
    ]
    assert frames.lines == [["first", "\ufffd second"], []]


def test_the_frames_of_the_program(tmp_path):
    frames = Frames(lambda event: None, None)
    names = {"frames": frames}

    def module(name, text):
        exec(compile(text, str(name), "exec"), names)

    own = tmp_path / "program.py"
    own.write_text("def inner(): return recorder()\ndef outer():\n    return inner()\n", encoding="utf-8")
    module(own, own.read_text(encoding="utf-8"))
    module(outputs.__file__, "def recorder(): return seen()\ndef seen(): return frames.chain()")
    module(starter.__file__, "def start(): return outer()")
    chain = names["start"]()
    assert [frame.f_code.co_name for frame in chain] == ["outer", "inner", "recorder"]
    assert frames.stack(chain) == [("outer", 0, 3), ("inner", 0, 1)]
    assert frames.caller(chain).f_code.co_name == "inner" and frames.caller([]) is None
    frames.call = names["inner"].__code__
    calling = types.SimpleNamespace(f_code=frames.call, f_locals={"name": "SleepEx"})
    assert frames.stack([chain[0], calling]) == [("outer", 0, 3), ("SleepEx", -1, 0)]


# ---- the script is run ---------------------------------------------------------------------------------------------


@pytest.fixture
def ran(tmp_path):
    """Runs a script of these lines, recorded: its exit status, and the events."""

    def run(text):
        script, events = tmp_path / "script.py", []
        script.write_text(text, encoding="utf-8")
        before = sys.argv, list(sys.path), threading.excepthook, sys.stdout, os.write
        status = starter.run_script(Recorder(events.append), str(script), ["a", "b"])
        assert (sys.argv, sys.path, threading.excepthook, sys.stdout, os.write) == before and trace.active is None
        return status, events

    return run


@pytest.mark.parametrize(
    ("text", "status", "how"),
    [
        ("", 0, "the program ended"),
        ("import sys\nsys.exit()", None, "the program ended"),
        ("raise SystemExit(0)", 0, "the program ended"),
        ("raise SystemExit(3)", 3, "the program ended with exit status 3"),
        ("raise SystemExit('no')", "no", "the program ended with exit status no"),
        ("raise OSError('no')", 1, "OSError: no"),
        ("raise KeyboardInterrupt", 1, "KeyboardInterrupt"),
    ],
)
def test_how_a_script_ends(ran, capsys, text, status, how):
    ended, events = ran(text)
    assert (ended, events[-1]["e"], events[-1]["how"]) == (status, "end", how)
    assert ("Traceback" in capsys.readouterr().err) is (status == 1)


def test_a_script_sees_what_it_would_see_alone(ran, tmp_path, capsys):
    status, events = ran(
        "import sys, os\nfrom winsock_ctypes import trace\n"
        "print(__name__, sys.argv[1:], os.path.basename(sys.argv[0]), sys.path[0] == os.path.dirname(__file__))\n"
        "assert trace.active is not None\n"
    )
    assert (status, capsys.readouterr().out) == (0, "__main__ ['a', 'b'] script.py True\n")
    assert [event["text"] for event in events if event["e"] == "output"][0].startswith("__main__")


def test_threads_are_waited_for_as_python_does(ran, capsys):
    status, events = ran(
        "import threading\nmay, never = threading.Event(), threading.Event()\n"
        "def works():\n    may.wait(10)\n    print('worked')\n    raise OSError('in a thread')\n"
        "threading.Thread(target=works).start()\n"
        "threading.Thread(target=never.wait, args=(60,), daemon=True).start()\n"
        "may.set()\n"
    )
    printed = capsys.readouterr()
    assert (status, printed.out) == (0, "worked\n") and events[-1]["e"] == "end"
    assert "OSError: in a thread" in printed.err and "recorder" not in printed.err
    assert sum(thread.daemon for thread in threading.enumerate()) <= 1


def test_findings_come_after_what_they_are_about_and_before_the_end():
    class Files(list):
        def __call__(self, event):
            self.append(event["e"])

    class Stream(io.StringIO):
        flushed = 0

        def flush(self):
            self.flushed += 1

    files, said = Files(), Stream()
    run = starter.Run(files, "ko", said)
    run.diagnosis.feed = lambda event: [{"e": "diagnosis", "en": "english", "ko": "찾았다"}] if event["e"] != "call" else []
    for kind in ("start", "call", "end"):
        run.write({"e": kind})
    assert files == ["start", "diagnosis", "call", "diagnosis", "end"] and not run.full
    assert said.getvalue() == "trace: 찾았다\n" * 2 and said.flushed == 2  # the program may crash a moment later
    run.write({"e": "note"})
    run.write({"e": "call"})
    assert run.full


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("SCRIPT", {"o": "trace.html", "cap": 20_000}),
        ("--text SCRIPT", {"o": None, "text": True}),
        ("--jsonl x SCRIPT", {"o": None, "jsonl": "x"}),
        ("--perfetto x SCRIPT", {"o": None, "perfetto": "x"}),
        ("-o x SCRIPT -o y --text", {"o": "x", "text": False, "args": ["-o", "y", "--text"]}),
        ("--cap 1 --overwrite --lang ko SCRIPT", {"cap": 1, "overwrite": True, "lang": "ko"}),
        ("--compare a b", {"o": "compare.html", "compare": ["a", "b"]}),
        ("--compare a b c d -o x", {"o": "x"}),
    ],
)
def test_options(words, written):
    options = vars(starter.parse([__file__ if word == "SCRIPT" else word for word in words.split()]))
    assert {key: options[key] for key in written} == written
    assert options["script"] == (__file__ if "SCRIPT" in words else None)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "which SCRIPT is to be run?"),
        ("nowhere.py", "there is no script nowhere.py"),
        ("--cap 0 SCRIPT", "--cap must be at least 1"),
        ("--overw SCRIPT", "unrecognized arguments: --overw"),
        ("--compare a", "two to four recordings, not 1"),
        ("--compare a b c d e", "two to four recordings, not 5"),
        ("--compare a b -o x SCRIPT", "--compare runs no script"),
        ("--compare a b --text", "--compare only writes a page"),
        ("--compare a b --jsonl x", "--compare only writes a page"),
        ("--compare a b --perfetto x", "--compare only writes a page"),
        ("-o= SCRIPT", "trace: -o needs the name of a file"),
        ("--jsonl= SCRIPT", "trace: --jsonl needs the name of a file"),
        ("--perfetto= SCRIPT", "trace: --perfetto needs the name of a file"),
    ],
)
def test_options_that_cannot_be(words, said, capsys):
    with pytest.raises(SystemExit) as raised:
        starter.parse([__file__ if word == "SCRIPT" else word for word in words.split()])
    told = capsys.readouterr().err
    assert raised.value.code == 2 and said in told and told.count("\n") == 1


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "script.py"
    path.write_text(
        "import sys\nfrom winsock_ctypes import htons\nprint(htons(1), sys.argv[1:])\nsys.exit(3)\n", encoding="utf-8"
    )
    return path


def test_the_whole_of_it(tmp_path, script, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    seen = []
    options = "--lang en --jsonl run.jsonl -o run.html --perfetto run.json --text script.py a -o".split()
    assert starter.main(options, watch=seen.append) == 3
    out, err = capsys.readouterr()
    assert out == "256 ['a', '-o']\n"
    said = err.splitlines()
    assert said[0].endswith("htons(1) = 256")
    lines = [json.loads(line) for line in (tmp_path / "run.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line.partition(" are in ")[0].partition(" is in ")[0] for line in said[1:]] == [
        f"trace: {len(lines)} events", f"trace: {len(lines)} events", "trace: the run",
    ]  # fmt: skip
    assert lines[0] == {"e": "start", "script": "script.py", "args": ["a", "-o"], "format": 2, "lang": "en"} | {
        "python": platform.python_version().partition("+")[0].partition("rc")[0],
        "page": outputs.check_sum(page.head().encode()),
    }
    assert lines[-1]["how"] == "the program ended with exit status 3"
    assert [event["e"] for event in seen] == [line["e"] for line in lines if line["e"] != "stack"]
    assert starter.main(options, watch=seen.append) == 3  # all three are recordings, whole and closed
    (tmp_path / "run.json").write_text("mine", encoding="utf-8")
    capsys.readouterr()
    assert starter.main(options) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("trace: --perfetto ") and err.count("\n") == 1


def test_the_language_is_the_readers(tmp_path, script, capsys, monkeypatch):
    monkeypatch.setattr(starter, "reader_language", lambda stream: "ko" if stream is sys.stderr else "en")
    monkeypatch.setattr(sys, "argv", ["trace", "--jsonl", str(tmp_path / "run.jsonl"), "--cap", "4", str(script)])
    assert starter.main() == 3
    said = capsys.readouterr().err.splitlines()
    assert "이벤트 4개까지만 기록했다" in said[0] and "docs/ko/recorder.md" in said[1] and len(said) == 2
    first = json.loads((tmp_path / "run.jsonl").read_text(encoding="utf-8").partition("\n")[0])
    assert first["lang"] == "ko" and "page" not in first


def test_what_could_not_be_written_is_said(tmp_path, script, capsys, no_room):
    assert starter.main(["--lang", "en", "--jsonl", str(tmp_path / "run.jsonl"), str(script)]) == 3
    said = capsys.readouterr().err
    assert said == f"trace: {tmp_path / 'run.jsonl'} could not be written to its end: No space left on device\n"


def test_what_was_printed_comes_before_the_traceback(ran, monkeypatch):
    written = []

    class Raw(io.RawIOBase):
        def writable(self):
            return True

        def write(self, content):
            written.append(bytes(content))
            return len(content)

    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BufferedWriter(Raw()), encoding="utf-8"))
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(io.BufferedWriter(Raw()), encoding="utf-8", line_buffering=True))
    assert ran("print('before')\n1 / 0\n")[0] == 1
    text = b"".join(written).decode()
    assert text.index("before") < text.index("Traceback") < text.index("ZeroDivisionError")


def test_clients_tell_who_records(monkeypatch):
    told = []
    trace.peer("connect", "127.0.0.1:1")  # to nobody
    monkeypatch.setattr(trace, "active", types.SimpleNamespace(peer=lambda *given: told.append(given)))
    trace.peer("connect", "127.0.0.1:1")
    trace.peer("send", "127.0.0.1:1", b"x")
    assert told == [("connect", "127.0.0.1:1", b""), ("send", "127.0.0.1:1", b"x")]


def recordings(tmp_path, *names):
    for name in names:
        text = "".join(
            map(outputs.dumps, [START | {"script": f"{name}.py"}, MAIN, CALL, {"e": "end", "t": 1.0, "how": "done"}])
        )
        (tmp_path / f"{name}.jsonl").write_text(text, encoding="utf-8")
    return [str(tmp_path / f"{name}.jsonl") for name in names]


def test_a_comparison_is_written(tmp_path, capsys):
    names, out = recordings(tmp_path, "one", "two", "three"), tmp_path / "all.html"
    for _ in range(2):  # it is ours: it may be written over
        assert starter.main(["--lang", "en", "--compare", *names, "-o", str(out)]) == 0
        assert capsys.readouterr().err == f"trace: 3 recordings are in {out}: open it in a browser\n"
    text = out.read_text(encoding="utf-8")
    assert text.startswith(page.head("compare")) and text.endswith(page.TAIL)
    log = text.partition(page.LOG)[2].removesuffix(page.TAIL)
    first, *events, last = (json.loads(line) for line in log.splitlines())
    assert first["compares"] == [{"name": name} for name in ("one", "two", "three")]
    assert [event["e"] for event in events] == ["start", "thread", "call", "end"] * 3
    assert last == {"e": "end", "how": "compared", "sum": outputs.check_sum(log[: log.rindex('{"e":"end"')].encode())}
    out.write_text("mine", encoding="utf-8")
    for options, said in [
        (["--compare", *names, "-o", str(out)], "is not a recording"),
        (["--compare", *names, "-o", names[0]], "is one of the recordings"),
        (["--compare", names[0], str(tmp_path / "nowhere")], "cannot be read"),
    ]:
        assert starter.main(options) == 2
        err = capsys.readouterr().err
        assert err.startswith("trace: ") and said in err and err.count("\n") == 1
    assert out.read_text(encoding="utf-8") == "mine"
    assert starter.main(["--overwrite", "--compare", *names, "-o", str(out)]) == 0


def test_recordings_of_the_same_script_are_told_apart(tmp_path):
    names = recordings(tmp_path, "one", "two")
    (tmp_path / "two.jsonl").write_text((tmp_path / "one.jsonl").read_text(encoding="utf-8"), encoding="utf-8")
    first = json.loads(compare.lines(names, "out.html").partition("\n")[0])
    assert [about["name"] for about in first["compares"]] == ["one (one)", "one (two)"]


def test_a_comparison_that_could_not_be_written(tmp_path, capsys, no_room):
    names = recordings(tmp_path, "one", "two")
    assert starter.main(["--lang", "en", "--compare", *names, "-o", str(tmp_path / "all.html")]) == 2
    assert "could not be written to its end: No space left on device" in capsys.readouterr().err
