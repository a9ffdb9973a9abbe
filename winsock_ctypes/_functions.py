"""Functions: C declarations, written in Python.

    @imported_from(ws2_32)
    def listen(s: SOCKET, backlog: INT) -> INT:
        '''...'''

`listen` is then not this `def` but ws2_32's own function, as ctypes calls it. Nothing written in Python stands between
the caller and the DLL, so a debugger's Step Into has nothing to step into, and an exception handler nothing to hide.

A wrong argument is refused before the call, in words: "listen: backlog must be an int or an INT, not str". ctypes converts
each argument with the `from_param` of the parameter's type, and asks first whether it is an *instance* of that type: yes
passes it on as it is, no converts it. Each parameter has a type of its own, which answers as an abstract base class does
(`abc`), with the C half of that alone: from its memory, and by the kinds that are registered with it. Only about a class
that it never met a Python function is asked, once. It says yes or no, or raises the TypeError, with the cure if there is
one.

A pointer parameter has two such types, its own and that of what it points to, for ctypes looks into `byref(...)`: so
`byref(WSABUF())` is told from `byref(SOCKADDR_IN())`. What has the layout that is wanted is as good as the type itself,
whatever it is called: ctypes.wintypes' DWORD is a DWORD.

`WSAGetLastError()` is right, for ctypes keeps the thread's error code aside from one call to the next (`use_last_error`),
where nothing that the interpreter or a debugger does in between can overwrite it.

What CPython's insides are relied on for, in this package, and nothing else:
- `_ctypes._SimpleCData`, `_Pointer`, `CFuncPtr` and their metaclasses may be derived from; class bodies give `_type_`,
  `_argtypes_`, `_restype_` (with `_check_retval_`), `_flags_`; a function of a DLL takes parameter names (paramflags);
- `from_param` of a simple type asks isinstance(value, T), and converts what is none; that of an array type asks the same,
  and then of byref's object isinstance(object, T._type_): so it is in ctypes from 3.11 to 3.15;
- the C half of `abc`, in the module `_abc`: an answer comes from the class's cache or T.__subclasshook__(cls) or the
  registered classes or, at last, issubclass(cls, each of T.__subclasses__());
- what sys.unraisablehook is told about a callback's exception (_routines.py);
- `__slots__ = ()` keeps instances of a ctypes.Structure without a dictionary (_values.py).
"""

from __future__ import annotations

import ctypes
import functools
import inspect
from _abc import _abc_init, _abc_instancecheck, _abc_register, _abc_subclasscheck  # type: ignore[import-not-found]
from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

from winsock_ctypes import _memory
from winsock_ctypes._routines import STDCALL, CheckedResult, CompletionRoutine
from winsock_ctypes._values import ByRef, Constant, describe

_CFuncPtr: Any = ctypes._CFuncPtr  # type: ignore[attr-defined]
_CFuncPtrType: Any = type(_CFuncPtr)
_SimpleType: Any = type(ctypes.c_int)

_KEEP_GIL, _USE_LAST_ERROR = 4, 16  # FUNCFLAG_PYTHONAPI and FUNCFLAG_USE_LASTERROR of ctypes
_IN = 1  # PARAMFLAG_FIN

_C_TYPES = (ctypes._SimpleCData, ctypes._Pointer, ctypes.Structure, ctypes.Union, _CFuncPtr)
F = TypeVar("F", bound=Callable[..., Any])


# ---- which types are the same in C -------------------------------------------------------------------------------

_Simple: Any = ctypes._SimpleCData
_Pointer: Any = ctypes._Pointer
_Array: Any = ctypes.Array
_ARRAYS = ("lpBuffers", "lphEvents", "lpCompletionPortEntries", "fdArray")  # parameters that most often get one
_STRINGS: dict[str, tuple[Any, ...]] = {"LPCSTR": (bytes,), "LPCVOID": (bytes,), "LPCWSTR": (str,), "PCWSTR": (str,)}
_STRINGS |= {"c_char_p": (bytes,), "c_wchar_p": (str,)}  # a type that was not written as text is not known to be const
_INTEGERS = {**dict.fromkeys("bhilq", "signed"), **dict.fromkeys("BHILQ", "unsigned")}


def _is_integer(cls: Any) -> bool:
    return issubclass(cls, _Simple) and cls._type_ in _INTEGERS


def _is_address(cls: Any) -> bool:
    return issubclass(cls, _Simple) and cls._type_ == "P"


