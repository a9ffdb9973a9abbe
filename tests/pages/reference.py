"""docs/reference.md, from the docstrings that `help(WSARecv)` shows, and docs/ko/reference.md, with these in Korean."""

from __future__ import annotations

import ast
import ctypes
import inspect
import os
import re
import types
from dataclasses import dataclass, field
from typing import NamedTuple, TypeGuard

import winsock_ctypes
from tests.pages import reference_ko
from tests.pages.cut import ROOT, read
from winsock_ctypes import _functions, stdio

HEADERS = ("windef", "winerror", "winbase", "winsock2", "ws2tcpip", "mswsock", "stdlib", "string", "stdio")
OPERATORS = {
    "addressof": "ctypes.addressof: `addressof(x)`, an address as a number",
    "byref": "ctypes.byref: `byref(x)` is C's `&x`, `byref(x, n)` so many bytes further on",
    "sizeof": "ctypes.sizeof: C's `sizeof`",
}


def defined_names(header: str) -> dict[str, int]:
    """What a header module defines itself -> line number."""
    found: dict[str, int] = {}
    for node in ast.parse(read(f"winsock_ctypes/{header}.py")).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found[node.name] = node.lineno
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found[node.target.id] = node.lineno
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    found.setdefault(target.id, node.lineno)
    return found


def users() -> dict[str, list[str]]:
    """Name -> the examples whose code mentions it."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "examples").glob("*_*.py")):
        if path.name.startswith("_"):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for name in sorted({node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}):
            found.setdefault(name, []).append(path.stem)
    return found


def verified() -> dict[str, str]:
    """Name -> what docs/verified.md says it was verified against; empty without that table."""
    if not (ROOT / "docs/verified.md").exists():
        return {}
    rows = re.findall(r"^\| (\w+) \|.*\| ([^|]*) \|$", read("docs/verified.md"), re.M)
    return {name: against for name, against in rows if name != "name"}


class Doc(NamedTuple):
    """A docstring, taken apart."""

    meaning: str
    returns: str
    learn: str


def taken_apart(docstring: str) -> Doc:
    text = inspect.cleandoc(docstring)
    match = re.search(r'Microsoft Learn: "([^"]+)"\.?', text)
    learn = match[1] if match else ""
    if match:
        text = (text[: match.start()] + text[match.end() :]).strip()
    match = re.search(r"(?:^|(?<=\. )|(?<=\n))(?:Returns|반환:) ", text)
    returns = ""
    if match:
        text, returns = text[: match.start()].strip(), text[match.start() :].strip()
    elif "It does not fail." in text:
        text, returns = text.replace("It does not fail.", "").strip(), "Nothing. It does not fail."
    elif "실패하지 않는다." in text:
        text, returns = text.replace("실패하지 않는다.", "").strip(), "없다. 실패하지 않는다."
    return Doc(text, returns.removeprefix("Returns ").removeprefix("반환: "), learn)


def one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def paragraphs(text: str) -> str:
    """Lines that are sentences of their own stay lines; examples (indented) become code."""
    out, code = [], []
    for line in text.splitlines():
        if line.startswith("    "):
            code.append(line[4:])
            continue
        if code:
            out += ["", "```python", *code, "```", ""]
            code = []
        starts = re.match(r"([A-Za-z_][\w, ]*): ", line, re.ASCII)
        bullet = starts and not line.startswith("FALSE")
        if not bullet and out and out[-1].endswith("."):
            listed = next((True for above in reversed(out) if above.startswith("- ")), False)
            out += [""] if listed else []
        out.append(f"- {line}" if bullet else line)
    if code:
        out += ["", "```python", *code, "```", ""]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(out).strip())


HEAD = """\
<!-- made by python -m tests.pages write reference -->
# Reference

Korean: [ko/reference.md](ko/reference.md)

All {count} names that `from winsock_ctypes import *` brings, by header, with the docstrings that `help(WSARecv)` shows.

"Microsoft Learn" gives the title of the page there. "Verified against the headers" is what
[docs/verified.md](verified.md) says: a C compiler has compared the declaration with that header set.

## A function that is not here

