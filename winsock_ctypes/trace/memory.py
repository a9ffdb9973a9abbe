"""What lies where: the pieces of memory that operations use, their types, and what was last seen in them.

A block is malloc's, or a Python object that was handed to a function. Only memory that is known to be alive is looked at.
Addresses become references: `@4` is the beginning of block 4, `@4.buf` its field buf, `@4+17` a place in between.
"""

from __future__ import annotations

import bisect
import ctypes
import functools
import types
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from winsock_ctypes import _values, winsock2
from winsock_ctypes.trace import words
from winsock_ctypes.windef import HANDLE, ULONG_PTR
from winsock_ctypes.winerror import STATUS_NAMES

SEEN = 32  # bytes of an array that are shown
_WHOLE = 1 << 16  # bytes: of a larger block nothing is read at a time


# ---- types -----------------------------------------------------------------------------------------------------------


@dataclass
class Field:
    name: str
    ctype: Any
    offset: int
    size: int


@dataclass
class Layout:
    """A type, laid out flat: nested names have dots. `inner`: the structures inside, by offset."""

    name: str
    size: int
    fields: list[Field]
    inner: dict[int, list[tuple[str, Any]]] = field(default_factory=dict)

    def at(self, offset: int) -> Field | None:
        return next((part for part in self.fields if part.offset <= offset < part.offset + part.size), None)


@functools.cache
def layout(ctype: Any) -> Layout:
    result = Layout(ctype.__name__, ctypes.sizeof(ctype), [])
    _lay_out(result, ctype, "", 0)
    return result


def _lay_out(result: Layout, ctype: Any, name: str, offset: int) -> None:
    is_structure = issubclass(ctype, (ctypes.Structure, ctypes.Union))
    if not is_structure or _is_sockaddr(ctype):
        result.fields.append(Field(name, ctype, offset, ctypes.sizeof(ctype)))
        return
    if name:
        result.inner.setdefault(offset, []).append((name, ctype))
    anonymous = getattr(ctype, "_anonymous_", ())
    fields = [member for base in reversed(ctype.__mro__) for member in base.__dict__.get("_fields_", ())]
    for member in fields[:1] if issubclass(ctype, ctypes.Union) else fields:  # of a union: as its first member
        place = offset + getattr(ctype, member[0]).offset
        inner = name if member[0] in anonymous else f"{name}.{member[0]}".lstrip(".")
        _lay_out(result, member[1], inner, place)


def _is_sockaddr(ctype: Any) -> bool:
    return bool(ctype.__name__.startswith("SOCKADDR"))


def is_bytes(ctype: Any) -> bool:
    """An array of bytes or characters."""
    return issubclass(ctype, ctypes.Array) and getattr(ctype._type_, "_type_", None) in ("c", "b", "B")


def type_name(ctype: Any) -> str:
    return f"{type_name(ctype._type_)}[{ctype._length_}]" if issubclass(ctype, ctypes.Array) else str(ctype.__name__)


# ---- blocks ----------------------------------------------------------------------------------------------------------


@dataclass(eq=False)
class Block:
    id: int
    address: int
    size: int
    origin: str  # "malloc" or "object"
    n: int | None  # the call that it came from
    name: str | None = None
    ctype: Any = None
    object: weakref.ref[Any] | None = None
    seen: bytes | None = None
    told: Any = False  # the type with which it was told of

    @property
    def end(self) -> int:
        return self.address + self.size


