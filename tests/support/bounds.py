"""Bounds that have to be wider on Windows than under Wine: the one place where they stand, each with its reason."""

from tests.support.deviations import ON_WINE


def _bound(wine, windows):
    return wine if ON_WINE else windows


# Handles that a server may have more, or fewer, when all clients have left. On Windows each thread gets an event at its first
# call of Winsock that waits, which with several workers may come late, and the loader's own threads end after 30 s.
HANDLES = _bound(range(1), range(-8, 9))

# Bytes that a process may have more, whatever it did. Windows counts what is committed, and Python commits 1 MiB at a time.
ARENAS = _bound(0, 2 << 20)

# Seconds until a new client has its first echo from a busy server: a clock tick of Windows is 15.6 ms, and a thread that waits
# for the interpreter may need several.
FIRST_ECHO = _bound(0.1, 0.25)
