"""What is measured: the servers, how each is built and started, and what its process used."""

from __future__ import annotations

import ctypes
import importlib.metadata
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILT = HERE / ".build"
PACKAGES = HERE / ".packages"  # pywin32 and winloop, for a Windows Python that must not have them otherwise
ON_WINDOWS = sys.platform == "win32"
UNDER_WINE = not ON_WINDOWS or hasattr(ctypes.WinDLL("ntdll"), "wine_get_version")
PATIENCE = 30


@dataclass(frozen=True)
class Kind:
    title: str
    program: str  # *.py or the name of a C program, which is built from *.c
    arguments: tuple[str, ...] = ()
    base: str = "c-iocp"  # what it is compared with
    native: bool = False  # a program of the host, Linux, where the others are Windows programs
    package: str = ""  # what must be installed for it
    python: str = ""  # another version than the one that runs the others (under Wine alone)
    most: int = 12000  # connections that it can take


EXAMPLES = "../../examples"
KINDS = {
    "c-overlapped": Kind("C: completion routines (the chapter)", "../c/overlapped_echo_server.c", base="c-overlapped"),
    "py-overlapped": Kind(
        "Python: completion routines (the chapter)", f"{EXAMPLES}/overlapped_echo_server.py", base="c-overlapped"
    ),
    "c-iocp": Kind("C: completion port (IOCP)", "iocp_echo_server.c"),
    "py-iocp": Kind("Python: completion port (IOCP)", f"{EXAMPLES}/iocp_echo_server.py"),
    "c-fewer": Kind("C: completion port, fewer calls", "iocp_echo_server.c", ("1", "fewer")),
    "py-fewer": Kind("Python: completion port, fewer calls", f"{EXAMPLES}/fewer_calls_echo_server.py"),
    "py-acceptex": Kind("Python: completion port with AcceptEx", f"{EXAMPLES}/acceptex_echo_server.py"),
    "py-select": Kind("Python: select", f"{EXAMPLES}/select_echo_server.py", base="c-overlapped", most=63),
    "py-event": Kind("Python: events", f"{EXAMPLES}/event_echo_server.py", base="c-overlapped", most=63),
    "bare-overlapped": Kind(
        "bare ctypes: completion routines", "bare_echo_server.py", ("overlapped_echo_server",), base="c-overlapped"
    ),
    "bare-iocp": Kind("bare ctypes: completion port", "bare_echo_server.py", ("iocp_echo_server",)),
    "py-313": Kind(
        "Python 3.13: completion routines", f"{EXAMPLES}/overlapped_echo_server.py", base="c-overlapped", python="3.13"
    ),
    "bare-313": Kind(
        "bare ctypes, Python 3.13: completion routines",
        "bare_echo_server.py",
        ("overlapped_echo_server",),
        base="c-overlapped",
        python="3.13",
    ),
    "pywin32": Kind("pywin32: completion port", "pywin32_echo_server.py", package="pywin32"),
    "stdlib-overlapped": Kind("CPython's `_overlapped`: completion port", "stdlib_overlapped_echo_server.py"),
    "proactor-protocol": Kind("asyncio Proactor, protocol", "asyncio_echo_server.py", ("proactor-protocol",)),
    "proactor-streams": Kind("asyncio Proactor, streams", "asyncio_echo_server.py", ("proactor-streams",)),
    "selector-protocol": Kind("asyncio Selector, protocol", "asyncio_echo_server.py", ("selector-protocol",), most=500),
    "winloop": Kind("winloop (libuv), protocol", "asyncio_echo_server.py", ("winloop-protocol",), package="winloop"),
    "linux-epoll": Kind("C: epoll (Linux)", "epoll_echo_server.c", base="linux-epoll", native=True),
    "linux-asyncio": Kind(
        "asyncio, protocol (Linux)", "asyncio_echo_server.py", ("selector-protocol",), base="linux-epoll", native=True
    ),
}
# Whose cost of an echo is measured beside more and more idle connections, and who holds thousands of them.
CURVE = ("py-select", "py-event", "py-overlapped", "py-iocp", "py-fewer")
HOLDERS = ("c-iocp", "py-iocp", "py-acceptex", "py-fewer", "pywin32", "winloop")
RUNNABLE = [key for key, kind in KINDS.items() if not (ON_WINDOWS and (kind.native or kind.python))]


# ---- building ----------------------------------------------------------------------------------------------------


def build(source: str, native: bool) -> Path | None:
    """The program made from `source`, built if it is older than that; None if there is no compiler."""
    path = (HERE / source).resolve()
    windows = ON_WINDOWS or not native
    program = BUILT / (path.stem + (".exe" if windows else ""))
    if program.exists() and program.stat().st_mtime >= path.stat().st_mtime:
        return program
    names = ("x86_64-w64-mingw32-gcc", "gcc") if ON_WINDOWS else ("x86_64-w64-mingw32-gcc",) if windows else ("gcc", "cc")
    compiler = next(filter(None, map(shutil.which, names)), None)
    if compiler is None:
        return None
    BUILT.mkdir(exist_ok=True)
    command = [compiler, "-std=gnu11", "-O2", "-Wall", "-o", str(program), str(path)]
    if subprocess.run([*command, "-lws2_32"] if windows else command, timeout=100).returncode:
        return None  # a compiler for something else: it has said so
    return program


def load_command() -> tuple[list[str], str]:
    """The command line of the load client, and the language that it is written in."""
    program = build("load.c", native=True)
    return ([str(program)], "C") if program else ([sys.executable, str(HERE / "load.py")], "Python")


