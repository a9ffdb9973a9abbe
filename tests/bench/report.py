"""What docs/benchmarks.json says, in words, tables and plots: docs/benchmarks.md, docs/which-is-faster.md and the plots.

Every figure in those pages comes from here, so `python -m tests.pages write benchmarks` makes them anew from the
JSON, and the tests see that they agree. A value is the median of the rounds, its spread the lowest and the highest of them.
A ratio is the median of the ratios of each round. CPU times are from everything that was measured with messages of 64
bytes on 8 connections taken together, since one measurement alone is too short for the clock that counts them.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from statistics import median
from typing import Any

from .servers import KINDS, ROOT

DOCS = ROOT / "docs"
JSON = DOCS / "benchmarks.json"
TEMPLATE = Path(__file__).with_name("which-is-faster.template.md")
MEASURED = ("echo", "delayed", "idle", "connect", "memory", "held", "recorder", "page")
SMALL, USUAL = 64, 8  # bytes and connections of what is looked at more closely
SEVERAL_PARTS = 10240  # bytes of a message that most servers echo in several parts


def dumps(result: dict[str, Any]) -> str:
    """JSON with one measurement to a line."""
    parts = []
    for key, value in result.items():
        if isinstance(value, list):
            lines = ",\n".join("  " + json.dumps(item) for item in value)
            parts.append(f"{json.dumps(key)}: [\n{lines}\n ]" if value else f"{json.dumps(key)}: []")
        else:
            parts.append(f"{json.dumps(key)}: {json.dumps(value, indent=1)}")
    return "{\n " + ",\n ".join(parts) + "\n}\n"


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
        rows = [r for r in self.data["echo"] if (r["server"], r["size"], r["connections"]) == (key, SMALL, USUAL)]
        rows = [row for row in rows if row[what] is not None]
        total = sum(row["echoes_per_s"] for row in rows)
        return sum(row[what] * row["echoes_per_s"] for row in rows) / total if total else None

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


def title(key: str) -> str:
    return KINDS[key].title if key in KINDS else key


def base(key: str) -> str:
    return KINDS[key].base if key in KINDS else "c-iocp"


def echo_tables(results: Results) -> str:
    parts = []
    for size in results.sizes:
        rows = []
        for key in results.servers:
            row = [title(key)]
            for connections in results.connections:
                values = results.rounds(key, "echoes_per_s", size, connections).values()
                if not values:
                    row.append("-")
                    continue
                text = f"{number(median(values))} ({number(min(values))}-{number(max(values))})"
                ratio = results.ratio(key, base(key), size, connections)
                row.append(text if ratio is None or key == base(key) else f"{text} **{ratio:.2f}**")
            rows.append(row)
        head = ["echoes per second", *(f"{n} connection{'s' * (n > 1)}" for n in results.connections)]
        parts.append(f"### Messages of {size_name(size)}\n\n{table(head, rows)}")
    return "\n\n".join(parts)


def latency_table(results: Results) -> str:
    rows = []
    for key in results.servers:
        row = [title(key)]
        for connections in results.connections:
            p50, p99 = (results.value(key, what, SMALL, connections) for what in ("p50_us", "p99_us"))
            row.append("-" if p50 is None else f"{number(p50)} / {number(p99)}")
        rows.append(row)
    return table(["median / 99th percentile, µs", *(f"{n} conn." for n in results.connections)], rows)


def cpu_table(results: Results) -> str:
    rows = [[title(key), *(number(results.cpu(key, f"{what}_us")) for what in ("user", "system"))] for key in results.servers]
    head = ["CPU time of an echo, µs", "user", "system"]
    if any(row.get("wineserver_us") for row in results.data["echo"]):
        head.append("Wine's server process")
        for key, row in zip(results.servers, rows, strict=True):
            value = results.cpu(key, "wineserver_us")
            row.append(number(value) if value else "-")
    return table(head, rows)


def delayed_table(results: Results) -> str:
    rows = [
        [title(key), number(results.delayed(key, "at_once_echoes_per_s")), number(results.delayed(key))]
        for key in results.servers
    ]
    return table(["echoes per second, one connection", "acknowledged at once", "acknowledged as usual"], rows)


def connect_words(results: Results, key: str, busy: int) -> str:
    middle, late, attempts = results.connect(key, busy)
    if not attempts:
        return "-"
    text = f"over {results.about['patience']:,}" if middle is None else number(middle)
    return f"{text} ({late} of {attempts} not served in time)" if late else text


def connect_table(results: Results) -> str:
    rows = [[title(key), *(connect_words(results, key, busy) for busy in (0, results.busy()))] for key in results.servers]
    return table(["connect to first echo, ms", "idle", f"with {results.busy()} busy clients"], rows)


def memory_table(results: Results) -> str:
    rows = []
    for key in results.servers:
        firsts = [row["bytes_at_first"] for row in results.data["memory"] if row["server"] == key]
        memory = results.memory(key)
        at_first = number(median(firsts) / 2**20) if firsts else "-"
        rows.append([title(key), number(memory / 1024) if memory is not None else "-", at_first])
    return table(["memory", "per connection, KiB", "of the process before, MiB"], rows)


# ---- the targets -------------------------------------------------------------------------------------------------


def targets(results: Results) -> list[tuple[str, str, bool | None]]:
    """What was aimed at, what was measured, and whether it was met (None: not measured)."""
    few = [n for n in results.connections if n <= 64]

    def least(ours: str, theirs: str, limit: float) -> tuple[str, bool | None]:
        ratios = {n: results.ratio(ours, theirs, SMALL, n) for n in few}
        known = {n: ratio for n, ratio in ratios.items() if ratio is not None}
        words = ", ".join(f"{ratio:.2f} ({n})" for n, ratio in known.items())
        return words or "-", min(known.values()) >= limit if known else None

    found: list[tuple[str, str, bool | None]] = []
    places = f"(64 B; {', '.join(map(str, few))} connections)"
    for ours, theirs, limit, text in (
        ("py-overlapped", "c-overlapped", 0.95, "completion routines in Python: at least 0.95 of C's echoes per second"),
        ("py-iocp", "c-iocp", 0.95, "completion port in Python: at least 0.95 of C's echoes per second"),
        ("py-overlapped", "proactor-protocol", 1.4, "completion routines: at least 1.4 times asyncio's Proactor protocol"),
        ("py-iocp", "proactor-protocol", 1.4, "completion port: at least 1.4 times asyncio's Proactor protocol"),
    ):
        found.append((f"{text} {places}", *least(ours, theirs, limit)))
    theirs_cpu = results.cpu("pywin32")
    for ours, text in (("py-overlapped", "completion routines"), ("py-iocp", "completion port")):
        cpu = results.cpu(ours)
        met = None if cpu is None or theirs_cpu is None else cpu <= theirs_cpu
        found.append(
            (f"{text}: user CPU of an echo no more than pywin32's", f"{number(cpu)} µs to {number(theirs_cpu)} µs", met)
        )
    for busy in (0, results.busy()):
        middle, late, attempts = results.connect("py-iocp", busy)
        words = f"{number(middle)} ms" + (f", {late} of {attempts} not served in time" if late else "")
        state = f"with {busy} busy clients" if busy else "idle"
        met = (middle is not None and middle < 5) if attempts else None
        found.append((f"completion port: connect to first echo under 5 ms at the median, {state}", words, met))
    for ours, theirs, text in (
        ("py-overlapped", "c-overlapped", "completion routines"),
        ("py-iocp", "c-iocp", "completion port"),
    ):
        a, b = results.memory(ours), results.memory(theirs)
        met = None if a is None or b is None else a - b <= 4096
        words = "-" if a is None or b is None else f"{a / 1024:.1f} KiB to {b / 1024:.1f} KiB"
        found.append((f"{text}: memory per connection within 4 KiB of C's", words, met))
    return found


def targets_table(results: Results) -> str:
    words = {True: "yes", False: "**no**", None: "not measured"}
    return table(["aim", "measured", "met"], [[aim, measured, words[met]] for aim, measured, met in targets(results)])


# ---- pages -------------------------------------------------------------------------------------------------------

MADE = "<!-- made by python -m tests.pages write benchmarks -->\n"
PAGE = """\
# Benchmarks

