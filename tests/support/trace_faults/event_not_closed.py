"""An event is not closed."""

from _peer import start

from winsock_ctypes import *

start()
evObj = WSACreateEvent()
WSASetEvent(evObj)
WSACleanup()
