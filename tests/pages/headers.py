"""Compares the package with the C headers: every exported name becomes a line of C that only compiles if it is right.

docs/verified.md, the table of what was compared, is for the places without a C compiler. tests/c/check-headers does the whole.

    python tests/pages/headers.py emit FOLDER      write headers.c, and a wrong-*.c for each way to be wrong
    python tests/pages/headers.py write VERSION    write docs/verified.md, once the compiler agrees
"""

import ctypes
import difflib
import re
import sys
import types
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import winsock_ctypes
from winsock_ctypes import _functions, _values, winsock2

TABLE = Path(__file__).resolve().parent.parent.parent / "docs" / "verified.md"
MISTAKES = TABLE.parent.parent / "tests" / "mutants" / "figures.md"  # what follows the table

# ---- what cannot be compared, and why ----------------------------------------------------------------------------

LEFT_OUT = {
    "NULL": "Python's None: no C type",
    "POINTER": "makes pointer types: not in C",
    "Structure": "base class: not in C",
    "Union": "base class: not in C",
    "live_blocks": "malloc's list of blocks: not in C",
    "addressof": "an address as a number: not in C",
    "byref": "C's &",
    "sizeof": "an operator in C",
    **dict.fromkeys(
        "HasOverlappedIoCompleted WSA_CMSG_FIRSTHDR WSA_CMSG_NXTHDR WSA_CMSG_DATA".split(),
        "a macro that looks at memory: tested by its effect",
    ),
    "EOF": "stdio.h's: not in the headers compared",
    "stdin": "a Python object: tested by its effect",
    "stdout": "a Python object: tested by its effect",
    "stderr": "a Python object: tested by its effect",
    **dict.fromkeys(
        "malloc free atoi exit memset memmove strlen strcmp puts fputs printf fgets".split(),
        "a Python function: no prototype, tested by its effect",
    ),
}

# Fields whose C type is another one than the package's: what it is here, what it is in C, and why. Offset and size are equal.
OTHER_FIELDS = {
    "WSABUF.buf": ("BYTE *", "CHAR *", "here a pointer to numbers, through which the buffer can be read and written"),
    "SOCKADDR_IN.sin_family": ("USHORT", "short", "unsigned in Microsoft's header"),
    "SOCKADDR_IN6.sin6_family": ("USHORT", "short", "unsigned in Microsoft's header"),
    "SOCKADDR_STORAGE.ss_family": ("USHORT", "short", "unsigned in Microsoft's header"),
}

# Parameters that point to something `const` in C. ctypes knows no const.
CONST = {
    ("bind", "name"),
    ("connect", "name"),
    ("sendto", "to"),
    ("WSAConnect", "name"),
    ("WSASendTo", "lpTo"),
    ("inet_ntop", "pAddr"),
    ("GetAddrInfoW", "pHints"),
    ("GetNameInfoW", "pSockaddr"),
    ("LPFN_CONNECTEX", "name"),
    ("WSAWaitForMultipleEvents", "lphEvents"),
    ("select", "timeout"),
}

# Macros, written as functions in Python: expressions that mean the same in C and in Python.
MACROS = {
    "MAKEWORD": ("MAKEWORD(2, 2)", "MAKEWORD(0x1FE, 0x1FF)", "MAKEWORD(-1, 0)"),
    "LOBYTE": ("LOBYTE(0x1234)", "LOBYTE(0x12345)"),
    "HIBYTE": ("HIBYTE(0x1234)", "HIBYTE(0x12345)"),
    "WSA_CMSG_LEN": ("WSA_CMSG_LEN(0)", "WSA_CMSG_LEN(9)"),
    "WSA_CMSG_SPACE": ("WSA_CMSG_SPACE(0)", "WSA_CMSG_SPACE(8)", "WSA_CMSG_SPACE(9)"),
}

# The macros for an fd_set are compared by what a set holds after each of these steps.
FD_STEPS: list[tuple[str, Iterable[int]]] = [
    ("FD_ZERO", ()),
    ("FD_SET", (7, 8, 7, 9)),
    ("FD_CLR", (8, 5)),
    ("FD_SET", range(100, 170)),  # more than it can hold
    ("FD_CLR", (7, 100)),
    ("FD_ZERO", ()),
]

