"""docs/errata.md, proven: each test puts the printed behaviour back into a port's source, runs that, and sees the defect.

A replacement must apply, and what it replaces must carry the mark of its erratum: so page, code and evidence stay together.
"""

import ctypes
import os
import re
import socket as pysocket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from ctypes import byref, cast, sizeof

import pytest

from tests.support.bounds import HANDLES
from tests.support.deviations import LENGTH_IS_SPOILT, RESET_ENDS_THE_SERVER
from tests.support.processes import (
    EXAMPLES,
    PATIENCE,
    ROOT,
    Ended,
    Load,
    Program,
    Server,
    echo,
    first_echo,
    flood,
    free_port,
    receive,
    reset,
)
from winsock_ctypes import *

PAGE = (ROOT / "docs" / "errata.md").read_text("utf-8")
SERVER, CLIENT = "overlapped_echo_server", "echo_client"


def marks(text):
    return {int(number) for found in re.findall(r"# erratum (\d+(?:, \d+)*)", text) for number in found.split(", ")}


@pytest.fixture
def printed(tmp_path):
    """printed(NAME, {N: [(THE PORT'S, THE PRINTED), ...]}, WATCH): an example with erratum N put back, as a file.

    The port's text must end with a mark of erratum N. WATCH are replacements that only let the test see more.
    """

    def put_back(name, errata, watch=()):
        source = (EXAMPLES / f"{name}.py").read_text("utf-8")
        for number, changes in errata.items():
            for old, new in changes:
                assert number in marks(old), f"{old!r} is not marked as erratum {number}"
                assert old in source, f"{name}.py does not contain {old!r} any more"
                source = source.replace(old, new)
        for old, new in watch:
            assert old in source, f"{name}.py does not contain {old!r} any more"
            source = source.replace(old, new)
        path = tmp_path / f"{name}.py"
        path.write_text(source, "utf-8")
        return path

    return put_back


