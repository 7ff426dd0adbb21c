"""Exercise 01.3: one pass over all points with Rosenblatt's rule, counting the mistakes."""

from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property
from lessonlib.lessons.l01.exercises.shared import points


def one_pass(
    weight: np.ndarray, bias: float, X: np.ndarray, y: np.ndarray
) -> tuple[np.ndarray, float, int]:
    """Visit every point once, in order; return the line and the number of mistakes on the way."""
    mistakes = 0
    for x, label in zip(X, y, strict=True):
        if label * (weight @ x + bias) <= 0:  # judged by the line of this moment
            weight, bias = weight + label * x, bias + label
            mistakes += 1
    return weight, bias, mistakes


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = (
        np.zeros(2),
        0.0,
        np.array([[2.0, 1.0], [1.0, 3.0], [-1.0, 1.0]]),
        np.array([1, 1, -1]),
    )
    single = Case(
        "with a single point, still wrong after its step",
        np.array([3.0, 0.0]),
        1.0,
        np.array([[1.0, 0.5]]),
        np.array([-1]),
    )
    line, offset = np.array([1.0, 0.0]), 0.0
    X = np.array([[2.0, 1.0], [-1.0, 4.0], [3.0, 0.0], [0.5, 0.0]])
    separated = Case("where no point is wrong", line, offset, X, np.array([1, -1, 1, 1]))
    last = Case("where only the last point is wrong", line, offset, X, np.array([1, -1, 1, -1]))
    drawn = [(np.zeros(d), 0.0, *points(rng, n, d)) for n, d in ((6, 2), (25, 3))]
    warm = (np.array([1.0, -1.0]), 1.0, *points(rng, 12, 2))
    return [small, single, separated, last, *drawn, warm]


# ---- what every right answer has -----------------------------------------------------------------


def _counts(
    found: Any, weight: np.ndarray, bias: float, X: np.ndarray, y: np.ndarray
) -> tuple[float, float]:
    """The number of mistakes and how far the bias moved: each mistake moves it by one."""
    return float(found[2]), abs(float(found[1]) - bias)


def _fits_the_bias(found: Any, weight: np.ndarray, bias: float, *points: Any) -> bool:
    """From the bias that is handed over, or from 0: where it starts is another question."""
    moves = (_counts(found, weight, start, *points) for start in (bias, 0.0))
    return any(count >= moved and (count - moved) % 2 == 0 for count, moved in moves)


def _all_mistakes(weight: np.ndarray, bias: float, X: np.ndarray, y: np.ndarray) -> tuple:
    """Six points that are mistakes from zero, in whatever order they are visited.

    Each has an entry of its own, and for each pair one where the two have 1 and -1: so the products
    of different points are -1, and with the bias each score is 0 when its point is met. A point
    that is left out leaves a 0 in its own entry.
    """
    pairs = list(combinations(range(6), 2))
    shared = np.array([[(i == a) - (i == b) for a, b in pairs] for i in range(6)], dtype=float)
    X = np.hstack([np.eye(6), shared])
    return np.zeros(X.shape[1]), 0.0, X, np.array([1, -1, 1, -1, 1, -1])


def _sees(k: int) -> Callable[..., bool]:
    """A property: point k is not the only one of the six that leaves nothing."""

    def holds(found: Any, other: Any, *case: Any) -> bool:
        left = np.asarray(other[0])[:6] != 0
        return bool(left[k]) or left.sum() < len(left) - 1

    return holds


# ---- what people write instead -------------------------------------------------------------------


def _pass_batch(weight: np.ndarray, bias: float, X: np.ndarray, y: np.ndarray) -> tuple:
    wrong = y * (X @ weight + bias) <= 0
    return weight + y[wrong] @ X[wrong], bias + float(y[wrong].sum()), int(wrong.sum())


def _pass_count_after(weight: np.ndarray, bias: float, X: np.ndarray, y: np.ndarray) -> tuple:
    weight, bias, _ = one_pass(weight, bias, X, y)
    return weight, bias, int(np.sum(y * (X @ weight + bias) <= 0))