def _same(one: Any, other: Any) -> bool:
    """Whether two ctypes types are one type in C (a byte is a byte, with a sign or without)."""
    other = getattr(other, "_stands_for_", other)
    if issubclass(one, other):
        return True
    if issubclass(one, _Pointer) and issubclass(other, _Pointer):
        return _same(one._type_, other._type_)
    if not (issubclass(one, _Simple) and issubclass(other, _Simple)) or ctypes.sizeof(one) != ctypes.sizeof(other):
        return False
    if one._type_ in "cbB" and other._type_ in "cbB":
        return True
    return bool(_INTEGERS.get(one._type_, one._type_) == _INTEGERS.get(other._type_, other._type_))


# ---- what a parameter accepts ------------------------------------------------------------------------------------


class _Judge:
    """Answers, in Python, for a class that nobody knew."""

    def __init__(self, judge: Callable[[Any], bool]):
        self.judge = judge

    def __subclasscheck__(self, cls: Any) -> bool:
        return self.judge(cls)


def _asking(judge: Callable[[Any], bool], usual: Any, kinds: Any, name: str, base: Any, **body: Any) -> Any:
    """A type T for which isinstance(value, T) is judge(type(value)), asked once for each class that is not yet known.

    `usual`: classes to be judged now. `kinds`: what is derived from one of these is right, and `judge` is never asked.
    """
    known = defaultdict(type(NotImplemented), {cls: judge(cls) for cls in usual})
    judges = [_Judge(judge)]  # in the place of T's subclasses, which are asked last
    metaclass: Any = type(f"type({name})", (type(base),), {"__subclasses__": staticmethod(judges.copy)})
    asking = metaclass(name, (base,), {**body, "__subclasshook__": staticmethod(known.__getitem__)})
    if "from_param" in vars(asking):  # ctypes gives an address that of c_void_p, which takes bytes without asking
        del asking.from_param
    _abc_init(asking)
    for kind in kinds:
        _abc_register(asking, kind)
    metaclass.__subclasscheck__ = staticmethod(functools.partial(_abc_subclasscheck, asking))
    metaclass.__instancecheck__ = staticmethod(functools.partial(_abc_instancecheck, asking))
    return asking


def _a(noun: str) -> str:
    return f"an {noun}" if noun[0] in "AEIO" or noun.startswith("LP") else f"a {noun}"


