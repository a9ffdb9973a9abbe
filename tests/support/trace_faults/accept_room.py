"""AcceptEx is told that an address takes as many bytes as its structure."""

from ctypes import byref, create_string_buffer, sizeof

from _peer import start

from winsock_ctypes import *

ROOM = sizeof(SOCKADDR_IN)  # the fault: 16 more

start()
hLisnSock = socket(AF_INET, SOCK_STREAM, 0)
lisnAdr = SOCKADDR_IN()
lisnAdr.sin_family = AF_INET
lisnAdr.sin_addr.S_un.S_addr = htonl(INADDR_LOOPBACK)
if bind(hLisnSock, byref(lisnAdr), sizeof(lisnAdr)) == SOCKET_ERROR or listen(hLisnSock, 5) == SOCKET_ERROR:
    raise OSError("listen")
if getsockname(hLisnSock, byref(lisnAdr), byref(INT(sizeof(lisnAdr)))) == SOCKET_ERROR:
    raise OSError("getsockname")
AcceptEx = LPFN_ACCEPTEX()
if (
    WSAIoctl(
        hLisnSock,
        SIO_GET_EXTENSION_FUNCTION_POINTER,
        byref(WSAID_ACCEPTEX),
        sizeof(GUID),
        byref(AcceptEx),
        8,
        byref(DWORD()),
        NULL,
        NULL,
    )
    == SOCKET_ERROR
):
    raise OSError("WSAIoctl")
hAcceptSock = socket(AF_INET, SOCK_STREAM, 0)
addresses = create_string_buffer(128)
overlapped = WSAOVERLAPPED()
overlapped.hEvent = WSACreateEvent()

if not AcceptEx(hLisnSock, hAcceptSock, addresses, 0, ROOM, ROOM, byref(DWORD()), byref(overlapped)):
    if WSAGetLastError() != WSA_IO_PENDING:
        print(repr(WSAGetLastError()), flush=True)
    else:
        CancelIoEx(hLisnSock, NULL)
        WSAGetOverlappedResult(hLisnSock, byref(overlapped), byref(DWORD()), TRUE, byref(DWORD()))
closesocket(hAcceptSock)
closesocket(hLisnSock)
WSACloseEvent(overlapped.hEvent)
WSACleanup()
