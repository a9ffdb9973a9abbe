"""winbase.h, synchapi.h, ioapiset.h, handleapi.h, sysinfoapi.h: what the programs call in kernel32.dll."""

from __future__ import annotations

import ctypes
from typing import Any

from winsock_ctypes._functions import imported_from
from winsock_ctypes._routines import CompletionRoutine
from winsock_ctypes._values import Constant, name_constants
from winsock_ctypes.windef import (
    BOOL,
    BOOLEAN,
    DWORD,
    DWORD_PTR,
    HANDLE,
    LPCVOID,
    LPCWSTR,
    LPDWORD,
    LPHANDLE,
    LPVOID,
    POINTER,
    PULONG,
    PULONG_PTR,
    UCHAR,
    ULONG,
    ULONG_PTR,
    VOID,
    WORD,
    Structure,
    Union,
    pointer_type,
)
from winsock_ctypes.winerror import ERROR_NAMES, STATUS_NAMES, STATUS_PENDING

kernel32 = ctypes.WinDLL("kernel32")

INFINITE = 0xFFFFFFFF
WAIT_OBJECT_0 = 0
WAIT_ABANDONED = 0x80
WAIT_IO_COMPLETION = 0xC0
WAIT_TIMEOUT = 258
WAIT_FAILED = 0xFFFFFFFF
MAXIMUM_WAIT_OBJECTS = 64

WT_EXECUTEDEFAULT = 0x00
WT_EXECUTEINIOTHREAD = 0x01
WT_EXECUTEINWAITTHREAD = 0x04
WT_EXECUTEONLYONCE = 0x08
WT_EXECUTELONGFUNCTION = 0x10

FILE_SKIP_COMPLETION_PORT_ON_SUCCESS = 0x1
FILE_SKIP_SET_EVENT_ON_HANDLE = 0x2

name_constants(globals())

INVALID_HANDLE_VALUE = Constant(HANDLE(-1).value, "INVALID_HANDLE_VALUE")


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


def HasOverlappedIoCompleted(lpOverlapped: Any) -> bool:
    """Whether an operation is over (`byref` of its OVERLAPPED, or a pointer to it). It may still have to be delivered.

    Raises TypeError for what is no pointer to an OVERLAPPED, ValueError for NULL.
    Microsoft Learn: "HasOverlappedIoCompleted macro (winbase.h)".
    """
    if isinstance(lpOverlapped, LPOVERLAPPED):
        if not lpOverlapped:
            raise ValueError("HasOverlappedIoCompleted: lpOverlapped is NULL")
        target: Any = lpOverlapped.contents  # type: ignore[attr-defined]
    else:
        target = getattr(lpOverlapped, "_obj", None)  # byref's
    if not isinstance(target, OVERLAPPED):
        given = type(lpOverlapped if target is None else target).__name__
        raise TypeError(f"lpOverlapped must be byref of an OVERLAPPED, or an LPOVERLAPPED, not {given}")
    return bool(target.Internal & 0xFFFFFFFF != STATUS_PENDING)


class OVERLAPPED_ENTRY(Structure):
    """One completion, as GetQueuedCompletionStatusEx delivers it. `Internal` is the operation's result (an NTSTATUS)."""

    _fields_ = [
        ("lpCompletionKey", ULONG_PTR),
        ("lpOverlapped", LPOVERLAPPED),
        ("Internal", ULONG_PTR),
        ("dwNumberOfBytesTransferred", DWORD),
    ]
    _show_ = {
        "lpCompletionKey": hex,
        "Internal": lambda value: repr(STATUS_NAMES[value & 0xFFFFFFFF]),
    }


LPOVERLAPPED_ENTRY = pointer_type("LPOVERLAPPED_ENTRY", OVERLAPPED_ENTRY)


class _SYSTEM_INFO_PROCESSOR(Structure):
    _fields_ = [("wProcessorArchitecture", WORD), ("wReserved", WORD)]


