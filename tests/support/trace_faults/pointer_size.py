"""sizeof of the pointer type instead of the structure."""

from ctypes import cast, sizeof

from _peer import start

from winsock_ctypes import *


class PER_IO_DATA(Structure):
    _fields_ = [("hClntSock", SOCKET), ("buf", BYTE * 64), ("wsaBuf", WSABUF)]


LPPER_IO_DATA = POINTER(PER_IO_DATA)

start()
hbInfo = cast(malloc(sizeof(LPPER_IO_DATA)), LPPER_IO_DATA)  # the fault
free(hbInfo)
WSACleanup()
