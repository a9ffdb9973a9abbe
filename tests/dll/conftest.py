"""Fixtures of the tests of the bindings."""

from __future__ import annotations

import sys

import pytest

if sys.platform == "win32":
    import contextlib
    from collections.abc import Iterator

    from tests.support.overlapped import delivered
    from winsock_ctypes import (
        INVALID_HANDLE_VALUE,
        NULL,
        TRUE,
        WSA_INVALID_EVENT,
        CloseHandle,
        CreateIoCompletionPort,
        SleepEx,
        WSACloseEvent,
        WSACreateEvent,
    )

    @pytest.fixture(autouse=True)
    def nothing_delivered() -> Iterator[None]:
        delivered.clear()
        yield
        assert SleepEx(0, TRUE) == 0, "a test left a completion behind"

    @pytest.fixture
    def opened() -> Iterator[contextlib.ExitStack]:
        """Closes what is pushed there."""
        with contextlib.ExitStack() as stack:
            yield stack

    @pytest.fixture
    def port(opened: contextlib.ExitStack) -> int:
        handle = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0)
        assert handle
        opened.callback(CloseHandle, handle)
        return handle

    @pytest.fixture
    def event(opened: contextlib.ExitStack) -> int:
        handle = WSACreateEvent()
        assert handle != WSA_INVALID_EVENT
        opened.callback(WSACloseEvent, handle)
        return handle
