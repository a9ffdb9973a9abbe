"""python -m tests.bench: run the benchmark, and write docs/benchmarks.json and the pages and plots made from it."""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.commands import Parser, as_program

from . import cpu, report, servers
from .servers import CURVE, HOLDERS, KINDS, RUNNABLE, Server

BUSY = 16


class Failed(Exception):
    pass


class Bench:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.load, language = servers.load_command()
        self.running: dict[str, Server] = {}
        cpus = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") and not options.unpinned else []
        self.server_cpu, self.load_cpu = (cpus[0], cpus[1]) if len(cpus) > 1 else (None, None)
        self.wineserver: int | None = None
        self.result: dict[str, Any] = {
            "about": about(options, language, self.server_cpu is not None),
            **{what: [] for what in (*report.MEASURED, "failed")},
        }

    # ---- one measurement

    def server(self, key: str) -> Server:
        server = self.running.get(key)
        if server is None or server.process.poll() is not None:
            server = self.running[key] = Server(key, self.server_cpu)
            if not server.kind.native and self.wineserver is None and (pid := servers.wineserver()):
                self.wineserver = pid
                if self.server_cpu is not None:
                    servers.pin(pid, self.server_cpu)
        return server

    def client(self, server: Server, *arguments: object) -> subprocess.Popen[str]:
        command = [*self.load, str(server.port), *map(str, arguments)]
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            preexec_fn=servers.pinned(self.load_cpu),
        )

    def line(self, client: subprocess.Popen[str]) -> str:
        assert client.stdout is not None and client.stderr is not None
        line = client.stdout.readline()
        if not line:
            raise Failed(client.stderr.read().strip() or "the load client died")
        return line.strip()

    def echo(self, key: str, size: int, connections: int, number: int, idle: int = 0, delayed: bool = False) -> dict[str, Any]:
        server, options = self.server(key), self.options
        words = ["echo", connections, size, options.warm_up, options.milliseconds, idle, *(["delayed"] if delayed else [])]
        with self.client(server, *words) as client:
            try:
                assert self.line(client) == "start"
                stop = cpu.measure(server.process.pid, server.used)
                stop_wine = self.of_wineserver(server)
                assert self.line(client) == "stop"
                spent, wine_spent = stop(), stop_wine().total()
                seen = json.loads(self.line(client))
            finally:
                client.kill()
        echoes = seen["echoes"]

        def of_an_echo(seconds: float) -> float | None:
            return round(seconds * 1e6 / echoes, 2) if echoes else None

        row = {
            "server": key,
            "size": size,
            "connections": connections,
            "round": number,
            "echoes_per_s": round(echoes / seen["seconds"], 2),
            "p50_us": seen["p50_us"] if seen["completed"] else None,
            "p99_us": seen["p99_us"] if seen["completed"] else None,
            "user_us": of_an_echo(spent.total() - spent[cpu.SYSTEM]),
            "system_us": of_an_echo(spent[cpu.SYSTEM]),
            "wineserver_us": of_an_echo(wine_spent),
        }
        if (size, connections) == (report.SMALL, report.USUAL) and echoes:
            row["where"] = {name: of_an_echo(seconds) for name, seconds in spent.most_common()}
        return row

    def of_wineserver(self, server: Server) -> Callable[[], Counter[str]]:
        pid = self.wineserver
        return Counter if pid is None or server.kind.native else cpu.measure(pid, lambda: servers.cpu_of(pid))

    def idle(self, key: str, idle: int, number: int) -> dict[str, Any]:
        """Echoes on one connection, beside others that say nothing."""
        row = self.echo(key, report.SMALL, 1, number, idle)
        return {"server": key, "idle": idle, **{what: value for what, value in row.items() if what != "server"}}

    def delayed(self, key: str, number: int) -> dict[str, Any]:
        """Echoes in several parts, to a client whose system acknowledges as TCP usually does."""
        at_once = self.echo(key, report.SEVERAL_PARTS, 1, number)
        row = self.echo(key, report.SEVERAL_PARTS, 1, number, delayed=True)
        kept = {what: row[what] for what in ("server", "size", "round", "echoes_per_s", "p50_us")}
        return {**kept, "at_once_echoes_per_s": at_once["echoes_per_s"]}

    def connect(self, key: str, busy: int, number: int) -> dict[str, Any]:
        with self.client(self.server(key), "connect", self.options.probes, busy, self.options.patience) as client:
            try:
                times = json.loads(self.line(client))["ms"]
            finally:
                client.kill()
        return {"server": key, "busy": busy, "round": number, "ms": times}

    def memory(self, key: str, number: int) -> dict[str, Any]:
        """On a fresh server: what so many connections add to what it needs after it has served a few."""
        return self.hold(key, min(256, KINDS[key].most - 1, max(self.options.connections)), number)

    def held(self, key: str, count: int, number: int) -> dict[str, Any]:
        """The same with very many connections, and how long it takes until all of them are there."""
        return self.hold(key, count, number)

    def hold(self, key: str, count: int, number: int) -> dict[str, Any]:
        if old := self.running.pop(key, None):
            old.stop()
        server = self.server(key)

        def hold(connections: int) -> int:
            with self.client(server, "hold", connections) as client:
                try:
                    self.line(client)
                    return server.memory()
                finally:
                    client.kill()

        hold(8)
        time.sleep(0.2)
        before, started = server.memory(), time.monotonic()
        row = {
            "server": key,
            "round": number,
            "connections": count,
            "bytes_per_connection": round((hold(count) - before) / count),
            "bytes_at_first": before,
            "seconds": round(time.monotonic() - started, 2),
        }
        if count > 256:  # the next server finds none of them
            self.running.pop(key).stop()
        return row

    def recorder(self, number: int) -> dict[str, Any]:
        """What recording adds to a call, in microseconds."""
        kind, calls = KINDS["py-overlapped"], 2000
        program = str(servers.HERE / "recorded_calls.py")
        servers.BUILT.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=servers.BUILT) as folder:
            recording = ["-m", "winsock_ctypes.trace", "-o", f"{folder}/run.html"]
            took = []
            for words in ([program], [*recording, program]):
                environment = dict(os.environ, WINEDEBUG="-all")
                command = [*servers.python(environment, kind), *words, str(calls)]
                done = subprocess.run(
                    command, env=environment, capture_output=True, encoding="utf-8", cwd=servers.ROOT, timeout=100
                )
                if done.returncode:
                    raise Failed(done.stderr.strip()[-500:])
                took.append(float(done.stdout.split()[-1]))
        return {"round": number, "calls": calls, "plain_us": round(took[0], 2), "recorded_us": round(took[1], 2)}

    def page(self, number: int) -> dict[str, Any]:
        """Seconds until a browser shows a recording of 20,000 events."""
        done = subprocess.run(
            [str(servers.ROOT / "tests/browser/check"), "--long"], capture_output=True, encoding="utf-8", timeout=200
        )
        found = re.search(r"20,000 events[^\n]*?([\d.]+) s", done.stdout)
        if found is None:
            raise Failed((done.stdout + done.stderr).strip()[-500:])
        return {"round": number, "seconds": float(found[1])}

    # ---- all of them

    def most(self, key: str) -> int:
        """Connections that can be made to a server: on Windows the load client in Python waits by select."""
        return KINDS[key].most if self.result["about"]["load_client"] == "C" else min(KINDS[key].most, 500)

    def plan(self) -> list[tuple[str, tuple[Any, ...]]]:
        """In each round every cell in a random order, and in each cell every server in a random order."""
        options, shuffled = self.options, random.Random(self.options.seed)
        steps: list[tuple[str, tuple[Any, ...]]] = []

        def in_turn(what: str, *arguments: Any, most: int = 0, among: tuple[str, ...] = RUNNABLE) -> None:
            keys = [key for key in options.servers if key in among and self.most(key) >= most]
            shuffled.shuffle(keys)
            steps.extend((what, (key, *arguments)) for key in keys)

        usual = [n for n in options.connections if n <= 64]
        for number in range(1, options.rounds + 1):
            if number == 1:
                in_turn("memory", number)
            cells = [(report.SMALL, connections, number) for connections in options.connections]
            cells += [(size, report.USUAL, number) for size in options.sizes]
            more = range(options.rounds + number, options.rounds * options.again + 1, options.rounds)
            cells += [(report.SMALL, connections, n) for connections in usual for n in more]
            shuffled.shuffle(cells)
            for size, connections, cell_number in cells:
                in_turn("echo", size, connections, cell_number, most=connections)
            in_turn("delayed", number)
            for idle in shuffled.sample(options.idle, len(options.idle)):
                in_turn("idle", idle, number, most=idle + 1, among=CURVE)
            for busy in (0, BUSY):
                in_turn("connect", busy, number, most=busy + 1)
            steps.append(("recorder", (number,)))
        if not servers.ON_WINDOWS and shutil.which("chromium"):
            steps.append(("page", (1,)))
        if options.hold:
            in_turn("held", options.hold, 1, most=options.hold, among=HOLDERS)
        return steps

    def run(self) -> None:
        started = time.monotonic()
        plan = self.plan()
        try:
            for done, (what, arguments) in enumerate(plan):
                if done % 10 == 0:
                    seconds = time.monotonic() - started
                    left = f", about {seconds / done * (len(plan) - done):.0f} s left" if done else ""
                    print(f"[{done}/{len(plan)}] {what} {arguments} ({seconds:.0f} s{left})", flush=True)
                try:
                    self.result[what].append(getattr(self, what)(*arguments))
                except (Failed, RuntimeError, AssertionError, ValueError, OSError, subprocess.SubprocessError) as error:
                    self.result["failed"].append({"what": what, "arguments": arguments, "message": str(error)})
                    print(f"failed: {what} {arguments}: {error}", flush=True)
                    if server := self.running.pop(arguments[0], None):
                        server.stop()
        except KeyboardInterrupt:
            self.result["about"]["interrupted"] = True
            print("interrupted: what is finished is kept", flush=True)
        finally:
            for server in self.running.values():
                server.stop()
        self.result["about"]["seconds"] = round(time.monotonic() - started)


