"""The picture that moves says what the lines of the recording say, in their order."""

import json
import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest

from tests.pages import moving
from tests.pages.cut import ROOT
from tests.pages.steps import log_of

LINES = [json.loads(line) for line in log_of((ROOT / moving.RECORDING).read_text(encoding="utf-8")) if line]
PATHS = {"en": "docs/trace/one_operation.svg", "ko": "docs/trace/one_operation.ko.svg"}
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(params=PATHS)
def text(request):
    return (ROOT / PATHS[request.param]).read_text(encoding="utf-8")


def moments(text):
    return [g.attrib for g in ET.fromstring(text).iter(f"{SVG}g") if "moment" in g.get("class", "")]


def test_the_order_of_states_is_that_of_the_lines(text):
    shown = moments(text)
    assert all(int(one["data-line"]) < int(other["data-line"]) for one, other in pairwise(shown))
    states = [moment["data-state"] for moment in shown]
    assert list(dict.fromkeys(states)) == ["pending", "completed", "delivered", "freed"]
    (op,) = {op for moment in shown for op, state in LINES[int(moment["data-line"])].get("ops", ())}
    recorded = [state for line in LINES for changed, state in line.get("ops", ()) if changed == op]
    assert recorded == ["starting", *dict.fromkeys(states[:-1])]


def test_each_moment_is_what_its_line_says(text):
    start = next(line for line in LINES if line.get("op", {}).get("id") == LINES[int(moments(text)[0]["data-line"])]["id"])
    for moment in moments(text):
        line = LINES[int(moment["data-line"])]
        if moment["data-says"] == "waits":
            assert line["fn"] == "SleepEx" and line["alertable"]
        elif moment["data-state"] == "freed":
            assert line["fn"] == "free" and line["args"][0][-1] == start["op"]["ovref"]
        else:
            assert [start["op"]["id"], moment["data-state"]] in line["ops"]
        owner = {"pending": "kernel", "completed": "kernel", "delivered": "program", "freed": "nobody"}
        assert moment["data-owner"] == owner[moment["data-state"]]
    routine = LINES[int(moments(text)[3]["data-line"])]
    assert routine["e"] == "routine" and routine["in"] == LINES[int(moments(text)[1]["data-line"])]["n"]
    assert routine["data"].strip("'") in text


def test_each_moment_has_its_part_of_the_ten_seconds(text):
    ends = 0.0
    for number, moment in enumerate(moments(text)):
        assert f"m{number}" in moment["class"].split()
        begin, end = map(
            float, re.search(rf"@keyframes m{number} .*?([\d.]+)% {{ opacity: 1 }} ([\d.]+)% {{ opacity: 0 }}", text).groups()
        )
        assert begin == ends < end
        assert f".m{number} {{ animation: m{number} 10s step-end infinite }}" in text
        ends = end
    assert ends == 100


def test_it_is_shown_as_an_image_and_may_stand_still(text):
    assert not re.search(r"<script|href|url\(|@import|foreignObject|on\w+=", text)
    assert "prefers-color-scheme: dark" in text
    still = text.partition("prefers-reduced-motion: reduce")[2]
    assert "animation: none" in still and ".m3 { opacity: 1 }" in still
