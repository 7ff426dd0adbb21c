"""`lessonlib study`: counts of a learner's progress as a table, and the tables of a class as one.

A table has one row for each exercise and nothing that says who, where or when: no names, no code,
no machine, no dates. It is a local file that the learner may hand on or not.
"""

import argparse
import csv
import datetime
import io
import re
import secrets
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lessonlib._errors import CommandError
from lessonlib.files import write
from lessonlib.learner import record

Row = dict[str, Any]

# How a wrong answer was recognised (`Finding.how`), and "unnamed" where only a difference was shown
MEANS = (
    "error", "known", "property", "arguments", "twin", "relation", "repair", "place", "unnamed",
)  # fmt: skip
_COUNTED = ("learners", "attempts", "hints", "solved", *MEANS)
_MIDDLE = ("tries", "minutes")  # until the first right answer: of a class the median
COLUMNS = ("exercise", *_COUNTED, *_MIDDLE, "id")
_EXERCISE = re.compile(r"\d+\w?\.\d+")


def counts(progress: dict[str, Any], name: str = "") -> list[Row]:
    """One row for each exercise that was tried or for which a hint was shown.

    progress : as `record.load` returns it
    name     : a random id, where the learner wants one
    """
    entries = sorted(progress["exercises"].items())
    rows = (_row(key, entry) for key, entry in entries if _EXERCISE.fullmatch(key))
    return [row | {"id": name} for row in rows if row["attempts"] or row["hints"]]


def _row(exercise: str, entry: dict[str, Any]) -> Row:
    how = entry.get("how")
    how = how if isinstance(how, dict) else {}
    return {
        "exercise": exercise,
        "learners": 1,
        "attempts": record.whole(entry.get("tries")),
        "hints": record.whole(entry.get("hints")),
        "solved": int(entry.get("status") == "correct"),
        **{mean: record.whole(how.get(mean)) for mean in MEANS},
        "tries": record.whole(entry.get("tries_to_right")) or "",
        "minutes": _minutes(entry.get("first_try"), entry.get("first_right")),
    }


def _minutes(start: Any, end: Any) -> float | str:
    try:
        taken = datetime.datetime.fromisoformat(end) - datetime.datetime.fromisoformat(start)
    except (TypeError, ValueError):
        return ""
    return max(0.0, taken.total_seconds() / 60)


def merged(tables: list[list[Row]]) -> list[Row]:
    """One table of many learners' tables: counts added up, of tries and minutes the median.

    >>> ada, george = ({"exercise": "07.1", "tries": 2.0}, {"exercise": "07.1", "tries": 5.0})
    >>> merged([[ada], [george]])[0]["tries"]
    3.5
    """
    rows: dict[str, list[Row]] = {}
    for row in (row for table in tables for row in table):
        rows.setdefault(row["exercise"], []).append(row)
    table = []
    for exercise, group in sorted(rows.items()):
        made: Row = {"exercise": exercise}
        made |= {c: sum(row.get(c) or 0 for row in group) for c in _COUNTED}
        for column in _MIDDLE:
            values = [row[column] for row in group if row.get(column, "") != ""]
            made[column] = statistics.median(values) if values else ""
        table.append(made)
    return table


def to_csv(table: list[Row]) -> str:
    """A table as CSV; the column for ids is there only where there is one."""
    out = io.StringIO()
    columns = COLUMNS if any(row.get("id") for row in table) else COLUMNS[:-1]
    writer = csv.DictWriter(out, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(
        {k: f"{v:g}" if isinstance(v, float) else v for k, v in r.items()} for r in table
    )
    return out.getvalue()


def from_csv(file: Path) -> list[Row]:
    """The table in a file. Raises CommandError where it is none of `lessonlib study`."""
    try:
        reader = csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig")))
        if tuple(reader.fieldnames or ())[: len(COLUMNS) - 1] != COLUMNS[:-1]:
            raise ValueError("other columns")
        return [_numbers(row) for row in reader]
    except FileNotFoundError:
        raise CommandError(f"there is no file {file}") from None
    except (ValueError, csv.Error) as error:
        raise CommandError(f"{file.name} is no table of `lessonlib study` ({error})") from None


def _numbers(row: dict[str, Any]) -> Row:
    if not _EXERCISE.fullmatch(str(row["exercise"])):
        raise ValueError(f"no exercise: {str(row['exercise'])[:20]!r}")
    read: Row = {"exercise": str(row["exercise"]), "id": row.get("id") or ""}
    read |= {c: int(row[c] or 0) for c in _COUNTED}
    return read | {c: float(row[c]) if row[c] else "" for c in _MIDDLE}


# ---- the command --------------------------------------------------------------------------------


def add_commands(subparsers: argparse._SubParsersAction) -> None:
    """Add `study` to the command line."""
    words = "write anonymous counts of your progress into a file; nothing is sent"
    study = subparsers.add_parser("study", help=words)
    study.add_argument("--out", type=Path, help="the file to write, a CSV table")
    study.add_argument("--id", action="store_true", help="add a random id, to pair two files")
    study.add_argument("--merge", nargs="+", type=Path, metavar="FILE", help="learners' files")
    study.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> Iterator[str]:
    if arguments.merge:
        yield from _run_merge(arguments.merge, arguments.out or Path("class-study.csv"))
        return
    table = counts(record.load(), secrets.token_hex(4) if arguments.id else "")
    if not table:
        raise CommandError("there is nothing to count: no exercise has been tried here")
    file = _write(arguments.out or Path("my-study.csv"), table)
    yield f"Counts of {len(table)} exercises: {file}"
    yield "Nothing has been sent. There are no names, no code and no dates in it: look at it."


def _run_merge(files: list[Path], out: Path) -> Iterator[str]:
    tables: dict[str, list[Row]] = {}
    for file in dict.fromkeys(path.resolve() for path in files):
        table = from_csv(file)
        if any(row["learners"] != 1 for row in table):
            raise CommandError(f"{file.name} is a class's table already; give the learners' files")
        name = next((row["id"] for row in table if row["id"]), str(file))
        if name in tables:
            yield f"{file.name} is left out: another file has the same id, {name}."
        tables.setdefault(name, table)
    file = _write(out, merged(list(tables.values())))
    plural = "s" * (len(tables) != 1)
    yield f"{len(tables)} learner{plural} in one table: {file}. Nothing has been sent."


def _write(file: Path, table: list[Row]) -> Path:
    """Write a table. Raises CommandError where that would overwrite a file of another kind."""
    file = file.expanduser().resolve()
    if file.exists():
        from_csv(file)
    write(file, to_csv(table))
    return file
