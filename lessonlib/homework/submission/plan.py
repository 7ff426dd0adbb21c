"""Which cells run, in which order, before an exercise's answer is called.

The set-up cell as it was handed out, the exercise cells, and what the student added or changed;
what was given and is unchanged stays out, unless a name is missing without it.
"""

import ast
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from lessonlib.exercises.judge import Exercise
from lessonlib.homework.cells import grade_id_in, grade_id_of, role_of
from lessonlib.homework.limits import Limits
from lessonlib.homework.submission.repair import defines, plain

_MOST_PARSED = 200_000  # characters of a cell whose parts are looked at; a longer one has none


@dataclass
class Trouble:
    """What earlier runs of a submission have shown about its cells."""

    tamed: set[int] = field(default_factory=set)  # ended their process: only definitions run
    slow: set[int] = field(default_factory=set)  # ran out of time: get a second from now on


@dataclass
class Plan:
    """How one exercise of one submission is run; the flags widen after a failed try."""

    notebook: dict[str, Any]
    release: dict[str, Any]
    exercise: Exercise
    limits: Limits
    trouble: Trouble
    whole: bool = False  # given cells run too
    beyond: bool = False  # cells below the check run too

    def __post_init__(self) -> None:
        given = [c for c in self.release["cells"] if role_of(c)[0] == "given"]
        self.given = {plain(c["source"]) for c in given if c["cell_type"] == "code"}
        self.setup = [c["source"] for c in setup_cells(self.release)]
        self.stubs = {
            plain(c["source"]) for c in self.release["cells"] if role_of(c)[0] == "exercise"
        }

    def untouched(self) -> bool:
        """Whether no cell holds an attempt: nothing but the cell as it was handed out."""
        grade_id = grade_id_of("ex", self.exercise.id)
        for cell, source in zip(self.notebook["cells"], self.sources, strict=True):
            own = grade_id_in(cell) == grade_id
            if cell["cell_type"] != "code" or source in self.stubs or source in self.given:
                continue
            if own or defines(cell["source"], self.exercise.name):
                return False
        return True

    def given_names(self) -> set[str]:
        """The names that the given cells of the lesson make."""
        names: set[str] = set()
        for source in self.given:
            names |= _bound(source)
        return names

    def cells(self) -> list[dict[str, Any]]:
        """The cells to run, each with its source, its limit and whether it was given."""
        run = [self._entry(-1 - k, source, True) for k, source in enumerate(self.setup)]
        check = grade_id_of("check", self.exercise.id)
        setup = {plain(s) for s in self.setup}
        for k, cell in enumerate(self.notebook["cells"]):
            if grade_id_in(cell) == check and not self.beyond:
                break
            source = self.sources[k]
            given = source in self.given
            if cell["cell_type"] != "code" or role_of(cell)[0] == "check" or source in setup:
                continue
            if (given and not self.whole) or not source or self._is_shadow(source):
                continue
            run.append(self._entry(k, cell["source"], given))
        return run

    @cached_property
    def sources(self) -> list[str]:
        """The sources of the notebook's cells as they are compared."""
        return [plain(c["source"]) for c in self.notebook["cells"]]

    def _is_shadow(self, source: str) -> bool:
        """An untouched stub whose name is defined by the student elsewhere."""
        return source in self._shadows

    @cached_property
    def _shadows(self) -> set[str]:
        known = self.stubs | self.given
        others = {
            c["source"] for c, source in zip(self.notebook["cells"], self.sources, strict=True)
            if c["cell_type"] == "code" and source not in known
        }  # fmt: skip
        names = {name: stub for stub in self.stubs for name in _bound(stub)}
        return {stub for n, stub in names.items() if any(defines(o, n) for o in others)}

    def _entry(self, index: int, source: str, given: bool) -> dict[str, Any]:
        if index in self.trouble.tamed:
            source = definitions_of(source)
        seconds = self.limits.given if given else self.limits.cell
        if index in self.trouble.slow:
            seconds = min(1.0, seconds)
        return {"index": index, "source": source, "seconds": seconds, "given": given}


def setup_cells(release: dict[str, Any]) -> list[dict[str, Any]]:
    """The first code cell and those tagged `setup`."""
    code = [c for c in release["cells"] if c["cell_type"] == "code" and role_of(c)[0] == "given"]
    tagged = [c for c in code[1:] if "setup" in c["metadata"].get("tags", ())]
    return [*code[:1], *tagged]


def modules_of(release: dict[str, Any]) -> set[str]:
    """The modules that the cells of a lesson import at their top level, in whichever cell.

    >>> cell = {"cell_type": "code", "source": "import os\\nfrom math import pi"}
    >>> sorted(modules_of({"cells": [cell]}))
    ['math', 'os']
    """
    names: set[str] = set()
    for cell in release["cells"]:
        for node in _parsed(cell["source"]) if cell["cell_type"] == "code" else ():
            if isinstance(node, ast.Import):
                names |= {a.name for a in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module)
    return names


def definitions_of(source: str) -> str:
    """Only the functions, classes and imports of a cell, as they are written.

    >>> definitions_of("import os\\nwhile True: pass\\ndef f(): return 1")
    'import os\\ndef f(): return 1'
    """
    kept = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
    lines = [line.encode() for line in _lines(source)]
    return "\n".join(_written(lines, n) for n in _parsed(source) if isinstance(n, kept))


def _written(lines: list[bytes], node: ast.stmt) -> str:
    """The lines of a statement; the positions in a syntax tree count bytes."""
    first, begin = node.lineno, node.col_offset
    if decorators := getattr(node, "decorator_list", []):
        first, begin = decorators[0].lineno, 0
    own = lines[first - 1 : node.end_lineno]
    own[-1] = own[-1][: node.end_col_offset]
    own[0] = own[0][begin:]
    return b"\n".join(own).decode()


def _lines(source: str) -> list[str]:
    return ["pass" if s.lstrip()[:1] in "%!?" and s.strip() else s for s in source.split("\n")]


def _parsed(source: str) -> list[ast.stmt]:
    if len(source) > _MOST_PARSED:
        return []
    try:
        return ast.parse("\n".join(_lines(source))).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _bound(source: str) -> set[str]:
    """The names that a source binds anywhere at its top level."""
    names: set[str] = set()
    for statement in _parsed(source):
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(statement.name)
            continue
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.add(node.id)
            elif isinstance(node, ast.alias):
                names.add((node.asname or node.name).split(".")[0])
    return names
