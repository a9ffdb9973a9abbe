"""Mutants that change nothing that anybody could see: equivalent.txt, a line each, with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from .operators import Mutant
from .operators import read as read_file

LIST = Path(__file__).with_name("equivalent.txt")
Key = tuple[str, str, str]


def keys(mutants: Iterable[Mutant]) -> Iterator[Key]:
    """Of each: file, the line before and after, which survives edits elsewhere in the file. Every file is read once."""
    sources: dict[str, str] = {}
    for mutant in mutants:
        if mutant.file not in sources:
            sources[mutant.file] = read_file(mutant.file)
        yield (mutant.file, *mutant.lines(sources[mutant.file]))


def read() -> dict[Key, str]:
    """key -> reason."""
    known: dict[Key, str] = {}
    entry: list[str] = []
    for line in [*LIST.read_text(encoding="utf-8").splitlines(), ""]:
        if line.startswith("#"):
            continue
        if line.strip():
            entry.append(line.strip())
        elif entry:
            if len(entry) != 4 or entry[1][:2] != "- " or entry[2][:2] not in ("+", "+ "):
                raise ValueError(f"{LIST.name}: an entry is file, '- line', '+ line', reason; not {entry}")
            known[entry[0], entry[1][2:], entry[2][2:]] = entry[3]
            entry = []
    return known
