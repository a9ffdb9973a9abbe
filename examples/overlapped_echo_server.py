"""The chapter's echo server: overlapped I/O with completion routines, on a single thread.

    python overlapped_echo_server.py <port>

main alternates between SleepEx, in which the completion routines run, and a non-blocking accept. Each connection has one
WSAOVERLAPPED and one PER_IO_DATA; they are used in turn by a receive and by a send, and belong to the kernel meanwhile.
`# erratum N`: the printed C is wrong here, see docs/errata.md.
"""

import _include_path  # noqa: F401
import signal
import sys
from ctypes import byref, cast, sizeof

from winsock_ctypes import *

BUF_SIZE = 1024


class PER_IO_DATA(Structure):
    _fields_ = [("hClntSock", SOCKET), ("buf", BYTE * BUF_SIZE), ("wsaBuf", WSABUF)]


LPPER_IO_DATA = POINTER(PER_IO_DATA)

running = True  # erratum 13
hClntSocks = set()  # erratum 13


def main(argc, argv):
    wsaData = WSADATA()
    lisnAdr = SOCKADDR_IN()
    recvAdr = SOCKADDR_IN()
    mode = u_long(1)  # erratum 10
    recvAdrSz = INT()
    flagInfo = DWORD(0)  # erratum 10

    if argc != 2:
        print(f"Usage : {argv[0]} <port> ")
        sys.exit(1)
    port = PortNumber(argv[1])  # erratum 11

    if WSAStartup(MAKEWORD(2, 2), byref(wsaData)) != 0:
        ErrorHandling("WSAStartup() error!")
    signal.signal(signal.SIGINT, CtrlHandler)  # erratum 13
    signal.signal(signal.SIGBREAK, CtrlHandler)

    hLisnSock = WSASocket(PF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED)
    ioctlsocket(hLisnSock, FIONBIO, byref(mode))

    memset(byref(lisnAdr), 0, sizeof(lisnAdr))
    lisnAdr.sin_family = AF_INET
    lisnAdr.sin_addr.S_un.S_addr = htonl(INADDR_ANY)
    lisnAdr.sin_port = htons(port)

    if bind(hLisnSock, cast(byref(lisnAdr), LPSOCKADDR), sizeof(lisnAdr)) == SOCKET_ERROR:
        ErrorHandling(f"bind() error: port {port}: {WSAGetLastError()!r}")
    if listen(hLisnSock, 5) == SOCKET_ERROR:
        ErrorHandling(f"listen() error: port {port}: {WSAGetLastError()!r}")

    while running:
        SleepEx(100, TRUE)  # for alertable wait state
        recvAdrSz.value = sizeof(recvAdr)  # erratum 17
        hRecvSock = accept(hLisnSock, byref(recvAdr), byref(recvAdrSz))
        if hRecvSock == INVALID_SOCKET:
            if WSAGetLastError() == WSAEWOULDBLOCK:
                continue
            elif WSAGetLastError() in (WSAECONNRESET, WSAECONNABORTED, WSAENOTCONN):  # erratum 4
                continue
            else:
                ErrorHandling(f"accept() error! {WSAGetLastError()!r}")
        hClntSocks.add(hRecvSock)
        print("Client connect..", flush=True)

        lpOvLp = cast(malloc(sizeof(WSAOVERLAPPED)), LPWSAOVERLAPPED)
        memset(lpOvLp, 0, sizeof(WSAOVERLAPPED))

        hbInfo = cast(malloc(sizeof(PER_IO_DATA)), LPPER_IO_DATA)
        hbInfo.contents.hClntSock = hRecvSock  # erratum 9
        hbInfo.contents.wsaBuf.buf = hbInfo.contents.buf
        hbInfo.contents.wsaBuf.len = BUF_SIZE

        lpOvLp.contents.hEvent = cast(hbInfo, HANDLE)
        if WSARecv(hRecvSock, byref(hbInfo.contents.wsaBuf), 1, NULL, byref(flagInfo), lpOvLp, ReadComRoutine) == SOCKET_ERROR:
            if WSAGetLastError() != WSA_IO_PENDING:  # erratum 2
                CloseClient(lpOvLp)

    for hSock in hClntSocks:  # erratum 13
        CancelIoEx(hSock, NULL)
    while hClntSocks and SleepEx(1000, TRUE) == WAIT_IO_COMPLETION:
        pass
    closesocket(hLisnSock)
    WSACleanup()  # erratum 8
    return 0


@LPWSAOVERLAPPED_COMPLETION_ROUTINE
def ReadComRoutine(dwError, szRecvBytes, lpOverlapped, flags):
    hbInfo = PER_IO_DATA.from_address(lpOverlapped.contents.hEvent)
    hSock = hbInfo.hClntSock
    bufInfo = hbInfo.wsaBuf

    if dwError != 0 or szRecvBytes == 0 or not running:  # erratum 3
        CloseClient(lpOverlapped)
    else:
        bufInfo.len = szRecvBytes
        if WSASend(hSock, byref(bufInfo), 1, NULL, 0, lpOverlapped, WriteComRoutine) == SOCKET_ERROR:  # erratum 16
            if WSAGetLastError() != WSA_IO_PENDING:  # erratum 2
                CloseClient(lpOverlapped)


@LPWSAOVERLAPPED_COMPLETION_ROUTINE
def WriteComRoutine(dwError, szSendBytes, lpOverlapped, flags):
    hbInfo = PER_IO_DATA.from_address(lpOverlapped.contents.hEvent)
    hSock = hbInfo.hClntSock
    bufInfo = hbInfo.wsaBuf
    flagInfo = DWORD(0)  # erratum 10

    if dwError != 0 or not running:  # erratum 3
        CloseClient(lpOverlapped)
        return
    bufInfo.len = BUF_SIZE  # erratum 1
    if WSARecv(hSock, byref(bufInfo), 1, NULL, byref(flagInfo), lpOverlapped, ReadComRoutine) == SOCKET_ERROR:  # erratum 16
        if WSAGetLastError() != WSA_IO_PENDING:  # erratum 2
            CloseClient(lpOverlapped)


def CloseClient(lpOverlapped):
    hbInfo = PER_IO_DATA.from_address(lpOverlapped.contents.hEvent)
    hClntSocks.discard(hbInfo.hClntSock)
    closesocket(hbInfo.hClntSock)
    free(lpOverlapped.contents.hEvent)
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
    print(message, file=sys.stderr)  # erratum 14
    sys.exit(1)


if __name__ == "__main__":
    sys.exit(main(len(sys.argv), sys.argv))
