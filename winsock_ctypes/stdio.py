"""stdio.h: puts, fputs, printf, fgets and the three standard streams, as the C programs call them.

Where text goes and comes from is sys.stdout, sys.stderr and sys.stdin, as they are at the moment of the call. What is
written is to be seen at once, at a console and in a pipe. Bytes pass as they are in both directions (at a console Python
takes them for UTF-8), so that what was typed is what is sent; a str is encoded as the stream says. As in C, a stream that
takes no more (the reader of a pipe is gone) makes a function return EOF, and the program goes on.
"""

from __future__ import annotations

import ctypes as _ctypes
import os as _os
import sys as _sys
from typing import Any

EOF = -1


class FILE:
    """A standard stream of C's: `stdin`, `stdout` or `stderr`."""

    def __init__(self, name: str, doc: str) -> None:
        self.__doc__ = doc
        self._name = name
        self._broken: Any = None  # the stream, once it took no more

    @property
    def _stream(self) -> Any:
        return getattr(_sys, self._name)

    def __repr__(self) -> str:
        return f"<FILE {self._name}>"


stdin = FILE("stdin", "Standard input: sys.stdin, as it is when a function is called.")
stdout = FILE("stdout", "Standard output: sys.stdout, as it is when a function is called.")
stderr = FILE("stderr", "Standard error: sys.stderr, as it is when a function is called.")


def _c_string(value: Any, encoding: str = "utf-8") -> bytes:
    """The bytes of a `const char *`: a str, bytes, an array of characters, or a pointer to some."""
    if isinstance(value, str):
        return value.encode(encoding, "backslashreplace")
    if isinstance(value, (_ctypes.c_char_p, _ctypes.Array)):  # up to the zero byte, as C reads it
        of_bytes = getattr(getattr(value, "_type_", None), "_type_", None) in ("b", "B")
        value = bytes(value).split(b"\0", 1)[0] if of_bytes else value.value
    if not isinstance(value, bytes):
        raise TypeError(f"a C string must be a str, bytes or an array of CHAR or BYTE, not {type(value).__name__}")
    return value


def _checked(function: str, stream: Any) -> Any:
    """The stream of Python that a FILE is now."""
    if not isinstance(stream, FILE):
        raise TypeError(f"{function}: stream must be stdin, stdout or stderr of winsock_ctypes, not {type(stream).__name__}")
    return stream._stream


def _encoding(stream: Any) -> str:
    return getattr(stream, "encoding", None) or "utf-8"


def _write(file: FILE, data: bytes) -> int:
    stream = file._stream
    if stream is None or stream is file._broken:  # None: a program without a console
        return EOF
    try:
        stream.flush()  # what print has left there comes first
        if hasattr(stream, "buffer"):
            stream.buffer.write(data)
            stream.buffer.flush()
        else:  # text only, as IDLE's is
            stream.write(data.decode(_encoding(stream), "backslashreplace"))
            stream.flush()
    except (OSError, ValueError):  # the reader is gone; the stream is closed
        file._broken = stream
        _forget(stream)
        return EOF
    return 0


def _forget(stream: Any) -> None:
    """Python keeps what it could not write, and would fail with it once more at its end: let it go into the void."""
    try:
        void = _os.open(_os.devnull, _os.O_WRONLY)
        _os.dup2(void, stream.fileno())
        _os.close(void)
    except (OSError, ValueError):
        pass


def fputs(str: Any, stream: FILE) -> int:
    """Write a string, without an end of line. Returns 0; EOF if it could not be written."""
    return _write(stream, _c_string(str, _encoding(_checked("fputs", stream))))


def puts(str: Any) -> int:
    """Write a string and the end of the line to standard output. Returns 0; EOF if it could not be written."""
    return _write(stdout, _c_string(str, _encoding(stdout._stream)) + b"\n")


def printf(format: Any, *arguments: Any) -> int:
    """Write `format` to standard output, with its `%s`, `%d`, `%x`, ... replaced by the arguments, in order.

    The conversions are those of Python's `%`. Returns the number of bytes; EOF if they could not be written. Raises TypeError
    where C's behaviour is undefined: too few arguments, too many, or of the wrong kind.
    """
    encoding = _encoding(stdout._stream)

    def value(argument: Any) -> Any:
        if isinstance(argument, (str, _ctypes.c_char_p, _ctypes.Array)):
            return _c_string(argument, encoding)
        return argument.value if isinstance(argument, _ctypes._SimpleCData) else argument

    data = _c_string(format, encoding) % tuple(map(value, arguments))
    return EOF if _write(stdout, data) == EOF else len(data)


def fgets(str: Any, n: int, stream: FILE) -> Any:
    """Read a line, its end included, but at most `n - 1` bytes, into the array `str`, and end it with a zero byte.

    A longer line is read in pieces, by one call each; `\\r\\n` becomes `\\n`. Returns NULL at the end of the input, and leaves
    the array as it is. Otherwise returns what was read where it lies in the array. As in C that is a pointer to `str`; unlike
    C's it knows how many bytes there are, zero bytes among them included: `sizeof(fgets(message, BUF_SIZE, stdin))`.
    """
    if not isinstance(str, _ctypes.Array) or not 2 <= n <= _ctypes.sizeof(str):
        raise ValueError(f"fgets: str must be an array of CHAR with room for {n} bytes")
    buffer = getattr(_checked("fgets", stream), "buffer", None)
    try:
        line = buffer.readline(n - 1) if buffer is not None else (stream._stream.readline(n - 1)).encode()[: n - 1]
        if line.endswith(b"\r") and buffer is not None and buffer.peek(1)[:1] == b"\n":
            line += buffer.read(1)
    except (OSError, ValueError, AttributeError):
        return None
    if not line:
        return None
    line = line.replace(b"\r\n", b"\n")
    _ctypes.memmove(str, line + b"\0", len(line) + 1)
    return (_ctypes.c_char * len(line)).from_buffer(str)
