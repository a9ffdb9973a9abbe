"""winsock_ctypes/__init__.pyi: what type checkers and editors are told, from what the package knows at run time.

A parameter written `DWORD` takes an int as well, a field of that type reads as an int, and ctypes makes its structures at run
time: no checker can see that. So it is written down here: each function with what its parameters take, under the names of its
prototype, each structure with its fields. NULL is rare: what may be NULL is `int | Any`, so that nobody must ask each time.
"""

from __future__ import annotations

import ctypes
import textwrap
from typing import Any

import winsock_ctypes
from tests.pages.reference import HEADERS, OPERATORS, defined_names
from winsock_ctypes import _functions, stdio, winbase
from winsock_ctypes._routines import CompletionRoutine

HEAD = '''\
# made by python -m tests.pages write stub
"""What type checkers and editors are told: a parameter `DWORD` takes an int, too, and a field of it reads as an int."""

from collections.abc import Callable
from _ctypes import CFuncPtr as _CFuncPtr
from ctypes import Array, Structure, Union, addressof, byref, c_char_p, c_void_p, c_wchar_p, sizeof
from ctypes import _CArgObject, _CData, _Pointer, _SimpleCData
from types import ModuleType
from typing import Any, Generic, Self, TypeAlias, TypeVar, overload

from winsock_ctypes import mswsock as mswsock, stdio as stdio, stdlib as stdlib, string as string, winbase as winbase
from winsock_ctypes import windef as windef, winerror as winerror, winsock2 as winsock2, ws2tcpip as ws2tcpip
from winsock_ctypes._functions import ForeignFunction as _ForeignFunction, function_pointer as function_pointer
from winsock_ctypes._values import Constant as _Constant
'''
MACHINERY = """
_T = TypeVar("_T", bound=_CData)
_Read = TypeVar("_Read")
_Written = TypeVar("_Written")
_Integer: TypeAlias = int | _SimpleCData[int]
_Handle: TypeAlias = int | None | _SimpleCData[int] | _SimpleCData[int | Any] | c_void_p
_To: TypeAlias = _CArgObject | _Pointer[_T] | Array[_T] | c_void_p | None
_Routine: TypeAlias = LPWSAOVERLAPPED_COMPLETION_ROUTINE | None
_Callback: TypeAlias = WAITORTIMERCALLBACK | None
_Buffer: TypeAlias = _CArgObject | _Pointer[Any] | Array[Any] | c_void_p | c_char_p | c_wchar_p | None

class _Field(Generic[_Read, _Written]):
    offset: int
    size: int
    @overload
    def __get__(self, instance: None, owner: Any) -> Self: ...
    @overload
    def __get__(self, instance: Any, owner: Any) -> _Read: ...
    def __set__(self, instance: Any, value: _Written) -> None: ...

def POINTER(target: type[_T]) -> type[_Pointer[_T]]: ...
def imported_from(
    dll: Any, *, alertable: bool = False, instant: bool = False, result: Any = None, addresses: tuple[str, ...] = ()
) -> Callable[[Callable[..., Any]], _ForeignFunction]: ...

live_blocks: dict[int, int]
_headers: tuple[ModuleType, ...]
"""

PLAIN = {"c_void_p": "c_void_p", "c_char_p": "c_char_p", "c_wchar_p": "c_wchar_p", "c_char": "CHAR", "c_wchar": "WCHAR"}
PLAIN |= {"c_longlong": "_SimpleCData[int]"}


def is_simple(ctype: Any) -> bool:
    return issubclass(ctype, ctypes._SimpleCData)


def name_of(ctype: Any) -> str:
    return PLAIN.get(ctype.__name__, ctype.__name__)


def target_of(ctype: Any) -> str:
    """What a pointer points to, for a parameter: others than DWORD stand for a DWORD, others than SOCKADDR for a SOCKADDR."""
    target = ctype._type_
    return "Any" if not issubclass(target, ctypes.Structure) or hasattr(target, "_stands_for_") else name_of(target)