def _pass_count_right(weight: np.ndarray, bias: float, X: np.ndarray, y: np.ndarray) -> tuple:
    weight, bias, wrong = one_pass(weight, bias, X, y)
    return weight, bias, len(X) - wrong


def _pass_no_bias(weight: np.ndarray, bias: float, X: np.ndarray, y: np.ndarray) -> tuple:
    mistakes = 0
    for x, label in zip(X, y, strict=True):
        if label * (x @ weight + bias) <= 0:
            weight, mistakes = weight + label * x, mistakes + 1
    return weight, bias, mistakes


def _pass_first_only(weight: np.ndarray, bias: float, X: np.ndarray, y: np.ndarray) -> tuple:
    for k in range(len(X)):
        if y[k] * (weight @ X[k] + bias) <= 0:
            return weight + y[k] * X[k], bias + y[k], 1
    return weight, bias, 0


def _pass_from_zero(weight: np.ndarray, bias: float, X: np.ndarray, y: np.ndarray) -> tuple:
    return one_pass(0 * weight, 0.0, X, y)


def _pass_until_right(weight: np.ndarray, bias: float, X: np.ndarray, y: np.ndarray) -> tuple:
    mistakes = 0
    for x, label in zip(X, y, strict=True):
        while label * (weight @ x + bias) <= 0:
            weight, bias, mistakes = weight + label * x, bias + label, mistakes + 1
    return weight, bias, mistakes


def _pass_again(weight: np.ndarray, bias: float, X: np.ndarray, y: np.ndarray) -> tuple:
    mistakes = more = 1
    while more and mistakes < 1000:
        weight, bias, more = one_pass(weight, bias, X, y)
        mistakes += more
    return weight, bias, mistakes - 1


def _pass_no_label(weight: np.ndarray, bias: float, X: np.ndarray, y: np.ndarray) -> tuple:
    mistakes = 0
    for x, label in zip(X, y, strict=True):
        if label * (weight @ x + bias) <= 0:
            weight, bias, mistakes = weight + x, bias + 1, mistakes + 1
    return weight, bias, mistakes


def _pass_strict(weight: np.ndarray, bias: float, X: np.ndarray, y: np.ndarray) -> tuple:
    mistakes = 0
    for x, label in zip(X, y, strict=True):
        if label * (weight @ x + bias) < 0:
            weight, bias, mistakes = weight + label * x, bias + label, mistakes + 1
    return weight, bias, mistakes


def _pass_compared(weight: np.ndarray, bias: float, X: np.ndarray, y: np.ndarray) -> tuple:
    mistakes = 0
    for x, label in zip(X, y, strict=True):
        if label != (1 if weight @ x + bias > 0 else -1):
            weight, bias, mistakes = weight + label * x, bias + label, mistakes + 1
    return weight, bias, mistakes


def _pass_without_bias(weight: np.ndarray, bias: float, X: np.ndarray, y: np.ndarray) -> tuple:
    mistakes = 0
    for x, label in zip(X, y, strict=True):
        if label * (weight @ x) <= 0:
            weight, bias, mistakes = weight + label * x, bias + label, mistakes + 1
    return weight, bias, mistakes


def _pass_two_questions(weight: np.ndarray, bias: float, X: np.ndarray, y: np.ndarray) -> tuple:
    mistakes = 0
    for x, label in zip(X, y, strict=True):
        if label * (weight @ x + bias) <= 0:
            weight, mistakes = weight + label * x, mistakes + 1
        if label * (weight @ x + bias) <= 0:
            bias = bias + label
    return weight, bias, mistakes


