"""What docs/benchmarks.json says, in words, tables and plots: benchmarks.md and which-is-faster.md, in both languages.

Every figure in those pages comes from here, so `python -m tests.pages write benchmarks` makes them anew from the
JSON, and the tests see that they agree. A value is the median of the rounds, its spread the lowest and the highest of them.
A ratio is the median of the ratios of each round. CPU times are from all rounds with messages of 64 bytes on 8 connections
taken together, since one measurement alone is too short for them.
"""

from __future__ import annotations

import json
import re
from math import nan
from pathlib import Path
from statistics import median
from typing import Any

from . import plots
from .servers import CURVE, KINDS, ROOT

DOCS = ROOT / "docs"
JSON = DOCS / "benchmarks.json"
TEMPLATES = {  # page -> what it is made from; {expressions} are replaced by what they give
    "docs/benchmarks.md": "benchmarks.en.md",
    "docs/ko/benchmarks.md": "benchmarks.ko.md",
    "docs/which-is-faster.md": "which-is-faster.en.md",
    "docs/ko/which-is-faster.md": "which-is-faster.ko.md",
}
NOTES = {"nothing else ran": "그동안 다른 것은 실행되지 않았다"}
MEASURED = ("echo", "delayed", "idle", "connect", "memory", "held", "recorder", "page")
COMBINATION = ("server", "size", "connections", "idle", "busy")
SMALL, USUAL = 64, 8  # bytes and connections of what is looked at more closely
SEVERAL_PARTS = 10240  # bytes of a message that most servers echo in several parts


def dumps(result: dict[str, Any]) -> str:
    """JSON with one combination to a line, and lists of what its rounds gave."""
    parts = []
    for key, value in result.items():
        if isinstance(value, list):
            lines = ",\n".join("  " + json.dumps(item) for item in (packed(value) if key in MEASURED else value))
            parts.append(f"{json.dumps(key)}: [\n{lines}\n ]" if value else f"{json.dumps(key)}: []")
        else:
            parts.append(f"{json.dumps(key)}: {json.dumps(value, indent=1)}")
    return "{\n " + ",\n ".join(parts) + "\n}\n"


def loads(text: str) -> dict[str, Any]:
    data = json.loads(text)
    return {key: unpacked(value) if key in MEASURED else value for key, value in data.items()}


