"""Datagrams: sendto and recvfrom, overlapped and not, and what is said of a datagram for which nobody was there."""

from ctypes import byref, create_string_buffer, sizeof

import pytest

from tests.support.deviations import NOBODY_THERE
from winsock_ctypes import *

ran = []


@LPWSAOVERLAPPED_COMPLETION_ROUTINE
def Routine(dwError, cbTransferred, lpOverlapped, dwFlags):
    ran.append((dwError, cbTransferred))


@pytest.fixture(autouse=True)
def forget():
    ran.clear()


@pytest.fixture
def bound():
    """Makes sockets for datagrams, each with its address."""
    sockets = []

    def bound():
        s, address, length = socket(AF_INET, SOCK_DGRAM, 0), SOCKADDR_IN(AF_INET), INT(sizeof(SOCKADDR_IN))
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK)
        sockets.append(s)
        assert bind(s, byref(address), sizeof(address)) == 0
        assert getsockname(s, byref(address), byref(length)) == 0
        timeout = DWORD(10_000)
        assert setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, byref(timeout), sizeof(timeout)) == 0
        return s, address

    yield bound
    for s in sockets:
        closesocket(s)


def test_a_datagram_comes_with_its_senders_address(bound):
    (a, adr_a), (b, adr_b) = bound(), bound()
    assert sendto(a, b"hello", 5, 0, byref(adr_b), sizeof(adr_b)) == 5
    assert sendto(a, b"", 0, 0, byref(adr_b), sizeof(adr_b)) == 0

    buf, sender, length = (CHAR * 16)(), SOCKADDR_IN(), INT(sizeof(SOCKADDR_IN))
    assert recvfrom(b, buf, 16, 0, byref(sender), byref(length)) == 5
    assert buf.value == b"hello" and length.value == sizeof(SOCKADDR_IN) and bytes(sender) == bytes(adr_a)
    assert recvfrom(b, buf, 16, 0, NULL, NULL) == 0  # empty, which does not say that the peer has ended


def test_what_has_no_room_is_lost(bound):
    (a, _), (b, adr_b) = bound(), bound()
    for datagram in b"hello", b"next":
        sendto(a, datagram, len(datagram), 0, byref(adr_b), sizeof(adr_b))
    buf = (CHAR * 3)()
    assert recvfrom(b, buf, 3, 0, NULL, NULL) == SOCKET_ERROR
    assert WSAGetLastError() == WSAEMSGSIZE and buf.raw == b"hel"
    assert recvfrom(b, buf, 3, MSG_PEEK, NULL, NULL) == SOCKET_ERROR and buf.raw == b"nex"


def test_overlapped_with_a_routine(bound):
    (a, adr_a), (b, adr_b) = bound(), bound()
    buf, count, flags, sender, length = (CHAR * 16)(), DWORD(), DWORD(), SOCKADDR_IN(), INT(sizeof(SOCKADDR_IN))
    wsaBuf, overlapped = WSABUF(16, buf), WSAOVERLAPPED()
    lpFrom, lpFromlen, lpOverlapped = byref(sender), byref(length), byref(overlapped)
    assert WSARecvFrom(b, byref(wsaBuf), 1, NULL, byref(flags), lpFrom, lpFromlen, lpOverlapped, Routine) == SOCKET_ERROR
    assert WSAGetLastError() == WSA_IO_PENDING and not HasOverlappedIoCompleted(lpOverlapped)

    pieces = (WSABUF * 2)(WSABUF(3, create_string_buffer(b"hel")), WSABUF(2, create_string_buffer(b"lo")))
    assert WSASendTo(a, pieces, 2, byref(count), 0, byref(adr_b), sizeof(adr_b), NULL, NULL) == 0 and count.value == 5
    assert SleepEx(10_000, TRUE) == WAIT_IO_COMPLETION
    assert ran == [(0, 5)] and buf.value == b"hello" and HasOverlappedIoCompleted(lpOverlapped)
    assert bytes(sender) == bytes(adr_a) and length.value == sizeof(SOCKADDR_IN)


def test_overlapped_at_a_port(bound):
    (a, _), (b, adr_b) = bound(), bound()
    port = CreateIoCompletionPort(b, NULL, 7, 0)
    buf, flags, wsaBuf, overlapped = (CHAR * 16)(), DWORD(), WSABUF(), WSAOVERLAPPED()
    wsaBuf.len, wsaBuf.buf = 16, buf
    assert WSARecvFrom(b, byref(wsaBuf), 1, NULL, byref(flags), NULL, NULL, byref(overlapped), NULL) == SOCKET_ERROR
    assert WSAGetLastError() == WSA_IO_PENDING
    sendto(a, b"hello", 5, 0, byref(adr_b), sizeof(adr_b))
    count, key, taken = DWORD(), ULONG_PTR(), LPOVERLAPPED()
    assert GetQueuedCompletionStatus(port, byref(count), byref(key), byref(taken), 10_000)
    assert (count.value, key.value) == (5, 7) and taken == byref(overlapped)
    transferred = DWORD()
    assert GetOverlappedResult(b, byref(overlapped), byref(transferred), FALSE) and transferred.value == 5
    CloseHandle(port)


@pytest.mark.parametrize("told", [TRUE, FALSE])
def test_nobody_was_there(bound, told):
    """WSAECONNRESET from a recvfrom, because of a datagram that was *sent* before; SIO_UDP_CONNRESET says whether."""
    (a, _), (gone, adr_gone) = bound(), bound()
    closesocket(gone)
    ioctlsocket(a, FIONBIO, byref(u_long(1)))
    count, new = DWORD(), INT(told)
    assert WSAIoctl(a, SIO_UDP_CONNRESET, byref(new), sizeof(new), NULL, 0, byref(count), NULL, NULL) == 0

    assert sendto(a, b"hello", 5, 0, byref(adr_gone), sizeof(adr_gone)) == 5
    WSAPoll(byref(WSAPOLLFD(a, POLLRDNORM)), 1, 500)
    buf = (CHAR * 16)()
    assert recvfrom(a, buf, 16, 0, NULL, NULL) == SOCKET_ERROR
    assert WSAGetLastError() in (NOBODY_THERE if told else {WSAEWOULDBLOCK})


def test_what_asks_whether_an_operation_is_over_refuses_what_is_none():
    overlapped = OVERLAPPED(STATUS_PENDING)
    assert not HasOverlappedIoCompleted(byref(overlapped)) and not HasOverlappedIoCompleted(LPOVERLAPPED(overlapped))
    overlapped.Internal = 0xFFFF_FFFF_0000_0000 | STATUS_CANCELLED
    assert HasOverlappedIoCompleted(byref(overlapped))
    for wrong in overlapped, NULL, 1 << 40, byref(DWORD()), b"x":
        with pytest.raises(TypeError, match="^lpOverlapped must be byref of an OVERLAPPED, or an LPOVERLAPPED, not "):
            HasOverlappedIoCompleted(wrong)
    with pytest.raises(ValueError, match="NULL"):
        HasOverlappedIoCompleted(LPOVERLAPPED())
    WSASetLastError(0)
    assert not GetOverlappedResult(0, byref(OVERLAPPED(STATUS_PENDING)), byref(DWORD()), FALSE)
    assert GetLastError() == ERROR_IO_INCOMPLETE
