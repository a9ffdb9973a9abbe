"""The plots in docs/."""

from __future__ import annotations

from typing import Any

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt

from .report import DOCS, SMALL, Results, title

matplotlib.rcParams.update(
    {"svg.hashsalt": "benchmarks", "svg.fonttype": "none", "font.size": 9, "axes.grid": True, "axes.grid.axis": "x"}
)
FAMILIES = {"c-": "#444444", "py-": "#1f77b4", "pywin32": "#2ca02c", "stdlib": "#17becf", "linux": "#bbbbbb"}


def colour(key: str) -> str:
    return next((shade for start, shade in FAMILIES.items() if key.startswith(start)), "#ff7f0e")


def save(figure: Any, name: str) -> None:
    figure.tight_layout()
    figure.savefig(
        DOCS / f"benchmarks-{name}.svg",
        bbox_inches="tight",
        metadata={"Date": None, "Creator": "python -m tests.pages write benchmarks"},
    )
    plt.close(figure)
    path = DOCS / f"benchmarks-{name}.svg"
    text = path.read_text(encoding="utf-8")
    path.write_text("\n".join(line.rstrip() for line in text.splitlines()) + "\n", encoding="utf-8", newline="\n")


def system(results: Results) -> str:
    return f"Windows programs {results.about['system']}" if "Wine" in results.about["system"] else results.about["system"]


def echoes(results: Results) -> None:
    counts = results.connections
    figure, rows = plt.subplots(1, len(counts), figsize=(3 + 2.1 * len(counts), 4.6), sharey=True, squeeze=False)
    keys = [key for key in reversed(results.servers) if not key.startswith("linux")]
    for axes, count in zip(rows[0], counts, strict=True):
        for place, key in enumerate(keys):
            values = results.rounds(key, "echoes_per_s", SMALL, count).values()
            if values:
                middle = results.value(key, "echoes_per_s", SMALL, count) or 0
                spread = [[middle - min(values)], [max(values) - middle]]
                axes.barh(place, middle, xerr=spread, color=colour(key), error_kw={"elinewidth": 0.8, "ecolor": "red"})
        axes.set_yticks(range(len(keys)), [title(key) for key in keys])
        axes.set_title(f"{count} connection{'s' * (count > 1)}")
        axes.tick_params(axis="x", labelsize=7)
    figure.suptitle(f"Echoes of {SMALL} bytes per second, {system(results)} (red: lowest to highest round)")
    save(figure, "echoes")


def cpu(results: Results) -> None:
    keys = [key for key in reversed(results.servers) if results.cpu(key) is not None]
    figure, axes = plt.subplots(figsize=(9, 4.2))
    left = [0.0] * len(keys)
    for what, label, shade in (
        ("user_us", "user", "#1f77b4"),
        ("system_us", "system", "#aec7e8"),
        ("wineserver_us", "Wine's server process", "#dddddd"),
    ):
        widths = [results.cpu(key, what) or 0.0 for key in keys]
        if any(widths):
            axes.barh(range(len(keys)), widths, left=left, label=label, color=shade)
        left = [a + b for a, b in zip(left, widths, strict=True)]
    axes.set_yticks(range(len(keys)), [title(key) for key in keys])
    axes.set_xlabel(f"microseconds per echo of {SMALL} bytes, 8 connections; {system(results)}")
    axes.legend()
    save(figure, "cpu")


def connect(results: Results) -> None:
    keys, busy, late = list(reversed(results.servers)), results.busy(), float(results.about["patience"])
    figure, axes = plt.subplots(figsize=(9, 4.2))
    for place, key in enumerate(keys):
        for clients, shift, shade in ((0, 0.2, "#1f77b4"), (busy, -0.2, "#d62728")):
            rows = [row for row in results.data["connect"] if (row["server"], row["busy"]) == (key, clients)]
            times = [late if ms is None else ms for row in rows for ms in row["ms"]]
            middle = results.connect(key, clients)[0]
            if times:
                axes.scatter(times, [place + shift] * len(times), s=6, color=shade, alpha=0.4, linewidths=0)
                axes.scatter([late if middle is None else middle], [place + shift], marker="|", s=120, color=shade)
    axes.set_xscale("log")
    axes.set_yticks(range(len(keys)), [title(key) for key in keys])
    axes.set_xlabel(f"ms from connect to first echo (blue: idle, red: {busy} busy clients, |: median)\n{system(results)}")
    save(figure, "connect")


def draw(results: Results) -> None:
    echoes(results)
    cpu(results)
    connect(results)
