"""The pages: what is generated is current, what they quote and link exists, and what they tell the reader to run, runs.

Conventions of the pages:
- ```console: lines that begin with `> py ` are commands, the other lines must be printed in this order. Commands of a block
  run together: servers first, then what talks to them; the servers are ended when the last command is done. A command must
  succeed, unless the lines below it say `failed`.
- a ```python block is a program of its own, and runs; what a ```text block right after it shows is what it prints. (Not so
  between `<!-- cut … -->` and `<!-- end -->`: that is cut out of a file.)
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from contextlib import ExitStack

import pytest

import winsock_ctypes
from tests.pages import __main__ as pages
from tests.pages import cut
from tests.support.processes import PATIENCE, ROOT, Program, free_port

PAGES = sorted(path.relative_to(ROOT).as_posix() for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")))
KOREAN = [page for page in PAGES if page.startswith("docs/ko/") or page.endswith(".ko.md")]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.S | re.M)


def english(page: str) -> str:
    return page.replace("docs/ko/", "docs/").replace(".ko.md", ".md")


def blocks(text: str, language: str | None = None) -> list[str]:
    return [body for found, body in FENCE.findall(text) if language in (None, found)]


def without_cuts(text: str) -> str:
    return cut.BLOCK.sub("", text)


# ---- generated text ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["headers", "reference", "cut", "steps", "semantics", "benchmarks"])
def test_what_a_program_makes_is_up_to_date(name):
    assert pages.out_of_date(name) == {}, f"run: python -m tests.pages write {name}"


def test_check_finds_what_write_mends(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(pages, "ROOT", tmp_path)
    monkeypatch.setattr(cut, "pages", lambda: {"page.md": "new\n"})
    (tmp_path / "page.md").write_text("old\n")
    assert pages.main(["check", "cut"]) == 1
    assert "-old\n+new\npage.md is out of date: python -m tests.pages write cut\n" in capsys.readouterr().out
    for said in ("page.md: written", "cut: up to date"):
        assert pages.main(["write", "cut"]) == 0 and said in capsys.readouterr().out
    assert (tmp_path / "page.md").read_bytes() == b"new\n"
    assert pages.main(["check", "cut"]) == 0


@pytest.mark.parametrize("arguments", [[], ["--write"], ["write", "nothing"], ["check", "cut", "nothing"]])
def test_the_command_refuses_what_it_does_not_know(arguments, capsys):
    assert pages.main(arguments) == 2
    said = capsys.readouterr()
    if "nothing" in arguments:
        assert said.err.count("\n") == 1 and "'nothing'" in said.err
    else:
        assert said.out == f"{pages.__doc__}\n"


def test_whoever_reads_what_the_command_prints_may_leave():
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "tests.pages"]
    done = subprocess.run(command, cwd=ROOT, stdout=writer, stderr=subprocess.PIPE, timeout=PATIENCE)
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, b"")


def test_the_reference_has_every_name():
    text = cut.read("docs/reference.md")
    missing = [name for name in winsock_ctypes.__all__ if f"\n### {name}\n" not in text and f"\n| `{name}` |" not in text]
    assert missing == []


def test_what_the_examples_use_is_described_in_korean():
    sections = re.split(r"^### ", cut.read("docs/ko/reference.md"), flags=re.M)
    used = [section for section in sections if re.search(r"^- 쓰는 곳: ", section, re.M)]
    facts = r"^```[^`]*^```|`[^`]*`|^#.*$|^\|.*$|^- (?:쓰는 곳|코드|비교한 헤더|헤더와).*$"
    prose = {section.split("\n")[0]: re.sub(facts, "", section, flags=re.M) for section in used}
    assert len(used) > 60 and [name for name, text in prose.items() if not re.search("[가-힣]", text)] == []


def test_cuts_are_not_left_open():
    for page in PAGES:
        text = cut.read(page)
        assert len(re.findall("<!-- cut ", text)) == len(cut.BLOCK.findall(text)), page


@pytest.mark.parametrize(
    "anchor",
    [
        "examples/no_such_file.py :: main :: while running:",
        "examples/overlapped_echo_server.py :: no_such_function :: while running:",
        "examples/overlapped_echo_server.py :: main :: no such line",
        "examples/overlapped_echo_server.py :: main :: while running: .. no such line",
        "examples/overlapped_echo_server.py :: main :: closesocket(hLisnSock) .. while running:",
        "examples/echo_client.py :: main :: while True:",  # two lines
        "examples/overlapped_echo_server.py :: main",
    ],
)
def test_an_unknown_or_ambiguous_anchor_fails(anchor):
    with pytest.raises(cut.Stale):
        cut.cut(anchor)
    with pytest.raises(cut.Stale):
        cut.updated("docs/page.md", f"<!-- cut {anchor} -->\n<!-- end -->\n")
    with pytest.raises(cut.Stale):
        cut.updated("docs/page.md", f"| x | <!-- line {anchor} --> |\n")


def test_a_stale_snippet_is_noticed():
    page = "docs/reading-guide.md"
    text = cut.read(page)
    other_code = text.replace("SleepEx(100, TRUE)  # for", "SleepEx(10, TRUE)  # for")
    other_lines = re.sub(r"\.py:(\d+)\]", ".py:9\\1]", text)
    for changed in (other_code, other_lines):
        assert changed != text and cut.updated(page, changed) == text


@pytest.mark.parametrize("port", ["overlapped_echo_server", "echo_client"])
@pytest.mark.parametrize("page", ["docs/c-beside-python.md", "docs/ko/c-beside-python.md"])
def test_the_tables_have_every_line_of_the_port(page, port):
    file = f"examples/{port}.py"
    listed = set()
    for anchor in re.findall(r"<!-- line (.*?) -->", cut.read(page)):
        piece = cut.cut(anchor)
        if piece.file == file:
            listed |= set(range(piece.first, piece.last + 1))
    lines = cut.read(file).splitlines()
    docstring = lines.index('"""', 1) + 1
    code = {number for number, line in enumerate(lines, 1) if number > docstring and line.strip() and line.strip()[0] != "#"}
    assert [f"{number}: {lines[number - 1]}" for number in sorted(code - listed)] == []


