"""What the lines of a recording say, worked out a second time, apart from the page and from its pieces.

States come from what calls returned and what was delivered, not from the `ops` that the recorder adds; owners from the
operations under way, not from `own`. So the page, the recorder and this must agree.
"""

from __future__ import annotations

import re
from typing import Any

Event = dict[str, Any]


class Told:
    def __init__(self) -> None:
        self.ops: dict[int, Event] = {}
        self.calls: dict[int, Event] = {}
        self.open: dict[int, list[Event]] = {}  # thread -> calls that have not come back
        self.values: dict[int, dict[str, Any]] = {}  # block -> field -> value
        self.blocks: dict[int, Event] = {}
        self.sockets: set[int] = set()
        self.output = ""
        self.errors = ""  # of it, what went to stderr
        self.th = 0  # the thread that did something last
        self.stacks: dict[int, list[Any]] = {}
        self.kept: dict[int, list[Any]] = {}  # below the routines that run
        self.filled: dict[tuple[int, str], int] = {}  # buffer -> how many bytes the last receive has brought
        self.delivered: list[int] = []  # at the last step
        self.changed: set[tuple[int, str]] = set()

    def take(self, events: list[Event]) -> None:
        """One step of the page."""
        self.delivered = []
        self.changed = set()
        for event in events:
            for block in event.get("early", []):  # the page puts `block` with the event that comes after it
                self.blocks[block["id"]] = block
            self.one(event)

    def one(self, event: Event) -> None:
        kind = event["e"]
        if kind in ("call", "routine"):
            self.calls[event["n"]] = event
        self.frames(event)
        if kind == "call":
            self.open.setdefault(event["th"], []).append(event)
        if kind == "return":
            calls = self.open[event["th"]]
            while calls and calls.pop()["n"] != event["n"]:
                pass
        if op := event.get("op"):
            for old in op.get("reused", []):
                self.ops[old]["state"] = "lost"
            state = "completed" if op["to"] == "posted" else "pending"
            self.ops[op["id"]] = op | {"state": state, "th": event["th"]}
        if kind == "return" and "op" in (call := self.calls[event["n"]]):
            op = self.ops[call["op"]["id"]]
            if "raised" in event:
                op["state"] = "failed"
            elif "state" in event and op["state"] not in ("delivered", "lost", "completed"):
                op["state"] = event["state"]
        if kind == "sample" and self.ops[event["id"]]["state"] == "pending":
            self.ops[event["id"]] |= {"state": "completed", "bytes": event["bytes"]}
            self.fills(self.ops[event["id"]])
        for number in event.get("delivered", []):
            self.ops[number]["state"] = "delivered"
            size = [text for name, text, *_ in event.get("args", event.get("out", [])) if "Transferred" in name]
            self.fills(self.ops[number] | ({"bytes": int(size[0])} if size else {}))
            self.delivered.append(number)
        for number in [*event.get("lost", []), *([event["id"]] if kind == "released" else [])]:
            self.ops[number]["state"] = "lost"
        for block, fields in event.get("mem", {}).items():
            known = self.values.setdefault(int(block), {})
            for field, value in fields.items():
                if field in known:
                    self.changed.add((int(block), field))
                known[field] = value
        for block in event.get("gone", []):
            self.blocks.pop(block, None)
            self.values.pop(block, None)
        if "socket" in event:
            self.sockets.add(event["socket"])
        self.sockets.discard(event.get("closed", -1))
        self.output += event["text"] if kind == "output" else ""
        self.errors += event["text"] if event.get("stream") == "stderr" else ""

    def fills(self, op: Event) -> None:
        if op["kind"].startswith("WSARecv") and op.get("bytes") and op.get("bufrefs"):
            self.filled[parts(op["bufrefs"][0])] = op["bytes"]

    def frames(self, event: Event) -> None:
        """Who runs, and in which line."""
        kind, thread = event["e"], event.get("th", 0)
        if kind in ("call", "return", "routine", "routine_end", "output"):
            self.th = thread
        if kind == "call":
            self.stacks[thread] = [*event["stack"], [event["fn"], -1, 0]]
        elif kind == "return":
            self.stacks[thread] = self.calls[event["n"]]["stack"]
        elif kind == "routine":
            self.kept.setdefault(thread, []).append(self.stacks[thread])
            self.stacks[thread] = event["stack"]
        elif kind == "routine_end":
            self.stacks[thread] = self.kept[thread].pop()
        elif kind == "output":
            self.stacks[thread] = event["stack"]
        elif kind == "end":
            self.stacks = {}

    def with_state(self, *states: str) -> list[int]:
        return sorted(op["id"] for op in self.ops.values() if op["state"] in states)

    def owner(self, block: int, field: str) -> int:
        """The operation that a field belongs to, or 0: its OVERLAPPED or its buffer is there, and it is not delivered."""
        for op in self.ops.values():
            under_way = op["state"] in ("pending", "lost") or op["state"] == "completed" and op["to"] in ("routine", "port")
            if not under_way or op["to"] == "posted":
                continue
            number, inner = parts(op.get("ovref"))
            if number == block and (field.split(".")[-1] in OVERLAPPED and field.startswith(inner)):
                return op["id"]
            for reference in op.get("bufrefs", []):
                number, inner = parts(reference)
                if number == block and field == inner:
                    return op["id"]
        return 0


OVERLAPPED = {"Internal", "InternalHigh", "Offset", "OffsetHigh", "Pointer", "hEvent"}


def parts(reference: Any) -> tuple[int, str]:
    match = re.fullmatch(r"@(\d+)(?:\.([^+]+))?(?:\+\d+)?", str(reference))
    return (int(match[1]), match[2] or "") if match else (-1, "")
