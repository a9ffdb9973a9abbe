"""Completion routines, and what becomes of the exceptions that they raise.

A completion routine is a Python function that the *kernel* has called: the thread that started an operation comes to an
alertable wait (SleepEx(..., TRUE)), the kernel finds completions queued for this thread, and before the wait returns it
calls the routine of each, with the error, the number of bytes, and the address of the OVERLAPPED. From the call that
started the operation until that moment the OVERLAPPED, the buffers, and the routine itself are the kernel's: whoever
frees one of them meanwhile lets the kernel write into, or call, something else. So a routine that was made is kept for
ever. Make one with the decorator, at the top of the program, as in C; a routine made for each client is never given back.

An exception cannot travel through the frames of the kernel, which know nothing of Python: ctypes hands it to
sys.unraisablehook and returns to the kernel as if nothing had happened, so that a program would go on after its
`sys.exit()`, and a test after its failed assertion. Here it is kept for the wait that ran the routine, which raises it
when it returns. A wait that this package does not know (WaitForSingleObjectEx of another ctypes.WinDLL) cannot: what was
raised in there is given to sys.unraisablehook as soon as the code that waited goes on to its next line. (Under a debugger,
which traces the lines itself, it comes out of the thread's next wait here, or is reported when the thread ends.) A thread
of the system's that calls back (RegisterWaitForSingleObject) waits in no code of the program's: it is reported at once.

As long as nothing is kept, the check of a wait's result is operator.index, which is C: between SleepEx and the routine
there is no Python frame, and a debugger's Step Into leads straight into the routine.
"""

from __future__ import annotations

import atexit
import ctypes
import functools
import inspect
import operator
import sys
import threading
from collections.abc import Callable
from typing import Any, ClassVar

_CFuncPtr: Any = ctypes._CFuncPtr  # type: ignore[attr-defined]
STDCALL = 0  # FUNCFLAG_STDCALL of ctypes

# ---- exceptions --------------------------------------------------------------------------------------------------

_IGNORED = "calling ctypes callback function"  # how ctypes words an exception in a callback: "on calling", "while calling"
_lock = threading.RLock()  # a finalizer may come here while this thread holds it
_keeping = 0  # how many threads have kept exceptions


class CheckedResult:
    """The result of a function in which routines may run: passed on, after what they raised was raised."""

    __call__ = operator.index


class _Kept(threading.local):
    """What routines of this thread raised and no wait has raised yet; reported when the thread ends."""

    def __init__(self) -> None:
        self.exceptions = _Reported()


class _Reported(list[Any]):
    def report(self) -> None:
        if self:
            for hook, unraisable in _take(self):
                hook(unraisable)

    __del__ = report


_kept = _Kept()


def _keep(hook: Any, unraisable: Any) -> None:
    global _keeping
    with _lock:
        _keeping += not _kept.exceptions
        _kept.exceptions.append((hook, unraisable))
        CheckedResult.__call__ = _raise_what_was_kept  # type: ignore[method-assign,assignment]


def _ignore(frame: Any, event: str, argument: Any) -> None:
    """Traces nothing: while it is set, lines of a frame that has an f_trace are told all the same."""


def _report_after(waiting: Any) -> None:
    """Report what is still kept when the frame that waits goes on: then the wait was none that raises it."""
    if sys.gettrace() is not None:
        return

    def goes_on(frame: Any, event: str, argument: Any) -> None:
        sys.settrace(None)
        waiting.f_trace = None
        _kept.exceptions.report()

    waiting.f_trace = goes_on
    sys.settrace(_ignore)


def _take(exceptions: list[Any]) -> list[Any]:
    global _keeping
    with _lock:
        taken = exceptions[:]
        exceptions.clear()
        _keeping -= bool(taken)
        if not _keeping:
            CheckedResult.__call__ = operator.index  # type: ignore[method-assign,assignment]
    return taken


def _raise_what_was_kept(self: CheckedResult, result: int) -> int:
    exceptions = [unraisable.exc_value or unraisable.exc_type() for _, unraisable in _take(_kept.exceptions)]
    if not exceptions:
        return result
    if len(exceptions) == 1:
        raise exceptions[0]
    raise BaseExceptionGroup("completion routines raised", exceptions)


@atexit.register
def _report_what_was_kept() -> None:
    _kept.exceptions.report()


def _is_routines(unraisable: Any) -> bool:
    message = unraisable.err_msg or ""
    if _IGNORED not in message:
        return False
    functions = [routine.function for kind in CompletionRoutine.__subclasses__() for routine in kind.declared[1:]]
    if unraisable.object is not None:
        return any(unraisable.object is function for function in functions)
    return any(message.endswith(f"{_IGNORED} {function!r}") for function in functions)  # from 3.13 on


def _keep_exceptions_of_routines() -> None:
    previous = sys.unraisablehook
    if getattr(previous, "keeps_exceptions_of_routines", False):
        return

    def hook(unraisable: Any) -> None:
        waiting = sys._getframe().f_back
        if waiting is not None and _is_routines(unraisable):  # else a thread of the system's has called it
            _keep(previous, unraisable)
            _report_after(waiting)
        else:
            previous(unraisable)

    hook.keeps_exceptions_of_routines = True  # type: ignore[attr-defined]
    sys.unraisablehook = hook


# ---- routines ----------------------------------------------------------------------------------------------------


class CompletionRoutine(_CFuncPtr):
    """Base of the callback types: used as a decorator, shown by the Python function's name, kept alive for ever."""

    _flags_ = STDCALL
    function: Callable[..., Any]
    declared: ClassVar[list[Any]]  # NULL and the routines, for ever: the kernel may call one long after Python forgot it

    def __init_subclass__(cls) -> None:
        if not hasattr(cls, "declared"):  # a type derived from a routine type shares its list
            cls.declared = [None]

    @classmethod
    def _check(cls, function: Any) -> None:
        """Refuses what cannot be called as a routine."""
        if not callable(function):
            raise TypeError(f"{cls.__name__} decorates a function, not {type(function).__name__}")
        if _only_begins(function):
            raise TypeError(
                f"{cls.__name__}: calling {function!r} would run nothing of it, since it is an `async def` or has a `yield`: "
                "make it a plain `def`"
            )
        arguments: Any = cls._argtypes_
        try:
            inspect.signature(function).bind(*arguments)
        except TypeError:
            raise TypeError(f"{function!r} must take {len(arguments)} arguments to be a {cls.__name__}") from None
        except ValueError:  # a function written in C that does not tell its parameters
            pass

    def __new__(cls, function: Callable[..., Any]) -> CompletionRoutine:
        cls._check(function)
        self = super().__new__(cls, function)
        self.function = function
        functools.update_wrapper(self, function)
        cls.declared.append(self)
        _keep_exceptions_of_routines()
        return self

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {getattr(self.function, '__qualname__', self.function)}>"


def _only_begins(function: Any) -> bool:
    kinds = inspect.iscoroutinefunction, inspect.isgeneratorfunction, inspect.isasyncgenfunction
    called = vars(type(function)).get("__call__")  # of an object with an `async def __call__`
    return any(kind(function) or kind(called) for kind in kinds)
