"""Runs tests of CPython's package `test.test_asyncio`, for `check`: a line of JSON for each, [name, how it ended].

    python run.py FOLDER c|ours NAME...

NAME is a module, or a test's id. `ours`: over examples/asyncio_overlapped.py.
"""

import importlib
import json
import sys
import unittest
import warnings
from pathlib import Path

PACKAGE = "test.test_asyncio."


class Result(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.how = {}

    def startTest(self, test):
        self.how[test.id()] = "ok"
        super().startTest(test)

    def stopTest(self, test):
        print(json.dumps([test.id().removeprefix(PACKAGE), self.how[test.id()]]), flush=True)
        super().stopTest(test)

    def addSkip(self, test, reason):
        self.how[test.id()] = "skipped"

    def addError(self, test, error):
        self.how[test.id()] = f"failed: {error[0].__name__}"

    def addSubTest(self, test, subtest, error):
        if error:
            self.addError(test, error)

    addFailure = addExpectedFailure = addError

    def addUnexpectedSuccess(self, test):
        self.how[test.id()] = "failed: unexpected success"


def main(folder, kind, *names):
    sys.path.insert(0, folder)
    if kind == "ours":
        sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "examples"))
        importlib.import_module("asyncio_overlapped")
    import _overlapped

    assert (kind == "ours") == _overlapped.__file__.endswith("asyncio_overlapped.py"), _overlapped
    warnings.simplefilter("ignore")
    unittest.defaultTestLoader.loadTestsFromNames([PACKAGE + name for name in names]).run(Result())
    print(json.dumps(["end", ""]))


if __name__ == "__main__":
    main(*sys.argv[1:])
