"""A right program: it waits for a datagram and its sender's address, at a completion port, and answers."""

from ctypes import byref, create_string_buffer, sizeof

from _peer import start

from winsock_ctypes import *


def bound():
    s, address = WSASocket(AF_INET, SOCK_DGRAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED), SOCKADDR_IN(AF_INET)
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK)
    if bind(s, byref(address), sizeof(address)) or getsockname(s, byref(address), byref(INT(sizeof(address)))):
        raise OSError("bind")
    return s, address


def taken():
    szBytes, key, lpOverlapped = DWORD(), ULONG_PTR(), LPOVERLAPPED()
    if not GetQueuedCompletionStatus(hComPort, byref(szBytes), byref(key), byref(lpOverlapped), 1000):
        raise OSError("GetQueuedCompletionStatus")
    return szBytes.value


start()
hSock, servAdr = bound()
hPeer, peerAdr = bound()
hComPort = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0)
CreateIoCompletionPort(hSock, hComPort, 0, 0)
buf, overlapped = create_string_buffer(64), WSAOVERLAPPED()
fromAdr, fromLen = SOCKADDR_IN(), INT(sizeof(SOCKADDR_IN))
wsaBuf, flagInfo = WSABUF(64, buf), DWORD(0)
if WSARecvFrom(hSock, byref(wsaBuf), 1, NULL, byref(flagInfo), byref(fromAdr), byref(fromLen), byref(overlapped), NULL):
    if WSAGetLastError() != WSA_IO_PENDING:
        raise OSError("WSARecvFrom")
sendto(hPeer, b"hello", 5, 0, byref(servAdr), sizeof(servAdr))
wsaBuf.len = taken()
if WSASendTo(hSock, byref(wsaBuf), 1, NULL, 0, byref(fromAdr), fromLen.value, byref(overlapped), NULL):
    if WSAGetLastError() != WSA_IO_PENDING:
        raise OSError("WSASendTo")
print(taken(), flush=True)
closesocket(hSock)
closesocket(hPeer)
CloseHandle(hComPort)
WSACleanup()