class _Parameter:
    """One parameter, as the prototype says it: makes the type that ctypes converts with, and words the refusals."""

    def __init__(self, function: str, name: str, text: str, ctype: Any, scope: dict[str, Any], takes_address: bool):
        self.function, self.name, self.text, self.ctype, self.scope = function, name, text, ctype, scope
        self.label = f"{function}: {name}"
        self.takes_address = takes_address or ctype is ctypes.c_void_p

    def refusal(self, wanted: str, cls: Any, cure: str = "", how: str = "") -> TypeError:
        given = "None" if cls is type(None) else f"{how}{_a(cls.__name__)}" if how else cls.__name__
        return TypeError(f"{self.label} must be {wanted}, not {given}{cure and ': ' + cure}")

    def type(self) -> Any:
        ctype = self.ctype
        if issubclass(ctype, _Pointer):
            return self.opaque() if self.takes_address else self.pointer()
        if issubclass(ctype, CompletionRoutine):
            return self.address(self.judge_routine, (type(None),), (self.routine(),))
        if issubclass(ctype, (ctypes.Structure, ctypes.Union)):
            return _asking(self.judge_structure, (), (ctype,), self.label, ctypes.Structure)
        if _is_integer(ctype):
            usual: tuple[Any, ...] = (int, bool, Constant, ctype)
            return _asking(self.judge_integer, usual, (), self.label, _Simple, _type_=ctype._type_)
        if issubclass(ctype, _Simple) and ctype._type_ not in "PzZ":
            return ctype  # a double, a character: as ctypes takes them
        if _is_address(ctype) and ctype is not ctypes.c_void_p:
            return self.address(self.judge_handle, (int, Constant, type(None), ctype, ctypes.c_void_p), ())
        usual = (type(None), int) if self.takes_address else (type(None),)
        return self.address(self.judge_buffer, usual, (_Array, _Pointer, ByRef, ctypes.c_void_p, *self.strings()))

    def address(self, judge: Callable[[Any], bool], usual: Any, kinds: Any) -> Any:
        """For what is passed as an address: None, and numbers where `judge` says no to them, become one."""
        return _asking(judge, usual, kinds, self.label, _Simple, _type_="P")

    # ---- numbers and handles

    def judge_integer(self, cls: Any) -> bool:
        if issubclass(cls, int):
            return False
        if _is_integer(cls) or _is_address(cls):
            if ctypes.sizeof(cls) >= ctypes.sizeof(self.ctype):
                return True
            raise self.refusal(f"an int or {_a(self.text)}", cls, "give its .value")
        raise self.refusal(f"an int or {_a(self.text)}", cls, self.cure_of_number(cls))

    def judge_handle(self, cls: Any) -> bool:
        if issubclass(cls, (int, type(None))):
            return False
        if (_is_integer(cls) or _is_address(cls)) and ctypes.sizeof(cls) == ctypes.sizeof(self.ctype):
            return True
        raise self.refusal(f"an int, {_a(self.text)} or None", cls, self.cure_of_number(cls))

    def cure_of_number(self, cls: Any) -> str:
        if hasattr(cls, "fileno"):
            return "give its .fileno()"
        if hasattr(cls, "__index__") or cls is float:
            return "make it an int(...)"
        if cls is type(None):
            return "NULL is for pointers; write 0"
        return ""

    # ---- structures and routines

    def judge_structure(self, cls: Any) -> bool:
        raise self.refusal(_a(self.text), cls, "here C takes the structure itself" if cls is ByRef else "")

    def routine(self) -> Any:
        """The type that was declared first: the recorder's is derived from it."""
        return self.ctype.__mro__[self.ctype.__mro__.index(CompletionRoutine) - 1]

    def judge_routine(self, cls: Any) -> bool:
        if cls is type(None):
            return False
        raise self.refusal(f"a function decorated with @{self.text}, or None", cls)

    # ---- pointers

    def target(self) -> str:
        """How the prototype calls what the pointer points to."""
        named = self.text[8:-1] if self.text.startswith("POINTER(") else self.text.removeprefix("LP").removeprefix("P")
        return named if self.scope.get(named) is self.ctype._type_ else self.ctype._type_.__name__

    def wanted_pointer(self) -> str:
        return f"byref of {_a(self.target())}, {_a(self.text)} or None"

    def pointer(self) -> Any:
        target = self.ctype._type_
        arrays = [target * length for length in range(1, 65)] if self.name in _ARRAYS else []
        inside = _asking(self.judge_target, (), (getattr(target, "_stands_for_", target),), self.label, ctypes.Structure)
        usual, kinds = (ByRef, type(None), *arrays), (self.ctype, ctypes.c_void_p)
        return _asking(self.judge_pointer, usual, kinds, self.label, _Array, _type_=inside, _length_=1)

    def judge_pointer(self, cls: Any) -> bool:
        if cls is ByRef or hasattr(cls, "_as_parameter_"):
            return False  # what is in there is asked about next
        if cls is type(None) or issubclass(cls, (_Array, _Pointer)) and _same(cls._type_, self.ctype._type_):
            return True
        raise self.refusal(self.wanted_pointer(), cls, self.cure_of_pointer(cls))

    def judge_target(self, cls: Any) -> bool:
        target = self.ctype._type_
        if _same(cls, target) or issubclass(cls, _Array) and _same(cls._type_, target):
            return True
        raise self.refusal(self.wanted_pointer(), cls, self.cure_of_pointer(cls), "byref of ")

    def cure_of_pointer(self, cls: Any) -> str:
        target = self.ctype._type_
        if issubclass(cls, int):
            return f"byref({self.target()}(...))" if issubclass(target, _Simple) else f"cast(the address, {self.text})"
        if issubclass(cls, (ctypes.Structure, ctypes.Union, _Simple)) and _same(cls, target):
            return "use byref(...)"
        if issubclass(cls, _Pointer) and _same(cls._type_, target):
            return "it is a pointer already"
        for field in getattr(cls, "_fields_", ()):
            if _same(field[1], target):
                return f"byref of its .{field[0]}"
        return ""

    def opaque(self) -> Any:
        """A pointer that the function does not follow, or that may be given as a number."""
        return self.address(self.judge_opaque, (int, type(None)), (ByRef, self.ctype, ctypes.c_void_p))

    def judge_opaque(self, cls: Any) -> bool:
        if issubclass(cls, (int, type(None))):
            return False
        if issubclass(cls, (_Pointer, _Array)) and _same(cls._type_, self.ctype._type_):
            return True
        raise self.refusal(f"byref of {_a(self.target())}, {_a(self.text)}, an address or None", cls)

    # ---- buffers

    def strings(self) -> tuple[Any, ...]:
        return _STRINGS.get(self.text, ())

    def judge_buffer(self, cls: Any) -> bool:
        if issubclass(cls, type(None)) or issubclass(cls, int) and self.takes_address:
            return False
        if _is_address(cls) or issubclass(cls, (ctypes.c_char_p, ctypes.c_wchar_p)):
            return True
        if hasattr(cls, "_as_parameter_"):
            return False
        wanted = [*(kind.__name__ for kind in self.strings()), "a ctypes array", "a pointer", "byref(...)"]
        wanted += ["an address"] if self.takes_address else []
        raise self.refusal(f"{', '.join(wanted)} or None", cls, self.cure_of_buffer(cls))

    def cure_of_buffer(self, cls: Any) -> str:
        if issubclass(cls, bytes):
            return "use create_string_buffer(...), for bytes cannot change" if not self.strings() else "give a str"
        if issubclass(cls, (bytearray, memoryview)):
            return "use (c_char * len(b)).from_buffer(b)"
        if issubclass(cls, str):
            return "use its .encode()" if self.strings() else "use create_string_buffer(...)"
        if issubclass(cls, (ctypes.Structure, ctypes.Union, _Simple)):
            return "use byref(...)"
        if issubclass(cls, int):
            return "use byref(INT(...))" if self.name == "optval" else "NULL is None"
        return ""


