"""Microseconds that a plain call takes, in a loop. With the recorder around it, recorded.

python recorded_calls.py <calls>
"""

import sys
import time

from winsock_ctypes import WSASetLastError, htonl

if __name__ == "__main__":
    calls = int(sys.argv[1])
    WSASetLastError(0)
    started = time.perf_counter()
    for number in range(calls):
        htonl(number)
    print((time.perf_counter() - started) / calls * 1e6)
