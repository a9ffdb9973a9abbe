"""The exact conditions of each finding: short recordings, written by hand, with the mistake, and as near to it as is right."""

import pytest

from winsock_ctypes import winbase
from winsock_ctypes._functions import ForeignFunction
from winsock_ctypes.trace.diagnosis import Diagnosis, handle_of, line_of
from winsock_ctypes.winerror import *

WELL, CTRL_C = "the program ended", "KeyboardInterrupt"


class Run:
    """A recording, event by event. `th`: the thread, `line`: of the program."""

    def __init__(self, started=True):
        self.diagnosis, self.n, self.t, self.found = Diagnosis(), 0, 0.0, []
        self.feed({"e": "source", "file": 0, "name": "folder/x.py", "text": ""})
        if started:
            self.do("WSAStartup")

    def feed(self, event):
        self.found += self.diagnosis.feed(event | {"t": self.t})

    def call(self, name, *handles, th=0, line=1, args=(), **fields):
        self.n += 1
        args = [(f"a{at}", str(handle)) for at, handle in enumerate(handles)] + list(args)
        self.feed({"e": "call", "n": self.n, "th": th, "fn": name, "args": args, "stack": [("main", 0, line)]} | fields)
        return self.n

    def back(self, n, th=0, **fields):
        self.feed({"e": "return", "n": n, "th": th, "result": "0"} | fields)

    def do(self, name, *handles, th=0, line=1, args=(), before=None, **fields):
        n = self.call(name, *handles, th=th, line=line, args=args, **(before or {}))
        self.back(n, th, **fields)
        return n

    def fail(self, name, code, *handles, th=0, **fields):
        return self.do(name, *handles, th=th, **{"result": "SOCKET_ERROR", "error": str(code), "code": code} | fields)

    def start(self, op, name="WSARecv", handle=5, th=0, routine="R", line=1, **fields):
        """An operation that is pending."""
        about = {"id": op, "s": handle, "routine": routine, "event": None, "to": "routine" if routine else "port"}
        n = self.call(name, handle, th=th, line=line, op=about | fields)
        self.back(n, th, state="pending", id=op, result="SOCKET_ERROR")
        self.do("WSAGetLastError", th=th)
        return n

    def wait(self, th=0, line=9, routines=(), seconds=0.0, delivered=()):
        n = self.call("SleepEx", th=th, line=line, alertable=True)
        for name in routines:
            self.routine(name, th)
        self.t += seconds
        self.back(n, th, delivered=list(delivered))
        return n

    def routine(self, name, th=0, **fields):
        self.n += 1
        self.feed({"e": "routine", "n": self.n, "th": th, "fn": name} | fields)
        self.feed({"e": "routine_end", "n": self.n, "th": th})

    def end(self, how=WELL, **fields):
        self.feed({"e": "end", "how": how} | fields)
        return self.kinds()

    def kinds(self):
        return [finding["kind"] for finding in self.found]


@pytest.fixture
def run():
    return Run()


# ---- completed, and nobody waits ---------------------------------------------------------------------------------


@pytest.mark.parametrize("how", [WELL, CTRL_C])
def test_a_completion_that_no_wait_has_run(run, how):
    run.start(1)
    run.feed({"e": "sample", "id": 1})
    assert run.end(how) == ["never-alertable"]


@pytest.mark.parametrize(("how", "kinds"), [(WELL, ["too-early"]), (CTRL_C, [])])
def test_a_completion_after_the_last_wait(run, how, kinds):
    run.start(1, line=3)
    run.wait(line=9)
    run.feed({"e": "sample", "id": 1})
    assert run.end(how) == kinds
    assert all("x.py:3: WSARecv: " in finding["en"] and "line 9" in finding["en"] for finding in run.found)


def test_waits_before_the_start_and_in_another_thread_do_not_count(run):
    run.wait(th=0)
    run.start(1)
    run.wait(th=1)
    run.feed({"e": "sample", "id": 1})
    assert run.end() == ["never-alertable"]


def test_a_loop_of_waits_that_was_ended(run):
    run.start(1)
    run.wait(line=9)
    run.wait(line=9)
    run.feed({"e": "sample", "id": 1})
    assert run.end() == []


LOOP = "while True:\n    SleepEx(100, TRUE)\n    WSARecv()\nWSARecv()\n"


@pytest.mark.parametrize(
    ("text", "wait", "start", "kinds"),
    [
        (LOOP, 2, 3, []),
        (LOOP.replace("while True", "for _ in 1, 2"), 2, 3, []),
        (LOOP.replace("while", "if"), 2, 3, ["never-alertable"]),
        (LOOP, 2, 4, ["never-alertable"]),  # behind the loop
        (LOOP, 4, 3, ["never-alertable"]),
        ("", 2, 3, ["never-alertable"]),
    ],
)
def test_a_loop_that_was_ended_in_its_second_pass(run, text, wait, start, kinds):
    run.feed({"e": "source", "file": 0, "name": "folder/x.py", "text": text})
    run.wait(line=wait)
    run.start(1, line=start)
    run.feed({"e": "sample", "id": 1})
    assert run.end() == kinds


