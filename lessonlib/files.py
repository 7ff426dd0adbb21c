"""Where the course's files are, and how a file is written: whole or not at all."""

import contextlib
import os
import tempfile
from pathlib import Path

from lessonlib._errors import CommandError

_PACKAGE = Path(__file__).resolve().parent


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


def copies_folder() -> Path:
    """The folder of a learner's working copies: my/ of the checkout; for a wheel, where one is."""
    lessons = notebooks_folder()
    return (lessons.parent if lessons.name == "notebooks" else Path.cwd()) / "my"


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