class _BufferField(property):
    """A pointer field of a structure that takes whatever a buffer parameter takes. What it is given stays alive with it."""

    offset: int
    size: int


def buffer_field(structure: Any, name: str) -> None:
    """Let the field `name` take every kind of buffer. It is still read, and written with its own types, by ctypes."""
    parameter = _Parameter(structure.__name__, name, "LPVOID", ctypes.c_void_p, {}, True)

    def judge(value: Any) -> None:
        if not isinstance(value, (_Array, _Pointer, ByRef, ctypes.c_void_p)):
            parameter.judge_buffer(type(value))

    _field(structure, name, judge)


def pointer_field(structure: Any, name: str) -> None:
    """The same for a pointer to a structure: whatever a parameter of its type takes."""
    ctype = dict(structure._fields_)[name]
    parameter = _Parameter(structure.__name__, name, ctype.__name__, ctype, {}, False)

    def judge(value: Any) -> None:
        if isinstance(value, ByRef):
            parameter.judge_target(type(value._obj))
        elif not isinstance(value, ctypes.c_void_p):
            parameter.judge_pointer(type(value))

    _field(structure, name, judge)


def _field(structure: Any, name: str, judge: Callable[[Any], None]) -> None:
    field, ctype = getattr(structure, name), dict(structure._fields_)[name]
    write = field.__set__

    def assign(self: Any, value: Any) -> None:
        try:
            write(self, value)
        except TypeError:
            pass
        else:
            return
        judge(value)
        address = ctypes.cast(value, ctypes.c_void_p).value
        pointer = ctypes.cast(ctypes.pointer(value._obj) if isinstance(value, ByRef) else value, ctype)
        ctypes.c_void_p.from_buffer(pointer).value = address  # byref may have an offset
        write(self, pointer)

    anywhere = _BufferField(field.__get__, assign)
    anywhere.offset, anywhere.size = field.offset, field.size
    setattr(structure, name, anywhere)


# ---- functions ---------------------------------------------------------------------------------------------------


class ForeignFunction(_CFuncPtr):
    """A function of a DLL. Its repr is its C prototype."""

    _flags_ = STDCALL | _USE_LAST_ERROR
    prototype: str
    names: tuple[str, ...]
    types: dict[str, Any]

    def __repr__(self) -> str:
        return f"<{self.prototype}>"

    def __get__(self, instance: Any, owner: Any) -> ForeignFunction:
        """A function of C belongs to no object. That this is here tells help(...) that it is a function, and no data."""
        return self


class _Said(str):
    """The name of a type, in a signature: without quotation marks."""

    __slots__ = ()
    __repr__ = str.__str__


class _FunctionPointer(ForeignFunction):
    """A variable of a function-pointer type: without an address it is NULL."""

    _flags_ = ForeignFunction._flags_
    _filled_: Any  # the same type for a variable that was seen with an address: called without a look at it

    def __new__(cls, address: int = 0) -> _FunctionPointer:
        # ctypes takes parameters' names only together with a function of a DLL: any will do, the address is replaced.
        self = super().__new__(cls, ("GetLastError", _memory._kernel32), tuple((_IN, key) for key in cls.names))
        ctypes.c_void_p.from_buffer(self).value = address
        return self

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """The first call alone comes through here."""
        if not self:
            raise TypeError(
                f"{type(self).__name__}: this function pointer is NULL: WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, ...) "
                "has not filled it yet, or has failed"
            )
        if type(self) is self._filled_.__base__:
            self.__class__ = self._filled_  # type: ignore[assignment]
        return _CFuncPtr.__call__(self, *arguments, **named)

    def __repr__(self) -> str:
        return f"<{self.prototype} at {describe(ctypes.cast(self, ctypes.POINTER(ctypes.c_char)))}>"


