"""The recorded pages, with the script as it is now, in a browser: python -m tests.mutants.page [--quick] [PIECE.js]

What tests/browser/check does, without looks and WCAG, which do not depend on the script; the quickest first. --quick: only the
short recordings of tests/browser/small.py and small_compared.py. A piece of the script: only pages that it is in.
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


def anew(page: Any, kind: str, name: str, folder: Path) -> Path:
    """A recorded page with the script as it is now."""
    text = (ROOT / "docs" / "trace" / f"{name}.html").read_text(encoding="utf-8")
    (path := folder / f"{name}.html").write_text(page.head(kind) + text.partition(page.LOG)[2], encoding="utf-8")
    return path


def check_pages(check: Any, page: Any, browser: Any, folder: Path) -> None:
    for name, checks in PAGES.items():
        path = anew(page, "page", name, folder)
        if name == "never_alertable":
            check.check_small(browser, path, folder)
            check.expect(not browser.errors, "; ".join(browser.errors))
            if "--quick" in sys.argv:
                return
        for each in checks:
            getattr(check, f"check_{each}")(browser, path)
        check.expect(not browser.errors, "; ".join(browser.errors))
    check.check_cut_short(browser, path, folder)


def check_compared(check: Any, page: Any, browser: Any, folder: Path) -> None:
    path = anew(page, "compare", "compare_busy", folder)
    check.check_small_compared(browser, path, folder)
    if "--quick" not in sys.argv:
        compared = sys.modules["compared"]
        recordings = [anew(page, "page", f"newcomer_busy_{name}", folder) for name in ("overlapped", "iocp")]
        for each in (compared.check_waits, compared.check_steps, compared.check_keys_and_clicks):
            each(browser, path, recordings)


def main() -> int:
    check = load("check", path := ROOT / "tests" / "browser" / "check", loader=SourceFileLoader("check", str(path)))
    folder = ROOT / "winsock_ctypes" / "trace" / "page"  # its package would ask for Windows
    page = load("page", folder / "__init__.py", submodule_search_locations=[str(folder)])
    piece = Path(sys.argv[-1]).stem if sys.argv[-1].endswith(".js") else "draw"  # which is in both
    with tempfile.TemporaryDirectory() as temporary:
        browser = check.Browser(f"{temporary}/profile")
        try:
            for kind, look in (("compare", check_compared), ("page", check_pages)):
                if piece in page.PIECES[kind][1]:
                    look(check, page, browser, Path(temporary))
        finally:
            browser.close()
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Exception as error:  # the page's, in words
        sys.exit(f"{type(error).__name__}: {error}")
