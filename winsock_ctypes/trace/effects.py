"""What a call that succeeded, or that brought a completion, has changed: sockets, ports, deliveries, who met whom."""

from __future__ import annotations

import ctypes
from typing import Any

from winsock_ctypes import winsock2
from winsock_ctypes.mswsock import SO_UPDATE_ACCEPT_CONTEXT
from winsock_ctypes.trace import Event, words
from winsock_ctypes.trace.model import Model, Socket
from winsock_ctypes.trace.words import address_of, dword_at, number, number_at
from winsock_ctypes.winbase import FILE_SKIP_COMPLETION_PORT_ON_SUCCESS, INVALID_HANDLE_VALUE, OVERLAPPED_ENTRY


def effects(model: Model, name: str, given: Event, result: Any, fields: Event, code: int) -> None:
    """What a call that succeeded (or brought a completion) has changed."""
    if function := _EFFECTS.get(name):
        function(model, given, result, fields, code)


def _new_socket(model: Model, given: Event, result: Any, fields: Event, code: int) -> None:
    fields["socket"] = int(result)
    model.sockets[int(result)] = Socket(int(result))


def _accepted(model: Model, given: Event, result: Any, fields: Event, code: int) -> None:
    new = Socket(int(result))
    listener = model.sockets.get(number(given.get("s")))
    new.blocks = listener is None or listener.blocks
    model.sockets[new.handle] = new
    fields["socket"] = new.handle
    _met(model, new, words.show_sockaddr(address_of(given.get("addr"))), fields, "connected")


def _met(model: Model, known: Socket, address: str, fields: Event, what: str | None) -> None:
    """The socket is connected with the one at this address."""
    if address == "NULL":
        address = peer_of(known.handle) or address
    fields["peer"] = address
    if address == "NULL":
        return
    client = model.clients.at(address)
    known.client = fields["client"] = client.id
    if what:
        fields["why"] = {"what": what, "client": client.id}
        if client.connected is not None:
            fields["why"]["peer"] = client.connected


def _connected(model: Model, given: Event, result: Any, fields: Event, code: int) -> None:
    if known := model.sockets.get(number(given.get("s"))):
        _met(model, known, words.show_sockaddr(address_of(given.get("name"))), fields, None)


def _option(model: Model, given: Event, result: Any, fields: Event, code: int) -> None:
    known = model.sockets.get(number(given.get("s")))
    if known and number(given.get("optname")) == SO_UPDATE_ACCEPT_CONTEXT:
        fields["socket"] = known.handle
        _met(model, known, "NULL", fields, None)


def _io_control(model: Model, given: Event, result: Any, fields: Event, code: int) -> None:
    known = model.sockets.get(number(given.get("s")))
    if known and number(given.get("cmd")) & words.DWORD_MAX == winsock2.FIONBIO & words.DWORD_MAX:
        known.blocks = not dword_at(address_of(given.get("argp")))


def _events_selected(model: Model, given: Event, result: Any, fields: Event, code: int) -> None:
    if known := model.sockets.get(number(given.get("s"))):
        known.blocks = False


def _received(model: Model, given: Event, result: Any, fields: Event, code: int) -> None:
    known, size = model.sockets.get(number(given.get("s"))), int(result)
    address = address_of(given.get("buf"))
    if size and address:
        fields["data"] = words.data_at(address, size)
    client = known.client if known else None
    why = model.clients.why_read(client, size, consume=True)
    if client is not None:
        why["client"] = client
    fields["why"] = why


def _listening(model: Model, given: Event, result: Any, fields: Event, code: int) -> None:
    fields["listens"] = number(given.get("s"))


def _closed(model: Model, given: Event, result: Any, fields: Event, code: int) -> None:
    fields["closed"] = number(given.get("s"))
    model.sockets.pop(fields["closed"], None)
    for op in model.operations.values():
        op.closed = op.closed or op.socket == fields["closed"]


def _cancelled(model: Model, given: Event, result: Any, fields: Event, code: int) -> None:
    for op in model.operations.values():
        op.closed = op.closed or op.socket == number(given.get("hFile"))


