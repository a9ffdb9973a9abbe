"""An echo server on CPython's private module `_overlapped`, for the benchmark: the completion port that asyncio is built on.

python stdlib_overlapped_echo_server.py <port>

The model of examples/iocp_echo_server.py: main accepts, one worker thread does the I/O; one operation per connection.
"""

import _overlapped
import socket
import sys
import threading

BUF_SIZE = 1024
INFINITE = 0xFFFFFFFF
pending = {}  # address of the OVERLAPPED -> (the operation, its connection)


class Connection:
    def __init__(self, sock):
        self.sock = sock
        self.handle = sock.fileno()
        self.buffer = bytearray(BUF_SIZE)
        self.have = self.sent = 0

    def receive(self):
        self.have = self.sent = 0
        operation = _overlapped.Overlapped(0)
        pending[operation.address] = operation, self
        operation.WSARecvInto(self.handle, self.buffer, 0)

    def send(self):
        operation = _overlapped.Overlapped(0)
        pending[operation.address] = operation, self
        operation.WSASend(self.handle, memoryview(self.buffer)[self.sent : self.have], 0)

    def completed(self, count):
        if self.have == 0:
            if count == 0:
                self.sock.close()
                return
            self.have = count
        else:
            self.sent += count
        if self.sent < self.have:
            self.send()
        else:
            self.receive()


def start(connection, operation):
    try:
        operation()
    except OSError:  # it failed at once, and nothing will come
        connection.sock.close()


def work(port):
    while True:
        status = _overlapped.GetQueuedCompletionStatus(port, INFINITE)
        if status is None:
            continue
        operation, connection = pending.pop(status[3])
        try:
            connection.completed(operation.getresult())
        except OSError:
            connection.sock.close()


def main(port):
    completion_port = _overlapped.CreateIoCompletionPort(_overlapped.INVALID_HANDLE_VALUE, 0, 0, 0)
    listener = socket.create_server(("127.0.0.1", port), backlog=1024)
    threading.Thread(target=work, args=(completion_port,), daemon=True).start()
    while True:
        sock, _ = listener.accept()
        _overlapped.CreateIoCompletionPort(sock.fileno(), completion_port, 0, 0)
        connection = Connection(sock)
        start(connection, connection.receive)


if __name__ == "__main__":
    main(int(sys.argv[1]))
