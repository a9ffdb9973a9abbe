"""The IOCP echo server with accept overlapped, too: no thread accepts, main only waits.

    python acceptex_echo_server.py <port> [workers]

Several AcceptEx are pending. Each brings a socket of its own, which is the client's connection when
its completion is taken from the port; the worker that got it starts the next AcceptEx and the first
receive. An operation is in the hands of the kernel or of one worker, never of two.
`# erratum N`: the printed C is wrong here, see docs/errata.md.
"""

import _include_path  # noqa: F401
import signal
import sys
from threading import Lock, Thread

from winsock_ctypes import *

BUF_SIZE = 1024
ACCEPT_COUNT = 16  # so many AcceptEx are pending
ADR_SIZE = sizeof(SOCKADDR_IN) + 16  # room for one address in the buffer of AcceptEx
ACCEPT = 1
READ = 3
WRITE = 5


class PER_HANDLE_DATA(Structure):
    _fields_ = [("hClntSock", SOCKET), ("clntAdr", SOCKADDR_IN)]


class PER_IO_DATA(Structure):
    _fields_ = [("overlapped", WSAOVERLAPPED), ("rwMode", INT), ("hAcptSock", SOCKET)]
    _fields_ += [("buf", BYTE * BUF_SIZE), ("wsaBuf", WSABUF)]


running = [True]  # until Ctrl+C empties it: erratum 13
hClntSocks = set()  # to be used with the lock only, which would be a CRITICAL_SECTION in C
lock = Lock()
lpfnAcceptEx = LPFN_ACCEPTEX()


def main(argc, argv):
    wsaData = WSADATA()
    lisnAdr = SOCKADDR_IN()
    guid, dwBytes = WSAID_ACCEPTEX, DWORD()

    if argc != 2 and argc != 3:
        printf("Usage : %s <port> [workers] \n", argv[0])
        exit(1)
    if not (argv[1].isdecimal() and 0 < atoi(argv[1]) < 65536):  # erratum 11
        exit(f"the port must be a number from 1 to 65535, not '{argv[1]}'")
    if argc == 3 and not (argv[2].isdecimal() and 0 < atoi(argv[2]) < 65):
        exit(f"the number of workers must be from 1 to 64, not '{argv[2]}'")

    if WSAStartup(MAKEWORD(2, 2), byref(wsaData)) != 0:
        ErrorHandling("WSAStartup() error!")
    # In C as many as there are processors. Of Python's threads only one at a time runs.
    workers = atoi(argv[2]) if argc == 3 else 1
    hComPort = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, workers)
    hThreads = [Thread(target=EchoThreadMain, args=[hComPort], daemon=True) for _ in range(workers)]
    for hThread in hThreads:
        hThread.start()
    hLisnSock = WSASocket(PF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED)

    memset(byref(lisnAdr), 0, sizeof(lisnAdr))
    lisnAdr.sin_family = AF_INET
    lisnAdr.sin_addr.S_un.S_addr = htonl(INADDR_ANY)
    lisnAdr.sin_port = htons(atoi(argv[1]))

    if bind(hLisnSock, byref(lisnAdr), sizeof(lisnAdr)) == SOCKET_ERROR:
        ErrorHandling("bind() error")
    if listen(hLisnSock, SOMAXCONN) == SOCKET_ERROR:
        ErrorHandling("listen() error")

    lisnInfo = PER_HANDLE_DATA.from_address(malloc(sizeof(PER_HANDLE_DATA)))
    lisnInfo.hClntSock = hLisnSock
    CreateIoCompletionPort(hLisnSock, hComPort, addressof(lisnInfo), 0)
    code, lpfn, size = SIO_GET_EXTENSION_FUNCTION_POINTER, byref(lpfnAcceptEx), sizeof(lpfnAcceptEx)
    WSAIoctl(hLisnSock, code, byref(guid), sizeof(guid), lpfn, size, byref(dwBytes), NULL, NULL)
    for _ in range(ACCEPT_COUNT):
        StartAccept(lisnInfo)
    while running and all(hThread.is_alive() for hThread in hThreads):
        SleepEx(100, FALSE)
    while hClntSocks and all(hThread.is_alive() for hThread in hThreads):
        with lock:  # again and again: a worker may be about to start one more operation
            for hSock in [hLisnSock, *hClntSocks]:
                CancelIoEx(hSock, NULL)
        SleepEx(10, FALSE)
    for _ in hThreads:
        PostQueuedCompletionStatus(hComPort, 0, 0, NULL)
    for hThread in hThreads:
        hThread.join()
    closesocket(hLisnSock)
    free(byref(lisnInfo))
    CloseHandle(hComPort)
    WSACleanup()  # erratum 8

    return 1 if hClntSocks else 0  # 1: an exception has ended a worker


