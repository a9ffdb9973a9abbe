"""Looks for the well-known mistakes in a recording, and says in words what is off.

It reads the events as they come, and each finding is only made where the recording shows it. A finding's `n` is the number of
the call that it is about. What happened to operations and memory is not worked out here: the events say it.
"""

from __future__ import annotations

import ast
import re
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
_WAITS_ELSEWHERE = {  # that are told of completions by an event or a port
    "WSAWaitForMultipleEvents", "WaitForSingleObject", "WaitForSingleObjectEx", "GetQueuedCompletionStatus",
    "GetQueuedCompletionStatusEx",
}  # fmt: skip
_GIVES_UP = {*_CLOSES, "free", "WSACleanup"}
_GO_TO_AN_ADDRESS = {"bind", "connect", "WSAConnect", "ConnectEx", "sendto", "WSASendTo"}
_FILLS_ADDRESSES = re.compile("getsockname|getpeername|[Gg]et[Aa]ddr[Ii]nfo|[Rr]ecv[Ff]rom|pack|bytes|buffer")
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
    "TransmitFile", "sendto", "recvfrom", "DisconnectEx",
}  # fmt: skip
_OF_WINSOCK_WITHOUT_STARTUP = {
    "htonl", "htons", "ntohl", "ntohs", "inet_addr", "inet_ntoa", "inet_pton", "inet_ntop", "WSAStartup", "WSACleanup",
    "WSAGetLastError", "WSASetLastError", "WSACreateEvent", "WSACloseEvent", "WSASetEvent", "WSAResetEvent",
    "WSAWaitForMultipleEvents",
}  # fmt: skip
_NOT_OF_WINSOCK = {
    "malloc", "free", "GetLastError", "SetLastError", "SleepEx", "WaitForSingleObject", "WaitForSingleObjectEx",
    "CreateEventW", "SetEvent", "ResetEvent", "CloseHandle", "CancelIo", "CancelIoEx", "CreateIoCompletionPort",
    "GetQueuedCompletionStatus", "GetQueuedCompletionStatusEx", "PostQueuedCompletionStatus", "GetOverlappedResult",
    "SetFileCompletionNotificationModes", "GetSystemInfo", "ReadFile", "WriteFile",
    "RegisterWaitForSingleObject", "UnregisterWaitEx",
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
        self.completed: set[int] = set()  # operations that completed, with success
        self.waited: dict[int, Event] = {}  # thread -> the latest alertable wait
        self.left: set[int] = set()  # sockets whose other side is gone
        self.again: set[int] = set()  # threads that wait alertably again and again
        self.made: dict[str, dict[int, Event]] = {"socket": {}, "event": {}, "port": {}}  # handle -> the call it came from
        self.blocks: dict[int, Event] = {}  # malloc's -> the call
        self.failed: dict[int, Event] = {}  # thread -> the return of a call that failed, and nobody asked why yet
        self.without_context: set[int] = set()  # sockets of AcceptEx
        self.routines: dict[int, int] = {}  # call -> routines that ran inside it
        self.late: dict[int, Event] = {}  # thread -> a wait that was long; is the next accept successful?
        self.nowhere: dict[int, Event] = {}  # thread -> the return of a call that gave INVALID_SOCKET, and nobody asked why
        self.excused: set[int] = set()  # calls that failed because of another mistake, which was told
        self.over: set[int] = set()  # operations that are completed, cancelled, or whose socket was closed
        self.nobody: dict[int, Event] = {}  # operation of which nobody is told -> the wait that was in vain meanwhile
        self.pending: dict[int, Event] = {}  # thread -> the return of a call that started an operation, and nobody asked
        self.broken: dict[int, Event] = {}  # thread -> the return of a call that brought an operation which had failed
        self.addresses: set[tuple[int, str, str]] = set()  # thread, function and address of calls that were looked at
        self.startups = 0
        self.cleanup: tuple[int, int] | None = None  # thread and line of the last WSACleanup, if Winsock is ended by it
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
        if name in _ASKS:
            self.nowhere.pop(thread, None)
        elif thread in self.nowhere and any(argument[1] == "INVALID_SOCKET" for argument in event["args"]):
            self.unasked(self.nowhere[thread]["call"], self.nowhere[thread])
            self.excused.add(event["n"])
        before = self.failed.pop(thread, None)
        if before and name not in _ASKS:
            self.not_asked(before, event)
        self.given_up(event)
        self.started = self.started or "python_sockets" in event
        if not self.started and name not in _NEEDS_NO_STARTUP:
            self.started = True  # said once
            self.find("no-startup", event)
        if self.cleanup and self.cleanup[0] == thread and name not in _NEEDS_NO_STARTUP:
            self.find("after-cleanup", event, line=self.cleanup[1])
            self.cleanup = None  # said once
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
        self.waits_for_ever(event)
        if "no_overlapped" in event:
            self.find("no-overlapped", event, routine=event["no_overlapped"])
        if name in _CLOSES:
            self.closes(event)
        if name in _GO_TO_AN_ADDRESS:
            self.goes_to(event)
        handle = handle_of(event)
        if name == "setsockopt" and any(argument[1] == "SO_UPDATE_ACCEPT_CONTEXT" for argument in event["args"]):
            self.without_context.discard(handle)
        elif name in _USES_A_CONNECTION and handle in self.without_context:
            self.without_context.discard(handle)
            self.find("accept-context", event, handle=handle)

    def given_up(self, event: Event) -> None:
        """What the call, which comes next in its thread, makes of the one before."""
        name, thread = event["fn"], event["th"]
        if (start := self.pending.pop(thread, None)) and name in _GIVES_UP:
            self.taken_for_failed(start)
        if name in _ASKS or not (before := self.broken.pop(thread, None)):
            return
        port = handle_of(before["call"], "CompletionPort")
        others = [op for op, start in self.ops.items() if start["op"].get("port") == port and op not in self.over]
        if name == "CloseHandle" and handle_of(event) == port and others:
            self.find("one-has-failed", before["call"], op=before["delivered"][0], error=before["error"], others=len(others))

    def closes(self, event: Event) -> None:
        handle, name = handle_of(event), event["fn"]
        for kind, handles in self.made.items():
            made = handles.get(handle)
            if made and (name == "closesocket") != (kind == "socket"):
                close = "closesocket" if kind == "socket" else _closes_what(made)
                self.excused.add(event["n"])
                self.find("wrong-close", event, handle=handle, maker=made["fn"], line=line_of(made), close=close)
        for op, start in self.ops.items():
            if start["op"].get("event") == handle and handle and op not in self.over:
                self.find("event-in-use", event, handle=handle, op=op, started=start["fn"])

    def goes_to(self, event: Event) -> None:
        """Whether a port or an address was written into a structure as it is, not turned round."""
        text = next((argument[1] for argument in event["args"] if argument[0] in ("name", "to", "lpTo")), "")
        if (event["th"], event["fn"], text) in self.addresses:
            return  # the program's text was searched for it
        self.addresses.add((event["th"], event["fn"], text))
        host, _, port = text.rpartition(":")
        if host == "1.0.0.127":
            self.find("byte-order", event, address=text, field="sin_addr", function="htonl", meant="INADDR_LOOPBACK")
        if not port.isdigit() or port == "0":
            return
        meant = int.from_bytes(int(port).to_bytes(2, "little"), "big")
        program = "\n".join(text for text in self.texts.values() if text)
        as_it_is = rf"\bsin6?_port\s*=\s*{meant}\b|\bSOCKADDR_IN6?\([^,()]*,\s*{meant}\b"
        never = "htons" not in program and re.search(r"\bsin6?_port\s*=", program) and not _FILLS_ADDRESSES.search(program)
        if str(meant) != port and (re.search(as_it_is, program) or never):
            self.find("byte-order", event, address=text, field="sin_port", function="htons", meant=meant)

    def on_output(self, event: Event) -> None:
        if event["text"].endswith("\n") and (start := self.pending.pop(event["th"], None)):
            self.taken_for_failed(start)

    def on_return(self, event: Event) -> None:
        calls, call = self.open.get(event["th"], []), self.calls.pop(event["n"])
        if call in calls:
            del calls[calls.index(call) :]  # with what a KeyboardInterrupt has cut short inside
        name, thread = call["fn"], event["th"]
        if name in ("WSAStartup", "WSACleanup") and "error" not in event:
            self.startups += 1 if name == "WSAStartup" else -1
            self.started = self.started or name == "WSAStartup"
            self.cleanup = (thread, line_of(call)) if self.startups <= 0 else None
        self.listens = self.listens or "listens" in event
        if name == "recv" and event.get("result") in ("0", "SOCKET_ERROR") and "vain" not in event:
            self.left.add(handle_of(call))
        self.remember_handles(call, event)
        self.remember_operations(call, event)
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
            self.find("pointer-size", call, pointer=event["pointer"], size=event["block"][1], structure=event["structure"])
        for op in event.get("lost", ()):
            self.released(op, call)
        if name == "accept" and (late := self.late.pop(thread, None)) and "socket" in event:
            self.find("kept-waiting", late, routines=late["routines"], seconds=late["seconds"])  # somebody did wait
        routines, seconds = self.routines.pop(call["n"], 0), event["t"] - call["t"]
        if routines >= MANY and seconds >= LONG:
            self.late[thread] = call | {"routines": routines, "seconds": seconds}

    def remember_operations(self, call: Event, event: Event) -> None:
        name, thread = call["fn"], event["th"]
        if event.get("result") == "INVALID_SOCKET" and event.get("code") != WSANOTINITIALISED:
            self.nowhere[thread] = event | {"call": call}
        if event.get("state") == "completed":
            self.over.add(event["id"])
        elif event.get("state") == "pending" and "unlooked" not in event:
            self.pending[thread] = event | {"call": call}
        if name in ("closesocket", "CancelIo", "CancelIoEx"):
            self.over.update(op for op, start in self.ops.items() if start["op"]["s"] == handle_of(call))
        if event.get("vain"):
            self.waited_in_vain(call)
        if event.get("delivered") and event.get("why", {}).get("what") in ("reset", "failed") and "error" in event:
            self.broken[thread] = event | {"call": call}

    def waited_in_vain(self, wait: Event) -> None:
        if wait["fn"] not in _WAITS_ELSEWHERE:
            return
        for op, start in self.ops.items():
            about = start["op"]
            told = about["to"] != "event" or about.get("event") or handle_of(wait) == about["s"]
            if op in self.completed and not told:
                self.nobody.setdefault(op, wait)

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
            for made in self.made.values():
                made.pop(handle, None)
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
        self.over.add(event["id"])
        if event.get("why", {}).get("what") not in ("closed", "cancelled", "failed", "reset"):
            self.completed.add(event["id"])

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
        for call in [call for calls in self.open.values() for call in calls]:
            self.waited_in_vain(call)
        for op, elsewhere in self.nobody.items():
            if op in self.ops:
                self.find("nobody-told", self.ops[op], op=op, wait=elsewhere["fn"], line=line_of(elsewhere))
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

    def waits_for_ever(self, call: Event) -> None:
        """SleepEx(INFINITE, TRUE), with nothing that could end it: said before, for it cannot be left with Ctrl+C."""
        arguments = [argument[1] for argument in call["args"]]
        forever = call["fn"] == "SleepEx" and arguments[:1] in (["INFINITE"], ["4294967295"]) and call.get("alertable")
        if forever and not any(start["op"]["routine"] and start["th"] == call["th"] for start in self.ops.values()):
            self.find("waits-for-ever", call)

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
                self.find(name, left[0], count=len(left), close=_closes_what(left[0]))
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
            self.completed.add(event["id"])

    def not_asked(self, failed: Event, after: Event | None) -> None:
        """A call failed, and the next one did not ask why."""
        call = failed["call"]
        name = call["fn"]
        if call["n"] in self.excused:
            return
        if failed.get("state") == "failed":
            self.find("failed", call, error=failed["error"])
        elif name.startswith("GetQueued"):
            self.find("unlooked", call, result=failed.get("result", ""))
        elif "only" in failed:
            if after and after["fn"] in failed["only"] and handle_of(after) == handle_of(call):
                self.unasked(call, failed)
        elif failed["code"] not in (WSANOTINITIALISED, *_TOLERABLE.get(name, ())) and "closed_in" not in failed:
            self.unasked(call, failed)

    def unasked(self, call: Event, failed: Event) -> None:
        self.find("unasked", call, error=failed["error"], bad=failed["result"], last=_last_error_of(call))

    def taken_for_failed(self, start: Event) -> None:
        self.find("taken-for-failed", start["call"], result=start["result"], last=_last_error_of(start["call"]))

    def released(self, op: int, call: Event) -> None:
        if start := self.ops.pop(op, None):
            self.find("released", call, op=op, started=start["fn"])


def _closes_what(made: Event) -> str:
    """The function that closes what this call has made, if that is no socket."""
    return "WSACloseEvent" if made["fn"] == "WSACreateEvent" else "CloseHandle"


def _last_error_of(call: Event) -> str:
    return "GetLastError" if call["fn"] in _NOT_OF_WINSOCK else "WSAGetLastError"


def handle_of(call: Event, name: str | None = None) -> int:
    """The handle that a call is about, which is its first argument."""
    arguments = [argument for argument in call["args"] if name is None or argument[0] == name]
    text = arguments[0][1] if arguments else ""
    return int(text) if text.isdigit() else 0


def line_of(call: Event) -> int:
    return next((line for _, file, line in reversed(call["stack"]) if file >= 0), 0)
