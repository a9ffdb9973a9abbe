"""windef.h, winnt.h, basetsd.h: the base types, each with the width that it has on 64-bit Windows."""

from __future__ import annotations

import ctypes
from ctypes import _SimpleCData

from winsock_ctypes._values import POINTER, Structure, Union, pointer_type

NULL = None
TRUE = 1
FALSE = 0

VOID = None
CHAR = ctypes.c_char
WCHAR = ctypes.c_wchar


class BYTE(_SimpleCData):
    """unsigned char"""

    _type_ = "B"


class WORD(_SimpleCData):
    """unsigned short: 16 bits"""

    _type_ = "H"


class SHORT(_SimpleCData):
    """short: 16 bits"""

    _type_ = "h"


class INT(_SimpleCData):
    """int: 32 bits"""

    _type_ = "i"


class UINT(_SimpleCData):
    """unsigned int: 32 bits"""

    _type_ = "I"


class LONG(_SimpleCData):
    """long: 32 bits on Windows, also on 64-bit Windows"""

    _type_ = "i"


class DWORD(_SimpleCData):
    """unsigned long: 32 bits on Windows, also on 64-bit Windows"""

    _type_ = "I"


class ULONG_PTR(_SimpleCData):
    """An unsigned number as wide as a pointer: 64 bits"""

    _type_ = "Q"


class HANDLE(_SimpleCData):
    """A kernel object. A field or a result of this type reads as an int, or as None where it is NULL."""

    _type_ = "P"


UCHAR = BYTE
BOOLEAN = BYTE
USHORT = WORD
BOOL = INT
ULONG = DWORD
UINT_PTR = ULONG_PTR
DWORD_PTR = ULONG_PTR
SIZE_T = ULONG_PTR
size_t = ULONG_PTR  # stddef.h
LPVOID = ctypes.c_void_p
LPCVOID = ctypes.c_void_p
LPSTR = ctypes.c_char_p
LPCSTR = ctypes.c_char_p
LPWSTR = ctypes.c_wchar_p
LPCWSTR = ctypes.c_wchar_p
PCWSTR = ctypes.c_wchar_p

LPBYTE = pointer_type("LPBYTE", BYTE)
LPDWORD = pointer_type("LPDWORD", DWORD)
LPINT = pointer_type("LPINT", INT)
PULONG = pointer_type("PULONG", ULONG)
PULONG_PTR = pointer_type("PULONG_PTR", ULONG_PTR)
LPHANDLE = pointer_type("LPHANDLE", HANDLE)


def MAKEWORD(low: int, high: int) -> int:
    """A WORD of two bytes: `MAKEWORD(2, 2)` is the version 2.2 that WSAStartup is asked for."""
    return (low & 0xFF) | (high & 0xFF) << 8


def LOBYTE(word: int) -> int:
    """The low byte of a WORD."""
    return word & 0xFF


def HIBYTE(word: int) -> int:
    """The high byte of a WORD."""
    return word >> 8 & 0xFF
