/* A stand-in for ws2_32.dll and kernel32.dll on Linux, for the tests of this folder alone. It is no Winsock: it has what is
   needed to see that the package, on a CPython that has no Windows build here, declares, refuses, calls and raises as it
   should. WSARecv keeps its routine; an alertable wait receives and calls it. sitecustomize.py builds it, and adds an empty
   function for every other name that the package declares. What libc has under the same name (htons, recv) is libc's. */
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { NOT_A_SOCKET = 10038, PENDING = 997, TIMEOUT = 258, IO_COMPLETION = 192, ASKS_FOR_A_FUNCTION = (int)0xC8000006 };

typedef struct { uintptr_t Internal, InternalHigh; uint64_t Offset; void *hEvent; } OVERLAPPED;
typedef struct { uint32_t len; char *buf; } WSABUF;
typedef void ROUTINE(uint32_t, uint32_t, OVERLAPPED *, uint32_t);
typedef struct { int s; WSABUF buffer; OVERLAPPED *overlapped; ROUTINE *routine; } OPERATION;

static __thread uint32_t last_error;
static __thread OPERATION operations[16];
static __thread int pending;

uint32_t GetLastError(void) { return last_error; }
void SetLastError(uint32_t code) { last_error = code; }
uint32_t WSAGetLastError(void) { return last_error; }
void WSASetLastError(uint32_t code) { last_error = code; }

static int fails(int code) { last_error = code; return -1; }

int closesocket(uintptr_t s) { return close(s) ? fails(NOT_A_SOCKET) : 0; }

int WSARecv(uintptr_t s, WSABUF *buffers, uint32_t count, void *bytes, void *flags, OVERLAPPED *overlapped, ROUTINE *routine)
{
    if (s == (uintptr_t)-1 || pending == 16)
        return fails(NOT_A_SOCKET);
    overlapped->Internal = 0x103;
    operations[pending++] = (OPERATION){s, *buffers, overlapped, routine};
    return fails(PENDING);
}

/* What has come is received and its routine called, as in an alertable wait. */
uint32_t SleepEx(uint32_t milliseconds, int alertable)
{
    struct pollfd sockets[16];
    OPERATION taken[16], *end = taken;
    if (!alertable || !pending)
        return poll(NULL, 0, milliseconds), 0;
    for (int i = 0; i < pending; i++)
        sockets[i] = (struct pollfd){operations[i].s, POLLIN};
    if (poll(sockets, pending, milliseconds) <= 0)
        return 0;
    int kept = 0;
    for (int i = 0; i < pending; i++)
        if (sockets[i].revents)
            *end++ = operations[i];
        else
            operations[kept++] = operations[i];
    pending = kept;
    for (OPERATION *o = taken; o < end; o++) {
        o->overlapped->InternalHigh = recv(o->s, o->buffer.buf, o->buffer.len, 0);
        o->overlapped->Internal = 0;
        o->routine(0, o->overlapped->InternalHigh, o->overlapped, 0);
    }
    return IO_COMPLETION;
}

uint32_t WaitForSingleObjectEx(void *handle, uint32_t milliseconds, int alertable)
{
    return SleepEx(milliseconds, alertable) ? IO_COMPLETION : TIMEOUT;
}

uint32_t WSAWaitForMultipleEvents(uint32_t count, void *events, int all, uint32_t milliseconds, int alertable)
{
    return WaitForSingleObjectEx(events, milliseconds, alertable);
}

void *CreateEventW(void *a, int b, int c, void *d) { return (void *)4; }
void *WSACreateEvent(void) { return (void *)8; }
int CloseHandle(void *handle) { return handle != NULL; }
int GetHandleInformation(void *handle, uint32_t *flags) { return handle != NULL; }
int WSACloseEvent(void *handle) { return handle != NULL; }

/* One completion port, with room for one packet. */
static struct { uint32_t count; uintptr_t key; void *overlapped; } packet;

void *CreateIoCompletionPort(void *file, void *port, uintptr_t key, uint32_t threads) { return (void *)12; }

int PostQueuedCompletionStatus(void *port, uint32_t count, uintptr_t key, void *overlapped)
{
    packet.count = count, packet.key = key, packet.overlapped = overlapped;
    return 1;
}

int GetQueuedCompletionStatus(void *port, uint32_t *count, uintptr_t *key, void **overlapped, uint32_t milliseconds)
{
    *count = packet.count, *key = packet.key, *overlapped = packet.overlapped;
    return 1;
}

static int any_extension(void) { return 0; }

int WSAIoctl(uintptr_t s, uint32_t code, void *in, uint32_t n, void **out, uint32_t m, uint32_t *count, void *o, void *routine)
{
    if ((int)code == ASKS_FOR_A_FUNCTION)
        *out = any_extension;
    return 0;
}

/* kernel32's heap and memory, which the package's own malloc and reprs use. */
void *GetProcessHeap(void) { return (void *)16; }
void *HeapAlloc(void *heap, uint32_t flags, size_t size) { return malloc(size ? size : 1); }
int HeapFree(void *heap, uint32_t flags, void *block) { free(block); return 1; }

int ReadProcessMemory(void *process, const char *address, char *copy, size_t size, size_t *read_)
{
    int ends[2], whole = 1;
    if (pipe(ends)) /* write says EFAULT where there is no memory */
        return 0;
    for (size_t done = 0; whole && done < size;) {
        ssize_t n = write(ends[1], address + done, size - done < 4096 ? size - done : 4096);
        if (n <= 0 || read(ends[0], copy + done, n) != n)
            whole = 0;
        else
            done += n;
    }
    close(ends[0]), close(ends[1]);
    return whole;
}

typedef struct { uint32_t count; uint64_t array[64]; } FD_SET;

int __WSAFDIsSet(uint64_t s, const FD_SET *set)
{
    for (uint32_t i = 0; i < set->count; i++)
        if (set->array[i] == s)
            return 1;
    return 0;
}
