"""Between a call and the DLL: no Python frame when it is right, a clear word when it is wrong."""

import ctypes
import socket as pysocket
import sys
from ctypes import byref, c_float, c_int, c_ulong, c_void_p, cast, create_string_buffer, pointer, sizeof, wintypes

import pytest

import winsock_ctypes
from winsock_ctypes import *
from winsock_ctypes._functions import _same

FUNCTIONS = sorted(n for n in winsock_ctypes.__all__ if isinstance(getattr(winsock_ctypes, n), ctypes._CFuncPtr))


@LPWSAOVERLAPPED_COMPLETION_ROUTINE
def Routine(dwError, cbTransferred, lpOverlapped, dwFlags): ...


@WAITORTIMERCALLBACK
def Signalled(lpParameter, TimerOrWaitFired): ...


class Memory:
    """Something of everything that the functions point to."""

    def __init__(self):
        self.overlapped, self.buf, self.wsaBuf, self.count, self.flags = OVERLAPPED(), (BYTE * 16)(), WSABUF(), DWORD(), DWORD()
        self.wsaBuf.len, self.wsaBuf.buf, self.msg, self.handle = 16, self.buf, WSAMSG(), HANDLE()
        self.address, self.length, self.set, self.events = SOCKADDR_IN(AF_INET), INT(16), fd_set(), WSANETWORKEVENTS()
        self.info, self.data, self.system, self.poll = PADDRINFOW(), WSADATA(), SYSTEM_INFO(), WSAPOLLFD()
        self.key, self.taken, self.entries, self.removed = ULONG_PTR(), LPOVERLAPPED(), (OVERLAPPED_ENTRY * 4)(), ULONG()
        self.handles, self.text, self.host = (HANDLE * 64)(), create_string_buffer(64), ctypes.create_unicode_buffer(64)


