"""What the package promises beyond the DLL's own behaviour."""

import ctypes
import gc
import inspect
import socket as pysocket
import subprocess
import sys
import threading
from ctypes import byref, c_void_p, cast, sizeof

import pytest

import winsock_ctypes
from tests.support.overlapped import Operation
from winsock_ctypes import *
from winsock_ctypes import _memory, _routines, stdlib

FUNCTIONS = sorted(n for n in winsock_ctypes.__all__ if isinstance(getattr(winsock_ctypes, n), ctypes._CFuncPtr))


class TestLastError:
    def fail(self):
        assert closesocket(INVALID_SOCKET) == SOCKET_ERROR

    def test_after_a_file_operation(self, tmp_path):
        self.fail()
        with pytest.raises(FileNotFoundError):
            (tmp_path / "missing").open("rb")
        assert WSAGetLastError() == WSAENOTSOCK

    def test_after_another_thread_failed_differently(self):
        self.fail()
        thread = threading.Thread(target=lambda: (SetLastError(5), CloseHandle(0x7FFFFFF0)))
        thread.start()
        thread.join()
        assert WSAGetLastError() == WSAENOTSOCK

    def test_while_a_tracer_runs_python_code_between_the_lines(self, tmp_path):
        def tracer(frame, event, argument):
            (tmp_path / "missing").exists()
            return tracer

        sys.settrace(tracer)
        try:
            self.fail()
            code = WSAGetLastError()
        finally:
            sys.settrace(None)
        assert code == WSAENOTSOCK

    def test_after_malloc_free_and_a_repr(self):
        self.fail()
        block = malloc(100)
        repr(cast(block, LPWSAOVERLAPPED))
        free(block)
        repr(cast(0x10, LPWSAOVERLAPPED))
        assert WSAGetLastError() == WSAENOTSOCK

    def test_shows_its_name_and_is_an_int(self):
        self.fail()
        code = WSAGetLastError()
        assert code == 10038 and isinstance(code, int) and repr(code) == "WSAENOTSOCK (10038)" and f"{code}" == "10038"

    @pytest.mark.parametrize("code", [0, 1, 12345, 10035, 997])
    def test_set_and_get(self, code):
        WSASetLastError(code)
        assert WSAGetLastError() == code == GetLastError()


def raising(exception):
    @LPWSAOVERLAPPED_COMPLETION_ROUTINE
    def Routine(dwError, cbTransferred, lpOverlapped, dwFlags):
        raise exception

    return Routine


class TestExceptionsInRoutines:
    @pytest.mark.parametrize("exception", [AssertionError, SystemExit, KeyboardInterrupt, ValueError, GeneratorExit])
    def test_come_out_of_the_wait(self, pair, exception):
        ours, peer = pair
        _operation = Operation().receiving(ours, raising(exception("from the routine")))
        peer.sendall(b"x")
        with pytest.raises(exception, match="from the routine") as caught:
            SleepEx(5000, TRUE)
        assert caught.traceback[-1].name == "Routine"
        assert SleepEx(0, TRUE) == 0  # raised once

    def test_out_of_waitforsingleobjectex_too(self, pair):
        ours, peer = pair
        _operation = Operation().receiving(ours, raising(ValueError("here")))
        peer.sendall(b"x")
        event = CreateEvent(NULL, TRUE, FALSE, NULL)
        with pytest.raises(ValueError, match="here"):
            WaitForSingleObjectEx(event, 5000, TRUE)
        assert CloseHandle(event)

    def test_of_two_routines_in_one_wait_both_are_kept(self, pair):
        ours, peer = pair

        @LPWSAOVERLAPPED_COMPLETION_ROUTINE
        def Routine(dwError, cbTransferred, lpOverlapped, dwFlags):
            raise ValueError(cbTransferred)

        _operations = [Operation(1).receiving(ours, Routine) for _ in range(2)]
        peer.sendall(b"xy")
        seen = []
        while len(seen) < 2:
            try:
                assert SleepEx(5000, TRUE) == WAIT_IO_COMPLETION
            except* ValueError as group:
                seen += group.exceptions
        assert [error.args for error in seen] == [(1,), (1,)]

    def test_stay_in_their_thread(self, pair):
        ours, peer = pair
        caught = []

        def work():
            _operation = Operation().receiving(ours, raising(ValueError("mine")))
            peer.sendall(b"x")
            try:
                SleepEx(5000, TRUE)
            except ValueError as error:
                caught.append(str(error))

        thread = threading.Thread(target=work)
        thread.start()
        while thread.is_alive():
            SleepEx(1, TRUE)
        thread.join()
        assert caught == ["mine"]

    def test_other_unraisable_exceptions_go_where_they_went(self):
        seen = []
        code = (
            "import sys; sys.unraisablehook = lambda u: print('previous hook:', u.exc_value)\n"
            "from winsock_ctypes import *\n"
            "@LPWSAOVERLAPPED_COMPLETION_ROUTINE\n"
            "def R(a, b, c, d): pass\n"
            "class C:\n"
            "    def __del__(self): raise ValueError('not a routine')\n"
            "C()\n"
        )
        seen = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=20)
        assert b"previous hook: not a routine" in seen.stdout, seen

    def test_a_process_that_exits_in_a_routine_exits(self):
        code = (
            "from winsock_ctypes import *; from ctypes import *; import socket as s, sys\n"
            "WSAStartup(MAKEWORD(2, 2), byref(WSADATA()))\n"
            "a, b = s.socketpair()\n"
            "@LPWSAOVERLAPPED_COMPLETION_ROUTINE\n"
            "def R(*x): sys.exit(7)\n"
            "w = WSABUF(1, (BYTE * 1)()); o = WSAOVERLAPPED(); f = DWORD()\n"
            "WSARecv(a.fileno(), byref(w), 1, NULL, byref(f), byref(o), R)\n"
            "b.send(b'x'); SleepEx(5000, TRUE); print('not reached')\n"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=20)
        assert (done.returncode, done.stdout, done.stderr) == (7, b"", b"")


