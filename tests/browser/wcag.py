"""What axe-core finds in the page that is open: it is taken out of a package of PyPI's, once, into .cache/."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from browser import Browser

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
AXE = "axe-playwright-python==0.1.8"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@functools.cache
def axe() -> str:
    kept = HERE / ".cache" / "axe.min.js"
    if not kept.exists():
        kept.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            python = next(p for p in (str(ROOT / ".venv/bin/python"), sys.executable) if Path(p).exists())
            subprocess.run([python, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, AXE], check=True)
            with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
                name = next(name for name in wheel.namelist() if name.endswith("axe.min.js"))
                kept.write_bytes(wheel.read(name))
    return kept.read_text(encoding="utf-8")


def violations(browser: Browser) -> str:
    browser.call("Page.setBypassCSP", enabled=True)
    browser.run(axe() + "; 0")
    found = browser.run(
        f"axe.run(document, {{runOnly: {json.dumps(TAGS)}}}).then((r) => r.violations.map((v) => v.id + ': ' + v.help + ' ' + "
        "v.nodes.slice(0, 3).map((n) => n.html.slice(0, 140) + ' ' + n.failureSummary.slice(0, 200)).join(' | ')))"
    )
    return "\n".join(found)
