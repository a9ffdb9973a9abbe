"""Where the CPU time of a process goes: the system, or which DLL.

Linux stops each thread after every 250 µs that it has run, and notes the address (perf_event_open). That counts more finely
than the clock of the process does, and needs no change of the program. Where that is not to be had, as on Windows, there are
the clocks alone.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import struct
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

SYSTEM, USER = "system", "user"
PERIOD = 250_000  # ns
PAGES = 256  # of a thread's samples: a second takes 16 of them
PERF_EVENT_OPEN, SOFTWARE, CPU_CLOCK, SAMPLE_IP, SAMPLE, KERNEL = 298, 1, 0, 1, 9, 1


def measure(pid: int, clocks: Callable[[], tuple[float, float]]) -> Callable[[], Counter[str]]:
    """Begins to measure; what it returns ends that, and tells the seconds: by place, or at least of USER and SYSTEM."""
    try:
        return Samples(pid).stop
    except OSError:
        before = clocks()
        return lambda: Counter({name: b - a for name, a, b in zip((USER, SYSTEM), before, clocks(), strict=True)})


class Samples:
    """Counts from its beginning until `stop`."""

    def __init__(self, pid: int) -> None:
        self.pid, self.rings = pid, list[mmap.mmap]()
        if sys.platform != "linux" or os.uname().machine != "x86_64":
            raise OSError("not here")
        libc = ctypes.CDLL(None, use_errno=True)
        attributes = struct.pack("=IIQQQ", SOFTWARE, 64, CPU_CLOCK, PERIOD, SAMPLE_IP).ljust(64, b"\0")
        for task in Path(f"/proc/{pid}/task").iterdir():
            file = libc.syscall(PERF_EVENT_OPEN, attributes, int(task.name), -1, -1, 0)
            if file < 0:
                self.close()
                raise OSError(ctypes.get_errno(), "perf_event_open")
            try:
                self.rings.append(mmap.mmap(file, (1 + PAGES) * mmap.PAGESIZE))
            finally:
                os.close(file)

    def close(self) -> None:
        for ring in self.rings:
            ring.close()

    def stop(self) -> Counter[str]:
        """Seconds by where they went: SYSTEM, or the name of a file."""
        taken = [sample for ring in self.rings for sample in read(ring)]
        self.close()
        places, found = files(self.pid), Counter[str]()
        for system, address in taken:
            name = SYSTEM if system else next((name for start, end, name in places if start <= address < end), "elsewhere")
            found[name] += 1
        return Counter({name: count * PERIOD / 1e9 for name, count in found.items()})


def read(ring: mmap.mmap) -> list[tuple[bool, int]]:
    """(Whether in the system, address) of each sample."""
    head, _, at, size = struct.unpack_from("=QQQQ", ring, 1024)
    found, data, place = [], ring[at : at + size], 0
    while place < min(head, size):
        kind, misc, length = struct.unpack_from("=IHH", data, place)
        if kind == SAMPLE:
            found.append((misc & 7 == KERNEL, struct.unpack_from("=Q", data, place + 8)[0]))
        place += length
    return found


def files(pid: int) -> list[tuple[int, int, str]]:
    """(first address, address behind, file) of what is in a process. Of a DLL, Wine maps the head and reads the rest."""
    found: list[tuple[int, int, str]] = []
    for line in Path(f"/proc/{pid}/maps").read_text(encoding="utf-8").splitlines():
        words = line.split(maxsplit=5)
        start, end = (int(word, 16) for word in words[0].split("-"))
        name = words[5].rpartition("/")[2].lower() if len(words) > 5 else ""
        if not name and found and found[-1][1] == start:
            name = found[-1][2]
        if name:
            found.append((start, end, name))
    return found