def about(options: argparse.Namespace, language: str, pinned: bool) -> dict[str, Any]:
    machine = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        models = [
            line.split(": ", 1)[1]
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ]
        machine = models[0] if models else machine
    python, system = sys.version.split()[0], f"Windows {platform.version()}"
    native = None
    if servers.UNDER_WINE:
        command = [sys.executable if servers.ON_WINDOWS else str(servers.WINE_PYTHON), "-c"]
        code = (
            "import sys, ctypes; version = ctypes.WinDLL('ntdll').wine_get_version; version.restype = ctypes.c_char_p; "
            "print(sys.version.split()[0], version().decode())"
        )
        done = subprocess.run([*command, code], capture_output=True, encoding="utf-8", timeout=600, stdin=subprocess.DEVNULL)
        python, version = done.stdout.split()
        system = f"under Wine {version.split()[0]}"
    if not servers.ON_WINDOWS:
        native = f"Linux {platform.release().split('-')[0]}, Python {platform.python_version()}"
    return {
        "date": time.strftime("%Y-%m-%d %H:%M", time.gmtime()) + " UTC",
        "system": system,
        "python": python,
        "pywin32": servers.installed("pywin32"),
        "winloop": servers.installed("winloop"),
        "native": native,
        "machine": machine,
        "processors": os.cpu_count(),
        "pinned": pinned,
        "load_client": language,
        "note": options.note,
        "rounds": options.rounds,
        "again": options.again,
        "milliseconds": options.milliseconds,
        "warm_up": options.warm_up,
        "probes": options.probes,
        "patience": options.patience,
        "seed": options.seed,
        "load_average": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "interrupted": False,
    }


