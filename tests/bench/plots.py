"""The plots in docs/, as SVG, light and dark: each of the chapter's models has the colour that it has in a recorded run."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .report import Page

PALETTE = Path(__file__).resolve().parents[2] / "winsock_ctypes" / "trace" / "page" / "base.css"
MODELS = {  # server -> the name of its colour there
    "py-select": "kernel",
    "py-event": "event",
    "fewer": "accent",
    "stdlib": "port",
    "overlapped": "routine",
    "313": "routine",
    "iocp": "port",
    "acceptex": "port",
    "pywin32": "port",
    "proactor": "program",
    "selector": "program",
    "winloop": "program",
}
SHOWN = ("ink", "pane", "line", "soft", "kernel", "event", "accent", "routine", "port", "program")
PARTS = (("user_us", "ink"), ("system_us", "soft"), ("wineserver_us", "line"))
ROW, LEFT = 17, 300

Rows = list[tuple[str, list[tuple[float, str]]]]  # name, (value, colour) of each part


def colour(key: str) -> str:
    return next((shade for part, shade in MODELS.items() if part in key), "soft")


def styles() -> str:
    """The colours of a recorded run's page, light first."""
    light, dark = re.findall(r":root \{(.*?)\}", PALETTE.read_text(encoding="utf-8"), re.S)[:2]

    def chosen(text: str) -> str:
        found = dict(re.findall(r"--([\w-]+): (#\w+)", text))
        return " ".join(f"--{name}: {found[name]};" for name in SHOWN)

    return (
        f"svg {{ {chosen(light)} }}\n@media (prefers-color-scheme: dark) {{ svg {{ {chosen(dark)} }} }}\n"
        "text { font: 12px system-ui, 'Malgun Gothic', 'Noto Sans KR', sans-serif; fill: var(--ink); }\n"
        ".axis { stroke: var(--line); } .small { font-size: 10px; fill: var(--soft); } .title { font-weight: 600; }\n"
    )


