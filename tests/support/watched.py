"""Runs an example as `python example.py ARGS` would, and lets a test watch it from within.

    python watched.py EXAMPLE ARGS...

Standard input takes commands, a line each: `report` prints the number of live blocks and handles, the memory in use, how
often a socket was closed or cancelled that was closed already, and how much of what the example opened is open, to standard
error; `interrupt` is Ctrl+C, as the interpreter sees it.
"""

import _thread
import ctypes
import os
import runpy
import sys
import threading
from pathlib import Path

stale = []  # the names of the calls
opened = set()  # (function that closes it, its number): sockets, events, ports; and Winsock itself, as number 0
OPENS = {"socket": "closesocket", "WSASocket": "closesocket", "accept": "closesocket", "WSACreateEvent": "WSACloseEvent"}
OPENS |= {"CreateIoCompletionPort": "CloseHandle", "WSAStartup": "WSACleanup"}


def notice_what_is_open():
    import winsock_ctypes

    def opens(name, function, by):
        def call(*arguments):
            result = function(*arguments)
            if name == "WSAStartup" or result not in (None, 0, winsock_ctypes.INVALID_SOCKET):
                opened.add((by, 0 if name == "WSAStartup" else result))
            return result

        setattr(winsock_ctypes, name, call)

    def closes(name, function):
        def call(*arguments):
            result = function(*arguments)
            opened.discard((name, *(arguments or [0])))
            return result

        setattr(winsock_ctypes, name, call)

    for name, by in OPENS.items():
        opens(name, getattr(winsock_ctypes, name), by)
    for name in set(OPENS.values()):
        closes(name, getattr(winsock_ctypes, name))


def notice_stale_sockets():
    import winsock_ctypes

    def watched(name, function, error):
        def call(*arguments):
            result = function(*arguments)
            if winsock_ctypes.GetLastError() == error and (result != 0) == (name == "closesocket"):
                stale.append(name)
            return result

        setattr(winsock_ctypes, name, call)

    watched("closesocket", winsock_ctypes.closesocket, winsock_ctypes.WSAENOTSOCK)
    watched("CancelIoEx", winsock_ctypes.CancelIoEx, winsock_ctypes.ERROR_INVALID_HANDLE)


def report(word):
    stdlib = sys.modules.get("winsock_ctypes.stdlib")
    kernel32 = ctypes.WinDLL("kernel32")
    kernel32.GetCurrentProcess.restype = ctypes.c_void_p
    counters = (ctypes.c_size_t * 9)(ctypes.sizeof(ctypes.c_size_t * 9))  # PROCESS_MEMORY_COUNTERS; [7] is PagefileUsage
    kernel32.K32GetProcessMemoryInfo(ctypes.c_void_p(kernel32.GetCurrentProcess()), counters, ctypes.sizeof(counters))
    blocks = len(stdlib.live_blocks) if stdlib else 0
    numbers = f"blocks={blocks} handles={handle_count(kernel32)} memory={counters[7]} stale={len(stale)} open={len(opened)}"
    sys.stderr.write(f"{word} {numbers}\n")  # in one piece, whatever the other threads print
    sys.stderr.flush()


def handle_count(kernel32):
    count = ctypes.c_uint32()
    kernel32.GetProcessHandleCount(ctypes.c_void_p(kernel32.GetCurrentProcess()), ctypes.byref(count))
    if count.value:
        return count.value
    # Wine's answer is always 0. So count this process's entries in the list of all handles: SystemExtendedHandleInformation,
    # 16 bytes and then 40 bytes for each, with the process id in the second 8 of them.
    query, needed, size = ctypes.WinDLL("ntdll").NtQuerySystemInformation, ctypes.c_uint32(), 1 << 15
    while True:
        handles = (ctypes.c_size_t * (size // 8))()
        status = query(64, handles, size, ctypes.byref(needed)) & 0xFFFFFFFF
        if status != 0xC0000004:  # STATUS_INFO_LENGTH_MISMATCH
            break
        size *= 2
    assert status == 0, hex(status)
    return sum(handles[3 + 5 * at] == kernel32.GetCurrentProcessId() for at in range(handles[0]))


def obey():
    for command in sys.stdin:
        if command.strip() == "interrupt":
            _thread.interrupt_main()
        else:
            report("report")
    os._exit(1)  # whoever started this has ended: so that nothing is left running


if __name__ == "__main__":
    example = sys.argv[1]
    sys.argv = sys.argv[1:]
    root = Path(__file__).resolve().parent.parent.parent
    sys.path[:1] = [str(root / "examples"), str(root)]
    if Path(example).name != "traced.py":  # the recorder notices that itself, and sees no function of ours
        notice_what_is_open()
        notice_stale_sockets()
    threading.Thread(target=obey, daemon=True).start()
    try:
        runpy.run_path(example, run_name="__main__")
    finally:
        report("end")
