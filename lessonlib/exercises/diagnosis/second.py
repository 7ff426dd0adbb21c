"""Second calls: properties that compare an answer's values for two related sets of arguments.

"A constant added to all scores changes nothing" needs a call that no case makes.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from lessonlib.exercises.call import Outcome
from lessonlib.exercises.compare import difference
from lessonlib.exercises.diagnosis import search
from lessonlib.exercises.exercise import Exercise, Property

AGAIN = Property(
    "keeps something between calls",
    lambda first, again, *arguments: difference(again, first) is None,
    "The same call gives another result the second time. Is something drawn at "
    "random, such as an order? Or kept between the calls: a list or dict as a default value, a "
    "variable outside the function?",
    also=lambda *arguments: arguments,
)


class Second(NamedTuple):
    """A second call: whose property asks for it, the first call's arguments and value, its own."""

    wanted: Property
    first: tuple
    value: Any
    arguments: tuple


def wanted(exercise: Exercise, calls: Iterable[tuple[tuple, Outcome]]) -> list[Second]:
    """The second calls that an exercise's properties ask for, given some first ones.

    The first two repeat a call: where something is kept, no comparison means anything. In a
    process of its own, which has kept nothing yet, the second one shows it.
    """
    calls = [(arguments, o) for arguments, o in calls if o.error is None and o.value is not None]
    again = [Second(AGAIN, arguments, outcome.value, arguments) for arguments, outcome in calls[:1]]
    return 2 * again + [
        Second(p, arguments, outcome.value, p.also(*arguments))
        for p in exercise.properties
        if p.also is not None
        for arguments, outcome in calls
    ]


def missed(seconds: Sequence[Second], outcomes: Sequence[Outcome]) -> list[Property]:
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
