"""The chapter's section on non-blocking sockets: what FIONBIO changes, shown by real calls.

    python nonblocking_accept.py

1. accept on a non-blocking socket returns INVALID_SOCKET at once when no client waits, with
   WSAEWOULDBLOCK.
2. A socket that such an accept creates is non-blocking, too.
"""

import _include_path  # noqa: F401

from winsock_ctypes import *


def main():
    wsaData = WSADATA()
    adr, adrSz = SOCKADDR_IN(), INT(sizeof(SOCKADDR_IN))
    mode = u_long(1)  # erratum 10
    buf = (CHAR * 16)()

    if WSAStartup(MAKEWORD(2, 2), byref(wsaData)) != 0:
        ErrorHandling("WSAStartup() error!")

    hLisnSock = WSASocket(PF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED)
    ioctlsocket(hLisnSock, FIONBIO, byref(mode))  # for non-blocking socket
    printf("ioctlsocket(hLisnSock, FIONBIO, %d): hLisnSock is non-blocking\n", mode)

    adr.sin_family = AF_INET
    adr.sin_addr.S_un.S_addr = htonl(INADDR_LOOPBACK)
    adr.sin_port = htons(0)  # any free port
    if bind(hLisnSock, byref(adr), sizeof(adr)) == SOCKET_ERROR:
        ErrorHandling("bind() error")
    if listen(hLisnSock, 5) == SOCKET_ERROR:
        ErrorHandling("listen() error")
    getsockname(hLisnSock, byref(adr), byref(adrSz))

    puts("\n1. No client waits:")
    hRecvSock = accept(hLisnSock, NULL, NULL)
    if hRecvSock != INVALID_SOCKET:
        exit("accept() error: nobody should be there")
    puts("   accept(hLisnSock) returns at once: INVALID_SOCKET")
    printf("   WSAGetLastError() is %s\n", repr(WSAGetLastError()))

    puts("\n2. A client waits:")
    hSocket = socket(PF_INET, SOCK_STREAM, 0)
    if connect(hSocket, byref(adr), sizeof(adr)) == SOCKET_ERROR:
        ErrorHandling("connect() error!")
    while hRecvSock == INVALID_SOCKET:
        hRecvSock = accept(hLisnSock, NULL, NULL)
        if hRecvSock == INVALID_SOCKET and WSAGetLastError() != WSAEWOULDBLOCK:
            ErrorHandling("accept() error!")
    puts("   accept(hLisnSock) returns a new socket")
    recvLen = recv(hRecvSock, buf, sizeof(buf), 0)
    printf("   recv() on the new socket returns at once: %d\n", recvLen)
    printf("   WSAGetLastError() is %s\n", repr(WSAGetLastError()))
    if recvLen != SOCKET_ERROR or WSAGetLastError() != WSAEWOULDBLOCK:
        exit("recv() error: the new socket should be non-blocking")
    puts("   so the new socket is non-blocking, too, without an ioctlsocket of its own")

    closesocket(hRecvSock)
    closesocket(hSocket)
    closesocket(hLisnSock)
    WSACleanup()
    return 0


def ErrorHandling(message):
    fputs(f"{message} {WSAGetLastError()!r}", stderr)  # erratum 18
    fputs("\n", stderr)  # erratum 14
    exit(1)


if __name__ == "__main__":
    exit(main())
