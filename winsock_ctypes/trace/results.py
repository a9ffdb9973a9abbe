"""Whether a program looks at what a call returns: its bytecode tells."""

from __future__ import annotations

import dis
import functools
import types

_STORES = ("STORE_FAST", "STORE_NAME", "STORE_GLOBAL", "STORE_DEREF")


def is_thrown_away(frame: types.FrameType | None) -> bool:
    """Whether the result of the call that `frame` is in will not be looked at: dropped, or kept under a name never read."""
    if frame is None:
        return False
    follows = _instructions(frame.f_code).get(frame.f_lasti)
    if follows is None:
        return False
    if follows.opname == "POP_TOP":
        return True
    return follows.opname in _STORES and not _is_read(frame.f_code, str(follows.argval))


@functools.lru_cache(maxsize=256)
def _instructions(code: types.CodeType) -> dict[int, dis.Instruction]:
    """For each instruction the one after it."""
    some = [one for one in dis.get_instructions(code) if one.opname != "CACHE"]
    return {one.offset: after for one, after in zip(some, some[1:], strict=False)}


def _is_read(code: types.CodeType, name: str) -> bool:
    reads = any("LOAD" in one.opname and name in str(one.argval) for one in dis.get_instructions(code))
    return reads or any(_is_read(inner, name) for inner in code.co_consts if isinstance(inner, types.CodeType))
