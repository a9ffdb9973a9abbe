"""Where a program is right, the recorder finds nothing: every program that this project shows to its readers."""

from __future__ import annotations

import json
import re

import pytest
from start import solution

from tests.programs.test_exercises import CHECKS, EXERCISES, Running
from tests.support.processes import EXAMPLES, ROOT, Server, echo, reset, trace

SERVERS = sorted(path.stem for path in EXAMPLES.glob("*_server.py"))
FAQ = re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```", (ROOT / "docs/faq.md").read_text(encoding="utf-8"), re.S)


ON_PURPOSE = {  # the answers about a mistake: its kind, and what the console says of it
    14: ("routine-on-port", "completion routine was given for a socket that is attached"),
    15: ("no-startup", "without WSAStartup"),
}


def found(path, kinds=()):
    events = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert events[-1]["e"] == "end" and len(events) > 3
    return [
        event.get("en") or event["text"]
        for event in events
        if event["e"] in ("diagnosis", "note") and event.get("kind") not in kinds
    ]


def record(script, path, *arguments, **more):
    return trace("--jsonl", path, script, *arguments, **more)


@pytest.mark.parametrize("ends", ["at rest", "busy"])
@pytest.mark.parametrize("name", SERVERS)
def test_the_servers(name, ends, tmp_path):
    """Also when Ctrl+C comes while operations are pending, and after clients that left in each way."""
    path = tmp_path / "run.jsonl"
    with Server(name, recorded=["--jsonl", path]) as server:
        first, second, third = (server.connect() for _ in range(3))
        for client in (first, second, first, third):
            assert echo(client, b"hello" * 300) == b"hello" * 300
        first.close()
        reset(second)
        server.wait_for_line("Client disconnected", 3)
        if ends == "at rest":
            third.close()
            server.wait_for_line("Client disconnected", 4)
        status, _, blocks = server.interrupt()
        third.close()
    assert server.out.count("Client connect..") == 4
    assert status == 0 and (blocks == 0 or ends == "busy")
    assert [line for line in server.err if line.startswith("trace: ")][:-1] == found(path) == []
    events = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert events[-1]["how"] == "the program ended"
    started = {event["op"]["id"] for event in events if "op" in event and event["op"]["to"] != "posted"}
    over = {event["id"] for event in events if event.get("state") in ("failed", "delivered")}  # when their call returned
    delivered = [op for event in events for op in event.get("delivered", [])]
    assert len(delivered) == len(set(delivered)) and (started - over <= set(delivered) or ends == "busy")
    assert name in ("select_echo_server", "fewer_calls_echo_server") or any("hellohello" in e.get("data", "") for e in events)


@pytest.mark.parametrize("number", range(1, len(FAQ) + 1))
def test_the_answers_of_the_faq(number, tmp_path):
    code, shown = FAQ[number - 1]
    (tmp_path / "question.py").write_text(code, encoding="utf-8")
    done = record(tmp_path / "question.py", tmp_path / "run.jsonl")
    assert (done.returncode, done.stdout.split()) == (0, shown.split())
    mistakes = [ON_PURPOSE[number]] if number in ON_PURPOSE else []
    assert found(tmp_path / "run.jsonl", [kind for kind, _ in mistakes]) == []
    told = re.findall(r"^trace: question\.py:(.*)$", done.stderr, re.M)
    assert len(told) == len(mistakes) and all(text in line for (_, text), line in zip(mistakes, told, strict=True)), told


class Recorded(Running):
    """The server of an exercise, recorded; what the recorder says at its end is looked at later."""

    def interrupt(self):
        ended = super().interrupt()
        self.err[:] = [line for line in self.err if not line.startswith("trace: ")]
        return ended


@pytest.mark.parametrize("number", EXERCISES)
def test_the_solutions(number, tmp_path):
    script, path = tmp_path / f"ex{number:02}.py", tmp_path / "run.jsonl"
    script.write_text(solution(number), encoding="utf-8")
    (tmp_path / "_include_path.py").write_text(f"import sys\n\nsys.path.insert(1, {str(ROOT)!r})\n", encoding="utf-8")
    with Recorded("", source=script, recorded=["--jsonl", path]) as server:
        CHECKS[number](server, solution(number))
    assert found(path) == []


def test_the_section_on_non_blocking_sockets(tmp_path):
    assert record(EXAMPLES / "nonblocking_accept.py", tmp_path / "run.jsonl").returncode == 0
    assert found(tmp_path / "run.jsonl") == []


def test_the_client(tmp_path):
    lines = "hello\n" + "x" * 3000 + "\n안녕\nQ\n"
    with Server("overlapped_echo_server") as server:
        done = record(EXAMPLES / "echo_client.py", tmp_path / "run.jsonl", "127.0.0.1", server.port, input=lines)
    assert (done.returncode, done.stdout.count("Message from server")) == (0, 5)
    assert found(tmp_path / "run.jsonl") == []
