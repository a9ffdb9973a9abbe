"""Windows sockets and overlapped I/O as the C headers declare them: `from winsock_ctypes import *` is `#include <winsock2.h>`.

Every name is the header's. Functions follow C's conventions: they return what the C functions return, and after a failure
`WSAGetLastError()` tells why. `help(WSARecv)` shows the prototype, what it returns, its errors and its page on Microsoft Learn.
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
from winsock_ctypes import _foreign, mswsock, stdlib, winbase, windef, winerror, winsock2, ws2tcpip
from winsock_ctypes.mswsock import *
from winsock_ctypes.stdlib import *
from winsock_ctypes.winbase import *
from winsock_ctypes.windef import *
from winsock_ctypes.winerror import *
from winsock_ctypes.winsock2 import *
from winsock_ctypes.ws2tcpip import *

# Exactly the headers' names: without what the header modules import for themselves.
_headers = (windef, winerror, winbase, winsock2, ws2tcpip, mswsock, stdlib)
_helpers = {*vars(_foreign), "Final", "ipaddress", "kernel32", "ws2_32", "freed_blocks"}
_helpers |= {"ERROR_NAMES", "WSA_ERROR_NAMES", "STATUS_NAMES"}
_helpers -= {"POINTER", "Structure", "Union"}
__all__ = sorted({name for header in _headers for name in vars(header) if name[0] != "_"} - _helpers)
