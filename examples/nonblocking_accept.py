"""The chapter's section on non-blocking sockets: what FIONBIO changes, shown by real calls.

    python nonblocking_accept.py

1. accept on a non-blocking socket returns INVALID_SOCKET at once when no client waits, with WSAEWOULDBLOCK.
2. A socket that such an accept creates is non-blocking, too.
"""

import _include_path  # noqa: F401
import sys
from ctypes import byref, cast, create_string_buffer, sizeof

from winsock_ctypes import *


def main():
    wsaData = WSADATA()
    adr = SOCKADDR_IN()
    adrSz = INT(sizeof(adr))
    mode = u_long(1)  # erratum 10
    buf = create_string_buffer(16)

    if WSAStartup(MAKEWORD(2, 2), byref(wsaData)) != 0:
        ErrorHandling("WSAStartup() error!")

    hLisnSock = WSASocket(PF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED)
    ioctlsocket(hLisnSock, FIONBIO, byref(mode))  # for non-blocking socket
    print(f"ioctlsocket(hLisnSock, FIONBIO, {mode.value}): hLisnSock is non-blocking")

    adr.sin_family = AF_INET
    adr.sin_addr.S_un.S_addr = htonl(INADDR_LOOPBACK)
    adr.sin_port = htons(0)  # any free port
    if bind(hLisnSock, cast(byref(adr), LPSOCKADDR), sizeof(adr)) == SOCKET_ERROR:
        ErrorHandling(f"bind() error! {WSAGetLastError()!r}")
    if listen(hLisnSock, 5) == SOCKET_ERROR:
        ErrorHandling(f"listen() error! {WSAGetLastError()!r}")
    getsockname(hLisnSock, cast(byref(adr), LPSOCKADDR), byref(adrSz))

    print("\n1. No client waits:")
    hRecvSock = accept(hLisnSock, NULL, NULL)
    if hRecvSock != INVALID_SOCKET:
        ErrorHandling("accept() error: nobody should be there")
    print(f"   accept(hLisnSock) returns at once: INVALID_SOCKET, WSAGetLastError() is {WSAGetLastError()!r}")

    print("\n2. A client waits:")
    hSocket = socket(PF_INET, SOCK_STREAM, 0)
    if connect(hSocket, cast(byref(adr), LPSOCKADDR), sizeof(adr)) == SOCKET_ERROR:
        ErrorHandling(f"connect() error! {WSAGetLastError()!r}")
    while hRecvSock == INVALID_SOCKET:
        hRecvSock = accept(hLisnSock, NULL, NULL)
        if hRecvSock == INVALID_SOCKET and WSAGetLastError() != WSAEWOULDBLOCK:
            ErrorHandling(f"accept() error! {WSAGetLastError()!r}")
    print("   accept(hLisnSock) returns a new socket")
    recvLen = recv(hRecvSock, buf, sizeof(buf), 0)
    print(f"   recv() on the new socket returns at once: {recvLen}, WSAGetLastError() is {WSAGetLastError()!r}")
    if recvLen != SOCKET_ERROR or WSAGetLastError() != WSAEWOULDBLOCK:
        ErrorHandling("recv() error: the new socket should be non-blocking")
    print("   so the new socket is non-blocking, too, without an ioctlsocket of its own")

    closesocket(hRecvSock)
    closesocket(hSocket)
    closesocket(hLisnSock)
    WSACleanup()
    return 0


def ErrorHandling(message):
    print(message, file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    sys.exit(main())
