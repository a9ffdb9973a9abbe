"""Which tests run which lines, and how long each test takes: a pytest plugin, and what is made of its notes.

MUTANTS_SEEN=FOLDER PYTHONPATH=tests/mutants/child python -m pytest -p tests.mutants.seen
"""

from __future__ import annotations

import json
import os
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

FOLDER = os.environ.get("MUTANTS_SEEN", "")


# ---- the plugin ----------------------------------------------------------------------------------------------------


def pytest_runtest_setup(item: Any) -> None:
    sys.monitoring.restart_events()  # type: ignore[attr-defined]  # each line counts once for each test


def pytest_runtest_logreport(report: Any) -> None:
    with open(Path(FOLDER) / "times.jsonl", "a", encoding="utf-8") as file:
        file.write(json.dumps([report.nodeid, report.when, report.outcome, report.duration]) + "\n")


# ---- its notes -----------------------------------------------------------------------------------------------------


class Seen:
    """`lines`: "file:line" -> tests that ran it, other than by importing it. `calls`: name -> tests that called it.

    `files`: file -> all tests that ran any of it. `seconds`: test -> how long it takes; only tests that passed.
    """

    def __init__(self, data: dict[str, Any]) -> None:
        self.lines, self.calls, self.files, self.seconds = (data[key] for key in ("lines", "calls", "files", "seconds"))

    @classmethod
    def gathered(cls, folder: Path) -> Seen:
        seconds: dict[str, float] = defaultdict(float)
        bad: set[str] = set()
        for line in (folder / "times.jsonl").read_text(encoding="utf-8").splitlines():
            test, _, outcome, duration = json.loads(line)
            seconds[test] += duration
            if outcome != "passed":
                bad.add(test)
        lines, calls, files = defaultdict(set), defaultdict(set), defaultdict(set)
        for path in folder.glob("*.txt"):
            test = ""
            for line in path.read_text(encoding="utf-8").splitlines():
                kind, _, rest = line.partition(" ")
                if kind == "T":
                    test = rest
                elif test in bad or test not in seconds:
                    continue
                elif kind == "C":
                    calls[rest].add(test)
                else:
                    place, _, imported = rest.rpartition(" ")
                    files[place.rpartition(":")[0]].add(test)
                    if imported == "0":
                        lines[place].add(test)
        sets = {"lines": lines, "calls": calls, "files": files}
        data: dict[str, Any] = {key: {name: sorted(of) for name, of in value.items()} for key, value in sets.items()}
        return cls(data | {"seconds": {test: round(t, 3) for test, t in seconds.items() if test not in bad}})

    @classmethod
    def empty(cls) -> Seen:
        return cls({key: {} for key in ("lines", "calls", "files", "seconds")})

    def add(self, other: Seen) -> None:
        """What another knows of other tests."""
        for mine, theirs in zip((self.lines, self.calls, self.files), (other.lines, other.calls, other.files), strict=True):
            for name, tests in theirs.items():
                mine[name] = [*mine.get(name, ()), *(test for test in tests if test not in self.seconds)]
        self.seconds = other.seconds | self.seconds

    def keep(self, tests: set[str]) -> None:
        """Forget the tests that are no more, and know those that are new: as quick ones."""
        new = tests - set(self.seconds)
        self.seconds = {test: self.seconds.get(test, 0.1) for test in tests}
        for noted in (self.lines, self.calls, self.files):
            for name, of in noted.items():
                noted[name] = [test for test in of if test in tests]
        modules = {test.partition("::")[0] for test in new}
        for of in self.files.values():
            mine = modules & {test.partition("::")[0] for test in of}
            of += sorted(test for test in new if test.partition("::")[0] in mine)

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(vars(self)), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Seen:
        return cls(json.loads(path.read_text(encoding="utf-8")))
