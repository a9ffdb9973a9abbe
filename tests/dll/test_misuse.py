"""What goes wrong when overlapped I/O is used wrongly, one test for each way. Each name says what the learner did."""

import ctypes
import subprocess
import sys
import threading
import time
from ctypes import byref, cast

import pytest

from winsock_ctypes import *

ran = []  # what the routine was told: error, bytes, address of the OVERLAPPED


@LPWSAOVERLAPPED_COMPLETION_ROUTINE
def Routine(dwError, cbTransferred, lpOverlapped, dwFlags):
    ran.append((dwError, cbTransferred, cast(lpOverlapped, LPVOID).value))


@pytest.fixture(autouse=True)
def forget():
    ran.clear()
    yield
    assert SleepEx(0, TRUE) == 0, "a completion was left behind"


class Receive:
    """A receive with everything that the kernel holds of it."""

    def __init__(self, s, overlapped=None, size=16, routine=Routine):
        self.overlapped, self.buf, self.flags = overlapped or WSAOVERLAPPED(), (BYTE * size)(), DWORD(0)
        self.wsaBuf = WSABUF(size, self.buf)
        result = WSARecv(s, byref(self.wsaBuf), 1, NULL, byref(self.flags), byref(self.overlapped), routine)
        self.error = 0 if result == 0 else WSAGetLastError()


def wait_until_complete(receive):
    """Without an alertable wait: the kernel's part is over when Internal says so."""
    for _ in range(1000):
        if receive.overlapped.Internal & 0xFFFFFFFF != STATUS_PENDING:
            return
        SleepEx(10, FALSE)
    raise TimeoutError


def test_no_alertable_wait(pair):
    """The routine is never called: not while the program sleeps, works or waits in any way that is not alertable."""
    ours, peer = pair
    receive = Receive(ours.fileno())
    peer.sendall(b"hello")
    wait_until_complete(receive)
    assert bytes(receive.buf[:5]) == b"hello"  # the bytes are there, and nobody is told

    time.sleep(0.05)
    SleepEx(50, FALSE)
    threading.Event().wait(0.05)
    event = CreateEvent(NULL, TRUE, FALSE, NULL)
    WaitForSingleObject(event, 50)
    CloseHandle(event)
    assert ran == []

    assert SleepEx(0, TRUE) == WAIT_IO_COMPLETION
    assert len(ran) == 1


def test_wait_on_another_thread(pair):
    """The routine is called in the thread that started the operation, and in no other."""
    ours, peer = pair
    receive = Receive(ours.fileno())
    peer.sendall(b"hello")
    wait_until_complete(receive)

    other = threading.Thread(target=SleepEx, args=(100, TRUE))
    other.start()
    other.join()
    assert ran == []

    assert SleepEx(0, TRUE) == WAIT_IO_COMPLETION
    assert len(ran) == 1


def test_returned_0_but_the_routine_was_not_called_yet(pair):
    """0 means that the operation is complete already. The routine is called all the same, and only in an alertable wait."""
    ours, peer = pair
    peer.sendall(b"hello")
    readable = fd_set(1, (SOCKET * 64)(ours.fileno()))
    assert select(0, byref(readable), NULL, NULL, byref(timeval(10, 0))) == 1

    receive = Receive(ours.fileno())
    assert receive.error in (0, WSA_IO_PENDING)  # mostly 0, never surely
    assert ran == []

    while not ran:
        assert SleepEx(5000, TRUE) == WAIT_IO_COMPLETION
    assert len(ran) == 1 and ran[0][:2] == (0, 5)  # once: whoever handles the 5 bytes after a 0 handles them twice


def test_a_call_that_failed_calls_no_routine(pair):
    """Any error but WSA_IO_PENDING: no routine will come, and what was prepared for it must be released here."""
    receive = Receive(INVALID_SOCKET)
    assert receive.error == WSAENOTSOCK
    assert SleepEx(50, TRUE) == 0
    assert ran == []


def test_an_overlapped_used_again_while_pending(pair):
    """Both receives take place, but one OVERLAPPED cannot tell of two: the second overwrites what it said of the first."""
    ours, peer = pair
    overlapped = WSAOVERLAPPED()
    first, second = (Receive(ours.fileno(), overlapped, size) for size in (3, 2))
    peer.sendall(b"abcde")
    for _ in range(50):
        if len(ran) == 2:
            break
        SleepEx(100, TRUE)

    address = ctypes.addressof(overlapped)
    assert [told[2] for told in ran] == [address, address]  # which of the two was that?
    assert {told[1] for told in ran} <= {2, 3}  # at times both are told 2: the other count is lost
    assert {bytes(first.buf[:3]), bytes(second.buf[:2])} == {b"abc", b"de"}


FREED_WHILE_PENDING = """
import os
import socket as pysocket
from ctypes import *
from winsock_ctypes import *
from winsock_ctypes import _memory

@LPWSAOVERLAPPED_COMPLETION_ROUTINE
def Routine(dwError, cbTransferred, lpOverlapped, dwFlags):
    pass

WSAStartup(MAKEWORD(2, 2), byref(WSADATA()))
ours, peer = pysocket.socketpair()
overlapped, flags = WSAOVERLAPPED(), DWORD(0)
block = malloc(1024)  # less than a page: the heap would give a whole page back to the system
wsaBuf = WSABUF(100, cast(block + 400, PBYTE))  # in the middle: the heap's own notes at the ends stay whole
assert WSARecv(ours.fileno(), byref(wsaBuf), 1, NULL, byref(flags), byref(overlapped), Routine) == SOCKET_ERROR
assert WSAGetLastError() == WSA_IO_PENDING
free(block)  # the mistake
print("after free:", _memory.read(block + 400, 5), flush=True)
peer.sendall(b"hello")
for _ in range(200):
    if overlapped.Internal & 0xFFFFFFFF != STATUS_PENDING:
        break
    SleepEx(10, FALSE)
print("after the completion:", _memory.read(block + 400, 5), flush=True)
os._exit(0)
"""


def test_a_block_freed_while_pending():
    """The kernel writes into memory that is somebody else's by now: in a child process, for it may crash."""
    child = subprocess.run([sys.executable, "-c", FREED_WHILE_PENDING], capture_output=True, encoding="utf-8", timeout=20)
    before, after = child.stdout.splitlines()
    assert before == r"after free: b'\xdd\xdd\xdd\xdd\xdd'"
    assert after == "after the completion: b'hello'"


def test_a_callback_that_is_not_decorated(pair):
    """A plain function is refused, and the error names parameter and decorator; nothing was started."""

    def Plain(dwError, cbTransferred, lpOverlapped, dwFlags):
        raise AssertionError("never called")

    with pytest.raises(ctypes.ArgumentError, match="lpCompletionRoutine.*@LPWSAOVERLAPPED_COMPLETION_ROUTINE"):
        Receive(pair[0].fileno(), routine=Plain)
    pair[1].sendall(b"x")
    assert pair[0].recv(1) == b"x"


def test_the_last_error_read_late(tmp_path):
    """With bare ctypes, what Python itself does in between replaces the code. With this package it stays."""
    bare = ctypes.WinDLL("ws2_32")
    bare.closesocket.argtypes = (ctypes.c_size_t,)

    assert bare.closesocket(INVALID_SOCKET) == SOCKET_ERROR
    assert not (tmp_path / "missing").exists()  # as harmless as a line can look
    assert bare.WSAGetLastError() != WSAENOTSOCK

    assert closesocket(INVALID_SOCKET) == SOCKET_ERROR
    assert not (tmp_path / "missing").exists()
    assert WSAGetLastError() == WSAENOTSOCK
