# made by python -m tests.pages write stub
"""What type checkers and editors are told: a parameter `DWORD` takes an int, too, and a field of it reads as an int."""

from collections.abc import Callable
from _ctypes import CFuncPtr as _CFuncPtr
from ctypes import Array, Structure, Union, addressof, byref, c_char_p, c_void_p, c_wchar_p, sizeof
from ctypes import _CArgObject, _CData, _Pointer, _SimpleCData
from types import ModuleType
from typing import Any, Generic, Self, TypeAlias, TypeVar, overload

from winsock_ctypes import mswsock as mswsock, stdio as stdio, stdlib as stdlib, string as string, winbase as winbase
from winsock_ctypes import windef as windef, winerror as winerror, winsock2 as winsock2, ws2tcpip as ws2tcpip
from winsock_ctypes._functions import ForeignFunction as _ForeignFunction, function_pointer as function_pointer
from winsock_ctypes._values import Constant as _Constant

__all__ = [
    "ADDRINFOW", "AF_INET", "AF_INET6", "AF_UNSPEC", "AI_ADDRCONFIG", "AI_ALL", "AI_CANONNAME", "AI_NUMERICHOST",
    "AI_NUMERICSERV", "AI_PASSIVE", "AI_V4MAPPED", "BOOL", "BOOLEAN", "BYTE", "CHAR", "CancelIo", "CancelIoEx",
    "CloseHandle", "CreateEvent", "CreateEventW", "CreateIoCompletionPort", "DWORD", "DWORD_PTR", "EAI_AGAIN",
    "EAI_BADFLAGS", "EAI_FAIL", "EAI_FAMILY", "EAI_MEMORY", "EAI_NONAME", "EAI_SERVICE", "EAI_SOCKTYPE", "EOF",
    "ERROR_ABANDONED_WAIT_0", "ERROR_ACCESS_DENIED", "ERROR_ADDRESS_ALREADY_ASSOCIATED", "ERROR_ADDRESS_NOT_ASSOCIATED",
    "ERROR_ALREADY_EXISTS", "ERROR_BAD_NETPATH", "ERROR_BROKEN_PIPE", "ERROR_BUSY", "ERROR_CALL_NOT_IMPLEMENTED",
    "ERROR_CONNECTION_ABORTED", "ERROR_CONNECTION_ACTIVE", "ERROR_CONNECTION_INVALID", "ERROR_CONNECTION_REFUSED",
    "ERROR_FILE_NOT_FOUND", "ERROR_GEN_FAILURE", "ERROR_GRACEFUL_DISCONNECT", "ERROR_HANDLE_EOF", "ERROR_HOST_UNREACHABLE",
    "ERROR_INSUFFICIENT_BUFFER", "ERROR_INVALID_ADDRESS", "ERROR_INVALID_FUNCTION", "ERROR_INVALID_HANDLE",
    "ERROR_INVALID_PARAMETER", "ERROR_INVALID_USER_BUFFER", "ERROR_IO_DEVICE", "ERROR_IO_INCOMPLETE", "ERROR_IO_PENDING",
    "ERROR_MOD_NOT_FOUND", "ERROR_MORE_DATA", "ERROR_NETNAME_DELETED", "ERROR_NETWORK_BUSY", "ERROR_NETWORK_UNREACHABLE",
    "ERROR_NOACCESS", "ERROR_NOT_ENOUGH_MEMORY", "ERROR_NOT_ENOUGH_QUOTA", "ERROR_NOT_FOUND", "ERROR_NOT_READY",
    "ERROR_NOT_SUPPORTED", "ERROR_NO_DATA", "ERROR_NO_SYSTEM_RESOURCES", "ERROR_OPERATION_ABORTED", "ERROR_PATH_NOT_FOUND",
    "ERROR_PIPE_NOT_CONNECTED", "ERROR_PORT_UNREACHABLE", "ERROR_PROC_NOT_FOUND", "ERROR_PROTOCOL_UNREACHABLE",
    "ERROR_REQUEST_ABORTED", "ERROR_SEM_TIMEOUT", "ERROR_SUCCESS", "ERROR_TIMEOUT", "ERROR_TOO_MANY_OPEN_FILES",
    "ERROR_UNEXP_NET_ERR", "ERROR_WORKING_SET_QUOTA", "FALSE", "FD_ACCEPT", "FD_ACCEPT_BIT", "FD_ADDRESS_LIST_CHANGE",
    "FD_ADDRESS_LIST_CHANGE_BIT", "FD_ALL_EVENTS", "FD_CLOSE", "FD_CLOSE_BIT", "FD_CLR", "FD_CONNECT", "FD_CONNECT_BIT",
    "FD_GROUP_QOS", "FD_GROUP_QOS_BIT", "FD_ISSET", "FD_MAX_EVENTS", "FD_OOB", "FD_OOB_BIT", "FD_QOS", "FD_QOS_BIT",
    "FD_READ", "FD_READ_BIT", "FD_ROUTING_INTERFACE_CHANGE", "FD_ROUTING_INTERFACE_CHANGE_BIT", "FD_SET", "FD_SETSIZE",
    "FD_WRITE", "FD_WRITE_BIT", "FD_ZERO", "FILE_SKIP_COMPLETION_PORT_ON_SUCCESS", "FILE_SKIP_SET_EVENT_ON_HANDLE",
    "FIOASYNC", "FIONBIO", "FIONREAD", "FLOWSPEC", "FreeAddrInfo", "FreeAddrInfoW", "GROUP", "GUID", "GetAddrInfo",
    "GetAddrInfoW", "GetLastError", "GetNameInfo", "GetNameInfoW", "GetOverlappedResult", "GetQueuedCompletionStatus",
    "GetQueuedCompletionStatusEx", "GetSystemInfo", "HANDLE", "HIBYTE", "HasOverlappedIoCompleted", "IN6_ADDR",
    "IN6_PKTINFO", "INADDR_ANY", "INADDR_BROADCAST", "INADDR_LOOPBACK", "INADDR_NONE", "INET6_ADDRSTRLEN",
    "INET_ADDRSTRLEN", "INFINITE", "INT", "INVALID_HANDLE_VALUE", "INVALID_SOCKET", "IN_ADDR", "IN_PKTINFO", "IOC_IN",
    "IOC_INOUT", "IOC_OUT", "IOC_PROTOCOL", "IOC_UNIX", "IOC_VENDOR", "IOC_VOID", "IOC_WS2", "IPPROTO_ICMP", "IPPROTO_IP",
    "IPPROTO_IPV6", "IPPROTO_TCP", "IPPROTO_UDP", "IPV6_PKTINFO", "IPV6_UNICAST_HOPS", "IPV6_V6ONLY", "IP_PKTINFO",
    "LINGER", "LOBYTE", "LONG", "LPBYTE", "LPCSTR", "LPCVOID", "LPCWSTR", "LPDWORD", "LPFD_SET", "LPFN_ACCEPTEX",
    "LPFN_CONNECTEX", "LPFN_DISCONNECTEX", "LPFN_GETACCEPTEXSOCKADDRS", "LPFN_TRANSMITFILE", "LPFN_WSARECVMSG", "LPHANDLE",
    "LPIN6_ADDR", "LPINT", "LPOVERLAPPED", "LPOVERLAPPED_ENTRY", "LPQOS", "LPSECURITY_ATTRIBUTES", "LPSOCKADDR",
    "LPSOCKADDR_IN", "LPSOCKADDR_IN6", "LPSOCKADDR_STORAGE", "LPSTR", "LPSYSTEM_INFO", "LPTIMEVAL",
    "LPTRANSMIT_FILE_BUFFERS", "LPVOID", "LPWSABUF", "LPWSACMSGHDR", "LPWSADATA", "LPWSAEVENT", "LPWSAMSG",
    "LPWSANETWORKEVENTS", "LPWSAOVERLAPPED", "LPWSAOVERLAPPED_COMPLETION_ROUTINE", "LPWSAPOLLFD", "LPWSAPROTOCOL_INFOW",
    "LPWSTR", "MAKEWORD", "MAXIMUM_WAIT_OBJECTS", "MAX_PROTOCOL_CHAIN", "MSG_BCAST", "MSG_CTRUNC", "MSG_DONTROUTE",
    "MSG_MCAST", "MSG_OOB", "MSG_PARTIAL", "MSG_PEEK", "MSG_TRUNC", "MSG_WAITALL", "NI_DGRAM", "NI_MAXHOST", "NI_MAXSERV",
    "NI_NAMEREQD", "NI_NOFQDN", "NI_NUMERICHOST", "NI_NUMERICSERV", "NO_ERROR", "NULL", "OVERLAPPED", "OVERLAPPED_ENTRY",
    "PADDRINFOW", "PBYTE", "PCWSTR", "PF_INET", "PF_INET6", "PF_UNSPEC", "PIN6_ADDR", "POINTER", "POLLERR", "POLLHUP",
    "POLLIN", "POLLNVAL", "POLLOUT", "POLLPRI", "POLLRDBAND", "POLLRDNORM", "POLLWRBAND", "POLLWRNORM", "PSOCKADDR",
    "PSOCKADDR_IN", "PSOCKADDR_IN6", "PSOCKADDR_STORAGE", "PULONG", "PULONG_PTR", "PWSACMSGHDR", "PWSAMSG", "PWSAPOLLFD",
    "PostQueuedCompletionStatus", "QOS", "ReadFile", "RegisterWaitForSingleObject", "ResetEvent", "SCOPE_ID", "SD_BOTH",
    "SD_RECEIVE", "SD_SEND", "SECURITY_ATTRIBUTES", "SERVICETYPE", "SHORT", "SIOCATMARK",
    "SIO_GET_EXTENSION_FUNCTION_POINTER", "SIO_UDP_CONNRESET", "SIZE_T", "SOCKADDR", "SOCKADDR_IN", "SOCKADDR_IN6",
    "SOCKADDR_STORAGE", "SOCKET", "SOCKET_ERROR", "SOCK_DGRAM", "SOCK_RAW", "SOCK_STREAM", "SOL_SOCKET", "SOMAXCONN",
    "SO_ACCEPTCONN", "SO_BROADCAST", "SO_CONNECT_TIME", "SO_DEBUG", "SO_DONTROUTE", "SO_ERROR", "SO_EXCLUSIVEADDRUSE",
    "SO_KEEPALIVE", "SO_LINGER", "SO_OOBINLINE", "SO_RCVBUF", "SO_RCVLOWAT", "SO_RCVTIMEO", "SO_REUSEADDR", "SO_SNDBUF",
    "SO_SNDLOWAT", "SO_SNDTIMEO", "SO_TYPE", "SO_UPDATE_ACCEPT_CONTEXT", "SO_UPDATE_CONNECT_CONTEXT",
    "STATUS_ACCESS_DENIED", "STATUS_ACCESS_VIOLATION", "STATUS_ADDRESS_ALREADY_ASSOCIATED", "STATUS_ADDRESS_NOT_ASSOCIATED",
    "STATUS_BUFFER_OVERFLOW", "STATUS_BUFFER_TOO_SMALL", "STATUS_CANCELLED", "STATUS_CONNECTION_ABORTED",
    "STATUS_CONNECTION_ACTIVE", "STATUS_CONNECTION_DISCONNECTED", "STATUS_CONNECTION_INVALID", "STATUS_CONNECTION_REFUSED",
    "STATUS_CONNECTION_RESET", "STATUS_END_OF_FILE", "STATUS_GRACEFUL_DISCONNECT", "STATUS_HOST_UNREACHABLE",
    "STATUS_INSUFFICIENT_RESOURCES", "STATUS_INVALID_CONNECTION", "STATUS_INVALID_HANDLE", "STATUS_INVALID_PARAMETER",
    "STATUS_IO_TIMEOUT", "STATUS_LOCAL_DISCONNECT", "STATUS_NETWORK_UNREACHABLE", "STATUS_NOT_SUPPORTED", "STATUS_PENDING",
    "STATUS_PORT_UNREACHABLE", "STATUS_PROTOCOL_UNREACHABLE", "STATUS_REMOTE_DISCONNECT", "STATUS_REQUEST_ABORTED",
    "STATUS_SUCCESS", "STATUS_TIMEOUT", "STATUS_USER_APC", "SYSTEM_INFO", "SetEvent", "SetFileCompletionNotificationModes",
    "SetLastError", "SleepEx", "Structure", "TCP_NODELAY", "TF_DISCONNECT", "TF_REUSE_SOCKET", "TF_USE_DEFAULT_WORKER",
    "TF_USE_KERNEL_APC", "TF_USE_SYSTEM_THREAD", "TF_WRITE_BEHIND", "TIMEVAL", "TRANSMIT_FILE_BUFFERS", "TRUE", "UCHAR",
    "UINT", "UINT_PTR", "ULONG", "ULONG_PTR", "USHORT", "Union", "UnregisterWaitEx", "VOID", "WAITORTIMERCALLBACK",
    "WAIT_ABANDONED", "WAIT_FAILED", "WAIT_IO_COMPLETION", "WAIT_OBJECT_0", "WAIT_TIMEOUT", "WCHAR", "WORD", "WSABUF",
    "WSACMSGHDR", "WSACleanup", "WSACloseEvent", "WSAConnect", "WSACreateEvent", "WSADATA", "WSADESCRIPTION_LEN",
    "WSAEACCES", "WSAEADDRINUSE", "WSAEADDRNOTAVAIL", "WSAEAFNOSUPPORT", "WSAEALREADY", "WSAEBADF", "WSAECANCELLED",
    "WSAECONNABORTED", "WSAECONNREFUSED", "WSAECONNRESET", "WSAEDESTADDRREQ", "WSAEDISCON", "WSAEDQUOT", "WSAEFAULT",
    "WSAEHOSTDOWN", "WSAEHOSTUNREACH", "WSAEINPROGRESS", "WSAEINTR", "WSAEINVAL", "WSAEINVALIDPROCTABLE",
    "WSAEINVALIDPROVIDER", "WSAEISCONN", "WSAELOOP", "WSAEMFILE", "WSAEMSGSIZE", "WSAENAMETOOLONG", "WSAENETDOWN",
    "WSAENETRESET", "WSAENETUNREACH", "WSAENOBUFS", "WSAENOMORE", "WSAENOPROTOOPT", "WSAENOTCONN", "WSAENOTEMPTY",
    "WSAENOTSOCK", "WSAEOPNOTSUPP", "WSAEPFNOSUPPORT", "WSAEPROCLIM", "WSAEPROTONOSUPPORT", "WSAEPROTOTYPE",
    "WSAEPROVIDERFAILEDINIT", "WSAEREFUSED", "WSAEREMOTE", "WSAESHUTDOWN", "WSAESOCKTNOSUPPORT", "WSAESTALE",
    "WSAETIMEDOUT", "WSAETOOMANYREFS", "WSAEUSERS", "WSAEVENT", "WSAEWOULDBLOCK", "WSAEnumNetworkEvents", "WSAEventSelect",
    "WSAGetLastError", "WSAGetOverlappedResult", "WSAHOST_NOT_FOUND", "WSAID_ACCEPTEX", "WSAID_CONNECTEX",
    "WSAID_DISCONNECTEX", "WSAID_GETACCEPTEXSOCKADDRS", "WSAID_TRANSMITFILE", "WSAID_WSARECVMSG", "WSAIoctl", "WSAMSG",
    "WSANETWORKEVENTS", "WSANOTINITIALISED", "WSANO_DATA", "WSANO_RECOVERY", "WSAOVERLAPPED", "WSAPOLLFD",
    "WSAPROTOCOLCHAIN", "WSAPROTOCOL_INFOW", "WSAPROTOCOL_LEN", "WSAPoll", "WSARecv", "WSARecvFrom", "WSAResetEvent",
    "WSASERVICE_NOT_FOUND", "WSASYSCALLFAILURE", "WSASYSNOTREADY", "WSASYS_STATUS_LEN", "WSASend", "WSASendMsg",
    "WSASendTo", "WSASetEvent", "WSASetLastError", "WSASocket", "WSASocketW", "WSAStartup", "WSATRY_AGAIN",
    "WSATYPE_NOT_FOUND", "WSAVERNOTSUPPORTED", "WSAWaitForMultipleEvents", "WSA_CMSG_DATA", "WSA_CMSG_FIRSTHDR",
    "WSA_CMSG_LEN", "WSA_CMSG_NXTHDR", "WSA_CMSG_SPACE", "WSA_FLAG_NO_HANDLE_INHERIT", "WSA_FLAG_OVERLAPPED",
    "WSA_INFINITE", "WSA_INVALID_EVENT", "WSA_INVALID_HANDLE", "WSA_INVALID_PARAMETER", "WSA_IO_INCOMPLETE",
    "WSA_IO_PENDING", "WSA_MAXIMUM_WAIT_EVENTS", "WSA_NOT_ENOUGH_MEMORY", "WSA_OPERATION_ABORTED", "WSA_WAIT_EVENT_0",
    "WSA_WAIT_FAILED", "WSA_WAIT_IO_COMPLETION", "WSA_WAIT_TIMEOUT", "WT_EXECUTEDEFAULT", "WT_EXECUTEINIOTHREAD",
    "WT_EXECUTEINWAITTHREAD", "WT_EXECUTELONGFUNCTION", "WT_EXECUTEONLYONCE", "WaitForSingleObject",
    "WaitForSingleObjectEx", "WriteFile", "accept", "addressof", "addrinfoW", "atoi", "bind", "byref", "closesocket",
    "connect", "exit", "fd_set", "fgets", "fputs", "free", "getpeername", "getsockname", "getsockopt", "htonl", "htons",
    "in6_addr", "in6addr_any", "in6addr_loopback", "in_addr", "inet_addr", "inet_ntoa", "inet_ntop", "inet_pton",
    "ioctlsocket", "linger", "listen", "live_blocks", "malloc", "memmove", "memset", "ntohl", "ntohs", "pollfd", "printf",
    "puts", "recv", "recvfrom", "select", "send", "sendto", "setsockopt", "shutdown", "size_t", "sizeof", "sockaddr",
    "sockaddr_in", "sockaddr_in6", "sockaddr_storage", "socket", "socklen_t", "stderr", "stdin", "stdout", "strcmp",
    "strlen", "timeval", "u_char", "u_int", "u_long", "u_short",
]


