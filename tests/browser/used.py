"""What the two pages do with a hand on the mouse and one on the keys: focus, scrolling, the window's size, the address.

The recordings are those of small_ports.py and small_compared.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from browser import SHAPES, Browser, expect

KEY = (
    "(key, more = {}) => document.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true, ...more}))"
)
INSIDE = """(node, box) => { const a = node.getBoundingClientRect(), b = box.getBoundingClientRect();
    return a.top >= b.top - 1 && a.bottom <= b.bottom + 1; }"""
TOOLS = f"window.key = {KEY}; window.inside = {INSIDE}; window.pane ??= (id) => document.querySelector(`#${{id}} .body`); 0"


class Page:
    """Scripts that are run on a page, and what they have to give."""

    def __init__(self, browser: Browser, path: Path) -> None:
        self.browser, self.path = browser, path

    def open(self, fragment: str = "#lang=en", shape: str = "desktop") -> None:
        self.browser.open(self.path, fragment, *SHAPES[shape])
        self.browser.run(TOOLS)

    def gives(self, script: str, right: Any, what: str) -> None:
        seen = self.browser.run(script)
        expect(seen == right, f"{self.path.stem}: {what}: {seen}, not {right}")

    def holds(self, script: str, what: str) -> None:
        expect(self.browser.run(script), f"{self.path.stem}: {what}")

    def until(self, script: str, what: str) -> None:
        self.browser.until(script, f"{self.path.stem}: {what}", 3)


# ---- the page of a run ---------------------------------------------------------------------------------------------


def check_used(browser: Browser, path: Path) -> None:
    page = Page(browser, path)
    for check in (
        address, begins, buttons, modifiers, digits, playing, searching, range_, predicting, lanes, source, rows, arrows,
        memory, linking, filtering, edges, small_screen,
    ):  # fmt: skip
        page.open()
        check(page)


def address(page: Page) -> None:
    for fragment, lang in (("#lang=ko", "ko"), ("#lang=en", "en"), ("#lang=xx", "en"), ("", "en")):
        page.open(fragment)
        page.gives("[document.documentElement.lang, ui.at, ui.all, ui.predicting]", [lang, 0, False, False], fragment)
    page.open("#step=5&lang=en&all=1&predict=1")
    page.gives("[ui.at, ui.all, ui.predicting, run.steps.length > 60]", [5, True, True, True], "the address")
    page.browser.run("go(5); 0")
    page.until("location.hash.startsWith('#step=5&')", "the address follows, a little later")
    page.browser.run("go(6); showAddress()")
    page.gives("location.hash", "#step=6&lang=en&all=1&predict=1", "the address follows")
    page.browser.run("location.hash = 'step=7&lang=ko'; 0")
    page.until("ui.at === 7 && document.documentElement.lang === 'ko' && !ui.all && !ui.predicting", "the address is followed")
    page.gives("run.rows[4].includes('accept')", True, "the rows of the other language")
    page.open("#step=900")
    page.gives("ui.at === run.steps.length - 1", True, "a step that is not there")


def begins(page: Page) -> None:
    page.gives("[ui.at, ui.asList, ui.zoom, ui.tab, ui.playing]", [0, False, 13, "picture", 0], "how it begins")
    page.gives("[lanes.hidden, oplist.hidden, document.body.dataset.tab]", [False, True, "picture"], "what is shown first")
    page.gives("[slider.value, slider.max, slider.min]", ["0", "64", "0"], "the slider")
    page.gives("$('where').textContent", "Step 0 / 64", "nothing has been asked yet")
    page.gives("box.open", False, "no help without a question")
    for button, at, predicting in (("main", 10, False), (":nth-child(2)", 9, True), (":nth-child(3)", 1, False)):
        page.open()
        page.browser.click(f"#card .starts button{'.' * (button == 'main')}{button}")
        page.gives("[ui.at, ui.predicting]", [at, predicting], f"the card's button {button}")


def buttons(page: Page) -> None:
    for button, at in (
        *(("next", 1), ("next", 2), ("back", 1), ("jump", 19), ("last", 64), ("first", 0), ("jump", 19), ("follow", 19)),
        *(("back", 18), ("last", 64), ("back", 63), ("first", 0)),
    ):
        page.browser.run(f"$('{button}').disabled || $('{button}').click()")
        page.gives("ui.at", at, f"the button {button}")
    page.browser.run("go(12); $('follow').click()")
    page.gives("ui.at", 21, "the next of the operation")
    page.gives("(go(12), key('o'), [ui.at, key('O'), ui.at])", [21, False, 12], "its keys")
    page.browser.run("go(21)")
    page.browser.run("$('larger').click()")
    page.gives("Math.round(ui.zoom * 10)", 182, "wider")
    page.browser.run("$('smaller').click(); $('smaller').click()")
    page.gives("Math.round(ui.zoom * 10)", 93, "narrower")
    page.browser.run("for (let i = 0; i < 9; i++) $('smaller').click()")
    page.gives("[ui.zoom, parseFloat(document.querySelector('.space').style.width)]", [1.5, 122 + 65 * 1.5 + 40], "narrowest")
    page.browser.run("for (let i = 0; i < 20; i++) $('larger').click()")
    page.gives("[ui.zoom, parseFloat(document.querySelector('.space').style.width)]", [40, 122 + 65 * 40 + 40], "widest")
    page.gives("[$('unfold').click(), ui.all, ui.at, slider.max]", [None, True, 28, "71"], "all calls apart")
    page.gives("[$('unfold').click(), ui.all, ui.at, slider.max]", [None, False, 21, "64"], "folded again")
    page.gives(
        "[$('predict').click(), ui.predicting, $('predict').click(), ui.predicting]", [None, True, None, False], "predict"
    )
    page.gives(
        "[$('aslist').click(), oplist.hidden, $('aslist').click(), oplist.hidden]", [None, False, None, True], "as a list"
    )
    page.gives("[go(0), $('unfold').click(), ui.at, $('unfold').click(), ui.at]", [None, None, 0, None, 0], "at the card")
    findings = "document.querySelectorAll('#findings button')"
    page.gives(f"[0, 1].map((i) => (go(2), {findings}[i].click(), ui.at))", [4, 0], "a finding, and one of no call")
    page.browser.run("go(22); setList(true)")
    live = "[...document.querySelectorAll('#oplist .live th')].map((th) => parseInt(th.innerText))"
    page.gives(live, [1, 2, 3, 4, 14, 15, 16], "the operations that are under way")
    page.browser.run("setList(false)")
    page.gives("[$('help').click(), box.open, $('shut').click(), box.open]", [None, True, None, False], "help")
    page.gives("[$('language').click(), document.documentElement.lang]", [None, "ko"], "the other language")
    page.gives("[$('language').click(), document.documentElement.lang]", [None, "en"], "and back")


def modifiers(page: Page) -> None:
    """Ctrl+F and its like are the browser's; a closed page has no keys of its own while the help is shown."""
    for held in ("ctrlKey", "altKey", "metaKey"):
        page.gives(f"(go(3), key('End', {{{held}: true}}), ui.at)", 3, held)
    page.gives("(showHelp(), key('End'), $('box').close(), ui.at)", 3, "under the help")
    page.gives("(key('End'), ui.at)", 64, "without")
    page.gives(
        "[key('x'), key('N'), ui.at, key('ArrowUp'), key('ArrowDown'), ui.at]", [True, False, 64, True, True, 64], "others"
    )
    page.gives("[key('ArrowLeft'), ui.at]", [False, 63], "what is done here, is not done by the browser, too")