class _SYSTEM_INFO_OEM(Union):
    _anonymous_ = ("_processor",)
    _fields_ = [("dwOemId", DWORD), ("_processor", _SYSTEM_INFO_PROCESSOR)]


class SYSTEM_INFO(Structure):
    """What GetSystemInfo tells: `dwNumberOfProcessors` is the usual number of worker threads on a completion port."""

    _anonymous_ = ("_oem",)
    _fields_ = [
        ("_oem", _SYSTEM_INFO_OEM),
        ("dwPageSize", DWORD),
        ("lpMinimumApplicationAddress", LPVOID),
        ("lpMaximumApplicationAddress", LPVOID),
        ("dwActiveProcessorMask", DWORD_PTR),
        ("dwNumberOfProcessors", DWORD),
        ("dwProcessorType", DWORD),
        ("dwAllocationGranularity", DWORD),
        ("wProcessorLevel", WORD),
        ("wProcessorRevision", WORD),
    ]
    _shown_ = ("wProcessorArchitecture", "dwPageSize", "dwNumberOfProcessors", "dwAllocationGranularity")


LPSYSTEM_INFO = pointer_type("LPSYSTEM_INFO", SYSTEM_INFO)


class SECURITY_ATTRIBUTES(Structure):
    """Who may use a new kernel object. NULL in its place is the default: this process's user."""

    _fields_ = [("nLength", DWORD), ("lpSecurityDescriptor", LPVOID), ("bInheritHandle", BOOL)]


LPSECURITY_ATTRIBUTES = pointer_type("LPSECURITY_ATTRIBUTES", SECURITY_ATTRIBUTES)


# ---- callbacks ---------------------------------------------------------------------------------------------------


class WAITORTIMERCALLBACK(CompletionRoutine):
    """The type of what RegisterWaitForSingleObject calls, used as a decorator:

        @WAITORTIMERCALLBACK
        def Signalled(lpParameter, TimerOrWaitFired): ...

    A thread of the system's calls it, while the program goes on: what both use needs a lock. `lpParameter` is the Context,
    as a number or None; `TimerOrWaitFired` is 1 when the time was over, 0 when the object was signalled. No wait of the
    program's runs it, so what it raises is reported by sys.unraisablehook.
    Microsoft Learn: "WaitOrTimerCallback callback function".
    """

    _flags_ = CompletionRoutine._flags_
    _argtypes_ = (LPVOID, BOOLEAN)
    _restype_ = None


# ---- functions ---------------------------------------------------------------------------------------------------


@imported_from(kernel32, instant=True, result=ERROR_NAMES.__getitem__)
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
def RegisterWaitForSingleObject(
    phNewWaitObject: LPHANDLE,
    hObject: HANDLE,
    Callback: WAITORTIMERCALLBACK,
    Context: LPVOID,
    dwMilliseconds: ULONG,
    dwFlags: ULONG,
) -> BOOL:
    """Let the system wait for an object: one of its threads calls Callback(Context, timed out).

    phNewWaitObject: where the handle of the wait goes, for UnregisterWaitEx (never for CloseHandle). hObject must stay open,
    and what Context points to alive, until the wait is unregistered. dwMilliseconds: the longest time, INFINITE has no limit.
    dwFlags: WT_… flags. WT_EXECUTEONLYONCE: one call and no more; without it the wait begins anew after each, so that an
    event which stays signalled calls again and again. WT_EXECUTEINWAITTHREAD: the waiting thread itself calls, which must be
    short. Returns FALSE on failure (ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER).
    Microsoft Learn: "RegisterWaitForSingleObject function (winbase.h)".
    """


@imported_from(kernel32)
def UnregisterWaitEx(WaitHandle: HANDLE, CompletionEvent: HANDLE) -> BOOL:
    """End a wait of RegisterWaitForSingleObject. It is needed also after the only call of WT_EXECUTEONLYONCE.

    CompletionEvent: INVALID_HANDLE_VALUE waits until a callback that is running has returned (so never inside the callback
    itself); NULL does not; an event is signalled then. Until then the Context is still in use.
    Returns FALSE on failure. With ERROR_IO_PENDING the wait is ended, but a callback is still running.
    Microsoft Learn: "UnregisterWaitEx function (threadpoollegacyapiset.h)".
    """


