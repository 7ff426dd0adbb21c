"""What is wrong with the machine or the course folder, in words.

A full disk, a gradebook that is locked or damaged: it ends the run with one line and costs no
student anything. The same command goes on where it was.
"""

import contextlib
import errno
import sqlite3
from collections.abc import Iterator

from lessonlib.homework.model import HomeworkError

_AGAIN = "What has been graded is kept: start the same command again, and it goes on"
_FULL = "the disk is full: make room on it"
_READ_ONLY = "cannot be read or written: give this account the right to it"
DAMAGED = "is damaged: put back your backup of it"
_LOCKED = "is locked by another program: close it (formgrader, a backup)"
_BY_NUMBER = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EROFS: _READ_ONLY,
    errno.EACCES: _READ_ONLY,
    errno.EPERM: _READ_ONLY,
}
_OF_GRADEBOOK = {
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: _READ_ONLY,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_IOERR: "cannot be read: look at the disk",
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: DAMAGED,
}


class Fault(HomeworkError):
    """Nobody can be graded until somebody puts something right; the message says what."""


def fault_of(error: BaseException) -> Fault | None:
    """The fault that an error comes from; None for an error that is another's.

    >>> print(fault_of(OSError(errno.ENOSPC, "No space left", "/fall/x")).args[0][:41])
    /fall/x: the disk is full: make room on i
    >>> fault_of(ValueError("no space left"))
    """
    for cause in _causes(error):
        if isinstance(cause, Fault):
            return cause
        if isinstance(cause, sqlite3.Error):
            said = _OF_GRADEBOOK.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF)
            if said:
                return Fault(f"gradebook.db{':' if said == _FULL else ''} {said}. {_AGAIN}")
        if isinstance(cause, OSError) and "usable temporary directory" in str(cause):
            return Fault(f"no temporary folder can be written: make room on the disk. {_AGAIN}")
        if isinstance(cause, OSError) and cause.errno in _BY_NUMBER:
            said = _BY_NUMBER[cause.errno]
            where = cause.filename2 or cause.filename
            place = f"{where}{':' if said == _FULL else ''} " if where else ""
            return Fault(f"{place}{said}. {_AGAIN}")
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error and those that it came from."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        inner = getattr(error, "orig", None)  # SQLAlchemy keeps the database's own error there
        if isinstance(inner, BaseException):
            yield inner
        error = error.__cause__ or error.__context__


@contextlib.contextmanager
def in_words() -> Iterator[None]:
    """Raise Fault in place of an error that is the machine's or the course folder's."""
    try:
        yield
    except Exception as error:
        fault = fault_of(error)
        if fault is None or fault is error:
            raise
        raise fault from error
