"""winsock2.h and ws2def.h: the sockets of ws2_32.dll, in the order of the header."""

from __future__ import annotations

import ctypes
from typing import Any

from winsock_ctypes import _memory
from winsock_ctypes._functions import buffer_field, imported_from, pointer_field
from winsock_ctypes._routines import CompletionRoutine
from winsock_ctypes._values import Constant, describe, flags_named, name_constants, pointed
from winsock_ctypes.winbase import (
    INFINITE,
    LPOVERLAPPED,
    MAXIMUM_WAIT_OBJECTS,
    OVERLAPPED,
    WAIT_FAILED,
    WAIT_IO_COMPLETION,
    WAIT_OBJECT_0,
    WAIT_TIMEOUT,
)
from winsock_ctypes.windef import (
    BOOL,
    CHAR,
    DWORD,
    HANDLE,
    INT,
    LONG,
    LPCSTR,
    LPDWORD,
    LPHANDLE,
    LPINT,
    LPSTR,
    LPVOID,
    NULL,
    POINTER,
    SHORT,
    UCHAR,
    UINT,
    ULONG,
    USHORT,
    VOID,
    WCHAR,
    WORD,
    Structure,
    Union,
    pointer_type,
)
from winsock_ctypes.winerror import WSA_ERROR_NAMES

ws2_32 = ctypes.WinDLL("ws2_32")

# ---- types -------------------------------------------------------------------------------------------------------

u_char = UCHAR
u_short = USHORT
u_int = UINT
u_long = ULONG
GROUP = UINT


class SOCKET(ctypes._SimpleCData):
    """A socket: a handle, as wide as a pointer, and unsigned."""

    _type_ = "Q"


WSAEVENT = HANDLE
LPWSAEVENT = LPHANDLE
PBYTE = pointer_type("PBYTE", u_char)

# ---- constants ---------------------------------------------------------------------------------------------------

FD_SETSIZE = 64
IOC_VOID = 0x20000000
IOC_OUT = 0x40000000
IOC_IN = 0x80000000
IOC_INOUT = 0xC0000000
IOC_UNIX = 0x00000000
IOC_WS2 = 0x08000000
IOC_PROTOCOL = 0x10000000
IOC_VENDOR = 0x18000000
SIO_GET_EXTENSION_FUNCTION_POINTER = 0xC8000006
FIONREAD = 0x4004667F
FIONBIO = 0x8004667E
FIOASYNC = 0x8004667D
SIOCATMARK = 0x40047307

IPPROTO_IP = 0
IPPROTO_ICMP = 1
IPPROTO_TCP = 6
IPPROTO_UDP = 17
IPPROTO_IPV6 = 41

INADDR_ANY = 0
INADDR_LOOPBACK = 0x7F000001
INADDR_BROADCAST = 0xFFFFFFFF
INADDR_NONE = 0xFFFFFFFF

WSADESCRIPTION_LEN = 256
WSASYS_STATUS_LEN = 128

SOCKET_ERROR = -1

SOCK_STREAM = 1
SOCK_DGRAM = 2
SOCK_RAW = 3

SOL_SOCKET = 0xFFFF
SO_DEBUG = 0x0001
SO_ACCEPTCONN = 0x0002
SO_REUSEADDR = 0x0004
SO_KEEPALIVE = 0x0008
SO_DONTROUTE = 0x0010
SO_BROADCAST = 0x0020
SO_LINGER = 0x0080
SO_OOBINLINE = 0x0100
SO_EXCLUSIVEADDRUSE = ~SO_REUSEADDR
SO_SNDBUF = 0x1001
SO_RCVBUF = 0x1002
SO_SNDLOWAT = 0x1003
SO_RCVLOWAT = 0x1004
SO_SNDTIMEO = 0x1005
SO_RCVTIMEO = 0x1006
SO_ERROR = 0x1007
SO_TYPE = 0x1008
TCP_NODELAY = 0x0001

AF_UNSPEC = 0
AF_INET = 2
AF_INET6 = 23
PF_UNSPEC = 0
PF_INET = 2
PF_INET6 = 23

SOMAXCONN = 0x7FFFFFFF
MSG_OOB = 0x1
MSG_PEEK = 0x2
MSG_DONTROUTE = 0x4
MSG_WAITALL = 0x8
MSG_PARTIAL = 0x8000

SD_RECEIVE = 0
SD_SEND = 1
SD_BOTH = 2

WSA_FLAG_OVERLAPPED = 0x01
WSA_FLAG_NO_HANDLE_INHERIT = 0x80

FD_READ_BIT = 0
FD_READ = 1 << 0
FD_WRITE_BIT = 1
FD_WRITE = 1 << 1
FD_OOB_BIT = 2
FD_OOB = 1 << 2
FD_ACCEPT_BIT = 3
FD_ACCEPT = 1 << 3
FD_CONNECT_BIT = 4
FD_CONNECT = 1 << 4
FD_CLOSE_BIT = 5
FD_CLOSE = 1 << 5
FD_QOS_BIT = 6
FD_QOS = 1 << 6
FD_GROUP_QOS_BIT = 7
FD_GROUP_QOS = 1 << 7
FD_ROUTING_INTERFACE_CHANGE_BIT = 8
FD_ROUTING_INTERFACE_CHANGE = 1 << 8
FD_ADDRESS_LIST_CHANGE_BIT = 9
FD_ADDRESS_LIST_CHANGE = 1 << 9
FD_MAX_EVENTS = 10
FD_ALL_EVENTS = (1 << FD_MAX_EVENTS) - 1

