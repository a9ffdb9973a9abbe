"""Ctrl+C, which the program does not expect."""

import _thread
import threading

from _peer import start

from winsock_ctypes import *

start()
SleepEx(10, TRUE)
threading.Timer(0.2, _thread.interrupt_main).start()
while True:
    SleepEx(10, TRUE)
