"""A function as a syntax tree that can be edited, compiled again and tried."""

import ast
import inspect
import linecache
from collections.abc import Callable
from dataclasses import dataclass
from types import CodeType
from typing import Any

from lessonlib.exercises.diagnosis.edits import Edit, edits

# what an edited copy of a learner's function must not do again and again
_NOT_TWICE = {
    "open", "exec", "eval", "compile", "input", "__import__", "system", "popen", "run", "Popen",
    "remove", "unlink", "rmtree", "rename", "makedirs", "mkdir", "write", "write_text",
    "write_bytes", "savefig", "savetxt", "save", "savez", "dump", "show", "sleep", "exit", "quit",
    "check", "urlopen", "urlretrieve", "get_ipython", "display",
}  # fmt: skip


@dataclass
class Program:
    """One function or class, with the functions next to it that it calls.

    tree  : the definitions; an `Edit` that is entered changes it in place
    name  : the name of the answer
    space : the names that its code finds around it
    lines : the lines of the cell, to show one of them
    """

    tree: ast.Module
    name: str
    space: dict[str, Any]
    lines: list[str]

    def edits(self) -> list[Edit]:
        """All small edits of it."""
        return edits(self.tree)

    def build(self) -> Callable[..., Any]:
        """The function as the tree has it now. Raises what compiling it raises."""
        space = dict(self.space)
        exec(compile(self.tree, "<edited>", "exec"), space)
        return space[self.name]

    def has(self, *kinds: type[ast.AST]) -> bool:
        """Whether there is a node of one of these kinds in it."""
        return any(isinstance(node, kinds) for node in ast.walk(self.tree))

    def is_harmless(self) -> bool:
        """Whether it can be run a thousand times: it writes, asks, shows and waits for nothing."""
        for node in ast.walk(self.tree):
            name = getattr(node, "attr", None) or getattr(node, "id", None)
            if name in _NOT_TWICE or isinstance(node, ast.Global | ast.Nonlocal):
                return False
        return True

    def line(self, number: int) -> str:
        """One line of the cell, without its indentation."""
        return self.lines[number - 1].strip() if 0 < number <= len(self.lines) else ""


@dataclass
class Definition:
    """Where a function or class is defined.

    node  : its definition
    cell  : all definitions of the same cell
    lines : the lines of the cell
    """

    node: Any
    cell: list[Any]
    lines: list[str]

    @property
    def text(self) -> str:
        """The definition as it was written, decorators included."""
        return "".join(self.lines[_first(self.node) - 1 : _end(self.node)]).rstrip() + "\n"


def program_of(answer: Any) -> Program | None:
    """The program of a function or class whose source can be found, else None."""
    found = definition_of(answer)
    return None if found is None else _program(found, space_of(answer))


def program_in(source: str, name: str) -> Program | None:
    """The program that a cell's source defines under a name, in the last place, else None.

    >>> program_in("def f(x):\\n    return x + 1", "f").line(2)
    'return x + 1'
    """
    found = _definition(source.splitlines(keepends=True), name)
    return None if found is None else _program(found, {})


def _program(found: Definition, space: dict[str, Any]) -> Program:
    helpers = _helpers(found.node, found.cell)
    body: list[ast.stmt] = [_bare(n) for n in (*helpers, found.node)]
    return Program(ast.Module(body, []), found.node.name, space, found.lines)


def definition_of(answer: Any) -> Definition | None:
    """The definition of a function or class at the top level of its cell; None if not found."""
    code = code_of(answer)
    name = getattr(answer, "__name__", "")
    if code is None or not name.isidentifier():
        return None
    lines = linecache.getlines(code.co_filename) or _source_lines(answer)
    return _definition(lines, name, code.co_firstlineno)


def _definition(lines: list[str], name: str, line: int | None = None) -> Definition | None:
    """The last definition of a name in a cell, or the one that a line belongs to."""
    try:
        cell = ast.parse("".join(lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    definitions = [n for n in cell.body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    own = [n for n in definitions if n.name == name]
    if line is not None:
        own = [n for n in own if _first(n) <= line <= _end(n)]
    return Definition(own[-1], definitions, lines) if own else None


def code_of(answer: Any) -> CodeType | None:
    """The code of a function, or of a method of a class, that the answer's source is found by."""
    return getattr(_function_of(answer), "__code__", None)


def _function_of(answer: Any) -> Any:
    """The function itself, without what decorates it; of a class: one of its methods."""
    if isinstance(answer, type):
        return next((v for v in vars(answer).values() if hasattr(v, "__code__")), None)
    return inspect.unwrap(answer) if callable(answer) else None


def _source_lines(answer: Any) -> list[str]:
    try:
        return inspect.getsource(answer).splitlines(keepends=True)
    except (OSError, TypeError):
        return []


def _first(node: Any) -> int:
    return min([node.lineno, *(d.lineno for d in node.decorator_list)])


def _end(node: Any) -> int:
    return node.end_lineno or node.lineno


def _helpers(own: ast.AST, definitions: list[Any]) -> list[Any]:
    """The other functions of the cell that the answer needs, directly or through another."""
    found: list[Any] = []
    waiting = [own]
    for node in waiting:
        used = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
        for other in definitions:
            if other.name in used and other.name != getattr(own, "name", "") and other not in found:
                found.append(other)
                waiting.append(other)
    return found


def _bare(node: Any) -> Any:
    """The definition without decorators and annotations, which are neither run nor edited."""
    for part in ast.walk(node):
        if isinstance(part, ast.FunctionDef):
            part.decorator_list, part.returns = [], None
        elif isinstance(part, ast.arg):
            part.annotation = None
        elif isinstance(part, ast.ClassDef):
            part.decorator_list = []
        for field, value in ast.iter_fields(part):
            if isinstance(value, list) and any(isinstance(v, ast.AnnAssign) for v in value):
                setattr(part, field, [_unannotated(v) for v in value])
    return node


def _unannotated(node: Any) -> Any:
    if isinstance(node, ast.AnnAssign) and node.value is not None:
        return ast.copy_location(ast.Assign([node.target], node.value), node)
    return node


def space_of(answer: Any) -> dict[str, Any]:
    """The names that the code of a function or class finds around it."""
    return dict(_function_of(answer).__globals__)
