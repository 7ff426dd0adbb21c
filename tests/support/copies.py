"""Whether an exercise asks for what the page has already shown: syntax trees without their names.

A reference counts as shown if one cell above its exercise has every statement of it that does
something, in order, or an expression that is the whole of it once its variables are filled in.
Names are replaced; functions of Python and attributes (`.sum`, `np.exp`) are kept.
"""

import ast
import builtins
import copy
import inspect
import textwrap
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from lessonlib.exercises.judge import Exercise

LEAST_NODES = 12  # a smaller expression, such as `a @ b + c`, is part of many
_PLAIN = (ast.Constant, ast.Name, ast.List, ast.Tuple, ast.Dict, ast.UnaryOp)
_START = {"zeros", "ones", "empty", "full", "zeros_like", "ones_like", "copy", "asarray", "array"}
_START |= {"list", "dict", "len", "range", "float", "int"}


class _Renamed(ast.NodeTransformer):
    """Names in the order in which they come: two pieces that differ in names alone become one."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}

    def _new(self, name: str) -> str:
        if hasattr(builtins, name):
            return name
        return self.names.setdefault(name, f"v{len(self.names)}")

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name(self._new(node.id), ast.Load())

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return ast.arg(self._new(node.arg))

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Name) and node.func.id == "zip":
            node.keywords = [k for k in node.keywords if k.arg != "strict"]
        return self.generic_visit(node)


def form(node: ast.AST) -> str:
    """A piece of code without its names.

    >>> form(ast.parse("y = x + 1")) == form(ast.parse("b = a + 1"))
    True
    """
    return ast.unparse(ast.fix_missing_locations(_Renamed().visit(copy.deepcopy(node))))


def _statements(tree: ast.AST) -> Iterator[ast.stmt]:
    """Every statement of a tree, in order, those inside others too."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.stmt):
            yield child
        yield from _statements(child)


def _value(statement: ast.stmt) -> ast.expr | None:
    """What a statement gives a name to, returns or prints."""
    if isinstance(statement, ast.Assign | ast.AnnAssign | ast.Return | ast.Expr):
        value = statement.value
        if isinstance(value, ast.Call) and ast.unparse(value.func) == "print":
            return value.args[-1] if value.args else None
        return value
    return None


def _core(statement: ast.stmt) -> str:
    """A statement in the form in which it is compared: `return x + 1` is as `y = x + 1`."""
    value = _value(statement)
    return form(value if value is not None else statement)


def _does_something(statement: ast.stmt) -> bool:
    """Not a docstring, a guard, a start such as `total = 0`, or the return of a name."""
    if isinstance(statement, ast.If):
        return not all(isinstance(inner, ast.Raise) for inner in statement.body)
    if isinstance(statement, ast.Raise | ast.Pass | ast.Import | ast.ImportFrom):
        return False
    value = _value(statement)
    if isinstance(value, ast.Call):
        called = getattr(value.func, "attr", getattr(value.func, "id", ""))
        return called not in _START
    return value is None or not isinstance(value, _PLAIN)


class _Filled(ast.NodeTransformer):
    """Variables replaced by what they were given."""

    def __init__(self, known: dict[str, ast.expr]) -> None:
        self.known = known

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return copy.deepcopy(self.known.get(node.id, node))


def _whole_expressions(body: list[ast.stmt]) -> Iterator[ast.expr]:
    """The values of a straight piece of code, with the variables of the piece filled in."""
    known: dict[str, ast.expr] = {}
    for statement in body:
        value = _value(statement)
        if value is None:
            known.clear()  # a loop or a branch may have changed anything
            continue
        value = _Filled(known).visit(copy.deepcopy(value))
        if sum(1 for _ in ast.walk(value)) > 400:
            continue  # nothing that anybody writes as one idea
        yield value
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                names = {n.id for n in ast.walk(target) if isinstance(n, ast.Name)}
                known = {k: v for k, v in known.items() if k not in names}
                if isinstance(target, ast.Name):
                    known[target.id] = value


def _blocks(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                yield block


def _parsed(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError:
        return ast.Module([], [])


def _parts(value: ast.expr) -> Iterator[str]:
    for node in ast.walk(value):
        if isinstance(node, ast.expr):
            yield form(node)


@cache
def _shown_statements(source: str) -> tuple[str, ...]:
    return tuple(_core(statement) for statement in _statements(_parsed(source)))


@cache
def _shown_expressions(source: str) -> frozenset[str]:
    values = (
        value
        for block in _blocks(_parsed(source))
        for value in (*map(_value, block), *_whole_expressions(block))
    )
    return frozenset(part for value in values if value is not None for part in _parts(value))


class Page:
    """What the cells above an exercise show."""

    def __init__(self, sources: list[str]) -> None:
        self.statements = [_shown_statements(source) for source in sources]
        self.expressions = frozenset().union(*map(_shown_expressions, sources))

    def shows(self, reference: Callable[..., Any]) -> str:
        """What of a reference the page has shown; "" where it is not all of it."""
        functions = list(_functions(reference))
        for function in functions:
            if len(functions) == 1 and (whole := self._whole(function.body)):
                return whole
        wanted = [s for f in functions for s in f.body if _does_something(s)]
        cores = [_core(statement) for statement in wanted]
        if wanted and any(_in_order(cores, shown) for shown in self.statements):
            return ast.unparse(wanted[-1])
        return ""

    def _whole(self, body: list[ast.stmt]) -> str:
        straight = [s for s in body if _value(s) is not None and not _is_text(s)]
        if not isinstance(body[-1], ast.Return) or len(straight) < len(body) - 1:
            return ""
        values = list(_whole_expressions(straight))
        if not values or sum(1 for _ in ast.walk(values[-1])) < LEAST_NODES:
            return ""
        return ast.unparse(values[-1]) if form(values[-1]) in self.expressions else ""


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _in_order(wanted: list[str], shown: tuple[str, ...]) -> bool:
    rest = iter(shown)
    return all(one in rest for one in wanted)


def _functions(reference: Callable[..., Any]) -> Iterator[ast.FunctionDef]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(reference)))
    (top,) = tree.body
    members = top.body if isinstance(top, ast.ClassDef) else [top]
    yield from (one for one in members if isinstance(one, ast.FunctionDef))


def copy_problems(cells, exercises: dict[str, Exercise]) -> Iterator[str]:
    """Exercises of a lesson whose reference is on the page above them."""
    sources: list[str] = []
    for cell in cells:
        if cell.cell_type != "code":
            continue
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if not grade_id.startswith("ex-"):
            sources.append(cell.source)
            continue
        exercise = exercises.get(".".join(grade_id.split("-")[1:]))
        if exercise and (shown := Page(sources).shows(exercise.reference)):
            yield f"{exercise.id} asks for what the page above it shows: {shown}"