def calls(m):
    """Each function with arguments that it takes, most of them for no socket at all."""
    no = INVALID_SOCKET
    return {
        "CancelIo": (0,),
        "CancelIoEx": (0, byref(m.overlapped)),
        "CloseHandle": (0,),
        "CreateEventW": (NULL, TRUE, FALSE, NULL),
        "CreateIoCompletionPort": (INVALID_HANDLE_VALUE, NULL, 0, 0),
        "FreeAddrInfoW": (NULL,),
        "GetAddrInfoW": (NULL, "80", NULL, byref(m.info)),
        "GetLastError": (),
        "GetNameInfoW": (byref(m.address), 16, m.host, 64, NULL, 0, NI_NUMERICHOST),
        "GetOverlappedResult": (0, byref(m.overlapped), byref(m.count), FALSE),
        "GetQueuedCompletionStatus": (0, byref(m.count), byref(m.key), byref(m.taken), 0),
        "GetQueuedCompletionStatusEx": (0, m.entries, 4, byref(m.removed), 0, FALSE),
        "GetSystemInfo": (byref(m.system),),
        "PostQueuedCompletionStatus": (0, 0, 0, byref(m.overlapped)),
        "ReadFile": (0, m.buf, 16, byref(m.count), byref(m.overlapped)),
        "RegisterWaitForSingleObject": (byref(m.handle), 0, Signalled, NULL, 0, WT_EXECUTEONLYONCE),
        "ResetEvent": (0,),
        "SetEvent": (0,),
        "SetFileCompletionNotificationModes": (0, FILE_SKIP_SET_EVENT_ON_HANDLE),
        "SetLastError": (1234,),
        "SleepEx": (0, TRUE),
        "UnregisterWaitEx": (0, NULL),
        "WSACleanup": (),
        "WSACloseEvent": (0,),
        "WSAConnect": (no, byref(m.address), sizeof(m.address), NULL, NULL, NULL, NULL),
        "WSACreateEvent": (),
        "WSAEnumNetworkEvents": (no, 0, byref(m.events)),
        "WSAEventSelect": (no, 0, FD_READ | FD_CLOSE),
        "WSAGetLastError": (),
        "WSAGetOverlappedResult": (no, byref(m.overlapped), byref(m.count), FALSE, byref(m.flags)),
        "WSAIoctl": (no, FIONBIO, byref(m.count), 4, NULL, 0, byref(m.count), NULL, NULL),
        "WSAPoll": (byref(m.poll), 0, 0),
        "WSARecv": (no, byref(m.wsaBuf), 1, NULL, byref(m.flags), byref(m.overlapped), Routine),
        "WSARecvFrom": (
            no,
            byref(m.wsaBuf),
            1,
            NULL,
            byref(m.flags),
            byref(m.address),
            byref(m.length),
            byref(m.overlapped),
            NULL,
        ),
        "WSAResetEvent": (0,),
        "WSASend": (no, byref(m.wsaBuf), 1, byref(m.count), 0, byref(m.overlapped), Routine),
        "WSASendMsg": (no, byref(m.msg), 0, NULL, byref(m.overlapped), Routine),
        "WSASendTo": (no, byref(m.wsaBuf), 1, NULL, 0, byref(m.address), sizeof(m.address), byref(m.overlapped), Routine),
        "WSASetEvent": (0,),
        "WSASetLastError": (1234,),
        "WSASocketW": (AF_INET, SOCK_STREAM, 77, NULL, 0, WSA_FLAG_OVERLAPPED),
        "WSAStartup": (MAKEWORD(2, 2), byref(m.data)),
        "WSAWaitForMultipleEvents": (64, m.handles, FALSE, 0, FALSE),
        "WaitForSingleObject": (0, 0),
        "WaitForSingleObjectEx": (0, 0, TRUE),
        "WriteFile": (0, b"hello", 5, byref(m.count), NULL),
        "accept": (no, byref(m.address), byref(m.length)),
        "bind": (no, byref(m.address), sizeof(m.address)),
        "closesocket": (no,),
        "connect": (no, byref(m.address), sizeof(m.address)),
        "getpeername": (no, byref(m.address), byref(m.length)),
        "getsockname": (no, byref(m.address), byref(m.length)),
        "getsockopt": (no, SOL_SOCKET, SO_ERROR, byref(m.count), byref(m.length)),
        "htonl": (INADDR_ANY,),
        "htons": (9190,),
        "inet_addr": (b"127.0.0.1",),
        "inet_ntoa": (m.address.sin_addr,),
        "inet_ntop": (AF_INET, byref(m.address.sin_addr), m.text, 64),
        "inet_pton": (AF_INET, b"127.0.0.1", byref(m.address.sin_addr)),
        "ioctlsocket": (no, FIONBIO, byref(m.count)),
        "listen": (no, 5),
        "ntohl": (1,),
        "ntohs": (1,),
        "recv": (no, m.buf, 16, 0),
        "recvfrom": (no, m.buf, 16, 0, byref(m.address), byref(m.length)),
        "select": (0, byref(m.set), NULL, NULL, byref(timeval(0, 0))),
        "send": (no, b"hello", 5, 0),
        "sendto": (no, b"hello", 5, 0, byref(m.address), sizeof(m.address)),
        "setsockopt": (no, SOL_SOCKET, SO_REUSEADDR, byref(m.count), 4),
        "shutdown": (no, SD_SEND),
        "socket": (AF_INET, SOCK_STREAM, 77),
    }


def own_name(name):
    return getattr(winsock_ctypes, name).__name__


@pytest.mark.parametrize("name", sorted({own_name(name) for name in FUNCTIONS}))
def test_no_python_frame_between_the_caller_and_the_dll(name):
    function, arguments = getattr(winsock_ctypes, name), calls(Memory())[name]
    entered = []
    sys.setprofile(lambda frame, event, _: event == "call" and entered.append(frame.f_code.co_name))
    try:
        result = function(*arguments)
    finally:
        sys.setprofile(None)
    assert entered == []
    {"WSAStartup": WSACleanup, "WSACleanup": lambda: WSAStartup(MAKEWORD(2, 2), byref(WSADATA()))}.get(name, int)()
    if name in ("CreateEventW", "WSACreateEvent", "CreateIoCompletionPort"):
        CloseHandle(result)


