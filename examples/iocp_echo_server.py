"""The overlapped echo server taken to the IOCP model: main accepts, worker threads do the I/O of all clients.

    python iocp_echo_server.py <port> [workers]

Every socket is attached to one completion port. The workers wait at the port, and whichever wakes up handles the completion.
What was in hEvent before comes from two places: the completion key leads to the PER_HANDLE_DATA of the connection, and the
OVERLAPPED itself, which is the first member of PER_IO_DATA, to that of the operation. At most one operation of a connection
is pending at any time, so a connection is only ever in the hands of one thread and needs no lock.
"""

import _include_path  # noqa: F401
import signal
import sys
import threading
from ctypes import addressof, byref, cast, memmove, sizeof

from winsock_ctypes import *

BUF_SIZE = 1024
READ = 3
WRITE = 5


class PER_HANDLE_DATA(Structure):  # one per connection: the completion key
    _fields_ = [("hClntSock", SOCKET), ("clntAdr", SOCKADDR_IN)]


class PER_IO_DATA(Structure):  # one per operation: the OVERLAPPED must come first
    _fields_ = [("overlapped", WSAOVERLAPPED), ("buf", BYTE * BUF_SIZE), ("wsaBuf", WSABUF), ("rwMode", INT)]


LPPER_HANDLE_DATA = POINTER(PER_HANDLE_DATA)
LPPER_IO_DATA = POINTER(PER_IO_DATA)

running = True
exitStatus = 0
hClntSocks = set()  # of main and of all workers: only to be used with the lock
lock = threading.Lock()  # as a CRITICAL_SECTION would be in C


def main(argc, argv):
    wsaData = WSADATA()
    lisnAdr = SOCKADDR_IN()
    recvAdr = SOCKADDR_IN()
    readfds = fd_set()
    timeout = TIMEVAL(0, 100_000)  # microseconds
    recvAdrSz = INT()
    flagInfo = DWORD(0)

    if argc != 2 and argc != 3:
        print(f"Usage : {argv[0]} <port> [workers] ")
        sys.exit(1)
    port = PortNumber(argv[1])
    # In C there are as many workers as processors (GetSystemInfo, dwNumberOfProcessors). In Python only one thread at a time
    # runs Python code, so more than one worker shows how the model works, but does not make it faster.
    workers = WorkerNumber(argv[2]) if argc == 3 else 1

    if WSAStartup(MAKEWORD(2, 2), byref(wsaData)) != 0:
        ErrorHandling("WSAStartup() error!")
    signal.signal(signal.SIGINT, CtrlHandler)
    signal.signal(signal.SIGBREAK, CtrlHandler)

    hComPort = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0)
    if hComPort == NULL:
        ErrorHandling(f"CreateIoCompletionPort() error! {GetLastError()!r}")

    hLisnSock = WSASocket(PF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED)
    if hLisnSock == INVALID_SOCKET:
        ErrorHandling(f"WSASocket() error! {WSAGetLastError()!r}")

    memset(byref(lisnAdr), 0, sizeof(lisnAdr))
    lisnAdr.sin_family = AF_INET
    lisnAdr.sin_addr.S_un.S_addr = htonl(INADDR_ANY)
    lisnAdr.sin_port = htons(port)

    if bind(hLisnSock, cast(byref(lisnAdr), LPSOCKADDR), sizeof(lisnAdr)) == SOCKET_ERROR:
        ErrorHandling(f"bind() error: port {port}: {WSAGetLastError()!r}")
    if listen(hLisnSock, SOMAXCONN) == SOCKET_ERROR:
        ErrorHandling(f"listen() error: port {port}: {WSAGetLastError()!r}")

    # daemon: should main end with an error, then the process ends, whatever the workers are waiting for
    hThreads = [threading.Thread(target=EchoThreadMain, args=(hComPort,), daemon=True) for _ in range(workers)]
    for hThread in hThreads:
        hThread.start()

    while running:
        # accept blocks, and Python runs CtrlHandler only between calls. So that Ctrl+C is not kept waiting for the next
        # client, accept is called when select has seen one, and select comes back every 100 ms.
        FD_ZERO(readfds)
        FD_SET(hLisnSock, readfds)
        selected = select(0, byref(readfds), NULL, NULL, byref(timeout))
        if selected == 0:
            continue
        if selected == SOCKET_ERROR:
            ErrorHandling(f"select() error! {WSAGetLastError()!r}")
        recvAdrSz.value = sizeof(recvAdr)
        hRecvSock = accept(hLisnSock, byref(recvAdr), byref(recvAdrSz))
        if hRecvSock == INVALID_SOCKET:
            if WSAGetLastError() in (WSAECONNRESET, WSAECONNABORTED, WSAENOTCONN):
                continue
            else:
                ErrorHandling(f"accept() error! {WSAGetLastError()!r}")
        with lock:
            hClntSocks.add(hRecvSock)
        print("Client connect..\n", end="", flush=True)

        handleInfo = cast(malloc(sizeof(PER_HANDLE_DATA)), LPPER_HANDLE_DATA)
        handleInfo.contents.hClntSock = hRecvSock
        handleInfo.contents.clntAdr = recvAdr
        key = cast(handleInfo, LPVOID).value
        if CreateIoCompletionPort(hRecvSock, hComPort, key, 0) == NULL:
            ErrorHandling(f"CreateIoCompletionPort() error! {GetLastError()!r}")

        hbInfo = cast(malloc(sizeof(PER_IO_DATA)), LPPER_IO_DATA)
        memset(hbInfo, 0, sizeof(PER_IO_DATA))  # once: the system changes only Internal and InternalHigh
        hbInfo.contents.wsaBuf.buf = hbInfo.contents.buf
        hbInfo.contents.wsaBuf.len = BUF_SIZE
        hbInfo.contents.rwMode = READ

        lpOvLp = cast(hbInfo, LPWSAOVERLAPPED)
        if WSARecv(hRecvSock, byref(hbInfo.contents.wsaBuf), 1, NULL, byref(flagInfo), lpOvLp, NULL) == SOCKET_ERROR:
            if WSAGetLastError() != WSA_IO_PENDING:
                CloseClient(handleInfo.contents, hbInfo.contents)

    closesocket(hLisnSock)
    while exitStatus == 0:  # again and again: a worker may be about to start one more operation
        with lock:
            for hSock in hClntSocks:
                CancelIoEx(hSock, NULL)
            if not hClntSocks:
                break
        SleepEx(10, FALSE)
    for _ in hThreads:
        if not PostQueuedCompletionStatus(hComPort, 0, 0, NULL):
            ErrorHandling(f"PostQueuedCompletionStatus() error! {GetLastError()!r}")
    for hThread in hThreads:
        hThread.join()
    CloseHandle(hComPort)
    WSACleanup()
    return exitStatus


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
            if hbInfo.rwMode == READ:
                ReadCompleted(dwError, szBytes.value, handleInfo, hbInfo)
            else:
                WriteCompleted(dwError, szBytes.value, handleInfo, hbInfo)
    except BaseException:  # threading prints it (but for SystemExit); then main ends the program
        exitStatus = 1
        running = False
        raise