def digits(page: Page) -> None:
    page.gives("(go(3), key('1'), ui.at)", 3, "a digit without a question")
    page.browser.run("setPredict(true); go(3); key('ArrowRight')")
    page.gives("[Boolean(ui.question), document.activeElement.className]", [True, "choice"], "a question")
    page.browser.run("$('asking').querySelectorAll('button')[1].focus(); forward()")
    page.gives("document.activeElement.innerText.trim().slice(0, 1)", "2", "one does not go on before the answer")
    page.gives("(key('9'), Boolean(ui.question))", True, "an answer that is none")
    page.gives("(key('?'), box.open)", True, "the help during a question")
    page.gives("($('box').close(), key('Escape'), [ui.question, ui.at, ui.score])", [None, 3, [0, 0]], "no answer")
    page.browser.run("key('ArrowRight'); key('1')")
    page.gives("[ui.at, ui.score, ui.answer.right, document.activeElement.id]", [4, [1, 1], True, "next"], "right")
    page.gives("(backward(), forward(), [ui.at, ui.question, ui.score])", [4, None, [1, 1]], "asked once")
    page.gives("(setPredict(true), go(3), forward(), Boolean(ui.question))", True, "asked anew")


def playing(page: Page) -> None:
    """The clock is ours."""
    page.browser.run(
        "window.ended = []; setInterval = (f, ms) => (window.tick = f, 7); clearInterval = (id) => ended.push(id); 0"
    )
    page.gives(
        "(key(' '), [ui.playing, $('play').textContent, $('play').getAttribute('aria-pressed')])", [7, "❚❚", "true"], "Space"
    )
    page.gives("[$('play').title, $('play').getAttribute('aria-label')]", ["Stop (Space)"] * 2, "what it does now")
    page.gives("(tick(), tick(), [ui.at, ui.playing])", [2, 7], "it plays")
    page.gives("(ended.length = 0, key(' '), [ui.playing, ended, $('play').textContent])", [0, [7], "▶▶"], "Space stops it")
    page.gives("(play(), key('Escape'), ui.playing)", 0, "Escape stops it")
    page.gives("(go(63), play(), tick(), [ui.at, ui.playing])", [64, 7], "to the last step")
    page.gives("(tick(), [ui.at, ui.playing])", [64, 0], "it ends with the run")
    page.gives("(setPredict(true), go(3), play(), tick(), [Boolean(ui.question), ui.playing])", [True, 7], "a question comes")
    page.gives("(tick(), [Boolean(ui.question), ui.playing])", [True, 0], "it waits for the answer")
    page.gives("($('next').focus(), key(' '), ui.playing)", 0, "Space on a button presses the button")
    page.gives("($('filter').focus(), key(' '), ui.playing)", 0, "Space on a list opens the list")


