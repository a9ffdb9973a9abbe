"""The gallery of broken programs: one for each kind of finding, nothing tells the answer, and its links lead somewhere."""

from __future__ import annotations

import json
import re

from tests.pages import gallery, site
from tests.pages.cut import read
from tests.pages.printed import PRINTED
from tests.pages.test_docs import heading_ids
from tests.support.recordings import events_in
from winsock_ctypes.trace.page import LOG
from winsock_ctypes.trace.sentences import FINDINGS

PAGE = read(gallery.PAGE)
CASES = json.loads(PAGE.partition(LOG)[2].partition("\n")[0])["cases"]


def test_each_kind_of_finding_has_a_program():
    assert sorted(case["name"] for case in CASES) == sorted([*FINDINGS, *(f"erratum-{number}" for number in PRINTED)])
    for case, events in zip(CASES, gallery.runs_in(PAGE), strict=True):
        assert next(event["kind"] for event in events if event["e"] == "diagnosis") == case["name"]


def test_each_erratum_has_a_program_or_a_reason():
    """After the list: which of them have none, and why."""
    for language in ("", "ko/"):
        errata = {int(number) for number in re.findall(r"^### \S+ (\d+):", read(f"docs/{language}errata.md"), re.M)}
        reasons = read(f"docs/{language}gallery.md").partition("<!-- end of the list -->")[2].partition("---")[0]
        without = {int(number) for number in re.findall(r"(?<![\w(])(\d+)(?!\d|비트| bits)", reasons)}
        assert len(errata) > 20 and without == errata - PRINTED.keys()


def test_titles_are_told_apart():
    for language in ("en", "ko"):
        titles = [case["title"][language] for case in CASES]
        assert len(set(titles)) == len(titles) and all(titles)


def test_nothing_tells_the_answer():
    for case, events in zip(gallery.read_cases(), gallery.runs_in(PAGE), strict=True):
        told = json.dumps([event for event in events if event["e"] != "diagnosis"])
        assert "the fault" not in told and "# erratum" not in told and "right program" not in told
        assert f"{case.script}.py" not in told
        source = next(event for event in events if event["e"] == "source" and event["name"] == "program.py")
        assert "#" not in source["text"] and '"""' not in source["text"]


def test_links_lead_to_headings():
    for case in CASES:
        for link in case["read"].values():
            path, _, fragment = link.partition("#")
            assert fragment in heading_ids(read(f"docs/{path.removeprefix('../')}")), link


def test_on_the_site_each_has_a_page_of_its_own():
    found = site.gallery_pages(PAGE)
    assert len(found) == 1 + 2 * len(CASES)
    page = found["docs/ko/gallery/never-alertable.html"]
    assert "<title>Completion Routine이 호출되지 않는다</title>" in page and '<html lang="ko">' in page
    first, *lines = page.partition(LOG)[2].partition("</script>")[0].strip().split("\n")
    about = json.loads(first)
    assert about["alone"] == "never-alertable"
    assert about["cases"][0]["read"]["ko"].startswith("../faq.html#1-") and about["cases"][0]["read"]["en"].startswith(
        "../../faq"
    )
    assert [event["kind"] for event in events_in(lines) if event["e"] == "diagnosis"] == ["never-alertable"]