Made from [benchmarks.json](benchmarks.json).
The answer to the chapter's question, in a page: [which-is-faster.md](which-is-faster.md).

{where}

## How it was measured

- Each server is a process of its own. One at a time is under load, the others wait idle. The load client is another process,
  in {language}; they talk over the loopback interface. In each round every combination of message size and number of
  connections comes up in a random order, and within it the servers do: what slows the machine down slows them all.
- A connection sends a message, waits for the whole echo, compares it byte by byte, and sends the next. {warm_up} ms of warm-up,
  then {milliseconds} ms that count; {rounds} rounds, and {many} for messages of 64 B on up to 64 connections. CPU times are
  those of the {many} rounds with 8 connections.
- The load client acknowledges all that it receives at once (TCP_QUICKACK), so that no server waits for that: see below.
- The servers receive up to 1,024 bytes at a time, as the chapter's does, so that 100 KiB are a hundred receives and sends. Only
  asyncio's protocols choose for themselves how much they take at once (Proactor 64 KiB, Selector 256 KiB).
- Completion ports have one worker thread, in C as in Python.
- "Connect to first echo": {probes} new connections a round, at random moments, one after the other; each sends 64 bytes. One
  that had no echo after {patience} ms counts as not served.
- Memory: what {held} connections, each of which had an echo, add to the memory that only the process itself has.{pinned}
- Values are medians of the rounds; in parentheses the lowest and the highest round; in bold the ratio to the same model in C in
  the same round (completion routines and events: to C with completion routines; ports and asyncio: to C with a port; Linux:
  to epoll).

Again: `python -m tests.bench` (about {minutes} minutes; `--quick` for a first look, `--help` for the rest). The plots and
pywin32 come with `pip install --group bench`. Ctrl+C keeps what is finished.

## What was aimed at

{targets}

## Echoes per second

![Echoes per second](benchmarks-echoes.svg)