_T = TypeVar("_T", bound=_CData)
_Read = TypeVar("_Read")
_Written = TypeVar("_Written")
_Integer: TypeAlias = int | _SimpleCData[int]
_Handle: TypeAlias = int | None | _SimpleCData[int] | _SimpleCData[int | Any] | c_void_p
_To: TypeAlias = _CArgObject | _Pointer[_T] | Array[_T] | c_void_p | None
_Routine: TypeAlias = LPWSAOVERLAPPED_COMPLETION_ROUTINE | None
_Callback: TypeAlias = WAITORTIMERCALLBACK | None
_Buffer: TypeAlias = _CArgObject | _Pointer[Any] | Array[Any] | c_void_p | c_char_p | c_wchar_p | None

class _Field(Generic[_Read, _Written]):
    offset: int
    size: int
    @overload
    def __get__(self, instance: None, owner: Any) -> Self: ...
    @overload
    def __get__(self, instance: Any, owner: Any) -> _Read: ...
    def __set__(self, instance: Any, value: _Written) -> None: ...

def POINTER(target: type[_T]) -> type[_Pointer[_T]]: ...
def imported_from(
    dll: Any, *, alertable: bool = False, instant: bool = False, result: Any = None, addresses: tuple[str, ...] = ()
) -> Callable[[Callable[..., Any]], _ForeignFunction]: ...

