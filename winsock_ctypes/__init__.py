"""Windows sockets and overlapped I/O as the C headers declare them: `from winsock_ctypes import *` is `#include <winsock2.h>`.

Every name is the header's. Functions follow C's conventions: they return what the C functions return, and after a failure
`WSAGetLastError()` tells why. `help(WSARecv)` shows the prototype, what it returns, its errors and its page on Microsoft Learn.

What is not a name of the headers' is imported by its own: `imported_from` declares one more function of a DLL, and
`function_pointer` one more function that WSAIoctl knows, as comfortable as those that are here.
"""

import sys

if sys.platform != "win32":
    raise ImportError(
        "winsock_ctypes calls ws2_32.dll, which only Windows has. From a checkout on Linux, a Windows Python under Wine "
        "runs it: tests/wine/python YOUR_SCRIPT.py"
    )
if sys.maxsize < 2**32:
    raise ImportError("winsock_ctypes needs a 64-bit Python (this one is 32-bit): install the 'Windows installer (64-bit)'.")

# ruff: noqa: E402, F403
import ctypes as _ctypes
from ctypes import addressof, byref, sizeof  # C's casts of a pointer to a number, & and sizeof
from types import FunctionType as _Function
from typing import Any as _Any

from winsock_ctypes import mswsock, stdio, stdlib, string, winbase, windef, winerror, winsock2, ws2tcpip
from winsock_ctypes._functions import _C_TYPES
from winsock_ctypes._functions import ForeignFunction as _ForeignFunction
from winsock_ctypes._functions import function_pointer as function_pointer
from winsock_ctypes._functions import imported_from as imported_from
from winsock_ctypes._routines import CompletionRoutine as _CompletionRoutine
from winsock_ctypes.mswsock import *
from winsock_ctypes.stdio import *
from winsock_ctypes.stdlib import *
from winsock_ctypes.string import *
from winsock_ctypes.winbase import *
from winsock_ctypes.windef import *
from winsock_ctypes.winerror import *
from winsock_ctypes.winsock2 import *
from winsock_ctypes.ws2tcpip import *

_headers = (windef, winerror, winbase, winsock2, ws2tcpip, mswsock, stdlib, string, stdio)

_BASES = (_CompletionRoutine, _ForeignFunction)


def _declares(header: _Any, value: _Any) -> bool:
    """Whether a value is what headers consist of: a constant, a type of C, a structure, a function, a macro."""
    if isinstance(value, type):
        return issubclass(value, _C_TYPES) and value not in _BASES
    if isinstance(value, _Function):
        return value.__module__ == header.__name__
    return value is None or isinstance(value, (int, _ForeignFunction, _ctypes.Structure, stdio.FILE))


_declared = {name for header in _headers for name, value in vars(header).items() if name[0] != "_" and _declares(header, value)}
__all__ = sorted(_declared | {"POINTER", "Structure", "Union", "addressof", "byref", "sizeof", "live_blocks"})  # pyright: ignore[reportUnsupportedDunderAll]
