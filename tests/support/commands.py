"""What the commands of tests/ have in common: `python -m tests.seen`, pages, bench and mutants."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections.abc import Callable
from typing import NoReturn


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: error: {message} (--help says what there is)\n")


def as_program(main: Callable[[], int]) -> NoReturn:
    """Ends with its exit status; without a traceback where Ctrl+C ends it, or where whoever read what it prints has left."""
    try:
        status = main()
        if sys.stdout is not None:
            sys.stdout.flush()  # not as late as at the end, where nobody catches
        sys.exit(status)
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        if error.errno not in (errno.EPIPE, errno.EINVAL):  # the second is what Windows says
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # nothing more to print, at exit either
        sys.exit(1)
