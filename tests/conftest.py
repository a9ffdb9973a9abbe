"""Fixtures; and where there is no Windows, hands the whole run to tests/wine/python."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--shuffle", type=int, metavar="SEED", help="run the files, and the tests of each, in another order")


@pytest.hookimpl(tryfirst=True)  # then pytest itself brings together again what shares a server
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if (seed := config.getoption("--shuffle")) is not None:
        chance, files = random.Random(seed), {}
        items.sort(key=lambda item: (files.setdefault(item.path, chance.random()), chance.random()))


if sys.platform != "win32":
    collect_ignore_glob = ["*"]

    def pytest_cmdline_main(config: pytest.Config) -> int:
        python = Path(__file__).parent / "wine" / "python"
        print(f"no Windows here: handing this run to {python}", flush=True)
        arguments = [str(argument) for argument in config.invocation_params.args]
        return subprocess.call([str(python), "-m", "pytest", *arguments], cwd=config.invocation_params.dir)

else:
    import socket
    from collections.abc import Iterator
    from ctypes import byref

    import hypothesis

    from winsock_ctypes import MAKEWORD, WSADATA, WSACleanup, WSAStartup, stdlib

    # The processes that the tests start: what they print is UTF-8, whatever the code page; a warning is an error to them, too.
    os.environ.update(PYTHONIOENCODING="utf-8", PYTHONWARNINGS="error")

    hypothesis.settings.register_profile("no deadline", deadline=None)  # a virus scanner may stop any process for a while
    hypothesis.settings.load_profile("no deadline")

    @pytest.fixture(autouse=True)
    def winsock() -> Iterator[None]:
        """Every test runs between WSAStartup and WSACleanup, and leaves no block of malloc's behind."""
        before = dict(stdlib.live_blocks)
        assert WSAStartup(MAKEWORD(2, 2), byref(WSADATA())) == 0
        yield
        assert WSACleanup() == 0
        assert stdlib.live_blocks == before

    @pytest.fixture
    def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
        """A connected pair of sockets: ours (give `.fileno()` to the bindings) and the peer's."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            peer = socket.create_connection(listener.getsockname(), timeout=10)
            ours, _ = listener.accept()
        ours.settimeout(10)
        with ours, peer:
            yield ours, peer
