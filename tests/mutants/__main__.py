"""Plants small mistakes, one at a time, and sees whether the tests notice: python -m tests.mutants

    python -m tests.mutants --area package --sample 60 --seed 1     a random sample
    python -m tests.mutants --all winsock_ctypes/mswsock.py         every mutant of a file
    python -m tests.mutants --list --area page                      what could be planted
    python -m tests.mutants --measure                               run all tests once: which test runs which line

For each mutant the tests that run its line are run, the quickest first, until one fails. Declarations are run by nobody:
there it is the tests that call or name what is declared, and the comparison with the C headers. For the ports only behaviour
counts: tests of pages, which quote the lines, are not run. Survivors are listed; those that change nothing stand in
equivalent.txt, with the reason. Everything happens in a copy of the checkout; Ctrl+C, or --minutes, ends it with what is known.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from . import equivalents
from .operators import AREAS, ROOT, Mutant, area_of, files, mutants, read
from .seen import Seen

MAP = Path(__file__).with_name(".seen.json")
LONGEST = 240  # seconds of tests for a mutant: the quickest that fit
VERSION = "3.13"  # the Windows Python under Wine: sys.monitoring came with 3.12


# ---- the copy ------------------------------------------------------------------------------------------------------


@contextmanager
def copied() -> Iterator[Path]:
    """A copy of what git knows, as it is now. The Windows Python under Wine is shared, not copied."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        root = Path(folder, "checkout")
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).is_file():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, root / name)
        cache = ROOT / "tests" / "wine" / ".cache"
        if cache.exists():
            (root / "tests" / "wine" / ".cache").symlink_to(cache, target_is_directory=True)
        yield root


def python() -> list[str]:
    return [sys.executable] if sys.platform == "win32" else ["tests/wine/python"]


def run(command: Sequence[str], root: Path, timeout: float, **environment: str) -> int | None:
    """The exit status; None if it took too long, and then it is ended with all that it started."""
    process = subprocess.Popen(
        command,
        cwd=root,
        env=os.environ | {"WINSOCK_PYTHON": VERSION, "PYTHONDONTWRITEBYTECODE": "1"} | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=sys.platform != "win32",
    )
    try:
        return process.wait(timeout)
    except subprocess.TimeoutExpired:
        return None
    finally:
        if sys.platform != "win32":
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        elif process.poll() is None:
            subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True)
        process.wait()


def measure() -> Seen:
    """All tests, once: about as long as the tests take."""
    with copied() as root:
        folder = root / "tests" / "mutants" / ".notes"
        folder.mkdir()
        here = "tests/mutants"
        command = [*python(), "-m", "pytest", "-q", "-p", "tests.mutants.seen", "-p", "no:cacheprovider"]
        seen = str(folder) if sys.platform == "win32" else f"Z:{folder}".replace("/", "\\")
        path = str(root / here / "child") if sys.platform == "win32" else f"Z:{root}/{here}/child".replace("/", "\\")
        run(command, root, 3600, MUTANTS_SEEN=seen, PYTHONPATH=path)
        result = Seen.gathered(folder)
    result.write(MAP)
    return result


# ---- which tests matter --------------------------------------------------------------------------------------------


def declared(mutant: Mutant) -> str | None:
    """The name that is declared where the mutant stands, if that is no function's body."""
    for node in ast.parse(read(mutant.file)).body:
        if node.lineno <= mutant.line <= (node.end_lineno or 0) or (
            isinstance(node, (ast.FunctionDef, ast.ClassDef))
            and any(d.lineno <= mutant.line <= (node.end_lineno or 0) for d in node.decorator_list)
        ):
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                return node.name
            target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
            return target.id if isinstance(target, ast.Name) else None
    return None


def tests_for(mutant: Mutant, seen: Seen) -> list[str]:
    found = set(seen.lines.get(mutant.name, ()))
    if not found and (name := declared(mutant)):
        found |= set(seen.calls.get(name, ()))
        naming = [path for path in (ROOT / "tests").rglob("test_*.py") if re.search(rf"\b{name}\b", path.read_text("utf-8"))]
        modules = {path.relative_to(ROOT).as_posix() for path in naming}
        found |= {test for test in seen.seconds if test.partition("::")[0] in modules}
        found |= {test for test in seen.files.get(mutant.file, ()) if area_of(mutant.file) == "examples"}
    if area_of(mutant.file) == "examples":
        found = {test for test in found if not test.startswith("tests/pages/")}
    ordered = sorted(found, key=lambda test: seen.seconds.get(test, 0))
    total = 0.0
    chosen = []
    for test in ordered:
        total += seen.seconds.get(test, 0)
        if total > LONGEST:
            break
        chosen.append(test)
    return chosen


