"""ws2tcpip.h, ws2ipdef.h, in6addr.h: addresses as text, IPv6, and names of hosts and services."""

from __future__ import annotations

import ipaddress
from typing import Any

from winsock_ctypes._functions import imported_from
from winsock_ctypes._values import describe, flags_named, name_constants
from winsock_ctypes.windef import (
    DWORD,
    INT,
    LPCSTR,
    LPSTR,
    LPVOID,
    LPWSTR,
    PCWSTR,
    POINTER,
    SIZE_T,
    UINT,
    ULONG,
    USHORT,
    VOID,
    Structure,
    Union,
    pointer_type,
    size_t,
)
from winsock_ctypes.winsock2 import (
    AF_INET6,
    IN_ADDR,
    LPSOCKADDR,
    SOCK_DGRAM,
    SOCK_RAW,
    SOCK_STREAM,
    _AnySockaddr,
    _family,
    u_char,
    u_long,
    u_short,
    ws2_32,
)

INET_ADDRSTRLEN = 22
INET6_ADDRSTRLEN = 65

IPV6_UNICAST_HOPS = 4
IPV6_V6ONLY = 27

AI_PASSIVE = 0x00000001
AI_CANONNAME = 0x00000002
AI_NUMERICHOST = 0x00000004
AI_NUMERICSERV = 0x00000008
AI_ALL = 0x00000100
AI_ADDRCONFIG = 0x00000400
AI_V4MAPPED = 0x00000800

EAI_AGAIN = 11002
EAI_BADFLAGS = 10022
EAI_FAIL = 11003
EAI_FAMILY = 10047
EAI_MEMORY = 8
EAI_NONAME = 11001
EAI_SERVICE = 10109
EAI_SOCKTYPE = 10044

IP_PKTINFO = 19  # an option of IPPROTO_IP, and a kind of control data: WSARecvMsg
IPV6_PKTINFO = 19

NI_MAXHOST = 1025
NI_MAXSERV = 32
NI_NOFQDN = 0x01
NI_NUMERICHOST = 0x02
NI_NAMEREQD = 0x04
NI_NUMERICSERV = 0x08
NI_DGRAM = 0x10

name_constants(globals())

socklen_t = INT


# ---- structures --------------------------------------------------------------------------------------------------


class _IN6_ADDR_u(Union):
    _fields_ = [("Byte", u_char * 16), ("Word", u_short * 8)]


class IN6_ADDR(Structure):
    """An IPv6 address in network order: `u.Byte` as 16 bytes (`s6_addr` for short), `u.Word` as eight 16-bit numbers."""

    _fields_ = [("u", _IN6_ADDR_u)]

    @property
    def s6_addr(self) -> Any:
        return self.u.Byte

    @property
    def s6_words(self) -> Any:
        return self.u.Word

    def _describe(self, depth: int) -> str:
        return str(ipaddress.IPv6Address(bytes(self)))


in6_addr = IN6_ADDR
PIN6_ADDR = pointer_type("PIN6_ADDR", IN6_ADDR)
LPIN6_ADDR = PIN6_ADDR

in6addr_any = IN6_ADDR()  # assigned to a sin6_addr it is copied, as in C
in6addr_loopback = IN6_ADDR()
in6addr_loopback.u.Byte[15] = 1


class _SCOPE_ID_BITS(Structure):
    _fields_ = [("Zone", ULONG, 28), ("Level", ULONG, 4)]


class _SCOPE_ID_u(Union):
    _anonymous_ = ("_bits",)
    _fields_ = [("_bits", _SCOPE_ID_BITS), ("Value", ULONG)]


class SCOPE_ID(Structure):
    """Which link (zone) an IPv6 address belongs to, where it is not unique without."""

    _anonymous_ = ("_u",)
    _fields_ = [("_u", _SCOPE_ID_u)]
    _shown_ = ("Zone", "Level")


class _SOCKADDR_IN6_SCOPE(Union):
    _fields_ = [("sin6_scope_id", u_long), ("sin6_scope_struct", SCOPE_ID)]


class SOCKADDR_IN6(_AnySockaddr):
    """An IPv6 address and port. `sin6_port` is in network order: write it with htons."""

    _anonymous_ = ("_scope",)
    _fields_ = [
        ("sin6_family", USHORT),
        ("sin6_port", USHORT),
        ("sin6_flowinfo", u_long),
        ("sin6_addr", IN6_ADDR),
        ("_scope", _SOCKADDR_IN6_SCOPE),
    ]

    def _describe(self, depth: int) -> str:
        port = int.from_bytes(self.sin6_port.to_bytes(2, "little"), "big")
        scope = f"%{self.sin6_scope_id}" if self.sin6_scope_id else ""
        return f"SOCKADDR_IN6({_family(self.sin6_family)}, [{describe(self.sin6_addr)}{scope}]:{port})"


sockaddr_in6 = SOCKADDR_IN6
_AnySockaddr._kinds[AF_INET6] = SOCKADDR_IN6
PSOCKADDR_IN6 = pointer_type("PSOCKADDR_IN6", SOCKADDR_IN6)
LPSOCKADDR_IN6 = PSOCKADDR_IN6