def _class_body(definition: Callable[..., Any], check: Any = None, addresses: tuple[str, ...] = ()) -> dict[str, Any]:
    """What ctypes wants to know of a function, from the annotations of its `def`."""
    name, scope = definition.__name__, definition.__globals__
    texts, types = {}, {}
    for key in (*inspect.signature(definition).parameters, "return"):
        if key not in definition.__annotations__:
            raise TypeError(f"{name}: {key} has no type" if key != "return" else f"{name}: no type of the result: -> VOID?")
        said = definition.__annotations__[key]
        types[key] = eval(said, scope) if isinstance(said, str) else said  # "SOCKET" -> SOCKET
        if not (isinstance(types[key], type) and issubclass(types[key], _C_TYPES) or key == "return" and types[key] is None):
            raise TypeError(f"{name}: {key} must have a type of C, not {said!r}")
        texts[key] = said if isinstance(said, str) else "VOID" if said is None else said.__name__
    result_text, restype = texts.pop("return"), types.pop("return")
    if check is not None:
        restype = _SimpleType(result_text, (_Simple,), {"_type_": restype._type_, "_check_retval_": staticmethod(check)})
    parameters = [_Parameter(name, key, texts[key], types[key], scope, key in addresses) for key in texts]
    return {
        "_flags_": ForeignFunction._flags_,
        "_argtypes_": tuple(parameter.type() for parameter in parameters),
        "_restype_": restype,
        "__module__": definition.__module__,
        "names": tuple(texts),
        "types": types,
        "prototype": f"{result_text} {name}({', '.join(f'{texts[key]} {key}' for key in texts) or 'void'})",
        "__annotations__": {**texts, "return": result_text},
    }


def _looks_like(function: Any, definition: Any) -> Any:
    for name in ("__module__", "__name__", "__qualname__", "__doc__"):
        setattr(function, name, getattr(definition, name))
    function.__wrapped__ = definition  # for inspect.signature
    return function


def imported_from(
    dll: Any, *, alertable: bool = False, instant: bool = False, result: Any = None, addresses: tuple[str, ...] = ()
) -> Callable[[F], F]:
    """Turn a `def` that reads like a C prototype into the function of that name in `dll`.

        @imported_from("kernel32")
        def GetHandleInformation(hObject: HANDLE, lpdwFlags: LPDWORD) -> BOOL: ...

    `dll`: its name, or a ctypes.WinDLL. The types are those of the headers, or ctypes' own. Raises TypeError where a type is
    missing or is none of C's, AttributeError where the DLL has no such function.
    `alertable`: completion routines may run inside the call; what they raise comes out of it.
    `instant`: so short that no other thread is let in meanwhile.
    `result`: a callable that the result passes through, for a function whose result has a name.
    `addresses`: the pointers that may be given as a number, too (as an LPVOID may always be).
    """

    if isinstance(dll, str):
        dll = ctypes.WinDLL(dll)

    def declare(definition: F) -> F:
        name, body = definition.__name__, _class_body(definition, CheckedResult() if alertable else result, addresses)
        if instant:
            body["_flags_"] |= _KEEP_GIL
        cls = _CFuncPtrType(name, (ForeignFunction,), body)
        function = cls((name, dll), tuple((_IN, key) for key in cls.names))
        function.__annotations__ = body["__annotations__"]
        definition.__annotations__ = {key: _Said(said) for key, said in body["__annotations__"].items()}
        return _looks_like(function, definition)  # type: ignore[no-any-return]

    return declare


def function_pointer(definition: Callable[..., Any]) -> Any:
    """`typedef BOOL (WINAPI *LPFN_...)(...);`: a `def` that reads like it becomes the type of a function pointer.

    As in C, `byref` of the pointer is where a function stores an address. What is called through it is as comfortable as a
    function of `imported_from`.
    """
    body = _class_body(definition)
    cls = _looks_like(_CFuncPtrType(definition.__name__, (_FunctionPointer,), body), definition)
    same = {key: body[key] for key in ("_flags_", "_argtypes_", "_restype_", "__module__")}
    cls._filled_ = _CFuncPtrType(definition.__name__, (cls,), {**same, "__call__": _CFuncPtr.__call__})
    return cls
