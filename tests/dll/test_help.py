"""help(a function): its prototype and its docstring, and nothing of ctypes."""

import inspect
import pydoc
import re

import pytest

import winsock_ctypes
from winsock_ctypes._functions import ForeignFunction

FUNCTIONS = [getattr(winsock_ctypes, name) for name in winsock_ctypes.__all__]
FUNCTIONS = [function for function in FUNCTIONS if isinstance(function, ForeignFunction)]


def helped(function):
    """What help(...) says: the title, the prototype (which newer Pythons break into lines), and the text."""
    said = [line.strip() for line in pydoc.plain(pydoc.render_doc(function)).rstrip().splitlines()]
    end = next(number for number, line in enumerate(said) if ") -> " in line)
    prototype = re.sub(r"\( | (?=\))", lambda found: found[0].strip(), " ".join(said[2 : end + 1])).replace(",)", ")")
    return said[0], prototype, said[end + 1 :]


def test_help_of_WSARecv():
    title, prototype, text = helped(winsock_ctypes.WSARecv)
    assert title.endswith(": WSARecv in module winsock_ctypes.winsock2")
    assert prototype == (
        "WSARecv(s: SOCKET, lpBuffers: LPWSABUF, dwBufferCount: DWORD, lpNumberOfBytesRecvd: LPDWORD, lpFlags: LPDWORD, "
        "lpOverlapped: LPWSAOVERLAPPED, lpCompletionRoutine: LPWSAOVERLAPPED_COMPLETION_ROUTINE) -> INT"
    )
    assert text[0] == "Receive into the buffers; with an OVERLAPPED, start to receive and return at once."
    assert text[-1] == 'Microsoft Learn: "WSARecv function (winsock2.h)".'


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_help_is_the_prototype_and_the_docstring(function):
    _, prototype, text = helped(function)
    assert text == [line.strip() for line in inspect.getdoc(function).splitlines()]
    assert prototype.startswith(f"{function.__name__}(") and "'" not in prototype
