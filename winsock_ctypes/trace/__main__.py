"""python -m winsock_ctypes.trace [-o run.html] [--jsonl run.jsonl] [--perfetto run.json] [--text] SCRIPT ARGS…"""

from __future__ import annotations

import argparse
import json
import os
import runpy
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from winsock_ctypes.trace.diagnosis import Diagnosis
from winsock_ctypes.trace.recorder import Event, Recorder, dumps, short_name


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m winsock_ctypes.trace",
        description="Run a script that uses winsock_ctypes, and record what it does. Without an option: -o trace.html.",
    )
    parser.add_argument("-o", metavar="run.html", help="a page that shows the run step by step in a browser")
    parser.add_argument("--jsonl", metavar="run.jsonl", help="the events, a line of JSON each")
    parser.add_argument("--perfetto", metavar="run.json", help="the run as ui.perfetto.dev and chrome://tracing show it")
    parser.add_argument("--text", action="store_true", help="print each call as it happens, to standard error")
    parser.add_argument("--cap", type=int, default=20_000, metavar="N", help="record at most N events (%(default)s)")
    parser.add_argument("script", metavar="SCRIPT")
    parser.add_argument("args", nargs=argparse.REMAINDER, metavar="ARGS", help="given to the script as they are")
    options = parser.parse_args(arguments)
    if options.cap < 1:
        parser.error("--cap must be at least 1")
    if not os.path.isfile(options.script):
        parser.error(f"there is no script {options.script}")
    if not (options.o or options.jsonl or options.perfetto or options.text):
        options.o = "trace.html"
    return options


def main(arguments: Sequence[str] | None = None, watch: Callable[[Event], None] | None = None) -> int | str | None:
    """Returns the script's exit status. `watch` gets each event, too."""
    options = parse(sys.argv[1:] if arguments is None else arguments)
    events: list[Event] = []
    sinks: list[Callable[[Event], None]] = [events.append]
    files: list[LineWriter] = []
    stderr = sys.stderr
    try:
        for name, head, tail in ((options.o, page(), "</script>\n</body>\n</html>\n"), (options.jsonl, "", "")):
            if name:
                files.append(LineWriter(open(name, "w", encoding="utf-8", newline="\n"), head, tail))
        sinks += files
    except OSError as error:
        print(f"the recording cannot be written: {error}", file=stderr)
        return 2
    if options.text:
        sinks.append(TextWriter(stderr))
    if watch:
        sinks.append(watch)

    def write(event: Event) -> None:
        for sink in sinks:
            sink(event)
        for finding in diagnosis.feed(event):
            recorder.emit("diagnosis", **finding)
            print(f"trace: {finding['en']}", file=stderr, flush=True)

    diagnosis = Diagnosis()
    recorder = Recorder(write, options.cap)
    version = ".".join(map(str, sys.version_info[:3]))
    recorder.emit("start", script=short_name(os.path.abspath(options.script)), args=options.args, python=version)
    status: int | str | None = 0
    how = "the program ended"
    before = sys.argv, sys.path[:]
    sys.argv = [options.script, *options.args]
    sys.path[0] = str(Path(options.script).resolve().parent)
    recorder.install()
    try:
        runpy.run_path(options.script, run_name="__main__")
        for thread in threading.enumerate():  # as the interpreter does at the end of a program
            if thread not in (threading.main_thread(), threading.current_thread()) and not thread.daemon:
                thread.join()
    except SystemExit as error:
        status = error.code  # type: ignore[assignment]
        how = "the program ended" if not status else f"the program ended with exit status {status}"
    except BaseException as error:
        status, how = 1, f"{type(error).__name__}: {error}".rstrip(": ")
        show_traceback(error)
    finally:
        with recorder.lock:
            recorder.uninstall()
            sys.argv, sys.path[:] = before
            recorder.emit("end", t=recorder.now(), how=how)
            recorder.closed = True
        for file in files:
            file.close()
        if options.perfetto:
            Path(options.perfetto).write_text(perfetto(events), encoding="utf-8")
        if any(event["e"] == "note" for event in events):
            print(f"trace: {options.cap} events were recorded, and nothing after them; --cap N records more", file=stderr)
    return status


def page() -> str:
    return resources.files("winsock_ctypes.trace").joinpath("page.html").read_text(encoding="utf-8")


