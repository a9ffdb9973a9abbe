"""An echo server on asyncio, for the benchmark: Python's own loop, as its documentation has one write such a server.

python asyncio_echo_server.py <port> proactor-protocol|proactor-streams|selector-protocol|winloop-protocol
"""

import asyncio
import os
import site
import sys


class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(data)

    def pause_writing(self):  # the client reads more slowly than it sends: then so do we
        self.transport.pause_reading()

    def resume_writing(self):
        self.transport.resume_reading()


async def echo(reader, writer):
    try:
        while data := await reader.read(1024):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


async def main(port, api):
    if api == "protocol":
        server = await asyncio.get_running_loop().create_server(Echo, "127.0.0.1", port, backlog=1024)
    else:
        server = await asyncio.start_server(echo, "127.0.0.1", port, backlog=1024)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    kind, api = sys.argv[2].split("-")
    if kind == "winloop":  # libuv in the place of Python's own loop
        if packages := os.environ.get("BENCH_PACKAGES"):
            site.addsitedir(packages)
        import winloop

        loop = winloop.new_event_loop()
    else:
        loop = asyncio.ProactorEventLoop() if kind == "proactor" else asyncio.SelectorEventLoop()
    loop.set_exception_handler(lambda loop, context: None)  # clients that end with a reset are part of the benchmark
    loop.run_until_complete(main(int(sys.argv[1]), api))
