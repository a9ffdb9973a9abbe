"""What the examples make of their arguments, and what they then tell Winsock: in this process, and nothing is opened."""

import runpy
from ctypes import addressof, string_at

import pytest

from tests.support.processes import EXAMPLES
from winsock_ctypes import (
    AF_INET,
    CHAR,
    FALSE,
    FIONBIO,
    INADDR_LOOPBACK,
    INVALID_HANDLE_VALUE,
    NULL,
    PF_INET,
    SO_UPDATE_ACCEPT_CONTEXT,
    SOCK_STREAM,
    SOCKADDR_IN,
    SOL_SOCKET,
    SOMAXCONN,
    TRUE,
    WSA_FLAG_OVERLAPPED,
    free,
    htonl,
    htons,
    inet_addr,
    memmove,
)

LISTENS = {  # how many may wait, and whether the listener blocks
    "select_echo_server": (5, False),
    "overlapped_echo_server": (5, False),
    "event_echo_server": (5, False),
    "iocp_echo_server": (SOMAXCONN, False),
    "acceptex_echo_server": (SOMAXCONN, True),
    "fewer_calls_echo_server": (SOMAXCONN, False),
}
HAS_WORKERS = [name for name, (backlog, _) in LISTENS.items() if backlog == SOMAXCONN]
NONE = ("0", "-1", "65", "abc", "", "1.5", "9" * 20, "\uff18")  # no numbers of workers; and with 65536 for 65, no ports
SOCKET, PORT = 5, 7


@pytest.fixture(autouse=True)
def where_the_examples_are(monkeypatch):
    monkeypatch.syspath_prepend(str(EXAMPLES))


def imported(name):
    return runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name="imported")


class Reached(Exception):
    """The point up to which it is run."""


class Told(list):
    """Stands for the functions that the start calls, and remembers what they are told."""

    def function(self, name, result):
        def call(*arguments, **more):
            told = [*arguments, *more.values()]
            if name in ("bind", "connect"):
                told[1] = string_at(addressof(told[1]._obj), told[2])
            elif name == "ioctlsocket":
                told[2] = told[2]._obj.value
            self.append((name, *told))
            if result is Reached:
                raise Reached
            return result

        return call

    def takes_the_place(self, namespace, **results):
        """Of these functions, which then have these results."""
        namespace.update({name: self.function(name, result) for name, result in results.items()})

    def of(self, name):
        return [tuple(told) for called, *told in self if called == name]


class Thread:
    def start(self):
        pass

    def is_alive(self):
        return True


def start(name, *arguments, **instead):
    """What was told until it listens, or is about to connect; `instead` gives functions other results."""
    main = imported(name)["main"]
    return told_by(main, 1 + len(arguments), ["x.py", *arguments], **instead)


def told_by(main, *arguments, **instead):
    told = Told()
    results = {"WSAStartup": 0, "socket": SOCKET, "WSASocket": SOCKET, "ioctlsocket": 0, "bind": 0}
    results |= {"CreateIoCompletionPort": PORT, "Thread": Thread(), "listen": Reached, "connect": Reached}
    results |= instead
    told.takes_the_place(main.__globals__, **results)
    with pytest.raises(Reached):
        main(*arguments)
    return told


def refused(capsys, name, *arguments):
    """How it ends before it has called anything: the exit code, or the text that is shown with code 1."""
    main = imported(name)["main"]
    Told().takes_the_place(main.__globals__, WSAStartup=Reached)
    with pytest.raises(SystemExit) as ended:
        main(1 + len(arguments), ["x.py", *arguments])
    return ended.value.code, capsys.readouterr().out


def address(host, port):
    made = SOCKADDR_IN()
    made.sin_family, made.sin_port, made.sin_addr.S_un.S_addr = AF_INET, htons(port), host
    return bytes(made)


@pytest.mark.parametrize("name", [*LISTENS, "echo_client"])
def test_the_buffers_are_as_large_as_the_book_s(name):
    example = imported(name)
    assert example["BUF_SIZE"] == 1024
    assert name == "echo_client" or example["PER_IO_DATA"].buf.size == 1024
    assert example.get("ADR_SIZE", 32) == 32  # as AcceptEx asks for: 16 more than a SOCKADDR_IN