def taken(parameter: _functions._Parameter) -> str:
    """What a parameter takes: see _Parameter.type, which decides it at run time."""
    ctype, number = parameter.ctype, "int | " if parameter.takes_address else ""
    if issubclass(ctype, ctypes._Pointer):
        return f"{number}_To[{target_of(ctype)}]"
    if issubclass(ctype, CompletionRoutine):
        return "_Callback" if ctype is winbase.WAITORTIMERCALLBACK else "_Routine"
    if issubclass(ctype, (ctypes.Structure, ctypes.Union)):
        return name_of(ctype)
    if _functions._is_integer(ctype):
        return "_Integer"
    if _functions._is_address(ctype) and ctype is not ctypes.c_void_p:
        return "_Handle"
    return " | ".join([f"{number}_Buffer", *(kind.__name__ for kind in parameter.strings())])


def passed(ctype: Any) -> str:
    """What a routine is called with, by the program itself."""
    if not is_simple(ctype):
        return f"_To[{target_of(ctype)}]"
    return "_Handle" if ctype._type_ == "P" else "_Integer"


def given(ctype: Any) -> str:
    """What a result, or a field that is read, is."""
    if ctype is None:
        return "None"
    if is_simple(ctype):
        if ctype._type_ in "zZ":
            return {"z": "bytes", "Z": "str"}[ctype._type_] + " | Any"
        return {"P": "int | Any", "c": "bytes", "u": "str"}.get(ctype._type_, "int")
    if issubclass(ctype, ctypes.Array):
        return {"c": "bytes", "u": "str"}.get(getattr(ctype._type_, "_type_", ""), f"Array[{name_of(ctype._type_)}]")
    return name_of(ctype)


def field(owner: Any, name: str, ctype: Any) -> str:
    read = given(ctype)
    if isinstance(getattr(owner, name), _functions._BufferField):
        is_buffer = is_simple(ctype) or is_simple(ctype._type_)
        return f"_Field[{read}, {'int | _Buffer' if is_buffer else f'_To[{target_of(ctype)}]'}]"
    if is_simple(ctype) and ctype._type_ == "P":
        return f"_Field[{read}, _Handle | _Buffer]"
    if issubclass(ctype, ctypes._Pointer):
        return f"_Field[{read}, _Pointer[{target_of(ctype)}] | Array[{target_of(ctype)}] | None]"
    if is_simple(ctype) and read == "int":
        return f"_Field[{read}, _Integer]"
    return read


def fields(owner: Any) -> list[str]:
    lines = []
    for name, ctype, *_ in owner._fields_:
        if name in getattr(owner, "_anonymous_", ()):
            lines += fields(ctype)
        elif not name.startswith("__"):
            lines.append(f"    {name}: {field(owner, name, ctype)}")
    return lines


def structure(name: str, value: Any) -> list[str]:
    """A structure, after those without a name in C that it has inside."""
    lines = []
    for _, ctype, *_ in value._fields_:
        if ctype.__name__.startswith("_") and hasattr(ctype, "_fields_") and ctype is not value:
            lines += structure(ctype.__name__, ctype)
    base = "Union" if issubclass(value, ctypes.Union) else "Structure"
    properties = [f"    {key}: int" for key, of in vars(value).items() if type(of) is property]
    return [*lines, f"class {name}({base}):", *fields(value), *properties]


