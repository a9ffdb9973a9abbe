"""Where Wine differs from what Microsoft documents: the one place in which the tests tolerate it.

Each name is the set of results that a test accepts: the documented ones, and Wine's own only when the tests run on Wine.
"""

import ctypes

from winsock_ctypes import *

_ntdll = ctypes.WinDLL("ntdll")
ON_WINE = hasattr(_ntdll, "wine_get_version")
WINE = 0  # its major version
if ON_WINE:
    _ntdll.wine_get_version.restype = ctypes.c_char_p
    WINE = int(_ntdll.wine_get_version().split(b".")[0])


def _accepted(*documented, wine):
    return {*documented, *(wine if ON_WINE else ())}


# dwError of a receive that was pending when its socket was closed
CLOSED_WHILE_PENDING = _accepted(WSA_OPERATION_ABORTED, WSAECONNABORTED, WSAECONNRESET, wine=[WSAEINVAL])
# WSASend on a socket that was never connected
SEND_UNCONNECTED = _accepted(WSAENOTCONN, wine=[WSAECONNRESET])
# WSARecv without OVERLAPPED and without lpNumberOfBytesRecvd
RECV_WITHOUT_COUNT = _accepted(SOCKET_ERROR, wine=[0])
# accept, asked for the address of a client that has reset already (documented: it may also succeed)
ACCEPT_AFTER_RESET = _accepted(0, WSAECONNRESET, wine=[WSAENOTCONN])
# whether that ends a server which ends at every error of accept: for certain under Wine 8.0, whose accept fails
RESET_ENDS_THE_SERVER = {True} if WINE == 8 else {False} if WINE else {True, False}
# whether accept then leaves a length that is too short for the next client: Wine 10.0 leaves 0
LENGTH_IS_SPOILT = {WINE == 10}
# WSARecv with a dwBufferCount of 0
RECV_NO_BUFFERS = _accepted(WSAEINVAL, wine=[WSA_IO_PENDING])
# CancelIoEx where no operation is pending
NOTHING_TO_CANCEL = _accepted(ERROR_NOT_FOUND, wine=[0])
# error of a receive that was pending, on a completion port, when its socket was closed
CLOSED_WHILE_PENDING_AT_A_PORT = _accepted(ERROR_CONNECTION_ABORTED, ERROR_OPERATION_ABORTED, ERROR_NETNAME_DELETED, wine=[676])
# GetNameInfo with a length that is too short for the family
SHORT_ADDRESS = _accepted(WSAEFAULT, wine=[WSAEAFNOSUPPORT])
# WSAIoctl, asked for an extension function that does not exist: of its documented errors these two can be meant
UNKNOWN_GUID = _accepted(WSAEINVAL, WSAEOPNOTSUPP, wine=[])
# recvfrom of a non-blocking socket that has sent a datagram to a port where nobody is: Linux does not tell (Wine 8.0, 10.0)
NOBODY_THERE = _accepted(WSAECONNRESET, wine=[WSAEWOULDBLOCK])
# Called with garbage, beside the others, these leave something pending at which the wineserver itself ends, at once (Wine 8.0)
# or at what it does next (10.0: "release_object: Assertion `obj->refcount' failed"); who waits then waits for ever
ENDS_WINE = {"WSASendTo", "WSASendMsg"} if ON_WINE else set()

# Answers to tests/seen that Wine gives and the documents do not have: experiment -> answer -> the versions that gave it
SEEN = {
    "accept-after-reset": {"WSAENOTCONN (10057)": ["8.0"]},
    "accept-after-reset-length": {"0": ["10.0"]},
    "accept-alertable": {"0": ["8.0"]},
    "closed-while-pending": {"WSAEINVAL (10022)": ["8.0", "10.0"]},
    "nothing-to-cancel": {"0": ["8.0"]},
    "port-closed": {"WAIT_TIMEOUT (258)": ["8.0"]},
    "port-closesocket": {"0, 676, ours": ["8.0", "10.0"]},
    "recv-after-reset": {"0": ["8.0"]},
    "recv-no-buffers": {"WSA_IO_PENDING (997)": ["8.0"]},
    "recv-no-count": {"0": ["8.0", "10.0"]},
    "send-unconnected": {"WSAECONNRESET (10054)": ["8.0", "10.0"]},
}
