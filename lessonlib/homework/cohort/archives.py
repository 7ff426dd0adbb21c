"""Read folders and zip files that came from outside.

Nothing is ever unpacked under a name that came from outside; a member is read, bounded, to memory.
"""

import contextlib
import io
import os
import re
import stat
import unicodedata
import zipfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePosixPath

from lessonlib.homework.cohort.names import squeeze
from lessonlib.homework.cohort.platforms import is_platforms_own, place_of
from lessonlib.homework.model import HomeworkError

MOST_FILE, MOST_TOTAL, MOST_MEMBERS = 30 * 2**20, 8 * 2**30, 50_000
_NOISE = ("__MACOSX", ".ipynb_checkpoints", ".git", ".DS_Store", "Thumbs.db")


@dataclass(frozen=True)
class Entry:
    """One file of the upload: its place, how to read it, when it was changed.

    handed_in : when it was handed in, where the platform says so; late: the platform's mark
    """

    path: str
    read: Callable[[], bytes]
    time: float = 0.0
    handed_in: datetime | None = None
    late: bool = False


class Refused(Exception):
    """A member of an archive that is not read; the message says why."""


def entries(source: Path, known: Collection[str] = ()) -> tuple[list[Entry], list[tuple[str, str]]]:
    """The files of a folder, a zip or a single notebook, and what was refused.

    A folder around everything in a zip is taken off, unless it is named as a student in `known`.
    """
    if not source.exists():
        raise HomeworkError(f"there is no {source}")
    refused: list[tuple[str, str]] = []
    if source.is_dir():
        found = list(_folder(source, refused))
    elif zipfile.is_zipfile(source):
        found = _unwrapped(list(_archive(zipfile.ZipFile(source), refused)), known)
    else:
        found = [Entry(source.name, partial(_bounded, source), source.stat().st_mtime)]
    return [e for e in found if not _is_noise(e.path)], refused


def _is_noise(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return any(p in _NOISE or p.startswith("._") for p in parts)


def _unwrapped(found: list[Entry], known: Collection[str]) -> list[Entry]:
    """Without a folder that is around everything (many zip programs add one)."""
    found = [e for e in found if not _is_noise(e.path)]
    tops = {e.path.split("/")[0] for e in found if "/" in e.path}
    flat = any("/" not in e.path for e in found)
    own = [e for e in found if not is_platforms_own(e.path)]
    below = {e.path.split("/")[1] for e in own} if not flat else set()
    if len(tops) != 1 or flat or len(below) < 2:
        return found
    top = tops.pop()
    if place_of(top, UTC, below=False) or squeeze(top) in known:
        return found
    return [Entry(e.path.split("/", 1)[1], e.read, e.time) for e in found]


def _folder(root: Path, refused: list[tuple[str, str]]) -> Iterator[Entry]:
    for folder, folders, files in os.walk(root):
        folders.sort()
        for name in sorted(files):
            path = Path(folder, name)
            inside = _shown(path.relative_to(root).as_posix())
            if path.is_symlink() or not path.is_file():
                refused.append((inside, "not a plain file"))
            elif zipfile.is_zipfile(path):
                yield from _nested(inside, partial(_bounded, path), refused)
            else:
                yield Entry(inside, partial(_bounded, path), path.stat().st_mtime)


def _bounded(path: Path) -> bytes:
    with path.open("rb") as handle:
        raw = handle.read(MOST_FILE + 1)
    if len(raw) > MOST_FILE:
        raise Refused(f"larger than {MOST_FILE >> 20} MB")
    return raw


def _nested(
    inside: str, load: Callable[[], bytes], refused: list[tuple[str, str]]
) -> Iterator[Entry]:
    """The files of a zip that a student handed in, as if they lay in a folder of its name.

    Only the list of names is kept; the zip is opened again when one of them is read.
    """
    folder = inside[:-4] if inside.lower().endswith(".zip") else inside

    def one(path: str) -> bytes:
        with zipfile.ZipFile(io.BytesIO(load())) as archive:
            return _member(archive, next(m for m in archive.infolist() if name_of(m) == path))

    inner: list[tuple[str, str]] = []
    try:
        with zipfile.ZipFile(io.BytesIO(load())) as archive:
            found = list(_archive(archive, inner, depth=1))
    except (zipfile.BadZipFile, OSError):
        refused.append((inside, "a damaged zip file"))
    except Refused as error:
        refused.append((inside, str(error)))
    else:
        refused += [(f"{folder}/{path}", reason) for path, reason in inner]  # whose it is shows
        for entry in found:
            yield Entry(f"{folder}/{entry.path}", partial(one, entry.path), entry.time)


def _archive(
    archive: zipfile.ZipFile, refused: list[tuple[str, str]], depth: int = 0
) -> Iterator[Entry]:
    members = [m for m in archive.infolist() if not name_of(m).endswith("/")]
    if len(members) > MOST_MEMBERS or sum(m.file_size for m in members) > MOST_TOTAL:
        name = Path(archive.filename).name if archive.filename else "."
        refused.append((name, "too many or too large files in it"))
        return
    for member in members:
        reason, name = _fault(member), name_of(member)
        if reason:
            refused.append((name, reason))
        elif name.lower().endswith(".zip"):
            if depth:
                refused.append((name, "a zip file inside a zip file"))
            else:
                yield from _nested(name, partial(_member, archive, member), refused)
        else:
            moment = member.date_time
            order = float(sum(v * 100**k for k, v in enumerate(reversed(moment))))
            yield Entry(name, partial(_member, archive, member), order)


def name_of(member: zipfile.ZipInfo) -> str:
    """A member's name: Macs write UTF-8 and do not say so, .NET writes backslashes."""
    name = member.orig_filename
    if not member.flag_bits & 0x800:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return _shown(name.split("\x00")[0].replace("\\", "/"))


def _shown(name: str) -> str:
    """A name in one normal form, without half characters, which no file can be written with."""
    text = name.encode("utf-8", errors="surrogateescape").decode("utf-8", errors="replace")
    return unicodedata.normalize("NFC", text)


def _fault(member: zipfile.ZipInfo) -> str:
    """Why a member is not read, or nothing."""
    name = name_of(member)
    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts or re.match(r"^[A-Za-z]:", name):
        return "its name points outside the archive"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "a link"
    if member.flag_bits & 1:
        return "encrypted"
    if member.file_size > MOST_FILE:
        return f"larger than {MOST_FILE >> 20} MB"
    if member.file_size > 2**20 and member.file_size > 300 * max(1, member.compress_size):
        return "packed more than 300 times: not read"
    return ""


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    try:
        with archive.open(member) as handle:
            raw = handle.read(MOST_FILE + 1)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise Refused(f"unreadable in the zip file ({error})") from None
    if len(raw) > MOST_FILE:
        raise Refused(f"larger than {MOST_FILE >> 20} MB")
    return raw
