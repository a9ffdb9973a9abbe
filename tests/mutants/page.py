"""The recorded pages, with the script as it is now, in a browser: python -m tests.mutants.page

What tests/browser/check does, without looks and WCAG, which do not depend on the script; the quickest first. --quick: only the
short recording of tests/browser/small.py.
"""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "browser"))
PAGES = {
    "never_alertable": ("tools", "prediction", "language", "paper", "steps"),
    "overlapped_echo_server": ("prediction", "tools", "language", "steps"),
    "iocp_echo_server": ("prediction", "steps", "tools"),
    "event_echo_server": ("prediction", "steps"),
}


def load(name: str, path: Path, **more: Any) -> Any:
    spec = importlib.util.spec_from_file_location(name, path, **more)
    assert spec and spec.loader
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> int:
    check = load("check", path := ROOT / "tests" / "browser" / "check", loader=SourceFileLoader("check", str(path)))
    folder = ROOT / "winsock_ctypes" / "trace" / "page"  # its package would ask for Windows
    page = load("page", folder / "__init__.py", submodule_search_locations=[str(folder)])
    head = page.head()
    with tempfile.TemporaryDirectory() as temporary:
        browser = check.Browser(f"{temporary}/profile")
        try:
            for name, checks in PAGES.items():
                lines = (ROOT / "docs" / "trace" / f"{name}.html").read_text(encoding="utf-8").partition(check.LOG)[2]
                path = Path(temporary, f"{name}.html")
                path.write_text(head + lines, encoding="utf-8")
                if name == "never_alertable":
                    check.check_small(browser, path, Path(temporary))
                    check.expect(not browser.errors, "; ".join(browser.errors))
                    if "--quick" in sys.argv:
                        return 0
                for each in checks:
                    getattr(check, f"check_{each}")(browser, path)
                check.expect(not browser.errors, "; ".join(browser.errors))
            check.check_cut_short(browser, path, Path(temporary))
        finally:
            browser.close()
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Exception as error:  # the page's, in words
        sys.exit(f"{type(error).__name__}: {error}")
