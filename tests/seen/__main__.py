"""python -m tests.seen [--lang en|ko] [--list] [--json [FILE]] [EXPERIMENT...] | --add FILE..."""

from __future__ import annotations

import sys

if sys.platform != "win32":
    sys.exit("tests.seen asks Windows' own DLLs: on Linux run  tests/wine/python -m tests.seen")

import argparse
import json
import queue
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

try:
    from tests.pages import __main__ as pages
    from tests.seen import recordings
    from tests.seen.experiments import EXPERIMENTS, SECONDS
    from tests.seen.table import Table, verdict
    from tests.support.commands import Parser, as_program
    from winsock_ctypes.trace.sentences import reader_language
except ImportError as error:  # a 32-bit Python
    sys.exit(f"tests.seen: {error}")

ROOT = Path(__file__).parent.parent.parent
START = 20  # seconds in which a process has to begin: the first one of a day may be slow
ALTOGETHER = 60  # seconds


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = Parser(
        prog="python -m tests.seen",
        description="What does your Windows do? Small experiments with sockets, beside what Microsoft documents.",
        epilog="Exit status: 0, also where this machine differs from the documents; 1 if an experiment could not be run.",
    )
    parser.add_argument("experiments", nargs="*", metavar="EXPERIMENT", help="only these (--list names them)")
    parser.add_argument("--lang", choices=("en", "ko"), help="the table's language (default: yours)")
    parser.add_argument("--list", action="store_true", help="name the experiments, run none")
    parser.add_argument(
        "--json", nargs="?", const="-", metavar="FILE", help="the answers as JSON, to a file or instead of the table"
    )
    parser.add_argument(
        "--add", nargs="+", type=Path, metavar="FILE", help="keep such files, and write them into docs/semantics.md"
    )
    options = parser.parse_args(arguments)
    unknown = [name for name in options.experiments if name not in EXPERIMENTS]
    if unknown:
        parser.error(f"there is no experiment {unknown[0]} (--list names them)")
    if options.json in EXPERIMENTS:
        parser.error("write experiments before --json")
    if options.add and (options.experiments or options.list or options.json):
        parser.error("--add goes alone")
    return options


def main(arguments: list[str] | None = None) -> int:
    options = parse(arguments)
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # a pipe may have no Hangul
    if options.add:
        return add(options.add)
    language = options.lang or reader_language(sys.stdout)
    names = options.experiments or list(EXPERIMENTS)
    if options.list:
        for name in names:
            print(f"{name:26}{getattr(EXPERIMENTS[name], language)}")
        return 0
    file = Path(options.json) if options.json not in (None, "-") else None
    try:
        if file:
            recordings.may_write(file)
        recording = record(names, None if options.json == "-" else Table(language))
        if file:
            recordings.write(file, recording)
        elif options.json:
            print(recordings.dumps(recording), end="")
    except recordings.Unusable as error:
        print(f"tests.seen: {error}", file=sys.stderr)
        return 2
    return 1 if recording["not_run"] else 0


def add(files: list[Path]) -> int:
    try:
        for file in files:
            system, target = recordings.add(file)
            print(f"{system['name']}, {system['date']}: {target.relative_to(ROOT).as_posix()}")
    except recordings.Unusable as error:
        print(f"tests.seen: {error}", file=sys.stderr)
        return 2
    return pages.main(["write", "semantics"])


def record(names: list[str], table: Table | None) -> dict[str, Any]:
    recording: dict[str, Any] = {"system": recordings.system(), "seen": {}, "not_run": {}}
    if table:
        table.head(recording["system"])
    verdicts = []
    for name, seen, why in run(names):
        if seen is None:
            recording["not_run"][name] = why
        else:
            recording["seen"][name] = seen
        verdicts.append(verdict(EXPERIMENTS[name], seen))
        if table:
            table.row(EXPERIMENTS[name], seen, why)
    if table:
        table.end(verdicts, invite=len(names) == len(EXPERIMENTS))
    return recording


# ---- the experiments' process ------------------------------------------------------------------------------------


def run(names: list[str], command: tuple[str, ...] = ("-m", "tests.seen.experiments")) -> Iterator[tuple[str, str | None, str]]:
    """Of each experiment its name and its answer, or None and why it could not be run.

    They run in another process; one that crashes or takes too long ends it, and the next ones get a new process.
    """
    rest, end = list(names), time.monotonic() + ALTOGETHER
    while rest and time.monotonic() < end:
        for seen, why in answers([sys.executable, *command, *rest], len(rest)):
            yield rest.pop(0), seen, why
    for name in rest:
        yield name, None, f"not begun: {ALTOGETHER} s are over"


def answers(command: list[str], wanted: int) -> Iterator[tuple[str | None, str]]:
    """The answers of one process; the last one is None and the reason, unless it gave as many as are wanted."""
    child = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    reader = threading.Thread(target=pump, args=(child.stdout, lines))
    reader.start()
    limit, words = START, ""
    try:
        while wanted:
            try:
                line = lines.get(timeout=limit)
            except queue.Empty:
                yield None, f"took more than {limit} s"
                return
            if not line:
                yield None, f"the process ended with status {child.wait():#x}{words}"
                return
            if not line.startswith(b"{"):
                words = f": {line.decode('ascii', 'replace').strip()}"  # the last line of a traceback tells most
                continue
            limit, answer = SECONDS, json.loads(line)
            if answer:
                yield answer.get("seen"), answer.get("error", "")
                wanted -= 1
                if "error" in answer:
                    return
    finally:
        child.kill()
        child.wait()
        reader.join()
        child.stdout.close()  # type: ignore[union-attr]


def pump(stream: Any, lines: queue.SimpleQueue[bytes]) -> None:
    for line in stream:
        lines.put(line)
    lines.put(b"")


if __name__ == "__main__":
    as_program(main)
