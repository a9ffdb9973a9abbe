"""Looks for the well-known mistakes in a recording, and says in words what is off.

Each finding is only made where the recording shows it. `n` is the number of the call that it is about.
"""

from __future__ import annotations

from typing import Any

Event = dict[str, Any]

LONG = 1.0  # seconds, and
MANY = 10  # routines, that one wait may go on before it counts as keeping new connections waiting

SENTENCES = {
    "never-alertable": (
        "{fn} was to call {routine}, but this thread never waited alertably afterwards, so the routine could not run. Call "
        "SleepEx(..., TRUE), or another alertable wait, in the thread that started the operation.",
        "{fn} 작업이 끝나면 {routine} 루틴이 실행될 차례였지만, 그 뒤로 이 스레드가 alertable wait 상태가 된 적이 "
        "없어 루틴이 실행되지 못했습니다. 작업을 시작한 스레드에서 SleepEx(..., TRUE) 같은 alertable wait를 호출하세요.",
    ),
    "released": (
        "Memory was given back ({fn}) while operation {op} ({started}) was still under way. OVERLAPPED and buffer belong to "
        "the kernel until the completion is delivered, also after a cancel or closesocket.",
        "작업 {op}번({started})이 아직 진행 중인데 메모리를 반환했습니다({fn}). OVERLAPPED와 버퍼는 완료가 전달될 때까지 "
        "커널의 것입니다. 취소하거나 closesocket을 부른 뒤에도 그렇습니다.",
    ),
    "reused": (
        "{fn} was given an OVERLAPPED in which an operation was still under way. It belongs to the kernel until the completion "
        "is delivered: use one OVERLAPPED for each operation.",
        "{fn} 호출에 아직 진행 중인 작업의 OVERLAPPED를 다시 넘겼습니다. 완료가 전달될 때까지 그 메모리는 커널의 것입니다. "
        "작업마다 OVERLAPPED를 따로 쓰세요.",
    ),
    "failed": (
        "{fn} failed at once with {error}, and the program did not ask: no completion will come for this call. After "
        "SOCKET_ERROR, ask WSAGetLastError(): only WSA_IO_PENDING (997) means that a completion will come.",
        "{fn} 호출이 {error} 오류로 곧바로 실패했는데 프로그램은 이유를 묻지 않았습니다. 이 호출의 완료는 오지 않습니다. "
        "SOCKET_ERROR 다음에는 WSAGetLastError()를 확인하세요. WSA_IO_PENDING(997)일 때만 완료가 옵니다.",
    ),
    "not-closed": (
        "Sockets that were never closed: {count}; the first came from {fn}. Every socket needs a closesocket.",
        "닫지 않은 소켓이 {count}개 있습니다. 처음 것은 {fn}에서 왔습니다. 소켓마다 closesocket이 필요합니다.",
    ),
    "no-startup": (
        "{fn} was called without WSAStartup before it. In C it fails with WSANOTINITIALISED (10093); here it may work only "
        "because a module of Python's has called WSAStartup.",
        "WSAStartup 없이 {fn} 함수를 호출했습니다. C라면 WSANOTINITIALISED(10093)로 실패합니다. 여기서는 파이썬의 다른 "
        "모듈이 WSAStartup을 불러 두었기 때문에 동작할 수도 있습니다.",
    ),
    "kept-waiting": (
        "One {fn} went on for {seconds:.1f} s, because {routines} completion routines ran in it one after the other, and "
        "nothing was accepted meanwhile. An alertable wait ends only when no more routines are queued: accept in another "
        "thread, or with AcceptEx.",
        "{fn} 한 번이 {seconds:.1f}초 동안 계속됐습니다. 그 안에서 완료 루틴 {routines}개가 잇달아 실행됐고, 그동안 accept는 "
        "한 번도 불리지 못했습니다. 대기열에 루틴이 남아 있으면 alertable wait는 끝나지 않습니다. accept는 다른 스레드에서 "
        "하거나 AcceptEx를 쓰세요.",
    ),
}  # each in English and in Korean

_OF_WINSOCK_WITHOUT_STARTUP = {
    "htonl", "htons", "ntohl", "ntohs", "inet_addr", "inet_ntoa", "inet_pton", "inet_ntop", "WSAStartup", "WSACleanup",
    "WSAGetLastError", "WSASetLastError", "WSACreateEvent", "WSACloseEvent", "WSASetEvent", "WSAResetEvent",
    "WSAWaitForMultipleEvents",
}  # fmt: skip
_NOT_OF_WINSOCK = {
    "malloc", "free", "GetLastError", "SetLastError", "SleepEx", "WaitForSingleObject", "WaitForSingleObjectEx", "CreateEventW",
    "SetEvent", "ResetEvent", "CloseHandle", "CancelIo", "CancelIoEx", "CreateIoCompletionPort", "GetQueuedCompletionStatus",
    "GetQueuedCompletionStatusEx", "PostQueuedCompletionStatus", "SetFileCompletionNotificationModes", "GetSystemInfo",
}  # fmt: skip
_NEEDS_NO_STARTUP = _OF_WINSOCK_WITHOUT_STARTUP | _NOT_OF_WINSOCK


