"""What a machine answered, as JSON: {"system": {...}, "seen": {name: answer}, "not_run": {name: why}}."""

from __future__ import annotations

import ctypes
import datetime
import json
import platform
import re
import sys
from pathlib import Path
from typing import Any

RECORDED = Path(__file__).parent / "recorded"
NAME = re.compile(r"(Windows|Wine) [\w.() -]{1,40}", re.ASCII)
SYSTEM = {
    "name": NAME,
    "windows": re.compile(r"\d+\.\d+\.\d+", re.ASCII),
    "python": re.compile(r"[\w.+]{1,20}", re.ASCII),
    "date": re.compile(r"\d{4}-\d\d-\d\d", re.ASCII),
}
ANSWER = re.compile(r"[\w ,.:()+-]{0,120}", re.ASCII)  # it is going to stand in a page, and may come from anybody
LARGEST = 100_000  # bytes


class Unusable(Exception):
    """Why a file is no recording, or cannot become one, in one line."""


def system() -> dict[str, str]:
    """What identifies this machine in a recording: nothing of its user, no path."""
    version = sys.getwindowsversion()  # type: ignore[attr-defined]
    try:
        wine_get_version = ctypes.WinDLL("ntdll").wine_get_version  # type: ignore[attr-defined]
        wine_get_version.restype = ctypes.c_char_p
        name = "Wine " + wine_get_version().decode("ascii")
    except AttributeError:
        edition = "Server" if version.product_type == 3 else "11" if version.build >= 22000 else str(version.major)
        name = f"Windows {edition} {version.build}"
    return {
        "name": name,
        "windows": f"{version.major}.{version.minor}.{version.build}",
        "python": platform.python_version(),
        "date": datetime.date.today().isoformat(),
    }


def dumps(recording: dict[str, Any]) -> str:
    return json.dumps(recording, indent=1) + "\n"


def may_write(path: Path) -> None:
    """Before the experiments are run. Raises Unusable where the file would be lost, or could not be written."""
    if not path.exists():
        if not path.parent.is_dir():
            raise Unusable(f"{path}: there is no folder {path.parent}")
    elif path.is_dir() or path.stat().st_size:
        try:
            read(path)
        except Unusable as error:
            raise Unusable(f"{error}; it stays") from None


def write(path: Path, recording: dict[str, Any]) -> None:
    """Raises Unusable if the file cannot be written."""
    try:
        path.write_text(dumps(recording), encoding="ascii", newline="\n")
    except OSError as error:
        raise Unusable(f"{path}: {error.strerror}") from None


def read(path: Path) -> dict[str, Any]:
    """A recording from anybody's file. Raises Unusable."""
    try:
        with open(path, "rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise Unusable(f"{path}: {error.strerror}") from None
    if len(content) > LARGEST:
        raise Unusable(f"{path}: more than {LARGEST} bytes")
    try:
        recording = json.loads(content)  # UTF-16, too: so does PowerShell write what it redirects
    except (ValueError, RecursionError) as error:
        raise Unusable(f"{path} is no JSON: {str(error).splitlines()[0]}") from None
    try:
        check(recording)
    except Unusable as error:
        raise Unusable(f"{path}: {error}") from None
    return recording


def check(recording: Any) -> None:
    """Raises Unusable unless it is a recording, and one that may stand in a page."""
    parts = {"system", "seen", "not_run"}
    if (
        not isinstance(recording, dict)
        or set(recording) != parts
        or not all(isinstance(recording[part], dict) for part in parts)
    ):
        raise Unusable('expected an object with "system", "seen" and "not_run"; python -m tests.seen --json writes one')
    if set(recording["system"]) != set(SYSTEM):
        raise Unusable(f'"system" must have exactly: {", ".join(SYSTEM)}')
    for key, pattern in SYSTEM.items():
        value = recording["system"][key]
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise Unusable(f'"system" has no usable "{key}"')
    for part in ("seen", "not_run"):
        for name, value in recording[part].items():
            if not re.fullmatch(r"[a-z-]{1,40}", name):
                raise Unusable(f'"{part}" has a name that is none of an experiment')
            if not isinstance(value, str) or part == "seen" and not ANSWER.fullmatch(value):
                raise Unusable(f'"{part}" has no usable answer for {name}')


def recorded() -> list[dict[str, Any]]:
    """All recordings of this project: Windows first, then by version."""
    found = [read(path) for path in RECORDED.glob("*.json")]
    return sorted(
        found, key=lambda r: (r["system"]["name"][:4] == "Wine", [int(n) for n in re.findall(r"\d+", r["system"]["name"])])
    )


def add(path: Path) -> tuple[dict[str, str], Path]:
    """Keeps a recording as the one of its system. Returns the system and the file that it became. Raises Unusable."""
    recording = read(path)
    name = re.sub(r"[^\w.]+", "-", recording["system"]["name"].lower()).strip("-.")
    target = RECORDED / f"{name}.json"
    if target.exists() and (lost := read(target)["seen"].keys() - recording["seen"].keys()):
        raise Unusable(f"{path} lacks answers that {target.name} has ({len(lost)}, one is {min(lost)}): it stays")
    write(target, recording)
    return recording["system"], target
