"""When something was handed in, and how long after the due date: in the words of each platform."""

import re
from datetime import UTC, datetime, tzinfo

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_GERMAN = {"mär": 3, "mrz": 3, "mai": 5, "okt": 10, "dez": 12}
_DIGITS = re.compile(r"(\d{4})-(\d\d)-(\d\d)[ T-](\d\d)[:-](\d\d)(?:[:-](\d\d)(?:\.\d+)?)? ?(.*)")
_CLOCK = re.compile(r"\b(\d{1,2}):?(\d\d)(?::(\d\d))?(?:\s*([ap])\.?m\b\.?)?", re.I)


def moment(text: str, zone: tzinfo) -> datetime | None:
    """The moment that a platform's text names, in UTC; None where it names none.

    zone : of a time that says none itself

    >>> moment("Montag, 5. Oktober 2026, 13:22", UTC).isoformat()
    '2026-10-05T13:22:00+00:00'
    """
    try:
        found = _in_digits(text, zone) or _in_words(text, zone)
        return found and found.astimezone(UTC)
    except (ValueError, OverflowError):  # no such day
        return None


def _in_digits(text: str, zone: tzinfo) -> datetime | None:
    match = _DIGITS.fullmatch(text.strip())
    if not match:
        return None
    *numbers, own = match.groups(default="0")
    if re.fullmatch(r"[+-]\d\d:?\d\d", own):
        date, clock = "-".join(numbers[:3]), ":".join([*numbers[3:5], numbers[5].zfill(2)])
        return datetime.fromisoformat(f"{date}T{clock}{own}")
    where = zone if not own else UTC if own in ("UTC", "Z", "GMT") else _zone(own)
    if where is None:
        return None
    year, month, day, hour, minute, second = map(int, numbers)
    return datetime(year, month, day, hour, minute, second, tzinfo=where)


def _in_words(text: str, zone: tzinfo) -> datetime | None:
    """Moodle and Brightspace: the month in letters, the other parts in any order."""
    months = [m for w in re.findall(r"[^\W\d_]{3,}", text) if (m := _month(w))]
    year = re.search(r"\b(\d{4}),?\s", text)
    day = re.search(r"(?<![\d:])(\d{1,2})(?=[.,\s])(?!\s*[ap]\.?m)", text, re.I)
    if len(months) != 1 or not year or not day or year.end() > len(text):
        return None
    clock = _CLOCK.search(text, year.end())
    if not clock:
        return None
    if re.match(r"\s*(UTC|GMT)\b", text[clock.end() :]):
        zone = UTC
    hour, half = int(clock[1]), (clock[4] or "").lower()
    if half:
        hour = hour % 12 + 12 * (half == "p")
    return datetime(int(year[1]), months[0], int(day[1]), hour, int(clock[2]),
                    int(clock[3] or 0), tzinfo=zone)  # fmt: skip


def _month(word: str) -> int:
    """The number of a month in English or German, 0 for another word (Monday, say)."""
    short = word.lower()[:3]
    return _GERMAN.get(short) or (_MONTHS.index(short) + 1 if short in _MONTHS else 0)


def zone_of(due: str | None) -> tzinfo:
    """The zone of a due date, as in "2027-01-31 23:59 Europe/Berlin"; UTC where it has none."""
    try:
        found = _in_digits(due or "", UTC)
    except (ValueError, OverflowError):
        found = None
    return (found and found.tzinfo) or UTC


def is_due_date(text: str) -> bool:
    """Whether a due date is certain: nbgrader would also take 04.10. for the tenth of April.

    >>> is_due_date("2027-01-31 23:59 Europe/Berlin"), is_due_date("04.10.2026 12:00")
    (True, False)
    """
    from nbgrader.utils import parse_utc

    when = moment(text, UTC)
    try:
        return when is not None and parse_utc(text).replace(tzinfo=UTC) == when
    except (ValueError, OverflowError):
        return False


def _zone(name: str) -> tzinfo | None:
    from dateutil import tz  # type: ignore[import-untyped]  # nbgrader reads due dates with it

    zone: tzinfo | None = tz.gettz(name)
    return zone


def stamp(when: datetime) -> str:
    """A moment as nbgrader writes it into timestamp.txt.

    >>> stamp(datetime(2026, 10, 5, 13, 22, tzinfo=UTC))
    '2026-10-05 13:22:00 UTC'
    """
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def late_by(due: str | None, handed_in: str, marked: bool) -> str:
    """Hours, minutes and seconds after the due date; empty where it was in time.

    handed_in : as `stamp` writes it, or empty; marked: the platform says that it was late

    >>> late_by("2026-10-04 13:00 UTC", "2026-10-05 13:22:00 UTC", False)
    '24:22:00'
    """
    seconds = 0
    if due and handed_in:
        from nbgrader.utils import parse_utc

        seconds = int((parse_utc(handed_in) - parse_utc(due)).total_seconds())
    if seconds <= 0:
        return "late" if marked else ""
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
