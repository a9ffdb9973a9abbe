"""The IOCP echo server with accept overlapped, too: no thread accepts, and clients come by IPv4 and by IPv6.

    python acceptex_echo_server.py <port> [workers]

On each listening socket several AcceptEx are pending. Each brings a socket of its own, which is the client's connection when
the completion arrives at the port; the worker that gets it starts the first receive and the next AcceptEx. main only waits.
An operation is in the hands of the kernel or of one worker, never of both and never of two, so it needs no lock.
"""

import _include_path  # noqa: F401
import signal
import sys
import threading
from ctypes import addressof, byref, cast, memmove, sizeof

from winsock_ctypes import *

BUF_SIZE = 1024
ACCEPT_COUNT = 16  # AcceptEx pending on each listening socket
ADR_SIZE = sizeof(SOCKADDR_STORAGE) + 16  # room for one address in the buffer of AcceptEx
ACCEPT = 1
READ = 3
WRITE = 5


class PER_HANDLE_DATA(Structure):  # one per socket that is attached to the port: the completion key
    _fields_ = [("hSock", SOCKET), ("family", INT), ("clntAdr", SOCKADDR_STORAGE)]


class PER_IO_DATA(Structure):  # one per operation: the OVERLAPPED must come first
    _fields_ = [
        ("overlapped", WSAOVERLAPPED),
        ("buf", BYTE * BUF_SIZE),
        ("wsaBuf", WSABUF),
        ("rwMode", INT),
        ("hAcptSock", SOCKET),
    ]


LPPER_HANDLE_DATA = POINTER(PER_HANDLE_DATA)
LPPER_IO_DATA = POINTER(PER_IO_DATA)

running = True
exitStatus = 0
hSocks = set()  # all but the listening ones, of all workers: only to be used with the lock
lock = threading.Lock()  # as a CRITICAL_SECTION would be in C

lpfnAcceptEx = LPFN_ACCEPTEX()
lpfnGetAcceptExSockaddrs = LPFN_GETACCEPTEXSOCKADDRS()


def main(argc, argv):
    wsaData = WSADATA()
    hints = ADDRINFOW()
    adrList = PADDRINFOW()
    lisnInfos = []

    if argc != 2 and argc != 3:
        print(f"Usage : {argv[0]} <port> [workers] ")
        sys.exit(1)
    port = PortNumber(argv[1])
    workers = WorkerNumber(argv[2]) if argc == 3 else 1  # why 1: see iocp_echo_server.py

    if WSAStartup(MAKEWORD(2, 2), byref(wsaData)) != 0:
        ErrorHandling("WSAStartup() error!")
    signal.signal(signal.SIGINT, CtrlHandler)
    signal.signal(signal.SIGBREAK, CtrlHandler)

    hComPort = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0)
    if hComPort == NULL:
        ErrorHandling(f"CreateIoCompletionPort() error! {GetLastError()!r}")

    hints.ai_flags = AI_PASSIVE
    hints.ai_family = AF_UNSPEC  # IPv4 and IPv6
    hints.ai_socktype = SOCK_STREAM
    error = GetAddrInfo(NULL, str(port), byref(hints), byref(adrList))
    if error != 0:
        ErrorHandling(f"GetAddrInfo() error: port {port}: {error}")
    adrInfo = adrList
    while adrInfo:
        hLisnSock = ListenOn(adrInfo.contents, port)
        if hLisnSock != INVALID_SOCKET:
            lisnInfo = AttachSocket(hComPort, hLisnSock)
            lisnInfo.contents.family = adrInfo.contents.ai_family
            lisnInfos.append(lisnInfo)
        adrInfo = adrInfo.contents.ai_next
    FreeAddrInfo(adrList)
    if not lisnInfos:
        ErrorHandling(f"WSASocket() error: neither IPv4 nor IPv6: {WSAGetLastError()!r}")

    LoadFunction(lisnInfos[0].contents.hSock, WSAID_ACCEPTEX, lpfnAcceptEx)
    LoadFunction(lisnInfos[0].contents.hSock, WSAID_GETACCEPTEXSOCKADDRS, lpfnGetAcceptExSockaddrs)
    for lisnInfo in lisnInfos:
        for _ in range(ACCEPT_COUNT):
            hbInfo = cast(malloc(sizeof(PER_IO_DATA)), LPPER_IO_DATA)
            StartAccept(lisnInfo.contents, hbInfo.contents)

    # daemon: should main end with an error, then the process ends, whatever the workers are waiting for
    hThreads = [threading.Thread(target=EchoThreadMain, args=(hComPort,), daemon=True) for _ in range(workers)]
    for hThread in hThreads:
        hThread.start()

    while running:
        SleepEx(100, FALSE)

    while exitStatus == 0:  # again and again: a worker may be about to start one more operation
        for lisnInfo in lisnInfos:
            CancelIoEx(lisnInfo.contents.hSock, NULL)
        with lock:
            for hSock in hSocks:
                CancelIoEx(hSock, NULL)
            if not hSocks:
                break
        SleepEx(10, FALSE)
    for _ in hThreads:
        if not PostQueuedCompletionStatus(hComPort, 0, 0, NULL):
            ErrorHandling(f"PostQueuedCompletionStatus() error! {GetLastError()!r}")
    for hThread in hThreads:
        hThread.join()
    for lisnInfo in lisnInfos:
        closesocket(lisnInfo.contents.hSock)
        free(lisnInfo)
    CloseHandle(hComPort)
    WSACleanup()
    return exitStatus


