"""string.h: memset, memmove, strlen and strcmp, as the C programs call them."""

from __future__ import annotations

import ctypes as _ctypes
from typing import Any

from winsock_ctypes.stdio import _c_string

# PYFUNCTYPE: the call is so short that another thread is not let in meanwhile. It might keep us waiting for milliseconds.
_memset = _ctypes.PYFUNCTYPE(_ctypes.c_void_p, _ctypes.c_void_p, _ctypes.c_int, _ctypes.c_size_t)(
    _ctypes.cast(_ctypes.memset, _ctypes.c_void_p).value or 0
)


def _refused(function: str, parameter: str, given: str) -> TypeError:
    """ctypes would take both for addresses, and let Python's own constants be overwritten."""
    cure = "use its .encode()" if parameter == "source" else "use create_string_buffer(...), for bytes cannot change"
    return TypeError(
        f"{function}: {parameter} must be a pointer, byref(...), a ctypes array or an address, not {given}: {cure}"
    )


def memset(ptr: Any, value: int, num: int) -> Any:
    """Fill `num` bytes from `ptr` on (a pointer, `byref(…)` or an address) with the byte `value`. Returns `ptr`."""
    if isinstance(ptr, (bytes, str)):
        raise _refused("memset", "ptr", type(ptr).__name__)
    _memset(ptr, value, num)
    return ptr


def memmove(destination: Any, source: Any, num: int) -> Any:
    """Copy `num` bytes. The two places (each a pointer, `byref(…)`, an array or an address) may overlap.

    Bytes may be the source. Returns `destination`.
    """
    if isinstance(destination, (bytes, str)):
        raise _refused("memmove", "destination", type(destination).__name__)
    if isinstance(source, str):
        raise _refused("memmove", "source", "str")
    _ctypes.memmove(destination, source, num)
    return destination


def strlen(str: Any) -> int:
    """The number of bytes before the first zero byte. `str`: an array of CHAR, bytes or a str."""
    return len(_c_string(str).split(b"\0", 1)[0])


def strcmp(str1: Any, str2: Any) -> int:
    """0 if two strings are equal, -1 if the first is less, 1 if it is greater. Each an array of CHAR, bytes or a str."""
    one, two = (_c_string(text).split(b"\0", 1)[0] for text in (str1, str2))
    return (one > two) - (one < two)
