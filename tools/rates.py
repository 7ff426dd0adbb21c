"""Put a collection of learners' answers through the checker and count what it makes of them.

    python tools/rates.py 07 09.2     # lessons or exercises; all without a name
    python tools/rates.py 07 --show   # every wrong answer, what a tutor would say, and what came

The answers in tests/checker/answers were written from the statements alone, the known mistakes
unread. A wrong answer counts as named if the message says what is wrong or where to look, not if it
only shows the first difference. Times are processor seconds of one call of `judge`.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lessonlib.exercises.judge import judge
from lessonlib.exercises.result import CORRECT, NOT_ATTEMPTED, Result
from lessonlib.lessons.registry import find

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "tests" / "checker" / "answers"
sys.path.insert(0, str(ROOT / "tests" / "support"))

from answers import Answer, answers_in  # noqa: E402


@dataclass(frozen=True)
class Tried:
    """One answer, what the checker said, and the processor seconds that it took."""

    answer: Answer
    result: Result
    seconds: float

    @property
    def named(self) -> bool:
        """Whether the message says what is wrong, or where."""
        return bool(self.result.how) or self.result.status == NOT_ATTEMPTED

    @property
    def misjudged(self) -> bool:
        """A wrong answer that is accepted, or a right one that is refused."""
        return self.answer.is_right != (self.result.status == CORRECT)


def collected(names: list[str], folder: Path = FOLDER) -> list[Answer]:
    """The answers to these lessons or exercises."""
    found = []
    for file in sorted(folder.glob("**/answers_*.py")):
        lesson = file.stem.removeprefix("answers_")
        if names and not any(name.split(".")[0] == lesson for name in names):
            continue
        every = answers_in(file)
        found += [a for a in every if not names or a.exercise in names or lesson in names]
    return found


def tried(answers: list[Answer]) -> Iterator[Tried]:
    """Each answer with what the checker says."""
    for answer in answers:
        started = time.thread_time()
        result = judge(find(answer.exercise), answer.function)
        yield Tried(answer, result, time.thread_time() - started)


def table(found: list[Tried]) -> list[str]:
    """One row for each exercise, and one for all."""
    rows = [
        f"{'':7}{'right':>6}{'refused':>9}{'wrong':>7}{'accepted':>10}{'named':>7}{'median s':>10}"
    ]
    for exercise in [*dict.fromkeys(t.answer.exercise for t in found), "all"]:
        own = [t for t in found if exercise in (t.answer.exercise, "all")]
        right = [t for t in own if t.answer.is_right]
        wrong = [t for t in own if not t.answer.is_right]
        named = sum(t.named and not t.misjudged for t in wrong)
        median = float(np.median([t.seconds for t in wrong])) if wrong else 0.0
        refused, accepted = (sum(t.misjudged for t in kind) for kind in (right, wrong))
        rows.append(
            f"{exercise:8}{len(right):6}{refused:9}{len(wrong):7}{accepted:10}{named:7}{median:10.2f}"
        )
    return rows


def _shown(one: Tried) -> str:
    kind = "right" if one.answer.is_right else one.result.how or "-"
    lines = [f"{one.answer.exercise} {kind:9} {one.answer.what}"]
    if one.answer.said:
        lines.append(f"        a tutor: {one.answer.said}")
    return "\n".join([*lines, f"        check:   {one.result.message}"])


def main() -> int:
    """Print the rates; the exit status is the number of misjudged answers."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", help="lessons (07) or exercises (09.2)")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the answers are")
    parser.add_argument("--show", action="store_true", help="every wrong answer and its message")
    options = parser.parse_args()
    found = []
    for one in tried(collected(options.names, options.folder)):
        found.append(one)
        if one.misjudged or (options.show and not one.answer.is_right):
            print(("MISJUDGED " if one.misjudged else "") + _shown(one), flush=True)
    seconds = [t.seconds for t in found if not t.answer.is_right]
    print("\n".join(table(found)))
    print(
        f"seconds for a wrong answer: median {np.median(seconds):.2f}, largest {max(seconds):.2f}"
    )
    return min(sum(t.misjudged for t in found), 100)


if __name__ == "__main__":
    sys.exit(main())
