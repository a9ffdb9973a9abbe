"""A program in the recorder's model: its memory is real, and no call is made; what calls were given and returned is said."""

import ctypes
from ctypes import addressof, byref, sizeof

import winsock_ctypes
from winsock_ctypes import *
from winsock_ctypes.trace import effects
from winsock_ctypes.trace.memory import Memory
from winsock_ctypes.trace.model import Model, Socket


class PER_IO_DATA(Structure):
    _fields_ = [("overlapped", WSAOVERLAPPED), ("hSock", SOCKET), ("buf", BYTE * 100), ("wsaBuf", WSABUF * 2)]


def lent(socket=5, size=100):
    """Of which so many bytes are lent to the operation."""
    data = PER_IO_DATA(hSock=socket)
    data.wsaBuf[0].buf, data.wsaBuf[0].len = data.buf, size
    return data


def internet_address(text, port):
    packed = SOCKADDR_IN(AF_INET, htons(port))
    packed.sin_addr.S_un.S_addr = inet_addr(text)
    return packed


class Program:
    """A program's sockets, ports and operations, in the model."""

    def __init__(self):
        self.memory = Memory(lambda block: None)
        self.model, self.n, self.kept = Model(self.memory), 0, []

    def data(self, socket=5, size=100, pieces=1):
        data = lent(socket, size)
        if pieces == 2:
            half = ctypes.cast(addressof(data) + PER_IO_DATA.buf.offset + 50, PBYTE)
            data.wsaBuf[0].len, data.wsaBuf[1].len, data.wsaBuf[1].buf = 30, 40, half
        self.memory.add(addressof(data), sizeof(data), "malloc", ctype=PER_IO_DATA)
        self.kept.append(data)
        return data

    def start(self, data, name="WSARecv", routine=None, pieces=1, buffers=None, thread=0):
        self.n += 1
        given = {"s": data.hSock, "lpBuffers": buffers or data.wsaBuf, "dwBufferCount": pieces}
        given |= {"lpOverlapped": byref(data.overlapped), "lpCompletionRoutine": routine}
        return self.model.start(name, getattr(winsock_ctypes, name), given, thread, self.n, None)

    def pending(self, data, name="WSARecv", **more):
        op = self.start(data, name, **more)
        data.overlapped.Internal = STATUS_PENDING
        assert self.started(op["id"], WSA_IO_PENDING) == {"id": op["id"], "state": "pending"}
        return op

    def started(self, op, error=0):
        """Its call came back, with an error or without."""
        fields = {}
        self.model.started(op, error != 0, error, fields)
        return fields

    def arrived(self, data, size):
        """Its completion came, with success."""
        fields = {"delivered": self.model.deliver(addressof(data), None)}
        self.model.arrived(fields, size, 0)
        return fields

    def attach(self, socket, port):
        self.model.sockets.setdefault(socket, Socket(socket))
        self.effect("CreateIoCompletionPort", port, FileHandle=socket, CompletionKey=0)

    def effect(self, name, result=1, code=0, /, **given):
        fields = {}
        effects.effects(self.model, name, given, result, fields, code)
        return fields

    def sampled(self):
        return [(event["id"], event["status"], event["bytes"]) for event in self.model.sample()]

    def flush(self):
        fields = {}
        list(self.model.flush(fields))
        return fields


@LPWSAOVERLAPPED_COMPLETION_ROUTINE
def R(dwError, cbTransferred, lpOverlapped, dwFlags):
    pass
