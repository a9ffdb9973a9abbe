"""Values: constants that know their names, structures, and pointers, each with a readable repr.

Memory that a program shares with the kernel is shown as it is *now*, from a copy: a pointer may be wrong, a block may be
freed, and the kernel may be writing. A repr never follows an address without asking (`_memory.read`), and never raises.

A structure is C's: it has the fields that it declares and no others. `adr.sinport = 1` (for sin_port) is an AttributeError,
as it is an error in C, for there is no dictionary in which Python could put it: `__slots__` is `()` in every structure,
also in those that a program derives. Reading and writing a field costs what it costs in ctypes.

A pointer is an address. Two pointers are equal when they hold the same one, and so are a pointer and `byref` of what it
points to, an array, or an address as a number: C's `if (lpOverlapped == &ov)` is `if lpOverlapped == byref(ov):`.
"""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from winsock_ctypes import _memory

_PointerType: Any = type(ctypes._Pointer)
if TYPE_CHECKING:
    from _ctypes import _PyCStructType as _StructureType
    from _ctypes import _UnionType
else:
    _StructureType, _UnionType = type(ctypes.Structure), type(ctypes.Union)
ByRef: Any = type(ctypes.byref(ctypes.c_int()))


# ---- constants ---------------------------------------------------------------------------------------------------


class Constant(int):
    """An int that knows its name: prints as the number, shows as `WSAEWOULDBLOCK (10035)` in a debugger."""

    name: str

    def __new__(cls, value: int, name: str) -> Constant:
        self = super().__new__(cls, value)
        self.name = name
        return self

    def __repr__(self) -> str:
        return f"{self.name} ({int(self)})"

    __str__ = int.__repr__

    def __reduce__(self) -> tuple[Any, ...]:
        return Constant, (int(self), self.name)


def name_constants(module: dict[str, Any]) -> None:
    """Give every `NAME = 10035` of a module its name (called once, at the end of the module)."""
    for name, value in list(module.items()):
        if type(value) is int and not name.startswith("_"):
            module[name] = Constant(value, name)


def flags_named(*flags: Any) -> Callable[[int], str]:
    """Words a set of flags: `FD_READ | FD_CLOSE (0x21)`."""

    def word(value: int) -> str:
        names = " | ".join(flag.name for flag in flags if value & flag)
        return f"{names} (0x{value:x})" if names else str(value)

    return word


# ---- what a value looks like -------------------------------------------------------------------------------------


def describe(value: Any, depth: int = 2) -> str:
    """`value` as it is shown inside a structure: short, and never raising."""
    if isinstance(value, (_Described, Pointer)):
        return value._describe(depth)
    if isinstance(value, ctypes._Pointer):
        address = ctypes.cast(value, ctypes.c_void_p).value
        return "NULL" if address is None else f"0x{address:x}"
    if isinstance(value, ctypes.Array):
        if getattr(value._type_, "_type_", None) in ("c", "b", "B"):
            return describe(bytes(value))
        shown = ", ".join(describe(item, depth - 1) for item in value[:4])
        return f"[{shown}{', ...' if len(value) > 4 else ''}] ({len(value)})"
    if isinstance(value, (bytes, str)):
        return repr(value) if len(value) <= 32 else f"{value[:32]!r}... ({len(value)})"
    return repr(value)


def _view(self: Any) -> str:
    """repr of what lies in memory that others may change or free: a copy is shown."""
    here = ctypes.addressof(self)
    if _memory.is_freed(here):
        return f"{type(self).__name__}(freed memory at 0x{here:x})"
    copy = _memory.read(here, ctypes.sizeof(self))
    if copy is None:
        return f"{type(self).__name__}(at 0x{here:x}, which is not readable)"
    return describe(type(self).from_buffer_copy(copy))


# ---- structures and unions ---------------------------------------------------------------------------------------


class _NoOtherFields(_StructureType):  # pyright: ignore[reportGeneralTypeIssues]
    def __new__(cls, name: str, bases: Any, body: dict[str, Any]) -> Any:
        return super().__new__(cls, name, bases, {"__slots__": (), **body})


class _NoOtherMembers(_UnionType):  # pyright: ignore[reportGeneralTypeIssues]
    def __new__(cls, name: str, bases: Any, body: dict[str, Any]) -> Any:
        return super().__new__(cls, name, bases, {"__slots__": (), **body})


