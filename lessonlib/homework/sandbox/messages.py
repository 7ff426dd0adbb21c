"""What a student's process may tell the grader, and in which order: anything else ends the run.

The student's code is in that process and may send what it likes. A message is read into one of the
forms below before anything is done with it, and it has to be the next step of the run: so the
number of messages is bounded too.
"""

from dataclasses import dataclass
from typing import Any

from lessonlib.homework.sandbox.wire import WireError

_OUT, _ERROR, _LINE, _NAME, _PRINTED = 20_000, 600, 200, 100, 500


@dataclass(frozen=True)
class Room:
    """The room could not be closed; said before any code of the student runs."""

    error: str


@dataclass(frozen=True)
class Begun:
    """A cell, or a call, begins."""

    index: int


@dataclass(frozen=True)
class Ran:
    """A cell has ended: its error, its line, and what it printed."""

    index: int
    error: list[str]
    missing: str
    line: str
    out: str
    err: str


@dataclass(frozen=True)
class Answer:
    """What the cells have left under the answer's name: missing, value or ready."""

    state: str
    shown: str


@dataclass(frozen=True)
class Called:
    """A call has ended."""

    index: int
    value: Any
    error: list[str]
    missing: str
    line: str
    printed: str
    mutated: int | None


@dataclass(frozen=True)
class End:
    """All calls have been made."""


Message = Room | Begun | Ran | Answer | Called | End


class Reader:
    """Reads the messages of one run and follows its steps.

    cells : the cells that were asked for, in their order; calls: how many calls there may be,
            until there are `more`
    """

    def __init__(self, cells: list[int], calls: int) -> None:
        self.cells, self.calls = cells, calls
        self.begun: int | None = None  # the cell or call that is running
        self.ran, self.last, self.first = 0, -1, True
        self.calling = False

    def more(self, calls: int) -> None:
        """Further calls are handed over, and nothing is heard of an earlier one any longer."""
        self.last = self.calls - 1
        self.calls += calls

    def read(self, message: Any) -> Message:
        """The next step. Raises WireError for anything that is no message or not the next step."""
        if type(message) is not dict or type(message.get("event")) is not str:
            raise WireError("not a message")
        event, first, self.first = message["event"], self.first, False
        if event == "room" and first:
            return Room(_text(message, "error", 300))
        step = (_CALL if self.calling else _CELL).get(event)
        if step is None:
            raise WireError("a message that does not belong here")
        return step(self, message)

    def _cell(self, message: dict) -> Message:
        index = _whole(message, "index")
        if self.begun is not None or self.cells[self.ran : self.ran + 1] != [index]:
            raise WireError("a cell that is not the next one")
        self.begun = index
        return Begun(index)

    def _ran(self, message: dict) -> Message:
        index = self._ended(message)
        self.ran += 1
        out, err = _text(message, "out", _OUT), _text(message, "err", _OUT)
        return Ran(index, _error(message), _missing(message), _line(message), out, err)

    def _answer(self, message: dict) -> Message:
        state = _text(message, "state", _NAME)
        if self.begun is not None or self.ran < len(self.cells):
            raise WireError("an answer before the last cell")
        if state not in ("missing", "value", "ready"):
            raise WireError("an answer of no known kind")
        self.calling = state == "ready"
        return Answer(state, _text(message, "shown", _NAME))

    def _case(self, message: dict) -> Message:
        index = _whole(message, "index")
        if self.begun is not None or not self.last < index < self.calls:
            raise WireError("a call that is not one of the next")
        self.begun = self.last = index
        return Begun(index)

    def _outcome(self, message: dict) -> Message:
        index, mutated = self._ended(message), message.get("mutated")
        if mutated is not None and not (type(mutated) is int and 0 <= mutated < 100):
            raise WireError("no position of an argument")
        value, printed = message.get("value"), _text(message, "printed", _PRINTED)
        return Called(
            index, value, _error(message), _missing(message), _line(message), printed, mutated
        )

    def _end(self, message: dict) -> Message:
        if self.begun is not None:
            raise WireError("an end in the middle of a call")
        return End()

    def _ended(self, message: dict) -> int:
        index = _whole(message, "index")
        if index != self.begun:
            raise WireError("an end of what has not begun")
        self.begun = None
        return index


_CELL = {"cell": Reader._cell, "ran": Reader._ran, "answer": Reader._answer}
_CALL = {"case": Reader._case, "outcome": Reader._outcome, "end": Reader._end}


def _text(message: dict, name: str, most: int) -> str:
    value = message.get(name, "")
    if type(value) is not str:
        raise WireError(f"{name} is no text")
    return value[:most]


def _whole(message: dict, name: str) -> int:
    value = message.get(name)
    if type(value) is not int:
        raise WireError(f"{name} is no whole number")
    return value


def _error(message: dict) -> list[str]:
    """(kind, text) of an error, or nothing."""
    value = message.get("error")
    if value is None:
        return []
    if type(value) is not list or len(value) != 2 or {type(v) for v in value} != {str}:
        raise WireError("no description of an error")
    return [value[0][:_NAME], value[1][:_ERROR]]


def _missing(message: dict) -> str:
    return _text(message, "missing", _NAME)


def _line(message: dict) -> str:
    return _text(message, "line", _LINE)
