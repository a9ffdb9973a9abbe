"""An echo server on pywin32, for the benchmark. The model of examples/iocp_echo_server.py: main accepts, a worker does the I/O.

python pywin32_echo_server.py <port>
"""

import os
import site
import socket
import sys
import threading

if packages := os.environ.get("BENCH_PACKAGES"):
    site.addsitedir(packages)
import pywintypes
import win32event
import win32file

BUF_SIZE = 1024
ERROR_IO_PENDING = 997
connections = {}  # completion key -> connection


class Connection:
    def __init__(self, sock):
        self.sock = sock
        self.buffer = win32file.AllocateReadBuffer(BUF_SIZE)
        self.overlapped = pywintypes.OVERLAPPED()
        self.reading = True
        self.have = self.sent = 0

    def receive(self):
        self.reading = True
        self.check(win32file.WSARecv(self.sock, self.buffer, self.overlapped, 0)[0])

    def send(self):
        self.reading = False
        self.check(win32file.WSASend(self.sock, self.buffer[self.sent : self.have], self.overlapped, 0)[0])

    def check(self, error):
        if error not in (0, ERROR_IO_PENDING):
            self.close()

    def completed(self, error, count):
        if error or (self.reading and count == 0):
            self.close()
        elif self.reading:
            self.have, self.sent = count, 0
            self.send()
        else:
            self.sent += count
            if self.sent < self.have:
                self.send()
            else:
                self.receive()

    def close(self):
        del connections[id(self)]
        self.sock.close()


def work(port):
    while True:
        error, count, key, overlapped = win32file.GetQueuedCompletionStatus(port, win32event.INFINITE)
        if overlapped is None:
            continue
        connection = connections[key]
        try:
            connection.completed(error, count)
        except pywintypes.error:
            connection.close()


def main(port):
    completion_port = win32file.CreateIoCompletionPort(win32file.INVALID_HANDLE_VALUE, None, 0, 0)
    listener = socket.create_server(("127.0.0.1", port), backlog=1024)
    threading.Thread(target=work, args=(completion_port,), daemon=True).start()
    while True:
        sock, _ = listener.accept()
        connection = Connection(sock)
        connections[id(connection)] = connection
        win32file.CreateIoCompletionPort(sock.fileno(), completion_port, id(connection), 0)
        try:
            connection.receive()
        except pywintypes.error:
            connection.close()


if __name__ == "__main__":
    main(int(sys.argv[1]))