def is_declaration(mutant: Mutant) -> bool:
    header = mutant.file.removeprefix("winsock_ctypes/")
    return "/" not in header and not header.startswith("_") and mutant.file.startswith("winsock_ctypes/")


def caught_by(mutant: Mutant, root: Path, seen: Seen) -> str | None:
    """What noticed the mutant; None if nothing did."""
    if mutant.file.endswith(".js"):
        status = run(["tests/browser/check"], root, 600)
        return None if status == 0 else "the browser"
    tests = tests_for(mutant, seen)
    if tests:
        (root / "tests" / "mutants" / ".tests").write_text("\n".join(tests), encoding="utf-8")
        options = ["-x", "-q", "-p", "no:cacheprovider", "@tests/mutants/.tests"]
        limit = 30 + 3 * sum(seen.seconds.get(test, 0) for test in tests)
        status = run([*python(), "-m", "pytest", *options], root, limit)
        if status != 0:
            return "a test" if status else "a test that did not end"
    if is_declaration(mutant) and shutil.which("x86_64-w64-mingw32-gcc"):
        if run(["tests/c/check-headers"], root, 300) != 0:
            return "the headers"
    return None


# ---- all of it -----------------------------------------------------------------------------------------------------


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    description, _, more = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutants",
        description=description,
        epilog=more,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", nargs="*", metavar="FILE", help="plant in these files only")
    parser.add_argument("--area", choices=AREAS, action="append", help="plant in this part only (may be given again)")
    parser.add_argument("--sample", type=int, default=60, metavar="N", help="mutants of each area (%(default)s)")
    parser.add_argument("--all", action="store_true", help="every mutant, not a sample")
    parser.add_argument("--seed", type=int, default=1, help="of the sample (%(default)s)")
    parser.add_argument("--minutes", type=float, default=60, help="end after so many (%(default)s)")
    parser.add_argument("--list", action="store_true", help="show what would be planted, and run nothing")
    parser.add_argument("--measure", action="store_true", help="find out anew which test runs which line")
    options = parser.parse_args(arguments)
    for name in options.files:
        if area_of(Path(name).as_posix()) is None:
            parser.error(f"nothing is planted in {name}")
    if options.sample < 1 or options.minutes <= 0:
        parser.error("--sample and --minutes must be more than 0")
    return options


def sampled(options: argparse.Namespace) -> dict[str, list[Mutant]]:
    named = [Path(name).as_posix() for name in options.files]
    known = equivalents.read()
    chosen: dict[str, list[Mutant]] = {}
    for area in options.area or AREAS:
        found = [m for file in files(area) if not named or file in named for m in mutants(file)]
        found = [m for m in found if equivalents.key(m) not in known]
        if not options.all:
            found = random.Random(f"{options.seed} {area}").sample(found, min(options.sample, len(found)))
        if found:
            chosen[area] = found
    return chosen


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse(arguments)
    chosen = sampled(options)
    if options.list:
        for found in chosen.values():
            for mutant in found:
                before, after = mutant.lines(read(mutant.file))
                print(f"{mutant.name}: {mutant.operator}: {before}  ->  {after}")
        return 0
    seen = measure() if options.measure or not MAP.exists() else Seen.read(MAP)
    end = time.monotonic() + options.minutes * 60
    figures: dict[str, list[int]] = {area: [0, 0] for area in chosen}
    try:
        with copied() as root:
            for area, found in chosen.items():
                for mutant in found:
                    if time.monotonic() > end:
                        raise KeyboardInterrupt
                    source = read(mutant.file, root)
                    path = root / mutant.file
                    try:
                        path.write_text(mutant.applied(source), encoding="utf-8", newline="\n")
                        by = caught_by(mutant, root, seen)
                    finally:
                        path.write_text(source, encoding="utf-8", newline="\n")
                    figures[area][by is None] += 1
                    if by is None:
                        before, after = mutant.lines(source)
                        print(f"SURVIVED {mutant.name}: {mutant.operator}: {before}  ->  {after}", flush=True)
    except KeyboardInterrupt:
        print("ended early: of the rest nothing is known")
    for area, (caught, survived) in figures.items():
        if caught + survived:
            share = caught / (caught + survived)
            print(f"{area}: {caught} of {caught + survived} caught ({share:.2f}), seed {options.seed}")
    return 1 if any(survived for _, survived in figures.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
