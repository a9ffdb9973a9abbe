"""What goes wrong when overlapped I/O is used wrongly, one test for each way. Each name says what the learner did."""

import ctypes
import subprocess
import sys
import threading
import time
from ctypes import byref

import pytest

from tests.support.overlapped import Operation, Routine, delivered, wait_for
from winsock_ctypes import *


def test_no_alertable_wait(pair):
    """The routine is never called: not while the program sleeps, works or waits in any way that is not alertable."""
    ours, peer = pair
    operation = Operation().receiving(ours, Routine)
    peer.sendall(b"hello")
    operation.wait_until_complete()
    assert bytes(operation.buf[:5]) == b"hello"  # the bytes are there, and nobody is told

    time.sleep(0.05)
    SleepEx(50, FALSE)
    threading.Event().wait(0.05)
    event = CreateEvent(NULL, TRUE, FALSE, NULL)
    WaitForSingleObject(event, 50)
    CloseHandle(event)
    assert delivered == []

    assert SleepEx(0, TRUE) == WAIT_IO_COMPLETION
    assert len(delivered) == 1


def test_wait_on_another_thread(pair):
    """The routine is called in the thread that started the operation, and in no other."""
    ours, peer = pair
    operation = Operation().receiving(ours, Routine)
    peer.sendall(b"hello")
    operation.wait_until_complete()

    other = threading.Thread(target=SleepEx, args=(100, TRUE))
    other.start()
    other.join()
    assert delivered == []

    assert SleepEx(0, TRUE) == WAIT_IO_COMPLETION
    assert [delivery.thread for delivery in delivered] == [threading.get_ident()]


def test_returned_0_but_the_routine_was_not_called_yet(pair):
    """0 means that the operation is complete already. The routine is called all the same, and only in an alertable wait."""
    ours, peer = pair
    peer.sendall(b"hello")
    readable = fd_set(1, (SOCKET * 64)(ours.fileno()))
    assert select(0, byref(readable), NULL, NULL, byref(timeval(10, 0))) == 1

    _operation = Operation().receiving(ours, Routine)  # mostly 0, never surely
    assert delivered == []
    assert SleepEx(20, FALSE) == 0 and delivered == []

    while not delivered:
        assert SleepEx(5000, TRUE) == WAIT_IO_COMPLETION
    assert len(delivered) == 1 and delivered[0][:2] == (0, 5)  # once: whoever handles the 5 bytes after a 0 handles them twice


def test_a_call_that_failed_calls_no_routine(pair):
    """Any error but WSA_IO_PENDING: no routine will come, and what was prepared for it must be released here."""
    assert Operation().receive(INVALID_SOCKET, Routine) == WSAENOTSOCK
    assert SleepEx(50, TRUE) == 0
    assert delivered == []


def test_an_overlapped_used_again_while_pending(pair):
    """Both receives take place, but one OVERLAPPED cannot tell of two: the second overwrites what it said of the first."""
    ours, peer = pair
    overlapped = WSAOVERLAPPED()
    first, second = (Operation(size, overlapped).receiving(ours, Routine) for size in (3, 2))
    peer.sendall(b"abcde")
    wait_for(2)

    address = ctypes.addressof(overlapped)
    assert [delivery.overlapped for delivery in delivered] == [address, address]  # which of the two was that?
    assert {delivery.count for delivery in delivered} <= {2, 3}  # at times both are told 2: the other count is lost
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


ENDED_WHILE_PENDING = """
import socket as pysocket
from winsock_ctypes import *

class Watched(WSAOVERLAPPED):
    def __del__(self):
        print("freed", flush=True)

ours, peer = pysocket.socketpair()
overlapped, flags, buf = Watched(), DWORD(0), (BYTE * 16)()
wsaBuf = WSABUF(16, buf)
assert WSARecv(ours.fileno(), byref(wsaBuf), 1, NULL, byref(flags), byref(overlapped), NULL) == SOCKET_ERROR
assert WSAGetLastError() == WSA_IO_PENDING
Watched()
print("the end", flush=True)
"""


def test_a_program_that_ends_while_an_operation_is_pending():
    """Python frees what its variables hold when it ends; what the kernel may still write into stays until the process ends."""
    child = subprocess.run([sys.executable, "-c", ENDED_WHILE_PENDING], capture_output=True, encoding="utf-8", timeout=20)
    assert (child.returncode, child.stdout.splitlines()) == (0, ["freed", "the end"]), child


def test_a_callback_that_is_not_decorated(pair):
    """A plain function is refused, and the error names parameter and decorator; nothing was started."""

    def Plain(dwError, cbTransferred, lpOverlapped, dwFlags):
        raise AssertionError("never called")

    with pytest.raises(ctypes.ArgumentError, match="lpCompletionRoutine.*@LPWSAOVERLAPPED_COMPLETION_ROUTINE"):
        Operation().receive(pair[0], Plain)
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
