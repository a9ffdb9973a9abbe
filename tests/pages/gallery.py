"""docs/trace/gallery.html: programs with a mistake, recorded; docs/gallery.md: which they are.

The programs are those of tests/support/trace_faults, one for each kind of finding. The page asks what goes wrong, and at which
step; what the recorder found is the answer. So that nothing else gives it away, the programs are called program.py there, and
their comments are left out.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.pages.cut import ROOT, Stale, read
from tests.pages.runs import PATIENCE, Event, InMemory, Steady, by_thread, without_idling
from tests.support.recordings import events_in
from winsock_ctypes.trace.outputs import Outputs
from winsock_ctypes.trace.page import LOG, TAIL, head

HERE = Path(__file__).resolve().parent
PAGE = "docs/trace/gallery.html"
FAULTS = "tests/support/trace_faults"
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


def read_cases() -> list[Case]:
    """Of gallery.txt: a paragraph each, of five lines."""
    cases = []
    for paragraph in (HERE / "gallery.txt").read_text(encoding="utf-8").strip().split("\n\n"):
        first, title, korean_title, symptom, korean_symptom = paragraph.split("\n")
        kind, script, page, heading = first.split(" ", 3)
        cases.append(Case(kind, script, (title, korean_title), (symptom, korean_symptom), page, heading))
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
    script = f"{FAULTS}/{case.script}.py"
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder, "run.jsonl")
        command = [sys.executable, "-X", "utf8", "-m", "winsock_ctypes.trace", "--jsonl", str(lines), "--lang", "en", script]
        done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE)
        if not lines.exists():
            raise RuntimeError(f"{script}: the recording failed\n{done.stderr.decode(errors='replace')}")
        events = events_in(lines.read_text(encoding="utf-8").split("\n"))
    if {event["kind"] for event in events if event["e"] == "diagnosis"} != {case.kind}:
        raise RuntimeError(f"{script}: something else was found than {case.kind}")
    if case.kind not in TIMED:
        events = Steady().events(without_idling(events))
    return [hidden(event, script) for event in events]


def told(events: list[Event]) -> Any:
    """What each recording of a program has in common."""
    lines = by_thread(events)
    repeated = any(event["e"] == "diagnosis" and event["kind"] in REPEATED for event in events)
    return {re.sub(r"\d+", "", line) for line in lines} if repeated else lines


def fault_lines(case: Case) -> list[int]:
    """Where the program says of itself that it makes its mistake, if it does."""
    lines = read(f"{FAULTS}/{case.script}.py").splitlines()
    return [number for number, line in enumerate(lines, 1) if "# the fault" in line]


def hidden(event: Event, script: str) -> Event:
    """Without what would give the answer away."""
    if event["e"] == "source" and event["name"] == script:
        without = re.sub(r'^""".*?"""', lambda match: re.sub(r"[^\n]", "", match[0]), event["text"], count=1, flags=re.S)
        return event | {"name": "program.py", "text": re.sub(r"  # .*$", "", without, flags=re.M)}
    if event["e"] == "start":
        return event | {"script": "program.py"}
    if event["e"] == "diagnosis":
        name = Path(script).name
        return event | {language: event[language].replace(f"{name}:", "program.py:") for language in ("en", "ko")}
    return event


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