def text(x: float, y: float, words: str, anchor: str = "start", kind: str = "", more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{kind}"{more}>{escape(words)}</text>'


def svg(width: float, height: float, title: str, parts: Sequence[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" role="img" width="{width:.0f}">'
    ground = f'<rect width="{width:.0f}" height="{height:.0f}" rx="6" fill="var(--pane)"/>'
    title = escape(title)
    return "\n".join([head, f"<title>{title}</title>", f"<style>\n{styles()}</style>", ground, *parts, "</svg>"]) + "\n"


def bars(
    title: str, names: list[str], panels: list[tuple[str, Rows]], log: bool = False, legend: str = "", wide: int = 620
) -> str:
    """Panels side by side, with a row for each of the names; `log`: a logarithmic scale."""
    each = max(90.0, wide / max(1, len(panels)))
    height = 70 + ROW * len(names) + (18 if legend else 0)
    parts = [text(12, 20, title, kind="title"), text(12, 36, legend, kind="small")]
    parts += [text(LEFT - 8, 70 + ROW * place, name, "end") for place, name in enumerate(names)]
    for number, (heading, rows) in enumerate(panels):
        left, room = LEFT + each * number, each - 50
        totals = [sum(value for value, _ in pieces) for _, pieces in rows]
        most, least = max(totals, default=1.0) or 1.0, min((t for t in totals if t > 0), default=1.0) / 2
        parts.append(text(left, 52, heading, kind="title"))
        for (name, pieces), total in zip(rows, totals, strict=True):
            at, y = left, 60 + ROW * names.index(name)
            for value, shade in pieces:
                share = math.log(total / least) / math.log(most / least) if log else value / most
                parts.append(
                    f'<rect x="{at:.1f}" y="{y}" width="{room * share:.1f}" height="{ROW - 5}" fill="var(--{shade})"/>'
                )
                at += room * share
            shown = f"{total:,.0f}" if total >= 100 else f"{total:.2g}"
            parts.append(text(at + 3, y + 10, shown, kind="small"))
    return svg(LEFT + each * len(panels) + 12, height, title, parts)


def curve(title: str, across: str, lines: list[tuple[str, str, list[tuple[int, float]]]]) -> str:
    """(name, colour, points): both scales logarithmic."""
    points = [point for *_, found in lines for point in found]
    if not points:
        return svg(700, 60, title, [text(12, 30, title)])
    left, right, top, bottom = 60, 520, 50, 320
    high, low = max(y for _, y in points) * 1.2, min(y for _, y in points) / 1.2
    widest = max(x for x, _ in points)

    def x(n: float) -> float:
        return left + (right - left) * math.log(n) / math.log(max(widest, 2))

    def y(us: float) -> float:
        return bottom - (bottom - top) * math.log(us / low) / math.log(high / low)

    parts = [text(12, 22, title, kind="title"), text((left + right) / 2, bottom + 38, across, "middle")]
    for n in sorted({n for n, _ in points}):
        parts.append(f'<path class="axis" d="M{x(n):.1f} {top}V{bottom}"/>')
        parts.append(text(x(n), bottom + 16, f"{n:,}", "middle", "small"))
    for us in (step * 10**power for power in range(6) for step in (1, 2, 3, 4, 5, 7)):
        if low <= us <= high:
            parts.append(f'<path class="axis" d="M{left} {y(us):.1f}H{right}"/>')
            parts.append(text(left - 6, y(us) + 4, f"{us:,} µs", "end", "small"))
    labels: list[float] = []
    for name, shade, found in sorted(lines, key=lambda line: -line[2][-1][1] if line[2] else 0):
        if not found:
            continue
        steps = " L".join(f"{x(n):.1f} {y(us):.1f}" for n, us in found)
        parts.append(f'<path d="M{steps}" fill="none" stroke="var(--{shade})" stroke-width="2.5"/>')
        parts += [f'<circle cx="{x(n):.1f}" cy="{y(us):.1f}" r="3.5" fill="var(--{shade})"/>' for n, us in found]
        at = max(y(found[-1][1]) + 4, labels[-1] + 15 if labels else 0)
        labels.append(at)
        parts.append(
            f'<path d="M{x(found[-1][0]) + 5:.1f} {y(found[-1][1]):.1f}L{right + 8} {at - 4:.1f}" stroke="var(--{shade})"/>'
        )
        parts.append(text(right + 12, at, name, more=f' style="fill: var(--{shade})"'))
    return svg(800, bottom + 52, title, parts)


def draw(page: Page) -> dict[str, str]:
    """Name -> SVG."""
    from .report import SMALL
    from .servers import CURVE

    results, say = page.results, page.say
    system = page.system()
    names = {key: page.title(key).replace("`", "") for key in results.servers}
    windows = [key for key in results.servers if not key.startswith("linux")]

    def rows(value: Callable[[str], float | None]) -> Rows:
        found = {key: value(key) for key in windows}
        return [(names[key], [(us, colour(key))]) for key, us in found.items() if us]

    def rates(count: int) -> Callable[[str], float | None]:
        return lambda key: results.value(key, "echoes_per_s", SMALL, count)

    counted = say("{} at once", "연결 {}개")
    shares = [(names[key], [(results.cpu(key, what) or 0.0, shade) for what, shade in PARTS]) for key in windows]
    late = float(results.about["patience"])
    busy = results.busy()
    newcomers: list[tuple[str, Rows]] = [
        (say(f"{n} busy clients", f"바쁜 클라이언트 {n}개"), rows(lambda key, n=n: results.connect(key, n)[0] or late))  # type: ignore[misc]
        for n in (0, busy)
    ]
    lines = []
    for key in CURVE:
        points = ((idle + 1, results.idle(key, idle)) for idle in results.idles())
        lines.append((page.title(key), colour(key), [(n, us) for n, us in points if us is not None]))

    def some(title: str, keys: Sequence[str], found: Rows) -> str:
        chosen = [names[key] for key in keys if key in names and names[key] in dict(found)]
        return bars(f"{title} ({system})", chosen, [("", [row for row in found if row[0] in chosen])], wide=270)

    ports = ("c-iocp", "py-iocp", "py-acceptex")
    models = ("c-overlapped", "py-overlapped", "c-iocp", "py-iocp", "c-fewer", "py-fewer")
    wait = say(
        f"Connect to first echo beside {busy} busy clients, ms", f"바쁜 클라이언트 {busy}개 곁에서 연결에서 첫 에코까지, ms"
    )
    used = say("CPU time of an echo, µs; dark: the program's own", "에코 하나의 CPU 시간, µs. 진한 색: 프로그램 자신")
    every_second = say("Echoes per second, 8 connections", "초당 에코, 연결 8개")
    return {
        "which-is-faster-calls": some(every_second, models, rows(rates(8))),
        "which-is-faster-accept": some(wait, ("c-overlapped", "c-iocp"), newcomers[1][1]),
        "which-is-faster-threads": some(wait, ports, newcomers[1][1]),
        "which-is-faster-language": some(used, models[:2], shares),
        "which-is-faster": curve(
            say(f"One echo, with more and more connections ({system})", f"연결이 늘어날 때 에코 하나에 걸리는 시간 ({system})"),
            say("connections, all but one of them idle", "연결 수(하나만 바쁘고 나머지는 쉰다)"),
            lines,
        ),
        "benchmarks-echoes": bars(
            say(f"Echoes of {SMALL} bytes per second ({system})", f"{SMALL}바이트 에코, 초당 횟수 ({system})"),
            [names[key] for key in windows],
            [(counted.format(f"{n:,}"), rows(rates(n))) for n in results.connections],
        ),
        "benchmarks-cpu": bars(
            say(f"CPU time of an echo of {SMALL} bytes, µs ({system})", f"{SMALL}바이트 에코 하나의 CPU 시간, µs ({system})"),
            [names[key] for key in windows],
            [("", shares)],
            legend=say(
                "dark: user; middle: system; light: Wine's server process",
                "진한 색: 사용자, 중간: 시스템, 연한 색: Wine의 서버 프로세스",
            ),
        ),
        "benchmarks-connect": bars(
            say(f"Connect to first echo, ms, logarithmic ({system})", f"연결에서 첫 에코까지, ms, 로그 눈금 ({system})"),
            [names[key] for key in windows],
            newcomers,
            log=True,
        ),
    }
