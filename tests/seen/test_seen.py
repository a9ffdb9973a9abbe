"""Each experiment gives an answer that is documented; and the program that asks them, its recordings and its pages."""

import io
import json
import os
import subprocess
import sys

import pytest

from tests.pages import __main__ as pages
from tests.seen import __main__ as program
from tests.seen import recordings
from tests.seen.experiments import EXPERIMENTS
from tests.seen.table import Table, width, wrapped
from tests.support.deviations import ON_WINE, SEEN


@pytest.mark.parametrize("experiment", EXPERIMENTS.values(), ids=EXPERIMENTS)
def test_experiment(experiment):
    wine = SEEN.get(experiment.name, {}) if ON_WINE else {}
    assert experiment.run() in {*experiment.documented, *experiment.expected, *wine}


def test_deviations_are_the_recorded_ones():
    found = {}
    for recording in recordings.recorded():
        kind, version = recording["system"]["name"].split(" ", 1)
        for name, seen in recording["seen"].items():
            if kind == "Wine" and seen not in EXPERIMENTS[name].documented + EXPERIMENTS[name].expected:
                found.setdefault(name, {}).setdefault(seen, []).append(version)
    assert found == SEEN


def test_recorded_wines_answered_all():
    for recording in recordings.recorded():
        if recording["system"]["name"].startswith("Wine"):
            assert list(recording["seen"]) == list(EXPERIMENTS) and not recording["not_run"]


# ---- the program -------------------------------------------------------------------------------------------------


def seen(*arguments, **environment):
    command = [sys.executable, "-m", "tests.seen", *arguments]
    return subprocess.run(command, capture_output=True, timeout=100, cwd=program.ROOT, env={**os.environ, **environment})


def test_json_is_a_recording():
    done = seen("routine-arguments", "accept-nobody", "--json")
    recording = json.loads(done.stdout)
    recordings.check(recording)
    assert recording["seen"] == {"routine-arguments": "0, 5, hello", "accept-nobody": "WSAEWOULDBLOCK (10035)"}
    assert (done.returncode, recording["not_run"], done.stderr) == (0, {}, b"")


def test_json_to_a_file(tmp_path):
    done = seen("chained", "--json", str(tmp_path / "seen.json"))
    assert done.returncode == 0 and b"chained" in done.stdout
    assert recordings.read(tmp_path / "seen.json")["seen"] == {"chained": "50"}


@pytest.mark.parametrize("encoding", ["cp949", "utf-8"])
def test_korean_table(encoding):
    done = seen("accept-after-reset", "chained", "--lang", "ko", PYTHONIOENCODING=encoding)
    text = done.stdout.decode(encoding)
    assert done.returncode == 0 and "넌-블로킹 소켓" in text and "?" in text
    assert all(width(line) <= 100 for line in text.splitlines() if not line.startswith("결과"))


def test_a_pipe_without_hangul():
    assert b"documented" in seen("chained", PYTHONIOENCODING="cp1252", LC_ALL="ko_KR.UTF-8").stdout
    done = seen("chained", "--lang", "ko", PYTHONIOENCODING="cp1252")
    assert (done.returncode, done.stderr) == (0, b"") and b"50" in done.stdout


def test_list():
    lines = seen("--list", "--lang", "en").stdout.decode().splitlines()
    assert [line.split()[0] for line in lines] == list(EXPERIMENTS)


@pytest.mark.parametrize("arguments", [["no-such"], ["--json", "chained"], ["--add", "x.json", "--list"], ["--lang", "fr"]])
def test_usage(arguments):
    done = seen(*arguments)
    assert done.returncode == 2 and b"error: " in done.stderr and len(done.stderr.splitlines()) == 1 and not done.stdout


def test_a_file_that_cannot_be_written(tmp_path):
    done = seen("chained", "--json", str(tmp_path / "none" / "seen.json"))
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("content", [b"my notes\n", b"[]", b"\xff"])
def test_a_file_of_somebody_elses_stays(content, tmp_path, capsys):
    file = tmp_path / "notes"
    file.write_bytes(content)
    assert program.main(["chained", "--json", str(file)]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1) and "it stays" in said.err and file.read_bytes() == content
    assert program.main(["chained", "--json", str(tmp_path)]) == 2