def searching(page: Page) -> None:
    page.browser.run("go(3); key('/')")
    page.gives("[document.activeElement.id, ui.tab]", ["search", "picture"], "/ leads to the search")
    page.gives("(key('n'), key('End'), ui.at)", 3, "letters are typed")
    page.gives("($('search').value = ' postqueued ', key('x'), ui.at)", 3, "it is not looked for before Enter")
    page.gives("(key('Enter'), [ui.at, document.activeElement.id])", [24, "search"], "Enter")
    page.gives("(key('Enter'), [ui.at, $('search').getAttribute('aria-invalid')])", [24, "false"], "once round")
    page.gives("($('search').value = 'nothing of it', key('Enter'), [ui.at, $('search').getAttribute('aria-invalid')])",
               [24, "true"], "what is not there")  # fmt: skip
    page.gives("($('search').oninput(), $('search').getAttribute('aria-invalid'))", None, "something else is typed")
    page.gives("($('search').value = '', key('Enter'), ui.at)", 24, "nothing is looked for")
    page.gives("(key('Escape'), document.activeElement.id)", "", "Escape leaves it")
    page.gives("($('filter').focus(), $('search').value = 'accept', key('Enter'), ui.at)", 24, "Enter elsewhere")
    page.browser.run("document.activeElement.blur(); $('filter').value = 'client 1'; $('filter').onchange(); go(4)")
    page.gives("(key('n'), ui.at)", 19, "the next delivery, whoever is looked at")
    page.gives("(go(20), key('n'), ui.at)", 22, "also one that the filter does not show")


def range_(page: Page) -> None:
    page.gives("(slider.focus(), key('n'), ui.at)", 19, "the slider takes no letters")
    page.gives("(slider.value = 7, slider.oninput(), ui.at)", 7, "the slider")