WSA_MAXIMUM_WAIT_EVENTS = int(MAXIMUM_WAIT_OBJECTS)
WSA_WAIT_FAILED = int(WAIT_FAILED)
WSA_WAIT_EVENT_0 = int(WAIT_OBJECT_0)
WSA_WAIT_IO_COMPLETION = int(WAIT_IO_COMPLETION)
WSA_WAIT_TIMEOUT = int(WAIT_TIMEOUT)
WSA_INFINITE = int(INFINITE)

POLLRDNORM = 0x0100
POLLRDBAND = 0x0200
POLLIN = POLLRDNORM | POLLRDBAND
POLLPRI = 0x0400
POLLWRNORM = 0x0010
POLLOUT = POLLWRNORM
POLLWRBAND = 0x0020
POLLERR = 0x0001
POLLHUP = 0x0002
POLLNVAL = 0x0004

MAX_PROTOCOL_CHAIN = 7
WSAPROTOCOL_LEN = 255

name_constants(globals())

INVALID_SOCKET = Constant(SOCKET(-1).value, "INVALID_SOCKET")  # unsigned: a comparison with -1 would never be true
WSA_INVALID_EVENT = NULL

_FAMILIES = {int(c): c.name for c in (AF_UNSPEC, AF_INET, AF_INET6)}  # type: ignore[attr-defined]


def _family(value: int) -> str:
    return _FAMILIES.get(value, str(value))


# ---- structures --------------------------------------------------------------------------------------------------


class fd_set(Structure):
    """A set of at most FD_SETSIZE (64) sockets, for select. On Windows it is a list, not a bit mask."""

    _fields_ = [("fd_count", u_int), ("fd_array", SOCKET * FD_SETSIZE)]

    def _describe(self, depth: int) -> str:
        return f"fd_set({list(self.fd_array[: min(self.fd_count, FD_SETSIZE)])})"


LPFD_SET = pointer_type("LPFD_SET", fd_set)


def FD_ZERO(set: Any) -> None:
    """Empty an fd_set (given itself or by pointer)."""
    _pointed(set).fd_count = 0


def FD_SET(fd: int, set: Any) -> None:
    """Add a socket to an fd_set; nothing happens when it is there already or the set holds FD_SETSIZE sockets."""
    set = _pointed(set)
    if not FD_ISSET(fd, set) and set.fd_count < FD_SETSIZE:
        set.fd_array[set.fd_count] = fd
        set.fd_count += 1


def FD_CLR(fd: int, set: Any) -> None:
    """Take a socket out of an fd_set."""
    set = _pointed(set)
    kept = [other for other in set.fd_array[: set.fd_count] if other != fd]
    set.fd_array[: len(kept)] = kept
    set.fd_count = len(kept)


def FD_ISSET(fd: int, set: Any) -> bool:
    """Whether a socket is in an fd_set."""
    return bool(_WSAFDIsSet(fd, ctypes.byref(_pointed(set))))


# What the macro calls in C: the DLL looks through the set.
_WSAFDIsSet = ws2_32["__WSAFDIsSet"]
_WSAFDIsSet.argtypes = (SOCKET, LPFD_SET)


def _pointed(set: Any) -> Any:
    return pointed(set, fd_set, "set")


class timeval(Structure):
    """A time span for select: seconds and microseconds."""

    _fields_ = [("tv_sec", LONG), ("tv_usec", LONG)]


TIMEVAL = timeval
LPTIMEVAL = pointer_type("LPTIMEVAL", timeval)


class _S_un_b(Structure):
    _fields_ = [("s_b1", u_char), ("s_b2", u_char), ("s_b3", u_char), ("s_b4", u_char)]


class _S_un_w(Structure):
    _fields_ = [("s_w1", u_short), ("s_w2", u_short)]


class _S_un(Union):
    _fields_ = [("S_un_b", _S_un_b), ("S_un_w", _S_un_w), ("S_addr", ULONG)]


class IN_ADDR(Structure):
    """An IPv4 address in network order: `S_un.S_addr` as one number (`s_addr` for short), `S_un.S_un_b` as four bytes."""

    _fields_ = [("S_un", _S_un)]

    @property
    def s_addr(self) -> int:
        address: int = self.S_un.S_addr
        return address

    @s_addr.setter
    def s_addr(self, value: int) -> None:
        self.S_un.S_addr = value

    def _describe(self, depth: int) -> str:
        return ".".join(str(byte) for byte in bytes(self))


in_addr = IN_ADDR


class _AnySockaddr(Structure):
    """Where a function wants a SOCKADDR, `byref` of any kind of address will do, with a cast or without."""

    _kinds: dict[int, Any] = {}  # family -> the structure for its addresses

    def _describe(self, depth: int) -> str:
        raw = bytes(self)
        kind = self._kinds.get(int.from_bytes(raw[:2], "little"))
        if kind is None or len(raw) < ctypes.sizeof(kind):
            return super()._describe(depth)
        return describe(kind.from_buffer_copy(raw), depth)


class SOCKADDR(_AnySockaddr):
    """Any address: what bind, accept and connect take. A SOCKADDR_IN or SOCKADDR_IN6 is given in its place."""

    _fields_ = [("sa_family", USHORT), ("sa_data", CHAR * 14)]
    _show_ = {"sa_family": _family}
    _stands_for_ = _AnySockaddr


sockaddr = SOCKADDR


