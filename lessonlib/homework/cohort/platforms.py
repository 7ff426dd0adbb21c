"""What the names of files and folders say, in the forms in which platforms export them."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import PurePosixPath

from lessonlib.homework.cohort.names import squeeze
from lessonlib.homework.lateness import moment
from lessonlib.homework.model import Homework

MOODLE = re.compile(
    r"^(?P<name>.+?)_(?P<number>\d+)_assignsubmission_(?P<plugin>[a-z]+)(?:_(?P<file>.*))?$"
)
_CANVAS = re.compile(r"^(?P<name>[^/]*?)(?P<late>_LATE)?_(?P<number>\d+)_(\d+)_(?P<file>.+)$")
_BLACKBOARD = re.compile(
    r"^(?P<before>.+)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_(?P<file>.+)|\.txt)?$"
)
_BRIGHTSPACE = re.compile(
    r"^(?P<number>\d+)-\d+ ?- ?(?P<name>.+?) ?- ?(?P<time>[^\W\d]+\.? \d{1,2},? \d{4},? .+|"
    r"\d{1,2} [^\W\d]+[.,]? \d{4},? .+)$"
)
_EXCHANGE = re.compile(r"^(?P<id>[^+]+)\+[^+]+\+(?P<time>\d{4}-\d\d-\d\d [^+]+?)(?:\+.*)?$")
_ENDING = re.compile(r"\.(ipynb|txt|json|zip|html?|pdf|py|md|docx?|csv|download|crdownload)$", re.I)
_COPY_BEFORE = re.compile(r"^(copy of|kopie von|copie de|copia de)[\s_]+", re.I)
_COPY_AFTER = re.compile(
    r"([\s_]*\(\d+\)|-checkpoint|[\s_]*-[\s_]*(copy|kopie|copie)\s*\d*|[\s_]+(copy|kopie)(\s+\d+)?)$",
    re.I,
)
_LATE = re.compile(r"(?:^|(?<=[\s_-]))LATE(?=$|[\s_-])")
_WORDS = frozenset(
    ["homework", "hw", "ha", "assignment", "exercise", "exercises", "lesson", "notebook", "answer",
     "submission", "submitted", "final", "version", "solution", "answers", "hausaufgabe", "aufgabe",
     "aufgaben", "abgabe", "blatt", "übung", "lösung", "lektion"]
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """What one part of a path says about a student.

    whole, name : the part without its ending; without the homework's name and the marks of copies
    names       : the names that a platform may have written there
    number      : the platform's number
    logins      : what may be the user name, the longest first, where the platform writes it
    certain     : no other program writes names in this form
    """

    fallback: str
    whole: str = ""
    name: str = ""
    names: tuple[str, ...] = ()
    number: str = ""
    logins: tuple[str, ...] = ()
    certain: bool = False
    late: bool = False
    handed_in: datetime | None = None
    words: frozenset[str] = field(default=_WORDS, repr=False)


def is_platforms_own(path: str) -> bool:
    """Whether a platform or nbgrader wrote a file itself, next to what a student handed in."""
    name = PurePosixPath(path).name
    attempt = _BLACKBOARD.match(name)
    return (
        name == "timestamp.txt"
        or path == "index.html"
        or bool(attempt and not attempt["file"] and name.endswith(".txt"))
    )


def place_of(part: str, zone: tzinfo, below: bool) -> Place | None:
    """What a platform says in a part of a path; None where it has no platform's form.

    below : there is a folder around it, so that Canvas's short form does not count
    """
    part = unicodedata.normalize("NFC", part)
    for pattern, make in _FORMS:
        match = pattern.match(part)
        if match and not (below and pattern is _CANVAS):
            return make(match, zone)
    return None


def _moodle(match: re.Match[str], zone: tzinfo) -> Place:
    name, number = match["name"], match["number"]
    parts = name.split("-")  # in groups Moodle writes "Group 1-Ada Lovelace"
    names = ["-".join(parts[k:]) for k in range(len(parts))]
    return Place(f"{name}_{number}", name=name, names=tuple(names), number=number, certain=True)


def _canvas(match: re.Match[str], zone: tzinfo) -> Place:
    name, number = match["name"], match["number"]
    fallback = f"{name}_{number}".strip("_")
    return Place(fallback, name=name, names=(name,), number=number, late=bool(match["late"]))


def _blackboard(match: re.Match[str], zone: tzinfo) -> Place:
    words = match["before"].split("_")
    logins = tuple("_".join(words[k:]) for k in range(len(words)))
    when = moment(match["time"], zone)
    return Place(words[-1], name=words[-1], logins=logins, certain=True, handed_in=when)


def _brightspace(match: re.Match[str], zone: tzinfo) -> Place:
    name, number = match["name"], match["number"]
    when = moment(match["time"], zone)
    names = (name,)
    return Place(f"{name}_{number}", name=name, names=names, number=number, certain=True,
                 handed_in=when)  # fmt: skip


def _exchange(match: re.Match[str], zone: tzinfo) -> Place:
    login, when = match["id"], moment(match["time"], zone)
    return Place(login, name=login, logins=(login,), certain=True, handed_in=when)


_FORMS = (
    (MOODLE, _moodle), (_BLACKBOARD, _blackboard), (_BRIGHTSPACE, _brightspace),
    (_EXCHANGE, _exchange), (_CANVAS, _canvas),
)  # fmt: skip


def plain_place(part: str, is_file: bool, homework: Homework) -> Place:
    """What a name says that a person gave: without its ending, the homework's name, marks."""
    whole = unicodedata.normalize("NFC", part)
    while is_file and (shorter := _ENDING.sub("", whole)) not in ("", whole):
        whole = shorter
    late = bool(_LATE.search(whole))
    short = _without_marks(_LATE.sub("", whole))
    title = r"[\s_-]".join(re.escape(w) for w in re.split(r"[\s_-]+", homework.name))
    bare = re.sub(rf"(?<![^\W_]){title}(?![^\W_])", " ", short, flags=re.I)
    bare = _without_marks(bare.strip(" _-+.,"))
    name = bare if squeeze(bare) else short.strip(" _-") or whole
    words = _WORDS | {squeeze(w) for w in re.split(r"[\s_-]+", homework.name)}
    return Place(name, whole, name, late=late, words=words)


def _without_marks(text: str) -> str:
    """Without what browsers, file managers and Jupyter write at a copy."""
    before = None
    while before != text:
        before = text
        text = _COPY_BEFORE.sub("", _COPY_AFTER.sub("", text)) or text
    return text.strip()