class _Described:
    """What Structure and Union share: a repr with named fields.

    `_shown_` names the fields that are shown (all, if empty), `_show_` maps a field to the function that words it.
    """

    __slots__ = ()
    __dict__ = property(lambda self: {})  # type: ignore[assignment]  # copy and pickle ask for it
    _fields_: ClassVar[Any] = ()
    _shown_: ClassVar[tuple[str, ...]] = ()
    _show_: ClassVar[dict[str, Callable[[Any], str]]] = {}

    def _describe(self, depth: int) -> str:
        shown = []
        strings = {field[0] for field in self._fields_ if getattr(field[1], "_type_", None) in ("z", "Z")}
        for name in self._shown_ or [field[0] for field in self._fields_]:
            if name in strings:  # reading the field would follow the pointer, which may point anywhere
                offset = getattr(type(self), name).offset
                address = ctypes.c_void_p.from_buffer(self, offset).value  # type: ignore[arg-type]
                shown.append(f"{name}={'NULL' if address is None else hex(address)}")
                continue
            value = getattr(self, name)
            word = self._show_.get(name)
            shown.append(f"{name}={word(value) if word else describe(value, depth)}")
        return f"{type(self).__name__}({', '.join(shown)})"

    def __repr__(self) -> str:
        return _view(self)

    def __init_subclass__(cls) -> None:
        for field in cls.__dict__.get("_fields_", ()):
            if issubclass(field[1], ctypes.Array):  # so that `hbInfo.contents.buf` reads as well as `hbInfo`
                field[1].__repr__ = _view  # type: ignore[method-assign,assignment]


class Structure(_Described, ctypes.Structure, metaclass=_NoOtherFields):
    """A C `struct`: with the fields that it declares, and no others."""

    __slots__ = ("__weakref__",)


class Union(_Described, ctypes.Union, metaclass=_NoOtherMembers):
    """A C `union`: with the members that it declares, and no others."""

    __slots__ = ("__weakref__",)


# ---- pointers ----------------------------------------------------------------------------------------------------


def address_of(value: Any) -> int | None:
    """The address that a pointer, byref(...), array or number is; 0 for NULL; None for what is no address."""
    if value is None or isinstance(value, int):
        return value or 0
    if isinstance(value, (ctypes._Pointer, ByRef, ctypes.Array, ctypes.c_void_p)):
        return ctypes.cast(value, ctypes.c_void_p).value or 0
    return None


class Pointer(ctypes._Pointer):  # type: ignore[type-arg]
    """A C pointer: its repr is `NULL`, or the address and what is there. It is equal to what has the same address."""

    def __eq__(self, other: object) -> Any:
        address = address_of(other)
        return NotImplemented if address is None else address == address_of(self)

    def __hash__(self) -> int:
        return hash(address_of(self))

    def _describe(self, depth: int) -> str:
        address = address_of(self)
        if not address:
            return "NULL"
        if _memory.is_freed(address):
            return f"0x{address:x} (freed)"
        if depth <= 0:
            return f"0x{address:x}"
        target: Any = self._type_
        copy = _memory.read(address, ctypes.sizeof(target))  # a copy: the kernel may be writing, the address may be wrong
        if copy is None:
            return f"0x{address:x} (not readable)"
        return f"0x{address:x} -> {describe(target.from_buffer_copy(copy), depth - 1)}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._describe(2)})"


def pointer_type(name: str, target: Any) -> Any:
    """`typedef target *name;`"""
    return _PointerType(name, (Pointer,), {"_type_": target})


@functools.cache
def POINTER(target: Any) -> Any:
    """The type "pointer to `target`", like ctypes.POINTER, but readable in a debugger."""
    return pointer_type(f"LP{target.__name__}", target)


def pointed(value: Any, target: Any, name: str) -> Any:
    """The structure itself, for a macro that takes a pointer to it: a pointer, byref(...), or the structure."""
    if isinstance(value, ctypes._Pointer):
        value = value.contents
    value = getattr(value, "_obj", value)  # byref's
    if not isinstance(value, target):
        raise TypeError(f"{name} must be {target.__name__} or a pointer to one, not {type(value).__name__}")
    return value
