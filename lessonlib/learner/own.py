"""The learner's accepted answers: of this kernel, and as source in my/own/, one module a lesson.

A module is a header and one block for each exercise, between two marker lines. A block needs
nothing of the others, so that one can be replaced while the rest stays as the learner left it.
Before a block is replaced, a copy of the file goes to my/own/earlier/.
"""

import ast
import contextlib
import os
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from lessonlib.exercises.exercise import Exercise
from lessonlib.exercises.judge import judge
from lessonlib.exercises.result import Result
from lessonlib.files import free_name, lock, own_folder, write
from lessonlib.learner import record
from lessonlib.learner.source import NoSource, source_of

_HEADER = '"""Answers to lesson {} that `check` accepted: `yours` hands them out again."""\n'
_MARK = "# ==== "
_INSIDE = rf"((?:(?!{_MARK}).*\n)*)"  # lines that are no marker


@dataclass
class Kept:
    """An answer that was accepted in this kernel.

    has_source : whether its source was found
    only_here  : why it is kept for this kernel only, "" if it is in the file
    """

    answer: Any
    has_source: bool = True
    only_here: str = ""


_kernel: dict[Path, dict[str, Kept]] = {}
_waiting: dict[Path, dict[str, str]] = {}  # blocks that could not be written yet
_judging: set[str] = set()


def is_on() -> bool:
    """Whether answers are kept: not in grading, nor where the pages' own outputs are made."""
    grading = os.environ.get("NBGRADER_EXECUTION")
    static = os.environ.get("LESSONLIB_OUTPUT") == "static"
    return not grading and not static and record.path() is not None


def judged(exercise: Exercise, answer: Any) -> Result:
    """What the judge says; meanwhile `yours` refuses this very exercise to the answer."""
    _judging.add(exercise.id)
    try:
        return judge(exercise, answer)
    finally:
        _judging.discard(exercise.id)


def is_judging(exercise: str) -> bool:
    """Whether an answer to this exercise is being judged."""
    return exercise in _judging


# ---- files and their blocks ----------------------------------------------------------------------


def file_of(exercise: str) -> Path:
    """The module of an exercise's lesson, such as my/own/lesson_07.py."""
    return own_folder() / f"lesson_{exercise.split('.')[0]}.py"


def shown(file: Path) -> str:
    """A file as it is named to the learner: its last three parts.

    >>> shown(Path("home", "ada", "my", "own", "lesson_07.py"))
    'my/own/lesson_07.py'
    """
    return "/".join(file.parts[-3:])


def text_of(file: Path) -> str:
    """What a module holds, with what could not be written yet; "" if there is nothing.

    Raises OSError where the file cannot be read
    """
    waiting = _waiting.get(file, {})
    try:
        text = _read(file)
    except OSError:
        if not waiting:
            raise
        text = ""
    return _with_blocks(text, file, waiting)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except UnicodeDecodeError:
        raise OSError("it is no text in UTF-8") from None


def _block(exercise: str) -> re.Pattern[str]:
    name = re.escape(exercise)
    return re.compile(rf"^{_MARK}{name} .*\n{_INSIDE}{_MARK}end of {name}$\n?", re.MULTILINE)


def has_block(text: str, exercise: str) -> bool:
    """Whether a module has a block of this exercise.

    >>> has_block("# ==== 07.1 f\\nf = abs\\n# ==== end of 07.1\\n", "07.1")
    True
    """
    return _block(exercise).search(text) is not None


def alone(text: str, exercise: str) -> str:
    """A module with everything blank between its header and one block: line numbers stay."""
    own = _block(exercise).search(text)
    if own is None:
        return text
    start = text.index(_MARK)
    return text[:start] + re.sub(r".+", "", text[start : own.start()]) + own.group()


def _with_blocks(text: str, file: Path, blocks: dict[str, str]) -> str:
    if blocks and not text.strip():
        text = _HEADER.format(file.stem.removeprefix("lesson_"))
    for exercise, block in blocks.items():
        old = _block(exercise).search(text)
        if old is None:
            text = text.rstrip("\n") + "\n\n\n" + block
        else:
            text = text[: old.start()] + block + text[old.end() :]
    return text


# ---- keeping ------------------------------------------------------------------------------------


def kept_here(exercise: str) -> Kept | None:
    """What was accepted in this kernel, or None."""
    return _kernel.get(file_of(exercise), {}).get(exercise)


def is_kept(exercise: str) -> bool:
    """Whether there is an accepted answer, of this kernel or in the file."""
    with contextlib.suppress(OSError):
        return kept_here(exercise) is not None or has_block(text_of(file_of(exercise)), exercise)
    return False


def keep(exercise: Exercise, answer: Any) -> str:
    """Keep an accepted answer. Returns a sentence on what the learner has to know of it, or ""."""
    file = file_of(exercise.id)
    kept = _kernel.setdefault(file, {})[exercise.id] = Kept(answer)
    try:
        source = source_of(exercise.name, answer)
    except Exception as error:  # any object may be an answer
        why = str(error) if isinstance(error, NoSource) else "its source was not found"
        kept.has_source, kept.only_here = False, why
        return f"in this kernel only: {why}"
    block = f"{_MARK}{exercise.id} {exercise.name}\n{source}{_MARK}end of {exercise.id}\n"
    waiting = _waiting.setdefault(file, {})
    waiting[exercise.id] = block
    try:
        _write(file, waiting)
    except OSError as error:
        kept.only_here = f"{shown(file)} cannot be written: {error.strerror or error}"
        return f"in this kernel only: {kept.only_here}"
    waiting.clear()
    return _twice(text_of(file), file, exercise.id)


def _write(file: Path, blocks: dict[str, str]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with lock(file):
        text = _read(file)
        new = _with_blocks(text, file, blocks)
        if new == text:
            return
        if any(has_block(text, exercise) for exercise in blocks):
            _keep_copy(file, text)
        write(file, new)


def _keep_copy(file: Path, text: str) -> None:
    folder = file.parent / "earlier"
    if not any(_read(old) == text for old in folder.glob(f"{file.stem}.*.py")):
        write(free_name(folder / file.name, date.today()), text)


def _twice(text: str, file: Path, exercise: str) -> str:
    """A sentence where a name of one block means something else in another."""
    blocks = re.compile(rf"^{_MARK}(\S+) .*\n{_INSIDE}{_MARK}end of \1$", re.MULTILINE)
    names = {block[1]: _names(block[2]) for block in blocks.finditer(text)}
    own = names.pop(exercise, {})
    for other, there in names.items():
        for name in own.keys() & there.keys():
            if own[name] != there[name]:
                return (
                    f"{shown(file)} has another `{name}`, with {other}: give one of the two a "
                    "different name before you import the file"
                )
    return ""


def _names(code: str) -> dict[str, str]:
    """What the names of a block stand for, as syntax trees."""
    try:
        nodes = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    named: dict[str, ast.AST] = {
        n.name: n for n in nodes if isinstance(n, ast.FunctionDef | ast.ClassDef)
    }
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            named[node.targets[0].id] = node
    return {name: ast.dump(node) for name, node in named.items()}
