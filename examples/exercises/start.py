"""Starts an exercise of docs/exercises.md, and makes diffs of solutions.

    python examples/exercises/start.py 3               write examples/exercises/mine/ex03.py, to be changed: its test is on
    python examples/exercises/start.py 3 --test        test it: what is still wrong, in a sentence
    python examples/exercises/start.py 3 --solution    the same, already solved
    python examples/exercises/start.py 3 --keep        make mine/ex03.py the solution: writes solutions/ex03.diff (for authors)

A file that was changed by hand stays as it is, unless --overwrite says otherwise.
`python -m pytest tests/programs/test_exercises.py -k mine` tests every program in examples/exercises/mine/, in pytest's words.
It speaks the language of the computer, English or Korean.
"""

from __future__ import annotations

import argparse
import ctypes
import difflib
import os
import re
import sys
from pathlib import Path
from typing import Any, NoReturn

KOREAN = """docs/ko/exercises.md의 연습문제를 시작한다. 해답의 diff도 만든다.

    python examples/exercises/start.py 3               고칠 파일 examples/exercises/mine/ex03.py를 쓴다. 테스트가 켜진다
    python examples/exercises/start.py 3 --test        테스트한다. 아직 틀린 것을 한 문장으로 말한다
    python examples/exercises/start.py 3 --solution    해답으로 쓴다
    python examples/exercises/start.py 3 --keep        mine/ex03.py를 해답으로 삼아 solutions/ex03.diff를 쓴다(저자용)

직접 고친 파일은 그대로 남는다. --overwrite를 주면 덮어쓴다.
`python -m pytest tests/programs/test_exercises.py -k mine`은 그 폴더의 프로그램을 모두 테스트한다. pytest는 영어로 말한다.
"""
HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
MINE = Path(os.environ.get("EXERCISES_FOLDER") or HERE / "mine")
# An example; or the exercise whose solution is gone on with.
BEGINNINGS: dict[int, str | int] = {number: "overlapped_echo_server" for number in range(1, 12)}
BEGINNINGS |= {9: "iocp_echo_server", 12: 11, 13: 12}
INCLUDE_PATH = """\
import sys
from pathlib import Path

sys.path.insert(1, str(Path(__file__).resolve().parents[3]))
"""


def beginning(number: int) -> str:
    """The program that an exercise begins with."""
    before = BEGINNINGS[number]
    if isinstance(before, int):
        return solution(before)
    return (ROOT / "examples" / f"{before}.py").read_text(encoding="utf-8")


def solution(number: int) -> str:
    return patched(beginning(number), (HERE / "solutions" / f"ex{number:02}.diff").read_text(encoding="utf-8"))


def patched(text: str, diff: str) -> str:
    """A unified diff, applied: each piece must fit exactly one place. Line numbers are not looked at."""
    for hunk in re.split(r"^@@ .*\n", diff, flags=re.M)[1:]:
        lines = hunk.splitlines(keepends=True)
        old = "".join(line[1:] for line in lines if line[0] in " -")
        new = "".join(line[1:] for line in lines if line[0] in " +")
        if text.count(old) != 1:
            raise ValueError(f"this piece of the diff fits {text.count(old)} places, not 1:\n{hunk}")
        text = text.replace(old, new)
    return text


def say(english: str, korean: str) -> str:
    """In the reader's language, which the recorder knows how to find out."""
    if sys.platform != "win32":
        return english
    sys.path.append(str(ROOT))
    from winsock_ctypes.trace.sentences import reader_language

    return korean if {reader_language(stream) for stream in (sys.stdout, sys.stderr)} == {"ko"} else english


def main(arguments: list[str]) -> int:
    if sys.stdout is not None:  # a path may have what the console cannot show
        sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        options = parse(arguments)
        if options.test:
            return test(options.number)
        if options.keep:
            keep(options.number, options.overwrite)
        else:
            begin(options.number, options.solution, options.overwrite)
    except (Refusal, OSError) as reason:
        print(f"start.py: {reason}", file=sys.stderr)
        return 2
    return 0


class Refusal(Exception):
    """Why nothing was written, in one line."""


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        korean = f"쓰는 법은 start.py 번호 [--test | --solution | --keep] [--overwrite]이고 번호는 {max(BEGINNINGS)}까지다"
        nothing = "nothing was written (--help says what there is)"
        raise Refusal(say(f"{message}; {nothing}", f"{korean}. 아무것도 쓰지 않았다(--help)"))


