"""Whether a call's lengths are true: does the memory have as many bytes as the program says?"""

from __future__ import annotations

import ctypes
from typing import Any

from winsock_ctypes import winsock2
from winsock_ctypes.trace import Event, words
from winsock_ctypes.trace.model import Model, Operation
from winsock_ctypes.trace.owners import owner_of
from winsock_ctypes.trace.words import address_of, number, number_at

_PLAIN = ("recv", "recvfrom", "send", "sendto")  # whose data come first in _LENGTHS
_LENGTHS = {  # function -> (pointer, its length, whether the length is itself pointed to)
    "recv": [("buf", "len", False)],
    "send": [("buf", "len", False)],
    "recvfrom": [("buf", "len", False), ("from_", "fromlen", True)],
    "sendto": [("buf", "len", False), ("to", "tolen", False)],
    "WSARecvFrom": [("lpFrom", "lpFromlen", True)],
    "WSASendTo": [("lpTo", "iTolen", False)],
    "WSAConnect": [("name", "namelen", False)],
    "bind": [("name", "namelen", False)],
    "connect": [("name", "namelen", False)],
    "ConnectEx": [("name", "namelen", False)],
    "accept": [("addr", "addrlen", True)],
    "getsockname": [("name", "namelen", True)],
    "getpeername": [("name", "namelen", True)],
    "setsockopt": [("optval", "optlen", False)],
    "getsockopt": [("optval", "optlen", True)],
    "WSAIoctl": [("lpvInBuffer", "cbInBuffer", False), ("lpvOutBuffer", "cbOutBuffer", False)],
}
ADDRESS_ROOM = 16  # bytes that AcceptEx wants for an address, more than its structure has
_INT = ctypes.sizeof(ctypes.c_int)


def too_long(model: Model, name: str, given: Event, op: Operation | None) -> list[tuple[str, int, int]]:
    """(what, bytes that the call says, bytes that there are) wherever that is known and too few."""
    found = []
    for pointer, length, indirect in _LENGTHS.get(name, ()):
        address = address_of(given.get(pointer))
        if address:
            size = given.get(length)
            says = number_at(address_of(size), _INT) if indirect else number(size)
            has = room_of(model, given[pointer], address)
            if has is not None and 0 <= has < says:
                found.append((length, says, has))
    if op is not None:
        for start, says in op.buffers:
            has = model.memory.room(start)
            if has is not None and has < says:
                found.append(("lpBuffers" if "lpBuffers" in given else "lpOutputBuffer", says, has))
        has = model.memory.room(op.overlapped)
        if has is not None and has < ctypes.sizeof(winsock2.WSAOVERLAPPED):
            found.append(("lpOverlapped", ctypes.sizeof(winsock2.WSAOVERLAPPED), has))
    return found


def lent(model: Model, name: str, given: Event) -> list[int]:
    """The operations that have the memory that a plain call reads or writes."""
    if name not in _PLAIN:
        return []
    pointer, length, _ = _LENGTHS[name][0]
    address = address_of(given.get(pointer))
    return model.lent(address, number(given.get(length)), name.startswith("recv")) if address else []


def room_of(model: Model, argument: Any, address: int) -> int | None:
    """The bytes that the memory behind an argument has, from the address on; None if that is not known."""
    if isinstance(argument, (bytes, str)):
        return None  # ctypes' own copy, with a zero more
    thing = getattr(argument, "_obj", argument)
    if isinstance(thing, ctypes.Array) and thing._length_ > 1:
        start = ctypes.addressof(thing)
        if start <= address <= start + ctypes.sizeof(thing):
            return start + ctypes.sizeof(thing) - address
    if (room := model.memory.room(address)) is not None:
        return room
    owner = owner_of(argument, address)
    return None if owner is None else ctypes.addressof(owner) + ctypes.sizeof(owner) - address


def no_room_for_addresses(name: str, given: Event) -> bool:
    """Whether AcceptEx is told of less room for an address than it wants."""
    least = words.SOCKADDR_IN + ADDRESS_ROOM
    return name == "AcceptEx" and any(
        number(given.get(key)) < least for key in ("dwLocalAddressLength", "dwRemoteAddressLength")
    )
