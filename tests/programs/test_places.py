"""In whose place the recorder is put: functions, pointers to them, routines, streams; and no trace of it in tracebacks."""

import array
import io
import os
import sys
import threading
import traceback
from ctypes import ArgumentError, sizeof

import pytest

import winsock_ctypes
from tests.support.program import R
from tests.support.recorded import Calls
from winsock_ctypes import *
from winsock_ctypes import stdlib
from winsock_ctypes.trace import tracebacks
from winsock_ctypes.trace.places import Places, RecordedFunction


@pytest.fixture
def program():
    return Calls()


def everything():
    modules = (winsock_ctypes, *winsock_ctypes._headers)
    return [(module, dict(vars(module))) for module in modules], sys.stdout, sys.stderr, os.write


def same(before):
    modules, *streams = before
    kept = all(vars(module)[name] is value for module, names in modules for name, value in names.items())
    return kept and all(one is other for one, other in zip(streams, (sys.stdout, sys.stderr, os.write), strict=True))


def test_all_functions_are_recorded_and_put_back(program):
    before = everything()
    real = winsock_ctypes.htons
    places = Places(program.recorder)
    with places as taken:
        assert taken is places
        changed = {name for module, names in before[0] for name, value in names.items() if vars(module)[name] is not value}
        assert "WSARecv" in changed and not {"CompletionRoutine", "ForeignFunction"} & changed
        assert not any(name.startswith("_") for name in changed)
        assert winsock_ctypes.htons is winsock_ctypes.winsock2.htons is not real
        assert repr(winsock_ctypes.htons) == repr(real) and winsock_ctypes.htons.__doc__ == real.__doc__
        assert winsock_ctypes.htons.types == real.types and winsock_ctypes.htons.__name__ == "htons"
        assert winsock_ctypes.malloc.__name__ == "malloc" and winsock_ctypes.stdlib.free.__doc__ == stdlib.free.__doc__
        assert winsock_ctypes.memset is before[0][0][1]["memset"]  # which calls nothing
        assert winsock_ctypes.htons(1) == 256 and program.last()[0]["fn"] == "htons"
        winsock_ctypes.free(winsock_ctypes.malloc(8))
        assert program.last()[0]["fn"] == "free"
    assert same(before) and not places.undo and not places.streams
    names = {name for name, value in before[0][0][1].items() if type(value).__name__ == "ForeignFunction"}
    with places:  # once more
        assert not {name for name in names if not isinstance(vars(winsock_ctypes)[name], RecordedFunction)}
    assert same(before)


EXTENSIONS = ["AcceptEx", "ConnectEx", "DisconnectEx", "GetAcceptExSockaddrs", "TransmitFile", "WSARecvMsg"]


@pytest.mark.parametrize("name", EXTENSIONS)
def test_an_extension_is_recorded_by_its_name(program, name):
    cls = getattr(winsock_ctypes, f"LPFN_{name.upper()}")
    with Places(program.recorder):
        recorded = getattr(winsock_ctypes, f"LPFN_{name.upper()}")
        assert recorded is not cls and issubclass(recorded, cls)
        assert (recorded.__name__, recorded.__doc__, recorded.__module__) == (cls.__name__, cls.__doc__, cls.__module__)
        pointer = recorded()
        assert sizeof(pointer) == 8 and not pointer
        with pytest.raises(TypeError, match="function pointer is NULL"):
            pointer(*([NULL] * len(cls.types)))
    call, back = program.last()
    assert call["fn"] == name and [argument[0] for argument in call["args"]] == list(cls.types)
    assert back["raised"].startswith("TypeError")


def test_a_routine_of_a_recorded_program(program):
    cls, calls = winsock_ctypes.LPWSAOVERLAPPED_COMPLETION_ROUTINE, []
    with Places(program.recorder):
        recorded = winsock_ctypes.LPWSAOVERLAPPED_COMPLETION_ROUTINE
        assert recorded is not cls and (recorded.__name__, recorded.__doc__) == (cls.__name__, cls.__doc__)

        @recorded
        def Routine(dwError, cbTransferred, lpOverlapped, dwFlags):
            """Its own words."""
            calls.append((dwError, cbTransferred))

        assert isinstance(Routine, cls) and repr(Routine).startswith(repr(R).partition(" ")[0])
        assert Routine.function.__name__ == "Routine" and Routine.function.__doc__ == "Its own words."
        for wrong in (None, 5, lambda: None):
            with pytest.raises(TypeError) as raised:
                recorded(wrong)
            with pytest.raises(TypeError) as plain:
                cls(wrong)
            assert str(raised.value) == str(plain.value)
        Routine.function(0, 5, None, 0)
    assert calls == [(0, 5)] and [event["fn"] for event in program.of("routine")] == ["Routine"]


def printed(program):
    return [(event["stream"], event["text"]) for event in program.of("output")]


