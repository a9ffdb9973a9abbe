"""Plants small mistakes, one at a time, and sees whether the tests notice: python -m tests.mutants

    python -m tests.mutants --area package --sample 60 --seed 1     a random sample
    python -m tests.mutants --all winsock_ctypes/mswsock.py         every mutant of a file
    python -m tests.mutants --list --area page                      what could be planted
    python -m tests.mutants --measure                               run the tests once: which test runs which line

For each mutant the tests that run its line are run, the quickest first, then others of the file, until one fails: it must
fail a second time, alone, and pass without the mutant. Declarations are run by nobody: there it is the tests that call or name
what is declared, and the comparison with what C headers say. What needs no Windows is first tried over the stand-in for the
DLLs (tests/standin), which takes a second; the page's script is tried in a browser. For the ports only behaviour counts: tests
of pages, which quote the lines, are not run. Survivors are listed; those that change nothing stand in equivalent.txt, with the
reason. What takes a second is tried with all of them first; so --minutes, or Ctrl+C, may end it at any time with what is known.
Everything happens in a copy of the checkout.
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
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.support.commands import Parser, as_program

from . import equivalents
from .operators import AREAS, ROOT, Mutant, area_of, files, mutants, read
from .seen import Seen

MAP = Path(__file__).with_name(".seen.json")
LONGEST = 150  # seconds of tests for a mutant: the quickest that fit
FEW_SECONDS = 4
PATIENCE = "6"  # seconds for what should happen: a program with a mutant often waits for ever, and who fails is tried again
_NEED_NO_WINDOWS = "diagnosis effects language memory model places recording written"  # the stand-in for the DLLs is enough
_PROGRAMS = {
    "examples": "ports starts any_bytes c_peers failures faults errata",
    "asyncio": "asyncio",
    "recorder": f"{_NEED_NO_WINDOWS} recorder trace trace_compare trace_property trace_right trace_same",
}
MEASURED = {area: [f"tests/programs/test_{name}.py" for name in names.split()] for area, names in _PROGRAMS.items()} | {
    "package": ["tests/dll", "tests/pages/test_headers.py"]
}
ON_THE_HOST = {  # what of the tests the stand-in is enough for
    "package": ["tests/dll/test_calls.py", "tests/dll/test_promises.py", "tests/dll/test_help.py"],
    "recorder": [f"tests/programs/test_{name}.py" for name in _NEED_NO_WINDOWS.split()],
}
AIMS = {
    "package": 0.95,
    "examples": 0.95,
    "asyncio": 0.95,
    "recorder": 0.9,
    "page": 0.9,
}  # the share that is to be caught, or exit status 1
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


def pytest(*arguments: str) -> list[str]:
    return [*python(), "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]


def said(path: Path) -> str:
    """A path as the Windows Python is told it."""
    return str(path) if sys.platform == "win32" else f"Z:{path}".replace("/", "\\")


def measured(areas: Iterable[str]) -> list[str]:
    return [path for area in areas for path in MEASURED.get(area, ())]


def measure(areas: Sequence[str]) -> None:
    """The tests of these areas, once, a little slower than they are; what is known of others stays."""
    with copied() as root:
        folder = root / "tests" / "mutants" / ".notes"
        folder.mkdir()
        child = said(root / "tests" / "mutants" / "child")
        run(pytest("-p", "tests.mutants.seen", *measured(areas)), root, 3600, MUTANTS_SEEN=said(folder), PYTHONPATH=child)
        result = Seen.gathered(folder)
    if MAP.exists():
        result.add(Seen.read(MAP))
    result.write(MAP)


@contextmanager
def planted(mutant: Mutant, root: Path) -> Iterator[str]:
    """The copy with the mutant in it; in words."""
    source, path = read(mutant.file, root), root / mutant.file
    before, after = mutant.lines(source)
    path.write_text(mutant.applied(source), encoding="utf-8", newline="\n")
    try:
        yield f"{mutant.name}: {mutant.operator}: {before}  ->  {after}"
    finally:
        path.write_text(source, encoding="utf-8", newline="\n")


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
    """First the tests that ran the line, then others of the file, then others that may be of it, each the quickest first, up to
    LONGEST seconds together."""
    area = area_of(mutant.file)
    first = set(seen.lines.get(mutant.name, ()))
    more = set(seen.files.get(mutant.file, ()))
    rest = set()
    if area in ("examples", "asyncio"):  # one server serves several tests, and only the first of them is noted
        stem = Path(mutant.file).stem
        model = stem.removesuffix("_echo_server").replace("_", " ")
        more |= {
            test for test in seen.seconds if stem in test or f"[{model}]" in test or "asyncio" in stem and "asyncio" in test
        }
        others = {Path(file).stem.partition("_")[0] for file in files("examples")} - {stem.partition("_")[0]}
        ours = [test for test in seen.seconds if test.startswith(tuple(MEASURED[area]))]
        rest = {test for test in ours if not any(other in test.partition("::")[2] for other in others)}
    elif not first and (name := declared(mutant)):
        naming = [path for path in (ROOT / "tests").rglob("test_*.py") if re.search(rf"\b{name}\b", path.read_text("utf-8"))]
        modules = {path.relative_to(ROOT).as_posix() for path in naming}
        first = set(seen.calls.get(name, ())) | {test for test in seen.seconds if test.partition("::")[0] in modules}
    if area == "package":  # also what is declared where a test's file begins
        more |= {test for test in seen.seconds if test.startswith("tests/dll/")}
    total = 0.0
    chosen = []
    for group in (first, more - first, rest - more - first):
        for test in sorted(group, key=lambda test: seen.seconds.get(test, 0)):
            total += seen.seconds.get(test, 0)
            if total > LONGEST:
                return chosen
            chosen.append(test)
    return chosen


class OutOfTime(Exception):
    pass


class Checks:
    """What is run for a mutant, in a copy."""

    def __init__(self, root: Path, seen: Seen, end: float) -> None:
        self.root, self.seen, self.end = root, seen, end
        self.notes = root / "tests" / "mutants" / ".failed"
        self.source = ""  # of the file that a mutant is in, without it
        self.passed: set[str] = set()  # tests that pass with no mutant planted

    def left(self, most: float) -> float:
        """Not more than there is time."""
        if (left := self.end - time.monotonic()) <= 0:
            raise OutOfTime
        return min(most, left)

    def status(self, command: Sequence[str], most: float, **environment: str) -> int | None:
        status = run(command, self.root, self.left(most), **environment)
        if status is None:
            self.left(most)  # the end of it all says nothing of the mutant
        return status

    def on_the_host(self, area: str) -> int | None:
        """The bindings over the stand-in: many mistakes in a second."""
        path = os.pathsep.join(["tests/standin", str(self.root)])
        options = ["-m", "pytest", "--noconftest", "-p", "no:cacheprovider", "-p", "plugin", "-xq"]
        return self.status([sys.executable, *options, *ON_THE_HOST[area]], 60, PYTHONPATH=path, PYTHONWARNINGS="error")

    def rows(self) -> bytes:
        """What the package declares, as the table of docs/verified.md says it, but with this machine's sizes."""
        code = "from tests.pages import headers; print(headers.table(headers.facts(headers.exported()), 'x y'))"
        path = os.pathsep.join(["tests/standin", str(self.root)])
        environment = os.environ | {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(
            [sys.executable, "-c", code], cwd=self.root, env=environment, capture_output=True, timeout=60
        ).stdout

    def in_a_browser(self, *options: str) -> int | None:
        return self.status([sys.executable, "-m", "tests.mutants.page", *options], 400)

    def tests(self, tests: Sequence[str]) -> str | None:
        """The test that failed, twice; or did not end."""
        slowest = max(self.seen.seconds.get(test, 0) for test in tests)
        total = sum(self.seen.seconds.get(test, 0) for test in tests)
        (self.notes.with_name(".tests")).write_text("\n".join(tests), encoding="utf-8")
        self.notes.unlink(missing_ok=True)
        command = pytest("-x", "-p", "tests.mutants.failed", "@tests/mutants/.tests")
        limit = {"MUTANTS_LIMIT": str(30 + 5 * slowest), "MUTANTS_FAILED": said(self.notes)}
        status = self.status(command, 60 + 4 * total, TESTS_PATIENCE=PATIENCE, **limit)
        if status == 0:
            return None
        said_of = self.notes.read_text(encoding="utf-8").splitlines() if self.notes.exists() else []
        return next((line[2:] for line in reversed(said_of) if line[0] in "FB"), "the import")

    def passes_without(self, mutant: Mutant, test: str) -> bool:
        """Whether it is the mutant that the test fails of: on a machine that has much to do a test may also be too slow."""
        if test in self.passed:
            return True
        path = self.root / mutant.file
        planted = path.read_text(encoding="utf-8")
        path.write_text(self.source, encoding="utf-8", newline="\n")
        try:
            if passes := self.tests([test]) is None:
                self.passed.add(test)
            return passes
        finally:
            path.write_text(planted, encoding="utf-8", newline="\n")

    def quickly(self, mutant: Mutant) -> str | None:
        """What takes a second or two: what noticed the mutant; None if nothing did."""
        area = area_of(mutant.file)
        if area == "page":
            return None if self.in_a_browser("--quick", mutant.file) == 0 else "the short recordings"
        if area in self.has_host:
            for found in (self.by_rows, self.by_stand_in) if declared(mutant) else (self.by_stand_in, self.by_rows):
                if by := found(area):
                    return by
        return None

    def by_stand_in(self, area: str) -> str | None:
        return "the stand-in" if self.on_the_host(area) != 0 else None

    def by_rows(self, area: str) -> str | None:
        return "the table of the headers" if area == "package" and self.rows() != self.known_rows else None

    def thoroughly(self, mutant: Mutant) -> str | None:
        """The same, with what takes minutes."""
        area = area_of(mutant.file)
        if area == "page":
            return None if self.in_a_browser(mutant.file) == 0 else "the recorded pages"
        tests = tests_for(mutant, self.seen)
        if area == "package":
            tests = [test for test in self.seen.seconds if test.startswith("tests/pages/")] + tests
        quick = 0  # so many of them take a few seconds: modules of slow ones need not even be imported then
        total = 0.0
        while quick < len(tests) and (total := total + self.seen.seconds.get(tests[quick], 0)) < FEW_SECONDS:
            quick += 1
        for some in (tests[:quick], tests[quick:]):
            while some:
                failed = self.tests(some)
                if failed is None:
                    break
                if failed not in some or self.tests([failed]) and self.passes_without(mutant, failed):
                    return failed
                some = some[some.index(failed) + 1 :]  # it was the machine, not the mutant
        return None

    def begin(self, areas: Sequence[str]) -> None:
        """What is run whole must pass before anything is planted; tests that are no more are left out."""
        self.has_host: set[str] = set()
        if sys.platform != "win32" and shutil.which("gcc"):
            path = os.pathsep.join(["tests/standin", str(self.root)])
            if run([sys.executable, "tests/standin/sitecustomize.py"], self.root, 60, PYTHONPATH=path) == 0:
                self.has_host = {area for area in areas if area in ON_THE_HOST and self.on_the_host(area) == 0}
        if "package" in self.has_host:
            self.known_rows = self.rows()
        if "page" in areas and (status := self.in_a_browser()) != 0:
            raise SystemExit(f"the check of the page fails before anything is planted: {status}")
        if set(areas) - {"page"}:
            command = pytest("--collect-only", "-p", "tests.mutants.failed", *measured(areas))
            self.status(command, 300, MUTANTS_FAILED=said(self.notes))
            lines = self.notes.read_text(encoding="utf-8").splitlines()
            self.seen.keep({line[2:] for line in lines if line.startswith("C ")})


# ---- all of it -----------------------------------------------------------------------------------------------------


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    description, _, more = (__doc__ or "").partition("\n\n")
    parser = Parser(
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
    parser.add_argument("--verbose", action="store_true", help="also what was caught, by what")
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
        found = [m for m, key in zip(found, equivalents.keys(found), strict=True) if key not in known]
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
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    known = Seen.read(MAP).seconds if MAP.exists() else {}
    unknown = [
        area for area in chosen if area in MEASURED and not any(test.startswith(tuple(MEASURED[area])) for test in known)
    ]
    if options.measure or unknown:
        measure(list(chosen) if options.measure else unknown)
    seen = Seen.read(MAP) if MAP.exists() else Seen.empty()
    end = time.monotonic() + options.minutes * 60
    left, caught = {area: list(found) for area, found in chosen.items()}, dict.fromkeys(chosen, 0)
    survived: dict[str, list[str]] = {area: [] for area in chosen}
    try:
        with copied() as root:
            checks = Checks(root, seen, end)
            checks.begin(list(chosen))
            for check in (checks.quickly, checks.thoroughly):
                for area, mutants_left in left.items():
                    for mutant in list(mutants_left):
                        began = time.monotonic()
                        checks.source = read(mutant.file, root)
                        with planted(mutant, root) as words:
                            by = check(mutant)
                        if by is not None or check == checks.thoroughly:
                            mutants_left.remove(mutant)
                        if by is not None:
                            caught[area] += 1
                            if options.verbose:
                                print(f"caught {time.monotonic() - began:.0f} s {words}  by  {by}", flush=True)
                        elif check == checks.thoroughly:
                            survived[area].append(words)
                            print(f"SURVIVED {words}", flush=True)
    except (KeyboardInterrupt, OutOfTime):
        print("ended early")
    good = True
    for area, found in chosen.items():
        words = f"{area}, seed {options.seed}: {caught[area]} of {len(found)} caught, {len(survived[area])} survived"
        print(words + (f", {len(left[area])} were not looked at to the end" if left[area] else ""))
        good &= caught[area] >= AIMS[area] * (caught[area] + len(survived[area]))
    return 0 if good else 1


if __name__ == "__main__":
    as_program(main)
