"""Records what a program does with the bindings, as it does it: one event for each thing that happens.

`write` gets the events, in the order in which the lock was taken. docs/recorder.md lists them with their fields. What a call
means is not worked out here but in `model`; how things are called, in `words`; where it is in the program, in `frames`.

A call is two events, with its number: before it, what it was given; after it, what it returned, stored and changed. What is
pending is looked at before and after. Another thread's event may come in between, never one in the middle of another: the
lock is taken for each of the two, and not held while the call runs. What must not be missed meanwhile (an object that dies)
waits until the event is written.
"""

from __future__ import annotations

import contextlib
import ctypes
import sys
import threading
import time
import types
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from winsock_ctypes import _memory
from winsock_ctypes.trace import Event, effects, lengths, words
from winsock_ctypes.trace.frames import Frames
from winsock_ctypes.trace.memory import Block, Memory
from winsock_ctypes.trace.model import Model
from winsock_ctypes.trace.owners import learn, malloced
from winsock_ctypes.trace.results import is_thrown_away
from winsock_ctypes.winbase import WAIT_TIMEOUT
from winsock_ctypes.winerror import (
    ERROR_INVALID_HANDLE,
    ERROR_INVALID_PARAMETER,
    ERROR_IO_INCOMPLETE,
    WSAEFAULT,
    WSAENOTSOCK,
    WSAEWOULDBLOCK,
)

_ALERTABLE_FLAGS = ("bAlertable", "fAlertable")
_ASKS_FOR_A_RESULT = ("WSAGetOverlappedResult", "GetOverlappedResult")
_BRINGS_PACKETS = ("GetQueuedCompletionStatus", "GetQueuedCompletionStatusEx")
_SAYS_NOTHING = (ERROR_IO_INCOMPLETE, ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER, WSAEFAULT, WSAENOTSOCK)  # of the operation
_IN_VAIN = (WSAEWOULDBLOCK, WAIT_TIMEOUT, ERROR_IO_INCOMPLETE)
_ONLY_READ = {  # function -> pointers through which it stores nothing
    "bind": {"name"}, "connect": {"name"}, "WSAConnect": {"name"}, "ConnectEx": {"name"}, "sendto": {"to"},
    "WSASendTo": {"lpTo"}, "WSAWaitForMultipleEvents": {"lphEvents"},
}  # fmt: skip
_CLOSES = {"closesocket", "CloseHandle", "WSACloseEvent"}
_MAKES_EVENTS = {"WSACreateEvent", "CreateEventW"}
_MAKES = _MAKES_EVENTS | {"socket", "WSASocketW", "accept", "CreateIoCompletionPort"}
_ROOM = 100  # frames that a recording needs: nearer to the recursion limit nothing is recorded
_OURS = 4  # frames of this package's between a wait and the routine that runs in it


