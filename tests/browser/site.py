#!/usr/bin/env python3
"""Looks at the site, as `python -m tests.pages site` has built it, in a real browser: tests/browser/site.py

Each page at three widths, light and dark, in both languages: nothing is wider than the window, the switch of the language
leads to the same page and back, pictures and recorded runs are there and follow the colours, a run opens at the step that
the page names, and the search finds the pages of the reader's language first.
"""

from __future__ import annotations

import base64
import functools
import sys
import tempfile
import threading
import zlib
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

from browser import HANGUL, Browser, Failed, expect

SITE = Path(__file__).resolve().parent.parent.parent / "build" / "site"
WIDTHS = (390, 820, 1280)
SEARCHES = {  # what a reader types, and a page that must be among the first three
    "alertable wait": "docs/faq",
    "hEvent": "docs/faq",
    "GetQueuedCompletionStatus": "docs/reference",
    "정오표": "docs/ko/errata",
    "완료 포트": "docs/ko/faq",
    "루틴": "docs/ko/reading-guide",
}
TOO_WIDE = """[document.documentElement, ...document.querySelectorAll('article *')].filter((part) => {
  for (let box = part.parentElement; box && box.tagName !== 'ARTICLE'; box = box.parentElement)
    if (getComputedStyle(box).overflowX !== 'visible') return false;
  const right = part === document.documentElement ? part.scrollWidth : part.getBoundingClientRect().right;
  return right > innerWidth + 1;
}).map((part) => part.outerHTML.slice(0, 90))"""
ROOM = "[...document.querySelectorAll('article img')].filter((i) => !i.complete || !i.naturalWidth).map((i) => i.src)"
SHADE = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number)"
RUN = """(() => {
  const frame = [...document.querySelectorAll('iframe')][NUMBER], inside = frame.contentWindow, page = inside?.document;
  if (page?.readyState !== 'complete' || !page.getElementById('where')?.innerText) return null;
  return {step: page.getElementById('where').innerText, wide: page.documentElement.scrollWidth - inside.innerWidth,
    language: page.documentElement.lang, shade: inside.getComputedStyle(page.body).backgroundColor.match(/\\d+/g).map(Number)};
})()"""


