"""Checks the page of broken programs: each answer is hidden at first, and is what the recorder found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from browser import HANGUL, LOG, SHAPES, Browser, expect
from wcag import violations

SEEN = """(() => {
  const tells = [document.getElementById('found'), ...document.querySelectorAll('#card .bad')];
  return [tells.some((part) => part.offsetHeight), found.innerText, document.getElementById('case').innerText, document.title];
})()"""


def cases_of(page: Path) -> tuple[list[Any], list[list[Any]]]:
    """What the page says of its programs, and what was found in each."""
    first, *lines = page.read_text(encoding="utf-8").partition(LOG)[2].partition("</script>")[0].strip().split("\n")
    found: list[list[Any]] = []
    for event in map(json.loads, lines):
        if event["e"] == "start":
            found.append([])
        if event["e"] == "diagnosis":
            found[-1].append(event)
    return json.loads(first)["cases"], found


def check_broken(browser: Browser, page: Path) -> str:
    cases, found = cases_of(page)
    expect(len(cases) == len(found) and all(found), "a program without a recording, or without a finding")
    for case, findings in zip(cases, found, strict=True):
        for lang in ("en", "ko"):
            check_case(browser, page, case, [finding[lang] for finding in findings], lang)
    browser.open(page, "#lang=ko&case=nested")
    browser.run("{ const choose = document.querySelector('#case select'); choose.value = 'too-long'; choose.onchange(); }")
    chosen = "document.readyState === 'complete' && gallery.one?.name === 'too-long'"
    browser.until(chosen, "another program cannot be chosen", 10)
    expect(browser.run("document.documentElement.lang") == "ko", "choosing changes the language")
    browser.run("go(2); showAddress(); window.old = true; location.reload(); 0")
    browser.until("!window.old && document.readyState === 'complete'", "it is not loaded again", 10)
    kept = browser.run("[gallery.one.name, ui.at]")
    expect(kept == ["too-long", 2], f"after a reload: {kept}")
    looked = check_looks(browser, page, [cases[0]["name"], max(cases, key=lambda case: len(case["title"]["en"]))["name"]])
    expect(not browser.errors, "; ".join(browser.errors))
    return f"{len(cases)} programs, their answers are the findings; axe looked {looked} times: good"


def check_case(browser: Browser, page: Path, case: Any, answers: list[str], lang: str) -> None:
    name, address = case["name"], f"#lang={lang}&case={case['name']}"
    browser.open(page, address)
    told, _, asked, title = browser.run(SEEN)
    expect(not told, f"{name}: the answer is there before the question")
    expect(title == case["title"][lang] and case["symptom"][lang] in asked, f"{name}: {title}: {asked}")
    made, named, shown = browser.run("stepsOfCase()")
    right = sorted({*made, *named, shown})
    expect(right[0] > 0 and shown >= made[0], f"{name}: found at {shown}, made at {made}, {named}")
    if wrong := [step for step in range(1, shown) if step not in right]:
        browser.run(f"go({wrong[0]})")
        browser.click("#case button")
        expect(not browser.run(SEEN)[0] and str(wrong[0]) in browser.run(SEEN)[2], f"{name}: step {wrong[0]} passes for right")
    ways = [f"go({made[0]}); document.querySelectorAll('#case button')[0]?.click()", f"go({shown})"]
    ways.append("document.querySelectorAll('#case button')[1].click()")
    for way in ways[:2] if lang == "en" else ways[2:]:
        if way == ways[1]:
            browser.open(page, address)
        browser.run(f"{way}; 0")
        told, findings, said, _ = browser.run(SEEN)
        expect(
            told and [line.removeprefix("⚠ ") for line in findings.split("\n") if line] == answers, f"{name}: {way}: {findings}"
        )
        expect(str(made[0]) in said and str(shown) in said, f"{name}: {way}: {said}")
        link = browser.run("document.querySelector('#case a').getAttribute('href')")
        expect(link == case["read"][lang], f"{name}: read on in {link}")


def check_looks(browser: Browser, page: Path, names: list[str]) -> int:
    looked = 0
    for shape, (width, height) in SHAPES.items():
        for dark in (False, True):
            lang = "ko" if dark else "en"
            for name in names:
                for answered in (False, True):
                    browser.open(page, f"#lang={lang}&case={name}", width, height, dark)
                    browser.run(f"go({'run.steps.length - 1' if answered else '2'}); 0")
                    size = browser.run("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
                    expect(size[0] <= width and size[1] <= height, f"{name}: {size} on a {shape}")
                    sections = "[...document.querySelectorAll('main > section, nav')].filter((s) => s.offsetParent)"
                    panes = browser.run(f"{sections}.map((s) => s.offsetHeight)")
                    expect(all(pane > 26 for pane in panes), f"{name}: a pane is too small on a {shape}: {panes}")
                    words = browser.run(f"{HANGUL}.test(document.querySelector('#case b').innerText)")
                    expect(words == (lang == "ko"), f"{name}: the question in {lang}")
                    if name == names[0]:
                        expect(not (found := violations(browser)), f"axe, {name}, {width}, {lang}: {found}")
                        looked += 1
    return looked
