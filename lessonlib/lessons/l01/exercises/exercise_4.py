"""Exercise 01.4: train a perceptron and return the mean of its line over all visits."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property
from lessonlib.lessons.l01.exercises.exercise_3 import one_pass
from lessonlib.lessons.l01.exercises.shared import points


def averaged(X: np.ndarray, y: np.ndarray, passes: int) -> tuple[np.ndarray, float]:
    """The mean of the line over all visits, whether the visit changed it or not."""
    weight, bias = np.zeros(X.shape[1]), 0.0
    total, total_bias, visits = np.zeros(X.shape[1]), 0.0, 0
    for _ in range(passes):
        for x, label in zip(X, y, strict=True):
            if label * (weight @ x + bias) <= 0:
                weight, bias = weight + label * x, bias + label
            total, total_bias = total + weight, total_bias + bias  # a line that survives counts
            visits += 1
    return total / visits, total_bias / visits


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = (np.array([[2.0, 1.0], [-1.0, 1.0]]), np.array([1, -1]), 1)
    single = Case("with one point and one pass", np.array([[2.0, 0.5]]), np.array([-1]), 1)
    again = Case("with one point, visited three times", np.array([[1.0, 3.0]]), np.array([-1]), 3)
    crossed = (np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 2.0]]), np.array([1, -1, 1]), 2)
    sizes = ((5, 2, 2), (20, 3, 3), (12, 4, 5))
    return [small, single, again, crossed, *((*points(rng, n, d), p) for n, d, p in sizes)]


# ---- what every right answer has -----------------------------------------------------------------


def _whole_sum(line: Any, X: np.ndarray, y: np.ndarray, passes: int) -> bool:
    """Whether the mean of the bias is a whole number divided by the number of visits."""
    total = float(line[1]) * passes * len(X)
    return abs(total - round(total)) < 1e-6


def _starts_with_a_step(line: Any, first: Any, X: np.ndarray, y: np.ndarray, passes: int) -> bool:
    return bool(np.allclose(first[0], y[0] * X[0]) and np.isclose(first[1], y[0]))


# ---- what people write instead -------------------------------------------------------------------


def _last_line(X: np.ndarray, y: np.ndarray, passes: int) -> tuple[np.ndarray, float]:
    weight, bias = np.zeros(X.shape[1]), 0.0
    for _ in range(passes):
        weight, bias, _ = one_pass(weight, bias, X, y)
    return weight, bias


def _mean_of_passes(X: np.ndarray, y: np.ndarray, passes: int) -> tuple[np.ndarray, float]:
    lines = [_last_line(X, y, p + 1) for p in range(passes)]
    return np.mean([w for w, _ in lines], axis=0), float(np.mean([b for _, b in lines]))


def _mean_of_mistakes(X: np.ndarray, y: np.ndarray, passes: int) -> tuple[np.ndarray, float]:
    weight, bias, kept = np.zeros(X.shape[1]), 0.0, []
    for _ in range(passes):
        for x, label in zip(X, y, strict=True):
            if label * (weight @ x + bias) <= 0:
                weight, bias = weight + label * x, bias + label
                kept.append((weight, bias))
    return np.mean([w for w, _ in kept], axis=0), float(np.mean([b for _, b in kept]))


def _lines(X: np.ndarray, y: np.ndarray, passes: int, fresh: bool = False) -> list[tuple]:
    """The line before the first visit and after every visit; fresh: from zero in every pass."""
    weight, bias = np.zeros(X.shape[1]), 0.0
    lines = [(weight, bias)]
    for _ in range(passes):
        if fresh:
            weight, bias = np.zeros(X.shape[1]), 0.0
        for x, label in zip(X, y, strict=True):
            if label * (weight @ x + bias) <= 0:
                weight, bias = weight + label * x, bias + label
            lines.append((weight, bias))
    return lines


def _mean_of(lines: list[tuple], count: int) -> tuple[np.ndarray, float]:
    return sum(w for w, _ in lines) / count, float(sum(b for _, b in lines)) / count


def _mean(choose: Callable[[list], list], more: int = 0, fresh: bool = False) -> Callable:
    """The mean over a choice of the lines, the divisor larger by `more`."""

    def answer(X: np.ndarray, y: np.ndarray, passes: int) -> tuple[np.ndarray, float]:
        lines = choose(_lines(X, y, passes, fresh))
        return _mean_of(lines, len(lines) + more)

    return answer


def _from_zero_last_bias(X: np.ndarray, y: np.ndarray, passes: int) -> tuple[np.ndarray, float]:
    lines = _lines(X, y, passes, fresh=True)
    return _mean_of(lines[1:], len(lines) - 1)[0], lines[-1][1]


def _divided_by(count: Callable[[np.ndarray, int], int]) -> Callable[..., tuple]:
    def answer(X: np.ndarray, y: np.ndarray, passes: int) -> tuple[np.ndarray, float]:
        return _mean_of(_lines(X, y, passes)[1:], count(X, passes))

    return answer


def _last_weight(X: np.ndarray, y: np.ndarray, passes: int) -> tuple[np.ndarray, float]:
    return _last_line(X, y, passes)[0], averaged(X, y, passes)[1]


def _last_bias(X: np.ndarray, y: np.ndarray, passes: int) -> tuple[np.ndarray, float]:
    return averaged(X, y, passes)[0], _last_line(X, y, passes)[1]


def _after_mistakes_over_visits(X: np.ndarray, y: np.ndarray, passes: int) -> tuple:
    lines = _lines(X, y, passes)
    kept = [new for old, new in pairwise(lines) if new[1] != old[1]]
    return _mean_of(kept, len(lines) - 1)


def _zeros_too_last_bias(X: np.ndarray, y: np.ndarray, passes: int) -> tuple[np.ndarray, float]:
    lines = _lines(X, y, passes)
    return _mean_of(lines, len(lines))[0], lines[-1][1]


EXERCISE = Exercise(
    id="01.4",
    title="The averaged perceptron",
    points=3,
    stars=2,
    minutes=15,
    reference=averaged,
    cases=_cases,
    values=(("the weight", "the bias"),),
    forbidden=("lessonlib.perceptron.fit",),
    hints=(
        "Keep a running total of the weights, and one of the bias. Start all at 0.",
        "Add the current line to the totals after every visit, mistake or not: "
        "a line that survives many points deserves more weight.",
        "At the end divide by the number of visits, passes * len(X).",
    ),
    properties=(
        Property(
            "the mean of a single line is that line",
            _starts_with_a_step,
            "With one point and one pass there is one line to average, the one after the visit: "
            "y * x with the bias y, because a score of 0 is a mistake. Something else came back.",
            also=lambda X, y, passes: (X[:1], y[:1], 1),
        ),
        Property(
            "the divisor is the number of visits",
            _whole_sum,
            "The bias is a whole number after every visit, so its mean is a whole number divided "
            "by passes * N; the bias that came back is none. What is the sum divided by?",
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
        "if label * (weight @ x + bias) <= 0:\n    weight, bias = "
        "(weight + label * x, bias + label)": "the step of the line",
        "total, total_bias = (total + weight, total_bias + bias)": "the sum of the lines",
        "total": "the sum of the weights",
        "total_bias": "the sum of the biases",
        "visits": "the number of visits",
        "visits += 1": "the count of the visits",
        "weight": "the weights",
        "bias": "the bias",
        "label": "the label",
    },
    mistakes=(
        Mistake(
            "last line",
            _last_line,
            "This is the last line, not the mean of all lines on the way.",
        ),
        Mistake(
            "averages after mistakes only",
            _mean_of_mistakes,
            "Only the lines right after a mistake are averaged. A line that survives ten "
            "visits has to count ten times.",
        ),
        Mistake(
            "adds up after mistakes only",
            _after_mistakes_over_visits,
            "Only the lines right after a mistake are added up, and the sum is divided by all "
            "visits. Add the line after every visit, mistake or not.",
        ),
        Mistake(
            "one visit too many, and the last bias",
            _zeros_too_last_bias,
            "The zeros of the start are averaged as well: only the lines after the visits count. "
            "And the bias is the last one: it needs a mean as well.",
        ),
        Mistake(
            "averages once a pass",
            _mean_of_passes,
            "One line a pass is averaged. Add to the total after every visit.",
        ),
        Mistake(
            "before the visits",
            _mean(lambda lines: lines[:-1]),
            "The line is taken before each visit: the zeros of the start count, and the line "
            "after the last visit does not. Take it after the visit.",
        ),
        Mistake(
            "one visit too many",
            _mean(lambda lines: lines),
            "The sum is right, but it is divided by one visit too many: a counter that begins at "
            "1, or the zeros of the start averaged as well. Only the lines after the visits count.",
        ),
        Mistake(
            "one pass only",
            _mean(lambda lines: lines[1:], fresh=True),
            "This is the mean over the first pass alone: either there is only one pass, or every "
            "pass starts from zero again. The line has to carry over from pass to pass.",
        ),
        Mistake(
            "from zero in every pass, and the last bias",
            _from_zero_last_bias,
            "Every pass starts from zero again; the line has to carry over from pass to pass. And "
            "the bias is the last one: it needs a mean as well.",
        ),
        Mistake(
            "divided by the points",
            _divided_by(lambda X, passes: len(X)),
            "The sum is divided by the number of points. There are passes * N visits.",
        ),
        Mistake(
            "divided by the passes",
            _divided_by(lambda X, passes: passes),
            "The sum is divided by the number of passes. There are passes * N visits.",
        ),
        Mistake(
            "not divided",
            _divided_by(lambda X, passes: 1),
            "This is the sum of the lines. The mean divides it by the number of visits.",
        ),
        Mistake(
            "last weights, mean of the bias",
            _last_weight,
            "The bias is a mean, but the weights are those of the last line. Was one array kept "
            "each time and changed in place (+=)? Then all that is kept is the last line: keep a "
            "copy, or add up as you go.",
        ),
        Mistake(
            "bias not averaged",
            _last_bias,
            "The weights are averaged, the bias is the last one. Both belong to the line.",
        ),
    ),
)
