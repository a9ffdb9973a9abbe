"""The chapter's echo client: blocking calls, one line at a time.

    python echo_client.py <IP> <port>

`# erratum N`: the printed C is wrong here, see docs/errata.md.
"""

import _include_path  # noqa: F401
import signal
import sys

from winsock_ctypes import *

BUF_SIZE = 1024


def main(argc, argv):
    wsaData = WSADATA()
    servAdr = SOCKADDR_IN()
    message, newLine = (CHAR * BUF_SIZE)(), True  # erratum 21

    if argc != 3:
        printf("Usage %s <IP> <port> \n", argv[0])
        exit(1)
    if not (argv[2].isdecimal() and 0 < atoi(argv[2]) < 65536):  # erratum 11
        exit(f"the port must be a number from 1 to 65535, not '{argv[2]}'")

    if WSAStartup(MAKEWORD(2, 2), byref(wsaData)) != 0:
        ErrorHandling("WSAStartup() error!")

    hSocket = socket(PF_INET, SOCK_STREAM, 0)
    if hSocket == INVALID_SOCKET:
        ErrorHandling("socket() error!")

    memset(byref(servAdr), 0, sizeof(servAdr))
    servAdr.sin_family = AF_INET
    servAdr.sin_addr.S_un.S_addr = inet_addr(argv[1].encode(errors="replace"))
    servAdr.sin_port = htons(atoi(argv[2]))
    if servAdr.sin_addr.S_un.S_addr == INADDR_NONE:  # erratum 11
        exit(f"the address must be an IPv4 address such as 127.0.0.1, not '{argv[1]}'")

    if connect(hSocket, byref(servAdr), sizeof(servAdr)) == SOCKET_ERROR:
        ErrorHandling("connect() error!")
    else:
        puts("Connected ... ")

    while True:
        fputs("Input message (Q to quit)", stdout)
        line = fgets(message, BUF_SIZE, stdin)
        if not line or newLine and (not strcmp(message, "q\n") or not strcmp(message, "Q\n")):
            break  # erratum 7, 21

        strLen = sizeof(line)  # erratum 20
        newLine = message[strLen - 1] == b"\n"  # erratum 21
        if send(hSocket, message, strLen, 0) == SOCKET_ERROR:  # erratum 12, 15
            ErrorHandling("send() error!")
        readLen = 0
        while True:
            recvLen = recv(hSocket, byref(message, readLen), strLen - readLen, 0)  # erratum 5
            if recvLen <= 0:  # erratum 6
                exit("recv() error: the server has closed the connection")
            readLen += recvLen
            if readLen >= strLen:
                break
        message[strLen] = 0
        printf("Message from server : %s", message[:strLen])  # erratum 20

    closesocket(hSocket)
    WSACleanup()
    return 0


def ErrorHandling(message):
    fputs(f"{message} {WSAGetLastError()!r}", stderr)  # erratum 18
    fputs("\n", stderr)  # erratum 14
    exit(1)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl+C ends a call into the DLL, too
    exit(main(len(sys.argv), sys.argv))
