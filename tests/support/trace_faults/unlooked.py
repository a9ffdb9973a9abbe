"""Nobody looks at what GetQueuedCompletionStatus returns."""

from ctypes import byref

from _peer import start

from winsock_ctypes import *

start()
hComPort = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0)
szBytes = DWORD()
key = ULONG_PTR()
lpOverlapped = LPOVERLAPPED()
GetQueuedCompletionStatus(hComPort, byref(szBytes), byref(key), byref(lpOverlapped), 10)  # the fault
print(szBytes.value, key.value, flush=True)
CloseHandle(hComPort)
WSACleanup()
