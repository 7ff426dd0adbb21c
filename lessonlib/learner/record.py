"""The learner's own progress: one small JSON file, written atomically, easy to carry along.

It is at `~/.lessonlib/progress.json`, or where the environment variable LESSONLIB_PROGRESS
points; the value `off` switches recording off (tests, grading, making the committed notebooks).
"""

import contextlib
import datetime
import json
import os
from pathlib import Path
from typing import Any

from lessonlib.files import write

_RANK = {"not attempted": 0, "not yet": 1, "correct": 2}
_EMPTY = {"version": 1, "exercises": {}, "predictions": {}}
_here: dict[tuple[Path | None, str], int] = {}  # choices of this kernel, kept also without a file


def path() -> Path | None:
    """Where progress is kept, or None when it is switched off."""
    where = os.environ.get("LESSONLIB_PROGRESS", "")
    if where.strip().lower() == "off":
        return None
    return Path(where).expanduser() if where else Path.home() / ".lessonlib" / "progress.json"


def load() -> dict[str, Any]:
    """Read the progress file; a damaged one is put aside and a fresh start made."""
    file = path()
    if file is None or not file.exists():
        return json.loads(json.dumps(_EMPTY))
    try:
        return _validated(json.loads(file.read_text(encoding="utf-8")))
    except ValueError:
        aside = file.with_name(f"{file.stem}.damaged-{datetime.datetime.now():%Y%m%d-%H%M%S}.json")
        file.replace(aside)
        return json.loads(json.dumps(_EMPTY))


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


def _store(data: dict[str, Any]) -> None:
    """Save where possible: a full or read-only disk must not stop a lesson."""
    file = path()
    if file is not None:
        try:
            _write(data, file)
        except OSError:
            return


def note_check(exercise: str, status: str, mistake: str | None) -> None:
    """Note one call of `check`; the best status reached so far is kept."""
    if path() is None:
        return
    data = load()
    entry = data["exercises"].setdefault(exercise, {"status": status, "tries": 0, "hints": 0})
    if _RANK.get(status, 0) >= _RANK.get(entry.get("status"), 0):
        entry["status"] = status
    if status != "not attempted":
        entry["tries"] = int(entry.get("tries", 0)) + 1
        entry["when"] = datetime.date.today().isoformat()
    if mistake:
        entry["mistakes"] = sorted({*entry.get("mistakes", []), mistake})
    _store(data)


def note_hint(exercise: str, shown: int) -> None:
    """Note how many hints have been asked for."""
    if path() is None:
        return
    data = load()
    entry = data["exercises"].setdefault(
        exercise, {"status": "not attempted", "tries": 0, "hints": 0}
    )
    entry["hints"] = max(int(entry.get("hints", 0)), shown)
    _store(data)


def note_prediction(prediction: str, choice: int, right: bool) -> None:
    """Note a committed prediction; the first one counts."""
    _here.setdefault((path(), prediction), choice)
    if path() is None:
        return
    with contextlib.suppress(OSError):  # a file that cannot be read must not stop a lesson
        data = load()
        data["predictions"].setdefault(prediction, {"choice": choice, "right": right})
        _store(data)


def first_choice(prediction: str) -> int | None:
    """The choice that was committed first, in the file or in this kernel; None if there is none."""
    try:
        noted = load()["predictions"].get(prediction, {}).get("choice")
    except OSError:  # the file cannot be read
        noted = None
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
    except ValueError as error:
        raise ValueError(f"import_progress: {file.name} is {error}") from None
    data = load()
    for key, new in other["exercises"].items():
        old = data["exercises"].get(key)
        better = old is None or _RANK.get(new.get("status"), 0) > _RANK.get(old.get("status"), 0)
        data["exercises"][key] = new if better else old
    for key, new in other["predictions"].items():
        data["predictions"].setdefault(key, new)
    _store(data)
    return data
