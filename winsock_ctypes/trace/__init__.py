"""See it happen: `python -m winsock_ctypes.trace -o run.html SCRIPT ARGS…` records a run, to be stepped through in a browser.

A program that is not traced never meets any of this. What happens goes one way through these rooms:

- `places` puts recording functions in the place of the package's own, and takes them away afterwards
- `recorder` makes an event of what happens; `words` says how things are called, `results` whether a result is looked at
- `frames` knows where in the program it happens
- `model` and `effects` know what it means: `operations`, sockets, queues, waits, `clients`; `memory`, `owners` and `lengths`
  what lies where
- `diagnosis` looks for the well-known mistakes in the events; its `sentences` are in English and Korean
- `outputs` writes the events: as a page, as lines of JSON, for `perfetto`; `text` prints them
- `compare` puts the events of several recordings into one page

docs/recorder.md says what can be seen.
"""

from __future__ import annotations

from typing import Any

Event = dict[str, Any]
"""What happened, as it is written: docs/recorder.md lists the kinds, and their fields."""

active: Any = None
"""The Recorder that is recording, or None."""


def peer(did: str, address: str, content: bytes = b"") -> None:
    """Tell the recording what a client does that this process runs beside the program; nothing if nothing is recorded.

    did: "connect", "send", "receive", "close" or "reset", said before it is done. address: the client's own, as
    "127.0.0.1:50000". content: the bytes sent or received.
    """
    if active is not None:
        active.peer(did, address, content)
