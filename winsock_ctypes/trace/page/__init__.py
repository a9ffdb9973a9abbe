"""The page that shows a recording, in pieces: joined here, in this order, into the one file that a run is written to.

What a piece is for, from events to pixels:

- `read` parses the lines, `fold` makes steps of events, `state` is what was true at a step, `names` finds words for things
- `tell` says what happened at a step and `why` says why just now, `ask` turns a step into a question: no piece of these touches
  the document
- `source`, `log`, `operations`, `memory`, `threads`, `timeline`, `life` and `card` each draw one part
- `app` moves from step to step; `words_en` and `words_ko` are all the sentences

The page that shows several recordings on one clock has `compare` in the place of the parts and of `app`.
"""

from __future__ import annotations

import re
from importlib import resources

PIECES = {  # what the page is for: its styles, its scripts
    "page": (
        ("base", "controls", "panes", "memory", "timeline", "small", "print"),
        (
            "words_en", "words_ko", "read", "fold", "state", "names", "tell", "why", "ask",
            "draw", "source", "log", "operations", "memory", "threads", "timeline", "life", "card", "app",
        ),
    ),
    "compare": (
        ("base", "controls", "timeline", "compare"),
        ("words_en", "words_ko", "compare_words", "read", "fold", "names", "draw", "compare"),
    ),
}  # fmt: skip
COMMENT = re.compile(r"//|/\*\*.*\*/$")  # a line of nothing else: for whoever reads a piece, not for every recording
LOG = '<script id="log-data" type="application/json">\n'
TAIL = "</script>\n</body>\n</html>\n"


def head(kind: str = "page") -> str:
    """Everything that comes before the lines of a recording ("page"), or of several ("compare"); after them comes TAIL."""

    def piece(name: str) -> str:
        lines = resources.files(__name__).joinpath(name).read_text(encoding="utf-8").splitlines()
        return "".join(f"{line}\n" for line in map(str.strip, lines) if line and not COMMENT.match(line))

    styles, scripts = PIECES[kind]
    style = "".join(piece(f"{name}.css") for name in styles)
    script = "".join(piece(f"{name}.js") for name in scripts)
    page = piece(f"{kind}.html").replace("/* style */\n", style).replace("/* script */\n", script)
    return page + LOG
