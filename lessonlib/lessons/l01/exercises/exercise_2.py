"""Exercise 01.2: one visit of Rosenblatt's rule, which changes the line only after a mistake."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


def update(weight: np.ndarray, bias: float, x: np.ndarray, y: int) -> tuple[np.ndarray, float]:
    """One visit of Rosenblatt's rule: change the line only if it gets the point wrong."""
    wrong = y * (weight @ x + bias) <= 0  # a score of 0 counts as wrong
    if wrong:
        weight = weight + y * x  # a new array: the caller's weight stays as it was
        bias = bias + y
    return weight, bias


def _cases(rng: np.random.Generator) -> list[tuple]:
    wrong = (np.array([1.0, 0.0]), 0.0, np.array([2.0, 1.0]), -1)
    right = (np.array([1.0, 0.0]), 0.0, np.array([2.0, 1.0]), 1)
    start = (np.zeros(2), 0.0, np.array([1.0, -2.0]), -1)  # a score of exactly 0
    by_bias = (np.array([1.0, 1.0]), -5.0, np.array([2.0, 1.0]), 1)
    drawn = [
        (w, float(rng.integers(-2, 3)), x, int(rng.choice((-1, 1))))
        for w, x in zip(rng.integers(-3, 4, (6, 4)) * 1.0, rng.normal(size=(6, 4)), strict=True)
    ]
    return [wrong, right, start, by_bias, *drawn]


# ---- what people write instead -------------------------------------------------------------------


def _update_always(weight: np.ndarray, bias: float, x: np.ndarray, y: int) -> tuple:
    return weight + y * x, bias + y


def _update_if(
    weight: np.ndarray, bias: float, x: np.ndarray, y: int, *, wrong: bool, step: float
) -> tuple:
    return (weight + step * x, bias + step) if wrong else (weight, bias)


def _update_strict(weight: np.ndarray, bias: float, x: np.ndarray, y: int) -> tuple:
    return _update_if(weight, bias, x, y, wrong=y * (weight @ x + bias) < 0, step=y)


def _update_no_label(weight: np.ndarray, bias: float, x: np.ndarray, y: int) -> tuple:
    return _update_if(weight, bias, x, y, wrong=y * (weight @ x + bias) <= 0, step=1)


def _update_away(weight: np.ndarray, bias: float, x: np.ndarray, y: int) -> tuple:
    return _update_if(weight, bias, x, y, wrong=y * (weight @ x + bias) <= 0, step=-y)


def _update_double(weight: np.ndarray, bias: float, x: np.ndarray, y: int) -> tuple:
    answer = 1 if weight @ x + bias > 0 else -1
    return weight + (y - answer) * x, bias + (y - answer)


def _update_no_bias(weight: np.ndarray, bias: float, x: np.ndarray, y: int) -> tuple:
    wrong = y * (weight @ x + bias) <= 0
    return (weight + y * x if wrong else weight), bias


EXERCISE = Exercise(
    id="01.2",
    title="Rosenblatt's rule",
    points=2,
    stars=1,
    minutes=10,
    reference=update,
    cases=_cases,
    hints=(
        "y * score is positive when the point is on its own side, negative when it is not.",
        "At the start all weights are 0, so every score is 0. If 0 counted as right, "
        "learning would never begin.",
        "On a mistake: weight + y * x and bias + y. Otherwise return what came in.",
    ),
    mistakes=(
        Mistake(
            "updates correct points",
            _update_always,
            "The line changes although the point is on the right side. Only mistakes teach.",
        ),
        Mistake(
            "zero counts as right",
            _update_strict,
            "A score of exactly 0 must count as a mistake. With all weights 0 every score is "
            "0, and with < instead of <= learning never begins.",
        ),
        Mistake(
            "forgets the bias",
            _update_no_bias,
            "The weights move, the bias does not. It is the weight of a constant input 1, "
            "so it changes by y.",
        ),
        Mistake(
            "forgets the label",
            _update_no_label,
            "x is added whatever its label. A point of class -1 must push the other way: y * x.",
        ),
        Mistake(
            "pushes away",
            _update_away,
            "The step goes the wrong way: after it the point is further on the wrong side.",
        ),
        Mistake(
            "adds twice",
            _update_double,
            "label - answer is 2 or -2 when the labels are -1 and +1, so this step is twice "
            "as long (and a score of 0 with label -1 is not seen as a mistake).",
        ),
    ),
)