class Recorder:
    """`clock` gives seconds."""

    def __init__(self, write: Callable[[Event], None], cap: int = 20_000, clock: Callable[[], float] = time.perf_counter):
        self.write = write
        self.cap = cap
        self.clock = clock
        self.began = clock()
        self.count = 0
        self.closed = False
        self.lock = threading.RLock()  # reentrant: signal handlers and finalizers may record, too
        self.busy = False  # in the middle of an event
        self.died: deque[Block] = deque()  # meanwhile
        self.memory = Memory(self.object_died)
        self.model = Model(self.memory)
        self.own = threading.local()  # of each thread: its number. The system's may be given out again
        self.threads = 0
        self.frames = Frames(self.put, Recorder.call.__code__)
        self.open: dict[int, list[int]] = {}  # thread -> calls and routines that are open, the outermost first
        self.closed_at: dict[int, int] = {}  # handle -> number of the call that closed it
        self.made: set[int] = set()  # handles that no call has closed
        self.numbers = 0
        self.python_sockets = False

    # ---- writing -------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def recording(self) -> Iterator[None]:
        with self.lock:
            outer, self.busy = self.busy, True
            try:
                yield
            finally:
                self.busy = outer
                while self.died and not outer:
                    self.released(self.died.popleft())

    def emit(self, kind: str, /, **fields: Any) -> None:
        """Write one event; with the lock held."""
        if self.closed:
            return
        for event in self.model.flush(fields):
            self.put(event)
        self.put({"e": kind, **fields})

    def put(self, event: Event) -> None:
        if self.count == self.cap and event["e"] != "end":
            self.write({"e": "note", "t": self.now(), "text": f"{self.cap} events were recorded; nothing after this was"})
            self.count += 1
        if self.count > self.cap and event["e"] != "end":
            return
        self.count += 1
        self.write(event)

    @property
    def full(self) -> bool:
        return self.closed or self.count > self.cap

    def now(self) -> float:
        return round(self.clock() - self.began, 6)

    def next(self) -> int:
        self.numbers += 1
        return self.numbers

    def thread(self) -> int:
        if not hasattr(self.own, "number"):
            self.own.number, self.threads = self.threads, self.threads + 1
            main = threading.current_thread() is threading.main_thread()
            self.put({"e": "thread", "id": self.own.number, "name": "main" if main else threading.current_thread().name})
        number: int = self.own.number
        return number

    # ---- functions -----------------------------------------------------------------------------------------------

    def call(self, name: str, real: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        if self.full:
            return real(*arguments, **named)
        chain = self.frames.chain()
        if len(chain) > sys.getrecursionlimit() - _ROOM:
            return real(*arguments, **named)
        given = dict(zip(real.names, arguments, strict=False), **named)
        with self.recording():
            thread = self.thread()
            self.sample(thread)
            number = self.next()
            frame = self.frames.caller(chain)
            op = self.before(number, thread, name, real, given, chain, frame)
        try:
            result = real(*arguments, **named)
        except BaseException as raised:
            with self.recording():
                self.leave(thread, number)
                if op:
                    self.model.dropped(op)
                self.emit("return", n=number, t=self.now(), th=thread, raised=words.raised(raised))
            raise
        error = ctypes.get_last_error()  # a copy of this thread's own; it stays as the program will see it
        with self.recording():
            self.after(number, thread, name, real, given, result, error, op, frame)
        return result

    def before(
        self, number: int, thread: int, name: str, real: Any, given: Event, chain: list[Any], frame: types.FrameType | None
    ) -> int:
        """Writes the call. Returns the number of the operation that it starts, or 0."""
        stack = self.frames.stack(chain)
        texts = words.declared(real)
        blocks = learn(self.memory, real, given, frame)
        for block in blocks:
            self.model.touched[block] = None
        op = self.model.start(name, real, given, thread, number, frame)
        args = [self.argument(real, texts, key, value) for key, value in given.items()]
        fields: Event = {"args": args, "stack": stack}
        if op:
            fields["op"] = op
        if not self.python_sockets and "_socket" in sys.modules:
            self.python_sockets = fields["python_sockets"] = True  # importing it calls WSAStartup
        if any(given.get(flag) for flag in _ALERTABLE_FLAGS):
            fields["alertable"] = True
        if inside := self.open.get(thread):
            fields["in"] = inside[-1]
        known = self.model.operations.get(op["id"]) if op else None
        if short := lengths.too_long(self.model, name, given, known):
            fields["short"] = short
        if lent := lengths.lent(self.model, name, given):
            fields["lent"] = lent
        if lengths.no_room_for_addresses(name, given):
            fields["no_room"] = True
        routine = given.get("lpCompletionRoutine")
        if routine is not None:
            port = self.model.sockets.get(words.number(given.get("s")))
            if port and port.port is not None:
                fields["on_port"] = port.port
            if not words.address_of(given.get("lpOverlapped")):
                fields["no_overlapped"] = words.routine_name(routine)
        if self.model.waits_in(name, given):
            self.model.enter(thread, number)
        self.open.setdefault(thread, []).append(number)
        self.emit("call", n=number, t=self.now(), th=thread, fn=name, **fields)
        return op["id"] if op else 0

    def argument(self, real: Any, texts: dict[str, str], key: str, value: Any) -> tuple[Any, ...]:
        text = words.show(real.types.get(key), value, texts.get(key) == "BOOL")
        if isinstance(value, int) and value <= words.DWORD_MAX:
            return key, text
        ctype = real.types.get(key)
        size = ctypes.sizeof(ctype._type_) if words.is_pointer(ctype) else None
        ref = self.memory.ref(words.number(value) if hasattr(value, "value") else words.address_of(value), size)
        return (key, text, ref) if ref else (key, text)

    def after(
        self, number: int, thread: int, name: str, real: Any, given: Event, result: Any, error: int, op: int, frame: Any
    ) -> None:
        failed = words.has_failed(name, real, result)
        fields: Event = {"result": words.show_result(name, real, result)}
        code = words.failure(name, result, error) if failed else 0
        if failed:
            fields |= {"error": words.error(code), "code": code}
        if op:
            self.model.started(op, failed, error, fields)
        self.sample(thread)
        asked = name in _ASKS_FOR_A_RESULT and error not in _SAYS_NOTHING
        if not failed or asked or name == "GetQueuedCompletionStatus":
            effects.effects(self.model, name, given, result, fields, code)
        if self.in_vain(name, result, code):
            fields["vain"] = True
        elif out := self.stored(name, real, given, failed):
            fields["out"] = out
        if (failed or name in _BRINGS_PACKETS) and is_thrown_away(frame):
            fields["unlooked"] = True
        if failed and code in (WSAENOTSOCK, ERROR_INVALID_HANDLE):
            handles = [words.number(given.get(key)) for key in ("s", "hObject", "hFile", "hEvent", "CompletionPort")]
            if closed := next((self.closed_at[handle] for handle in handles if handle in self.closed_at), 0):
                fields["closed_in"] = closed
        self.remember_handles(number, name, given, result, failed, fields)
        self.leave(thread, number)
        self.emit("return", n=number, t=self.now(), th=thread, **fields)

    def stored(self, name: str, real: Any, given: Event, failed: bool) -> list[tuple[Any, ...]]:
        """What the call has stored, read now."""
        if failed and name != "GetQueuedCompletionStatus":
            return []
        out: list[tuple[Any, ...]] = []
        only_read = _ONLY_READ.get(name, {"argp"} if words.show(None, given.get("cmd")) == "FIONBIO" else ())
        for key, value in given.items():
            if key in only_read:
                continue
            if shown := words.show_out(key, real.types.get(key), value):
                text, address = shown
                ref = self.memory.ref(address)
                if ref and (block := self.memory.find(address)):
                    self.model.touched[block] = None
                out.append((key, text, ref) if ref else (key, text))
        return out

    @staticmethod
    def in_vain(name: str, result: Any, code: int) -> bool:
        """Whether the call has told the program no more than that nothing happened."""
        if name in ("SleepEx", "select", "WSAPoll"):
            return not result
        if name.endswith("GetLastError"):
            return result in _IN_VAIN
        if "Wait" in name and not name.endswith("Status"):
            return bool(result == WAIT_TIMEOUT)
        return code in _IN_VAIN

    def remember_handles(self, number: int, name: str, given: Event, result: Any, failed: bool, fields: Event) -> None:
        if failed:
            return
        if name in _CLOSES:
            closed = words.number(next(iter(given.values())))
            self.closed_at[closed] = number
            self.made.discard(closed)
        elif name in _MAKES:
            self.closed_at.pop(int(result), None)
            self.made.add(int(result))
            if name in _MAKES_EVENTS:
                fields["event"] = int(result)

    def leave(self, thread: int, number: int) -> None:
        self.model.leave(thread, number)
        inside = self.open.get(thread, [])
        if number in inside:
            del inside[inside.index(number) :]  # with what a KeyboardInterrupt has cut short inside

    # ---- the OVERLAPPEDs -----------------------------------------------------------------------------------------

    def sample(self, thread: int) -> None:
        for fields in self.model.sample():
            self.emit("sample", t=self.now(), th=thread, **fields)

    def object_died(self, block: Block) -> None:
        """From a weak reference: at any moment, in any thread."""
        with self.lock:
            if self.busy:
                self.died.append(block)
            else:
                self.released(block)

    def released(self, block: Block) -> None:
        if self.full:
            return
        lost = self.model.lose(block)
        self.model.forget(block, lost)
        for number in lost:
            self.emit("released", t=self.now(), th=self.thread(), id=number, block=block.id)

    # ---- malloc and free, routines, output -----------------------------------------------------------------------

    def malloc(self, real: Any, size: Any) -> Any:
        with self.recording():
            address = real(size)
            if not self.full:
                thread, number = self.thread(), self.next()
                chain = self.frames.chain()
                stack, frame = self.frames.stack(chain), self.frames.caller(chain)
                self.emit("call", n=number, t=self.now(), th=thread, fn="malloc", args=[("size", str(size))], stack=stack)
                fields: Event = {"result": hex(address) if address else "NULL"}
                if address:
                    line = self.frames.lines[stack[-1][1]][stack[-1][2] - 1] if stack and stack[-1][1] >= 0 else ""
                    name, ctype, pointer = malloced(line, frame, size)
                    of = None if pointer else ctype
                    block = self.memory.add(address, size, "malloc", number, name=name, ctype=of)
                    fields |= {"block": (address, size), "new": block.id}
                    fields |= {"pointer": pointer, "structure": ctype.__name__} if pointer else {}
                    for event in self.memory.describe(block):
                        self.put(event)
                self.emit("return", n=number, t=self.now(), th=thread, **fields)
            return address

    def free(self, real: Any, ptr: Any) -> None:
        with self.recording():
            if self.full:
                return real(ptr)
            thread, number = self.thread(), self.next()
            self.sample(thread)
            address = words.address_of(ptr)
            block = self.memory.find(address)
            if block and block.address != address:
                block = None
            ref = f"@{block.id}" if block else None
            text = hex(address) if address else "NULL"
            argument = ("ptr", text, ref) if ref else ("ptr", text)
            lost = self.model.lose(block) if block else []
            stack = self.frames.stack(self.frames.chain())
            self.emit("call", n=number, t=self.now(), th=thread, fn="free", args=[argument], stack=stack)
            fields: Event = {}
            try:
                real(ptr)
            except BaseException as error:
                self.emit("return", n=number, t=self.now(), th=thread, raised=words.raised(error))
                raise
            if block:
                self.model.forget(block, lost)
            if lost:
                fields["lost"] = lost
            self.emit("return", n=number, t=self.now(), th=thread, result="", freed=address, **fields)

    def routine(self, function: Any, arguments: tuple[Any, ...]) -> Any:
        if self.full:
            return function(*arguments)
        error, size, overlapped, flags = arguments
        with self.recording():
            thread, number = self.thread(), self.next()
            self.sample(thread)
            address = words.address_of(overlapped) or 0
            fields: Event = {"delivered": self.model.deliver(address, None)}
            self.model.arrived(fields, 0 if error else size, error)
            texts: list[tuple[str, ...]] = [("dwError", words.error(error) if error else "0"), ("cbTransferred", str(size))]
            ref = self.memory.ref(address)
            texts.append(("lpOverlapped", hex(address), ref) if ref else ("lpOverlapped", hex(address)))
            texts.append(("dwFlags", str(flags)))
            stack = self.frames.stack(self.frames.chain())
            code = getattr(function, "__code__", None)
            if code and (file := self.frames.file(code.co_filename)) is not None:
                stack.append((code.co_name, file, code.co_firstlineno))
            inside = self.open.setdefault(thread, [])
            if inside:
                fields["in"] = inside[-1]
            inside.append(number)
            name = words.routine_name(function)
            self.emit("routine", n=number, t=self.now(), th=thread, fn=name, args=texts, stack=stack, **fields)
        sys.setrecursionlimit(sys.getrecursionlimit() + _OURS)  # the program has as much room as without us
        try:
            result = function(*arguments)
        except BaseException as raised:
            with self.recording():
                self.leave(thread, number)
                self.emit("routine_end", n=number, t=self.now(), th=thread, raised=words.raised(raised))
            raise
        finally:
            sys.setrecursionlimit(sys.getrecursionlimit() - _OURS)
        with self.recording():
            self.leave(thread, number)
            self.emit("routine_end", n=number, t=self.now(), th=thread)
            self.sample(thread)
        return result

    def output(self, stream: str, text: str) -> None:
        with self.recording():
            if text and not self.full:
                thread = self.thread()
                self.emit(
                    "output", t=self.now(), th=thread, stream=stream, text=text, stack=self.frames.stack(self.frames.chain())
                )

    def peer(self, did: str, address: str, content: bytes = b"") -> None:
        """A client of the program's reports what it does."""
        with self.recording():
            if self.full:
                return
            fields: Event = {"client": self.model.clients.report(did, address, len(content)), "did": did, "from": address}
            if content:
                fields |= {"bytes": len(content), "data": words.data(content, len(content))}
            self.emit("peer", t=self.now(), **fields)

    def end(self, how: str) -> None:
        with self.recording():
            if not self.full:
                self.sample(self.thread())
            used = self.model.in_use()
            blocks = [block for block in self.memory.blocks if block.origin == "malloc" and block not in used]
            live = [block for block in blocks if block.address in _memory.live_blocks]
            fields: Event = {"live": [block.id for block in live]} if live else {}
            if elsewhere := sorted(handle for handle in self.made if not effects.is_open(handle)):
                fields["closed_elsewhere"] = elsewhere
            self.emit("end", t=self.now(), how=how, **fields)
            self.closed = True
