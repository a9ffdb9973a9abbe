"""Checks a page that compares recordings: its figures are those of the recordings' lines, and its links lead to their steps."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from browser import HANGUL, LOG, SHAPES, Browser, expect
from wcag import violations

ROOT = Path(__file__).resolve().parent.parent.parent
PYTHON = sys.executable if sys.platform == "win32" else ROOT / "tests" / "wine" / "python"


def lines_of(page: Path) -> list[Any]:
    log = page.read_text(encoding="utf-8").partition(LOG)[2].partition("</script>")[0]
    return [json.loads(line) for line in log.split("\n") if line]


def check_compared(browser: Browser, page: Path) -> str:
    recordings = [(page.parent / about["href"]).resolve() for about in lines_of(page)[0]["compares"]]
    waits = check_waits(browser, page, recordings)
    check_steps(browser, page, recordings)
    check_keys_and_clicks(browser, page, recordings)
    looked = check_looks(browser, page)
    expect(not browser.errors, "; ".join(browser.errors))
    return f"the newcomer waits {' and '.join(f'{wait / 1000:.1f} ms' for wait in waits)}; axe looked {looked} times: good"


def check_more(browser: Browser, folder: Path) -> list[str]:
    """Three recordings, and four, from what the command writes. `folder` is for the pages."""
    said = []
    for names in (
        ("idle_overlapped", "idle_iocp", "busy_iocp"),
        ("busy_overlapped", "busy_iocp", "idle_overlapped", "idle_iocp"),
    ):
        page = folder / f"compare_{len(names)}.html"
        recordings = [ROOT / "docs" / "trace" / f"newcomer_{name}.html" for name in names]
        command = [PYTHON, "-m", "winsock_ctypes.trace", "--compare", *recordings, "-o", page]
        done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, timeout=300)
        expect(done.returncode == 0, f"--compare: {done.stderr.decode(errors='replace')}")
        linked = [(page.parent / about["href"]).resolve() for about in lines_of(page)[0]["compares"]]
        expect(linked == recordings, f"--compare links to {linked}")
        said.append(f"{len(names)} recordings: {check_compared(browser, page)}")
    return said


def check_waits(browser: Browser, page: Path, recordings: list[Path]) -> list[int]:
    """The newcomer's wait is the figure that the lines of the recordings give, in words and as a bar."""
    waits = []
    for recording in recordings:
        events = lines_of(recording)
        connect = [event for event in events if event["e"] == "peer" and event["did"] == "connect"][-1]
        echo = next(e for e in events if e["e"] == "peer" and e["did"] == "receive" and e["client"] == connect["client"])
        waits.append(round((echo["t"] - connect["t"]) * 1e6))
    for lang in ("en", "ko"):
        browser.open(page, f"#lang={lang}")
        shown = browser.run("[...document.querySelectorAll('#waits li')].map((li) => [Number(li.dataset.wait), li.innerText])")
        expect([wait for wait, _ in shown] == waits, f"the page has {shown}, the lines {waits}")
        words = {"en": "{:.1f} ms", "ko": "{:.1f}ms"}[lang]
        expect(all(words.format(wait / 1000) in text for wait, text in shown), f"the waits in words: {shown}")
        ratio = f"{max(waits) / min(waits):.1f}"
        expect(ratio in browser.run("document.getElementById('ratio').innerText"), f"how many times as long: {ratio}")
        bars = browser.run("[...document.querySelectorAll('rect.newcomer')].map((bar) => bar.getBoundingClientRect().width)")
        expected = [wait / max(waits) for wait in waits]
        expect(all(abs(bar / max(bars) - part) < 0.01 for bar, part in zip(bars, expected, strict=True)), f"bars: {bars}")
    return waits


def check_steps(browser: Browser, page: Path, recordings: list[Path]) -> None:
    """Each moment has the step that it has in the recording's own page."""
    browser.open(page, "#lang=en")
    moments = browser.run("runs.map((run) => run.moments.map((m) => [m.step, m.e.e, m.e.n ?? null, m.e.t]))")
    for recording, shown in zip(recordings, moments, strict=True):
        browser.open(recording, "#lang=en")
        there = browser.run("run.shown.map((e) => [run.stepOf.get(e), e.e, e.n ?? null, e.t])")
        expect(shown == there and len(there) > 50, f"{recording.name} has other steps")


def check_keys_and_clicks(browser: Browser, page: Path, recordings: list[Path]) -> None:
    for row, recording in enumerate(recordings):
        browser.open(page, "#lang=ko")
        for _ in range(row):
            browser.press("ArrowDown")
        browser.press("ArrowRight")
        at, step, said = browser.run(
            "[view.at, momentAt(runs[view.chosen], view.at).step, document.querySelector('#moment .here').innerText]"
        )
        moments = browser.run(f"runs[{row}].moments.map((m) => m.t)")
        expect(at == min(moment for moment in moments if moment > 1e-6), f"→ leads to {at}")
        expect(str(step) in said and recording.stem.split("_")[-1] in said, f"at {at} ms it says {said}")
        browser.press("Enter")
        expect(opened(browser, recording) == step, f"Enter opens {recording.name} at another step than {step}")
        browser.open(page, "#lang=ko")
        bar = f"document.querySelectorAll('rect.newcomer')[{row}].getBoundingClientRect()"
        browser.run(f"scrollTo(0, {bar}.top - 300)")
        x, y = browser.run(f"(({{right, top}}) => [right - 1, top + 4])({bar})")
        browser.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
        step = browser.run("momentAt(runs[view.chosen], view.at).step")
        expect(browser.run("view.chosen") == row, "the pointer chooses another recording")
        for kind in ("mousePressed", "mouseReleased"):
            browser.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)
        there = opened(browser, recording)
        expect(there == step > 0, f"a click opens {recording.name} at {there}, not {step}")


def opened(browser: Browser, recording: Path) -> Any:
    ready = f"location.pathname.endsWith({json.dumps('/' + recording.name)}) && document.readyState === 'complete'"
    browser.until(ready, f"{recording.name} is not opened", 10)
    return browser.run("document.documentElement.lang === 'ko' && ui.at")


def check_looks(browser: Browser, page: Path) -> int:
    looked = 0
    for name, (width, height) in SHAPES.items():
        for dark in (False, True):
            for lang in ("en", "ko"):
                browser.open(page, f"#lang={lang}", width, height, dark)
                for doing in ("0", "whole()", "zoom(30); later()"):
                    browser.run(f"{doing}; 0")
                    expect(browser.run("document.documentElement.scrollWidth") <= width, f"{doing}: wider than a {name}")
                browser.run("fit()")
                labels = "[...document.querySelectorAll('#lanes text:is(.name, .waits)')]"
                cut = f"{labels}.filter((text) => text.getBoundingClientRect().right > innerWidth - 8)"
                expect(not (words := browser.run(f"{cut}.map((text) => text.innerHTML)")), f"cut off on a {name}: {words}")
                texts = browser.run(
                    "['title', 'about', 'waits', 'ratio', 'keys', 'legend'].map((id) => document.getElementById(id).innerText)"
                )
                for text in texts:
                    expect(bool(browser.run(f"{HANGUL}.test({json.dumps(text)})")) == (lang == "ko"), f"{lang}: {text}")
                expect(not (found := violations(browser)), f"axe, {width}, {lang}, {'dark' if dark else 'light'}: {found}")
                looked += 1
    browser.open(page, "#lang=en")
    browser.click("#language")
    expect(
        browser.run("document.documentElement.lang === 'ko' && document.title.length > 10"), "the language cannot be changed"
    )
    return looked
