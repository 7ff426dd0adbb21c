"""Try every small edit of every reference: which ones do the cases of an exercise let pass?

    python tools/mutants.py 07 09.2     # with the lesson's seed and forty homework seeds
    python tools/mutants.py --seeds 3   # all exercises, fewer seeds

An edit that behaves like the reference on every case is a survivor. It is either equivalent, and
then excused in a sentence in tests/lessons/lNN/survivors.toml, or the cases are too weak. Prints
what is neither refused nor excused, and excuses that nothing needs; the exit status is their
number.
"""

import argparse
import copy
import pickle
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from lessonlib.exercises.call import TimeUp, plain, time_limit
from lessonlib.exercises.compare import Comparison
from lessonlib.exercises.diagnosis.edits import Edit
from lessonlib.exercises.diagnosis.program import program_of
from lessonlib.exercises.diagnosis.search import STOPPED, quietly
from lessonlib.exercises.exercise import Exercise
from lessonlib.exercises.judge import SEED
from lessonlib.lessons.registry import exercises_of, lessons

TABLES = Path(__file__).parents[1] / "tests" / "lessons"
HOMEWORK = tuple(range(1000, 1040))  # the seeds of forty homeworks
_SECONDS = 0.5  # for one edited program on one case


class Cases:
    """The cases of an exercise for several seeds, each distinct one once, with what is expected."""

    def __init__(self, exercise: Exercise, seeds: tuple[int, ...]) -> None:
        self.exercise, self.arguments, self.wants = exercise, [], []
        self.of_seed: dict[int, list[int]] = {}
        known: dict[bytes, int] = {}
        for seed in seeds:
            drawn = exercise.cases(np.random.default_rng(seed))
            self.of_seed[seed] = [self._number(case, known) for case in drawn]

    def _number(self, case: tuple, known: dict[bytes, int]) -> int:
        key = pickle.dumps(tuple(case))
        if key not in known:
            known[key] = len(self.arguments)
            self.arguments.append(case)
            self.wants.append(_run(self.exercise, self.exercise.reference, case))
        return known[key]


def _run(exercise: Exercise, answer: Any, case: tuple) -> Any:
    given = tuple(copy.deepcopy(a) for a in case)
    try:
        with time_limit(_seconds(exercise)):
            value = plain(exercise.tried(answer, *given))
    except KeyboardInterrupt:
        raise
    except (Exception, TimeUp, SystemExit):
        return STOPPED
    changed = exercise.pure and not _same(exercise, tuple(case), given)
    return STOPPED if changed else value


def _seconds(exercise: Exercise) -> float:
    """For one edited program on one case; more where the exercise itself takes long."""
    return exercise.seconds / 2 if exercise.seconds > 5 else _SECONDS


def _same(exercise: Exercise, got: Any, want: Any) -> bool:
    if got is STOPPED or want is STOPPED:
        return got is want
    return Comparison(exercise.tolerance).compare(got, want) is None


def _right(exercise: Exercise, cases: Cases, k: int, value: Any) -> bool:
    if _same(exercise, value, cases.wants[k]):
        return True
    if exercise.accepts is None or value is STOPPED:
        return False
    try:
        return bool(exercise.accepts(value, *cases.arguments[k]))
    except Exception:
        return False


def survivors(exercise: Exercise, seeds: tuple[int, ...]) -> Iterator[tuple[str, list[int]]]:
    """(edit, the seeds whose cases let it pass) for every edit that some seed lets pass."""
    program = program_of(exercise.reference)
    assert program is not None, f"the source of {exercise.id} is not found"
    cases = Cases(exercise, seeds)
    seen: set[str] = set()
    with quietly():
        for edit in program.edits():
            if _says_the_same(edit):
                continue
            with edit:
                try:
                    answer = program.build()
                except (SyntaxError, ValueError, TypeError, NameError, AttributeError):
                    continue
                passed = _passed(exercise, cases, answer)
            text = edit.text()
            if passed and text not in seen:
                seen.add(text)
                yield text, passed


def _says_the_same(edit: Edit) -> bool:
    """Whether an edit is no mistake in any program: one more copy, the last axis as -1."""
    return edit.note == "copy" or (edit.kind == "axis" and "axis=-1" in edit.text())


def _passed(exercise: Exercise, cases: Cases, answer: Any) -> list[int]:
    """The seeds all of whose cases the answer passes."""
    result: dict[int, bool] = {}
    passed = []
    for seed, numbers in cases.of_seed.items():
        for k in numbers:
            if k not in result:
                value = _run(exercise, answer, cases.arguments[k])
                result[k] = _right(exercise, cases, k, value)
            if not result[k]:
                break
        else:
            passed.append(seed)
    return passed


def excuses(lesson: str) -> dict[str, dict[str, str]]:
    """A lesson's table: exercise id to edit (* for any text) to the sentence that excuses it."""
    table = TABLES / f"l{lesson}" / "survivors.toml"
    return tomllib.loads(table.read_text(encoding="utf-8")) if table.exists() else {}


def report(exercise: Exercise, seeds: tuple[int, ...]) -> list[str]:
    """What is wrong with one exercise's survivors, one line each."""
    excused = [(text, _pattern(text)) for text in _excused(exercise)]
    found = dict(survivors(exercise, seeds))
    lines = [
        f"{exercise.id}  {text}  passes with {len(passed)} of {len(seeds)} seeds"
        for text, passed in found.items()
        if not any(pattern.fullmatch(text) for _, pattern in excused)
    ]
    unused = [text for text, pattern in excused if not any(map(pattern.fullmatch, found))]
    return lines + [f"{exercise.id}  {text}  is excused but refused" for text in unused]


def _excused(exercise: Exercise) -> dict[str, str]:
    return excuses(exercise.id.split(".")[0]).get(exercise.id, {})


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, text.split("*"))))


def chosen(names: list[str]) -> list[Exercise]:
    """The exercises with these ids, or of these lessons; all of them without a name."""
    every = [e for lesson in lessons() for e in exercises_of(lesson).values()]
    return [e for e in every if not names or e.id in names or e.id.split(".")[0] in names]


def main() -> int:
    """Print the survivors that nothing excuses."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", help="exercises (09.2) or lessons (09)")
    parser.add_argument("--seeds", type=int, default=len(HOMEWORK), help="homework seeds to try")
    options = parser.parse_args()
    count = 0
    for exercise in chosen(options.names):
        for line in report(exercise, (SEED, *HOMEWORK[: options.seeds])):
            print(line, flush=True)
            count += 1
    print(f"{count} edits are neither refused nor excused")
    return min(count, 100)


if __name__ == "__main__":
    sys.exit(main())
