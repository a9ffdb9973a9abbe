"""docs/trace/one_operation*.svg: the life of one operation as a picture that moves, made from the lines of a recording.

It is that of the first operation which a completion routine brought data for: pending, completed, delivered, and at last
freed, each at the line that says so; to whom the buffer belongs meanwhile; and the wait in which the routine runs. Ten
seconds, again and again; where the reader wants no motion, the moment at which the routine runs.
"""

from __future__ import annotations

import json
from html import escape
from typing import Any, NamedTuple

from tests.pages.cut import ROOT
from tests.pages.steps import log_of

RECORDING = "docs/trace/overlapped_echo_server.html"
SECONDS = 10
STATES = ("pending", "completed", "delivered", "freed")
STILL = 3  # the moment that is shown where nothing shall move
WORDS = {
    "en": {
        "title": "The life of one overlapped operation, as it was recorded",
        "states": STATES,
        "kernel": "kernel",
        "program": "the program's thread",
        "started": "The call comes back at once. From now on OVERLAPPED and buffer are the kernel's.",
        "waits": "An alertable wait: only here may a completion routine run.",
        "completed": "The client has sent {data}: completed, but not delivered. It is still the kernel's.",
        "delivered": "Inside the wait the kernel has the routine called. Now the buffer is the program's.",
        "freed": "The client has left. Nothing is pending here, so the memory may be given back.",
    },
    "ko": {
        "title": "Overlapped 입출력 하나의 일생 (기록한 그대로)",
        "states": ("진행 중", "완료", "전달됨", "해제됨"),
        "kernel": "커널",
        "program": "프로그램의 쓰레드",
        "started": "함수는 곧바로 반환된다. 이제부터 OVERLAPPED와 버퍼는 커널 소유다.",
        "waits": "alertable wait 상태. Completion Routine은 이 안에서만 실행된다.",
        "completed": "클라이언트가 {data}를 보냈다. 완료됐지만 아직 전달 전이므로 커널 소유다.",
        "delivered": "wait 안에서 커널이 루틴을 호출한다. 이제 버퍼는 프로그램 소유다.",
        "freed": "클라이언트가 나갔다. 진행 중인 입출력이 없으므로 메모리를 해제해도 된다.",
    },
}
Event = dict[str, Any]


class Moment(NamedTuple):
    line: int  # of the recording, from 0
    seconds: float
    state: str
    owner: str
    calls: tuple[str, ...]  # that are open, the innermost marked
    says: str


def pages() -> dict[str, str]:
    lines = [json.loads(line) for line in log_of((ROOT / RECORDING).read_text(encoding="utf-8")) if line]
    return {f"docs/trace/one_operation{'' if lang == 'en' else f'.{lang}'}.svg": picture(lines, lang) for lang in WORDS}


# ---- what the lines say ----------------------------------------------------------------------------------------------


def life(lines: list[Event]) -> tuple[list[Moment], str]:
    """The moments of the operation, in the order of the lines, and its data."""
    routine = next(e for e in lines if e["e"] == "routine" and "data" in e and len(e["delivered"]) == 1)
    op = routine["delivered"][0]
    start = next(e for e in lines if e.get("op", {}).get("id") == op)
    wait = next(e for e in lines if e["e"] == "call" and e["n"] == routine["in"])
    place = start["op"]["ovref"].partition(".")[0]
    free = next(e for e in lines if e["e"] == "call" and e["fn"] == "free" and e["args"][0][-1] == place)
    name = next(e for e in lines if e["e"] == "block" and f"@{e['id']}" == place)["name"]
    waits = f"{wait['fn']}({', '.join(value for _, value, *_ in wait['args'])})"
    calls = {
        "started": (f"{start['fn']}(s, …, {name}, {start['op']['routine']})",),
        "waits": (waits,),
        "completed": (waits,),
        "delivered": (waits, f"{routine['fn']}(0, {routine['args'][1][1]}, {name}, 0)"),
        "freed": (f"free({name})",),
    }
    moments, state, owner = [], "", ""
    for number, event in enumerate(lines):
        says = ""
        for changed, now in event.get("ops", ()):
            if changed == op and now in STATES:
                state = now
                says = {"pending": "started"}.get(now, now)
        if event is wait:
            says = "waits"
        if event is free:
            state, owner, says = "freed", "nobody", "freed"
        for block, _, holder in event.get("own", ()):
            if f"@{block}" == place and holder in (op, 0) and state != "freed":
                owner = "kernel" if holder else "program"
        if says:
            moments.append(Moment(number, event["t"], state, owner, calls[says], says))
        if event is free:
            return moments, routine["data"].strip("'")
    raise ValueError("the operation's memory is never freed")


