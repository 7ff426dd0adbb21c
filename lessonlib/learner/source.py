"""The source of an answer with all that it needs of its notebook, so that it runs elsewhere."""

import ast
import contextlib
import symtable
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np

from lessonlib.exercises.diagnosis.program import definition_of, space_of

_LITERALS = (int, float, complex, str, bytes, bool, type(None), tuple, list, dict, set)
_MOST_CHARACTERS = 1000  # of a constant; whatever is longer is data
_MARKS = ("# BEGIN YOUR CODE", "# END YOUR CODE")


class NoSource(Exception):
    """The answer cannot be written down; the message says why."""


def source_of(name: str, answer: Any) -> str:
    """Code that defines `name` as the answer does: imports, constants, helpers, the answer.

    Raises NoSource where the source cannot be found, or needs what is no import, no plain constant
    and no function or class of the notebook
    """
    found = _Needs()
    found.need(name, answer)
    top = ["\n".join(sorted(found.imports)), "\n".join(found.constants)]
    parts = ["\n\n".join(filter(None, top)), *found.definitions]
    return "\n\n\n".join(filter(None, parts)) + "\n"


@dataclass
class _Needs:
    """What has been found so far; what is needed by something comes before it."""

    imports: list[str] = field(default_factory=list)
    constants: list[str] = field(default_factory=list)
    definitions: list[str] = field(default_factory=list)
    known: dict[str, Any] = field(default_factory=dict)

    def need(self, name: str, value: Any) -> None:
        """Take in one name with its value, and what that needs."""
        if name in self.known:
            if self.known[name] is not value:
                raise NoSource(f"it needs two different things that are called `{name}`")
            return
        self.known[name] = value
        if line := import_line(name, value):
            self.imports.append(line)
        elif text := _constant(value):
            self.constants.append(f"{name} = {text}")
            if isinstance(value, np.ndarray):
                self.need("np", np)
        else:
            self._define(name, value)

    def _define(self, name: str, value: Any) -> None:
        found = definition_of(value)
        if found is None:
            raise NoSource(_why(name, answer=len(self.known) == 1))
        own, space = value.__name__, space_of(value)
        if own != name:
            self.need(own, value)
            self.definitions.append(f"{name} = {own}")
            return
        for other in sorted(outer_names(found.text) - {own}):
            if other in space and not other.startswith("__"):
                self.need(other, space[other])
        self.definitions.append(_without_marks(found.text))


def _why(name: str, answer: bool) -> str:
    if answer:
        return "its source was not found"
    return f"it uses `{name}`, which is no plain value and no function of a cell"


def outer_names(source: str) -> set[str]:
    """The names that a piece of code takes from around it, built-in ones included.

    >>> sorted(outer_names("def f(x):\\n    y = 2 * x\\n    return np.exp(y) + bias"))
    ['bias', 'np']
    """
    found: set[str] = set()
    for table in _tables(symtable.symtable(source, "answer", "exec")):
        whole = table.get_type() == "module"
        names = (s for s in table.get_symbols() if s.is_referenced())
        found |= {s.get_name() for s in names if whole or s.is_global()}
    return found


def _tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for child in table.get_children():
        yield from _tables(child)


def import_line(name: str, value: Any) -> str:
    """The import that gives `value` the name, or nothing where there is none.

    >>> import_line("np", np), import_line("exp", np.exp), import_line("x", 3)
    ('import numpy as np', 'from numpy import exp', '')
    """
    if isinstance(value, ModuleType):
        if value.__name__ == "__main__":
            return ""
        return f"import {value.__name__}" + (f" as {name}" if name != value.__name__ else "")
    if not callable(value) or isinstance(value, np.generic):
        return ""
    own = getattr(value, "__name__", "")
    for module in (getattr(value, "__module__", None), "scipy.special"):
        held = sys.modules.get(module or "")
        if module != "__main__" and own.isidentifier() and getattr(held, own, None) is value:
            return f"from {module} import {own}" + (f" as {name}" if name != own else "")
    return ""


def _constant(value: Any) -> str:
    """A plain value as code; nothing where it is none, or much."""
    if isinstance(value, np.generic):
        return _constant(value.item())
    if isinstance(value, np.ndarray):
        text = _constant(value.tolist()) if value.dtype.kind in "biuf" else ""
        return f'np.array({text}, dtype="{value.dtype}")' if text else ""
    if type(value) not in _LITERALS:
        return ""
    with contextlib.suppress(ValueError, SyntaxError, RecursionError, TypeError):
        text = repr(value)
        if len(text) <= _MOST_CHARACTERS and ast.literal_eval(text) == value:
            return text
    return ""


def _without_marks(text: str) -> str:
    """A definition without the two comment lines of an exercise."""
    lines = (line for line in text.splitlines() if line.strip() not in _MARKS)
    return "\n".join(lines)
