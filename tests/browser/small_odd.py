"""The third short recording of small.py: what seldom happens; and tiny ones, in which hardly anything does.

A routine inside a routine, a packet taken while only one other thread is there, a result that is asked for, memory without a
client; operations of which no block is known.
"""

from __future__ import annotations

from typing import Any

from browser import timed
from small_ports import PENDING

TEXT = "start()\nrecv()\nwait()\nend()\ndef A():\n    wait()\ndef B():\n    print('b')\ndef work():\n    take()"
STACKS = {
    0: [["main", 0, 1]],
    1: [["main", 0, 2]],
    2: [["main", 0, 3]],
    3: [["main", 0, 3], ["SleepEx", -1, 0], ["A", 0, 6]],
    4: [["main", 0, 3], ["SleepEx", -1, 0], ["A", 0, 6], ["SleepEx", -1, 0], ["B", 0, 8]],
    5: [["work", 0, 10]],
}


def begin(*threads: str) -> list[dict[str, Any]]:
    return [
        {"e": "start", "script": "odd.py", "args": ["9190"], "format": 2, "python": "3.11", "lang": "en"},
        *({"e": "thread", "id": at, "name": name} for at, name in enumerate(threads)),
        {"e": "source", "file": 0, "name": "a/odd.py", "text": TEXT},
        *({"e": "stack", "id": number, "frames": frames} for number, frames in STACKS.items()),
    ]


def call(n: int, fn: str, *args: list[str], th: int = 0, stack: int = 0, **more: Any) -> dict[str, Any]:
    return {"e": "call", "n": n, "th": th, "fn": fn, "args": list(args), "stack": stack, **more}


def back(n: int, th: int = 0, **more: Any) -> dict[str, Any]:
    return {"e": "return", "n": n, "th": th, "result": "0", **more}


def whole(n: int, fn: str, *args: list[str], th: int = 0, stack: int = 0, **of_return: Any) -> list[dict[str, Any]]:
    return [call(n, fn, *args, th=th, stack=stack), back(n, th, **of_return)]


def started(n: int, number: int, fn: str, to: str, **about: Any) -> list[dict[str, Any]]:
    """An operation that is pending."""
    op = {"id": number, "kind": fn, "s": 6, "to": to, **about}
    return [call(n, fn, ["s", "6"], stack=1, op=op), back(n, **PENDING, id=number, ops=[[number, "pending"]])]


def routine(n: int, inside: int, fn: str, number: int, stack: int) -> dict[str, Any]:
    event = {"e": "routine", "n": n, "in": inside, "th": 0, "fn": fn, "args": [["dwError", "0"]], "stack": stack}
    return event | {"delivered": [number], "ops": [[number, "delivered"]]}


