"""ws2tcpip.h: addresses as text."""

from __future__ import annotations

from winsock_ctypes._foreign import imported_from, name_constants
from winsock_ctypes.windef import INT, LPCSTR, LPSTR, LPVOID, SIZE_T
from winsock_ctypes.winsock2 import ws2_32

INET_ADDRSTRLEN = 22
INET6_ADDRSTRLEN = 65

name_constants(globals())


@imported_from(ws2_32)
def inet_pton(Family: INT, pszAddrString: LPCSTR, pAddrBuf: LPVOID) -> INT:
    """Text (bytes) to an IN_ADDR or IN6_ADDR in network order.

    Returns 1; 0 if the text is no such address; SOCKET_ERROR on failure (WSAEAFNOSUPPORT, WSAEFAULT).
    Microsoft Learn: "inet_pton function (ws2tcpip.h)".
    """


@imported_from(ws2_32)
def inet_ntop(Family: INT, pAddr: LPVOID, pStringBuf: LPSTR, StringBufSize: SIZE_T) -> LPCSTR:
    """An IN_ADDR or IN6_ADDR to text in pStringBuf, whose size is StringBufSize bytes.

    Returns the text (bytes); None on failure (WSAEAFNOSUPPORT, WSA_INVALID_PARAMETER: the buffer is too small).
    Microsoft Learn: "inet_ntop function (ws2tcpip.h)".
    """