def test_nor_between_the_caller_and_an_extension_function_that_was_called_before():
    s = socket(AF_INET, SOCK_STREAM, 0)
    function, count = LPFN_ACCEPTEX(), DWORD()
    guid, place = byref(WSAID_ACCEPTEX), byref(function)
    assert WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, guid, 16, place, sizeof(function), byref(count), NULL, NULL) == 0
    overlapped, entered, m = OVERLAPPED(), [], Memory()
    for _ in range(2):
        entered.clear()
        sys.setprofile(lambda frame, event, _: event == "call" and entered.append(frame.f_code.co_name))
        try:
            function(s, INVALID_SOCKET, m.buf, 0, 32, 32, byref(count), byref(overlapped))
        finally:
            sys.setprofile(None)
    assert entered == [] and type(function).__name__ == "LPFN_ACCEPTEX" and isinstance(function, LPFN_ACCEPTEX)
    closesocket(s)


class PER_IO_DATA(Structure):
    _fields_ = [("overlapped", OVERLAPPED), ("buf", BYTE * 16), ("wsaBuf", WSABUF)]


def plain(dwError, cbTransferred, lpOverlapped, dwFlags): ...


io, flags, python_socket = PER_IO_DATA(), DWORD(), pysocket.socket()
python_socket.close()
WANTED = "WSARecv: lpOverlapped must be byref of a WSAOVERLAPPED, an LPWSAOVERLAPPED or None"


def overlapped(pointer):
    """Arguments of WSARecv, of which this one is in question."""
    return 0, byref(io.wsaBuf), 1, NULL, byref(flags), pointer, NULL


