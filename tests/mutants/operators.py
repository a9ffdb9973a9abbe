"""Small mistakes, one at a time: what a tired programmer, or a careless edit, does to a line of this code base.

A mutant is an edit of a file's text. Nothing is reformatted, so that a survivor is shown as the line would have stood there.
"""

from __future__ import annotations

import ast
import bisect
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

AREAS = {  # what is planted where: the course's files and demo.py are programs around the ports, not ports
    "package": ("winsock_ctypes/*.py",),
    "examples": ("examples/*_echo_server.py", "examples/echo_client.py", "examples/nonblocking_accept.py"),
    "asyncio": ("examples/asyncio_overlapped.py",),
    "recorder": ("winsock_ctypes/trace/*.py", "winsock_ctypes/trace/page/*.py"),
    "page": ("winsock_ctypes/trace/page/*.js",),
}
NOT_PLANTED = {
    "examples/asyncio_echo_server.py",  # asyncio's own style: nothing of Winsock is in it
}


@dataclass(frozen=True)
class Mutant:
    file: str  # from the root, with /
    line: int
    operator: str
    start: int  # offsets in the file's text
    end: int
    text: str  # what stands there instead

    def applied(self, source: str) -> str:
        return source[: self.start] + self.text + source[self.end :]

    def lines(self, source: str) -> tuple[str, str]:
        """The line before and after, without indentation; the first line of it, where it is several."""
        first = source.rfind("\n", 0, self.start) + 1
        last = source.find("\n", self.end)
        last = len(source) if last < 0 else last
        return _short(source[first:last]), _short(source[first : self.start] + self.text + source[self.end : last])

    @property
    def name(self) -> str:
        return f"{self.file}:{self.line}"


def _short(text: str) -> str:
    return " ".join(text.split())


# ---- Python --------------------------------------------------------------------------------------------------------

COMPARED = {
    ast.Eq: "!=", ast.NotEq: "==", ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">",
    ast.In: "not in", ast.NotIn: "in", ast.Is: "is not", ast.IsNot: "is",
}  # fmt: skip
CALCULATED = {ast.Add: "-", ast.Sub: "+", ast.Mult: "+", ast.BitAnd: "|", ast.BitOr: "&", ast.LShift: ">>"}
NARROWER = {
    "SOCKET": "DWORD", "HANDLE": "DWORD", "WSAEVENT": "DWORD", "ULONG_PTR": "DWORD", "DWORD": "USHORT", "u_long": "USHORT",
    "ULONG": "USHORT", "INT": "USHORT", "BOOL": "USHORT", "USHORT": "DWORD", "u_short": "DWORD", "LPVOID": "DWORD",
}  # fmt: skip
SWAPPED = {"TRUE": "FALSE", "FALSE": "TRUE", "True": "False", "False": "True"}


