"""A recorded run in docs/trace says nothing of the machine that made it."""

from __future__ import annotations

import pytest

from tests.pages import runs


@pytest.mark.parametrize("name", runs.RUNS)
def test_another_machines_ports_handles_and_addresses_are_written_alike(name, monkeypatch):
    kept = runs.events_of(runs.ROOT / "docs" / "trace" / f"{name}.html")
    with monkeypatch.context() as other:
        for constant, value in (("SERVER", 4711), ("FIRST_CLIENT", 40001), ("FIRST_HANDLE", 1000), ("FIRST_BLOCK", 0x7F0000)):
            other.setattr(runs, constant, value)
        elsewhere = runs.Steady().events(kept)
    assert runs.by_thread(elsewhere) != runs.by_thread(kept)
    assert runs.page_of(runs.Steady().events(runs.without_idling(elsewhere))) == runs.page_of(kept)
