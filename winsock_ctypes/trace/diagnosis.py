"""Looks for the well-known mistakes in a recording, and says in words what is off.

It reads the events as they come, and each finding is only made where the recording shows it. A finding's `n` is the number of
the call that it is about. What happened to operations and memory is not worked out here: the events say it.
"""

from __future__ import annotations

import ast
import ctypes
from typing import Any

from winsock_ctypes.trace import Event
from winsock_ctypes.trace.sentences import FINDINGS
from winsock_ctypes.winerror import (
    ERROR_NOT_FOUND,
    WSA_OPERATION_ABORTED,
    WSAEALREADY,
    WSAEINPROGRESS,
    WSAENOTCONN,
    WSAEWOULDBLOCK,
    WSANOTINITIALISED,
)

LONG = 1.0  # seconds, and
MANY = 10  # routines, that one wait may go on before it counts as keeping new connections waiting

_ASKS = ("WSAGetLastError", "GetLastError")
_CLOSES = ("closesocket", "CloseHandle", "WSACloseEvent")
_TOLERABLE = {  # what a right program may not care for, although a call failed with it
    "CancelIo": {ERROR_NOT_FOUND},
    "CancelIoEx": {ERROR_NOT_FOUND},
    "WSAGetOverlappedResult": {WSA_OPERATION_ABORTED},  # after a cancel: waits only until it is over
    "shutdown": {WSAENOTCONN},
    "connect": {WSAEWOULDBLOCK, WSAEINPROGRESS, WSAEALREADY},
}
_LEADS_TO = {  # a call that failed -> the calls on the same socket that make sense only after it succeeded
    "bind": {"listen"},
    "listen": {"accept", "AcceptEx"},
    "connect": {"send", "recv", "WSASend", "WSARecv"},
}
_USES_A_CONNECTION = {
    "send", "recv", "WSASend", "WSARecv", "shutdown", "getpeername", "getsockname", "WSAEventSelect", "ioctlsocket",
    "TransmitFile", "sendto", "recvfrom", "DisconnectEx", "WSADisconnect",
}  # fmt: skip
_OF_WINSOCK_WITHOUT_STARTUP = {
    "htonl", "htons", "ntohl", "ntohs", "inet_addr", "inet_ntoa", "inet_pton", "inet_ntop", "WSAStartup", "WSACleanup",
    "WSAGetLastError", "WSASetLastError", "WSACreateEvent", "WSACloseEvent", "WSASetEvent", "WSAResetEvent",
    "WSAWaitForMultipleEvents",
}  # fmt: skip
_NOT_OF_WINSOCK = {
    "malloc", "free", "GetLastError", "SetLastError", "SleepEx", "Sleep", "WaitForSingleObject", "WaitForSingleObjectEx",
    "CreateEventW", "SetEvent", "ResetEvent", "CloseHandle", "CancelIo", "CancelIoEx", "CreateIoCompletionPort",
    "GetQueuedCompletionStatus", "GetQueuedCompletionStatusEx", "PostQueuedCompletionStatus", "GetOverlappedResult",
    "SetFileCompletionNotificationModes", "GetSystemInfo", "CreateFileW", "ReadFile", "WriteFile",
}  # fmt: skip
_NEEDS_NO_STARTUP = _OF_WINSOCK_WITHOUT_STARTUP | _NOT_OF_WINSOCK


