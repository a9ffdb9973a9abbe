"""The echo server in the traditional model: select tells what is ready, then the I/O is done.

    python select_echo_server.py <port>

One thread, non-blocking sockets. All sockets are given to select at each call, and all are looked
through after it. An fd_set takes FD_SETSIZE (64) sockets: the listening one, and 63 clients.
`# erratum N`: the printed C is wrong here, see docs/errata.md.
"""

import _include_path  # noqa: F401
import signal
import sys

from winsock_ctypes import *

BUF_SIZE = 1024
READ = 3
WRITE = 5


class PER_IO_DATA(Structure):
    _fields_ = [("hClntSock", SOCKET), ("buf", BYTE * BUF_SIZE), ("len", INT), ("rwMode", INT)]


running = [True]  # until Ctrl+C empties it: erratum 13
hbInfos = []  # of each client: it is to be read from, or written to


def main(argc, argv):
    wsaData = WSADATA()
    lisnAdr, recvAdr = SOCKADDR_IN(), SOCKADDR_IN()
    mode, recvAdrSz = u_long(1), INT()
    readfds, writefds, timeout = fd_set(), fd_set(), TIMEVAL(0, 100_000)

    if argc != 2:
        printf("Usage : %s <port> \n", argv[0])
        exit(1)
    if not (argv[1].isdecimal() and 0 < atoi(argv[1]) < 65536):  # erratum 11
        exit(f"the port must be a number from 1 to 65535, not '{argv[1]}'")

    if WSAStartup(MAKEWORD(2, 2), byref(wsaData)) != 0:
        ErrorHandling("WSAStartup() error!")
    hLisnSock = socket(PF_INET, SOCK_STREAM, 0)
    ioctlsocket(hLisnSock, FIONBIO, byref(mode))

    memset(byref(lisnAdr), 0, sizeof(lisnAdr))
    lisnAdr.sin_family = AF_INET
    lisnAdr.sin_addr.S_un.S_addr = htonl(INADDR_ANY)
    lisnAdr.sin_port = htons(atoi(argv[1]))

    if bind(hLisnSock, byref(lisnAdr), sizeof(lisnAdr)) == SOCKET_ERROR:
        ErrorHandling("bind() error")
    if listen(hLisnSock, 5) == SOCKET_ERROR:
        ErrorHandling("listen() error")

    while running:
        FD_ZERO(byref(readfds))
        FD_ZERO(byref(writefds))
        FD_SET(hLisnSock, byref(readfds))
        for hbInfo in hbInfos:
            FD_SET(hbInfo.hClntSock, byref(readfds if hbInfo.rwMode == READ else writefds))
        if select(0, byref(readfds), byref(writefds), NULL, byref(timeout)) == SOCKET_ERROR:
            ErrorHandling("select() error!")
        for hbInfo in list(hbInfos):  # all of them: who is ready is found by asking for each
            if FD_ISSET(hbInfo.hClntSock, byref(readfds)):
                ReadRoutine(hbInfo)
            elif FD_ISSET(hbInfo.hClntSock, byref(writefds)):
                WriteRoutine(hbInfo)
        if not FD_ISSET(hLisnSock, byref(readfds)):
            continue
        recvAdrSz.value = sizeof(recvAdr)  # erratum 17
        hRecvSock = accept(hLisnSock, byref(recvAdr), byref(recvAdrSz))
        if hRecvSock == INVALID_SOCKET:
            if WSAGetLastError() in (WSAEWOULDBLOCK, WSAECONNRESET, WSAENOTCONN):  # erratum 4
                continue
            else:
                ErrorHandling("accept() error!")
        if len(hbInfos) == FD_SETSIZE - 1:
            puts("Client refused: there are 63, and one fd_set takes 64 sockets")
            closesocket(hRecvSock)
            continue
        puts("Client connect..")

        ioctlsocket(hRecvSock, FIONBIO, byref(mode))
        hbInfo = PER_IO_DATA.from_address(malloc(sizeof(PER_IO_DATA)))
        memset(byref(hbInfo), 0, sizeof(PER_IO_DATA))
        hbInfo.hClntSock = hRecvSock  # erratum 9
        hbInfo.rwMode = READ
        hbInfos.append(hbInfo)
    closesocket(hLisnSock)
    # closesocket(hRecvSock): erratum 13
    WSACleanup()  # erratum 8

    return 0


def ReadRoutine(hbInfo):
    hSock = hbInfo.hClntSock

    szRecvBytes = recv(hSock, hbInfo.buf, BUF_SIZE, 0)
    if szRecvBytes == SOCKET_ERROR and WSAGetLastError() == WSAEWOULDBLOCK:
        return
    if szRecvBytes == SOCKET_ERROR or szRecvBytes == 0:  # erratum 3
        CloseClient(hbInfo)
    else:
        hbInfo.len = szRecvBytes
        hbInfo.rwMode = WRITE
        WriteRoutine(hbInfo)  # most often there is room: select need not be asked


def WriteRoutine(hbInfo):
    hSock = hbInfo.hClntSock

    szSendBytes = send(hSock, hbInfo.buf, hbInfo.len, 0)
    if szSendBytes == SOCKET_ERROR and WSAGetLastError() == WSAEWOULDBLOCK:
        return
    if szSendBytes == SOCKET_ERROR:  # erratum 3
        CloseClient(hbInfo)
    elif szSendBytes < hbInfo.len:  # erratum 19
        hbInfo.len -= szSendBytes
        memmove(hbInfo.buf, byref(hbInfo.buf, szSendBytes), hbInfo.len)
    else:
        hbInfo.rwMode = READ


def CloseClient(hbInfo):
    closesocket(hbInfo.hClntSock)
    hbInfos.remove(hbInfo)
    free(byref(hbInfo))
    puts("Client disconnected")


def ErrorHandling(message):
    fputs(f"{message} {WSAGetLastError()!r}", stderr)  # erratum 18
    fputs("\n", stderr)  # erratum 14
    exit(1)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, lambda signum, frame: running.clear())  # erratum 13
    exit(main(len(sys.argv), sys.argv))
