"""A result that says failure is kept, and the program goes on as if it did not."""

from ctypes import byref, sizeof

from _peer import start

from winsock_ctypes import *

start()
hSocket = socket(AF_INET, SOCK_STREAM, 0)
servAdr = SOCKADDR_IN()
servAdr.sin_family = AF_INET
servAdr.sin_addr.S_un.S_addr = htonl(INADDR_LOOPBACK)
servAdr.sin_port = htons(1)  # nobody listens there
result = connect(hSocket, byref(servAdr), sizeof(servAdr))
print("connected, or not:", result, flush=True)
send(hSocket, b"hello", 5, 0)  # the fault: connect has failed
closesocket(hSocket)
WSACleanup()