INCLUDES = """\
#define UNICODE /* WSASocket is WSASocketW */
#define WIN32_NO_STATUS /* all STATUS_... codes from ntstatus.h */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#undef WIN32_NO_STATUS
#include <winternl.h>
#include <ntstatus.h>
#include <stddef.h>
#include <stdio.h>

#if __MINGW64_VERSION_MAJOR < 12
#define TIMEOUT_CONST /* select has `const PTIMEVAL` there, which makes the pointer const, not what it points to */
#else
#define TIMEOUT_CONST const
#endif
#define SAME(a, b) __builtin_types_compatible_p(__typeof__(a), __typeof__(b)) /* int is not long, char * not const char * */
#define TEXT_OF(macro) TEXT_OF_(macro)
#define TEXT_OF_(text) #text
#define CHECK(what, condition) _Static_assert(condition, what)

static int wrong;

static void expect(int right, const char *what)
{
    if (!right) {
        wrong = 1;
        printf("%s is wrong\\n", what);
    }
}
"""


class Fact(NamedTuple):
    """What the package says about one name: for the table, and for the compiler."""

    name: str
    kind: str
    value: str
    note: str = ""
    c: str = ""  # checked on 64-bit Windows
    c_anywhere: str = ""  # checked on 32-bit Windows too, the only one with more than one calling convention
    c_run: str = ""  # checked when the compiled program runs


def exported() -> dict[str, Any]:
    return {name: getattr(winsock_ctypes, name) for name in winsock_ctypes.__all__}


def facts(names: dict[str, Any]) -> list[Fact]:
    return [fact(name, value, names) for name, value in sorted(names.items(), key=lambda item: (item[0].lower(), item[0]))]


def fact(name: str, value: Any, names: dict[str, Any]) -> Fact:
    if name in LEFT_OUT:
        return Fact(name, "left out", "", LEFT_OUT[name])
    if isinstance(value, int):
        return constant(name, value)
    if isinstance(value, (ctypes.Structure, ctypes.Union)):
        return whole(name, value)
    if isinstance(value, _functions.ForeignFunction):
        return function(name, value)
    if isinstance(value, types.FunctionType):
        return macro(name, names) if name in MACROS else fd_macro(name, names)
    if value is None and name != "VOID":
        return Fact(name, "constant", "NULL", c=check(name, f"(ULONG_PTR)({name}) == 0"))
    if value is None or isinstance(value, type):
        return type_(name, value)
    raise TypeError(f"{name}: nobody knows how to compare a {type(value).__name__} with C")


def check(what: str, condition: str) -> str:
    """C for: the compiler shall verify."""
    return f'CHECK("{what}", {condition});'


def expect(what: str, condition: str) -> str:
    """C for: the running program shall verify."""
    return f'expect({condition}, "{what}");'


# ---- values ------------------------------------------------------------------------------------------------------


def literal(value: int) -> str:
    return f"{value}ull" if value >= 0 else f"({value}ll)"


def constant(name: str, value: int) -> Fact:
    value = int(value)
    in_c, note = f"({name})", ""
    if name.startswith("STATUS_"):
        in_c, note = f"(DWORD)({name})", "as DWORD: some of the NTSTATUS codes are negative in C"
    if name == "INVALID_HANDLE_VALUE":
        in_c, note = f"(ULONG_PTR)({name})", "as a number: a pointer in C"
    # The sign apart, for in C -1 == 0xFFFFFFFFFFFFFFFF.
    right = check(name, f"{in_c} == {literal(value)} && ({in_c} < 0) == {int(value < 0)}")
    return Fact(name, "constant", hex(value) if value > 0xFFFF else str(value), note, right)


def whole(name: str, value: Any) -> Fact:
    """A structure with a value, like the GUID WSAID_ACCEPTEX, byte for byte."""
    run = f"{{ {c_type(type(value))} is = {name}; {same_bytes(name, value)} }}"
    return Fact(name, "constant", f"{type(value).__name__} {bytes(value).hex()}", c_run=run)


def same_bytes(what: str, value: Any) -> str:
    should_be = ", ".join(map(str, bytes(value)))
    return f"BYTE should_be[] = {{{should_be}}}; {expect(what, 'memcmp(&is, should_be, sizeof is) == 0')}"


