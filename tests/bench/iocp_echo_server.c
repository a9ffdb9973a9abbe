/* The C peer of examples/iocp_echo_server.py, for the benchmark: main accepts, worker threads wait at a completion port.
 *
 *     iocp_echo_server <port> [workers [fewer]]
 *
 * "fewer": the model of examples/fewer_calls_echo_server.py.
 *
 * At most one operation of a connection is pending at any time, so a connection needs no lock. */

#include "../c/peer.h"

enum { READ = 3, WRITE = 5 };

struct handle_data { /* one per connection: the completion key */
    SOCKET sock;
    SOCKADDR_IN address;
};

struct io_data { /* one per operation: the OVERLAPPED must come first */
    WSAOVERLAPPED overlapped;
    char data[BUF_SIZE];
    WSABUF part;
    int mode;
};

static void release(struct handle_data *handle, struct io_data *io)
{
    closesocket(handle->sock);
    free(handle);
    free(io);
    puts("Client disconnected");
}

static int fewer; /* calls: what completes at once queues nothing, what waits at the port is taken in batches */

/* Whether the operation has completed already, and queues nothing. */
static int started(int result, struct handle_data *handle, struct io_data *io)
{
    if (result != 0 && WSAGetLastError() != WSA_IO_PENDING)
        release(handle, io);
    return fewer && result == 0;
}

static int start_receive(struct handle_data *handle, struct io_data *io)
{
    DWORD flags = 0;

    io->part.buf = io->data;
    io->part.len = BUF_SIZE;
    io->mode = READ;
    return started(WSARecv(handle->sock, &io->part, 1, NULL, &flags, &io->overlapped, NULL), handle, io);
}

static int send_rest(struct handle_data *handle, struct io_data *io)
{
    io->mode = WRITE;
    return started(WSASend(handle->sock, &io->part, 1, NULL, 0, &io->overlapped, NULL), handle, io);
}

static int completed(DWORD error, DWORD count, struct handle_data *handle, struct io_data *io)
{
    if (error != 0 || (io->mode == READ && count == 0)) {
        release(handle, io);
        return 0;
    }
    if (io->mode == READ) {
        io->part.len = count;
        return send_rest(handle, io);
    }
    if (count < io->part.len) { /* only a part was sent */
        io->part.buf += count;
        io->part.len -= count;
        return send_rest(handle, io);
    }
    return start_receive(handle, io);
}

static DWORD WINAPI work(void *port)
{
    DWORD count, error;
    ULONG_PTR key;
    LPOVERLAPPED overlapped;

    for (;;) {
        error = GetQueuedCompletionStatus(port, &count, &key, &overlapped, INFINITE) ? 0 : GetLastError();
        if (overlapped == NULL)
            fail_with_code("GetQueuedCompletionStatus() error!");
        completed(error, count, (struct handle_data *)key, (struct io_data *)overlapped);
    }
    return 0;
}

static DWORD WINAPI work_with_fewer_calls(void *port)
{
    OVERLAPPED_ENTRY entries[64];
    ULONG count;

    for (;;) {
        if (!GetQueuedCompletionStatusEx(port, entries, 64, &count, INFINITE, FALSE))
            fail_with_code("GetQueuedCompletionStatusEx() error!");
        for (ULONG i = 0; i < count; i++) {
            struct handle_data *handle = (struct handle_data *)entries[i].lpCompletionKey;
            OVERLAPPED *overlapped = entries[i].lpOverlapped;
            int left = 16; /* then the other clients, too */

            while (completed((DWORD)overlapped->Internal, (DWORD)overlapped->InternalHigh, handle, (struct io_data *)overlapped))
                if (--left == 0) {
                    PostQueuedCompletionStatus(port, 0, (ULONG_PTR)handle, overlapped);
                    break;
                }
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    WSADATA wsa;
    SOCKADDR_IN address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_ANY)};
    HANDLE port;
    SOCKET listener;
    int size;

    setvbuf(stdout, NULL, _IONBF, 0);
    if (argc < 2 || argc > 4) {
        printf("Usage : %s <port> [workers [fewer]] \n", argv[0]);
        return 1;
    }
    address.sin_port = htons(port_number(argv[1]));
    if (WSAStartup(MAKEWORD(2, 2), &wsa) != 0)
        fail("WSAStartup() error!");
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    listener = WSASocketW(PF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
    if (bind(listener, (SOCKADDR *)&address, sizeof address) != 0)
        fail_with_code("bind() error!");
    if (listen(listener, SOMAXCONN) != 0)
        fail_with_code("listen() error!");
    fewer = argc == 4;
    for (int workers = argc > 2 ? atoi(argv[2]) : 1; workers > 0; workers--)
        CreateThread(NULL, 0, fewer ? work_with_fewer_calls : work, port, 0, NULL);

    for (;;) {
        struct handle_data *handle = calloc(1, sizeof *handle);
        struct io_data *io = calloc(1, sizeof *io);

        if (handle == NULL || io == NULL)
            fail("out of memory");
        size = sizeof handle->address;
        handle->sock = accept(listener, (SOCKADDR *)&handle->address, &size);
        if (handle->sock == INVALID_SOCKET) { /* the client is gone already */
            free(handle);
            free(io);
            continue;
        }
        puts("Client connect..");
        if (CreateIoCompletionPort((HANDLE)handle->sock, port, (ULONG_PTR)handle, 0) == NULL)
            fail_with_code("CreateIoCompletionPort() error!");
        if (fewer && !SetFileCompletionNotificationModes((HANDLE)handle->sock, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS))
            fail_with_code("SetFileCompletionNotificationModes() error!");
        if (start_receive(handle, io))
            PostQueuedCompletionStatus(port, 0, (ULONG_PTR)handle, &io->overlapped);
    }
}
