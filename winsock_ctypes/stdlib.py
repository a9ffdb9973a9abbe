"""stdlib.h: malloc, free, atoi and exit, as the C programs call them.

The memory is the process heap's (kernel32's HeapAlloc and HeapFree), so Python's garbage collector knows nothing of it:
like in C, a block lives until it is freed, whatever Python objects come and go. `live_blocks` lists what was not freed yet.
"""

from __future__ import annotations

import ctypes
import re as _re
from typing import Any, NoReturn

from winsock_ctypes._memory import freed_blocks, live_blocks
from winsock_ctypes.stdio import _c_string
from winsock_ctypes.string import _memset

# Without use_last_error: malloc and free leave WSAGetLastError() alone. PyDLL and PYFUNCTYPE: these calls are so short that
# another thread is not let in meanwhile. It might keep us waiting for milliseconds.
_kernel32 = ctypes.PyDLL("kernel32")
_GetProcessHeap = _kernel32.GetProcessHeap
_GetProcessHeap.restype = ctypes.c_void_p
_HeapAlloc = _kernel32.HeapAlloc
_HeapAlloc.argtypes = (ctypes.c_void_p, ctypes.c_uint32, ctypes.c_size_t)
_HeapAlloc.restype = ctypes.c_void_p
_HeapFree = _kernel32.HeapFree
_HeapFree.argtypes = (ctypes.c_void_p, ctypes.c_uint32, ctypes.c_void_p)
_heap = _GetProcessHeap()

_GUARD = b"\xfd" * 16  # lies before and behind each block, so that free sees what was written beyond it
_guard_at: Any = (ctypes.c_char * len(_GUARD)).from_address
_POISON = 0xDD  # what a freed block is filled with, so that a late look at it does not pass for data
_REMEMBERED = 1000


def malloc(size: int) -> int | Any:
    """`size` bytes of memory, not initialised.

    Returns the address, where a structure is then laid: `WSAOVERLAPPED.from_address(malloc(sizeof(WSAOVERLAPPED)))`; None
    (NULL) if there is not that much memory. Raises TypeError or ValueError for a size that is no size.
    """
    if not isinstance(size, int):
        raise TypeError(f"size must be an int, not {type(size).__name__}")
    if not 0 <= size < 1 << 63:
        raise ValueError(f"size must be from 0 to 2**63 - 1, not {size}")
    start: int | None = _HeapAlloc(_heap, 0, len(_GUARD) + size + len(_GUARD))
    if start is None:
        return None
    address = start + len(_GUARD)
    _guard_at(start).raw = _guard_at(address + size).raw = _GUARD
    live_blocks[address] = size
    freed_blocks.pop(address, None)
    return address


def _written_beyond(address: int, size: int) -> str | None:
    """What was written beyond an end of a block, in words."""
    before, behind = _guard_at(address - len(_GUARD)).raw, _guard_at(address + size).raw
    if before == behind == _GUARD:
        return None
    where, count = ("behind", len(behind.rstrip(_GUARD))) if behind != _GUARD else ("before", len(before.lstrip(_GUARD)))
    return (
        f"the program, or the kernel for it, has written {where} this block of {size} bytes ({count} or more of them): "
        "is a length too large, or is the size that of a pointer?"
    )


def free(ptr: Any) -> None:
    """Give a block of malloc's back. NULL is allowed and does nothing.

    ptr: the address, as malloc returned it, or a pointer to it. Raises ValueError for any other address and for a block
    that was freed already (C would go on with a damaged heap); also for a block beyond whose ends something was written,
    which stays as it is, to be looked at.
    """
    address = ptr if ptr is None or isinstance(ptr, int) else ctypes.cast(ptr, ctypes.c_void_p).value
    if address is None:
        return
    size = live_blocks.pop(address, None)
    if size is None:
        state = "was freed already" if address in freed_blocks else "is not a block of malloc's"
        raise ValueError(f"free: 0x{address:x} {state}")
    if (beyond := _written_beyond(address, size)) is not None:
        live_blocks[address] = size
        raise ValueError(f"free: 0x{address:x}: {beyond}")
    _memset(address, _POISON, size)
    freed_blocks[address] = size
    if len(freed_blocks) > _REMEMBERED:
        del freed_blocks[next(iter(freed_blocks))]
    _HeapFree(_heap, 0, address - len(_GUARD))


def atoi(str: Any) -> int:
    """The number at the start of a text, after blanks: `atoi("9190")` is 9190.

    Returns 0 if there is none, and INT_MAX or INT_MIN if it is too large.

    str: a str, bytes or an array of CHAR. As it cannot tell a mistake, ask `str.isdecimal()` before.
    """
    sign, digits = _re.findall(rb"\A[ \t-\r]*([+-]?)0*([0-9]{0,11})", _c_string(str))[0]
    return max(-(2**31), min(int(sign + digits) if digits else 0, 2**31 - 1))


def exit(status: int | str) -> NoReturn:
    """End the program, 0 for success. (A text as `status` is printed to standard error, and the status is 1.)"""
    raise SystemExit(status)
