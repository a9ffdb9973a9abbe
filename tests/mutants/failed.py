"""A pytest plugin: notes which tests there are (C), begin (B), failed (F); and ends the run when one takes too long."""

import faulthandler
import os

NOTES = os.environ.get("MUTANTS_FAILED", "")
LIMIT = float(os.environ.get("MUTANTS_LIMIT", "0"))  # seconds


def note(kind, test):
    with open(NOTES, "a", encoding="utf-8") as file:
        file.write(f"{kind} {test}\n")


def pytest_sessionstart(session):
    """One example that fails is enough: a smaller one is not looked for."""
    if LIMIT:
        from hypothesis import Phase, settings

        settings.register_profile("mutants", settings.default, phases=(Phase.explicit, Phase.generate))
        settings.load_profile("mutants")


def pytest_collection_finish(session):
    for item in session.items if not LIMIT else ():
        note("C", item.nodeid)


def pytest_runtest_logstart(nodeid, location):
    note("B", nodeid)
    if LIMIT:
        faulthandler.dump_traceback_later(LIMIT, exit=True)


def pytest_runtest_logfinish(nodeid, location):
    faulthandler.cancel_dump_traceback_later()


def pytest_runtest_logreport(report):
    if report.failed:
        note("F", report.nodeid)
