"""Runs tests of CPython's package `test.test_asyncio`, for `check`: lines of JSON, [name, how it ended], the last one counts.

    python run.py FOLDER c|ours DONE NAME...

DONE is a JSON list of tests to leave out; NAME is a module, or a test's id. `ours`: over examples/asyncio_overlapped.py.
A test that hangs ends the process.
"""

import faulthandler
import importlib
import json
import sys
import unittest
import warnings
from pathlib import Path

PACKAGE = "test.test_asyncio."


SECONDS = 10  # a test that takes longer hangs


class Result(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.how = {}

    def startTest(self, test):
        self.how[test.id()] = "ok"
        print(json.dumps([test.id().removeprefix(PACKAGE), "hangs"]), flush=True)
        faulthandler.dump_traceback_later(SECONDS, exit=True)
        super().startTest(test)

    def stopTest(self, test):
        faulthandler.cancel_dump_traceback_later()
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


def each(tests):
    for test in tests:
        yield from each(test) if isinstance(test, unittest.TestSuite) else [test]


def main(folder, kind, done, *names):
    sys.path.insert(0, folder)
    if kind == "ours":
        sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "examples"))
        importlib.import_module("asyncio_overlapped")
    import _overlapped

    assert (kind == "ours") == _overlapped.__file__.endswith("asyncio_overlapped.py"), _overlapped
    warnings.simplefilter("ignore")
    tests = unittest.defaultTestLoader.loadTestsFromNames([PACKAGE + name for name in names])
    done = {PACKAGE + name for name in json.loads(done)}
    unittest.TestSuite(test for test in each(tests) if test.id() not in done).run(Result())
    print(json.dumps(["end", ""]))


if __name__ == "__main__":
    main(*sys.argv[1:])
