"""mswsock.h: Microsoft's own additions to Winsock, which a program asks for at run time.

    lpfnAcceptEx = LPFN_ACCEPTEX()
    WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, byref(WSAID_ACCEPTEX), sizeof(GUID),
             byref(lpfnAcceptEx), sizeof(lpfnAcceptEx), byref(dwBytes), NULL, NULL)

`lpfnAcceptEx` is a function pointer: NULL (false) at first, then the address that WSAIoctl stored in it, and callable.
"""

from __future__ import annotations

from winsock_ctypes._functions import buffer_field, function_pointer
from winsock_ctypes._values import name_constants
from winsock_ctypes.winbase import LPOVERLAPPED
from winsock_ctypes.windef import BOOL, DWORD, HANDLE, INT, LPDWORD, LPINT, LPVOID, POINTER, VOID, Structure, pointer_type
from winsock_ctypes.winsock2 import GUID, LPSOCKADDR, SOCKET, u_char

SO_CONNECT_TIME = 0x700C
SO_UPDATE_ACCEPT_CONTEXT = 0x700B
SO_UPDATE_CONNECT_CONTEXT = 0x7010

# For WSAIoctl, with a BOOL. FALSE: that nobody is there for a datagram is no longer told to a later receive (WSAECONNRESET).
SIO_UDP_CONNRESET = 0x9800000C

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


class TRANSMIT_FILE_BUFFERS(Structure):
    """What TransmitFile sends before and after the file: two buffers, each with its size in bytes."""

    _fields_ = [("Head", LPVOID), ("HeadLength", DWORD), ("Tail", LPVOID), ("TailLength", DWORD)]


buffer_field(TRANSMIT_FILE_BUFFERS, "Head")
buffer_field(TRANSMIT_FILE_BUFFERS, "Tail")
LPTRANSMIT_FILE_BUFFERS = pointer_type("LPTRANSMIT_FILE_BUFFERS", TRANSMIT_FILE_BUFFERS)


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