def parse(arguments: list[str]) -> argparse.Namespace:
    what = {"description": say(__doc__ or "", KOREAN), "formatter_class": argparse.RawDescriptionHelpFormatter}
    usage = "start.py NUMBER [--test | --solution | --keep] [--overwrite]"
    parser = Parser("start.py", usage=usage, allow_abbrev=False, **what)
    parser.add_argument("number", type=int, choices=BEGINNINGS, metavar="NUMBER", help=f"1 to {max(BEGINNINGS)}")
    either = parser.add_mutually_exclusive_group()
    tested = say("test mine/exNN.py", "mine/exNN.py를 테스트한다")
    solved = say("solved already", "해답으로")
    kept = say("make mine/exNN.py the solution (for authors)", "mine/exNN.py를 해답으로 삼는다(저자용)")
    lost = say("also where a file is lost that was changed by hand", "직접 고친 파일을 잃게 되더라도")
    either.add_argument("--test", action="store_true", help=tested)
    either.add_argument("--solution", action="store_true", help=solved)
    either.add_argument("--keep", action="store_true", help=kept)
    parser.add_argument("--overwrite", action="store_true", help=lost)
    return parser.parse_args(arguments)


def read(mine: Path) -> str:
    try:
        return mine.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Refusal(say(f"{mine} is not UTF-8: save it so", f"{mine}는 UTF-8이 아니다. UTF-8로 저장하자")) from None


def begin(number: int, solved: bool, overwrite: bool) -> None:
    mine = MINE / f"ex{number:02}.py"
    shown = f"examples/exercises/mine/{mine.name}"
    ours = (beginning(number), solution(number))
    if mine.exists() and not overwrite and mine.read_text(encoding="utf-8", errors="replace") not in ours:
        stays = f"{shown} is yours, and stays: go on with it, rename it, or say --overwrite"
        korean = f"{shown}는 직접 고친 파일이라 그대로 둔다. 계속 고치거나, 이름을 바꾸거나, --overwrite를 주자"
        raise Refusal(say(stays, korean))
    MINE.mkdir(parents=True, exist_ok=True)
    if not (include_path := MINE / "_include_path.py").exists():
        include_path.write_text(INCLUDE_PATH, encoding="utf-8", newline="\n")
    mine.write_text(ours[solved], encoding="utf-8", newline="\n")
    tried = f"{python()} examples/exercises/start.py {number} --test"
    print(say(f"change {shown} until this passes: {tried}", f"이 명령이 통과할 때까지 {shown}를 고치자: {tried}"))


def python() -> str:
    """What the reader types for it."""
    wine = sys.platform != "win32" or hasattr(ctypes.WinDLL("ntdll"), "wine_get_version")
    return "tests/wine/python" if wine else "py"


class Told:
    """In place of pytest's own words: what is wrong, as the check says it."""

    def __init__(self) -> None:
        self.wrong: list[str] = []

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            self.wrong.append(report.longreprtext)

    pytest_collectreport = pytest_runtest_logreport


def test(number: int) -> int:
    mine = MINE / f"ex{number:02}.py"
    if not mine.exists():
        raise Refusal(say(f"this is not begun: start.py {number}", f"아직 시작하지 않은 연습문제다. start.py {number}"))
    read(mine)
    if sys.platform != "win32":
        raise Refusal("there is no Windows here: tests/wine/python in place of python")
    try:
        import pytest
    except ModuleNotFoundError:
        install = f"{python()} -m pip install -e . --group test"
        raise Refusal(say(f"the test needs pytest: {install}", f"테스트에는 pytest가 필요하다. {install}")) from None
    told = Told()
    file = ROOT / "tests" / "programs" / "test_exercises.py"
    quiet = ["-p", "no:terminal", "-o", "addopts=", "--import-mode=importlib"]
    status = pytest.main([*quiet, f"{file}::test_mine[ex{number:02}]"], plugins=[told])
    print(*told.wrong, sep="\n", end="\n" if told.wrong else "")
    ended = say(f"exercise {number}: passed", f"연습문제 {number}: 통과했다")
    if status:
        ended = say(f"exercise {number}: not yet", f"연습문제 {number}: 아직이다")
    print(ended)
    return int(status)


def keep(number: int, overwrite: bool) -> None:
    mine, kept = MINE / f"ex{number:02}.py", HERE / "solutions" / f"ex{number:02}.diff"
    before = BEGINNINGS[number]
    name = f"ex{before:02}.py" if isinstance(before, int) else f"examples/{before}.py"
    pair = beginning(number).splitlines(True), read(mine).splitlines(True)
    diff = "".join(difflib.unified_diff(*pair, f"a/{name}", f"b/{name}"))
    if kept.exists() and not overwrite and kept.read_text(encoding="utf-8") != diff:
        solution_of = f"examples/exercises/solutions/{kept.name}"
        stays = f"{solution_of} is another solution, and stays: say --overwrite to replace it"
        raise Refusal(say(stays, f"{solution_of}는 다른 해답이라 그대로 둔다. 바꾸려면 --overwrite를 주자"))
    kept.write_text(diff, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