class Quiet(SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/favicon.ico":  # the browser's own idea
            self.send_response(204)
            self.end_headers()
        else:
            super().do_GET()

    def log_message(self, *about: object) -> None:
        pass


def is_dark(shade: list[int]) -> bool:
    return sum(shade[:3]) < 3 * 128


def colour(browser: Browser, selector: str) -> list[int]:
    """Of the picture's pixel near its corner, as the reader sees it."""
    box = f"document.querySelector('{selector}').getBoundingClientRect()"
    place = f"(() => {{ const r = {box}; return [r.x + scrollX, r.y + scrollY]; }})()"
    x, y = browser.run(place)
    clip = {"x": x + 6, "y": y + 3, "width": 1, "height": 1, "scale": 1}
    png = base64.b64decode(browser.call("Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True)["data"])
    at, rest = 8, b""
    while at < len(png):
        size = int.from_bytes(png[at : at + 4], "big")
        rest += png[at + 8 : at + 8 + size] if png[at + 4 : at + 8] == b"IDAT" else b""
        at += size + 12
    return list(zlib.decompress(rest)[1:4])  # one row of one pixel: the filter, red, green, blue


def check_page(browser: Browser, site: str, page: str, other: str | None) -> None:
    browser.open(f"{site}{page}.html")
    for width in WIDTHS:
        for dark in (False, True):
            browser.show(width, 900, dark)
            about = f"{page}, {width} px, {'dark' if dark else 'light'}"
            wide = [] if dark else browser.run(TOO_WIDE)
            expect(not wide, f"{about}: wider than the window: {wide}")
            browser.until(f"{ROOM}.length === 0", f"{about}: pictures are missing")
            expect(is_dark(browser.run(SHADE)) == dark, f"{about}: the colours are {browser.run(SHADE)}")
            expect(not browser.errors, f"{about}: {browser.errors}")
    if other:
        browser.click(".announcement a")
        there = f"document.readyState === 'complete' && location.href.split(/[?#]/)[0] === '{site}{other}.html'"
        browser.until(there, f"{page}: the switch of the language does not lead to {other}")


def check_switch(browser: Browser, site: str, page: str) -> None:
    """The reader's own switch: pictures and recorded runs follow."""
    browser.open(f"{site}{page}.html", dark=None)
    for _ in range(3):  # light, dark, and as the system has it
        browser.click(".content-icon-container .theme-toggle")
        theme = browser.run("document.body.dataset.theme")
        if theme != "auto":
            dark = theme == "dark"
            expect(is_dark(browser.run(SHADE)) == dark, f"{page}: switched to {theme}")
            expect(is_dark(colour(browser, "article img")) == dark, f"{page}: a picture is not {theme}")


def check_runs(browser: Browser, site: str, page: str, language: str) -> int:
    browser.open(f"{site}{page}.html", dark=None)
    sources = browser.run("[...document.querySelectorAll('iframe')].map((frame) => frame.getAttribute('src'))")
    expect(sources, f"{page} shows no recorded run")
    for number, source in enumerate(sources):
        browser.run(f"[...document.querySelectorAll('iframe')][{number}].scrollIntoView(), 0")
        script = RUN.replace("NUMBER", str(number))
        step = source.partition("step=")[2].partition("&")[0]
        seen = browser.until(script, f"{page}: {source} does not load")
        expect(f" {step} /" in seen["step"], f"{page}: {source} is at {seen['step']}")
        expect(seen["wide"] <= 0 and seen["language"] == language, f"{page}: {source}: {seen}")
        for theme in ("dark", "light"):
            browser.run(f"document.body.dataset.theme = '{theme}', 0")
            follows = f"{script}.shade.reduce((a, b) => a + b) < 384 === {str(theme == 'dark').lower()}"
            browser.until(follows, f"{page}: {source} is not {theme}")
    return len(sources)


def check_search(browser: Browser, site: str) -> None:
    for words, page in SEARCHES.items():
        korean = page.startswith("docs/ko/")
        browser.open(f"{site}search{'.ko' if korean else ''}.html?q={quote(words)}")
        browser.until("document.querySelector('.search-summary')?.innerText", f"the search for {words} does not end")
        first = browser.run(
            "[...document.querySelectorAll('#search-results li > a')].slice(0, 3).map((a) => a.getAttribute('href'))"
        )
        expect(any(link.startswith(f"{page}.html") for link in first), f"{words}: {page} is not among {first}")
        said = browser.run(
            "document.querySelector('.search-summary').innerText + document.querySelector('#search-results h2').innerText"
        )
        expect(bool(browser.run(f"{HANGUL}.test({said!r})")) == korean, f"the search for {words} says {said}")


def main() -> int:
    pages = [f"docs/{file.stem}" for file in sorted((SITE / "docs").glob("*.html"))]
    if not pages:
        sys.exit("tests/browser/site.py: there is no site: python3 -m tests.pages site")
    both = {"README": "README.ko"} | {page: page.replace("docs/", "docs/ko/") for page in pages}
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(SITE)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    site = f"http://127.0.0.1:{server.server_port}/"
    with tempfile.TemporaryDirectory() as folder:
        browser = Browser(folder)
        try:
            browser.call("Network.enable")
            runs = 0
            for page, other in both.items():
                there = other if (SITE / f"{other}.html").exists() else None
                check_page(browser, site, page, there)
                if there:
                    check_page(browser, site, there, page)
            for page in ("README", "docs/which-is-faster"):
                check_switch(browser, site, page)
                check_switch(browser, site, both[page])
            for page in ("README", "docs/reading-guide", "docs/faq"):
                runs += check_runs(browser, site, page, "en") + check_runs(browser, site, both[page], "ko")
            check_search(browser, site)
            expect(not browser.errors, f"{browser.errors}")
            widths = ", ".join(map(str, WIDTHS))
            print(f"site: {len(both)} pages in both languages, light and dark, {widths} px wide; {runs} recorded runs")
            return 0
        except (Failed, TimeoutError) as failure:
            print(f"site: {failure}")
            return 1
        finally:
            browser.close()
            server.shutdown()


if __name__ == "__main__":
    sys.exit(main())