live_blocks: dict[int, int]
_headers: tuple[ModuleType, ...]

# what parameters take, by the names of C

class _c:
    DWORD: TypeAlias = _Integer
    HANDLE: TypeAlias = _Handle
    INT: TypeAlias = _Integer
    LPCSTR: TypeAlias = _Buffer | bytes
    LPCWSTR: TypeAlias = _Buffer | str
    LPDWORD: TypeAlias = _To[Any]
    LPFD_SET: TypeAlias = _To[fd_set]
    LPHANDLE: TypeAlias = _To[Any]
    LPINT: TypeAlias = _To[Any]
    LPOVERLAPPED: TypeAlias = _To[OVERLAPPED]
    LPOVERLAPPED_ENTRY: TypeAlias = _To[OVERLAPPED_ENTRY]
    LPQOS: TypeAlias = _To[QOS]
    LPSECURITY_ATTRIBUTES: TypeAlias = _To[SECURITY_ATTRIBUTES]
    LPSOCKADDR: TypeAlias = _To[Any]
    LPSTR: TypeAlias = _Buffer
    LPSYSTEM_INFO: TypeAlias = _To[SYSTEM_INFO]
    LPTIMEVAL: TypeAlias = _To[timeval]
    LPTRANSMIT_FILE_BUFFERS: TypeAlias = _To[TRANSMIT_FILE_BUFFERS]
    LPVOID: TypeAlias = int | _Buffer
    LPWSABUF: TypeAlias = _To[WSABUF]
    LPWSADATA: TypeAlias = _To[WSADATA]
    LPWSAEVENT: TypeAlias = _To[Any]
    LPWSAMSG: TypeAlias = _To[WSAMSG]
    LPWSANETWORKEVENTS: TypeAlias = _To[WSANETWORKEVENTS]
    LPWSAOVERLAPPED: TypeAlias = _To[OVERLAPPED]
    LPWSAOVERLAPPED_COMPLETION_ROUTINE: TypeAlias = _Routine
    LPWSAPOLLFD: TypeAlias = _To[WSAPOLLFD]
    LPWSAPROTOCOL_INFOW: TypeAlias = _To[WSAPROTOCOL_INFOW]
    LPWSTR: TypeAlias = _Buffer
    PADDRINFOW: TypeAlias = _To[ADDRINFOW]
    PCWSTR: TypeAlias = _Buffer | str
    PLPOVERLAPPED: TypeAlias = _To[Any]
    PLPSOCKADDR: TypeAlias = _To[Any]
    PPADDRINFOW: TypeAlias = _To[Any]
    PULONG: TypeAlias = _To[Any]
    PULONG_PTR: TypeAlias = _To[Any]
    Pu_long: TypeAlias = _To[Any]
    SOCKET: TypeAlias = _Integer
    WAITORTIMERCALLBACK: TypeAlias = _Callback

class _c_or_number:
    BOOL: TypeAlias = _Integer
    DWORD: TypeAlias = _Integer
    GROUP: TypeAlias = _Integer
    HANDLE: TypeAlias = _Handle
    INT: TypeAlias = _Integer
    LONG: TypeAlias = _Integer
    LPCSTR: TypeAlias = int | _Buffer | bytes
    LPCVOID: TypeAlias = int | _Buffer | bytes
    LPOVERLAPPED: TypeAlias = int | _To[OVERLAPPED]
    LPSTR: TypeAlias = int | _Buffer
    SOCKET: TypeAlias = _Integer
    UCHAR: TypeAlias = _Integer
    ULONG: TypeAlias = _Integer
    ULONG_PTR: TypeAlias = _Integer
    WORD: TypeAlias = _Integer
    size_t: TypeAlias = _Integer
    socklen_t: TypeAlias = _Integer
    u_long: TypeAlias = _Integer
    u_short: TypeAlias = _Integer


# ---- windef
NULL: None
TRUE: _Constant
FALSE: _Constant
VOID: None
from ctypes import c_char as CHAR
from ctypes import c_wchar as WCHAR
class BYTE(_SimpleCData[int]): ...
class WORD(_SimpleCData[int]): ...
class SHORT(_SimpleCData[int]): ...
class INT(_SimpleCData[int]): ...
class UINT(_SimpleCData[int]): ...
class LONG(_SimpleCData[int]): ...
class DWORD(_SimpleCData[int]): ...
class ULONG_PTR(_SimpleCData[int]): ...
class HANDLE(_SimpleCData[int | Any]): ...
UCHAR = BYTE
BOOLEAN = BYTE
USHORT = WORD
BOOL = INT
ULONG = DWORD
UINT_PTR = ULONG_PTR
DWORD_PTR = ULONG_PTR
SIZE_T = ULONG_PTR
size_t = ULONG_PTR
from ctypes import c_void_p as LPVOID
from ctypes import c_void_p as LPCVOID
from ctypes import c_char_p as LPSTR
from ctypes import c_char_p as LPCSTR
from ctypes import c_wchar_p as LPWSTR
from ctypes import c_wchar_p as LPCWSTR
from ctypes import c_wchar_p as PCWSTR
class LPBYTE(_Pointer[BYTE]): ...
class LPDWORD(_Pointer[DWORD]): ...
class LPINT(_Pointer[INT]): ...
class PULONG(_Pointer[DWORD]): ...
class PULONG_PTR(_Pointer[ULONG_PTR]): ...
class LPHANDLE(_Pointer[HANDLE]): ...
from winsock_ctypes.windef import MAKEWORD as MAKEWORD
from winsock_ctypes.windef import LOBYTE as LOBYTE
from winsock_ctypes.windef import HIBYTE as HIBYTE

