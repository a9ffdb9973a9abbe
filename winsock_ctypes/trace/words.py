"""Words for what is recorded: arguments, results, errors, addresses of sockets. Looks, and changes nothing."""

from __future__ import annotations

import ctypes
import os
from typing import Any

from winsock_ctypes import _memory, _routines, _values, winbase, winerror, winsock2
from winsock_ctypes.winbase import INVALID_HANDLE_VALUE
from winsock_ctypes.windef import HANDLE, LPVOID, ULONG_PTR

_RETURNS_CODE = {"WSAStartup", "GetAddrInfoW"}  # the result is the error code itself
_NEVER_FAILS = {"SleepEx", "GetLastError", "WSAGetLastError"}  # although their type is one whose -1 says so
_ANY_SOCKADDR = 28  # bytes: SOCKADDR_IN6, the longest that is shown
SOCKADDR_IN = 16  # bytes
_SHOWN = 48  # bytes of data
_TOO_LONG = 64  # bytes: a structure of more is shown by its address

_WAIT_RESULTS = {int(code): code.name for code in (winbase.WAIT_IO_COMPLETION, winbase.WAIT_TIMEOUT, winbase.WAIT_FAILED)}  # type: ignore[attr-defined]
DWORD_MAX = 0xFFFFFFFF
DWORD = 4  # bytes, as of an int


# ---- what a function declares --------------------------------------------------------------------------------------


def declared(real: Any) -> dict[str, str]:
    """The types as the header writes them, by parameter; the result's is under `return`."""
    return getattr(real, "__annotations__", None) or real.__wrapped__.__annotations__


# ---- numbers out of arguments --------------------------------------------------------------------------------------


def address_of(value: Any) -> int | None:
    if value is None or isinstance(value, int):
        return value
    try:
        return ctypes.cast(value, ctypes.c_void_p).value
    except (TypeError, ctypes.ArgumentError):
        return None


def number(value: Any) -> int:
    """An argument that is a handle or another number."""
    value = getattr(value, "value", value)
    return value if isinstance(value, int) else 0


def number_at(address: int | None, size: int = 8) -> int:
    copy = _memory.read(address, size) if address else None
    return int.from_bytes(copy, "little") if copy else 0


def dword_at(address: int | None) -> int:
    return number_at(address, DWORD)


def data_at(address: int, size: int) -> str | None:
    """The first bytes there, as a literal without its b."""
    copy = _memory.read(address, min(size, _SHOWN)) if address and size else None
    return None if copy is None else data(copy, size)


def data(content: bytes, size: int) -> str:
    return repr(content[:_SHOWN])[1:] + ("…" if size > _SHOWN else "")


# ---- results -------------------------------------------------------------------------------------------------------


def error(code: int) -> str:
    name = getattr(winerror.WSA_ERROR_NAMES[code], "name", None)
    return f"{name} ({code})" if name else str(code)


def status(code: int) -> str:
    """An NTSTATUS."""
    return str(getattr(winerror.STATUS_NAMES[code], "name", f"0x{code:X}"))


def has_failed(name: str, real: Any, result: Any) -> bool:
    kind = declared(real)["return"]
    if name in _NEVER_FAILS:
        return False
    if name in _RETURNS_CODE:
        return bool(result)
    if kind == "SOCKET":
        return bool(result == winsock2.INVALID_SOCKET)
    if kind == "BOOL":
        return not result
    if kind == "INT":
        return bool(result == winsock2.SOCKET_ERROR)
    if kind in ("HANDLE", "WSAEVENT"):
        return result is None
    return kind == "DWORD" and result == DWORD_MAX


def failure(name: str, result: Any, last_error: int) -> int:
    return int(result) if name in _RETURNS_CODE else last_error


def show_result(name: str, real: Any, result: Any) -> str:
    kind = declared(real)["return"]
    if kind == "VOID":
        return ""
    if kind == "BOOL":
        return "TRUE" if result else "FALSE"
    if kind == "SOCKET" and result == winsock2.INVALID_SOCKET:
        return "INVALID_SOCKET"
    if kind in ("HANDLE", "WSAEVENT"):
        return "NULL" if result is None else str(result)
    if kind == "INT" and result == winsock2.SOCKET_ERROR:
        return "SOCKET_ERROR"
    if name.endswith("LastError"):
        return error(int(result)) if result else "0"
    if kind == "DWORD":
        return _WAIT_RESULTS.get(result, str(result))
    return str(result)


# ---- arguments -----------------------------------------------------------------------------------------------------


