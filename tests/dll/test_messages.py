"""WSARecvMsg and WSASendMsg: datagrams with control data; here, to which address of this computer they came."""

from ctypes import addressof, byref, cast, create_string_buffer, sizeof

import pytest

from winsock_ctypes import *

ran = []
SPACE = WSA_CMSG_SPACE(sizeof(IN_PKTINFO))


@LPWSAOVERLAPPED_COMPLETION_ROUTINE
def Routine(dwError, cbTransferred, lpOverlapped, dwFlags):
    ran.append((dwError, cbTransferred))


@pytest.fixture
def pair():
    """Two sockets for datagrams with their addresses; the second is told to which address each came. And WSARecvMsg."""
    sockets = []
    for _ in range(2):
        s, address, length = socket(AF_INET, SOCK_DGRAM, 0), SOCKADDR_IN(AF_INET), INT(sizeof(SOCKADDR_IN))
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK)
        sockets.append((s, address))
        assert bind(s, byref(address), sizeof(address)) == 0
        assert getsockname(s, byref(address), byref(length)) == 0
        timeout, on = DWORD(10_000), INT(1)
        assert setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, byref(timeout), sizeof(timeout)) == 0
        assert setsockopt(s, IPPROTO_IP, IP_PKTINFO, byref(on), sizeof(on)) == 0
    ran.clear()
    yield sockets
    for s, _ in sockets:
        closesocket(s)


def wsarecvmsg(s):
    WSARecvMsg, get = LPFN_WSARECVMSG(), SIO_GET_EXTENSION_FUNCTION_POINTER
    assert WSAIoctl(s, get, byref(WSAID_WSARECVMSG), 16, byref(WSARecvMsg), 8, byref(DWORD()), NULL, NULL) == 0
    return WSARecvMsg


class Message:
    """A WSAMSG with a place for all that it has."""

    def __init__(self, length=16, control=SPACE):
        self.sender, self.data, self.control = SOCKADDR_IN(), (CHAR * length)(), (CHAR * control)()
        self.buffers = WSABUF(length, self.data)
        self.msg = WSAMSG(NULL, sizeof(SOCKADDR_IN), NULL, 1, WSABUF(control, self.control), 0)
        self.msg.name, self.msg.lpBuffers = byref(self.sender), byref(self.buffers)


def send(s, address, data):
    pieces = (WSABUF * 2)(WSABUF(3, create_string_buffer(data[:3])), WSABUF(len(data) - 3, create_string_buffer(data[3:])))
    msg, count = WSAMSG(), DWORD()
    msg.name, msg.namelen, msg.lpBuffers, msg.dwBufferCount = byref(address), sizeof(address), pieces, 2
    assert WSASendMsg(s, byref(msg), 0, byref(count), NULL, NULL) == 0 and count.value == len(data)


def information(msg):
    """The control data of the message, the macros' way."""
    found, cmsg = [], WSA_CMSG_FIRSTHDR(byref(msg))
    while cmsg:
        header = cmsg.contents
        if (header.cmsg_level, header.cmsg_type) == (IPPROTO_IP, IP_PKTINFO):
            assert header.cmsg_len == WSA_CMSG_LEN(sizeof(IN_PKTINFO))
            found.append(cast(WSA_CMSG_DATA(cmsg), POINTER(IN_PKTINFO)).contents)
        cmsg = WSA_CMSG_NXTHDR(byref(msg), cmsg)
    return found


def test_a_datagram_says_where_it_came_to(pair):
    (a, adr_a), (b, adr_b) = pair
    send(a, adr_b, b"hello")
    came, count = Message(), DWORD()
    assert wsarecvmsg(b)(b, byref(came.msg), byref(count), NULL, NULL) == 0 and count.value == 5
    assert came.data.value == b"hello" and bytes(came.sender) == bytes(adr_a) and came.msg.namelen == sizeof(SOCKADDR_IN)
    (info,) = information(came.msg)
    assert info.ipi_addr.s_addr == htonl(INADDR_LOOPBACK) and info.ipi_ifindex