def packed(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(tuple((what, row[what]) for what in COMBINATION if what in row), []).append(row)
    return [
        {
            **dict(combination),
            **{what: [row.get(what) for row in rounds] for what in max(rounds, key=len) if what not in COMBINATION},
        }
        for combination, rounds in found.items()
    ]


def unpacked(combinations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {what: value if what in COMBINATION else value[number] for what, value in combination.items()}
        for combination in combinations
        for number in range(len(combination["round"]))
    ]


# Parts of the user CPU time: the profile names files.
PLACES = {"interpreter": r"python3\d+\.dll|libpython.*|python3?[\d.]*(\.exe)?", "ctypes": r"_ctypes\.pyd|libffi-.*"}


def summed(where: dict[str, float]) -> dict[str, float]:
    """A profile, by place."""
    return {place: sum(us for name, us in where.items() if re.fullmatch(pattern, name)) for place, pattern in PLACES.items()}


class Results:
    """The measurements, asked for by server."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data, self.about = {**dict.fromkeys(MEASURED, []), **data}, data["about"]
        seen = {row["server"] for what in MEASURED for row in self.data[what] if "server" in row}
        self.servers = [key for key in KINDS if key in seen] + sorted(seen - set(KINDS))
        self.sizes = sorted({row["size"] for row in data["echo"]})
        self.connections = sorted({row["connections"] for row in data["echo"]})

    def rounds(self, key: str, what: str, size: int, connections: int) -> dict[int, float]:
        wanted = (key, size, connections)
        return {
            row["round"]: row[what]
            for row in self.data["echo"]
            if (row["server"], row["size"], row["connections"]) == wanted and row[what] is not None
        }

    def value(self, key: str, what: str, size: int, connections: int) -> float | None:
        values = self.rounds(key, what, size, connections).values()
        return median(values) if values else None

    def ratio(self, key: str, base: str, size: int, connections: int, what: str = "echoes_per_s") -> float | None:
        ours, theirs = self.rounds(key, what, size, connections), self.rounds(base, what, size, connections)
        ratios = [ours[number] / theirs[number] for number in ours if theirs.get(number)]
        return median(ratios) if ratios else None

    def cpu(self, key: str, what: str = "user_us") -> float | None:
        """Microseconds of an echo. `what`: also a place of the profile."""
        rows = [r for r in self.data["echo"] if (r["server"], r["size"], r["connections"]) == (key, SMALL, USUAL)]
        rows = [{**summed(row["where"]), **row} if row.get("where") else row for row in rows]
        rows = [row for row in rows if row.get(what) is not None]
        total = sum(row["echoes_per_s"] for row in rows)
        return sum(row[what] * row["echoes_per_s"] for row in rows) / total if total else None

    def idle(self, key: str, idle: int, what: str = "p50_us") -> float | None:
        rows = [row for row in self.data["idle"] if (row["server"], row["idle"]) == (key, idle) and row[what] is not None]
        return median(row[what] for row in rows) if rows else None

    def idles(self) -> list[int]:
        return sorted({row["idle"] for row in self.data["idle"]})

    def most_idle(self, key: str) -> int:
        return max((row["idle"] for row in self.data["idle"] if row["server"] == key), default=0)

    def alone(self, what: str, of: str) -> float | None:
        """The median of what was measured of no server: `recorder`, `page`."""
        values = [row[of] for row in self.data[what]]
        return median(values) if values else None

    def connect(self, key: str, busy: int) -> tuple[float | None, int, int]:
        """The median of the medians of the rounds (None: not served in time), the number of time-outs and of attempts."""
        rows = [row["ms"] for row in self.data["connect"] if (row["server"], row["busy"]) == (key, busy)]
        if not rows:
            return None, 0, 0
        late = float(self.about["patience"])
        middle = median(median(late if ms is None else ms for ms in row) for row in rows)
        every = [ms for row in rows for ms in row]
        return (None if middle >= late else middle), every.count(None), len(every)

    def delayed(self, key: str, what: str = "echoes_per_s") -> float | None:
        values = [row[what] for row in self.data["delayed"] if row["server"] == key and what in row]
        return median(values) if values else None

    def busy(self) -> int:
        return max((row["busy"] for row in self.data["connect"]), default=0)

    def memory(self, key: str) -> float | None:
        values = [row["bytes_per_connection"] for row in self.data["memory"] if row["server"] == key]
        return median(values) if values else None


# ---- words -------------------------------------------------------------------------------------------------------

KOREAN = (  # what a title consists of, one after the other
    ("completion routines (the chapter)", "Completion Routine (책)"),
    ("completion routines", "Completion Routine"),
    ("completion port, fewer calls", "IOCP, 호출을 줄임"),
    ("completion port with AcceptEx", "IOCP와 AcceptEx"),
    ("completion port (IOCP)", "IOCP"),
    ("completion port", "IOCP"),
    ("CPython's", "CPython의"),
    ("Python", "파이썬"),
    ("C파이썬", "CPython"),
    ("bare ctypes", "맨 ctypes"),
    ("events", "이벤트"),
    ("protocol", "프로토콜"),
    ("streams", "스트림"),
    ("(Linux)", "(리눅스)"),
)


def size_name(size: int) -> str:
    return f"{size} B" if size < 1024 else f"{size // 1024} KiB"


def number(value: float | None) -> str:
    if value is None:
        return "-"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 1 else f"{value:.2f}"


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def base(key: str) -> str:
    return KINDS[key].base if key in KINDS else "c-iocp"


class Page:
    """What the templates say between { and }: in English, or in Korean."""

    def __init__(self, results: Results, korean: bool = False) -> None:
        self.results, self.korean, self.about, self.BUSY = results, korean, results.about, results.busy()

    def fill(self, template: str) -> str:
        text = Path(__file__).with_name(template).read_text(encoding="utf-8")
        names = {name: getattr(self, name) for name in dir(self) if not name.startswith("_")}
        filled = re.sub(r"\{([^{}]+)\}", lambda match: str(eval(match[1], names)), text)
        return "\n\n".join(part for part in filled.split("\n\n") if "**-" not in part)  # whose figure was not measured

    def say(self, english: str, korean: str) -> str:
        return korean if self.korean else english

    def title(self, key: str) -> str:
        text = KINDS[key].title if key in KINDS else key
        for english, korean in KOREAN if self.korean else ():
            text = text.replace(english, korean)
        return text

    # ---- single figures

    def rate(self, key: str, connections: int = USUAL, size: int = SMALL) -> str:
        return number(self.results.value(key, "echoes_per_s", size, connections))

    def ratio(self, key: str, other: str, connections: int = USUAL, size: int = SMALL) -> str:
        value = self.results.ratio(key, other, size, connections)
        return "-" if value is None else f"{value:.2f}"

    def cpu(self, key: str, what: str = "user_us") -> str:
        return number(self.results.cpu(key, what))

    def connect(self, key: str, busy: int = 0) -> str:
        middle, late, attempts = self.results.connect(key, busy)
        if not attempts:
            return "-"
        over = self.say("over {:,}", "{:,} 넘음").format(self.about["patience"])
        text = over if middle is None else number(middle)
        unserved = self.say(f"{late} of {attempts} not served in time", f"{attempts}번 중 {late}번은 제때 받지 못함")
        return f"{text} ({unserved})" if late else text

    def slowest(self, key: str, busy: int = 0) -> str:
        rows = [row["ms"] for row in self.results.data["connect"] if (row["server"], row["busy"]) == (key, busy)]
        times = [self.about["patience"] if ms is None else ms for row in rows for ms in row]
        return number(max(times)) if times else "-"

    def beside(self, key: str, idle: int, what: str = "p50_us") -> str:
        return number(self.results.idle(key, idle, what))

    def most_idle(self, key: str) -> str:
        return f"{self.results.most_idle(key):,}"

    def grows(self, key: str, idle: int | None = None) -> str:
        """How many times as long an echo takes beside so many idle connections (the most that were measured) as beside none."""
        none = self.results.idle(key, 0)
        many = self.results.idle(key, self.results.most_idle(key) if idle is None else idle)
        return f"{many / none:.1f}" if none and many else "-"

    # ---- words that follow the figures

    def value(self, shown: str) -> float:
        """Of a figure as it is shown; not a number, if it was not measured: no comparison with it holds."""
        found = re.fullmatch(r"[\d,.]+", shown)
        return float(found[0].replace(",", "")) if found else nan

    def level(self) -> bool:
        """Whether overlapped I/O's echo takes as long beside idle connections, however many were measured."""
        return all(self.value(self.grows(key)) < 1.15 for key in ("py-overlapped", "py-iocp"))

    def share(self, key: str, other: str) -> float:
        """How long a newcomer to a busy server waits, as a part of how long it waits at the other."""
        return self.value(self.connect(key, self.BUSY)) / self.value(self.connect(other, self.BUSY))

    def system(self) -> str:
        return str(self.about["system"].replace("under ", "") if self.korean else self.about["system"])

    # ---- tables

    def echoes(self, connections: str) -> str:
        """`connections`: the words for N of them."""
        results, parts = self.results, []
        for size in results.sizes:
            counts = [n for n in results.connections if any(results.rounds(k, "p50_us", size, n) for k in results.servers)]
            rows = []
            for key in results.servers:
                row = [self.title(key)]
                for count in counts:
                    values = results.rounds(key, "echoes_per_s", size, count).values()
                    if not values:
                        row.append("-")
                        continue
                    text = f"{number(median(values))} ({number(min(values))}-{number(max(values))})"
                    ratio = results.ratio(key, base(key), size, count)
                    row.append(text if ratio is None or key == base(key) else f"{text} **{ratio:.2f}**")
                rows.append(row)
            parts.append(table([size_name(size), *(connections.replace("N", f"{n:,}") for n in counts)], rows))
        return "\n\n".join(parts)

    def latency(self, connections: str) -> str:
        rows = []
        for key in self.results.servers:
            row = [self.title(key)]
            for count in self.results.connections:
                p50, p99 = (self.results.value(key, what, SMALL, count) for what in ("p50_us", "p99_us"))
                row.append("-" if p50 is None else f"{number(p50)} / {number(p99)}")
            rows.append(row)
        return table(["p50 / p99, µs", *(connections.replace("N", f"{n:,}") for n in self.results.connections)], rows)

    def idle(self, connections: str) -> str:
        rows = []
        for key in CURVE:
            cells = [[self.beside(key, idle, what) for what in ("p50_us", "p99_us")] for idle in self.results.idles()]
            rows.append([self.title(key), *("-" if p50 == "-" else f"{p50} / {p99}" for p50, p99 in cells)])
        return table(["p50 / p99, µs", *(connections.replace("N", f"{n:,}") for n in self.results.idles())], rows)

    def times(self, *heads: str) -> str:
        """CPU time of an echo: user, of that the interpreter and ctypes, the system, Wine's server process."""
        kinds = ["user_us", "interpreter", "ctypes", "system_us", "wineserver_us"]
        if not any(row.get("wineserver_us") for row in self.results.data["echo"]):
            kinds.pop()
        rows = [[self.title(key), *(self.cpu(key, kind) for kind in kinds)] for key in self.results.servers]
        return table(list(heads[: 1 + len(kinds)]), rows)

    def several_parts(self, *heads: str) -> str:
        rows = []
        for key in self.results.servers:
            figures = (self.results.delayed(key, what) for what in ("at_once_echoes_per_s", "echoes_per_s"))
            rows.append([self.title(key), *map(number, figures)])
        return table(list(heads), rows)

    def newcomers(self, head: str, slowest: str) -> str:
        def cell(key: str, busy: int) -> str:
            text = self.connect(key, busy)
            return text if text == "-" else f"{text} / {self.slowest(key, busy)}"

        rows = [[self.title(key), *(cell(key, busy) for busy in (0, self.BUSY))] for key in self.results.servers]
        return table([head, slowest.replace("N", "0"), slowest.replace("N", str(self.BUSY))], rows)

    def memory(self, *heads: str) -> str:
        results, rows = self.results, []
        for key in results.servers:
            firsts = [row["bytes_at_first"] for row in results.data["memory"] if row["server"] == key]
            held = [row["bytes_per_connection"] / 1024 for row in results.data["held"] if row["server"] == key]
            own = results.memory(key)
            at_first = median(firsts) / 2**20 if firsts else None
            figures = (None if own is None else own / 1024, median(held) if held else None, at_first)
            rows.append([self.title(key), *map(number, figures)])
        return table(list(heads), rows)

    def held(self) -> str:
        return " / ".join(f"{n:,}" for n in sorted({row["connections"] for row in self.results.data["held"]})) or "-"

    def failed(self, head: str) -> str:
        lines = []
        for item in self.results.data["failed"]:
            message = (item["message"].strip() or "-").splitlines()
            lines.append(f"- {item['what']} {', '.join(map(str, item['arguments']))}: {message[-1]}")
        return f"\n## {head}\n\n" + "\n".join(lines) + "\n" if lines else ""

    def aims(self, *heads: str) -> str:
        words = {
            True: self.say("yes", "예"),
            False: f"**{self.say('no', '아니오')}**",
            None: self.say("not measured", "측정 안 함"),
        }
        return table(list(heads), [[aim, measured, words[met]] for aim, measured, met in aims(self)])

    def where(self) -> str:
        """On what it was measured."""
        about, say = self.about, self.say
        wine = "Wine" in about["system"]
        system = self.system()
        programs = say(f"Windows programs {system}", f"윈도우 프로그램, {system}") if wine else system
        packages = "".join(f", {name} {about[name]}" for name in ("pywin32", "winloop") if about.get(name))
        machine = f"{about['machine']}, {say('{} processors', 'CPU {}개').format(about['processors'])}"
        date = say("Measured on {}", "{} 측정").format(about["date"])
        lines = [f"{date}: {programs}, CPython {about['python']}{packages}; {machine}."]
        if wine:
            lines += [
                say(
                    "**Under Wine**, not on Windows: Wine's own server process has a part in every operation.",
                    "윈도우가 아니라 **Wine에서** 측정했다. Wine 자신의 서버 프로세스가 모든 동작에 끼어든다.",
                ),
                say(
                    "Nothing here is a statement about Windows; programs are compared with one another on this system.",
                    "여기에 윈도우에 대한 말은 없다. 이 시스템 위에서 프로그램들을 서로 견줄 뿐이다.",
                ),
            ]
        if about["native"]:
            other = about["native"]
            lines.append(
                say(
                    f"The servers marked (Linux) ran natively on another system ({other}); they are for orientation only.",
                    f"(리눅스)라고 적은 서버는 다른 시스템에서 바로 돌렸다({other}). 참고일 뿐이다.",
                )
            )
        if about["note"]:
            lines.append(f"{say('Note', '알림')}: {say(about['note'], NOTES.get(about['note'], about['note']))}.")
        if about["interrupted"]:
            lines.append(
                say("The run was interrupted: some combinations are missing.", "측정을 중간에 멈췄다. 빠진 조합이 있다.")
            )
        return "\n".join(lines)


# ---- the aims ----------------------------------------------------------------------------------------------------


def aims(page: Page) -> list[tuple[str, str, bool | None]]:
    """What was aimed at, what was measured, and whether it was met (None: not measured)."""
    results, say = page.results, page.say
    few = [n for n in results.connections if n <= 64]
    found: list[tuple[str, str, bool | None]] = []

    def ratio(text: str, ours: str, theirs: str, limit: float, counts: list[int]) -> None:
        ratios = {n: results.ratio(ours, theirs, SMALL, n) for n in counts}
        known = {n: ratio for n, ratio in ratios.items() if ratio is not None}
        words = ", ".join(f"{ratio:.2f} ({n})" for n, ratio in known.items())
        found.append((text, words or "-", min(known.values()) >= limit if known else None))

    def user(text: str, ours: str, theirs: str, limit: float) -> None:
        a, b = results.cpu(ours), results.cpu(theirs)
        words = "-" if not a or not b else f"{number(a)} µs : {number(b)} µs = {a / b:.2f}"
        found.append((text, words, None if not a or not b else a <= limit * b))

    def below(text: str, value: float | None, unit: str, limit: float) -> None:
        found.append((text, "-" if value is None else f"{number(value)} {unit}", None if value is None else value < limit))

    book, fewer = say("the chapter's server in C", "책의 서버(C)"), say("fewer calls in Python", "호출을 줄인 파이썬 서버")
    routines, port = (
        say("completion routines in Python", "파이썬의 Completion Routine"),
        say("completion port in Python", "파이썬의 IOCP"),
    )
    least = say("{}: at least {} times the echoes of {}", "{}: 에코가 적어도 {}배, 비교 대상은 {}").format
    ratio(least(fewer, 1.05, book), "py-fewer", "c-overlapped", 1.05, [n for n in results.connections if 8 <= n <= 256])
    ratio(least(fewer, 0.98, book), "py-fewer", "c-overlapped", 0.98, [n for n in results.connections if n == 1])
    ratio(least(fewer, "1.00", "pywin32"), "py-fewer", "pywin32", 1.0, results.connections)
    ratio(least(routines, 0.95, book), "py-overlapped", "c-overlapped", 0.95, few)
    ratio(least(port, 0.93, say("the same in C", "C로 쓴 같은 모델")), "py-iocp", "c-iocp", 0.93, few)
    for name, ours in ((routines, "py-overlapped"), (port, "py-iocp")):
        ratio(least(name, 1.45, page.title("proactor-protocol")), ours, "proactor-protocol", 1.45, few)
    most = say(
        "{}: user CPU of an echo at most {} times that of {}", "{}: 에코 하나의 사용자 CPU가 많아야 {}배, 비교 대상은 {}"
    ).format
    user(most(fewer, "1.00", "pywin32"), "py-fewer", "pywin32", 1.0)
    for name, ours, theirs in ((routines, "py-overlapped", "bare-overlapped"), (port, "py-iocp", "bare-iocp")):
        user(most(name, 1.25, page.title(theirs)), ours, theirs, 1.25)
    user(most(f"{routines}, 3.13", 1.25, page.title("bare-313")), "py-313", "bare-313", 1.25)
    recorded, plain = results.alone("recorder", "recorded_us"), results.alone("recorder", "plain_us")
    cost = None if recorded is None or plain is None else recorded - plain
    below(say("recorder: less than 60 µs a call", "기록기: 호출 하나에 60µs 미만"), cost, "µs", 60)
    text = say("recorded page: 20,000 events in less than 2 s", "기록된 페이지: 이벤트 20,000개에 2초 미만")
    below(text, results.alone("page", "seconds"), "s", 2)
    return found


# ---- pages -------------------------------------------------------------------------------------------------------

MADE = "<!-- made by python -m tests.pages write benchmarks -->\n"


def summary(data: dict[str, Any]) -> str:
    page = Page(Results(data))
    parts = [page.echoes("N conn."), page.latency("N conn."), page.idle("N idle"), page.newcomers("connect, ms", "N busy")]
    return "\n\n".join([*parts, page.aims("aim", "measured", "met")])


def pages() -> dict[str, str]:
    return pages_of(loads(JSON.read_text(encoding="utf-8")))


def pages_of(data: dict[str, Any]) -> dict[str, str]:
    results, made = Results(data), {}
    for path, template in TEMPLATES.items():
        made[path] = MADE + Page(results, "ko" in path.split("/")).fill(template)
    for folder, korean in (("docs", False), ("docs/ko", True)):
        made |= {f"{folder}/{name}.svg": text for name, text in plots.draw(Page(results, korean)).items()}
    return made
