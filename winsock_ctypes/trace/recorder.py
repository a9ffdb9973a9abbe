"""Records what a program does with the bindings, as it does it: one JSON object per event.

The events, in the order in which the recorder's lock was taken:

- `start`, `source` (a file of the program, once), `thread` (a thread, once), `end`
- `call` and `return` of a function: the two have the same `n`
- `routine` and `routine_end`: a completion routine, inside the call that ran it
- `output`: what the program printed
- `sample`: an OVERLAPPED that said "pending" before says "completed" now. When it became so is not known, only that it was
  between the previous sample and this one.
- `released`: a Python object is gone whose memory an operation still needs
- `note`: what the recorder has to say, for instance that it recorded no more
- `diagnosis`: see diagnosis.py

What a call means for sockets, memory and operations is told in fields of its own (`op`, `state`, `delivered`, `socket`, …).
"""

from __future__ import annotations

import ctypes
import functools
import json
import os
import sys
import threading
import time
import types
import weakref
from collections.abc import Callable
from typing import Any

import winsock_ctypes
from winsock_ctypes import _functions, _memory, _routines, _values, stdlib, winsock2
from winsock_ctypes.winbase import INVALID_HANDLE_VALUE
from winsock_ctypes.windef import HANDLE, LPVOID, ULONG_PTR
from winsock_ctypes.winerror import STATUS_NAMES, WSA_ERROR_NAMES

Event = dict[str, Any]

_PACKAGE = os.path.dirname(os.path.abspath(winsock_ctypes.__file__))
_STARTER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "__main__.py")  # the program begins above it
_STATUS_PENDING = 0x103
_WSA_IO_PENDING = 997
_SAYS_NOTHING = (996, 6, 87, 10014, 10038)  # of the operation: not complete, or the question was wrong

_RETURNS_CODE = {"WSAStartup", "GetAddrInfoW"}  # the result is the error code itself
_NEVER_FAILS = {"SleepEx", "GetLastError", "WSAGetLastError", "htonl", "htons", "ntohl", "ntohs"}
_NOT_STARTING = {"GetQueuedCompletionStatus", "WSAGetOverlappedResult", "CancelIoEx", "PostQueuedCompletionStatus"}
_EXTENSIONS = ("AcceptEx", "ConnectEx", "DisconnectEx", "GetAcceptExSockaddrs")
_WAITS = {0: "0", 0xC0: "WAIT_IO_COMPLETION", 258: "WAIT_TIMEOUT", 0xFFFFFFFF: "WAIT_FAILED"}
_ALERTABLE_FLAGS = ("bAlertable", "fAlertable")