def show(ctype: Any, value: Any, is_bool: bool = False) -> str:
    """An argument, in words that are as short as they can be."""
    if isinstance(value, _values.Constant):
        return value.name
    if value is None:
        return "NULL"
    if isinstance(value, _routines.CompletionRoutine):
        return routine_name(value)
    if isinstance(value, ctypes._SimpleCData) and not isinstance(value, ctypes._Pointer):
        value = value.value
    if isinstance(value, bool):
        value = int(value)
    if isinstance(value, int):
        return _show_int(ctype, value, is_bool)
    if isinstance(value, (bytes, str)):
        return _values.describe(value)
    if is_pointer(ctype):
        return _show_pointer(ctype, value)
    address = address_of(value)
    return hex(address) if address else _values.describe(value)


def _show_int(ctype: Any, value: int, is_bool: bool) -> str:
    if is_bool:
        return "TRUE" if value else "FALSE"
    if ctype is winsock2.SOCKET and value == winsock2.INVALID_SOCKET:
        return "INVALID_SOCKET"
    if ctype is HANDLE and value == INVALID_HANDLE_VALUE:
        return "INVALID_HANDLE_VALUE"
    if ctype in (ULONG_PTR, LPVOID) and value or value > DWORD_MAX:
        return hex(value)
    return str(value)


def _show_pointer(ctype: Any, value: Any) -> str:
    address, target = address_of(value), ctype._type_
    if ctype is winsock2.LPSOCKADDR:
        return show_sockaddr(address)
    if not address or ctype is winsock2.LPWSAOVERLAPPED or issubclass(target, ctypes._Pointer):
        return hex(address) if address else "NULL"
    if _memory.is_freed(address):
        return f"{hex(address)} (freed)"
    copy = _memory.read(address, ctypes.sizeof(target))
    if copy is None:
        return f"{hex(address)} (not readable)"
    content = target.from_buffer_copy(copy)
    if target is ULONG_PTR:
        return f"&{hex(content.value) if content.value else 0}"
    if ctypes.sizeof(target) > _TOO_LONG:
        return hex(address)
    text = _values.describe(content.value if isinstance(content, ctypes._SimpleCData) else content, 1)
    return f"&{text}"


def show_out(name: str, ctype: Any, value: Any) -> tuple[str, int | None] | None:
    """What a function has stored where an argument points, and the address that it is, if it is one."""
    if value is None or not is_pointer(ctype) or name.startswith("lpBuffers"):
        return None
    address, target = address_of(value), ctype._type_
    if not address:
        return None
    if ctype is winsock2.LPSOCKADDR:
        return show_sockaddr(address), None
    if issubclass(target, ctypes._Pointer) or target is ULONG_PTR or target is LPVOID:
        stored = number_at(address)
        return (hex(stored) if stored else "NULL" if target is not ULONG_PTR else "0"), stored or None
    copy = _memory.read(address, ctypes.sizeof(target))
    if copy is None:
        return None
    content = target.from_buffer_copy(copy)
    if issubclass(target, ctypes._SimpleCData):
        return str(content.value), None
    if target in (winsock2.WSANETWORKEVENTS, winsock2.fd_set):
        return _values.describe(content), None
    return None


def show_sockaddr(address: int | None) -> str:
    """A SOCKADDR as people write it."""
    if not address:
        return "NULL"
    copy = _memory.read(address, _ANY_SOCKADDR) or _memory.read(address, SOCKADDR_IN)
    return hex(address) if copy is None else sockaddr(copy)


def sockaddr(content: bytes) -> str:
    family, port = int.from_bytes(content[:2], "little"), int.from_bytes(content[2:4], "big")
    if family == winsock2.AF_INET:
        return f"{'.'.join(map(str, content[4:8]))}:{port}"
    if family == winsock2.AF_INET6 and len(content) >= _ANY_SOCKADDR:
        import ipaddress

        return f"[{ipaddress.IPv6Address(content[8:24])}]:{port}"
    return f"family {family}" if family else "-"


def routine_name(routine: Any) -> str:
    """The name of a completion routine, which may be a partial, a bound method or any callable object."""
    function = getattr(routine, "function", routine)
    while not hasattr(function, "__name__") and hasattr(function, "func"):
        function = function.func
    return str(getattr(function, "__name__", type(function).__name__))


def is_pointer(ctype: Any) -> bool:
    return isinstance(ctype, type) and issubclass(ctype, ctypes._Pointer)


# ---- other words ---------------------------------------------------------------------------------------------------


def raised(exception: BaseException) -> str:
    try:
        text = str(exception)
    except Exception:  # whatever the program's own __str__ raises: that it was recorded must change nothing
        text = "<exception str() failed>"  # as Python says it
    return f"{type(exception).__name__}: {text}"


def short_name(path: str, here: str) -> str:
    """A file name for people: relative to the folder where the run began, where that is shorter."""
    start = here + os.sep
    return path[len(start) :].replace(os.sep, "/") if path.startswith(start) else os.path.basename(path)