def running(source, *arguments):
    """The client, or a server that is not watched."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(EXAMPLES), str(ROOT)))}
    return Program([sys.executable, source, *arguments], env=environment)


def end_of(source, *arguments):
    with running(source, *arguments) as program:
        return program.wait(), program.err


@contextmanager
def client_of(source):
    """The client, and the connection that it makes to this test."""
    with pysocket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(PATIENCE)
        with running(source, "127.0.0.1", listener.getsockname()[1]) as client:
            connection, _ = listener.accept()
            connection.settimeout(PATIENCE)
            with connection:
                yield client, connection


class TestPage:
    def test_it_lists_exactly_the_marks(self):
        marked = {path.name: marks(path.read_text("utf-8")) for path in EXAMPLES.glob("*.py")}
        entries = [int(number) for number in re.findall(r"^### Erratum (\d+):", PAGE, re.MULTILINE)]
        assert sorted(entries) == sorted(set().union(*marked.values())) == list(range(1, len(entries) + 1))
        assert all(name in PAGE for name, numbers in marked.items() if numbers)

    def test_every_mark_is_understood(self):
        for path in EXAMPLES.glob("*.py"):
            for line in path.read_text("utf-8").splitlines():
                if "# errat" in line and "`# erratum N`" not in line:
                    assert re.search(r"  # erratum \d+(, \d+)*$", line), line

    def test_every_entry_has_its_parts_and_its_test(self):
        entries = re.split(r"^### ", PAGE, flags=re.MULTILINE)[1:]
        tests = []
        for entry in entries:
            last = "**The port.**" if entry.startswith("Erratum") else "**What helps.**"
            for part in ("**Printed.**", "**What goes wrong.**", last):
                assert part in entry, f"{entry.splitlines()[0]}: no {part}"
            tests += re.findall(r"^Test: `(test_\w+)`$", entry, re.MULTILINE)
        there = [name for cls in (TestErrata, TestModel) for name in vars(cls) if name.startswith("test_")]
        assert len(tests) == len(entries) and sorted(tests) == sorted(there)


# What is put back where more than one test needs it.
FAILED = "if error == SOCKET_ERROR and WSAGetLastError() != WSA_IO_PENDING:  # erratum 2, 16"
CALLS_UNCHECKED = [(FAILED, "if False:")]
DWERROR_IGNORED = [
    ("if dwError != 0 or szRecvBytes == 0 or not running:  # erratum 3, 13", "if szRecvBytes == 0:"),
    ("if dwError != 0 or szSendBytes < bufInfo.len:  # erratum 3, 19", "if False:"),
]


class TestErrata:
    def test_01_the_receive_window_only_shrinks(self, printed):
        def reads(errata):
            head = "def ReadComRoutine(dwError, szRecvBytes, lpOverlapped, flags):\n"
            watch = [(head, f"{head}    print('read', szRecvBytes, file=sys.stderr, flush=True)\n")]
            with Server(SERVER, source=printed(SERVER, errata, watch)) as server:
                with server.connect() as client:
                    for size in (12, 2, 12, 1, 12):
                        assert echo(client, bytes(size)) == bytes(size)
                server.wait_for_line("Client disconnected", 2)
                server.report()  # comes to standard error after all reads
                return [int(line.split()[1]) for line in server.err if line.startswith("read ")][1:]

        port = reads({})
        as_printed = reads({1: [("bufInfo.len = BUF_SIZE  # erratum 1", "pass")]})
        print(f"messages of 12, 2, 12, 1, 12 bytes, and the end: {len(port)} reads in the port, {len(as_printed)} as printed")
        assert sum(port) == sum(as_printed) == 39
        assert max(port[-3:]) > 1 and len(port) <= 10
        assert set(as_printed[-13:]) == {1, 0} and len(as_printed) >= 20

    def leaks(self, printed, errata, patience):
        with Server(SERVER, source=printed(SERVER, errata)) as server:
            before = server.report()
            for client in [flood(server) for _ in range(2)]:
                reset(client)
            with server.connect() as client:
                assert echo(client, b"some passes later") == b"some passes later"
            try:
                server.wait_for_line("Client disconnected", 4, patience)
            except TimeoutError:
                pass
            after = server.report()
        return after["blocks"] - before["blocks"], after["handles"] - before["handles"]

    def test_02_a_call_that_fails_is_not_noticed(self, printed):
        """An operation has failed, the next is started all the same (erratum 3), and nobody hears that it fails at once."""
        checked = self.leaks(printed, {3: DWERROR_IGNORED}, PATIENCE)
        as_printed = self.leaks(printed, {2: CALLS_UNCHECKED, 3: DWERROR_IGNORED}, 2)
        print(f"2 clients that never read, then reset: blocks, sockets left: {checked} if calls are checked, else {as_printed}")
        assert checked[0] == 0 and checked[1] in HANDLES
        blocks, sockets = as_printed  # on Windows and on Wine some of the calls may succeed after all
        assert blocks > 0 and blocks % 2 == 0 and sockets - blocks // 2 in HANDLES

    def test_03_dwerror_is_not_looked_at(self, printed):
        def goes_on_after(errata):
            receive_again = "    bufInfo.len = BUF_SIZE  # erratum 1\n"
            watch = [(receive_again, f"{receive_again}    print('sent', dwError, file=sys.stderr, flush=True)\n")]
            with Server(SERVER, source=printed(SERVER, errata, watch)) as server:
                for count in range(2, 7 if errata else 3):  # the reset may also come between two operations
                    reset(flood(server))
                    server.wait_for_line("Client disconnected", count)
                    server.report()  # comes to standard error after what was printed there before
                    seen = {line for line in server.err if line.startswith("sent ")}
                    if errata and seen != {"sent 0"}:
                        break
                return seen

        port, as_printed = goes_on_after({}), goes_on_after({3: DWERROR_IGNORED})
        print(f"dwError of the sends after which a receive was started: {port} in the port, {as_printed} as printed")
        assert port == {"sent 0"} and as_printed - port

    def test_04_a_client_that_resets_before_accept_ends_the_server(self, printed):
        gone = "WSAGetLastError() in (WSAEWOULDBLOCK, WSAECONNRESET, WSAENOTCONN):  # erratum 4"
        change = (gone, "WSAGetLastError() == WSAEWOULDBLOCK:")
        with Server(SERVER, source=printed(SERVER, {4: [change]})) as server:
            for count in range(1, 6):  # noqa: B007
                reset(server.connect())
                try:
                    server.process.wait(0.5)
                    break
                except subprocess.TimeoutExpired:
                    pass
            ended = server.process.poll() is not None
            assert ended in RESET_ENDS_THE_SERVER
            if not ended:
                with server.connect() as client:
                    assert echo(client, b"still there") == b"still there"
                print(f"{count} clients reset: this system accepts a connection that was reset")
                return
            server.wait()
            print(f"ended after {count} client(s): exit status {server.process.returncode}, {server.err[0]!r}")
            assert server.process.returncode == 1 and server.err[0].startswith("accept() error!")

    def test_05_the_client_receives_past_its_buffer(self, printed):
        def past_the_end(errata):
            room = "room = (CHAR * 8192)(); message, newLine = (CHAR * BUF_SIZE).from_buffer(room), True"
            count = "print('past the end:', len(room.raw[BUF_SIZE:].rstrip(b'\\0')), file=sys.stderr)"
            add = "            readLen += recvLen\n"
            watch = [
                (add, f"{add}            print('received', recvLen, file=sys.stderr, flush=True)\n"),
                ("message, newLine = (CHAR * BUF_SIZE)(), True  # erratum 21", room),
                ("    closesocket(hSocket)", f"    {count}"),
            ]
            with client_of(printed(CLIENT, errata, watch)) as (client, connection):
                client.type(b"m" * 1022 + b"\n")
                assert len(receive(connection, 1023)) == 1023
                connection.sendall(b"a" * 500)
                client.wait_until(lambda: "received 500" in client.err)
                connection.sendall(b"b" * 2000)
                client.type(b"Q\n")
                client.wait()
                return int(re.search(r"past the end: (\d+)", client.err[-1])[1])

        port = past_the_end({})
        as_printed = past_the_end({5: [("strLen - readLen, 0)  # erratum 5", "BUF_SIZE - 1, 0)")]})
        print(f"bytes written past the end of message: {port} in the port, {as_printed} as printed")
        assert port == 0 and as_printed == 499

    @pytest.mark.parametrize("how", ["close", "reset"])
    def test_06_the_client_loops_for_ever_when_the_server_is_gone(self, printed, how):
        unchecked = [("if recvLen <= 0:  # erratum 6", "if False:")]
        add = "            readLen += recvLen\n"
        tell = "            calls += 1\n            if calls == 1000: print(calls, readLen, file=sys.stderr, flush=True)\n"
        watch = [(add, add + tell), ("readLen = 0\n", "readLen = calls = 0\n")]
        with client_of(printed(CLIENT, {6: unchecked}, watch)) as (client, connection):
            client.type(b"hello\n")
            assert receive(connection, 6) == b"hello\n"
            connection.close() if how == "close" else reset(connection)
            client.wait_until(lambda: client.err)
            calls, length = map(int, client.err[0].split())
            print(f"server gone ({how}): {calls} calls of recv and no end, readLen is {length}")
            assert client.process.poll() is None
            assert length == 0 if how == "close" else length < 0

    def test_07_the_client_does_not_see_the_end_of_its_input(self, printed):
        quit = 'if {}newLine and (not strcmp(message, "q\\n") or not strcmp(message, "Q\\n")):\n            break'
        change = (quit.format("not line or ") + "  # erratum 7, 21", quit.format(""))
        watch = [("strLen = sizeof(line)", "strLen = strlen(message)")]  # fgets leaves message as it is, and there is no line
        source = printed(CLIENT, {7: [change]}, watch)
        with Server(SERVER) as server, running(source, "127.0.0.1", server.port) as client:
            client.type(b"typed once\n")
            client.process.stdin.close()
            client.wait_until(lambda: client.output.count(b"Message from server : typed once\n") > 100)
            assert client.process.poll() is None
            print("one line was typed; the client has sent it more than 100 times and goes on")

    def test_08_winsock_is_left_open(self, printed):
        last = "    exit(main(len(sys.argv), sys.argv))"
        count = "print('one more', sum(WSACleanup() == 0 for _ in range(9)), file=sys.stderr)"
        watch = [(last, f"    main(len(sys.argv), sys.argv)\n    {count}")]
        seen = []
        for errata in ({}, {8: [("WSACleanup()  # erratum 8", "pass")]}):
            with Server(SERVER, source=printed(SERVER, errata, watch)) as server:
                server.interrupt()
                seen += [line for line in server.err if line.startswith("one more")]
        print(f"how often WSACleanup succeeds after main: {seen[0]!r} in the port, {seen[1]!r} as printed")
        port, as_printed = (int(line.split()[-1]) for line in seen)
        assert as_printed == port + 1  # other libraries in the process may have called WSAStartup, too

    def test_09_a_socket_in_32_bits(self, printed):
        change = ("hbInfo.hClntSock = hRecvSock  # erratum 9", "hbInfo.hClntSock = DWORD(hRecvSock).value")
        with Server(SERVER, source=printed(SERVER, {9: [change]})) as server, server.connect() as client:
            assert echo(client, b"nothing to see") == b"nothing to see"  # a socket's number is small in practice
        assert ctypes.sizeof(SOCKET) == 8 and ctypes.sizeof(DWORD) == 4
        assert DWORD(0x1_0000_0124).value == 0x124  # the number of another socket
        assert DWORD(INVALID_SOCKET).value != INVALID_SOCKET

    @pytest.mark.parametrize(
        ("name", "change", "parameter"),
        [
            (SERVER, ("INT(), DWORD(0)  # erratum 10", "INT(), DWORD(0); mode = INT(1)"), "argp"),
            ("nonblocking_accept", ("mode = u_long(1)  # erratum 10", "mode = INT(1)"), "argp"),
            (SERVER, ("INT(), DWORD(0)  # erratum 10", "INT(), INT(0)"), "lpFlags"),
        ],
    )
    def test_10_an_int_where_another_type_is_declared(self, printed, name, change, parameter):
        """A C compiler warns of the pointer. ctypes is as strict as a C++ compiler."""
        port = free_port()
        with running(printed(name, {10: [change]}), *([port] if name == SERVER else [])) as program, ExitStack() as stack:
            if parameter == "lpFlags":
                stack.enter_context(program.connect_to(port))
            assert program.wait() == 1
        print(program.err[-1])
        assert program.err[-1].startswith("ctypes.ArgumentError") and parameter in program.err[-1]

    def test_11_numbers_and_addresses_are_not_checked(self, printed):
        number = "if not (argv[1].isdecimal() and 0 < atoi(argv[1]) < 65536):  # erratum 11"
        server_source = printed(SERVER, {11: [(number, "if False:")]})
        port = free_port()
        with running(server_source, 65536 + port) as server, server.connect_to(port) as client:
            assert echo(client, b"x") == b"x"  # told one port, listening at another
        with running(server_source, "http") as server:
            time.sleep(1)
            assert server.process.poll() is None  # port 0: it listens at some port, and does not tell which
        address = ("if servAdr.sin_addr.S_un.S_addr == INADDR_NONE:  # erratum 11", "if False:")
        status, err = end_of(printed(CLIENT, {11: [address]}), "localhost", port)
        print(f"port 65536 + n is port n; 'http' is any port; the address 'localhost' is 255.255.255.255: {err[0]}")
        assert status == 1 and err[0].startswith("connect() error")

    SEND = "if send(hSocket, message, strLen, 0)"

    def test_12_the_result_of_send_is_not_looked_at(self, printed):
        change = (f"{self.SEND} == SOCKET_ERROR:  # erratum 12, 15", f"{self.SEND} and False:")
        ends = []
        for errata in ({}, {12: [change]}):
            with client_of(printed(CLIENT, errata)) as (client, connection):
                client.type(b"one\n")
                connection.sendall(receive(connection, 4))
                client.wait_until(lambda: b"Message from server : one\n" in client.output)  # noqa: B023
                reset(connection)
                time.sleep(0.2)
                client.type(b"two\n")
                client.process.stdin.close()
                client.wait()
                ends.append("\n".join(client.err))
        print(f"the server is gone before the second line: {ends[0]!r} in the port, {ends[1]!r} as printed")
        assert ends[0].startswith("send() error") and ends[1].startswith("recv() error")

    def test_13_the_server_has_no_end(self, printed):
        handler = ("signal.signal(signal.SIGINT, lambda signum, frame: running.clear())  # erratum 13", "pass")
        last = "    closesocket(hLisnSock)\n"
        watch = [(last, f"{last}    puts('after the loop')\n")]
        ends = []
        for errata in ({}, {13: [handler]}):
            with Server(SERVER, source=printed(SERVER, errata, watch)) as server, server.connect() as client:
                assert echo(client, b"x") == b"x"
                status, _, _ = server.interrupt()
                ends.append((status, server.out[-1], any("KeyboardInterrupt" in line for line in server.err)))
        print(f"Ctrl+C: exit status and last line {ends[0][:2]} in the port; the loop as printed is left by a traceback")
        assert ends[0] == (0, "after the loop", False)
        assert ends[1][0] != 0 and ends[1][1:] == ("Client connect..", True)

    @pytest.mark.parametrize("name", [SERVER, CLIENT])
    def test_14_a_character_where_a_string_belongs(self, printed, name):
        """C's fputs itself is called, with the number of the character for an address."""
        fputs = (
            'import ctypes; crt = ctypes.CDLL("ucrtbase"); '
            "crt.__acrt_iob_func.restype = ctypes.c_void_p; "
            'crt.fputs(ctypes.c_void_p(ord("\\n")), ctypes.c_void_p(crt.__acrt_iob_func(2)))'
        )
        source = printed(name, {14: [('fputs("\\n", stderr)  # erratum 14', fputs)]})
        with pysocket.create_server(("0.0.0.0", 0)) as taken:  # a port at which the one cannot listen, nor the other connect
            port = taken.getsockname()[1]
            if name == CLIENT:
                taken.close()
            status, err = end_of(source, *([port] if name == SERVER else ["127.0.0.1", port]))
        print(err[-1])
        # at 10 itself, or where strlen begins to look: up to 63 bytes before, as much as it reads at a time
        assert status != 0 and re.search(r"access violation reading 0x00000000000000(00|0A)$", err[-1])

    def test_15_the_address_of_a_function_for_a_length(self, printed):
        address = "ctypes.cast(ctypes.CDLL('ucrtbase').strlen, ctypes.c_void_p).value"
        strlen = f"import ctypes; strlen = ctypes.c_int({address} & 0xFFFFFFFF).value"  # what C makes of it
        printed_send = self.SEND.replace("strLen", "strlen")
        change = (f"{self.SEND} == SOCKET_ERROR:  # erratum 12, 15", f"{printed_send} == SOCKET_ERROR:")
        tell = f"        {strlen}; print('length', strlen, file=sys.stderr, flush=True)\n"
        watch = [("        if send(", f"{tell}        if send(")]
        with client_of(printed(CLIENT, {15: [change]}, watch)) as (client, connection):
            client.type(b"hello\n")
            got = b""
            try:
                while len(got) <= 6 and (piece := connection.recv(65536)):
                    got += piece
            except ConnectionError:
                pass
        print(f"6 bytes were typed; send got a {client.err[0]}, and {len(got)} bytes or more arrived: {got[:8]!r}")
        assert abs(int(client.err[0].split()[1])) > 1_000_000
        assert len(got) > 6 or "send() error" in "\n".join(client.err)

    def test_16_a_byte_count_that_tells_nothing(self, printed):
        port, given = (
            f"error = WSARecv(hSock, byref(bufInfo), 1, {count}, byref(flagInfo), lpOverlapped, ReadComRoutine)\n    "
            for count in ("NULL", "byref(recvBytes)")
        )
        change = (f"{port}{FAILED}", f"recvBytes = DWORD(77)\n    {given}{FAILED}")
        head = "def ReadComRoutine(dwError, szRecvBytes, lpOverlapped, flags):\n"
        after = "\n\n\ndef ErrorHandling("  # the end of WriteComRoutine
        watch = [
            ("recvBytes = DWORD(77)", "global recvBytes; recvBytes = DWORD(77)"),
            (head, f"{head}    print('read', szRecvBytes, globals().get('recvBytes'), file=sys.stderr, flush=True)\n"),
            (after, f"\n    print('receiving', file=sys.stderr, flush=True){after}"),
        ]
        with Server(SERVER, source=printed(SERVER, {16: [change]}, watch)) as server:
            with server.connect() as client:
                assert echo(client, b"first") == b"first"
                server.wait_until(lambda: "receiving" in server.err)  # the next receive is pending
                assert echo(client, b"second") == b"second"
            server.wait_for_line("Client disconnected", 2)
            line = next(line for line in server.err if line.startswith("read 6"))
        print(f"the routine is told 6 bytes; recvBytes, which was 77 before, is still {line.split()[2:]}")
        assert "77" in line

    def test_17_the_length_of_the_address_is_given_once(self, printed):
        """accept writes to it; what it leaves when the client has reset already is the room that the next one is given."""
        with pysocket.create_server(("127.0.0.1", 0)) as listener:
            seen = []
            for length in (128, 0):
                adr, adrSz = SOCKADDR_STORAGE(), INT(length)
                with pysocket.create_connection(listener.getsockname()):
                    hSock = accept(listener.fileno(), cast(byref(adr), LPSOCKADDR), byref(adrSz))
                    seen.append(WSAGetLastError() if hSock == INVALID_SOCKET else adrSz.value)
                    closesocket(hSock)
        print(f"accept with a length of 128 leaves {seen[0]}; with a length of 0 it fails: {seen[1]!r}")
        assert seen == [sizeof(SOCKADDR_IN), WSAEFAULT]

        change = ("recvAdrSz.value = sizeof(recvAdr)  # erratum 17", "pass")
        loop = "    while running:\n        SleepEx"
        once = [(loop, f"    recvAdrSz.value = sizeof(recvAdr)\n{loop}")]
        for errata, watch, spoilt in (({}, [], {False}), ({17: [change]}, once, LENGTH_IS_SPOILT)):
            with Server(SERVER, source=printed(SERVER, errata, watch)) as server:
                try:
                    for _ in range(5):  # one is accepted in a pass: the last ones have reset before
                        reset(server.connect())
                    with server.connect() as client:
                        served = echo(client, b"next") == b"next"
                except (ConnectionError, Ended):  # Ended: it is refused, since the server has ended already
                    served = False
                if not served:
                    assert server.wait() == 1
                    print(f"5 clients reset, the next one ends the server: {server.err[0]!r}")
                    assert server.err[0] == "accept() error! WSAEFAULT (10014)"
                assert (not served) in spoilt

    def test_18_an_error_without_its_reason(self, printed):
        change = ('fputs(f"{message} {WSAGetLastError()!r}", stderr)  # erratum 18', "fputs(message, stderr)")
        ends = [end_of(printed(CLIENT, errata), "127.0.0.1", free_port()) for errata in ({}, {18: [change]})]
        print(f"nobody listens: {ends[0][1]} in the port, {ends[1][1]} as printed")
        assert [err for _, err in ends] == [["connect() error! WSAECONNREFUSED (10061)"], ["connect() error!"]]

    def test_19_what_a_send_left_over_is_lost(self, printed):
        """No system here sends a part of what an overlapped send is given, so the routine is told that one was."""
        head = "def WriteComRoutine(dwError, szSendBytes, lpOverlapped, flags):\n"
        count = "    szSendBytes = min(szSendBytes, 600)\n"
        watch = [
            (head, head + count),
            ("buf_Info.len = szRecvBytes\n", "buf_Info.len = min(szRecvBytes, 600)\n"),
            (
                "        error = WSASend(",
                "        sending = byref(WSABUF(buf_Info.len, buf_Info.buf)); buf_Info.len = szRecvBytes\n"
                "        error = WSASend(",
            ),
            ("WSASend(hSock, byref(buf_Info), 1", "WSASend(hSock, sending, 1"),
        ]
        change = ("if dwError != 0 or szSendBytes < bufInfo.len:  # erratum 3, 19", "if dwError != 0:")
        data, came = bytes(range(250)) * 4, []
        for errata in ({}, {19: [change]}):
            with Server(SERVER, source=printed(SERVER, errata, watch)) as server, server.connect() as client:
                client.sendall(data)
                client.shutdown(pysocket.SHUT_WR)
                came.append(receive(client, len(data)))
        print(f"sends that stop after 600 bytes: of 1,000 come back {len(came[0])} in the port, {len(came[1])} as printed")
        assert came[0] == data and came[1] == data[:600]

    def test_20_a_zero_byte_hides_the_rest_of_a_line(self, printed):
        changes = [
            ("strLen = sizeof(line)  # erratum 20", "strLen = strlen(message)"),
            (
                'printf("Message from server : %s", message[:strLen])  # erratum 20',
                'printf("Message from server : %s", message)',
            ),
        ]
        came = []
        for errata in ({}, {20: changes}):
            with client_of(printed(CLIENT, errata)) as (client, connection):
                connection.shutdown(pysocket.SHUT_WR)  # so that the client ends when it has sent the line
                client.type(b"before\0after\n")
                came.append(receive(connection, 64))
        print(f"a line of 13 bytes with a zero byte: {came[0]!r} is sent by the port, {came[1]!r} as printed")
        assert came == [b"before\0after\n", b"before"]

    def test_21_the_rest_of_a_long_line_passes_for_a_q(self, printed):
        change = ('message[strLen - 1] == b"\\n"  # erratum 21', "True")
        typed = b"m" * 1023 + b"Q\nnext\nQ\n"
        seen = []
        for errata in ({}, {21: [change]}):
            with Server(SERVER) as server, running(printed(CLIENT, errata), "127.0.0.1", server.port) as client:
                client.type(typed)
                client.process.stdin.close()
                status = client.wait()
                seen.append((b"Q\n" in client.output, b"next\n" in client.output, status))
        print(f"1,023 characters and a Q, then a line: {seen[0]} in the port, {seen[1]} as printed (Q, line came back; status)")
        assert seen == [(True, True, 0), (False, False, 0)]


