"""An example, run again and again, each time with a function that fails: python failing.py EXAMPLE FUNCTION...

FUNCTION:2 is one whose second call fails. Where a client is needed, one connects. Prints a line of JSON for
each run: the exit status, and what went to standard error.
"""

import contextlib
import io
import itertools
import json
import os
import runpy
import socket
import sys
import threading
import time
from pathlib import Path

import winsock_ctypes
from winsock_ctypes import FALSE, INVALID_SOCKET, SOCKET_ERROR, WSAENOBUFS, WSASetLastError

FAILED = {"socket": INVALID_SOCKET, "WSASocket": INVALID_SOCKET, "accept": INVALID_SOCKET, "WSAStartup": WSAENOBUFS}
FAILED |= dict.fromkeys(["SetFileCompletionNotificationModes", "GetQueuedCompletionStatusEx"], FALSE)


clients = []


def knock(port):
    """A client that comes once, and stays."""
    while True:
        with contextlib.suppress(OSError):
            clients.append(socket.create_connection(("127.0.0.1", port)))
            return
        time.sleep(0.01)


def failing(name, number):
    real, calls = getattr(winsock_ctypes, name), itertools.count(1)

    def fails(*arguments):
        if next(calls) != number:
            return real(*arguments)
        WSASetLastError(WSAENOBUFS)
        return FAILED.get(name, SOCKET_ERROR)

    return fails


def main(example, *functions):
    sys.path.insert(0, str(Path(example).parent))
    for name, _, number in (function.partition(":") for function in functions):
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = str(probe.getsockname()[1])
        sys.argv[1:] = ["127.0.0.1", port] if example.endswith("client.py") else [port]
        real, status = getattr(winsock_ctypes, name), None
        setattr(winsock_ctypes, name, failing(name, int(number or 1)))
        if name in ("accept", "SetFileCompletionNotificationModes"):
            threading.Thread(target=knock, args=[int(port)], daemon=True).start()
        with contextlib.redirect_stderr(io.StringIO()) as told, contextlib.redirect_stdout(io.StringIO()):
            try:
                runpy.run_path(example, run_name="__main__")
            except SystemExit as ended:
                status = ended.code
        setattr(winsock_ctypes, name, real)
        print(json.dumps([status, told.getvalue()]), flush=True)
    os._exit(0)  # the sockets of the runs, and their workers, are left as the ends of the processes would leave them


main(*sys.argv[1:])
