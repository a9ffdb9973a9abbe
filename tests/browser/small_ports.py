"""The second short recording of small.py: two workers at a port, events, routines that nobody lets run, and much that fails."""

from __future__ import annotations

from typing import Any

from browser import timed

STACKS = {0: [["main", 0, 4]], 1: [["main", 0, 9], ["serve", 1, 2]], 2: [["work", 0, 7]]}
STACKS[3] = [["main", 0, 10], ["SleepEx", -1, 0], ["R", 0, 6]]
STACKS[4] = [["main", 0, 9], ["serve", 1, 150]]
TEXT = 'x = 1\ndef serve():\n    """What it\n    does"""  # more\n    go()\ndef R(): """one"""\n'
TEXT += 'work("a # b", 0x1)  # c\n\nrun()\nwait()'
MORE = 'def serve():\n    """What\n    it does\n    """\n' + "    go(1)" + "; go(2)" * 100 + "\n    pass" * 200
EVENTS: list[dict[str, Any]] = [
    {"e": "start", "script": "two.py", "args": [], "format": 2, "python": "3.12", "lang": "en"},
    *(
        {"e": "thread", "id": at, "name": name}
        for at, name in enumerate(["main", "Thread-1 (EchoThreadProc)", "Thread-2 (EchoThreadProc)", "Thread-3 (Late)"])
    ),
    {"e": "source", "file": 0, "name": "a/two.py", "text": TEXT},
    {"e": "source", "file": 1, "name": "b/more.py", "text": MORE},
    *({"e": "stack", "id": number, "frames": frames} for number, frames in STACKS.items()),
]
numbers = 0


def call(fn: str, *args: list[str], th: int = 0, stack: int = 0, back: dict[str, Any] | None = None, **more: Any) -> int:
    """A call; with `back` its return, too."""
    global numbers
    numbers += 1
    EVENTS.append({"e": "call", "n": numbers, "th": th, "fn": fn, "args": list(args), "stack": stack} | more)
    if back is not None:
        come_back(numbers, th, **back)
    return numbers


def come_back(n: int, th: int = 0, **more: Any) -> None:
    EVENTS.append({"e": "return", "n": n, "th": th, "result": "0"} | more)


def happens(kind: str, /, **more: Any) -> None:
    EVENTS.append({"e": kind} | more)


def op(number: int, kind: str, to: str, client: int | None, block: int, **more: Any) -> dict[str, Any]:
    about = {
        "id": number,
        "kind": kind,
        "s": 6 if client == 1 else 7,
        "to": to,
        "ovref": f"@{block}",
        "bufrefs": [f"@{block}.buf"],
    }
    return about | ({"client": client} if client else {}) | ({"port": 12} if to == "port" else {}) | more


def block(number: int, type: str, name: str, /, **more: Any) -> None:
    happens("block", id=number, type=type, name=name, size=48, at=hex(number << 12), **{"from": "malloc"} | more)


def own(of: int, number: int) -> list[list[Any]]:
    return [[of, "overlapped", number], [of, "buf", number]]


