"""python -m winsock_ctypes.trace [-o run.html] [--jsonl run.jsonl] [--perfetto run.json] [--text] SCRIPT ARGS…
python -m winsock_ctypes.trace --compare RUN RUN [RUN [RUN]] [-o compare.html]
"""

from __future__ import annotations

import argparse
import os
import runpy
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from winsock_ctypes import trace
from winsock_ctypes.trace import Event, compare, outputs, tracebacks
from winsock_ctypes.trace.diagnosis import Diagnosis
from winsock_ctypes.trace.page import head
from winsock_ctypes.trace.places import Places
from winsock_ctypes.trace.recorder import Recorder
from winsock_ctypes.trace.sentences import reader_language, say
from winsock_ctypes.trace.text import TextWriter
from winsock_ctypes.trace.words import raised, short_name

USAGE = """python -m winsock_ctypes.trace [options] SCRIPT [ARGS ...]
       python -m winsock_ctypes.trace --compare RUN RUN [RUN [RUN]] [-o compare.html]"""
WELL = "the program ended"


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"trace: {message} (--help says what there is)\n")


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = Parser(
        prog="python -m winsock_ctypes.trace",
        usage=USAGE,
        description="Run a script that uses winsock_ctypes, and record what it does. Without an option: -o trace.html.",
        epilog="Options come before SCRIPT: what comes after it is the script's own. docs/recorder.md explains all.",
        allow_abbrev=False,
    )
    parser.add_argument("-o", metavar="run.html", help="write a page that shows the run step by step in a browser")
    parser.add_argument("--jsonl", metavar="run.jsonl", help="write the events, a line of JSON each")
    parser.add_argument("--perfetto", metavar="run.json", help="write the run as ui.perfetto.dev and chrome://tracing show it")
    parser.add_argument("--text", action="store_true", help="print each call as it happens, to standard error")
    parser.add_argument("--overwrite", action="store_true", help="also write over a file that is not an unchanged recording")
    parser.add_argument("--cap", type=int, default=20_000, metavar="N", help="record at most N events (%(default)s)")
    parser.add_argument("--lang", choices=("en", "ko"), help="the language of what it says (default: the computer's)")
    several = "write a page that shows two to four recordings (run.html, run.jsonl) on one clock"
    parser.add_argument("--compare", nargs="+", metavar="RUN", help=several)
    parser.add_argument("script", nargs="?", metavar="SCRIPT", help="the program to run")
    parser.add_argument("args", nargs=argparse.REMAINDER, metavar="ARGS", help="given to the script as they are")
    options = parser.parse_args(arguments)
    if options.cap < 1:
        parser.error("--cap must be at least 1")
    if options.compare is not None:
        if not 2 <= len(options.compare) <= 4:
            parser.error(f"--compare needs two to four recordings, not {len(options.compare)}")
        if options.script is not None:
            parser.error("--compare runs no script: put the recordings last, or -o after them")
        if options.jsonl or options.perfetto or options.text:
            parser.error("--compare only writes a page: -o")
    elif options.script is None:
        parser.error("which SCRIPT is to be run?")
    elif not os.path.isfile(options.script):
        parser.error(f"there is no script {options.script}")
    for option in ("o", "jsonl", "perfetto"):
        if getattr(options, option) == "":
            parser.error(f"{'-' if option == 'o' else '--'}{option} needs the name of a file")
    if not (options.o or options.jsonl or options.perfetto or options.text):
        options.o = "compare.html" if options.compare else "trace.html"
    return options


def main(arguments: Sequence[str] | None = None, watch: Callable[[Event], None] | None = None) -> int | str | None:
    """Returns the script's exit status. `watch` gets each event, too."""
    options = parse(sys.argv[1:] if arguments is None else arguments)
    stderr = sys.stderr
    language = options.lang or reader_language(stderr)
    if options.compare:
        return compare.write(options.compare, options.o, options.overwrite, language)
    kinds: tuple[tuple[str, Any, str | None], ...] = (
        ("-o", outputs.Page, options.o),
        ("--jsonl", outputs.Lines, options.jsonl),
        ("--perfetto", outputs.Perfetto, options.perfetto),
    )
    watchers = [TextWriter(stderr)] if options.text else []
    files = outputs.Outputs(
        [kind(option, name) for option, kind, name in kinds if name], [*watchers, *([watch] if watch else [])]
    )
    try:
        files.open(options.script, options.overwrite)
    except outputs.Refused as refused:
        print(f"trace: {refused}", file=stderr)
        return 2
    run = Run(files, language, stderr)
    start: Event = {"script": short_name(os.path.abspath(options.script), os.getcwd()), "args": options.args, "format": 2}
    start |= {"python": ".".join(map(str, sys.version_info[:3])), "lang": language}
    if options.o:
        start["page"] = outputs.check_sum(head().encode())
    recorder = Recorder(run.write, options.cap)
    recorder.emit("start", **start)
    status = run_script(recorder, options.script, options.args)
    files.close()
    if run.full:
        print(f"trace: {say('full', language, cap=options.cap)}", file=stderr)
    for output in files.outputs:
        why = {"why": output.failed.strerror} if output.failed else {}
        text = say("lost" if output.failed else output.how, language, path=output.path, count=files.count, **why)
        print(f"trace: {text}", file=stderr)
    return status


class Run:
    """Where each event goes: to the outputs, and what is found in it, after it."""

    def __init__(self, files: outputs.Outputs, language: str, stderr: Any) -> None:
        self.files, self.language, self.stderr = files, language, stderr
        self.diagnosis = Diagnosis()
        self.full = False

    def write(self, event: Event) -> None:
        self.full = self.full or event["e"] == "note"
        if event["e"] != "end":
            self.files(event)
        for finding in self.diagnosis.feed(event):
            self.files(finding)
            print(f"trace: {finding[self.language]}", file=self.stderr, flush=True)
        if event["e"] == "end":  # is the last line
            self.files(event)


def run_script(recorder: Recorder, script: str, arguments: list[str]) -> int | str | None:
    """Runs it as `python SCRIPT ARGS` would, and ends the recording while its objects live. Returns its exit status."""
    before = sys.argv, sys.path[:], threading.excepthook
    sys.argv = [script, *arguments]
    sys.path[0] = str(Path(script).resolve().parent)
    threading.excepthook = tracebacks.in_thread
    trace.active = recorder
    try:
        with Places(recorder):
            try:
                names = runpy.run_path(os.path.abspath(script), run_name="__main__")
                for thread in threading.enumerate():  # as the interpreter does at the end of a program
                    if thread not in (threading.main_thread(), threading.current_thread()) and not thread.daemon:
                        thread.join()
                recorder.end(WELL)
                del names
                return 0
            except SystemExit as error:
                recorder.end(WELL if not error.code else f"{WELL} with exit status {error.code}")
                return error.code
            except BaseException as error:
                sys.stdout.flush()
                tracebacks.show(error)
                recorder.end(raised(error).rstrip(": "))
                return 1
    finally:
        trace.active = None
        sys.argv, sys.path[:], threading.excepthook = before


if __name__ == "__main__":
    sys.exit(main())