def predicting(page: Page) -> None:
    """What is hidden cannot be gone to."""
    page.browser.run("setPredict(true); go(5); drawLanes(); drawSheet()")
    at = "lanes.getBoundingClientRect().left + 122 - lanes.scrollLeft"
    page.gives(f"(lanes.onclick({{clientX: {at} + 13 * 9 + 6}}), ui.at)", 5, "a step that is to come")
    page.gives(f"(lanes.onclick({{clientX: {at} + 13 * 4 + 6}}), ui.at)", 4, "a step that was")
    page.gives("(go(11), follow(1), ui.at)", 11, "the next of its operation")


def lanes(page: Page) -> None:
    at = "lanes.getBoundingClientRect().left + 122 - lanes.scrollLeft"
    for step, to in (("64", 64), ("-1", 64), ("1", 1), ("65", 64), ("1", 1), ("0", 0), ("-1", 0)):
        page.gives(f"(lanes.onclick({{clientX: {at} + 13 * {step} + 6}}), ui.at)", to, f"a click at step {step}")
    page.browser.run("ui.zoom = 40; drawLanes(); go(64)")
    page.holds("lanes.scrollLeft > 100", "the lanes are not scrolled to the last step")
    band = "(() => { const b = document.querySelector('.now-band').getBoundingClientRect(), w = lanes.getBoundingClientRect();"
    page.holds(f"{band} return b.left > w.left + 122 && b.right <= w.right; }})()", "the step is not in the window")
    page.gives("[...document.querySelectorAll('#lanes .label')].every((l) => l.getAttribute('x') >= 124)", True, "labels")
    first = "document.querySelector('#lanes svg .program').getAttribute('x')"
    page.browser.run(f"window.before = {first}; lanes.scrollLeft -= 390; 0")
    page.until(f"{first} !== before", "what is drawn does not follow the window")
    page.browser.run("go(2)")
    page.holds(f"{band} return b.left >= w.left + 122 + 30; }})()", "not back to the second step")
    page.gives("lanes.scrollLeft", 0, "to the left of all")
    page.browser.run("go(30)")
    for step in (29, 31, 30):  # in the middle: no need to scroll
        page.gives(f"(window.before = lanes.scrollLeft, go({step}), lanes.scrollLeft - before)", 0, f"scrolled for step {step}")
    page.browser.run("lanes.scrollLeft = 30 * 40 - 25; go(30)")  # under the names, but for 25 pixels
    page.holds("lanes.scrollLeft < 30 * 40 - 100", "the neighbours cannot be seen")
    page.browser.run("setZoom(0.5)")
    page.holds(f"{band} return b.left > w.left + 122 && b.right <= w.right; }})()", "the step is not in the window, narrower")
    page.browser.show(900, 720, False)
    page.until("document.querySelector('#lanes svg').getAttribute('width') == lanes.clientWidth", "another size of the window")
    page.browser.show(1280, 720, False)
    page.until("document.querySelector('#lanes svg').getAttribute('width') == lanes.clientWidth", "the old size of the window")


def source(page: Page) -> None:
    body = "pane('source')"
    page.browser.run(f"go(29); window.kept = {body}.firstChild")
    page.gives(
        f"[$('file').textContent, {body}.querySelector('.now').firstChild.innerText]", ["b/more.py, line 150", "150"], "it"
    )
    page.holds(f"inside({body}.querySelector('.now'), {body})", "the line that runs cannot be seen")
    page.gives(f"[...{body}.querySelectorAll('span')].slice(0, 5).map((s) => s.className + s.innerText)",
               ["kdef", 's    """What', "s    it does", 's    """', "kpass"], "a text of several lines")  # fmt: skip
    page.browser.run(f"window.before = {body}.scrollTop; {body}.scrollLeft = 70; go(29)")
    page.gives(f"[{body}.scrollTop - before, {body}.scrollLeft]", [0, 0], "the line stays, and is seen from its beginning")
    page.browser.run("go(11)")
    page.gives(
        f"[{body}.querySelector('.now').firstChild.innerText, {body}.firstChild === kept]", ["2", True], "it is drawn once"
    )
    page.holds(f"inside({body}.querySelector('.now'), {body})", "up again")
    page.gives(f"(go(5), [{body}.firstChild === kept, {body}.children.length])", [False, 10], "another file")
    page.gives(f"(go(29), {body}.children[148].onclick?.(), ui.at)", 29, "a line that calls nothing")
    page.gives(f"({body}.children[1].onclick(), ui.at)", 10, "the next execution of another line")


