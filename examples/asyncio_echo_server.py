"""The echo server once more, as asyncio writes it. Its calls are those of iocp_echo_server.py.

    python asyncio_echo_server.py <port>

asyncio_overlapped gives asyncio the functions of winsock_ctypes in place of its C module, so that
python -m winsock_ctypes.trace asyncio_echo_server.py 9190 shows which calls `await` makes.
"""

import sys

import asyncio_overlapped  # noqa: F401  before asyncio
import asyncio


async def main(port):
    server = await asyncio.start_server(echo, "0.0.0.0", port)
    try:
        await asyncio.Event().wait()  # until Ctrl+C; serve_forever would wait for the clients to leave
    finally:
        server.close()


async def echo(reader, writer):
    print("Client connect..", flush=True)
    try:
        while data := await reader.read(1024):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        print("Client disconnected", flush=True)
        writer.close()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(f"Usage : {sys.argv[0]} <port>")
    if not (sys.argv[1].isdecimal() and sys.argv[1].isascii() and 0 < int(sys.argv[1]) < 65536):
        sys.exit(f"the port must be a number from 1 to 65535, not '{sys.argv[1]}'")
    try:
        asyncio.run(main(int(sys.argv[1])))
    except KeyboardInterrupt:
        pass
    except OSError as error:
        sys.exit(f"{error}")