@imported_from(kernel32)
def CreateEventW(lpEventAttributes: LPSECURITY_ATTRIBUTES, bManualReset: BOOL, bInitialState: BOOL, lpName: LPCWSTR) -> HANDLE:
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


@imported_from(kernel32)
def GetOverlappedResult(hFile: HANDLE, lpOverlapped: LPOVERLAPPED, lpNumberOfBytesTransferred: LPDWORD, bWait: BOOL) -> BOOL:
    """The result of an overlapped operation on a handle: the number of bytes. Of a socket, WSAGetOverlappedResult tells more.

    bWait: TRUE waits for the event in hEvent (or the handle, which tells operations apart only if there is just one);
    it is not alertable, so it must be FALSE for an operation that has a completion routine.
    Returns FALSE while it is pending (ERROR_IO_INCOMPLETE), or if it failed (its error code).
    Microsoft Learn: "GetOverlappedResult function (ioapiset.h)".
    """


@imported_from(kernel32)
def ReadFile(
    hFile: HANDLE, lpBuffer: LPVOID, nNumberOfBytesToRead: DWORD, lpNumberOfBytesRead: LPDWORD, lpOverlapped: LPOVERLAPPED
) -> BOOL:
    """Read from a handle: of a socket it receives; with an OVERLAPPED, it starts to and returns at once.

    lpOverlapped: not NULL for a socket, which is overlapped; its Offset is ignored there. lpNumberOfBytesRead: NULL with it.
    OVERLAPPED and buffer are the kernel's until the completion is delivered, through a port or hEvent.
    Returns TRUE when it is done (a completion is delivered all the same); FALSE with ERROR_IO_PENDING: it was started;
    FALSE with any other code (ERROR_INVALID_HANDLE, ERROR_NETNAME_DELETED, ERROR_HANDLE_EOF): it failed, and nothing will
    come.
    Microsoft Learn: "ReadFile function (fileapi.h)".
    """


@imported_from(kernel32)
def WriteFile(
    hFile: HANDLE, lpBuffer: LPCVOID, nNumberOfBytesToWrite: DWORD, lpNumberOfBytesWritten: LPDWORD, lpOverlapped: LPOVERLAPPED
) -> BOOL:
    """Write to a handle: of a socket it sends; with an OVERLAPPED, it starts to and returns at once.

    lpOverlapped: not NULL for a socket, which is overlapped; its Offset is ignored there. lpNumberOfBytesWritten: NULL with it.
    OVERLAPPED and buffer are the kernel's until the completion is delivered, through a port or hEvent.
    Returns TRUE when it is done (a completion is delivered all the same); FALSE with ERROR_IO_PENDING: it was started;
    FALSE with any other code (ERROR_INVALID_HANDLE, ERROR_NETNAME_DELETED): it failed, and nothing will come.
    Microsoft Learn: "WriteFile function (fileapi.h)".
    """


@imported_from(kernel32)
def CreateIoCompletionPort(
    FileHandle: HANDLE, ExistingCompletionPort: HANDLE, CompletionKey: ULONG_PTR, NumberOfConcurrentThreads: DWORD
) -> HANDLE:
    """Create a completion port, or attach a handle (a socket is one) to a port, or both.

    FileHandle: INVALID_HANDLE_VALUE only creates; otherwise the handle whose completions the port is to get from now on,
    until it is closed. It must be overlapped, and operations with a completion routine fail on it from then on.
    ExistingCompletionPort: NULL creates a port. CompletionKey: a pointer or any number, delivered with each completion of
    this handle. NumberOfConcurrentThreads: how many threads the port lets run at a time when it is created, 0 for as many
    as there are processors; not looked at when a handle is attached.
    Returns the port (the same as ExistingCompletionPort, if given), for CloseHandle; NULL (None) on failure
    (ERROR_INVALID_PARAMETER: the handle is attached already, or is not overlapped; ERROR_INVALID_HANDLE).
    Microsoft Learn: "CreateIoCompletionPort function".
    """


