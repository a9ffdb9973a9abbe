"""The site: README and these pages, built by Sphinx with the repository as its source.

`python -m tests.pages site` builds it into build/site and looks after its links. The pages are written for GitHub, where
they can be read as they are; what is different on the site is made here.
"""

import json
import os
import re
import shutil
from pathlib import Path

from sphinx.search import languages
from sphinx.search.en import SearchEnglish

project = "winsock_ctypes"
extensions = ["myst_parser"]
root_doc = "README"
ROOT = Path(__file__).parent.parent
include_patterns = ["*.md", "docs/*.md", "docs/ko/*.md"]
exclude_patterns = [file.name for file in ROOT.iterdir() if file.name != "docs" and file.suffix != ".md"]
html_theme = "furo"
html_title = project
html_copy_source = False
html_show_sphinx = html_show_copyright = False
myst_heading_anchors = 4


def way(page="reading-guide"):
    """The pages in their order: each says at its end which is next. The others follow."""
    following = re.search(r"· Next: \[[^]]*\]\((.*?)\.md\)", (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8"))
    return [page, *(way(following[1]) if following else [])]


WAY = way()
REPOSITORY = os.environ.get("GITHUB_REPOSITORY")  # where the site is published, a link to a program leads there
SIZE = "width: 100%; height: 46rem; border: 0"
FRAME = rf'<iframe src="\1" style="{SIZE}" loading="lazy" title="A recorded run"></iframe><a href="\1">Open it by itself</a>'


class EnglishAndKorean(SearchEnglish):
    """Finds 루틴 in 루틴이, too: a particle follows a Korean word without a space."""

    def split(self, text):
        words = super().split(text)
        return words + [word[:end] for word in words if re.match("[가-힣]{2}", word) for end in range(1, len(word))]


languages["en"] = EnglishAndKorean


def language_of(name):
    return "ko" if name == "README.ko" or name.startswith("docs/ko/") else "en"


def for_the_site(app, name, source):
    """A link to a recorded run, alone on its line, shows it; other links to it open it."""
    language = language_of(name)

    def whole(match):
        return f"({match[1]}#{match[2] or 'step=0'}&lang={language})"

    text = re.sub(r"\(([^()\s]*trace/\w+\.html)(?:#(step=\d+))?(?:&lang=ko)?\)(?:<!-- step .*? -->)?", whole, source[0])
    case = r"\[([^][]*)\]\((?:\.\./|docs/)?trace/gallery\.html#case=([\w-]+)\)"  # a page of its own: tests/pages/site.py
    folder = {"README": "docs/", "README.ko": "docs/ko/"}.get(name, "")
    text = re.sub(case, rf'<a href="{folder}gallery/\2.html#lang={language}">\1</a>', text)
    run = r"\(([^()\s]*trace/\w+\.html#[^()\s]*)\)"
    text = re.sub(rf"^\[!?\[?[^]\n]*\]?(?:\([^)\n]*\)\])?{run}$", FRAME, text, flags=re.M)
    text = re.sub(rf"\[([^][]*)\]{run}", r'<a href="\2">\1</a>', text)
    if REPOSITORY:
        files = rf"](https://github.com/{REPOSITORY}/blob/HEAD/\1"
        text = re.sub(r"\]\((?:\.\./)*((?:(?:examples|tests|winsock_ctypes)/|LICENSE|CITATION)[^)]*)", files, text)
    if name.startswith("README"):
        folder = "docs/ko/" if name == "README.ko" else "docs/"
        there = sorted(file.stem for file in (ROOT / folder).glob("*.md"))
        pages = [folder + page for page in sorted(there, key=lambda page: WAY.index(page) if page in WAY else len(WAY))]
        if name == "README":
            others = sorted(file.stem for file in ROOT.glob("*.md") if not file.name.startswith("README"))
            pages += [*others, "한국어 <README.ko>"]
        text += "\n```{toctree}\n:hidden:\n" + "\n".join(pages) + "\n```\n"
    source[0] = text


def switch_of_language(app, name, template, context, doctree):
    """At the top of each page, a link to the same page in the other language."""
    korean = language_of(name) == "ko"
    other = name.replace("docs/ko/", "docs/") if name != "README.ko" else "README"
    if not korean:
        other = name.replace("docs/", "docs/ko/") if name != "README" else "README.ko"
    if other not in app.env.all_docs:  # a page in one language alone
        other = "README" if korean else "README.ko"
    context["language"] = language_of(name)
    if name == "README.ko":
        context["prev"] = None  # what comes before it in the tree is no page of the way
    context["theme_announcement"] = f'<a href="{context["pathto"](other)}">{"English" if korean else "한국어"}</a>'


# The theme speaks one language; this is what it says around a Korean page.
KOREAN = {
    "A recorded run": "기록된 실행",
    "Auto light/dark, in dark mode": "자동, 지금은 어두운 화면",
    "Auto light/dark, in light mode": "자동, 지금은 밝은 화면",
    "Back to top": "맨 위로",
    "Contents": "이 페이지의 내용",
    "Dark mode": "어두운 화면",
    "Expand": "펼치기",
    "Home": "처음",
    "Index": "찾아보기",
    "Light mode": "밝은 화면",
    "Made with": "만든 도구:",
    "Menu": "차례",
    "Next": "다음",
    "Open it by itself": "따로 열기",
    "On this page": "이 페이지의 내용",
    "Previous": "이전",
    "Search": "검색",
    "Skip to content": "본문으로",
    "Toggle Light / Dark / Auto color theme": "밝은 화면, 어두운 화면, 자동",
    "Toggle navigation of 한국어": "한국어 페이지 여닫기",
    "Toggle site navigation sidebar": "차례 여닫기",
    "Toggle table of contents sidebar": "이 페이지의 내용 여닫기",
}
OTHERS_HIDDEN = "<style>.sidebar-tree > ul > li:not(.current) { display: none }</style></head>"  # the English pages


def in_korean(page):
    """The theme's words, where they are a text or an attribute's value by themselves; and only Korean pages at the side."""

    def word(match):
        return match[1] + KOREAN.get(match[2], match[2]) + match[3]

    page = re.sub(r"(>\s*)([^<>]*?)(\s*<)", word, page)
    page = re.sub(r'((?:aria-label|title|placeholder)=")([^"]*)(")', word, page)
    return page.replace("</head>", OTHERS_HIDDEN, 1).replace("search.html", "search.ko.html")


# The plots and the recorded runs follow the reader's switch: a browser hands color-scheme on to what it embeds. C prototypes
# are longer than a line; Korean words stay whole.
STYLE = """<style>
body[data-theme=light] :is(img, iframe) { color-scheme: light }
body[data-theme=dark] :is(img, iframe) { color-scheme: dark }
.highlight-c pre { white-space: pre-wrap }
p:has(> img[src$=".svg"]) { overflow-x: auto }
img:is([src*="benchmarks"], [src$="faster.svg"], [src$="faster1.svg"]) { min-width: 30rem }
:lang(ko) { word-break: keep-all }
</style></head>"""

def breakable(page):
    """In a table, a long name may go on in the next line where one of its words begins."""

    def name(match):
        return re.sub("_(?=[a-z])|(?<=[a-z])(?=[A-Z])", lambda at: at[0] + "<wbr>", match[0])

    def cell(match):
        return re.sub('(?<=<span class="pre">)[^<]+', name, match[0])

    return re.sub(r"<td\b.*?</td>", cell, page, flags=re.S)


# The page of results: the reader's language first, and in Korean its own words.
FIRST = """<script>
const found = Search._performSearch;
Search._performSearch = (...query) => {
  const theirs = (result) => /^docs.ko.|ko$/.test(result[0]) === KOREAN;
  return found(...query).sort((one, other) => theirs(one) - theirs(other));  // the last is shown first
};
Documentation.addTranslations({locale: "", messages: WORDS, plural_expr: "0"});
</script></body>"""
RESULTS = {
    "Searching": "찾는 중",
    "Search Results": "찾은 것",
    "Search finished, found one page matching the search query.": ["찾은 곳 ${resultCount}군데"],
    "Your search did not match any documents. Please make sure that all words are spelled correctly and that you've "
    "selected enough categories.": "찾는 말이 있는 페이지가 없다.",
}


def of_search(page, korean):
    words = json.dumps(RESULTS if korean else {}, ensure_ascii=False)
    page = page.replace("</body>", FIRST.replace("KOREAN", str(korean).lower()).replace("WORDS", words), 1)
    there = '<a href="README.ko.html">한국어</a>'  # the switch at the top
    if not korean:
        return page.replace(there, '<a href="search.ko.html">한국어</a>', 1)
    page = page.replace(there, '<a href="search.html">English</a>', 1).replace('lang="en"', 'lang="ko"', 1)
    return in_korean(page).replace(OTHERS_HIDDEN, "</head>", 1)


def finish(app, problem):
    if problem is None and app.builder.name == "html":
        folder = Path(app.outdir)
        for file in folder.rglob("*.html"):
            page = file.read_text(encoding="utf-8").replace("</head>", STYLE, 1)
            file.write_text(breakable(page), encoding="utf-8")
        search = (folder / "search.html").read_text(encoding="utf-8")
        for name, korean in (("search.html", False), ("search.ko.html", True)):
            (folder / name).write_text(of_search(search, korean), encoding="utf-8")
        for file in [folder / "README.ko.html", *folder.glob("docs/ko/*.html")]:
            file.write_text(in_korean(file.read_text(encoding="utf-8")), encoding="utf-8")
        shutil.copytree(ROOT / "docs" / "trace", folder / "docs" / "trace", dirs_exist_ok=True)
        shutil.copy(folder / "README.html", folder / "index.html")


def setup(app):
    app.connect("source-read", for_the_site)
    app.connect("html-page-context", switch_of_language)
    app.connect("build-finished", finish)
