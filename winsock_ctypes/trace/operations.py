"""An operation: what a call has asked the kernel to do, whose memory that takes, and how far it is.

An operation is "starting" while its call is open, then "pending" or "failed". From "completed" on it only has to be
delivered: in a completion routine, as a packet of a port, or when the program asks. "lost": its memory was given back or
given to another operation meanwhile.

Its OVERLAPPED and its buffers are the kernel's from the call on: until it is delivered where a routine or a packet tells of
it, until it is completed where an event does.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, field

from winsock_ctypes import mswsock, winsock2
from winsock_ctypes.trace import Event
from winsock_ctypes.trace.memory import Block, Memory
from winsock_ctypes.trace.words import DWORD, address_of, dword_at, number, number_at

_WSABUF, _OVERLAPPED, _WSAMSG = winsock2.WSABUF, winsock2.WSAOVERLAPPED, winsock2.WSAMSG
_FILE_BUFFERS = mswsock.TRANSMIT_FILE_BUFFERS
PLAIN_BUFFERS = ("lpOutputBuffer", "lpSendBuffer", "lpBuffer")
_MOST_BUFFERS = 16


@dataclass
class Operation:
    id: int
    kind: str
    socket: int | None
    overlapped: int
    buffers: list[tuple[int, int]]
    others: list[tuple[str, int, int]]  # (parameter, address, bytes) of what else the kernel fills in when it is over
    routine: str | None
    thread: int
    n: int
    port: int | None = None
    event: int = 0
    state: str = "starting"
    pended: bool = False
    closed: bool = False  # its socket was, or it was cancelled
    client: int | None = None
    held: list[tuple[Block, str | int]] = field(default_factory=list)
    sent: bytes | None = None  # what a send that is pending was given

    @property
    def to(self) -> str:
        """How its completion is delivered."""
        if self.kind == "PostQueuedCompletionStatus":
            return "posted"
        return "routine" if self.routine else "port" if self.port is not None else "event"

    @property
    def receives(self) -> bool:
        return "Recv" in self.kind or self.kind in ("AcceptEx", "ReadFile")

    @property
    def sends(self) -> bool:
        return "Send" in self.kind or self.kind in ("TransmitFile", "WriteFile")

    @property
    def places(self) -> list[int]:
        """Where its memory is: the OVERLAPPED first."""
        return [self.overlapped, *(start for start, _ in self.buffers), *(start for _, start, _ in self.others)]

    @property
    def queue(self) -> tuple[str, int]:
        if self.routine:
            return "routine", self.thread
        return ("port", self.port) if self.port is not None else ("event", self.event)

    @property
    def holds(self) -> bool:
        """Whether the kernel may still use its memory. With an event, being completed is all; else delivery counts."""
        if self.to == "posted":
            return False
        return self.state in ("starting", "pending") or self.state == "completed" and self.to != "event"

    def public(self, memory: Memory) -> Event:
        about: Event = {"id": self.id, "kind": self.kind, "s": self.socket, "routine": self.routine, "to": self.to}
        about |= {"port": self.port} if self.port is not None else {}
        about |= {"client": self.client} if self.client is not None else {}
        about |= {"event": self.event} if self.event and self.to == "event" else {}
        if ref := memory.ref(self.overlapped, ctypes.sizeof(_OVERLAPPED)):
            about["ovref"] = ref
        if self.buffers:
            about["bufrefs"] = [memory.ref(start, length) or hex(start) for start, length in self.buffers]
        return about


def buffers_of(given: Event) -> list[tuple[int, int]]:
    """Where a call's buffers are, and how long."""
    if "lpBuffers" in given:
        return _wsabufs(address_of(given["lpBuffers"]), number(given.get("dwBufferCount")))
    if "lpMsg" in given and (msg := address_of(given["lpMsg"])):
        buffers = _wsabufs(_field(msg, _WSAMSG, "lpBuffers"), _field(msg, _WSAMSG, "dwBufferCount"))
        return buffers + [buffer for buffer in _wsabufs(msg + _WSAMSG.Control.offset, 1) if all(buffer)]
    if "lpTransmitBuffers" in given and (both := address_of(given["lpTransmitBuffers"])):
        pieces = [
            (_field(both, _FILE_BUFFERS, name), _field(both, _FILE_BUFFERS, f"{name}Length")) for name in ("Head", "Tail")
        ]
        return [piece for piece in pieces if all(piece)]
    if "lpOutputBuffer" in given and (buffer := address_of(given["lpOutputBuffer"])):
        lengths = ("dwReceiveDataLength", "dwLocalAddressLength", "dwRemoteAddressLength")
        return [(buffer, sum(number(given.get(key)) for key in lengths))]
    if "lpSendBuffer" in given and (buffer := address_of(given["lpSendBuffer"])):
        return [(buffer, number(given.get("dwSendDataLength")))]
    if "lpBuffer" in given and (buffer := address_of(given["lpBuffer"])):
        return [(buffer, number(given.get("nNumberOfBytesToRead", given.get("nNumberOfBytesToWrite"))))]
    return []


def others_of(name: str, given: Event) -> list[tuple[str, int, int]]:
    """What a receive that is under way fills in at its end, beside OVERLAPPED and buffers: the sender's address."""
    found = []
    if name == "WSARecvFrom":
        size = dword_at(address_of(given.get("lpFromlen")))
        found = [("lpFrom", address_of(given.get("lpFrom")), size), ("lpFromlen", address_of(given.get("lpFromlen")), DWORD)]
    if name == "WSARecvMsg" and (msg := address_of(given.get("lpMsg"))):
        found = [
            ("lpMsg", msg, ctypes.sizeof(_WSAMSG)),
            ("lpMsg", _field(msg, _WSAMSG, "name"), _field(msg, _WSAMSG, "namelen")),
        ]
    return [(key, address, size) for key, address, size in found if address]


def _wsabufs(first: int | None, count: int) -> list[tuple[int, int]]:
    size, at = ctypes.sizeof(_WSABUF), _WSABUF.buf.offset
    places = [first + size * i for i in range(min(count, _MOST_BUFFERS))] if first else []
    return [(number_at(place + at), dword_at(place)) for place in places]


def _field(address: int, structure: type[ctypes.Structure], name: str) -> int:
    field = getattr(structure, name)
    return number_at(address + field.offset, field.size)
