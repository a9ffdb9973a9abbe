/* The C peer of examples/overlapped_echo_server.py: prints the same lines, takes the same arguments.
 *
 *     overlapped_echo_server <port>
 *
 * A connection is one block that starts with its WSAOVERLAPPED, so the address that a completion routine is given is
 * the connection's. It belongs to the kernel while an operation is under way: on each connection always exactly one.
 */

#include "peer.h"

struct connection {
    WSAOVERLAPPED overlapped; /* the first member: see connection_of */
    SOCKET sock;
    WSABUF part; /* of data: what an operation is to receive into, or to send */
    struct connection *next;
    char data[BUF_SIZE];
};

static struct connection *connections; /* all that are open */
static volatile LONG stopping;         /* written by the thread that handles Ctrl+C */

static struct connection *connection_of(LPWSAOVERLAPPED overlapped)
{
    return (struct connection *)overlapped;
}

static void release(struct connection *gone)
{
    struct connection **link = &connections;

    while (*link != gone)
        link = &(*link)->next;
    *link = gone->next;
    closesocket(gone->sock);
    free(gone);
    puts("Client disconnected");
}

static void start_receive(struct connection *c);

static void CALLBACK sent(DWORD error, DWORD count, LPWSAOVERLAPPED overlapped, DWORD flags)
{
    (void)count, (void)flags;
    if (error != 0 || stopping)
        release(connection_of(overlapped));
    else
        start_receive(connection_of(overlapped));
}

static void CALLBACK received(DWORD error, DWORD count, LPWSAOVERLAPPED overlapped, DWORD flags)
{
    struct connection *c = connection_of(overlapped);

    (void)flags;
    if (error != 0 || count == 0 || stopping) {
        release(c);
        return;
    }
    c->part.len = count;
    if (WSASend(c->sock, &c->part, 1, NULL, 0, &c->overlapped, sent) != 0 && WSAGetLastError() != WSA_IO_PENDING)
        release(c); /* it failed: `sent` will not be called */
}

static void start_receive(struct connection *c)
{
    DWORD flags = 0;

    c->part.len = sizeof c->data; /* the whole again: the last message may have been a short one */
    if (WSARecv(c->sock, &c->part, 1, NULL, &flags, &c->overlapped, received) != 0 && WSAGetLastError() != WSA_IO_PENDING)
        release(c);
}

static void take_client(SOCKET sock)
{
    struct connection *c = calloc(1, sizeof *c);

    if (c == NULL)
        fail("out of memory");
    c->sock = sock;
    c->part.buf = c->data;
    c->next = connections;
    connections = c;
    puts("Client connect..");
    start_receive(c);
}

/* Windows calls this on a thread of its own: it must not touch the connections. */
static BOOL WINAPI on_ctrl(DWORD event)
{
    if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT)
        return FALSE;
    InterlockedExchange(&stopping, 1);
    return TRUE;
}

static SOCKET listen_on(u_short port)
{
    SOCKADDR_IN address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_ANY)};
    SOCKET sock = WSASocketW(PF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
    u_long nonblocking = 1;

    ioctlsocket(sock, FIONBIO, &nonblocking);
    if (bind(sock, (SOCKADDR *)&address, sizeof address) != 0)
        fail_with_code("bind() error");
    if (listen(sock, 5) != 0)
        fail_with_code("listen() error");
    return sock;
}

int main(int argc, char **argv)
{
    WSADATA wsa;
    SOCKET listener, client;
    u_short port;

    setvbuf(stdout, NULL, _IONBF, 0); /* a pipe shall have each line at once */
    if (argc != 2) {
        printf("Usage : %s <port> \n", argv[0]);
        return 1;
    }
    port = port_number(argv[1]);
    if (WSAStartup(MAKEWORD(2, 2), &wsa) != 0)
        fail("WSAStartup() error!");
    SetConsoleCtrlHandler(on_ctrl, TRUE);
    listener = listen_on(port);

    while (!stopping) {
        SleepEx(100, TRUE); /* the completion routines run in here */
        client = accept(listener, NULL, NULL);
        if (client != INVALID_SOCKET) {
            take_client(client);
            continue;
        }
        switch (WSAGetLastError()) {
        case WSAEWOULDBLOCK: /* nobody waits */
        case WSAECONNRESET: /* the client is gone already */
        case WSAECONNABORTED:
        case WSAENOTCONN:
            break;
        default:
            fail_with_code("accept() error!");
        }
    }

    /* Every operation is cancelled, and waited for: its memory is the kernel's until then. */
    for (struct connection *c = connections; c != NULL; c = c->next)
        CancelIoEx((HANDLE)c->sock, NULL);
    while (connections != NULL && SleepEx(1000, TRUE) == WAIT_IO_COMPLETION)
        ;
    closesocket(listener);
    WSACleanup();
    return 0;
}