REFUSALS = [
    (SleepEx, ("x", TRUE), "SleepEx: dwMilliseconds must be an int or a DWORD, not str"),
    (SleepEx, (1.5, TRUE), "SleepEx: dwMilliseconds must be an int or a DWORD, not float: make it an int(...)"),
    (SleepEx, (NULL, TRUE), "SleepEx: dwMilliseconds must be an int or a DWORD, not None: NULL is for pointers; write 0"),
    (SleepEx, (WORD(1), TRUE), "SleepEx: dwMilliseconds must be an int or a DWORD, not WORD: give its .value"),
    (listen, (python_socket, 5), "listen: s must be an int or a SOCKET, not socket: give its .fileno()"),
    (listen, (0, []), "listen: backlog must be an int or an INT, not list"),
    (CloseHandle, (python_socket,), "CloseHandle: hObject must be an int, a HANDLE or None, not socket: give its .fileno()"),
    (CloseHandle, (b"x",), "CloseHandle: hObject must be an int, a HANDLE or None, not bytes"),
    (
        ioctlsocket,
        (0, FIONBIO, 1),
        "ioctlsocket: argp must be byref of a u_long, a POINTER(u_long) or None, not int: byref(u_long(...))",
    ),
    (
        ioctlsocket,
        (0, FIONBIO, byref(c_float(1))),
        "ioctlsocket: argp must be byref of a u_long, a POINTER(u_long) or None, not byref of a c_float",
    ),
    (
        getsockname,
        (0, byref(SOCKADDR_IN()), 16),
        "getsockname: namelen must be byref of an INT, an LPINT or None, not int: byref(INT(...))",
    ),
    (bind, (0, "127.0.0.1", 16), "bind: name must be byref of a SOCKADDR, an LPSOCKADDR or None, not str"),
    (WSARecv, overlapped(byref(io)), f"{WANTED}, not byref of a PER_IO_DATA: byref of its .overlapped"),
    (WSARecv, overlapped(io.overlapped), f"{WANTED}, not OVERLAPPED: use byref(...)"),
    (WSARecv, overlapped(1 << 40), f"{WANTED}, not int: cast(the address, LPWSAOVERLAPPED)"),
    (WSARecv, overlapped((c_float * 2)()), f"{WANTED}, not c_float_Array_2"),
    (WSARecv, overlapped(pointer(c_float())), f"{WANTED}, not LP_c_float"),
    (WSARecv, overlapped(byref(LPOVERLAPPED())), f"{WANTED}, not byref of an LPOVERLAPPED: it is a pointer already"),
    (
        WSARecv,
        (0, byref(io.wsaBuf), 1, NULL, byref(flags), byref(io.overlapped), plain),
        "WSARecv: lpCompletionRoutine must be a function decorated with @LPWSAOVERLAPPED_COMPLETION_ROUTINE, or None, "
        "not function",
    ),
    (
        recv,
        (0, b"12345", 5, 0),
        "recv: buf must be a ctypes array, a pointer, byref(...), an address or None, not bytes: "
        "use create_string_buffer(...), for bytes cannot change",
    ),
    (
        recv,
        (0, bytearray(5), 5, 0),
        "recv: buf must be a ctypes array, a pointer, byref(...), an address or None, not bytearray: "
        "use (c_char * len(b)).from_buffer(b)",
    ),
    (
        send,
        (0, "text", 4, 0),
        "send: buf must be bytes, a ctypes array, a pointer, byref(...), an address or None, not str: use its .encode()",
    ),
    (
        send,
        (0, io, 4, 0),
        "send: buf must be bytes, a ctypes array, a pointer, byref(...), an address or None, not PER_IO_DATA: use byref(...)",
    ),
    (
        setsockopt,
        (0, SOL_SOCKET, SO_REUSEADDR, 1, 4),
        "setsockopt: optval must be bytes, a ctypes array, a pointer, byref(...) or None, not int: use byref(INT(...))",
    ),
    (
        inet_addr,
        ("127.0.0.1",),
        "inet_addr: cp must be bytes, a ctypes array, a pointer, byref(...) or None, not str: use its .encode()",
    ),
    (inet_ntoa, (1,), "inet_ntoa: in_ must be an IN_ADDR, not int"),
    (inet_ntoa, (byref(IN_ADDR()),), "inet_ntoa: in_ must be an IN_ADDR, not CArgObject: here C takes the structure itself"),
    (
        GetAddrInfo,
        (b"localhost", "80", NULL, byref(PADDRINFOW())),
        "GetAddrInfoW: pNodeName must be str, a ctypes array, a pointer, byref(...) or None, not bytes: give a str",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("function", "arguments", "words"), REFUSALS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_refusal_says_where_what_and_the_cure(function, arguments, words):
    for _ in range(2):  # the second time nothing is different
        with pytest.raises(ctypes.ArgumentError) as refused:
            function(*arguments)
        assert str(refused.value).endswith(words)


def test_arguments_that_are_missing_or_too_many_are_refused():
    with pytest.raises(TypeError, match="^required argument 'bAlertable' missing$"):
        SleepEx(1)
    with pytest.raises(TypeError, match=r"^call takes exactly 2 arguments \(3 given\)$"):
        SleepEx(1, 2, 3)


def test_a_function_pointer_that_wsaioctl_has_not_filled_is_refused():
    with pytest.raises(TypeError, match="LPFN_ACCEPTEX: this function pointer is NULL: WSAIoctl"):
        LPFN_ACCEPTEX()(0, 0, NULL, 0, 0, 0, NULL, NULL)


async def coroutine(dwError, cbTransferred, lpOverlapped, dwFlags): ...


def generator(dwError, cbTransferred, lpOverlapped, dwFlags):
    yield


async def both(dwError, cbTransferred, lpOverlapped, dwFlags):
    yield


class Called:
    async def __call__(self, dwError, cbTransferred, lpOverlapped, dwFlags): ...


@pytest.mark.parametrize("function", [coroutine, generator, both, Called()])
def test_a_routine_of_which_a_call_would_run_nothing_is_refused(function):
    with pytest.raises(TypeError, match="run nothing of it.*make it a plain `def`"):
        LPWSAOVERLAPPED_COMPLETION_ROUTINE(function)


def test_types_of_the_same_layout_are_as_good_as_the_headers():
    with pysocket.create_server(("127.0.0.1", 0)) as s:
        assert ioctlsocket(s.fileno(), FIONBIO, byref(c_ulong(1))) == 0
        assert ioctlsocket(s.fileno(), FIONBIO, pointer(wintypes.DWORD(1))) == 0
        assert getsockname(s.fileno(), byref(SOCKADDR_IN()), byref(c_int(16))) == 0
    assert SleepEx(wintypes.DWORD(0), wintypes.BOOL(0)) == 0
    port = CreateIoCompletionPort(wintypes.HANDLE(-1), None, 0, 0)
    assert port and CloseHandle(c_void_p(port))
    event = WSACreateEvent()
    assert WSAWaitForMultipleEvents(1, (wintypes.HANDLE * 1)(event), False, 0, False) == WSA_WAIT_TIMEOUT
    assert WSACloseEvent(event)


class C_STYLE(ctypes.Structure):
    _fields_ = [("before", c_int), ("buf", wintypes.BYTE * 5)]


MAKERS = [
    lambda: create_string_buffer(5),
    lambda: (ctypes.c_ubyte * 5)(),
    lambda: (wintypes.BYTE * 5)(),
    lambda: (BYTE * 5)(),
    lambda: C_STYLE().buf,
    lambda: (CHAR * 5).from_buffer(bytearray(5)),
    lambda: pointer(create_string_buffer(5)),
    lambda: cast(create_string_buffer(5), ctypes.POINTER(ctypes.c_char)),
    lambda: cast(create_string_buffer(5), PBYTE),
    lambda: byref(C_STYLE(), 4),
]


@pytest.mark.parametrize("make", MAKERS)
def test_the_buffer_of_a_wsabuf_may_be_any_and_stays_alive_with_it(pair, make):
    wsaBuf = WSABUF(5, make())  # which alone knows it
    others = [make() for _ in range(50)]  # would get its memory
    pair[1].sendall(b"hello")
    assert recv(pair[0].fileno(), wsaBuf.buf, wsaBuf.len, 0) == 5
    assert ctypes.string_at(wsaBuf.buf, 5) == b"hello" == bytes(wsaBuf.buf[:5])
    assert len(others) == 50


def test_the_buffer_of_a_wsabuf_may_be_an_address_or_null():
    wsaBuf, array = WSABUF(), create_string_buffer(b"hello")
    for address in addressof(array), c_void_p(addressof(array)):
        wsaBuf.buf = address
        assert wsaBuf.buf == addressof(array)
    for nothing in None, 0, c_void_p():
        wsaBuf.buf = array
        wsaBuf.buf = nothing
        assert not wsaBuf.buf


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (b"12345", "not bytes: use create_string_buffer(...), for bytes cannot change"),
        (bytearray(5), "not bytearray: use (c_char * len(b)).from_buffer(b)"),
        ("12345", "not str: use create_string_buffer(...)"),
        (C_STYLE(), "not C_STYLE: use byref(...)"),
        (1.5, "not float"),
    ],
)
def test_a_wsabuf_says_what_its_buffer_may_be(value, words):
    wsaBuf = WSABUF(5, create_string_buffer(5))
    before = repr(wsaBuf)
    for set in lambda: WSABUF(5, value), lambda: WSABUF(buf=value), lambda: setattr(wsaBuf, "buf", value):
        with pytest.raises(TypeError) as refused:
            set()
        assert str(refused.value) == f"WSABUF: buf must be a ctypes array, a pointer, byref(...), an address or None, {words}"
    assert repr(wsaBuf) == before