PENDING = {"result": "-1", "error": "WSA_IO_PENDING (997)", "code": 997, "state": "pending"}
OVERLAPPED = ["lpOverlapped", "0x2000", "@2"]
# the set-up, while the workers begin to wait
call("WSAStartup", back={})
call("CreateIoCompletionPort", ["FileHandle", "INVALID_HANDLE_VALUE"], back={"result": "12", "port": 12})
waiting = [
    0,
    *(call("GetQueuedCompletionStatus", ["CompletionPort", "12"], th=th, stack=2, waits=[[th, 2 + th]]) for th in (1, 2)),
]
call("socket", back={"result": "5", "socket": 5})
call("listen", ["s", "5"], back={"listens": 5})
call("ioctlsocket", ["s", "5"], ["cmd", "FIONBIO"], ["argp", "&0"], back={})
# two clients
happens("peer", client=1, did="connect", **{"from": "127.0.0.1:1"})
happens("peer", client=2, did="connect", **{"from": "127.0.0.1:2"})
call("accept", ["s", "5"], back={"result": "6", "socket": 6, "client": 1, "why": {"what": "connected", "client": 1, "peer": 0}})
call("accept", ["s", "5"], back={"result": "7", "socket": 7, "client": 2, "peer": "127.0.0.1:2"})
call("accept", ["s", "5"], back={"result": "-1", "error": "WSAEWOULDBLOCK (10035)", "code": 10035, "vain": True})
call("WSAGetLastError", back={"result": "10035"})
block(1, "PER_HANDLE_DATA", "")
call("malloc", ["size", "48"], back={"result": "0x1000", "mem": {"1": {"hClntSock": 6, "next": "NULL", "sin_zero": "#00"}}})
block(6, "PER_HANDLE_DATA", "lisnInfo")
call("malloc", ["size", "48"], back={"result": "0x6000", "mem": {"6": {"hClntSock": 5}}})
call("CreateIoCompletionPort", ["FileHandle", "6"], back={"result": "12", "port": 12, "attached": 6, "key": "@1"})
# operations at the port: of one client, of the other, two alike; one that is done at once
memory = {
    "overlapped.Internal": "STATUS_PENDING (259)",
    "overlapped.hEvent": "@1",
    "overlapped.Offset": "0",
    "buf": "#" + "00" * 8,
}
for number, client in ((2, 1), (3, 2)):
    block(number, "PER_IO_DATA", f"hb{number}")
    about = op(number - 1, "WSARecv", "port", client, number)
    n = call(
        "WSARecv",
        ["s", str(5 + client)],
        ["lpOverlapped", hex(number << 12), f"@{number}"],
        op=about,
        mem={str(number): memory},
        stack=1,
    )
    EVENTS[-1] |= {"own": own(number, number - 1), "ops": [[number - 1, "starting"]]}
    come_back(n, **PENDING, id=number - 1, ops=[[number - 1, "pending"]])
for number in (3, 4):
    about = op(number, "AcceptEx", "port", None, 9, s=5)
    call("AcceptEx", ["sListenSocket", "5"], op=about, back={**PENDING, "id": number, "ops": [[number, "pending"]]})
for number, to, at in ((14, "event", {}), (15, "port", {"port": 13})):  # of neither this port's packets tell
    about = op(number, "WSARecv", to, 2, 9, **at)
    call("WSARecv", ["s", "7"], op=about, back={**PENDING, "id": number, "ops": [[number, "pending"]]})