# ---- winerror
ERROR_SUCCESS: _Constant
NO_ERROR: _Constant
ERROR_INVALID_FUNCTION: _Constant
ERROR_FILE_NOT_FOUND: _Constant
ERROR_PATH_NOT_FOUND: _Constant
ERROR_TOO_MANY_OPEN_FILES: _Constant
ERROR_ACCESS_DENIED: _Constant
ERROR_INVALID_HANDLE: _Constant
ERROR_NOT_ENOUGH_MEMORY: _Constant
ERROR_NOT_READY: _Constant
ERROR_GEN_FAILURE: _Constant
ERROR_HANDLE_EOF: _Constant
ERROR_NOT_SUPPORTED: _Constant
ERROR_BAD_NETPATH: _Constant
ERROR_NETWORK_BUSY: _Constant
ERROR_UNEXP_NET_ERR: _Constant
ERROR_NETNAME_DELETED: _Constant
ERROR_INVALID_PARAMETER: _Constant
ERROR_BROKEN_PIPE: _Constant
ERROR_CALL_NOT_IMPLEMENTED: _Constant
ERROR_SEM_TIMEOUT: _Constant
ERROR_INSUFFICIENT_BUFFER: _Constant
ERROR_MOD_NOT_FOUND: _Constant
ERROR_PROC_NOT_FOUND: _Constant
ERROR_BUSY: _Constant
ERROR_ALREADY_EXISTS: _Constant
ERROR_NO_DATA: _Constant
ERROR_PIPE_NOT_CONNECTED: _Constant
ERROR_MORE_DATA: _Constant
ERROR_INVALID_ADDRESS: _Constant
ERROR_ABANDONED_WAIT_0: _Constant
ERROR_OPERATION_ABORTED: _Constant
ERROR_IO_INCOMPLETE: _Constant
ERROR_IO_PENDING: _Constant
ERROR_NOACCESS: _Constant
ERROR_IO_DEVICE: _Constant
ERROR_NOT_FOUND: _Constant
ERROR_CONNECTION_REFUSED: _Constant
ERROR_GRACEFUL_DISCONNECT: _Constant
ERROR_ADDRESS_ALREADY_ASSOCIATED: _Constant
ERROR_ADDRESS_NOT_ASSOCIATED: _Constant
ERROR_CONNECTION_INVALID: _Constant
ERROR_CONNECTION_ACTIVE: _Constant
ERROR_NETWORK_UNREACHABLE: _Constant
ERROR_HOST_UNREACHABLE: _Constant
ERROR_PROTOCOL_UNREACHABLE: _Constant
ERROR_PORT_UNREACHABLE: _Constant
ERROR_REQUEST_ABORTED: _Constant
ERROR_CONNECTION_ABORTED: _Constant
ERROR_NO_SYSTEM_RESOURCES: _Constant
ERROR_WORKING_SET_QUOTA: _Constant
ERROR_TIMEOUT: _Constant
ERROR_INVALID_USER_BUFFER: _Constant
ERROR_NOT_ENOUGH_QUOTA: _Constant
WSAEINTR: _Constant
WSAEBADF: _Constant
WSAEACCES: _Constant
WSAEFAULT: _Constant
WSAEINVAL: _Constant
WSAEMFILE: _Constant
WSAEWOULDBLOCK: _Constant
WSAEINPROGRESS: _Constant
WSAEALREADY: _Constant
WSAENOTSOCK: _Constant
WSAEDESTADDRREQ: _Constant
WSAEMSGSIZE: _Constant
WSAEPROTOTYPE: _Constant
WSAENOPROTOOPT: _Constant
WSAEPROTONOSUPPORT: _Constant
WSAESOCKTNOSUPPORT: _Constant
WSAEOPNOTSUPP: _Constant
WSAEPFNOSUPPORT: _Constant
WSAEAFNOSUPPORT: _Constant
WSAEADDRINUSE: _Constant
WSAEADDRNOTAVAIL: _Constant
WSAENETDOWN: _Constant
WSAENETUNREACH: _Constant
WSAENETRESET: _Constant
WSAECONNABORTED: _Constant
WSAECONNRESET: _Constant
WSAENOBUFS: _Constant
WSAEISCONN: _Constant
WSAENOTCONN: _Constant
WSAESHUTDOWN: _Constant
WSAETOOMANYREFS: _Constant
WSAETIMEDOUT: _Constant
WSAECONNREFUSED: _Constant
WSAELOOP: _Constant
WSAENAMETOOLONG: _Constant
WSAEHOSTDOWN: _Constant
WSAEHOSTUNREACH: _Constant
WSAENOTEMPTY: _Constant
WSAEPROCLIM: _Constant
WSAEUSERS: _Constant
WSAEDQUOT: _Constant
WSAESTALE: _Constant
WSAEREMOTE: _Constant
WSASYSNOTREADY: _Constant
WSAVERNOTSUPPORTED: _Constant
WSANOTINITIALISED: _Constant
WSAEDISCON: _Constant
WSAENOMORE: _Constant
WSAECANCELLED: _Constant
WSAEINVALIDPROCTABLE: _Constant
WSAEINVALIDPROVIDER: _Constant
WSAEPROVIDERFAILEDINIT: _Constant
WSASYSCALLFAILURE: _Constant
WSASERVICE_NOT_FOUND: _Constant
WSATYPE_NOT_FOUND: _Constant
WSAEREFUSED: _Constant
WSAHOST_NOT_FOUND: _Constant
WSATRY_AGAIN: _Constant
WSANO_RECOVERY: _Constant
WSANO_DATA: _Constant
WSA_INVALID_HANDLE: _Constant
WSA_NOT_ENOUGH_MEMORY: _Constant
WSA_INVALID_PARAMETER: _Constant
WSA_OPERATION_ABORTED: _Constant
WSA_IO_INCOMPLETE: _Constant
WSA_IO_PENDING: _Constant
STATUS_SUCCESS: _Constant
STATUS_USER_APC: _Constant
STATUS_TIMEOUT: _Constant
STATUS_PENDING: _Constant
STATUS_BUFFER_OVERFLOW: _Constant
STATUS_ACCESS_VIOLATION: _Constant
STATUS_INVALID_HANDLE: _Constant
STATUS_INVALID_PARAMETER: _Constant
STATUS_END_OF_FILE: _Constant
STATUS_ACCESS_DENIED: _Constant
STATUS_BUFFER_TOO_SMALL: _Constant
STATUS_INSUFFICIENT_RESOURCES: _Constant
STATUS_IO_TIMEOUT: _Constant
STATUS_NOT_SUPPORTED: _Constant
STATUS_CANCELLED: _Constant
STATUS_LOCAL_DISCONNECT: _Constant
STATUS_REMOTE_DISCONNECT: _Constant
STATUS_INVALID_CONNECTION: _Constant
STATUS_CONNECTION_DISCONNECTED: _Constant
STATUS_CONNECTION_RESET: _Constant
STATUS_CONNECTION_REFUSED: _Constant
STATUS_GRACEFUL_DISCONNECT: _Constant
STATUS_ADDRESS_ALREADY_ASSOCIATED: _Constant
STATUS_ADDRESS_NOT_ASSOCIATED: _Constant
STATUS_CONNECTION_INVALID: _Constant
STATUS_CONNECTION_ACTIVE: _Constant
STATUS_NETWORK_UNREACHABLE: _Constant
STATUS_HOST_UNREACHABLE: _Constant
STATUS_PROTOCOL_UNREACHABLE: _Constant
STATUS_PORT_UNREACHABLE: _Constant
STATUS_REQUEST_ABORTED: _Constant
STATUS_CONNECTION_ABORTED: _Constant

# ---- winbase
INFINITE: _Constant
WAIT_OBJECT_0: _Constant
WAIT_ABANDONED: _Constant
WAIT_IO_COMPLETION: _Constant
WAIT_TIMEOUT: _Constant
WAIT_FAILED: _Constant
MAXIMUM_WAIT_OBJECTS: _Constant
WT_EXECUTEDEFAULT: _Constant
WT_EXECUTEINIOTHREAD: _Constant
WT_EXECUTEINWAITTHREAD: _Constant
WT_EXECUTEONLYONCE: _Constant
WT_EXECUTELONGFUNCTION: _Constant
FILE_SKIP_COMPLETION_PORT_ON_SUCCESS: _Constant
FILE_SKIP_SET_EVENT_ON_HANDLE: _Constant
INVALID_HANDLE_VALUE: _Constant
class _OVERLAPPED_OFFSET(Structure):
    Offset: _Field[int, _Integer]
    OffsetHigh: _Field[int, _Integer]
class _OVERLAPPED_POINTER(Union):
    Offset: _Field[int, _Integer]
    OffsetHigh: _Field[int, _Integer]
    Pointer: _Field[int | Any, _Handle | _Buffer]
class OVERLAPPED(Structure):
    Internal: _Field[int, _Integer]
    InternalHigh: _Field[int, _Integer]
    Offset: _Field[int, _Integer]
    OffsetHigh: _Field[int, _Integer]
    Pointer: _Field[int | Any, _Handle | _Buffer]
    hEvent: _Field[int | Any, _Handle | _Buffer]
class LPOVERLAPPED(_Pointer[OVERLAPPED]): ...
from winsock_ctypes.winbase import HasOverlappedIoCompleted as HasOverlappedIoCompleted
class OVERLAPPED_ENTRY(Structure):
    lpCompletionKey: _Field[int, _Integer]
    lpOverlapped: _Field[LPOVERLAPPED, _Pointer[OVERLAPPED] | Array[OVERLAPPED] | None]
    Internal: _Field[int, _Integer]
    dwNumberOfBytesTransferred: _Field[int, _Integer]
class LPOVERLAPPED_ENTRY(_Pointer[OVERLAPPED_ENTRY]): ...
class _SYSTEM_INFO_PROCESSOR(Structure):
    wProcessorArchitecture: _Field[int, _Integer]
    wReserved: _Field[int, _Integer]
class _SYSTEM_INFO_OEM(Union):
    dwOemId: _Field[int, _Integer]
    wProcessorArchitecture: _Field[int, _Integer]
    wReserved: _Field[int, _Integer]
