"""The benchmark works from end to end, and the pages say what its results say."""

import json
import re
import sys

from tests.bench import report, servers


def test_every_plot_that_a_page_shows_is_there():
    pages = report.pages()
    for path, text in pages.items():
        shown = [f"{path.rpartition('/')[0]}/{name}" for name in re.findall(r"\(([\w-]+\.svg)\)", text)]
        assert path.endswith(".svg") or len(shown) == (3 if "benchmarks" in path else 5)
        assert set(shown) <= set(pages)


def test_each_point_has_one_figure_and_one_plot():
    for path in ("docs/which-is-faster.md", "docs/ko/which-is-faster.md"):
        parts = report.pages()[path].split("\n\n")
        points = [place for place, part in enumerate(parts) if part.startswith("**")]
        assert len(points) == 5
        for place in points:
            assert re.fullmatch(r"!\[[^]]+\]\([\w-]+\.svg\)", parts[place + 1])
            assert (
                len(re.findall(r"\*\*[\d.,]+( times| ms|배|ms)\*\*", parts[place]))
                == 1
                == len(re.findall(r"\d\.\d|\d{3}", parts[place]))
            )


def test_every_page_says_where_it_was_measured():
    about = json.loads(report.JSON.read_text(encoding="utf-8"))["about"]
    assert about["date"] and about["machine"] and about["python"]
    for path, text in report.pages().items():
        if path.endswith(".md"):
            assert ("**Under Wine**, not on Windows" in text or "**Wine에서** 측정했다" in text) == ("Wine" in about["system"])
        else:
            assert about["system"].removeprefix("under ") in text


def test_the_plots_have_a_light_and_a_dark_look():
    for path, text in report.pages().items():
        if path.endswith(".svg"):
            used = set(re.findall(r"var\(--(\w+)\)", text))
            light, dark = text.split("@media (prefers-color-scheme: dark)")
            for half in (light, dark.partition("\n")[0]):
                assert used <= set(re.findall(r"--(\w+): #", half))


def test_in_a_virtual_environment_the_real_python_is_measured(monkeypatch):
    """There python.exe only starts the real one, and waits for it: it would seem to use no CPU time, and no memory."""
    monkeypatch.setattr(servers, "ON_WINDOWS", True)
    monkeypatch.setattr(sys, "_base_executable", "C:/Python/python.exe", raising=False)
    environment = {}
    assert servers.python(environment, servers.KINDS["py-iocp"]) == ["C:/Python/python.exe"]
    assert environment == {"__PYVENV_LAUNCHER__": sys.executable}
    assert servers.python(native := {}, servers.KINDS["linux-asyncio"]) == [sys.executable] and native == {}


def test_what_is_finished_is_kept_when_it_is_interrupted(tmp_path, monkeypatch):
    from tests.bench import __main__ as bench

    measure, done = bench.Bench.connect, []

    def interrupted(self, *arguments):
        if done:
            raise KeyboardInterrupt
        done.append(arguments)
        return measure(self, *arguments)

    path = tmp_path / "results.json"
    monkeypatch.setattr(bench.Bench, "connect", interrupted)
    words = "--quick --connections 1 --idle 0 --hold 0 --milliseconds 50 --warm-up 20 --servers py-event --json"
    monkeypatch.setattr(sys, "argv", ["bench", *words.split(), str(path)])
    assert bench.main() == 0
    data = report.loads(path.read_text(encoding="utf-8"))
    assert data["about"]["interrupted"] and len(data["echo"]) == len(data["connect"]) == 1 and data["failed"] == []
    nothing = {what: None if what.endswith("_us") else value for what, value in data["echo"][0].items()}
    data["echo"].append({**nothing, "connections": report.USUAL, "echoes_per_s": 0.0})  # not one echo in the time
    for pages in (report.pages_of(data), report.pages_of({**data, **dict.fromkeys(report.MEASURED, [])})):
        assert pages.keys() == report.pages().keys()  # of little or nothing, too


def test_from_end_to_end(tmp_path, monkeypatch, capsys):
    from tests.bench import __main__ as bench

    path = tmp_path / "results.json"
    keys = "py-overlapped,py-iocp,proactor-protocol,py-select,bare-iocp"
    words = f"--quick --connections 1,2 --idle 0,70 --hold 80 --milliseconds 100 --warm-up 20 --servers {keys} --json"
    monkeypatch.setattr(sys, "argv", ["bench", *words.split(), str(path)])
    assert bench.main() == 0
    results = report.loads(path.read_text(encoding="utf-8"))
    assert results["failed"] == []
    assert len(results["echo"]) == len(results["connect"]) == 10 and len(results["memory"]) == 5
    assert [sum(row["idle"] == idle for row in results["idle"]) for idle in (0, 70)] == [3, 2]  # select takes 63
    assert len(results["held"]) == 1 and all(row["bytes_at_first"] > 0 for row in results["held"])
    assert all(row["echoes_per_s"] > 0 and row["p50_us"] > 0 for row in results["echo"])
    assert all(ms is not None for row in results["connect"] if row["server"] == "py-iocp" for ms in row["ms"])
    assert "at least 1.45 times the echoes of asyncio Proactor" in capsys.readouterr().out
