"""pytest's fixtures for the tests of the bindings over the stand-in, and which of them need Windows itself."""

import socket

import pytest

NEED_WINDOWS = {
    "test_without_windows": "the package is told here that it is on Windows",
    "test_never_raises_whatever_the_bytes[WSAPROTOCOL_INFOW]": "wchar_t has 32 bits here, and not every number is a character",
}


def pytest_collection_modifyitems(items):
    for item in items:
        if (reason := NEED_WINDOWS.get(item.name)) is not None:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(autouse=True)
def winsock():
    from winsock_ctypes import stdlib

    before = dict(stdlib.live_blocks)
    yield
    assert stdlib.live_blocks == before


@pytest.fixture
def pair():
    ours, peer = socket.socketpair()
    with ours, peer:
        yield ours, peer