class SYSTEM_INFO(Structure):
    dwOemId: _Field[int, _Integer]
    wProcessorArchitecture: _Field[int, _Integer]
    wReserved: _Field[int, _Integer]
    dwPageSize: _Field[int, _Integer]
    lpMinimumApplicationAddress: _Field[int | Any, _Handle | _Buffer]
    lpMaximumApplicationAddress: _Field[int | Any, _Handle | _Buffer]
    dwActiveProcessorMask: _Field[int, _Integer]
    dwNumberOfProcessors: _Field[int, _Integer]
    dwProcessorType: _Field[int, _Integer]
    dwAllocationGranularity: _Field[int, _Integer]
    wProcessorLevel: _Field[int, _Integer]
    wProcessorRevision: _Field[int, _Integer]
class LPSYSTEM_INFO(_Pointer[SYSTEM_INFO]): ...
class SECURITY_ATTRIBUTES(Structure):
    nLength: _Field[int, _Integer]
    lpSecurityDescriptor: _Field[int | Any, _Handle | _Buffer]
    bInheritHandle: _Field[int, _Integer]
class LPSECURITY_ATTRIBUTES(_Pointer[SECURITY_ATTRIBUTES]): ...
class WAITORTIMERCALLBACK(_CFuncPtr):
    def __init__(self, function: Callable[[int | Any, int], object]) -> None: ...
    def __call__(self, a: _Handle, b: _Integer, /) -> Any: ...
def GetLastError() -> _Constant: ...
def SetLastError(dwErrCode: _c_or_number.DWORD) -> None: ...
def SleepEx(dwMilliseconds: _c_or_number.DWORD, bAlertable: _c_or_number.BOOL) -> int: ...
def WaitForSingleObject(hHandle: _c_or_number.HANDLE, dwMilliseconds: _c_or_number.DWORD) -> int: ...
def WaitForSingleObjectEx(hHandle: _c_or_number.HANDLE, dwMilliseconds: _c_or_number.DWORD, bAlertable: _c_or_number.BOOL) -> int: ...
def RegisterWaitForSingleObject(phNewWaitObject: _c.LPHANDLE, hObject: _c_or_number.HANDLE, Callback: _c.WAITORTIMERCALLBACK, Context: _c.LPVOID, dwMilliseconds: _c_or_number.ULONG, dwFlags: _c_or_number.ULONG) -> int: ...
def UnregisterWaitEx(WaitHandle: _c_or_number.HANDLE, CompletionEvent: _c_or_number.HANDLE) -> int: ...
def CreateEventW(lpEventAttributes: _c.LPSECURITY_ATTRIBUTES, bManualReset: _c_or_number.BOOL, bInitialState: _c_or_number.BOOL, lpName: _c.LPCWSTR) -> int | Any: ...
CreateEvent = CreateEventW
def SetEvent(hEvent: _c_or_number.HANDLE) -> int: ...
def ResetEvent(hEvent: _c_or_number.HANDLE) -> int: ...
def CloseHandle(hObject: _c_or_number.HANDLE) -> int: ...
def CancelIo(hFile: _c_or_number.HANDLE) -> int: ...
def CancelIoEx(hFile: _c_or_number.HANDLE, lpOverlapped: _c.LPOVERLAPPED) -> int: ...
def GetOverlappedResult(hFile: _c_or_number.HANDLE, lpOverlapped: _c.LPOVERLAPPED, lpNumberOfBytesTransferred: _c.LPDWORD, bWait: _c_or_number.BOOL) -> int: ...
def ReadFile(hFile: _c_or_number.HANDLE, lpBuffer: _c.LPVOID, nNumberOfBytesToRead: _c_or_number.DWORD, lpNumberOfBytesRead: _c.LPDWORD, lpOverlapped: _c.LPOVERLAPPED) -> int: ...
def WriteFile(hFile: _c_or_number.HANDLE, lpBuffer: _c_or_number.LPCVOID, nNumberOfBytesToWrite: _c_or_number.DWORD, lpNumberOfBytesWritten: _c.LPDWORD, lpOverlapped: _c.LPOVERLAPPED) -> int: ...
def CreateIoCompletionPort(FileHandle: _c_or_number.HANDLE, ExistingCompletionPort: _c_or_number.HANDLE, CompletionKey: _c_or_number.ULONG_PTR, NumberOfConcurrentThreads: _c_or_number.DWORD) -> int | Any: ...
def GetQueuedCompletionStatus(CompletionPort: _c_or_number.HANDLE, lpNumberOfBytesTransferred: _c.LPDWORD, lpCompletionKey: _c.PULONG_PTR, lpOverlapped: _c.PLPOVERLAPPED, dwMilliseconds: _c_or_number.DWORD) -> int: ...
def GetQueuedCompletionStatusEx(CompletionPort: _c_or_number.HANDLE, lpCompletionPortEntries: _c.LPOVERLAPPED_ENTRY, ulCount: _c_or_number.ULONG, ulNumEntriesRemoved: _c.PULONG, dwMilliseconds: _c_or_number.DWORD, fAlertable: _c_or_number.BOOL) -> int: ...
def PostQueuedCompletionStatus(CompletionPort: _c_or_number.HANDLE, dwNumberOfBytesTransferred: _c_or_number.DWORD, dwCompletionKey: _c_or_number.ULONG_PTR, lpOverlapped: _c_or_number.LPOVERLAPPED) -> int: ...
def SetFileCompletionNotificationModes(FileHandle: _c_or_number.HANDLE, Flags: _c_or_number.UCHAR) -> int: ...
def GetSystemInfo(lpSystemInfo: _c.LPSYSTEM_INFO) -> None: ...

# ---- winsock2
u_char = BYTE
u_short = WORD
u_int = UINT
u_long = DWORD
GROUP = UINT
class SOCKET(_SimpleCData[int]): ...
WSAEVENT = HANDLE
LPWSAEVENT = LPHANDLE
class PBYTE(_Pointer[BYTE]): ...
FD_SETSIZE: _Constant
IOC_VOID: _Constant
IOC_OUT: _Constant
IOC_IN: _Constant
IOC_INOUT: _Constant
IOC_UNIX: _Constant
IOC_WS2: _Constant
IOC_PROTOCOL: _Constant
IOC_VENDOR: _Constant
SIO_GET_EXTENSION_FUNCTION_POINTER: _Constant
FIONREAD: _Constant
FIONBIO: _Constant
FIOASYNC: _Constant
SIOCATMARK: _Constant
IPPROTO_IP: _Constant
IPPROTO_ICMP: _Constant
IPPROTO_TCP: _Constant
IPPROTO_UDP: _Constant
IPPROTO_IPV6: _Constant
INADDR_ANY: _Constant
INADDR_LOOPBACK: _Constant
INADDR_BROADCAST: _Constant
INADDR_NONE: _Constant
WSADESCRIPTION_LEN: _Constant
WSASYS_STATUS_LEN: _Constant
SOCKET_ERROR: _Constant
SOCK_STREAM: _Constant
SOCK_DGRAM: _Constant
SOCK_RAW: _Constant
SOL_SOCKET: _Constant
SO_DEBUG: _Constant
SO_ACCEPTCONN: _Constant
SO_REUSEADDR: _Constant
SO_KEEPALIVE: _Constant
SO_DONTROUTE: _Constant
SO_BROADCAST: _Constant
SO_LINGER: _Constant
SO_OOBINLINE: _Constant
SO_EXCLUSIVEADDRUSE: _Constant
SO_SNDBUF: _Constant
SO_RCVBUF: _Constant
SO_SNDLOWAT: _Constant
SO_RCVLOWAT: _Constant
SO_SNDTIMEO: _Constant
SO_RCVTIMEO: _Constant
SO_ERROR: _Constant
SO_TYPE: _Constant
TCP_NODELAY: _Constant
AF_UNSPEC: _Constant
AF_INET: _Constant
AF_INET6: _Constant
PF_UNSPEC: _Constant
PF_INET: _Constant
PF_INET6: _Constant
SOMAXCONN: _Constant
MSG_OOB: _Constant
MSG_PEEK: _Constant
MSG_DONTROUTE: _Constant
MSG_WAITALL: _Constant
MSG_PARTIAL: _Constant
SD_RECEIVE: _Constant
SD_SEND: _Constant
SD_BOTH: _Constant
WSA_FLAG_OVERLAPPED: _Constant
WSA_FLAG_NO_HANDLE_INHERIT: _Constant
FD_READ_BIT: _Constant
FD_READ: _Constant
FD_WRITE_BIT: _Constant
FD_WRITE: _Constant
FD_OOB_BIT: _Constant
FD_OOB: _Constant
FD_ACCEPT_BIT: _Constant
FD_ACCEPT: _Constant
FD_CONNECT_BIT: _Constant
FD_CONNECT: _Constant
FD_CLOSE_BIT: _Constant
FD_CLOSE: _Constant
FD_QOS_BIT: _Constant
FD_QOS: _Constant
FD_GROUP_QOS_BIT: _Constant
FD_GROUP_QOS: _Constant
FD_ROUTING_INTERFACE_CHANGE_BIT: _Constant
FD_ROUTING_INTERFACE_CHANGE: _Constant
FD_ADDRESS_LIST_CHANGE_BIT: _Constant
FD_ADDRESS_LIST_CHANGE: _Constant
FD_MAX_EVENTS: _Constant
FD_ALL_EVENTS: _Constant
WSA_MAXIMUM_WAIT_EVENTS: _Constant
WSA_WAIT_FAILED: _Constant
WSA_WAIT_EVENT_0: _Constant
WSA_WAIT_IO_COMPLETION: _Constant
WSA_WAIT_TIMEOUT: _Constant
WSA_INFINITE: _Constant
POLLRDNORM: _Constant
POLLRDBAND: _Constant
POLLIN: _Constant
POLLPRI: _Constant
POLLWRNORM: _Constant
POLLOUT: _Constant
POLLWRBAND: _Constant
POLLERR: _Constant
POLLHUP: _Constant
POLLNVAL: _Constant
MAX_PROTOCOL_CHAIN: _Constant
WSAPROTOCOL_LEN: _Constant
INVALID_SOCKET: _Constant
WSA_INVALID_EVENT: None
class fd_set(Structure):
    fd_count: _Field[int, _Integer]
    fd_array: Array[SOCKET]
