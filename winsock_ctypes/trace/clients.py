"""The other side: what clients report of themselves, and why a completion came just now.

A client is known by its address, from the first time that it reports something or that the program meets it. It is asked for
nothing: without reports the reason is only what the completion itself says. What it sent is used up as it arrives, in the
order in which it was sent; so each piece that is received leads to the report that it came from.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from winsock_ctypes.trace import Event, words
from winsock_ctypes.trace.operations import Operation
from winsock_ctypes.winerror import (
    ERROR_CONNECTION_ABORTED,
    ERROR_NETNAME_DELETED,
    ERROR_OPERATION_ABORTED,
    STATUS_CANCELLED,
    WSAECONNABORTED,
    WSAECONNRESET,
)

_RESETS = (WSAECONNRESET, WSAECONNABORTED, ERROR_NETNAME_DELETED, ERROR_CONNECTION_ABORTED)


@dataclass
class Client:
    id: int
    connected: int | None = None  # numbers of `peer` events
    left: int | None = None
    sent: deque[list[int]] = field(default_factory=deque)  # [number, bytes that did not arrive yet]


class Clients:
    def __init__(self) -> None:
        self.by_address: dict[str, Client] = {}
        self.by_id: dict[int, Client] = {}
        self.reports = 0

    def at(self, address: str) -> Client:
        if address not in self.by_address:
            client = self.by_address[address] = Client(len(self.by_address) + 1)
            self.by_id[client.id] = client
        return self.by_address[address]

    def report(self, did: str, address: str, size: int) -> int:
        """A client reports what it does. Returns its number."""
        client = self.at(address)
        if did == "connect":
            client.connected = self.reports
        elif did == "send":
            client.sent.append([self.reports, size])
        elif did in ("close", "reset"):
            client.left = self.reports
        self.reports += 1
        return client.id

    def why(self, op: Operation, code: int, size: int, consume: bool, is_open: bool) -> Event:
        """Why the operation is over. `is_open`: its socket still is."""
        about: Event = {"op": op.id}
        if op.client is not None:
            about["client"] = op.client
        if op.to == "posted":
            about["what"] = "posted"
        elif code in (ERROR_OPERATION_ABORTED, STATUS_CANCELLED) or code and op.closed:
            about["what"] = "cancelled" if is_open else "closed"
        elif code in _RESETS or "RESET" in words.status(code) or "DISCONNECT" in words.status(code):
            about["what"] = "reset"
        elif code:
            about["what"] = "failed"
        elif op.kind in ("AcceptEx", "ConnectEx"):
            about["what"] = "connected"
        elif op.sends:
            about |= {"what": "sent", "bytes": size}
        else:
            asked_for_nothing = bool(op.buffers) and not any(length for _, length in op.buffers)
            about |= self.why_read(op.client, size, consume, asked_for_nothing)
        return about

    def why_read(self, client: int | None, size: int, consume: bool, asked_for_nothing: bool = False) -> Event:
        """Why there was something to read, or the end."""
        known = self.by_id.get(client or 0)
        if size or asked_for_nothing:
            about: Event = {"what": "received", "bytes": size}
            if known and known.sent:
                about["peer"] = arrived(known.sent, size, consume)
            return about
        return {"what": "left"} | ({"peer": known.left} if known and known.left is not None else {})


def arrived(sent: deque[list[int]], size: int, consume: bool) -> int:
    """The number of the report that told of the last of these bytes."""
    left, number = size, sent[0][0]
    for piece in list(sent):
        if left <= 0:
            break
        number = piece[0]
        taken = min(left, piece[1])
        left -= taken
        if consume:
            piece[1] -= taken
            if not piece[1]:
                sent.popleft()
    return number