@LPWSAOVERLAPPED_COMPLETION_ROUTINE
def Raises(dwError, cbTransferred, lpOverlapped, dwFlags):
    ran.append(dwError)
    raise ValueError("kept")


ran = []
UNKNOWN = ctypes.WinDLL("kernel32")  # its SleepEx is no wait that the package knows
CALLS = {  # functions that wait alertably, or may, each with arguments with which they fail or return at once
    "SleepEx": (0, TRUE),
    "WaitForSingleObjectEx": (NULL, 0, TRUE),
    "GetQueuedCompletionStatusEx": (NULL, byref(OVERLAPPED_ENTRY()), 1, byref(ULONG()), 0, FALSE),
    "WSAWaitForMultipleEvents": (0, NULL, FALSE, 0, TRUE),
    "accept": (INVALID_SOCKET, NULL, NULL),
    "connect": (INVALID_SOCKET, NULL, 0),
    "recv": (INVALID_SOCKET, NULL, 0, 0),
    "recvfrom": (INVALID_SOCKET, NULL, 0, 0, NULL, NULL),
    "select": (0, NULL, NULL, NULL, byref(timeval())),
    "send": (INVALID_SOCKET, NULL, 0, 0),
    "sendto": (INVALID_SOCKET, NULL, 0, 0, NULL, 0),
    "WSAConnect": (INVALID_SOCKET, NULL, 0, NULL, NULL, NULL, NULL),
    "WSAIoctl": (INVALID_SOCKET, 0, NULL, 0, NULL, 0, byref(DWORD()), NULL, NULL),
    "WSAPoll": (NULL, 0, 0),
    "WSARecv": (INVALID_SOCKET, byref(WSABUF()), 1, byref(DWORD()), byref(DWORD()), NULL, NULL),
    "WSARecvFrom": (INVALID_SOCKET, byref(WSABUF()), 1, byref(DWORD()), byref(DWORD()), NULL, NULL, NULL, NULL),
    "WSASend": (INVALID_SOCKET, byref(WSABUF()), 1, byref(DWORD()), 0, byref(WSAOVERLAPPED()), NULL),
    "WSASendMsg": (INVALID_SOCKET, byref(WSAMSG()), 0, byref(DWORD()), NULL, NULL),
    "WSASendTo": (INVALID_SOCKET, byref(WSABUF()), 1, byref(DWORD()), 0, NULL, 0, byref(WSAOVERLAPPED()), NULL),
}


