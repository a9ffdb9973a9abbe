"""Short recordings, written by hand, and what each part of the page has to show of them, step by step.

`python tests/browser/small.py` writes small.json, small_odd.json and small_ports.json anew, for somebody to read.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import small_odd
import small_ports
from browser import Browser, expect, timed, with_lines
from used import check_used

ROOT = Path(__file__).resolve().parent.parent.parent
STACKS = {
    0: [["main", 0, 1]],
    1: [["main", 0, 2]],
    2: [["main", 0, 3]],
    3: [["main", 0, 3], ["SleepEx", -1, 0], ["R", 0, 6]],
    4: [["main", 0, 3], ["SleepEx", -1, 0], ["R", 0, 7]],
    5: [["work", 1, 2]],
    6: [["main", 0, 4]],
}
OV = ["lpOverlapped", "0x1000", "@1"]
WSARECV = {
    "id": 1,
    "kind": "WSARecv",
    "s": 6,
    "routine": "R",
    "to": "routine",
    "client": 1,
    "ovref": "@1",
    "bufrefs": ["@1.buf"],
}
WHY = {"op": 1, "client": 1, "what": "received", "bytes": 5, "peer": 1}
PACKET = {"id": 2, "kind": "PostQueuedCompletionStatus", "s": None, "routine": None, "to": "posted", "port": 12}
EVENTS = [
    {"e": "start", "script": "x.py", "args": ["9190"], "format": 2, "python": "3.13", "lang": "en"},
    {"e": "thread", "id": 0, "name": "main"},
    {"e": "thread", "id": 1, "name": "Thread-1 (work)"},
    {
        "e": "source",
        "file": 0,
        "name": "a/x.py",
        "text": "start()\nrecv()  # one\nwait()\nend()\ndef R():\n    def_\n    print('two')",
    },
    {"e": "source", "file": 1, "name": "a/y.py", "text": "def work():\n    take()"},
    *({"e": "stack", "id": number, "frames": frames} for number, frames in STACKS.items()),
    # 1: the set-up
    {"e": "call", "n": 1, "th": 0, "fn": "WSAStartup", "args": [["wVersionRequested", "514"]], "stack": 0},
    {"e": "return", "n": 1, "th": 0, "result": "0"},
    {"e": "call", "n": 2, "th": 0, "fn": "socket", "args": [["af", "2"]], "stack": 0},
    {"e": "return", "n": 2, "th": 0, "result": "5", "socket": 5},
    {"e": "call", "n": 3, "th": 0, "fn": "listen", "args": [["s", "5"], ["backlog", "5"]], "stack": 0},
    {"e": "return", "n": 3, "th": 0, "result": "0", "listens": 5},
    {"e": "call", "n": 30, "th": 0, "fn": "ioctlsocket", "args": [["s", "5"], ["cmd", "FIONBIO"], ["argp", "&1"]], "stack": 0},
    {"e": "return", "n": 30, "th": 0, "result": "0"},
    # 2, 3: a client is accepted
    {"e": "peer", "client": 1, "did": "connect", "from": "127.0.0.1:9"},
    {"e": "call", "n": 4, "th": 0, "fn": "accept", "args": [["s", "5"]], "stack": 1},
    {"e": "return", "n": 4, "th": 0, "result": "6", "socket": 6, "client": 1, "peer": "127.0.0.1:9"}
    | {"why": {"what": "connected", "client": 1, "peer": 0}},
    # 4: a receive
    {"e": "type", "name": "PER_IO_DATA", "size": 48, "fields": [["Internal", "ULONG_PTR", 0, 8], ["buf", "BYTE[8]", 32, 8]]},
    {"e": "block", "id": 1, "type": "PER_IO_DATA", "name": "info", "size": 48, "at": "0x1000", "from": "malloc"},
    {
        "e": "call",
        "n": 5,
        "th": 0,
        "fn": "WSARecv",
        "args": [["s", "6"], OV],
        "stack": 1,
        "op": WSARECV,
        "ops": [[1, "starting"]],
    }
    | {"own": [[1, "Internal", 1], [1, "buf", 1]], "mem": {"1": {"Internal": "STATUS_PENDING (259)", "buf": "#" + "00" * 8}}},
    {"e": "return", "n": 5, "th": 0, "result": "SOCKET_ERROR", "error": "WSA_IO_PENDING (997)", "code": 997}
    | {"id": 1, "state": "pending", "ops": [[1, "pending"]]},
    # 5: three waits in vain
    {"e": "call", "n": 6, "th": 0, "fn": "SleepEx", "args": [["bAlertable", "FALSE"]], "stack": 2},
    {"e": "return", "n": 6, "th": 0, "result": "0", "vain": True},
    {"e": "call", "n": 7, "th": 0, "fn": "accept", "args": [["s", "5"]], "stack": 2},
    {
        "e": "return",
        "n": 7,
        "th": 0,
        "result": "INVALID_SOCKET",
        "error": "WSAEWOULDBLOCK (10035)",
        "code": 10035,
        "vain": True,
    },
    {"e": "call", "n": 8, "th": 0, "fn": "SleepEx", "args": [["bAlertable", "FALSE"]], "stack": 2},
    {"e": "return", "n": 8, "th": 0, "result": "0", "vain": True},
    # 6, 7: the client sends, the receive completes
    {"e": "peer", "client": 1, "did": "send", "bytes": 5, "data": "'hello'", "from": "127.0.0.1:9"},
    {"e": "sample", "th": 0, "id": 1, "state": "completed", "status": "STATUS_SUCCESS", "bytes": 5, "why": WHY}
    | {"ops": [[1, "completed"]], "queues": [["routine", 0, [1]]]}
    | {"mem": {"1": {"Internal": "STATUS_SUCCESS (0)", "buf": "#68656c6c6f000000"}}},
    # 8: a wait that is not alertable
    {"e": "call", "n": 31, "th": 0, "fn": "SleepEx", "args": [["bAlertable", "FALSE"]], "stack": 2},
    {"e": "return", "n": 31, "th": 0, "result": "0", "vain": True},
    # 9, 10: one that is, and the routine
    {
        "e": "call",
        "n": 9,
        "th": 0,
        "fn": "SleepEx",
        "args": [["bAlertable", "TRUE"]],
        "stack": 2,
        "alertable": True,
        "waits": [[0, 9]],
    },
    {"e": "routine", "n": 10, "in": 9, "th": 0, "fn": "R", "args": [["dwError", "0"], ["cbTransferred", "5"], OV], "stack": 3}
    | {
        "delivered": [1],
        "ops": [[1, "delivered"]],
        "queues": [["routine", 0, []]],
        "own": [[1, "Internal", 0], [1, "buf", 0]],
        "why": WHY,
    },
    # 11, 12: what it prints, in two pieces, and an error
    {"e": "output", "th": 0, "stream": "stdout", "text": "got ", "stack": 4},
    {"e": "output", "th": 0, "stream": "stdout", "text": "it\n", "stack": 4},
    {"e": "output", "th": 0, "stream": "stderr", "text": "bad\n", "stack": 4},
    # 13, 14: back
    {"e": "routine_end", "n": 10, "th": 0},
    {"e": "return", "n": 9, "th": 0, "result": "WAIT_IO_COMPLETION (192)", "waits": [[0, 0]]},
    # 15, 16, 17: another thread takes a packet
    {
        "e": "call",
        "n": 11,
        "th": 1,
        "fn": "GetQueuedCompletionStatus",
        "args": [["CompletionPort", "12"]],
        "stack": 5,
        "waits": [[1, 11]],
    },
    {
        "e": "call",
        "n": 12,
        "th": 0,
        "fn": "PostQueuedCompletionStatus",
        "args": [["CompletionPort", "12"]],
        "stack": 6,
        "op": PACKET,
    }
    | {"ops": [[2, "completed"]], "queues": [["port", 12, [2]]]},
    {"e": "return", "n": 12, "th": 0, "result": "1", "id": 2, "state": "completed"},
    {"e": "return", "n": 11, "th": 1, "result": "1", "delivered": [2], "why": {"op": 2, "what": "posted"}, "waits": [[1, 0]]}
    | {"ops": [[2, "delivered"]], "queues": [["port", 12, []]]},
    # 18, 19, 20: the end
    {"e": "call", "n": 13, "th": 0, "fn": "closesocket", "args": [["s", "6"]], "stack": 6},
    {"e": "return", "n": 13, "th": 0, "result": "0", "closed": 6},
    {"e": "call", "n": 14, "th": 0, "fn": "free", "args": [["ptr", "0x1000", "@1"]], "stack": 6},
    {"e": "return", "n": 14, "th": 0, "result": "", "gone": [1]},
    {
        "e": "diagnosis",
        "kind": "x",
        "n": 5,
        "th": 0,
        "fn": "WSARecv",
        "file": 0,
        "line": 2,
        "en": "x.py:2: WSARecv: wrong",
        "ko": "x",
    },
    {"e": "end", "t": 2.0, "how": "the program ended"},
]
timed(EVENTS)

SHOWN = """(() => {
  const text = (nodes) => [...nodes].map((node) => node.innerText.replace(/\\s+/g, ' ').trim());
  const all = (selector) => text(document.querySelectorAll(selector));
  return {
    now: all('#source .now'), callers: all('#source .caller'), file: $('file').textContent,
    zones: [...document.querySelectorAll('#operations .zone')].map((zone) => text(zone.querySelectorAll('h3, .op, .queue'))),
    clients: all('#operations .client'), threads: all('.thread'), active: all('.thread.active h3'),
    out: [...document.querySelectorAll('#output pre span')].map((node) => [node.className, node.textContent]),
    row: all('.rows [aria-current]'), bad: all('.rows .bad'),
    say: all('#telling .main, #telling .effect'), why: all('#telling .why'), memory: all('#memory :is(.card, .none)'),
    arrows: document.querySelectorAll('#memory .arrow').length, lit: document.querySelectorAll('#memory .arrow.lit').length,
    classes: ['#memory :is(.card, .field, .owner, .group)', ':is(.op, .queue, .zone, .client, .left)', '.thread, .thread *']
      .map((selector) => [...document.querySelectorAll(selector)]
        .map((n) => [n.className, ...Object.values(n.dataset)].join(' ')).join(', ')),
    inView: ['#memory .field.changed', '#memory .card.touched', '#operations [data-state=delivered]'].map((selector) => {
      const box = document.querySelector(selector)?.closest('.body').getBoundingClientRect();
      const top = document.querySelector(selector)?.getBoundingClientRect().top;
      return box && top >= box.top - 1 && top < box.bottom; }),
    off: ['first', 'back', 'next', 'last', 'jump', 'follow'].filter((id) => $(id).disabled).join(' '),
    drawn: [...new Set([...document.querySelectorAll('#lanes svg > *')].map((node) =>
      ['class', 'y', 'y1', 'y2', 'height'].map((name) => node.getAttribute(name)).join(' ') + ' ' + node.textContent))],
  };
})()"""


RECORDINGS = {"small": EVENTS, "small_odd": small_odd.EVENTS, "small_ports": small_ports.EVENTS}


def write(page: Path, folder: Path, name: str, events: list[dict[str, Any]]) -> Path:
    lines = "\n\n".join(json.dumps(event).replace("<", "\\u003c") for event in events)  # an empty line is none
    return with_lines(page, folder / f"{name}.html", f'{lines}\n{{"e"')  # the last one is cut short


def expected(name: str) -> Path:
    return Path(__file__).with_name(f"{name}.json")


WHOLE = {
    "lanes": "run.timeline.lanes.map((lane) => [laneName(lane), lane.waits])",
    "marks": "run.timeline.lanes.map((lane) => lane.marks.map((m) => [m.i, m.kind, m.did, m.text].join(' ')))",
    "bars": "[...run.timeline.bars.values()].map((b) => [b.id, b.from, b.completed ?? 0, b.to ?? 0, b.end ?? '', b.row])",
    "about": "run.about.map((about) => [...about])",
    "rows": "run.rows",
    "depth": "run.depth",
    "filter": "[...$('filter').options].map((option) => [option.value, option.text])",
    "found": "$('findings').innerText",
    "model": "[$('model').textContent, $('about').textContent]",
    "folded": "run.steps.map((step) => step.fold ?? '')",
    "unfolded": "makeSteps(run, true).length",
    "questions, unfolded": """(setAll(true), [[...makeQuestions(run)].map(([i, question]) =>
        [i, question.kind, question.text, ...question.choices.map((choice) => [choice.text, choice.right])]),
        go(setAll(false))][0])""",
    "deliveries": "run.steps.map((_, i) => nextDelivery(i))",
    "lines": "[1, 2, 3, 4, 6, 7].map((line) => [0, 3, 9].map((from) => nextOfLine(run, 0, line, from)))",
    "questions": """[...makeQuestions(run)].map(([i, question]) =>
        [i, question.kind, question.text, ...question.choices.map((choice) => [choice.text, choice.right, choice.because])])""",
    "tabs": "[...$('tabs').children].map((tab) => [tab.dataset.id, tab.className, tab.getAttribute('aria-pressed')])",
    "particles": "['루틴', '쓰레드', 'main', 'R', 'work #1', '포트 12', 'accept(5)'].map((word) => josa(word, '이', '가'))",
    "lives": "[lifeOfBlock(run, 1), lifeOfOp(run, 1)]",
    "coloured": "(go(1), [...document.querySelectorAll('#source .body span')].map((p) => [p.className, p.textContent]))",
    "list": """(go(6), setList(true),
        [$('oplist').hidden, $('lanes').hidden, $('oplist').innerText, setList(false), $('lanes').hidden])""",
    "card": "(go(0), $('card').innerText)",
    "in Korean": """(setLanguage('ko'), prepareWords(), run.steps.map((_, i) => { go(i);
        return [$('say').innerText, run.rows[i]]; }),
        [3, 9].map((i) => (go(i), [$('spoken').textContent, $('operations').innerText, $('threads').innerText])))""",
    "questions in Korean": """[...makeQuestions(run)].map(([, question]) =>
        [question.text, ...question.choices.map((choice) => [choice.text, choice.because])])""",
    "labels": """['ko', 'en'].map((lang) => (setLanguage(lang), prepareWords(), go(0), showHelp(),
        [document.title, $('boxed').innerText, $('box').close(),
        ...[...document.querySelectorAll('[title], [aria-label]')].map((n) => [n.title, n.getAttribute('aria-label')]),
        [...document.querySelectorAll('header *, nav *, h2')].map((n) => n.children.length ? '' : n.lang + n.innerText)
        .join('|')]))""",
    "lanes far": "[2, 16, 40, 13].map((zoom) => (ui.zoom = zoom, drawLanes(), go(8), zoom === 13 || drawn()))",
    "lives seen": "[...run.ops.keys()].map((id) => (showOpLife(id), [$('boxed').innerText, $('box').close()]))",
    "blocks": """[9, 14, 33, 44].map((i) => (go(i), [...document.querySelectorAll('#memory .title[title]')].map((title) => {
        title.click(); const text = $('boxed').innerText; $('box').close(); return text; })))""",
    "predicted": """(setPredict(true), go(0), run.steps.map(() => {
        const asked = ui.question?.text ?? '';
        if (asked) answer(ui.at % 2);
        forward();
        return [ui.at, asked, $('where').textContent, asked ? $('say').innerText : $('operations').innerText]; }))""",
    "predicted, jumping": """(setPredict(true), go(0), [1, 2, 3, 4, 5, 6].map(() => {
        jump();
        const at = ui.at, asked = ui.question?.text;
        if (asked) answer(0);
        return [at, asked, ui.at]; }))""",
    "rows seen": """(go(9), [...document.querySelectorAll('#log li')].map((li) => [li.firstChild.className, li.innerText,
        li.style.top, li.firstChild.tabIndex, li.getAttribute('aria-posinset')].join(' ')))""",
    "predicted, seen": "(drawOpList(), [$('oplist').innerText, findNext('x', 0), drawn(), setPredict(false)])",
    "followed": "run.steps.map((_, i) => [1, -1].map((way) => (ui.at = i, follow(way), ui.at)))",
    "executed": "run.steps.map((_, i) => (go(i), nextOfThisLine(), ui.at))",
    "filtered": """[...$('filter').options].map((option) => { ui.filter = option.value; run.visible = visibleSteps();
        const seen = [run.visible.join(' '), following(3, 1), following(9, -1), address()];
        ui.filter = '';
        run.visible = visibleSteps();
        return seen; })""",
    "unfolded rows": "(go(5), [go(setAll(true)), ui.at, run.rows.length, run.depth.join(' '), go(setAll(false)), ui.at])",
    "on paper": """(go(3), layPaper(),
        [$('paper').innerText, [...$('paper').querySelectorAll('li')].map((li) => li.value + li.className)])""",
    "told, unfolded": "(setAll(true), [run.steps.map((_, i) => (go(i), $('telling').innerText)), go(setAll(false))][0])",
    "ways": "[9, 14, 30].map((i) => (go(i), [...state.blocks.keys()].map((id) => refWay(state, `@${id}`))))",
    "known": "[[...run.calls.keys()], [...run.returns].map(([n, e]) => `${n} ${e.e}`), [...run.inside]]",
    "given": "run.steps.map((_, i) => (go(i), document.querySelector('#memory .given')?.innerText ?? ''))",
    "sockets": "(go(run.steps.length - 1), [[...state.sockets], [...state.clients.values()]])",
    "groups": """[[1, null], [null, 1], [2, 1, null]].map((clients) => blockGroups({ blocks:
        new Map(clients.map((client, id) => [id, { client }])) }).map((group) => group[0]))""",
    "more": "[2, 3].map((most) => some([1, 2, 3], most, (n) => el('p', '', n)).map((p) => p.textContent))",
    "found by search": "['closesocket', 'HELLO', 'sleepex', 'nothing'].map((text) => [findNext(text, 0), findNext(text, 8)])",
}


DRAWN = """window.drawn = () => [...document.querySelectorAll('#lanes svg > *')].map((node) =>
    ['class', 'x', 'y', 'width', 'x1', 'x2', 'y1', 'y2', 'height'].map((name) => node.getAttribute(name) ?? '').join(' ')
    + node.textContent)"""
KEYS = "ArrowRight ArrowRight n o O l ArrowLeft f f + = - t t End Home p ArrowRight 1 n 2 p ? Escape / Enter Escape".split()
DID = """[ui.at, ui.all, ui.predicting, ui.question?.text, ui.answer?.right, ui.score, Math.round(ui.zoom * 100), ui.asList,
    ui.tab, $('box').open, document.activeElement.id,
    ...['unfold', 'predict', 'aslist'].map((id) => $(id).getAttribute('aria-pressed')), $('slider').value, $('slider').max]"""


def shown(browser: Browser) -> Iterator[tuple[str, Any]]:
    """Everything that is compared: of the whole run, of each step, of what keys do."""
    browser.run(f"{DRAWN}; 0")
    for name, script in WHOLE.items():
        yield name, browser.run(script)
    steps = browser.run("run.steps.length")
    for step in range(steps):
        browser.run(f"go({step})")
        seen = browser.run(SHOWN)
        if steps > 30 and step % 4:
            del seen["drawn"]  # much, and mostly as at the step before
        yield f"step {step}", seen
    browser.run("go(0); document.activeElement.blur(); 0")
    for number, key in enumerate(KEYS):
        browser.press(key)
        yield f"key {number}, {key}", browser.run(DID)


def check_expected(seen: Iterable[tuple[str, Any]], file: Path) -> None:
    """The .json is what a person has read and found right. Who changes the page reads the lines that change."""
    wanted = json.loads(file.read_text(encoding="utf-8"))
    for what, now in seen:
        expect(what in wanted, f"{file.stem}: {what} is new")
        right = wanted.pop(what)
        if isinstance(now, dict):
            expect(now.keys() == right.keys(), f"{file.stem}, {what}: other parts")
        for part, it in now.items() if isinstance(now, dict) else [("", now)]:
            known = right[part] if part else right
            expect(it == known, f"{file.stem}, {what} {part}: {it}, not {known}")
    expect(not wanted, f"{file.stem}: there is no {', '.join(wanted)}")


def check_small(browser: Browser, page: Path, folder: Path) -> None:
    for name, events in reversed(RECORDINGS.items()):
        browser.open(write(page, folder, name, events), "#lang=en")
        expect(browser.run("ui.at") == 0, "it does not begin with the card")
        check_expected(shown(browser), expected(name))
    check_used(browser, folder / "small_ports.html")
    for what, (events, folded, first, model) in small_odd.TINY.items():
        browser.open(write(page, folder, "tiny", events), "#lang=en")
        seen = browser.run("[run.steps.map((step) => step.fold ?? ''), firstOperation(run), run.model, ui.at, run.rows.length]")
        expect(seen == [folded, first, model, 0, len(folded)], f"{what}: {seen}")
        expect(browser.run("run.steps[1]?.th ?? 0") == 0, f"{what}: whose step the first is")
        browser.run("for (const i of run.steps.keys()) go(i); showHelp(); $('box').close(); setList(true); layPaper()")
        expect(not browser.errors, "; ".join(browser.errors))
    wanted = json.loads(expected("small").read_text(encoding="utf-8"))
    browser.open(folder / "small.html", "#lang=en")
    for step in reversed(range(browser.run("run.steps.length"))):
        browser.run(f"go({step})")
        expect(browser.run(SHOWN) == wanted[f"step {step}"], f"the short recording, step {step}: other backwards than forwards")
    browser.click("#findings button")
    expect(browser.run("ui.at") == 4, "a finding leads to the call that it is about")
    browser.run("$('filter').value = 'thread 1'; $('filter').onchange()")
    expect(browser.run("run.visible") == [0, 15, 17], "the steps of one thread")


def main() -> None:
    """Writes the .json, to be read before they are kept."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        browser = Browser(f"{folder}/profile")
        for name, events in RECORDINGS.items():
            recorded = ROOT / "docs" / "trace" / "overlapped_echo_server.html"
            browser.open(write(recorded, Path(folder), name, events), "#lang=en")
            lines = [f"{json.dumps(what)}: {json.dumps(value, ensure_ascii=False)}" for what, value in shown(browser)]
            expected(name).write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
        errors = browser.errors
        browser.close()
    if errors:
        sys.exit("; ".join(errors))


if __name__ == "__main__":
    main()
