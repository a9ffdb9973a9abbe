"""The chapter's echo client: blocking calls, one line at a time.

    python echo_client.py <IP> <port>

`# erratum N`: the printed C is wrong here, see docs/errata.md.
"""

import _include_path  # noqa: F401
import sys
from ctypes import byref, cast, create_string_buffer, sizeof

from winsock_ctypes import *

BUF_SIZE = 1024


def main(argc, argv):
    wsaData = WSADATA()
    servAdr = SOCKADDR_IN()
    message = create_string_buffer(BUF_SIZE)  # char message[BUF_SIZE]

    if argc != 3:
        print(f"Usage {argv[0]} <IP> <port> ")
        sys.exit(1)
    port = PortNumber(argv[2])  # erratum 11

    if WSAStartup(MAKEWORD(2, 2), byref(wsaData)) != 0:
        ErrorHandling("WSAStartup() error!")

    hSocket = socket(PF_INET, SOCK_STREAM, 0)
    if hSocket == INVALID_SOCKET:
        ErrorHandling(f"socket() error! {WSAGetLastError()!r}")

    memset(byref(servAdr), 0, sizeof(servAdr))
    servAdr.sin_family = AF_INET
    servAdr.sin_addr.S_un.S_addr = inet_addr(argv[1].encode(errors="replace"))
    servAdr.sin_port = htons(port)
    if servAdr.sin_addr.S_un.S_addr == INADDR_NONE:  # erratum 11
        ErrorHandling(f"the address must be an IPv4 address such as 127.0.0.1, not '{argv[1]}'")

    if connect(hSocket, cast(byref(servAdr), LPSOCKADDR), sizeof(servAdr)) == SOCKET_ERROR:
        ErrorHandling(f"connect() error: {argv[1]} port {port}: {WSAGetLastError()!r}")
    else:
        fputs(b"Connected ... \n")

    while True:
        fputs(b"Input message (Q to quit)")
        message.value = line = fgets(BUF_SIZE)
        if line == b"q\n" or line == b"Q\n" or line == b"":  # erratum 7
            break

        strLen = len(line)
        if send(hSocket, message, strLen, 0) == SOCKET_ERROR:  # erratum 12, 15
            ErrorHandling(f"send() error! {WSAGetLastError()!r}")
        readLen = 0
        while readLen < strLen:
            recvLen = recv(hSocket, byref(message, readLen), strLen - readLen, 0)  # erratum 5
            if recvLen == 0:  # erratum 6
                ErrorHandling("recv() error: the server closed the connection")
            if recvLen == SOCKET_ERROR:  # erratum 6
                ErrorHandling(f"recv() error! {WSAGetLastError()!r}")
            readLen += recvLen
        fputs(b"Message from server : " + message[:strLen])

    closesocket(hSocket)
    WSACleanup()
    return 0


def fgets(size):  # bytes, as in C: what is typed is what is sent, whatever the console's code page
    return sys.stdin.buffer.readline(size - 1).replace(b"\r\n", b"\n")


def fputs(text):
    sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()


def PortNumber(text):
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= 65535):
        ErrorHandling(f"the port must be a number from 1 to 65535, not '{text}'")
    return int(text)


def ErrorHandling(message):
    print(message, file=sys.stderr)  # erratum 14
    sys.exit(1)


if __name__ == "__main__":
    sys.exit(main(len(sys.argv), sys.argv))
