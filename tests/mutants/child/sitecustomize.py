"""Started by every Python whose PYTHONPATH has this folder: notes which lines of this project it runs, and for which test.

Each line is noted at once, so that nothing is lost of a process that is killed. Needs sys.monitoring (CPython 3.12).
"""

import os
import sys
from pathlib import Path

FOLDER = os.environ.get("MUTANTS_SEEN")
ROOT = str(Path(__file__).resolve().parent.parent.parent.parent) + os.sep
WATCHED = (ROOT + "winsock_ctypes" + os.sep, ROOT + "examples" + os.sep)


def begin(folder):
    monitoring = sys.monitoring
    tool, events = monitoring.COVERAGE_ID, monitoring.events
    monitoring.use_tool_id(tool, "mutants")
    out = os.open(os.path.join(folder, f"{os.getpid()}.txt"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    last = [None]

    def note(words):
        test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
        if test != last[0]:
            last[0] = test
            os.write(out, f"T {test}\n".encode())
        os.write(out, words.encode())

    def line(code, number):
        name = code.co_filename
        if name.startswith(WATCHED):
            note(f"L {name[len(ROOT) :].replace(os.sep, '/')}:{number} {code.co_name == '<module>':d}\n")
        return monitoring.DISABLE

    def call(code, offset, function, argument):
        name = getattr(function, "__name__", None)
        if isinstance(name, str) and getattr(type(function), "__module__", "").startswith(
            ("winsock_ctypes", "_ctypes", "ctypes")
        ):
            note(f"C {name}\n")
        return monitoring.DISABLE

    monitoring.register_callback(tool, events.LINE, line)
    monitoring.register_callback(tool, events.CALL, call)
    monitoring.set_events(tool, events.LINE | events.CALL)


if FOLDER:
    begin(FOLDER)
