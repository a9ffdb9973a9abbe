"""A tour of each example in the debugger, as data: `docs/debugger-tour.md` is written from it, and test_debugger.py drives it.

    python tests/pages/tours.py --write

A stop names a source line by its text, never by its number, so that the tour moves along with the example.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "debugger-tour.md"

STEPS = {
    "over": "Step over (F10, pdb: `n`).",
    "into": "Step into (F11, pdb: `s`).",
    "out": "Step out (Shift+F11, pdb: `r`).",
    "continue": "Set a breakpoint at the next stop's line, take away the others, and continue (F5, pdb: `b LINE`, `c`).",
    "end": "That is all: stop the debugger.",
}
PEERS = {
    "": "",
    "connect": "In a second terminal: `python examples/echo_client.py 127.0.0.1 9190`.",
    "say": "In the client, type `hello`.",
    "leave": "In the client, type `Q`.",
    "type": "In the program's terminal, type `hello`.",
    "quit": "In the program's terminal, type `Q`.",
}


@dataclass(frozen=True)
class Stop:
    function: str
    line: str  # how one line of the function, and only one, begins
    seen: str  # what happened; the answer to the question of the stop before
    look: dict[str, str]  # what to type in the Debug Console (pdb: pp ...): what is to be seen in the answer
    predict: str = ""
    peer: str = ""  # then, before the step: a key of PEERS
    step: str = "continue"
    callers: dict[str, str] = field(default_factory=dict)  # the functions below in the call stack: how their line begins


@dataclass(frozen=True)
class Tour:
    example: str
    about: str
    stops: tuple[Stop, ...]
    arguments: tuple[str, ...] = ()
    before: str = ""  # what to start first

    def command(self) -> str:
        return " ".join(["python", f"examples/{self.example}.py", *self.arguments])


def line_number(source: str, function: str, line: str) -> int:
    """Where in the source the one line of the function stands that begins so."""
    found, inside = [], False
    for number, text in enumerate(source.splitlines(), 1):
        if text[:1].strip() and text[0] not in "@)#":
            inside = text.startswith(f"def {function}(")
        elif inside and text.strip().startswith(line):
            found.append(number)
    if len(found) != 1:
        raise LookupError(f"{len(found)} lines of {function} begin with {line!r}, but it must be one")
    return found[0]


BY_SLEEPEX = {"main": "SleepEx(100, TRUE)"}
BY_READ = {"ReadComRoutine": "CloseClient(lpOverlapped)"}
BY_WORKER = {"ReadCompleted": "CloseClient(", "EchoThreadMain": "ReadCompleted("}
HELLO = "b'hello\\n"

TOURS = (
    Tour(
        "overlapped_echo_server",
        "The chapter's server. Watch who calls a completion routine, and when.",
        arguments=("9190",),
        stops=(
            Stop(
                "main",
                "recvAdrSz.value = sizeof(recvAdr)",
                "The server listens. A function shows its C prototype, a routine its name.",
                {
                    "lisnAdr": "SOCKADDR_IN(AF_INET, 0.0.0.0:",
                    "SleepEx": "<DWORD SleepEx(DWORD dwMilliseconds, BOOL bAlertable)>",
                    "ReadComRoutine": "<LPWSAOVERLAPPED_COMPLETION_ROUTINE ReadComRoutine>",
                },
                "Nobody connects. What will accept return, and which error?",
            ),
            Stop(
                "main",
                "if WSAGetLastError() == WSAEWOULDBLOCK:",
                "The listening socket is non-blocking: accept came back with nothing.",
                {"hRecvSock == INVALID_SOCKET": "True", "WSAGetLastError()": "WSAEWOULDBLOCK (10035)"},
                "A client connects while the program stands still. Is it lost?",
                "connect",
            ),
            Stop(
                "main",
                "hClntSocks.add(hRecvSock)",
                "It was waiting in the queue of the listening socket, and a later accept took it.",
                {"recvAdr": "SOCKADDR_IN(AF_INET, 127.0.0.1:", "len(hClntSocks)": "0"},
                "Two blocks of memory come next, lpOvLp and hbInfo. How will a routine that is given one find the other?",
            ),
            Stop(
                "main",
                "if WSARecv(",
                "By hEvent: a completion routine leaves it to us, and the address of hbInfo is in it.",
                {
                    "lpOvLp": "OVERLAPPED(Internal=STATUS_SUCCESS (0), InternalHigh=0",
                    "hbInfo": "wsaBuf=WSABUF(len=1024, buf=0x",
                    "lpOvLp.contents.hEvent == cast(hbInfo, LPVOID).value": "True",
                },
                "The client has sent nothing. What will WSARecv return, and what will Internal be?",
                step="into",
            ),
            Stop(
                "main",
                "if WSAGetLastError() != WSA_IO_PENDING:",
                "SOCKET_ERROR, and the error that is none. WSARecv is C: there was nothing to step into.",
                {"WSAGetLastError()": "WSA_IO_PENDING (997)", "lpOvLp": "Internal=STATUS_PENDING (259)"},
                "The client sends while no line of this program runs. What changes in lpOvLp? Will ReadComRoutine run now?",
                "say",
                "over",
            ),
            Stop(
                "main",
                "while running:",
                "The kernel did the work: the bytes are in the buffer, their number in InternalHigh. No routine ran.",
                {
                    "lpOvLp": "OVERLAPPED(Internal=STATUS_SUCCESS (0), InternalHigh=6",
                    "hbInfo.contents.buf": HELLO,
                },
                "The completion is queued for this thread. Which line will deliver it?",
                step="over",
            ),
            Stop(
                "main",
                "SleepEx(100, TRUE)",
                "Still queued: this is the alertable wait that delivers it.",
                {"hbInfo.contents.wsaBuf": "WSABUF(len=1024, buf=0x"},
                "Step *into* SleepEx. Where do you land, and who called?",
                step="into",
            ),
            Stop(
                "ReadComRoutine",
                "hbInfo = PER_IO_DATA.from_address(",
                "In the routine. The call stack says it all: main stands at SleepEx, and from inside of it the routine runs.",
                {"dwError": "0", "szRecvBytes": "6", "lpOverlapped": "Internal=STATUS_SUCCESS (0), InternalHigh=6"},
                "The routine will answer. With how many bytes?",
                callers=BY_SLEEPEX,
            ),
            Stop(
                "ReadComRoutine",
                "if WSASend(",
                "As many as came.",
                {"bufInfo": "WSABUF(len=6, buf=0x", "hbInfo": "PER_IO_DATA(hClntSock="},
                "WSASend starts a second operation. Will WriteComRoutine run inside of WSASend, or where?",
                step="out",
                callers=BY_SLEEPEX,
            ),
            Stop(
                "main",
                "SleepEx(100, TRUE)",
                "Not in WSASend: the routine is over, and main is in its SleepEx as if nothing had happened.",
                {"len(hClntSocks)": "1"},
                "And now?",
            ),
            Stop(
                "WriteComRoutine",
                "bufInfo.len = BUF_SIZE",
                "A wait delivered the second completion, too. The client has its echo.",
                {"szSendBytes": "6", "bufInfo": "WSABUF(len=6, buf=0x", "WriteComRoutine": "WriteComRoutine>"},
                "The routine will start to receive again. How will the server learn that the client left?",
                "leave",
                callers=BY_SLEEPEX,
            ),
            Stop(
                "CloseClient",
                "free(lpOverlapped)",
                "By a receive that completed with 0 bytes. The socket is closed, hbInfo is freed, and says so.",
                {"lpOverlapped": "InternalHigh=0", "hbInfo": "(freed memory"},
                "What will lpOverlapped show after free?",
                step="over",
                callers=BY_READ | BY_SLEEPEX,
            ),
            Stop(
                "CloseClient",
                'print("Client disconnected"',
                "The pointer still holds the address. C would show what happens to lie there now.",
                {"lpOverlapped": "(freed)"},
                step="end",
                callers=BY_READ | BY_SLEEPEX,
            ),
        ),
    ),
    Tour(
        "echo_client",
        "The chapter's client: every call waits until it is done.",
        arguments=("127.0.0.1", "9190"),
        before="python examples/overlapped_echo_server.py 9190",
        stops=(
            Stop(
                "main",
                "if connect(",
                "The address is complete.",
                {"servAdr": "SOCKADDR_IN(AF_INET, 127.0.0.1:", "connect": "<INT connect(SOCKET s, "},
                "The server does nothing special. Will connect wait?",
                step="over",
            ),
            Stop(
                "main",
                'fputs(b"Connected ... \\n")',
                "Hardly: the server's system completes the connection, before its accept.",
                {"hSocket == INVALID_SOCKET": "False"},
                "You will type hello and Enter. How many bytes is that?",
                "type",
            ),
            Stop(
                "main",
                "strLen = len(line)",
                "Six, with the end of the line.",
                {"line": "b'hello\\n'", "message.value": "b'hello\\n'"},
                "When send comes back, has the server got them?",
            ),
            Stop(
                "main",
                "readLen = 0",
                "Nobody knows: the system has taken them, that is all that send tells.",
                {"strLen": "6"},
                "The same number comes back. Must recv return all of it at once?",
            ),
            Stop(
                "main",
                "readLen += recvLen",
                "It did, but need not: TCP is a stream of bytes. That is why there is a loop.",
                {"recvLen": "6", "strLen - readLen": "6"},
                peer="quit",
            ),
            Stop("main", "closesocket(hSocket)", "The last call.", {"line": "b'Q\\n'"}, step="end"),
        ),
    ),
    Tour(
        "nonblocking_accept",
        "What FIONBIO changes. The program is its own client, so it needs nobody else.",
        stops=(
            Stop(
                "main",
                "getsockname(",
                "The socket is bound to port 0, which means: any free one.",
                {"adr": "SOCKADDR_IN(AF_INET, 127.0.0.1:0)", "mode": "DWORD(1)"},
                "What will getsockname change in adr?",
                step="over",
            ),
            Stop(
                "main",
                'print("\\n1. No client waits:")',
                "The port that it got.",
                {"adr": "SOCKADDR_IN(AF_INET, 127.0.0.1:", "adrSz": "INT(16)"},
                "accept is next. A blocking socket would wait here. And this one?",
            ),
            Stop(
                "main",
                "if hRecvSock != INVALID_SOCKET:",
                "It came back at once, and the error tells why.",
                {"WSAGetLastError()": "WSAEWOULDBLOCK (10035)"},
                "Then a client connects and accept makes a socket for it. Is recv on the new socket blocking?",
            ),
            Stop(
                "main",
                'print(f"   recv() on the new socket',
                "It is not: the new socket took after the listening one.",
                {"recvLen": "-1", "WSAGetLastError()": "WSAEWOULDBLOCK (10035)"},
                step="end",
            ),
        ),
    ),
    Tour(
        "overlapped_event_echo",
        "The same server, with events instead of routines. Compare the call stacks.",
        arguments=("9190",),
        stops=(
            Stop(
                "main",
                "while running or lpOvLps:",
                "The server listens, and hLisnEvent is to tell it of clients.",
                {"lisnAdr": "SOCKADDR_IN(AF_INET, 0.0.0.0:", "lpOvLps": "{}"},
                "What will wake up WSAWaitForMultipleEvents?",
                "connect",
            ),
            Stop(
                "main",
                "recvAdrSz.value = sizeof(recvAdr)",
                "The client: WSAEnumNetworkEvents names the event.",
                {"events": "lNetworkEvents=FD_ACCEPT (0x8), iErrorCode=no error"},
                "StartRecv is going to call WSARecv with an event in hEvent. What else is different from the routine's way?",
            ),
            Stop(
                "StartRecv",
                "if WSARecv(",
                "The last argument is NULL, and the OVERLAPPED is the first member of PER_IO_DATA.",
                {"hbInfo": "overlapped=OVERLAPPED(Internal=STATUS_SUCCESS (0)", "bufInfo": "WSABUF(len=1024, buf=0x"},
                "Nothing was sent. What will Internal be after the call?",
                step="into",
                callers={"main": "StartRecv(lpOvLp)"},
            ),
            Stop(
                "StartRecv",
                "if WSAGetLastError() != WSA_IO_PENDING:",
                "Pending, like with a routine.",
                {"WSAGetLastError()": "WSA_IO_PENDING (997)", "lpOverlapped": "Internal=STATUS_PENDING (259)"},
                "The client sends. Who will call ReadComRoutine?",
                "say",
                callers={"main": "StartRecv(lpOvLp)"},
            ),
            Stop(
                "main",
                "ReadComRoutine(dwError, szBytes.value, lpOvLp)",
                "We do: the event was signalled, and WSAGetOverlappedResult told the number of bytes.",
                {"dwError": "0", "szBytes": "DWORD(6)", "hbInfo": HELLO},
                "Step into. What will the call stack look like?",
                step="into",
            ),
            Stop(
                "ReadComRoutine",
                "hbInfo = cast(",
                "Main called it in plain sight, at a line of its own: no wait is involved.",
                {"szRecvBytes": "6", "lpOverlapped": "InternalHigh=6"},
                "The answer is sent. Which function learns that it was?",
                callers={"main": "ReadComRoutine(dwError, szBytes.value, lpOvLp)"},
            ),
            Stop(
                "WriteComRoutine",
                "if dwError != 0 or not running:",
                "WriteComRoutine, by way of rwMode.",
                {"szSendBytes": "6", "bufInfo": "WSABUF(len=6, buf=0x"},
                "The client leaves. What comes to an end first?",
                "leave",
                callers={"main": "WriteComRoutine(dwError, szBytes.value, lpOvLp)"},
            ),
            Stop(
                "CloseClient",
                "free(lpOverlapped)",
                "The receive, with 0 bytes; then the socket, its event, and now the memory.",
                {"lpOverlapped": "InternalHigh=0"},
                "What is left of lpOverlapped?",
                step="over",
                callers=BY_READ | {"main": "ReadComRoutine(dwError"},
            ),
            Stop(
                "CloseClient",
                "print(",
                "An address.",
                {"lpOverlapped": "(freed)"},
                step="end",
                callers=BY_READ | {"main": "ReadComRoutine(dwError"},
            ),
        ),
    ),
    Tour(
        "iocp_echo_server",
        "The same server on a completion port. Watch the threads (in the Call Stack pane).",
        arguments=("9190",),
        stops=(
            Stop(
                "main",
                "FD_ZERO(readfds)",
                "A worker thread waits at the port already.",
                {"hThreads": "EchoThreadMain", "lisnAdr": "SOCKADDR_IN(AF_INET, 0.0.0.0:"},
                "Which thread will see a new client?",
                "connect",
            ),
            Stop(
                "main",
                "handleInfo = cast(malloc(",
                "The main thread: it does nothing but accept and start the first receive.",
                {"recvAdr": "SOCKADDR_IN(AF_INET, 127.0.0.1:", "readfds": "fd_set(["},
                "The worker will know nothing of main's variables. What two things will lead it to the client's data?",
            ),
            Stop(
                "main",
                "if WSARecv(",
                "The completion key is the address of handleInfo, and the OVERLAPPED is at the beginning of hbInfo.",
                {
                    "handleInfo": "PER_HANDLE_DATA(hClntSock=",
                    "hbInfo": "rwMode=3",
                    "key == cast(handleInfo, LPVOID).value": "True",
                },
                "Nothing was sent. What comes back?",
                step="into",
            ),
            Stop(
                "main",
                "if WSAGetLastError() != WSA_IO_PENDING:",
                "As ever: pending.",
                {"WSAGetLastError()": "WSA_IO_PENDING (997)", "lpOvLp": "Internal=STATUS_PENDING (259)"},
                "The client sends. In which thread will the completion arrive?",
                "say",
            ),
            Stop(
                "EchoThreadMain",
                "handleInfo = PER_HANDLE_DATA.from_address(",
                "In the worker: another thread, another call stack, and main goes on accepting.",
                {"szBytes": "DWORD(6)", "lpOverlapped": "InternalHigh=6", "key.value in live_blocks": "True"},
                "Which of key and lpOverlapped leads to the socket, which to the bytes?",
                step="over",
            ),
            Stop(
                "EchoThreadMain",
                "hbInfo = PER_IO_DATA.from_address(",
                "The key led to the socket and its client.",
                {"handleInfo": "clntAdr=SOCKADDR_IN(AF_INET, 127.0.0.1:"},
                step="over",
            ),
            Stop(
                "EchoThreadMain",
                "if hbInfo.rwMode == READ:",
                "The OVERLAPPED led to the bytes: PER_IO_DATA begins at the same address.",
                {"hbInfo": HELLO, "dwError": "0"},
                "What does rwMode = 3 make of it?",
            ),
            Stop(
                "SendRest",
                "if WSASend(",
                "A receive that completed, so the bytes go back.",
                {"hbInfo.wsaBuf": "WSABUF(len=6, buf=0x"},
                "And when the send completes: which thread?",
                callers={"ReadCompleted": "SendRest(", "EchoThreadMain": "ReadCompleted("},
            ),
            Stop(
                "WriteCompleted",
                "bufInfo.len = BUF_SIZE",
                "A worker again; with several, any of them.",
                {"szSendBytes": "6", "bufInfo": "WSABUF(len=6, buf=0x"},
                "The client leaves. Who notices?",
                "leave",
                callers={"EchoThreadMain": "WriteCompleted("},
            ),
            Stop(
                "CloseClient",
                "free(byref(handleInfo))",
                "The worker, by a receive of 0 bytes.",
                {"handleInfo": "PER_HANDLE_DATA(hClntSock=", "len(hClntSocks)": "0"},
                "Why is nothing of the client's pending any more, so that the memory may be freed?",
                step="over",
                callers=BY_WORKER,
            ),
            Stop(
                "CloseClient",
                "free(byref(hbInfo))",
                "At most one operation per client is under way, and that one has just completed.",
                {"handleInfo": "(freed memory", "hbInfo": "PER_IO_DATA(overlapped="},
                step="end",
                callers=BY_WORKER,
            ),
        ),
    ),
    Tour(
        "acceptex_echo_server",
        "The completion port once more: even accept is an overlapped operation now.",
        arguments=("9190",),
        stops=(
            Stop(
                "main",
                "while running:",
                "Many AcceptEx are pending, each with a socket that waits for its client.",
                {
                    "lisnInfos": "PER_HANDLE_DATA(hSock=",
                    "lpfnAcceptEx": "<BOOL LPFN_ACCEPTEX(SOCKET sListenSocket, SOCKET sAcceptSocket, ",
                    "hbInfo": "overlapped=OVERLAPPED(Internal=STATUS_PENDING (259)",
                },
                "No line of main will run any more. Who will take the client?",
                "connect",
            ),
            Stop(
                "AcceptCompleted",
                "hLisnSock = SOCKET(",
                "The worker: the AcceptEx has completed, like a receive does.",
                {"dwError": "0", "hbInfo": "rwMode=1", "lisnInfo": "PER_HANDLE_DATA(hSock="},
                "Who is the client? AcceptEx has no parameter that tells.",
                callers={"EchoThreadMain": "AcceptCompleted("},
            ),
            Stop(
                "AcceptCompleted",
                "memmove(",
                "Its address lies in the buffer of AcceptEx; GetAcceptExSockaddrs found it there.",
                {"clntAdr": "SOCKADDR_IN(AF_INET, 127.0.0.1:", "localAdr": "SOCKADDR_IN(AF_INET, 127.0.0.1:"},
                "Why is it copied?",
                step="over",
                callers={"EchoThreadMain": "AcceptCompleted("},
            ),
            Stop(
                "AcceptCompleted",
                "StartAccept(lisnInfo, hbInfo)  # the next",
                "The next AcceptEx is about to get this buffer.",
                {"handleInfo": "clntAdr=SOCKADDR_IN(AF_INET, 127.0.0.1:"},
                "The client sends. Which operation will tell?",
                "say",
                callers={"EchoThreadMain": "AcceptCompleted("},
            ),
            Stop(
                "ReadCompleted",
                "if dwError != 0 or szRecvBytes == 0",
                "A WSARecv, with a PER_IO_DATA of its own.",
                {"szRecvBytes": "6", "hbInfo": HELLO},
                "The bytes go back. What will szSendBytes be?",
                callers={"EchoThreadMain": "ReadCompleted("},
            ),
            Stop(
                "WriteCompleted",
                "if dwError != 0 or not running:",
                "All of it; if it were less, the rest would be sent.",
                {"szSendBytes": "6", "bufInfo": "WSABUF(len=6, buf=0x"},
                "The client leaves. Which blocks of memory go with it?",
                "leave",
                callers={"EchoThreadMain": "WriteCompleted("},
            ),
            Stop(
                "CloseClient",
                "free(byref(hbInfo))",
                "Those of the connection and of its operation, never those of the listening sockets.",
                {"handleInfo": "(freed memory", "hbInfo": "PER_IO_DATA(overlapped="},
                step="end",
                callers=BY_WORKER,
            ),
        ),
    ),
    Tour(
        "demo",
        "How the demo talks to its two processes, which run on while it stands still.",
        stops=(
            Stop(
                "main",
                "server = start(",
                "Nothing runs yet.",
                {"len(lines)": "5", "lines[0]": "b'Hello, overlapped I/O\\n'"},
                "How will the demo know when the server listens?",
                step="over",
            ),
            Stop(
                "main",
                "came_back, problem = 0",
                "The server is a process of its own: a debugger stops only the demo.",
                {"server.poll() is None": "True"},
                "By trying. What will be at the client's prompt first?",
            ),
            Stop(
                "converse",
                "for at in range(",
                "The first line is in the client's hands.",
                {"line": "b'Hello, overlapped I/O\\n'", "client.poll() is None": "True"},
                "How often does this line stop? Count.",
                callers={"main": "if not converse("},
            ),
            Stop(
                "end",
                "if client.wait(PATIENCE) != 0:",
                "Five times; here the client was told to quit.",
                {"client.args[-2]": "127.0.0.1"},
                step="end",
                callers={"main": "end(client, output)"},
            ),
        ),
    ),
)


# ---- the page ----------------------------------------------------------------------------------------------------


def page() -> str:
    """The text of docs/debugger-tour.md."""
    parts = [
        "<!-- Written by `python tests/pages/tours.py --write` from the data there, which a test drives: edit that file. -->",
        "# A tour of each example in the debugger",
        "At each stop: look, answer the question *before* you step, step, compare. How to start a debugger: "
        "[debugging.md](debugging.md). What you look at is typed in the Debug Console (in pdb: `pp ...`), or found in the "
        "variables pane; what is shown here is a part of the answer. Take your time: the other side waits.",
        "\n".join(f"- [{tour.example}](#{tour.example}): {tour.about}" for tour in TOURS),
    ]
    for tour in TOURS:
        parts += [f"## {tour.example}", tour.about]
        if tour.before:
            parts.append(f"First, in a second terminal: `{tour.before}`.")
        parts.append(f"Set a breakpoint at the line of the first stop and debug `{tour.command()}`.")
        for number, stop in enumerate(tour.stops, 1):
            parts += [f"### {number}. `{stop.function}`: `{stop.line}`", stop.seen]
            if stop.callers:
                callers = ", called by ".join(f"`{name}` (at `{line}`)" for name, line in stop.callers.items())
                parts.append(f"Call stack: `{stop.function}`, called by {callers}.")
            parts.append("\n".join(f"- `{expression}` shows `{text}`" for expression, text in stop.look.items()))
            parts += [f"**Predict:** {stop.predict}"] * bool(stop.predict)
            parts.append(" ".join([PEERS[stop.peer]] * bool(stop.peer) + [STEPS[stop.step]]))
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit(__doc__)
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
