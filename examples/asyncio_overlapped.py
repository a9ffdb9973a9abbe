"""The bridge from the chapter to asyncio: what it calls of CPython's C module `_overlapped`, on winsock_ctypes.

    import asyncio_overlapped  # before asyncio, whose Proactor event loop then calls what is here

No port, so it uses Python as it likes. The loop does what iocp_echo_server.py does: it starts operations,
and takes their completions from one port. An `await` is what lies in between: it can be stepped through,
and recorded with python -m winsock_ctypes.trace asyncio_echo_server.py 9190
"""

import _include_path  # noqa: F401
import _winapi
import ctypes
import sys
from ctypes import cast, create_string_buffer
from socket import socket as python_socket

import winsock_ctypes as w  # for what has the same name here
from winsock_ctypes import *

if "asyncio" in sys.modules:
    raise ImportError("import asyncio_overlapped before asyncio")

NULL = 0  # asyncio's is a number
ERROR_PIPE_BUSY, ERROR_PIPE_CONNECTED = 231, 535


@w.imported_from("kernel32")  # which winsock_ctypes does not declare
def ConnectNamedPipe(hNamedPipe: HANDLE, lpOverlapped: LPOVERLAPPED) -> BOOL: ...


def checked(result):
    if not result:
        raise failure(GetLastError())
    return result


def failure(code):
    kinds = {ERROR_CONNECTION_REFUSED: ConnectionRefusedError, ERROR_CONNECTION_ABORTED: ConnectionAbortedError}
    return kinds.get(code, OSError)(None, ctypes.FormatError(code).strip(), None, int(code))


# ---- the port -------------------------------------------------------------------------------------


def CreateIoCompletionPort(handle, port, key, concurrency):
    return checked(w.CreateIoCompletionPort(handle, port, key, concurrency))


def GetQueuedCompletionStatus(port, msecs):
    """Here the loop waits, and here each `await` ends: with the address of an OVERLAPPED."""
    size, key, lpOverlapped = DWORD(), ULONG_PTR(), LPOVERLAPPED()
    done = w.GetQueuedCompletionStatus(port, byref(size), byref(key), byref(lpOverlapped), msecs)
    error = 0 if done else GetLastError()
    if lpOverlapped:
        address = addressof(lpOverlapped.contents)
        under_way.pop(address, None)
        return int(error), size.value, key.value, address
    if error != WAIT_TIMEOUT:
        raise failure(error)


under_way = {}  # address -> Overlapped: the kernel's, even if asyncio has forgotten it