@pytest.mark.parametrize("port", [1, 9190, 65535])
@pytest.mark.parametrize("name", LISTENS)
def test_where_a_server_listens(name, port):
    told = start(name, str(port))
    backlog, blocks = LISTENS[name]
    assert told.of("WSAStartup")[0][0] == 0x0202
    plain, overlapped = [(PF_INET, SOCK_STREAM, 0)], [(PF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED)]
    assert (told.of("socket"), told.of("WSASocket")) == ((plain, []) if name.startswith("select") else ([], overlapped))
    assert told.of("ioctlsocket") == ([] if blocks else [(SOCKET, FIONBIO, 1)])
    assert told.of("bind") == [(SOCKET, address(htonl(0), port), 16)]
    assert told.of("listen") == [(SOCKET, backlog)]


@pytest.mark.parametrize(
    ("name", "wait", "told_last"),
    [
        ("overlapped_echo_server", "SleepEx", (100, TRUE)),
        ("event_echo_server", "WSAWaitForMultipleEvents", (FALSE, 100, FALSE)),
        ("iocp_echo_server", "WSAPoll", (1, 100)),
        ("fewer_calls_echo_server", "WSAPoll", (1, 100)),
    ],
)
def test_a_server_waits_before_it_asks_who_is_there(name, wait, told_last):
    told = start(name, "9190", listen=0, accept=Reached, WSACreateEvent=9, **{wait: 0})
    assert [function for function, *_ in told[-2:]] == [wait, "accept"]
    assert told.of(wait)[0][-len(told_last) :] == told_last


def test_the_select_server_waits_a_tenth_of_a_second():
    told = start("select_echo_server", "9190", listen=0, select=0, accept=Reached)
    assert [function for function, *_ in told[-2:]] == ["select", "accept"]
    timeout = told.of("select")[0][-1]._obj
    assert (timeout.tv_sec, timeout.tv_usec) == (0, 100_000)


def test_the_server_with_AcceptEx_starts_sixteen_and_waits():
    told = start("acceptex_echo_server", "9190", listen=0, WSAIoctl=0, StartAccept=0, SleepEx=Reached)
    assert len(told.of("StartAccept")) == 16 and told.of("SleepEx") == [(100, FALSE)]
    free(addressof(told.of("StartAccept")[0][0]))


def test_where_the_program_of_non_blocking_sockets_listens():
    main = imported("nonblocking_accept")["main"]
    told = told_by(main)
    assert told.of("ioctlsocket") == [(SOCKET, FIONBIO, 1)]
    assert told.of("bind") == [(SOCKET, address(htonl(INADDR_LOOPBACK), 0), 16)] and told.of("listen") == [(SOCKET, 5)]


@pytest.mark.parametrize(("arguments", "workers"), [((), 1), (("1",), 1), (("3",), 3), (("64",), 64)])
@pytest.mark.parametrize("name", HAS_WORKERS)
def test_as_many_workers_as_are_asked_for(name, arguments, workers):
    told = start(name, "9190", *arguments)
    assert told.of("CreateIoCompletionPort") == [(INVALID_HANDLE_VALUE, NULL, 0, workers)]
    assert [(args, daemon) for _, args, daemon in told.of("Thread")] == [([PORT], True)] * workers


def test_where_the_client_connects_to():
    for host, port in (("127.0.0.1", 1), ("10.1.2.3", 65535)):
        told = start("echo_client", host, str(port))
        assert told.of("WSAStartup")[0][0] == 0x0202 and told.of("socket") == [(PF_INET, SOCK_STREAM, 0)]
        assert told.of("connect") == [(SOCKET, address(inet_addr(host.encode()), port), 16)]


