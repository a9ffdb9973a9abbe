"""Sockets through the functions for files: ReadFile, WriteFile, TransmitFile; and WSAConnect."""

import gc
import msvcrt
import socket as pysocket
from ctypes import byref, create_string_buffer, sizeof

import pytest

from winsock_ctypes import *


@pytest.fixture
def port():
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0)
    yield port
    CloseHandle(port)


def taken(port):
    count, key, lpOverlapped = DWORD(), ULONG_PTR(), LPOVERLAPPED()
    assert GetQueuedCompletionStatus(port, byref(count), byref(key), byref(lpOverlapped), 10_000)
    return count.value, key.value, lpOverlapped


def started(result):
    return result or GetLastError() == ERROR_IO_PENDING


def test_a_socket_is_read_and_written_like_a_file(pair, port):
    ours, peer = pair
    assert CreateIoCompletionPort(ours.fileno(), port, 7, 0) == port
    buf, reading, writing = create_string_buffer(16), OVERLAPPED(), OVERLAPPED()
    assert not ReadFile(ours.fileno(), buf, 16, NULL, byref(reading)) and GetLastError() == ERROR_IO_PENDING
    peer.sendall(b"hello")
    assert taken(port) == (5, 7, byref(reading)) and buf.value == b"hello"

    data = b"world"  # bytes do: nothing is written there
    assert started(WriteFile(ours.fileno(), data, 5, NULL, byref(writing)))
    assert taken(port) == (5, 7, byref(writing)) and peer.recv(16) == b"world"


@pytest.mark.parametrize("overlapped", [True, False])
def test_a_file_is_sent_with_something_before_and_after_it(pair, port, tmp_path, overlapped):
    ours, peer = pair
    TransmitFile, count = LPFN_TRANSMITFILE(), DWORD()
    get, lpTransmitFile = SIO_GET_EXTENSION_FUNCTION_POINTER, byref(TransmitFile)
    assert WSAIoctl(ours.fileno(), get, byref(WSAID_TRANSMITFILE), 16, lpTransmitFile, 8, byref(count), NULL, NULL) == 0
    CreateIoCompletionPort(ours.fileno(), port, 7, 0)
    (tmp_path / "file").write_bytes(b"x" * 10_000)
    head, tail = (CHAR * 5)(*b"head "), (CHAR * 5)(*b" tail")
    buffers, operation = TRANSMIT_FILE_BUFFERS(head, 5, tail, 5), OVERLAPPED()
    with open(tmp_path / "file", "rb") as file:
        lpOverlapped = byref(operation) if overlapped else NULL
        result = TransmitFile(ours.fileno(), msvcrt.get_osfhandle(file.fileno()), 0, 0, lpOverlapped, byref(buffers), 0)
        assert started(result) if overlapped else result
        received = b""
        while len(received) < 10_010:
            received += peer.recv(65536)
        if overlapped:
            assert taken(port) == (10_010, 7, byref(operation))
    assert received == b"head " + b"x" * 10_000 + b" tail"


def test_wsaconnect_is_connect():
    with pysocket.create_server(("127.0.0.1", 0)) as server:
        address = SOCKADDR_IN(AF_INET, htons(server.getsockname()[1]))
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK)
        s = WSASocket(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED)
        assert WSAConnect(s, byref(address), sizeof(address), NULL, NULL, NULL, NULL) == 0
        assert WSAConnect(s, byref(address), sizeof(address), NULL, NULL, byref(QOS()), NULL) == SOCKET_ERROR
        assert WSAGetLastError() == WSAEISCONN
        server.accept()[0].close()
        closesocket(s)


@pytest.mark.parametrize("keeps", [True, False])
def test_a_finalizer_that_calls_the_package_can_keep_the_error_code(keeps):
    class Finalized:
        def __del__(self):
            error = WSAGetLastError()
            closesocket(INVALID_SOCKET)  # fails
            if keeps:
                WSASetLastError(error)

    finalized = Finalized()
    SetLastError(ERROR_PORT_UNREACHABLE)
    del finalized
    gc.collect()
    assert WSAGetLastError() == (ERROR_PORT_UNREACHABLE if keeps else WSAENOTSOCK)
    assert repr(WSAGetLastError()) == ("ERROR_PORT_UNREACHABLE (1234)" if keeps else "WSAENOTSOCK (10038)")