def numbers(text: str) -> list[int]:
    return [int(word) for word in text.split(",")]


def main() -> int:
    parser = Parser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--servers", type=lambda text: text.split(","), default=list(RUNNABLE), help=", ".join(RUNNABLE))
    parser.add_argument("--sizes", type=numbers, default=[1024, 10240, 102400], help="bytes of a message, beside 64")
    parser.add_argument("--connections", type=numbers, default=[1, 8, 64, 256, 1000])
    parser.add_argument(
        "--idle", type=numbers, default=[0, 9, 62, 99, 299, 999], help="connections beside the one that is busy"
    )
    parser.add_argument("--hold", type=int, default=10000, help="connections that are held, for their memory (0: left out)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--again", type=int, default=2, help="how often a round has 64 bytes, up to 64 connections (default 2)")
    parser.add_argument("--milliseconds", type=int, default=300, help="of one measurement")
    parser.add_argument("--warm-up", type=int, default=80, help="milliseconds before each measurement")
    parser.add_argument("--probes", type=int, default=8, help="new connections per round that are timed")
    parser.add_argument("--patience", type=int, default=2000, help="milliseconds until a new connection counts as not served")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--unpinned", action="store_true", help="let the system choose processors (Linux)")
    parser.add_argument(
        "--quick", action="store_true", help="one short round, 64 bytes and up to 100 connections: three minutes"
    )
    parser.add_argument("--note", default="", help="what a reader should know, such as: the machine was shared")
    parser.add_argument("--json", type=Path, help="write the results here, and nothing to docs/")
    options = parser.parse_args()
    if unknown := set(options.servers) - set(RUNNABLE):
        parser.error(f"no such server: {', '.join(sorted(unknown))}")
    if options.json and (options.json.is_dir() or not options.json.parent.is_dir()):
        parser.error(f"{options.json} cannot be written")  # not after an hour
    if options.quick:
        options.sizes, options.rounds, options.again, options.milliseconds, options.probes = [], 1, 1, 200, 4
        options.connections, options.idle = ([n for n in few if n < 100] for few in (options.connections, options.idle))
        options.hold = min(options.hold, 1000)
    for key in list(options.servers):
        if (package := KINDS[key].package) and not servers.installed(package):
            print(f"{package} is not there, and {key} is left out (pip install --group bench)", flush=True)
            options.servers.remove(key)
    for key in list(options.servers):
        if KINDS[key].program.endswith(".c") and servers.build(KINDS[key].program, KINDS[key].native) is None:
            print(f"no compiler: {key} is left out", flush=True)
            options.servers.remove(key)
    bench = Bench(options)
    bench.run()
    path = options.json or report.JSON
    path.write_text(report.dumps(bench.result), encoding="utf-8")
    if options.json is None:
        subprocess.run([sys.executable, "-m", "tests.pages", "write", "benchmarks"], cwd=servers.ROOT, check=True)
    else:
        print(report.summary(bench.result).replace("µ", "u"))  # some consoles have no µ
    return 0


if __name__ == "__main__":
    as_program(main)