# ---- links, marks, the Korean pages ------------------------------------------------------------------------------


def heading_ids(text: str) -> set[str]:
    """The fragments that GitHub makes of a page's headings."""
    found: dict[str, int] = {}
    ids = set()
    for heading in re.findall(r"^#+ (.*)$", FENCE.sub("", text), re.M):
        plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
        name = re.sub(r"[^\w\- ]", "", plain.strip().lower()).replace(" ", "-")
        ids.add(f"{name}-{found[name]}" if name in found else name)
        found[name] = found.get(name, 0) + 1
    return ids


@pytest.mark.parametrize("page", PAGES)
def test_every_link_inside_the_repository_resolves(page):
    text = FENCE.sub("", cut.read(page))
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, fragment = target.partition("#")
        file = (ROOT / page).parent / path if path else ROOT / page
        if not file.exists():
            broken.append(target)
        elif re.fullmatch(r"L\d+(-L\d+)?", fragment):
            last = int(re.findall(r"\d+", fragment)[-1])
            if last > len(file.read_text(encoding="utf-8").splitlines()):
                broken.append(target)
        elif fragment and file.suffix == ".md" and fragment not in heading_ids(file.read_text(encoding="utf-8")):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("page", PAGES)
def test_every_erratum_that_is_named_exists(page):
    known = set(re.findall(r"^#+ Erratum (\d+):", cut.read("docs/errata.md"), re.M))
    assert numbers(FENCE.sub("", cut.read(page))) <= known


# Every figure that the guide calls measured, in the order of the guide -> where it was measured.
MEASURED = [
    ("10 passes a second", "docs/errata.md", "waits up to 100 ms in SleepEx"),
    ("one alertable wait runs all three", "tests/seen/experiments.py", "(WAIT_IO_COMPLETION, 3)) def one_wait_runs_all()"),
    ("accepted at 10 a second", "docs/errata.md", "accepted at 10 a second"),
    ("22 as printed, 6 with the line", "docs/errata.md", "22 receives instead of 6"),
    ("10 clients a second, `iocp_echo_server.py` more than 700", "docs/errata.md", "takes more than 700"),
    ("within 3 seconds, but after 5 ms", "docs/errata.md", "within 3 seconds; at `iocp_echo_server.py` it took 5 ms"),
]