# ---- the picture -----------------------------------------------------------------------------------------------------

PLACES = {"kernel": "translate(444px,154px)", "program": "translate(56px,154px)", "nobody": "translate(56px,154px)"}
STYLE = """
svg { --page: #fff; --pane: #f5f6f8; --line: #c9d0da; --ink: #1b2430; --soft: #566070; --accent: #1d5cc4; --on: #fff;
  --now: #fff3c4; --kernel: #844700; --kernel-bg: #fff0d6; --program: #17633a; --program-bg: #e4f4ea; }
@media (prefers-color-scheme: dark) { svg { --page: #13161b; --pane: #1b1f26; --line: #434c5a; --ink: #e5e9ef;
  --soft: #a6b0be; --accent: #82b4ff; --on: #0e141d; --now: #4a4119; --kernel: #ffc978; --kernel-bg: #40300f;
  --program: #93dbab; --program-bg: #173524; } }
text { font: 17px system-ui, "Segoe UI", "Malgun Gothic", "Noto Sans KR", NanumGothic, sans-serif; fill: var(--ink); }
.code, .data { font: 15px ui-monospace, Consolas, "DejaVu Sans Mono", NanumGothicCoding, monospace; }
.soft { fill: var(--soft); } .small { font-size: 14px; } .middle { text-anchor: middle; }
.chip { fill: var(--pane); stroke: var(--line); } .now .chip { fill: var(--accent); stroke: var(--accent); }
.now .name { fill: var(--on); font-weight: 600; } .mark { fill: var(--now); }
.lane { fill: var(--pane); stroke-width: 1.5; } .kernel { stroke: var(--kernel); } .program { stroke: var(--program); }
text.kernel, text.program { stroke: none; font-weight: 600; fill: var(--kernel); } text.program { fill: var(--program); }
.moment { opacity: 0; } .box { stroke-width: 2; } .bar { fill: var(--accent); }
"""


def picture(lines: list[Event], lang: str) -> str:
    moments, data = life(lines)
    words: dict[str, Any] = WORDS[lang]
    times = [100 * number / len(moments) for number in range(len(moments) + 1)]
    style, body = [STYLE], []
    for number, moment in enumerate(moments):
        begin, end = times[number], times[number + 1]
        before = "0% { opacity: 0 } " if number else ""
        style.append(f"@keyframes m{number} {{ {before}{begin:g}% {{ opacity: 1 }} {end:g}% {{ opacity: 0 }} }}")
        style.append(f".m{number} {{ animation: m{number} {SECONDS}s step-end infinite }}")
        body += frame(number, moment, words, data)
    style += moving_box(moments, times)
    style.append(f"@keyframes bar {{ 0% {{ transform: scaleX(0) }} }} .bar {{ animation: bar {SECONDS}s linear infinite }}")
    style.append("@media (prefers-reduced-motion: reduce) { .moment, .buffer, .held, .bar { animation: none !important }")
    style.append(f"  .m{STILL} {{ opacity: 1 }} .buffer {{ transform: {PLACES[moments[STILL].owner]} }} }}")
    chips = [chip(at, words["states"][at], at < len(STATES) - 1) for at in range(len(STATES))]
    return "\n".join(
        [
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 316" role="img" aria-labelledby="title">',
            "<!-- made by python -m tests.pages write moving -->",
            f'<title id="title">{escape(words["title"])}</title>',
            f"<style>{chr(10).join(style)}\n</style>",
            '<rect width="800" height="316" rx="8" fill="var(--page)"/>',
            *chips,
            '<rect class="lane program" x="24" y="62" width="364" height="170" rx="6"/>',
            '<rect class="lane kernel" x="412" y="62" width="364" height="170" rx="6"/>',
            f'<text class="program" x="36" y="82">{escape(words["program"])}</text>',
            f'<text class="kernel" x="424" y="82">{escape(words["kernel"])}</text>',
            *body,
            '<g class="buffer">',
            '<rect class="box program" width="300" height="62" rx="6" fill="var(--program-bg)"/>',
            '<rect class="box kernel held" width="300" height="62" rx="6" fill="var(--kernel-bg)"/>',
            '<text class="small soft" x="12" y="22">OVERLAPPED, buf</text>',
            f'<text class="data arrived" x="12" y="46">{escape(data)}</text>',
            "</g>",
            '<rect class="bar" x="0" y="312" width="800" height="4"/>',
            "</svg>\n",
        ]
    )


