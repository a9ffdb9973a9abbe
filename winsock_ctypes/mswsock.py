"""mswsock.h: Microsoft's own additions to Winsock, which a program asks for at run time.

    lpfnAcceptEx = LPFN_ACCEPTEX()
    WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, byref(WSAID_ACCEPTEX), sizeof(GUID),
             byref(lpfnAcceptEx), sizeof(lpfnAcceptEx), byref(dwBytes), NULL, NULL)

`lpfnAcceptEx` is a function pointer: NULL (false) at first, then the address that WSAIoctl stored in it, and callable.
"""

from __future__ import annotations

import ctypes
from typing import Any

from winsock_ctypes._functions import buffer_field, function_pointer
from winsock_ctypes._values import address_of, name_constants, pointed
from winsock_ctypes.winbase import LPOVERLAPPED
from winsock_ctypes.windef import (
    BOOL,
    DWORD,
    HANDLE,
    INT,
    LPDWORD,
    LPINT,
    LPVOID,
    POINTER,
    SIZE_T,
    VOID,
    Structure,
    pointer_type,
)
from winsock_ctypes.winsock2 import (
    GUID,
    LPSOCKADDR,
    LPWSAMSG,
    LPWSAOVERLAPPED,
    LPWSAOVERLAPPED_COMPLETION_ROUTINE,
    PBYTE,
    SOCKET,
    WSAMSG,
    u_char,
)

SO_CONNECT_TIME = 0x700C
SO_UPDATE_ACCEPT_CONTEXT = 0x700B
SO_UPDATE_CONNECT_CONTEXT = 0x7010

# For WSAIoctl, with a BOOL. FALSE: that nobody is there for a datagram is no longer told to a later receive (WSAECONNRESET).
SIO_UDP_CONNRESET = 0x9800000C

# What WSARecvMsg says in dwFlags: the datagram, or the control data, was longer than its place; it was a broadcast, multicast.
MSG_TRUNC = 0x0100
MSG_CTRUNC = 0x0200
MSG_BCAST = 0x0400
MSG_MCAST = 0x0800

TF_DISCONNECT = 0x01
TF_REUSE_SOCKET = 0x02
TF_WRITE_BEHIND = 0x04
TF_USE_DEFAULT_WORKER = 0x00
TF_USE_SYSTEM_THREAD = 0x10
TF_USE_KERNEL_APC = 0x20

name_constants(globals())

WSAID_ACCEPTEX = GUID(0xB5367DF1, 0xCBAC, 0x11CF, (u_char * 8)(0x95, 0xCA, 0x00, 0x80, 0x5F, 0x48, 0xA1, 0x92))
WSAID_GETACCEPTEXSOCKADDRS = GUID(0xB5367DF2, 0xCBAC, 0x11CF, (u_char * 8)(0x95, 0xCA, 0x00, 0x80, 0x5F, 0x48, 0xA1, 0x92))
WSAID_CONNECTEX = GUID(0x25A207B9, 0xDDF3, 0x4660, (u_char * 8)(0x8E, 0xE9, 0x76, 0xE5, 0x8C, 0x74, 0x06, 0x3E))
WSAID_TRANSMITFILE = GUID(0xB5367DF0, 0xCBAC, 0x11CF, (u_char * 8)(0x95, 0xCA, 0x00, 0x80, 0x5F, 0x48, 0xA1, 0x92))
WSAID_DISCONNECTEX = GUID(0x7FDA2E11, 0x8630, 0x436F, (u_char * 8)(0xA0, 0x31, 0xF5, 0x36, 0xA6, 0xEE, 0xC1, 0x57))
WSAID_WSARECVMSG = GUID(0xF689D7C8, 0x6F1F, 0x436B, (u_char * 8)(0x8A, 0x53, 0xE5, 0x4F, 0xE3, 0x51, 0xC3, 0x22))


class TRANSMIT_FILE_BUFFERS(Structure):
    """What TransmitFile sends before and after the file: two buffers, each with its size in bytes."""

    _fields_ = [("Head", LPVOID), ("HeadLength", DWORD), ("Tail", LPVOID), ("TailLength", DWORD)]


buffer_field(TRANSMIT_FILE_BUFFERS, "Head")
buffer_field(TRANSMIT_FILE_BUFFERS, "Tail")
LPTRANSMIT_FILE_BUFFERS = pointer_type("LPTRANSMIT_FILE_BUFFERS", TRANSMIT_FILE_BUFFERS)


