"""docs/trace/gallery.html: programs with a mistake, recorded; docs/gallery.md: which they are.

The programs are those of tests/support/trace_faults, one for each kind of finding, and examples with an erratum put back. The
page asks what goes wrong, and at which step; what the recorder found is the answer, or what the page of errata says. So that
nothing else gives it away, they are run as program.py, without their comments.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.pages import printed
from tests.pages.cut import ROOT, Stale, read
from tests.pages.printed import without_comments
from tests.pages.runs import PATIENCE, Event, InMemory, Steady, by_thread, without_idling
from tests.support import trace_faults
from tests.support.recordings import events_in
from winsock_ctypes.trace.outputs import Outputs
from winsock_ctypes.trace.page import LOG, TAIL, head

HERE = Path(__file__).resolve().parent
PAGE = "docs/trace/gallery.html"
TIMED = {"kept-waiting"}  # goes on for some time: the times are kept
REPEATED = {"kept-waiting", "changed-buffer"}  # until a time is over, or a buffer of the system's is full: how often may differ
MADE = "<!-- made by python -m tests.pages write gallery -->"


@dataclass(frozen=True)
class Case:
    kind: str  # of finding
    script: str  # in trace_faults
    title: tuple[str, str]  # what people type, in English and in Korean
    symptom: tuple[str, str]  # what is seen of it
    page: str  # where to read on
    heading: str  # there: how it begins
    at: str = ""  # how the line begins at which it goes wrong


def read_cases() -> list[Case]:
    """Of gallery.txt: a paragraph each, of five lines, or of six: where it goes wrong, if not at the call that is found."""
    cases = []
    for paragraph in (HERE / "gallery.txt").read_text(encoding="utf-8").strip().split("\n\n"):
        first, title, korean_title, symptom, korean_symptom, *at = paragraph.split("\n")
        kind, script, page, heading = first.split(" ", 3)
        cases.append(Case(kind, script, (title, korean_title), (symptom, korean_symptom), page, heading, *at))
    return cases


def pages() -> dict[str, str]:
    kept = read(PAGE) if (ROOT / PAGE).exists() else ""
    known = {name: events for name, events in zip(names_in(kept), runs_in(kept), strict=True)}
    cases = read_cases()
    shown: list[dict[str, object]] = []
    lines: list[str] = []
    for case in cases:
        events = recorded(case)
        if case.kind in known and told(known[case.kind]) == told(events):
            events = known[case.kind]
        write = Outputs([InMemory(lines)])
        for event in events:
            write(event | ({"stack": [tuple(frame) for frame in event["stack"]]} if "stack" in event else {}))
        about = {"name": case.kind, "title": both(case.title), "symptom": both(case.symptom), "read": both(links(case))}
        shown.append(about | {"lines": fault_lines(case)})
    first = json.dumps({"e": "gallery", "cases": shown}, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    script, style = (HERE / "gallery.js").read_text("utf-8"), (HERE / "gallery.css").read_text("utf-8")
    page = head().replace("\n", f"\n{MADE}\n", 1).replace("</style>", f"{style}</style>")
    page = page.replace('<div id="found"', '<div id="case" role="region"></div>\n<div id="found"')
    page = page.replace("<script>\n", f"<script>\n{script}</script>\n<script>\n", 1)
    found = {PAGE: f"{page}{first}\n{''.join(lines)}{TAIL}"}
    for language, path in enumerate(("docs/gallery.md", "docs/ko/gallery.md")):
        if not (ROOT / path).exists():
            raise Stale(f"{path} is missing: the list goes between its lines `<!-- list -->` and `<!-- end of the list -->`")
        rows = [
            f"| [{case.title[language]}]({'../' * language}trace/gallery.html#case={case.kind}) | {case.symptom[language]} |"
            for case in cases
        ]
        text, wanted = read(path), "\n".join(rows)
        begin, end = "<!-- list -->\n", "\n<!-- end of the list -->"
        before, _, rest = text.partition(begin)
        header = ("| what people type | what is seen |", "| 검색하는 말 | 보이는 것 |")[language]
        found[path] = f"{before}{begin}\n{header}\n|---|---|\n{wanted}\n{end}{rest.partition(end)[2]}"
    return found


def both(texts: tuple[str, str]) -> dict[str, str]:
    return dict(zip(("en", "ko"), texts, strict=True))


def links(case: Case) -> tuple[str, str]:
    """To the heading in the English page, and to the one in the same place of the Korean page; from docs/trace."""
    english = headings(f"docs/{case.page}.md")
    at = [number for number, heading in enumerate(english) if heading.startswith(case.heading)]
    if len(at) != 1:
        raise Stale(f"docs/{case.page}.md has {len(at)} headings that begin with {case.heading!r}, and it must be one")
    korean = headings(f"docs/ko/{case.page}.md")[at[0]]
    return f"../{case.page}.md#{fragment(english[at[0]])}", f"../ko/{case.page}.md#{fragment(korean)}"


def headings(path: str) -> list[str]:
    return re.findall(r"^##+ (.*)$", re.sub(r"^```.*?^```$", "", read(path), flags=re.S | re.M), re.M)


def fragment(heading: str) -> str:
    """As GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.replace("`", "").strip().lower()).replace(" ", "-")


