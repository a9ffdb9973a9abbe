"""--text: one line a call, in the manner of strace."""

from __future__ import annotations

from typing import Any

from winsock_ctypes.trace import Event


class TextWriter:
    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.names: dict[int, str] = {}
        self.depth: dict[int, int] = {}
        self.calls: dict[int, Event] = {}
        self.shown: set[int] = set()  # calls that have a line already, because a routine runs in them

    def __call__(self, event: Event) -> None:
        if method := getattr(self, f"on_{event['e']}", None):
            method(event)

    def on_thread(self, event: Event) -> None:
        self.names[event["id"]] = event["name"]

    def on_call(self, event: Event) -> None:
        self.calls[event["n"]] = event

    def on_return(self, event: Event) -> None:
        call = self.calls.pop(event["n"])
        words = f"<... {call['fn']}>" if call["n"] in self.shown else f"{call['fn']}({arguments(call)})"
        self.line(event, words + ending(event))

    def on_routine(self, event: Event) -> None:
        call = self.calls.get(event.get("in", 0))
        if call and call["n"] not in self.shown:
            self.line(event, f"{call['fn']}({arguments(call)}) ...", time=call["t"])
            self.shown.add(call["n"])
        self.line(event, f"{event['fn']}({arguments(event)}) {{")
        self.depth[event["th"]] = self.depth.get(event["th"], 0) + 1

    def on_routine_end(self, event: Event) -> None:
        self.depth[event["th"]] = self.depth.get(event["th"], 1) - 1
        self.line(event, f"}} raised {event['raised']}" if "raised" in event else "}")

    def on_sample(self, event: Event) -> None:
        about = f"{event['status']}, {event['bytes']} bytes"
        self.line(event, f"-- operation {event['id']} is completed, not delivered: {about}")

    def on_released(self, event: Event) -> None:
        self.line(event, f"-- the memory of operation {event['id']} is gone")

    def on_peer(self, event: Event) -> None:
        data = f" {event['data']}" if "data" in event else ""
        self.line(event, f"-- client {event['client']} ({event['from']}): {event['did']}{data}")

    def on_note(self, event: Event) -> None:
        self.line(event, f"-- {event['text']}")

    def line(self, event: Event, text: str, time: float | None = None) -> None:
        thread = event.get("th", 0)
        name = self.names.get(thread, "")[:12]
        indent = "    " * self.depth.get(thread, 0)
        print(f"{event['t'] if time is None else time:10.4f} {name:12} {indent}{text}", file=self.stream, flush=True)


def arguments(event: Event) -> str:
    return ", ".join(argument[1] for argument in event["args"])


def ending(event: Event) -> str:
    if "raised" in event:
        return f" raised {event['raised']}"
    error = f" {event['error']}" if "error" in event else ""
    out = "; ".join(f"{stored[0]}: {stored[1]}" for stored in event.get("out", ()))
    result = f" = {event['result']}" if event["result"] else ""
    return f"{result}{error}{f'  [{out}]' if out else ''}"
