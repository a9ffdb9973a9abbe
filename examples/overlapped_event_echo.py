"""The overlapped echo server once more, with completion learned by event instead of by routine, on a single thread.

    python overlapped_event_echo.py <port>

Here hEvent is what its name says: an event, which the kernel resets when an operation starts and signals when it completes.
The loop waits for the events of all operations and asks WSAGetOverlappedResult for what a routine is told: an error or a
number of bytes. So ReadComRoutine and WriteComRoutine are plain functions, called by main. One wait takes at most 64 events:
a listening socket and 63 clients.
"""

import _include_path  # noqa: F401
import signal
import sys
from ctypes import byref, cast, sizeof

from winsock_ctypes import *

BUF_SIZE = 1024
READ = 3
WRITE = 5


class PER_IO_DATA(Structure):  # the OVERLAPPED must come first: a pointer to it is a pointer to the whole
    _fields_ = [
        ("overlapped", WSAOVERLAPPED),
        ("hClntSock", SOCKET),
        ("buf", BYTE * BUF_SIZE),
        ("wsaBuf", WSABUF),
        ("rwMode", INT),
    ]


LPPER_IO_DATA = POINTER(PER_IO_DATA)

running = True
lpOvLps = {}  # address -> LPWSAOVERLAPPED: the operations that are pending, one of each client


def main(argc, argv):
    wsaData = WSADATA()
    lisnAdr = SOCKADDR_IN()
    recvAdr = SOCKADDR_IN()
    recvAdrSz = INT()
    events = WSANETWORKEVENTS()
    szBytes = DWORD()
    flagInfo = DWORD(0)

    if argc != 2:
        print(f"Usage : {argv[0]} <port> ")
        sys.exit(1)
    port = PortNumber(argv[1])

    if WSAStartup(MAKEWORD(2, 2), byref(wsaData)) != 0:
        ErrorHandling("WSAStartup() error!")
    signal.signal(signal.SIGINT, CtrlHandler)
    signal.signal(signal.SIGBREAK, CtrlHandler)

    hLisnSock = WSASocket(PF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED)
    if hLisnSock == INVALID_SOCKET:
        ErrorHandling(f"WSASocket() error! {WSAGetLastError()!r}")
    hLisnEvent = WSACreateEvent()
    if hLisnEvent == WSA_INVALID_EVENT:
        ErrorHandling(f"WSACreateEvent() error! {WSAGetLastError()!r}")
    if WSAEventSelect(hLisnSock, hLisnEvent, FD_ACCEPT) == SOCKET_ERROR:  # makes hLisnSock non-blocking
        ErrorHandling(f"WSAEventSelect() error! {WSAGetLastError()!r}")

    memset(byref(lisnAdr), 0, sizeof(lisnAdr))
    lisnAdr.sin_family = AF_INET
    lisnAdr.sin_addr.S_un.S_addr = htonl(INADDR_ANY)
    lisnAdr.sin_port = htons(port)

    if bind(hLisnSock, cast(byref(lisnAdr), LPSOCKADDR), sizeof(lisnAdr)) == SOCKET_ERROR:
        ErrorHandling(f"bind() error: port {port}: {WSAGetLastError()!r}")
    if listen(hLisnSock, SOMAXCONN) == SOCKET_ERROR:
        ErrorHandling(f"listen() error: port {port}: {WSAGetLastError()!r}")

    while running or lpOvLps:
        if not running:
            for lpOvLp in lpOvLps.values():
                CancelIoEx(cast(lpOvLp, LPPER_IO_DATA).contents.hClntSock, NULL)

        hEvents = [lpOvLp.contents.hEvent for lpOvLp in lpOvLps.values()]
        if running and len(hEvents) < WSA_MAXIMUM_WAIT_EVENTS:
            hEvents.append(hLisnEvent)
        hEvents = (WSAEVENT * len(hEvents))(*hEvents)
        if WSAWaitForMultipleEvents(len(hEvents), hEvents, FALSE, 100, FALSE) == WSA_WAIT_FAILED:
            ErrorHandling(f"WSAWaitForMultipleEvents() error! {WSAGetLastError()!r}")

        for lpOvLp in list(lpOvLps.values()):  # all of them: the wait only tells the first
            hbInfo = cast(lpOvLp, LPPER_IO_DATA)
            dwError = 0
            if not WSAGetOverlappedResult(hbInfo.contents.hClntSock, lpOvLp, byref(szBytes), FALSE, byref(flagInfo)):
                dwError = WSAGetLastError()
                if dwError == WSA_IO_INCOMPLETE:
                    continue
            if hbInfo.contents.rwMode == READ:
                ReadComRoutine(dwError, szBytes.value, lpOvLp)
            else:
                WriteComRoutine(dwError, szBytes.value, lpOvLp)

        if not running or len(lpOvLps) == WSA_MAXIMUM_WAIT_EVENTS - 1:
            continue
        if WSAEnumNetworkEvents(hLisnSock, hLisnEvent, byref(events)) == SOCKET_ERROR:  # resets hLisnEvent
            ErrorHandling(f"WSAEnumNetworkEvents() error! {WSAGetLastError()!r}")
        recvAdrSz.value = sizeof(recvAdr)
        hRecvSock = accept(hLisnSock, byref(recvAdr), byref(recvAdrSz))
        if hRecvSock == INVALID_SOCKET:
            if WSAGetLastError() == WSAEWOULDBLOCK:  # nobody is waiting
                continue
            elif WSAGetLastError() in (WSAECONNRESET, WSAECONNABORTED, WSAENOTCONN):
                continue
            else:
                ErrorHandling(f"accept() error! {WSAGetLastError()!r}")
        if WSAEventSelect(hRecvSock, NULL, 0) == SOCKET_ERROR:  # what it inherited from hLisnSock
            ErrorHandling(f"WSAEventSelect() error! {WSAGetLastError()!r}")
        print("Client connect..", flush=True)

        lpOvLp = cast(malloc(sizeof(PER_IO_DATA)), LPWSAOVERLAPPED)
        memset(lpOvLp, 0, sizeof(PER_IO_DATA))
        lpOvLp.contents.hEvent = WSACreateEvent()
        if lpOvLp.contents.hEvent == WSA_INVALID_EVENT:
            ErrorHandling(f"WSACreateEvent() error! {WSAGetLastError()!r}")

        hbInfo = cast(lpOvLp, LPPER_IO_DATA)
        hbInfo.contents.hClntSock = hRecvSock
        lpOvLps[cast(lpOvLp, LPVOID).value] = lpOvLp
        StartRecv(lpOvLp)

    closesocket(hLisnSock)
    WSACloseEvent(hLisnEvent)
    WSACleanup()
    return 0


