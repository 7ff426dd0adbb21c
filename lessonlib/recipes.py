"""Recipes: how each stored result of data/models/ was made, and whether it still is what they make.

A recipe is a module of a lesson's folder `recipes` with `SEEDS` and `make() -> dict of arrays`. Its
id is lesson and name, "09.dates"; the result is data/models/09_dates.npz. The index keeps seeds,
CPU-seconds, the sha256 of the file, and the hash of the code: the recipe with every file of ours
that it imports. Comments, docstrings, annotations, layout, guards that only refuse a wrong argument
and the messages of errors do not count: they change no number.
"""

import argparse
import ast
import hashlib
import io
import json
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from lessonlib._errors import CommandError
from lessonlib.files import data_folder, write
from lessonlib.lessons.registry import lessons, recipe, recipes_of
from lessonlib.trained import file_name, read_index

_PACKAGE = Path(__file__).resolve().parent


def recipes() -> tuple[str, ...]:
    """The ids of all recipes, in the order of the course."""
    return tuple(name for lesson in lessons() for name in recipes_of(lesson))


def sources(name: str) -> tuple[Path, ...]:
    """The recipe's file and every file of lessonlib that it imports, directly or not.

    Raises KeyError naming the recipes there are.
    """
    start = Path(str(recipe(name).__file__)).resolve()
    found, waiting = {start}, [start]
    while waiting:
        new = set(_imports(waiting.pop())) - found
        found |= new
        waiting += new
    return tuple(sorted(found))


def code_hash(name: str) -> str:
    """The sha256 of the code that makes a result. Raises KeyError naming the recipes there are."""
    total = hashlib.sha256()
    for file in sources(name):
        total.update(f"{file.relative_to(_PACKAGE).as_posix()}\n{_bare(file)}\n".encode())
    return total.hexdigest()


def is_current(name: str) -> bool:
    """Whether the stored result was made by the code as it is now."""
    return read_index().get(name, {}).get("code_sha256") == code_hash(name)


@cache
def _imports(file: Path) -> tuple[Path, ...]:
    """The files of lessonlib that one file imports, wherever in it."""
    package = file.relative_to(_PACKAGE.parent).with_suffix("").parts[:-1]
    found = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [tuple(alias.name.split(".")) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else ()
            base = (*base, *(node.module.split(".") if node.module else ()))
            found += [(*base, alias.name) for alias in node.names]
    return tuple(path for name in found for path in _files(name))


def _files(name: tuple[str, ...]) -> Iterator[Path]:
    """The module that a name is in, and the packages on the way to it; none for other packages."""
    if name[0] != _PACKAGE.name:
        return
    for end in range(2, len(name) + 1):  # the package's own face makes no number
        path = _PACKAGE.joinpath(*name[1:end])
        if (path / "__init__.py").is_file():
            if name[1] != "lessons":  # there it is a lesson's card
                yield path / "__init__.py"
        elif path.with_suffix(".py").is_file():
            yield path.with_suffix(".py")


@cache
def _bare(file: Path) -> str:
    """What a file does: its syntax tree in words, the same in every Python, without mere talk."""
    return _words(ast.parse(file.read_text(encoding="utf-8")))


# Parts of a syntax tree that change no number, or that only some versions of Python have.
_SAID = {"annotation", "returns", "ctx", "kind", "type_comment", "type_params"}
_TYPING = {"typing", "collections.abc", "__future__"}


def _words(node: object) -> str:
    """A node of a syntax tree, or a value in it, as text."""
    if isinstance(node, list):
        return f"[{', '.join(_words(item) for item in node if not _only_says(item))}]"
    if not isinstance(node, ast.AST):
        return repr(node)
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):  # without its message
        node = ast.Raise(node.exc.func, node.cause)
    if isinstance(node, ast.AnnAssign) and node.value is not None:
        node = ast.Assign([node.target], node.value)
    if isinstance(node, ast.JoinedStr):  # Python 3.12 ends some with an empty text
        node = ast.JoinedStr([part for part in node.values if not _is_empty(part)])
    fields = [
        f"{name}={_words(value)}"
        for name, value in ast.iter_fields(node)
        if name not in _SAID and value not in (None, [])
    ]
    return f"{type(node).__name__}({', '.join(fields)})"


