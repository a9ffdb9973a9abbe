"""Addresses and names: text and numbers, byte orders, IPv4 and IPv6, against the real DLLs and Python's ipaddress."""

import contextlib
import ctypes
import ipaddress
from ctypes import byref, cast, create_string_buffer, create_unicode_buffer, sizeof

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.deviations import SHORT_ADDRESS
from tests.support.sockets import new_socket
from winsock_ctypes import *

FEW = settings(deadline=None, derandomize=True)


@given(st.integers(0, 2**32 - 1))
@settings(FEW, max_examples=100)
def test_byte_orders_are_inverse(number):
    assert htonl(ntohl(number)) == ntohl(htonl(number)) == number
    assert htons(ntohs(number & 0xFFFF)) == ntohs(htons(number & 0xFFFF)) == number & 0xFFFF
    assert bytes(DWORD(htonl(number))) == number.to_bytes(4, "big")
    assert bytes(WORD(htons(number & 0xFFFF))) == (number & 0xFFFF).to_bytes(2, "big")


@given(st.ip_addresses(v=4))
@settings(FEW, max_examples=100)
def test_ipv4_addresses_agree_with_ipaddress(address):
    text, number = str(address).encode(), IN_ADDR()
    buffer = create_string_buffer(INET_ADDRSTRLEN)
    assert inet_pton(AF_INET, text, byref(number)) == 1 and bytes(number) == address.packed
    assert inet_ntop(AF_INET, byref(number), buffer, sizeof(buffer)) == inet_ntoa(number) == text
    assert inet_addr(text) == number.S_un.S_addr
    assert str(address) in repr(number)


@given(st.ip_addresses(v=6), st.sampled_from(["compressed", "exploded", "upper"]))
@settings(FEW, max_examples=150)
def test_ipv6_addresses_agree_with_ipaddress(address, spelling):
    text = address.exploded if spelling == "exploded" else str(address).upper() if spelling == "upper" else str(address)
    number, buffer = IN6_ADDR(), create_string_buffer(INET6_ADDRSTRLEN)
    assert inet_pton(AF_INET6, text.encode(), byref(number)) == 1 and bytes(number) == address.packed
    back = inet_ntop(AF_INET6, byref(number), buffer, sizeof(buffer))
    assert ipaddress.IPv6Address(back.decode()) == address  # there is more than one right way to write it


@given(st.one_of(st.text("0123456789.", max_size=16), st.text("0123456789abcdef:.", max_size=40)))
@settings(FEW, max_examples=150)
def test_what_is_no_address_for_ipaddress_is_none_for_winsock(text):
    for family, kind, number in ((AF_INET, ipaddress.IPv4Address, IN_ADDR()), (AF_INET6, ipaddress.IPv6Address, IN6_ADDR())):
        try:
            expected = kind(text).packed
        except ValueError:
            expected = None
        result = inet_pton(family, text.encode(), byref(number))
        assert result == 0 if expected is None else (result == 1 and bytes(number) == expected)


@pytest.mark.parametrize("text", [b"abc", b"1.2.3.4.5", b"256.1.1.1", b"1.2.3.x"])
def test_what_is_no_address_is_inaddr_none(text):
    assert inet_addr(text) == INADDR_NONE
    assert inet_pton(AF_INET, text, byref(IN_ADDR())) == 0


def test_an_unknown_family_is_refused():
    assert inet_pton(77, b"1.2.3.4", byref(IN_ADDR())) == SOCKET_ERROR and WSAGetLastError() == WSAEAFNOSUPPORT


@contextlib.contextmanager
def addresses(node, service, **hints):
    result = PADDRINFOW()
    error = GetAddrInfo(node, service, byref(ADDRINFOW(**hints)), byref(result))
    assert error == 0
    found, info = [], result
    while info:
        found.append(info.contents)
        info = info.contents.ai_next
    yield found
    FreeAddrInfo(result)