MEMORY = {
    "overlapped.Pointer": "0x5",
    "overlapped.OffsetHigh": "7",
    "hClntSock": 6,
    "zero[0]": "NULL",
    "zero[1]": "4",
    "sin_zero": "#01",
}
EVENTS = timed(
    [
        *begin("main", "Thread-1 (work)"),
        # 1: a set-up of two calls
        *whole(1, "WSAStartup"),
        *whole(2, "socket", result="6", socket=6),
        # 2, 3: what a worker does, is no set-up, and neither is a wait of this thread
        *whole(3, "Sleep", ["dwMilliseconds", "1"], th=1, stack=5, result=""),
        *whole(4, "SleepEx", ["bAlertable", "FALSE"], stack=2, result="192"),
        # 4, 5: memory that is of no client; receives, of which one stays
        {"e": "block", "id": 1, "type": "PER_IO_DATA", "name": "hb", "size": 48, "at": "0x1000", "from": "malloc"},
        *whole(
            5,
            "malloc",
            ["size", "48"],
            result="0x1000",
            mem={"1": MEMORY, "77": {"x": "of no block"}},
            own=[[77, "x", 1]],
            gone=[78],
        ),
        *started(6, 1, "WSARecv", "routine", routine="A", ovref="0x9000"),
        *started(7, 2, "WSARecv", "routine", routine="B", ovref="@1", bufrefs=["@1.buf"]),
        *started(8, 3, "WSARecv", "routine", routine="B"),
        # a routine inside a routine
        call(9, "SleepEx", ["bAlertable", "TRUE"], stack=2, alertable=True, waits=[[0, 9]]),
        routine(10, 9, "A", 1, 3),
        call(11, "SleepEx", ["bAlertable", "TRUE"], stack=3, alertable=True, waits=[[0, 11]], **{"in": 10}),
        routine(12, 11, "B", 2, 4),
        {"e": "output", "th": 0, "stream": "stdout", "text": "b", "stack": 4},
        {"e": "routine_end", "n": 12, "th": 0},
        back(11, result="192", waits=[[0, 9]]),
        *whole(13, "htons", stack=3),
        {"e": "routine_end", "n": 10, "th": 0},
        back(9, result="192", waits=[[0, 0]]),
        # the worker takes a packet: either of the two threads might
        *whole(14, "CreateIoCompletionPort", result="12", port=12),
        *started(15, 4, "WSARecv", "port", port=12),
        call(16, "GetQueuedCompletionStatus", ["CompletionPort", "12"], th=1, stack=5, waits=[[1, 16]]),
        back(16, 1, delivered=[4], ops=[[4, "delivered"]], waits=[[1, 0]], out=[["lpOverlapped", "0x1000", "@1"]]),
        # then two receives of two clients: whose packet is it?
        *started(25, 6, "WSARecv", "port", port=12, client=1),
        *started(26, 7, "WSARecv", "port", port=12, client=2),
        *whole(27, "GetQueuedCompletionStatus", ["CompletionPort", "12"], th=1, delivered=[7], ops=[[7, "delivered"]]),
        *started(28, 8, "WSARecv", "port", port=12, client=2),
        *started(32, 9, "WSARecv", "port", port=12, client=2),
        *(
            event
            for n, number in ((29, 6), (33, 8), (34, 9))
            for event in whole(
                n,
                "GetQueuedCompletionStatus",
                ["CompletionPort", "12"],
                th=1,
                delivered=[number],
                ops=[[number, "delivered"]],
            )
        ),
        # a number that comes again is another socket
        *whole(30, "accept", ["s", "6"], result="9", socket=9, client=1),
        *whole(31, "closesocket", ["s", "9"], closed=9),
        # what is asked for is no packet; nor is what a port gives when it gives nothing
        *started(17, 5, "WSASend", "event"),
        *whole(18, "WSAGetOverlappedResult", ["s", "6"], out=[["lpcbTransfer", "5"]], delivered=[5], ops=[[5, "delivered"]]),
        *started(35, 10, "WSARecv", None),
        *whole(36, "WSAGetOverlappedResult", ["s", "6"], delivered=[10], ops=[[10, "delivered"]]),
        # two threads print at once
        *(
            {"e": "output", "th": th, "stream": "stdout", "text": text, "stack": 0}
            for th, text in ((0, "x"), (1, "y"), (1, "z"))
        ),
        call(19, "GetQueuedCompletionStatus", ["CompletionPort", "12"]),
        back(19, code=258, error="WAIT_TIMEOUT (258)", vain=True, out=[["lpNumberOfBytesTransferred", "0"]]),
        # packets of its own: more than there are operations
        *(
            event
            for n in (20, 21, 22, 23)
            for event in (
                call(
                    n,
                    "PostQueuedCompletionStatus",
                    ["CompletionPort", "12"],
                    op={"id": n, "kind": "PostQueuedCompletionStatus", "s": None, "to": "posted", "port": 12},
                ),
                back(n, result="1", id=n, state="completed"),
            )
        ),
        *whole(24, "WSAStringToAddressW", raised="OSError: no"),
        {"e": "diagnosis", "kind": "x", "n": 999, "th": 0, "fn": "accept", "file": 0, "line": 1, "en": "odd", "ko": "홀수"},
        {"e": "end", "how": "the program ended"},
    ]
)

WAITS = call(3, "SleepEx", ["bAlertable", "TRUE"], stack=2, alertable=True, waits=[[0, 3]])
TINY = {  # name -> recording, how its steps are folded, what its card leads to, its model
    "nothing": (begin("main"), [""], 0, "plain"),
    "one call": ([*begin("main"), *whole(1, "WSAStartup")], ["", ""], 1, "plain"),
    "a set-up": ([*begin("main"), *whole(1, "WSAStartup"), *whole(2, "socket")], ["", "setup"], 1, "plain"),
    "a set-up, and a worker waits": (
        [
            *begin("main", "worker"),
            *whole(1, "WSAStartup"),
            call(3, "GetQueuedCompletionStatus", th=1, stack=5, waits=[[1, 3]]),
            *whole(2, "socket"),
        ],
        ["", "setup"],
        1,
        "plain",
    ),
    "a worker waits": (
        [*begin("main", "worker"), *whole(1, "WSAStartup"), call(3, "GetQueuedCompletionStatus", th=1, stack=5)],
        ["", "setup"],
        1,
        "plain",
    ),
    "a set-up, a wait": (
        [*begin("main"), *whole(1, "WSAStartup"), *whole(2, "socket"), WAITS],
        ["", "setup", ""],
        2,
        "plain",
    ),
    "a wait": ([*begin("main"), WAITS], ["", ""], 1, "plain"),
    "an error": (
        [*begin("main"), *whole(1, "WSAStartup"), *whole(2, "bind", error="WSAEADDRINUSE (10048)"), WAITS],
        ["", "", "", ""],
        1,
        "plain",
    ),
    "one receive": ([*begin("main"), *started(1, 1, "WSARecv", "routine", routine="A")], ["", ""], 1, "routine"),
    "packets": (
        [*begin("main"), *whole(1, "WSAStartup"), *started(2, 1, "PostQueuedCompletionStatus", "posted")],
        ["", "", ""],
        1,
        "plain",
    ),
}
for events, *_ in TINY.values():
    timed(events)