class LPFD_SET(_Pointer[fd_set]): ...
from winsock_ctypes.winsock2 import FD_ZERO as FD_ZERO
from winsock_ctypes.winsock2 import FD_SET as FD_SET
from winsock_ctypes.winsock2 import FD_CLR as FD_CLR
from winsock_ctypes.winsock2 import FD_ISSET as FD_ISSET
class timeval(Structure):
    tv_sec: _Field[int, _Integer]
    tv_usec: _Field[int, _Integer]
TIMEVAL = timeval
class LPTIMEVAL(_Pointer[timeval]): ...
class _S_un_b(Structure):
    s_b1: _Field[int, _Integer]
    s_b2: _Field[int, _Integer]
    s_b3: _Field[int, _Integer]
    s_b4: _Field[int, _Integer]
class _S_un_w(Structure):
    s_w1: _Field[int, _Integer]
    s_w2: _Field[int, _Integer]
class _S_un(Union):
    S_un_b: _S_un_b
    S_un_w: _S_un_w
    S_addr: _Field[int, _Integer]
class IN_ADDR(Structure):
    S_un: _S_un
    s_addr: int
in_addr = IN_ADDR
class SOCKADDR(Structure):
    sa_family: _Field[int, _Integer]
    sa_data: bytes
sockaddr = SOCKADDR
class SOCKADDR_IN(Structure):
    sin_family: _Field[int, _Integer]
    sin_port: _Field[int, _Integer]
    sin_addr: IN_ADDR
    sin_zero: bytes
sockaddr_in = SOCKADDR_IN
class LPSOCKADDR(_Pointer[SOCKADDR]): ...
PSOCKADDR = LPSOCKADDR
class LPSOCKADDR_IN(_Pointer[SOCKADDR_IN]): ...
PSOCKADDR_IN = LPSOCKADDR_IN
class SOCKADDR_STORAGE(Structure):
    ss_family: _Field[int, _Integer]
sockaddr_storage = SOCKADDR_STORAGE
class PSOCKADDR_STORAGE(_Pointer[SOCKADDR_STORAGE]): ...
LPSOCKADDR_STORAGE = PSOCKADDR_STORAGE
class WSADATA(Structure):
    wVersion: _Field[int, _Integer]
    wHighVersion: _Field[int, _Integer]
    iMaxSockets: _Field[int, _Integer]
    iMaxUdpDg: _Field[int, _Integer]
    lpVendorInfo: bytes | Any
    szDescription: bytes
    szSystemStatus: bytes
class LPWSADATA(_Pointer[WSADATA]): ...
class LINGER(Structure):
    l_onoff: _Field[int, _Integer]
    l_linger: _Field[int, _Integer]
linger = LINGER
class WSABUF(Structure):
    len: _Field[int, _Integer]
    buf: _Field[PBYTE, int | _Buffer]
class LPWSABUF(_Pointer[WSABUF]): ...
WSAOVERLAPPED = OVERLAPPED
LPWSAOVERLAPPED = LPOVERLAPPED
class WSANETWORKEVENTS(Structure):
    lNetworkEvents: _Field[int, _Integer]
    iErrorCode: Array[INT]
class LPWSANETWORKEVENTS(_Pointer[WSANETWORKEVENTS]): ...
class WSAPOLLFD(Structure):
    fd: _Field[int, _Integer]
    events: _Field[int, _Integer]
    revents: _Field[int, _Integer]
pollfd = WSAPOLLFD
class LPWSAPOLLFD(_Pointer[WSAPOLLFD]): ...
PWSAPOLLFD = LPWSAPOLLFD
class WSAMSG(Structure):
    name: _Field[LPSOCKADDR, _To[Any]]
    namelen: _Field[int, _Integer]
    lpBuffers: _Field[LPWSABUF, _To[WSABUF]]
    dwBufferCount: _Field[int, _Integer]
    Control: WSABUF
    dwFlags: _Field[int, _Integer]
class LPWSAMSG(_Pointer[WSAMSG]): ...
PWSAMSG = LPWSAMSG
class WSAPROTOCOLCHAIN(Structure):
    ChainLen: _Field[int, _Integer]
    ChainEntries: Array[DWORD]
class GUID(Structure):
    Data1: _Field[int, _Integer]
    Data2: _Field[int, _Integer]
    Data3: _Field[int, _Integer]
    Data4: Array[BYTE]
class WSAPROTOCOL_INFOW(Structure):
    dwServiceFlags1: _Field[int, _Integer]
    dwServiceFlags2: _Field[int, _Integer]
    dwServiceFlags3: _Field[int, _Integer]
    dwServiceFlags4: _Field[int, _Integer]
    dwProviderFlags: _Field[int, _Integer]
    ProviderId: GUID
    dwCatalogEntryId: _Field[int, _Integer]
    ProtocolChain: WSAPROTOCOLCHAIN
    iVersion: _Field[int, _Integer]
    iAddressFamily: _Field[int, _Integer]
    iMaxSockAddr: _Field[int, _Integer]
    iMinSockAddr: _Field[int, _Integer]
    iSocketType: _Field[int, _Integer]
    iProtocol: _Field[int, _Integer]
    iProtocolMaxOffset: _Field[int, _Integer]
    iNetworkByteOrder: _Field[int, _Integer]
    iSecurityScheme: _Field[int, _Integer]
    dwMessageSize: _Field[int, _Integer]
    dwProviderReserved: _Field[int, _Integer]
    szProtocol: str
class LPWSAPROTOCOL_INFOW(_Pointer[WSAPROTOCOL_INFOW]): ...
SERVICETYPE = DWORD
class FLOWSPEC(Structure):
    TokenRate: _Field[int, _Integer]
    TokenBucketSize: _Field[int, _Integer]
    PeakBandwidth: _Field[int, _Integer]
    Latency: _Field[int, _Integer]
    DelayVariation: _Field[int, _Integer]
    ServiceType: _Field[int, _Integer]
    MaxSduSize: _Field[int, _Integer]
    MinimumPolicedSize: _Field[int, _Integer]
class QOS(Structure):
    SendingFlowspec: FLOWSPEC
    ReceivingFlowspec: FLOWSPEC
    ProviderSpecific: WSABUF
class LPQOS(_Pointer[QOS]): ...
class LPWSAOVERLAPPED_COMPLETION_ROUTINE(_CFuncPtr):
    def __init__(self, function: Callable[[int, int, LPOVERLAPPED, int], object]) -> None: ...
    def __call__(self, a: _Integer, b: _Integer, c: _To[OVERLAPPED], d: _Integer, /) -> Any: ...