class WSACMSGHDR(Structure):
    """What stands before each piece of control data in a WSAMSG's Control: its length with this header, and its kind."""

    _fields_ = [("cmsg_len", SIZE_T), ("cmsg_level", INT), ("cmsg_type", INT)]


LPWSACMSGHDR = pointer_type("LPWSACMSGHDR", WSACMSGHDR)
PWSACMSGHDR = LPWSACMSGHDR
_HEADER = ctypes.sizeof(WSACMSGHDR)


def _aligned(length: int) -> int:
    return length + 7 & ~7


def WSA_CMSG_LEN(length: int) -> int:
    """What cmsg_len says for `length` bytes of data."""
    return _HEADER + length


def WSA_CMSG_SPACE(length: int) -> int:
    """The room in Control that `length` bytes of data take, with their header."""
    return _HEADER + _aligned(length)


def WSA_CMSG_FIRSTHDR(msg: Any) -> Any:
    """The first header in the Control of a message (`byref` of the WSAMSG, or a pointer to it); NULL if there is none."""
    control = pointed(msg, WSAMSG, "msg").Control
    return ctypes.cast(control.buf if control.len >= _HEADER else 0, LPWSACMSGHDR)


def WSA_CMSG_NXTHDR(msg: Any, cmsg: Any) -> Any:
    """The header after `cmsg`, or the first one if that is NULL; NULL after the last."""
    if not cmsg:
        return WSA_CMSG_FIRSTHDR(msg)
    control = pointed(msg, WSAMSG, "msg").Control
    following = (address_of(cmsg) or 0) + _aligned(pointed(cmsg, WSACMSGHDR, "cmsg").cmsg_len)
    fits = following + _HEADER <= (address_of(control.buf) or 0) + control.len
    return ctypes.cast(following if fits else 0, LPWSACMSGHDR)


def WSA_CMSG_DATA(cmsg: Any) -> Any:
    """Where the data after a header begins, for a cast to its kind: `cast(WSA_CMSG_DATA(cmsg), POINTER(IN_PKTINFO))`."""
    return ctypes.cast((address_of(cmsg) or 0) + _HEADER, PBYTE)


@function_pointer
def LPFN_ACCEPTEX(
    sListenSocket: SOCKET,
    sAcceptSocket: SOCKET,
    lpOutputBuffer: LPVOID,
    dwReceiveDataLength: DWORD,
    dwLocalAddressLength: DWORD,
    dwRemoteAddressLength: DWORD,
    lpdwBytesReceived: LPDWORD,
    lpOverlapped: LPOVERLAPPED,
) -> BOOL:
    """AcceptEx: start to accept a connection; the completion comes through lpOverlapped.

    sAcceptSocket: a new socket, not bound, which becomes the connection's. It counts as connected for shutdown, getpeername
    and the like only after setsockopt(SO_UPDATE_ACCEPT_CONTEXT) with the listening socket.
    lpOutputBuffer: where the first data (dwReceiveDataLength bytes) and then the two addresses go, for GetAcceptExSockaddrs;
    each address takes 16 bytes more than its structure. dwReceiveDataLength 0 completes as soon as the client is connected;
    with more, a client that says nothing holds the operation up.
    Returns TRUE when it completed at once; FALSE with ERROR_IO_PENDING: it was started; FALSE with any other code
    (WSAECONNRESET, WSAEINVAL: not listening; WSAENOTSOCK, WSAEFAULT): it failed, and nothing will come.
    Microsoft Learn: "AcceptEx function (mswsock.h)".
    """


@function_pointer
def LPFN_GETACCEPTEXSOCKADDRS(
    lpOutputBuffer: LPVOID,
    dwReceiveDataLength: DWORD,
    dwLocalAddressLength: DWORD,
    dwRemoteAddressLength: DWORD,
    LocalSockaddr: POINTER(LPSOCKADDR),  # type: ignore[valid-type]
    LocalSockaddrLength: LPINT,
    RemoteSockaddr: POINTER(LPSOCKADDR),  # type: ignore[valid-type]
    RemoteSockaddrLength: LPINT,
) -> VOID:
    """GetAcceptExSockaddrs: where in AcceptEx's buffer the two addresses are.

    The first four arguments are those of AcceptEx. The pointers that are stored lead into lpOutputBuffer. It does not fail.
    Microsoft Learn: "GetAcceptExSockaddrs function (mswsock.h)".
    """


