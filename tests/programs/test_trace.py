"""The recorder: it changes nothing, tells what happened, keeps it, and finds the well-known mistakes and nothing else."""

import json
import shutil
import subprocess
import sys

import pytest

from tests.support.processes import PATIENCE, ROOT, Server, echo, trace
from tests.support.recordings import events_in
from tests.support.trace_faults import HERE as FAULTS
from tests.support.trace_faults import mistakes


def events_of(path):
    return events_in(path.read_text(encoding="utf-8").splitlines())


@pytest.fixture
def record(tmp_path):
    """Records a script of trace_faults: what it printed, and the events."""

    def run(script, *options):
        path = tmp_path / "run.jsonl"
        done = trace("--jsonl", path, *options, FAULTS / script)
        return done, events_of(path)

    return run


def arguments_of(event):
    """Their words: a third part, if there is one, says which memory it is."""
    return {argument[0]: argument[1] for argument in event["args"]}


def calls_of(events):
    """(function, arguments, result, error) of each call."""
    calls = {event["n"]: event for event in events if event["e"] == "call"}
    returns = [event for event in events if event["e"] == "return"]
    return [
        (calls[r["n"]]["fn"], arguments_of(calls[r["n"]]), r.get("result", r.get("raised")), r.get("error")) for r in returns
    ]


class TestUnchanged:
    def test_what_the_program_sees(self, record):
        command = [sys.executable, "-X", "utf8", str(FAULTS / "_unchanged.py")]
        plain = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=PATIENCE)
        traced, _ = record("_unchanged.py")
        *said, where = traced.stderr.splitlines()
        assert plain.returncode == 0, plain.stderr
        assert traced.stdout == plain.stdout
        assert "out of the wait: 0 5 b'hello'" in traced.stdout and "-1 WSA_IO_PENDING (997)" in traced.stdout
        assert traced.returncode == 0 and said == [] and "run.jsonl" in where

    def test_without_tracing_the_functions_are_the_dlls_own(self):
        code = (
            "import sys, winsock_ctypes as w, winsock_ctypes.winsock2 as w2\n"
            "assert not any('trace' in name for name in sys.modules if name.startswith('winsock_ctypes'))\n"
            "before = dict(vars(w)), dict(vars(w2))\n"
            "from winsock_ctypes.trace.recorder import Recorder\n"
            "from winsock_ctypes.trace.places import Places\n"
            "del w.trace\n"
            "same = lambda: all(vars(m)[k] is v for m, b in zip((w, w2), before) for k, v in b.items())\n"
            "assert same()\n"
            "assert type(w.SleepEx).__call__.__objclass__.__name__.endswith('CFuncPtr')\n"
            "p = Places(Recorder(lambda event: None)); p.take()\n"
            "assert w.WSARecv is not before[0]['WSARecv'] and w.WSARecv is w2.WSARecv\n"
            "assert w.LPWSAOVERLAPPED_COMPLETION_ROUTINE is not before[0]['LPWSAOVERLAPPED_COMPLETION_ROUTINE']\n"
            "p.give_back()\n"
            "assert same()\n"
        )
        done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", timeout=PATIENCE)
        assert done.returncode == 0, done.stderr

    def test_exit_status_and_traceback_are_the_programs(self, tmp_path):
        script = tmp_path / "script.py"
        script.write_text("import sys\nfrom winsock_ctypes import *\nhtons(1)\nsys.exit(3)\n", encoding="utf-8")
        assert trace("--text", script).returncode == 3
        script.write_text("from winsock_ctypes import *\n1 / 0\n", encoding="utf-8")
        done = trace("--jsonl", tmp_path / "run.jsonl", script)
        assert done.returncode == 1 and "ZeroDivisionError" in done.stderr
        assert "runpy" not in done.stderr and "__main__.py" not in done.stderr
        assert events_of(tmp_path / "run.jsonl")[-1]["how"].startswith("ZeroDivisionError")

    def test_an_exception_that_cannot_say_what_it_is(self, tmp_path):
        """... is the program's all the same: out of a routine, out of the program, and in the recording."""
        script = tmp_path / "script.py"
        script.write_text(
            "from socket import socketpair\nfrom winsock_ctypes import *\n"
            "class Silent(Exception):\n    def __str__(self): raise ValueError\n"
            "WSAStartup(MAKEWORD(2, 2), byref(WSADATA()))\na, b = socketpair()\n"
            "@LPWSAOVERLAPPED_COMPLETION_ROUTINE\ndef R(*given): raise Silent\n"
            "wsabuf, overlapped, flags = WSABUF(1, (BYTE * 1)()), WSAOVERLAPPED(), DWORD()\n"
            "WSARecv(a.fileno(), byref(wsabuf), 1, NULL, byref(flags), byref(overlapped), R)\nb.send(b'x')\n"
            "try:\n    SleepEx(5000, TRUE)\nexcept Silent:\n    print('kept')\nraise Silent\n",
            encoding="utf-8",
        )
        done = trace("--jsonl", tmp_path / "run.jsonl", script)
        assert (done.returncode, done.stdout) == (1, "kept\n") and "Silent: <exception str() failed>" in done.stderr
        events = events_of(tmp_path / "run.jsonl")
        said = "Silent: <exception str() failed>"
        assert [event["raised"] for event in events if "raised" in event] == [said, said] and events[-1]["how"] == said

    def test_the_other_tests_do_not_notice(self, tmp_path):
        """The tests of what the functions do, run while they are recorded."""
        script = tmp_path / "suite.py"
        names = ("addresses", "completion", "events", "overlapped", "promises", "sockets")
        tests = [str(ROOT / "tests" / "dll" / f"test_{name}.py") for name in names]
        but = "not no_python_frame"  # the recorder's own frame
        arguments = ["-q", "-p", "no:cacheprovider", "-k", but, *tests]
        script.write_text(f"import pytest\nraise SystemExit(pytest.main({arguments!r}))\n", encoding="utf-8")
        done = trace("--jsonl", tmp_path / "run.jsonl", "--cap", 100_000, script)
        assert done.returncode == 0, done.stdout[-3000:]
        assert len(events_of(tmp_path / "run.jsonl")) > 1000


