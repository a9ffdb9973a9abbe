"""The load client in Python, for where no C compiler is: the same arguments and output as load.c."""

from __future__ import annotations

import json
import random
import selectors
import socket
import sys
import time

SHIFTS = 4096
TABLE = random.Random(2463534242).randbytes((1 << 20) + SHIFTS)
PATIENCE = 20


class Connection:
    def __init__(self, load: Load, index: int) -> None:
        self.load, self.index, self.number = load, index, 0
        self.sent = self.received = 0
        self.started = time.perf_counter()
        self.sock = socket.create_connection(("127.0.0.1", load.port), timeout=PATIENCE)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.setblocking(False)
        self.acknowledge_at_once()
        load.selector.register(self.sock, selectors.EVENT_READ, self)

    def begin(self) -> None:
        self.started = time.perf_counter()
        shift = (self.index * 131 + self.number * 17) % SHIFTS
        self.message = memoryview(TABLE)[shift : shift + self.load.size]
        self.push()

    def acknowledge_at_once(self) -> None:
        if not self.load.delayed and hasattr(socket, "TCP_QUICKACK"):
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)

    def push(self) -> None:
        try:
            while self.sent < len(self.message):
                self.sent += self.sock.send(self.message[self.sent :])
        except BlockingIOError:
            self.load.selector.modify(self.sock, selectors.EVENT_READ | selectors.EVENT_WRITE, self)
        else:
            self.load.selector.modify(self.sock, selectors.EVENT_READ, self)

    def pull(self) -> bool:
        """Receive and compare; whether that completes the echo."""
        while self.received < len(self.message):
            try:
                data = self.sock.recv(65536)
            except BlockingIOError:
                return False
            if not data:
                sys.exit("load: the server closed a connection")
            if data != self.message[self.received : self.received + len(data)]:
                sys.exit("load: an echo differs from what was sent")
            self.received += len(data)
            if self.load.measuring:
                self.load.bytes += len(data)
            self.acknowledge_at_once()
        if self.load.measuring:
            self.load.latencies.append(time.perf_counter() - self.started)
        self.number += 1
        self.sent = self.received = 0
        return True

    def close(self) -> None:
        self.load.selector.unregister(self.sock)
        self.sock.close()


class Load:
    def __init__(self, port: int, delayed: bool) -> None:
        self.delayed = delayed
        self.port, self.size, self.measuring, self.bytes = port, 16, False, 0
        self.latencies: list[float] = []
        self.selector = selectors.DefaultSelector()
        self.connections: list[Connection] = []

    def turn(self, seconds: float, again: bool) -> None:
        if not self.connections:
            time.sleep(seconds)
            return
        for key, events in self.selector.select(seconds):
            connection: Connection = key.data
            if events & selectors.EVENT_WRITE:
                connection.push()
            if events & selectors.EVENT_READ and connection.pull() and again and connection.index >= 0:
                connection.begin()

    def connect_all(self, busy: int, idle: int = 0) -> None:
        for index in range(busy + idle):
            connection = Connection(self, index)
            self.connections.append(connection)
            connection.begin()
            pinged = start = time.perf_counter()
            first = self.connections[0]
            while connection.number == 0:
                self.turn(0.001, False)
                if index and first.sent == 0 and time.perf_counter() - pinged > 0.001:
                    first.begin()
                    pinged = time.perf_counter()
                if time.perf_counter() - start > PATIENCE:
                    sys.exit("load: no first echo")
            if index and index >= busy:  # select takes 512 at most on Windows
                self.selector.unregister(connection.sock)
        while self.connections and self.connections[0].sent:
            self.turn(0.1, False)

    def echo(self, count: int, size: int, warm_up: float, duration: float, idle: int) -> None:
        self.connect_all(count, idle)
        self.size = size
        for connection in self.connections[:count]:
            connection.begin()
        start = time.perf_counter()
        while time.perf_counter() - start < warm_up:
            self.turn(0.01, True)
        print("start", flush=True)
        self.measuring = True
        start = time.perf_counter()
        while (stop := time.perf_counter()) - start < duration:
            self.turn(0.01, True)
        print("stop", flush=True)
        ordered = sorted(self.latencies) or [-1e-6]
        p50, p99 = (1e6 * ordered[int(p * (len(ordered) - 1) + 0.5)] for p in (0.5, 0.99))
        echoes, completed = self.bytes / size, len(self.latencies)
        print(json.dumps(dict(echoes=echoes, seconds=stop - start, completed=completed, p50_us=p50, p99_us=p99)), flush=True)

    def probe(self, probes: int, busy: int, patience: float) -> None:
        self.connect_all(busy)
        self.size = 64
        for connection in self.connections:
            connection.begin()
        times: list[float | None] = []
        for _ in range(probes):
            end = time.perf_counter() + random.random() / 10
            while time.perf_counter() < end:
                self.turn(0.001, True)
            connection = Connection(self, -1)
            started = connection.started
            connection.begin()
            self.connections.append(connection)
            while connection.number == 0 and time.perf_counter() - started < patience:
                self.turn(0.001, True)
            times.append(1e3 * (time.perf_counter() - started) if connection.number else None)
            self.connections.pop()
            connection.close()
            if times.count(None) == 2:
                break
        print(json.dumps({"ms": times}), flush=True)

    def hold(self, count: int) -> None:
        self.connect_all(0, count)
        print("held", flush=True)
        sys.stdin.readline()


if __name__ == "__main__":
    delayed = sys.argv[-1] == "delayed"
    load, arguments = Load(int(sys.argv[1]), delayed), [float(argument) for argument in sys.argv[3 : -1 if delayed else None]]
    if sys.argv[2] == "echo":
        load.echo(int(arguments[0]), int(arguments[1]), arguments[2] / 1e3, arguments[3] / 1e3, int(arguments[4]))
    elif sys.argv[2] == "connect":
        load.probe(int(arguments[0]), int(arguments[1]), arguments[2] / 1e3)
    else:
        load.hold(int(arguments[0]))