class TestModel:
    def test_one_accept_per_pass(self):
        """Clients that only connect: each waits for a pass of its own, and a pass takes up to 100 ms."""

        def twenty(name):
            with Server(name) as server, ExitStack() as stack:
                started = time.monotonic()
                for count in range(2, 22):
                    stack.enter_context(server.connect())
                    server.wait_for_line("Client connect..", count)
                return time.monotonic() - started

        seconds = {SERVER: twenty(SERVER)}
        for _ in range(3):  # again only where the machine was busy with something else
            seconds["iocp_echo_server"] = twenty("iocp_echo_server")
            if seconds[SERVER] > 2 * seconds["iocp_echo_server"]:
                break
        print("20 clients, one after the other:", ", ".join(f"{name} {20 / took:.0f}/s" for name, took in seconds.items()))
        assert seconds[SERVER] > 2 * seconds["iocp_echo_server"] and seconds[SERVER] > 0.5

    def test_new_clients_starve_while_others_are_busy(self):
        """SleepEx does not come back as long as there is a completion routine to run."""

        def wait(name):
            with Server(name) as server, Load(server, 16):
                return first_echo(server, 3)

        waits = {"iocp_echo_server": wait("iocp_echo_server")}
        for _ in range(3):  # again only where the machine was busy with something else, and the load paused
            waits[SERVER] = wait(SERVER)
            if waits[SERVER] == float("inf"):
                break
        print("first echo of a new client, with 16 busy ones:", {name: f"{took:.3f} s" for name, took in waits.items()})
        assert waits[SERVER] == float("inf") and waits["iocp_echo_server"] < 3