One more function of a DLL is declared as the package declares its own, and is then as comfortable: arguments are refused in
words, `WSAGetLastError()` and `GetLastError()` are right after it, `help` shows the prototype.

```python
from winsock_ctypes import *
from winsock_ctypes import imported_from

@imported_from("kernel32")
def GetHandleInformation(hObject: HANDLE, lpdwFlags: LPDWORD) -> BOOL: ...
```

The parameters' types are those below, or ctypes' own. `@imported_from("kernel32", alertable=True)` is for a wait in which
completion routines may run: what they raise comes out of it. `function_pointer` is for one that WSAIoctl finds, as in
`winsock_ctypes/mswsock.py`. `from __future__ import annotations` is not needed; with it, types keep the names that you wrote
(`BOOL`, which is `INT`), also in the refusals.
"""


def codes(text: str) -> str:
    """The error codes that a text names, with their numbers."""
    shown = []
    for name in dict.fromkeys(re.findall(r"\b(?:WSA[A-Z_]+|ERROR_[A-Z_0-9]+|WAIT_TIMEOUT|WAIT_IO_COMPLETION)\b", text)):
        value = getattr(winsock_ctypes, name, None)
        is_code = isinstance(value, int) and int(value) not in (0, 0xFFFFFFFF)
        if is_code and not name.startswith(("WSA_WAIT", "WSA_MAX", "WSA_FLAG")):
            shown.append(f"{name} ({int(value)})")
    return ", ".join(shown)


def ctype_name(ctype: object) -> str:
    if isinstance(ctype, type) and issubclass(ctype, ctypes.Array):
        return f"{ctype_name(ctype._type_)}[{ctype._length_}]"
    plain = {"c_char": "CHAR", "c_wchar": "WCHAR", "c_void_p": "LPVOID", "c_char_p": "LPSTR", "c_wchar_p": "LPWSTR"}
    return plain.get(ctype.__name__, ctype.__name__.lstrip("_"))  # type: ignore[attr-defined]


@dataclass
class Section:
    """What is in a header, by kind."""

    types: list[tuple[str, str]] = field(default_factory=list)
    structures: list[str] = field(default_factory=list)
    constants: dict[int, list[tuple[str, object]]] = field(default_factory=dict)  # by the line where their group begins
    functions: list[str] = field(default_factory=list)
    macros: list[str] = field(default_factory=list)


class Reference:
    def __init__(self, korean: bool) -> None:
        self.korean = korean
        self.docs, self.up = (reference_ko.DOCSTRINGS, "../../") if korean else ({}, "../")
        self.used, self.against = users(), verified()

    def say(self, english: str, korean: str) -> str:
        return korean if self.korean else english

    def doc(self, name: str, value: object) -> str:
        return self.docs.get(name) or value.__doc__ or ""

    def page(self) -> str:
        exported, placed, pieces = set(winsock_ctypes.__all__), set[str](), []
        for header in HEADERS:
            names = {name: line for name, line in defined_names(header).items() if name in exported and name not in placed}
            if header == "windef":  # what it takes from the package's own machinery is no C
                names |= {name: 0 for name in ("POINTER", "Structure", "Union", *OPERATORS)}
            if header == "stdlib":
                names["live_blocks"] = 10**6
            placed |= set(names)
            pieces += self.header(header, names)
        if missing := exported - placed:
            raise LookupError(f"no header module defines {sorted(missing)}")
        head = HEAD.format(count=len(exported))
        if self.korean:
            head = reference_ko.HEAD.format(count=len(exported), example=re.findall(r"```python.*?```", head, re.S)[0])
        return head + "\n" + "\n\n".join(pieces) + "\n"

    def header(self, header: str, names: dict[str, int]) -> list[str]:
        module, lines = getattr(winsock_ctypes, header), read(f"winsock_ctypes/{header}.py").splitlines()
        section = Section()
        for name, line in sorted(names.items(), key=lambda item: item[1]):
            value = getattr(winsock_ctypes if name in OPERATORS else module, name)
            if isinstance(value, (int, ctypes.Structure)) or (value is None and name != "VOID"):
                while line > 1 and lines[line - 2].strip() and not lines[line - 2].startswith("name_constants"):
                    line -= 1
                section.constants.setdefault(line, []).append((name, value))
            else:
                self.place(section, name, value)
        about = reference_ko.MODULES[header] if self.korean else module.__doc__ or ""
        pieces = [f"## {header}\n\n{paragraphs(about.strip())}"]
        if section.types:
            title = self.say(f"Types of {header}", f"{header}의 자료형")
            pieces.append(f"### {title}\n\n{self.table_of_types(section.types)}")
        pieces += section.structures
        for line, group in section.constants.items():
            comment = lines[line - 1][1:].strip().rstrip(".") if lines[line - 1].startswith("#") else ""
            title = comment or title_of([name for name, _ in group])
            title = reference_ko.TITLES.get(title, title) if self.korean else title
            pieces.append(f"### {self.say('Constants', '상수')}: {title}\n\n{self.table_of_constants(group)}")
        return pieces + section.functions + section.macros

    def place(self, section: Section, name: str, value: object) -> None:
        """Puts it where things of its kind are."""
        if isinstance(value, _functions.ForeignFunction):
            is_other_name = name != value.__name__
            section.functions.append(
                self.other_name(name, value.__name__) if is_other_name else self.function(name, value, value.prototype)
            )
        elif isinstance(value, type) and issubclass(value, ctypes._CFuncPtr):
            prototype = getattr(value, "prototype", f"void (CALLBACK *{name})(DWORD, DWORD, LPWSAOVERLAPPED, DWORD)")
            section.functions.append(self.function(name, value, prototype))
        elif is_structure(value) and value.__name__ == name:
            section.structures.append(self.structure(name, value))
        elif inspect.isfunction(value) and name not in OPERATORS and name != "POINTER":
            section.macros.append(self.macro(name, value))
        elif isinstance(value, stdio.FILE):
            section.macros.append(f"### {name}\n\n{self.doc(name, value)}\n\n{self.footer(name)}")
        elif name == "live_blocks":
            what = "The blocks not freed yet: address -> size. Not in C.", "아직 해제하지 않은 블록: 주소 -> 크기. C에는 없다."
            section.macros.append(f"### {name}\n\n{self.say(*what)}\n\n{self.footer(name)}")
        else:
            section.types.append((name, self.type_word(name, value)))

    # ---- functions, macros, structures

    def footer(self, name: str, learn: str = "") -> str:
        lines = [f"- Microsoft Learn: {learn}"] if learn else []
        if where := sorted({*self.used.get(name, []), *(self.used.get(name[:-1], []) if name.endswith("W") else [])}):
            links = ", ".join(f"[{example}]({self.up}examples/{example}.py)" for example in where)
            lines.append(f"- {self.say('Used in', '쓰는 곳')}: {links}")
        if self.against:
            word = self.against.get(name, "nothing: no row")
            why_not = word.removeprefix("nothing: ")
            lines.append(
                f"- {self.say('Verified against the headers', '비교한 헤더')}: {word}"
                if why_not == word
                else f"- {self.say('Not verified against the headers', '헤더와 비교하지 않았다')} ({why_not})"
            )
        return "\n".join(lines)

    def returns(self, doc: Doc) -> list[str]:
        return [f"- {self.say('Returns', '반환')}: {one_line(doc.returns)}"] if doc.returns else []

    def function(self, name: str, value: object, prototype: str) -> str:
        doc = taken_apart(self.doc(name, value))
        prototype = re.sub(r"POINTER\((\w+)\) ", r"\1 *", prototype)
        facts = self.returns(doc)
        if found := codes(doc.returns):
            facts.append(f"- {self.say('Codes', '코드')}: {found}")
        facts.append(self.footer(name, taken_apart(value.__doc__ or "").learn))
        text = "\n".join(fact for fact in facts if fact)
        return "\n\n".join([f"### {name}", f"```c\n{prototype};\n```", paragraphs(doc.meaning), text])

    def other_name(self, name: str, of: str) -> str:
        other = self.say(f"Another name of {of}, as in the headers.", f"{of}의 다른 이름, 헤더에서처럼.")
        return f"### {name}\n\n{other}\n\n{self.footer(name)}"

    def macro(self, name: str, value: types.FunctionType) -> str:
        doc = taken_apart(self.doc(name, value))
        signature = ", ".join(value.__code__.co_varnames[: value.__code__.co_argcount])
        body = "\n\n".join([paragraphs(doc.meaning), *self.returns(doc)])
        return f"### {name}\n\n```python\n{name}({signature})\n```\n\n{body}\n\n{self.footer(name)}"

    def structure(self, name: str, value: type) -> str:
        rows = [self.say("| offset | field | type |", "| 오프셋 | 멤버 | 자료형 |"), "|---|---|---|"]
        bit = self.say(" bits", "비트")

        def add(owner: type, start: int, path: str) -> None:
            for member, ctype, *bits in owner._fields_:  # type: ignore[attr-defined]
                offset = start + getattr(owner, member).offset
                if member in getattr(owner, "_anonymous_", ()):
                    add(ctype, offset, path)
                elif ctype.__name__.startswith("_") and hasattr(ctype, "_fields_"):
                    add(ctype, offset, f"{path}{member}.")
                else:
                    rows.append(f"| {offset} | `{path}{member}` | {ctype_name(ctype)}{f', {bits[0]}{bit}' if bits else ''} |")

        add(value, 0, "")
        size = f"{ctypes.sizeof(value)}{self.say(' bytes', '바이트')}."
        text = paragraphs(inspect.cleandoc(self.doc(name, value)))
        return "\n\n".join([f"### {name}", f"{text} {size}", "\n".join(rows), self.footer(name)])

    # ---- types and constants

    def type_word(self, name: str, value: object) -> str:
        if name in OPERATORS:
            return OPERATORS[name]
        if value is None:
            return "no type: of a function without a result"
        if name == "POINTER":
            return one_line(value.__doc__ or "")
        if not isinstance(value, type):
            raise TypeError(f"{name}: the reference has no place for a {type(value).__name__}")
        if value.__module__ == "ctypes":
            return f"ctypes.{value.__name__}"
        if value.__name__ != name and (is_structure(value) or value.__module__.startswith("winsock_ctypes")):
            return f"= {value.__name__}"
        if issubclass(value, ctypes._Pointer):
            target = ctype_name(value._type_)
            return self.say(f"pointer to {target}", f"{target}의 포인터")
        return one_line(value.__doc__ or "") if value.__module__.startswith("winsock_ctypes") else ""

    def table_of_types(self, rows: list[tuple[str, str]]) -> str:
        known = reference_ko.TYPES if self.korean else {}
        head = self.say("| type | what it is | verified against |", "| 자료형 | 무엇인가 | 비교한 헤더 |")
        lines = [f"| `{name}` | {known.get(word, word)} | {word_of(self.against.get(name, ''))} |" for name, word in rows]
        return "\n".join([head, "|---|---|---|", *lines])

    def table_of_constants(self, group: list[tuple[str, object]]) -> str:
        head = self.say("| name | value | used in | verified against |", "| 이름 | 값 | 쓰는 곳 | 비교한 헤더 |")
        lines = [
            f"| `{name}` | {shown(value)} | {', '.join(self.used.get(name, []))} | {word_of(self.against.get(name, ''))} |"
            for name, value in group
        ]
        return "\n".join([head, "|---|---|---|---|", *lines])


def is_structure(value: object) -> TypeGuard[type]:
    return isinstance(value, type) and issubclass(value, (ctypes.Structure, ctypes.Union)) and "_fields_" in vars(value)


def word_of(against: str) -> str:
    """One cell for the table: `mingw-w64`, or `no`."""
    return "no" if not against or against.startswith("nothing") else against.split(":")[0]


def shown(value: object) -> str:
    if value is None:
        return "None"
    if isinstance(value, int):
        return str(int(value)) if int(value) <= 0xFFFF else hex(value)
    return f"`{value!r}`"


def title_of(names: list[str]) -> str:
    prefix = os.path.commonprefix(names)
    if len(names) > 1 and len(prefix) > 2:
        return f"{prefix}…"
    return f"{names[0]} … {names[-1]}" if len(names) > 2 else ", ".join(names)


def pages() -> dict[str, str]:
    return {"docs/reference.md": Reference(korean=False).page(), "docs/ko/reference.md": Reference(korean=True).page()}