@imported_from(kernel32)
def GetQueuedCompletionStatus(
    CompletionPort: HANDLE,
    lpNumberOfBytesTransferred: LPDWORD,
    lpCompletionKey: PULONG_PTR,
    lpOverlapped: POINTER(LPOVERLAPPED),  # type: ignore[valid-type]
    dwMilliseconds: DWORD,
) -> BOOL:
    """Wait for the next completion of a port and take it. Not alertable: no routine runs.

    The number of bytes, the handle's key and the operation's OVERLAPPED are stored where the pointers say.
    dwMilliseconds: the longest time to wait; 0 only polls, INFINITE has no limit (and cannot be left with Ctrl+C).
    Returns TRUE for an operation that succeeded. FALSE has two meanings, and the stored OVERLAPPED tells which:
    not NULL: an operation was taken that *failed* (ERROR_NETNAME_DELETED, ERROR_OPERATION_ABORTED); no byte count then.
    NULL: nothing was taken (WAIT_TIMEOUT; ERROR_ABANDONED_WAIT_0: the port was closed; ERROR_INVALID_HANDLE).
    Microsoft Learn: "GetQueuedCompletionStatus function".
    """


@imported_from(kernel32, alertable=True)
def GetQueuedCompletionStatusEx(
    CompletionPort: HANDLE,
    lpCompletionPortEntries: LPOVERLAPPED_ENTRY,
    ulCount: ULONG,
    ulNumEntriesRemoved: PULONG,
    dwMilliseconds: DWORD,
    fAlertable: BOOL,
) -> BOOL:
    """Wait for completions of a port and take several at once.

    lpCompletionPortEntries: an array of `ulCount` OVERLAPPED_ENTRYs; ulNumEntriesRemoved: how many of them were filled.
    dwMilliseconds: the longest time to wait for the first. fAlertable: TRUE also ends the wait after completion routines ran.
    Returns TRUE when one or more were taken, whether the operations succeeded or failed: each entry's `Internal` tells.
    FALSE: none was taken (WAIT_TIMEOUT; WAIT_IO_COMPLETION: routines ran; ERROR_INVALID_HANDLE; ERROR_ABANDONED_WAIT_0).
    An exception that a routine raised comes out of this call.
    Microsoft Learn: "GetQueuedCompletionStatusEx function".
    """


@imported_from(kernel32, addresses=("lpOverlapped",))
def PostQueuedCompletionStatus(
    CompletionPort: HANDLE, dwNumberOfBytesTransferred: DWORD, dwCompletionKey: ULONG_PTR, lpOverlapped: LPOVERLAPPED
) -> BOOL:
    """Queue a completion of your own to a port: one waiting thread gets the three values exactly as they are given here.

    lpOverlapped is not looked at and may be NULL.
    Returns FALSE on failure (ERROR_INVALID_HANDLE).
    Microsoft Learn: "PostQueuedCompletionStatus function".
    """


@imported_from(kernel32)
def SetFileCompletionNotificationModes(FileHandle: HANDLE, Flags: UCHAR) -> BOOL:
    """Choose what is skipped when an operation on a handle completes at once.

    Flags: FILE_SKIP_COMPLETION_PORT_ON_SUCCESS (a call that returned success queues nothing to the port: its result is all
    there is), FILE_SKIP_SET_EVENT_ON_HANDLE (the handle itself is not signalled). A flag cannot be taken back.
    Returns FALSE on failure (ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER).
    Microsoft Learn: "SetFileCompletionNotificationModes function (winbase.h)".
    """


@imported_from(kernel32)
def GetSystemInfo(lpSystemInfo: LPSYSTEM_INFO) -> VOID:
    """Describe this computer: processors, page size. It does not fail.

    Microsoft Learn: "GetSystemInfo function (sysinfoapi.h)".
    """
