"""The chapter's echo server: overlapped I/O with completion routines, on a single thread.

    python overlapped_echo_server.py <port>

main alternates between SleepEx, in which the completion routines run, and a non-blocking accept.
Each connection has one WSAOVERLAPPED and one PER_IO_DATA; they are used in turn by a receive and by
a send, and belong to the kernel meanwhile.
A pointer to a structure is the structure where it lies: C's `->` is `.`, C's `&` is `byref`.
`# erratum N`: the printed C is wrong here, see docs/errata.md.
"""

import _include_path  # noqa: F401
import signal
import sys

from winsock_ctypes import *

BUF_SIZE = 1024


class PER_IO_DATA(Structure):
    _fields_ = [("hClntSock", SOCKET), ("buf", BYTE * BUF_SIZE), ("wsaBuf", WSABUF)]


running = [True]  # until Ctrl+C empties it: erratum 13


def main(argc, argv):
    wsaData = WSADATA()
    lisnAdr, recvAdr = SOCKADDR_IN(), SOCKADDR_IN()
    mode, recvAdrSz, flagInfo = u_long(1), INT(), DWORD(0)  # erratum 10

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

    while running:
        SleepEx(100, TRUE)  # for alertable wait state
        recvAdrSz.value = sizeof(recvAdr)  # erratum 17
        hRecvSock = accept(hLisnSock, byref(recvAdr), byref(recvAdrSz))
        if hRecvSock == INVALID_SOCKET:
            if WSAGetLastError() in (WSAEWOULDBLOCK, WSAECONNRESET, WSAENOTCONN):  # erratum 4
                continue
            else:
                ErrorHandling("accept() error!")
        puts("Client connect..")

        lpOvLp = WSAOVERLAPPED.from_address(malloc(sizeof(WSAOVERLAPPED)))
        memset(byref(lpOvLp), 0, sizeof(WSAOVERLAPPED))

        hbInfo = PER_IO_DATA.from_address(malloc(sizeof(PER_IO_DATA)))
        hbInfo.hClntSock = hRecvSock  # erratum 9
        hbInfo.wsaBuf.buf = hbInfo.buf
        hbInfo.wsaBuf.len = BUF_SIZE

        lpOvLp.hEvent = addressof(hbInfo)
        lpBuf = byref(hbInfo.wsaBuf)
        error = WSARecv(hRecvSock, lpBuf, 1, NULL, byref(flagInfo), byref(lpOvLp), ReadComRoutine)
        if error == SOCKET_ERROR and WSAGetLastError() != WSA_IO_PENDING:  # erratum 2, 16
            ReadComRoutine(WSAGetLastError(), 0, byref(lpOvLp), 0)
    closesocket(hLisnSock)
    # closesocket(hRecvSock): erratum 13
    WSACleanup()  # erratum 8

    return 0


@LPWSAOVERLAPPED_COMPLETION_ROUTINE
def ReadComRoutine(dwError, szRecvBytes, lpOverlapped, flags):
    hbInfo = PER_IO_DATA.from_address(lpOverlapped.contents.hEvent)
    hSock = hbInfo.hClntSock
    buf_Info = hbInfo.wsaBuf

    if dwError != 0 or szRecvBytes == 0 or not running:  # erratum 3, 13
        closesocket(hSock)
        free(lpOverlapped.contents.hEvent)
        free(lpOverlapped)
        puts("Client disconnected")
    else:
        buf_Info.len = szRecvBytes
        error = WSASend(hSock, byref(buf_Info), 1, NULL, 0, lpOverlapped, WriteComRoutine)
        if error == SOCKET_ERROR and WSAGetLastError() != WSA_IO_PENDING:  # erratum 2, 16
            ReadComRoutine(WSAGetLastError(), 0, lpOverlapped, 0)


@LPWSAOVERLAPPED_COMPLETION_ROUTINE
def WriteComRoutine(dwError, szSendBytes, lpOverlapped, flags):
    hbInfo = PER_IO_DATA.from_address(lpOverlapped.contents.hEvent)
    hSock = hbInfo.hClntSock
    bufInfo = hbInfo.wsaBuf
    flagInfo = DWORD(0)  # erratum 10

    if dwError != 0 or szSendBytes < bufInfo.len:  # erratum 3, 19
        memmove(hbInfo.buf, byref(hbInfo.buf, szSendBytes), bufInfo.len - szSendBytes)
        return ReadComRoutine(dwError, bufInfo.len - szSendBytes, lpOverlapped, flags)
    bufInfo.len = BUF_SIZE  # erratum 1
    error = WSARecv(hSock, byref(bufInfo), 1, NULL, byref(flagInfo), lpOverlapped, ReadComRoutine)
    if error == SOCKET_ERROR and WSAGetLastError() != WSA_IO_PENDING:  # erratum 2, 16
        ReadComRoutine(WSAGetLastError(), 0, lpOverlapped, 0)


def ErrorHandling(message):
    fputs(f"{message} {WSAGetLastError()!r}", stderr)  # erratum 18
    fputs("\n", stderr)  # erratum 14
    exit(1)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, lambda signum, frame: running.clear())  # erratum 13
    exit(main(len(sys.argv), sys.argv))