EXERCISE = Exercise(
    id="01.3",
    title="One pass",
    points=3,
    stars=2,
    minutes=12,
    reference=one_pass,
    cases=_cases,
    values=(("the weight", "the bias", "the count"),),
    hints=(
        "Loop over the points in order. Each is judged by the line as it is at that moment.",
        "Count a mistake where you make the update; do not count again afterwards.",
    ),
    properties=(
        Property(
            "at most one mistake a point",
            lambda found, weight, bias, X, y: 0 <= found[2] <= len(X),
            "More mistakes are counted than there are points. Every point is visited once: one "
            "step, even if it is still wrong afterwards.",
        ),
        Property(
            "the last point is visited",
            _sees(-1),
            "The last point is left out: it has no effect on the line. Does the loop end too "
            "early?",
            also=_all_mistakes,
        ),
        Property(
            "the first point is visited",
            _sees(0),
            "The first point is left out: it has no effect on the line. Does the loop begin too "
            "late?",
            also=_all_mistakes,
        ),
        Property(
            "the count fits the bias",
            _fits_the_bias,
            "Count and bias do not fit together: each mistake is counted once, and moves the bias "
            "by one.",
        ),
    ),
    parts={
        "label * (weight @ x + bias)": "the label times the score",
        "weight @ x + bias": "the score",
        "weight @ x": "the weighted sum",
        "label * x": "the step of the weights",
        "weight + label * x": "the new weights",
        "bias + label": "the new bias",
        "weight, bias = (weight + label * x, bias + label)": "the step of the line",
        "mistakes += 1": "the count",
        "mistakes = 0": "the start of the count",
        "mistakes": "the count",
        "label": "the label",
        "x": "the point",
    },
    mistakes=(
        Mistake(
            "all at once",
            _pass_batch,
            "All points are judged by the line from before the pass. The rule changes the line "
            "at once, so the next point meets the new one.",
        ),
        Mistake(
            "counts after the pass",
            _pass_count_after,
            "The line is right. The count is taken with the final line; count on the way.",
        ),
        Mistake(
            "counts right answers",
            _pass_count_right,
            "The line is right. The third value counts the points that were right.",
        ),
        Mistake(
            "bias stays",
            _pass_no_bias,
            "Only the weights move. The bias takes part in every update: bias + label.",
        ),
        Mistake(
            "from the last point to the first",
            lambda weight, bias, X, y: one_pass(weight, bias, X[::-1], y[::-1]),
            "The points are visited from the last to the first. The order matters: begin with the "
            "first row.",
        ),
        Mistake(
            "label left out of the step",
            _pass_no_label,
            "After a mistake x and 1 are added whatever the label. A point of class -1 pushes the "
            "other way.",
        ),
        Mistake(
            "starts from zero",
            _pass_from_zero,
            "The pass starts from a line of zeros. It has to start from the weight and bias that "
            "are handed over.",
        ),
        Mistake(
            "stays until right",
            _pass_until_right,
            "The pass stays at a point until it is right. Every point is visited once: one step, "
            "even if it is still wrong afterwards.",
        ),
        Mistake(
            "starts from zero and stays until right",
            lambda weight, bias, X, y: _pass_until_right(0 * weight, 0.0, X, y),
            "The pass starts from a line of zeros instead of the one that is handed over. And it "
            "stays at a point until it is right: one visit makes one step.",
        ),
        Mistake(
            "score without the bias",
            _pass_without_bias,
            "Whether a point is a mistake is asked without the bias. It belongs to the score.",
        ),
        Mistake(
            "from the last to the first, score without the bias",
            lambda weight, bias, X, y: _pass_without_bias(weight, bias, X[::-1], y[::-1]),
            "The points are visited from the last to the first, and whether one is a mistake is "
            "asked without the bias. Begin with the first row, and add the bias to the score.",
        ),
        Mistake(
            "asks twice",
            _pass_two_questions,
            "The bias moves only if the point is still wrong after the weights have moved. Ask "
            "once, with the line as it is, and move both.",
        ),
        Mistake(
            "pass after pass",
            _pass_again,
            "The points are visited again and again until none is wrong. Asked is one pass.",
        ),
        Mistake(
            "zero counts as right",
            _pass_strict,
            "A score of exactly 0 is taken as right here. It counts as a mistake, whatever the "
            "label.",
        ),
        Mistake(
            "the answer -1 to a score of 0 counts",
            _pass_compared,
            "A point with label -1 and a score of exactly 0 is taken as right, because the unit "
            "answers -1 there. A score of 0 counts as a mistake for both labels.",
        ),
        Mistake(
            "returns too early",
            _pass_first_only,
            "The pass ends at the first mistake. Is a `return` or `break` inside the loop?",
        ),
    ),
)