class Recorder:
    """`write` gets each event as it happens. `clock` gives seconds."""

    def __init__(self, write: Callable[[Event], None], cap: int = 20_000, clock: Callable[[], float] = time.perf_counter):
        self.write = write
        self.cap = cap
        self.clock = clock
        self.began = clock()
        self.count = 0
        self.closed = False
        self.lock = threading.RLock()  # reentrant: signal handlers and finalizers may record, too
        self.ops: dict[int, Event] = {}  # id -> what was started and is not delivered
        self.memory: dict[int, weakref.ref[Any]] = {}  # id of an operation -> the object that its OVERLAPPED lies in
        self.ports: dict[int, int] = {}  # socket -> port
        self.skips: set[int] = set()  # sockets whose immediate success queues nothing to the port
        self.threads: dict[int, int] = {}
        self.files: dict[str, int | None] = {}
        self.numbers = 0
        self.op_numbers = 0
        self.undo: list[tuple[Any, str, Any]] = []

    # ---- writing -------------------------------------------------------------------------------------------------

    def emit(self, kind: str, /, **fields: Any) -> None:
        """Write one event; with the lock held."""
        if self.closed:
            return
        if self.count == self.cap and kind not in ("end", "diagnosis"):
            self.write({"e": "note", "t": self.now(), "text": f"{self.cap} events were recorded; nothing after this was"})
            self.count += 1
        if self.count > self.cap and kind not in ("end", "diagnosis"):
            return
        self.count += 1
        self.write({"e": kind, **fields})

    @property
    def full(self) -> bool:
        return self.closed or self.count > self.cap

    def now(self) -> float:
        return round(self.clock() - self.began, 6)

    def thread(self) -> int:
        ident = threading.get_ident()
        if ident not in self.threads:
            self.threads[ident] = len(self.threads)
            main = threading.current_thread() is threading.main_thread()
            self.emit("thread", id=self.threads[ident], name="main" if main else threading.current_thread().name)
        return self.threads[ident]

    def file(self, name: str) -> int | None:
        """The number of a file of the program; None for the files of Python and of this package."""
        if name not in self.files:
            path = os.path.abspath(name)
            ours = path.startswith((_PACKAGE + os.sep, os.path.abspath(sys.base_prefix) + os.sep))
            text = None
            if not ours and not name.startswith("<"):
                try:
                    with open(path, encoding="utf-8", errors="replace") as file:
                        text = file.read()
                except OSError:
                    pass
            self.files[name] = None if text is None else sum(number is not None for number in self.files.values())
            if text is not None:
                self.emit("source", file=self.files[name], name=short_name(path), text=text)
        return self.files[name]

    def stack(self) -> list[tuple[str, int, int]]:
        """The program's frames, outermost first, as (function, file, line); a call into a DLL has file -1."""
        chain: list[types.FrameType] = []
        frame: types.FrameType | None = sys._getframe(2)
        while frame is not None and frame.f_code.co_filename != _STARTER:
            chain.append(frame)
            frame = frame.f_back
        frames: list[tuple[str, int, int]] = []
        for frame in reversed(chain):
            code = frame.f_code
            if code is _call_code:
                frames.append((frame.f_locals["name"], -1, 0))
            elif (file := self.file(code.co_filename)) is not None:
                frames.append((code.co_name, file, frame.f_lineno))
        return frames

    # ---- functions -----------------------------------------------------------------------------------------------

    def call(self, name: str, real: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        if self.full:
            return real(*arguments, **named)
        given = dict(zip(real.names, arguments, strict=False), **named)
        with self.lock:
            thread = self.thread()
            self.sample(thread)
            self.numbers += 1
            number = self.numbers
            stack = self.stack()[:-1]  # without this call itself
            bools = bool_parameters(real.prototype)
            texts = [(key, show(real.types.get(key), value, key in bools)) for key, value in given.items()]
            op = self.starting(name, real, given, thread, number)
            fields: Event = {"op": public(op)} if op else {}
            if any(given.get(flag) for flag in _ALERTABLE_FLAGS):
                fields["alertable"] = True
            self.emit("call", n=number, t=self.now(), th=thread, fn=name, args=texts, stack=stack, **fields)
        try:
            result = real(*arguments, **named)
        except BaseException as raised:
            with self.lock:
                if op:
                    self.ops.pop(op["id"], None)
                self.emit("return", n=number, t=self.now(), th=thread, raised=words(raised))
            raise
        error = ctypes.get_last_error()  # a copy of this thread's own; it stays as the program will see it
        with self.lock:
            failed = has_failed(name, real, result)
            fields = {"result": show_result(name, real, result)}
            if failed:
                code = int(result) if name in _RETURNS_CODE else error
                fields["error"] = show_error(code)
                fields["code"] = code
            if op:
                self.started(op, failed, error, fields)
            self.sample(thread)
            asked = name == "WSAGetOverlappedResult" and error not in _SAYS_NOTHING
            if not failed or asked or name == "GetQueuedCompletionStatus":
                self.effects(name, given, result, fields)
            out = [(key, text) for key, value in given.items() if (text := show_out(real.types.get(key), value)) is not None]
            if out and name not in ("bind", "connect"):
                fields["out"] = out
            self.emit("return", n=number, t=self.now(), th=thread, **fields)
            self.sample(thread)
        return result

    def starting(self, name: str, real: Any, given: Event, thread: int, number: int) -> Event | None:
        """The operation that this call starts, if it starts one. It is known before the call: another thread may be quicker."""
        if name == "PostQueuedCompletionStatus":
            address = address_of(given.get("lpOverlapped"))
            port = handle(given.get("CompletionPort"))
            return self.new_op(name, None, address, [], None, thread, number, port=port, state="completed")
        if name in _NOT_STARTING or "lpOverlapped" not in real.names:
            return None
        address = address_of(given.get("lpOverlapped"))
        if not address:
            return None
        sockets = [handle(given.get(key)) for key, ctype in real.types.items() if ctype is winsock2.SOCKET]
        routine = given.get("lpCompletionRoutine")
        buffers = []
        if "lpBuffers" in given:
            buffers = read_buffers(address_of(given["lpBuffers"]), given.get("dwBufferCount", 0))
        elif "lpOutputBuffer" in given and (buffer := address_of(given["lpOutputBuffer"])):
            buffers = [(buffer, 0)]
        same = [op for op in self.ops.values() if op["ov"] == address and op["state"] != "posted"]
        reused = [op["id"] for op in same if kernel_holds(op)]
        routine_name = getattr(routine, "__name__", None) if routine is not None else None
        socket = sockets[0] if sockets else None
        op = self.new_op(name, socket, address, buffers, routine_name, thread, number, port=self.ports.get(socket or -1))
        if reused:
            op["reused"] = reused
        for old in same:
            del self.ops[old["id"]]
        if "Send" in name and buffers:
            op["data"] = text_of(buffers[0][0], buffers[0][1])
        owner = owner_of(given["lpOverlapped"], address)
        if owner is not None:
            try:
                self.memory[op["id"]] = weakref.ref(owner, functools.partial(self.object_gone, op["id"]))
            except TypeError:
                pass
        return op

    def new_op(self, kind: str, socket: Any, ov: Any, buffers: Any, routine: Any, thread: int, n: int, **more: Any) -> Event:
        self.op_numbers += 1
        op = {"id": self.op_numbers, "kind": kind, "s": socket, "ov": ov or 0, "bufs": buffers, "routine": routine}
        self.ops[self.op_numbers] = op | {"th": thread, "n": n, "state": "posted"} | more
        return self.ops[self.op_numbers]

    def started(self, op: Event, failed: bool, error: int, fields: Event) -> None:
        fields["id"] = op["id"]
        if op["id"] not in self.ops:  # delivered to another thread before this one came back
            fields["state"] = "delivered"
        elif failed and error != _WSA_IO_PENDING:
            fields["state"] = "failed"
            del self.ops[op["id"]]
        else:
            op["state"] = "pending" if failed else "completed"
            fields["state"] = op["state"]
            if not failed and op["s"] in self.skips:
                fields["state"] = "delivered"
                del self.ops[op["id"]]

    def effects(self, name: str, given: Event, result: Any, fields: Event) -> None:
        if name in ("socket", "WSASocketW", "accept"):
            fields["socket"] = int(result)
            if name == "accept":
                fields["peer"] = show_address(address_of(given.get("addr")))
        elif name == "listen":
            fields["listens"] = handle(given.get("s"))
        elif name == "closesocket":
            fields["closed"] = handle(given.get("s"))
            self.ports.pop(fields["closed"], None)
            self.skips.discard(fields["closed"])
        elif name == "SetFileCompletionNotificationModes":
            if handle(given.get("Flags")) & 1:  # FILE_SKIP_COMPLETION_PORT_ON_SUCCESS
                self.skips.add(handle(given.get("FileHandle")))
        elif name == "CreateIoCompletionPort":
            fields["port"] = int(result)
            attached = handle(given.get("FileHandle"))
            if attached != INVALID_HANDLE_VALUE:
                self.ports[attached] = int(result)
                fields["attached"] = attached
        elif name == "GetQueuedCompletionStatus":
            address = number_at(address_of(given.get("lpOverlapped")))
            if address or result:
                fields["delivered"] = self.deliver(address, handle(given.get("CompletionPort")))
                self.add_data(fields, number_at(address_of(given.get("lpNumberOfBytesTransferred")), 4))
        elif name == "GetQueuedCompletionStatusEx":
            entries = address_of(given.get("lpCompletionPortEntries")) or 0
            count = number_at(address_of(given.get("ulNumEntriesRemoved")), 4)
            port = handle(given.get("CompletionPort"))
            fields["delivered"] = [op for i in range(count) for op in self.deliver(number_at(entries + 32 * i + 8), port)]
        elif name == "WSAGetOverlappedResult":
            asked = address_of(given.get("lpOverlapped")) or 0
            op = next((op for op in self.ops.values() if op["ov"] == asked), None)
            if op and not op["routine"] and op.get("port") is None:
                fields["delivered"] = self.deliver(asked, None)
                self.add_data(fields, number_at(address_of(given.get("lpcbTransfer")), 4))

    def deliver(self, address: int, port: Any) -> list[int]:
        """The completion for this OVERLAPPED has come: the memory is the program's again."""
        for op in list(self.ops.values()):
            if op["ov"] == address and (port is None or op.get("port") in (None, port)):
                del self.ops[op["id"]]
                self.memory.pop(op["id"], None)
                self.last_delivered = op
                return [op["id"]]
        return []

    def add_data(self, fields: Event, size: int) -> None:
        if fields["delivered"] and size:
            text = self.received(self.last_delivered, size)
            if text is not None:
                fields["data"] = text

    def received(self, op: Event, size: int) -> str | None:
        """What came in, if the buffer is known to be alive: in a block of malloc's that was not freed."""
        if "Recv" in op["kind"] and op["bufs"] and _memory._inside(_memory.live_blocks, op["bufs"][0][0]):
            return text_of(op["bufs"][0][0], min(size, op["bufs"][0][1]))
        return None

    # ---- the OVERLAPPEDs -----------------------------------------------------------------------------------------

    def sample(self, thread: int) -> None:
        """Look at what is pending, where the memory is known to be alive; with the lock held, so that `free` must wait."""
        for op in list(self.ops.values()):
            if op["state"] != "pending":
                continue
            keep = self.memory[op["id"]]() if op["id"] in self.memory else None  # alive until it was read
            if keep is None and not _memory._inside(_memory.live_blocks, op["ov"]):
                continue
            status = ctypes.c_uint32.from_address(op["ov"]).value
            if status != _STATUS_PENDING:
                op["state"] = "completed"
                size = ctypes.c_uint64.from_address(op["ov"] + 8).value
                text = getattr(STATUS_NAMES[status], "name", f"0x{status:X}")
                self.emit("sample", t=self.now(), th=thread, id=op["id"], state="completed", status=text, bytes=size)

    def object_gone(self, op: int, _: Any) -> None:
        with self.lock:
            self.memory.pop(op, None)
            known = self.ops.get(op)
            if known and kernel_holds(known):
                known["state"] = "lost"
                self.emit("released", t=self.now(), th=self.thread(), id=op)

    # ---- malloc and free, routines, output -----------------------------------------------------------------------

    def malloc(self, real: Any, size: Any) -> Any:
        with self.lock:
            address = real(size)
            if not self.full:
                thread = self.thread()
                self.numbers += 1
                about: Event = {"n": self.numbers, "t": self.now(), "th": thread}
                self.emit("call", fn="malloc", args=[("size", str(size))], stack=self.stack(), **about)
                about["t"] = self.now()
                self.emit("return", result=hex(address) if address else "NULL", block=(address, size), **about)
            return address

    def free(self, real: Any, ptr: Any) -> None:
        with self.lock:
            if self.full:
                return real(ptr)
            address = address_of(ptr)
            size = _memory.live_blocks.get(address or 0)
            thread = self.thread()
            self.numbers += 1
            about: Event = {"n": self.numbers, "t": self.now(), "th": thread}
            lost = []
            if size is not None and address:
                self.sample(thread)
                for op in list(self.ops.values()):
                    places = (op["ov"], *(buffer[0] for buffer in op["bufs"]))
                    if kernel_holds(op) and any(address <= place < address + size for place in places):
                        lost.append(op["id"])
            text = hex(address) if address else "NULL"
            more = {"lost": lost} if lost else {}
            self.emit("call", fn="free", args=[("ptr", text)], stack=self.stack(), **about)
            try:
                real(ptr)
            except BaseException as error:
                self.emit("return", **about | {"t": self.now()}, raised=words(error))
                raise
            for op in lost:
                self.ops[op]["state"] = "lost"
            self.emit("return", result="", freed=address, **more, **about | {"t": self.now()})

    def routine(self, function: Any, arguments: tuple[Any, ...]) -> Any:
        if self.full:
            return function(*arguments)
        error, size, overlapped, flags = arguments
        with self.lock:
            thread = self.thread()
            self.sample(thread)
            self.numbers += 1
            about: Event = {"n": self.numbers, "th": thread}
            address = address_of(overlapped)
            fields: Event = {"delivered": self.deliver(address or 0, None)}
            if not error:
                self.add_data(fields, size)
            texts = [("dwError", show_error(error) if error else "0"), ("cbTransferred", str(size))]
            texts += [("lpOverlapped", hex(address or 0)), ("dwFlags", str(flags))]
            code = getattr(function, "__code__", None)
            file = self.file(code.co_filename) if code else None
            stack = self.stack()
            if code and file is not None:
                stack.append((code.co_name, file, code.co_firstlineno))
            self.emit("routine", t=self.now(), fn=function.__name__, args=texts, stack=stack, **about, **fields)
        try:
            result = function(*arguments)
        except BaseException as error:
            with self.lock:
                self.emit("routine_end", t=self.now(), raised=words(error), **about)
            raise
        with self.lock:
            self.emit("routine_end", t=self.now(), **about)
            self.sample(thread)
        return result

    def output(self, stream: str, text: str) -> None:
        with self.lock:
            if text and not self.full:
                self.emit("output", t=self.now(), th=self.thread(), stream=stream, text=text, stack=self.stack())

    # ---- taking the places ---------------------------------------------------------------------------------------

    def install(self) -> None:
        """Put the recording functions where the package's names lead; a script that is started now imports these."""
        modules = (winsock_ctypes, *winsock_ctypes._headers)
        instead: dict[int, Any] = {}
        for module in modules:
            for name, value in list(vars(module).items()):
                if name[0] == "_" or value is _routines.CompletionRoutine or value is _functions.ForeignFunction:
                    continue
                if id(value) not in instead:
                    instead[id(value)] = self.recording(value)
                replacement = instead[id(value)]
                if replacement is not None:
                    self.undo.append((module, name, value))
                    setattr(module, name, replacement)
        for stream in ("stdout", "stderr"):
            value = getattr(sys, stream)
            if value is not None:
                self.undo.append((sys, stream, value))
                setattr(sys, stream, _Tee(self, stream, value))

    def recording(self, value: Any) -> Any:
        """What takes the place of `value`; None if nothing does."""
        if isinstance(value, _functions.ForeignFunction):
            return RecordedFunction(self, value)
        if value is stdlib.malloc:
            return functools.wraps(value)(functools.partial(Recorder.malloc, self, value))
        if value is stdlib.free:
            return functools.wraps(value)(functools.partial(Recorder.free, self, value))
        if isinstance(value, type) and issubclass(value, _routines.CompletionRoutine):
            return self.recording_routine(value)
        if isinstance(value, type) and issubclass(value, _functions.ForeignFunction):
            return self.recording_pointer(value)
        return None

    def recording_routine(self, cls: Any) -> Any:
        def new(new_cls: Any, function: Any) -> Any:
            if not callable(function):
                return cls.__new__(new_cls, function)  # which refuses it

            @functools.wraps(function)
            def recorded(*arguments: Any) -> Any:
                return self.routine(function, arguments)

            return cls.__new__(new_cls, recorded)

        body = {"__new__": new, "_flags_": cls._flags_, "__doc__": cls.__doc__, "__module__": cls.__module__}
        return type(cls)(cls.__name__, (cls,), body | {"_argtypes_": cls._argtypes_, "_restype_": cls._restype_})

    def recording_pointer(self, cls: Any) -> Any:
        recorder = self
        name = cls.__name__.removeprefix("LPFN_")
        shown = {text.upper(): text for text in _EXTENSIONS}.get(name, name)

        def call(instance: Any, *arguments: Any, **named: Any) -> Any:
            return RecordedFunction(recorder, _Bound(cls, instance, shown))(*arguments, **named)

        body = {"__call__": call, "_flags_": cls._flags_, "_argtypes_": cls._argtypes_, "_restype_": cls._restype_}
        return type(cls)(cls.__name__, (cls,), body | {"__doc__": cls.__doc__, "__module__": cls.__module__})

    def uninstall(self) -> None:
        for place, name, value in reversed(self.undo):
            setattr(place, name, value)
        self.undo.clear()


class _Bound:
    """A function pointer and its class, as one callable."""

    def __init__(self, cls: Any, instance: Any, name: str):
        self.cls, self.instance, self.__name__ = cls, instance, name
        self.types, self.prototype, self.names = cls.types, cls.prototype, tuple(cls.types)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return self.cls.__call__(self.instance, *arguments, **named)


class RecordedFunction:
    """A function that is recorded: looks and behaves like the function itself."""

    def __init__(self, recorder: Recorder, real: Any):
        self._recorder, self._real = recorder, real
        self.__name__, self.__doc__ = real.__name__, real.__doc__

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        name = self.__name__
        return self._recorder.call(name, self._real, arguments, named)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def __repr__(self) -> str:
        return repr(self._real)


_call_code = RecordedFunction.__call__.__code__


class _Tee:
    """A stream of the program's that also goes into the recording."""

    def __init__(self, recorder: Recorder, name: str, stream: Any):
        self._recorder, self._name, self._stream = recorder, name, stream

    def write(self, text: str) -> Any:
        written = self._stream.write(text)
        self._recorder.output(self._name, text)
        return written

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


# ---- words -------------------------------------------------------------------------------------------------------


def public(op: Event) -> Event:
    return {key: value for key, value in op.items() if key != "state"}


def kernel_holds(op: Event) -> bool:
    """Whether the kernel may still use an operation's memory. With an event, being completed is all; else delivery counts."""
    if op["kind"] == "PostQueuedCompletionStatus":
        return False
    return op["state"] == "pending" or op["state"] == "completed" and (op["routine"] or op["port"] is not None)


def short_name(path: str) -> str:
    """A file name for people: relative to the current folder where that is shorter."""
    here = os.getcwd() + os.sep
    return path[len(here) :].replace(os.sep, "/") if path.startswith(here) else os.path.basename(path)


def words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


def address_of(value: Any) -> int | None:
    if value is None or isinstance(value, int):
        return value
    try:
        return ctypes.cast(value, ctypes.c_void_p).value
    except (TypeError, ctypes.ArgumentError):
        return None


def handle(value: Any) -> int:
    value = getattr(value, "value", value)
    return value if isinstance(value, int) else 0


def number_at(address: int | None, size: int = 8) -> int:
    copy = _memory.read(address, size) if address else None
    return int.from_bytes(copy, "little") if copy else 0


def text_of(address: int, size: int) -> str | None:
    copy = _memory.read(address, min(size, 48)) if address and size else None
    if copy is None:
        return None
    return repr(copy)[1:] + ("…" if size > 48 else "")


def read_buffers(address: int | None, count: Any) -> list[tuple[int, int]]:
    count = getattr(count, "value", count)
    if not address or not isinstance(count, int):
        return []
    places = [address + 16 * i for i in range(min(count, 16))]
    return [(number_at(place + 8), number_at(place, 4)) for place in places]


def owner_of(argument: Any, address: int) -> Any:
    """The Python object that owns the memory at `address`, found through the pointer to it; None if there is none."""
    seen: list[Any] = []
    todo = [argument]
    while todo and len(seen) < 32:
        value = todo.pop()
        if value is None or any(value is other for other in seen):
            continue
        seen.append(value)
        if hasattr(value, "_obj"):  # byref
            todo.append(value._obj)
        elif isinstance(value, dict):
            todo.extend(value.values())
        elif isinstance(value, (ctypes.Structure, ctypes.Union, ctypes.Array, ctypes._SimpleCData, ctypes._Pointer)):
            if value._b_base_ is not None:
                todo.append(value._b_base_)
            elif value._b_needsfree_:
                start = ctypes.addressof(value)
                if start <= address < start + ctypes.sizeof(value):
                    return value
            todo.append(value._objects)
    return None


def show_error(code: int) -> str:
    name = getattr(WSA_ERROR_NAMES[code], "name", None)
    return f"{name} ({code})" if name else str(code)


def has_failed(name: str, real: Any, result: Any) -> bool:
    kind = real.prototype.split()[0]
    if name in _NEVER_FAILS:
        return False
    if name in _RETURNS_CODE:
        return bool(result)
    if kind == "SOCKET":
        return bool(result == winsock2.INVALID_SOCKET)
    if kind == "BOOL":
        return not result
    if kind == "INT":
        return bool(result == -1)
    if kind in ("HANDLE", "WSAEVENT"):
        return result is None
    return kind == "DWORD" and result == 0xFFFFFFFF


def show_result(name: str, real: Any, result: Any) -> str:
    kind = real.prototype.split()[0]
    if kind == "VOID":
        return ""
    if kind == "BOOL":
        return "TRUE" if result else "FALSE"
    if kind == "SOCKET" and result == winsock2.INVALID_SOCKET:
        return "INVALID_SOCKET"
    if kind in ("HANDLE", "WSAEVENT"):
        return "NULL" if result is None else str(result)
    if kind == "INT" and result == -1:
        return "SOCKET_ERROR"
    if name.endswith("LastError"):
        return show_error(int(result)) if result else "0"
    if kind == "DWORD" and (name == "SleepEx" or "Wait" in name):
        return _WAITS.get(result, str(result))
    return str(result)


def show_address(address: int | None) -> str:
    """A SOCKADDR as people write it."""
    if not address:
        return "NULL"
    copy = _memory.read(address, 28) or _memory.read(address, 16)
    if copy is None:
        return hex(address)
    family = int.from_bytes(copy[:2], "little")
    if family == 2:
        return f"{'.'.join(map(str, copy[4:8]))}:{int.from_bytes(copy[2:4], 'big')}"
    return f"family {family}" if family else "-"


@functools.cache
def bool_parameters(prototype: str) -> set[str]:
    """The names of the BOOL parameters: as a ctypes type, BOOL is INT."""
    texts = prototype[prototype.index("(") + 1 : -1].split(", ")
    return {text.removeprefix("BOOL ") for text in texts if text.startswith("BOOL ")}


def show(ctype: Any, value: Any, is_bool: bool = False) -> str:
    """An argument, in words that are as short as they can be."""
    if isinstance(value, _values.Constant):
        return value.name
    if value is None:
        return "NULL"
    if isinstance(value, _routines.CompletionRoutine):
        return str(getattr(value, "__name__", "routine"))
    if isinstance(value, ctypes._SimpleCData) and not isinstance(value, ctypes._Pointer):
        value = value.value
    if isinstance(value, bool):
        value = int(value)
    if isinstance(value, int):
        if is_bool:
            return "TRUE" if value else "FALSE"
        if ctype is winsock2.SOCKET and value == winsock2.INVALID_SOCKET:
            return "INVALID_SOCKET"
        if ctype is HANDLE and value == INVALID_HANDLE_VALUE:
            return "INVALID_HANDLE_VALUE"
        if ctype in (ULONG_PTR, LPVOID) and value or value > 0xFFFFFFFF:
            return hex(value)
        return str(value)
    if isinstance(value, (bytes, str)):
        return _values.describe(value)
    if isinstance(ctype, type) and issubclass(ctype, ctypes._Pointer):
        address = address_of(value)
        if ctype is winsock2.LPSOCKADDR:
            return show_address(address)
        target: Any = ctype._type_
        if not address or ctype is winsock2.LPWSAOVERLAPPED or issubclass(target, ctypes._Pointer):
            return hex(address) if address else "NULL"
        if _memory.is_freed(address):
            return f"{hex(address)} (freed)"
        copy = _memory.read(address, ctypes.sizeof(target))
        if copy is None:
            return f"{hex(address)} (not readable)"
        content = target.from_buffer_copy(copy)
        if target is ULONG_PTR:
            return f"&{hex(content.value) if content.value else 0}"
        if ctypes.sizeof(target) > 64:
            return hex(address)
        text = _values.describe(content.value if isinstance(content, ctypes._SimpleCData) else content, 1)
        return f"&{text}"
    address = address_of(value)
    return hex(address) if address else _values.describe(value, 1)


def show_out(ctype: Any, value: Any) -> str | None:
    """What a function has stored where an argument points: numbers, pointers and addresses of sockets."""
    if value is None or not (isinstance(ctype, type) and issubclass(ctype, ctypes._Pointer)):
        return None
    address, target = address_of(value), ctype._type_
    if not address:
        return None
    if ctype is winsock2.LPSOCKADDR:
        return show_address(address)
    if issubclass(target, ctypes._Pointer) or target is ULONG_PTR:
        return hex(number_at(address))
    if issubclass(target, ctypes._SimpleCData):
        copy = _memory.read(address, ctypes.sizeof(target))
        return str(target.from_buffer_copy(copy).value) if copy else None
    return None


def dumps(event: Event) -> str:
    """One line. No `<`: the line is also put into a page."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
