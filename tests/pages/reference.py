"""docs/reference.md, from the docstrings that `help(WSARecv)` shows, and docs/ko/reference.md, with these in Korean."""

from __future__ import annotations

import ast
import ctypes
import inspect
import os
import re
from typing import NamedTuple

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


def reference(korean: bool = False) -> str:
    docs, up = (reference_ko.DOCSTRINGS, "../../") if korean else ({}, "../")

    def say(english: str, in_korean: str) -> str:
        return in_korean if korean else english

    used, against = users(), verified()
    exported = set(winsock_ctypes.__all__)
    placed: set[str] = set()

    def footer(name: str, learn: str = "") -> str:
        lines = []
        if learn:
            lines.append(f"- Microsoft Learn: {learn}")
        where = sorted({*used.get(name, []), *(used.get(name[:-1], []) if name.endswith("W") else [])})
        if where:
            links = ", ".join(f"[{example}]({up}examples/{example}.py)" for example in where)
            lines.append(f"- {say('Used in', '쓰는 곳')}: {links}")
        if against:
            word = against.get(name, "nothing: no row")
            why_not = word.removeprefix("nothing: ")
            lines.append(
                f"- {say('Verified against the headers', '비교한 헤더')}: {word}"
                if why_not == word
                else f"- {say('Not verified against the headers', '헤더와 비교하지 않았다')} ({why_not})"
            )
        return "\n".join(lines)

    def codes(text: str) -> str:
        names = dict.fromkeys(re.findall(r"\b(?:WSA[A-Z_]+|ERROR_[A-Z_0-9]+|WAIT_TIMEOUT|WAIT_IO_COMPLETION)\b", text))
        shown = []
        for name in names:
            value = getattr(winsock_ctypes, name, None)
            if (
                isinstance(value, int)
                and int(value) not in (0, 0xFFFFFFFF)
                and not name.startswith(("WSA_WAIT", "WSA_MAX", "WSA_FLAG"))
            ):
                shown.append(f"{name} ({int(value)})")
        return ", ".join(shown)

    def function(name: str, value: object, prototype: str) -> str:
        doc = taken_apart(docs.get(name) or value.__doc__ or "")
        prototype = re.sub(r"POINTER\((\w+)\) ", r"\1 *", prototype)
        parts = [f"### {name}", f"```c\n{prototype};\n```", paragraphs(doc.meaning)]
        facts = []
        if doc.returns:
            facts.append(f"- {returns}: {one_line(doc.returns)}")
        if codes(doc.returns):
            facts.append(f"- {say('Codes', '코드')}: {codes(doc.returns)}")
        facts.append(footer(name, taken_apart(value.__doc__ or "").learn))
        return "\n\n".join([*parts, "\n".join(fact for fact in facts if fact)])

    def ctype_name(ctype: object) -> str:
        if isinstance(ctype, type) and issubclass(ctype, ctypes.Array):
            return f"{ctype_name(ctype._type_)}[{ctype._length_}]"
        plain = {"c_char": "CHAR", "c_wchar": "WCHAR", "c_void_p": "LPVOID", "c_char_p": "LPSTR", "c_wchar_p": "LPWSTR"}
        return plain.get(ctype.__name__, ctype.__name__.lstrip("_"))  # type: ignore[attr-defined]

    def structure(name: str, value: type) -> str:
        rows = [say("| offset | field | type |", "| 오프셋 | 멤버 | 자료형 |"), "|---|---|---|"]

        def add(owner: type, start: int, path: str) -> None:
            for field, ctype, *bits in owner._fields_:  # type: ignore[attr-defined]
                offset = start + getattr(owner, field).offset
                if field in getattr(owner, "_anonymous_", ()):
                    add(ctype, offset, path)
                elif ctype.__name__.startswith("_") and hasattr(ctype, "_fields_"):
                    add(ctype, offset, f"{path}{field}.")
                else:
                    rows.append(f"| {offset} | `{path}{field}` | {ctype_name(ctype)}{f', {bits[0]}{bit}' if bits else ''} |")

        add(value, 0, "")
        size = f"{ctypes.sizeof(value)}{say(' bytes', '바이트')}."
        text = paragraphs(inspect.cleandoc(docs.get(name) or value.__doc__ or ""))
        return "\n\n".join([f"### {name}", f"{text} {size}", "\n".join(rows), footer(name)])

    returns, bit = say("Returns", "반환"), say(" bits", "비트")
    pieces = []
    for header in HEADERS:
        module = getattr(winsock_ctypes, header)
        names = {name: line for name, line in defined_names(header).items() if name in exported and name not in placed}
        if header == "windef":  # what it takes from the package's own machinery is no C
            names = {**names, **{name: 0 for name in ("POINTER", "Structure", "Union", *OPERATORS)}}
        if header == "stdlib":
            names["live_blocks"] = 10**6
        placed |= set(names)
        functions, structures, types_, macros, constants = [], [], [], [], {}
        lines = read(f"winsock_ctypes/{header}.py").splitlines()
        for name, line in sorted(names.items(), key=lambda item: item[1]):
            value = getattr(winsock_ctypes if name in OPERATORS else module, name)
            if isinstance(value, _functions.ForeignFunction):
                if name == value.__name__:
                    functions.append(function(name, value, value.prototype))
                else:
                    other = say(
                        f"Another name of {value.__name__}, as in the headers.", f"{value.__name__}의 다른 이름, 헤더에서처럼."
                    )
                    functions.append(f"### {name}\n\n{other}\n\n{footer(name)}")
            elif isinstance(value, type) and issubclass(value, ctypes._CFuncPtr):
                prototype = getattr(value, "prototype", f"void (CALLBACK *{name})(DWORD, DWORD, LPWSAOVERLAPPED, DWORD)")
                functions.append(function(name, value, prototype))
            elif isinstance(value, type) and issubclass(value, (ctypes.Structure, ctypes.Union)) and "_fields_" in vars(value):
                if value.__name__ == name:
                    structures.append(structure(name, value))
                else:
                    types_.append((name, f"= {value.__name__}"))
            elif isinstance(value, (int, ctypes.Structure)) or (value is None and name != "VOID"):
                top = line
                while top > 1 and lines[top - 2].strip() and not lines[top - 2].startswith("name_constants"):
                    top -= 1
                constants.setdefault(top, []).append((name, value))
            elif callable(value) and not isinstance(value, type) and hasattr(value, "__code__"):
                doc = taken_apart(docs.get(name) or value.__doc__ or "")
                signature = value.__code__.co_varnames[: value.__code__.co_argcount]
                body = paragraphs(doc.meaning) + (f"\n\n- {returns}: {one_line(doc.returns)}" if doc.returns else "")
                macros.append(f"### {name}\n\n```python\n{name}({', '.join(signature)})\n```\n\n{body}\n\n{footer(name)}")
            elif isinstance(value, type) and issubclass(value, ctypes._Pointer):
                target = ctype_name(value._type_)
                pointer = say(f"pointer to {target}", f"{target}의 포인터")
                types_.append((name, pointer if value.__name__ == name else f"= {value.__name__}"))
            elif isinstance(value, type):
                word = one_line(value.__doc__ or "") if value.__module__.startswith("winsock_ctypes") else ""
                own = value.__module__ == "ctypes"
                types_.append(
                    (name, f"ctypes.{value.__name__}" if own else word if value.__name__ == name else f"= {value.__name__}")
                )
            elif name == "POINTER":
                types_.append((name, one_line(value.__doc__ or "")))
            elif name in OPERATORS:
                types_.append((name, OPERATORS[name]))
            elif isinstance(value, stdio.FILE):
                macros.append(f"### {name}\n\n{docs.get(name) or value.__doc__}\n\n{footer(name)}")
            elif name == "live_blocks":
                what = say(
                    "The blocks not freed yet: address -> size. Not in C.", "아직 해제하지 않은 블록: 주소 -> 크기. C에는 없다."
                )
                macros.append(f"### {name}\n\n{what}\n\n{footer(name)}")
            elif value is None:
                types_.append((name, "no type: of a function without a result"))
            else:
                raise TypeError(f"{name}: the reference has no place for a {type(value).__name__}")
        about = reference_ko.MODULES[header] if korean else module.__doc__ or ""
        pieces.append(f"## {header}\n\n{paragraphs(about.strip())}")
        if types_:
            known = reference_ko.TYPES if korean else {}
            rows = "\n".join(
                f"| `{name}` | {known.get(word, word)} | {word_of(against.get(name, ''))} |" for name, word in types_
            )
            head = say("| type | what it is | verified against |", "| 자료형 | 무엇인가 | 비교한 헤더 |")
            pieces.append(f"### {say(f'Types of {header}', f'{header}의 자료형')}\n\n{head}\n|---|---|---|\n{rows}")
        pieces += structures
        for top, group in constants.items():
            comment = lines[top - 1][1:].strip().rstrip(".") if lines[top - 1].startswith("#") else ""
            title = comment or title_of([name for name, _ in group])
            title = reference_ko.TITLES.get(title, title) if korean else title
            head = say("| name | value | used in | verified against |", "| 이름 | 값 | 쓰는 곳 | 비교한 헤더 |")
            rows = "\n".join(
                f"| `{name}` | {shown(value)} | {', '.join(used.get(name, []))} | {word_of(against.get(name, ''))} |"
                for name, value in group
            )
            pieces.append(f"### {say('Constants', '상수')}: {title}\n\n{head}\n|---|---|---|---|\n{rows}")
        pieces += functions + macros
    missing = exported - placed
    if missing:
        raise LookupError(f"no header module defines {sorted(missing)}")

    head = f"""\
<!-- made by python -m tests.pages write reference -->
# Reference

Korean: [ko/reference.md](ko/reference.md)

All {len(exported)} names that `from winsock_ctypes import *` brings, by header, with the docstrings that `help(WSARecv)` shows.

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
    if korean:
        head = reference_ko.HEAD.format(count=len(exported), example=re.findall(r"```python.*?```", head, re.S)[0])
    return head + "\n" + "\n\n".join(pieces) + "\n"


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
    return {"docs/reference.md": reference(), "docs/ko/reference.md": reference(korean=True)}