class IN_PKTINFO(Structure):
    """The control data IP_PKTINFO: which address of this computer a datagram came to, and through which interface."""

    _fields_ = [("ipi_addr", IN_ADDR), ("ipi_ifindex", UINT)]


class IN6_PKTINFO(Structure):
    """The control data IPV6_PKTINFO: the same for IPv6."""

    _fields_ = [("ipi6_addr", IN6_ADDR), ("ipi6_ifindex", UINT)]


class ADDRINFOW(Structure):
    """One address that GetAddrInfo found: what socket takes (ai_family, ai_socktype, ai_protocol) and what bind and
    connect take (ai_addr, ai_addrlen). ai_next leads to the next one; it is NULL in the last."""


PADDRINFOW = pointer_type("PADDRINFOW", ADDRINFOW)
ADDRINFOW._fields_ = [
    ("ai_flags", INT),
    ("ai_family", INT),
    ("ai_socktype", INT),
    ("ai_protocol", INT),
    ("ai_addrlen", SIZE_T),
    ("ai_canonname", LPWSTR),
    ("ai_addr", LPSOCKADDR),
    ("ai_next", PADDRINFOW),
]
_SOCKTYPES = {int(c): c.name for c in (SOCK_STREAM, SOCK_DGRAM, SOCK_RAW)}  # type: ignore[attr-defined]
ADDRINFOW._show_ = {
    "ai_flags": flags_named(AI_PASSIVE, AI_CANONNAME, AI_NUMERICHOST, AI_NUMERICSERV, AI_ALL, AI_ADDRCONFIG, AI_V4MAPPED),
    "ai_family": _family,
    "ai_socktype": lambda value: _SOCKTYPES.get(value, str(value)),
}
addrinfoW = ADDRINFOW


# ---- functions ---------------------------------------------------------------------------------------------------


@imported_from(ws2_32)
def GetAddrInfoW(
    pNodeName: PCWSTR,
    pServiceName: PCWSTR,
    pHints: PADDRINFOW,
    ppResult: POINTER(PADDRINFOW),  # type: ignore[valid-type]
) -> INT:
    """The addresses of a host and a service (names, or numbers as text).

    pNodeName: NULL stands for this computer: its loopback addresses or, with AI_PASSIVE, those that a server binds to.
    pHints: which addresses are wanted (ai_flags: AI_…, ai_family, ai_socktype, ai_protocol), or NULL.
    ppResult: where the pointer to the first ADDRINFOW goes, for FreeAddrInfo.
    Returns 0, or the error code *itself* (WSAHOST_NOT_FOUND, WSATYPE_NOT_FOUND, WSAEINVAL, WSAEAFNOSUPPORT).
    Microsoft Learn: "GetAddrInfoW function (ws2tcpip.h)".
    """


GetAddrInfo = GetAddrInfoW


@imported_from(ws2_32)
def FreeAddrInfoW(pAddrInfo: PADDRINFOW) -> VOID:
    """Give back all that one GetAddrInfo allocated. Microsoft Learn: "FreeAddrInfoW function (ws2tcpip.h)"."""


FreeAddrInfo = FreeAddrInfoW


@imported_from(ws2_32)
def GetNameInfoW(
    pSockaddr: LPSOCKADDR,
    SockaddrLength: socklen_t,
    pNodeBuffer: LPWSTR,
    NodeBufferSize: DWORD,
    pServiceBuffer: LPWSTR,
    ServiceBufferSize: DWORD,
    Flags: INT,
) -> INT:
    """The names of the host and the service of an address; with NI_NUMERICHOST and NI_NUMERICSERV, the numbers as text.

    The buffers' sizes are in characters (NI_MAXHOST and NI_MAXSERV are always enough); a buffer not wanted is NULL and 0.
    Returns 0, or the error code *itself* (WSAHOST_NOT_FOUND, WSAEFAULT, ERROR_INSUFFICIENT_BUFFER).
    Microsoft Learn: "GetNameInfoW function (ws2tcpip.h)".
    """


GetNameInfo = GetNameInfoW


@imported_from(ws2_32)
def inet_pton(Family: INT, pszAddrString: LPCSTR, pAddrBuf: LPVOID) -> INT:
    """Text (bytes) to an IN_ADDR or IN6_ADDR in network order.

    Returns 1; 0 if the text is no such address; SOCKET_ERROR on failure (WSAEAFNOSUPPORT, WSAEFAULT).
    Microsoft Learn: "inet_pton function (ws2tcpip.h)".
    """


@imported_from(ws2_32)
def inet_ntop(Family: INT, pAddr: LPVOID, pStringBuf: LPSTR, StringBufSize: size_t) -> LPCSTR:
    """An IN_ADDR or IN6_ADDR to text in pStringBuf, whose size is StringBufSize bytes.

    Returns the text (bytes); None on failure (WSAEAFNOSUPPORT, WSA_INVALID_PARAMETER: the buffer is too small).
    Microsoft Learn: "inet_ntop function (ws2tcpip.h)".
    """