def accept(s: _c_or_number.SOCKET, addr: _c.LPSOCKADDR, addrlen: _c.LPINT) -> int: ...
def bind(s: _c_or_number.SOCKET, name: _c.LPSOCKADDR, namelen: _c_or_number.INT) -> int: ...
def closesocket(s: _c_or_number.SOCKET) -> int: ...
def connect(s: _c_or_number.SOCKET, name: _c.LPSOCKADDR, namelen: _c_or_number.INT) -> int: ...
def ioctlsocket(s: _c_or_number.SOCKET, cmd: _c_or_number.LONG, argp: _c.Pu_long) -> int: ...
def getpeername(s: _c_or_number.SOCKET, name: _c.LPSOCKADDR, namelen: _c.LPINT) -> int: ...
def getsockname(s: _c_or_number.SOCKET, name: _c.LPSOCKADDR, namelen: _c.LPINT) -> int: ...
def getsockopt(s: _c_or_number.SOCKET, level: _c_or_number.INT, optname: _c_or_number.INT, optval: _c.LPSTR, optlen: _c.LPINT) -> int: ...
def htonl(hostlong: _c_or_number.u_long) -> int: ...
def htons(hostshort: _c_or_number.u_short) -> int: ...
def inet_addr(cp: _c.LPCSTR) -> int: ...
def inet_ntoa(in_: IN_ADDR) -> bytes | Any: ...
def listen(s: _c_or_number.SOCKET, backlog: _c_or_number.INT) -> int: ...
def ntohl(netlong: _c_or_number.u_long) -> int: ...
def ntohs(netshort: _c_or_number.u_short) -> int: ...
def recv(s: _c_or_number.SOCKET, buf: _c_or_number.LPSTR, len: _c_or_number.INT, flags: _c_or_number.INT) -> int: ...
def recvfrom(s: _c_or_number.SOCKET, buf: _c_or_number.LPSTR, len: _c_or_number.INT, flags: _c_or_number.INT, from_: _c.LPSOCKADDR, fromlen: _c.LPINT) -> int: ...
def select(nfds: _c_or_number.INT, readfds: _c.LPFD_SET, writefds: _c.LPFD_SET, exceptfds: _c.LPFD_SET, timeout: _c.LPTIMEVAL) -> int: ...
def send(s: _c_or_number.SOCKET, buf: _c_or_number.LPCSTR, len: _c_or_number.INT, flags: _c_or_number.INT) -> int: ...
def sendto(s: _c_or_number.SOCKET, buf: _c_or_number.LPCSTR, len: _c_or_number.INT, flags: _c_or_number.INT, to: _c.LPSOCKADDR, tolen: _c_or_number.INT) -> int: ...
def setsockopt(s: _c_or_number.SOCKET, level: _c_or_number.INT, optname: _c_or_number.INT, optval: _c.LPCSTR, optlen: _c_or_number.INT) -> int: ...
def shutdown(s: _c_or_number.SOCKET, how: _c_or_number.INT) -> int: ...
def socket(af: _c_or_number.INT, type: _c_or_number.INT, protocol: _c_or_number.INT) -> int: ...
def WSAStartup(wVersionRequested: _c_or_number.WORD, lpWSAData: _c.LPWSADATA) -> int: ...
def WSACleanup() -> int: ...
def WSACreateEvent() -> int | Any: ...
def WSACloseEvent(hEvent: _c_or_number.HANDLE) -> int: ...
def WSASetEvent(hEvent: _c_or_number.HANDLE) -> int: ...
def WSAResetEvent(hEvent: _c_or_number.HANDLE) -> int: ...
def WSAWaitForMultipleEvents(cEvents: _c_or_number.DWORD, lphEvents: _c.LPWSAEVENT, fWaitAll: _c_or_number.BOOL, dwTimeout: _c_or_number.DWORD, fAlertable: _c_or_number.BOOL) -> int: ...
def WSAEventSelect(s: _c_or_number.SOCKET, hEventObject: _c_or_number.HANDLE, lNetworkEvents: _c_or_number.LONG) -> int: ...
def WSAEnumNetworkEvents(s: _c_or_number.SOCKET, hEventObject: _c_or_number.HANDLE, lpNetworkEvents: _c.LPWSANETWORKEVENTS) -> int: ...
def WSAConnect(s: _c_or_number.SOCKET, name: _c.LPSOCKADDR, namelen: _c_or_number.INT, lpCallerData: _c.LPWSABUF, lpCalleeData: _c.LPWSABUF, lpSQOS: _c.LPQOS, lpGQOS: _c.LPQOS) -> int: ...
def WSAIoctl(s: _c_or_number.SOCKET, dwIoControlCode: _c_or_number.DWORD, lpvInBuffer: _c.LPVOID, cbInBuffer: _c_or_number.DWORD, lpvOutBuffer: _c.LPVOID, cbOutBuffer: _c_or_number.DWORD, lpcbBytesReturned: _c.LPDWORD, lpOverlapped: _c.LPWSAOVERLAPPED, lpCompletionRoutine: _c.LPWSAOVERLAPPED_COMPLETION_ROUTINE) -> int: ...
def WSAPoll(fdArray: _c.LPWSAPOLLFD, fds: _c_or_number.ULONG, timeout: _c_or_number.INT) -> int: ...
def WSASetLastError(iError: _c_or_number.INT) -> None: ...
def WSAGetLastError() -> _Constant: ...
def WSAGetOverlappedResult(s: _c_or_number.SOCKET, lpOverlapped: _c.LPWSAOVERLAPPED, lpcbTransfer: _c.LPDWORD, fWait: _c_or_number.BOOL, lpdwFlags: _c.LPDWORD) -> int: ...
def WSARecv(s: _c_or_number.SOCKET, lpBuffers: _c.LPWSABUF, dwBufferCount: _c_or_number.DWORD, lpNumberOfBytesRecvd: _c.LPDWORD, lpFlags: _c.LPDWORD, lpOverlapped: _c.LPWSAOVERLAPPED, lpCompletionRoutine: _c.LPWSAOVERLAPPED_COMPLETION_ROUTINE) -> int: ...
def WSARecvFrom(s: _c_or_number.SOCKET, lpBuffers: _c.LPWSABUF, dwBufferCount: _c_or_number.DWORD, lpNumberOfBytesRecvd: _c.LPDWORD, lpFlags: _c.LPDWORD, lpFrom: _c.LPSOCKADDR, lpFromlen: _c.LPINT, lpOverlapped: _c.LPWSAOVERLAPPED, lpCompletionRoutine: _c.LPWSAOVERLAPPED_COMPLETION_ROUTINE) -> int: ...
def WSASend(s: _c_or_number.SOCKET, lpBuffers: _c.LPWSABUF, dwBufferCount: _c_or_number.DWORD, lpNumberOfBytesSent: _c.LPDWORD, dwFlags: _c_or_number.DWORD, lpOverlapped: _c.LPWSAOVERLAPPED, lpCompletionRoutine: _c.LPWSAOVERLAPPED_COMPLETION_ROUTINE) -> int: ...
def WSASendMsg(s: _c_or_number.SOCKET, lpMsg: _c.LPWSAMSG, dwFlags: _c_or_number.DWORD, lpNumberOfBytesSent: _c.LPDWORD, lpOverlapped: _c.LPWSAOVERLAPPED, lpCompletionRoutine: _c.LPWSAOVERLAPPED_COMPLETION_ROUTINE) -> int: ...
def WSASendTo(s: _c_or_number.SOCKET, lpBuffers: _c.LPWSABUF, dwBufferCount: _c_or_number.DWORD, lpNumberOfBytesSent: _c.LPDWORD, dwFlags: _c_or_number.DWORD, lpTo: _c.LPSOCKADDR, iTolen: _c_or_number.INT, lpOverlapped: _c.LPWSAOVERLAPPED, lpCompletionRoutine: _c.LPWSAOVERLAPPED_COMPLETION_ROUTINE) -> int: ...
def WSASocketW(af: _c_or_number.INT, type: _c_or_number.INT, protocol: _c_or_number.INT, lpProtocolInfo: _c.LPWSAPROTOCOL_INFOW, g: _c_or_number.GROUP, dwFlags: _c_or_number.DWORD) -> int: ...
WSASocket = WSASocketW

# ---- ws2tcpip
INET_ADDRSTRLEN: _Constant
INET6_ADDRSTRLEN: _Constant
IPV6_UNICAST_HOPS: _Constant
IPV6_V6ONLY: _Constant
AI_PASSIVE: _Constant
AI_CANONNAME: _Constant
AI_NUMERICHOST: _Constant
AI_NUMERICSERV: _Constant
AI_ALL: _Constant
AI_ADDRCONFIG: _Constant
AI_V4MAPPED: _Constant
EAI_AGAIN: _Constant
EAI_BADFLAGS: _Constant
EAI_FAIL: _Constant
EAI_FAMILY: _Constant
EAI_MEMORY: _Constant
EAI_NONAME: _Constant
EAI_SERVICE: _Constant
EAI_SOCKTYPE: _Constant
IP_PKTINFO: _Constant
IPV6_PKTINFO: _Constant
NI_MAXHOST: _Constant
NI_MAXSERV: _Constant
NI_NOFQDN: _Constant
NI_NUMERICHOST: _Constant
NI_NAMEREQD: _Constant
NI_NUMERICSERV: _Constant
NI_DGRAM: _Constant
socklen_t = INT
class _IN6_ADDR_u(Union):
    Byte: Array[BYTE]
    Word: Array[WORD]
class IN6_ADDR(Structure):
    u: _IN6_ADDR_u
    s6_addr: int
    s6_words: int
in6_addr = IN6_ADDR
class PIN6_ADDR(_Pointer[IN6_ADDR]): ...
LPIN6_ADDR = PIN6_ADDR
in6addr_any: IN6_ADDR
in6addr_loopback: IN6_ADDR
class _SCOPE_ID_BITS(Structure):
    Zone: _Field[int, _Integer]
    Level: _Field[int, _Integer]
