"""stdio.h, string.h and stdlib.h: with C's meaning and results, in pipes, in every encoding, and when nobody reads any more."""

import os
import subprocess
import sys

import pytest

from tests.support.processes import PATIENCE, ROOT
from winsock_ctypes import *

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}


def child(code: str, typed: bytes = b"", encoding: str = "utf-8") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", f"from winsock_ctypes import *\nimport sys\n{code}"]
    environment = {**ENVIRONMENT, "PYTHONIOENCODING": encoding}
    return subprocess.run(command, input=typed, capture_output=True, timeout=PATIENCE, env=environment)


def printed(code: str, encoding: str = "utf-8") -> bytes:
    done = child(code, encoding=encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout


class TestOutput:
    def test_puts_ends_the_line_and_fputs_does_not(self):
        assert printed("puts('one'); fputs('two', stdout); fputs(b'three\\n', stdout)") == b"one\ntwothree\n"

    def test_printf(self):
        code = r"printf('%s %d %u %x %c%% %5.2f|%-4s|\n', 'text', -1, DWORD(7), 255, b'c', 1.5, (CHAR * 4)(b'a', b'b'))"
        assert printed(code) == b"text -1 7 ff c%  1.50|ab  |\n"

    def test_results(self):
        assert printed("sys.exit([puts('x'), fputs('x', stdout), printf('%d', 123)] != [0, 0, 3])") == b"x\nx123"

    def test_bytes_pass_as_they_are(self):
        assert printed("fputs(bytes(range(1, 256)), stdout); fputs(b'a\\0b', stdout)") == bytes(range(1, 256)) + b"a\0b"

    @pytest.mark.parametrize(
        ("encoding", "seen"), [("utf-8", "안녕".encode()), ("cp949", "안녕".encode("cp949")), ("cp1252", rb"\uc548\ub155")]
    )
    def test_a_str_is_encoded_as_the_stream_says(self, encoding, seen):
        assert printed("puts('안녕'); printf('%s\\n', '안녕'); fputs('안녕', stdout)", encoding) == (seen + b"\n") * 2 + seen

    def test_it_is_in_order_with_print_and_goes_where_sys_stdout_leads(self):
        assert printed("print('one', end=' '); puts('two'); print('three')").split() == [b"one", b"two", b"three"]
        assert printed("import io; sys.stdout = io.StringIO(); puts('한'); sys.exit(sys.stdout.getvalue() != '한\\n')") == b""

    def test_a_program_without_a_console(self):
        assert printed("sys.stdout = None; sys.exit(puts('nobody') != EOF or printf('x') != EOF)") == b""

    def test_a_closed_stream(self):
        assert child("sys.stdout.close(); sys.exit(puts('nobody') != EOF)").returncode == 0

    @pytest.mark.parametrize("code", ["puts(1)", "fputs(10, stderr)", "printf('%d', 'x')", "printf('%s')", "printf('', 1)"])
    def test_what_is_no_string(self, code):
        done = child(code)
        assert done.returncode == 1 and done.stderr.splitlines()[-1].startswith(b"TypeError")

    def test_it_is_seen_at_once(self):
        code = (
            "from winsock_ctypes import *\nimport sys\nfputs('now', stdout)\nsys.stdin.buffer.readline()"  # input() would flush
        )
        command = [sys.executable, "-c", code]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENVIRONMENT) as process:
            assert process.stdout.read(3) == b"now"
            process.communicate(b"\n", timeout=PATIENCE)

    @pytest.mark.parametrize("size", [1, 9999])  # less than Python keeps in its buffer, and more
    def test_the_reader_has_gone(self, size):
        """C's puts says EOF, and says it again; the program goes on, and its end is no trouble either."""
        code = f"input(); print([puts('x' * {size}), puts('y'), printf('z')], file=sys.stderr); sys.exit(7)"
        command = [sys.executable, "-c", f"from winsock_ctypes import *\nimport sys\n{code}"]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT
        )
        process.stdout.close()
        process.stdin.write(b"\n")
        process.stdin.close()
        with process.stderr:
            assert process.stderr.read().splitlines() == [b"[-1, -1, -1]"]
        assert process.wait(PATIENCE) == 7