class SOCKADDR_IN(_AnySockaddr):
    """An IPv4 address and port. `sin_port` and `sin_addr` are in network order: write them with htons and htonl."""

    _fields_ = [("sin_family", USHORT), ("sin_port", USHORT), ("sin_addr", IN_ADDR), ("sin_zero", CHAR * 8)]

    def _describe(self, depth: int) -> str:
        port = int.from_bytes(self.sin_port.to_bytes(2, "little"), "big")
        return f"SOCKADDR_IN({_family(self.sin_family)}, {describe(self.sin_addr)}:{port})"


sockaddr_in = SOCKADDR_IN
_AnySockaddr._kinds[AF_INET] = SOCKADDR_IN
LPSOCKADDR = pointer_type("LPSOCKADDR", SOCKADDR)
PSOCKADDR = LPSOCKADDR
LPSOCKADDR_IN = pointer_type("LPSOCKADDR_IN", SOCKADDR_IN)
PSOCKADDR_IN = LPSOCKADDR_IN


class SOCKADDR_STORAGE(_AnySockaddr):
    """Room for an address of any family: 128 bytes, aligned for each of them."""

    _fields_ = [("ss_family", USHORT), ("__ss_pad1", CHAR * 6), ("__ss_align", ctypes.c_int64), ("__ss_pad2", CHAR * 112)]
    _shown_ = ("ss_family",)
    _show_ = {"ss_family": _family}


sockaddr_storage = SOCKADDR_STORAGE
PSOCKADDR_STORAGE = pointer_type("PSOCKADDR_STORAGE", SOCKADDR_STORAGE)
LPSOCKADDR_STORAGE = PSOCKADDR_STORAGE


def _version(word: int) -> str:
    return f"{word & 0xFF}.{word >> 8}"


class WSADATA(Structure):
    """What WSAStartup tells of the implementation."""

    _fields_ = [
        ("wVersion", WORD),
        ("wHighVersion", WORD),
        ("iMaxSockets", USHORT),
        ("iMaxUdpDg", USHORT),
        ("lpVendorInfo", LPSTR),
        ("szDescription", CHAR * (WSADESCRIPTION_LEN + 1)),
        ("szSystemStatus", CHAR * (WSASYS_STATUS_LEN + 1)),
    ]
    _show_ = {"wVersion": _version, "wHighVersion": _version}


LPWSADATA = pointer_type("LPWSADATA", WSADATA)


class LINGER(Structure):
    """For SO_LINGER. On with 0 seconds, closesocket resets the connection."""

    _fields_ = [("l_onoff", u_short), ("l_linger", u_short)]


linger = LINGER


class WSABUF(Structure):
    """One buffer of WSASend or WSARecv: its length in bytes and its address.

    The structure is read before the call returns; the buffer itself is the kernel's until the completion is delivered.
    `buf` takes what a buffer parameter takes: an array (of BYTE, CHAR, ..., create_string_buffer's), a pointer, an address.
    """

    _fields_ = [("len", ULONG), ("buf", PBYTE)]

    def _describe(self, depth: int) -> str:
        text, address = self.buf._describe(0), ctypes.cast(self.buf, ctypes.c_void_p).value
        if depth > 1 and address is not None and not _memory.is_freed(address):
            start = _memory.read(address, min(self.len, 32))
            text += " (not readable)" if start is None else f" -> {start!r}{f'... ({self.len})' if self.len > 32 else ''}"
        return f"WSABUF(len={self.len}, buf={text})"


buffer_field(WSABUF, "buf")
LPWSABUF = pointer_type("LPWSABUF", WSABUF)

WSAOVERLAPPED = OVERLAPPED
LPWSAOVERLAPPED = LPOVERLAPPED


class WSANETWORKEVENTS(Structure):
    """What WSAEnumNetworkEvents tells: a set of FD_… flags, and an error code for each (at FD_…_BIT; 0: none)."""

    _fields_ = [("lNetworkEvents", LONG), ("iErrorCode", INT * FD_MAX_EVENTS)]
    _show_ = {
        "lNetworkEvents": flags_named(FD_READ, FD_WRITE, FD_OOB, FD_ACCEPT, FD_CONNECT, FD_CLOSE, FD_QOS, FD_GROUP_QOS),
        "iErrorCode": lambda codes: str({bit: WSA_ERROR_NAMES[code] for bit, code in enumerate(codes) if code} or "no error"),
    }


LPWSANETWORKEVENTS = pointer_type("LPWSANETWORKEVENTS", WSANETWORKEVENTS)


_poll_flags = flags_named(POLLRDNORM, POLLRDBAND, POLLPRI, POLLWRNORM, POLLWRBAND, POLLERR, POLLHUP, POLLNVAL)


class WSAPOLLFD(Structure):
    """One socket of WSAPoll: what to wait for (`events`) and what has come (`revents`), as POLL… flags."""

    _fields_ = [("fd", SOCKET), ("events", SHORT), ("revents", SHORT)]
    _show_ = {"events": _poll_flags, "revents": _poll_flags}


pollfd = WSAPOLLFD
LPWSAPOLLFD = pointer_type("LPWSAPOLLFD", WSAPOLLFD)
PWSAPOLLFD = LPWSAPOLLFD


class WSAMSG(Structure):
    """A message and all that belongs to it, for WSARecvMsg and WSASendMsg: peer's address, buffers, control data, flags.

    `name` and `lpBuffers` take `byref` of an address, and of a WSABUF (or an array of them); `Control` is a WSABUF itself.
    """

    _fields_ = [
        ("name", LPSOCKADDR),
        ("namelen", INT),
        ("lpBuffers", LPWSABUF),
        ("dwBufferCount", DWORD),
        ("Control", WSABUF),
        ("dwFlags", DWORD),
    ]