def test_the_lines_of_another_file_are_in_no_loop_of_this_one(run):
    run.feed({"e": "source", "file": 0, "name": "folder/x.py", "text": LOOP})
    run.wait(line=2)
    n = run.call("WSARecv", 5, op={"id": 1, "s": 5, "routine": "R"}, stack=[("main", 1, 3)])
    run.back(n, state="completed", id=1)
    assert run.end() == ["never-alertable"]


def test_a_loop_of_one_pass_did_wait(run):
    run.feed({"e": "source", "file": 0, "name": "folder/x.py", "text": LOOP})
    run.start(1, line=3)
    run.wait(line=2)
    run.feed({"e": "sample", "id": 1})
    assert run.end() == ["too-early"]


def test_two_waits_in_two_places_are_no_loop(run):
    run.start(1)
    run.wait(line=8)
    run.wait(line=9)
    run.feed({"e": "sample", "id": 1})
    assert run.end() == ["too-early"]


@pytest.mark.parametrize("cause", ["closed", "cancelled", "failed", "reset"])
def test_an_operation_that_ended_without_success_need_not_be_waited_for(run, cause):
    run.start(1)
    run.feed({"e": "sample", "id": 1, "why": {"what": cause}})
    assert run.end() == []


def test_an_operation_that_was_completed_at_once_is_waited_for_too(run):
    run.do("WSARecv", 5, before={"op": {"id": 1, "s": 5, "routine": "R"}}, state="completed", id=1, line=3)
    assert run.end() == ["never-alertable"] and run.found[0]["line"] == 3


def test_a_pending_or_a_delivered_one_neither(run):
    run.start(1)
    run.start(2)
    run.feed({"e": "sample", "id": 2})
    run.routine("R", delivered=[2])
    assert run.end() == []


def test_an_operation_without_a_routine_neither(run):
    run.start(1, routine="")
    run.feed({"e": "sample", "id": 1})
    assert run.end() == []


def test_nothing_is_said_of_the_end_of_a_recording_that_was_full(run):
    run.start(1)
    run.feed({"e": "sample", "id": 1})
    run.do("socket", socket=5)
    run.fail("listen", WSAEINVAL, 5, unlooked=True)
    run.feed({"e": "note"})
    assert run.end() == []


# ---- nobody asks -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asks", ["WSAGetLastError", "GetLastError"])
def test_a_failure_that_is_asked_about(run, asks):
    run.fail("ioctlsocket", WSAENOTSOCK, 5, unlooked=True)
    run.do(asks)
    run.do("htons")
    assert run.end() == []


def test_a_failure_that_is_asked_about_too_late(run):
    run.fail("ioctlsocket", WSAENOTSOCK, 5, unlooked=True)
    run.do("htons")
    run.do("WSAGetLastError")
    assert run.end() == ["unasked"]


def test_another_thread_asks_for_itself(run):
    run.fail("ioctlsocket", WSAENOTSOCK, 5, unlooked=True, th=0)
    run.do("WSAGetLastError", th=1)
    assert run.kinds() == []
    assert run.end() == ["unasked"]


def test_a_routine_in_between_has_other_things_to_do(run):
    run.fail("ioctlsocket", WSAENOTSOCK, 5, unlooked=True)
    run.routine("R")
    assert run.end() == []


@pytest.mark.parametrize(
    ("name", "code", "kinds"),
    [
        ("CancelIo", ERROR_NOT_FOUND, []),
        ("CancelIoEx", ERROR_NOT_FOUND, []),
        ("CancelIoEx", ERROR_INVALID_HANDLE, ["unasked"]),
        ("WSAGetOverlappedResult", WSA_OPERATION_ABORTED, []),
        ("WSAGetOverlappedResult", WSAECONNRESET, ["unasked"]),
        ("shutdown", WSAENOTCONN, []),
        ("shutdown", WSAENOTSOCK, ["unasked"]),
        ("connect", WSAEWOULDBLOCK, []),
        ("connect", WSAEINPROGRESS, []),
        ("connect", WSAEALREADY, []),
        ("connect", WSAECONNREFUSED, ["unasked"]),
        ("bind", WSANOTINITIALISED, []),
        ("bind", WSAEADDRINUSE, ["unasked"]),
    ],
)
def test_what_a_right_program_need_not_ask(run, name, code, kinds):
    run.fail(name, code, 5, unlooked=True)
    run.do("htons")
    assert run.end() == kinds


