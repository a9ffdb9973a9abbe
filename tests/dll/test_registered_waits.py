"""RegisterWaitForSingleObject: a thread of the system's waits, and calls back."""

import gc
import sys
import threading
from ctypes import ArgumentError, addressof, byref

import pytest

from winsock_ctypes import *

called, ran = [], threading.Event()


@WAITORTIMERCALLBACK
def Signalled(lpParameter, TimerOrWaitFired):
    called.append((lpParameter, TimerOrWaitFired, threading.get_ident()))
    ran.set()


@pytest.fixture(autouse=True)
def forget():
    called.clear()
    ran.clear()


@pytest.fixture
def event():
    event = CreateEvent(NULL, FALSE, FALSE, NULL)
    yield event
    assert CloseHandle(event)


def register(event, context=NULL, milliseconds=INFINITE, callback=Signalled, flags=WT_EXECUTEONLYONCE):
    wait = HANDLE()
    assert RegisterWaitForSingleObject(byref(wait), event, callback, context, milliseconds, flags)
    return wait.value


def test_it_calls_back_when_the_object_is_signalled(event):
    context = DWORD(7)
    wait = register(event, byref(context))
    assert not called
    SetEvent(event)
    assert ran.wait(10)
    assert UnregisterWaitEx(wait, INVALID_HANDLE_VALUE)
    ((address, timed_out, thread),) = called
    assert (address, timed_out) == (addressof(context), 0) and thread != threading.get_ident()


def test_it_calls_back_when_the_time_is_over(event):
    wait = register(event, milliseconds=1)
    assert ran.wait(10)
    assert UnregisterWaitEx(wait, INVALID_HANDLE_VALUE)
    assert called[0][:2] == (None, 1)


def test_without_once_it_waits_anew(event):
    wait = register(event, flags=WT_EXECUTEDEFAULT)
    for _ in range(3):
        ran.clear()
        SetEvent(event)
        assert ran.wait(10)
    assert UnregisterWaitEx(wait, INVALID_HANDLE_VALUE)
    SetEvent(event)
    assert len(called) == 3


def test_once_unregistered_it_does_not_call(event):
    assert UnregisterWaitEx(register(event), INVALID_HANDLE_VALUE)
    SetEvent(event)
    assert WaitForSingleObject(event, 0) == WAIT_OBJECT_0 and not called  # nobody else has taken it


def test_the_end_of_a_callback_that_is_running_can_be_waited_for(event):
    goes_on, done = threading.Event(), CreateEvent(NULL, TRUE, FALSE, NULL)

    @WAITORTIMERCALLBACK
    def Slow(lpParameter, TimerOrWaitFired):
        ran.set()
        assert goes_on.wait(10)

    wait = register(event, callback=Slow)
    SetEvent(event)
    assert ran.wait(10)
    assert not UnregisterWaitEx(wait, done) and GetLastError() == ERROR_IO_PENDING
    assert WaitForSingleObject(done, 0) == WAIT_TIMEOUT
    goes_on.set()
    assert WaitForSingleObject(done, 10_000) == WAIT_OBJECT_0
    CloseHandle(done)


def test_a_callback_that_nobody_has_kept_is_called(event):
    def decorated():
        @WAITORTIMERCALLBACK
        def Kept(lpParameter, TimerOrWaitFired):
            ran.set()

        return Kept

    wait = register(event, callback=decorated())
    gc.collect()
    SetEvent(event)
    assert ran.wait(10) and UnregisterWaitEx(wait, INVALID_HANDLE_VALUE)


def test_what_a_callback_raises_is_reported_at_once(event, monkeypatch):
    """In its own thread no wait of the program's could raise it; and none in another thread does."""
    reported = []

    @WAITORTIMERCALLBACK
    def Fails(lpParameter, TimerOrWaitFired):
        raise LookupError("in the callback")

    def hook(unraisable):
        reported.append((unraisable.exc_value, threading.get_ident()))
        ran.set()

    own = sys.unraisablehook
    closure = dict(zip(own.__code__.co_freevars, own.__closure__, strict=True))["previous"]
    monkeypatch.setattr(closure, "cell_contents", hook)
    wait = register(event, callback=Fails)
    SetEvent(event)
    assert ran.wait(10)
    assert UnregisterWaitEx(wait, INVALID_HANDLE_VALUE) and SleepEx(0, TRUE) == 0
    ((error, thread),) = reported
    assert isinstance(error, LookupError) and thread != threading.get_ident()


def test_what_is_no_callback_is_refused(event):
    with pytest.raises(TypeError, match="must take 2 arguments to be a WAITORTIMERCALLBACK"):
        WAITORTIMERCALLBACK(lambda: None)
    routine = LPWSAOVERLAPPED_COMPLETION_ROUTINE(lambda error, size, overlapped, flags: None)
    for wrong in routine, print:
        with pytest.raises(ArgumentError, match="Callback must be a function decorated with @WAITORTIMERCALLBACK, or None"):
            register(event, callback=wrong)