def macro(name: str, names: dict[str, Any]) -> Fact:
    results = {text: eval(text, {name: names[name]}) for text in MACROS[name]}
    right = "\n".join(check(name, f"{text} == {result}") for text, result in results.items())
    return Fact(name, "macro", ", ".join(f"{text} = {result}" for text, result in results.items()), c=right)


def fd_macro(name: str, names: dict[str, Any]) -> Fact:
    if name not in ("FD_ZERO", "FD_SET", "FD_CLR", "FD_ISSET"):
        raise LookupError(f"{name}: no samples of this macro in MACROS")
    fd_set, run, left = winsock_ctypes.fd_set(), [], []
    for step, fds in FD_STEPS:
        for fd in fds:
            names[step](fd, fd_set)
            run.append(f"{step}({fd}, &set);")
        if step == "FD_ZERO":
            names[step](fd_set)
            run.append("FD_ZERO(&set);")
        count, has_7 = fd_set.fd_count, int(bool(names["FD_ISSET"](7, fd_set)))
        run.append(expect(step, f"set.fd_count == {count} && !!FD_ISSET(7, &set) == {has_7}"))
        run += [expect(step, f"set.fd_array[{at}] == {fd_set.fd_array[at]}") for at in range(count)]
        left.append(f"{count} with 7" if has_7 else f"{count}")
    value = f"sockets in a set after each of {len(FD_STEPS)} steps: {', '.join(left)}"
    return Fact(name, "macro", value, c_run="{ fd_set set;\n" + "\n".join(run) + "\n}" if name == "FD_SET" else "")


# ---- types -------------------------------------------------------------------------------------------------------

# ctypes' own types have other names than the headers'.
PLAIN = {
    None: "void",
    ctypes.c_char: "char",
    ctypes.c_wchar: "wchar_t",
    ctypes.c_void_p: "void *",
    ctypes.c_char_p: "char *",
    ctypes.c_wchar_p: "wchar_t *",
    ctypes.c_longlong: "__int64",
}


def is_layout(ctype: Any) -> bool:
    return isinstance(ctype, type) and issubclass(ctype, (ctypes.Structure, ctypes.Union))


def c_type(ctype: Any) -> str:
    """How C calls a type of the package."""
    if ctype in PLAIN:
        return PLAIN[ctype]
    if issubclass(ctype, ctypes.Array):
        return f"__typeof__({c_type(ctype._type_)}[{ctype._length_}])"
    return c_name(ctype, ctype.__name__)


def c_name(ctype: Any, name: str) -> str:
    is_tag = name.islower() or name == "addrinfoW"  # sockaddr_in is a tag, SOCKADDR_IN a typedef
    return f"struct {name}" if is_layout(ctype) and is_tag else name


def python_type(ctype: Any) -> str:
    """The same for the table, which shows what is Python's own choice: the size and sign of numbers."""
    if ctype in PLAIN:
        return PLAIN[ctype]
    if issubclass(ctype, ctypes.Array):
        return f"{python_type(ctype._type_)}[{ctype._length_}]"
    name: str = ctype.__name__
    return name


def type_(name: str, ctype: Any) -> Fact:
    in_c = c_type(ctype)
    if ctype in PLAIN:
        if name.startswith(("LPC", "PC")):  # LPCSTR: ctypes knows no const, but C does
            in_c = f"const {in_c}"
        return Fact(name, "type", in_c, c=check(name, f"SAME({name}, {in_c})"))
    if ctype.__name__ != name:  # one type with two names
        return Fact(name, "type", f"= {ctype.__name__}", c=check(name, f"SAME({c_name(ctype, name)}, {in_c})"))
    if is_layout(ctype):
        return layout(name, ctype)
    if issubclass(ctype, ctypes._Pointer):
        target: Any = ctype._type_
        return Fact(name, "type", f"{python_type(target)} *", c=check(name, f"SAME({name}, {c_type(target)} *)"))
    if issubclass(ctype, ctypes._CFuncPtr):
        return function_pointer(name, ctype)
    size = ctypes.sizeof(ctype)
    if ctype._type_ == "P":
        return Fact(name, "type", "void *", c=check(name, f"SAME({name}, void *)"))
    signed = ctype._type_.islower()
    is_integer = f"__builtin_classify_type(({name})0) == __builtin_classify_type(0)"
    right = check(name, f"{is_integer} && sizeof({name}) == {size} && (({name})-1 < 0) == {int(signed)}")
    return Fact(name, "type", f"{size} bytes, {'signed' if signed else 'unsigned'}", c=right)


