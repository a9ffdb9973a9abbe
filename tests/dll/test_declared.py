"""A reader's own declarations: `imported_from` without `from __future__ import annotations`, which the package itself has."""

import ctypes
from ctypes import byref, wintypes

import pytest

from winsock_ctypes import *
from winsock_ctypes import function_pointer, imported_from


@imported_from("kernel32")
def GetHandleInformation(hObject: HANDLE, lpdwFlags: LPDWORD) -> BOOL:
    """What this handle may do."""


@imported_from(ctypes.WinDLL("kernel32"), alertable=True)
def SignalObjectAndWait(hToSignal: HANDLE, hToWaitOn: HANDLE, dwMilliseconds: DWORD, bAlertable: BOOL) -> DWORD: ...


@imported_from("kernel32")
def lstrlenA(lpString: LPCSTR) -> INT: ...


@imported_from("kernel32")
def lstrlenW(lpString: wintypes.LPCWSTR) -> ctypes.c_int: ...


@imported_from("kernel32")
def QueryPerformanceCounter(lpPerformanceCount: ctypes.POINTER(ctypes.c_longlong)) -> wintypes.BOOL: ...


@imported_from("msvcrt")
def ldexp(x: ctypes.c_double, exp: ctypes.c_int) -> ctypes.c_double: ...


@imported_from("kernel32")
def GetCurrentThreadId() -> DWORD: ...


@LPWSAOVERLAPPED_COMPLETION_ROUTINE
def Raising(dwError, cbTransferred, lpOverlapped, dwFlags):
    raise LookupError("from the routine")


def test_it_is_called_with_what_the_headers_types_take():
    flags, event = DWORD(7), CreateEvent(NULL, TRUE, FALSE, NULL)
    assert GetHandleInformation(event, byref(flags)) and flags.value == 0
    assert GetHandleInformation(wintypes.HANDLE(event), byref(wintypes.DWORD())) == TRUE
    CloseHandle(event)
    assert lstrlenA(b"hello") == lstrlenA(ctypes.create_string_buffer(b"hello")) == lstrlenW("hello") == 5
    count = ctypes.c_longlong()
    assert QueryPerformanceCounter(byref(count)) and count.value
    assert ldexp(0.75, 2) == 3.0
    assert GetCurrentThreadId() > 0


def test_it_refuses_the_rest_in_words_and_keeps_the_error_code():
    with pytest.raises(ctypes.ArgumentError, match="GetHandleInformation: lpdwFlags must be byref of a DWORD, .* use byref"):
        GetHandleInformation(0, DWORD())
    with pytest.raises(ctypes.ArgumentError, match="lstrlenW: lpString must be str, .*, not bytes: give a str"):
        lstrlenW(b"hello")
    with pytest.raises(ctypes.ArgumentError, match="QueryPerformanceCounter: .*, not byref of a DWORD"):
        QueryPerformanceCounter(byref(DWORD()))
    assert not GetHandleInformation(4096 * 4 + 1, byref(DWORD()))
    assert GetLastError() == WSAGetLastError() == ERROR_INVALID_HANDLE


def test_help_shows_the_prototype():
    assert repr(GetHandleInformation) == "<INT GetHandleInformation(HANDLE hObject, LPDWORD lpdwFlags)>"
    assert GetHandleInformation.__doc__ == "What this handle may do." and GetHandleInformation.__module__ == __name__


def test_what_a_routine_raises_comes_out_of_an_alertable_one(pair):
    ours, peer = pair
    buf, flags, overlapped = (BYTE * 4)(), DWORD(), WSAOVERLAPPED()
    WSARecv(ours.fileno(), byref(WSABUF(4, buf)), 1, NULL, byref(flags), byref(overlapped), Raising)
    one, other = CreateEvent(NULL, TRUE, FALSE, NULL), CreateEvent(NULL, TRUE, FALSE, NULL)
    peer.sendall(b"x")
    with pytest.raises(LookupError, match="from the routine"):
        SignalObjectAndWait(one, other, 10_000, TRUE)
    CloseHandle(one)
    CloseHandle(other)


def test_a_function_pointer_of_ones_own(pair):
    @function_pointer
    def LPFN_ANOTHER(sListenSocket: SOCKET, sAcceptSocket: SOCKET) -> BOOL:
        """Not in mswsock."""

    pointer = LPFN_ANOTHER()
    assert not pointer
    with pytest.raises(TypeError, match="NULL"):
        pointer(0, 0)
    get, count = SIO_GET_EXTENSION_FUNCTION_POINTER, DWORD()
    assert WSAIoctl(pair[0].fileno(), get, byref(WSAID_ACCEPTEX), 16, byref(pointer), 8, byref(count), NULL, NULL) == 0
    with pytest.raises(ctypes.ArgumentError, match="LPFN_ANOTHER: sAcceptSocket must be an int or a SOCKET"):
        pointer(0, "x")


def test_a_declaration_that_is_none_says_why():
    def no_type(a, b: DWORD) -> BOOL: ...
    def no_result(a: DWORD): ...
    def of_python(a: int) -> BOOL: ...
    def listed(a: DWORD) -> [BOOL]: ...

    for definition, words in (
        (no_type, "no_type: a has no type"),
        (no_result, "no_result: no type of the result: -> VOID?"),
        (of_python, "of_python: a must have a type of C, not <class 'int'>"),
        (listed, "listed: return must have a type of C"),
    ):
        with pytest.raises(TypeError) as refused:
            imported_from("kernel32")(definition)
        assert str(refused.value).startswith(words)

    def NoSuchFunction() -> VOID: ...

    with pytest.raises(AttributeError, match="NoSuchFunction"):
        imported_from("kernel32")(NoSuchFunction)
