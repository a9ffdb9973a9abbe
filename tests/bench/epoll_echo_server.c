/* An echo server for Linux, on one thread with epoll, as a point of reference from another system.
 *
 *     epoll_echo_server <port>
 *
 * As in the other servers, a connection has one buffer of 1,024 bytes, and receives again once all of it is sent. */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

struct connection {
    int sock;
    unsigned watched; /* what epoll watches for */
    ssize_t have, sent;
    char data[1024];
};

static int queue;

static void watch(struct connection *c, unsigned events, int how)
{
    struct epoll_event event = {.events = events, .data.ptr = c};

    if (how == EPOLL_CTL_MOD && c->watched == events)
        return;
    c->watched = events;
    epoll_ctl(queue, how, c->sock, &event);
}

/* Receive and send until one of them would block. */
static void serve(struct connection *c)
{
    for (;;) {
        if (c->sent == c->have) {
            c->sent = 0;
            c->have = recv(c->sock, c->data, sizeof c->data, 0);
            if (c->have <= 0) {
                if (c->have < 0 && errno == EAGAIN) {
                    c->have = 0;
                    watch(c, EPOLLIN, EPOLL_CTL_MOD);
                    return;
                }
                break;
            }
        }
        ssize_t n = send(c->sock, c->data + c->sent, (size_t)(c->have - c->sent), MSG_NOSIGNAL);
        if (n < 0) {
            if (errno == EAGAIN) {
                watch(c, EPOLLOUT, EPOLL_CTL_MOD);
                return;
            }
            break;
        }
        c->sent += n;
        if (c->sent == c->have && c->have < (ssize_t)sizeof c->data) { /* most likely nothing more is there yet */
            watch(c, EPOLLIN, EPOLL_CTL_MOD);
            c->sent = c->have = 0;
            return;
        }
    }
    close(c->sock);
    free(c);
}

int main(int argc, char **argv)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(argc == 2 ? (unsigned short)atoi(argv[1]) : 0)};
    struct connection listener = {.sock = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)};
    struct epoll_event events[64];
    int one = 1;

    setsockopt(listener.sock, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener.sock, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener.sock, SOMAXCONN) != 0) {
        perror("epoll_echo_server");
        return 1;
    }
    queue = epoll_create1(0);
    watch(&listener, EPOLLIN, EPOLL_CTL_ADD);
    for (;;) {
        int count = epoll_wait(queue, events, 64, -1);
        for (int i = 0; i < count; i++) {
            struct connection *c = events[i].data.ptr;
            if (c != &listener) {
                serve(c);
                continue;
            }
            int sock = accept4(listener.sock, NULL, NULL, SOCK_NONBLOCK);
            if (sock < 0)
                continue;
            if ((c = calloc(1, sizeof *c)) == NULL)
                return 1;
            c->sock = sock;
            watch(c, EPOLLIN, EPOLL_CTL_ADD);
        }
    }
}