def rows(page: Page) -> None:
    body = "pane('log')"
    page.browser.run("go(64)")
    page.holds(f"inside({body}.querySelector('[aria-current]'), {body})", "the last row cannot be seen")
    page.browser.run("go(1)")  # at 0 there is the card instead
    page.gives(f"{body}.scrollTop", 0, "the first rows")
    page.browser.run(f"{body}.scrollTop = 700; 0")
    page.until(f"{body}.querySelector('li').getAttribute('aria-posinset') == 28", "rows do not follow the scrolling")
    for step in (1, 20, 21, 40, 39, 3):
        page.browser.run(f"go({step})")
        page.holds(f"inside({body}.querySelector('[aria-current]'), {body})", f"row {step} cannot be seen")
    page.browser.run(f"go(20); {body}.scrollTop = 20 * 20 - 15; drawLog()")
    page.holds(f"{body}.scrollTop < 20 * 20 - 20", "the row before the present one cannot be seen")
    page.browser.run("pane('log').querySelector('[aria-current]').focus(); key('ArrowDown')")
    page.gives("[ui.at, document.activeElement.getAttribute('aria-current')]", [21, "step"], "down")
    page.gives("(key('ArrowUp'), [ui.at, document.activeElement.getAttribute('aria-current')])", [20, "step"], "up")


GEOMETRY = """(() => {
  const inner = document.querySelector('#memory .picture'), base = inner.getBoundingClientRect();
  const wanted = [...inner.querySelectorAll('[data-to]')].map((row) => {
    const [, block, field] = row.dataset.to.match(/^@(\\d+)(?:\\.([^+]+))?/);
    const card = inner.querySelector(`.card[data-block="${block}"]`);
    if (!card) return null;
    const to = (card.querySelector(`[data-field="${field}"]`) ?? card.querySelector('.title')).getBoundingClientRect();
    const from = row.getBoundingClientRect();
    return [from.top + from.height / 2 - base.top, to.top + Math.min(to.height / 2, 12) - base.top];
  }).filter(Boolean).sort((a, b) => Math.abs(a[0] - a[1]) - Math.abs(b[0] - b[1]));
  const numbers = (path) => path.getAttribute('d').match(/-?[\\d.]+(?:e-?\\d+)?/g).map(Number);
  const drawn = [...inner.querySelectorAll('path.arrow')].map(numbers);
  const points = [...inner.querySelectorAll('path.point')].map(numbers);
  const dots = [...inner.querySelectorAll('circle')].map((dot) => ['cx', 'cy'].map((name) => Number(dot.getAttribute(name))));
  const near = (a, b) => Math.abs(a - b) < 0.01, right = base.width - 34;
  return [wanted.length, drawn.length, wanted.every(([y1, y2], i) => {
    const d = drawn[i], track = right + 6 + (i % 4) * 7, way = Math.sign(y2 - y1) * 6;
    const line = [right, y1, track, y1, track, y1, track, y1 + way, track, y2 - way, track, y2, track, y2, right + 2, y2];
    return line.every((n, at) => near(n, d[at])) && near(points[i][0], right) && near(points[i][1], y2)
      && near(dots[i][0], right) && near(dots[i][1], y1);
  })];
})()"""


def arrows(page: Page) -> None:
    """From the middle of a field to what its address leads to; the shortest ones the nearest, each in its own track."""
    for step, many in ((19, 3), (42, 3), (36, 2), (25, 1)):
        page.browser.run(f"go({step})")
        seen = page.browser.run(GEOMETRY)
        expect(seen[0] == seen[1] >= many and seen[2], f"{page.path.stem}: the arrows at step {step}: {seen}")