def ReadComRoutine(dwError, szRecvBytes, lpOverlapped):
    hbInfo = cast(lpOverlapped, LPPER_IO_DATA)

    if dwError != 0 or szRecvBytes == 0 or not running:
        CloseClient(lpOverlapped)
    else:
        hbInfo.contents.wsaBuf.len = szRecvBytes
        SendRest(lpOverlapped)


def WriteComRoutine(dwError, szSendBytes, lpOverlapped):
    bufInfo = cast(lpOverlapped, LPPER_IO_DATA).contents.wsaBuf

    if dwError != 0 or not running:
        CloseClient(lpOverlapped)
    elif szSendBytes < bufInfo.len:  # only a part was sent
        bufInfo.buf = cast(cast(bufInfo.buf, LPVOID).value + szSendBytes, PBYTE)
        bufInfo.len -= szSendBytes
        SendRest(lpOverlapped)
    else:
        StartRecv(lpOverlapped)


def StartRecv(lpOverlapped):
    hbInfo = cast(lpOverlapped, LPPER_IO_DATA)
    bufInfo = hbInfo.contents.wsaBuf
    flagInfo = DWORD(0)

    hbInfo.contents.rwMode = READ
    bufInfo.buf = hbInfo.contents.buf
    bufInfo.len = BUF_SIZE
    if WSARecv(hbInfo.contents.hClntSock, byref(bufInfo), 1, NULL, byref(flagInfo), lpOverlapped, NULL) == SOCKET_ERROR:
        if WSAGetLastError() != WSA_IO_PENDING:
            CloseClient(lpOverlapped)


def SendRest(lpOverlapped):
    hbInfo = cast(lpOverlapped, LPPER_IO_DATA)

    hbInfo.contents.rwMode = WRITE
    if WSASend(hbInfo.contents.hClntSock, byref(hbInfo.contents.wsaBuf), 1, NULL, 0, lpOverlapped, NULL) == SOCKET_ERROR:
        if WSAGetLastError() != WSA_IO_PENDING:
            CloseClient(lpOverlapped)


def CloseClient(lpOverlapped):
    del lpOvLps[cast(lpOverlapped, LPVOID).value]
    closesocket(cast(lpOverlapped, LPPER_IO_DATA).contents.hClntSock)
    WSACloseEvent(lpOverlapped.contents.hEvent)
    free(lpOverlapped)
    print("Client disconnected", flush=True)


def CtrlHandler(signum, frame):
    global running
    running = False


def PortNumber(text):
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= 65535):
        ErrorHandling(f"the port must be a number from 1 to 65535, not '{text}'")
    return int(text)


def ErrorHandling(message):
    print(message, file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    sys.exit(main(len(sys.argv), sys.argv))