def EchoThreadMain(hComPort):
    size, key, lpOv = DWORD(), ULONG_PTR(), LPOVERLAPPED()

    while True:
        dwError = 0
        if not GetQueuedCompletionStatus(hComPort, byref(size), byref(key), byref(lpOv), INFINITE):
            dwError = GetLastError()
        if not lpOv:  # main's PostQueuedCompletionStatus
            break
        handleInfo = PER_HANDLE_DATA.from_address(key.value)
        hbInfo = PER_IO_DATA.from_address(addressof(lpOv.contents))
        if hbInfo.rwMode == ACCEPT:
            AcceptComRoutine(dwError, hComPort, handleInfo, hbInfo)
            continue
        ComRoutine = ReadComRoutine if hbInfo.rwMode == READ else WriteComRoutine
        ComRoutine(dwError, size.value, handleInfo, hbInfo)


def StartAccept(lisnInfo):
    hbInfo = PER_IO_DATA.from_address(malloc(sizeof(PER_IO_DATA)))
    memset(byref(hbInfo), 0, sizeof(PER_IO_DATA))
    hbInfo.wsaBuf.buf = hbInfo.buf
    hbInfo.rwMode = ACCEPT
    hSock = WSASocket(PF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED)
    hbInfo.hAcptSock = hSock
    with lock:
        hClntSocks.add(hSock)
    # Receive length 0: or clients that say nothing would keep all AcceptEx busy.
    hLisnSock, buf, dwBytes = lisnInfo.hClntSock, hbInfo.buf, byref(DWORD())
    lpOvLp = byref(hbInfo.overlapped)
    while not lpfnAcceptEx(hLisnSock, hSock, buf, 0, ADR_SIZE, ADR_SIZE, dwBytes, lpOvLp):
        if WSAGetLastError() == WSA_IO_PENDING:
            break
        if WSAGetLastError() not in (WSAECONNRESET, ERROR_NETNAME_DELETED):  # erratum 4
            ErrorHandling("AcceptEx() error!")


def AcceptComRoutine(dwError, hComPort, lisnInfo, hbInfo):
    hSock = hbInfo.hAcptSock
    hLisnSock, clntAdrSz = SOCKET(lisnInfo.hClntSock), INT(sizeof(SOCKADDR_IN))

    if running:
        StartAccept(lisnInfo)  # for the next client
    if dwError == 0:  # without this hSock does not know that it is connected
        option, size = SO_UPDATE_ACCEPT_CONTEXT, sizeof(hLisnSock)
        dwError = setsockopt(hSock, SOL_SOCKET, option, byref(hLisnSock), size)
    if dwError != 0:  # the client is gone already, or the operation was cancelled
        with lock:
            hClntSocks.discard(hSock)
            closesocket(hSock)
        free(byref(hbInfo))
        return
    puts("Client connect..")

    handleInfo = PER_HANDLE_DATA.from_address(malloc(sizeof(PER_HANDLE_DATA)))
    handleInfo.hClntSock = hSock
    getpeername(hSock, byref(handleInfo.clntAdr), byref(clntAdrSz))
    CreateIoCompletionPort(hSock, hComPort, addressof(handleInfo), 0)
    WriteComRoutine(0, 0, handleInfo, hbInfo)  # as though something was sent: now receive


def ReadComRoutine(dwError, szRecvBytes, handleInfo, hbInfo):
    hSock = handleInfo.hClntSock
    buf_Info = hbInfo.wsaBuf

    if dwError != 0 or szRecvBytes == 0 or not running:  # erratum 3, 13
        with lock:  # or main might cancel on a number that is another socket's already
            hClntSocks.discard(hSock)
            closesocket(hSock)
        free(byref(handleInfo))
        free(byref(hbInfo))
        puts("Client disconnected")
    else:
        buf_Info.len = szRecvBytes
        hbInfo.rwMode = WRITE
        error = WSASend(hSock, byref(buf_Info), 1, NULL, 0, byref(hbInfo.overlapped), NULL)
        if error == SOCKET_ERROR and WSAGetLastError() != WSA_IO_PENDING:  # erratum 2, 16
            ReadComRoutine(WSAGetLastError(), 0, handleInfo, hbInfo)


def WriteComRoutine(dwError, szSendBytes, handleInfo, hbInfo):
    hSock = handleInfo.hClntSock
    bufInfo = hbInfo.wsaBuf
    flagInfo = DWORD(0)  # erratum 10

    if dwError != 0 or szSendBytes < bufInfo.len:  # erratum 3, 19
        memmove(hbInfo.buf, byref(hbInfo.buf, szSendBytes), bufInfo.len - szSendBytes)
        return ReadComRoutine(dwError, bufInfo.len - szSendBytes, handleInfo, hbInfo)
    bufInfo.len = BUF_SIZE  # erratum 1
    hbInfo.rwMode = READ
    error = WSARecv(hSock, byref(bufInfo), 1, NULL, byref(flagInfo), byref(hbInfo.overlapped), NULL)
    if error == SOCKET_ERROR and WSAGetLastError() != WSA_IO_PENDING:  # erratum 2, 16
        ReadComRoutine(WSAGetLastError(), 0, handleInfo, hbInfo)


def ErrorHandling(message):
    fputs(f"{message} {WSAGetLastError()!r}", stderr)  # erratum 18
    fputs("\n", stderr)  # erratum 14
    exit(1)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, lambda signum, frame: running.clear())  # erratum 13
    exit(main(len(sys.argv), sys.argv))