@pytest.mark.parametrize("to", ["routine", "port"])
def test_overlapped(pair, to):
    (a, adr_a), (b, adr_b) = pair
    port = NULL if to == "routine" else CreateIoCompletionPort(b, NULL, 7, 0)
    came, overlapped = Message(), WSAOVERLAPPED()
    routine = Routine if to == "routine" else NULL
    assert wsarecvmsg(b)(b, byref(came.msg), NULL, byref(overlapped), routine) == SOCKET_ERROR
    assert WSAGetLastError() == WSA_IO_PENDING
    send(a, adr_b, b"hello")
    if to == "routine":
        assert SleepEx(10_000, TRUE) == WAIT_IO_COMPLETION and ran == [(0, 5)]
    else:
        count, key, taken = DWORD(), ULONG_PTR(), LPOVERLAPPED()
        assert GetQueuedCompletionStatus(port, byref(count), byref(key), byref(taken), 10_000)
        assert (count.value, key.value) == (5, 7) and taken == byref(overlapped)
        CloseHandle(port)
    assert came.data.value == b"hello" and bytes(came.sender) == bytes(adr_a) and len(information(came.msg)) == 1


def test_a_datagram_without_room(pair):
    (a, _), (b, adr_b) = pair
    send(a, adr_b, b"hello")
    came, count = Message(length=3), DWORD()
    assert wsarecvmsg(b)(b, byref(came.msg), byref(count), NULL, NULL) == SOCKET_ERROR
    assert WSAGetLastError() == WSAEMSGSIZE and came.data.raw == b"hel"


def test_the_macros_walk_through_control_data():
    assert (WSA_CMSG_LEN(8), WSA_CMSG_SPACE(8), WSA_CMSG_SPACE(9)) == (24, 24, 32)
    room = create_string_buffer(24 + 32)
    msg = WSAMSG()
    assert not WSA_CMSG_FIRSTHDR(msg) and not WSA_CMSG_NXTHDR(msg, NULL)
    msg.Control = WSABUF(sizeof(WSACMSGHDR) - 1, room)
    assert not WSA_CMSG_FIRSTHDR(msg)
    msg.Control.len = 24 + 32
    first = WSA_CMSG_FIRSTHDR(byref(msg))
    assert first == addressof(room) and WSA_CMSG_NXTHDR(msg, NULL) == first
    first.contents.cmsg_len = WSA_CMSG_LEN(8)
    second = WSA_CMSG_NXTHDR(LPWSAMSG(msg), first)
    assert second == addressof(room) + 24 and WSA_CMSG_DATA(second) == addressof(room) + 40
    second.contents.cmsg_len = WSA_CMSG_LEN(9)
    assert not WSA_CMSG_NXTHDR(msg, second)
    msg.Control.len = 24 + sizeof(WSACMSGHDR) - 1
    assert not WSA_CMSG_NXTHDR(msg, first)
    with pytest.raises(TypeError, match="^msg must be WSAMSG or a pointer to one, not DWORD$"):
        WSA_CMSG_FIRSTHDR(byref(DWORD()))


def test_what_the_fields_of_a_message_take():
    msg, address, buffers = WSAMSG(), SOCKADDR_IN6(), (WSABUF * 2)()
    for given in byref(address), cast(byref(address), LPSOCKADDR), cast(byref(address), LPVOID):
        msg.name = NULL
        msg.name = given
        assert msg.name == addressof(address)
    for given in buffers, byref(buffers), byref(buffers[0]), cast(buffers, LPWSABUF):
        msg.lpBuffers = given
        assert msg.lpBuffers == addressof(buffers)
    for wrong, cure in (address, "use byref"), (byref(DWORD()), ""), (5, "cast"), (b"x", ""), (buffers, ""):
        with pytest.raises(TypeError, match=f"^WSAMSG: name must be byref of a SOCKADDR, an LPSOCKADDR or None, not .*{cure}"):
            msg.name = wrong
    with pytest.raises(TypeError, match="^WSAMSG: lpBuffers must be byref of a WSABUF"):
        msg.lpBuffers = byref(address)
