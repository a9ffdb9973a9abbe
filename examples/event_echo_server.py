"""The echo server once more, with completion learned by event instead of by routine.

    python event_echo_server.py <port>

Here hEvent is an event, which the kernel signals when the operation completes. main waits for the
events of all operations and asks WSAGetOverlappedResult for what a routine is told. One wait takes
64 events: one that nobody signals, and those of 63 clients.
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
    _fields_ = [("hClntSock", SOCKET), ("buf", BYTE * BUF_SIZE), ("wsaBuf", WSABUF)]
    _fields_ += [("overlapped", WSAOVERLAPPED), ("rwMode", INT)]


running = [True]  # until Ctrl+C empties it: erratum 13
hbInfos = []  # of each client: one operation of it is pending


def main(argc, argv):
    wsaData = WSADATA()
    lisnAdr, recvAdr = SOCKADDR_IN(), SOCKADDR_IN()
    mode, recvAdrSz, flagInfo = u_long(1), INT(), DWORD(0)  # erratum 10
    szBytes, flags = DWORD(), DWORD()

    if argc != 2:
        printf("Usage : %s <port> \n", argv[0])
        exit(1)
    if not (argv[1].isdecimal() and 0 < atoi(argv[1]) < 65536):  # erratum 11
        exit(f"the port must be a number from 1 to 65535, not '{argv[1]}'")

    if WSAStartup(MAKEWORD(2, 2), byref(wsaData)) != 0:
        ErrorHandling("WSAStartup() error!")
    hLisnSock = WSASocket(PF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED)
    ioctlsocket(hLisnSock, FIONBIO, byref(mode))

    memset(byref(lisnAdr), 0, sizeof(lisnAdr))
    lisnAdr.sin_family = AF_INET
    lisnAdr.sin_addr.S_un.S_addr = htonl(INADDR_ANY)
    lisnAdr.sin_port = htons(atoi(argv[1]))

    if bind(hLisnSock, byref(lisnAdr), sizeof(lisnAdr)) == SOCKET_ERROR:
        ErrorHandling("bind() error")
    if listen(hLisnSock, 5) == SOCKET_ERROR:
        ErrorHandling("listen() error")

    hNoEvent = WSACreateEvent()
    while running:
        hEvents = (WSAEVENT * 64)(hNoEvent, *(hbInfo.overlapped.hEvent for hbInfo in hbInfos))
        WSAWaitForMultipleEvents(1 + len(hbInfos), hEvents, FALSE, 100, FALSE)
        for hbInfo in list(hbInfos):  # all of them: the wait tells of one
            dwError, hSock, lpOvLp = 0, hbInfo.hClntSock, byref(hbInfo.overlapped)
            if not WSAGetOverlappedResult(hSock, lpOvLp, byref(szBytes), FALSE, byref(flags)):
                dwError = WSAGetLastError()
            if dwError == WSA_IO_INCOMPLETE:
                continue
            ComRoutine = ReadComRoutine if hbInfo.rwMode == READ else WriteComRoutine
            ComRoutine(dwError, szBytes.value, hbInfo)
        recvAdrSz.value = sizeof(recvAdr)  # erratum 17
        hRecvSock = accept(hLisnSock, byref(recvAdr), byref(recvAdrSz))
        if hRecvSock == INVALID_SOCKET:
            if WSAGetLastError() in (WSAEWOULDBLOCK, WSAECONNRESET, WSAENOTCONN):  # erratum 4
                continue
            else:
                ErrorHandling("accept() error!")
        if len(hbInfos) == WSA_MAXIMUM_WAIT_EVENTS - 1:
            puts("Client refused: there are 63, and one wait takes 64 events")
            closesocket(hRecvSock)
            continue
        puts("Client connect..")

        hbInfo = PER_IO_DATA.from_address(malloc(sizeof(PER_IO_DATA)))
        memset(byref(hbInfo), 0, sizeof(PER_IO_DATA))
        hbInfo.hClntSock = hRecvSock  # erratum 9
        hbInfo.wsaBuf.buf = hbInfo.buf
        hbInfo.wsaBuf.len = BUF_SIZE

        hbInfo.rwMode = READ
        hbInfo.overlapped.hEvent = WSACreateEvent()
        hbInfos.append(hbInfo)
        lpBuf, lpOvLp = byref(hbInfo.wsaBuf), byref(hbInfo.overlapped)
        error = WSARecv(hRecvSock, lpBuf, 1, NULL, byref(flagInfo), lpOvLp, NULL)
        if error == SOCKET_ERROR and WSAGetLastError() != WSA_IO_PENDING:  # erratum 2, 16
            ReadComRoutine(WSAGetLastError(), 0, hbInfo)
    closesocket(hLisnSock)
    # closesocket(hRecvSock): erratum 13
    WSACloseEvent(hNoEvent)
    WSACleanup()  # erratum 8

    return 0


def ReadComRoutine(dwError, szRecvBytes, hbInfo):
    hSock = hbInfo.hClntSock
    buf_Info = hbInfo.wsaBuf

    if dwError != 0 or szRecvBytes == 0 or not running:  # erratum 3, 13
        closesocket(hSock)
        WSACloseEvent(hbInfo.overlapped.hEvent)
        hbInfos.remove(hbInfo)
        free(byref(hbInfo))
        puts("Client disconnected")
    else:
        buf_Info.len = szRecvBytes
        hbInfo.rwMode = WRITE
        error = WSASend(hSock, byref(buf_Info), 1, NULL, 0, byref(hbInfo.overlapped), NULL)
        if error == SOCKET_ERROR and WSAGetLastError() != WSA_IO_PENDING:  # erratum 2, 16
            ReadComRoutine(WSAGetLastError(), 0, hbInfo)


def WriteComRoutine(dwError, szSendBytes, hbInfo):
    hSock = hbInfo.hClntSock
    bufInfo = hbInfo.wsaBuf
    flagInfo = DWORD(0)  # erratum 10

    if dwError != 0 or szSendBytes < bufInfo.len:  # erratum 3, 19
        memmove(hbInfo.buf, byref(hbInfo.buf, szSendBytes), bufInfo.len - szSendBytes)
        return ReadComRoutine(dwError, bufInfo.len - szSendBytes, hbInfo)
    bufInfo.len = BUF_SIZE  # erratum 1
    hbInfo.rwMode = READ
    error = WSARecv(hSock, byref(bufInfo), 1, NULL, byref(flagInfo), byref(hbInfo.overlapped), NULL)
    if error == SOCKET_ERROR and WSAGetLastError() != WSA_IO_PENDING:  # erratum 2, 16
        ReadComRoutine(WSAGetLastError(), 0, hbInfo)


def ErrorHandling(message):
    fputs(f"{message} {WSAGetLastError()!r}", stderr)  # erratum 18
    fputs("\n", stderr)  # erratum 14
    exit(1)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, lambda signum, frame: running.clear())  # erratum 13
    exit(main(len(sys.argv), sys.argv))
