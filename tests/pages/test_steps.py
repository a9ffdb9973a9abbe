"""The links of the pages to steps of recorded runs: each leads to a step that shows what the sentence says."""

import json
import posixpath
import re

import pytest

from tests.pages import steps
from tests.pages.cut import ROOT, Stale, read

PAGES = sorted(path.relative_to(ROOT).as_posix() for path in (*ROOT.glob("README*.md"), *ROOT.glob("docs/**/*.md")))
LINKING = [page for page in PAGES if "#step=" in read(page)]
LINK = re.compile(r"\[([^]]*)" + r"\]" + steps.LINK.pattern)
WORDS = ("setup", "idle", "completed", "output", "end")


def test_the_pages_link_to_steps():
    assert {"docs/reading-guide.md", "docs/faq.md", "docs/errata.md"} <= set(LINKING)


@pytest.mark.parametrize("page", LINKING)
def test_the_sentence_names_what_the_step_shows(page):
    text = read(page)
    assert len(LINK.findall(text)) == text.count("#step="), "a link to a step without its comment"
    for paragraph in re.split(r"\n\n|\n(?=- )", text):
        for said, _, run, korean, name, _count in LINK.findall(paragraph):
            assert ("lang=ko" in korean) == page.startswith("docs/ko/"), paragraph
            if name not in WORDS and not name.startswith("client "):
                assert name.split()[0] in re.sub("<!--.*?-->", "", paragraph), f"{name} is not named: {paragraph}"
            found = steps.steps_of(read(f"docs/trace/{run}.html"))
            at = int(re.search(re.escape(said) + r"\]\S*#step=(\d+)", paragraph)[1])
            shown = json.dumps(found[at])
            for word in re.findall(r"\b\d+\b|\b[A-Z]+(?:_[A-Z]+)+\b|`\w+`", said, re.ASCII):
                if found[at][0] != "completed":
                    assert re.search(rf"(?<!\w){word.strip('`')}(?!\w)", shown), f"{word}: not in step {at} of {run}"


def test_a_korean_page_links_to_the_same_steps():
    for page in LINKING:
        if page.startswith("docs/ko/"):
            ours, theirs = (
                [found[2:3] + found[4:] for found in LINK.findall(read(p))] for p in (page, page.replace("/ko/", "/"))
            )
            assert ours == theirs, page


def test_a_step_that_has_moved_is_found_and_one_that_is_gone_is_told():
    link = "[x](../trace/overlapped_echo_server.html#step={}&lang=ko)<!-- step ReadComRoutine {} -->"
    there = steps.names("overlapped_echo_server").index("ReadComRoutine")
    assert steps.updated(link.format(0, 1)) == link.format(there, 1)
    with pytest.raises(Stale, match="99th"):
        steps.updated(link.format(0, 99))
    with pytest.raises(Stale, match="no recording"):
        steps.updated("(trace/nothing.html#step=1)<!-- step idle 1 -->")


@pytest.mark.parametrize("front", ["README.md", "README.ko.md"])
def test_two_clicks_from_the_front_page(front):
    """The chapter's closing argument, the routine that is never called, and what `await reader.read()` calls."""

    def links(page):
        found = re.findall(r"\]\(([^):]+)\)", read(page))
        return {posixpath.normpath(posixpath.join(posixpath.dirname(page), link)) for link in found}

    first = links(front)
    pages = {link.partition("#")[0] for link in first if link.partition("#")[0].endswith(".md")}
    seen = first.union(*map(links, pages))
    for page in ("compare_idle.html", "compare_busy.html", "gallery.html#case=never-alertable", "asyncio_echo_server.html"):
        assert f"docs/trace/{page}" in seen