def test_an_address_is_a_number_where_the_function_only_hands_it_on(pair):
    pair[1].sendall(b"hello")
    block = malloc(16)
    assert recv(pair[0].fileno(), block, 16, 0) == 5
    assert ctypes.string_at(block, 5) == b"hello"
    assert send(pair[0].fileno(), block, 5, 0) == 5
    free(block)
    port, count, key, taken = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0), DWORD(), ULONG_PTR(), LPOVERLAPPED()
    assert PostQueuedCompletionStatus(port, 1, 2, (1 << 40) + 7)
    assert GetQueuedCompletionStatus(port, byref(count), byref(key), byref(taken), 0)
    assert taken == (1 << 40) + 7
    several = (OVERLAPPED * 2)()  # or as a pointer in any other of ctypes' ways
    for overlapped in (several, pointer(several[0]), byref(several), cast(several, c_void_p), LPOVERLAPPED(several[0])):
        assert PostQueuedCompletionStatus(port, 1, 2, overlapped)
        assert GetQueuedCompletionStatus(port, byref(count), byref(key), byref(taken), 0)
        assert taken == several
    CloseHandle(port)


LONG_ONES = (
    (ctypes.c_int, ctypes.c_long) if sizeof(ctypes.c_int) == sizeof(ctypes.c_long) else (ctypes.c_long, ctypes.c_longlong)
)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        *((ctypes.c_char, other, True) for other in (ctypes.c_char, ctypes.c_byte, ctypes.c_ubyte)),
        (ctypes.c_byte, ctypes.c_ubyte, True),  # a byte is a byte
        (ctypes.c_short, ctypes.c_ushort, False),
        (ctypes.c_bool, ctypes.c_ubyte, False),
        (ctypes.c_bool, ctypes.c_byte, False),
        (*LONG_ONES, True),
        (ctypes.c_int, ctypes.c_float, False),
        (ctypes.c_int, ctypes.c_short, False),
        (OVERLAPPED, WSAOVERLAPPED, True),
        (OVERLAPPED, WSABUF, False),
        (OVERLAPPED, ctypes.c_int, False),
    ],
)
def test_which_types_are_one_type_in_c(one, other, same):
    for first, second in ((one, other), (other, one)):
        assert _same(first, second) is same
        assert _same(ctypes.POINTER(first), ctypes.POINTER(second)) is same
        assert not _same(ctypes.POINTER(first), second)