def installed(package: str) -> str | None:
    """The version of a package that only the benchmark needs. The Python under Wine gets it into a folder of its own."""
    if ON_WINDOWS and not UNDER_WINE:
        try:
            return importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            return None

    def kept() -> list[str]:
        return sorted(path.name.split("-")[1].removesuffix(".dist") for path in PACKAGES.glob(f"{package}-*.dist-info"))

    if not ON_WINDOWS and not kept():
        version = os.environ.get("WINSOCK_PYTHON", "3.11")
        pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(PACKAGES), package]
        pip += ["--platform", "win_amd64", "--python-version", version, "--only-binary=:all:", "--disable-pip-version-check"]
        subprocess.run(pip, capture_output=True, timeout=100)
    return (kept() or [None])[0]


# ---- Wine --------------------------------------------------------------------------------------------------------

WINE_PYTHON = ROOT / "tests" / "wine" / "python"
PREFIX = ROOT / "tests" / "wine" / ".cache" / "prefix"


def wine() -> str:
    for name in ("/usr/lib/wine/wine64", shutil.which("wine64"), shutil.which("wine")):
        if name and Path(name).exists():
            return name
    raise FileNotFoundError("wine64")


def wineserver() -> int | None:
    """Wine's server process, which does for our Windows programs what a kernel does."""
    if ON_WINDOWS:
        return None
    status = PREFIX.stat()
    folder = f"/server-{status.st_dev:x}-{status.st_ino:x}"
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(process / "cwd").endswith(folder) and "wineserver" in (process / "comm").read_text(encoding="utf-8"):
                return int(process.name)
        except OSError:
            pass
    return None


# ---- processes ---------------------------------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def python(environment: dict[str, str], kind: Kind) -> list[str]:
    """The command of the Python that runs a server, whose environment is changed as that takes."""
    if kind.native or ON_WINDOWS:
        real = sys.executable if kind.native else getattr(sys, "_base_executable", sys.executable)
        if real != sys.executable:
            # In a virtual environment python.exe only starts the real one, and is not what shall be measured: the real one is
            # started, as multiprocessing does it.
            environment["__PYVENV_LAUNCHER__"] = sys.executable
        return [real]
    if kind.python:
        environment["WINSOCK_PYTHON"] = kind.python
    return [str(WINE_PYTHON)]


def listens(process: subprocess.Popen[Any], port: int) -> bool:
    """Waits until a server listens. False: it has ended, or does not within PATIENCE."""
    end = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=PATIENCE).close()
            return True
        except OSError:
            time.sleep(0.05)
    return False


class Server:
    """A running server."""

    def __init__(self, key: str, cpu: int | None) -> None:
        self.key, self.kind, self.port = key, KINDS[key], free_port()
        arguments = [str(self.port), *self.kind.arguments]
        environment = dict(os.environ, WINEDEBUG="-all", BENCH_PACKAGES=str(PACKAGES) if PACKAGES.exists() else "")
        path = (HERE / self.kind.program).resolve()
        if path.suffix == ".py":
            command = [*python(environment, self.kind), str(path), *arguments]
        else:
            program = build(self.kind.program, self.kind.native)
            if program is None:
                raise FileNotFoundError(f"no compiler for {path.name}")
            command = [str(program), *arguments]
            if not ON_WINDOWS and not self.kind.native:
                command.insert(0, wine())
                environment["WINEPREFIX"] = str(PREFIX)
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=environment,
            preexec_fn=pinned(cpu),
        )
        if not listens(self.process, self.port):
            self.process.kill()
            said = self.said()
            self.stop()
            raise RuntimeError(f"{self.kind.title} does not start: {said}")

    def said(self) -> str:
        assert self.process.stderr is not None
        return self.process.stderr.read().decode(errors="replace").strip()[-500:]

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE)
        for stream in (self.process.stdin, self.process.stderr):
            assert stream is not None
            stream.close()

    def used(self) -> tuple[float, float]:
        """Seconds of user and of system CPU time so far."""
        if not ON_WINDOWS:
            return cpu_of(self.process.pid)
        times = [ctypes.c_uint64() for _ in range(4)]
        _kernel32().GetProcessTimes(ctypes.c_void_p(int(self.process._handle)), *map(ctypes.byref, times))  # type: ignore[attr-defined]
        return times[3].value / 1e7, times[2].value / 1e7

    def memory(self) -> int:
        """Bytes that only this process has."""
        if not ON_WINDOWS:
            lines = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
            return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith(("Private_Clean", "Private_Dirty")))
        counters = (ctypes.c_size_t * 9)(ctypes.sizeof(ctypes.c_size_t * 9))  # PROCESS_MEMORY_COUNTERS
        handle = ctypes.c_void_p(int(self.process._handle))  # type: ignore[attr-defined]
        _kernel32().K32GetProcessMemoryInfo(handle, counters, ctypes.sizeof(counters))
        return int(counters[7])  # PagefileUsage: "the total amount of private memory"; Wine does not fill in PrivateUsage


def _kernel32() -> Any:
    return ctypes.WinDLL("kernel32")


def cpu_of(pid: int) -> tuple[float, float]:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    tick = os.sysconf("SC_CLK_TCK")
    return int(fields[11]) / tick, int(fields[12]) / tick


def pinned(cpu: int | None) -> Callable[[], None] | None:
    """For Popen's preexec_fn: the new process, and every thread that it will have, on one processor."""
    return None if cpu is None else lambda: os.sched_setaffinity(0, {cpu})


def pin(pid: int, cpu: int) -> None:
    """All threads that a process has now on one processor."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            os.sched_setaffinity(int(task.name), {cpu})
        except OSError:  # it ended meanwhile
            pass