pointer_field(WSAMSG, "name")
pointer_field(WSAMSG, "lpBuffers")
LPWSAMSG = pointer_type("LPWSAMSG", WSAMSG)
PWSAMSG = LPWSAMSG


class WSAPROTOCOLCHAIN(Structure):
    _fields_ = [("ChainLen", INT), ("ChainEntries", DWORD * MAX_PROTOCOL_CHAIN)]


class GUID(Structure):
    """A globally unique identifier."""

    _fields_ = [("Data1", ULONG), ("Data2", USHORT), ("Data3", USHORT), ("Data4", u_char * 8)]


class WSAPROTOCOL_INFOW(Structure):
    """A description of a transport protocol; WSASocket takes NULL in its place to let the family decide."""

    _fields_ = [
        ("dwServiceFlags1", DWORD),
        ("dwServiceFlags2", DWORD),
        ("dwServiceFlags3", DWORD),
        ("dwServiceFlags4", DWORD),
        ("dwProviderFlags", DWORD),
        ("ProviderId", GUID),
        ("dwCatalogEntryId", DWORD),
        ("ProtocolChain", WSAPROTOCOLCHAIN),
        ("iVersion", INT),
        ("iAddressFamily", INT),
        ("iMaxSockAddr", INT),
        ("iMinSockAddr", INT),
        ("iSocketType", INT),
        ("iProtocol", INT),
        ("iProtocolMaxOffset", INT),
        ("iNetworkByteOrder", INT),
        ("iSecurityScheme", INT),
        ("dwMessageSize", DWORD),
        ("dwProviderReserved", DWORD),
        ("szProtocol", WCHAR * (WSAPROTOCOL_LEN + 1)),
    ]


LPWSAPROTOCOL_INFOW = pointer_type("LPWSAPROTOCOL_INFOW", WSAPROTOCOL_INFOW)

SERVICETYPE = ULONG


class FLOWSPEC(Structure):
    """How much of the network a connection wants in one direction (qos.h)."""

    _fields_ = [
        ("TokenRate", ULONG),
        ("TokenBucketSize", ULONG),
        ("PeakBandwidth", ULONG),
        ("Latency", ULONG),
        ("DelayVariation", ULONG),
        ("ServiceType", SERVICETYPE),
        ("MaxSduSize", ULONG),
        ("MinimumPolicedSize", ULONG),
    ]


class QOS(Structure):
    """The same for both directions, for WSAConnect: NULL in its place wants nothing."""

    _fields_ = [("SendingFlowspec", FLOWSPEC), ("ReceivingFlowspec", FLOWSPEC), ("ProviderSpecific", WSABUF)]


LPQOS = pointer_type("LPQOS", QOS)


class LPWSAOVERLAPPED_COMPLETION_ROUTINE(CompletionRoutine):
    """The type of a completion routine, used as a decorator:

        @LPWSAOVERLAPPED_COMPLETION_ROUTINE
        def ReadComRoutine(dwError, szRecvBytes, lpOverlapped, flags): ...

    The routine is called by the thread that started the operation, inside its next alertable wait (SleepEx(…, TRUE)).
    What it raises comes out of that wait. The package does not know a wait of another ctypes.WinDLL: what was raised in there
    is reported by sys.unraisablehook, and the program goes on.
    Declare that function with `imported_from(..., alertable=True)`, and it is one that the package knows.
    Microsoft Learn: "LPWSAOVERLAPPED_COMPLETION_ROUTINE callback function (winsock2.h)".
    """

    _flags_ = CompletionRoutine._flags_
    _argtypes_ = (DWORD, DWORD, LPWSAOVERLAPPED, DWORD)
    _restype_ = None


# ---- functions ---------------------------------------------------------------------------------------------------


@imported_from(ws2_32, alertable=True)
def accept(s: SOCKET, addr: LPSOCKADDR, addrlen: LPINT) -> SOCKET:
    """Take the next connection from the queue of a listening socket.

    addr, addrlen: where the peer's address goes, and the size of that place, which becomes its length; both may be NULL.
    The new socket inherits the listening one's mode (non-blocking) and its overlapped flag.
    Returns the new socket, for closesocket; INVALID_SOCKET on failure (WSAEWOULDBLOCK: non-blocking and nobody waits;
    WSAECONNRESET: the client is gone already; WSAEFAULT: addrlen too small).
    Microsoft Learn: "accept function (winsock2.h)".
    """


@imported_from(ws2_32)
def bind(s: SOCKET, name: LPSOCKADDR, namelen: INT) -> INT:
    """Give a socket its local address.

    namelen: the size of the address in bytes. Port 0 lets the system choose: ask with getsockname.
    Returns 0; SOCKET_ERROR on failure (WSAEADDRINUSE, WSAEACCES, WSAEADDRNOTAVAIL).
    Microsoft Learn: "bind function (winsock2.h)".
    """


@imported_from(ws2_32)
def closesocket(s: SOCKET) -> INT:
    """Close a socket. Operations that are still pending are completed with an error: memory is theirs until then.

    Returns 0; SOCKET_ERROR on failure (WSAENOTSOCK).
    Microsoft Learn: "closesocket function (winsock2.h)".
    """


@imported_from(ws2_32, alertable=True)
def connect(s: SOCKET, name: LPSOCKADDR, namelen: INT) -> INT:
    """Connect a socket to an address; for a blocking socket, wait until that is done.

    Returns 0; SOCKET_ERROR on failure (WSAECONNREFUSED: nobody listens there; WSAEWOULDBLOCK: non-blocking, under way).
    Microsoft Learn: "connect function (winsock2.h)".
    """


