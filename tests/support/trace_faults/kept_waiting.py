"""A chain of completion routines keeps SleepEx from returning, while a client waits for accept."""

import select as python_select
import socket as python_socket
import time
from ctypes import byref, cast, create_string_buffer, sizeof

from _peer import connected, start

from winsock_ctypes import *

BUSY = 1.3  # seconds
buf = create_string_buffer(64)
wsaBuf = WSABUF(64, cast(buf, PBYTE))
overlapped = WSAOVERLAPPED()
flagInfo = DWORD(0)


@LPWSAOVERLAPPED_COMPLETION_ROUTINE
def ReadComRoutine(dwError, szRecvBytes, lpOverlapped, flags):
    if time.monotonic() < end:
        peer.sendall(b"more")
        time.sleep(0.02)
        python_select.select([hSock], [], [], 10)  # until it is there when the next receive starts
        if WSARecv(hSock, byref(wsaBuf), 1, NULL, byref(flagInfo), lpOverlapped, ReadComRoutine) == SOCKET_ERROR:
            if WSAGetLastError() != WSA_IO_PENDING:
                raise OSError("WSARecv")


start()
hLisnSock = socket(AF_INET, SOCK_STREAM, 0)
lisnAdr = SOCKADDR_IN()
lisnAdr.sin_family = AF_INET
lisnAdr.sin_addr.S_un.S_addr = htonl(INADDR_LOOPBACK)
bind(hLisnSock, byref(lisnAdr), sizeof(lisnAdr))
listen(hLisnSock, 5)
getsockname(hLisnSock, byref(lisnAdr), byref(INT(sizeof(lisnAdr))))
hSock, peer = connected()
end = time.monotonic() + BUSY
peer.sendall(b"first")
if WSARecv(hSock, byref(wsaBuf), 1, NULL, byref(flagInfo), byref(overlapped), ReadComRoutine) == SOCKET_ERROR:
    if WSAGetLastError() != WSA_IO_PENDING:
        raise OSError("WSARecv")
client = python_socket.create_connection(("127.0.0.1", ntohs(lisnAdr.sin_port)))
SleepEx(100, TRUE)
hClntSock = accept(hLisnSock, NULL, NULL)
for h in (hClntSock, hSock, hLisnSock):
    closesocket(h)
WSACleanup()
