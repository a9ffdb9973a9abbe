"""--perfetto: the trace event format, as ui.perfetto.dev shows it.

Calls and routines are slices of their threads, operations slices of their own.
"""

from __future__ import annotations

from typing import Any

from winsock_ctypes.trace import Event


class Rows:
    """The rows for each event, as it comes."""

    def __init__(self) -> None:
        self.names: dict[int, str] = {}
        self.kinds: dict[int, str] = {}

    def __call__(self, event: Event) -> list[dict[str, Any]]:
        kind = event["e"]
        rows: list[dict[str, Any]] = []
        if kind == "thread":
            return [{"ph": "M", "name": "thread_name", "pid": 1, "tid": event["id"], "args": {"name": event["name"]}}]
        if kind in ("call", "routine"):
            self.names[event["n"]] = event["fn"]
            about = {argument[0]: argument[1] for argument in event["args"]}
            rows.append(row("B", event["fn"], event, args=about))
        elif kind in ("return", "routine_end"):
            rows.append(row("E", self.names.get(event["n"], ""), event))
        if "op" in event:
            self.kinds[event["op"]["id"]] = event["op"]["kind"]
            rows.append(row("b", event["op"]["kind"], event, id=event["op"]["id"], cat="operation"))
        for op, state in event.get("ops", ()):
            if state in ("delivered", "failed", "lost") and op in self.kinds:
                rows.append(row("e", self.kinds.pop(op), event, id=op, cat="operation"))
        return rows


def row(phase: str, name: str, event: Event, **more: Any) -> dict[str, Any]:
    return {"ph": phase, "name": name, "pid": 1, "tid": event.get("th", 0), "ts": event["t"] * 1e6, **more}
