"""Where the course's files are, and how a file is written: whole or not at all."""

import contextlib
import os
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from lessonlib._errors import CommandError

_PACKAGE = Path(__file__).resolve().parent
_PATIENCE = 2.0  # seconds to wait for another program that holds a lock
_STALE = 10.0  # seconds after which a lock is of a program that ended without removing it


def data_folder() -> Path:
    """The folder of the embedded files: data/ in a checkout, lessonlib/_data in an installed wheel.

    >>> (data_folder() / "digits.npz").exists()
    True
    """
    for folder in (_PACKAGE / "_data", _PACKAGE.parent / "data"):
        if (folder / "digits.npz").exists():
            return folder
    raise FileNotFoundError(
        "data_folder: neither lessonlib/_data nor data/ holds digits.npz; is the checkout complete?"
    )


def notebooks_folder() -> Path:
    """The folder of the lessons: notebooks/ in a checkout, lessonlib/_notebooks in a wheel.

    Raises CommandError where neither exists.
    """
    for folder in (_PACKAGE.parent / "notebooks", _PACKAGE / "_notebooks"):
        if folder.is_dir():
            return folder
    raise CommandError(
        f"no lessons found: neither notebooks/ next to {_PACKAGE} nor _notebooks/ in it"
    )


ORIGIN = ".origin.json"  # in a folder of working copies: which lessons they were made from


def is_checkout() -> bool:
    """Whether the lessons are those of a clone, which has a folder my/ for the working copies."""
    return notebooks_folder().name == "notebooks"


def copies_folder() -> Path:
    """The folder of a learner's working copies: my/ of the checkout; for a wheel, where one is."""
    if is_checkout():
        return notebooks_folder().parent / "my"
    here = Path.cwd()
    return here if here.name == "my" or (here / ORIGIN).exists() else here / "my"


def own_folder() -> Path:
    """The folder of a learner's accepted answers: my/own/, or where LESSONLIB_OWN points."""
    if where := os.environ.get("LESSONLIB_OWN", ""):
        return Path(where).expanduser()
    try:
        return copies_folder() / "own"
    except (CommandError, OSError):  # neither the lessons nor the current folder are there
        return Path("my", "own")


def free_name(path: Path, today: date) -> Path:
    """A name next to a file, with the date, that no file has yet.

    >>> free_name(Path("nowhere/03.ipynb"), date(2026, 11, 21)).name
    '03.2026-11-21.ipynb'
    """
    free, count = path.with_suffix(f".{today.isoformat()}{path.suffix}"), 1
    while free.exists():
        count += 1
        free = path.with_suffix(f".{today.isoformat()}-{count}{path.suffix}")
    return free


def write(path: Path, content: str | bytes) -> None:
    """Write a file under another name first, so that an interruption leaves the old one whole.

    Text is written in UTF-8 with line ends as they are; missing folders are made.
    Raises OSError where the disk is full or the folder cannot be written to.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content.encode() if isinstance(content, str) else content)
            out.flush()
            os.fsync(out.fileno())  # before the rename, or a power cut leaves an empty file
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


@contextlib.contextmanager
def lock(path: Path) -> Iterator[None]:
    """Let one program at a time read and write a file: the others wait for it.

    The lock is a file next to it. Where none can be made (a folder that cannot be written), and
    where the other program takes longer than two seconds, the work goes on without one.
    """
    taken = path.with_name(f".{path.name}.lock")
    held = _take(taken)
    try:
        yield
    finally:
        if held:
            with contextlib.suppress(OSError):
                taken.unlink()


def _take(taken: Path) -> bool:
    """Make a lock file. False where that cannot be done in time."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        try:
            os.close(os.open(taken, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            return True
        except FileExistsError:
            _remove_if_stale(taken)
        except OSError:
            if os.name != "nt":
                return False
            end = min(end, time.monotonic() + 0.2)  # Windows also says this of a lock that goes
        time.sleep(0.01)
    return False


def _remove_if_stale(taken: Path) -> None:
    with contextlib.suppress(OSError):
        if time.time() - taken.stat().st_mtime > _STALE:
            taken.unlink()