{echoes}

## Latency, messages of 64 B

{latency}

## CPU time, messages of 64 B, 8 connections

![CPU time per echo](benchmarks-cpu.svg)

{cpu}

## Nagle's algorithm: messages of 10 KiB, with and without waiting

None of the servers sets TCP_NODELAY, except asyncio's where it can. So the system keeps a small part of an echo back until the
part before it was acknowledged; and the receiving system acknowledges only after some 40 ms when it has nothing to send itself.
Whoever echoes 10 KiB in ten parts waits for that; whoever takes and sends it all at once does not.

{delayed}

## Connect to first echo

![Connect to first echo](benchmarks-connect.svg)

{connect}

## Memory

{memory}
{failed}"""


def where(results: Results) -> str:
    about = results.about
    wine = "Wine" in about["system"]
    lines = [f"Measured on {about['date']}: {'Windows programs ' if wine else ''}{about['system']}"]
    lines[0] += f", CPython {about['python']}" + (f", pywin32 {about['pywin32']}" if about["pywin32"] else "")
    lines[0] += f"; {about['machine']}, {about['processors']} processors."
    if wine:
        lines.append(
            "**Under Wine**, not on Windows: Wine's own server process has a part in every operation, about half of the work.\n"
            "Nothing here is a statement about Windows; programs are compared with one another on this system."
        )
    if about["native"]:
        lines.append(
            f"The servers marked (Linux) ran natively on another system ({about['native']}); they are for orientation only."
        )
    if about["note"]:
        lines.append(f"Note: {about['note']}.")
    if about["interrupted"]:
        lines.append("The run was interrupted: some combinations are missing.")
    return "\n".join(lines)


def page(results: Results) -> str:
    about = results.about
    held = sorted({row["connections"] for row in results.data["memory"]}, reverse=True)
    failed = ""
    if results.data["failed"]:
        lines = (f"- {item['what']} {item['arguments']}: {item['message'].splitlines()[0]}" for item in results.data["failed"])
        failed = "\n## What failed\n\n" + "\n".join(lines) + "\n"
    return PAGE.format(
        where=where(results),
        language=about["load_client"],
        warm_up=about["warm_up"],
        milliseconds=about["milliseconds"],
        rounds=about["rounds"],
        many=about["rounds"] * about["again"],
        delayed=delayed_table(results),
        probes=about["probes"],
        patience=about["patience"],
        held=" or ".join(map(str, held)) or "some",
        pinned="\n- The load client had one processor for itself, the server and Wine's server process shared another."
        if about["pinned"]
        else "",
        minutes=max(1, round(about.get("seconds", 600) / 60)),
        targets=targets_table(results),
        echoes=echo_tables(results),
        latency=latency_table(results),
        cpu=cpu_table(results),
        connect=connect_table(results),
        memory=memory_table(results),
        failed=failed,
    )


def answer(results: Results) -> str:
    """docs/which-is-faster.md: the template, with each {expression} replaced by what it gives."""

    def rate(key: str, connections: int = USUAL, size: int = SMALL) -> str:
        return number(results.value(key, "echoes_per_s", size, connections))

    def ratio(key: str, other: str, connections: int = USUAL, size: int = SMALL) -> str:
        value = results.ratio(key, other, size, connections)
        return "-" if value is None else f"{value:.2f}"

    def slowest(key: str, busy: int) -> str:
        rows = [row["ms"] for row in results.data["connect"] if (row["server"], row["busy"]) == (key, busy)]
        return number(max(results.about["patience"] if ms is None else ms for row in rows for ms in row)) if rows else "-"

    aims = targets(results)
    names: dict[str, Any] = {
        "about": results.about,
        "where": where(results),
        "rate": rate,
        "ratio": ratio,
        "user": lambda key: number(results.cpu(key)),
        "system": lambda key: number(results.cpu(key, "system_us")),
        "wineserver": lambda key: number(results.cpu(key, "wineserver_us")),
        "connect": lambda key, busy=0: connect_words(results, key, busy),
        "slowest": slowest,
        "delayed": lambda key: number(results.delayed(key)),
        "targets": targets_table(results),
        "met": sum(met is True for _, _, met in aims),
        "aims": len(aims),
        "BUSY": results.busy(),
    }
    text = TEMPLATE.read_text(encoding="utf-8")
    return re.sub(r"\{([^{}]+)\}", lambda match: str(eval(match[1], names)), text)


def summary(data: dict[str, Any]) -> str:
    results = Results(data)
    parts = [echo_tables(results), latency_table(results), cpu_table(results), connect_table(results), memory_table(results)]
    return "\n\n".join([*parts, targets_table(results)])


def kept() -> Results:
    return Results(json.loads(JSON.read_text(encoding="utf-8")))


def pages() -> dict[str, str]:
    results = kept()
    return {"docs/benchmarks.md": MADE + page(results), "docs/which-is-faster.md": MADE + answer(results)}


def draw() -> None:
    try:
        from . import plots
    except ImportError:
        print("no matplotlib: the plots are not drawn again (pip install --group bench)")
    else:
        plots.draw(kept())
