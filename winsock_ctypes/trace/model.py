"""What the calls mean: which operations there are, sockets, ports, queues, waits. Derived here, and only here.

The recorder tells the model what happens, with its lock held: a call that starts an operation (`start`, `started`), a look at
what is pending (`sample`), a delivery (`deliver`, `arrived`), memory that is gone (`lose`, `forget`), a wait (`enter`,
`leave`). `effects` tells it what else a call has changed. What has changed goes into the event that is being written
(`flush`): everybody who reads a recording is told, and derives nothing again.

Its parts: `operations` is what an operation is, `owners` whose memory a call's arguments point to, `memory` what lies there,
`clients` the other side.
"""

from __future__ import annotations

import ctypes
import types
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from winsock_ctypes import _memory, winsock2
from winsock_ctypes.trace import Event, words
from winsock_ctypes.trace.clients import Clients
from winsock_ctypes.trace.memory import Block, Memory
from winsock_ctypes.trace.operations import PLAIN_BUFFERS, Operation, buffers_of, others_of
from winsock_ctypes.trace.owners import block_at
from winsock_ctypes.trace.words import address_of, number
from winsock_ctypes.winerror import STATUS_PENDING, WSA_IO_PENDING

_OVERLAPPED = winsock2.WSAOVERLAPPED
_NOT_STARTING = {"GetQueuedCompletionStatus", "WSAGetOverlappedResult", "GetOverlappedResult", "CancelIoEx"}
_WAITS = {
    "SleepEx", "WSAWaitForMultipleEvents", "WaitForSingleObject", "WaitForSingleObjectEx", "GetQueuedCompletionStatus",
    "GetQueuedCompletionStatusEx", "select", "WSAPoll",
}  # fmt: skip
_WAITS_IF_BLOCKING = {"accept", "recv", "recvfrom", "connect", "send", "sendto"}
_POINTER = ctypes.sizeof(ctypes.c_void_p)
_MOST_LOOKED_AT = 1 << 16  # bytes of a block, for addresses
_KEPT_OF_A_SEND = 1 << 16  # bytes that are compared when the send is delivered


@dataclass
class Socket:
    handle: int
    client: int | None = None
    port: int | None = None
    key: int = 0
    skips: bool = False  # an immediate success queues nothing to the port
    blocks: bool = True


@dataclass
class Changes:
    own: list[list[Any]] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    ops: dict[int, str] = field(default_factory=dict)
    queues: set[tuple[str, int]] = field(default_factory=set)
    waits: list[list[int]] = field(default_factory=list)