def chip(at: int, name: str, goes_on: bool) -> str:
    x = 24 + 194 * at
    arrow = f'<text class="soft middle" x="{x + 182}" y="38">→</text>' if goes_on else ""
    shape = f'<rect class="chip" x="{x}" y="18" width="170" height="30" rx="15"/>'
    return f'{shape}<text class="name middle" x="{x + 85}" y="38">{escape(name)}</text>{arrow}'


def frame(number: int, moment: Moment, words: dict[str, Any], data: str) -> list[str]:
    about = f'data-line="{moment.line}" data-state="{moment.state}" data-owner="{moment.owner}" data-says="{moment.says}"'
    marked = 92 + 26 * (len(moment.calls) - 1)
    return [
        f'<g class="moment m{number}" {about}>',
        f'<g class="now">{chip(STATES.index(moment.state), words["states"][STATES.index(moment.state)], False)}</g>',
        f'<rect class="mark" x="30" y="{marked}" width="352" height="24" rx="3"/>',
        *(
            f'<text class="code" x="{36 + 24 * at}" y="{109 + 26 * at}">{escape(call)}</text>'
            for at, call in enumerate(moment.calls)
        ),
        f'<text x="24" y="262">{escape(words[moment.says].format(data=repr(data)))}</text>',
        f'<text class="small soft" x="24" y="290">{moment.seconds:.3f} s</text>',
        "</g>",
    ]


def moving_box(moments: list[Moment], times: list[float]) -> list[str]:
    """The buffer slides to whom it belongs, and is seen to hold the data from its completion on."""
    slide, held, shown, before = [], [], [], "program"
    for moment, time in zip(moments, times, strict=False):
        slide.append(f"{time:g}% {{ transform: {PLACES[before]} }} {time + 5:g}% {{ transform: {PLACES[moment.owner]} }}")
        held.append(f"{time:g}% {{ opacity: {int(moment.owner == 'kernel')} }}")
        visible = 0.25 if moment.owner == "nobody" else 1
        shown.append(f"{time:g}% {{ opacity: {visible} }}")
        before = moment.owner
    arrived = times[next(at for at, moment in enumerate(moments) if moment.state == "completed")]
    return [
        f"@keyframes slide {{ {' '.join(slide)} 100% {{ transform: {PLACES[before]} }} }}",
        f"@keyframes shown {{ {' '.join(shown)} }}",
        f"@keyframes held {{ {' '.join(held)} }}",
        f"@keyframes arrived {{ 0% {{ opacity: 0 }} {arrived:g}% {{ opacity: 1 }} }}",
        f".buffer {{ animation: slide {SECONDS}s ease-in-out infinite, shown {SECONDS}s step-end infinite }}",
        f".held {{ opacity: 0; animation: held {SECONDS}s step-end infinite }}",
        f".arrived {{ animation: arrived {SECONDS}s step-end infinite }}",
    ]
