"""A server of examples/ on functions as ctypes finds them: no argument types, so that nothing is checked or converted.

python bare_echo_server.py <port> overlapped_echo_server|iocp_echo_server

What the program calls for each echo is replaced, and nothing else: what the package's own argument types cost is the
difference to the same program without this one.
"""

import ctypes
import runpy
import sys
from pathlib import Path

import winsock_ctypes

EXAMPLES = Path(__file__).resolve().parent.parent.parent / "examples"
CALLS = {"ws2_32": ("WSARecv", "WSASend"), "kernel32": ("SleepEx", "GetQueuedCompletionStatus")}

if __name__ == "__main__":
    program = str(EXAMPLES / f"{sys.argv[2]}.py")
    sys.path.insert(0, str(EXAMPLES))
    for dll, names in CALLS.items():
        bare = ctypes.WinDLL(dll, use_last_error=True)
        for name in names:
            setattr(winsock_ctypes, name, bare[name])
    sys.argv = [program, sys.argv[1]]
    runpy.run_path(program, run_name="__main__")
