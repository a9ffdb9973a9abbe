"""Memory that is safe to look at: reading an address that may be wrong, and the list of malloc's blocks."""

from __future__ import annotations

import atexit
import ctypes
import gc

# Without use_last_error: looking at memory must not change what WSAGetLastError() says.
_kernel32 = ctypes.WinDLL("kernel32")
_ReadProcessMemory = _kernel32.ReadProcessMemory
_ReadProcessMemory.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p)
_THIS_PROCESS = ctypes.c_void_p(-1)
_CData = ctypes.c_int.__mro__[-2]


@atexit.register
def _leave_to_the_kernel() -> None:
    """Operations may be pending when Python ends: the memory that ctypes has is the kernel's until the process is gone."""
    for thing in gc.get_objects():
        if issubclass(type(thing), _CData):
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(thing))


live_blocks: dict[int, int] = {}
"""malloc's blocks that were not freed yet: address -> size in bytes. Watch it in a debugger; empty means no leak."""

freed_blocks: dict[int, int] = {}
"""The latest 1,000 blocks that were freed: address -> size in bytes."""


def read(address: int, size: int) -> bytes | None:
    """A copy of the bytes at `address`; None where there is no memory to read."""
    copy = ctypes.create_string_buffer(size)
    return copy.raw if _ReadProcessMemory(_THIS_PROCESS, address, copy, size, None) else None


def _inside(blocks: dict[int, int], address: int) -> bool:
    return any(start <= address < start + size for start, size in list(blocks.items()))


def is_freed(address: int) -> bool:
    """Whether `address` lies in a block that was freed, and not handed out again since."""
    return _inside(freed_blocks, address) and not _inside(live_blocks, address)
