"""Second calls: properties that compare an answer's values for two related sets of arguments.

"A constant added to all scores changes nothing" needs a call that no case makes.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from lessonlib.exercises.call import Outcome
from lessonlib.exercises.diagnosis import search

if TYPE_CHECKING:
    from lessonlib.exercises.exercise import Exercise, Property


class Second(NamedTuple):
    """A second call: whose property asks for it, the first call's arguments and value, its own."""

    wanted: "Property"
    first: tuple
    value: Any
    arguments: tuple


def wanted(exercise: "Exercise", calls: Iterable[tuple[tuple, Outcome]]) -> list[Second]:
    """The second calls that an exercise's properties ask for, given some first ones."""
    return [
        Second(p, arguments, outcome.value, p.also(*arguments))
        for p in exercise.properties
        if p.also is not None
        for arguments, outcome in calls
        if outcome.error is None and outcome.value is not None
    ]


def missed(seconds: Sequence[Second], outcomes: Sequence[Outcome]) -> list["Property"]:
    """The properties that do not hold for what the second calls gave, as far as they go."""
    pairs = zip(seconds, outcomes, strict=False)
    broken = [s.wanted for s, outcome in pairs if outcome.error is None and not _holds(s, outcome)]
    return list(dict.fromkeys(broken))


def _holds(second: Second, outcome: Outcome) -> bool:
    try:
        with search.quietly():
            return bool(second.wanted.holds(second.value, outcome.value, *second.first))
    except Exception:  # a value of another form: the property does not speak of it
        return True
