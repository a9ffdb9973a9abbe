"""Where in the program something happens: its frames and its files.

The program begins above the recorder's starter. Of what lies above, frames of Python's own files and of this package's are
left out; the recorder's `call` stands for the function of a DLL that is called. A file is told of once, with its text, before
a stack refers to it.
"""

from __future__ import annotations

import os
import sys
import types
from collections.abc import Callable

import winsock_ctypes
from winsock_ctypes.trace import Event, words

_HERE = os.path.dirname(os.path.abspath(__file__))
_PACKAGE = os.path.dirname(os.path.abspath(winsock_ctypes.__file__))
_PYTHON = os.path.abspath(sys.base_prefix)
STARTER = os.path.join(_HERE, "__main__.py")  # the program begins above it


class Frames:
    """`put` is told of files. `call` is the code of the recorder's that calls into a DLL; its `name` says which function."""

    def __init__(self, put: Callable[[Event], None], call: types.CodeType) -> None:
        self.put = put
        self.call = call
        self.folder = os.getcwd()
        self.files: dict[str, int | None] = {}
        self.lines: list[list[str]] = []  # of each file

    def file(self, name: str) -> int | None:
        """The number of a file of the program; None for the files of Python and of this package."""
        if name not in self.files:
            path = os.path.abspath(name)
            text = None
            if not path.startswith((_PACKAGE + os.sep, _PYTHON + os.sep)) and not name.startswith("<"):
                try:
                    with open(path, encoding="utf-8", errors="replace") as file:
                        text = file.read()
                except OSError:
                    pass
            self.files[name] = None if text is None else len(self.lines)
            if text is not None:
                self.lines.append(text.splitlines())
                short = words.short_name(path, self.folder)
                self.put({"e": "source", "file": self.files[name], "name": short, "text": text})
        return self.files[name]

    def chain(self) -> list[types.FrameType]:
        """The frames above the start of the program, the outermost first."""
        chain: list[types.FrameType] = []
        frame: types.FrameType | None = sys._getframe(2)
        while frame is not None and frame.f_code.co_filename != STARTER:
            chain.append(frame)
            frame = frame.f_back
        chain.reverse()
        return chain

    def stack(self, chain: list[types.FrameType]) -> list[tuple[str, int, int]]:
        """The program's frames as (function, file, line), the outermost first; a call into a DLL has file -1."""
        frames: list[tuple[str, int, int]] = []
        for frame in chain:
            code = frame.f_code
            if code is self.call:
                frames.append((frame.f_locals["name"], -1, 0))
            elif (file := self.file(code.co_filename)) is not None:
                frames.append((code.co_name, file, frame.f_lineno))
        return frames

    def caller(self, chain: list[types.FrameType]) -> types.FrameType | None:
        """The program's own frame that is innermost."""
        return next((frame for frame in reversed(chain) if os.path.dirname(frame.f_code.co_filename) != _HERE), None)
