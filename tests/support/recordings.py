"""The lines of a recording, read as the page reads them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any


def events_in(lines: Iterable[str]) -> list[dict[str, Any]]:
    """What happened, with the frames of each stack back in the events that have its number."""
    events = [json.loads(line) for line in lines if line]
    stacks = {event["id"]: event["frames"] for event in events if event["e"] == "stack"}
    return [
        event | ({"stack": stacks[event["stack"]]} if "stack" in event else {}) for event in events if event["e"] != "stack"
    ]