class _Planter(ast.NodeVisitor):
    def __init__(self, file: str, source: str) -> None:
        self.file, self.source = file, source
        self.found: list[Mutant] = []
        self.inside = 0  # functions
        self.starts = [0]
        for line in source.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.texts = source.splitlines()

    def at(self, line: int, column: int) -> int:  # ast counts bytes
        return self.starts[line - 1] + len(self.texts[line - 1].encode()[:column].decode())

    def span(self, node: ast.AST) -> tuple[int, int]:
        return (
            self.at(node.lineno, node.col_offset),  # type: ignore[attr-defined]
            self.at(node.end_lineno, node.end_col_offset),  # type: ignore[attr-defined]
        )

    def plant(self, operator: str, line: int, start: int, end: int, text: str) -> None:
        self.found.append(Mutant(self.file, line, operator, start, end, text))

    def replace(self, operator: str, node: ast.expr | ast.stmt, text: str) -> None:
        self.plant(operator, node.lineno, *self.span(node), text)

    def between(self, operator: str, left: ast.expr, right: ast.expr, text: str) -> None:
        start, end = self.span(left)[1], self.span(right)[0]
        gap = self.source[start:end]
        if re.fullmatch(r"[^()#\n]*", gap):  # no bracket to lose
            self.plant(operator, left.end_lineno or left.lineno, start, end, f" {text} ")

    # -- expressions

    def visit_Compare(self, node: ast.Compare) -> None:
        places = [node.left, *node.comparators]
        for at, op in enumerate(node.ops):
            self.between("comparison turned", places[at], places[at + 1], COMPARED[type(op)])
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        word = "or" if isinstance(node.op, ast.And) else "and"
        for left, right in zip(node.values, node.values[1:], strict=False):
            self.between("and, or", left, right, word)
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            self.plant("not dropped", node.lineno, self.span(node)[0], self.span(node.operand)[0], "")
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if (word := CALCULATED.get(type(node.op))) and not isinstance(node.left, (ast.JoinedStr, ast.Constant)):
            self.between("calculation", node.left, node.right, word)
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self.replace("constant", node, str(not node.value))
        elif isinstance(node.value, int):
            self.replace("constant", node, f"({ast.get_source_segment(self.source, node)} + 1)" if node.value else "1")

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load) and node.id in SWAPPED:
            self.replace("constant", node, SWAPPED[node.id])

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        pass  # words, and before 3.12 without positions

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name) and node.func.id in ("sizeof", "len"):
            self.replace("length off by one", node, f"({ast.get_source_segment(self.source, node)} - 1)")
        self.generic_visit(node)

    def entries(self, node: ast.expr, elements: list[ast.expr]) -> None:
        """An entry of a list that says what belongs to it; not a tuple that is a value."""
        if len(elements) < 2:
            return
        places = [self.span(element) for element in elements]
        for at, element in enumerate(elements):
            start, end = places[at]
            start, end = (start, places[at + 1][0]) if at + 1 < len(elements) else (places[at - 1][1], end)
            if "#" not in self.source[start:end]:
                self.plant("list entry dropped", element.lineno, start, end, "")

    def visit_List(self, node: ast.List) -> None:
        self.entries(node, node.elts)
        self.generic_visit(node)

    def visit_Set(self, node: ast.Set) -> None:
        self.entries(node, node.elts)
        self.generic_visit(node)

    def visit_Tuple(self, node: ast.Tuple) -> None:
        if len(node.elts) > 2 and all(isinstance(e, ast.Name) and e.id.isupper() for e in node.elts):
            self.entries(node, node.elts)
        self.generic_visit(node)

    # -- statements

    def drop(self, node: ast.stmt, operator: str = "statement dropped", text: str = "pass") -> None:
        if self.inside:
            self.replace(operator, node, text)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Constant):
            return  # a docstring
        self.drop(node)
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        target = node.targets[0]
        if isinstance(target, ast.Name) and target.id == "_fields_" and isinstance(node.value, ast.List):
            for left, right in zip(node.value.elts, node.value.elts[1:], strict=False):
                (a, b), (c, d) = self.span(left), self.span(right)
                text = self.source[c:d] + self.source[b:c] + self.source[a:b]
                self.plant("fields swapped", left.lineno, a, d, text)
        elif isinstance(target, (ast.Attribute, ast.Subscript)):
            self.drop(node)
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.drop(node)
        self.generic_visit(node)

    def visit_Return(self, node: ast.Return) -> None:
        if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
            self.drop(node, "result dropped", "return None")
        self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> None:
        self.drop(node)

    def visit_Continue(self, node: ast.Continue) -> None:
        self.drop(node)

    def visit_Break(self, node: ast.Break) -> None:
        self.drop(node)

    def visit_If(self, node: ast.If) -> None:
        for text in ("True", "False"):
            self.plant("condition", node.test.lineno, *self.span(node.test), text)
        self.generic_visit(node)

    def visit_With(self, node: ast.With) -> None:
        first = node.items[0].context_expr
        if len(node.items) == 1 and "lock" in (ast.get_source_segment(self.source, first) or ""):
            self.plant("lock removed", node.lineno, self.span(node)[0], self.span(first)[1], "if True")
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Call):
                for keyword in decorator.keywords:
                    start, end = self.span(keyword.value)
                    start = self.source.rindex(",", 0, start)
                    self.plant("flag dropped", keyword.value.lineno, start, end, "")
                arguments = [a.annotation for a in node.args.args] + [node.returns]
                for annotation in arguments:
                    if isinstance(annotation, ast.Name):
                        if annotation.id in NARROWER:
                            self.replace("type", annotation, NARROWER[annotation.id])
                        elif annotation.id.startswith("LP") and "ROUTINE" not in annotation.id:
                            self.replace("type", annotation, "HANDLE")
        self.inside += 1
        for statement in node.body:
            self.visit(statement)
        self.inside -= 1

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value:
            self.visit(node.value)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        pass