@imported_from(ws2_32)
def ioctlsocket(s: SOCKET, cmd: LONG, argp: POINTER(u_long)) -> INT:
    """Change or ask the mode of a socket: FIONBIO with a u_long other than 0 makes it non-blocking.

    Returns 0; SOCKET_ERROR on failure (WSAENOTSOCK, WSAEFAULT, WSAEINVAL).
    Microsoft Learn: "ioctlsocket function (winsock2.h)".
    """


@imported_from(ws2_32)
def getpeername(s: SOCKET, name: LPSOCKADDR, namelen: LPINT) -> INT:
    """The address of the other end. `namelen`: the size of `name`, which becomes the address's length.

    Returns 0; SOCKET_ERROR on failure (WSAENOTCONN, WSAEFAULT).
    Microsoft Learn: "getpeername function (winsock2.h)".
    """


@imported_from(ws2_32)
def getsockname(s: SOCKET, name: LPSOCKADDR, namelen: LPINT) -> INT:
    """The local address. `namelen`: the size of `name`, which becomes the address's length.

    Returns 0; SOCKET_ERROR on failure (WSAEINVAL: not bound yet; WSAEFAULT).
    Microsoft Learn: "getsockname function (winsock2.h)".
    """


@imported_from(ws2_32)
def getsockopt(s: SOCKET, level: INT, optname: INT, optval: LPSTR, optlen: LPINT) -> INT:
    """Ask a socket option. `optval`, `optlen`: where the value goes, and its size in bytes.

    Returns 0; SOCKET_ERROR on failure (WSAENOPROTOOPT, WSAEFAULT).
    Microsoft Learn: "getsockopt function (winsock2.h)".
    """


@imported_from(ws2_32)
def htonl(hostlong: u_long) -> u_long:
    """A 32-bit number in network order. Microsoft Learn: "htonl function (winsock2.h)"."""


@imported_from(ws2_32)
def htons(hostshort: u_short) -> u_short:
    """A 16-bit number in network order. Microsoft Learn: "htons function (winsock2.h)"."""


@imported_from(ws2_32)
def inet_addr(cp: LPCSTR) -> ULONG:
    """The IPv4 address that dotted text (bytes) stands for, in network order; INADDR_NONE if it stands for none.

    Microsoft Learn: "inet_addr function (winsock2.h)".
    """


# `in` is a keyword of Python: the parameter is named like the structure's type on Microsoft Learn, with an underscore.
@imported_from(ws2_32)
def inet_ntoa(in_: IN_ADDR) -> LPSTR:
    """Dotted text (bytes) of an IPv4 address; None on failure. Microsoft Learn: "inet_ntoa function (winsock2.h)"."""


@imported_from(ws2_32)
def listen(s: SOCKET, backlog: INT) -> INT:
    """Let a bound socket take connections. `backlog`: how many may wait for accept.

    Returns 0; SOCKET_ERROR on failure (WSAEINVAL: not bound; WSAEADDRINUSE).
    Microsoft Learn: "listen function (winsock2.h)".
    """


@imported_from(ws2_32)
def ntohl(netlong: u_long) -> u_long:
    """A 32-bit number from network order. Microsoft Learn: "ntohl function (winsock2.h)"."""


@imported_from(ws2_32)
def ntohs(netshort: u_short) -> u_short:
    """A 16-bit number from network order. Microsoft Learn: "ntohs function (winsock2.h)"."""


@imported_from(ws2_32, alertable=True, addresses=("buf",))
def recv(s: SOCKET, buf: LPSTR, len: INT, flags: INT) -> INT:
    """Receive at most `len` bytes into `buf`; a blocking socket waits for the first.

    Returns the number of bytes; 0 when the peer has ended its sending; SOCKET_ERROR on failure (WSAEWOULDBLOCK,
    WSAECONNRESET, WSAENOTCONN).
    Microsoft Learn: "recv function (winsock2.h)".
    """


# `from` is a keyword of Python, too.
@imported_from(ws2_32, alertable=True, addresses=("buf",))
def recvfrom(s: SOCKET, buf: LPSTR, len: INT, flags: INT, from_: LPSOCKADDR, fromlen: LPINT) -> INT:
    """Receive one datagram into `buf`, and learn who sent it; a blocking socket waits for one.

    from_, fromlen: where the sender's address goes, and the size of that place, which becomes its length; both may be NULL.
    The socket must have an address (bind, or an earlier sendto). Returns the number of bytes, 0 for an empty datagram;
    SOCKET_ERROR on failure (WSAEMSGSIZE: only the start of it had room, the rest is lost; WSAEWOULDBLOCK; WSAEINVAL: not
    bound; WSAECONNRESET: nobody was there for a datagram that was sent before; see SIO_UDP_CONNRESET).
    Microsoft Learn: "recvfrom function (winsock2.h)".
    """


@imported_from(ws2_32, alertable=True)
def select(nfds: INT, readfds: LPFD_SET, writefds: LPFD_SET, exceptfds: LPFD_SET, timeout: LPTIMEVAL) -> INT:
    """Wait until a socket of the sets is ready; the sets then hold those that are.

    nfds is ignored on Windows. timeout: NULL waits without end.
    Returns how many are ready; 0 when the time is over; SOCKET_ERROR on failure (WSAEINVAL: all sets empty; WSAENOTSOCK).
    Microsoft Learn: "select function (winsock2.h)".
    """