@pytest.mark.parametrize(("error", "refused"), [(0, 0), (0, -1), (64, 0)])
def test_a_socket_of_AcceptEx_is_told_whose_it_is(error, refused):
    """Wine knows it without that; on Windows getpeername would fail."""
    example = imported("acceptex_echo_server")
    told, routine = Told(), example["AcceptComRoutine"]
    results = {"StartAccept": 0, "setsockopt": refused, "getpeername": 0, "CreateIoCompletionPort": PORT}
    results |= {"WriteComRoutine": 0, "closesocket": 0, "puts": 0, "free": 0}
    told.takes_the_place(routine.__globals__, **results)
    listening, info = example["PER_HANDLE_DATA"](hClntSock=SOCKET), example["PER_IO_DATA"](hAcptSock=6)
    routine(error, PORT, listening, info)
    begun, context = ["StartAccept"], ["setsockopt"] * (not error)
    if error or refused:
        assert [function for function, *_ in told] == begun + context + ["closesocket", "free"]
        assert told.of("closesocket") == [(6,)] and told.of("free")[0][0]._obj is info
        return
    assert [function for function, *_ in told[:2]] == begun + context
    socket, level, option, listener, size = told.of("setsockopt")[0]
    assert (socket, level, option, listener._obj.value, size) == (6, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, SOCKET, 8)
    whose = told.of("WriteComRoutine")[0][2]
    assert told.of("WriteComRoutine") == [(0, 0, whose, info)] and whose.hClntSock == 6
    assert told.of("CreateIoCompletionPort") == [(6, PORT, addressof(whose), 0)]
    free(addressof(whose))


def test_what_has_come_is_sent_before_select_is_asked_again():
    example = imported("select_echo_server")
    told, info = Told(), example["PER_IO_DATA"](hClntSock=SOCKET, rwMode=example["READ"])
    routine = example["ReadRoutine"]
    told.takes_the_place(routine.__globals__, recv=3, send=3)
    routine(info)
    assert [(name, socket, size) for name, socket, _, size, _ in told] == [("recv", SOCKET, 1024), ("send", SOCKET, 3)]
    assert (info.len, info.rwMode) == (3, example["READ"])


def test_the_client_asks_for_no_more_than_is_to_come(capsys):
    main = imported("echo_client")["main"]
    told, lines, pieces = Told(), [b"hello\n", b""], [b"he", b"llo\n"]

    def fgets(message, size, stream):
        message.value = line = lines.pop(0)
        return (CHAR * len(line))(*line) if line else NULL

    def recv(socket, place, size, flags):
        told.append(("recv", socket, size, flags))
        memmove(place, pieces[0], len(pieces[0]))
        return len(pieces.pop(0))

    results = {"WSAStartup": 0, "socket": SOCKET, "connect": 0, "send": 6, "closesocket": 0, "WSACleanup": 0}
    told.takes_the_place(main.__globals__, **results)
    main.__globals__.update(fgets=fgets, recv=recv)
    assert main(3, ["x.py", "127.0.0.1", "9190"]) == 0
    assert told.of("recv") == [(SOCKET, 6, 0), (SOCKET, 4, 0)] and told.of("closesocket") == [(SOCKET,)]
    assert "Message from server : hello\n" in capsys.readouterr().out


@pytest.mark.parametrize("name", [*LISTENS, "echo_client"])
def test_what_is_no_port(name, capsys):
    before = ["127.0.0.1"] if name == "echo_client" else []
    for port in ("65536", *NONE):
        if port != "65":
            assert refused(capsys, name, *before, port) == (f"the port must be a number from 1 to 65535, not '{port}'", "")


@pytest.mark.parametrize("name", HAS_WORKERS)
def test_what_is_no_number_of_workers(name, capsys):
    for workers in NONE:
        told = f"the number of workers must be from 1 to 64, not '{workers}'"
        assert refused(capsys, name, "9190", workers) == (told, "")


@pytest.mark.parametrize("name", [*LISTENS, "echo_client"])
def test_arguments_that_are_missing_or_too_many(name, capsys):
    usage = {"echo_client": "Usage x.py <IP> <port> \n"}
    usage |= {server: "Usage : x.py <port> [workers] \n" for server in HAS_WORKERS}
    known = {"echo_client": [2], **{server: [1, 2] for server in HAS_WORKERS}}.get(name, [1])
    for number in {0, 1, 2, 3, 4} - set(known):
        assert refused(capsys, name, *["9190"] * number) == (1, usage.get(name, "Usage : x.py <port> \n"))