def of_python(file: str, source: str) -> Iterator[Mutant]:
    planter, tree = _Planter(file, source), ast.parse(source)
    planter.visit(tree)
    bounds = [planter.starts[min(n.lineno for n in [part, *getattr(part, "decorator_list", [])]) - 1] for part in tree.body]
    for mutant in planter.found:
        at = bisect.bisect(bounds, mutant.start)
        after = len(source) - bounds[at] if at < len(bounds) else 0
        changed = mutant.applied(source)
        try:
            ast.parse(changed[bounds[at - 1] : len(changed) - after])  # the function, class or line in which it is
        except SyntaxError:  # no mistake that anybody would start
            continue
        if mutant.text != source[mutant.start : mutant.end]:
            yield mutant


# ---- the page's script ---------------------------------------------------------------------------------------------

IN_SCRIPT = [
    ("comparison turned", r"===", "!=="),
    ("comparison turned", r"!==", "==="),
    ("comparison turned", r"(?<= )<(?= )", "<="),
    ("comparison turned", r"(?<= )<=(?= )", "<"),
    ("comparison turned", r"(?<= )>(?= )", ">="),
    ("comparison turned", r"(?<= )>=(?= )", ">"),
    ("and, or", r"&&", "||"),
    ("and, or", r"\|\|", "&&"),
    ("not dropped", r"(?<=[(\s])!(?=[\w(])", ""),
    ("constant", r"\btrue\b", "false"),
    ("constant", r"\bfalse\b", "true"),
    ("constant", r"(?<=[ (\[])0(?=[,; )\]])", "1"),
    ("constant", r"(?<=[ (])1(?=[,; )])", "2"),
    ("calculation", r"(?<=\w) \+ (?=\w)", " - "),
    ("calculation", r" - (?=\w)", " + "),
    ("condition", r"(?<=\bif \()[^()]*(?:\([^()]*\)[^()]*)*(?=\) )", "false"),
    ("result dropped", r"(?<=\breturn )(?!null;)[^;\n{]+(?=;)", "undefined"),
    ("statement dropped", r"(?m)^ +[\w.]+(?:\[[^\]\n]*\])? (?:=|\+=) [^\n;{]+;$", ""),
    ("statement dropped", r"(?m)^ +[\w.]+\([^\n]*\);$", ""),
]
_NO_CODE = re.compile(r"//[^\n]*|/\*.*?\*/|'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"|`(?:[^`\\]|\\.)*`", re.S)


def of_script(file: str, source: str) -> Iterator[Mutant]:
    words = [match.span() for match in _NO_CODE.finditer(source)]
    for operator, pattern, text in IN_SCRIPT:
        for match in re.finditer(pattern, source):
            start, end = match.span()
            if any(a <= start < b for a, b in words):
                continue
            yield Mutant(file, source.count("\n", 0, start) + 1, operator, start, end, text)


# ---- all of them ---------------------------------------------------------------------------------------------------


def files(area: str) -> list[str]:
    names = (path.relative_to(ROOT).as_posix() for pattern in AREAS[area] for path in ROOT.glob(pattern))
    return sorted(set(names) - NOT_PLANTED)


def area_of(file: str) -> str | None:
    return next((area for area in AREAS if file in files(area)), None)


def read(file: str, root: Path = ROOT) -> str:
    return (root / file).read_text(encoding="utf-8")


def mutants(file: str) -> tuple[Mutant, ...]:
    return _mutants(file, read(file))


@functools.cache
def _mutants(file: str, source: str) -> tuple[Mutant, ...]:
    found = of_script(file, source) if file.endswith(".js") else of_python(file, source)
    return tuple(sorted(set(found), key=lambda m: (m.start, m.end, m.operator, m.text)))
