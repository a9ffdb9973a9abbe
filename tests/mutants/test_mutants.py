"""The planter plants what it says, and the list of equivalents is up to date."""

import ast

import pytest

from tests.mutants import __main__ as run
from tests.mutants import equivalents, operators


def lines(source, file="x.py"):
    found = operators.of_script(file, source) if file.endswith(".js") else operators.of_python(file, source)
    return {mutant.applied(source) for mutant in found}


@pytest.mark.parametrize(
    "source, planted",
    [
        ("x = a == b\n", "x = a != b\n"),
        ("x = a < b\n", "x = a <= b\n"),
        ("x = a in b\n", "x = a not in b\n"),
        ("x = a and b\n", "x = a or b\n"),
        ("x = not a\n", "x = a\n"),
        ("X = 64\n", "X = (64 + 1)\n"),
        ("f(TRUE)\n", "f(FALSE)\n"),
        ("n = sizeof(a)\n", "n = (sizeof(a) - 1)\n"),
        ("def f():\n    g()\n", "def f():\n    pass\n"),
        ("def f():\n    return 1\n", "def f():\n    return None\n"),
        ("def f():\n    with lock:\n        g()\n", "def f():\n    if True:\n        g()\n"),
        ("_fields_ = [('a', A), ('b', B)]\n", "_fields_ = [('b', B), ('a', A)]\n"),
        ("@imported_from(dll, alertable=True)\ndef f(): ...\n", "@imported_from(dll)\ndef f(): ...\n"),
        ("@imported_from(dll)\ndef f(s: SOCKET) -> INT: ...\n", "@imported_from(dll)\ndef f(s: DWORD) -> INT: ...\n"),
        ("x = '가' if a == b else 1\n", "x = '가' if a != b else 1\n"),  # columns are counted in bytes
    ],
)
def test_plants(source, planted):
    assert planted in lines(source)


def test_plants_in_the_script():
    assert "if (a !== b) f(1);\n" in lines("if (a === b) f(1);\n", "x.js")
    assert not lines("// a === b\nconst s = 'a === b';\n", "x.js")


@pytest.mark.parametrize("area", operators.AREAS)
def test_every_mutant_differs_and_knows_its_line(area):
    for file in operators.files(area):
        source = operators.read(file)
        for mutant in operators.mutants(file)[::37]:
            changed = mutant.applied(source)
            assert changed != source
            first, last = (source.count("\n", 0, at) + 1 for at in (mutant.start, mutant.end))
            assert first <= mutant.line <= last + 1
            if file.endswith(".py"):
                ast.parse(changed)


def test_every_equivalent_can_still_be_planted():
    known = equivalents.read()
    mutants = [mutant for file in {file for file, _, _ in known} for mutant in operators.mutants(file)]
    assert set(known) <= set(equivalents.keys(mutants))
    assert all(len(reason) > 10 for reason in known.values())


def test_a_seed_gives_the_same_sample_again():
    options = run.parse(["--area", "package", "--sample", "20", "--seed", "7"])
    assert run.sampled(options) == run.sampled(options)
    assert run.sampled(options) != run.sampled(run.parse(["--area", "package", "--sample", "20", "--seed", "8"]))


@pytest.mark.parametrize("words", [["setup.py"], ["--sample", "0"], ["--area", "nowhere"], ["--minutes", "-1"]])
def test_a_wrong_call_is_refused_in_a_line(words, capsys):
    with pytest.raises(SystemExit) as ended:
        run.parse(words)
    assert ended.value.code == 2
    assert "error:" in capsys.readouterr().err.splitlines()[-1]
