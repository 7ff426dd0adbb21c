"""The learner's own progress: one small JSON file, written atomically, easy to carry along.

It is at `~/.lessonlib/progress.json`, or where the environment variable LESSONLIB_PROGRESS
points; the value `off` switches recording off (tests, grading, making the committed notebooks).

Every note is a small change that is made to the file as it is at that moment, under a lock: two
notebooks at once lose nothing. What cannot be written waits in this kernel for the next time.
"""

import copy
import datetime
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lessonlib.files import lock, write

Change = Callable[[dict[str, Any]], None]

_RANK = {"not attempted": 0, "not yet": 1, "correct": 2}
_EMPTY: dict[str, Any] = {"version": 1, "exercises": {}, "predictions": {}}
_MOST_FINDINGS = 40  # different ones that are kept of one exercise

_waiting: dict[Path, list[Change]] = {}  # what could not be written yet
_told: list[str] = []  # what this kernel has said once about the file
_here: dict[tuple[Path | None, str], int] = {}  # choices of this kernel, kept also without a file


def path() -> Path | None:
    """Where progress is kept, or None when it is switched off or there is no home folder."""
    where = os.environ.get("LESSONLIB_PROGRESS", "")
    if where.strip().lower() == "off":
        return None
    try:
        return Path(where).expanduser() if where else Path.home() / ".lessonlib" / "progress.json"
    except RuntimeError:  # nobody's home
        return None


def load() -> dict[str, Any]:
    """The progress; a damaged file is put aside and a fresh start made."""
    file = path()
    data = copy.deepcopy(_EMPTY)
    if file is None:
        return data
    try:
        if file.exists():
            with lock(file):
                data = _read(file)
    except OSError as error:
        _tell(file, error)
    for change in _waiting.get(file, ()):
        change(data)
    return data


def _read(file: Path) -> dict[str, Any]:
    """The file's content. Raises OSError where it can neither be read nor put aside."""
    try:
        return _validated(json.loads(file.read_text(encoding="utf-8")))
    except (FileNotFoundError, NotADirectoryError):
        return copy.deepcopy(_EMPTY)
    except (ValueError, RecursionError):
        aside = file.with_name(f"{file.stem}.damaged-{datetime.datetime.now():%Y%m%d-%H%M%S}.json")
        file.replace(aside)
        return copy.deepcopy(_EMPTY)


def _validated(data: Any) -> dict[str, Any]:
    if not isinstance(data, dict) or data.get("version") != 1:
        raise ValueError("not a progress file of this course (no version 1)")
    for part in ("exercises", "predictions"):
        entries = data.setdefault(part, {})
        if not isinstance(entries, dict) or not all(isinstance(v, dict) for v in entries.values()):
            raise ValueError(f"not a progress file of this course ({part} is no table)")
    return data


def _write(data: dict[str, Any], file: Path) -> None:
    write(file, json.dumps(data, indent=1, sort_keys=True))


def _note(change: Change, aloud: bool = True) -> None:
    """Make one change; where the file cannot be read or written, it waits in this kernel."""
    file = path()
    if file is None:
        return
    waiting = _waiting.setdefault(file, [])
    waiting.append(change)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with lock(file):
            data = _read(file)
            for each in waiting:
                each(data)
            _write(data, file)
        waiting.clear()
    except OSError as error:
        if aloud:
            _tell(file, error)


def _tell(file: Path, error: OSError) -> None:
    """Say once in a kernel that progress cannot be kept."""
    if not _told:
        _told.append(str(file))
        print(  # noqa: T201 (a line above the result of the cell)
            f"Your progress cannot be kept in {file} ({error.strerror or error}). The lesson goes "
            "on; `export_progress` writes what this kernel remembers to another place."
        )


# ---- what is noted -----------------------------------------------------------------------------


