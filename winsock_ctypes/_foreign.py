"""C declarations, written in Python: the only clever file of the package.

    @imported_from(ws2_32)
    def listen(s: SOCKET, backlog: INT) -> INT:
        '''...'''

`listen` is then not this `def` but ws2_32's own function, as ctypes calls it. Nothing written in Python stands between
the caller and the DLL, so a debugger's Step Into has nothing to step into, and an exception handler nothing to hide.
The rest of this file makes that comfortable:

- errors name the parameter (`required argument 'backlog' missing`, `expected LPWSABUF lpBuffers instance instead of int`);
- `WSAGetLastError()` is right: ctypes keeps the thread's error code aside from one call to the next (`use_last_error`),
  so that nothing that the interpreter or a debugger does in between can overwrite it;
- an exception in a completion routine comes out of the alertable wait that ran the routine;
- everything has a readable repr.
"""

from __future__ import annotations

import ctypes
import functools
import inspect
import operator
import sys
import threading
import types
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from winsock_ctypes import _memory

_CFuncPtr: Any = ctypes._CFuncPtr  # type: ignore[attr-defined]
_CFuncPtrType: Any = type(_CFuncPtr)
_SimpleType: Any = type(ctypes.c_int)
_PointerType: Any = type(ctypes._Pointer)

_STDCALL, _KEEP_GIL, _USE_LAST_ERROR = 0, 4, 16  # FUNCFLAG_STDCALL, _PYTHONAPI and _USE_LASTERROR of ctypes

F = TypeVar("F", bound=Callable[..., Any])


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


# ---- structures, unions, pointers --------------------------------------------------------------------------------


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


class _Described:
    """What Structure and Union share: a repr with named fields.

    `_shown_` names the fields that are shown (all, if empty), `_show_` maps a field to the function that words it.
    """

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


class Structure(_Described, ctypes.Structure):
    """A C `struct`."""


class Union(_Described, ctypes.Union):
    """A C `union`."""


class Pointer(ctypes._Pointer):  # type: ignore[type-arg]
    """A C pointer: its repr is `NULL`, or the address and what is there."""

    def _describe(self, depth: int) -> str:
        address = ctypes.cast(self, ctypes.c_void_p).value
        if address is None:
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


def flags_named(*flags: Any) -> Callable[[int], str]:
    """Words a set of flags: `FD_READ | FD_CLOSE (0x21)`."""

    def word(value: int) -> str:
        names = " | ".join(flag.name for flag in flags if value & flag)
        return f"{names} (0x{value:x})" if names else str(value)

    return word


# ---- what a parameter accepts ------------------------------------------------------------------------------------
# ctypes converts every argument with the `from_param` of the parameter's type, in C. To have its errors name the
# parameter, each parameter gets a type of its own, which differs from the declared one by its name. Where ctypes would
# say no more than "wrong type", the type's `isinstance` check is put to use: ctypes asks it first, and it refuses.


class Integer:
    """What the integer types share: `SleepEx(DWORD(100), TRUE)` is as good as `SleepEx(100, TRUE)`."""

    def __rand__(self, zero: int) -> bool:  # asked by the check below: yes, pass it on as it is
        return True


def _asking(check: Callable[[Any], Any], label: str, base: Any, **body: str) -> Any:
    """A type T for which isinstance(value, T) is check(value), with no Python frame in between."""
    metaclass = type(f"type({label})", (type(base),), {"__instancecheck__": staticmethod(check)})
    return metaclass(label, (base,), body)


def _integer_parameter(label: str, code: str) -> Any:
    # `zero & value` is 0 for every int, hence "no instance", and ctypes goes on to convert it. For anything else it
    # raises "unsupported operand type(s) for &: 'DWORD dwFlags' and 'str'". Both happen without a Python frame.
    zero = type(label, (int,), {})()
    return _asking(functools.partial(operator.and_, zero), label, ctypes._SimpleCData, _type_=code)


def _checked_parameter(label: str, accepted: Any, wanted: str, base: Any = ctypes.Structure, **body: str) -> Any:
    def accepts(value: Any) -> bool:
        if isinstance(value, accepted):
            return True
        raise TypeError(f"{label} must be {wanted}, not {type(value).__name__}")

    return _asking(accepts, label, base, **body)


_BUFFER = (ctypes.Array, ctypes._Pointer, type(ctypes.byref(ctypes.c_int())), ctypes.c_void_p, types.NoneType)