def test_every_figure_was_measured():
    for page in ("docs/reading-guide.md", "docs/ko/reading-guide.md"):
        marks = re.findall(r"\((?:measured|측정)", cut.read(page))
        assert len(marks) == len(MEASURED) - 1, page  # two figures share one mark
    for figure, where, what in MEASURED:
        assert figure in re.sub(r"\s+", " ", cut.read("docs/reading-guide.md")), figure
        assert what in re.sub(r"[ \n]+", " ", cut.read(where)), what


@pytest.mark.parametrize("page", [page for page in PAGES if page != "CHANGELOG.md"])  # which tells of what was
def test_every_path_that_is_named_exists(page):
    folders = "|".join(path.name for path in ROOT.iterdir() if path.is_dir() and path.name[0] != ".")
    named = set(re.findall(rf"(?<![\w./-])(?:{folders})/[\w./*-]*\w", cut.read(page)))
    named |= {f"winsock_ctypes/{name}" for name in re.findall(r"`(trace/[\w./-]+)`", cut.read(page))}
    mine = {name for name in named if name.startswith("examples/exercises/mine")}  # the reader's own
    assert {name for name in named - mine if not any(ROOT.glob(name))} == set()


def test_every_room_is_on_the_map():
    rooms = re.findall(r"^\| `(.*?/)`(?:, `(.*?/)`)? \| \S", cut.read("CONTRIBUTING.md"), re.M)
    listed = sorted(room for row in rooms for room in row if room)
    tests = [f"tests/{path.name}/" for path in ROOT.glob("tests/*/") if path.name[0] not in "._"]
    assert listed == sorted([*tests, "docs/", "docs/ko/", "examples/", "winsock_ctypes/", "winsock_ctypes/trace/"])


def numbers(text: str) -> set[str]:
    lists = re.findall(r"(?i:erratum|errata|정오표) (\d+(?:(?:, | and )\d+)*)", text)
    return {number for found in lists for number in re.findall(r"\d+", found)}


@pytest.mark.parametrize("page", ["docs/c-beside-python.md", "docs/ko/c-beside-python.md"])
def test_the_tables_name_the_erratum_of_every_marked_line(page):
    for row in re.findall(r"^\|.*<!-- line .*$", cut.read(page), re.M):
        pieces = [cut.cut(anchor) for anchor in cut.anchors(row)]
        marked = numbers("\n".join(line for piece in pieces for line in piece.text.splitlines()))
        assert marked <= numbers(re.sub("<!--.*?-->", "", row)), row


@pytest.mark.parametrize("page", KOREAN)
class TestKorean:
    def test_the_same_headings(self, page):
        ours, theirs = (re.findall(r"^(#+) ", FENCE.sub("", cut.read(p)), re.M) for p in (page, english(page)))
        assert ours == theirs

    def test_the_same_snippets_and_commands(self, page):
        ours, theirs = cut.read(page), cut.read(english(page))
        assert FENCE.findall(ours) == FENCE.findall(theirs)
        assert cut.anchors(ours) == cut.anchors(theirs)

    def test_the_same_tables_and_answers(self, page):
        ours, theirs = cut.read(page), cut.read(english(page))
        lists = (
            () if page == "docs/ko/reference.md" else (r"^- ",)
        )  # its docstrings have sentences where the English have lists
        for mark in (r"^\|", r"<details>", r"</details>", r"^\d+\. ", *lists):
            assert len(re.findall(mark, ours, re.M)) == len(re.findall(mark, theirs, re.M)), mark

    def test_the_same_errata(self, page):
        ours, theirs = (numbers(FENCE.sub("", cut.read(p))) for p in (page, english(page)))
        assert ours == theirs

    def test_the_same_figures_and_pictures(self, page):
        """Numbers of two digits and more: what the English say in words may be digits in Korean."""
        ours, theirs = (
            set(
                re.findall(
                    r"(?<![\w.])\d[\d,.]*\d",
                    re.sub(r"<!--.*?-->|\]\([^)]*\)|`[^`]*`", "", FENCE.sub("", cut.read(p)), flags=re.S),
                )
            )
            for p in (page, english(page))
        )
        assert theirs - ours == set()
        ours, theirs = (re.findall(r"!\[[^]]*\]\((?:\.\./)*(.*?)(?:\.ko)?\.\w+\)", cut.read(p)) for p in (page, english(page)))
        assert ours == theirs

    def test_it_is_korean(self, page):
        prose = re.sub(r"<!--.*?-->|`[^`]*`|\]\([^)]*\)", "", FENCE.sub("", cut.read(page)), flags=re.S)
        assert len(re.findall(r"[가-힣]", prose)) > 300


