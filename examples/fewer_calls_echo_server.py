"""The IOCP server with fewer calls: what completes at once queues nothing, what waits is taken at once.

    python fewer_calls_echo_server.py <port> [workers]

A call that returns success has completed: with SetFileCompletionNotificationModes there is no packet
for it, and the worker goes on with the result. GetQueuedCompletionStatusEx takes up to 64 packets.
The OVERLAPPED of a completed operation tells its result: Internal 0 or why, InternalHigh how much.
`# erratum N`: the printed C is wrong here, see docs/errata.md.
"""

import _include_path  # noqa: F401
import signal
import sys
from threading import Lock, Thread

from winsock_ctypes import *

BUF_SIZE = 1024
READ = 3
WRITE = 5
MODES = FILE_SKIP_COMPLETION_PORT_ON_SUCCESS | FILE_SKIP_SET_EVENT_ON_HANDLE


class PER_HANDLE_DATA(Structure):
    _fields_ = [("hClntSock", SOCKET), ("clntAdr", SOCKADDR_IN)]


class PER_IO_DATA(Structure):
    _fields_ = [("overlapped", WSAOVERLAPPED), ("rwMode", INT)]
    _fields_ += [("buf", BYTE * BUF_SIZE), ("wsaBuf", WSABUF)]


running = [True]  # until Ctrl+C empties it: erratum 13
hClntSocks = set()  # to be used with the lock only, which would be a CRITICAL_SECTION in C
lock = Lock()


def main(argc, argv):
    wsaData = WSADATA()
    lisnAdr, recvAdr = SOCKADDR_IN(), SOCKADDR_IN()
    mode, recvAdrSz = u_long(1), INT()

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
    ioctlsocket(hLisnSock, FIONBIO, byref(mode))

    memset(byref(lisnAdr), 0, sizeof(lisnAdr))
    lisnAdr.sin_family = AF_INET
    lisnAdr.sin_addr.S_un.S_addr = htonl(INADDR_ANY)
    lisnAdr.sin_port = htons(atoi(argv[1]))

    if bind(hLisnSock, byref(lisnAdr), sizeof(lisnAdr)) == SOCKET_ERROR:
        ErrorHandling("bind() error")
    if listen(hLisnSock, SOMAXCONN) == SOCKET_ERROR:
        ErrorHandling("listen() error")

    lisnPoll = WSAPOLLFD(hLisnSock, POLLRDNORM)
    while running and all(hThread.is_alive() for hThread in hThreads):
        WSAPoll(byref(lisnPoll), 1, 100)  # instead of a blocking accept, which Ctrl+C cannot end
        recvAdrSz.value = sizeof(recvAdr)  # erratum 17
        hRecvSock = accept(hLisnSock, byref(recvAdr), byref(recvAdrSz))
        if hRecvSock == INVALID_SOCKET:
            if WSAGetLastError() in (WSAEWOULDBLOCK, WSAECONNRESET, WSAENOTCONN):  # erratum 4
                continue
            else:
                ErrorHandling("accept() error!")
        puts("Client connect..")

        handleInfo = PER_HANDLE_DATA.from_address(malloc(sizeof(PER_HANDLE_DATA)))
        handleInfo.hClntSock = hRecvSock  # erratum 9
        handleInfo.clntAdr = recvAdr
        with lock:
            hClntSocks.add(hRecvSock)
        CreateIoCompletionPort(hRecvSock, hComPort, addressof(handleInfo), 0)
        if not SetFileCompletionNotificationModes(hRecvSock, MODES):
            ErrorHandling("SetFileCompletionNotificationModes() error!")

        hbInfo = PER_IO_DATA.from_address(malloc(sizeof(PER_IO_DATA)))
        memset(byref(hbInfo), 0, sizeof(PER_IO_DATA))
        hbInfo.wsaBuf.buf = hbInfo.buf

        hbInfo.rwMode = WRITE  # of nothing, as if completed: a worker starts the first WSARecv
        PostQueuedCompletionStatus(hComPort, 0, addressof(handleInfo), byref(hbInfo.overlapped))
    closesocket(hLisnSock)
    # closesocket(hRecvSock): erratum 13
    while hClntSocks and all(hThread.is_alive() for hThread in hThreads):
        with lock:  # again and again: a worker may be about to start one more operation
            for hSock in hClntSocks:
                CancelIoEx(hSock, NULL)
        SleepEx(10, FALSE)
    PostQueuedCompletionStatus(hComPort, 0, 0, NULL)
    for hThread in hThreads:
        hThread.join()
    CloseHandle(hComPort)
    WSACleanup()  # erratum 8

    return 1 if hClntSocks else 0  # 1: an exception has ended a worker


def EchoThreadMain(hComPort):
    entries, count = (OVERLAPPED_ENTRY * 64)(), ULONG()

    while True:
        if not GetQueuedCompletionStatusEx(hComPort, entries, 64, byref(count), INFINITE, FALSE):
            ErrorHandling("GetQueuedCompletionStatusEx() error!")
        for entry in entries[: count.value]:
            if not entry.lpOverlapped:  # main's PostQueuedCompletionStatus, for the next worker, too
                PostQueuedCompletionStatus(hComPort, 0, 0, NULL)
                return
            handleInfo = PER_HANDLE_DATA.from_address(entry.lpCompletionKey)
            hbInfo = PER_IO_DATA.from_address(addressof(entry.lpOverlapped.contents))
            for _ in range(16):
                dwError = hbInfo.overlapped.Internal & 0xFFFFFFFF
                szBytes = hbInfo.overlapped.InternalHigh
                ComRoutine = ReadComRoutine if hbInfo.rwMode == READ else WriteComRoutine
                if not ComRoutine(dwError, szBytes, handleInfo, hbInfo):
                    break
            else:  # to the end of the queue: the other clients wait, too
                PostQueuedCompletionStatus(hComPort, 0, entry.lpCompletionKey, entry.lpOverlapped)


# A routine returns TRUE when the operation that it started has completed already. When FALSE,
# another worker may have the connection in hand, or it is closed.
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
        return FALSE
    else:
        buf_Info.len = szRecvBytes
        hbInfo.rwMode = WRITE
        error = WSASend(hSock, byref(buf_Info), 1, NULL, 0, byref(hbInfo.overlapped), NULL)
        if error == SOCKET_ERROR and WSAGetLastError() != WSA_IO_PENDING:  # erratum 2, 16
            ReadComRoutine(WSAGetLastError(), 0, handleInfo, hbInfo)
        return error != SOCKET_ERROR


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
    return error != SOCKET_ERROR


def ErrorHandling(message):
    fputs(f"{message} {WSAGetLastError()!r}", stderr)  # erratum 18
    fputs("\n", stderr)  # erratum 14
    exit(1)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, lambda signum, frame: running.clear())  # erratum 13
    exit(main(len(sys.argv), sys.argv))