def _parameter_type(name: str, text: str, ctype: Any) -> Any:
    label = f"{text} {name}"
    if issubclass(ctype, ctypes._Pointer):
        target = getattr(ctype._type_, "_stands_for_", ctype._type_)
        return type(ctype)(label, (ctype,), {"_type_": target})
    if issubclass(ctype, CompletionRoutine):
        wanted = f"{name} (a function decorated with @{text}, or None)"  # ctypes: "expected ... instance instead of int"
        return _asking(ctype.declared.__contains__, wanted, ctypes.Structure)
    if issubclass(ctype, (ctypes.Structure, ctypes.Union)):
        return _checked_parameter(label, ctype, f"a {text}")
    if issubclass(ctype, Integer):
        return _integer_parameter(label, ctype._type_)
    if ctype._type_ == "P" and ctype is not ctypes.c_void_p:  # HANDLE: ints and None are converted before the check
        return _checked_parameter(label, ctype, "an int, a HANDLE or None", ctypes._SimpleCData, _type_="P")
    if text in ("LPSTR", "LPWSTR", "PWSTR") or ctype is ctypes.c_void_p:  # may be written to: no bytes objects
        return _checked_parameter(label, _BUFFER, "a ctypes array, a pointer, byref(...) or None")
    if text in ("LPCWSTR", "PCWSTR"):
        return _checked_parameter(label, (*_BUFFER, str, ctypes.c_wchar_p), "a str, a ctypes array, a pointer or None")
    return _checked_parameter(label, (*_BUFFER, bytes, ctypes.c_char_p), "bytes, a ctypes array, a pointer or None")


# ---- completion routines, and the exceptions that they raise -----------------------------------------------------
# ctypes cannot let an exception pass through the kernel's frames: it hands it to sys.unraisablehook and goes on. Ours
# keeps it for the wait, which raises it when it returns. As long as nothing was kept, the check of a wait's result is
# operator.index: no Python frame, so that Step Into on SleepEx leads straight into the routine.

_kept: dict[int, list[BaseException]] = {}  # by thread
_lock = threading.Lock()


class _CheckedResult:
    __call__ = operator.index


def _raise_what_was_kept(self: _CheckedResult, result: int) -> int:
    with _lock:
        exceptions = _kept.pop(threading.get_ident(), [])
        if not _kept:
            _CheckedResult.__call__ = operator.index  # type: ignore[method-assign,assignment]
    if not exceptions:
        return result
    if len(exceptions) == 1:
        raise exceptions[0]
    raise BaseExceptionGroup("completion routines raised", exceptions)


def _is_routines(unraisable: Any) -> bool:
    functions = [routine.function for kind in CompletionRoutine.__subclasses__() for routine in kind.declared[1:]]
    traceback = unraisable.exc_traceback
    if traceback is not None:
        return any(traceback.tb_frame.f_code is getattr(function, "__code__", None) for function in functions)
    return any(unraisable.object is function for function in functions)


def _keep_exceptions_of_routines() -> None:
    previous = sys.unraisablehook
    if getattr(previous, "keeps_exceptions_of_routines", False):
        return

    def hook(unraisable: Any) -> None:
        if not _is_routines(unraisable):
            previous(unraisable)
            return
        with _lock:
            exception = unraisable.exc_value or unraisable.exc_type()
            _kept.setdefault(threading.get_ident(), []).append(exception)
            _CheckedResult.__call__ = _raise_what_was_kept  # type: ignore[method-assign,assignment]

    hook.keeps_exceptions_of_routines = True  # type: ignore[attr-defined]
    sys.unraisablehook = hook


class CompletionRoutine(_CFuncPtr):
    """Base of the callback types: used as a decorator, shown by the Python function's name, kept alive for ever."""

    _flags_ = _STDCALL
    function: Callable[..., Any]
    declared: ClassVar[list[Any]]  # NULL and the routines, for ever: the kernel may call one long after Python forgot it

    def __init_subclass__(cls) -> None:
        if not hasattr(cls, "declared"):  # a type derived from a routine type shares its list
            cls.declared = [None]

    def __new__(cls, function: Callable[..., Any]) -> CompletionRoutine:
        if not callable(function):
            raise TypeError(f"{cls.__name__} decorates a function, not {type(function).__name__}")
        arguments: Any = cls._argtypes_
        try:
            inspect.signature(function).bind(*arguments)
        except TypeError:
            raise TypeError(f"{function!r} must take {len(arguments)} arguments to be a {cls.__name__}") from None
        self = super().__new__(cls, function)
        self.function = function
        functools.update_wrapper(self, function)
        cls.declared.append(self)
        _keep_exceptions_of_routines()
        return self

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {getattr(self.function, '__qualname__', self.function)}>"


