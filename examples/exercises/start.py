"""Starts an exercise of docs/exercises.md, and makes diffs of solutions.

    python examples/exercises/start.py 3               write examples/exercises/mine/ex03.py, to be changed: its test is on
    python examples/exercises/start.py 3 --solution    the same, already solved
    python examples/exercises/start.py 3 --keep        make mine/ex03.py the solution: writes solutions/ex03.diff (for authors)

A file that was changed by hand stays as it is, unless --overwrite says otherwise.
The test runs every program it finds in examples/exercises/mine/:
`python -m pytest tests/programs/test_exercises.py -k "mine and ex03"`.
"""

from __future__ import annotations

import argparse
import difflib
import os
import re
import sys
from pathlib import Path
from typing import NoReturn

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
        raise Refusal(f"{message}; nothing was written (--help says what there is)")


def parse(arguments: list[str]) -> argparse.Namespace:
    what = {"description": __doc__, "formatter_class": argparse.RawDescriptionHelpFormatter}
    parser = Parser("start.py", usage="start.py NUMBER [--solution | --keep] [--overwrite]", allow_abbrev=False, **what)
    parser.add_argument("number", type=int, choices=BEGINNINGS, metavar="NUMBER", help=f"1 to {max(BEGINNINGS)}")
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--solution", action="store_true", help="solved already")
    either.add_argument("--keep", action="store_true", help="make mine/exNN.py the solution (for authors)")
    parser.add_argument("--overwrite", action="store_true", help="also where a file is lost that was changed by hand")
    return parser.parse_args(arguments)


def begin(number: int, solved: bool, overwrite: bool) -> None:
    mine = MINE / f"ex{number:02}.py"
    shown = f"examples/exercises/mine/{mine.name}"
    ours = (beginning(number), solution(number))
    if mine.exists() and not overwrite and mine.read_text(encoding="utf-8", errors="replace") not in ours:
        raise Refusal(f"{shown} is yours, and stays: go on with it, rename it, or say --overwrite")
    MINE.mkdir(parents=True, exist_ok=True)
    if not (include_path := MINE / "_include_path.py").exists():
        include_path.write_text(INCLUDE_PATH, encoding="utf-8", newline="\n")
    mine.write_text(ours[solved], encoding="utf-8", newline="\n")
    print(f'change {shown} until this passes: py -m pytest tests/programs/test_exercises.py -k "mine and ex{number:02}"')


def keep(number: int, overwrite: bool) -> None:
    mine, kept = MINE / f"ex{number:02}.py", HERE / "solutions" / f"ex{number:02}.diff"
    before = BEGINNINGS[number]
    name = f"ex{before:02}.py" if isinstance(before, int) else f"examples/{before}.py"
    pair = beginning(number).splitlines(True), mine.read_text(encoding="utf-8").splitlines(True)
    diff = "".join(difflib.unified_diff(*pair, f"a/{name}", f"b/{name}"))
    if kept.exists() and not overwrite and kept.read_text(encoding="utf-8") != diff:
        raise Refusal(f"examples/exercises/solutions/{kept.name} is another solution, and stays: say --overwrite to replace it")
    kept.write_text(diff, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