# ---- recording -----------------------------------------------------------------------------------------------------


def recorded(case: Case) -> list[Event]:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if number := erratum(case):
            events = printed.events_of(number, case.script, folder)
        else:
            program, lines = folder / "program.py", folder / "run.jsonl"
            program.write_text(without_comments(trace_faults.program(case.script)), encoding="utf-8")
            shutil.copy(trace_faults.HERE / "_peer.py", folder)
            command = [sys.executable, "-X", "utf8", "-m", "winsock_ctypes.trace", "--jsonl", lines, "--lang", "en", program]
            environment = os.environ | {"PYTHONPATH": str(ROOT)}
            quiet: dict[str, Any] = {"stdin": subprocess.DEVNULL, "capture_output": True, "env": environment}
            done = subprocess.run(command, cwd=folder, timeout=PATIENCE, **quiet)
            if not lines.exists():
                raise RuntimeError(f"{case.script}: the recording failed\n{done.stderr.decode(errors='replace')}")
            events = events_in(lines.read_text(encoding="utf-8").split("\n"))
    found = [event["kind"] for event in events if event["e"] == "diagnosis"]
    if found[:1] != [case.kind] or set(found) != {case.kind} and not erratum(case):
        raise RuntimeError(f"{case.script}: something else was found than {case.kind}: {found}")
    return events if case.kind in TIMED else Steady().events(without_idling(events))


def erratum(case: Case) -> int:
    """0: it is none."""
    return int(case.kind.removeprefix("erratum-")) if case.kind.startswith("erratum-") else 0


def fault_lines(case: Case) -> list[int]:
    """Where it goes wrong, if the finding's call is not yet what is wrong."""
    if erratum(case):
        return []
    lines = enumerate(trace_faults.program(case.script).splitlines(), 1)
    return [number for number, line in lines if "# the fault" in line or case.at and line.startswith(case.at)]


def told(events: list[Event]) -> Any:
    """What each recording of a program has in common."""
    lines = by_thread(events)
    kinds = [event["kind"] for event in events if event["e"] == "diagnosis"]
    if kinds[0].startswith("erratum-"):  # what comes after it is no matter
        lines = lines[: [f"diagnosis {kinds[0]}" in line for line in lines].index(True) + 1]
    elif not REPEATED & set(kinds):
        return lines
    # a peer outside: an operation may be completed at once, or later; and then it is asked for the error
    calls = [line for line in lines if re.search(r" (call|routine|output|diagnosis) ", line) and "GetLastError" not in line]
    return {re.sub(r"\(.*\) in ", " in ", re.sub(r"\d+", "", line)).partition(" starts ")[0] for line in calls}


# ---- what is kept --------------------------------------------------------------------------------------------------


def names_in(page: str) -> list[str]:
    lines = page.partition(LOG)[2].partition("\n")
    return [case["name"] for case in json.loads(lines[0])["cases"]] if lines[0] else []


def runs_in(page: str) -> list[list[Event]]:
    groups: list[list[str]] = []
    for line in page.partition(LOG)[2].partition("</script>")[0].split("\n")[1:]:
        if line.startswith('{"e":"start"'):
            groups.append([])
        if line:
            groups[-1].append(line)
    return [events_in(group) for group in groups]