def all_fields(ctype: Any) -> list[tuple[Any, ...]]:
    return [field for cls in reversed(ctype.__mro__) for field in cls.__dict__.get("_fields_", ())]


def fields(ctype: Any, path: str = "", start: int = 0) -> list[tuple[str, int, Any, int]]:
    """Path, offset, type, bits of every field that C can name, those of nested types without a name of their own, too."""
    found = []
    for name, field_type, *bits in all_fields(ctype):
        offset = start + getattr(ctype, name).offset
        if name in getattr(ctype, "_anonymous_", ()):
            found += fields(field_type, path, offset)
            continue
        found.append((path + name, offset, field_type, bits[0] if bits else 0))
        if is_layout(field_type) and field_type.__name__.startswith("_"):
            found += fields(field_type, f"{path}{name}.", offset)
    return found


def layout(name: str, ctype: Any) -> Fact:
    in_c, size, alignment = c_type(ctype), ctypes.sizeof(ctype), ctypes.alignment(ctype)
    checks = [check(name, f"sizeof({in_c}) == {size} && _Alignof({in_c}) == {alignment}")]
    run, shown, notes = [], [], []
    for path, offset, field_type, bits in fields(ctype):
        dotted = f"{name}.{path}"
        if bits:  # has no offset: compared by where it puts its ones
            filled = ctype()
            setattr(filled, path, -1)
            sign = expect(dotted, f"(is.{path} < 0) == {int(getattr(filled, path) < 0)}")
            run.append(f"{{ {in_c} is = {{0}}; is.{path} = -1; {same_bytes(dotted, filled)} {sign} }}")
            shown.append(f"{path} {bytes(filled).hex()} {python_type(field_type)}:{bits}")
            continue
        field = f"(({in_c} *)0)->{path}"
        checks.append(check(dotted, f"offsetof({in_c}, {path}) == {offset}"))
        checks.append(check(dotted, f"sizeof({field}) == {ctypes.sizeof(field_type)}"))
        type_in_c = c_type(field_type)
        if dotted in OTHER_FIELDS:
            type_here, type_in_c, reason = OTHER_FIELDS[dotted]
            checks.append(check(dotted, f"SAME({c_type(field_type)}, {type_here})"))
            notes.append(f"{path} is {type_in_c.replace(' *', '*')} in mingw-w64: {reason}")
        nested = field_type.__name__.startswith("_")
        if not nested:  # the type itself: not just its size, also its sign, and what a pointer points to
            checks.append(check(dotted, f"SAME({field}, {type_in_c})"))
        shown.append(f"{path} {offset}:{ctypes.sizeof(field_type)}" + ("" if nested else f" {python_type(field_type)}"))
    value = f"{size} bytes, aligned to {alignment}: {', '.join(shown)}"
    kind = "union" if issubclass(ctype, ctypes.Union) else "struct"
    return Fact(name, kind, value, "; ".join(notes), "\n".join(checks), c_run="\n".join(run))


# ---- functions ---------------------------------------------------------------------------------------------------


def convention(ctype: Any) -> str:
    return "__cdecl" if ctype._flags_ & 1 else "__stdcall"


def function(name: str, value: Any) -> Fact:
    """C is told the names of the types. That the types in use are the exported ones of these names is a test of its own."""
    prototype, shown, note = declaration(value.__name__, value.__annotations__)
    form = f"{convention(type(value))} {{}}"
    right = same_as_typedef(name, prototype, form)
    if name != value.__name__:
        right += "\n" + check(name, f'__builtin_strcmp(TEXT_OF({name}), "{value.__name__}") == 0')
        return Fact(name, "function", f"= {value.__name__}", c_anywhere=right)
    return Fact(name, "function", shown.format(form.format(name)), note, c_anywhere=right)