def note_check(
    exercise: str, status: str, mistake: str | None, how: str = "", finding: str = ""
) -> None:
    """Note one call of `check`; the best status reached so far is kept.

    how, finding : by which means a wrong answer was recognised, and as what (see `Result`)
    """
    now = _now()

    def change(data: dict[str, Any]) -> None:
        entry = _entry(data, exercise)
        before = _rank(entry)
        if _RANK.get(status, 0) >= before:
            entry["status"] = status
        if status != "not attempted":
            _note_try(entry, status == "correct", before == _RANK["correct"], now)
        if status == "not yet":
            _count(entry, "how", how or "unnamed")
            _count(entry, "findings", finding)
        if mistake:
            known = entry.get("mistakes")
            entry["mistakes"] = sorted({*(known if isinstance(known, list) else ()), mistake})

    _note(change)


def _note_try(entry: dict[str, Any], right: bool, right_before: bool, now: str) -> None:
    tries = whole(entry.get("tries"))
    entry["tries"] = tries + 1
    entry["when"] = datetime.date.today().isoformat()
    if not tries:
        entry["first_try"] = now
    if right and not right_before:
        entry["first_right"], entry["tries_to_right"] = now, tries + 1


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="minutes")


def _entry(data: dict[str, Any], exercise: str) -> dict[str, Any]:
    new = {"status": "not attempted", "tries": 0, "hints": 0}
    return data["exercises"].setdefault(exercise, new)


def whole(value: Any) -> int:
    """A count that was read from a file, 0 where there is none.

    >>> whole(3), whole("many"), whole(None)
    (3, 0, 0)
    """
    return value if type(value) is int and value > 0 else 0


def _count(entry: dict[str, Any], key: str, name: str) -> None:
    """Count one more of a name in a table of counts."""
    counts = entry.get(key)
    counts = counts if isinstance(counts, dict) else {}
    if name and (name in counts or len(counts) < _MOST_FINDINGS):
        entry[key] = counts | {name: whole(counts.get(name)) + 1}


def note_hint(exercise: str, shown: int) -> None:
    """Note how many hints have been asked for."""

    def change(data: dict[str, Any]) -> None:
        entry = _entry(data, exercise)
        entry["hints"] = max(whole(entry.get("hints")), shown)

    _note(change)


def note_prediction(prediction: str, choice: int, right: bool) -> None:
    """Note a committed prediction; the first one counts."""
    _here.setdefault((path(), prediction), choice)

    def change(data: dict[str, Any]) -> None:
        data["predictions"].setdefault(prediction, {"choice": choice, "right": right})

    _note(change, aloud=False)  # a form's button calls this: nobody sees what it prints


def first_choice(prediction: str) -> int | None:
    """The choice that was committed first, in the file or in this kernel; None if there is none."""
    noted = load()["predictions"].get(prediction, {}).get("choice")
    return noted if type(noted) is int else _here.get((path(), prediction))


def export_progress(target: str | os.PathLike[str] = "my-progress.json") -> Path:
    """Write the progress to a file that can be carried to another machine. Returns its path."""
    file = Path(target).expanduser().resolve()
    _write(load(), file)
    return file


def import_progress(source: str | os.PathLike[str] = "my-progress.json") -> dict[str, Any]:
    """Merge an exported file into the progress kept here; of two records the better one stays.

    Raises FileNotFoundError or ValueError with one line that says what is wrong with the file.
    """
    file = Path(source).expanduser()
    if not file.exists():
        raise FileNotFoundError(f"import_progress: there is no file {file}")
    try:
        other = _validated(json.loads(file.read_text(encoding="utf-8")))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"import_progress: {file.name} is {error}") from None

    def change(data: dict[str, Any]) -> None:
        for key, new in other["exercises"].items():
            old = data["exercises"].get(key)
            better = old is None or _rank(new) > _rank(old)
            data["exercises"][key] = copy.deepcopy(new) if better else old
        for key, new in other["predictions"].items():
            data["predictions"].setdefault(key, new)

    data = load()
    change(data)
    _note(change)
    return data


def _rank(entry: dict[str, Any]) -> int:
    return _RANK.get(str(entry.get("status")), 0)
