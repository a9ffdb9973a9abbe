/* The C peer of examples/echo_client.py: prints the same lines, takes the same arguments.
 *
 *     echo_client <IP> <port>
 *
 * Input and output are bytes, of any value: read and written in binary mode, with their number, never as C strings.
 */

#include "peer.h"

#include <fcntl.h>
#include <io.h>

/* Read a line, but at most size - 1 bytes. Returns their number: 0 at the end of the input. */
static int read_line(char *line, int size)
{
    int length = 0, byte;

    while (length < size - 1 && (byte = getchar()) != EOF) {
        line[length++] = (char)byte;
        if (byte == '\n')
            break;
    }
    if (length >= 2 && memcmp(line + length - 2, "\r\n", 2) == 0)
        line[--length - 1] = '\n';
    return length;
}

static int says_quit(const char *line, int length)
{
    return length == 2 && (line[0] == 'q' || line[0] == 'Q') && line[1] == '\n';
}

static void receive_all(SOCKET sock, char *data, int size)
{
    int count;

    for (int have = 0; have < size; have += count) {
        count = recv(sock, data + have, size - have, 0);
        if (count <= 0)
            fail("recv() error: the server has closed the connection");
    }
}

int main(int argc, char **argv)
{
    WSADATA wsa;
    SOCKADDR_IN server = {.sin_family = AF_INET};
    SOCKET sock;
    char line[BUF_SIZE], message[300];
    int length;

    setvbuf(stdout, NULL, _IOFBF, 2 * BUF_SIZE); /* flushed below, once a piece is complete */
    if (argc != 3) {
        printf("Usage %s <IP> <port> \n", argv[0]);
        return 1;
    }
    server.sin_port = htons(port_number(argv[2]));
    if (WSAStartup(MAKEWORD(2, 2), &wsa) != 0)
        fail("WSAStartup() error!");
    sock = socket(PF_INET, SOCK_STREAM, 0);
    if (sock == INVALID_SOCKET)
        fail_with_code("socket() error!");
    server.sin_addr.s_addr = inet_addr(argv[1]);
    if (server.sin_addr.s_addr == INADDR_NONE) {
        snprintf(message, sizeof message, "the address must be an IPv4 address such as 127.0.0.1, not '%s'", argv[1]);
        fail(message);
    }
    if (connect(sock, (SOCKADDR *)&server, sizeof server) == SOCKET_ERROR)
        fail_with_code("connect() error!");

    _setmode(_fileno(stdin), _O_BINARY); /* in text mode the byte 0x1A would end the input */
    _setmode(_fileno(stdout), _O_BINARY);
    fputs("Connected ... \n", stdout);
    for (;;) {
        fputs("Input message (Q to quit)", stdout);
        fflush(stdout);
        length = read_line(line, sizeof line);
        if (length == 0 || says_quit(line, length))
            break;
        if (send(sock, line, length, 0) == SOCKET_ERROR)
            fail_with_code("send() error!");
        receive_all(sock, line, length);
        fputs("Message from server : ", stdout);
        fwrite(line, 1, (size_t)length, stdout);
    }
    closesocket(sock);
    WSACleanup();
    return 0;
}