def function_pointer(name: str, ctype: Any) -> Fact:
    form = f"({convention(ctype)} *{{}})"
    if ctype.__annotations__:
        prototype, shown, note = declaration(name, ctype.__annotations__)
    else:
        result, arguments = ctype._restype_, ctype._argtypes_
        prototype, note = f"{c_type(result)} {{}}({', '.join(map(c_type, arguments)) or 'void'})", ""
        shown = f"{python_type(result)} {{}}({', '.join(map(python_type, arguments)) or 'void'})"
    right = same_as_typedef(name, prototype, form)
    return Fact(name, "function pointer", shown.format(form.format("")), note, c_anywhere=right)


def same_as_typedef(name: str, prototype: str, form: str) -> str:
    return f"typedef {prototype.format(form.format(f'check_{name}'))};\n{check(name, f'SAME({name}, check_{name})')}"


def declaration(name: str, annotations: dict[str, str]) -> tuple[str, str, str]:
    """A prototype for C and for the table, each with {} in place of the name, and a note for the table."""
    texts = {parameter: re.sub(r"^POINTER\((.*)\)$", r"\1 *", text) for parameter, text in annotations.items()}
    result, for_c, shown, notes = texts.pop("return"), [], [], []
    for parameter, text in texts.items():
        shown.append(f"{text} {parameter}")
        if (name, parameter) in CONST:
            text = f"{'TIMEOUT_CONST' if name == 'select' else 'const'} __typeof__(*({text})0) *"
            notes.append(f"*{parameter} is const in C")
        for_c.append(text)
    return f"{result} {{}}({', '.join(for_c) or 'void'})", f"{result} {{}}({', '.join(shown) or 'void'})", "; ".join(notes)


# ---- the C program, and the table --------------------------------------------------------------------------------


def source(all_facts: list[Fact]) -> str:
    """Compiles only if everything is right; exit status 0 if what only running can tell is right, too."""
    lines = [INCLUDES]
    lines += [f"{f.c_anywhere}" for f in all_facts if f.c_anywhere]
    lines += ["#ifdef _WIN64", *(f.c for f in all_facts if f.c), "#endif\n"]
    lines += ["int main(void)\n{", *(f.c_run for f in all_facts if f.c_run)]
    lines += ['    if (!wrong) puts("mingw-w64 " __MINGW64_VERSION_STR);', "    return wrong;\n}\n"]
    return "\n".join(lines)


def table(all_facts: list[Fact], version: str) -> str:
    head = f"""\
<!-- made by python -m tests.pages write headers -->
# Verified against the C headers

Each name that `from winsock_ctypes import *` brings, as a C compiler has verified it against the headers of
{version} for 64-bit Windows (prototypes also for 32-bit Windows, where calling conventions differ).
`tests/c/check-headers` compares again, `tests/pages/test_headers.py` compares the package with this table. Fields read
`name offset:size type`.

| name | kind | value, size or prototype | verified against |
|---|---|---|---|
"""
    against = version.split()[0]
    rows = []
    for f in all_facts:
        verified = "nothing" if f.kind == "left out" else against
        rows.append(f"| {f.name} | {f.kind} | {f.value} | {verified}{f.note and ': ' + f.note} |\n".replace("*", "\\*"))
    return head + "".join(rows) + "\n" + MISTAKES.read_text(encoding="utf-8")


def pages() -> dict[str, str]:
    """As it is for the headers that were compared last: for others, a compiler must have its say first."""
    return {"docs/verified.md": table(facts(exported()), kept_version(TABLE.read_text(encoding="utf-8")))}


def kept_version(text: str) -> str:
    """The headers' version, from the text of the table."""
    return text.split("the headers of\n")[1].split(" for ")[0]


def differences(names: dict[str, Any]) -> list[str]:
    """The rows of the kept table that are not what `names` says: as it was (-), as it is (+)."""
    kept = TABLE.read_text(encoding="utf-8")
    now = table(facts(names), kept_version(kept))
    diff = difflib.unified_diff(kept.splitlines(), now.splitlines(), "docs/verified.md", "the package", n=0, lineterm="")
    return list(diff)


# ---- ways to be wrong: each must be noticed by the compiler (or the running program) and by the table --------------


