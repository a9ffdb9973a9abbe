"""Takes the places of functions: what a script that is started now imports and prints to is recorded. Puts all back again."""

from __future__ import annotations

import functools
import io
import os
import sys
from typing import Any

import winsock_ctypes
from winsock_ctypes import stdlib
from winsock_ctypes._functions import ForeignFunction
from winsock_ctypes._routines import CompletionRoutine
from winsock_ctypes.trace.recorder import Recorder

_EXTENSIONS = ("AcceptEx", "ConnectEx", "DisconnectEx", "GetAcceptExSockaddrs", "TransmitFile", "WSARecvMsg")


class Places:
    """`with Places(recorder):` what is called and printed meanwhile is recorded."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.undo: list[tuple[Any, str, Any]] = []
        self.streams: list[io.TextIOWrapper] = []

    def __enter__(self) -> Places:
        self.take()
        return self

    def __exit__(self, *_: object) -> None:
        self.give_back()

    def put(self, place: Any, name: str, value: Any) -> None:
        self.undo.append((place, name, getattr(place, name)))
        setattr(place, name, value)

    def take(self) -> None:
        instead: dict[int, Any] = {}
        for module in (winsock_ctypes, *winsock_ctypes._headers):
            for name, value in list(vars(module).items()):
                if name[0] == "_" or value is CompletionRoutine or value is ForeignFunction:
                    continue
                if id(value) not in instead:
                    instead[id(value)] = self.recording(value)
                if instead[id(value)] is not None:
                    self.put(module, name, instead[id(value)])
        descriptors = {}
        for name in ("stdout", "stderr"):
            stream = getattr(sys, name)
            if stream is not None:
                self.put(sys, name, self.recording_stream(name, stream))
            descriptors[1 + (name == "stderr")] = name
        self.put(os, "write", self.recording_write(os.write, descriptors))

    def give_back(self) -> None:
        for place, name, value in reversed(self.undo):
            setattr(place, name, value)
        self.undo.clear()
        for stream in self.streams:
            stream.detach()  # with what was not yet written, and without closing what is underneath
        self.streams.clear()

    # ---- functions ------------------------------------------------------------------------------------------------

    def recording(self, value: Any) -> Any:
        """What takes the place of `value`; None if nothing does."""
        if isinstance(value, ForeignFunction):
            return RecordedFunction(self.recorder, value)
        if value is stdlib.malloc or value is stdlib.free:
            method = self.recorder.malloc if value is stdlib.malloc else self.recorder.free
            return functools.wraps(value)(functools.partial(method, value))
        if value is winsock_ctypes.LPWSAOVERLAPPED_COMPLETION_ROUTINE:
            return self.recording_routine(value)
        if isinstance(value, type) and issubclass(value, ForeignFunction):
            return self.recording_pointer(value)
        return None

    def recording_routine(self, cls: Any) -> Any:
        recorder = self.recorder

        def new(new_cls: Any, function: Any) -> Any:
            cls._check(function)

            def recorded(*arguments: Any) -> Any:
                return recorder.routine(function, arguments)

            functools.update_wrapper(recorded, function)
            return cls.__new__(new_cls, recorded)

        body = {"__new__": new, "_flags_": cls._flags_, "__doc__": cls.__doc__, "__module__": cls.__module__}
        return type(cls)(cls.__name__, (cls,), body | {"_argtypes_": cls._argtypes_, "_restype_": cls._restype_})

    def recording_pointer(self, cls: Any) -> Any:
        recorder = self.recorder
        name = cls.__name__.removeprefix("LPFN_")
        shown = {text.upper(): text for text in _EXTENSIONS}.get(name) or name

        def call(instance: Any, *arguments: Any, **named: Any) -> Any:
            return RecordedFunction(recorder, _Bound(cls, instance, shown))(*arguments, **named)

        body = {"__call__": call, "_flags_": cls._flags_, "_argtypes_": cls._argtypes_, "_restype_": cls._restype_}
        return type(cls)(cls.__name__, (cls,), body | {"__doc__": cls.__doc__, "__module__": cls.__module__})

    # ---- output ---------------------------------------------------------------------------------------------------

    def recording_stream(self, name: str, stream: Any) -> Any:
        if type(stream) is not io.TextIOWrapper:
            return _Proxy(self.recorder, name, stream)
        stream.flush()
        copy = RecordedText(self.recorder, name, stream)
        self.streams.append(copy)
        return copy

    def recording_write(self, real: Any, descriptors: dict[int, str]) -> Any:
        recorder = self.recorder

        @functools.wraps(real)
        def write(fd: Any, data: Any, /) -> Any:
            written = real(fd, data)
            if name := descriptors.get(fd):
                recorder.output(name, bytes(memoryview(data).cast("B")[:written]).decode(errors="replace"))
            return written

        return write


class _Bound:
    """A function pointer and its class, as one callable."""

    def __init__(self, cls: Any, instance: Any, name: str):
        self.cls, self.instance, self.__name__ = cls, instance, name
        self.types, self.prototype, self.names = cls.types, cls.prototype, tuple(cls.types)
        self.__wrapped__ = cls.__wrapped__

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return self.cls.__call__(self.instance, *arguments, **named)


class RecordedFunction:
    """A function that is recorded: looks and behaves like the function itself."""

    def __init__(self, recorder: Recorder, real: Any):
        self._recorder, self._real = recorder, real
        self.__name__, self.__doc__ = real.__name__, real.__doc__

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return self._recorder.call(self.__name__, self._real, arguments, named)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def __repr__(self) -> str:
        return repr(self._real)


class RecordedText(io.TextIOWrapper):
    """Standard output or error: a second text layer over the same bytes, which records what is written to it."""

    def __init__(self, recorder: Recorder, name: str, stream: io.TextIOWrapper) -> None:
        newline = "\n" if os.linesep == "\n" else None
        more = {"line_buffering": stream.line_buffering, "write_through": stream.write_through}
        super().__init__(stream.buffer, stream.encoding, stream.errors, newline, **more)
        self._recorder, self._name = recorder, name
        self._bytes = _Proxy(recorder, name, stream.buffer)

    def write(self, text: str) -> int:
        written = super().write(text)
        self._recorder.output(self._name, text)
        return written

    @property
    def buffer(self) -> Any:
        return self._bytes


class _Proxy:
    """A stream of another kind, or the bytes below: what is written is recorded as text, everything else passed on."""

    def __init__(self, recorder: Recorder, name: str, stream: Any) -> None:
        self._recorder, self._name, self._stream = recorder, name, stream

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return type(self._stream)

    def write(self, content: Any) -> Any:
        written = self._stream.write(content)
        text = content if isinstance(content, str) else bytes(content).decode(errors="replace")
        self._recorder.output(self._name, text)
        return written

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def __iter__(self) -> Any:
        return iter(self._stream)