def test_the_reader_leaves():
    command = [sys.executable, "-m", "tests.seen"]
    with subprocess.Popen(command, cwd=program.ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        child.stdout.readline()
        child.stdout.close()
        assert (child.wait(30), child.stderr.read()) == (1, b"")


# ---- experiments that go wrong -----------------------------------------------------------------------------------

FAULTY = """
import ctypes, sys, time
from tests.seen.experiments import EXPERIMENTS, main
for name, ask in {
    "hangs": lambda: time.sleep(30),
    "crashes": lambda: ctypes.WinDLL("kernel32").ExitProcess(0xC0000005),
    "fails": lambda: [][0],
    "leaves": lambda: sys.exit(0),
}.items():
    EXPERIMENTS[name] = EXPERIMENTS["chained"]._replace(name=name, ask=ask)
main(sys.argv[1:])
"""


def test_others_are_not_lost(monkeypatch):
    monkeypatch.setattr(program, "SECONDS", 1)
    names = ["hangs", "chained", "crashes", "fails", "sleepex-nothing", "leaves", "one-wait-runs-all", "crashes"]
    answers = {name: (answer, why) for name, answer, why in program.run(names, ("-c", FAULTY))}
    assert answers == {
        "hangs": (None, "took more than 1 s"),
        "chained": ("50", ""),
        "crashes": (None, "the process ended with status 0xc0000005"),
        "fails": (None, "IndexError: list index out of range"),
        "sleepex-nothing": ("0, 0, 0", ""),
        "leaves": (None, "the process ended with status 0x0"),
        "one-wait-runs-all": ("WAIT_IO_COMPLETION (192), 3", ""),
    }


def test_the_whole_is_bounded(monkeypatch):
    monkeypatch.setattr(program, "ALTOGETHER", 0)
    assert [(name, seen) for name, seen, _ in program.run(["chained", "at-once"])] == [("chained", None), ("at-once", None)]


def test_one_that_could_not_be_run_is_the_exit_status(monkeypatch, capsys):
    monkeypatch.setattr(program, "run", lambda names: [(names[0], None, "took more than 3 s")])
    assert program.main(["chained", "--lang", "en"]) == 1
    assert "could not be" in capsys.readouterr().out


# ---- recordings --------------------------------------------------------------------------------------------------

SYSTEM = {"name": "Windows 11 26100", "windows": "10.0.26100", "python": "3.13.2", "date": "2026-01-02"}
GOOD = {"system": SYSTEM, "seen": {"chained": "49"}, "not_run": {"at-once": "took more than 3 s"}}


@pytest.fixture
def copies(tmp_path, monkeypatch):
    """Recordings and pages that a test may change."""
    for module, name in ((recordings, "RECORDED"), (pages, "ROOT"), (program, "ROOT")):
        monkeypatch.setattr(module, name, tmp_path)
    (tmp_path / "docs" / "ko").mkdir(parents=True)
    return tmp_path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])  # PowerShell writes the last two
def test_add(copies, encoding, capsys):
    file = copies / "sent.txt"
    file.write_text(json.dumps(GOOD), encoding=encoding)
    assert program.main(["--add", str(file)]) == 0
    assert recordings.recorded() == [GOOD] and (copies / "windows-11-26100.json").exists()
    text = (copies / "docs" / "semantics.md").read_text(encoding="utf-8")
    assert (
        "| Windows 11 26100 |" in text and "| **`49`** |" in text and "could not be run |" in text and "not yet seen |" in text
    )
    assert "아직 보지 못했다 |" in (copies / "docs" / "ko" / "semantics.md").read_text(encoding="utf-8")


def test_an_answer_that_is_kept_is_not_lost(copies, capsys):
    kept, file = copies / "windows-11-26100.json", copies / "sent.txt"
    recordings.write(kept, GOOD)
    file.write_text(json.dumps({**GOOD, "seen": {"at-once": "0"}}), encoding="ascii")
    assert program.main(["--add", str(file)]) == 2
    said = capsys.readouterr()
    assert said.err.count("\n") == 1 and "chained" in said.err and recordings.read(kept) == GOOD
    file.write_text(json.dumps({**GOOD, "seen": {"at-once": "0", "chained": "50"}}), encoding="ascii")
    assert program.main(["--add", str(file)]) == 0 and recordings.read(kept)["seen"]["chained"] == "50"


BAD = {
    "nothing": b"",
    "no JSON": b"{",
    "no text": b"\xff\xfe\xfd",
    "deep": b"[" * 50_000,
    "large": b" " * 200_000,
    "a list": b"[]",
    "no answers": json.dumps({"system": SYSTEM, "seen": []}).encode(),
    "parts": json.dumps({**GOOD, "more": {}}).encode(),
    "system": json.dumps({**GOOD, "system": {"name": "Windows 11"}}).encode(),
    "another system": json.dumps({**GOOD, "system": {**SYSTEM, "name": "../../x"}}).encode(),
    "a number": json.dumps({**GOOD, "seen": {"chained": 50}}).encode(),
    "markup": json.dumps({**GOOD, "seen": {"chained": "50 | <b>"}}).encode(),
    "a name": json.dumps({**GOOD, "seen": {"|": "50"}}).encode(),
}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD)
def test_a_bad_file(copies, content, capsys):
    file = copies / "sent.txt"
    file.write_bytes(content)
    assert program.main(["--add", str(file)]) == 2
    output = capsys.readouterr()
    assert len(output.err.splitlines()) == 1 and str(file) in output.err and not output.out
    assert sorted(path.name for path in copies.rglob("*") if path.is_file()) == ["sent.txt"]


def test_a_folder_that_cannot_be_written(copies, monkeypatch, capsys):
    file = copies / "sent.txt"
    file.write_text(json.dumps(GOOD), encoding="ascii")
    monkeypatch.setattr(recordings, "RECORDED", copies / "none")
    assert program.main(["--add", str(file)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_missing_file(copies, capsys):
    assert program.main(["--add", str(copies / "none.json")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


# ---- the table ---------------------------------------------------------------------------------------------------


def test_wrapped_by_width():
    assert wrapped("넌-블로킹 소켓의 accept", 10) == ["넌-블로킹", "소켓의", "accept"]
    assert wrapped("abcdefgh", 3) == ["abc", "def", "gh"] and wrapped("한글한글", 5) == ["한글", "한글"]
    assert wrapped("", 5) == [""]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_columns_stand_below_each_other(language):
    stream = io.StringIO()
    table = Table(language, stream)
    for experiment in EXPERIMENTS.values():
        table.row(experiment, experiment.name)
    first, answer = table.columns[0] + 2, table.columns[1]
    for line in stream.getvalue().splitlines():
        if line and not line.startswith("-- "):
            columns = "".join(character * width(character) for character in line.ljust(120))
            assert columns[first - 2 : first] == "  " and columns[first + answer : first + answer + 2] == "  "
