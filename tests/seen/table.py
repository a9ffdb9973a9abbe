"""The table on the screen, in the reader's language."""

from __future__ import annotations

import shutil
import sys
import unicodedata
from collections.abc import Sequence
from typing import Any

TEXTS = {
    "en": {
        "headings": ("experiment", "documented", "here", "same?"),
        "same": ("yes", "NO", "-", "?"),
        "or": " or ",
        "silent": "(not documented)",
        "failed": "could not be run: ",
        "summary": "Experiments: {}; {} as documented, {} not, {} that the documents do not have, {} that could not be run.",
        "invitation": "Send it in: python -m tests.seen --json seen.json makes a file of it; see docs/semantics.md.",
        "non-blocking": "Non-blocking sockets",
        "routines": "Completion routines",
        "ends": "Ends, cancellation, failures",
        "ports": "Completion ports",
    },
    "ko": {
        "headings": ("실험", "문서", "이 컴퓨터", "같은가?"),
        "same": ("같다", "다르다", "-", "?"),
        "or": " 또는 ",
        "silent": "(문서에 없다)",
        "failed": "실행하지 못했다: ",
        "summary": "실험 {}개 가운데 문서와 같은 것 {}개, 다른 것 {}개, 문서에 없는 것 {}개, 실행하지 못한 것 {}개.",
        "invitation": "결과를 보내 주자. python -m tests.seen --json seen.json이 파일로 적는다. docs/ko/semantics.md를 보자.",
        "non-blocking": "넌-블로킹 소켓",
        "routines": "Completion Routine",
        "ends": "연결의 끝, 취소, 실패",
        "ports": "Completion Port",
    },
}


def width(text: str) -> int:
    """Columns on the screen: a Hangul syllable takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def wrapped(text: str, columns: int) -> list[str]:
    """Lines no wider than that, broken at spaces, or within a word that is too long itself."""
    lines, line = [], ""
    for word in text.split():
        while True:
            joined = f"{line} {word}" if line else word
            if width(joined) <= columns:
                line = joined
                break
            if line:
                lines.append(line)
                line = ""
                continue
            fits = len(word)
            while width(word[:fits]) > columns:
                fits -= 1
            lines.append(word[:fits])
            word = word[fits:]
    return [*lines, line] if line or not lines else lines


class Table:
    """Prints its rows one by one, as they come."""

    def __init__(self, language: str, stream: Any = None) -> None:
        self.stream = stream or sys.stdout
        self.language, self.texts = language, TEXTS[language]
        screen = shutil.get_terminal_size((100, 0)).columns if self.stream.isatty() else 100
        last = max(width(self.texts["headings"][3]), 6)
        answer = min(max(screen - last, 60) // 4, 26)
        self.columns = (max(screen - 1, 60) - 2 * answer - last - 6, answer, answer, last)
        self.group = ""

    def line(self, *cells: str) -> None:
        parts = [wrapped(cell, columns) for cell, columns in zip(cells, self.columns, strict=True)]
        for row in range(max(map(len, parts))):
            texts = [part[row] if row < len(part) else "" for part in parts]
            padded = [text + " " * (columns - width(text)) for text, columns in zip(texts, self.columns, strict=True)]
            print("  ".join(padded).rstrip(), file=self.stream)

    def head(self, system: dict[str, str]) -> None:
        print("{name} ({windows}), Python {python}, {date}\n".format(**system), file=self.stream)
        self.line(*self.texts["headings"])

    def row(self, experiment: Any, seen: str | None, why: str = "") -> None:
        texts = self.texts
        if experiment.group != self.group:
            self.group = experiment.group
            title = f"-- {texts[self.group]} "
            print(f"\n{title}{'-' * (sum(self.columns) + 6 - width(title))}", file=self.stream)
        question = f"{experiment.name}: {getattr(experiment, self.language)}"
        documented = texts["or"].join(experiment.documented) or texts["silent"]
        here = texts["failed"] + why if seen is None else seen
        self.line(question, documented, here, texts["same"][verdict(experiment, seen)])
        self.stream.flush()

    def end(self, verdicts: Sequence[int], invite: bool) -> None:
        counts = [verdicts.count(kind) for kind in range(4)]
        print("\n" + self.texts["summary"].format(len(verdicts), *counts), file=self.stream)
        if invite:
            print(self.texts["invitation"], file=self.stream)


def verdict(experiment: Any, seen: str | None) -> int:
    """0: as documented, 1: not, 2: not documented, 3: could not be run."""
    if seen is None:
        return 3
    if not experiment.documented:
        return 2
    return 0 if seen in experiment.documented else 1
