/* The load client of the benchmark: one thread, every byte of every echo compared. Linux and Windows.
 *
 *     load <port> echo <connections> <bytes> <warm-up ms> <ms> <idle connections> [delayed]
 *         Each connection sends a message, waits for the whole echo, sends the next. Prints "start", "stop", then a line of
 *         JSON about the time in between. What comes is acknowledged at once, or with `delayed` as TCP usually does.
 *         The idle connections come after them, have one small echo each, and say nothing more.
 *     load <port> connect <probes> <busy connections> <patience ms>
 *         How long from the start of a connection to its first echo of 64 bytes, while other connections are busy.
 *     load <port> hold <connections>
 *         Connects, one echo each; prints "held" and waits for a line on standard input. */

#ifdef _WIN32
#define FD_SETSIZE 1024
#include <winsock2.h>
typedef SOCKET sock_t;
#define poll WSAPoll
#define close closesocket
static int would_block(void) { return WSAGetLastError() == WSAEWOULDBLOCK; }
#else
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
typedef int sock_t;
static int would_block(void) { return errno == EAGAIN || errno == EWOULDBLOCK; }
#endif
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST 12000         /* connections */
#define SHIFTS 4096        /* a message is `size` bytes of `table`, from one of this many places on */
#define LATENCIES 2000000
#define PATIENCE 20000.0 /* ms until a set-up without any progress is given up */

struct connection {
    sock_t sock;
    unsigned number; /* of the message under way */
    size_t sent, received;
    double started;
};

static struct connection connections[MOST];
static struct pollfd polled[MOST];
static unsigned char *table, scratch[65536];
static size_t size;
static float *latencies;
static size_t latency_count;
static uint64_t bytes;
static int measuring;
static uint16_t port;
static int delayed;

static void fail(const char *what)
{
    fprintf(stderr, "load: %s\n", what);
    exit(1);
}

static double now(void) /* in ms */
{
#ifdef _WIN32
    LARGE_INTEGER ticks, frequency;
    QueryPerformanceCounter(&ticks);
    QueryPerformanceFrequency(&frequency);
    return 1e3 * (double)ticks.QuadPart / (double)frequency.QuadPart;
#else
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
#endif
}

static void make_table(size_t largest)
{
    uint32_t state = 2463534242u;

    table = malloc(largest + SHIFTS);
    latencies = malloc(LATENCIES * sizeof *latencies);
    if (table == NULL || latencies == NULL)
        fail("out of memory");
    for (size_t i = 0; i < largest + SHIFTS; i++) {
        state ^= state << 13, state ^= state >> 17, state ^= state << 5;
        table[i] = (unsigned char)state;
    }
}

static const unsigned char *message(const struct connection *c)
{
    return table + ((size_t)(c - connections) * 131 + c->number * 17) % SHIFTS;
}

/* TCP may acknowledge what it got only 40 ms (Windows: 200 ms) later, in the hope of something to send along with that; a
 * server that sends an echo in several small parts would wait for it (Nagle's algorithm). */
static void acknowledge_at_once(sock_t sock)
{
#ifdef _WIN32
    int frequency = 1;
    DWORD count;
    WSAIoctl(sock, _WSAIOW(IOC_VENDOR, 23), &frequency, sizeof frequency, NULL, 0, &count, NULL, NULL);
#else
    int one = 1;
    setsockopt(sock, IPPROTO_TCP, TCP_QUICKACK, &one, sizeof one);
#endif
}

static void open_connection(struct connection *c)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    int one = 1;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    c->number = 0, c->sent = c->received = 0;
    c->sock = socket(AF_INET, SOCK_STREAM, 0);
    c->started = now();
    if (connect(c->sock, (struct sockaddr *)&address, sizeof address) != 0)
        fail("the server refuses the connection");
    setsockopt(c->sock, IPPROTO_TCP, TCP_NODELAY, (char *)&one, sizeof one);
#ifdef _WIN32
    u_long nonblocking = 1;
    ioctlsocket(c->sock, FIONBIO, &nonblocking);
#else
    fcntl(c->sock, F_SETFL, O_NONBLOCK);
#endif
    if (!delayed)
        acknowledge_at_once(c->sock);
}

/* Send what can be sent. */
static void push(struct connection *c)
{
    while (c->sent < size) {
        int n = (int)send(c->sock, (const char *)message(c) + c->sent, size - c->sent, 0);
        if (n < 0 && would_block())
            return;
        if (n <= 0)
            fail("sending failed");
        c->sent += (size_t)n;
    }
}

/* Receive what is there, and compare it. Returns 1 when that completes the echo. */
static int pull(struct connection *c)
{
    while (c->received < size) {
        size_t wanted = size - c->received;
        int n = (int)recv(c->sock, (char *)scratch, wanted < sizeof scratch ? wanted : sizeof scratch, 0);
        if (n < 0 && would_block())
            return 0;
        if (n <= 0)
            fail("the server closed a connection");
        if (c->received + (size_t)n > c->sent || memcmp(scratch, message(c) + c->received, (size_t)n) != 0)
            fail("an echo differs from what was sent");
        c->received += (size_t)n;
        if (measuring)
            bytes += (uint64_t)n;
#ifndef _WIN32
        if (!delayed && c->received < size) /* Linux forgets it again */
            acknowledge_at_once(c->sock);
#endif
    }
    if (measuring && latency_count < LATENCIES)
        latencies[latency_count++] = (float)(1e3 * (now() - c->started));
    c->number++, c->sent = c->received = 0;
    return 1;
}

