"""Several recordings on one page, and on one clock: what was written by -o or --jsonl, read again."""

from __future__ import annotations

import json
import os
import sys
import zlib
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from winsock_ctypes.trace import Event, outputs
from winsock_ctypes.trace.page import LOG, head
from winsock_ctypes.trace.sentences import say

# Of each kind of event what the page needs for its lanes, its words, and the numbers of the steps: memory, stacks and sources
# stay in the recording. The first fields are in every event of the kind.
FIELDS = {
    "start": (("script", "args"), ("python",)),
    "thread": (("id", "name"), ()),
    "call": (("n", "t", "th", "fn"), ("in", "op", "waits")),
    "return": (("n", "t", "th"), ("result", "error", "code", "raised", "vain", "client", "socket", "delivered")),
    "routine": (("n", "t", "th", "fn"), ("in", "delivered")),
    "routine_end": (("n", "t", "th"), ("raised",)),
    "output": (("t", "th", "stream", "text"), ()),
    "sample": (("t", "th", "id"), ()),
    "released": (("t", "th", "id"), ()),
    "peer": (("t", "client", "did"), ("bytes", "data")),
    "note": (("text",), ("t",)),
    "diagnosis": (("kind", "n", "en", "ko"), ()),
    "end": (("t", "how"), ()),
}


class Comparison(outputs.Page):
    how = kind = "compare"


def write(names: Sequence[str], out: str, overwrite: bool, language: str) -> int:
    """Writes the page, says so or why not, and returns the exit status."""
    page = Comparison("-o", out)
    try:
        text = lines(names, out)
        for name in names:
            if outputs.same(Path(os.path.abspath(name)), page.path):
                raise outputs.Refused(f"-o {page.path} is one of the recordings")
        page.open(overwrite)
    except outputs.Refused as refused:
        page.cancel()
        print(f"trace: {refused}", file=sys.stderr)
        return 2
    page.begin()
    page.write(text)
    page.close()
    why = {"why": page.failed.strerror} if page.failed else {}
    said = say("lost" if page.failed else page.how, language, path=page.path, count=len(names), **why)
    print(f"trace: {said}", file=sys.stderr)
    return 2 if page.failed else 0


def lines(names: Sequence[str], out: str) -> str:
    """What the page holds: a `start` that says what is compared, each recording from its own `start` to its end, and an `end`.

    Raises Refused for what is no recording.
    """
    runs = [events_of(name) for name in names]
    scripts = [Path(str(run[0]["script"])).stem for run in runs]
    shown = [
        {"name": script if scripts.count(script) == 1 else f"{script} ({Path(name).stem})", **link(name, out)}
        for script, name in zip(scripts, names, strict=True)
    ]
    first = {"e": "start", "compares": shown, "page": outputs.check_sum(head(Comparison.kind).encode())}
    text = "".join(map(outputs.dumps, [first, *(kept(event) for run in runs for event in run if event["e"] in FIELDS)]))
    check_sum = f"{zlib.crc32(text.encode('utf-8', 'backslashreplace')):08x}"
    return text + outputs.dumps({"e": "end", "how": "compared", "sum": check_sum})


def events_of(name: str) -> list[Event]:
    """Up to where a crash has cut the last line. Raises Refused."""
    no_recording = outputs.Refused(f"{name} is no recording: -o or --jsonl writes one")
    try:
        text = Path(name).read_text(encoding="utf-8-sig", errors="replace")  # a crash may cut a character, too
    except OSError as error:
        raise outputs.Refused(f"{name} cannot be read: {error.strerror}") from None
    log = text.partition(LOG)[2].partition("</script>")[0] if LOG in text else text
    events: list[Event] = []
    for line in filter(str.strip, log.split("\n")):
        try:
            events.append(json.loads(line))
        except ValueError:
            break
    for event in events:
        kind = event.get("e") if isinstance(event, dict) else None
        known = isinstance(kind, str) and event.keys() >= set(FIELDS.get(kind, ((),))[0])
        if not known or not isinstance(event.get("op", {}), dict):
            raise no_recording
    if not events or events[0]["e"] != "start" or sum(event["e"] == "start" for event in events) > 1:
        raise no_recording
    return events


def kept(event: Event) -> Event:
    always, sometimes = FIELDS[event["e"]]
    short = {field: event[field] for field in ("e", *always, *sometimes) if field in event}
    if "op" in short:
        short["op"] = {field: short["op"][field] for field in ("id", "kind", "to", "client") if field in short["op"]}
    return short


def link(name: str, out: str) -> dict[str, str]:
    """From the page to a recording that is a page, too."""
    if Path(name).suffix.lower() not in (".html", ".htm"):
        return {}
    page = os.path.abspath(name)
    try:
        return {"href": quote(os.path.relpath(page, os.path.dirname(os.path.abspath(out))).replace(os.sep, "/"))}
    except ValueError:  # another drive
        return {"href": Path(page).as_uri()}
