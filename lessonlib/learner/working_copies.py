"""The learner's working copies of the lessons, in my/.

A lesson is never worked on where git keeps it, so that a `git pull` meets no edits. A copy that
exists is never overwritten. `my/.origin.json` remembers the fingerprint of the lesson each copy was
made from; a lesson whose cells have changed since is reported, and `reset` puts the new one next to
the old.
"""

import argparse
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lessonlib._errors import CommandError
from lessonlib.files import ORIGIN, copies_folder, free_name, is_checkout, notebooks_folder, write


@dataclass(frozen=True)
class Copy:
    """One lesson and its working copy.

    number : "03", "04b", as in the lesson's file name
    state  : "missing", "current" (made from the lesson as it is now), "outdated" (the lesson has
             changed since) or "unknown" (nothing is recorded about where the copy came from)
    """

    number: str
    lesson: Path
    path: Path
    state: str


def fingerprint(notebook: Path) -> str:
    """The SHA-256 of a notebook's cells; outputs do not count: a re-run lesson has not changed."""
    raw = notebook.read_bytes()
    try:
        cells = json.loads(raw)["cells"]
        pairs = [[cell["cell_type"], "".join(cell["source"])] for cell in cells]
        raw = json.dumps(pairs).encode()
    except (ValueError, KeyError, TypeError):
        pass  # a damaged notebook is compared byte by byte
    return hashlib.sha256(raw).hexdigest()


def list_copies(lessons: Path, copies: Path) -> list[Copy]:
    """Every lesson with the state of its working copy, in the order of the course."""
    origin = _read_origin(copies)
    found = []
    for lesson in sorted(lessons.glob("[0-9]*.ipynb")):
        path = copies / lesson.name
        now = fingerprint(lesson)
        if not path.exists():
            state = "missing"
        elif origin.get(lesson.name) == now or fingerprint(path) == now:
            state = "current"
        else:
            state = "outdated" if lesson.name in origin else "unknown"
        found.append(Copy(lesson.stem.split("_")[0], lesson, path, state))
    return found


def make_copies(lessons: Path, copies: Path) -> list[Copy]:
    """Copy the lessons that have no working copy yet; return all of them as they were before."""
    copies.mkdir(parents=True, exist_ok=True)
    before = list_copies(lessons, copies)
    for copy in before:
        if copy.state == "missing":
            write(copy.path, copy.lesson.read_bytes())
            _remember(copies, copy.lesson)
    return before


def reset(lessons: Path, copies: Path, number: str, today: date) -> tuple[Path, Path | None]:
    """Make a fresh working copy of one lesson; an old one stays under a name with the date.

    Returns the fresh copy and the old one under its new name, None where there was none
    Raises CommandError naming the known lessons if `number` is not one of them
    """
    known = {copy.number: copy for copy in list_copies(lessons, copies)}
    if number not in known:
        raise CommandError(f"no lesson {number!r}; the lessons are {', '.join(known)}")
    copy = known[number]
    copies.mkdir(parents=True, exist_ok=True)
    kept = None
    if copy.path.exists():
        kept = free_name(copy.path, today)
        os.replace(copy.path, kept)
    write(copy.path, copy.lesson.read_bytes())
    _remember(copies, copy.lesson)
    return copy.path, kept


def add_commands(subparsers: argparse._SubParsersAction) -> None:
    """Add `copies` and `reset` to the command line."""
    copies = subparsers.add_parser("copies", help="list the working copies in my/")
    copies.add_argument("--make", action="store_true", help="make the missing ones")
    copies.set_defaults(run=_run_copies)
    fresh = subparsers.add_parser("reset", help="make a fresh copy of a lesson, keep the old one")
    fresh.add_argument("lesson", help="the lesson's number, such as 03 or 04b")
    fresh.set_defaults(run=_run_reset)


def _run_copies(arguments: argparse.Namespace) -> Iterator[str]:
    lessons, folder = notebooks_folder(), copies_folder()
    if not arguments.make:
        for copy in list_copies(lessons, folder):
            yield f"{copy.number:<4} {copy.state:<9} {copy.path.name}"
        return
    yield from made_copies(lessons, folder)


def made_copies(lessons: Path, folder: Path) -> Iterator[str]:
    """Make the missing working copies; say how many, and which lessons have changed since."""
    before = make_copies(lessons, folder)
    made = sum(copy.state == "missing" for copy in before)
    if made:
        yield f"{made} of {len(before)} lessons copied into {folder}; no copy is ever overwritten."
    for copy in before:
        if copy.state in ("outdated", "unknown"):
            why = (
                "has changed since you began it" if copy.state == "outdated" else "may have changed"
            )
            yield f"Lesson {copy.number} {why}. A new one beside yours: {_command(copy.number)}"


def _run_reset(arguments: argparse.Namespace) -> Iterator[str]:
    fresh, kept = reset(notebooks_folder(), copies_folder(), arguments.lesson, date.today())
    yield f"Fresh copy: {fresh.name}. Where JupyterLab has it open, close that tab unsaved."
    if kept is not None:
        yield f"Your work: {kept.name}"


def _command(number: str) -> str:
    if not is_checkout():
        return f"lessonlib reset {number} (in that folder)"
    python = ".venv\\Scripts\\python" if os.name == "nt" else ".venv/bin/python"
    return f"{python} -m lessonlib reset {number}"


def _read_origin(copies: Path) -> dict[str, str]:
    try:
        origin = json.loads((copies / ORIGIN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return origin if isinstance(origin, dict) else {}


def _remember(copies: Path, lesson: Path) -> None:
    origin = _read_origin(copies) | {lesson.name: fingerprint(lesson)}
    write(copies / ORIGIN, json.dumps(origin, indent=1, sort_keys=True).encode())
