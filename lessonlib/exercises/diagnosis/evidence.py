"""What is known about a wrong answer: the cases, what came back, what was expected."""

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from lessonlib.exercises.call import Outcome
from lessonlib.exercises.compare import Comparison, Difference, leaves

if TYPE_CHECKING:
    from lessonlib.exercises.exercise import Exercise

SECONDS = 2.6  # of processor time, for everything that is tried on one wrong answer


class Budget:
    """Processor seconds of this thread that may be spent.

    >>> Budget(5.0).left() > 4
    True
    """

    def __init__(self, seconds: float) -> None:
        self.end = time.thread_time() + seconds

    def left(self) -> float:
        """Seconds that are left; not above 0 when the time is over."""
        return self.end - time.thread_time()


@dataclass(frozen=True)
class Case:
    """One call: its arguments, what it did, what was expected, and the first difference."""

    arguments: tuple
    outcome: Outcome
    want: Any
    fault: Difference | None

    @property
    def failed(self) -> bool:
        """Whether the answer is wrong here."""
        return self.fault is not None or self.outcome.error is not None


@dataclass
class Evidence:
    """A wrong answer to an exercise: the cases that show it, and fresh ones to confirm with.

    answer : the learner's function, None where it runs in another process
    """

    exercise: "Exercise"
    cases: list[Case]
    fresh: list[Case] = field(default_factory=list)
    answer: Any = None
    budget: Budget = field(default_factory=lambda: Budget(SECONDS))

    @property
    def all(self) -> list[Case]:
        """All cases, the smallest one that shows the fault first."""
        first = self.smallest
        return [first, *(c for c in [*self.cases, *self.fresh] if c is not first)]

    @property
    def failed(self) -> list[Case]:
        """The cases in which the answer is wrong, fresh ones last."""
        return [c for c in [*self.cases, *self.fresh] if c.failed]

    @property
    def smallest(self) -> Case:
        """The smallest case that shows the fault; one with a single number comes last."""
        wrong = [c for c in self.cases if c.failed] or self.failed
        return min(wrong, key=lambda c: (_is_tiny(c), sum(map(_entries, c.arguments))))

    @property
    def constant(self) -> bool:
        """Whether the answer is made of one and the same whole number, whatever it is given."""
        found = [np.asarray(leaf) for case in self.all for leaf in leaves(case.outcome.value)]
        if any(part.dtype.kind not in "bi" for part in found):
            return False
        return len({entry for part in found for entry in part.flat}) == 1

    def agrees(self, got: Any, want: Any) -> bool:
        """Whether two values are the same to this exercise."""
        return Comparison(self.exercise.tolerance, strict=False).compare(got, want) is None


def _is_tiny(case: Case) -> bool:
    """Whether a case has so few numbers that too many mistakes look alike in it."""
    arrays = [a for a in case.arguments if hasattr(a, "size")]
    return _entries(case.want) <= 1 and any(a.size <= 1 for a in arrays)


def _entries(value: Any) -> int:
    if isinstance(value, tuple | list):
        return sum(map(_entries, value))
    if isinstance(value, dict):
        return sum(map(_entries, value.values()))
    return int(getattr(value, "size", 1)) if not isinstance(value, str) else 1
