"""Starts an exercise of docs/exercises.md, and makes diffs of solutions.

    python examples/exercises/start.py 3               write examples/exercises/mine/ex03.py, to be changed: its test is on
    python examples/exercises/start.py 3 --solution    the same, already solved
    python examples/exercises/start.py 3 --keep        make mine/ex03.py the solution: writes solutions/ex03.diff (for authors)

A file that was changed by hand stays as it is, unless --overwrite says otherwise.
The test runs every program it finds in examples/exercises/mine/:
`python -m pytest tests/programs/test_exercises.py -k "mine and ex03"`.
It speaks the language of the computer, English or Korean.
"""

from __future__ import annotations

import argparse
import difflib
import os
import re
import sys
from pathlib import Path
from typing import NoReturn

KOREAN = """docs/ko/exercises.md의 연습문제를 시작한다. 해답의 diff도 만든다.

    python examples/exercises/start.py 3               고칠 파일 examples/exercises/mine/ex03.py를 쓴다. 테스트가 켜진다
    python examples/exercises/start.py 3 --solution    해답으로 쓴다
    python examples/exercises/start.py 3 --keep        mine/ex03.py를 해답으로 삼아 solutions/ex03.diff를 쓴다(저자용)

직접 고친 파일은 그대로 남는다. --overwrite를 주면 덮어쓴다.
테스트는 examples/exercises/mine/에 있는 프로그램을 모두 실행한다.
`python -m pytest tests/programs/test_exercises.py -k "mine and ex03"`.
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
    try:
        options = parse(arguments)
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
        korean = f"쓰는 법은 start.py 번호 [--solution | --keep] [--overwrite]이고 번호는 {max(BEGINNINGS)}까지다"
        nothing = "nothing was written (--help says what there is)"
        raise Refusal(say(f"{message}; {nothing}", f"{korean}. 아무것도 쓰지 않았다(--help)"))


def parse(arguments: list[str]) -> argparse.Namespace:
    what = {"description": say(__doc__ or "", KOREAN), "formatter_class": argparse.RawDescriptionHelpFormatter}
    parser = Parser("start.py", usage="start.py NUMBER [--solution | --keep] [--overwrite]", allow_abbrev=False, **what)
    parser.add_argument("number", type=int, choices=BEGINNINGS, metavar="NUMBER", help=f"1 to {max(BEGINNINGS)}")
    either = parser.add_mutually_exclusive_group()
    solved = say("solved already", "해답으로")
    kept = say("make mine/exNN.py the solution (for authors)", "mine/exNN.py를 해답으로 삼는다(저자용)")
    lost = say("also where a file is lost that was changed by hand", "직접 고친 파일을 잃게 되더라도")
    either.add_argument("--solution", action="store_true", help=solved)
    either.add_argument("--keep", action="store_true", help=kept)
    parser.add_argument("--overwrite", action="store_true", help=lost)
    return parser.parse_args(arguments)


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
    test = f'py -m pytest tests/programs/test_exercises.py -k "mine and ex{number:02}"'
    print(say(f"change {shown} until this passes: {test}", f"이 명령이 통과할 때까지 {shown}를 고치자: {test}"))


def keep(number: int, overwrite: bool) -> None:
    mine, kept = MINE / f"ex{number:02}.py", HERE / "solutions" / f"ex{number:02}.diff"
    before = BEGINNINGS[number]
    try:
        text = mine.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Refusal(say(f"{mine} is not UTF-8: save it so", f"{mine}는 UTF-8이 아니다. UTF-8로 저장하자")) from None
    name = f"ex{before:02}.py" if isinstance(before, int) else f"examples/{before}.py"
    pair = beginning(number).splitlines(True), text.splitlines(True)
    diff = "".join(difflib.unified_diff(*pair, f"a/{name}", f"b/{name}"))
    if kept.exists() and not overwrite and kept.read_text(encoding="utf-8") != diff:
        solution_of = f"examples/exercises/solutions/{kept.name}"
        stays = f"{solution_of} is another solution, and stays: say --overwrite to replace it"
        raise Refusal(say(stays, f"{solution_of}는 다른 해답이라 그대로 둔다. 바꾸려면 --overwrite를 주자"))
    kept.write_text(diff, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
