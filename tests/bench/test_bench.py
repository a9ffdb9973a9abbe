"""The benchmark works from end to end, and the pages say what its results say."""

import json
import re
import sys

from tests.bench import report


def test_every_plot_that_a_page_shows_is_there():
    shown = re.findall(r"\((benchmarks-\w+\.svg)\)", report.pages()["docs/benchmarks.md"])
    assert len(shown) == 3 and all((report.DOCS / name).exists() for name in shown)


def test_every_page_says_where_it_was_measured():
    about = json.loads(report.JSON.read_text(encoding="utf-8"))["about"]
    assert about["date"] and about["machine"] and about["python"]
    for text in report.pages().values():
        assert ("**Under Wine**, not on Windows" in text) == ("Wine" in about["system"])


def test_from_end_to_end(tmp_path, monkeypatch, capsys):
    from tests.bench import __main__ as bench

    path = tmp_path / "results.json"
    keys = "py-overlapped,py-iocp,proactor-protocol,py-select,py-fewer,bare-overlapped,bare-iocp"
    words = f"--quick --connections 1,2 --idle 0,70 --hold 80 --milliseconds 100 --warm-up 20 --servers {keys} --json"
    monkeypatch.setattr(sys, "argv", ["bench", *words.split(), str(path)])
    assert bench.main() == 0
    results = json.loads(path.read_text(encoding="utf-8"))
    assert results["failed"] == []
    assert len(results["echo"]) == len(results["connect"]) == 14 and len(results["memory"]) == 7
    assert [sum(row["idle"] == idle for row in results["idle"]) for idle in (0, 70)] == [4, 3]  # select takes 63
    assert len(results["held"]) == 2 and all(row["bytes_at_first"] > 0 for row in results["held"])
    assert all(row["echoes_per_s"] > 0 and row["p50_us"] > 0 for row in results["echo"])
    assert all(ms is not None for row in results["connect"] if row["server"] == "py-iocp" for ms in row["ms"])
    assert "at least 1.4 times asyncio's Proactor" in capsys.readouterr().out
