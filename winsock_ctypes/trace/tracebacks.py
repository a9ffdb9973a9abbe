"""Errors of the script, as the interpreter would show them: with the script's frames alone."""

from __future__ import annotations

import os
import sys
import threading
import traceback
import types
from typing import Any

_HERE = os.path.dirname(os.path.abspath(__file__)) + os.sep


def show(error: BaseException) -> None:
    cleaned(error)
    traceback.print_exception(error)


def in_thread(arguments: Any) -> None:
    """threading.excepthook"""
    if arguments.exc_value is not None:
        cleaned(arguments.exc_value)
        arguments = threading.ExceptHookArgs(
            (arguments.exc_type, arguments.exc_value, arguments.exc_value.__traceback__, arguments.thread)
        )
    threading.__excepthook__(arguments)


def cleaned(error: BaseException, seen: tuple[int, ...] = ()) -> None:
    """Takes the frames of the recorder out of an exception's traceback, and out of those that led to it."""
    if id(error) in seen or len(seen) > sys.getrecursionlimit() // 10:
        return
    error.__traceback__ = _without_ours(error.__traceback__)
    inner = [error.__cause__, error.__context__, *(error.exceptions if isinstance(error, BaseExceptionGroup) else ())]
    for other in inner:
        if other is not None:
            cleaned(other, (*seen, id(error)))


def _without_ours(first: types.TracebackType | None) -> types.TracebackType | None:
    kept = []
    while first is not None:
        name = first.tb_frame.f_code.co_filename
        if not name.startswith(("<frozen runpy>", _HERE)):
            kept.append(first)
        first = first.tb_next
    result = None
    for one in reversed(kept):
        result = types.TracebackType(result, one.tb_frame, one.tb_lasti, one.tb_lineno)
    return result
