"""Read folders and zip files that came from outside.

Nothing is ever unpacked under a name that came from outside; a member is read, bounded, to memory.
"""

import contextlib
import hashlib
import io
import os
import re
import stat
import unicodedata
import zipfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path

from lessonlib.homework.cohort.names import squeeze
from lessonlib.homework.cohort.platforms import is_platforms_own, place_of
from lessonlib.homework.model import HomeworkError

MOST_FILE, MOST_TOTAL, MOST_MEMBERS = 30 * 2**20, 8 * 2**30, 50_000
MOST_OF_ONE = 100  # files that are kept of a student's zip, those named as notebooks first
_MOST_NAME = 400
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_PACKED = re.compile(r"(\.(zip|ipynb|docx|xlsx|pptx|od[tsp]|download))+$", re.I)
_LISTED = b"PK\x01\x02"  # begins each entry in a zip's list of names
_NOISE = (
    "__MACOSX", ".ipynb_checkpoints", ".git", ".github", ".DS_Store", "Thumbs.db", "__pycache__",
    "site-packages", "dist-packages", "node_modules", ".venv",
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One file of the upload: its place, how to read it, when it was changed.

    `read` raises Refused or OSError, whatever is wrong with the file.
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
    Raises HomeworkError where there is nothing to read, or it is the folder of a course.
    """
    if not source.exists():
        raise HomeworkError(f"there is no {source}")
    if _is_course(source):
        raise HomeworkError(
            f"{source} is the folder of a course: put what students handed in into a folder of its "
            "own; what is in submitted/ is graded without --submissions"
        )
    refused: list[tuple[str, str]] = []
    if source.is_dir():
        found = list(_folder(source, refused))
    elif _is_zip(source):
        found = _unwrapped(list(_of_the_class(source, refused)), known)
    else:
        found = [Entry(clean(source.name), partial(_bounded, source), source.stat().st_mtime)]
    return [e for e in found if not is_noise(e.path)], refused


def clean(name: str) -> str:
    """A name from outside as one that can be shown and stored: composed, no half characters, short.

    Two long names stay two, and keep their endings.

    >>> clean("a\\udcff") == "a\\ufffd", len(clean("n" * 9999))
    (True, 400)
    """
    text = unicodedata.normalize("NFC", re.sub("[\ud800-\udfff\x00]", "\ufffd", name))
    if len(text) <= _MOST_NAME:
        return text
    mark = hashlib.sha256(text.encode()).hexdigest()[:12]
    return f"{text[: _MOST_NAME - 33]}~{mark}{text[-20:]}"


def _is_zip(path: Path) -> bool:
    """Whether a file begins as a zip file does; a notebook with one at its end is a notebook."""
    try:
        with path.open("rb") as handle:
            return handle.read(4) in _ZIP
    except OSError:
        return False


def is_noise(path: str) -> bool:
    """Whether a file is a program's own, or of an installation that was packed along."""
    return any(p in _NOISE or p.startswith("._") for p in path.split("/"))


def _unwrapped(found: list[Entry], known: Collection[str]) -> list[Entry]:
    """Without a folder that is around everything (many zip programs add one)."""
    found = [e for e in found if not is_noise(e.path)]
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
    def unread(error: OSError) -> None:
        inside = os.path.relpath(error.filename or root, root)
        refused.append((clean(inside), f"a folder that cannot be read ({error.strerror})"))

    for folder, folders, files in os.walk(root, onerror=unread):
        if _is_course(Path(folder)):
            folders[:] = []
            refused.append((clean(os.path.relpath(folder, root)), "the folder of a course"))
            continue
        folders[:] = sorted(f for f in folders if f not in _NOISE)
        for name in sorted(files):
            path = Path(folder, name)
            inside = clean(path.relative_to(root).as_posix())
            if not _is_plain(path):
                refused.append((inside, "not a plain file"))
            elif _is_zip(path):
                yield from _nested(inside, partial(_bounded, path), refused)
            else:
                yield Entry(inside, partial(_bounded, path), path.lstat().st_mtime)


def _is_course(folder: Path) -> bool:
    """Whether `lessonlib assign` has made a folder: its own notebooks are nobody's answers."""
    return all((folder / name).exists() for name in ("course.json", "gradebook.db", "homework"))


def _is_plain(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


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

    Only the list of names is kept; the zip is opened again when one of them is read. A
    timestamp.txt in it is the student's own.
    """
    folder = _PACKED.sub("", inside)
    faults: list[tuple[str, str]] = []
    try:
        with _opened(load) as archive:
            inner = _archive(archive, faults, folder, load)
            found = [e for e in inner if e.path.rpartition("/")[2] != "timestamp.txt"]
    except (Refused, OSError) as error:
        refused.append((inside, str(error)))
        return
    refused += faults[:MOST_OF_ONE]
    if len(faults) > MOST_OF_ONE:
        refused.append((inside, f"{len(faults) - MOST_OF_ONE} more files in it are not read"))
    named = [e for e in found if ".ipynb" in e.path.lower()]
    kept = (named or found)[:MOST_OF_ONE]
    if not kept:
        refused.append((inside, "no file in this zip file can be read"))
    yield from kept


def _opened(load: Callable[[], bytes]) -> zipfile.ZipFile:
    """A student's zip. Raises Refused, whatever is wrong with it."""
    raw = load()
    if raw.count(_LISTED) > MOST_MEMBERS:  # what it says of itself need not be so
        raise Refused("a zip file with too many files in it")
    try:
        return zipfile.ZipFile(io.BytesIO(raw))
    except Exception:  # a damaged one raises nearly anything
        raise Refused("a damaged zip file") from None


@lru_cache(maxsize=1)
def _last_opened(load: Callable[[], bytes]) -> zipfile.ZipFile:
    """The zip that was read last stays open: most students' files are read one after another."""
    return _opened(load)


def _from_nested(load: Callable[[], bytes], number: int) -> bytes:
    archive = _last_opened(load)
    return _member(archive, archive.infolist()[number])


def _of_the_class(source: Path, refused: list[tuple[str, str]]) -> Iterator[Entry]:
    """The files of the zip that the upload system made. Raises HomeworkError where it is none."""
    try:
        archive = zipfile.ZipFile(source)
    except Exception as error:  # a damaged one raises nearly anything
        raise HomeworkError(f"{source.name} is a damaged zip file ({error})") from None
    return _archive(archive, refused)


def _archive(
    archive: zipfile.ZipFile,
    refused: list[tuple[str, str]],
    below: str = "",
    load: Callable[[], bytes] | None = None,
) -> Iterator[Entry]:
    """The files of a zip; of a student's own also the folder that it stands for, and its bytes."""
    named = [(k, m, name_of(m)) for k, m in enumerate(archive.infolist())]
    members = [(k, m, name) for k, m, name in named if not name.endswith("/")]
    if len(members) > MOST_MEMBERS or sum(m.file_size for _, m, _ in members) > MOST_TOTAL:
        name = below or Path(archive.filename or "").name
        refused.append((name, "too many or too large files in it"))
        return
    for number, member, name in members:
        path, reason = clean(name), _fault(member, name)
        inside = f"{below}/{path}" if below else path
        if is_noise(path):
            continue
        if reason:
            refused.append((inside, reason))
        elif not path.lower().endswith(".zip"):
            here = partial(_member, archive, member)
            yield Entry(
                inside, partial(_from_nested, load, number) if load else here, _moment(member)
            )
        elif load:
            refused.append((inside, "a zip file inside a zip file"))
        else:
            yield from _nested(path, partial(_member, archive, member), refused)


def name_of(member: zipfile.ZipInfo) -> str:
    """A member's name: Macs write UTF-8 and do not say so, .NET writes backslashes."""
    name = member.orig_filename
    if not member.flag_bits & 0x800:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.split("\x00")[0].replace("\\", "/")


def _moment(member: zipfile.ZipInfo) -> float:
    """A number that orders files by when they were changed."""
    return float(sum(v * 100**k for k, v in enumerate(reversed(member.date_time))))


def _fault(member: zipfile.ZipInfo, name: str) -> str:
    """Why a member is not read, or nothing."""
    if name.startswith("/") or ".." in name.split("/") or re.match(r"^[A-Za-z]:", name):
        return "its name points outside the archive"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "a link"
    if member.flag_bits & 1:
        return "encrypted"
    if member.compress_type not in _METHODS:
        return "packed by a method that is not read here"
    if member.file_size > MOST_FILE:
        return f"larger than {MOST_FILE >> 20} MB"
    if member.file_size > 2**20 and member.file_size > 300 * max(1, member.compress_size):
        return "packed more than 300 times: not read"
    return "" if name.strip("/ ") else "it has no name"


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    try:
        with archive.open(member) as handle:
            raw = handle.read(MOST_FILE + 1)
    except Exception as error:  # a damaged member raises nearly anything
        raise Refused(f"unreadable in the zip file ({clean(str(error))})") from None
    if len(raw) > MOST_FILE:
        raise Refused(f"larger than {MOST_FILE >> 20} MB")
    return raw
