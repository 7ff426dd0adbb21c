"""Collections of answers as learners hand them in, and what `check` makes of them.

A file of answers defines the same function again and again, each time under `right(id, style)` or
`wrong(id, what was done, what a tutor would say)`. They were written from the statements alone.
"""

import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_found: list["Answer"] = []


@dataclass(frozen=True)
class Answer:
    """One answer: to which exercise, whether it is right, in which way, and the function itself."""

    exercise: str
    is_right: bool
    what: str
    said: str
    function: Callable[..., Any]


def right(exercise: str, style: str) -> Callable[[Any], Any]:
    """Mark a right answer in an unusual style."""
    return _marked(exercise, True, style, "")


def wrong(exercise: str, what: str, said: str) -> Callable[[Any], Any]:
    """Mark a wrong answer: what was done, and what a good tutor would say of it."""
    return _marked(exercise, False, what, said)


def _marked(exercise: str, is_right: bool, what: str, said: str) -> Callable[[Any], Any]:
    def mark(function: Any) -> Any:
        _found.append(Answer(exercise, is_right, what, said, function))
        return function

    return mark


def answers_in(file: Path) -> list[Answer]:
    """All answers of a file, in order."""
    _found.clear()
    spec = importlib.util.spec_from_file_location(f"answers_in_{file.stem}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    found = list(_found)
    _found.clear()
    return found
