/* What the two programs share: the port number on the command line, and the way to report an error. */

#include <winsock2.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUF_SIZE 1024

/* The name of an error code: the messages say `WSAEADDRINUSE (10048)`, as the Python programs' do. */
static const char *error_name(int code)
{
    switch (code) {
#define NAME(constant) case constant: return #constant;
        NAME(WSAEACCES) NAME(WSAEADDRINUSE) NAME(WSAEADDRNOTAVAIL) NAME(WSAECONNABORTED) NAME(WSAECONNREFUSED)
        NAME(WSAECONNRESET) NAME(WSAEHOSTUNREACH) NAME(WSAENETUNREACH) NAME(WSAENOTSOCK) NAME(WSAETIMEDOUT)
#undef NAME
    }
    return "error";
}

static void fail(const char *message)
{
    fprintf(stderr, "%s\n", message);
    exit(1);
}

static void fail_with_code(const char *message)
{
    int code = WSAGetLastError();

    fprintf(stderr, "%s %s (%d)\n", message, error_name(code), code);
    exit(1);
}

static u_short port_number(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    int port = digits >= 1 && digits <= 5 && text[digits] == '\0' ? atoi(text) : 0;

    if (port < 1 || port > 65535) {
        fprintf(stderr, "the port must be a number from 1 to 65535, not '%s'\n", text);
        exit(1);
    }
    return (u_short)port;
}
