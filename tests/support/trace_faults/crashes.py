"""The process ends in the middle of a call's work, without any clean-up."""

import os

from _peer import start

from winsock_ctypes import *

start()
print("before", flush=True)
os._exit(7)