def memory(page: Page) -> None:
    page.browser.run("go(29)")
    page.gives("document.querySelectorAll('#memory .card[data-block=\"1\"]').length", 0, "of the other client there is a line")
    page.browser.run("document.querySelector('#memory .group[data-client=\"1\"]').click()")
    page.gives("document.querySelectorAll('#memory .card[data-block=\"1\"]').length", 1, "and a click shows more")
    page.gives("(go(29), document.querySelectorAll('#memory .card[data-block=\"1\"]').length)", 0, "until the next step")


def linking(page: Page) -> None:
    """The clipboard is ours: first it takes the address, then it refuses it, as for a page from a file."""
    page.browser.run(
        """window.copied = []; window.later = []; setTimeout = (f, ms) => later.push([f, ms]);
        document.execCommand = (what) => copied.push([what, document.activeElement.tagName, String(getSelection())]);
        navigator.clipboard.writeText = (text) => copied.push(text); go(4); copyLink()"""
    )
    address = page.browser.run("location.href")
    page.gives("[copied, location.hash]", [[address], "#step=4&lang=en"], "the address")
    page.gives("[$('copy').textContent, $('spoken').textContent]", ["✓ Copied", "Copied"], "it is said")
    page.gives("(later.find(([, ms]) => ms === 1500)[0](), $('copy').textContent)", "Copy link", "not for ever")
    page.browser.run("navigator.clipboard.writeText = () => Promise.reject(new Error('no')); copied = []; copyLink()")
    page.gives("copied", [["copy", "TEXTAREA", address]], "without the clipboard")
    page.gives("document.querySelectorAll('textarea').length", 0, "what it was copied from")


def filtering(page: Page) -> None:
    page.browser.run("$('filter').value = 'client 2'; $('filter').onchange(); setLanguage('ko')")
    page.gives("[$('filter').value, ui.filter]", ["client 2", "client 2"], "another language")


def edges(page: Page) -> None:
    """What is near the edge of its pane, is moved to where its neighbours can be seen, too; not a point earlier."""
    log, source = "pane('log')", "pane('source')"
    move = "(box, from, again) => (box.scrollTop = from, from = box.scrollTop, again(), box.scrollTop - from)"
    page.browser.run(f"window.moved = {move}; 0")
    for step, box, top, above, below, again in (
        (30, log, "30 * 20", 20, 40, "drawLog"),
        (29, source, f"{source}.querySelector('.now').offsetTop", 30, 50, "() => drawSource()()"),
    ):
        page.browser.run(f"go({step})")
        for edge, stays in (
            *((f"{top} - {above}", True), (f"{top} - {above - 1}", False)),
            *((f"{top} - {box}.clientHeight + {below}", True), (f"{top} - {box}.clientHeight + {below - 1}", False)),
        ):
            page.gives(f"moved({box}, {edge}, {again}) === 0", stays, f"step {step}, scrolled to {edge}")
    page.browser.run(
        """window.box = document.createElement('div');
        box.style = 'position: absolute; height: 100px; width: 50px; overflow: auto';
        box.innerHTML = [300, 20, 300].map((height) => `<div style="height: ${height}px"></div>`).join('');
        document.body.append(box); 0"""
    )
    for edge, to in ((300, 300), (301, 250), (220, 220), (219, 250)):
        page.gives(f"(box.scrollTop = {edge}, showIn(box, box.children[1]), box.scrollTop)", to, f"a part, scrolled to {edge}")
    page.browser.run("box.remove(); $('say').style = 'height: 20px; overflow: auto'; go(19)")
    page.gives("($('say').scrollTop = 30, go(20), $('say').scrollTop)", 0, "what is said is read from its beginning")
    page.browser.run(f"go(30); {log}.querySelector('[aria-current]').focus(); {log}.scrollTop = 30 * 20 + 60; 0")
    page.until(f"{log}.querySelector('li').getAttribute('aria-posinset') == 26", "rows do not follow the scrolling")
    focus = "document.activeElement.getAttribute('aria-current')"
    page.gives(f"[{log}.scrollTop, {focus}]", [660, "step"], "scrolled away from the row that has the focus")