class Diagnosis:
    """Is fed the events as they come. Findings: one of each kind for each function and thread."""

    def __init__(self) -> None:
        self.findings: list[Event] = []
        self.files: dict[int, str] = {}
        self.texts: dict[int, str | None] = {}  # of the files
        self.calls: dict[int, Event] = {}
        self.open: dict[int, list[Event]] = {}  # thread -> calls under way
        self.routines_open: dict[int, list[Event]] = {}  # thread -> routines under way
        self.ops: dict[int, Event] = {}  # id -> the call that started it, until it is over
        self.completed: dict[int, int] = {}  # id -> after how many calls it completed, with success
        self.waited: dict[int, Event] = {}  # thread -> the latest alertable wait
        self.left: set[int] = set()  # sockets whose other side is gone
        self.again: set[int] = set()  # threads that wait alertably again and again
        self.made: dict[str, dict[int, Event]] = {"socket": {}, "event": {}, "port": {}}  # handle -> the call it came from
        self.blocks: dict[int, Event] = {}  # malloc's -> the call
        self.failed: dict[int, Event] = {}  # thread -> the return of a call that failed, and nobody asked why yet
        self.without_context: set[int] = set()  # sockets of AcceptEx
        self.routines: dict[int, int] = {}  # call -> routines that ran inside it
        self.late: dict[int, Event] = {}  # thread -> a wait that was long; is the next accept successful?
        self.lines: dict[int, int] = {}  # of calls that closed something, by their number
        self.listens = False
        self.started = False
        self.complete = True

    def feed(self, event: Event) -> list[Event]:
        """What is found with this event: at once, since the program may crash a moment later."""
        known = len(self.findings)
        if method := getattr(self, f"on_{event['e']}", None):
            method(event)
        for op, state in event.get("ops", ()):
            if state in ("delivered", "failed"):
                self.ops.pop(op, None)
        return self.findings[known:]

    def find(self, kind: str, call: Event, **fields: Any) -> None:
        if any((old["kind"], old["th"], old["fn"]) == (kind, call["th"], call["fn"]) for old in self.findings):
            return
        _, file, line = next((frame for frame in reversed(call["stack"]) if frame[1] >= 0), ("", -1, 0))
        place = f"{self.files.get(file, '?').rpartition('/')[2]}:{line}"
        en, ko = (f"{place}: {call['fn']}: {sentence.format(**fields)}" for sentence in FINDINGS[kind])
        about = {"e": "diagnosis", "kind": kind, "n": call["n"], "th": call["th"], "fn": call["fn"], "file": file, "line": line}
        self.findings.append(about | {"en": en, "ko": ko})

    # ---- events ----------------------------------------------------------------------------------------------------

    def on_source(self, event: Event) -> None:
        self.files[event["file"]] = event["name"]
        self.texts[event["file"]] = event["text"]

    def on_note(self, event: Event) -> None:
        self.complete = False

    def on_call(self, event: Event) -> None:
        name, thread = event["fn"], event["th"]
        self.calls[event["n"]] = event
        self.open.setdefault(thread, []).append(event)
        if event.get("alertable"):
            if thread in self.waited and line_of(event) == line_of(self.waited[thread]):
                self.again.add(thread)
            self.waited[thread] = event
        before = self.failed.pop(thread, None)
        if before and name not in _ASKS:
            self.not_asked(before, event)
        self.started = self.started or "python_sockets" in event
        if not self.started and name not in _NEEDS_NO_STARTUP:
            self.started = True  # said once
            self.find("no-startup", event)
        if "op" in event:
            self.starts(event)
        self.looks_wrong(event)

    def starts(self, event: Event) -> None:
        op = event["op"]
        self.ops[op["id"]] = event
        for old in op.get("reused", ()):
            self.ops.pop(old, None)
            self.find("reused", event)
        for old in op.get("shares", ()):
            if old in self.ops:
                self.find("shared-buffer", event, op=old, started=self.ops[old]["fn"])

    def looks_wrong(self, event: Event) -> None:
        """What the call's arguments show, before it is made."""
        name = event["fn"]
        for what, says, has in event.get("short", ()):
            self.find("too-long", event, what=what, says=says, has=has)
        for old in event.get("lent", ()):
            if old in self.ops:
                self.find("shared-buffer", event, op=old, started=self.ops[old]["fn"])
        if event.get("no_room"):
            self.find("accept-room", event)
        if "on_port" in event:
            self.find("routine-on-port", event, port=event["on_port"])
        if "no_overlapped" in event:
            self.find("no-overlapped", event, routine=event["no_overlapped"])
        handle = handle_of(event)
        if name == "setsockopt" and any(argument[1] == "SO_UPDATE_ACCEPT_CONTEXT" for argument in event["args"]):
            self.without_context.discard(handle)
        elif name in _USES_A_CONNECTION and handle in self.without_context:
            self.without_context.discard(handle)
            self.find("accept-context", event, handle=handle)

    def on_return(self, event: Event) -> None:
        calls, call = self.open.get(event["th"], []), self.calls.pop(event["n"])
        if call in calls:
            del calls[calls.index(call) :]  # with what a KeyboardInterrupt has cut short inside
        name, thread = call["fn"], event["th"]
        if name == "WSAStartup" and "error" not in event:
            self.started = True
        self.listens = self.listens or "listens" in event
        if name == "recv" and event.get("result") in ("0", "SOCKET_ERROR") and "vain" not in event:
            self.left.add(handle_of(call))
        self.remember_handles(call, event)
        self.settle(event)
        if event.get("state") == "failed" or event.get("unlooked") and "state" not in event:
            self.failed[thread] = event | {"call": call}
        elif "code" in event and name in _LEADS_TO:
            self.failed[thread] = event | {"call": call, "only": _LEADS_TO[name]}
        closed = event["closed_in"] if "closed_in" in event else event["n"]
        if closed < event["n"]:
            kind = "closed-twice" if name in _CLOSES else "used-closed"
            where = self.lines.get(closed, 0)
            self.find(kind, call, handle=handle_of(call), closed=where, error=event["error"])
        if "pointer" in event:
            pointer = event["pointer"]
            structure = pointer.removeprefix("LP") if pointer.startswith("LP") else "the structure"
            self.find("pointer-size", call, pointer=pointer, size=ctypes.sizeof(ctypes.c_void_p), structure=structure)
        for op in event.get("lost", ()):
            self.released(op, call)
        if name == "accept" and (late := self.late.pop(thread, None)) and "socket" in event:
            self.find("kept-waiting", late, routines=late["routines"], seconds=late["seconds"])  # somebody did wait
        routines, seconds = self.routines.pop(call["n"], 0), event["t"] - call["t"]
        if routines >= MANY and seconds >= LONG:
            self.late[thread] = call | {"routines": routines, "seconds": seconds}

    def remember_handles(self, call: Event, event: Event) -> None:
        name = call["fn"]
        if "new" in event:
            self.blocks[event["new"]] = call | {"size": event["block"][1]}
        if "socket" in event and name != "setsockopt":
            self.made["socket"][event["socket"]] = call
            self.left.discard(event["socket"])
        if "event" in event:
            self.made["event"][event["event"]] = call
        if "port" in event and "attached" not in event:
            self.made["port"][event["port"]] = call
        if name in _CLOSES and "error" not in event and "raised" not in event:
            handle = handle_of(call)
            self.lines[call["n"]] = line_of(call)
            self.made["socket" if name == "closesocket" else "event"].pop(handle, None)
            self.made["port"].pop(handle, None)
            self.without_context.discard(handle)

    def on_routine(self, event: Event) -> None:
        self.settle(event)
        self.failed.pop(event["th"], None)
        inside = self.routines_open.setdefault(event["th"], [])
        if any(routine["fn"] == event["fn"] for routine in inside) and self.open.get(event["th"]):
            self.find("nested", self.open[event["th"]][-1], routine=event["fn"])
        inside.append(event)
        for call in self.open.get(event["th"], []):
            self.routines[call["n"]] = self.routines.get(call["n"], 0) + 1

    def on_routine_end(self, event: Event) -> None:
        inside = self.routines_open.get(event["th"], [])
        while inside and inside.pop()["n"] != event["n"]:
            pass

    def on_sample(self, event: Event) -> None:
        if event.get("why", {}).get("what") not in ("closed", "cancelled", "failed", "reset"):
            self.completed[event["id"]] = 1

    def on_released(self, event: Event) -> None:
        if event["id"] in self.ops:
            self.released(event["id"], self.ops[event["id"]])

    def on_end(self, event: Event) -> None:
        for calls in self.open.values():
            for call in calls:
                routines, seconds = self.routines.get(call["n"], 0), event["t"] - call["t"]
                if self.listens and routines >= MANY and seconds >= LONG:
                    self.find("kept-waiting", call, routines=routines, seconds=seconds)
        if not self.complete:
            return  # what the program did after the recording was full is not known
        for failed in self.failed.values():
            self.not_asked(failed, None)
        ended_well = event["how"] == "the program ended"
        for start in self.ops.values():
            op = start["op"]
            if not op["routine"] or op["id"] not in self.completed:
                continue  # its turn had not come
            wait = self.waited.get(start["th"])
            again = start["th"] in self.again
            before = wait is not None and wait["n"] < start["n"]
            if wait and (again or before) and self.in_one_loop(wait, start, unknown=again):
                continue  # the loop was ended before it waited again, by Ctrl+C for one
            if wait is None or before:
                self.find("never-alertable", start, routine=op["routine"])
            elif ended_well:
                self.find("too-early", start, routine=op["routine"], wait=line_of(wait))
        if ended_well:
            self.never_given_back(event)

    def in_one_loop(self, wait: Event, start: Event, unknown: bool) -> bool:
        """Whether a loop in the source has both calls in it, directly or in what it calls; where nobody knows, `unknown`."""
        started = {(file, line) for _, file, line in start["stack"]}
        for _, file, line in wait["stack"]:
            try:
                nodes = ast.walk(ast.parse(self.texts[file] or "?")) if file >= 0 else iter(())
            except (KeyError, SyntaxError):
                return unknown
            for loop in nodes:
                inside = range(loop.lineno, (loop.end_lineno or 0) + 1) if isinstance(loop, (ast.While, ast.For)) else ()
                if line in inside and any(other == file and at in inside for other, at in started):
                    return True
        return False

    def never_given_back(self, event: Event) -> None:
        """But for what operations use that are under way: who ends a program then leaves it to the system."""
        under_way = [start["op"] for start in self.ops.values()]
        used = {"socket": {op["s"] for op in under_way}, "event": {op.get("event") for op in under_way}}
        used["port"] = {handle_of(call, "CompletionPort") for calls in self.open.values() for call in calls}
        for kind in used:
            used[kind].update(event.get("closed_elsewhere", ()))
        clients = {handle for handle, call in self.made["socket"].items() if call["fn"] == "accept"} - self.left
        if self.listens:  # a server may end while clients are there
            used["socket"] |= clients
        for kind, name in (("socket", "not-closed"), ("event", "event-not-closed"), ("port", "port-not-closed")):
            if left := [call for handle, call in self.made[kind].items() if handle not in used[kind]]:
                close = "WSACloseEvent" if left[0]["fn"] == "WSACreateEvent" else "CloseHandle"
                self.find(name, left[0], count=len(left), close=close)
        live = [self.blocks[block] for block in event.get("live", ()) if block in self.blocks]
        if live and not (self.listens and clients):
            self.find("not-freed", live[0], count=len(live), size=live[0]["size"])

    # ---- what several of them show ---------------------------------------------------------------------------------

    def settle(self, event: Event) -> None:
        for op in event.get("delivered", ()):
            start = self.ops.pop(op, None)
            if start is None:
                continue
            if event.get("changed") == op:
                self.find("changed-buffer", start)
            if start["fn"] == "AcceptEx" and event.get("why", {}).get("what") == "connected":
                accepted = handle_of(start, "sAcceptSocket")
                if accepted in self.made["socket"]:  # what is done to one of Python's own cannot be seen
                    self.without_context.add(accepted)
        if event.get("state") == "completed" and "id" in event:
            self.completed[event["id"]] = 1

    def not_asked(self, failed: Event, after: Event | None) -> None:
        """A call failed, and the next one did not ask why."""
        call = failed["call"]
        name = call["fn"]
        if failed.get("state") == "failed":
            self.find("failed", call, error=failed["error"])
        elif name.startswith("GetQueued"):
            self.find("unlooked", call, result=failed.get("result", ""))
        elif "only" in failed and not failed.get("unlooked"):
            if after and after["fn"] in failed["only"] and handle_of(after) == handle_of(call):
                self.unasked(call, failed)
        elif failed["code"] not in (WSANOTINITIALISED, *_TOLERABLE.get(name, ())) and "closed_in" not in failed:
            self.unasked(call, failed)

    def unasked(self, call: Event, failed: Event) -> None:
        last = "GetLastError" if call["fn"] in _NOT_OF_WINSOCK else "WSAGetLastError"
        self.find("unasked", call, error=failed["error"], bad=failed["result"], last=last)

    def released(self, op: int, call: Event) -> None:
        if start := self.ops.pop(op, None):
            self.find("released", call, op=op, started=start["fn"])


def handle_of(call: Event, name: str | None = None) -> int:
    """The handle that a call is about, which is its first argument."""
    arguments = [argument for argument in call["args"] if name is None or argument[0] == name]
    text = arguments[0][1] if arguments else ""
    return int(text) if text.isdigit() else 0


def line_of(call: Event) -> int:
    return next((line for _, file, line in reversed(call["stack"]) if file >= 0), 0)
