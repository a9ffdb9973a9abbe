"""Programs with the well-known mistakes: made in right ones as mistakes.diff says, or files of their own."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent


class Mistake(NamedTuple):
    name: str
    findings: list[str]
    program: str


def program(name: str) -> str:
    """Of a mistake: its file, or what mistakes.diff makes."""
    own = HERE / f"{name}.py"
    return own.read_text("utf-8") if own.exists() else next(one.program for one in mistakes() if one.name == name)


def mistakes() -> list[Mistake]:
    return [mistake(text) for text in (HERE / "mistakes.diff").read_text(encoding="utf-8").split("\n= ")[1:]]


def mistake(text: str) -> Mistake:
    about, _, changes = text.partition("\n")
    name, right, *findings = about.replace(":", "").split()
    program = (HERE / f"{right}.py").read_text(encoding="utf-8")
    for part in filter(None, changes.rstrip("\n").split("\n\n")):
        lines = part.strip("\n").split("\n")
        old, new = ("".join(f"{line[1:]}\n" for line in lines if line[0] in kinds) for kinds in (" -", " +"))
        assert program.count(old) == 1, f"{name}: {right}.py has not got this once:\n{old}"
        program = program.replace(old, new)
    return Mistake(name, findings, program)