@pytest.mark.parametrize(
    ("name", "after", "handle", "kinds"),
    [
        ("bind", "listen", 5, ["unasked"]),
        ("listen", "accept", 5, ["unasked"]),
        ("listen", "AcceptEx", 5, ["unasked"]),
        ("connect", "send", 5, ["unasked"]),
        ("connect", "recv", 5, ["unasked"]),
        ("connect", "WSASend", 5, ["unasked"]),
        ("connect", "WSARecv", 5, ["unasked"]),
        ("connect", "send", 6, []),
        ("connect", "closesocket", 5, []),
        ("bind", "accept", 5, []),
        ("setsockopt", "listen", 5, []),
    ],
)
def test_a_result_that_was_kept_and_what_makes_no_sense_after_it(run, name, after, handle, kinds):
    run.fail(name, WSAEADDRINUSE, 5)
    run.do(after, handle)
    assert run.kinds() == kinds and all(f"{name}: " in finding["en"] for finding in run.found)


def test_which_function_says_why(run):
    run.fail("CancelIo", ERROR_INVALID_HANDLE, 5, unlooked=True)
    run.do("htons")
    run.fail("bind", WSAEINVAL, 5, unlooked=True)
    run.do("htons")
    first, second = run.found
    assert " GetLastError" in first["en"] and "WSAGetLastError" not in first["en"] and "WSAGetLastError" in second["en"]


def test_one_of_a_kind_for_each_function_and_thread(run):
    for th in (0, 0, 1):
        for name in ("bind", "listen"):
            run.fail(name, WSAEINVAL, 5, unlooked=True, th=th)
            run.do("htons", th=th)
    assert [(finding["fn"], finding["th"]) for finding in run.found] == [("bind", 0), ("listen", 0), ("bind", 1), ("listen", 1)]


def test_an_operation_that_failed_at_once(run):
    run.call("WSARecv", 5, op={"id": 1, "s": 5, "routine": "R"})
    run.back(run.n, state="failed", id=1, ops=[(1, "failed")], error="WSAENOTCONN (10057)", code=WSAENOTCONN)
    run.do("htons")
    assert run.kinds() == ["failed"]
    run.feed({"e": "sample", "id": 1})
    assert run.end() == ["failed"]


def test_calls_that_were_cut_short_come_back_in_any_order(run):
    outer, inner = run.call("SleepEx", alertable=True), run.call("htons")
    run.back(outer)
    run.back(inner)
    run.feed({"e": "routine", "n": 50, "th": 0, "fn": "R", "delivered": [99]})  # of which nothing is known
    assert run.end() == []


def test_where_a_finding_is(run):
    """In the program's innermost frame; and somewhere, if there is none."""
    inside = [("main", 0, 7), ("SleepEx", -1, 0)]
    for stack, place in ((inside, "x.py:7"), ([("SleepEx", -1, 0)], "?:0")):
        run.do("recv", before={"short": [("len", 9, 8)], "stack": stack}, th=len(stack))
        assert (run.found[-1]["file"], run.found[-1]["line"]) == ((0, 7) if "x.py" in place else (-1, 0))
        assert run.found[-1]["en"].startswith(f"{place}: recv: len says 9 bytes, but the memory has only 8")
    assert line_of({"stack": inside}) == 7 and line_of({"stack": []}) == 0
    assert handle_of({"args": [("s", "INVALID_SOCKET")]}) == handle_of({"args": []}) == 0
    assert handle_of({"args": [("s", "5"), ("hFile", "6")]}, "hFile") == 6


def test_packets_at_which_nobody_looks(run):
    run.do("GetQueuedCompletionStatus", 12, result="0", unlooked=True)
    run.do("htons")
    assert run.kinds() == ["unlooked"]


# ---- WSAStartup --------------------------------------------------------------------------------------------------


ORDER = "htonl htons ntohl ntohs inet_addr inet_ntoa inet_pton inet_ntop"
WSA = "WSAGetLastError WSASetLastError WSACreateEvent WSACloseEvent WSASetEvent WSAResetEvent WSAWaitForMultipleEvents"
KERNEL32 = [function.__name__ for function in vars(winbase).values() if isinstance(function, ForeignFunction)]


@pytest.mark.parametrize("name", [*ORDER.split(), *WSA.split(), *KERNEL32, "malloc", "free", "WSACleanup"])
def test_what_needs_no_wsastartup(name):
    run = Run(started=False)
    run.do(name, 5)
    assert run.kinds() == []
    run.do("socket")
    assert run.kinds()[0] == "no-startup"


def test_without_wsastartup():
    """Once: all that comes after it has the same reason."""
    run = Run(started=False)
    for name in ("socket", "bind", "socket"):
        run.do(name, 5)
    assert [(found["kind"], found["fn"]) for found in run.found] == [("no-startup", "socket")]


def test_wsastartup_that_failed_or_that_python_called():
    run = Run(started=False)
    run.fail("WSAStartup", WSASYSNOTREADY)
    run.do("socket")
    assert "no-startup" in run.kinds()
    run = Run(started=False)
    run.do("socket", before={"python_sockets": True})
    assert run.kinds() == []


