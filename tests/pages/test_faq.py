"""The programs of the FAQ are right: the recorder finds nothing in them but the mistake that a question is about.

That they print what stands below them is tested with the programs of all pages, in test_docs.
"""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.pages.cut import read
from tests.support.processes import PATIENCE, ROOT

QUESTIONS = re.findall(r"^## (\d+)\. [^\n]*\n(.*?)(?=^## |\Z)", read("docs/faq.md"), re.S | re.M)
ON_PURPOSE = {
    "14": ["completion routine was given for a socket that is attached"],
    "15": ["without WSAStartup"],
}


def test_each_question_has_one_program_and_what_it_prints():
    assert [number for number, _ in QUESTIONS] == [str(number) for number in range(1, len(QUESTIONS) + 1)]
    for number, text in QUESTIONS:
        assert re.findall(r"^```(\w+)$", text, re.M) == ["python", "text"], number


@pytest.mark.parametrize(("number", "text"), [pytest.param(*question, id=question[0]) for question in QUESTIONS])
def test_the_recorder_finds_only_what_is_wrong_on_purpose(number, text, tmp_path):
    script = tmp_path / "program.py"
    script.write_text(re.search(r"^```python\n(.*?)^```$", text, re.S | re.M)[1], encoding="utf-8")
    recorder = ["-m", "winsock_ctypes.trace", "--lang", "en", "--jsonl", str(tmp_path / "events.jsonl")]
    command = [sys.executable, "-X", "utf8", *recorder, str(script)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=PATIENCE, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    found = re.findall(r"^trace: program\.py:(.*)$", done.stderr, re.M)
    expected = ON_PURPOSE.get(number, [])
    assert len(found) == len(expected) and all(a in b for a, b in zip(expected, found, strict=True)), found