class Memory:
    """The blocks that are alive. `gone(block)` is called when the Python object of one has died."""

    def __init__(self, gone: Callable[[Block], None]) -> None:
        self.gone = gone
        self.count = 0
        self.starts: list[int] = []
        self.blocks: list[Block] = []  # in the order of `starts`
        self.types_told: set[Any] = set()

    def find(self, address: int | None) -> Block | None:
        if not address:
            return None
        at = bisect.bisect_right(self.starts, address) - 1
        if at < 0 or address >= self.blocks[at].end and address != self.starts[at]:
            return None
        return self.blocks[at]

    def add(self, address: int, size: int, origin: str, n: int | None = None, **more: Any) -> Block:
        for old in list(self.overlapping(address, size)):
            self.remove(old)
        self.count += 1
        block = Block(self.count, address, size, origin, n, **more)
        at = bisect.bisect_left(self.starts, address)
        self.starts.insert(at, address)
        self.blocks.insert(at, block)
        return block

    def overlapping(self, address: int, size: int) -> Iterator[Block]:
        at = max(bisect.bisect_right(self.starts, address) - 1, 0)
        while at < len(self.blocks) and self.starts[at] < address + max(size, 1):
            if self.blocks[at].end > address or self.starts[at] == address:
                yield self.blocks[at]
            at += 1

    def remove(self, block: Block) -> None:
        at = bisect.bisect_left(self.starts, block.address)
        if at < len(self.blocks) and self.blocks[at] is block:
            del self.starts[at], self.blocks[at]

    def of_object(self, thing: Any, frame: types.FrameType | None) -> Block:
        """The block of a Python object, which becomes one with this."""
        address, size = ctypes.addressof(thing), ctypes.sizeof(thing)
        block = self.find(address)
        if block and block.address == address and block.object is not None and block.object() is thing:
            return block
        if block and block.origin == "malloc":
            return block
        before = block.object() if block and block.object and (block.address, block.size) == (address, size) else None
        if block is None or before is None or before._b_needsfree_:
            block = self.add(address, size, "object", ctype=type(thing), name=name_of(thing, frame))
        block.object = weakref.ref(thing, functools.partial(self._died, block))  # `before` had borrowed it: it lives on
        return block

    def _died(self, block: Block, reference: Any) -> None:
        if reference is block.object:
            self.gone(block)

    # ---- references ----

    def ref(self, address: int | None, size: int | None = None) -> str | None:
        """The address as a reference; None if it lies in no block. `size`: of the field that is meant."""
        block = self.find(address)
        if block is None or address is None:
            return None
        place = self.place(block, address, size)
        return f"@{block.id}" + (f".{place}" if isinstance(place, str) and place else f"+{place}" if place else "")

    @staticmethod
    def place(block: Block, address: int, size: int | None = None) -> str | int:
        """The name of the field at the address; "" for the whole block, a number for an offset that is no field's."""
        offset = address - block.address
        if block.ctype is None:
            return offset or ""
        known = layout(block.ctype)
        for name, ctype in known.inner.get(offset, ()):
            if size is not None and ctypes.sizeof(ctype) == size:
                return name
        if offset == 0 and size in (None, known.size):
            return ""
        part = known.at(offset)
        return part.name if part and part.offset == offset else (offset or "")

    def room(self, address: int) -> int | None:
        """How many bytes the field or block has from the address on; None if it is in no block."""
        block = self.find(address)
        if block is None:
            return None
        part = layout(block.ctype).at(address - block.address) if block.ctype is not None else None
        if part and is_bytes(part.ctype) and part.ctype._length_ > 1:
            return block.address + part.offset + part.size - address
        return block.end - address

    # ---- contents ----

    def describe(self, block: Block) -> list[dict[str, Any]]:
        """The events that tell of a block, if there is something to tell."""
        if block.told == block.ctype:
            return []
        events = []
        if block.ctype is not None and block.ctype not in self.types_told:
            self.types_told.add(block.ctype)
            known = layout(block.ctype)
            fields = [[part.name, type_name(part.ctype), part.offset, part.size] for part in known.fields]
            events.append({"e": "type", "name": type_name(block.ctype), "size": known.size, "fields": fields})
        about = {"e": "block", "id": block.id, "type": type_name(block.ctype) if block.ctype is not None else None}
        about |= {"name": block.name} if block.name else {}
        about |= {"size": block.size, "at": hex(block.address), "from": block.origin}
        about |= {"n": block.n} if block.n is not None else {}
        block.told = block.ctype
        return [*events, about]

    def look(self, block: Block) -> dict[str, Any]:
        """What has changed in the block since it was last looked at. The caller knows that it is alive."""
        if block.ctype is None or block.size > _WHOLE:
            return {}
        known = layout(block.ctype)
        new = ctypes.string_at(block.address, min(block.size, known.size))
        old, block.seen = block.seen, new
        if new == old:
            return {}
        changes = {}
        for part in known.fields:
            end = part.offset + (min(part.size, SEEN) if is_bytes(part.ctype) else part.size)
            now = new[part.offset : end]
            if old is None or now != old[part.offset : end]:
                changes[part.name] = self.value(part, now)
        return changes

    def value(self, part: Field, content: bytes) -> Any:
        ctype = part.ctype
        if is_bytes(ctype):
            return "#" + content.hex()
        if len(content) < part.size:
            return "?"
        if _is_sockaddr(ctype):
            return words.sockaddr(content)
        if issubclass(ctype, ctypes.Array):
            return _values.describe(ctype.from_buffer_copy(content), 1)
        number = int.from_bytes(content, "little")
        if part.name.rpartition(".")[2] == "Internal" and ctype is ULONG_PTR:
            return repr(STATUS_NAMES[number & words.DWORD_MAX])
        if issubclass(ctype, (ctypes._Pointer, HANDLE, ctypes._CFuncPtr)) or ctype in _POINTERS:  # type: ignore[attr-defined]
            if not number:
                return "NULL"
            return self.ref(number) or (number if ctype is HANDLE else hex(number))
        if ctype is ULONG_PTR and number > words.DWORD_MAX:
            return self.ref(number) or hex(number)
        if ctype is winsock2.SOCKET and number == winsock2.INVALID_SOCKET:
            return "INVALID_SOCKET"
        value = ctype.from_buffer_copy(content)
        return value.value if isinstance(value, ctypes._SimpleCData) and isinstance(value.value, (int, float)) else repr(value)


_POINTERS = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_wchar_p)


def name_of(thing: Any, frame: types.FrameType | None) -> str | None:
    """The variable that holds the object, in the frame that calls or the one above it."""
    for _ in range(2):
        if frame is None:
            return None
        for variables in (frame.f_locals, frame.f_globals):
            for name, value in list(variables.items()):
                if value is thing:
                    return name
        frame = frame.f_back
    return None
