"""The cases that an answer is called on, and how much each of them is worth.

Some cases say little about an answer: the lesson shows their result, or an answer without any work
gets them right too (the same for every input, zeros, an argument, the code as handed out). A case
that such answers pass weighs less, and what the best of them earns is taken off everyone's share.
"""

import itertools
import pickle
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np

from lessonlib.exercises.call import Outcome, call
from lessonlib.exercises.judge import SEED, Exercise, agrees, expected

_MOST_DRAWS = 6
_ENOUGH = 5  # cases that only a program which computes something gets right
_MOST_CHOICES = 64  # of arguments for the parts of a tuple
_GIVEN_AWAY = 0.25  # the most that may be had for passing without work, and for a known mistake
Passed = np.ndarray  # of bool, one for each case


@dataclass
class Cases:
    """The lesson's cases, known to everyone, and the homework's own.

    wants : what the reference returns, for the public cases and then for the hidden ones
    """

    exercise: Exercise
    public: list[tuple]
    hidden: list[tuple]
    wants: list[Any]

    @staticmethod
    def of(exercise: Exercise, seed: int, extra: Iterable[tuple] = ()) -> "Cases":
        """Draw the homework's own cases: again for new ones, until enough of them ask for work."""
        seeds: list[int] = [seed, zlib.crc32(exercise.id.encode())]
        public = exercise.cases(np.random.default_rng(SEED))
        hidden = [*exercise.cases(np.random.default_rng(seeds)), *extra]
        drawn = _with_wants(exercise, public, hidden)
        for k in range(1, _MOST_DRAWS):
            if sum(drawn.ease == 0) >= _ENOUGH:
                break
            known = {pickle.dumps(c) for c in drawn.every}
            more = exercise.cases(np.random.default_rng([*seeds, k]))
            new = [c for c in more if pickle.dumps(c) not in known]
            drawn = _with_wants(exercise, public, [*drawn.hidden, *new])
        return drawn

    @property
    def every(self) -> list[tuple]:
        """All cases, the public ones first."""
        return [*self.public, *self.hidden]

    @cached_property
    def shown(self) -> Passed:
        """Which cases are among those that the lesson shows."""
        known = {pickle.dumps(c) for c in self.public}
        return np.array([pickle.dumps(c) in known for c in self.every])

    @cached_property
    def without_work(self) -> dict[str, list[Passed]]:
        """What the answers of each kind that take no work get right."""
        kinds: dict[str, list[Passed]] = {}
        for kind, values in _without_work(self):
            kinds.setdefault(kind, []).append(self.passed([Outcome(value=v) for v in values]))
        return kinds

    def passed(self, outcomes: list[Outcome], first: int = 0) -> Passed:
        """Which of the cases from the position `first` on are right."""
        return np.array([
            agrees(self.exercise, self.every[k], outcome, self.wants[k])
            for k, outcome in enumerate(outcomes, first)
        ], dtype=bool)  # fmt: skip

    @cached_property
    def ease(self) -> np.ndarray:
        """By how many kinds of answers without work each case is passed; looking it up is one."""
        kinds = [np.logical_or.reduce(found) for found in self.without_work.values()]
        return np.sum([self.shown, *kinds], axis=0)

    def share(self, passed: Passed) -> float:
        """The weighted share of the cases passed, above what an answer without work gets.

        share = (s - s_0) / (1 - s_0), at least 0, with s = sum of w over the passed / sum of w,
        w = 1 / (1 + ease)^3 and s_0 the largest s of an answer without work that knows the results
        that the lesson shows.
        """
        weight = (1.0 + self.ease) ** -3
        weight /= weight.sum()
        tries = itertools.chain([self.shown], *self.without_work.values())
        given = max(weight @ (self.shown | p) for p in tries)
        if given > 1 - 1e-9:  # whoever knows what is shown passes: nothing more can be asked for
            return float(passed.mean())
        return max(0.0, float((weight @ passed - given) / (1 - given)))

    def points(self, public: Passed, hidden: Passed, recognised: bool) -> float:
        """The share of the points; never more than the plain share of the cases passed.

        A known mistake was made by somebody who worked: it earns up to a quarter in any case.
        """
        passed = np.concatenate([public, hidden])
        plain = float(min(hidden.mean(), passed.mean()))
        if plain == 1.0:
            return 1.0
        earned = min(plain, self.share(passed))
        return max(earned, min(plain, _GIVEN_AWAY)) if recognised else earned


def _with_wants(exercise: Exercise, public: list[tuple], hidden: list[tuple]) -> Cases:
    return Cases(exercise, public, hidden, [expected(exercise, c) for c in [*public, *hidden]])


def _without_work(cases: Cases) -> Iterator[tuple[str, list[Any]]]:
    """(kind, the values for all cases) of answers that take no work."""
    exercise, every = cases.exercise, cases.every
    programs: list[tuple[str, Callable[..., Any] | None]] = [("starter", exercise.starter)]
    if exercise.is_plain:
        yield from _values(cases)
    else:  # what such an answer returns is not yet what is compared
        same: tuple[Any, ...] = (0, 1, "", [], ())
        programs += [("constant", partial(_constant, value)) for value in same]
        programs += [("argument", partial(_argument, k)) for k in range(3)]
    for kind, program in programs:
        if program is not None:
            yield kind, [call(exercise.tried, program, c, exercise.seconds).value for c in every]


def _values(cases: Cases) -> Iterator[tuple[str, list[Any]]]:
    """The same for every case, the same number everywhere, one argument or several."""
    every, wants = cases.every, cases.wants
    shown = {pickle.dumps(w): w for w in wants[: len(cases.public)]}
    for value in shown.values():
        yield "constant", [value] * len(every)
    fills: tuple[Callable[[Any], Any], ...] = (np.zeros_like, np.ones_like)
    for fill in fills:
        yield "shape", [_filled(want, fill) for want in wants]
    width = min(map(len, every))
    for k in range(width):
        yield "argument", [case[k] for case in every]
    parts = {len(w) if isinstance(w, tuple | list) else 0 for w in wants}
    count = parts.pop() if len(parts) == 1 else 0
    if count and width**count <= _MOST_CHOICES:
        for chosen in itertools.product(range(width), repeat=count):
            yield "argument", [tuple(case[k] for k in chosen) for case in every]


def _constant(value: Any, *arguments: Any, **named: Any) -> Any:
    return value


def _argument(k: int, *arguments: Any) -> Any:
    return arguments[k]


def _filled(want: Any, fill: Callable[[Any], Any]) -> Any:
    """A value of the same form with the same number everywhere."""
    if isinstance(want, tuple | list):
        return type(want)(_filled(v, fill) for v in want)
    if isinstance(want, dict):
        return {k: _filled(v, fill) for k, v in want.items()}
    if isinstance(want, np.ndarray | np.generic | float | int):
        return fill(want)[()]
    return ""
