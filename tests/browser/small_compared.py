"""Four short recordings on one clock, written by hand, and what the page that compares them has to show.

`python tests/browser/small_compared.py` writes small_compared.json anew, for somebody to read.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from browser import Browser, expect, with_lines
from small import check_expected
from used import check_used_compared

ROOT = Path(__file__).resolve().parent.parent.parent
EXPECTED = Path(__file__).with_suffix(".json")


def call(at: float, n: int, fn: str, back: float | None = None, th: int = 0, **about: Any) -> list[Any]:
    """A call, and its return if it came back; what `about` says belongs to the return, but for what only a call has."""
    of_call = {key: about.pop(key) for key in ("op", "waits", "in") if key in about}
    events = [{"e": "call", "n": n, "t": at / 1000, "th": th, "fn": fn, **of_call}]
    if back is not None:
        events.append({"e": "return", "n": n, "t": back / 1000, "th": th, "result": "0", **about})
    return events


def peer(at: float, client: int, did: str, **more: Any) -> dict[str, Any]:
    return {"e": "peer", "t": at / 1000, "client": client, "did": did, **more}


def begin(script: str) -> list[Any]:
    return [{"e": "start", "script": script, "args": ["9190"]}, {"e": "thread", "id": 0, "name": "main"}]


def op(number: int, client: int, to: str) -> dict[str, Any]:
    return {"id": number, "kind": "WSARecv", "s": 6, "to": to, "client": client}


ROUTINES = [  # the newcomer connects at 100 ms, is taken at 121, has its echo at 130
    *begin("one.py"),
    {"e": "thread", "id": 1, "name": "Thread-1 (a name that is long)"},
    *call(10, 1, "socket", 11),
    *call(12, 2, "listen", 13),
    *call(20, 3, "WaitForSingleObject", th=1, waits=[[1, 3]]),
    peer(50, 1, "connect"),
    *call(51, 4, "accept", 52, socket=6, client=1),
    *call(53, 5, "WSARecv", 54, op=op(1, 1, "routine"), result="-1", error="WSA_IO_PENDING (997)"),
    peer(60, 1, "send", bytes=5, data="hello"),
    *call(61, 6, "SleepEx", waits=[[0, 6]]),
    {"e": "routine", "n": 7, "in": 6, "t": 0.07, "th": 0, "fn": "R", "delivered": [1]},
    {"e": "output", "t": 0.072, "th": 0, "stream": "stdout", "text": "got it\n"},
    *call(73, 8, "SleepEx", 74, **{"in": 7, "waits": [[0, 8]]}, vain=True),
    {"e": "routine_end", "n": 7, "t": 0.08, "th": 0},
    {"e": "return", "n": 6, "t": 0.081, "th": 0, "result": "192"},
    peer(82, 1, "receive", bytes=5),
    *call(85, 9, "accept", 86, error="WSAEWOULDBLOCK (10035)", vain=True),
    *call(87, 16, "WSAGetLastError", 88, result="10035"),
    peer(90, 1, "send", bytes=1),
    *call(94, 20, "WSAPoll", 102.5, waits=[[0, 20]]),  # begun first, and the shortest
    *call(95, 10, "SleepEx", waits=[[0, 10]]),
    *call(98, 17, "select", 100, waits=[[0, 17]]),  # over before the newcomer comes
    *call(99, 19, "select", 100.5, waits=[[0, 19]]),  # over half a millisecond later
    peer(100, 2, "connect"),
    {"e": "routine", "n": 11, "in": 10, "t": 0.104, "th": 0, "fn": "R", "delivered": []},
    {"e": "routine_end", "n": 11, "t": 0.105, "th": 0},
    {"e": "return", "n": 10, "t": 0.107, "th": 0, "result": "192"},
    *call(108, 12, "SleepEx", 112, waits=[[0, 12]]),
    *call(113, 13, "select", 116, waits=[[0, 13]]),
    *call(120, 14, "accept", 121, socket=7, client=2),
    *call(121, 18, "select", 122, waits=[[0, 18]]),  # begun when it had been taken
    {"e": "sample", "t": 0.125, "th": 0, "id": 1, "state": "completed"},
    {"e": "peer", "t": 0.13, "client": 2, "did": "receive", "bytes": 3},
    {"e": "released", "t": 0.132, "th": 0, "id": 1},
    *call(133, 15, "closesocket", 134, raised="OSError"),
    peer(140, 2, "close"),
    {"e": "end", "t": 0.2, "how": "ctrl+c"},
]
PORT = [  # taken by what an operation of its own delivers, 2 ms after it connects, echoed after 10
    *begin("two.py"),
    {"e": "thread", "id": 1, "name": "Thread-1 (other)"},
    *call(0.2, 2, "Sleep", 0.5, th=1),
    *call(1, 1, "GetQueuedCompletionStatus", 32, op=op(1, 1, "port"), waits=[[0, 1]], delivered=[1]),
    peer(30, 1, "connect"),
    {"e": "output", "t": 0.036, "th": 0, "stream": "stdout", "text": "'"},
    peer(40, 1, "receive", bytes=1),
    peer(41, 1, "reset"),
    {"e": "note", "t": 0.042, "th": 0, "text": "a line of a kind that is not known"},
    {"e": "note", "how": "compared", "t": 9.0, "th": 0},
    {"e": "end", "t": 0.05, "how": "otherwise"},
]
NO_CLIENTS = [
    *begin("three.py"),
    *call(7, 1, "WSAStartup", 8),
    *call(8.2, 2, "bind", 8.4, error="WSAEADDRINUSE (10048)"),
    {"e": "end", "t": 0.009, "how": "crash"},
]
NO_ECHO = [
    *begin("four.py"),
    *call(5, 1, "accept", 6, vain=True),
    *call(7, 3, "socket", 8),
    peer(10, 1, "connect"),
    peer(15, 2, "connect"),
    peer(16, 2, "send", bytes=1),
    peer(17, 1, "receive", bytes=1),
    *call(18, 2, "SleepEx", waits=[[0, 2]]),
]
COMPARES = [
    {"name": "one", "href": "small.html", "findings": [{"en": "wrong", "ko": "잘못"}]},
    {"name": "two"},
    {"name": "three", "href": "three.html"},
    {"name": "four", "href": "four.html"},
]
EVENTS = [{"e": "start", "compares": COMPARES}, *ROUTINES, *PORT, *NO_CLIENTS, *NO_ECHO]

SHOWN = """(() => {
  const all = (selector) => [...document.querySelectorAll(selector)].map((node) =>
    `${node.className} ${node.innerText}`.replace(/\\s+/g, ' ').trim());
  const round = (text) => text?.replace(/-?\\d+\\.\\d+/g, (number) => String(Math.round(number)));
  return {
    view: [view.chosen, round(String(view.at)), Math.round(view.zoom * 100),
      Math.round($('lanes').scrollLeft), parseInt($('lanes').firstElementChild.style.width)],
    now: all('#now'), moment: all('#moment li'),
    links: [...document.querySelectorAll('#moment a')].map((a) => a.getAttribute('href')),
    drawn: [...document.querySelectorAll('#lanes svg > *')].map((node) =>
      ['class', 'x', 'y', 'width', 'x1', 'x2', 'y1', 'y2', 'height']
        .map((name) => round(node.getAttribute(name) ?? '')).join(' ') + ' ' + node.textContent),
  };
})()"""
WHOLE = {
    lang: f"""(setLanguage('{lang}'), (() => {{
  const text = (id) => $(id).innerText.replace(/\\s+/g, ' ').trim();
  return [document.title, document.documentElement.lang,
    ...['title', 'language', 'about', 'ratio', 'keys', 'legend', 'fit', 'whole'].map(text),
    $('language').lang, $('lanes').getAttribute('aria-label'),
    [...$('waits').children].map((li) => [li.className, li.dataset.wait ?? '', li.innerText.replace(/\\s+/g, ' ')]),
    [...document.querySelectorAll('#waits a')].map((a) => a.getAttribute('href')),
    [...document.querySelectorAll('#waits .bad, #waits .model')].map((p) => p.innerText),
    [...document.querySelectorAll('nav button')].map((b) => [b.title, b.getAttribute('aria-label')]),
    [...$('legend').children].map((s) => s.className)];
}})())"""
    for lang in ("ko", "en")
} | {
    "moments": "runs.map((run) => run.moments.map((m) => [Math.round(m.t * 10) / 10, m.step, m.e.e]))",
    "said": "runs.map((run) => run.shown.map((e) => sentence(run, e)))",
    "lanes": """runs.map((run) => [...run.lanes].map(([th, spans]) =>
        [th, spans.map((s) => [s.kind, s.fn, Math.round(s.from), Math.round(s.to)].join(' '))]))""",
    "rows": "runs.map((run) => [rowsOf(run), others(run), heightOf(run), run.model])",
}
DOING = {  # one after the other
    "the wait": "fit()",
    "right": "later()",
    "right again": "later()",
    "left": "earlier()",
    "all": "whole()",
    "the last one": "choose(9, 0)",
    "the first one": "choose(-1, 0)",
    "far left": "choose(0, -90)",
    "no further": "earlier()",
    "in detail": "(fit(), zoom(4))",
    "away": "choose(1, 20)",
    "too much detail": "zoom(1e9)",
    "too little": "zoom(1e-9)",
    "three": "(fit(), choose(2, 1.5))",
    "before all": "choose(3, -200)",
}
DRAWN = ("the wait", "all", "in detail", "too little", "three")  # the lanes of these alone are compared
POINTED = """[[10, 1], [500, 30], [500, 100], [500, 190], [900, 260], [900, 330], [900, 5000]].map(([x, y]) => {
  const place = $('lanes').getBoundingClientRect(), [index, ms] = pointed({ clientX: place.left + x, clientY: place.top + y });
  return [index, Math.round(ms)];
})"""
KEYS = ["ArrowDown", "ArrowRight", "ArrowLeft", "ArrowUp", "+", "-", "0", "a", "x"]


def write(page: Path, folder: Path) -> Path:
    lines = "\n".join(json.dumps(event) for event in EVENTS)
    return with_lines(page, folder / "compare_small.html", lines)


def shown(browser: Browser) -> dict[str, Any]:
    seen = {name: browser.run(script) for name, script in WHOLE.items()}
    for name, script in DOING.items():
        browser.run(f"{script}; 0")
        seen[name] = browser.run(SHOWN)
        if name not in DRAWN:
            del seen[name]["drawn"]
    seen["pointed"] = browser.run(f"fit(); {POINTED}")
    seen["keys"] = []
    for key in KEYS:
        browser.press(key)
        seen["keys"].append([key, browser.run("[view.chosen, Math.round(view.at), Math.round(view.zoom * 100)]")])
    for button in ("earlier", "later", "smaller", "larger", "whole", "fit", "language"):
        browser.click(f"#{button}")
        after = "[view.chosen, Math.round(view.at), Math.round(view.zoom * 100), document.documentElement.lang]"
        seen["keys"].append([button, browser.run(after)])
    return seen


def check_small_compared(browser: Browser, page: Path, folder: Path) -> None:
    browser.open(write(page, folder), "#lang=en")
    check_expected(shown(browser).items(), EXPECTED)
    browser.open(folder / "compare_small.html", "#lang=en")
    browser.run("$('lanes').focus(); choose(1, 0); 0")
    browser.press("Enter")  # has no page to be opened
    expect(browser.run("location.pathname.endsWith('compare_small.html')"), "a recording without a page is opened")
    browser.run("location.hash = 'lang=ko'; 0")
    expect(
        browser.run("new Promise((done) => setTimeout(() => done(document.documentElement.lang), 0))") == "ko",
        "the language of the address",
    )
    browser.open(folder / "compare_small.html", "#lang=xx")
    expect(browser.run("document.documentElement.lang") == "en", "a language that is not known")
    tiny = [{"e": "start", "compares": [{"name": "one"}, {"name": "two"}]}, *begin("one.py"), *begin("two.py")]
    asks, taken = call(400, 1, "accept", 500, socket=7, client=1)
    tiny += [asks, peer(500, 1, "connect"), taken]
    browser.open(with_lines(page, folder / "tiny.html", "\n".join(map(json.dumps, tiny))), "#lang=en")
    about = "[run.from, Math.round(run.begins), run.ends, run.moments.length, run.taken?.e]"
    measured = browser.run(f"runs.map((run) => {about})")
    expect(measured == [[0, 0, 0, 0, None], [0.5, -100, 0, 3, "return"]], f"recordings of nothing, and of little: {measured}")
    check_used_compared(browser, folder / "compare_small.html")


def main() -> None:
    """Writes small_compared.json, to be read before it is kept."""
    with tempfile.TemporaryDirectory() as folder:
        browser = Browser(f"{folder}/profile")
        browser.open(write(ROOT / "docs" / "trace" / "compare_busy.html", Path(folder)), "#lang=en")
        seen = shown(browser)
        errors = browser.errors
        browser.close()
    lines = []
    for name, value in seen.items():
        if isinstance(value, dict):
            inner = ",\n".join(f"  {json.dumps(part)}: {json.dumps(it, ensure_ascii=False)}" for part, it in value.items())
            lines.append(f"{json.dumps(name)}: {{\n{inner}\n}}")
        else:
            lines.append(f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}")
    EXPECTED.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    if errors:
        sys.exit("; ".join(errors))


if __name__ == "__main__":
    main()