class TestKeptExceptions:
    """Under a debugger, what a routine raised in a wait that the package does not know comes out of the thread's next wait."""

    def keep(self, pair):
        ours, peer = pair
        ran.clear()
        _operation = Operation(1).receiving(ours, Raises)
        peer.sendall(b"x")
        traced = sys.gettrace()
        sys.settrace(traced or (lambda *event: None))
        try:
            while not ran:
                UNKNOWN.SleepEx(5000, 1)
        finally:
            sys.settrace(traced)

    @pytest.mark.parametrize("name", CALLS)
    def test_out_of_every_function_that_may_wait(self, pair, name):
        self.keep(pair)
        with pytest.raises(ValueError, match="kept"):
            getattr(winsock_ctypes, name)(*CALLS[name])
        assert SleepEx(0, TRUE) == 0

    def test_out_of_no_other(self, pair):
        self.keep(pair)
        assert closesocket(INVALID_SOCKET) == SOCKET_ERROR
        WaitForSingleObject(NULL, 0)
        with pytest.raises(ValueError, match="kept"):
            SleepEx(0, TRUE)

    def test_two_threads_keep_and_each_raises_its_own(self, pair):
        """Also when the other has raised already, and when the other is the first to wait."""
        self.keep(pair)
        kept, go, came = threading.Event(), threading.Event(), []

        def work():
            assert SleepEx(0, TRUE) == 0  # nothing of the main thread's
            self.keep(pair)
            kept.set()
            go.wait(20)
            try:
                SleepEx(0, TRUE)
            except ValueError:
                came.append("the thread's")

        thread = threading.Thread(target=work)
        thread.start()
        assert kept.wait(20)
        with pytest.raises(ValueError, match="kept"):
            SleepEx(0, TRUE)
        go.set()
        thread.join()
        assert came == ["the thread's"]

    @pytest.mark.parametrize("debugged", [False, True])
    def test_a_thread_that_waits_no_more_reports(self, debugged):
        """At once, as Python reports what it cannot raise; under a debugger, which traces lines itself, at the end."""
        code = (
            "import ctypes, threading, sys; import socket as s; from ctypes import byref\n"
            "sys.unraisablehook = lambda u: print('reported:', u.exc_value, flush=True)\n"
            "from winsock_ctypes import *\n"
            "WSAStartup(MAKEWORD(2, 2), byref(WSADATA()))\n"
            "ours, peer = s.socketpair()\n"
            "@LPWSAOVERLAPPED_COMPLETION_ROUTINE\n"
            "def R(*x): ran.append(1); raise ValueError('kept')\n"
            "w = WSABUF(1, (BYTE * 1)()); o = WSAOVERLAPPED(); f = DWORD()\n"
            "def work():\n"
            f"    global ran; ran = []; sys.settrace((lambda *event: None) if {debugged} else None)\n"
            "    WSARecv(ours.fileno(), byref(w), 1, NULL, byref(f), byref(o), R)\n"
            "    peer.send(b'x')\n"
            "    while not ran: ctypes.WinDLL('kernel32').SleepEx(5000, 1)\n"
            "    print('at the end', flush=True)\n"
            "thread = threading.Thread(target=work); thread.start(); thread.join()\n"
            "work()\n"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", timeout=20)
        said = ["at the end", "reported: kept"] if debugged else ["reported: kept", "at the end"]
        assert (done.stdout.splitlines(), done.stderr) == (said * 2, "")

    def test_it_is_reported_before_the_next_line_and_nothing_stays_behind(self, pair, monkeypatch):
        reported = []
        monkeypatch.setattr(sys, "unraisablehook", lambda unraisable: reported.append(unraisable.exc_value))
        _routines._keep_exceptions_of_routines()
        ours, peer = pair
        for number in range(3):
            ran.clear()
            _operation = Operation(1).receiving(ours, Raises)
            peer.sendall(b"x")
            while not ran:
                UNKNOWN.SleepEx(5000, 1)
            assert len(reported) == number + 1 and sys.gettrace() is None and sys._getframe().f_trace is None
        assert SleepEx(0, TRUE) == 0  # it is not raised as well


class TestRefusals:
    @pytest.mark.parametrize("name", FUNCTIONS)
    def test_bytes_where_the_function_writes(self, name):
        """They cannot change: only what is const in C takes them."""
        function = getattr(winsock_ctypes, name)
        texts = function.__annotations__
        for converter, parameter in zip(type(function)._argtypes_, function.names, strict=True):
            if texts[parameter] in ("LPSTR", "LPVOID", "LPWSTR"):
                with pytest.raises(TypeError, match=f"^{function.__name__}: {parameter} must be .* not bytes"):
                    converter.from_param(b"x")
            elif texts[parameter] in ("LPCSTR", "LPCVOID"):
                converter.from_param(b"x")

    @pytest.mark.parametrize("function", [lambda: None, lambda a, b, c: None, lambda a, b, c, d, e: None])
    def test_a_routine_with_other_parameters(self, function):
        with pytest.raises(TypeError, match="4 arguments"):
            LPWSAOVERLAPPED_COMPLETION_ROUTINE(function)

    def test_a_routine_that_is_no_function(self):
        with pytest.raises(TypeError, match="decorates a function"):
            LPWSAOVERLAPPED_COMPLETION_ROUTINE(5)

    @pytest.mark.parametrize("name", FUNCTIONS)
    def test_a_missing_argument_is_named(self, name):
        function = getattr(winsock_ctypes, name)
        if function.names:
            with pytest.raises(TypeError, match=f"'{function.names[0]}'"):
                function()

    @pytest.mark.parametrize("name", FUNCTIONS)
    def test_a_wrong_type_is_named_whichever_parameter_it_is(self, name):
        """An object of no suitable type in each place in turn; the arguments before it are right."""
        function = getattr(winsock_ctypes, name)
        for wrong in range(len(function.names)):
            arguments = [self.fitting(function.types[n]) for n in function.names]
            arguments[wrong] = object()
            with pytest.raises((TypeError, ctypes.ArgumentError), match=rf"\b{function.names[wrong]}\b"):
                function(*arguments)

    @staticmethod
    def fitting(ctype):
        if issubclass(ctype, (ctypes.Structure, ctypes.Union)):
            return ctype()
        return 0 if getattr(ctype, "_type_", "") in tuple("bBhHiIlLqQ") else None

    def test_integer_objects_pass_by_value(self):
        assert SleepEx(DWORD(0), BOOL(1)) == 0
        assert closesocket(SOCKET(-1)) == SOCKET_ERROR
        assert CloseHandle(HANDLE(None)) in (0, 1)

    def test_named_arguments(self):
        assert SleepEx(bAlertable=TRUE, dwMilliseconds=0) == 0


class TestNames:
    def test_all_is_exact(self):
        namespace = {}
        exec("from winsock_ctypes import *", namespace)
        del namespace["__builtins__"]
        assert sorted(namespace) == sorted(winsock_ctypes.__all__) == winsock_ctypes.__all__
        public = {n for n, v in vars(winsock_ctypes).items() if not n.startswith("_") and not inspect.ismodule(v)}
        assert public >= set(winsock_ctypes.__all__)
        for name in ("ctypes", "Any", "annotations", "imported_from", "Constant", "name_constants"):
            assert name not in winsock_ctypes.__all__

    def test_every_name_that_the_chapter_needs(self):
        for name in """WSAStartup WSACleanup WSAGetLastError WSASetLastError WSASocket socket ioctlsocket bind listen
            accept connect shutdown closesocket send recv WSASend WSARecv WSAGetOverlappedResult setsockopt
            getsockopt getsockname getpeername select fd_set FD_SET FD_CLR FD_ZERO FD_ISSET htons ntohs htonl
            ntohl inet_addr inet_ntoa inet_pton inet_ntop SleepEx CancelIo CancelIoEx WaitForSingleObject
            WaitForSingleObjectEx CreateEvent CloseHandle MAKEWORD malloc free memset WSADATA SOCKET SOCKADDR
            SOCKADDR_IN WSABUF WSAOVERLAPPED LPWSAOVERLAPPED DWORD PF_INET SOCK_STREAM FIONBIO NULL TRUE
            WSA_FLAG_OVERLAPPED INVALID_SOCKET SOCKET_ERROR WSAEWOULDBLOCK WSA_IO_PENDING INADDR_ANY u_long
            HANDLE""".split():
            assert name in winsock_ctypes.__all__, name

    def test_functions_are_the_dlls_own(self):
        for name in FUNCTIONS:
            function = getattr(winsock_ctypes, name)
            assert isinstance(function, ctypes._CFuncPtr) and "Microsoft Learn" in function.__doc__, name
            assert list(inspect.signature(function).parameters) == list(function.names), name
            assert function.__name__ in repr(function)

    def test_constants_are_ints_with_names(self):
        assert WSAEWOULDBLOCK == 10035 and repr(WSAEWOULDBLOCK) == "WSAEWOULDBLOCK (10035)" and str(WSAEWOULDBLOCK) == "10035"
        assert INVALID_SOCKET == 2**64 - 1 and SOCKET_ERROR == -1

    def test_no_python_frame_between_sleepex_and_the_routine(self, pair):
        """What Step Into relies on."""
        ours, peer = pair
        frames = []

        @LPWSAOVERLAPPED_COMPLETION_ROUTINE
        def Routine(dwError, cbTransferred, lpOverlapped, dwFlags):
            frames.append(sys._getframe().f_back.f_code.co_name)

        _operation = Operation().receiving(ours, Routine)
        peer.sendall(b"x")
        entered = []
        sys.setprofile(lambda frame, event, argument: event == "call" and entered.append(frame.f_code.co_name))
        try:
            SleepEx(5000, TRUE)
        finally:
            sys.setprofile(None)
        assert frames == ["test_no_python_frame_between_sleepex_and_the_routine"]
        assert entered == ["Routine"]


class TestImport:
    def imported_with(self, preparation):
        code = f"import sys; {preparation}; import winsock_ctypes"
        return subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", timeout=20)

    def test_without_windows(self):
        done = self.imported_with("sys.platform = 'linux'")
        assert done.returncode == 1
        assert done.stderr.strip().splitlines()[-1].startswith("ImportError: ") and "tests/wine/python" in done.stderr

    def test_on_32_bit(self):
        done = self.imported_with("sys.maxsize = 2**31 - 1")
        assert done.returncode == 1
        assert done.stderr.strip().splitlines()[-1].startswith("ImportError: ") and "64-bit" in done.stderr


class TestMemory:
    def test_blocks_are_counted(self):
        before = len(live_blocks)
        block = malloc(10)
        assert live_blocks[block] == 10 and len(live_blocks) == before + 1
        free(block)
        assert len(live_blocks) == before

    def test_a_block_survives_python_objects(self):
        pointer = cast(malloc(sizeof(WSAOVERLAPPED)), LPWSAOVERLAPPED)
        memset(pointer, 0x11, sizeof(WSAOVERLAPPED))
        address = cast(pointer, LPVOID).value
        del pointer
        gc.collect()
        assert _memory.read(address, 4) == b"\x11\x11\x11\x11"
        free(address)

    def test_free_takes_null_and_pointers(self):
        free(NULL)
        free(LPWSAOVERLAPPED())
        free(cast(malloc(8), LPDWORD))

    def test_free_twice_or_of_a_stranger_is_refused(self):
        block = malloc(8)
        free(block)
        with pytest.raises(ValueError, match="freed already"):
            free(block)
        with pytest.raises(ValueError, match="not a block"):
            free(12345)

    @pytest.mark.parametrize("size", [-1, 2**63])
    def test_malloc_refuses_what_is_no_size(self, size):
        with pytest.raises(ValueError):
            malloc(size)
        with pytest.raises(TypeError):
            malloc("8")

    def test_malloc_of_more_than_there_is(self):
        assert malloc(2**62) is NULL

    def test_a_freed_block_is_poisoned_and_says_so(self):
        pointer = cast(malloc(4096), LPWSAOVERLAPPED)
        memset(pointer, 0, 4096)
        view = pointer.contents
        poisoned = []
        poison, stdlib._HeapFree = stdlib._HeapFree, lambda heap, flags, block: poisoned.append(_memory.read(block + 16, 4096))
        try:
            free(pointer)
        finally:
            stdlib._HeapFree = poison
        assert poisoned == [b"\xdd" * 4096]
        assert "freed" in repr(pointer) and "freed" in repr(view)
        stdlib._HeapFree(stdlib._GetProcessHeap(), 0, addressof(view) - 16)

    @pytest.mark.parametrize(
        ("at", "words"),
        [(10, r"behind .*\(1 or"), (25, r"behind .*\(16 or"), (-1, r"before .*\(1 or"), (-16, r"before .*\(16 or")],
    )
    def test_free_refuses_a_block_beyond_whose_ends_something_was_written(self, at, words):
        block = malloc(10)
        memset(block, 0xFD, 10)
        there = _memory.read(block + at, 1)
        memset(block + at, 0, 1)
        for _ in range(2):
            with pytest.raises(ValueError, match=f"^free: 0x{block:x}: .*block of 10 bytes"):
                free(block)
            with pytest.raises(ValueError, match=words):
                free(LPBYTE.from_buffer(c_void_p(block)))
        assert live_blocks[block] == 10 and _memory.read(block, 10) == b"\xfd" * 10  # to be looked at
        memset(block + at, there[0], 1)
        free(block)

    def test_free_sees_what_a_recv_wrote_beyond_a_block(self, pair):
        block = malloc(sizeof(LPWSABUF))  # the pointer's size, where the structure's was meant
        guard = _memory.read(block + 8, 16)
        pair[1].sendall(b"sixteen or so....")
        assert recv(pair[0].fileno(), block, 16, 0) == 16
        with pytest.raises(ValueError, match=r"behind this block of 8 bytes \(8 or more of them\).*size that of a pointer"):
            free(block)
        memmove(block + 8, guard, 16)
        free(block)

    def test_the_latest_thousand_freed_blocks_are_remembered(self):
        blocks = [malloc(8) for _ in range(1001)]
        for block in blocks:
            free(block)
        assert list(_memory.freed_blocks) == blocks[1:]
        for block, words in (blocks[0], "is not a block of malloc's"), (blocks[1], "was freed already"):
            with pytest.raises(ValueError, match=f"^free: 0x{block:x} {words}$"):
                free(block)
        first, last = blocks[1], blocks[-1]
        seen = [_memory.is_freed(block + at) for block in (first, last) for at in (-1, 0, 7, 8)]
        assert seen == [False, True, True, False] * 2

    def test_blocks_are_aligned_for_everything(self):
        blocks = [malloc(size) for size in range(40)]
        assert all(block % 16 == 0 for block in blocks)
        for block in blocks:
            free(block)


class TestRepr:
    def test_structures(self):
        address = SOCKADDR_IN(AF_INET, htons(9190))
        address.sin_addr.S_un.S_addr = inet_addr(b"127.0.0.1")
        assert repr(address) == "SOCKADDR_IN(AF_INET, 127.0.0.1:9190)"
        assert repr(WSAOVERLAPPED(0x103)).startswith("OVERLAPPED(Internal=STATUS_PENDING (259), ")
        assert repr(WSABUF()) == "WSABUF(len=0, buf=NULL)"

    @pytest.mark.parametrize(
        ("length", "tail"), [(5, "-> b'xxxxx'"), (32, f"-> b'{'x' * 32}'"), (33, f"-> b'{'x' * 32}'... (33)")]
    )
    def test_a_buffer_shows_how_it_begins(self, length, tail):
        buffer = ctypes.create_string_buffer(b"x" * 40)
        address = hex(ctypes.addressof(buffer))
        assert repr(WSABUF(length, buffer)) == f"WSABUF(len={length}, buf={address} {tail})"
        assert repr(WSABUF(length, cast(0x10, PBYTE))) == f"WSABUF(len={length}, buf=0x10 (not readable))"

    def test_pointers(self):
        assert repr(LPWSABUF()) == "LPWSABUF(NULL)"
        assert "-> WSABUF(len=5" in repr(LPWSABUF(WSABUF(5)))
        assert "not readable" in repr(cast(0x10, LPWSABUF))

    @pytest.mark.parametrize("name", [n for n in winsock_ctypes.__all__ if isinstance(getattr(winsock_ctypes, n), type)])
    def test_never_raises_whatever_the_bytes(self, name):
        ctype = getattr(winsock_ctypes, name)
        if not issubclass(ctype, (ctypes.Structure, ctypes.Union)):
            return
        for byte in (0x00, 0x01, 0x7F, 0x80, 0xFF):
            instance = ctype()
            ctypes.memset(byref(instance), byte, sizeof(instance))
            assert len(repr(instance)) < 2000


def test_the_socket_module_and_the_package_live_together(pair):
    """`from winsock_ctypes import *` brings a `socket` of its own, Python's module is another matter."""
    assert isinstance(pair[0], pysocket.socket) and callable(socket)