@imported_from(ws2_32, alertable=True, addresses=("buf",))
def send(s: SOCKET, buf: LPCSTR, len: INT, flags: INT) -> INT:
    """Send `len` bytes from `buf`; a blocking socket waits until all are buffered.

    Returns the number of bytes taken; SOCKET_ERROR on failure (WSAEWOULDBLOCK, WSAECONNRESET, WSAESHUTDOWN).
    Microsoft Learn: "send function (winsock2.h)".
    """


@imported_from(ws2_32, alertable=True, addresses=("buf",))
def sendto(s: SOCKET, buf: LPCSTR, len: INT, flags: INT, to: LPSOCKADDR, tolen: INT) -> INT:
    """Send one datagram of `len` bytes to an address. tolen: the size of the address in bytes.

    A socket that is not bound gets a local address by it. Success says that it was sent, not that anybody is there.
    Returns the number of bytes; SOCKET_ERROR on failure (WSAEMSGSIZE: too large for one datagram; WSAEACCES: a broadcast
    address without SO_BROADCAST; WSAEWOULDBLOCK, WSAEFAULT, WSAEADDRNOTAVAIL).
    Microsoft Learn: "sendto function (winsock2.h)".
    """


@imported_from(ws2_32)
def setsockopt(s: SOCKET, level: INT, optname: INT, optval: LPCSTR, optlen: INT) -> INT:
    """Set a socket option. `optval`, `optlen`: the value (`byref(…)` of it) and its size in bytes.

    Returns 0; SOCKET_ERROR on failure (WSAENOPROTOOPT, WSAEFAULT, WSAEINVAL).
    Microsoft Learn: "setsockopt function (winsock2.h)".
    """


@imported_from(ws2_32)
def shutdown(s: SOCKET, how: INT) -> INT:
    """End the sending (SD_SEND), the receiving (SD_RECEIVE) or both (SD_BOTH); the socket stays to be closed.

    Returns 0; SOCKET_ERROR on failure (WSAENOTCONN).
    Microsoft Learn: "shutdown function (winsock2.h)".
    """


@imported_from(ws2_32)
def socket(af: INT, type: INT, protocol: INT) -> SOCKET:
    """A new socket, with the overlapped flag. `protocol` 0 lets family and type decide.

    Returns it, for closesocket; INVALID_SOCKET on failure (WSANOTINITIALISED, WSAEAFNOSUPPORT).
    Microsoft Learn: "socket function (winsock2.h)".
    """


@imported_from(ws2_32)
def WSAStartup(wVersionRequested: WORD, lpWSAData: LPWSADATA) -> INT:
    """Start to use Winsock: the first call of every program, for `MAKEWORD(2, 2)`.

    Returns 0, or the error code *itself* (WSAVERNOTSUPPORTED, WSAEFAULT): WSAGetLastError cannot be asked yet.
    Microsoft Learn: "WSAStartup function (winsock.h)".
    """


@imported_from(ws2_32)
def WSACleanup() -> INT:
    """End what one WSAStartup began. Returns 0; SOCKET_ERROR on failure (WSANOTINITIALISED).

    Microsoft Learn: "WSACleanup function (winsock2.h)".
    """


@imported_from(ws2_32)
def WSACreateEvent() -> WSAEVENT:
    """A new event: not signalled, and manual-reset (it stays signalled until it is reset).

    Put into an OVERLAPPED's hEvent, it is reset when the operation starts and signalled when it completes.
    Returns it, for WSACloseEvent; WSA_INVALID_EVENT (None) on failure (WSA_NOT_ENOUGH_MEMORY).
    Microsoft Learn: "WSACreateEvent function (winsock2.h)".
    """


@imported_from(ws2_32)
def WSACloseEvent(hEvent: HANDLE) -> BOOL:
    """Close an event. Returns FALSE on failure (WSA_INVALID_HANDLE).

    Microsoft Learn: "WSACloseEvent function (winsock2.h)".
    """


@imported_from(ws2_32)
def WSASetEvent(hEvent: HANDLE) -> BOOL:
    """Signal an event. Returns FALSE on failure (WSA_INVALID_HANDLE).

    Microsoft Learn: "WSASetEvent function (winsock2.h)".
    """


@imported_from(ws2_32)
def WSAResetEvent(hEvent: HANDLE) -> BOOL:
    """Make an event not signalled. Returns FALSE on failure (WSA_INVALID_HANDLE).

    Microsoft Learn: "WSAResetEvent function (winsock2.h)".
    """


@imported_from(ws2_32, alertable=True)
def WSAWaitForMultipleEvents(
    cEvents: DWORD, lphEvents: LPWSAEVENT, fWaitAll: BOOL, dwTimeout: DWORD, fAlertable: BOOL
) -> DWORD:
    """Wait until an event (or with fWaitAll every event) of an array is signalled.

    cEvents: how many, from 1 to WSA_MAXIMUM_WAIT_EVENTS (64). dwTimeout: the longest time in milliseconds; 0 only polls,
    WSA_INFINITE has no limit (and cannot be left with Ctrl+C). fAlertable: TRUE lets completion routines run.
    Returns WSA_WAIT_EVENT_0 + the index of a signalled event (the lowest one), WSA_WAIT_TIMEOUT, WSA_WAIT_IO_COMPLETION
    after routines ran, or WSA_WAIT_FAILED (WSA_INVALID_HANDLE, WSA_INVALID_PARAMETER: cEvents out of range).
    An exception that a routine raised comes out of this call.
    Microsoft Learn: "WSAWaitForMultipleEvents function (winsock2.h)".
    """