# ---- closed, given back ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind"), [("closesocket", "closed-twice"), ("CloseHandle", "closed-twice"), ("send", "used-closed")]
)
def test_after_it_was_closed(run, name, kind):
    closed = run.do("closesocket", 5, line=7)
    run.fail(name, WSAENOTSOCK, 5, closed_in=closed)
    run.do("WSAGetLastError")
    assert run.kinds() == [kind] and "line 7" in run.found[0]["en"]
    run.fail(name, WSAENOTSOCK, 6, closed_in=0, th=1)
    assert "line 0" in run.found[1]["en"]  # by a call that nobody has seen


def test_two_threads_close_at_once_and_one_is_late(run):
    first, second = run.call("closesocket", 5, th=0), run.call("closesocket", 5, th=1)
    run.back(first, 0)
    run.back(second, 1, error="WSAENOTSOCK", code=WSAENOTSOCK, closed_in=first)
    assert run.kinds() == ["closed-twice"]


@pytest.mark.parametrize(
    ("made", "closes", "kind"),
    [
        (("socket", {"socket": 5}), "closesocket", "not-closed"),
        (("WSACreateEvent", {"event": 5}), "WSACloseEvent", "event-not-closed"),
        (("CreateEventW", {"event": 5}), "CloseHandle", "event-not-closed"),
        (("CreateIoCompletionPort", {"port": 5}), "CloseHandle", "port-not-closed"),
    ],
)
def test_what_is_made_is_closed(made, closes, kind):
    name, fields = made
    for how, kinds in ((WELL, [kind]), (CTRL_C, [])):
        run = Run()
        run.do(name, **fields)
        assert run.end(how) == kinds
        assert all(kind == "not-closed" or closes in finding["en"] for finding in run.found)
    run = Run()
    run.do(name, **fields)
    run.do(closes, 5)
    assert run.end() == []
    run = Run()
    run.do(name, **fields)
    run.fail(closes, 6, 5)
    run.do("GetLastError")
    assert run.end() == [kind]
    run = Run()
    run.do(name, **fields)
    assert run.end(closed_elsewhere=[5]) == []


def test_a_socket_number_that_is_used_again(run):
    run.do("socket", socket=5, line=3)
    run.do("closesocket", 5)
    run.do("socket", socket=5, line=4)
    assert run.end() == ["not-closed"] and "x.py:4: " in run.found[0]["en"]


def test_two_ports_of_which_one_is_closed(run):
    run.do("CreateIoCompletionPort", port=12, line=3)
    run.do("CreateIoCompletionPort", port=16, line=4)
    run.do("CreateIoCompletionPort", port=16, attached=5)
    run.do("CloseHandle", 12)
    assert run.end() == ["port-not-closed"] and "x.py:4: " in run.found[0]["en"]


def test_so_many_were_not_closed(run):
    for handle in (4, 8):
        run.do("socket", socket=handle)
        run.do("WSACreateEvent", event=handle + 100)
        run.do("malloc", new=handle, block=(handle << 12, 24))
    assert run.end(live=[4, 8]) == ["not-closed", "event-not-closed", "not-freed"]
    assert all("(2 in all)" in found["en"] for found in run.found)


def test_a_socket_or_port_that_is_in_use_is_left_to_the_system(run):
    run.do("socket", socket=5)
    run.start(1, handle=5)
    run.do("CreateIoCompletionPort", port=12)
    run.call("GetQueuedCompletionStatus", args=[("CompletionPort", "12")], th=1)
    assert run.end() == []


@pytest.mark.parametrize(
    ("listens", "last", "kinds"),
    [
        (True, {"result": "5"}, []),
        (True, {"result": "SOCKET_ERROR", "vain": True}, []),
        (True, {"result": "0"}, ["not-closed"]),
        (True, {"result": "SOCKET_ERROR"}, ["not-closed"]),
        (False, {"result": "5"}, ["not-closed"]),
    ],
)
def test_clients_at_the_end_of_a_server(run, listens, last, kinds):
    """They may be there; not when they have left, and not without a listener."""
    if listens:
        run.do("listen", 4, listens=4)
    run.do("accept", 4, socket=5)
    run.do("recv", 5, **last)
    run.do("send", 5, result="0")
    assert run.end() == kinds


def test_a_client_that_has_the_number_of_one_that_left(run):
    run.do("listen", 4, listens=4)
    run.do("accept", 4, socket=5)
    run.do("recv", 5, result="0")
    run.do("closesocket", 5)
    run.do("accept", 4, socket=5)
    assert run.end() == []


def test_memory_that_is_not_freed(run):
    run.do("malloc", new=1, block=(0x1000, 24), line=3)
    run.do("malloc", new=2, block=(0x2000, 99), line=4)
    assert run.end(live=[2]) == ["not-freed"]
    assert "x.py:4: malloc: " in run.found[0]["en"] and "99" in run.found[0]["en"]


def test_memory_of_a_server_with_clients(run):
    run.do("listen", 4, listens=4)
    run.do("accept", 4, socket=5)
    run.do("malloc", new=1, block=(0x1000, 24))
    assert run.end(live=[1]) == []