def test_pointers_are_equal_when_their_addresses_are():
    ov, other = OVERLAPPED(), OVERLAPPED()
    p = LPOVERLAPPED(ov)
    assert p == LPOVERLAPPED(ov) and p == byref(ov) and byref(ov) == p and p == ctypes.addressof(ov)
    assert p == cast(p, c_void_p) and p == pointer(ov) and hash(p) == hash(LPOVERLAPPED(ov)) and p in {LPOVERLAPPED(ov): 1}
    assert p != LPOVERLAPPED(other) and p != byref(other) and p != NULL and p != "x" and not p == ov
    assert LPOVERLAPPED() == NULL and LPOVERLAPPED() == 0 and LPOVERLAPPED() != p


def test_a_field_that_the_structure_does_not_have_is_refused():
    with pytest.raises(AttributeError, match="'SOCKADDR_IN' object has no attribute 'sinport'"):
        SOCKADDR_IN().sinport = 1
    with pytest.raises(AttributeError, match="sinport"):
        SOCKADDR_IN(sinport=1)
    with pytest.raises(AttributeError, match="'PER_IO_DATA' object has no attribute 'rwMode'"):
        PER_IO_DATA().rwMode = 1
    with pytest.raises(AttributeError, match="S_adr"):
        SOCKADDR_IN().sin_addr.S_un.S_adr = 1


def test_structures_are_copied_and_pickled():
    import copy
    import pickle

    address = SOCKADDR_IN(AF_INET, htons(9190))
    for twin in (copy.copy(address), pickle.loads(pickle.dumps(address))):
        assert bytes(twin) == bytes(address) and type(twin) is SOCKADDR_IN


