"""docs/semantics.md and its Korean page: the documented answers beside those of the machines in recorded/."""

from __future__ import annotations

import itertools
from typing import Any

from tests.seen.experiments import EXPERIMENTS, Experiment
from tests.seen.recordings import recorded
from tests.seen.table import TEXTS

MADE = "<!-- made by python -m tests.pages write semantics -->"
PAGES = {"en": "docs/semantics.md", "ko": "docs/ko/semantics.md"}

HEADS = {
    "en": """\
# What Windows promises, and what was seen

Korean: [ko/semantics.md](ko/semantics.md)

Each row is one small experiment of `python -m tests.seen` (on Linux `tests/wine/python -m tests.seen`); the tests assert the
same. *Documented* is what the named page of Microsoft Learn says. Where it says nothing, the tests expect what is reported from
Windows, or what Wine's own tests assert of it. A cell says "same" where the one documented answer was seen; **bold** is
something else than documented, or than expected.

**This page needs your Windows.** The experiments take a few seconds, and change nothing on the machine. The first command
writes what it does to a file, the second makes the file a column of this page:

    python -m tests.seen --json seen.json
    python -m tests.seen --add seen.json

The file is as welcome in an issue or a pull request; it holds the answers, the versions of Windows and Python, and the date.
Where a machine differs from the documents, that is a finding, not a failure.
""",
    "ko": """\
# 윈도우가 약속하는 것과 실제로 본 것

영어: [../semantics.md](../semantics.md)

한 행이 `python -m tests.seen`(리눅스에서는 `tests/wine/python -m tests.seen`)의 작은 실험 하나이고, 테스트도 같은 것을
확인한다. *문서*는 이름을 적은 Microsoft Learn 페이지가 말하는 것이다. 문서에 없으면 테스트는 윈도우에서 보고된 것이나 Wine의
테스트가 윈도우의 동작이라고 하는 것을 기대한다. 문서의 답이 하나이고 그대로 보았으면 "같다"라고 적는다. **굵은 글씨**는
문서와, 문서에 없으면 기대한 것과 다른 것이다.

**이 페이지에는 여러분의 윈도우가 필요하다.** 실험은 몇 초 걸리고 컴퓨터에서 아무것도 바꾸지 않는다. 첫 번째 명령은
컴퓨터의 동작을 파일에 적고, 두 번째 명령은 그 파일을 이 페이지의 한 열로 만든다.

    python -m tests.seen --json seen.json
    python -m tests.seen --add seen.json

파일을 이슈나 풀 리퀘스트로 보내 주어도 좋다. 파일에는 답과 윈도우와 파이썬의 버전, 날짜만 들어 있다.
문서와 다른 컴퓨터가 있다면 그것은 실패가 아니라 발견이다.
""",
}

WORDS = {
    "en": {
        "experiment": "experiment",
        "documented": "documented",
        "not yet": "not yet seen",
        "same": "same",
        "or": " or ",
        "silent": "not documented; expected: ",
        "failed": "could not be run",
        "seen": "Seen with:",
    },
    "ko": {
        "experiment": "실험",
        "documented": "문서",
        "not yet": "아직 보지 못했다",
        "same": "같다",
        "or": " 또는 ",
        "silent": "문서에 없다. 기대하는 것: ",
        "failed": "실행하지 못했다",
        "seen": "무엇으로 보았는가:",
    },
}


def pages() -> dict[str, str]:
    """Path -> its text."""
    recordings = recorded()
    return {path: page(language, recordings) for language, path in PAGES.items()}


def page(language: str, recordings: list[dict[str, Any]]) -> str:
    words, lines = WORDS[language], [MADE, HEADS[language]]
    columns: list[tuple[str, dict[str, Any] | None]] = [(recording["system"]["name"], recording) for recording in recordings]
    if not any(name.startswith("Windows") for name, _ in columns):
        columns.insert(0, ("Windows", None))
    if recordings:
        versions = ["{name} ({windows}), Python {python}, {date}".format(**recording["system"]) for recording in recordings]
        lines += [f"{words['seen']} {'; '.join(versions)}.", ""]
    names = [words["experiment"], words["documented"], *(name for name, _ in columns)]
    for group, members in itertools.groupby(EXPERIMENTS.values(), lambda experiment: experiment.group):
        lines += [f"## {TEXTS[language][group]}", "", f"| {' | '.join(names)} |", "|---" * len(names) + "|"]
        for experiment in members:
            question = f"`{experiment.name}`<br>{getattr(experiment, language)}"
            cells = [question, documented(experiment, words), *(cell(experiment, recording, words) for _, recording in columns)]
            lines.append(f"| {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def documented(experiment: Experiment, words: dict[str, str]) -> str:
    if experiment.documented:
        return f"{either(experiment.documented, words)} ({experiment.page})"
    return f"{words['silent']}{either(experiment.expected, words)} ({experiment.page})"


def either(answers: tuple[str, ...], words: dict[str, str]) -> str:
    return words["or"].join(f"`{answer}`" for answer in answers)


def cell(experiment: Experiment, recording: dict[str, Any] | None, words: dict[str, str]) -> str:
    if recording is None or experiment.name not in {**recording["seen"], **recording["not_run"]}:
        return words["not yet"]
    seen = recording["seen"].get(experiment.name)
    if seen is None:
        return words["failed"]
    if experiment.documented == (seen,):
        return words["same"]
    return f"`{seen}`" if seen in (experiment.documented or experiment.expected) else f"**`{seen}`**"