def test_memory_of_a_server_without_clients(run):
    run.do("listen", 4, listens=4)
    run.do("malloc", new=1, block=(0x1000, 24))
    assert run.end(live=[1]) == ["not-freed"]


# ---- waits that keep others waiting ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("routines", "seconds", "comes", "kinds"),
    [
        (10, 1.0, True, ["kept-waiting"]),
        (9, 1.0, True, []),
        (10, 0.99, True, []),
        (10, 1.0, False, []),
    ],
)
def test_a_wait_that_kept_a_client_waiting(run, routines, seconds, comes, kinds):
    run.t = 1.0
    run.do("listen", 4, listens=4)
    run.wait(routines=["R"] * routines, seconds=seconds)
    if comes:
        run.do("accept", 4, socket=5)
    else:
        run.fail("accept", WSAEWOULDBLOCK, 4, vain=True)
        run.do("WSAGetLastError")
        run.do("accept", 4, socket=5)
    assert run.kinds() == kinds


@pytest.mark.parametrize(
    ("listens", "routines", "seconds", "kinds"),
    [(True, 10, 1.0, ["kept-waiting"]), (True, 9, 1.0, []), (True, 10, 0.99, []), (False, 10, 1.0, [])],
)
def test_a_wait_that_has_no_end(run, listens, routines, seconds, kinds):
    run.t = 1.0
    if listens:
        run.do("listen", 4, listens=4)
    run.call("SleepEx", alertable=True)
    for _ in range(routines):
        run.routine("R")
    run.t += seconds
    assert run.end(CTRL_C) == kinds


def test_a_routine_inside_itself(run):
    run.call("SleepEx", alertable=True)
    run.feed({"e": "routine", "n": 50, "th": 0, "fn": "R"})
    inner = run.call("SleepEx", alertable=True, line=5)
    run.routine("Other")
    run.routine("R", th=1)
    assert run.kinds() == []
    run.routine("R")
    assert run.kinds() == ["nested"] and run.found[0]["line"] == 5 and run.found[0]["n"] == inner


# ---- memory, buffers, AcceptEx -----------------------------------------------------------------------------------


def test_memory_that_goes_while_the_kernel_has_it(run):
    run.start(1)
    run.start(2)
    run.do("free", lost=[1])
    run.feed({"e": "released", "id": 2})
    run.feed({"e": "released", "id": 2})
    assert run.kinds() == ["released", "released"] and [finding["fn"] for finding in run.found] == ["free", "WSARecv"]


def test_memory_that_goes_while_the_result_is_queued(run):
    """States that are not the last do not end what is known of an operation."""
    run.start(1)
    run.feed({"e": "sample", "id": 1, "ops": [(1, "completed")]})
    run.do("free", lost=[1])
    assert run.kinds() == ["released"] and "WSARecv" in run.found[0]["en"]


def test_an_overlapped_that_is_used_again(run):
    run.start(1, line=3)
    run.start(2, line=4, reused=[1])
    assert run.kinds() == ["reused"] and run.found[0]["line"] == 4
    run.feed({"e": "sample", "id": 1})
    assert run.end() == ["reused"]  # what becomes of the first is its fault


@pytest.mark.parametrize(
    ("name", "fields", "kind", "said"),
    [
        ("recv", {"short": [("len", 9, 8)]}, "too-long", "len says 9 bytes, but the memory has only 8"),
        ("AcceptEx", {"no_room": True}, "accept-room", "16 bytes more"),
        ("WSARecv", {"on_port": 12}, "routine-on-port", "attached to completion port 12"),
        ("WSARecv", {"no_overlapped": "R"}, "no-overlapped", "R was given without an OVERLAPPED"),
    ],
)
def test_what_the_arguments_show(run, name, fields, kind, said):
    run.call(name, 4, **fields)  # at once
    assert run.kinds() == [kind] and said in run.found[0]["en"]


def test_the_size_of_a_pointer(run):
    run.do("malloc", new=1, block=(0x1000, 8), pointer="lpInfo", structure="PER_IO_DATA")
    assert run.kinds() == ["pointer-size"]
    assert "sizeof(lpInfo) is the size of the pointer (8 bytes)" in run.found[0]["en"]
    assert "Write sizeof(PER_IO_DATA)" in run.found[0]["en"]


def test_memory_that_goes_after_the_delivery(run):
    run.start(1)
    run.routine("R", delivered=[1])
    run.do("free", lost=[1])
    run.feed({"e": "released", "id": 1})
    assert run.end() == []


def test_a_buffer_of_two_operations(run):
    run.start(1)
    run.start(2, shares=[1])
    run.do("recv", 6, before={"lent": [1]})
    assert [(finding["kind"], finding["fn"]) for finding in run.found] == [
        ("shared-buffer", "WSARecv"),
        ("shared-buffer", "recv"),
    ]