def ListenOn(adrInfo, port):
    v6only = INT(1)  # IPv4 has a listening socket of its own

    hLisnSock = WSASocket(adrInfo.ai_family, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED)
    if hLisnSock == INVALID_SOCKET:
        if WSAGetLastError() == WSAEAFNOSUPPORT:  # this computer has only the other family
            return INVALID_SOCKET
        ErrorHandling(f"WSASocket() error! {WSAGetLastError()!r}")
    if adrInfo.ai_family == AF_INET6:
        if setsockopt(hLisnSock, IPPROTO_IPV6, IPV6_V6ONLY, byref(v6only), sizeof(v6only)) == SOCKET_ERROR:
            ErrorHandling(f"setsockopt(IPV6_V6ONLY) error! {WSAGetLastError()!r}")
    if bind(hLisnSock, adrInfo.ai_addr, adrInfo.ai_addrlen) == SOCKET_ERROR:
        ErrorHandling(f"bind() error: port {port}: {WSAGetLastError()!r}")
    if listen(hLisnSock, SOMAXCONN) == SOCKET_ERROR:
        ErrorHandling(f"listen() error: port {port}: {WSAGetLastError()!r}")
    return hLisnSock


def LoadFunction(hSock, guid, lpfn):
    dwBytes = DWORD()

    code = SIO_GET_EXTENSION_FUNCTION_POINTER
    if WSAIoctl(hSock, code, byref(guid), sizeof(guid), byref(lpfn), sizeof(lpfn), byref(dwBytes), NULL, NULL) == SOCKET_ERROR:
        ErrorHandling(f"WSAIoctl() error! {WSAGetLastError()!r}")


def AttachSocket(hComPort, hSock):
    handleInfo = cast(malloc(sizeof(PER_HANDLE_DATA)), LPPER_HANDLE_DATA)
    memset(handleInfo, 0, sizeof(PER_HANDLE_DATA))
    handleInfo.contents.hSock = hSock
    if CreateIoCompletionPort(hSock, hComPort, cast(handleInfo, LPVOID).value, 0) == NULL:
        ErrorHandling(f"CreateIoCompletionPort() error! {GetLastError()!r}")
    return handleInfo


def EchoThreadMain(hComPort):
    global running, exitStatus
    szBytes = DWORD()
    key = ULONG_PTR()
    lpOverlapped = LPOVERLAPPED()

    try:
        while True:
            dwError = 0
            if not GetQueuedCompletionStatus(hComPort, byref(szBytes), byref(key), byref(lpOverlapped), 1000):
                dwError = GetLastError()
                if not lpOverlapped:  # nothing came; otherwise an operation did come, which failed
                    if dwError == WAIT_TIMEOUT:
                        continue
                    ErrorHandling(f"GetQueuedCompletionStatus() error! {dwError!r}")
            if not lpOverlapped:  # from main's PostQueuedCompletionStatus
                break

            handleInfo = PER_HANDLE_DATA.from_address(key.value)
            hbInfo = PER_IO_DATA.from_address(addressof(lpOverlapped.contents))
            if hbInfo.rwMode == ACCEPT:
                AcceptCompleted(dwError, hComPort, handleInfo, hbInfo)
            elif hbInfo.rwMode == READ:
                ReadCompleted(dwError, szBytes.value, handleInfo, hbInfo)
            else:
                WriteCompleted(dwError, szBytes.value, handleInfo, hbInfo)
    except BaseException:  # threading prints it (but for SystemExit); then main ends the program
        exitStatus = 1
        running = False
        raise


def StartAccept(lisnInfo, hbInfo):
    dwBytes = DWORD()

    memset(byref(hbInfo), 0, sizeof(PER_IO_DATA))
    hbInfo.rwMode = ACCEPT
    while True:
        hSock = WSASocket(lisnInfo.family, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED)
        if hSock == INVALID_SOCKET:
            ErrorHandling(f"WSASocket() error! {WSAGetLastError()!r}")
        hbInfo.hAcptSock = hSock
        with lock:
            hSocks.add(hSock)
        # Receive length 0: completed by the connection alone. Else clients that say nothing would keep all AcceptEx busy.
        buf, lpOvLp = hbInfo.buf, byref(hbInfo.overlapped)
        if lpfnAcceptEx(lisnInfo.hSock, hSock, buf, 0, ADR_SIZE, ADR_SIZE, byref(dwBytes), lpOvLp):
            return
        error = WSAGetLastError()
        if error == ERROR_IO_PENDING:
            return
        CloseSocket(hSock)
        if error not in (WSAECONNRESET, WSAECONNABORTED, ERROR_NETNAME_DELETED):  # those are one client's failure: try again
            ErrorHandling(f"AcceptEx() error! {error!r}")