def test_a_code_without_a_name_is_an_int():
    SetLastError(54321)
    assert type(GetLastError()) is int and GetLastError() == 54321


def test_flags_are_not_combined_with_types():
    with pytest.raises(TypeError):
        MSG_PARTIAL & DWORD(0)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        *((ADDRINFOW(ai_socktype=type), f"ai_socktype={type.name}, ") for type in (SOCK_STREAM, SOCK_DGRAM, SOCK_RAW)),
        (ADDRINFOW(ai_socktype=77), "ai_socktype=77, "),
        *((ADDRINFOW(ai_family=family), f"ai_family={family.name}, ") for family in (AF_UNSPEC, AF_INET, AF_INET6)),
        (ADDRINFOW(ai_family=77), "ai_family=77, "),
        *(
            (ADDRINFOW(ai_flags=flag), f"ai_flags={flag.name} (0x{flag:x}), ")
            for flag in (AI_PASSIVE, AI_CANONNAME, AI_NUMERICHOST, AI_NUMERICSERV, AI_ALL, AI_ADDRCONFIG, AI_V4MAPPED)
        ),
        (ADDRINFOW(ai_flags=AI_PASSIVE | AI_ALL), "ai_flags=AI_PASSIVE | AI_ALL (0x101), "),
        (ADDRINFOW(ai_flags=0), "ai_flags=0, "),
        *(
            (WSANETWORKEVENTS(lNetworkEvents=flag), f"lNetworkEvents={flag.name} (0x{flag:x}), iErrorCode=no error")
            for flag in (FD_READ, FD_WRITE, FD_OOB, FD_ACCEPT, FD_CONNECT, FD_CLOSE, FD_QOS, FD_GROUP_QOS)
        ),
        (WSANETWORKEVENTS(iErrorCode=(INT * 10)(0, 10054)), "iErrorCode={1: WSAECONNRESET (10054)}"),
        *(
            (WSAPOLLFD(3, flag, 0), f"events={flag.name} (0x{flag:x}), revents=0)")
            for flag in (POLLRDNORM, POLLRDBAND, POLLPRI, POLLWRNORM, POLLWRBAND, POLLERR, POLLHUP, POLLNVAL)
        ),
        (WSAPOLLFD(3, 0, POLLHUP), f"events=0, revents=POLLHUP (0x{POLLHUP:x})"),
        (SOCKADDR(AF_INET6), "sa_family=AF_INET6"),
        (WSADATA(wVersion=0x0102, wHighVersion=0x0202), "wVersion=2.1, wHighVersion=2.2"),
        (OVERLAPPED(Internal=STATUS_PENDING), "Internal=STATUS_PENDING (259)"),
        (OVERLAPPED(hEvent=NULL), "hEvent=NULL"),
        (OVERLAPPED(hEvent=0x1F), "hEvent=0x1f"),
        (OVERLAPPED_ENTRY(lpCompletionKey=0x1F), "lpCompletionKey=0x1f"),
    ],
)
def test_a_structure_has_the_names_of_its_numbers(value, words):
    assert words in repr(value)


def test_lists_in_a_structure_are_shown_with_their_lengths():
    class LISTS(Structure):
        _fields_ = [("four", INT * 4), ("five", DWORD * 5), ("rows", INT * 2 * 2), ("to", LPWSABUF * 2)]

    wsaBuf = WSABUF(3)
    lists = LISTS((1, 2, 3, 4), (1, 2, 3, 4, 5), to=(cast(byref(wsaBuf), LPWSABUF),))
    to = f"[0x{ctypes.addressof(wsaBuf):x} -> WSABUF(len=3, buf=NULL), NULL] (2)"
    words = f"four=[1, 2, 3, 4] (4), five=[1, 2, 3, 4, ...] (5), rows=[[0, 0] (2), [0, 0] (2)] (2), to={to}"
    assert repr(lists) == f"LISTS({words})"