class TestRecording:
    def test_a_routine_from_start_to_delivery(self, record):
        _, events = record("_unchanged.py")
        call = next(event for event in events if event.get("fn") == "WSARecv")
        assert [argument[0] for argument in call["args"]][-2:] == ["lpOverlapped", "lpCompletionRoutine"]
        assert arguments_of(call)["lpCompletionRoutine"] == "ReadComRoutine"
        back = next(event for event in events if event["e"] == "return" and event["n"] == call["n"])
        assert (back["result"], back["error"], back["state"]) == ("SOCKET_ERROR", "WSA_IO_PENDING (997)", "pending")
        later = events[events.index(back) :]
        kinds = [event["e"] for event in later if event["e"] in ("sample", "routine", "routine_end")]
        assert kinds == ["sample", "routine", "routine_end"]
        sample = next(event for event in later if event["e"] == "sample")
        assert (sample["id"], sample["status"], sample["bytes"]) == (call["op"]["id"], "STATUS_SUCCESS", 5)
        routine = next(event for event in later if event["e"] == "routine")
        assert routine["delivered"] == [call["op"]["id"]] and arguments_of(routine)["cbTransferred"] == "5"
        assert [name for name, _, _ in routine["stack"]][-2:] == ["SleepEx", "ReadComRoutine"]
        assert events[-1] == {"e": "end", "t": events[-1]["t"], "how": "the program ended", "sum": events[-1]["sum"]}

    def test_lines_and_sources(self, record):
        _, events = record("_unchanged.py")
        sources = {event["file"]: event for event in events if event["e"] == "source"}
        assert [source["name"] for source in sources.values()] == [
            "tests/support/trace_faults/_unchanged.py", "tests/support/trace_faults/_peer.py",
        ]  # fmt: skip
        for event in events:
            if event["e"] == "call" and event["fn"] != "WSARecv":  # its call goes over several lines
                name, file, line = event["stack"][-1]
                text = sources[file]["text"].splitlines()[line - 1]
                assert event["fn"].removesuffix("W") in text or "wrong()" in text or "lambda" in text

    def test_times_do_not_go_back(self, record):
        _, events = record("_unchanged.py")
        times = [event["t"] for event in events if "t" in event]
        assert times == sorted(times)

    def test_text(self, tmp_path):
        done = trace("--text", FAULTS / "_unchanged.py")
        lines = done.stderr.splitlines()
        assert any(line.endswith("&1) = SOCKET_ERROR WSAENOTSOCK (10038)") for line in lines), lines
        at = next(number for number, line in enumerate(lines) if "ReadComRoutine(0, 5," in line)
        assert "SleepEx(1000, TRUE) ..." in lines[at - 1]
        assert lines[at + 1].endswith("} raised SystemExit: 0 5")
        assert "<... SleepEx> raised" in lines[at + 2]
        assert all(line[11:15] == "main" for line in lines)

    def test_page_holds_the_same_events(self, tmp_path):
        page, lines, perfetto = (tmp_path / name for name in ("run.html", "run.jsonl", "run.json"))
        trace("-o", page, "--jsonl", lines, "--perfetto", perfetto, FAULTS / "_unchanged.py")
        text = page.read_text(encoding="utf-8")
        log, _, tail = text[text.rindex('<script id="log-data"') :].partition(">\n")[2].partition("</script>")
        assert tail.split() == ["</body>", "</html>"]
        assert log == lines.read_text(encoding="utf-8")
        assert "<" not in log
        rows = json.loads(perfetto.read_text(encoding="utf-8"))["traceEvents"]
        assert sum(row["ph"] == "B" for row in rows) == sum(row["ph"] == "E" for row in rows) > 10
        assert [row["ph"] for row in rows if row.get("cat")] == ["b", "e"]

    def test_cap(self, record):
        done, events = record("_unchanged.py", "--cap", "10")
        assert done.returncode == 0 and "out of the wait" in done.stdout
        assert [event["e"] for event in events[10:]] == ["note", "end"]
        assert "10 events were recorded" in events[10]["text"] and "10 events were recorded" in done.stderr

    def test_a_crash_keeps_what_was_recorded(self, tmp_path):
        page, lines = tmp_path / "run.html", tmp_path / "run.jsonl"
        done = trace("-o", page, "--jsonl", lines, FAULTS / "crashes.py")
        assert done.returncode == 7
        assert [call[0] for call in calls_of(events_of(lines))] == ["WSAStartup"]
        assert page.read_text(encoding="utf-8").endswith(lines.read_text(encoding="utf-8"))

    def test_ctrl_c_keeps_what_was_recorded(self, record):
        done, events = record("interrupted.py")
        assert done.returncode == 1 and "KeyboardInterrupt" in done.stderr
        assert events[-1]["e"] == "end" and events[-1]["how"] == "KeyboardInterrupt"
        assert [call[0] for call in calls_of(events)][:2] == ["WSAStartup", "SleepEx"]

    def test_a_long_run_is_a_page_of_less_than_a_megabyte(self, tmp_path):
        page = tmp_path / "run.html"
        with Server("overlapped_echo_server", recorded=["-o", page]) as server:
            with server.connect() as client:
                for _ in range(250):
                    assert echo(client, b"hello, overlapped") == b"hello, overlapped"
            server.wait_for_line("Client disconnected", 2)
            server.interrupt()
        text = page.read_text(encoding="utf-8")
        assert text.count("\n{") > 2000
        assert len(text.encode()) < 1_000_000