@function_pointer
def LPFN_CONNECTEX(
    s: SOCKET,
    name: LPSOCKADDR,
    namelen: INT,
    lpSendBuffer: LPVOID,
    dwSendDataLength: DWORD,
    lpdwBytesSent: LPDWORD,
    lpOverlapped: LPOVERLAPPED,
) -> BOOL:
    """ConnectEx: start to connect a socket, which must be bound already; the completion comes through lpOverlapped.

    lpSendBuffer: data to send once connected, or NULL; it is the kernel's until the completion is delivered.
    Afterwards setsockopt(SO_UPDATE_CONNECT_CONTEXT, NULL, 0) makes shutdown, getpeername and the like work.
    Returns TRUE when it completed at once; FALSE with ERROR_IO_PENDING: it was started; FALSE with any other code
    (WSAEINVAL: not bound; WSAEISCONN, WSAENOTSOCK): it failed, and nothing will come. A refusal is learned from the
    completion (ERROR_CONNECTION_REFUSED).
    Microsoft Learn: "LPFN_CONNECTEX callback function (mswsock.h)".
    """


@function_pointer
def LPFN_DISCONNECTEX(s: SOCKET, lpOverlapped: LPOVERLAPPED, dwFlags: DWORD, dwReserved: DWORD) -> BOOL:
    """DisconnectEx: start to end a connection; with TF_REUSE_SOCKET the socket can then be given to AcceptEx or ConnectEx.

    lpOverlapped: NULL waits until it is done. dwReserved: 0.
    Returns TRUE when it is done; FALSE with ERROR_IO_PENDING: it was started; FALSE with any other code (WSAENOTCONN,
    WSAEFAULT, WSAEINVAL): it failed, and nothing will come.
    Microsoft Learn: "LPFN_DISCONNECTEX callback function (mswsock.h)".
    """


@function_pointer
def LPFN_TRANSMITFILE(
    hSocket: SOCKET,
    hFile: HANDLE,
    nNumberOfBytesToWrite: DWORD,
    nNumberOfBytesPerSend: DWORD,
    lpOverlapped: LPOVERLAPPED,
    lpTransmitBuffers: LPTRANSMIT_FILE_BUFFERS,
    dwReserved: DWORD,
) -> BOOL:
    """TransmitFile: send a file, without its bytes passing through the program.

    hFile: an open file (Python's: msvcrt.get_osfhandle(file.fileno())), or NULL for the buffers alone.
    nNumberOfBytesToWrite: 0 for the whole of it; nNumberOfBytesPerSend: 0 leaves the size of the pieces to the system.
    lpOverlapped: its Offset says where in the file to begin; NULL begins at the file's position and waits until it is sent.
    lpTransmitBuffers: what is to be sent before and after the file, or NULL. It, the buffers and the file are the kernel's
    until the completion is delivered. dwReserved: TF_… flags.
    Returns TRUE when it is done; FALSE with ERROR_IO_PENDING: it was started; FALSE with any other code (WSAENOTCONN,
    WSAENOTSOCK, WSAEFAULT, ERROR_INVALID_HANDLE): it failed, and nothing will come.
    Microsoft Learn: "TransmitFile function (mswsock.h)".
    """


@function_pointer
def LPFN_WSARECVMSG(
    s: SOCKET,
    lpMsg: LPWSAMSG,
    lpdwNumberOfBytesRecvd: LPDWORD,
    lpOverlapped: LPWSAOVERLAPPED,
    lpCompletionRoutine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
) -> INT:
    """WSARecvMsg: receive a datagram with its control data (IP_PKTINFO: to which address it came); with an OVERLAPPED, start.

    lpMsg: where the sender's address, the data and the control data go, and how large each place is; namelen, Control.len and
    dwFlags (MSG_TRUNC, MSG_CTRUNC) then say what came. Which control data come is chosen with setsockopt. The WSAMSG and all
    that it points to are the kernel's until the completion is delivered.
    lpdwNumberOfBytesRecvd: NULL when there is an lpOverlapped (the routine is told).
    Returns 0, or SOCKET_ERROR with WSA_IO_PENDING: with both the routine will be called (in an alertable wait).
    SOCKET_ERROR with any other code (WSAEMSGSIZE: only the start of it had room; WSAEINVAL: not bound; WSAECONNRESET,
    WSAEFAULT): it failed, and nothing will come. Microsoft Learn: "LPFN_WSARECVMSG (WSARecvMsg) callback function (mswsock.h)".
    """
