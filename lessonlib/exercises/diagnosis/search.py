"""Search the list of edits: which one makes the reference wrong in the learner's way (twin), which
one makes the learner's answer right (repair)."""

import ast
import contextlib
import copy
import io
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from lessonlib.exercises.call import TimeUp, plain, time_limit
from lessonlib.exercises.compare import Comparison, as_array, leaves
from lessonlib.exercises.diagnosis.edits import Edit
from lessonlib.exercises.diagnosis.evidence import Budget, Case, Evidence
from lessonlib.exercises.diagnosis.program import Program

_SHORTEST, _LONGEST = 0.04, 0.4  # seconds by the clock for one case of one edited program
_MOST_PAIRS = 6  # single edits that are good enough to look for a second one
# two at once are believed only of kinds that happen every day
PAIRED = {
    "comparison", "left out", "axis", "keyword", "function", "transpose", "order of the results",
    "line left out", "set instead of added up", "added up instead of set", "range", "slice",
}  # fmt: skip
STOPPED = object()  # stands for the value of a call that stopped with an error


@dataclass(frozen=True)
class Target:
    """A case and what a program has to do there: return a value, or stop with an error."""

    arguments: tuple
    value: Any


class Search:
    """Tries edits of a program until it does on every case what is wanted there."""

    def __init__(
        self,
        use: Callable,
        program: Program,
        targets: list[Target],
        tolerance: float,
        can_say: Callable[[Edit], bool],
        line: int | None = None,
    ) -> None:
        self.use, self.program, self.targets, self.line = use, program, targets, line
        self.comparison, self.can_say = Comparison(tolerance), can_say
        self.limits = [_LONGEST] * len(targets)

    def single(self, budget: Budget) -> tuple[list[Edit], list[Edit]]:
        """(the edits that do it: one or none, single edits that come nearer), the nearest first.

        An edit of which nothing can be said but that it is there is kept for want of a better one.
        """
        nearer: list[tuple[float, Edit]] = []
        vague: list[Edit] = []
        base = self._likeness(self._unchanged())
        edits = sorted(self.program.edits(), key=lambda edit: edit.line != self.line)
        for edit in self._while_time(edits, budget):
            with edit:
                value, fits = self._try()
            if fits and self.can_say(edit):
                return [edit], []
            if fits:
                vague = vague or [edit]
            elif edit.kind in PAIRED and base < (likeness := self._likeness(value)):
                nearer.append((likeness, edit))
        nearer.sort(key=lambda pair: -pair[0])
        return vague, [edit for _, edit in nearer[:_MOST_PAIRS]]

    def pair(self, nearer: list[Edit], budget: Budget) -> list[Edit]:
        """Two edits that do it together; the first is one that comes nearer by itself."""
        for first in nearer:
            with first:
                for second in self._while_time(self.program.edits(), budget):
                    same = second.parent is first.parent and second.field == first.field
                    if same or not _may_be_second(second) or not self.can_say(second):
                        continue
                    with second:
                        _, fits = self._try()
                    if fits:
                        return [first, second]
        return []

    def _while_time(self, edits: list[Edit], budget: Budget) -> Iterator[Edit]:
        for edit in edits:
            if budget.left() <= 0:
                return
            yield edit

    def _unchanged(self) -> Any:
        """The value on the first case before any edit; notes how long each case may take."""
        try:
            answer = self.program.build()
        except Exception:
            return STOPPED
        values = []
        for k, target in enumerate(self.targets):
            started = time.perf_counter()
            values.append(self._run(answer, target.arguments, _LONGEST))
            took = time.perf_counter() - started
            self.limits[k] = min(_LONGEST, max(_SHORTEST, 10 * took))
        return values[0]

    def _try(self) -> tuple[Any, bool]:
        """The value on the first case, and whether all cases fit, for the program as it is now."""
        try:
            answer = self.program.build()
        except (SyntaxError, ValueError, TypeError, NameError, AttributeError, RecursionError):
            return STOPPED, False
        first: Any = STOPPED
        for k, target in enumerate(self.targets):
            value = self._run(answer, target.arguments, self.limits[k])
            first = value if k == 0 else first
            if not self._fits(value, target.value):
                return first, False
        return first, True

    def _run(self, answer: Callable, arguments: tuple, seconds: float) -> Any:
        given = tuple(copy.deepcopy(a) for a in arguments)
        try:
            with time_limit(seconds):
                return plain(self.use(answer, *given))
        except KeyboardInterrupt:
            raise
        except (Exception, TimeUp, SystemExit):
            return STOPPED

    def _fits(self, value: Any, wanted: Any) -> bool:
        if value is STOPPED or wanted is STOPPED:
            return value is wanted
        return self.comparison.compare(value, wanted) is None

    def _likeness(self, value: Any) -> float:
        """Which share of the first case's numbers agrees; counted part by part."""
        wanted = self.targets[0].value
        if value is STOPPED or wanted is STOPPED:
            return 0.0
        mine, right = list(leaves(value)), list(leaves(wanted))
        if len(mine) != len(right):
            return 0.0
        return float(np.mean([_share(a, b) for a, b in zip(mine, right, strict=True)]))


