"""The package compared with the C headers: by docs/verified.md; tests/c/check-headers does it by a C compiler."""

import ctypes
from typing import Any

import pytest

from tests.pages import headers
from winsock_ctypes import _values

GOOD = headers.exported()
WRONG = headers.all_wrong()


def test_nothing_is_left_out_but_what_the_list_gives_a_reason_for() -> None:
    facts = headers.facts(GOOD)
    assert {fact.name for fact in facts} == set(GOOD)
    unchecked = {fact.name for fact in facts if not (fact.c or fact.c_anywhere or fact.c_run)}
    # The macros of an fd_set are checked together, under the name of FD_SET.
    assert unchecked == set(headers.LEFT_OUT) | {"FD_CLR", "FD_ISSET", "FD_ZERO"}


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_declaration_is_not_what_the_table_says(kind: str) -> None:
    spoiled = {name for name in GOOD if WRONG[kind][name] is not GOOD[name]}
    named = {row.split("|")[1].strip() for row in headers.differences(WRONG[kind]) if row.startswith(("+|", "-|"))}
    # A macro of an fd_set shows in the rows of the other three, too.
    assert spoiled <= named and (named == spoiled or kind == "fd_set-macro")


def functions() -> list[Any]:
    """Everything with a prototype: functions, and the types of functions that are asked for at run time."""
    return [value for value in GOOD.values() if hasattr(value, "prototype")]


@pytest.mark.parametrize("function", functions(), ids=lambda function: function.__name__)
def test_ctypes_converts_as_the_prototype_says(function: Any) -> None:
    """The compiler was told the prototype's words. ctypes must use the exported types of these names."""
    ctype = function if isinstance(function, type) else type(function)
    texts = dict(function.__annotations__)
    types = {name: GOOD.get(text) or eval(text, dict(GOOD)) for name, text in texts.items() if text != "VOID"}
    assert code(ctype._restype_) == code(types.pop("return", None))
    assert function.types == types
    assert len(ctype._argtypes_) == len(types)
    for converter, declared in zip(ctype._argtypes_, types.values(), strict=True):
        if code(converter) == "P":
            assert issubclass(declared, (_values.Pointer, ctypes._CFuncPtr)) or code(declared) in ("P", "z", "Z")
        elif issubclass(declared, _values.Pointer):
            target = getattr(declared._type_, "_stands_for_", declared._type_)
            assert isinstance(target(), converter._type_) and isinstance(declared(), converter)
            with pytest.raises(TypeError):
                isinstance(ctypes.c_wchar(), converter._type_)
        elif issubclass(declared, ctypes._SimpleCData):
            assert code(converter) == code(declared)


def code(ctype: Any) -> Any:
    """ctypes' letter for size and sign of a simple type, `I` for DWORD; for a pointer, what it points to."""
    return getattr(ctype, "_type_", None)
