"""Lets a Linux Python import winsock_ctypes, over the stand-in for the two DLLs (see tests/standin/check).

With this folder on PYTHONPATH Python imports it at the start of every process, also of those that tests start.
"""

import ast
import ctypes
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
PACKAGE = HERE.parents[1] / "winsock_ctypes"
LIBRARY = HERE / ".cache" / f"standin-{sys.version_info[0]}.{sys.version_info[1]}.so"

Library, PythonLibrary = ctypes.CDLL, ctypes.PyDLL


def build() -> None:
    """Compile standin.c, with an empty function for every declared one that neither it nor libc has."""
    libc = Library(None)
    names = set()
    for source in PACKAGE.glob("*.py"):
        for node in ast.parse(source.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and "imported_from" in {
                getattr(getattr(decorator, "func", None), "id", "") for decorator in node.decorator_list
            }:
                names.add(node.name)
    wanted = [name for name in sorted(names) if name == "select" or not hasattr(libc, name)]  # its fd_set is another
    empty = "".join(f"__attribute__((weak)) int {name}(void) {{ return 0; }}\n" for name in wanted)
    LIBRARY.parent.mkdir(exist_ok=True)
    subprocess.run(
        ["gcc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", LIBRARY, HERE / "standin.c", "-x", "c", "-"],
        input=empty,
        encoding="utf-8",
        check=True,
    )


class OnWindows:
    """Finds nothing, but lets the package find Windows while it asks where it is."""

    def find_spec(self, name: str, path: object, target: object = None) -> None:
        if name == "winsock_ctypes":
            sys.platform = "win32"
        elif name.startswith("winsock_ctypes."):
            sys.platform = "linux"


if __name__ == "__main__":
    build()
elif LIBRARY.exists():
    ctypes.c_long, ctypes.c_ulong = ctypes.c_int, ctypes.c_uint  # as wide as on Windows, also in wintypes
    ctypes.WinDLL = lambda name: Library(os.fspath(LIBRARY))
    ctypes.PyDLL = lambda name: PythonLibrary(os.fspath(LIBRARY))
    ctypes.get_last_error = Library(os.fspath(LIBRARY)).GetLastError  # it has no copy of its own
    sys.meta_path.insert(0, OnWindows())
