"""Everything in this repository that a program makes: brings it up to date, or checks that it is.

    python -m tests.pages write [NAME...]
    python -m tests.pages check [NAME...]    exit status 1 if something is not up to date
    python -m tests.pages site               builds the site into build/site, and checks its links

NAME (all of them, if none is given):
    headers     docs/verified.md: the package, compared with the C headers
    reference   docs/reference.md, from the package's docstrings
    stub        winsock_ctypes/__init__.pyi, for type checkers and editors
    cut         the snippets in the guide, the FAQ, the exercises and more, from the files that they show
    semantics   docs/semantics.md, from tests/seen: the experiments, and what machines answered
    runs        docs/trace/*.html: examples, recorded again
    newcomer    docs/trace/newcomer_*.html, compare_*.html: how long one client more waits, in two models
    gallery     docs/trace/gallery.html, docs/gallery.md: programs with a mistake, recorded
    steps       the links to steps of these pages
    moving      docs/trace/one_operation*.svg: the life of an operation, from the lines of such a page
    pictures    docs/trace/*.png: those pages, in a browser (Linux, chromium)
    benchmarks  benchmarks.md, which-is-faster.md and the plots, in both languages, from docs/benchmarks.json

What needs Windows runs in tests/wine/python where there is none. Writing again changes nothing.
"""

from __future__ import annotations

import difflib
import importlib
import itertools
import subprocess
import sys

from tests.pages.cut import ROOT, Stale
from tests.support.commands import as_program

ON_WINDOWS = sys.platform == "win32"
NAMES = (
    "headers", "reference", "stub", "cut", "semantics", "runs", "newcomer", "gallery", "steps", "moving",
    "pictures", "benchmarks",
)  # fmt: skip
NEED_WINDOWS = ("headers", "reference", "stub", "semantics", "runs", "newcomer", "gallery")
ELSEWHERE = {"semantics": "tests.seen.page", "benchmarks": "tests.bench.report"}
# Done by a program of its own, on Linux.
COMMANDS = {
    ("write", "headers"): ["tests/c/check-headers", "--write"],
    ("write", "pictures"): ["tests/browser/check", "--screenshots"],
    ("check", "pictures"): ["tests/browser/check"],
}


def out_of_date(name: str) -> dict[str, tuple[str, str]]:
    """Path -> (the text as it is, as it should be), where the two differ."""
    module = importlib.import_module(ELSEWHERE.get(name, f"tests.pages.{name}"))
    found = {}
    for path, wanted in module.pages().items():
        file = ROOT / path
        kept = file.read_text(encoding="utf-8") if file.exists() else ""
        if kept != wanted:
            found[path] = (kept, wanted)
    return found


def one(verb: str, name: str) -> bool:
    """Whether all is well."""
    if command := COMMANDS.get((verb, name)):
        if ON_WINDOWS:
            print(f"{name}: left out, for it needs Linux: {' '.join(command)}")
            return name == "pictures"
        return subprocess.run(command, cwd=ROOT).returncode == 0
    try:
        found = out_of_date(name)
    except Stale as problem:
        print(f"{name}: {problem}")
        return False
    for path, (kept, wanted) in found.items():
        if verb == "write":
            (ROOT / path).write_text(wanted, encoding="utf-8", newline="\n")
            print(f"{path}: written")
        else:
            sys.stdout.reconfigure(errors="backslashreplace")  # what differs may be Korean
            lines = difflib.unified_diff(kept.splitlines(), wanted.splitlines(), path, "up to date", lineterm="", n=0)
            print(*(line[:200] for line in itertools.islice(lines, 20)), sep="\n")
            print(f"{path} is out of date: python -m tests.pages write {name}")
    if not found:
        print(f"{name}: up to date")
    return verb == "write" or not found


def main(arguments: list[str]) -> int:
    if arguments == ["site"]:
        return importlib.import_module("tests.pages.site").main()
    verb, names = (arguments[0], arguments[1:]) if arguments else ("", [])
    if verb not in ("write", "check"):
        print(__doc__)
        return 2
    if unknown := [name for name in names if name not in NAMES]:
        print(f"python -m tests.pages: there is no {unknown[0]!r}, only {', '.join(NAMES)}", file=sys.stderr)
        return 2
    good = True
    for name in NAMES:
        if names and name not in names:
            continue
        if name in NEED_WINDOWS and not ON_WINDOWS and (verb, name) not in COMMANDS:
            command = [str(ROOT / "tests" / "wine" / "python"), "-m", "tests.pages", verb, name]
            good &= subprocess.run(command, cwd=ROOT).returncode == 0
        else:
            good &= one(verb, name)
    return 0 if good else 1


if __name__ == "__main__":
    as_program(lambda: main(sys.argv[1:]))