class Diagnosis:
    """Is fed the events as they come. Findings: one of each kind and thread."""

    def __init__(self) -> None:
        self.findings: list[Event] = []
        self.calls: dict[int, Event] = {}
        self.open: dict[int, list[Event]] = {}  # thread -> calls under way
        self.ops: dict[int, Event] = {}  # id -> the call that started it
        self.waited: dict[int, int] = {}  # thread -> the latest alertable wait's number
        self.sockets: dict[int, Event] = {}  # that are not closed -> the call that they came from
        self.failed: dict[int, Event] = {}  # thread -> the return of an operation's call that failed, and nobody asked why yet
        self.routines: dict[int, int] = {}  # call -> routines that ran inside it
        self.late: dict[int, Event] = {}  # thread -> a wait that was long; is the next accept successful?
        self.listens = False
        self.started = False
        self.complete = True

    def feed(self, event: Event) -> list[Event]:
        """What is found with this event: at once, since the program may crash a moment later."""
        known = len(self.findings)
        getattr(self, f"on_{event['e']}", self.ignore)(event)
        return self.findings[known:]

    def ignore(self, event: Event) -> None:
        pass

    def find(self, kind: str, call: Event, **fields: Any) -> None:
        if not any(finding["kind"] == kind and finding["th"] == call["th"] for finding in self.findings):
            en, ko = (sentence.format(**{"fn": call["fn"]} | fields) for sentence in SENTENCES[kind])
            self.findings.append({"kind": kind, "n": call["n"], "th": call["th"], "en": en, "ko": ko})

    def on_note(self, event: Event) -> None:
        self.complete = False

    def on_call(self, event: Event) -> None:
        name, thread = event["fn"], event["th"]
        self.calls[event["n"]] = event
        self.open.setdefault(thread, []).append(event)
        if event.get("alertable"):
            self.waited[thread] = event["n"]
        before = self.failed.pop(thread, None)
        if before and name not in ("WSAGetLastError", "GetLastError"):
            self.not_asked(before)
        if "op" in event:
            self.ops[event["op"]["id"]] = event
            for old in event["op"].get("reused", ()):
                self.ops.pop(old, None)
                self.find("reused", event)
        if not self.started and name not in _NEEDS_NO_STARTUP:
            self.started = True  # said once
            self.find("no-startup", event)

    def on_return(self, event: Event) -> None:
        self.settle(event)
        calls = self.open.get(event["th"], [])
        call = self.calls[event["n"]]
        if call in calls:
            del calls[calls.index(call) :]  # with what a KeyboardInterrupt has cut short inside
        name, thread = call["fn"], event["th"]
        if name == "WSAStartup" and "error" not in event:
            self.started = True
        self.listens = self.listens or "listens" in event
        if "socket" in event:
            self.sockets[event["socket"]] = call
        self.sockets.pop(event.get("closed", 0), None)
        if "op" in call and ("raised" in event or event.get("state") in ("failed", "delivered")):
            self.ops.pop(call["op"]["id"], None)
            if event.get("state") == "failed":
                self.failed[thread] = event
        for op in event.get("lost", ()):
            self.released(op, call["fn"], call)
        if name == "accept" and (late := self.late.pop(thread, None)) and "socket" in event:
            self.find("kept-waiting", late, routines=late["routines"], seconds=late["seconds"])  # somebody did wait
        routines, seconds = self.routines.pop(call["n"], 0), event["t"] - call["t"]
        if routines >= MANY and seconds >= LONG:
            self.late[thread] = call | {"routines": routines, "seconds": seconds}

    def on_routine(self, event: Event) -> None:
        self.settle(event)
        self.failed.pop(event["th"], None)
        for call in self.open.get(event["th"], []):
            self.routines[call["n"]] = self.routines.get(call["n"], 0) + 1

    def on_released(self, event: Event) -> None:
        if event["id"] in self.ops:
            self.released(event["id"], "Python", self.ops[event["id"]])

    def on_end(self, event: Event) -> None:
        for calls in self.open.values():
            for call in calls:
                routines, seconds = self.routines.get(call["n"], 0), event["t"] - call["t"]
                if self.listens and routines >= MANY and seconds >= LONG:
                    self.find("kept-waiting", call, routines=routines, seconds=seconds)
        if not self.complete:
            return  # what the program did after the recording was full is not known
        for failed in self.failed.values():
            self.not_asked(failed)
        ended_well = event["how"] == "the program ended"
        for start in self.ops.values():
            op = start["op"]
            waited = self.waited.get(op["th"], 0)
            if op["routine"] and waited < start["n"] and (ended_well or not waited):
                self.find("never-alertable", start, routine=op["routine"])
        if ended_well and self.sockets:
            self.find("not-closed", next(iter(self.sockets.values())), count=len(self.sockets))

    def settle(self, event: Event) -> None:
        for op in event.get("delivered", ()):
            self.ops.pop(op, None)

    def not_asked(self, event: Event) -> None:
        self.find("failed", self.calls[event["n"]], error=event["error"])

    def released(self, op: int, by: str, call: Event) -> None:
        if start := self.ops.pop(op, None):
            self.find("released", call, fn=by, op=op, started=start["fn"])