def all_wrong() -> dict[str, dict[str, Any]]:
    """For each kind of mistake, all exported names, with one of them declared wrong."""
    good = exported()

    def declared(prototype: str) -> Any:
        scope = {**good, "wanted": _functions.imported_from(winsock2.ws2_32)}
        exec(f"from __future__ import annotations\n@wanted\n{prototype}: ...", scope)
        return scope[prototype[4 : prototype.index("(")]]

    def typed(name: str, base: Any, **body: Any) -> Any:
        return type(base)(name, (base,), body)

    def fields(name: str, text: str) -> Any:
        pairs = map(str.split, text.split(","))
        return typed(name, good["Structure"], _fields_=[(field, good[ctype]) for field, ctype in pairs])

    ULONG, routine = good["ULONG"], good["LPWSAOVERLAPPED_COMPLETION_ROUTINE"]
    bits = typed("SCOPE_ID", good["Structure"], _fields_=[("Zone", ULONG, 4), ("Level", ULONG, 28)])
    without_error = typed(routine.__name__, ctypes._CFuncPtr, _flags_=0, _restype_=None, _argtypes_=routine._argtypes_[1:])
    flattened = "Internal ULONG_PTR, InternalHigh ULONG_PTR, Offset DWORD, OffsetHigh DWORD, Pointer LPVOID, hEvent HANDLE"
    another_convention = declared("def listen(s: SOCKET, backlog: INT) -> INT")
    type(another_convention)._flags_ |= 1  # __cdecl
    mistakes: dict[str, tuple[str, Any]] = {
        "offset": ("WSABUF", fields("WSABUF", "buf PBYTE, len ULONG")),
        "flattened-union": ("OVERLAPPED", fields("OVERLAPPED", flattened)),
        "field-sign": ("timeval", fields("timeval", "tv_sec LONG, tv_usec ULONG")),
        "field-pointee": ("WSABUF", fields("WSABUF", "len ULONG, buf LPINT")),
        "field-type-of-same-size": ("timeval", fields("timeval", "tv_sec LONG, tv_usec INT")),
        "bit-field": ("SCOPE_ID", bits),
        "constant": ("WSAEWOULDBLOCK", 10036),
        "guid": ("WSAID_ACCEPTEX", good["WSAID_CONNECTEX"]),
        "constant-sign": ("INADDR_NONE", -1),
        "wide-constant-sign": ("INVALID_SOCKET", -1),
        "parameter-type": ("listen", declared("def listen(s: SOCKET, backlog: DWORD) -> INT")),
        "parameter-type-of-same-size": ("listen", declared("def listen(s: SOCKET, backlog: LONG) -> INT")),
        "parameter-not-const": ("send", declared("def send(s: SOCKET, buf: LPSTR, len: INT, flags: INT) -> INT")),
        "parameter-pointee": ("ioctlsocket", declared("def ioctlsocket(s: SOCKET, cmd: LONG, argp: LPINT) -> INT")),
        "parameter-missing": ("listen", declared("def listen(s: SOCKET) -> INT")),
        "return-type": ("socket", declared("def socket(af: INT, type: INT, protocol: INT) -> INT")),
        "calling-convention": ("listen", another_convention),
        "other-function": ("WSASocket", good["socket"]),
        "type-size": ("SHORT", typed("SHORT", ctypes._SimpleCData, _type_="i")),
        "type-sign": ("SOCKET", typed("SOCKET", ctypes._SimpleCData, _type_="q")),
        "type-alias": ("BOOL", good["LONG"]),
        "pointer": ("LPWSABUF", _values.pointer_type("LPWSABUF", good["WSADATA"])),
        "routine": (routine.__name__, without_error),
        "macro": ("HIBYTE", good["LOBYTE"]),
        "fd_set-macro": ("FD_CLR", lambda fd, fd_set: None),
    }
    return {kind: {**good, name: value} for kind, (name, value) in mistakes.items()}


# ---- the command line --------------------------------------------------------------------------------------------


def main(arguments: list[str]) -> int:
    match arguments:
        case ["emit", folder]:
            programs = {"headers": exported(), **{f"wrong-{kind}": names for kind, names in all_wrong().items()}}
            for name, names in programs.items():
                Path(folder, f"{name}.c").write_text(source(facts(names)), encoding="utf-8", newline="\n")
        case ["write", version]:
            TABLE.write_text(table(facts(exported()), version), encoding="utf-8", newline="\n")
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