def test_a_buffer_after_the_delivery_is_free_again(run):
    run.start(1)
    run.routine("R", delivered=[1])
    run.start(2, shares=[1])
    run.do("recv", 6, before={"lent": [1]})
    assert run.kinds() == []


def test_a_buffer_that_has_changed(run):
    run.start(1, line=3)
    run.routine("R", delivered=[1], changed=1)
    assert run.kinds() == ["changed-buffer"] and run.found[0]["line"] == 3
    run.start(2)
    run.routine("R", delivered=[2], changed=7)
    assert run.kinds() == ["changed-buffer"]


USES = "send recv WSASend WSARecv shutdown getpeername getsockname ioctlsocket WSAEventSelect TransmitFile sendto recvfrom"


@pytest.mark.parametrize("use", [*USES.split(), "DisconnectEx"])
def test_a_socket_of_acceptex_without_its_context(use):
    def accepted(why="connected", made=True):
        run = Run()
        if made:
            run.do("socket", socket=5)
        n = run.call("AcceptEx", 4, args=[("sAcceptSocket", "5")], op={"id": 1, "s": 4, "routine": ""})
        run.back(n, state="pending", id=1)
        run.do("GetQueuedCompletionStatus", 12, delivered=[1], why={"what": why})
        return run

    run = accepted()
    run.do(use, 5)
    run.do("recv" if use == "send" else "send", 5)  # said once of a socket
    assert [(found["kind"], found["fn"]) for found in run.found] == [("accept-context", use)]
    run = accepted()
    run.do("setsockopt", 5, args=[("optname", "SO_KEEPALIVE")])
    run.do(use, 6)
    assert run.kinds() == []
    run.do(use, 5)
    assert run.kinds() == ["accept-context"]
    run = accepted()
    run.do("setsockopt", 5, args=[("optname", "SO_UPDATE_ACCEPT_CONTEXT")])
    run.do(use, 5)
    assert run.kinds() == []
    for run in (accepted("cancelled"), accepted(made=False)):
        run.do(use, 5)
        assert run.kinds() == []
    run = accepted()
    run.do("closesocket", 5)
    run.do("socket", socket=5)
    run.do(use, 5)
    assert run.kinds() == []


# ---- results that are taken for others -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("next_call", "kinds"),
    [("closesocket", 1), ("free", 1), ("WSACleanup", 1), ("WSACloseEvent", 1), ("WSAGetLastError", 0), ("WSARecv", 0)],
)
def test_pending_taken_for_a_failure(run, next_call, kinds):
    about = {"id": 1, "s": 5, "routine": None, "event": 8, "to": "event"}
    run.do("WSARecv", 5, before={"op": about}, state="pending", id=1, result="SOCKET_ERROR", line=3)
    run.do("htons", th=1)
    run.do(next_call, 5 if next_call == "WSARecv" else 6)
    run.do("CloseHandle", 7)
    assert run.kinds() == ["taken-for-failed"] * kinds and all(found["line"] == 3 for found in run.found)


@pytest.mark.parametrize(
    ("more", "text", "kinds"),
    [({}, "error!\n", 1), ({}, "error!", 0), ({"unlooked": True}, "error!\n", 0), ({"state": "completed"}, "error!\n", 0)],
)
def test_a_message_about_what_is_pending(run, more, text, kinds):
    """Not where nobody looked at the result at all, as in the book; and not before the line is written."""
    about = {"id": 1, "s": 5, "routine": "R", "event": None, "to": "routine"}
    run.do("WSASend", 5, before={"op": about}, **{"state": "pending", "id": 1, "result": "SOCKET_ERROR"} | more)
    run.feed({"e": "output", "th": 0, "text": text})
    assert run.kinds() == ["taken-for-failed"] * kinds


@pytest.mark.parametrize("maker", ["socket", "WSASocketW", "accept"])
def test_invalid_socket_is_used_as_a_socket(run, maker):
    run.fail(maker, WSAEINVAL, 4, result="INVALID_SOCKET", line=3)
    run.do("malloc")
    run.do("htons", "INVALID_SOCKET", th=1)
    assert run.kinds() == []
    for name in ("send", "closesocket"):
        run.fail(name, WSAENOTSOCK, "INVALID_SOCKET", unlooked=True)
    run.do("htons")
    assert [(found["kind"], found["fn"], found["line"]) for found in run.found] == [("unasked", maker, 3)]


def test_invalid_socket_that_was_asked_about(run):
    run.fail("accept", WSAEWOULDBLOCK, 4, result="INVALID_SOCKET")
    run.do("WSAGetLastError")
    run.fail("send", WSAENOTSOCK, "INVALID_SOCKET", unlooked=True)
    run.do("htons")
    assert [(found["kind"], found["fn"]) for found in run.found] == [("unasked", "send")]


