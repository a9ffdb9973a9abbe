"""winbase.h, synchapi.h, ioapiset.h, handleapi.h: what the programs call in kernel32.dll."""

from __future__ import annotations

import ctypes

from winsock_ctypes._foreign import imported_from, name_constants
from winsock_ctypes.windef import BOOL, DWORD, HANDLE, LPCWSTR, LPVOID, ULONG_PTR, VOID, Structure, Union, pointer_type
from winsock_ctypes.winerror import ERROR_NAMES, STATUS_NAMES

kernel32 = ctypes.WinDLL("kernel32")

INFINITE = 0xFFFFFFFF
WAIT_OBJECT_0 = 0
WAIT_ABANDONED = 0x80
WAIT_IO_COMPLETION = 0xC0
WAIT_TIMEOUT = 258
WAIT_FAILED = 0xFFFFFFFF
MAXIMUM_WAIT_OBJECTS = 64

name_constants(globals())

INVALID_HANDLE_VALUE = HANDLE(-1).value


# ---- structures --------------------------------------------------------------------------------------------------


class _OVERLAPPED_OFFSET(Structure):
    _fields_ = [("Offset", DWORD), ("OffsetHigh", DWORD)]


class _OVERLAPPED_POINTER(Union):
    _anonymous_ = ("_offset",)
    _fields_ = [("_offset", _OVERLAPPED_OFFSET), ("Pointer", LPVOID)]


class OVERLAPPED(Structure):
    """One operation under way. It belongs to the kernel from the call that starts it until its completion is delivered.

    `Internal` is STATUS_PENDING (0x103) meanwhile and the result afterwards; `InternalHigh` is then the number of bytes.
    With a completion routine `hEvent` is not looked at: the chapter's server keeps its context there.
    """

    _anonymous_ = ("_pointer",)
    _fields_ = [
        ("Internal", ULONG_PTR),
        ("InternalHigh", ULONG_PTR),
        ("_pointer", _OVERLAPPED_POINTER),
        ("hEvent", HANDLE),
    ]
    _shown_ = ("Internal", "InternalHigh", "Offset", "OffsetHigh", "hEvent")
    _show_ = {
        "Internal": lambda value: repr(STATUS_NAMES[value & 0xFFFFFFFF]),  # the upper half is not defined
        "hEvent": lambda value: "NULL" if value is None else f"0x{value:x}",
    }


LPOVERLAPPED = pointer_type("LPOVERLAPPED", OVERLAPPED)


# ---- functions ---------------------------------------------------------------------------------------------------


@imported_from(kernel32, result=ERROR_NAMES.__getitem__)
def GetLastError() -> DWORD:
    """The error code of this thread's latest call that failed.

    The same code as WSAGetLastError(): Winsock keeps its errors in the same place.
    Microsoft Learn: "GetLastError function (errhandlingapi.h)".
    """


@imported_from(kernel32)
def SetLastError(dwErrCode: DWORD) -> VOID:
    """Set this thread's error code.

    Microsoft Learn: "SetLastError function (errhandlingapi.h)".
    """


@imported_from(kernel32, alertable=True)
def SleepEx(dwMilliseconds: DWORD, bAlertable: BOOL) -> DWORD:
    """Sleep; if alertable, wake up to run the completion routines of this thread.

    dwMilliseconds: the longest time to sleep; 0 only polls, INFINITE has no limit (and cannot be left with Ctrl+C).
    bAlertable: TRUE is the alertable wait state in which completion routines run; with FALSE none does.
    Returns 0 when the time is over, WAIT_IO_COMPLETION (192) after one or more routines ran. It does not fail.
    An exception that a routine raised comes out of this call.
    Microsoft Learn: "SleepEx function (synchapi.h)".
    """


@imported_from(kernel32)
def WaitForSingleObject(hHandle: HANDLE, dwMilliseconds: DWORD) -> DWORD:
    """Wait until the object is signalled or the time (milliseconds) is over. Not alertable: no routine runs.

    Returns WAIT_OBJECT_0, WAIT_TIMEOUT, or WAIT_FAILED (ERROR_INVALID_HANDLE).
    Microsoft Learn: "WaitForSingleObject function (synchapi.h)".
    """


@imported_from(kernel32, alertable=True)
def WaitForSingleObjectEx(hHandle: HANDLE, dwMilliseconds: DWORD, bAlertable: BOOL) -> DWORD:
    """WaitForSingleObject which, if alertable, also returns after completion routines ran.

    Returns WAIT_OBJECT_0, WAIT_IO_COMPLETION, WAIT_TIMEOUT, or WAIT_FAILED (ERROR_INVALID_HANDLE).
    An exception that a routine raised comes out of this call.
    Microsoft Learn: "WaitForSingleObjectEx function (synchapi.h)".
    """


@imported_from(kernel32)
def CreateEventW(lpEventAttributes: LPVOID, bManualReset: BOOL, bInitialState: BOOL, lpName: LPCWSTR) -> HANDLE:
    """Create an event, or open the one of that name.

    Returns its handle, for CloseHandle; NULL (None) on failure.
    Microsoft Learn: "CreateEventW function (synchapi.h)".
    """


CreateEvent = CreateEventW


@imported_from(kernel32)
def SetEvent(hEvent: HANDLE) -> BOOL:
    """Signal an event. Returns FALSE on failure (ERROR_INVALID_HANDLE).

    Microsoft Learn: "SetEvent function (synchapi.h)".
    """


@imported_from(kernel32)
def ResetEvent(hEvent: HANDLE) -> BOOL:
    """Make an event not signalled. Returns FALSE on failure (ERROR_INVALID_HANDLE).

    Microsoft Learn: "ResetEvent function (synchapi.h)".
    """


@imported_from(kernel32)
def CloseHandle(hObject: HANDLE) -> BOOL:
    """Close a handle (a socket is closed with closesocket instead). Returns FALSE on failure (ERROR_INVALID_HANDLE).

    Microsoft Learn: "CloseHandle function (handleapi.h)".
    """


@imported_from(kernel32)
def CancelIo(hFile: HANDLE) -> BOOL:
    """Ask to cancel the operations that *this thread* started on a handle (a socket is one).

    Their completions are still delivered, most with ERROR_OPERATION_ABORTED: memory is theirs until then.
    Returns FALSE on failure (ERROR_INVALID_HANDLE).
    Microsoft Learn: "CancelIo function".
    """


@imported_from(kernel32)
def CancelIoEx(hFile: HANDLE, lpOverlapped: LPOVERLAPPED) -> BOOL:
    """Ask to cancel one operation on a handle, or all with NULL, whichever thread started them.

    Their completions are still delivered, most with ERROR_OPERATION_ABORTED: memory is theirs until then.
    Returns FALSE on failure (ERROR_NOT_FOUND: nothing was pending; ERROR_INVALID_HANDLE).
    Microsoft Learn: "CancelIoEx function".
    """
