"""--compare: several recordings on one page. What the page shows of it is looked at by tests/browser/check."""

import json

import pytest

from tests.programs.test_trace import FAULTS, trace
from winsock_ctypes.trace import compare
from winsock_ctypes.trace.page import LOG


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """A page and lines, of two programs."""
    folder = tmp_path_factory.mktemp("recorded")
    for script in ("never_alertable", "changed_buffer"):
        trace("-o", folder / f"{script}.html", "--jsonl", folder / f"{script}.jsonl", FAULTS / f"{script}.py")
    return folder


def events_of(page):
    return [json.loads(line) for line in page.read_text(encoding="utf-8").partition(LOG)[2].split("\n") if line[:1] == "{"]


def lines_of(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_page_holds_what_the_recordings_have(recorded, tmp_path):
    (tmp_path / "pages").mkdir()
    out = tmp_path / "pages" / "both.html"
    one, other = recorded / "never_alertable.html", recorded / "changed_buffer.jsonl"
    done = trace("--compare", one, other, "-o", out, "--lang", "en")
    assert (done.returncode, done.stderr.count("\n")) == (0, 1) and "both.html" in done.stderr
    first, *events, last = events_of(out)
    assert [about["name"] for about in first["compares"]] == ["never_alertable", "changed_buffer"]
    assert [(out.parent / about["href"]).resolve() if "href" in about else None for about in first["compares"]] == [one, None]
    kinds = ("call", "return", "routine", "routine_end", "output", "sample", "end")
    wanted = [event for lines in (one.with_suffix(".jsonl"), other) for event in lines_of(lines) if event["e"] in kinds]
    shown = [event for event in events if event["e"] in kinds]
    assert [(e["e"], e["t"], e.get("n"), e.get("fn"), e.get("result")) for e in shown] == [
        (e["e"], e["t"], e.get("n"), e.get("fn"), e.get("result")) for e in wanted
    ]
    assert len(wanted) > 20 and last["how"] == "compared"
    assert sum(event["e"] == "diagnosis" for event in events) == 2


@pytest.mark.parametrize("count", [3, 4])
def test_three_and_four_follow_each_other(recorded, tmp_path, count):
    out = tmp_path / "all.html"
    names = ["never_alertable.html", "changed_buffer.jsonl", "changed_buffer.html", "never_alertable.jsonl"][:count]
    done = trace("--compare", *(recorded / name for name in names), "-o", out, "--lang", "en")
    assert done.returncode == 0 and f"{count} recordings" in done.stderr
    first, *events, last = events_of(out)
    stems = [name.partition(".")[0] for name in names]
    told_apart = [f"{stem} ({stem})" if stems.count(stem) > 1 else stem for stem in stems]
    assert [about["name"] for about in first["compares"]] == told_apart
    runs = []
    for event in events:
        runs += [[]] if event["e"] == "start" else []
        runs[-1] += [(event["t"], event["n"])] if event["e"] == "call" else []
    wanted = [lines_of((recorded / name).with_suffix(".jsonl")) for name in names]
    assert runs == [[(event["t"], event["n"]) for event in lines if event["e"] == "call"] for lines in wanted]
    assert last["how"] == "compared"


def test_it_is_written_over_unless_it_was_changed(recorded, tmp_path):
    out = tmp_path / "both.html"
    command = ["--compare", recorded / "never_alertable.html", recorded / "changed_buffer.html", "-o", out]
    assert [trace(*command).returncode for _ in range(2)] == [0, 0]
    changed = out.read_text(encoding="utf-8").replace("never_alertable", "NEVER")
    out.write_text(changed, encoding="utf-8")
    done = trace(*command)
    assert done.returncode == 2 and "--overwrite" in done.stderr and out.read_text(encoding="utf-8") == changed
    assert trace("--overwrite", *command).returncode == 0


def test_names_of_the_same_script_differ(recorded, tmp_path):
    again = tmp_path / "again.jsonl"
    again.write_bytes((recorded / "changed_buffer.jsonl").read_bytes())
    text = compare.lines([str(recorded / "changed_buffer.html"), str(again)], str(tmp_path / "out.html"))
    names = [about["name"] for about in json.loads(text.partition("\n")[0])["compares"]]
    assert names == ["changed_buffer (changed_buffer)", "changed_buffer (again)"]


@pytest.mark.parametrize("where", [b'"sum"', "버퍼".encode()[1:]], ids=["line", "character"])
def test_a_recording_that_a_crash_cut_short(recorded, tmp_path, where):
    cut, whole = tmp_path / "cut.jsonl", (recorded / "changed_buffer.jsonl").read_bytes()
    cut.write_bytes(whole[: whole.rindex(where)])
    text = compare.lines([str(cut), str(recorded / "changed_buffer.html")], str(tmp_path / "out.html"))
    assert [json.loads(line)["e"] for line in text.splitlines()].count("end") == 2  # the second's, and the page's


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"\xff\xfe",
        b"[]\n",
        b'{"e":"call"}\n',
        b'{"e":["start"]}\n',
        b'{"e":"start","script":"a","args":[]}\n{"e":"call"}\n',
        b'{"e":"start","script":"a","args":[]}\n{"e":"call","n":1,"t":0,"th":0,"fn":"x","op":5}\n',
    ],
)
def test_what_is_no_recording_is_refused(recorded, tmp_path, content):
    (tmp_path / "bad").write_bytes(content)
    with pytest.raises(compare.outputs.Refused, match="is no recording"):
        compare.lines([str(recorded / "changed_buffer.html"), str(tmp_path / "bad")], str(tmp_path / "out.html"))


def test_a_recording_that_an_editor_has_saved(recorded, tmp_path):
    """With a mark at its beginning, and Windows' line ends."""
    lines = tmp_path / "lines.jsonl"
    lines.write_text((recorded / "changed_buffer.jsonl").read_text(encoding="utf-8"), encoding="utf-8-sig", newline="\r\n")
    assert compare.events_of(str(lines)) == compare.events_of(str(recorded / "changed_buffer.jsonl"))


def test_a_comparison_is_no_recording(recorded, tmp_path):
    out = tmp_path / "both.html"
    names = [str(recorded / "never_alertable.html"), str(recorded / "changed_buffer.html")]
    assert compare.write(names, str(out), False, "en") == 0
    assert compare.write([str(out), names[0]], str(tmp_path / "third.html"), False, "en") == 2
    assert not (tmp_path / "third.html").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--compare", "A"], "two to four"),
        (["--compare", "A", "A", "A", "A", "A"], "two to four"),
        (["--compare", "A", "nothing.html"], "cannot be read"),
        (["--compare", "A", "."], "cannot be read"),
        (["--compare", "A", "B", "-o", "A"], "is one of the recordings"),
        (["--compare", "A", "B", "-o", "."], "is a folder"),
        (["--compare", "A", "B", "--text"], "only writes a page"),
        (["--compare", "A", "B", "-o", "out.html", "script.py"], "runs no script"),
        (["--compare", "A", "B", "-o", ""], "needs the name of a file"),
    ],
)
def test_wrong_arguments(recorded, tmp_path, arguments, said):
    names = {"A": recorded / "never_alertable.html", "B": recorded / "changed_buffer.html"}
    before = names["A"].read_bytes()
    done = trace(*(names.get(word, word) for word in arguments))
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and said in done.stderr, done.stderr
    assert names["A"].read_bytes() == before
