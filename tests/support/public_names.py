"""Find which public names of lessonlib a lesson or a page uses, and with which keywords.

A name is written `lessonlib.nn.Linear`; a call adds the keywords it was given: `lr=`. Names that
are reached through an object (`model.backward`) are not followed.
"""

import ast
import importlib
import inspect
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

FENCE = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^lessonlib ([a-z]+)(.*)$", re.MULTILINE)


def code_of(path: Path) -> Iterator[str]:
    """The pieces of Python in a notebook (its code cells) or a Markdown page (its doctests)."""
    if path.suffix == ".ipynb":
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                yield "".join(cell["source"])
        return
    for block in FENCE.findall(path.read_text(encoding="utf-8")):
        lines = [line[4:] for line in block.splitlines() if line.startswith((">>> ", "... "))]
        yield "\n".join(lines)


def commands_of(path: Path) -> Iterator[str]:
    """`command` and `command --option` for every use of the command line in a page's code."""
    for block in FENCE.findall(path.read_text(encoding="utf-8")):
        for command, rest in COMMAND.findall(block):
            yield command
            yield from (f"{command} {option}" for option in re.findall(r"--[a-z-]+", rest))


def names_of(pieces: Iterable[str]) -> set[str]:
    """All public names that the pieces use, in one namespace as in a notebook."""
    known: dict[str, str] = {}
    found: set[str] = set()
    for piece in pieces:
        tree = ast.parse(piece)
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    if alias.name.split(".")[0] == "lessonlib":
                        known[alias.asname or alias.name] = alias.name
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("lessonlib"):
                for alias in node.names:
                    known[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                    found.add(f"{node.module}.{alias.name}")
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and (name := _dotted(node.func, known)):
                found |= {f"{name} {k.arg}=" for k in node.keywords if k.arg}
            elif isinstance(node, ast.Attribute) and (name := _dotted(node, known)):
                found.add(name)
    return found


def _dotted(node: ast.AST, known: dict[str, str]) -> str | None:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name) and node.id in known:
        return ".".join([known[node.id], *reversed(parts)])
    return None


def resolve(name: str) -> Any:
    """The object that a dotted name stands for. Raises ImportError or AttributeError."""
    first, *rest = name.split(".")
    value, path = importlib.import_module(first), first
    for part in rest:
        path = f"{path}.{part}"
        if isinstance(value, ModuleType) and not hasattr(value, part):
            value = importlib.import_module(path)
        else:
            value = getattr(value, part)
    return value


def takes(function: Any, keyword: str) -> bool:
    """Whether a function or class accepts a keyword."""
    parameters = inspect.signature(function).parameters
    return keyword in parameters or any(
        p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters.values()
    )
