"""Starts an exercise of docs/exercises.md, and makes diffs of solutions.

    python examples/exercises/start.py 3               write examples/exercises/mine/ex03.py, to be changed: its test is on
    python examples/exercises/start.py 3 --solution    the same, already solved
    python examples/exercises/start.py 3 --keep        make mine/ex03.py the solution: writes solutions/ex03.diff (for authors)

The test runs every program it finds in examples/exercises/mine/:
`python -m pytest tests/programs/test_exercises.py -k "mine and ex03"`.
"""

from __future__ import annotations

import difflib
import os
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
MINE = Path(os.environ.get("EXERCISES_FOLDER") or HERE / "mine")
BEGINNINGS = {number: "overlapped_echo_server" for number in range(1, 11)} | {9: "iocp_echo_server"}
INCLUDE_PATH = """\
import sys
from pathlib import Path

sys.path.insert(1, str(Path(__file__).resolve().parents[3]))
"""


def beginning(number: int) -> str:
    """The program that an exercise begins with."""
    return (ROOT / "examples" / f"{BEGINNINGS[number]}.py").read_text(encoding="utf-8")


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
    if not arguments or not arguments[0].isdigit() or int(arguments[0]) not in BEGINNINGS or len(arguments) > 2:
        print(__doc__)
        return 2
    number, option = int(arguments[0]), arguments[1] if len(arguments) == 2 else ""
    mine = MINE / f"ex{number:02}.py"
    shown = f"examples/exercises/mine/{mine.name}"
    if option == "--keep":
        name = f"examples/{BEGINNINGS[number]}.py"
        pair = beginning(number).splitlines(True), mine.read_text(encoding="utf-8").splitlines(True)
        diff = "".join(difflib.unified_diff(*pair, f"a/{name}", f"b/{name}"))
        (HERE / "solutions" / f"ex{number:02}.diff").write_text(diff, encoding="utf-8", newline="\n")
        return 0
    if mine.exists() and not option:
        print(f"{shown} is there already: go on with it, or delete it to begin again")
        return 0
    MINE.mkdir(exist_ok=True)
    (MINE / "_include_path.py").write_text(INCLUDE_PATH, encoding="utf-8", newline="\n")
    mine.write_text(solution(number) if option == "--solution" else beginning(number), encoding="utf-8", newline="\n")
    print(f'change {shown} until this passes: py -m pytest tests/programs/test_exercises.py -k "mine and ex{number:02}"')
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