# ---- functions ---------------------------------------------------------------------------------------------------


class ForeignFunction(_CFuncPtr):
    """A function of a DLL. Its repr is its C prototype."""

    _flags_ = _STDCALL | _USE_LAST_ERROR
    prototype: str
    names: tuple[str, ...]
    types: dict[str, Any]

    def __repr__(self) -> str:
        return f"<{self.prototype}>"


_call = _CFuncPtr.__call__


class _TakesRoutine(ForeignFunction):
    """A function with an lpOverlapped and, last, an lpCompletionRoutine: the one check that has to see two arguments.

    With a routine but no OVERLAPPED the routine would be called later with a dangling pointer.
    """

    _flags_ = ForeignFunction._flags_
    plain: Any  # the same function without names for its parameters, which take time

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        if not named and len(arguments) == len(self.names) and (arguments[-2] or arguments[-1] is None):
            return self.plain(*arguments)  # by far most calls
        bound = dict(zip(self.names, arguments, strict=False), **named)
        if bound.get("lpCompletionRoutine") is not None and not bound.get("lpOverlapped"):
            raise TypeError(f"{self.__name__}: lpCompletionRoutine needs an lpOverlapped, which is NULL")
        return _call(self, *arguments, **named)


class _FunctionPointer(ForeignFunction):
    """A variable of a function-pointer type: without an address it is NULL."""

    _flags_ = ForeignFunction._flags_

    def __new__(cls, address: int = 0) -> _FunctionPointer:
        # ctypes takes parameters' names only together with a function of a DLL: any will do, the address is replaced.
        self = super().__new__(cls, ("GetLastError", _memory._kernel32), tuple((1, key) for key in cls.names))
        ctypes.c_void_p.from_buffer(self).value = address
        return self

    def __repr__(self) -> str:
        return f"<{self.prototype} at {describe(ctypes.cast(self, ctypes.POINTER(ctypes.c_char)))}>"


def _class_body(definition: Callable[..., Any], check: Any = None) -> dict[str, Any]:
    """What ctypes wants to know of a function, from the annotations of its `def`."""
    texts = dict(definition.__annotations__)
    types_ = {key: eval(text, definition.__globals__) for key, text in texts.items()}  # "SOCKET" -> SOCKET
    result_text, restype = texts.pop("return"), types_.pop("return")
    if check is not None:
        restype = _SimpleType(
            result_text, (ctypes._SimpleCData,), {"_type_": restype._type_, "_check_retval_": staticmethod(check)}
        )
    return {
        "_flags_": ForeignFunction._flags_,
        "_argtypes_": tuple(_parameter_type(key, texts[key], types_[key]) for key in texts),
        "_restype_": restype,
        "__doc__": definition.__doc__,
        "__module__": definition.__module__,
        "names": tuple(texts),
        "types": types_,
        "prototype": f"{result_text} {definition.__name__}({', '.join(f'{texts[key]} {key}' for key in texts) or 'void'})",
    }


def imported_from(dll: Any, *, alertable: bool = False, instant: bool = False, result: Any = None) -> Callable[[F], F]:
    """Turn a `def` that reads like a C prototype into the function of that name in `dll`.

    `alertable`: completion routines may run inside the call; what they raise comes out of it.
    `instant`: so short that no other thread is let in meanwhile.
    `result`: a callable that the result passes through, for a function whose result has a name.
    """

    def declare(definition: F) -> F:
        name, body = definition.__name__, _class_body(definition, _CheckedResult() if alertable else result)
        if instant:
            body["_flags_"] |= _KEEP_GIL
        takes_routine = body["names"][-2:] == ("lpOverlapped", "lpCompletionRoutine")
        function = _CFuncPtrType(name, (_TakesRoutine if takes_routine else ForeignFunction,), body)(
            (name, dll), tuple((1, key) for key in body["names"])
        )
        if takes_routine:
            function.plain = _CFuncPtrType(name, (ForeignFunction,), body)((name, dll))
        return functools.update_wrapper(function, definition)  # type: ignore[return-value]

    return declare


def function_pointer(definition: F) -> Any:
    """`typedef BOOL (WINAPI *LPFN_...)(...);`: a `def` that reads like it becomes the type of a function pointer.

    As in C, `byref` of the pointer is where a function stores an address. What is called through it is as comfortable as a
    function of `imported_from`.
    """
    cls = _CFuncPtrType(definition.__name__, (_FunctionPointer,), _class_body(definition))
    return functools.update_wrapper(cls, definition, updated=())