def show_traceback(error: BaseException) -> None:
    """As the interpreter would, beginning with the script."""
    here = error.__traceback__
    while here and (here.tb_frame.f_code.co_filename.startswith("<frozen") or here.tb_frame.f_code.co_filename == __file__):
        here = here.tb_next
    traceback.print_exception(type(error), error, here or error.__traceback__)


class LineWriter:
    """Each event is a line, and in the file at once: what was recorded is there even if the program crashes."""

    def __init__(self, file: Any, head: str, tail: str) -> None:
        self.file, self.tail = file, tail
        file.write(head)

    def __call__(self, event: Event) -> None:
        self.file.write(dumps(event) + "\n")
        self.file.flush()

    def close(self) -> None:
        self.file.write(self.tail)
        self.file.close()


class TextWriter:
    """One line a call, in the manner of strace."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.names: dict[int, str] = {}
        self.depth: dict[int, int] = {}
        self.open: dict[int, list[Event]] = {}

    def __call__(self, event: Event) -> None:
        kind, thread = event["e"], event.get("th", 0)
        if kind == "thread":
            self.names[event["id"]] = event["name"]
        elif kind == "call":
            self.open.setdefault(thread, []).append(event)
        elif kind == "return":
            call = self.open[thread].pop()
            while call["n"] != event["n"]:  # a KeyboardInterrupt can take a return away
                call = self.open[thread].pop()
            words = f"{call['fn']}({arguments(call)})" if not call.get("shown") else f"<... {call['fn']}>"
            self.line(event, words + ending(event))
        elif kind == "routine":
            for call in self.open.get(thread, []):
                if not call.get("shown"):
                    self.line(event, f"{call['fn']}({arguments(call)}) ...", time=call["t"])
                    call["shown"] = True
            self.line(event, f"{event['fn']}({arguments(event)}) {{")
            self.depth[thread] = self.depth.get(thread, 0) + 1
        elif kind == "routine_end":
            self.depth[thread] = self.depth.get(thread, 1) - 1
            self.line(event, f"}} raised {event['raised']}" if "raised" in event else "}")
        elif kind == "sample":
            about = f"{event['status']}, {event['bytes']} bytes"
            self.line(event, f"-- operation {event['id']} is completed, not delivered: {about}")
        elif kind == "released":
            self.line(event, f"-- the memory of operation {event['id']} is gone")
        elif kind == "note":
            self.line(event, f"-- {event['text']}")

    def line(self, event: Event, text: str, time: float | None = None) -> None:
        thread = event.get("th", 0)
        name = self.names.get(thread, "")[:12]
        indent = "    " * self.depth.get(thread, 0)
        print(f"{event['t'] if time is None else time:10.4f} {name:12} {indent}{text}", file=self.stream, flush=True)


def arguments(event: Event) -> str:
    return ", ".join(text for _, text in event["args"])


def ending(event: Event) -> str:
    if "raised" in event:
        return f" raised {event['raised']}"
    error = f" {event['error']}" if "error" in event else ""
    out = "; ".join(f"{key}: {text}" for key, text in event.get("out", ()))
    result = f" = {event['result']}" if event["result"] else ""
    return f"{result}{error}{f'  [{out}]' if out else ''}"


def perfetto(events: Sequence[Event]) -> str:
    """The trace event format: calls and routines as slices of their threads, operations as slices of their own."""
    rows: list[dict[str, Any]] = []
    names: dict[int, str] = {}
    kinds: dict[int, str] = {}

    def row(phase: str, name: str, event: Event, **more: Any) -> None:
        rows.append({"ph": phase, "name": name, "pid": 1, "tid": event["th"], "ts": event["t"] * 1e6, **more})

    for event in events:
        kind = event["e"]
        if kind == "thread":
            named = {"ph": "M", "name": "thread_name", "pid": 1, "tid": event["id"], "args": {"name": event["name"]}}
            rows.append(named)
        elif kind in ("call", "routine"):
            names[event["n"]] = event["fn"]
            row("B", event["fn"], event, args=dict(event["args"]))
            if "op" in event:
                kinds[event["op"]["id"]] = event["op"]["kind"]
                row("b", event["op"]["kind"], event, id=event["op"]["id"], cat="operation")
        elif kind in ("return", "routine_end"):
            row("E", names[event["n"]], event)
        ended = list(event.get("delivered", ())) + ([event["id"]] if event.get("state") in ("failed", "delivered") else [])
        for op in ended:
            row("e", kinds[op], event, id=op, cat="operation")
    return json.dumps({"traceEvents": rows})


if __name__ == "__main__":
    sys.exit(main())