def ReadCompleted(dwError, szRecvBytes, handleInfo, hbInfo):
    if dwError != 0 or szRecvBytes == 0 or not running:
        CloseClient(handleInfo, hbInfo)
    else:
        hbInfo.wsaBuf.len = szRecvBytes
        hbInfo.rwMode = WRITE
        SendRest(handleInfo, hbInfo)


def WriteCompleted(dwError, szSendBytes, handleInfo, hbInfo):
    hSock = handleInfo.hClntSock
    bufInfo = hbInfo.wsaBuf
    flagInfo = DWORD(0)

    if dwError != 0 or not running:
        CloseClient(handleInfo, hbInfo)
        return
    if szSendBytes < bufInfo.len:  # only a part was sent
        bufInfo.len -= szSendBytes
        memmove(hbInfo.buf, byref(hbInfo.buf, szSendBytes), bufInfo.len)
        SendRest(handleInfo, hbInfo)
        return
    bufInfo.len = BUF_SIZE
    hbInfo.rwMode = READ
    if WSARecv(hSock, byref(bufInfo), 1, NULL, byref(flagInfo), byref(hbInfo.overlapped), NULL) == SOCKET_ERROR:
        if WSAGetLastError() != WSA_IO_PENDING:
            CloseClient(handleInfo, hbInfo)


def SendRest(handleInfo, hbInfo):
    hSock = handleInfo.hClntSock

    if WSASend(hSock, byref(hbInfo.wsaBuf), 1, NULL, 0, byref(hbInfo.overlapped), NULL) == SOCKET_ERROR:
        if WSAGetLastError() != WSA_IO_PENDING:
            CloseClient(handleInfo, hbInfo)


def CloseClient(handleInfo, hbInfo):  # only when none of the connection's operations is pending
    hSock = handleInfo.hClntSock
    with lock:  # closed with the lock held: main must not cancel on a number that already is another socket's
        hClntSocks.discard(hSock)
        closesocket(hSock)
    free(byref(handleInfo))
    free(byref(hbInfo))
    print("Client disconnected\n", end="", flush=True)  # in one piece: threads may print at once


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
