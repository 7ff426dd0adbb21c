"""How hard each exercise was for a class, how well it separates, and where people stop."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lessonlib.exercises.result import NOT_ATTEMPTED
from lessonlib.homework.model import Graded, Homework, Report

FEWEST = 10  # students for a correlation or a remark: of fewer they say next to nothing


@dataclass(frozen=True)
class Item:
    """One exercise in a class.

    full, part, none, untouched : students with all, some, none of the points, and without a try
    mean    : mean share of the points, over everybody
    rest    : item-rest correlation, over those who tried it: of the share of the points here and
              the share of those of the others that they tried; None where it cannot be told
    stopped : students who tried this one and none behind it
    """

    exercise: str
    title: str
    full: int
    part: int
    none: int
    untouched: int
    mean: float
    rest: float | None
    stopped: int

    @property
    def students(self) -> int:
        """How many students were graded."""
        return self.full + self.part + self.none + self.untouched


def items(homework: Homework, reports: Sequence[Report]) -> list[Item]:
    """The exercises of a homework as a class has done them; exercises without points are left out.

    reports : of the students who were graded
    """
    tasks = [e for e in homework.exercises() if homework.points[e.id]]
    by_student = [{g.exercise: g for g in report.exercises} for report in reports]
    by_student = [found for found in by_student if any(e.id in found for e in tasks)]
    stops = Counter(_last_try([e.id for e in tasks], found) for found in by_student)
    made = []
    for task in tasks:
        graded = [found[task.id] for found in by_student if task.id in found]
        untouched = sum(g.status == NOT_ATTEMPTED for g in graded)
        full = sum(_share(g) >= 1 for g in graded)
        none = sum(g.points == 0 for g in graded) - untouched
        made.append(
            Item(
                task.id, task.title, full, len(graded) - full - none - untouched, none, untouched,
                float(np.mean([_share(g) for g in graded])) if graded else 0.0,
                _item_rest(task.id, by_student), 0 if task is tasks[-1] else stops[task.id],
            )
        )  # fmt: skip
    return made


def tried_nothing(made: Sequence[Item], reports: Sequence[Report]) -> int:
    """How many of the graded students tried none of the exercises."""
    ids = {item.exercise for item in made}
    return sum(
        all(g.status == NOT_ATTEMPTED for g in report.exercises if g.exercise in ids)
        for report in reports
    )


def _share(graded: Graded) -> float:
    return graded.points / graded.maximum if graded.maximum else 0.0


def _last_try(tasks: list[str], found: dict[str, Graded]) -> str:
    tried = [t for t in tasks if t in found and found[t].status != NOT_ATTEMPTED]
    return tried[-1] if tried else ""


def _item_rest(task: str, by_student: list[dict[str, Graded]]) -> float | None:
    """Pearson's correlation of a task's share with the share of the others that were tried.

    Exercises without a try do not count as 0: who stops early may be good at what was tried.
    """
    pairs = []
    for found in by_student:
        tried = {t: g for t, g in found.items() if g.maximum and g.status != NOT_ATTEMPTED}
        here = tried.pop(task, None)
        if here is not None and tried:
            most = sum(g.maximum for g in tried.values())
            pairs.append((_share(here), sum(g.points for g in tried.values()) / most))
    if len(pairs) < FEWEST:
        return None
    shares = np.array(pairs).T
    if shares.std(axis=1).min() < 1e-9:
        return None
    return float(np.corrcoef(shares)[0, 1])


def in_words(item: Item) -> str:
    """What the numbers of an exercise say, or nothing. What may be chance is not told."""
    tried = item.students - item.untouched
    chance = 2 / np.sqrt(max(tried, 1))  # two standard errors of a correlation near 0
    if item.rest is not None and item.rest < -chance:
        return "those who are good elsewhere fail here: look at the exercise itself"
    if item.students >= FEWEST and item.full == item.students:
        return "everybody has full marks"
    if item.students >= FEWEST and 2 * item.untouched > item.students:
        return "most did not try it"
    if tried >= FEWEST and item.mean * item.students < 0.3 * tried:
        return "hard for this class"
    if item.rest is not None and item.rest < 0.2 and chance < 0.3:
        return "says little about the others"
    return ""