@pytest.mark.parametrize(
    ("next_call", "why", "other", "kinds"),
    [
        ("CloseHandle", "reset", 12, 1),
        ("CloseHandle", "cancelled", 12, 0),
        ("CloseHandle", "reset", 16, 0),  # which is under way at another port
        ("CloseHandle", "reset", None, 0),  # nothing else is under way
        ("closesocket", "failed", 12, 0),
    ],
)
def test_one_client_has_failed_and_the_port_is_closed(run, next_call, why, other, kinds):
    run.start(1, routine=None, port=12)
    if other:
        run.start(2, handle=6, routine=None, port=other)
    arrived = {"delivered": [1], "why": {"what": why}, "result": "FALSE", "error": "ERROR_NETNAME_DELETED (64)", "code": 64}
    run.do("GetQueuedCompletionStatus", args=[("CompletionPort", "12")], line=4, **arrived)
    run.do("GetLastError")
    run.do("CloseHandle", 12, th=1)
    run.do(next_call, 12)
    run.do("CloseHandle", 12)
    assert run.kinds() == ["one-has-failed"] * kinds and all(found["line"] == 4 for found in run.found)
    assert all("operation 1 has failed (ERROR_NETNAME_DELETED (64))" in found["en"] for found in run.found)
    assert all("at which 1 more are under way" in found["en"] for found in run.found)


# ---- waits that nothing ends ---------------------------------------------------------------------------------------


WAITS = "WSAWaitForMultipleEvents WaitForSingleObject WaitForSingleObjectEx GetQueuedCompletionStatus"


@pytest.mark.parametrize("wait", [*WAITS.split(), "GetQueuedCompletionStatusEx"])
@pytest.mark.parametrize("ends", [True, False])
def test_nobody_is_told_of_a_completion(run, wait, ends):
    run.start(1, routine=None, to="event", line=3)
    run.feed({"e": "sample", "id": 1})
    if ends:
        run.do(wait, 9, vain=True, line=7)
    else:
        run.call(wait, 9, th=1, line=7)
    assert run.end() == ["nobody-told"] and "line 7" in run.found[0]["en"] and run.found[0]["line"] == 3


@pytest.mark.parametrize(
    ("op", "wait"),
    [
        ({"event": 9}, ("WSAWaitForMultipleEvents", 9)),
        ({"to": "port", "port": 12}, ("GetQueuedCompletionStatus", 12)),
        ({}, ("WaitForSingleObject", 5)),  # the socket itself
        ({}, ("SleepEx", 1)),  # and HasOverlappedIoCompleted
    ],
)
def test_somebody_is_told_or_looks(run, op, wait):
    run.start(1, routine=None, **{"to": "event"} | op)
    run.feed({"e": "sample", "id": 1})
    run.do(*wait, vain=True)
    assert run.end() == []


@pytest.mark.parametrize("asked", [True, False])
def test_what_was_not_completed_or_was_asked_for(run, asked):
    run.start(1, routine=None, to="event")
    if asked:
        run.feed({"e": "sample", "id": 1})
    run.do("WSAWaitForMultipleEvents", 9, vain=True)
    if asked:
        run.do("WSAGetOverlappedResult", 5, delivered=[1])
    else:
        run.feed({"e": "sample", "id": 1})
    assert run.end() == []


@pytest.mark.parametrize(
    ("milliseconds", "alertable", "starts", "kinds"),
    [
        ("INFINITE", True, 1, 1),
        ("4294967295", True, None, 1),
        ("INFINITE", True, 0, 0),
        ("1000", True, None, 0),
        ("INFINITE", False, None, 0),
    ],
)
def test_a_wait_for_ever_for_nothing(run, milliseconds, alertable, starts, kinds):
    """An operation of another thread does not end it."""
    if starts is not None:
        run.start(1, th=starts)
    run.call("SleepEx", milliseconds, "TRUE", **({"alertable": True} if alertable else {}))
    assert run.kinds() == ["waits-for-ever"] * kinds  # at once


# ---- handles of other kinds, events that are needed, WSACleanup, byte order ------------------------------------------


@pytest.mark.parametrize(
    ("made", "closes", "right"),
    [
        (("socket", {"socket": 5}), "CloseHandle", "closesocket"),
        (("accept", {"socket": 5}), "WSACloseEvent", "closesocket"),
        (("WSACreateEvent", {"event": 5}), "closesocket", "WSACloseEvent"),
        (("CreateEventW", {"event": 5}), "closesocket", "CloseHandle"),
        (("CreateIoCompletionPort", {"port": 5}), "closesocket", "CloseHandle"),
    ],
)
def test_what_is_closed_with_the_wrong_function(run, made, closes, right):
    name, fields = made
    run.do(name, line=3, **fields)
    run.fail(closes, WSAENOTSOCK, 5, unlooked=True, line=4)
    run.do("htons")
    (found,) = run.found
    assert (found["kind"], found["line"]) == ("wrong-close", 4) and f"Close it with {right}." in found["en"]
    assert f"{name} (line 3)" in found["en"] and f"{right}로" in found["ko"]
    run = Run()
    run.do(name, **fields)
    run.do(right, 5)
    run.do(name, **fields)
    run.do("CloseHandle" if right == "WSACloseEvent" else right, 5)
    assert run.end() == []


