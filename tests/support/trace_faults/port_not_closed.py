"""The completion port is not closed."""

from _peer import start

from winsock_ctypes import *

start()
hComPort = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0)
WSACleanup()