ENGLISH_ALONE = {"docs/verified.md"}


def test_every_page_to_be_read_has_a_korean_one():
    pages = {page for page in PAGES if page.startswith("docs/") or page == "README.md"} - set(KOREAN)
    assert pages - {english(page) for page in KOREAN} <= ENGLISH_ALONE


LINK = r"\[[^]]*\]\((\S*)\)"
NEXT = re.compile(rf"\n---\n\n(?:Before|이전): {LINK} · (?:Next|다음): {LINK} · {LINK}\n\Z")


@pytest.mark.parametrize(("folder", "home"), [("docs", "README.md"), ("docs/ko", "README.ko.md")])
def test_each_page_says_what_comes_before_and_after(folder, home):
    before, page, seen = ROOT / home, ROOT / folder / "reading-guide.md", set()
    while links := NEXT.search(page.read_text(encoding="utf-8")):
        assert (page.parent / links[1]).resolve() == before, page
        seen.add(page.name)
        before, page = page, (page.parent / links[2]).resolve()
    assert seen == {
        file.name for file in (ROOT / folder).glob("*.md") if "<!-- made by" not in file.read_text(encoding="utf-8")
    }


# ---- what the reader is told to run ------------------------------------------------------------------------------

PROGRAMS = [
    pytest.param(page, number, id=f"{page}-{number}")
    for page in PAGES
    if page not in KOREAN and page != "docs/reference.md"  # the Korean pages have the same ones
    for number in range(len(re.findall(r"^```python$", without_cuts(cut.read(page)), re.M)))
]


