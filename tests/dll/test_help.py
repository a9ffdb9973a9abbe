"""help(a function): its prototype and its docstring, and nothing of ctypes."""

import inspect
import pydoc

import pytest

import winsock_ctypes
from winsock_ctypes._functions import ForeignFunction

FUNCTIONS = [getattr(winsock_ctypes, name) for name in winsock_ctypes.__all__]
FUNCTIONS = [function for function in FUNCTIONS if isinstance(function, ForeignFunction)]


def test_help_of_WSARecv():
    assert pydoc.plain(pydoc.render_doc(winsock_ctypes.WSARecv)).splitlines()[:7] == [
        "Python Library Documentation: WSARecv in module winsock_ctypes.winsock2",
        "",
        "WSARecv(s: SOCKET, lpBuffers: LPWSABUF, dwBufferCount: DWORD, lpNumberOfBytesRecvd: LPDWORD, lpFlags: LPDWORD, "
        "lpOverlapped: LPWSAOVERLAPPED, lpCompletionRoutine: LPWSAOVERLAPPED_COMPLETION_ROUTINE) -> INT",
        "    Receive into the buffers; with an OVERLAPPED, start to receive and return at once.",
        "",
        "    lpNumberOfBytesRecvd: NULL when there is an lpOverlapped (the routine is told). lpFlags: in and out, not NULL.",
        "    OVERLAPPED and buffers are the kernel's until the completion is delivered.",
    ]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_help_is_the_prototype_and_the_docstring(function):
    said = [line.strip() for line in pydoc.plain(pydoc.render_doc(function)).splitlines()]
    wanted = [line.strip() for line in inspect.getdoc(function).splitlines()]
    assert said[3:] == [*wanted, ""] or said[3:] == wanted
    assert said[2].startswith(f"{function.__name__}(") and "'" not in said[2] and ") -> " in said[2]
