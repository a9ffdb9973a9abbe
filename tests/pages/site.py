"""Builds the site into build/site, strictly, and follows every link from page to page. Needs Python 3.11 with venv and pip."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parent.parent.parent
SITE = ROOT / "build" / "site"
TOOLS = ROOT / "build" / "site-tools"


class Page(HTMLParser):
    """The ids of a page, and what it links to and shows."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.ids, self.links = {"", "top"}, set()
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if name == "id":
                self.ids.add(value or "")
            elif name in ("href", "src") and value:
                self.links.add(value)


def broken_links(site: Path) -> list[str]:
    pages = {
        file.resolve(): Page(file) for folder in (site, site / "docs", site / "docs" / "ko") for file in folder.glob("*.html")
    }
    broken = []
    for file, page in pages.items():
        for link in sorted(page.links):
            where = urlsplit(link)
            if where.scheme or where.netloc:
                continue
            target = (file.parent / unquote(where.path)).resolve() if where.path else file
            if not target.exists() or target in pages and unquote(where.fragment) not in pages[target].ids:
                broken.append(f"{file.relative_to(site.resolve())}: {link}")
    return broken


def missing_steps(site: Path, root: Path = ROOT) -> list[str]:
    """Every step of a recorded run that a page's source links to must be linked to, or shown, by the site's page."""
    missing = []
    for source in sorted([*root.glob("README*.md"), *root.glob("docs/**/*.md")]):
        page = source.relative_to(root).with_suffix(".html")
        links = Page(site / page).links if (site / page).exists() else set()
        for run, step in re.findall(r"trace/(\w+)\.html#step=(\d+)", source.read_text(encoding="utf-8")):
            if not any(re.search(rf"trace/{run}\.html#step={step}&lang=(en|ko)$", link) for link in links):
                missing.append(f"{page.as_posix()}: step {step} of {run}")
    return missing


def english_words(site: Path) -> list[str]:
    """What the theme says in English around the Korean pages."""
    words = r">\s*((?:Next|Previous|Search|Menu|On this page|Back to top|Skip to content|Contents)\b[^<]*|Made with)\s*<"
    labels = r"(?:aria-label|placeholder|title)=\"((?:Toggle|Search|A recorded)[^\"]*)\""
    found = []
    for file in [site / "README.ko.html", *sorted((site / "docs" / "ko").glob("*.html"))]:
        said = re.sub(r"<article.*?</article>", "", file.read_text(encoding="utf-8"), flags=re.S)
        found += [f"{file.name}: {word.strip()!r}" for word in re.findall(f"{words}|{labels}", said) for word in word if word]
    return found


def gallery_pages(page: str) -> dict[str, str]:
    """The page of broken programs as it is on the site, and one for each program and language, titled with what people type."""
    before, mark, log = page.partition('<script id="log-data" type="application/json">\n')
    first, _, rest = log.partition("\n")
    lines, _, after = rest.partition("</script>")
    runs = ['{"e":"start"' + run for run in lines.split('{"e":"start"')[1:]]
    found = {"docs/trace/gallery.html": page.replace(first, re.sub(r"\.md#", ".html#", first), 1)}
    for language, folder in (("en", "docs/gallery"), ("ko", "docs/ko/gallery")):
        for number, run in enumerate(runs):
            about = json.loads(re.sub(r"\.md#", ".html#", first))
            one = about["cases"][number]
            if language == "ko":
                for case in about["cases"]:
                    case["read"] = {"en": f"../{case['read']['en']}", "ko": case["read"]["ko"].replace("../ko/", "../")}
            line = json.dumps(about | {"alone": one["name"]}, ensure_ascii=False).replace("<", "\\u003c")
            title, symptom = html.escape(one["title"][language]), html.escape(one["symptom"][language])
            named = f'<title>{title}</title>\n<meta name="description" content="{symptom}">'
            head = before.replace("<title>winsock_ctypes.trace</title>", named, 1)
            head = head.replace('<html lang="en">', f'<html lang="{language}">', 1)
            found[f"{folder}/{one['name']}.html"] = f"{head}{mark}{line}\n{run}</script>{after}"
    return found


def main() -> int:
    import venv  # which the Python of tests/wine does not have

    python = TOOLS / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not (TOOLS / "ready").exists():
        venv.create(TOOLS, with_pip=True, clear=True)
        install = [str(python), "-m", "pip", "install", "--quiet"]
        for what in (["--upgrade", "pip"], ["--group", "docs"]):
            if subprocess.run([*install, *what], cwd=ROOT).returncode:
                print("site: its tools could not be installed", file=sys.stderr)
                return 1
        (TOOLS / "ready").touch()
    shutil.rmtree(SITE, ignore_errors=True)  # a page that is gone must not stay
    options = ["-q", "-E", "-W", "--keep-going", "-b", "html", "-c", "docs", "-d", str(TOOLS / "doctrees")]
    if subprocess.run([str(python), "-m", "sphinx", *options, ".", str(SITE)], cwd=ROOT).returncode:
        return 1
    gallery = (SITE / "docs" / "trace" / "gallery.html").read_text(encoding="utf-8")
    for path, text in gallery_pages(gallery).items():
        (SITE / path).parent.mkdir(exist_ok=True)
        (SITE / path).write_text(text, encoding="utf-8", newline="\n")
    problems = [f"{link} leads nowhere" for link in broken_links(SITE)]
    problems += [f"{step} is not there" for step in missing_steps(SITE)]
    problems += [f"{word} around a Korean page" for word in english_words(SITE)]
    print(*problems, sep="\n", end="\n" if problems else "")
    print(f"site: built, {'but see above' if problems else 'and all is well'}: {SITE / 'index.html'}")
    return 1 if problems else 0
