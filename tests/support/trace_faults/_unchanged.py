"""What a recording must not change: errors, keyword arguments, exceptions out of a wait. Prints what it sees."""

from ctypes import ArgumentError, byref, cast, create_string_buffer

from _peer import connected, start

from winsock_ctypes import *


@LPWSAOVERLAPPED_COMPLETION_ROUTINE
def ReadComRoutine(dwError, szRecvBytes, lpOverlapped, flags):
    raise SystemExit(f"{dwError} {szRecvBytes}")


start()
hSock, peer = connected()
buf = create_string_buffer(64)
wsaBuf = WSABUF(64, cast(buf, PBYTE))
overlapped = WSAOVERLAPPED()
flagInfo = DWORD(0)
print(ReadComRoutine, listen)
print(isinstance(ReadComRoutine, LPWSAOVERLAPPED_COMPLETION_ROUTINE), WSARecv.__doc__.splitlines()[0])
result = WSARecv(
    hSock,
    lpBuffers=byref(wsaBuf),
    dwBufferCount=1,
    lpNumberOfBytesRecvd=NULL,
    lpFlags=byref(flagInfo),
    lpOverlapped=byref(overlapped),
    lpCompletionRoutine=ReadComRoutine,
)
malloced = malloc(8)
free(malloced)
open(__file__, "rb").close()
print(result, repr(WSAGetLastError()), repr(WSAGetLastError()), repr(GetLastError()))
peer.sendall(b"hello")
try:
    SleepEx(1000, TRUE)
except SystemExit as error:
    print("out of the wait:", error, buf.value)
print(SleepEx(0, TRUE), ioctlsocket(12345, FIONBIO, byref(u_long(1))), repr(WSAGetLastError()))
for wrong in (lambda: listen(hSock), lambda: listen(hSock, "1"), lambda: closesocket(None), lambda: free(12345)):
    try:
        wrong()
    except (TypeError, ValueError, ArgumentError) as error:
        print(type(error).__name__, error)
try:
    LPWSAOVERLAPPED_COMPLETION_ROUTINE(lambda: None)
except TypeError as error:
    print(str(error).partition(" at 0x")[0])
closesocket(hSock)
WSACleanup()
