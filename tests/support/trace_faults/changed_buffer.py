"""The buffer is filled anew while the kernel still sends from it."""

import threading
from ctypes import byref, cast, create_string_buffer

from _peer import connected, start

from winsock_ctypes import *


@LPWSAOVERLAPPED_COMPLETION_ROUTINE
def WriteComRoutine(dwError, szSendBytes, lpOverlapped, flags):
    pass


start()
hSock, peer = connected()
buf = create_string_buffer(b"a" * 50_000, 50_000)
wsaBuf = WSABUF(50_000, cast(buf, PBYTE))
overlapped = WSAOVERLAPPED()
pending = False
while not pending:
    if WSASend(hSock, byref(wsaBuf), 1, NULL, 0, byref(overlapped), WriteComRoutine) == SOCKET_ERROR:
        if WSAGetLastError() != WSA_IO_PENDING:
            raise OSError("WSASend")
        pending = True
    else:
        SleepEx(0, TRUE)
memset(buf, ord("b"), 50_000)  # the fault
reader = threading.Thread(target=lambda: [None for _ in iter(lambda: peer.recv(100_000), b"")])
reader.start()
while SleepEx(1000, TRUE) != WAIT_IO_COMPLETION:
    pass
closesocket(hSock)
reader.join()
WSACleanup()