class Model:
    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self.operations: dict[int, Operation] = {}  # that are not delivered, by id
        self.sockets: dict[int, Socket] = {}
        self.accepting: set[int] = set()  # sockets that were given to AcceptEx
        self.clients = Clients()
        self.queues: dict[tuple[str, int], list[int]] = {}
        self.waits: dict[int, list[int]] = {}  # thread -> the waits that it is in, the outermost first
        self.touched: dict[Block, None] = {}  # to be looked at for the next event
        self.changes = Changes()
        self.count = 0
        self.delivered: Operation | None = None  # the latest

    # ---- what goes into an event -----------------------------------------------------------------------------------

    def flush(self, fields: Event) -> Iterator[Event]:
        """The events of new blocks, which come before; what has changed is put into `fields`."""
        mem = {}
        for block in list(self.touched):
            if self.memory.find(block.address) is not block:
                continue
            keep = block.object() if block.object is not None else True  # alive while it is read
            if keep is None:
                continue
            yield from self.memory.describe(block)
            if new := self.memory.look(block):
                mem[str(block.id)] = new
            del keep
        self.touched.clear()
        changes, self.changes = self.changes, Changes()
        if mem:
            fields["mem"] = mem
        for name in ("own", "gone", "waits"):
            if some := getattr(changes, name):
                fields[name] = some
        if changes.ops:
            fields["ops"] = [[op, state] for op, state in changes.ops.items()]
        if changes.queues:
            fields["queues"] = [[*queue, list(self.queues.get(queue, ()))] for queue in sorted(changes.queues)]

    def become(self, op: Operation, state: str) -> None:
        op.state = state
        self.changes.ops[op.id] = state
        if state == "completed":
            self.queues.setdefault(op.queue, []).append(op.id)
            self.changes.queues.add(op.queue)
        elif op.id in (waiting := self.queues.get(op.queue, [])):
            waiting.remove(op.id)
            self.changes.queues.add(op.queue)
        if not op.holds:
            self.give_back(op)
        if state in ("delivered", "failed"):
            self.operations.pop(op.id, None)

    def give_back(self, op: Operation) -> None:
        for block, place in op.held:
            if block.id not in self.changes.gone:
                self.changes.own.append([block.id, place, 0])
        op.held = []

    # ---- memory that takes part ------------------------------------------------------------------------------------

    def touch(self, op: Operation) -> None:
        for address in op.places:
            if block := self.memory.find(address):
                self.touched[block] = None
        place = self.memory.find(op.overlapped)
        if place and (place.object is None or place.object() is not None):
            if op.overlapped + ctypes.sizeof(_OVERLAPPED) <= place.end:
                context = _OVERLAPPED.from_address(op.overlapped).hEvent
                if block := self.memory.find(context):
                    self.touched[block] = None
        known = self.sockets.get(op.socket or 0)
        if known and (block := self.memory.find(known.key)):
            self.touched[block] = None

    def in_use(self) -> set[Block]:
        """The blocks that operations use which are not delivered, and those that such blocks point to, and so on."""
        places = [place for op in self.operations.values() for place in op.places]
        places += [self.sockets[op.socket].key for op in self.operations.values() if op.socket in self.sockets]
        found: set[Block] = set()
        while places:
            block = self.memory.find(places.pop())
            if block is not None and block not in found:
                found.add(block)
                copy: Any = _memory.read(block.address, min(block.size, _MOST_LOOKED_AT) // _POINTER * _POINTER) or b""
                places += memoryview(copy).cast("Q").tolist() if copy else []
        return found

    # ---- an operation begins ---------------------------------------------------------------------------------------

    def start(self, name: str, real: Any, given: Event, thread: int, n: int, frame: types.FrameType | None) -> Event | None:
        """The operation that this call starts, as the event tells it, if it starts one. It is known before the call:
        another thread may be quicker."""
        address = address_of(given.get("lpOverlapped"))
        if name == "PostQueuedCompletionStatus":
            op = Operation(self.next(), name, None, address or 0, [], [], None, thread, n, number(given.get("CompletionPort")))
            self.operations[op.id] = op
            self.become(op, "completed")
            return op.public(self.memory)
        if name in _NOT_STARTING or "lpOverlapped" not in real.names or not address:
            return None
        sockets = [number(given.get(key)) for key, ctype in real.types.items() if ctype is winsock2.SOCKET]
        handle = sockets[0] if sockets else number(given.get("hFile"))
        known = self.sockets.get(handle)
        if name == "AcceptEx":
            self.accepting.add(number(given.get("sAcceptSocket")))
        routine = given.get("lpCompletionRoutine")
        op = Operation(self.next(), name, handle, address, buffers_of(given), others_of(name, given), None, thread, n)
        op.routine = words.routine_name(routine) if routine is not None else None
        if known:
            op.port, op.client = known.port, known.client
        facts: Event = {}
        same = [old for old in self.operations.values() if old.overlapped == address and old.to != "posted"]
        if reused := [old.id for old in same if old.holds]:
            facts["reused"] = reused
        for old in same:
            self.become(old, "lost" if old.holds else "delivered")
            self.operations.pop(old.id, None)
        if shares := self.sharing(op):
            facts["shares"] = shares
        self.operations[op.id] = op
        self.become(op, "starting")
        self.hold(op, given, frame)
        if op.sends and op.buffers:
            facts["data"] = words.data_at(*op.buffers[0])
        self.touch(op)
        return op.public(self.memory) | facts

    def next(self) -> int:
        self.count += 1
        return self.count

    def hold(self, op: Operation, given: Event, frame: types.FrameType | None) -> None:
        """From now on the OVERLAPPED, the buffers and the others are the kernel's."""
        block = block_at(self.memory, given["lpOverlapped"], op.overlapped, frame)
        if block is not None:
            op.held.append((block, self.memory.place(block, op.overlapped, ctypes.sizeof(_OVERLAPPED))))
            if block.origin == "object" or block.ctype is not None:
                op.event = _OVERLAPPED.from_address(op.overlapped).hEvent or 0
        argument = next(
            (given[key] for key in ("lpBuffers", "lpMsg", "lpTransmitBuffers", *PLAIN_BUFFERS) if key in given), None
        )
        for start, _ in op.buffers:
            block = block_at(self.memory, argument, start, frame)
            if block is not None:
                place = self.memory.place(block, start)
                if (block, place) not in op.held:
                    op.held.append((block, place))
        for key, start, _ in op.others:
            block = block_at(self.memory, given[key], start, frame, numbers=True)
            if block is not None and (block, place := self.memory.place(block, start)) not in op.held:
                op.held.append((block, place))
        self.changes.own += [[block.id, place, op.id] for block, place in op.held]

    def sharing(self, new: Operation) -> list[int]:
        """The operations that have a buffer of this one's, where one of the two writes into it."""
        return [
            old.id
            for old in self.operations.values()
            if old.holds
            and (old.receives or new.receives and old.pended)
            and any(a < d + e and d < a + b for a, b in old.buffers for d, e in new.buffers)
        ]

    def lent(self, address: int, length: int, writes: bool) -> list[int]:
        """The operations that have this memory, which a plain call is about to use."""
        return [
            op.id
            for op in self.operations.values()
            if op.holds
            and (op.receives or writes and op.pended)
            and any(start < address + length and address < start + size for start, size in op.buffers)
        ]

    def started(self, number: int, failed: bool, error: int, fields: Event) -> None:
        fields["id"] = number
        op = self.operations.get(number)
        if op is None:  # delivered to another thread before this one came back
            fields["state"] = "delivered"
            return
        if op.state == "lost":
            return
        if op.to == "posted":
            fields["state"] = "failed" if failed else "completed"
            if failed:
                self.become(op, "failed")
            return
        if failed and error != WSA_IO_PENDING:
            self.become(op, "failed")
        elif failed:
            op.pended = True
            if op.state == "starting":
                self.become(op, "pending")
            if op.sends and op.buffers and sum(size for _, size in op.buffers) <= _KEPT_OF_A_SEND:
                op.sent = self.content(op)
        else:
            known = self.sockets.get(op.socket or 0)
            self.become(op, "delivered" if known and known.skips else "completed")
        fields["state"] = op.state
        self.touch(op)

    def content(self, op: Operation) -> bytes | None:
        """What is in the buffers of an operation, if all of them are known to be alive."""
        pieces = []
        for start, length in op.buffers:
            room = self.memory.room(start)
            block = self.memory.find(start)
            if room is None or room < length or block is None or block.object is not None and block.object() is None:
                return None
            pieces.append(ctypes.string_at(start, length))
        return b"".join(pieces)

    def dropped(self, number: int) -> None:
        """Its call was refused, or an exception came out of it."""
        op = self.operations.get(number)
        if op and op.state == "starting":
            self.become(op, "failed")

    # ---- and ends --------------------------------------------------------------------------------------------------

    def sample(self) -> Iterator[Event]:
        """Looks at what is pending, where the memory is known to be alive (the recorder's lock makes `free` wait)."""
        for op in list(self.operations.values()):
            if op.state != "pending" or not op.held:
                continue
            block = op.held[0][0]
            if not block.address <= op.overlapped < block.end or self.memory.find(op.overlapped) is not block:
                continue
            keep = block.object() if block.object is not None else True
            if keep is None:
                continue
            code = ctypes.c_uint32.from_address(op.overlapped).value
            if code != STATUS_PENDING:
                self.become(op, "completed")
                size = ctypes.c_uint64.from_address(op.overlapped + _OVERLAPPED.InternalHigh.offset).value
                self.touch(op)
                more: Event = {"id": op.id, "state": "completed", "status": words.status(code), "bytes": size}
                yield more | {"why": self.clients.why(op, code, size, consume=False, is_open=op.socket in self.sockets)}
            del keep

    def deliver(self, address: int, port: int | None) -> list[int]:
        """The completion for this OVERLAPPED has come: the memory is the program's again."""
        for op in list(self.operations.values()):
            if op.overlapped == address and (port is None or op.port in (None, port)):
                self.touch(op)
                self.become(op, "delivered")
                self.delivered = op
                return [op.id]
        return []

    def arrived(self, fields: Event, size: int, code: int) -> None:
        """Puts what came with a delivery into the event."""
        op = self.delivered
        if not fields["delivered"] or op is None:
            return
        if size and op.receives and op.buffers and op.kind != "AcceptEx":
            block = self.memory.find(op.buffers[0][0])
            if block and (block.object is None or block.object() is not None):
                fields["data"] = words.data_at(op.buffers[0][0], min(size, op.buffers[0][1]))
        if op.sent is not None and not code and self.content(op) not in (None, op.sent):
            fields["changed"] = op.id
        fields["why"] = self.clients.why(op, code, size, consume=True, is_open=op.socket in self.sockets)

    def lose(self, block: Block) -> list[int]:
        """The block's memory is gone: the operations that still needed it."""
        lost = []
        for op in list(self.operations.values()):
            places = op.places if op.pended or op.receives else op.places[:1]
            if op.holds and any(block.address <= place < block.end for place in places):
                lost.append(op.id)
        return lost

    def forget(self, block: Block, lost: list[int]) -> None:
        for op in lost:
            self.become(self.operations[op], "lost")
        self.memory.remove(block)
        self.touched.pop(block, None)
        self.changes.gone.append(block.id)
        self.changes.own = [own for own in self.changes.own if own[0] != block.id]

    # ---- waits -----------------------------------------------------------------------------------------------------

    def waits_in(self, name: str, given: Event) -> bool:
        if name not in _WAITS_IF_BLOCKING:
            return name in _WAITS
        known = self.sockets.get(number(given.get("s")))
        return known is None or known.blocks

    def enter(self, thread: int, n: int) -> None:
        self.waits.setdefault(thread, []).append(n)
        self.changes.waits.append([thread, n])

    def leave(self, thread: int, n: int) -> None:
        inside = self.waits.get(thread, [])
        if n in inside:
            del inside[inside.index(n) :]
            self.changes.waits.append([thread, inside[-1] if inside else 0])