@pytest.mark.parametrize(
    "node, family, kind, text",
    [("127.0.0.1", AF_INET, LPSOCKADDR_IN, "127.0.0.1:80"), ("::1", AF_INET6, LPSOCKADDR_IN6, "[::1]:80")],
)
def test_a_numeric_address_comes_back_as_text(node, family, kind, text):
    with addresses(node, "80", ai_flags=AI_NUMERICHOST | AI_NUMERICSERV, ai_socktype=SOCK_STREAM) as (info,):
        assert (info.ai_family, info.ai_socktype) == (family, SOCK_STREAM)
        assert info.ai_addrlen == sizeof(kind._type_)
        assert text in repr(cast(info.ai_addr, kind))
        host, service = create_unicode_buffer(NI_MAXHOST), create_unicode_buffer(NI_MAXSERV)
        flags = NI_NUMERICHOST | NI_NUMERICSERV
        assert GetNameInfo(info.ai_addr, info.ai_addrlen, host, NI_MAXHOST, service, NI_MAXSERV, flags) == 0
        assert (host.value, service.value) == (node, "80")
        assert GetNameInfo(info.ai_addr, info.ai_addrlen, host, 2, NULL, 0, flags) != 0
        assert GetNameInfo(info.ai_addr, 3, host, NI_MAXHOST, NULL, 0, flags) in SHORT_ADDRESS


def test_passive_addresses_are_those_to_listen_at():
    with addresses(NULL, "80", ai_flags=AI_PASSIVE, ai_socktype=SOCK_STREAM) as found:
        assert AF_INET in [info.ai_family for info in found]
        for info in found:
            if info.ai_family == AF_INET:
                assert "0.0.0.0:80" in repr(cast(info.ai_addr, LPSOCKADDR_IN))
            else:
                assert "[::]:80" in repr(cast(info.ai_addr, LPSOCKADDR_IN6))


def test_getaddrinfo_returns_its_error():
    result = PADDRINFOW()
    numeric = ADDRINFOW(ai_flags=AI_NUMERICHOST)
    assert GetAddrInfo("no.number", "80", byref(numeric), byref(result)) == WSAHOST_NOT_FOUND
    assert not result
    FreeAddrInfo(NULL)
    with pytest.raises(ctypes.ArgumentError, match="pNodeName"):
        GetAddrInfo(b"127.0.0.1", NULL, NULL, byref(result))


def test_an_ipv6_address_is_copied_and_shown_like_in_c():
    address = SOCKADDR_IN6(sin6_family=AF_INET6, sin6_port=htons(8080), sin6_addr=in6addr_loopback, sin6_scope_id=3)
    assert repr(address) == "SOCKADDR_IN6(AF_INET6, [::1%3]:8080)"
    assert address.sin6_scope_struct.Value == address.sin6_scope_struct.Zone == 3
    address.sin6_addr.u.Byte[0] = 0xFE
    assert in6addr_loopback.u.Byte[0] == 0  # it was copied
    assert address.sin6_addr.u.Word[0] == 0xFE
    assert bytes(in6addr_any) == bytes(16)
    parsed = IN6_ADDR()
    assert inet_pton(AF_INET6, b"2001:db8::7", byref(parsed)) == 1
    assert repr(parsed) == "2001:db8::7"
    assert parsed.s6_addr[15] == 7


def test_an_ipv6_socket_can_be_asked_to_take_ipv6_only(opened):
    s, value, size = new_socket(opened, AF_INET6), INT(), INT(sizeof(INT))
    for wanted in (0, 1):
        assert setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, byref(INT(wanted)), sizeof(INT)) == 0
        assert getsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, cast(byref(value), LPVOID), byref(size)) == 0
        assert value.value == wanted


def test_structures_are_as_large_as_in_c():
    sizes = {
        OVERLAPPED_ENTRY: 32, SYSTEM_INFO: 48, SOCKADDR_STORAGE: 128, SOCKADDR_IN6: 28, IN6_ADDR: 16, ADDRINFOW: 48,
        WSAMSG: 56, WSAPOLLFD: 16, WSANETWORKEVENTS: 44, GUID: 16, SCOPE_ID: 4,
    }  # fmt: skip
    assert {kind: sizeof(kind) for kind in sizes} == sizes