def small_screen(page: Page) -> None:
    page.open(shape="phone")
    page.gives("getComputedStyle($('log')).display", "none", "one tab at a time")
    page.browser.run("go(40); key('/')")
    page.gives("[ui.tab, document.body.dataset.tab, document.activeElement.id]", ["log", "log", "search"], "/ opens its tab")
    page.holds("inside(pane('log').querySelector('[aria-current]'), pane('log'))", "the present row cannot be seen")
    tabs = "[...$('tabs').children].map((tab) => [tab.dataset.id, tab.className, tab.getAttribute('aria-pressed')].join(' '))"
    open_tab = f"{tabs}.filter((tab) => !/^\\w+ tab false$/.test(tab))"
    page.gives(open_tab, ["log tab on true"], "which tab is open")


# ---- the page that compares ----------------------------------------------------------------------------------------


def check_used_compared(browser: Browser, path: Path) -> None:
    page = Page(browser, path)
    page.open()
    page.browser.run("choose(0, 0)")
    for held in ("ctrlKey", "altKey", "metaKey"):
        page.gives(f"(key('ArrowDown', {{{held}: true}}), view.chosen)", 0, held)
    page.browser.run("window.opened = 0; openPage = () => opened++; $('later').focus(); 0")
    page.gives("(key('ArrowDown'), view.chosen)", 1, "a key while a button has the focus")
    page.gives("[key('Enter'), key(' ')]", [True, True], "Enter presses the button that has the focus")
    page.gives("(document.activeElement.blur(), key('Enter'))", False, "Enter opens the recording")
    page.gives("(choose(0, 0), key('x'), key('ArrowUp'), view.chosen)", 0, "the first one")

    words = "[...document.querySelectorAll('#lanes .lane')].map((text) => text.textContent)[0]"
    page.gives(f"[{words}, setLanguage('ko'), {words}, setLanguage('en')]", ["newcomer", None, "새 클라이언트", None], "words")
    for edge, stays in (("left", True), ("left - 1", False), ("right", True), ("right + 1", False)):
        page.browser.run("view.zoom = 16; drawLanes(); $('lanes').scrollLeft = 500; view.chosen = 0; 0")
        page.browser.run("window.left = 500 + 128; window.right = 500 + $('lanes').clientWidth - 20; 0")
        to = f"beginning() + ({edge} - 128) / view.zoom"
        page.gives(f"(choose(0, {to}), $('lanes').scrollLeft === 500)", stays, f"at the {edge}")

    for room, right in ((400, False), (30, True)):  # words that would leave the window, stand before the end of their bar
        page.browser.run(f"$('lanes').scrollLeft = xAt(runs[0].wait * 1000) - $('lanes').clientWidth + {room}; drawSheet()")
        side, wanted = ("right", -14) if right else ("left", 14)
        edge = (
            f"document.querySelector('#lanes .waits').getBoundingClientRect().{side} - $('lanes').getBoundingClientRect().left"
        )
        page.holds(
            f"Math.abs({edge} - $('lanes').clientWidth + {room} - ({wanted})) < 3",
            f"the words of the wait, with room of {room}",
        )
    drawn = "$('lanes').innerHTML"
    for doing in ("zoom(8), fit()", "whole()", "zoom(3)"):
        page.gives(f"({doing}, window.drawn = {drawn}, drawSheet(), drawn === {drawn})", True, f"{doing}: drawn at once")
    ticks = "[...document.querySelectorAll('#lanes .tick')].map((text) => parseFloat(text.textContent))"
    page.gives(f"(view.zoom = 7, drawLanes(), {ticks}[1] - {ticks}[0])", 20, "ticks are not nearer than 70 points")
    below = "{clientX: 700, clientY: $('lanes').getBoundingClientRect().top + AXIS + heightOf(runs[0])"
    page.gives(f"[pointed({below} - 1}})[0], pointed({below}}})[0]]", [0, 1], "where one recording ends")

    page.browser.run("fit(); choose(0, 0); lanes = $('lanes'); window.before = view.at; 0")
    over = "{clientX: lanes.getBoundingClientRect().left + 700, clientY: lanes.getBoundingClientRect().top + 40, "
    page.gives(f"(lanes.onpointermove({over} pointerType: 'touch', buttons: 0}}), view.at)", 0, "a finger is moved")
    page.gives(f"(lanes.onpointermove({over} pointerType: 'mouse', buttons: 1}}), view.at)", 0, "the mouse is dragged")
    page.holds(f"(lanes.onpointermove({over} pointerType: 'mouse', buttons: 0}}), view.at > 0)", "the mouse is moved")
    page.browser.run("choose(3, 0); 0")
    page.holds(f"(lanes.onclick({over} pointerType: 'touch'}}), view.chosen === 0 && view.at > 0)", "a finger chooses")
    page.browser.run("openPage = () => opened++; opened = 0")
    page.gives(f"(lanes.onclick({over} pointerType: 'touch'}}), opened)", 0, "a finger opens nothing")
    page.gives(f"(lanes.onclick({over} pointerType: 'mouse'}}), opened)", 1, "a click opens the page")

    page.browser.run("zoom(8); choose(0, runs[0].ends); 0")
    at = "(xAt(view.at) - lanes.scrollLeft)"
    page.holds(f"lanes.scrollLeft > 100 && {at} > 128 && {at} <= lanes.clientWidth", "a moment at the end cannot be seen")
    cursor = "document.querySelector('.cursor').getAttribute('x1')"
    page.holds(f"Math.abs({cursor} - {at}) < 1", "the line of the moment is elsewhere")
    page.browser.run(f"window.before = {cursor}; lanes.scrollLeft -= 150; 0")
    page.until(f"{cursor} !== before", "what is drawn does not follow the window")
    page.browser.run("choose(0, runs[0].begins); 0")
    page.holds(f"{at} >= 128 && {at} <= lanes.clientWidth", "a moment at the beginning cannot be seen")
    page.browser.run(
        "choose(0, runs[0].begins + 60 / view.zoom); window.before = lanes.scrollLeft; choose(0, view.at + 1 / view.zoom)"
    )
    page.gives("lanes.scrollLeft - before", 0, "it is scrolled without need")
    page.browser.run("choose(0, beginning() + (lanes.scrollLeft + 100 - 128) / view.zoom); 0")
    page.holds(f"{at} > 300", "a moment under the names cannot be seen")
    page.browser.run("window.middle = (lanes.scrollLeft + lanes.clientWidth / 2 - 128) / view.zoom; zoom(2); 0")
    page.holds("Math.abs((lanes.scrollLeft + lanes.clientWidth / 2 - 128) / view.zoom - middle) < 1", "the middle stays")
    page.browser.show(900, 720, False)
    page.until("document.querySelector('#lanes svg').getAttribute('width') == lanes.clientWidth", "another size of the window")
    page.browser.show(1280, 720, False)

    page.gives("(runs[0].ends = 1e5, zoom(1e9), Math.round(view.zoom * 1e3))",
               page.browser.run("Math.round(8e9 / (1e5 + 10 - Math.min(...runs.map((r) => r.begins))))"), "widest")  # fmt: skip
    page.browser.run("for (const run of runs) { run.ends = run.begins = 0.5; run.wait &&= 1; }")
    page.gives("[beginning(), ending()]", [-5, 6], "short ones")
    page.browser.run("for (const run of runs) if (run.wait) run.wait = 0.0005; fit()")
    page.holds("Math.abs(view.zoom - ($('lanes').clientWidth - 148) / 1.38) < 0.01", "less than a millisecond is shown as one")
    page.browser.run("for (const run of runs) run.wait &&= 1; 0")
    page.gives("(drawWaits(), $('ratio').textContent)", "", "alike")
    page.gives("(runs = runs.filter((run) => !run.wait), drawWaits(), $('ratio').textContent)", "", "no wait is known")
    expect(not browser.errors, "; ".join(browser.errors))
