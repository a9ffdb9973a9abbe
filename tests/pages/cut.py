"""The snippets of the pages, cut out of the files that they show.

A snippet stands between two comments in a page, and all in between is generated:

    <!-- cut FILE :: SCOPE :: FIRST .. LAST -->
    <!-- end -->

FILE is a path from the repository's root, SCOPE a function or class of it (or `module`: what is in none). FIRST is the
beginning of the first line and must fit exactly one line of the scope; LAST is the beginning of the last line, the first that
fits from there on. Without LAST it is one line; `*` is the whole scope. In a table's cell it is `<!-- line FILE :: SCOPE ::
FIRST .. LAST -->`, a generated link, and `<!-- / -->`. So the examples need no marks, and a page cannot show something else.
"""

from __future__ import annotations

import ast
import os
import re
import textwrap
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
WITH_SNIPPETS = ("reading-guide", "c-beside-python", "faq", "exercises", "asyncio")
PAGES = (
    *(f"docs/{lang}{page}.md" for page in WITH_SNIPPETS for lang in ("", "ko/")),
    "README.md",
    "README.ko.md",
)


class Stale(Exception):
    """An anchor that fits no line, or several."""


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


class Cut(NamedTuple):
    file: str
    first: int  # line numbers, from 1
    last: int
    text: str

    def link(self, page: str) -> str:
        lines = f"{self.first}" if self.first == self.last else f"{self.first}–{self.last}"
        fragment = f"L{self.first}" if self.first == self.last else f"L{self.first}-L{self.last}"
        target = os.path.relpath(ROOT / self.file, (ROOT / page).parent).replace("\\", "/")
        return f"[{Path(self.file).name}:{lines}]({target}#{fragment})"


def scopes(source: str) -> dict[str, list[int]]:
    """Function or class -> its line numbers; `module` -> all other lines."""
    found: dict[str, list[int]] = {}
    for node in ast.parse(source).body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            found[node.name] = list(range(first, node.end_lineno + 1))  # type: ignore[operator]
    taken = {number for numbers in found.values() for number in numbers}
    found["module"] = [number for number in range(1, len(source.splitlines()) + 1) if number not in taken]
    return found


def cut(anchor: str) -> Cut:
    """The lines that an anchor names. Raises Stale unless it names exactly one piece."""
    parts = [part.strip() for part in anchor.split("::")]
    if len(parts) != 3:
        raise Stale(f"{anchor!r} is not FILE :: SCOPE :: LINES")
    file, scope, wanted = parts
    try:
        source = read(file)
    except OSError:
        raise Stale(f"{anchor!r}: there is no {file}") from None
    lines, known = source.splitlines(), scopes(source)
    if scope not in known:
        raise Stale(f"{anchor!r}: {file} has no {scope}")
    numbers = known[scope]

    def fitting(beginning: str) -> list[int]:
        return [number for number in numbers if lines[number - 1].strip().startswith(beginning)]

    if wanted == "*":
        first, last = numbers[0], numbers[-1]
    else:
        begin, _, end = wanted.partition(" .. ")
        firsts = fitting(begin.strip())
        if len(firsts) != 1:
            raise Stale(f"{anchor!r}: {begin!r} fits {len(firsts)} lines of {scope} in {file}, not 1")
        first = firsts[0]
        lasts = [number for number in fitting(end.strip()) if number >= first] if end else [first]
        if not lasts:
            raise Stale(f"{anchor!r}: {end!r} fits no line of {scope} in {file} from line {first} on")
        last = lasts[0]
    return Cut(file, first, last, textwrap.dedent("\n".join(lines[first - 1 : last])))


BLOCK = re.compile(r"<!-- cut (.*?) -->\n.*?<!-- end -->", re.S)
LINE = re.compile(r"<!-- line (.*?) -->(?:(?:(?!<!-- line)[^|\n])*?<!-- / -->)?")


def updated(page: str, text: str) -> str:
    """The page with every snippet and every link to a line cut anew."""

    def block(match: re.Match[str]) -> str:
        piece = cut(match[1])
        language = {".py": "python", ".c": "c"}[Path(piece.file).suffix]
        return f"<!-- cut {match[1]} -->\n{piece.link(page)}\n\n```{language}\n{piece.text}\n```\n<!-- end -->"

    def line(match: re.Match[str]) -> str:
        piece = cut(match[1])
        shown = piece.text.splitlines()[0].split("  #")[0]
        shown = shown if len(shown) <= 60 else shown[:57] + "..."
        return f"<!-- line {match[1]} -->{piece.link(page)} `{shown}`<!-- / -->"

    return LINE.sub(line, BLOCK.sub(block, text))


def anchors(text: str) -> list[str]:
    return [match[1] for match in re.finditer(r"<!-- (?:cut|line) (.*?) -->", text)]


def pages() -> dict[str, str]:
    return {page: updated(page, read(page)) for page in PAGES}