class TestDiagnosis:
    @pytest.mark.parametrize("mistake", mistakes(), ids=lambda mistake: mistake.name)
    def test_in_a_right_program(self, tmp_path, record, mistake):
        shutil.copy(FAULTS / "_peer.py", tmp_path)
        (tmp_path / "mistake.py").write_text(mistake.program, encoding="utf-8")
        self.look(*record(tmp_path / "mistake.py"), mistake.findings, mistake.program)

    @pytest.mark.parametrize(
        ("name", "findings"),
        [
            ("never_alertable", ["never-alertable"]),
            ("changed_buffer", ["changed-buffer"]),
            ("unasked_kept", ["unasked", "unasked"]),
            ("no_startup", ["no-startup"]),
            ("kept_waiting", ["kept-waiting"]),
        ],
    )
    def test_in_a_program_of_its_own(self, record, name, findings):
        script = FAULTS / f"{name}.py"
        self.look(*record(script), findings, script.read_text(encoding="utf-8"))

    @staticmethod
    def look(done, events, kinds, program):
        """That just these findings are made, and told, where the mistakes are."""
        found = [event for event in events if event["e"] == "diagnosis"]
        assert [finding["kind"] for finding in found] == kinds, done.stderr
        assert done.stderr.splitlines()[:-1] == [f"trace: {finding['en']}" for finding in found]
        calls = {event["n"]: event for event in events if event["e"] == "call"}
        for finding in found:
            name, file, line = next(frame for frame in reversed(calls[finding["n"]]["stack"]) if frame[1] >= 0)
            assert (finding["fn"], finding["file"], finding["line"]) == (calls[finding["n"]]["fn"], file, line)
            assert all(f".py:{line}: {finding['fn']}: " in finding[language] for language in ("en", "ko"))
            text = program.splitlines()
            assert file != 0 or finding["fn"].removesuffix("W") in "".join(text[line - 2 : line + 1])