def _is_empty(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == ""


def _only_says(node: object) -> bool:
    """Whether a statement is a docstring, an import for annotations alone, or only refuses."""
    if isinstance(node, ast.ImportFrom):
        return node.module in _TYPING
    if isinstance(node, ast.If):
        return _only_refuses(node)
    text = node.value if isinstance(node, ast.Expr) else None
    return isinstance(text, ast.Constant) and isinstance(text.value, str)


def _only_refuses(node: ast.If) -> bool:
    """Whether an `if` does nothing but raise an error, and its condition sets nothing.

    Other exceptions may steer what is computed: `raise StopIteration` ends a loop.
    """
    if node.orelse or any(isinstance(part, ast.NamedExpr) for part in ast.walk(node.test)):
        return False
    (first, *rest) = node.body
    if rest or not isinstance(first, ast.Raise) or first.exc is None:
        return False
    error = first.exc.func if isinstance(first.exc, ast.Call) else first.exc
    return ast.unparse(error).endswith("Error")


def make(name: str) -> str:
    """Run one recipe and store what it gives; return one line that says what came of it.

    Where the numbers are those already stored (CPU-seconds aside), the file is left as it is and
    only its line in the index is renewed. Interrupted, it leaves the old result.
    Raises KeyError naming the recipes there are.
    """
    module, code = recipe(name), code_hash(name)
    start = time.process_time()
    arrays = module.make()
    seconds = round(time.process_time() - start, 1)
    file = data_folder() / "models" / file_name(name)
    same = file.exists() and _same(file, arrays)
    if not same:
        content = io.BytesIO()
        np.savez_compressed(content, **arrays)
        write(file, content.getvalue())
    noted = read_index().get(name, {}).get("cpu_seconds", seconds) if same else seconds
    _note(name, code, noted, module.SEEDS)
    return f"{name}: {seconds} CPU-seconds, {'the numbers stored before' if same else 'stored'}"


def confirm(name: str) -> str:
    """Note that the code as it is now makes the stored numbers, without running it.

    For a change that moves no number, such as another name or another file, on a machine whose last
    digits are not those of the machine that made the result. Compare a short run before and after.
    Raises KeyError naming the recipes there are, or where nothing is stored yet.
    """
    module, code, index = recipe(name), code_hash(name), read_index()
    if name not in index:
        raise KeyError(f"nothing is stored for {name}; run `lessonlib make {name}`")
    _note(name, code, index[name]["cpu_seconds"], module.SEEDS)
    return f"{name}: confirmed"


def _note(name: str, code: str, seconds: float, seeds: Sequence[int]) -> None:
    """Write a result's line of the index."""
    file = data_folder() / "models" / file_name(name)
    line = {
        "cpu_seconds": seconds,
        "code_sha256": code,
        "seeds": list(seeds),
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
    }
    index = read_index() | {name: line}  # read again: another run may have written meanwhile
    text = json.dumps(index, indent=1, sort_keys=True) + "\n"
    write(data_folder() / "models" / "index.json", text)


def _same(file: Path, arrays: dict[str, np.ndarray]) -> bool:
    """Whether a file holds these arrays, up to the last digits and the seconds that they took."""
    with np.load(file, allow_pickle=False) as stored:
        if sorted(stored.files) != sorted(arrays):
            return False
        pairs = [(stored[key], np.asarray(arrays[key]), key) for key in stored.files]
    return all(_close(old, new, key) for old, new, key in pairs)


def _close(old: np.ndarray, new: np.ndarray, key: str) -> bool:
    if old.shape != new.shape or old.dtype.kind != new.dtype.kind:
        return False
    if key == "rows" and old.shape[-1:] == (5,):  # a scoreboard: its last column is CPU-seconds
        old, new = old[..., :4], new[..., :4]
    if "seconds" in key:
        return True
    if old.dtype.kind in "fc":
        return np.allclose(old, new, rtol=1e-4, atol=1e-6, equal_nan=True)
    return np.array_equal(old, new)


def add_commands(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `make` to the command line."""
    parser = subparsers.add_parser(
        "make",
        help="make stored results again",
        description="Make the stored results that are missing or whose code has changed.",
    )
    parser.add_argument("names", nargs="*", metavar="ID", help="such as 09.dates, or a lesson, 09")
    parser.add_argument("--list", action="store_true", help="say which are current, make nothing")
    parser.add_argument(
        "--confirm",
        action="store_true",
        help="run nothing: note that the code as it is now makes the stored numbers",
    )
    parser.set_defaults(run=_run)


def _run(chosen: argparse.Namespace) -> Iterator[str]:
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    try:
        names = [name for word in chosen.names for name in _expanded(word)]
    except KeyError as error:
        raise CommandError(str(error.args[0])) from None
    for name in names or recipes():
        if chosen.list:
            yield f"{name}: {'current' if is_current(name) else 'its code has changed'}"
        elif names or not is_current(name):
            yield confirm(name) if chosen.confirm else make(name)


def _expanded(word: str) -> Iterable[str]:
    """The recipe of an id, or all recipes of a lesson."""
    if "." not in word:
        return recipes_of(word)
    recipe(word)
    return (word,)