def _may_be_second(edit: Edit) -> bool:
    """Whether an edit is believed next to another. An axis that is kept as well fits too much."""
    keeps = any(k.arg == "keepdims" for k in getattr(edit.other, "keywords", ()))
    return edit.kind in PAIRED and not (keeps and edit.note == "keepdims")


def _share(a: Any, b: Any) -> float:
    x, y = as_array(a), as_array(b)
    if x is None or y is None:
        return float(isinstance(a, str) and a == b) if isinstance(b, str) else 0.0
    if x.shape != y.shape:
        return 0.0
    x, y = x.astype(np.float64), y.astype(np.float64)
    with np.errstate(all="ignore"):
        return float(np.mean(np.abs(x - y) <= 1e-8 * np.maximum(1, np.abs(y)))) if x.size else 1.0


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Without warnings of NumPy and without what an edited program prints."""
    silent = io.StringIO()
    with (
        np.errstate(all="ignore"),
        warnings.catch_warnings(),
        contextlib.redirect_stdout(silent),
        contextlib.redirect_stderr(silent),
    ):
        warnings.simplefilter("ignore")
        yield


def can_be_tried(program: Program) -> bool:
    """Whether its loops can be ended: in a browser nothing can stop a `while`."""
    return sys.platform != "emscripten" or not program.has(ast.While)


def twin(
    evidence: Evidence, reference: Program, can_say: Callable[[Edit], bool], seconds: float
) -> list[Edit]:
    """The edits of the reference, one or two, that make it behave like the answer; or none."""
    targets = [_target(case, _did(case)) for case in evidence.all]
    if all(t.value is STOPPED for t in targets):
        return []
    return _searched(evidence, reference, targets, can_say, seconds)


def repair(evidence: Evidence, program: Program, seconds: float) -> list[Edit]:
    """The edits of the learner's own program, one or two, that make it right; or none."""
    targets = [_target(case, case.want) for case in evidence.all]
    line = evidence.smallest.outcome.number  # where it stopped: the first place to look
    return _searched(evidence, program, targets, lambda edit: True, seconds, line)


def _did(case: Case) -> Any:
    return STOPPED if case.outcome.error is not None else case.outcome.value


def _target(case: Case, value: Any) -> Target:
    return Target(case.arguments, value)


def _searched(
    evidence: Evidence,
    program: Program,
    targets: list[Target],
    can_say: Callable[[Edit], bool],
    seconds: float,
    line: int | None = None,
) -> list[Edit]:
    if not can_be_tried(program):
        return []
    budget = Budget(min(seconds, evidence.budget.left()))
    exercise = evidence.exercise
    search = Search(exercise.tried, program, targets, exercise.tolerance, can_say, line)
    with quietly():
        found, nearer = search.single(budget)
        return found or search.pair(nearer, budget)
