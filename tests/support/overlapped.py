"""One overlapped operation with all that the kernel uses of it, and a completion routine that keeps what it is told."""

import ctypes
import threading
from ctypes import byref, cast
from typing import NamedTuple

from winsock_ctypes import *


class Delivery(NamedTuple):
    error: int
    count: int
    overlapped: int  # its address
    thread: int


delivered = []


@LPWSAOVERLAPPED_COMPLETION_ROUTINE
def Routine(dwError, cbTransferred, lpOverlapped, dwFlags):
    delivered.append(Delivery(dwError, cbTransferred, cast(lpOverlapped, LPVOID).value, threading.get_ident()))


def wait_for(count):
    """Wait alertably, until so many routines have run."""
    for _ in range(500):
        if len(delivered) >= count:
            return
        SleepEx(100, TRUE)
    raise TimeoutError(delivered)


class Operation:
    """An OVERLAPPED, a WSABUF and its buffer, to be kept as long as the operation may be pending. Sockets may be Python's."""

    def __init__(self, size=64, overlapped=None, event=None):
        self.overlapped = overlapped or WSAOVERLAPPED(hEvent=event)
        self.buf = (BYTE * size)()
        self.wsabuf = WSABUF(size, self.buf)
        self.count, self.flags = DWORD(77), DWORD(0)
        self.address = ctypes.addressof(self.overlapped)

    def receive(self, s, routine=NULL):
        """The error code of WSARecv: 0 or WSA_IO_PENDING mean that it will be delivered."""
        buffers, flags = byref(self.wsabuf), byref(self.flags)
        result = WSARecv(number(s), buffers, 1, byref(self.count), flags, byref(self.overlapped), routine)
        return 0 if result == 0 else WSAGetLastError()

    def send(self, s, routine=NULL):
        result = WSASend(number(s), byref(self.wsabuf), 1, NULL, 0, byref(self.overlapped), routine)
        return 0 if result == 0 else WSAGetLastError()

    def receiving(self, s, routine=NULL):
        """Itself, with a receive that was started."""
        assert self.receive(s, routine) in (0, WSA_IO_PENDING)
        return self

    def status(self):
        return self.overlapped.Internal & 0xFFFFFFFF

    def pending(self):
        return self.status() == STATUS_PENDING

    def wait_until_complete(self):
        """Without an alertable wait: the kernel's part is over when Internal says so."""
        for _ in range(1000):
            if not self.pending():
                return
            SleepEx(10, FALSE)
        raise TimeoutError


def number(s):
    return s.fileno() if hasattr(s, "fileno") else s
