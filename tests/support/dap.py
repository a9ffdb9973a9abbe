"""A program under debugpy, driven as an editor drives it: by the Debug Adapter Protocol, JSON messages over a socket.

    with Debugged("examples/echo_client.py", "127.0.0.1", "9190") as program:
        program.start({"examples/echo_client.py": [41]})
        program.wait_for_stop()
        print(program.frames[0]["name"], program.evaluate("servAdr"))
        program.step("next")

https://microsoft.github.io/debug-adapter-protocol/specification describes the messages.
"""

from __future__ import annotations

import ctypes
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.support.processes import ROOT, Program, free_port

# What the editor sends, too, so that these tests see what a reader sees.
LAUNCH = json.loads(
    re.sub(r"^\s*//.*$", "", (ROOT / ".vscode" / "launch.json").read_text(encoding="utf-8"), flags=re.MULTILINE)
)
SETTINGS = {key: LAUNCH["configurations"][0][key] for key in ("justMyCode", "rules")} | {"showReturnValue": True}


DEBUGPY = ["-m", "debugpy"]
if sys.version_info >= (3, 12) and not hasattr(ctypes.WinDLL("kernel32"), "PssCaptureSnapshot"):
    # debugpy asks for the parent process, and os.getppid of these versions calls a function that Wine 8 lacks, which ends the
    # program. Without os.getppid debugpy finds out in another way.
    start = "import os, runpy; del os.getppid; runpy.run_module('debugpy', run_name='__main__', alter_sys=True)"
    DEBUGPY = ["-c", start]


class Debugged(Program):
    def __init__(self, script: str, *arguments: str, root: Path | str = ROOT) -> None:
        self.port = free_port()
        debugpy = [*DEBUGPY, "--listen", f"127.0.0.1:{self.port}", "--wait-for-client"]
        if script == "examples/demo.py":  # its child processes are to run undisturbed
            debugpy += ["--configure-subProcess", "False"]
        super().__init__([sys.executable, *debugpy, script, *arguments], merged=True, cwd=ROOT)
        self.root = root  # of the sources, as the editor sees them
        self.stream: Any = None
        self.sequence = 0
        self.events: list[dict[str, Any]] = []  # those that came and were not waited for yet
        self.responses: dict[int, dict[str, Any]] = {}  # the same, by the number of the request
        self.thread = 0  # the one that stopped last

    def kill(self) -> None:
        """debugpy's adapter, a process of its own that has our pipe, too, ends when both its connections have."""
        self.process.kill()
        if self.stream:
            self.stream.close()
            self.connection.close()
        super().kill()

    # ---- messages ------------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self.connection = self.connect_to(self.port)
        self.stream = self.connection.makefile("rwb")

    def _send(self, command: str, arguments: dict[str, Any]) -> int:
        self.sequence += 1
        message = {"seq": self.sequence, "type": "request", "command": command, "arguments": arguments}
        body = json.dumps(message).encode()
        self.stream.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.stream.flush()
        return self.sequence

    def _receive(self) -> None:
        length = 0
        while header := self.stream.readline().strip():
            length = int(header.removeprefix(b"Content-Length: "))
        if not length:
            raise EOFError(f"the connection to debugpy ended; the program's output: {self.output!r}")
        message: dict[str, Any] = json.loads(self.stream.read(length))
        if message["type"] == "event":
            self.events.append(message)
        elif message["type"] == "response":
            self.responses[message["request_seq"]] = message

    def _response(self, sequence: int) -> dict[str, Any]:
        while sequence not in self.responses:
            self._receive()
        message = self.responses.pop(sequence)
        assert message["success"], message
        return message.get("body") or {}

    def request(self, command: str, **arguments: Any) -> dict[str, Any]:
        return self._response(self._send(command, arguments))

    def wait_for(self, event: str) -> dict[str, Any]:
        """The oldest event of this name that was not waited for yet."""
        while True:
            for number, message in enumerate(self.events):
                if message["event"] == event:
                    return self.events.pop(number).get("body") or {}
            self._receive()

    # ---- what an editor's buttons and panes do -------------------------------------------------------------------

    def start(self, breakpoints: dict[str, list[int]], exceptions: Sequence[str] = (), **settings: Any) -> None:
        self._connect()
        self.request("initialize", adapterID="debugpy", pathFormat="path")
        attached = self._send("attach", {**SETTINGS, **settings})
        self.wait_for("initialized")
        for file, lines in breakpoints.items():
            self.set_breakpoints(file, lines)
        self.request("setExceptionBreakpoints", filters=list(exceptions))
        self.request("configurationDone")
        self._response(attached)

    def set_breakpoints(self, file: str, lines: list[int]) -> None:
        """These and no others."""
        source = {"path": f"{self.root}/{file}"}
        answer = self.request("setBreakpoints", source=source, breakpoints=[{"line": line} for line in lines])
        assert all(breakpoint["verified"] for breakpoint in answer["breakpoints"]), answer

    def wait_for_stop(self) -> str:
        """Returns why: "breakpoint", "step", "pause"."""
        stopped = self.wait_for("stopped")
        self.thread = stopped["threadId"]
        self.frames = self.request("stackTrace", threadId=self.thread)["stackFrames"]  # the innermost first
        return stopped["reason"]

    def step(self, how: str) -> None:
        """how: "next" (over), "stepIn" or "stepOut"."""
        self.request(how, threadId=self.thread)
        self.wait_for_stop()

    def run_on(self) -> None:
        self.request("continue", threadId=self.thread)

    def evaluate(self, *expressions: str) -> list[str]:
        """As in the Debug Console. All are sent before the first answer is awaited, which saves time."""
        frame = self.frames[0]["id"]
        sent = [self._send("evaluate", {"expression": e, "frameId": frame, "context": "repl"}) for e in expressions]
        return [self._response(sequence)["result"] for sequence in sent]

    def variables(self) -> dict[str, str]:
        """The local variables, as the pane shows them."""
        scopes = self.request("scopes", frameId=self.frames[0]["id"])["scopes"]
        local = next(scope for scope in scopes if scope["name"] == "Locals")
        variables = self.request("variables", variablesReference=local["variablesReference"])["variables"]
        return {variable["name"]: variable["value"] for variable in variables}

    def disconnect(self, terminate: bool) -> None:
        self.request("disconnect", terminateDebuggee=terminate)