@imported_from(ws2_32)
def WSAEventSelect(s: SOCKET, hEventObject: HANDLE, lNetworkEvents: LONG) -> INT:
    """Have an event signalled when one of the FD_… things happens to a socket. The socket becomes non-blocking.

    NULL and 0 end that (the socket stays non-blocking: see FIONBIO). accept's sockets inherit event and flags.
    Returns 0; SOCKET_ERROR on failure (WSAENOTSOCK, WSAEINVAL).
    Microsoft Learn: "WSAEventSelect function (winsock2.h)".
    """


@imported_from(ws2_32)
def WSAEnumNetworkEvents(s: SOCKET, hEventObject: HANDLE, lpNetworkEvents: LPWSANETWORKEVENTS) -> INT:
    """What happened to a socket since the last call, of the things that WSAEventSelect asked for.

    hEventObject: the event, which is reset by the same step; NULL leaves it alone.
    Returns 0; SOCKET_ERROR on failure (WSAENOTSOCK, WSAEINVAL, WSAEFAULT).
    Microsoft Learn: "WSAEnumNetworkEvents function (winsock2.h)".
    """


@imported_from(ws2_32, alertable=True)
def WSAConnect(
    s: SOCKET, name: LPSOCKADDR, namelen: INT, lpCallerData: LPWSABUF, lpCalleeData: LPWSABUF, lpSQOS: LPQOS, lpGQOS: LPQOS
) -> INT:
    """Connect a socket to an address, like connect. The last four arguments are NULL for TCP.

    Returns 0; SOCKET_ERROR on failure (WSAECONNREFUSED: nobody listens there; WSAEWOULDBLOCK: non-blocking, under way;
    WSAEISCONN, WSAENOTSOCK, WSAEFAULT).
    Microsoft Learn: "WSAConnect function (winsock2.h)".
    """


@imported_from(ws2_32, alertable=True)
def WSAIoctl(
    s: SOCKET,
    dwIoControlCode: DWORD,
    lpvInBuffer: LPVOID,
    cbInBuffer: DWORD,
    lpvOutBuffer: LPVOID,
    cbOutBuffer: DWORD,
    lpcbBytesReturned: LPDWORD,
    lpOverlapped: LPWSAOVERLAPPED,
    lpCompletionRoutine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
) -> INT:
    """Control a socket. SIO_GET_EXTENSION_FUNCTION_POINTER asks for a function of mswsock.h by its WSAID_… GUID.

    lpvInBuffer, lpvOutBuffer: what goes in and what comes out, each with its size in bytes. lpcbBytesReturned: the number
    of bytes that came out; not NULL, unless there is an lpOverlapped.
    Returns 0; SOCKET_ERROR on failure (WSAEINVAL: no such function; WSAEOPNOTSUPP, WSAEFAULT, WSAENOTSOCK), or with
    WSA_IO_PENDING when an overlapped operation was started.
    Microsoft Learn: "WSAIoctl function (winsock2.h)".
    """


@imported_from(ws2_32, alertable=True)
def WSAPoll(fdArray: LPWSAPOLLFD, fds: ULONG, timeout: INT) -> INT:
    """Wait until one of an array of `fds` WSAPOLLFDs is ready; their `revents` then tell which and for what.

    timeout: in milliseconds; 0 only polls, a negative one waits without end.
    Returns how many have a `revents` other than 0; 0 when the time is over; SOCKET_ERROR on failure (WSAEINVAL, WSAEFAULT).
    Microsoft Learn: "WSAPoll function (winsock2.h)".
    """


@imported_from(ws2_32)
def WSASetLastError(iError: INT) -> VOID:
    """Set this thread's error code. Microsoft Learn: "WSASetLastError function (winsock2.h)"."""


@imported_from(ws2_32, instant=True, result=WSA_ERROR_NAMES.__getitem__)
def WSAGetLastError() -> INT:
    """The error code of this thread's latest socket call that failed. Ask only after a failure.

    Returns an int that shows its name: `WSAEWOULDBLOCK (10035)`. It is right whatever Python code ran since that call, unless
    that called functions of this package itself. A `__del__`, a signal handler or a routine that does, and may run at any
    time, keeps it: `error = WSAGetLastError()` at its start, and `WSASetLastError(error)` at its end. The package cannot do
    that for them: Python enters and leaves a `__del__` between any two steps and tells nobody. Every call would have to look
    through the frames above it for one, which takes longer than the call itself, and would have Python code to step into.
    Microsoft Learn: "WSAGetLastError function (winsock2.h)".
    """


@imported_from(ws2_32)
def WSAGetOverlappedResult(
    s: SOCKET, lpOverlapped: LPWSAOVERLAPPED, lpcbTransfer: LPDWORD, fWait: BOOL, lpdwFlags: LPDWORD
) -> BOOL:
    """The result of an overlapped operation: the number of bytes and the flags.

    fWait: TRUE waits for the event in hEvent; must be FALSE for an operation that has a completion routine.
    Returns FALSE while it is pending (WSA_IO_INCOMPLETE), or if it failed (its error code).
    Microsoft Learn: "WSAGetOverlappedResult function (winsock2.h)".
    """


@imported_from(ws2_32, alertable=True)
def WSARecv(
    s: SOCKET,
    lpBuffers: LPWSABUF,
    dwBufferCount: DWORD,
    lpNumberOfBytesRecvd: LPDWORD,
    lpFlags: LPDWORD,
    lpOverlapped: LPWSAOVERLAPPED,
    lpCompletionRoutine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
) -> INT:
    """Receive into the buffers; with an OVERLAPPED, start to receive and return at once.

    lpNumberOfBytesRecvd: NULL when there is an lpOverlapped (the routine is told). lpFlags: in and out, not NULL.
    OVERLAPPED and buffers are the kernel's until the completion is delivered.
    Returns 0, or SOCKET_ERROR with WSA_IO_PENDING: with both the routine will be called (in an alertable wait).
    SOCKET_ERROR with any other code (WSAECONNRESET, WSAENOTSOCK, WSAEFAULT): it failed, and nothing will come.
    Microsoft Learn: "WSARecv function (winsock2.h)".
    """