def test_what_is_printed_is_recorded_and_arrives(program, monkeypatch):
    below = io.BytesIO()
    plain = io.TextIOWrapper(below, encoding="cp949", errors="replace", line_buffering=True)
    monkeypatch.setattr(sys, "stdout", plain)
    plain.write("before;")
    places = Places(program.recorder)
    with places:
        stream = sys.stdout
        assert (stream.encoding, stream.errors) == ("cp949", "replace")
        assert stream.line_buffering and not stream.write_through
        print("버퍼 \U0001f600")
        assert stream.buffer.write(b"bytes;") == 6
        stream.buffer.writelines([b"one;", bytearray(b"two;")])
        assert stream.write("rest") == 4
    assert sys.stdout is plain and not plain.closed
    with places:
        print(";again", end="")
    plain.flush()
    assert below.getvalue() == "before;버퍼 ?".encode("cp949") + os.linesep.encode() + b"bytes;one;two;rest;again"
    texts = [text for stream, text in printed(program) if stream == "stdout"]
    assert texts == ["버퍼 \U0001f600", "\n", "bytes;", "one;", "two;", "rest", ";again"]


def test_a_program_without_a_console_has_no_streams(program, monkeypatch):
    """As under pythonw.exe."""
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    with Places(program.recorder):
        assert sys.stdout is sys.stderr is None
        assert winsock_ctypes.htons(1) == 256
    assert sys.stdout is sys.stderr is None and program.last()[0]["fn"] == "htons"


def test_streams_of_another_kind(program, monkeypatch):
    stream = io.StringIO("line\n")
    monkeypatch.setattr(sys, "stderr", stream)
    with Places(program.recorder):
        assert sys.stderr is not stream and isinstance(sys.stderr, io.StringIO)
        assert list(sys.stderr) == ["line\n"]
        assert sys.stderr.write("text") == 4
        sys.stderr.writelines(["a", "b"])
        assert sys.stderr.getvalue() == "line\ntextab"
    assert sys.stderr is stream and printed(program) == [("stderr", "text"), ("stderr", "a"), ("stderr", "b")]


def test_what_is_written_to_descriptors(program, monkeypatch):
    written = []

    def write(fd, data):
        """The real one's words."""
        written.append((fd, bytes(data)))
        return min(3, len(bytes(data)))  # a pipe may take a part

    monkeypatch.setattr(os, "write", write)
    with Places(program.recorder):
        assert os.write.__doc__ == "The real one's words."
        assert [os.write(fd, b"text") for fd in (1, 2, 7)] == [3, 3, 3]
        os.write(1, memoryview(array.array("H", [0x6161, 0xFF61])))
    assert [fd for fd, _ in written] == [1, 2, 7, 1]
    assert printed(program) == [("stdout", "tex"), ("stderr", "tex"), ("stdout", "aaa")]


# ---- tracebacks ----------------------------------------------------------------------------------------------------


def test_a_traceback_loses_the_frames_of_the_recorder_alone(program):
    def fails():
        try:
            winsock_ctypes.WSARecv(1, "no buffer", 1, NULL, NULL, NULL, NULL)
        except ArgumentError as error:
            raise RuntimeError("no") from error

    with Places(program.recorder), pytest.raises(RuntimeError) as raised:
        fails()

    def files(error):
        frames = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
        return [os.path.basename(os.path.dirname(name)) for name in frames]

    error = raised.value
    assert "trace" in files(error.__cause__)
    error.__cause__.__context__ = error  # a ring is no trouble
    tracebacks.cleaned(error)
    assert files(error) == ["programs", "programs"] and files(error.__cause__) == ["programs"]
    group = ExceptionGroup("two", [error.__cause__])
    group.exceptions[0].__traceback__ = raised.tb
    tracebacks.cleaned(group)
    assert files(group.exceptions[0]) == ["programs", "programs"]


def test_a_chain_of_exceptions_is_followed_as_far_as_there_is_room(monkeypatch):
    looked_at = []
    monkeypatch.setattr(tracebacks, "_without_ours", looked_at.append)
    most = sys.getrecursionlimit() // 10
    last = None
    for _ in range(most + 9):
        error = ValueError()
        error.__context__, last = last, error
    tracebacks.cleaned(last)
    assert len(looked_at) == most + 1


def test_what_happens_in_threads_is_shown_without_the_recorder(capsys, program):
    def fails():
        winsock_ctypes.htons("no number")

    with Places(program.recorder):
        try:
            fails()
        except ArgumentError as error:
            kind, value, below = type(error), error, error.__traceback__
    thread = threading.Thread(name="worker")
    tracebacks.in_thread(threading.ExceptHookArgs((kind, value, below, thread)))
    told = capsys.readouterr().err
    assert told.startswith("Exception in thread worker") and "ArgumentError" in told and "in fails" in told
    assert os.path.dirname(tracebacks.__file__) not in told
    tracebacks.in_thread(threading.ExceptHookArgs((kind, None, None, thread)))
    assert capsys.readouterr().err.startswith("Exception in thread worker")  # of which Python knows no more
    tracebacks.show(value)
    told = capsys.readouterr().err
    assert told.startswith("Traceback") and "in fails" in told and os.path.dirname(tracebacks.__file__) not in told