def _modes(model: Model, given: Event, result: Any, fields: Event, code: int) -> None:
    if known := model.sockets.get(number(given.get("FileHandle"))):
        known.skips = bool(number(given.get("Flags")) & FILE_SKIP_COMPLETION_PORT_ON_SUCCESS)


def _port(model: Model, given: Event, result: Any, fields: Event, code: int) -> None:
    fields["port"] = int(result)
    attached = number(given.get("FileHandle"))
    if attached == INVALID_HANDLE_VALUE:
        return
    key = address_of(given.get("CompletionKey")) or number(given.get("CompletionKey"))
    fields["attached"] = attached
    if key:
        fields["key"] = model.memory.ref(key) or key
    known = model.sockets.setdefault(attached, Socket(attached))
    known.port, known.key = int(result), key
    if attached in model.accepting and known.client is None:  # one of Python's, whose setsockopt is not seen
        _met(model, known, "NULL", fields, None)
    if block := model.memory.find(key):
        model.touched[block] = None


def _packet(model: Model, given: Event, result: Any, fields: Event, code: int) -> None:
    address = number_at(address_of(given.get("lpOverlapped")))
    if address or result:
        fields["delivered"] = model.deliver(address, number(given.get("CompletionPort")))
        size = dword_at(address_of(given.get("lpNumberOfBytesTransferred")))
        model.arrived(fields, size, 0 if result else code)


def _packets(model: Model, given: Event, result: Any, fields: Event, code: int) -> None:
    entries = address_of(given.get("lpCompletionPortEntries")) or 0
    count = dword_at(address_of(given.get("ulNumEntriesRemoved")))
    port, size = number(given.get("CompletionPort")), ctypes.sizeof(OVERLAPPED_ENTRY)
    fields["delivered"] = [
        op
        for i in range(count)
        for op in model.deliver(number_at(entries + size * i + OVERLAPPED_ENTRY.lpOverlapped.offset), port)
    ]


def _result(model: Model, given: Event, result: Any, fields: Event, code: int) -> None:
    asked = address_of(given.get("lpOverlapped")) or 0
    op = next((op for op in model.operations.values() if op.overlapped == asked), None)
    if op and op.to == "event":
        fields["delivered"] = model.deliver(asked, None)
        size = dword_at(address_of(given.get("lpcbTransfer", given.get("lpNumberOfBytesTransferred"))))
        model.arrived(fields, size, 0 if result else code)


_EFFECTS = {
    "socket": _new_socket,
    "WSASocketW": _new_socket,
    "accept": _accepted,
    "connect": _connected,
    "WSAConnect": _connected,
    "setsockopt": _option,
    "ioctlsocket": _io_control,
    "WSAEventSelect": _events_selected,
    "recv": _received,
    "recvfrom": _received,
    "listen": _listening,
    "closesocket": _closed,
    "CancelIo": _cancelled,
    "CancelIoEx": _cancelled,
    "SetFileCompletionNotificationModes": _modes,
    "CreateIoCompletionPort": _port,
    "GetQueuedCompletionStatus": _packet,
    "GetQueuedCompletionStatusEx": _packets,
    "WSAGetOverlappedResult": _result,
    "GetOverlappedResult": _result,
}

# Without use_last_error: what the program sees of WSAGetLastError does not change.
_getpeername = ctypes.WinDLL("ws2_32").getpeername
_getpeername.argtypes = (ctypes.c_size_t, ctypes.c_void_p, ctypes.c_void_p)
_ANY_ADDRESS = ctypes.sizeof(winsock2.SOCKADDR_STORAGE)

_handle_information = ctypes.WinDLL("kernel32").GetHandleInformation
_handle_information.argtypes = (ctypes.c_void_p, ctypes.c_void_p)


def is_open(handle: int) -> bool:
    return bool(_handle_information(handle, ctypes.byref(ctypes.c_ulong())))


def peer_of(handle: int) -> str | None:
    """The address at the other end of a connection."""
    address, size = (ctypes.c_byte * _ANY_ADDRESS)(), ctypes.c_int(_ANY_ADDRESS)
    if _getpeername(handle, address, ctypes.byref(size)) != 0:
        return None
    return words.sockaddr(bytes(address)[: size.value])