def AcceptCompleted(dwError, hComPort, lisnInfo, hbInfo):
    hLisnSock = SOCKET(lisnInfo.hSock)
    hSock = hbInfo.hAcptSock
    localAdr, clntAdr = LPSOCKADDR(), LPSOCKADDR()
    localAdrSz, clntAdrSz = INT(), INT()

    if not running:
        CloseSocket(hSock)
        free(byref(hbInfo))
        return
    # Without this option hSock would not know that it is connected (shutdown, getpeername fail).
    if dwError != 0 or (
        setsockopt(hSock, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, byref(hLisnSock), sizeof(hLisnSock)) == SOCKET_ERROR
    ):
        StartAccept(lisnInfo, hbInfo)
        CloseSocket(hSock)  # the client is gone already
        return
    print("Client connect..\n", end="", flush=True)

    handleInfo = AttachSocket(hComPort, hSock).contents
    lpfnGetAcceptExSockaddrs(
        hbInfo.buf, 0, ADR_SIZE, ADR_SIZE, byref(localAdr), byref(localAdrSz), byref(clntAdr), byref(clntAdrSz)
    )
    memmove(byref(handleInfo.clntAdr), clntAdr, clntAdrSz.value)

    StartAccept(lisnInfo, hbInfo)  # the next client's
    hbInfo = cast(malloc(sizeof(PER_IO_DATA)), LPPER_IO_DATA).contents  # this client's
    memset(byref(hbInfo), 0, sizeof(PER_IO_DATA))  # once: the system changes only Internal and InternalHigh
    hbInfo.wsaBuf.buf = hbInfo.buf
    StartRecv(handleInfo, hbInfo)


def ReadCompleted(dwError, szRecvBytes, handleInfo, hbInfo):
    if dwError != 0 or szRecvBytes == 0 or not running:
        CloseClient(handleInfo, hbInfo)
    else:
        hbInfo.wsaBuf.len = szRecvBytes
        hbInfo.rwMode = WRITE
        SendRest(handleInfo, hbInfo)


def WriteCompleted(dwError, szSendBytes, handleInfo, hbInfo):
    bufInfo = hbInfo.wsaBuf

    if dwError != 0 or not running:
        CloseClient(handleInfo, hbInfo)
    elif szSendBytes < bufInfo.len:  # only a part was sent
        bufInfo.len -= szSendBytes
        memmove(hbInfo.buf, byref(hbInfo.buf, szSendBytes), bufInfo.len)
        SendRest(handleInfo, hbInfo)
    else:
        StartRecv(handleInfo, hbInfo)


def StartRecv(handleInfo, hbInfo):
    bufInfo = hbInfo.wsaBuf
    flagInfo = DWORD(0)

    bufInfo.len = BUF_SIZE
    hbInfo.rwMode = READ
    hSock = handleInfo.hSock
    if WSARecv(hSock, byref(bufInfo), 1, NULL, byref(flagInfo), byref(hbInfo.overlapped), NULL) == SOCKET_ERROR:
        if WSAGetLastError() != WSA_IO_PENDING:
            CloseClient(handleInfo, hbInfo)


def SendRest(handleInfo, hbInfo):
    hSock = handleInfo.hSock

    if WSASend(hSock, byref(hbInfo.wsaBuf), 1, NULL, 0, byref(hbInfo.overlapped), NULL) == SOCKET_ERROR:
        if WSAGetLastError() != WSA_IO_PENDING:
            CloseClient(handleInfo, hbInfo)


def CloseClient(handleInfo, hbInfo):  # only when none of the connection's operations is pending
    CloseSocket(handleInfo.hSock)
    free(byref(handleInfo))
    free(byref(hbInfo))
    print("Client disconnected\n", end="", flush=True)  # in one piece: threads may print at once


def CloseSocket(hSock):
    with lock:  # closed with the lock held: main must not cancel on a number that already is another socket's
        hSocks.discard(hSock)
        closesocket(hSock)


def CtrlHandler(signum, frame):
    global running
    running = False


def PortNumber(text):
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= 65535):
        ErrorHandling(f"the port must be a number from 1 to 65535, not '{text}'")
    return int(text)


def WorkerNumber(text):
    if not (text.isascii() and text.isdigit() and len(text) <= 2 and 1 <= int(text) <= 64):
        ErrorHandling(f"the number of workers must be from 1 to 64, not '{text}'")
    return int(text)


def ErrorHandling(message):
    print(message, file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    sys.exit(main(len(sys.argv), sys.argv))
