"""A reader's program with types, for mypy and pyright alone: what is right passes, and each mistake that is marked is seen.

(`warn_unused_ignores` and `reportUnnecessaryTypeIgnoreComment` are on here, so a mark at a line that is accepted is an error.)
"""

# pyright: reportUnnecessaryTypeIgnoreComment=true

import ctypes
from ctypes import wintypes
from typing import Any, assert_type

from winsock_ctypes import *
from winsock_ctypes import imported_from


class PER_IO_DATA(Structure):
    _fields_ = [("overlapped", OVERLAPPED), ("wsaBuf", WSABUF), ("buffer", CHAR * 1024)]


@LPWSAOVERLAPPED_COMPLETION_ROUTINE
def ReadComRoutine(dwError: int, szRecvBytes: int, lpOverlapped: LPWSAOVERLAPPED, flags: int) -> None:
    assert_type(lpOverlapped.contents.InternalHigh, int)
    WSARecv(1, None, 1, None, None, lpOverlapped, ReadComRoutine)


@imported_from("kernel32")
def GetHandleInformation(hObject: HANDLE, lpdwFlags: LPDWORD) -> BOOL: ...


def right(peer: Any) -> None:
    s = socket(AF_INET, SOCK_STREAM, 0)
    assert_type(s, int)
    closesocket(SOCKET(s))
    buffer, flags, received, overlapped = (BYTE * 16)(), DWORD(), DWORD(0), WSAOVERLAPPED()
    wsabuf = WSABUF(16, buffer)
    wsabuf.buf, wsabuf.len = buffer, sizeof(buffer)
    wsabuf.buf = ctypes.create_string_buffer(16)
    assert_type(wsabuf.len + received.value, int)
    WSARecv(s, byref(wsabuf), 1, byref(received), byref(flags), byref(overlapped), NULL)
    WSARecv(s, (WSABUF * 2)(), DWORD(2), NULL, ctypes.pointer(flags), LPWSAOVERLAPPED(overlapped), ReadComRoutine)
    ReadComRoutine(WSAGetLastError(), 0, byref(overlapped), 0)
    address = SOCKADDR_IN(AF_INET, htons(9190))
    address.sin_addr.S_un.S_addr = htonl(INADDR_LOOPBACK)
    assert_type(address.sin_port, int)
    bind(s, byref(address), sizeof(address))
    send(s, b"text", 4, 0)
    recv(s, buffer, 16, 0)
    recv(s, addressof(buffer), 16, 0)
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, byref(BOOL(TRUE)), sizeof(BOOL))
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0)
    key, completed = ULONG_PTR(), LPOVERLAPPED()
    GetQueuedCompletionStatus(port, byref(received), byref(key), byref(completed), INFINITE)
    PostQueuedCompletionStatus(port, 0, 0, addressof(overlapped))
    data = PER_IO_DATA.from_address(malloc(sizeof(PER_IO_DATA)))
    data.wsaBuf.buf = data.buffer
    AcceptEx = LPFN_ACCEPTEX()
    count = sizeof(AcceptEx)
    WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, byref(WSAID_ACCEPTEX), 16, byref(AcceptEx), count, byref(flags), NULL, NULL)
    AcceptEx(s, s, buffer, 0, 32, 32, byref(received), byref(overlapped))
    GetHandleInformation(port, byref(flags))
    SleepEx(wintypes.DWORD(100), TRUE)
    print(WSAGetLastError().name, AF_INET.name, WSAEWOULDBLOCK + 1)
    exit("a text")


def wrong() -> None:
    wsabuf, flags, overlapped = WSABUF(), DWORD(), WSAOVERLAPPED()
    WSARecv(1, wsabuf, 1, NULL, byref(flags), byref(overlapped), NULL)  # type: ignore[arg-type]
    WSARecv(1, byref(wsabuf), 1, NULL, 0, byref(overlapped), NULL)  # type: ignore[arg-type]
    WSARecv(1, byref(wsabuf), 1, NULL, byref(flags), overlapped, NULL)  # type: ignore[arg-type]
    WSARecv(1, byref(wsabuf), 1, NULL, byref(flags), byref(overlapped))  # type: ignore[call-arg]
    WSARecv(1, byref(wsabuf), 1, NULL, byref(flags), byref(overlapped), wrong)  # type: ignore[arg-type]
    closesocket(None)  # type: ignore[arg-type]
    SleepEx(0.1, TRUE)  # type: ignore[arg-type]
    recv(1, bytearray(16), 16, 0)  # type: ignore[arg-type]
    send(1, "text", 4, 0)  # type: ignore[arg-type]
    wsabuf.len = "16"  # type: ignore[assignment]
    LPWSAOVERLAPPED_COMPLETION_ROUTINE(lambda dwError, cbTransferred: None)  # type: ignore[arg-type, misc]