def test_an_event_may_go_when_its_operation_was_completed_at_once(run):
    about = {"id": 1, "s": 5, "routine": "", "event": 9, "to": "event"}
    run.do("WSARecv", 5, before={"op": about}, state="completed", id=1)
    run.do("WSACloseEvent", 9)
    assert run.end() == []


@pytest.mark.parametrize("closes", ["WSACloseEvent", "CloseHandle"])
def test_an_event_is_closed_that_an_operation_needs(run, closes):
    def with_event():
        run = Run()
        run.do("WSACreateEvent", event=9)
        run.start(1, routine=None, to="event", event=9)
        return run

    run = with_event()
    run.do(closes, 10)
    run.do(closes, 9)
    assert run.kinds() == ["event-in-use"] and run.found[0]["fn"] == closes
    for over in ("sample", "closesocket", "CancelIo", "CancelIoEx", "delivered"):
        run = with_event()
        if over == "sample":
            run.feed({"e": "sample", "id": 1, "why": {"what": "reset"}})
        elif over == "delivered":
            run.do("WSAGetOverlappedResult", 5, delivered=[1])
        else:
            run.do(over, 5)
        run.do(closes, 9)
        assert run.kinds() == [], over
    run = with_event()
    run.do("closesocket", 6)
    run.do(closes, 9)
    assert run.kinds() == ["event-in-use"]


def test_winsock_is_used_after_wsacleanup(run):
    run.do("WSAStartup")
    run.do("WSACleanup", line=7)
    run.do("closesocket", 5)
    assert run.kinds() == []  # it was started twice
    run.do("WSACleanup", line=8)
    for name in ("CloseHandle", "WSAGetLastError", "htons", "free"):
        run.do(name, 5)
    run.do("closesocket", 5, th=1)  # perhaps both at once
    assert run.kinds() == []
    run.do("closesocket", 5)
    run.do("shutdown", 5)
    assert run.kinds() == ["after-cleanup"] and "line 8" in run.found[0]["en"]
    run = Run()
    run.do("WSACleanup")
    run.do("WSAStartup")
    run.do("socket", socket=5)
    assert run.kinds() == []


@pytest.mark.parametrize(
    ("program", "address", "kinds"),
    [
        ("adr.sin_port = 9190", "127.0.0.1:58915", 1),
        ("adr.sin_port = 9190; other.sin_port = htons(80)", "127.0.0.1:58915", 1),
        ("adr = w.SOCKADDR_IN(w.AF_INET, 9190)", "127.0.0.1:58915", 1),
        ("adr.sin6_port = int(sys.argv[2])", "[::1]:58915", 1),
        ("adr.sin_port = htons(9190)", "127.0.0.1:9190", 0),
        ("adr.sin_port = port; port = htons(9190)", "127.0.0.1:9190", 0),
        ("adr.sin_port = 58915", "127.0.0.1:9190", 1),
        ("adr.sin_port = 257", "127.0.0.1:257", 0),  # the same in both orders
        ("adr.sin_port = 0", "127.0.0.1:0", 0),
        ("getsockname(s, byref(adr)); b.sin_port = adr.sin_port", "127.0.0.1:58915", 0),
        ("connect(s, adr)", "127.0.0.1:58915", 0),
        ("adr.sin_addr.s_addr = INADDR_LOOPBACK; adr.sin_port = htons(9190)", "1.0.0.127:9190", 1),
        ("", "NULL", 0),
    ],
)
@pytest.mark.parametrize(
    ("name", "argument"),
    [
        ("bind", "name"),
        ("connect", "name"),
        ("WSAConnect", "name"),
        ("ConnectEx", "name"),
        ("sendto", "to"),
        ("WSASendTo", "lpTo"),
    ],
)
def test_a_port_that_was_not_turned_round(program, address, kinds, name, argument):
    run = Run()
    run.feed({"e": "source", "file": 1, "name": "folder/y.py", "text": program})
    run.do(name, 5, args=[(argument, address)])
    assert run.kinds() == ["byte-order"] * kinds
    assert all("htonl(INADDR_LOOPBACK)" in f["en"] if "INADDR" in program else "htons(" in f["en"] for f in run.found)


def test_where_a_port_is_looked_for(run):
    """Not in what Windows has stored; and once for each address, since it means to search the program's text."""
    wrong = {"e": "source", "file": 0, "name": "folder/x.py", "text": "adr.sin_port = 9190"}
    run.do("bind", 5, args=[("name", "127.0.0.1:58915")])
    run.feed(wrong)
    run.do("bind", 6, args=[("name", "127.0.0.1:58915")])
    run.do("getsockname", 6, args=[("name", "127.0.0.1:58915")])
    assert run.kinds() == []
    run.do("connect", 6, args=[("name", "127.0.0.1:58915")])
    assert run.kinds() == ["byte-order"]
