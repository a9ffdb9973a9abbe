"""The FAQ's form. That its programs print what stands below them is tested in test_docs, and that the recorder finds nothing
in them but the mistake that a question is about, in test_trace_right."""

from __future__ import annotations

import re

from tests.pages.cut import read

QUESTIONS = re.findall(r"^## (\d+)\. [^\n]*\n(.*?)(?=^## |\Z)", read("docs/faq.md"), re.S | re.M)


def test_each_question_has_one_program_and_what_it_prints():
    assert [number for number, _ in QUESTIONS] == [str(number) for number in range(1, len(QUESTIONS) + 1)]
    for number, text in QUESTIONS:
        assert re.findall(r"^```(\w+)$", text, re.M) == ["python", "text"], number