class Overlapped:
    """One operation: the OVERLAPPED, the rest of what is the kernel's meanwhile, and what came of it."""

    handle = sender = None
    error = may_fail_with = 0
    result = "operation not yet attempted"

    def __init__(self, event=INVALID_HANDLE_VALUE):
        self.overlapped = OVERLAPPED()
        self.address = addressof(self.overlapped)
        self.event = CreateEvent(None, TRUE, FALSE, None) if event == INVALID_HANDLE_VALUE else event
        self.overlapped.hEvent = self.event

    @property
    def pending(self):
        return not HasOverlappedIoCompleted(byref(self.overlapped))

    def lend(self, handle, *memory, result=int, sender=None):
        """The OVERLAPPED, to the kernel, for one operation. `memory` and `sender` are the kernel's meanwhile, too."""
        if self.handle is not None:
            raise ValueError("operation already attempted")
        self.handle, self.memory, self.result, self.sender = handle, memory, result, sender
        return byref(self.overlapped)

    def begun(self, done):
        self.error = 0 if done else int(GetLastError())
        if self.error not in (0, ERROR_IO_PENDING, ERROR_MORE_DATA):
            self.overlapped.Internal, self.result = 0, "operation failed to start"
            raise failure(self.error)
        under_way[self.address] = self

    def getresult(self, wait=False):
        if isinstance(self.result, str):
            raise ValueError(self.result)
        size = DWORD()
        done = GetOverlappedResult(self.handle, byref(self.overlapped), byref(size), wait)
        self.error = 0 if done else int(GetLastError())
        if self.error not in (0, ERROR_MORE_DATA, self.may_fail_with):
            raise failure(self.error)
        if self.event:  # otherwise the port has yet to deliver it
            under_way.pop(self.address, None)
        result = self.memory[0][: size.value] if self.result is bytes else size.value
        return (result, address_in(self.sender)) if self.sender else result

    def cancel(self):
        if self.pending and not CancelIoEx(self.handle, byref(self.overlapped)):
            checked(GetLastError() == ERROR_NOT_FOUND)  # it has just completed

    def __del__(self):
        if self.event:
            error = GetLastError()  # somebody may be about to ask for it
            CloseHandle(self.event)
            SetLastError(error)

    # -- sockets

    def WSARecv(self, s, size, flags=0):
        self.receive(s, create_string_buffer(size), flags, bytes)

    def WSARecvInto(self, s, buffer, flags):
        self.receive(s, borrowed(buffer), flags, int)

    def receive(self, s, buffer, flags, result):
        wsaBuf, flags, overlapped = WSABUF(len(buffer), buffer), DWORD(flags), self.lend(s, buffer, result=result)
        self.begun(WSARecv(s, byref(wsaBuf), 1, None, byref(flags), overlapped, None) == 0)

    def WSARecvFrom(self, s, size, flags=0):
        self.receive_from(s, create_string_buffer(size), flags, bytes)

    def WSARecvFromInto(self, s, buffer, size, flags=0):
        self.receive_from(s, borrowed(memoryview(buffer)[:size]), flags, int)

    def receive_from(self, s, buffer, flags, result):
        wsaBuf, flags, sender, size = WSABUF(len(buffer), buffer), DWORD(flags), SOCKADDR_IN6(), INT(sizeof(SOCKADDR_IN6))
        overlapped, name = self.lend(s, buffer, size, result=result, sender=sender), cast(byref(sender), LPSOCKADDR)
        self.begun(WSARecvFrom(s, byref(wsaBuf), 1, None, byref(flags), name, byref(size), overlapped, None) == 0)

    def WSASend(self, s, data, flags):
        data = copied(data)
        self.begun(WSASend(s, byref(WSABUF(len(data), data)), 1, None, flags, self.lend(s, data), None) == 0)

    def WSASendTo(self, s, data, flags, address):
        data, name = copied(data), sockaddr(address)
        wsaBuf, receiver, overlapped = WSABUF(len(data), data), cast(byref(name), LPSOCKADDR), self.lend(s, data, name)
        self.begun(WSASendTo(s, byref(wsaBuf), 1, None, flags, receiver, sizeof(name), overlapped, None) == 0)

    def AcceptEx(self, listener, s):
        size, received = sizeof(SOCKADDR_IN6) + 16, DWORD()
        addresses = create_string_buffer(2 * size)
        overlapped = self.lend(listener, addresses, received)
        self.begun(AcceptEx(listener, s, addresses, 0, size, size, byref(received), overlapped))

    def ConnectEx(self, s, address):
        name = sockaddr(address)
        self.begun(ConnectEx(s, cast(byref(name), LPSOCKADDR), sizeof(name), None, 0, None, self.lend(s, name)))

    def TransmitFile(self, s, file, offset, offset_high, size, size_of_piece, flags):
        overlapped = self.lend(s)
        self.overlapped.Offset, self.overlapped.OffsetHigh = offset, offset_high
        self.begun(TransmitFile(s, file, size, size_of_piece, overlapped, None, flags))

    # -- pipes

    def ReadFile(self, pipe, size):
        self.read(pipe, create_string_buffer(size), bytes)

    def ReadFileInto(self, pipe, buffer):
        self.read(pipe, borrowed(buffer), int)

    def read(self, pipe, buffer, result):
        overlapped, self.may_fail_with = self.lend(pipe, buffer, result=result), ERROR_BROKEN_PIPE  # the end, 0 bytes
        self.begun(ReadFile(pipe, buffer, len(buffer), None, overlapped))

    def WriteFile(self, pipe, data):
        data = copied(data)
        self.begun(WriteFile(pipe, data, len(data), None, self.lend(pipe, data)))

    def ConnectNamedPipe(self, pipe):
        done = ConnectNamedPipe(pipe, self.lend(pipe))
        if not done and GetLastError() == ERROR_PIPE_CONNECTED:
            self.overlapped.Internal = 0  # and no packet comes
            return True
        self.begun(done)


# ---- memory and addresses -------------------------------------------------------------------------