@imported_from(ws2_32, alertable=True)
def WSARecvFrom(
    s: SOCKET,
    lpBuffers: LPWSABUF,
    dwBufferCount: DWORD,
    lpNumberOfBytesRecvd: LPDWORD,
    lpFlags: LPDWORD,
    lpFrom: LPSOCKADDR,
    lpFromlen: LPINT,
    lpOverlapped: LPWSAOVERLAPPED,
    lpCompletionRoutine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
) -> INT:
    """Receive one datagram into the buffers, and learn who sent it; with an OVERLAPPED, start to and return at once.

    lpFrom, lpFromlen: where the sender's address goes, and the size of that place, which becomes its length; both may be
    NULL. With an OVERLAPPED these two are the kernel's as well, like the buffers, until the completion is delivered.
    lpNumberOfBytesRecvd: NULL when there is an lpOverlapped (the routine is told). lpFlags: in and out, not NULL.
    Returns 0, or SOCKET_ERROR with WSA_IO_PENDING: with both the routine will be called (in an alertable wait).
    SOCKET_ERROR with any other code (WSAECONNRESET: nobody was there for a datagram that was sent before; WSAEMSGSIZE: only
    the start of it had room; WSAEINVAL: not bound): it failed, and nothing will come.
    Microsoft Learn: "WSARecvFrom function (winsock2.h)".
    """


@imported_from(ws2_32, alertable=True)
def WSASend(
    s: SOCKET,
    lpBuffers: LPWSABUF,
    dwBufferCount: DWORD,
    lpNumberOfBytesSent: LPDWORD,
    dwFlags: DWORD,
    lpOverlapped: LPWSAOVERLAPPED,
    lpCompletionRoutine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
) -> INT:
    """Send the buffers; with an OVERLAPPED, start to send and return at once.

    lpNumberOfBytesSent: NULL when there is an lpOverlapped (the routine is told).
    OVERLAPPED and buffers are the kernel's until the completion is delivered.
    Returns 0, or SOCKET_ERROR with WSA_IO_PENDING: with both the routine will be called (in an alertable wait).
    SOCKET_ERROR with any other code (WSAECONNRESET, WSAENOTCONN, WSAENOTSOCK): it failed, and nothing will come.
    Microsoft Learn: "WSASend function (winsock2.h)".
    """


@imported_from(ws2_32, alertable=True)
def WSASendMsg(
    s: SOCKET,
    lpMsg: LPWSAMSG,
    dwFlags: DWORD,
    lpNumberOfBytesSent: LPDWORD,
    lpOverlapped: LPWSAOVERLAPPED,
    lpCompletionRoutine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
) -> INT:
    """Send a datagram, with control data (IP_PKTINFO: from which address) if it has some; with an OVERLAPPED, start to.

    lpMsg: where to, the buffers, the control data; its dwFlags is not looked at. lpNumberOfBytesSent: NULL when there is an
    lpOverlapped (the routine is told). OVERLAPPED, buffers and control data are the kernel's until the completion is delivered.
    Returns 0, or SOCKET_ERROR with WSA_IO_PENDING: with both the routine will be called (in an alertable wait).
    SOCKET_ERROR with any other code (WSAEINVAL: not a datagram socket; WSAEMSGSIZE, WSAENOTSOCK, WSAEFAULT): it failed, and
    nothing will come. Microsoft Learn: "WSASendMsg function (winsock2.h)".
    """


@imported_from(ws2_32, alertable=True)
def WSASendTo(
    s: SOCKET,
    lpBuffers: LPWSABUF,
    dwBufferCount: DWORD,
    lpNumberOfBytesSent: LPDWORD,
    dwFlags: DWORD,
    lpTo: LPSOCKADDR,
    iTolen: INT,
    lpOverlapped: LPWSAOVERLAPPED,
    lpCompletionRoutine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
) -> INT:
    """Send the buffers as one datagram to an address; with an OVERLAPPED, start to send and return at once.

    iTolen: the size of the address in bytes. lpNumberOfBytesSent: NULL when there is an lpOverlapped (the routine is told).
    OVERLAPPED and buffers are the kernel's until the completion is delivered.
    Returns 0, or SOCKET_ERROR with WSA_IO_PENDING: with both the routine will be called (in an alertable wait).
    SOCKET_ERROR with any other code (WSAEMSGSIZE, WSAEACCES, WSAENOTSOCK, WSAEFAULT): it failed, and nothing will come.
    Microsoft Learn: "WSASendTo function (winsock2.h)".
    """


@imported_from(ws2_32)
def WSASocketW(af: INT, type: INT, protocol: INT, lpProtocolInfo: LPWSAPROTOCOL_INFOW, g: GROUP, dwFlags: DWORD) -> SOCKET:
    """A new socket; WSA_FLAG_OVERLAPPED in dwFlags allows overlapped operations on it.

    lpProtocolInfo: NULL, or a protocol to use; g: 0, reserved for groups of sockets.
    Returns it, for closesocket; INVALID_SOCKET on failure (WSANOTINITIALISED, WSAEAFNOSUPPORT, WSAEINVAL).
    Microsoft Learn: "WSASocketW function (winsock2.h)".
    """


WSASocket = WSASocketW