@pytest.mark.parametrize(("page", "number"), PROGRAMS)
def test_a_program(page, number, tmp_path):
    found = re.findall(r"^```python\n(.*?)^```\n(?:\n```text\n(.*?)^```$)?", without_cuts(cut.read(page)), re.S | re.M)
    program, expected = found[number]
    script = tmp_path / "program.py"
    script.write_text(program, encoding="utf-8")
    done = subprocess.run([sys.executable, "-X", "utf8", str(script)], cwd=ROOT, capture_output=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    if expected:
        assert done.stdout.decode().replace("\r\n", "\n") == expected


def plain_consoles(text: str) -> list[str]:
    """Blocks without a language, of nothing but commands, count as consoles, too."""
    return [body for body in blocks(text, "") if all(line.startswith("py ") for line in body.splitlines())]


def consoles(page: str) -> list[str]:
    text = cut.read(page)
    return blocks(text, "console") + [re.sub("^", "> ", body.rstrip("\n"), flags=re.M) for body in plain_consoles(text)]


CONSOLES = [
    pytest.param(page, number, id=f"{page}-{number}")
    for page in PAGES
    if page not in KOREAN
    for number in range(len(consoles(page)))
]
SERVERS = ("echo_server.py", "event_echo_server.py")
TYPED = b"one line\nQ\n"


@pytest.mark.parametrize(("page", "number"), CONSOLES)
def test_a_command(page, number, tmp_path):
    lines = consoles(page)[number].splitlines()
    port = str(free_port())  # the pages' 9190 may be in use
    commands = [(shlex.split(line[2:].replace("9190", port)), at) for at, line in enumerate(lines) if line.startswith("> ")]
    assert commands and commands[0][1] == 0, "the block must begin with a command: > py ..."
    environment = {**os.environ, "EXERCISES_FOLDER": str(tmp_path)}
    servers = []
    with ExitStack() as stack:
        for (words, at), end in zip(commands, [at for _, at in commands[1:]] + [len(lines)], strict=True):
            assert words[0] == "py", f"a command is `py …`, not {words[0]}"
            if words[1:3] == ["-m", "winsock_ctypes.trace"]:
                words[3:3] = ["-o", str(tmp_path / "run.html")]
            command, wanted = [sys.executable, "-X", "utf8", *words[1:]], lines[at + 1 : end]
            program = stack.enter_context(Program(command, merged=True, cwd=ROOT, env=environment))
            if any(word.endswith(SERVERS) for word in words):
                program.connect_to(int(port)).close()
                servers.append((program, wanted))
            else:
                program.type(TYPED if words[1].endswith("client.py") else b"")
                program.process.stdin.close()
                unsolved = words[-1] == "--test" and "--solution" not in commands[0][0]
                assert program.wait(60) == (unsolved or any("failed" in line for line in wanted)), program.out
                assert_printed(program.output.decode(), wanted)
        for program, wanted in servers:
            program.wait_until(lambda: all(line.encode() in program.output for line in wanted))  # noqa: B023
            assert_printed(program.output.decode(), wanted)


def assert_printed(output: str, wanted: list[str]) -> None:
    at = 0
    for line in wanted:
        found = output.find(line.strip(), at)
        assert found >= 0, f"{line!r} was not printed (in this order):\n{output}"
        at = found + len(line.strip())


def test_every_block_is_of_a_known_kind():
    kinds = {language for page in PAGES for language, _ in FENCE.findall(cut.read(page))}
    assert kinds <= {"", "python", "c", "console", "text", "diff", "json", "sh"}


# Commands outside console blocks -> where they are run instead. They are interactive, or are the run of the tests itself.
ELSEWHERE = {
    r"python -m pytest -rP tests/programs/test_errata\.py": ("tests/programs/test_errata.py", "def test_01"),
    r"(tests/wine/)?python -m debugpy --listen .*": ("tests/support/dap.py", "debugpy"),
    r"python -m tests\.seen --(json|add) seen\.json": ("tests/seen/test_seen.py", "--add"),
    r"python -m pdb examples/.*": ("tests/programs/test_debugger.py", "pdb"),
    r"py -m winsock_ctypes\.trace -o run\.html examples/.*": ("tests/programs/test_trace.py", 'trace("-o", page'),
    r"py -m winsock_ctypes\.trace --compare .*": ("tests/programs/test_trace_compare.py", 'trace("--compare", '),
}


def test_every_other_command_is_run_by_another_test():
    for page in PAGES:
        text = cut.read(page)
        outside = re.sub(r"^```console\n.*?^```$", "", text, flags=re.S | re.M)
        for consoles_ in plain_consoles(text):
            outside = outside.replace(consoles_, "")
        for command in re.findall(r"^(?: {4}|> )?((?:py|python|tests/wine/python|uv) .+)$", outside, re.M):
            known = [where for pattern, where in ELSEWHERE.items() if re.fullmatch(pattern, command)]
            assert known, f"{page}: no test runs `{command}`: write it into a ```console block"
            for file, what in known:
                assert what in cut.read(file)


def test_korean_pages_use_the_chapters_terms():
    others = {
        "스레드": "쓰레드",
        "대기열": "큐",
        "논블로킹": "넌-블로킹",
        "완료 루틴": "Completion Routine",
        "입니다": "-다",
        "습니다": "-다",
    }
    for page in KOREAN:
        prose = re.sub(r"`[^`]*`", "", FENCE.sub("", cut.read(page)))
        assert [f"{page}: {word}, not {term}" for word, term in others.items() if word in prose] == []