def borrowed(buffer):
    return (CHAR * memoryview(buffer).nbytes).from_buffer(buffer)


def copied(data):
    return (CHAR * memoryview(data).nbytes).from_buffer_copy(data)


def sockaddr(address):
    host, port, *more = address
    name = SOCKADDR_IN6(AF_INET6, htons(port), *more[:1]) if more else SOCKADDR_IN(AF_INET, htons(port))
    if more:
        name.sin6_scope_id = more[1]
    place = name.sin6_addr if more else name.sin_addr
    if inet_pton(AF_INET6 if more else AF_INET, host.partition("%")[0].encode(), byref(place)) != 1:
        raise failure(WSAEINVAL)
    return name


def address_in(name):
    text = create_string_buffer(INET6_ADDRSTRLEN)
    if name.sin6_family == AF_INET:
        name = SOCKADDR_IN.from_buffer(name)
        return inet_ntop(AF_INET, byref(name.sin_addr), text, sizeof(text)).decode(), ntohs(name.sin_port)
    host = inet_ntop(AF_INET6, byref(name.sin6_addr), text, sizeof(text)).decode()
    return host, ntohs(name.sin6_port), ntohl(name.sin6_flowinfo), name.sin6_scope_id


# ---- what is done at once -------------------------------------------------------------------------


def BindLocal(s, family):
    name = SOCKADDR_IN(AF_INET) if family == AF_INET else SOCKADDR_IN6(AF_INET6)
    checked(bind(s, byref(name), sizeof(name)) == 0)


def WSAConnect(s, address):
    name = sockaddr(address)
    checked(connect(s, byref(name), sizeof(name)) == 0)


def ConnectPipe(address):
    access = _winapi.GENERIC_READ | _winapi.GENERIC_WRITE
    return _winapi.CreateFile(address, access, 0, 0, _winapi.OPEN_EXISTING, _winapi.FILE_FLAG_OVERLAPPED, 0)


def extension(guid, pointer):
    places = byref(guid), sizeof(guid), byref(pointer), sizeof(pointer), byref(DWORD())
    with python_socket() as s:
        checked(WSAIoctl(s.fileno(), SIO_GET_EXTENSION_FUNCTION_POINTER, *places, None, None) == 0)
    return pointer


AcceptEx = extension(WSAID_ACCEPTEX, LPFN_ACCEPTEX())
ConnectEx = extension(WSAID_CONNECTEX, LPFN_CONNECTEX())
TransmitFile = extension(WSAID_TRANSMITFILE, LPFN_TRANSMITFILE())


# ---- events, and the end of a process: a thread of the system's waits, and posts to the port ------


class WAIT(Structure):
    _fields_ = [("registered", HANDLE), ("port", HANDLE), ("address", LPVOID)]


waits = {}  # address of a WAIT -> the WAIT, until its callback has it, or will never come


@WAITORTIMERCALLBACK
def post_to_port(context, timed_out):
    wait = waits.pop(context)
    PostQueuedCompletionStatus(wait.port, timed_out, 0, wait.address)


def RegisterWaitWithQueue(handle, port, address, msecs):
    wait, flags = WAIT(None, port, address), WT_EXECUTEINWAITTHREAD | WT_EXECUTEONLYONCE
    waits[addressof(wait)] = wait
    registered = cast(byref(wait), LPHANDLE)
    if not RegisterWaitForSingleObject(registered, handle, post_to_port, byref(wait), msecs, flags):
        del waits[addressof(wait)]
        raise failure(GetLastError())
    return wait.registered


def UnregisterWaitEx(wait, event):
    checked(w.UnregisterWaitEx(wait, event))  # ERROR_IO_PENDING: the callback is running, and takes its WAIT itself
    for context in [context for context, one in waits.copy().items() if one.registered == wait]:
        del waits[context]


def UnregisterWait(wait):
    UnregisterWaitEx(wait, NULL)


def CreateEvent(attributes, manual_reset, initial_state, name):
    return checked(w.CreateEvent(attributes, manual_reset, initial_state, name))


def SetEvent(handle):
    checked(w.SetEvent(handle))


def ResetEvent(handle):
    checked(w.ResetEvent(handle))


sys.modules["_overlapped"] = sys.modules[__name__]
