"""Chromium without a window, driven through a pipe: nothing but Python's own library."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

PATIENCE = 30  # seconds
KEYS = {"ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40, "Home": 36, "End": 35}
KEYS |= {"Enter": 13, "Escape": 27, "Tab": 9}
SHAPES = {"desktop": (1280, 720), "phone": (390, 844)}
HANGUL = "/[\\uac00-\\ud7a3]/"
LOG = '<script id="log-data" type="application/json">\n'  # after it a page has its lines


class Failed(Exception):
    pass


def expect(condition: Any, message: str) -> None:
    if not condition:
        raise Failed(message)


def with_lines(page: Path, other: Path, lines: str) -> Path:
    """The page once more, with other lines."""
    head = page.read_text(encoding="utf-8").partition(LOG)[0]
    other.write_text(f"{head}{LOG}{lines}\n</script>\n", encoding="utf-8")
    return other


def timed(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A recording by hand: one event every 10 ms, where nothing else is said."""
    for at, event in enumerate(events):
        if event["e"] not in ("start", "thread", "source", "stack", "type", "block", "diagnosis"):
            event.setdefault("t", at / 100)
    return events


class Browser:
    """One page in a browser without a window. `errors`: what the page complained about."""

    def __init__(self, folder: str) -> None:
        program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        if program is None:
            sys.exit("tests/browser/check: there is no chromium; on Debian: sudo apt-get install chromium")
        to_browser, self.to = os.pipe()
        self.back, from_browser = os.pipe()
        options = [
            "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-pipe",
            f"--user-data-dir={folder}",
        ]  # fmt: skip

        def place() -> None:  # the browser reads from descriptor 3 and writes to 4
            read, write = os.dup(to_browser), os.dup(from_browser)
            os.dup2(read, 3)
            os.dup2(write, 4)

        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen([program, *options, "about:blank"], preexec_fn=place, close_fds=False, **quiet)
        os.close(to_browser)
        os.close(from_browser)
        self.number = 0
        self.rest = b""
        self.errors: list[str] = []
        self.session: str | None = None
        pages = [t for t in self.call("Target.getTargets")["targetInfos"] if t["type"] == "page"]
        self.session = self.call("Target.attachToTarget", targetId=pages[0]["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> Any:
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.note(answer)

    def receive(self) -> Any:
        end = time.monotonic() + PATIENCE
        while b"\0" not in self.rest:
            if not select.select([self.back], [], [], max(0, end - time.monotonic()))[0]:
                raise TimeoutError("the browser does not answer")
            piece = os.read(self.back, 1 << 20)
            if not piece:
                raise RuntimeError("the browser ended")
            self.rest += piece
        line, _, self.rest = self.rest.partition(b"\0")
        return json.loads(line)

    def note(self, event: Any) -> None:
        method, about = event.get("method", ""), event.get("params", {})
        if method == "Runtime.exceptionThrown":
            details = about["exceptionDetails"]
            self.errors.append(str(details.get("exception", {}).get("description", details["text"])))
        elif method == "Runtime.consoleAPICalled" and about["type"] in ("error", "warning", "assert"):
            self.errors.append(f"console: {about['args']}")
        elif method == "Log.entryAdded" and about["entry"]["level"] in ("error", "warning"):
            self.errors.append(about["entry"]["text"])

    def open(
        self, page: Path | str, fragment: str = "", width: int = 1280, height: int = 720, dark: bool | None = False
    ) -> float:
        """Seconds until the page, a file or an address, was drawn. dark=None: as the page itself has it."""
        self.show(width, height, dark)
        self.call("Page.navigate", url="about:blank")  # or a new fragment would not load the page again
        begin = time.monotonic()
        address = page if isinstance(page, str) else page.resolve().as_uri()
        self.call("Page.navigate", url=address + fragment)
        ready = "['file:', 'http:'].includes(location.protocol) && document.readyState === 'complete'"
        self.until(ready, f"{address} does not load")
        return time.monotonic() - begin

    def show(self, width: int, height: int, dark: bool | None) -> None:
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        still = {"name": "prefers-reduced-motion", "value": "reduce"}
        self.call("Emulation.setEmulatedMedia", features=[still] if dark is None else [scheme, still])

    def until(self, script: str, otherwise: str, patience: float = PATIENCE) -> Any:
        """What the script gives, once it is true. The page may be left for another meanwhile."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            try:
                if found := self.run(script):
                    return found
            except RuntimeError as error:
                if "navigated" not in str(error) and "context" not in str(error):
                    raise
            time.sleep(0.01)
        raise Failed(otherwise)

    def run(self, script: str) -> Any:
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{script[:80]}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def press(self, key: str) -> None:
        code = KEYS.get(key, ord(key.upper()) if len(key) == 1 else 0)
        about: dict[str, Any] = {"key": key, "windowsVirtualKeyCode": code}
        if len(key) == 1:
            about["text"] = key
        elif key == "Enter":
            about["text"] = "\r"
        self.call("Input.dispatchKeyEvent", type="keyDown", **about)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)

    def click(self, selector: str) -> None:
        x, y = self.run(
            f"(() => {{ const b = document.querySelector({json.dumps(selector)}); b.scrollIntoView({{block: 'nearest'}});"
            "const r = b.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def picture(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))

    def close(self) -> None:
        try:
            self.session = None
            self.call("Browser.close")
        except (RuntimeError, OSError, TimeoutError):
            pass
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
