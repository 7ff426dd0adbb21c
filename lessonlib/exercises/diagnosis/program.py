"""A function as a syntax tree that can be edited, compiled again and tried."""

import ast
import inspect
import linecache
import sys
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
        tree = ast.fix_missing_locations(self.tree)  # new nodes have no lines of their own
        exec(compile(tree, "<edited>", "exec"), space)
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


def program_of(answer: Any) -> Program | None:
    """The program of a function or class whose source can be found, else None."""
    code = code_of(answer)
    name = getattr(answer, "__name__", "")
    if code is None or not name.isidentifier():
        return None
    lines = linecache.getlines(code.co_filename) or _source_lines(answer)
    try:
        cell = ast.parse("".join(lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    definitions = [n for n in cell.body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    own = [n for n in definitions if n.name == name and _first(n) <= code.co_firstlineno <= _end(n)]
    if not own or own[-1].name != name:
        return None
    helpers = _helpers(own[-1], definitions)
    body: list[ast.stmt] = [_bare(n) for n in (*helpers, own[-1])]
    return Program(ast.Module(body, []), name, _space(answer), lines)


def code_of(answer: Any) -> CodeType | None:
    """The code of a function, or of a method of a class, that the answer's source is found by."""
    if isinstance(answer, type):
        methods = [v for v in vars(answer).values() if hasattr(v, "__code__")]
        return methods[0].__code__ if methods else None
    inner = inspect.unwrap(answer) if callable(answer) else None
    return getattr(inner, "__code__", None)


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


def _space(answer: Any) -> dict[str, Any]:
    if isinstance(answer, type):
        return dict(vars(sys.modules.get(answer.__module__, sys.modules["__main__"])))
    return dict(inspect.unwrap(answer).__globals__)