class _SCOPE_ID_u(Union):
    Zone: _Field[int, _Integer]
    Level: _Field[int, _Integer]
    Value: _Field[int, _Integer]
class SCOPE_ID(Structure):
    Zone: _Field[int, _Integer]
    Level: _Field[int, _Integer]
    Value: _Field[int, _Integer]
class _SOCKADDR_IN6_SCOPE(Union):
    sin6_scope_id: _Field[int, _Integer]
    sin6_scope_struct: SCOPE_ID
class SOCKADDR_IN6(Structure):
    sin6_family: _Field[int, _Integer]
    sin6_port: _Field[int, _Integer]
    sin6_flowinfo: _Field[int, _Integer]
    sin6_addr: IN6_ADDR
    sin6_scope_id: _Field[int, _Integer]
    sin6_scope_struct: SCOPE_ID
sockaddr_in6 = SOCKADDR_IN6
class PSOCKADDR_IN6(_Pointer[SOCKADDR_IN6]): ...
LPSOCKADDR_IN6 = PSOCKADDR_IN6
class IN_PKTINFO(Structure):
    ipi_addr: IN_ADDR
    ipi_ifindex: _Field[int, _Integer]
class IN6_PKTINFO(Structure):
    ipi6_addr: IN6_ADDR
    ipi6_ifindex: _Field[int, _Integer]
class ADDRINFOW(Structure):
    ai_flags: _Field[int, _Integer]
    ai_family: _Field[int, _Integer]
    ai_socktype: _Field[int, _Integer]
    ai_protocol: _Field[int, _Integer]
    ai_addrlen: _Field[int, _Integer]
    ai_canonname: str | Any
    ai_addr: _Field[LPSOCKADDR, _Pointer[Any] | Array[Any] | None]
    ai_next: _Field[PADDRINFOW, _Pointer[ADDRINFOW] | Array[ADDRINFOW] | None]
class PADDRINFOW(_Pointer[ADDRINFOW]): ...
addrinfoW = ADDRINFOW
def GetAddrInfoW(pNodeName: _c.PCWSTR, pServiceName: _c.PCWSTR, pHints: _c.PADDRINFOW, ppResult: _c.PPADDRINFOW) -> int: ...
GetAddrInfo = GetAddrInfoW
def FreeAddrInfoW(pAddrInfo: _c.PADDRINFOW) -> None: ...
FreeAddrInfo = FreeAddrInfoW
def GetNameInfoW(pSockaddr: _c.LPSOCKADDR, SockaddrLength: _c_or_number.socklen_t, pNodeBuffer: _c.LPWSTR, NodeBufferSize: _c_or_number.DWORD, pServiceBuffer: _c.LPWSTR, ServiceBufferSize: _c_or_number.DWORD, Flags: _c_or_number.INT) -> int: ...
GetNameInfo = GetNameInfoW
def inet_pton(Family: _c_or_number.INT, pszAddrString: _c.LPCSTR, pAddrBuf: _c.LPVOID) -> int: ...
def inet_ntop(Family: _c_or_number.INT, pAddr: _c.LPVOID, pStringBuf: _c.LPSTR, StringBufSize: _c_or_number.size_t) -> bytes | Any: ...

# ---- mswsock
SO_CONNECT_TIME: _Constant
SO_UPDATE_ACCEPT_CONTEXT: _Constant
SO_UPDATE_CONNECT_CONTEXT: _Constant
SIO_UDP_CONNRESET: _Constant
MSG_TRUNC: _Constant
MSG_CTRUNC: _Constant
MSG_BCAST: _Constant
MSG_MCAST: _Constant
TF_DISCONNECT: _Constant
TF_REUSE_SOCKET: _Constant
TF_WRITE_BEHIND: _Constant
TF_USE_DEFAULT_WORKER: _Constant
TF_USE_SYSTEM_THREAD: _Constant
TF_USE_KERNEL_APC: _Constant
WSAID_ACCEPTEX: GUID
WSAID_GETACCEPTEXSOCKADDRS: GUID
WSAID_CONNECTEX: GUID
WSAID_TRANSMITFILE: GUID
WSAID_DISCONNECTEX: GUID
WSAID_WSARECVMSG: GUID
class TRANSMIT_FILE_BUFFERS(Structure):
    Head: _Field[int | Any, int | _Buffer]
    HeadLength: _Field[int, _Integer]
    Tail: _Field[int | Any, int | _Buffer]
    TailLength: _Field[int, _Integer]
class LPTRANSMIT_FILE_BUFFERS(_Pointer[TRANSMIT_FILE_BUFFERS]): ...
class WSACMSGHDR(Structure):
    cmsg_len: _Field[int, _Integer]
    cmsg_level: _Field[int, _Integer]
    cmsg_type: _Field[int, _Integer]
class LPWSACMSGHDR(_Pointer[WSACMSGHDR]): ...
PWSACMSGHDR = LPWSACMSGHDR
from winsock_ctypes.mswsock import WSA_CMSG_LEN as WSA_CMSG_LEN
from winsock_ctypes.mswsock import WSA_CMSG_SPACE as WSA_CMSG_SPACE
from winsock_ctypes.mswsock import WSA_CMSG_FIRSTHDR as WSA_CMSG_FIRSTHDR
from winsock_ctypes.mswsock import WSA_CMSG_NXTHDR as WSA_CMSG_NXTHDR
from winsock_ctypes.mswsock import WSA_CMSG_DATA as WSA_CMSG_DATA
class LPFN_ACCEPTEX(_CFuncPtr):
    def __bool__(self) -> bool: ...
    def __call__(self, sListenSocket: _c.SOCKET, sAcceptSocket: _c.SOCKET, lpOutputBuffer: _c.LPVOID, dwReceiveDataLength: _c.DWORD, dwLocalAddressLength: _c.DWORD, dwRemoteAddressLength: _c.DWORD, lpdwBytesReceived: _c.LPDWORD, lpOverlapped: _c.LPOVERLAPPED) -> int: ...
class LPFN_GETACCEPTEXSOCKADDRS(_CFuncPtr):
    def __bool__(self) -> bool: ...
    def __call__(self, lpOutputBuffer: _c.LPVOID, dwReceiveDataLength: _c.DWORD, dwLocalAddressLength: _c.DWORD, dwRemoteAddressLength: _c.DWORD, LocalSockaddr: _c.PLPSOCKADDR, LocalSockaddrLength: _c.LPINT, RemoteSockaddr: _c.PLPSOCKADDR, RemoteSockaddrLength: _c.LPINT) -> None: ...
class LPFN_CONNECTEX(_CFuncPtr):
    def __bool__(self) -> bool: ...
    def __call__(self, s: _c.SOCKET, name: _c.LPSOCKADDR, namelen: _c.INT, lpSendBuffer: _c.LPVOID, dwSendDataLength: _c.DWORD, lpdwBytesSent: _c.LPDWORD, lpOverlapped: _c.LPOVERLAPPED) -> int: ...
class LPFN_DISCONNECTEX(_CFuncPtr):
    def __bool__(self) -> bool: ...
    def __call__(self, s: _c.SOCKET, lpOverlapped: _c.LPOVERLAPPED, dwFlags: _c.DWORD, dwReserved: _c.DWORD) -> int: ...
class LPFN_TRANSMITFILE(_CFuncPtr):
    def __bool__(self) -> bool: ...
    def __call__(self, hSocket: _c.SOCKET, hFile: _c.HANDLE, nNumberOfBytesToWrite: _c.DWORD, nNumberOfBytesPerSend: _c.DWORD, lpOverlapped: _c.LPOVERLAPPED, lpTransmitBuffers: _c.LPTRANSMIT_FILE_BUFFERS, dwReserved: _c.DWORD) -> int: ...
class LPFN_WSARECVMSG(_CFuncPtr):
    def __bool__(self) -> bool: ...
    def __call__(self, s: _c.SOCKET, lpMsg: _c.LPWSAMSG, lpdwNumberOfBytesRecvd: _c.LPDWORD, lpOverlapped: _c.LPWSAOVERLAPPED, lpCompletionRoutine: _c.LPWSAOVERLAPPED_COMPLETION_ROUTINE) -> int: ...

# ---- stdlib
from winsock_ctypes.stdlib import malloc as malloc
from winsock_ctypes.stdlib import free as free
from winsock_ctypes.stdlib import atoi as atoi
from winsock_ctypes.stdlib import exit as exit

# ---- string
from winsock_ctypes.string import memset as memset
from winsock_ctypes.string import memmove as memmove
from winsock_ctypes.string import strlen as strlen
from winsock_ctypes.string import strcmp as strcmp

# ---- stdio
EOF: _Constant
from winsock_ctypes.stdio import stdin as stdin
from winsock_ctypes.stdio import stdout as stdout
from winsock_ctypes.stdio import stderr as stderr
from winsock_ctypes.stdio import fputs as fputs
from winsock_ctypes.stdio import puts as puts
from winsock_ctypes.stdio import printf as printf
from winsock_ctypes.stdio import fgets as fgets