call("WSASend", ["s", "7"], op=op(16, "WSASend", "port", 2, 9), back={**PENDING, "id": 16, "ops": [[16, "pending"]]})
n = call("WSASend", ["s", "6"], op=op(5, "WSASend", "port", 1, 2))
come_back(n, id=5, state="completed", ops=[[5, "completed"]], queues=[["port", 12, [5]]])
out = [["lpNumberOfBytesTransferred", "5"], ["lpCompletionKey", "0x1000", "@1"], OVERLAPPED]
why = {"op": 5, "what": "sent", "bytes": 5}
happens("peer", client=2, did="send", bytes=1, data="'a'")
come_back(
    waiting[1],
    1,
    result="1",
    delivered=[5],
    out=out,
    why=why,
    ops=[[5, "delivered"]],
    queues=[["port", 12, []]],
    waits=[[1, 0]],
)
# what the other client has sent is taken by the other worker
happens(
    "sample",
    th=0,
    id=2,
    state="completed",
    status="STATUS_SUCCESS",
    bytes=1,
    ops=[[2, "completed"]],
    queues=[["port", 12, [2, 3]]],
)
EVENTS[-1] |= {"mem": {"3": {"overlapped.Internal": "STATUS_SUCCESS (0)", "buf": "#6100000000000000"}}}
happens(
    "sample", th=0, id=3, state="completed", status="STATUS_SUCCESS", bytes=0, ops=[[3, "completed"]], mem={"1": {"next": "@3"}}
)
why = {"op": 2, "client": 2, "what": "received", "bytes": 1, "peer": 2, "data": "'a'"}
come_back(
    waiting[2],
    2,
    result="1",
    delivered=[2],
    out=[["lpOverlapped", "0x3000", "@3"]],
    why=why,
    ops=[[2, "delivered"]],
    waits=[[2, 0]],
)
EVENTS[-1] |= {"own": [[3, "overlapped", 0], [3, "buf", 0]], "queues": [["port", 12, [3]]]}
call(
    "GetQueuedCompletionStatus",
    ["CompletionPort", "12"],
    th=1,
    stack=2,
    back={"result": "1", "delivered": [3], "queues": [["port", 12, []]], "ops": [[3, "delivered"]]},
)
# a packet that the program posts: nobody waits; then the one who takes it had to wait
call(
    "PostQueuedCompletionStatus",
    ["CompletionPort", "12"],
    op={"id": 6, "kind": "PostQueuedCompletionStatus", "s": None, "to": "posted", "port": 12},
    back={"result": "1", "id": 6, "state": "completed", "ops": [[6, "completed"]], "queues": [["port", 12, [6]]]},
)
call(
    "GetQueuedCompletionStatus",
    ["CompletionPort", "12"],
    th=2,
    stack=2,
    back={
        "result": "1",
        "delivered": [6],
        "out": [["lpCompletionKey", "0x6000", "@6"]],
        "why": {"op": 6, "what": "posted"},
        "queues": [["port", 12, []]],
        "ops": [[6, "delivered"]],
    },
)
call(
    "GetQueuedCompletionStatus",
    ["CompletionPort", "12"],
    th=2,
    stack=2,
    back={"result": "0", "error": "WAIT_TIMEOUT (258)", "code": 258, "vain": True},
)
# events: done at once, and asked for
call(
    "WSARecv",
    ["s", "7"],
    op=op(7, "WSARecv", "event", 2, 3),
    mem={"3": {"overlapped.Internal": "STATUS_SUCCESS (0)"}},
    own=[[3, "", 7]],
)
come_back(numbers, id=7, state="completed", ops=[[7, "completed"]], queues=[["event", 20, [7]]])
happens("sample", th=0, id=7, state="completed", status="STATUS_CONNECTION_RESET", bytes=0)
wait = {"stack": 4, "waits": [[0, numbers + 1]], "back": {"result": "0", "waits": [[0, 0]]}}
call("WSAWaitForMultipleEvents", ["cEvents", "1"], ["fAlertable", "FALSE"], **wait)
call(
    "WSAGetOverlappedResult",
    ["s", "7"],
    ["lpOverlapped", "0x3000", "@3"],
    back={
        "result": "1",
        "delivered": [7],
        "why": {"op": 7, "client": 2, "what": "left", "peer": 2},
        "ops": [[7, "delivered"]],
        "queues": [["event", 20, []]],
        "own": [[3, "", 0]],
    },
)
# fails; is skipped; takes an OVERLAPPED that is in use
call(
    "WSASend",
    ["s", "7"],
    op=op(8, "WSASend", "event", 2, 3),
    back={"result": "-1", "error": "WSAENOTCONN (10057)", "code": 10057, "id": 8, "state": "failed", "ops": [[8, "failed"]]},
)
call("WSARecv", ["s", "6"], op=op(9, "WSARecv", "port", 1, 2), back={"id": 9, "state": "delivered", "ops": [[9, "delivered"]]})
call(
    "WSARecv",
    ["s", "6"],
    op=op(10, "WSARecv", "port", 1, 2, reused=[1]),
    back={**PENDING, "id": 10, "ops": [[10, "pending"], [1, "lost"]]},
)
call("WSAGetLastError", back={"result": "WSA_IO_PENDING (997)"})
happens("released", th=0, id=10, block=2, ops=[[10, "lost"]], gone=[2])
# routines: two in one wait, one of which raises; one that nobody lets run
block(4, "", "")
block(5, "BYTE[8]", "message")
for number in (11, 12, 13):
    about = op(number, "WSARecv", "routine", 2, 4, routine="R")
    call(
        "WSARecv",
        ["s", "7"],
        ["lpOverlapped", "0x4000", "@4"],
        op=about,
        back={**PENDING, "id": number, "ops": [[number, "pending"]]},
    )
    if number == 11:
        EVENTS[-2] |= {
            "mem": {"4": {"hEvent": "@5", "": "x", "buf": "#" + "62" * 8}, "5": {"": "#" + "41" * 5 + "00" * 3, "b.c": "@4+3"}},
            "own": [[5, "b", 11]],
        }
