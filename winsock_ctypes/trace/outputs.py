"""The files that a run is written to: opened before the run, complete after each event, and nobody else's overwritten."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

from winsock_ctypes.trace import Event
from winsock_ctypes.trace.page import LOG, TAIL, head
from winsock_ctypes.trace.perfetto import Rows

PERFETTO = '{"recordedBy":"winsock_ctypes.trace","displayTimeUnit":"ms","traceEvents":[\n'


class Refused(Exception):
    """An output that cannot or may not be written, in a sentence."""


def dumps(event: Event) -> str:
    """One line. No `<`: the line is also put into a page."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c") + "\n"


def check_sum(content: bytes, before: int = 0) -> str:
    return f"{zlib.crc32(content, before):08x}"


class Output:
    """One file. What it holds is there even if the program crashes."""

    how = ""  # the word for how to look at it

    def __init__(self, option: str, name: str) -> None:
        self.option = option
        self.path = Path(os.path.abspath(name))  # also if the script goes to another folder
        self.file: IO[bytes] | None = None
        self.is_new = False
        self.failed: OSError | None = None

    def open(self, overwrite: bool) -> None:
        if self.path.is_dir():
            raise Refused(f"{self.option} {self.path} is a folder, not a file")
        if self.path.exists() and not self.path.is_file():  # NUL, for one: there is nothing to look at afterwards
            raise Refused(f"{self.option} {self.path} is a device, not a file")
        try:
            self.is_new = not self.path.exists()
            self.file = open(self.path, "xb" if self.is_new else "r+b")  # noqa: SIM115
            content = b"" if self.is_new or overwrite else self.file.read()
        except OSError as error:
            raise Refused(f"{self.option} {self.path} cannot be written: {error.strerror}") from None
        if content.strip() and not self.is_ours(content):
            raise Refused(f"{self.option} {self.path} is not a recording, or was changed since: --overwrite writes over it")

    def begin(self) -> None:
        assert self.file
        try:
            self.file.seek(0)
            self.file.truncate()
        except OSError as error:
            self.failed = error

    def cancel(self) -> None:
        if self.file:
            self.file.close()
            if self.is_new:
                self.path.unlink(missing_ok=True)

    def write(self, text: str) -> None:
        if self.file and not self.failed:
            try:
                self.file.write(text.encode("utf-8", "backslashreplace"))
                self.file.flush()
            except OSError as error:  # the disk is full: the program goes on as if nothing were recorded
                self.failed = error

    def event(self, event: Event, line: str) -> None:
        raise NotImplementedError

    def close(self) -> None:
        try:
            if self.file:
                self.file.close()
        except OSError as error:
            self.failed = self.failed or error

    def is_ours(self, content: bytes) -> bool:
        """Whether this tool wrote it, and nobody has changed it since."""
        raise NotImplementedError


class Lines(Output):
    how = "lines"

    def event(self, event: Event, line: str) -> None:
        self.write(line)

    def is_ours(self, content: bytes) -> bool:
        return is_log(content)


class Page(Output):
    how = kind = "page"

    def begin(self) -> None:
        super().begin()
        self.write(head(self.kind))

    def event(self, event: Event, line: str) -> None:
        self.write(line)

    def close(self) -> None:
        self.write(TAIL)
        super().close()

    def is_ours(self, content: bytes) -> bool:
        shown, mark, log = content.partition(LOG.encode())
        log, _, rest = log.partition(b"</script>")
        first = log.partition(b"\n")[0]
        try:
            known = json.loads(first)["page"]
        except (ValueError, KeyError, TypeError):
            return False
        return check_sum(shown + mark) == known and is_log(log) and TAIL.encode().startswith(b"</script>" + rest)


class Perfetto(Output):
    how = "perfetto"

    def __init__(self, option: str, name: str) -> None:
        super().__init__(option, name)
        self.rows = Rows()
        self.sum = 0

    def begin(self) -> None:
        super().begin()
        self.add(PERFETTO)

    def event(self, event: Event, line: str) -> None:
        for row in self.rows(event):
            self.add(json.dumps(row, ensure_ascii=False) + ",\n")

    def add(self, text: str) -> None:
        self.sum = zlib.crc32(text.encode("utf-8", "backslashreplace"), self.sum)
        self.write(text)

    def close(self) -> None:
        self.write(f'{{"ph":"M","name":"process_name","pid":1,"args":{{"name":"{self.sum:08x}"}}}}\n]}}\n')
        super().close()

    def is_ours(self, content: bytes) -> bool:
        if not content.startswith(PERFETTO.encode()):
            return False
        body, mark, last = content.rpartition(b',\n{"ph":"M","name":"process_name"')
        if not mark or not last.endswith(b"]}\n"):
            return all(line.endswith(b"},") for line in content.split(b"\n")[1:-1])  # the program crashed
        return check_sum(body + b",\n").encode() in last


def is_log(log: bytes) -> bool:
    """Whether these are the lines of a recording, as they were written: to their end, or up to a crash."""
    if not log.startswith(b'{"e":"start"'):
        return False
    last = log.rfind(b'\n{"e":"end"') + 1
    if last:
        try:
            return bool(json.loads(log[last:])["sum"] == check_sum(log[:last]))
        except (ValueError, KeyError):
            return False
    whole = log.split(b"\n")[:-1]  # the last one may be a part of a line
    return all(line.startswith(b'{"e":"') and line.endswith(b"}") for line in whole)


class Outputs:
    """All of them. Is called with each event."""

    def __init__(self, outputs: Sequence[Output], watch: Sequence[Callable[[Event], None]] = ()) -> None:
        self.outputs = outputs
        self.watch = watch
        self.sum = 0
        self.count = 0
        self.stacks: dict[tuple[Any, ...], int] = {}  # a stack is written once; what happens in it later has its number

    def open(self, script: str, overwrite: bool) -> None:
        """Raises Refused; then nothing was changed."""
        try:
            for number, output in enumerate(self.outputs):
                if same(output.path, Path(os.path.abspath(script))):
                    raise Refused(f"{output.option} {output.path} is the script itself")
                if other := next((one for one in self.outputs[:number] if same(one.path, output.path)), None):
                    raise Refused(f"{other.option} and {output.option} are the same file: {output.path}")
                output.open(overwrite)
        except Refused:
            for output in self.outputs:
                output.cancel()
            raise
        for output in self.outputs:
            output.begin()

    def __call__(self, event: Event) -> None:
        if event["e"] == "end":
            event["sum"] = f"{self.sum:08x}"
        if self.outputs:
            if "stack" in event:
                self.write(event, event | {"stack": self.stack(event["stack"])})
            else:
                self.write(event, event)
        for watch in self.watch:
            watch(event)

    def write(self, event: Event, written: Event) -> None:
        line = dumps(written)
        self.sum = zlib.crc32(line.encode("utf-8", "backslashreplace"), self.sum)
        self.count += 1
        for output in self.outputs:
            output.event(event, line)

    def stack(self, frames: Sequence[Any]) -> int:
        known = tuple(frames)
        if known not in self.stacks:
            self.stacks[known] = len(self.stacks)
            stack = {"e": "stack", "id": self.stacks[known], "frames": frames}
            self.write(stack, stack)
        return self.stacks[known]

    def close(self) -> None:
        for output in self.outputs:
            output.close()


def same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return os.path.normcase(one) == os.path.normcase(other)
