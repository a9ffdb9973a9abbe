"""Whose memory is it: from a call's arguments to the blocks that they point to.

ctypes keeps alive what an argument was made from, but says so only in private attributes (`_obj`, `_objects`, `_b_base_`),
which are followed here, and nowhere else; what they do not lead to is looked for among the program's variables. A block's
type may become better known with a later call: a pointer to an OVERLAPPED, then the structure around it.
"""

from __future__ import annotations

import ctypes
import re
import types
from typing import Any

from winsock_ctypes import winsock2
from winsock_ctypes.trace import Event, words
from winsock_ctypes.trace.memory import Block, Memory
from winsock_ctypes.trace.operations import PLAIN_BUFFERS
from winsock_ctypes.trace.words import address_of

_WSABUF, _OVERLAPPED = winsock2.WSABUF, winsock2.WSAOVERLAPPED
_FINDING = 32  # objects that are looked at to find out who owns an address


def learn(memory: Memory, real: Any, given: Event, frame: types.FrameType | None) -> list[Block]:
    """The blocks that a call's arguments point to; new ones, if they are structures or buffers of Python's."""
    found: dict[Block, None] = {}
    for key, value in given.items():
        if value is None or isinstance(value, (int, str, bytes)):
            continue
        ctype = real.types.get(key)
        target = getattr(ctype, "_type_", None) if words.is_pointer(ctype) else None
        address = address_of(value)
        if not address or (target is None and key not in ("buf", *PLAIN_BUFFERS)):
            continue
        if target in (_OVERLAPPED, _WSABUF) or target is None:
            block = block_at(memory, value, address, frame)
            if block is None:
                continue
            found[block] = None
            refine(block, value, address, target)
    return list(found)


def block_at(memory: Memory, argument: Any, address: int, frame: types.FrameType | None, numbers: bool = False) -> Block | None:
    """The block at an address; a new one, if a Python object is there. `numbers`: also a DWORD alone, or a pointer."""
    block = memory.find(address)
    known = block.object() if block is not None and block.object is not None else None
    if block is not None and (block.object is None or known is not None and known._b_needsfree_):
        return block
    owner = owner_of(argument, address)
    if owner is None:
        owner = owner_in(frame, address)
    if owner is None or not numbers and isinstance(owner, (ctypes._SimpleCData, ctypes._Pointer)):
        return None if known is None else block
    return memory.of_object(owner, frame)


def refine(block: Block, argument: Any, address: int, target: Any) -> None:
    """More may be known of the type now: of a structure around what the argument points to."""
    if block.ctype is not None and block.ctype not in (_OVERLAPPED, _WSABUF):
        return
    around = outermost(argument)
    if around is not None and ctypes.addressof(around) == block.address and ctypes.sizeof(around) <= block.size:
        block.ctype = type(around)
    elif block.ctype is None and address == block.address and target is not None:
        if ctypes.sizeof(target) <= block.size:
            block.ctype = target


def owner_of(argument: Any, address: int) -> Any:
    """The Python object that owns the memory at `address`, found through the pointer to it; None if there is none."""
    seen: list[Any] = []
    todo = [argument]
    while todo and len(seen) < _FINDING:
        value = todo.pop()
        if value is None or any(value is other for other in seen):
            continue
        seen.append(value)
        if hasattr(value, "_obj"):  # byref
            todo.append(value._obj)
        elif isinstance(value, dict):
            todo.extend(value.values())
        elif isinstance(value, (ctypes.Structure, ctypes.Union, ctypes.Array, ctypes._SimpleCData, ctypes._Pointer)):
            if value._b_base_ is not None:
                todo.append(value._b_base_)
            elif owns_memory(value):
                start = ctypes.addressof(value)
                if start <= address < start + ctypes.sizeof(value):
                    return value
            todo.append(value._objects)
    return None


def owns_memory(value: Any) -> bool:
    """Its own memory, or that of a bytearray that it keeps."""
    if value._b_needsfree_:
        return True
    return isinstance(value._objects, memoryview) or (
        isinstance(value._objects, dict) and any(isinstance(kept, memoryview) for kept in value._objects.values())
    )


def owner_in(frame: types.FrameType | None, address: int) -> Any:
    """The Python object at the address, looked for among the variables of the program's innermost frames."""
    for _ in range(3):
        if frame is None:
            return None
        for variables in (frame.f_locals, frame.f_globals):
            for value in list(variables.values()):
                if isinstance(value, (ctypes.Structure, ctypes.Array)) and value._b_base_ is None and owns_memory(value):
                    start = ctypes.addressof(value)
                    if start <= address < start + ctypes.sizeof(value):
                        return value
        frame = frame.f_back
    return None


def outermost(argument: Any) -> Any:
    """The structure that an argument points into: `byref(hbInfo.wsaBuf)` leads to hbInfo. None if that is not known."""
    value = getattr(argument, "_obj", argument)
    if isinstance(value, ctypes._Pointer):
        return None
    while isinstance(getattr(value, "_b_base_", None), (ctypes.Structure, ctypes.Union, ctypes.Array)):
        value = value._b_base_
    return value if isinstance(value, (ctypes.Structure, ctypes.Union)) else None


def malloced(line: str, frame: types.FrameType | None, size: int) -> tuple[str | None, Any, str | None]:
    """(name, type, what was measured although it is a pointer), as the line of a malloc says it."""
    name = re.match(r"\s*([\w.\[\]]+)\s*(?::[^=]+)?=[^=]", line)
    measured = re.search(r"\bsizeof\(\s*([\w.]+)\s*\)", line)
    found = _named(measured[1], frame) if measured and frame is not None else None
    ctype: Any = found if isinstance(found, type) else type(found)
    if not issubclass(ctype, (ctypes.Structure, ctypes.Union, ctypes.Array, ctypes._Pointer)) or ctypes.sizeof(ctype) != size:
        ctype = None
    pointer = None
    if ctype is not None and issubclass(ctype, ctypes._Pointer):
        pointed: Any = getattr(ctype, "_type_", None)
        ctype = pointed if issubclass(pointed, (ctypes.Structure, ctypes.Union)) else None
        pointer = measured[1] if measured and ctype else None
    return (name[1] if name else None), ctype, pointer


def _named(text: str, frame: types.FrameType) -> Any:
    """What a name stands for: `PER_IO_DATA`, `w.OVERLAPPED`, `self.lpInfo`. Nothing of the program's is run for it."""
    first, *rest = text.split(".")
    value = frame.f_locals.get(first, frame.f_globals.get(first))
    for name in rest:
        value = getattr(value, "__dict__", {}).get(name)
    return value