class Stub:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.kinds: dict[str, dict[str, str]] = {"_c": {}, "_c_or_number": {}}

    def annotation(self, parameter: _functions._Parameter) -> str:
        """`_c.DWORD`: an editor shows it by its last name, as the prototype has it."""
        said, key = taken(parameter), parameter.text.replace("POINTER(", "P").rstrip(")")
        if said == key:
            return key
        kinds = "_c_or_number" if parameter.takes_address and "LPVOID" not in key else "_c"
        assert self.kinds[kinds].setdefault(key, said) == said, f"{key} takes different things"
        return f"{kinds}.{key}"

    def prototype(self, name: str, ctype: Any, types: dict[str, Any], addresses: Any, before: str = "") -> str:
        texts, scope = ctype.__annotations__, vars(winsock_ctypes)
        parameters = [f"{before}, "] if before else []
        for key, kind in types.items():
            parameter = _functions._Parameter(name, key, texts[key], kind, scope, key in addresses)
            parameters.append(f"{key}: {self.annotation(parameter)}, ")
        result = result_of(ctype)
        return f"def {name}({''.join(parameters).removesuffix(', ')}) -> {result}: ..."

    def add(self, header: str, name: str, value: Any) -> None:
        if isinstance(value, _functions.ForeignFunction):
            if name != value.__name__:
                self.lines.append(f"{name} = {value.__name__}")
            else:
                self.lines.append(self.prototype(name, value, value.types, takes_numbers(value)))
        elif value is None:
            self.lines.append(f"{name}: None")
        elif isinstance(value, int):
            self.lines.append(f"{name}: _Constant")
        elif isinstance(value, ctypes.Structure):
            self.lines.append(f"{name}: {type(value).__name__}")
        elif not isinstance(value, type):
            assert callable(value) or isinstance(value, stdio.FILE), name
            self.lines.append(f"from winsock_ctypes.{header} import {name} as {name}")
        elif value.__name__ != name and value.__module__ != "ctypes":
            self.lines.append(f"{name} = {value.__name__}")
        elif issubclass(value, CompletionRoutine):
            kinds = ", ".join(given(ctype) for ctype in value._argtypes_)
            arguments = ", ".join(f"{letter}: {passed(ctype)}" for letter, ctype in zip("abcd", value._argtypes_, strict=False))
            self.lines += [
                f"class {name}(_CFuncPtr):",
                f"    def __init__(self, function: Callable[[{kinds}], object]) -> None: ...",
                f"    def __call__(self, {arguments}, /) -> Any: ...",
            ]
        elif issubclass(value, ctypes._CFuncPtr):
            self.lines += [
                f"class {name}(_CFuncPtr):",
                "    def __bool__(self) -> bool: ...",
                f"    {self.prototype('__call__', value, value.types, (), 'self')}",
            ]
        elif issubclass(value, (ctypes.Structure, ctypes.Union)):
            self.lines += structure(name, value)
        elif issubclass(value, ctypes._Pointer):
            self.lines.append(f"class {name}(_Pointer[{name_of(value._type_)}]): ...")
        elif value.__module__ == "ctypes":
            self.lines.append(f"from ctypes import {value.__name__} as {name}")
        else:
            self.lines.append(f"class {name}(_SimpleCData[{given(value)}]): ...")


def result_of(ctype: Any) -> str:
    restype = (ctype if isinstance(ctype, type) else type(ctype))._restype_
    check = getattr(restype, "_check_retval_", None)
    return "_Constant" if getattr(check, "__name__", "") == "__getitem__" else given(restype)


def takes_numbers(function: Any) -> list[str]:
    """The parameters that may be given as a number: a number is converted, and no other pointer's converter takes one."""
    found = []
    for key, converter in zip(function.types, type(function)._argtypes_, strict=True):
        try:
            found += [key] if converter.from_param(4096) else []
        except TypeError:
            pass
    return found


def stub() -> str:
    made, placed = Stub(), {"POINTER", "Structure", "Union", "live_blocks", *OPERATORS}
    for header in HEADERS:
        made.lines += ["", f"# ---- {header}"]
        for name in sorted((names := defined_names(header)), key=lambda name: names[name]):
            if name in winsock_ctypes.__all__ and name not in placed:
                placed.add(name)
                made.add(header, name, getattr(getattr(winsock_ctypes, header), name))
    assert placed >= set(winsock_ctypes.__all__), set(winsock_ctypes.__all__) - placed
    kinds = []
    for kind, names in made.kinds.items():
        kinds += [f"class {kind}:", *(f"    {name}: TypeAlias = {said}" for name, said in sorted(names.items())), ""]
    everything = textwrap.indent(textwrap.fill(", ".join(f'"{name}"' for name in winsock_ctypes.__all__), 120), "    ")
    parts = [
        HEAD,
        f"__all__ = [\n{everything},\n]\n",
        MACHINERY,
        "# what parameters take, by the names of C\n",
        *kinds,
        *made.lines,
    ]
    return "\n".join(parts) + "\n"


def pages() -> dict[str, str]:
    return {"winsock_ctypes/__init__.pyi": stub()}
