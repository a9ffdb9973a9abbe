"""docs/debugger-tour.md, read as data: what test_debugger.py does is what the page tells the reader to do.

A stop names a source line by its beginning, never by its number, so that the tour moves along with the example. Everything
else in the page must be a sentence that is known here, or stand where a stop tells what is seen and asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.support.processes import ROOT

STEPS = {
    "Step over (F10, pdb: `n`).": "next",
    "Step into (F11, pdb: `s`).": "stepIn",
    "Step out (Shift+F11, pdb: `r`).": "stepOut",
    "Set a breakpoint at the next stop's line, take away the others, and continue (F5, pdb: `b LINE`, `c`).": "continue",
    "That is all: stop the debugger.": "end",
}
PEERS = {
    "In a second terminal: `python examples/echo_client.py 127.0.0.1 9190`. ": "connect",
    "In the client, type `hello`. ": "say",
    "In the client, type `Q`. ": "leave",
    "In the program's terminal, type `hello`. ": "type",
    "In the program's terminal, type `Q`. ": "quit",
    "": "",
}
SERVER_FIRST = "First, in a second terminal: `python examples/overlapped_echo_server.py 9190`."


@dataclass(frozen=True)
class Stop:
    function: str
    line: str  # how one line of the function, and only one, begins
    callers: dict[str, str]  # the functions below in the call stack: how their line begins
    look: dict[str, str]  # what to type in the Debug Console (pdb: pp ...): what is to be seen in the answer
    peer: str  # then, before the step: what the other side does
    step: str


@dataclass(frozen=True)
class Tour:
    example: str
    arguments: tuple[str, ...]
    needs_server: bool
    stops: tuple[Stop, ...]


def stop(text: str) -> Stop:
    head, seen, *middle, last = text.strip().split("\n\n")
    function, line = matched(r"\d+\. `(\w+)`: `(.*)`", head)
    assert not re.match(r"[-*]|Call stack:", seen), f"what is seen at the stop comes first: {text}"
    callers, look = {}, {}
    for part in middle:
        if part.startswith("Call stack: "):
            (called,) = matched(rf"Call stack: `{function}`(, called by .*)\.", part)
            callers = dict(re.findall(r", called by `(\w+)` \(at `(.*?)`\)", called))
        elif part.startswith("- "):
            look = dict(matched(r"- `(.*)` shows `(.*)`", row) for row in part.splitlines())
        else:
            matched(r"\*\*Predict:\*\* .*", part)
    peer = next(words for words in PEERS if last.startswith(words))
    step = STEPS[last.removeprefix(peer)]
    assert look, f"nothing to look at: {text}"
    return Stop(function, line, callers, look, PEERS[peer], step)


def tour(text: str) -> Tour:
    head, *stops = re.split(r"^### ", text, flags=re.M)
    example, _about, *first, start = head.strip().split("\n\n")
    assert first in ([], [SERVER_FIRST]), first
    words = matched(r"Set a breakpoint at the line of the first stop and debug `python (.*)`\.", start)[0].split()
    assert words[0] == f"examples/{example}.py"
    return Tour(example, tuple(words[1:]), bool(first), tuple(map(stop, stops)))


def matched(pattern: str, text: str) -> tuple[str, ...]:
    match = re.fullmatch(pattern, text, re.S)
    assert match, f"the tour does not understand {text!r}"
    return match.groups()


def line_number(source: str, function: str, line: str) -> int:
    """Where in the source the one line of the function stands that begins so."""
    found, inside = [], False
    for number, text in enumerate(source.splitlines(), 1):
        if text[:1].strip() and text[0] not in "@)#":
            inside = text.startswith(f"def {function}(")
        elif inside and text.strip().startswith(line):
            found.append(number)
    if len(found) != 1:
        raise LookupError(f"{len(found)} lines of {function} begin with {line!r}, but it must be one")
    return found[0]


PAGE = (ROOT / "docs/debugger-tour.md").read_text("utf-8").partition("\n---\n")[0]  # below it says what page comes next
TOURS = [tour(text) for text in re.split(r"^## ", PAGE, flags=re.M)[1:]]
