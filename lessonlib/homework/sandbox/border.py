"""The border between a student's process and the answers: the package `exercises` of every lesson.

Nothing inside these packages enters the process that runs a student's code: no module, and of their
functions only those that say how an answer is called. Where the answers are is written here alone.
"""

import contextlib
import sys
from collections.abc import Iterator, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

import lessonlib

ANSWERS = "exercises"
# What a student's code has no use for: of lessonlib, and of a lesson
_NOT_NEEDED = {"homework", "cli", "__main__", "recipes"}
_NOT_NEEDED_OF_A_LESSON = {"predictions", "recipes"}


def holds_answers(module: str) -> bool:
    """Whether a module of this name is inside a lesson's package of exercises.

    >>> holds_answers("lessonlib.lessons.l03.exercises.exercise_3")
    True
    >>> holds_answers("lessonlib.lessons.l03.explorer"), holds_answers("lessonlib.exercises.judge")
    (False, False)
    """
    parts = module.split(".")
    return parts[:2] == ["lessonlib", "lessons"] and ANSWERS in parts[3:4]


def open_modules() -> Iterator[str]:
    """The modules of lessonlib that a student's process has; nothing is imported to find them.

    >>> "lessonlib.nn.layers" in open_modules(), any(map(holds_answers, open_modules()))
    (True, False)
    """
    root = Path(lessonlib.__file__).parent
    for file in sorted(root.rglob("*.py")):
        parts = file.relative_to(root).with_suffix("").parts
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        name = ".".join(["lessonlib", *parts])
        if _NOT_NEEDED & set(parts[:1]) or holds_answers(name):
            continue
        if parts[:1] == ("lessons",) and _NOT_NEEDED_OF_A_LESSON & set(parts[2:3]):
            continue
        yield name


class _Guard(MetaPathFinder):
    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if holds_answers(name):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None


def close() -> None:
    """Refuse every later import from beyond the border. Raises RuntimeError where it is too late.

    This keeps honest code out of what it cannot have. What holds against everyone is that the
    closed room has no file of these packages in it.
    """
    known = sorted(filter(holds_answers, sys.modules))
    if known:
        raise RuntimeError(f"{known[0]} has been imported: its answers would be in every copy")
    sys.meta_path.insert(0, _Guard())


@contextlib.contextmanager
def sent_by_value(function: Any) -> Iterator[None]:
    """Let cloudpickle send functions of the package that holds `function` whole, not by name."""
    import cloudpickle

    name = getattr(function, "__module__", None) or ""
    if not holds_answers(name):
        yield
        return
    package = sys.modules[".".join(name.split(".")[:4])]
    cloudpickle.register_pickle_by_value(package)
    try:
        yield
    finally:
        cloudpickle.unregister_pickle_by_value(package)