happens(
    "sample",
    th=0,
    id=11,
    state="completed",
    status="STATUS_SUCCESS",
    bytes=2,
    ops=[[11, "completed"]],
    queues=[["routine", 0, [11]]],
)
call("SleepEx", ["dwMilliseconds", "0"], ["bAlertable", "FALSE"], back={"vain": True})
call("WSAWaitForMultipleEvents", ["fAlertable", "TRUE"], alertable=True, waits=[[0, 99]])
wait = numbers
for number, raised in ((11, {}), (12, {"raised": "OSError: no"})):
    numbers += 1
    happens(
        "routine",
        n=numbers,
        th=0,
        fn="R",
        args=[["dwError", "0"], ["cbTransferred", "2"], ["lpOverlapped", "0x4000", "@4"], ["dwFlags", "0"]],
        stack=3,
        delivered=[number],
        ops=[[number, "delivered"]],
        queues=[["routine", 0, []]],
    )
    EVENTS[-1] |= {"in": wait, "own": [[5, "b", 0]], "why": {"op": number, "client": 2, "what": "reset"}}
    happens("output", th=0, stream="stdout", text="a", stack=3)
    happens("output", th=0, stream="stderr", text="b\n", stack=3)
    happens("routine_end", n=numbers, th=0, **raised)
come_back(wait, raised="OSError: no", waits=[[0, 0]])
EVENTS[-1].pop("result")
happens(
    "sample",
    th=0,
    id=13,
    state="completed",
    status="STATUS_CANCELLED",
    bytes=1,
    ops=[[13, "completed"]],
    queues=[["routine", 0, [13]]],
    why={"op": 13, "what": "cancelled"},
)
for number in range(20, 28):  # more than are shown at once, of no client's
    block(number, "BYTE[48]", f"spare{number}")
call("closesocket", ["s", "6"], back={"closed": 6})
happens("peer", client=1, did="receive", bytes=1)
happens("peer", client=2, did="reset")
for number, ending in ((4, "reset"), (3, "close")):
    happens("peer", client=number, did="connect")
    happens("peer", client=number, did=ending)
call("Sleep", ["dwMilliseconds", "5"], back={"result": ""})
call("SleepEx", ["dwMilliseconds", "5"], ["bAlertable", "TRUE"], th=1, stack=2, alertable=True, waits=[[1, numbers + 1]])
call("Sleep", ["dwMilliseconds", "6"], th=3, stack=2, back={"result": ""})
call("GetQueuedCompletionStatus", th=3, stack=2, back={"result": "1", "delivered": [98]})  # nobody knows of what
happens("note", th=0, text="20 events were recorded", ops=[[99, "completed"]])
for line, kind in ((4, "x"), (7, "y")):
    happens(
        "diagnosis",
        kind=kind,
        n=8 if line == 4 else 999,
        th=0,
        fn="accept",
        file=0,
        line=line,
        en=f"two.py:{line}: wrong",
        ko=f"two.py:{line}: 잘못",
    )
happens("end", t=1.26, how="KeyboardInterrupt")
timed(EVENTS)
