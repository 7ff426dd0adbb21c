"""What an exercise is made of.

An exercise is a reference function, a generator of test cases, hints, properties that every right
answer has, and the mistakes people make. A mistake is kept as the wrong function itself: whoever's
answer behaves like it on every case has made that mistake, and earns its message.
"""

import copy
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lessonlib.exercises.call import plain
from lessonlib.exercises.compare import Names


@dataclass(frozen=True)
class Mistake:
    """A way people get it wrong: a name, the wrong function, and what to tell them."""

    name: str
    answer: Callable[..., Any]
    message: str


@dataclass(frozen=True)
class Property:
    """Something that every right answer has, whatever the numbers: a name and what to say without.

    holds : called with the value that came back and the arguments of the case; False if violated
    also  : makes other arguments of those of a case; `holds` then gets the value for these second

    >>> rows = Property("rows sum to 1", lambda p, scores: np.allclose(p.sum(1), 1), "...")
    >>> rows.holds(np.array([[0.5, 0.5]]), None)
    True
    """

    name: str
    holds: Callable[..., Any]
    message: str
    also: Callable[..., tuple] | None = None


class Case(tuple):
    """The arguments of one call, with a word on what is special: "where two scores are equal".

    >>> case = Case("where a column never changes", [1, 1], 0)
    >>> case, case.about
    (([1, 1], 0), 'where a column never changes')
    """

    about: str

    def __new__(cls, about: str, *arguments: Any) -> "Case":
        """A tuple of the arguments that remembers what is special."""
        made = super().__new__(cls, arguments)
        made.about = about
        return made

    def __getnewargs__(self) -> tuple:
        return (self.about, *self)

    def __deepcopy__(self, memo: dict) -> "Case":
        return Case(self.about, *(copy.deepcopy(a, memo) for a in self))


def _plain(answer: Callable[..., Any], *arguments: Any) -> Any:
    """Call the answer with the arguments of a case, as most exercises do."""
    return answer(*arguments)


@dataclass(frozen=True)
class Exercise:
    """One exercise: everything `check`, `hint`, `solution` and the grader need to know.

    cases(rng) : a list of argument tuples, small ones first; `Case` says what is special in one
    use        : use(answer, *arguments) says how an answer is called; it returns plain numbers,
                 arrays, strings, tuples, lists or dicts
    read       : read(value, *arguments) makes of what `use` returned what is compared. `use` runs
                 in the student's process, `read` does not: whether anything is right is said here
    called     : called(*arguments) writes that call as the learner would, where `use` is not plain
    values     : what comes back, in words, for addresses (see `compare.Comparison`)
    parts      : pieces of the reference's code and how a tutor speaks of them
    properties : what every right answer has
    accepts    : accepts(value, *arguments) is True for a right value other than the reference's
    pure       : the statement says that the arguments stay as they are
    strict     : the statement says that the dtype is kept
    starter    : the faulty function of a find-the-bug exercise
    stub       : what the lesson has in place of an answer; of a class, its empty methods
    forbidden  : the library functions that would be the answer
    """

    id: str
    title: str
    points: int
    stars: int
    minutes: int
    reference: Callable[..., Any]
    cases: Callable[[np.random.Generator], list[tuple]]
    hints: tuple[str, ...]
    mistakes: tuple[Mistake, ...] = ()
    properties: tuple[Property, ...] = ()
    parts: Mapping[str, str] = field(default_factory=dict)
    values: Names = ()
    forbidden: tuple[str, ...] = ()
    starter: Callable[..., Any] | None = None
    stub: str = "raise NotImplementedError"
    use: Callable[..., Any] = _plain
    read: Callable[..., Any] | None = None
    called: Callable[..., str] | None = None
    accepts: Callable[..., bool] | None = None
    pure: bool = False
    strict: bool = False
    tolerance: float = 1e-8
    seconds: float = 5.0

    @property
    def name(self) -> str:
        """The name of the function or class that the learner writes."""
        return self.reference.__name__

    def tried(self, answer: Any, *arguments: Any) -> Any:
        """What is compared, of an answer that may be called here."""
        value = plain(self.use(answer, *arguments))
        return value if self.read is None else self.read(value, *arguments)

    @property
    def is_plain(self) -> bool:
        """Whether the answer is called with the arguments of a case as they are."""
        return self.use is _plain

    @property
    def arguments(self) -> list[str]:
        """The names of what a case holds: the function's arguments, or those of `use` after it."""
        if self.is_plain:
            return list(inspect.signature(self.reference).parameters)
        return list(inspect.signature(self.use).parameters)[1:]


@dataclass(frozen=True)
class WrittenQuestion:
    """A question answered in words and graded by hand; its text is in the notebook.

    `rubric` lists what earns how many points.
    """

    id: str
    title: str
    points: int
    rubric: tuple[str, ...]
