/* The C peer of examples/iocp_echo_server.py, for the benchmark: main accepts, worker threads wait at a completion port.
 *
 *     iocp_echo_server <port> [workers]
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

static int failed(int result)
{
    return result != 0 && WSAGetLastError() != WSA_IO_PENDING;
}

static void start_receive(struct handle_data *handle, struct io_data *io)
{
    DWORD flags = 0;

    io->part.buf = io->data;
    io->part.len = BUF_SIZE;
    io->mode = READ;
    if (failed(WSARecv(handle->sock, &io->part, 1, NULL, &flags, &io->overlapped, NULL)))
        release(handle, io);
}

static void send_rest(struct handle_data *handle, struct io_data *io)
{
    io->mode = WRITE;
    if (failed(WSASend(handle->sock, &io->part, 1, NULL, 0, &io->overlapped, NULL)))
        release(handle, io);
}

static void completed(DWORD error, DWORD count, struct handle_data *handle, struct io_data *io)
{
    if (error != 0 || (io->mode == READ && count == 0)) {
        release(handle, io);
    } else if (io->mode == READ) {
        io->part.len = count;
        send_rest(handle, io);
    } else if (count < io->part.len) { /* only a part was sent */
        io->part.buf += count;
        io->part.len -= count;
        send_rest(handle, io);
    } else {
        start_receive(handle, io);
    }
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

int main(int argc, char **argv)
{
    WSADATA wsa;
    SOCKADDR_IN address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_ANY)};
    HANDLE port;
    SOCKET listener;
    int size;

    setvbuf(stdout, NULL, _IONBF, 0);
    if (argc != 2 && argc != 3) {
        printf("Usage : %s <port> [workers] \n", argv[0]);
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
    for (int workers = argc == 3 ? atoi(argv[2]) : 1; workers > 0; workers--)
        CreateThread(NULL, 0, work, port, 0, NULL);

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
        start_receive(handle, io);
    }
}