static void begin(struct connection *c)
{
    c->started = now();
    push(c);
}

/* Wait for, and do, what can be done on `count` connections from `first` on, at most `ms`. Those before `again` send on. */
static void turn(int first, int count, int ms, int again)
{
    for (int i = 0; i < count; i++) {
        struct connection *c = &connections[first + i];
        polled[i].fd = c->sock;
        polled[i].events = POLLIN;
        if (c->sent > 0 && c->sent < size)
            polled[i].events |= POLLOUT;
    }
    if (poll(polled, (unsigned)count, ms) <= 0)
        return;
    for (int i = 0; i < count; i++) {
        struct connection *c = &connections[first + i];
        if (polled[i].revents == 0)
            continue;
        if (c->sent == 0 && c->received == 0) {
            if (recv(c->sock, (char *)scratch, 1, 0) >= 0 || !would_block())
                fail("the server closed a connection, or sent too much");
            continue;
        }
        if (c->sent > 0)
            push(c);
        if ((polled[i].revents & ~POLLOUT) && pull(c) && first + i < again)
            begin(c);
    }
}

/* `count` connections, one after the other, each once it has had an echo. The first of them makes a small echo every
 * millisecond: a server that looks for new connections only after it was woken up is woken up. */
static void connect_all(int count)
{
    size_t wanted = size;

    size = 16;
    for (int i = 0; i < count; i++) {
        double pinged = now(), start = pinged;
        open_connection(&connections[i]);
        begin(&connections[i]);
        while (connections[i].number == 0) {
            turn(i, 1, 1, 0);
            if (i > 0)
                turn(0, 1, 0, 0);
            if (i > 0 && connections[0].sent == 0 && now() - pinged > 1) {
                begin(&connections[0]);
                pinged = now();
            }
            if (now() - start > PATIENCE)
                fail("no first echo");
        }
    }
    while (count > 0 && connections[0].sent > 0)
        turn(0, 1, 100, 0);
    size = wanted;
}

static int by_value(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static double percentile(double p)
{
    if (latency_count == 0)
        return -1;
    return latencies[(size_t)(p * (double)(latency_count - 1) + 0.5)];
}

static void echo(int count, double warm_up, double duration, int idle)
{
    double start, stop;

    connect_all(count + idle);
    for (int i = 0; i < count; i++)
        begin(&connections[i]);
    for (start = now(); now() - start < warm_up;)
        turn(0, count, 10, count);
    puts("start");
    measuring = 1;
    for (start = now(); (stop = now()) - start < duration;)
        turn(0, count, 10, count);
    puts("stop");
    qsort(latencies, latency_count, sizeof *latencies, by_value);
    printf("{\"echoes\": %.2f, \"seconds\": %.6f, \"completed\": %zu, \"p50_us\": %.1f, \"p99_us\": %.1f}\n",
           (double)bytes / (double)size, (stop - start) / 1e3, latency_count, percentile(0.5), percentile(0.99));
}

static void probe(int probes, int busy, double patience)
{
    struct connection *c = &connections[busy];
    uint32_t random = 12345;
    int given_up = 0;

    size = 64;
    connect_all(busy);
    for (int i = 0; i < busy; i++)
        begin(&connections[i]);
    printf("{\"ms\": [");
    for (int i = 0; i < probes && given_up < 2; i++) {
        random = random * 1103515245u + 12345;
        for (double start = now(), pause = (random >> 16) % 100; now() - start < pause;) /* in step with no timer */
            turn(0, busy, 1, busy);
        open_connection(c);
        double started = c->started;
        push(c);
        while (c->number == 0 && now() - started < patience)
            turn(0, busy + 1, 10, busy);
        if (c->number == 0) {
            given_up++;
            printf("%snull", i ? ", " : "");
        } else {
            printf("%s%.3f", i ? ", " : "", now() - started);
        }
        close(c->sock);
    }
    puts("]}");
}

int main(int argc, char **argv)
{
#ifdef _WIN32
    WSADATA wsa;
    WSAStartup(MAKEWORD(2, 2), &wsa);
#else
    signal(SIGPIPE, SIG_IGN);
#endif
    setvbuf(stdout, NULL, _IOLBF, 4096);
#ifdef _WIN32
    setvbuf(stdout, NULL, _IONBF, 0); /* it has no line buffering */
#endif
    make_table(1 << 20);
    port = (uint16_t)(argc > 1 ? atoi(argv[1]) : 0);
    delayed = argc == 9 && strcmp(argv[8], "delayed") == 0;
    if ((argc == 8 || delayed) && strcmp(argv[2], "echo") == 0 && atoi(argv[3]) + atoi(argv[7]) <= MOST &&
        atoi(argv[4]) <= 1 << 20) {
        size = (size_t)atoi(argv[4]);
        echo(atoi(argv[3]), atof(argv[5]), atof(argv[6]), atoi(argv[7]));
    } else if (argc == 6 && strcmp(argv[2], "connect") == 0 && atoi(argv[4]) < MOST) {
        probe(atoi(argv[3]), atoi(argv[4]), atof(argv[5]));
    } else if (argc == 4 && strcmp(argv[2], "hold") == 0 && atoi(argv[3]) <= MOST) {
        connect_all(atoi(argv[3]));
        puts("held");
        getchar();
    } else {
        fail("usage: load <port> echo|connect|hold ...");
    }
    return 0;
}