class TestInput:
    READ = "message = (CHAR * {room})()\nwhile line := fgets(message, {room}, stdin): print(bytes(line), bytes(message.value))"

    def lines(self, typed: bytes, room: int = 8) -> list[bytes]:
        done = child(self.READ.format(room=room), typed)
        assert (done.returncode, done.stderr) == (0, b"")
        pairs = [eval(line.replace(b"' b'", b"', b'").replace(b'" b', b'", b')) for line in done.stdout.splitlines()]
        assert all(line.split(b"\0")[0] == text for line, text in pairs)  # ended with a zero byte
        return [line for line, _ in pairs]

    def test_lines(self):
        assert self.lines(b"one\n\ntwo") == [b"one\n", b"\n", b"two"]

    def test_the_ends_of_lines(self):
        assert self.lines(b"one\r\ntwo\rthree\r\n\r\n") == [b"one\n", b"two\rthr", b"ee\n", b"\n"]

    @pytest.mark.parametrize("size", [5, 6, 7, 8, 13, 14, 15])
    @pytest.mark.parametrize("end", [b"\n", b"\r\n"])
    def test_a_long_line_comes_in_pieces(self, size, end):
        line = b"m" * size + b"\n"
        pieces = [line[at : at + 7] for at in range(0, len(line), 7)]
        assert self.lines(b"m" * size + end + b"Q\n") == [*pieces, b"Q\n"]

    def test_zero_bytes_are_counted(self):
        assert self.lines(b"a\0b\n\0\n") == [b"a\0b\n", b"\0\n"]

    def test_the_end_leaves_the_array_alone(self):
        code = "message = (CHAR * 8)(*b'old')\nsys.exit(fgets(message, 8, stdin) is not NULL or message.value != b'old')"
        assert child(code).returncode == 0

    def test_a_stream_of_text_alone(self):
        """As IDLE's sys.stdin is."""
        typed = "import io; sys.stdin = io.StringIO('1234567890123\\n안녕\\n')\n"
        done = child(typed + self.READ.format(room=8))
        assert done.stdout.split(b"\r\n" if b"\r\n" in done.stdout else b"\n")[:-1] == [
            b"b'1234567' b'1234567'",
            b"b'890123\\n' b'890123\\n'",
            b"%a %a" % ((it := "안녕\n".encode()), it),
        ]

    def test_no_room(self):
        assert b"fgets" in child("fgets((CHAR * 8)(), 9, stdin)", b"x\n").stderr.splitlines()[-1]

    def test_a_stream_of_python_is_none_of_c(self):
        for call in "fputs('x', sys.stdout)", "fgets((CHAR * 8)(), 8, sys.stdin)":
            last = child(call).stderr.splitlines()[-1]
            assert b"stream must be stdin, stdout or stderr of winsock_ctypes, not TextIOWrapper" in last


class TestStrings:
    def test_strlen_and_strcmp(self):
        message = (CHAR * 8)(*b"q\n")
        assert strlen(message) == strlen("q\n") == strlen(b"q\n\0rest") == 2 and strlen("한") == 3
        assert strlen((BYTE * 8)(*b"q\n")) == 2 and printed("puts((BYTE * 4)(*b'ab'))") == b"ab\n"
        assert strcmp(message, "q\n") == 0 and strcmp("a", b"b") < 0 < strcmp(b"b", "a") and strcmp("a\0x", "a\0y") == 0

    def test_memmove_and_memset(self):
        buf = (BYTE * 8)(*range(8))
        assert memmove(buf, byref(buf, 3), 5) is buf and list(buf) == [3, 4, 5, 6, 7, 5, 6, 7]
        assert memset(buf, 1, 2) is buf and list(buf[:3]) == [1, 1, 5]
        assert memmove(buf, b"bytes", 5) is buf and bytes(buf[:6]) == b"bytes\5"

    @pytest.mark.parametrize("constant", [b"constant", "constant"])
    def test_memmove_and_memset_do_not_write_into_constants(self, constant):
        with pytest.raises(TypeError, match=f"memset: ptr must be .*, not {type(constant).__name__}: use create_string_buffer"):
            memset(constant, 0, 8)
        with pytest.raises(TypeError, match="memmove: destination must be .*: use create_string_buffer"):
            memmove(constant, b"01234567", 8)
        with pytest.raises(TypeError, match="memmove: source must be .*, not str: use its .encode()"):
            memmove((BYTE * 8)(), "text", 4)
        assert constant in (b"constant", "constant")

    @pytest.mark.parametrize(
        ("text", "number"),
        [("9190", 9190), (" \t-7x", -7), ("+5", 5), ("x", 0), ("", 0), ("80 80", 80), ("1e3", 1), ("\uff18", 0), ("007", 7)]
        + [("9" * size, 2**31 - 1) for size in (10, 11, 5000)]
        + [("-" + "9" * 5000, -(2**31)), ("0" * 5000 + "8", 8), (b"12\03", 12)],
    )
    def test_atoi(self, text, number):
        assert atoi(text) == number

    def test_exit(self):
        for status in (0, 1, 200):
            assert child(f"exit({status})").returncode == status
        done = child("exit('one line')")
        assert (done.returncode, done.stderr.splitlines()) == (1, [b"one line"])
