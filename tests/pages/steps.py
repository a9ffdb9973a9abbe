"""The steps of a recorded run, folded as its page folds them, and the links of the pages to them.

A link to a step stands before a comment that says what is seen there, and is generated, because steps move:

    [`ReadComRoutine` runs](trace/overlapped_echo_server.html#step=24)<!-- step ReadComRoutine 1 -->

is the first step of that name. The names are those of the functions; `SleepEx returns` where something happened inside;
`ReadComRoutine ends`; `completed` (an OVERLAPPED was looked at); `client send`, `client close` and so on; `setup`, `idle`.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from tests.pages.cut import ROOT, Stale, read
from tests.support.recordings import events_in

LOG = '<script id="log-data" type="application/json">\n'
NO_STEPS = ("start", "source", "thread", "type", "block", "diagnosis")
Event = dict[str, Any]
Step = list[Event]


def log_of(page: str) -> list[str]:
    """The lines of JSON; of a page that is being written still, the whole ones."""
    log, end, _ = page.rpartition(LOG)[2].partition("</script>")
    return log.split("\n") if end else log.split("\n")[:-1]


def steps_of(page: str) -> list[tuple[str, Step]]:
    """Name and events of each step. Step 0 has none."""
    events = [event for event in events_in(log_of(page)) if event["e"] not in NO_STEPS]
    calls = {event["n"]: event for event in events if event["e"] in ("call", "routine")}
    backs = {event["n"]: event for event in events if event["e"] == "return"}
    inside = {event.get("in") for event in events if event["e"] == "routine"}

    def in_vain(event: Event) -> bool:
        call, back = calls.get(event.get("n")), backs.get(event.get("n"))
        if not back or "op" in call or event["n"] in inside or "raised" in back:
            return False
        asked = call["fn"].endswith("GetLastError") and re.search(r"\b(10035|258|996)\b", back.get("result", ""))
        return bool(back.get("vain", asked))

    def is_setup(event: Event) -> bool:
        call, back = calls.get(event.get("n"), {}), backs.get(event.get("n"), {})
        if event["e"] not in ("call", "return") or "op" in call:
            return False
        if call["fn"] in setup_functions():
            return not (back.get("error") or back.get("raised"))
        waits = call["fn"].startswith(("GetQueued", "SleepEx", "WSAWait", "WaitFor"))
        return event["e"] == "call" and waits and call["th"] != events[0]["th"]  # a worker that begins to wait

    def name(step: Step) -> str:
        first = step[0]
        function = calls[first["n"]]["fn"] if "n" in first else ""
        ends = {"return": f"{function} returns", "routine_end": f"{function} ends", "sample": "completed"}
        return ends.get(first["e"]) or function or (f"client {first['did']}" if "did" in first else first["e"])

    whole = grouped(events)
    setup = next((number for number, step in enumerate(whole) if not all(map(is_setup, step))), len(whole))
    setup = setup if setup >= 2 else 0
    found = [("", [])] + ([("setup", sum(whole[:setup], []))] if setup else [])
    for step in whole[setup:]:
        idle = all(map(in_vain, step))
        if idle and found[-1][0] == "idle":
            found[-1][1].extend(step)
        else:
            found.append(("idle" if idle else name(step), step))
    return found


def grouped(events: list[Event]) -> list[Step]:
    """A call with its return, if nothing was recorded in between; the pieces of a printed line."""
    steps: list[Step] = []
    for event in events:
        last = steps[-1] if steps else [{"e": ""}]
        if event["e"] == "return" and last[-1]["e"] == "call" and last[-1]["n"] == event["n"]:
            last.append(event)
        elif event["e"] == last[-1]["e"] == "output" and goes_on(last[-1], event):
            last.append(event)
        else:
            steps.append([event])
    return steps


def goes_on(line: Event, event: Event) -> bool:
    return (line["th"], line["stream"]) == (event["th"], event["stream"]) and "\n" not in line["text"]


@cache
def setup_functions() -> set[str]:
    text = read("winsock_ctypes/trace/page/fold.js")
    return set(" ".join(re.findall(r'"([^"]*)"', text[text.index("const SETUP") : text.index(".split")])).split())


@cache
def names(run: str) -> list[str]:
    path = ROOT / "docs" / "trace" / f"{run}.html"
    if not path.exists():
        raise Stale(f"there is no recording {path.relative_to(ROOT).as_posix()}")
    return [name for name, _ in steps_of(path.read_text(encoding="utf-8"))]


LINK = re.compile(r"(\((?:\.\./|docs/)*trace/(\w+)\.html#step=)\d+((?:&lang=ko)?\))<!-- step (.*?) (\d+) -->")


def updated(text: str) -> str:
    """With each link at the step which its comment names."""

    def link(match: re.Match[str]) -> str:
        begin, run, end, name, count = match.groups()
        found = [number for number, seen in enumerate(names(run)) if seen == name]
        if len(found) < int(count):
            raise Stale(f"{run} has {len(found)} steps named {name!r}, and a link leads to the {count}th")
        return f"{begin}{found[int(count) - 1]}{end}<!-- step {name} {count} -->"

    return LINK.sub(link, text)


def pages() -> dict[str, str]:
    files = [file.relative_to(ROOT).as_posix() for file in sorted([*ROOT.glob("README*.md"), *ROOT.glob("docs/**/*.md")])]
    return {page: updated(read(page)) for page in files if "#step=" in read(page)}
