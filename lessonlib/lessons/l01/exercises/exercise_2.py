"""Exercise 01.2: one visit of Rosenblatt's rule, which changes the line only after a mistake."""

from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


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
    zeros = [  # a score of exactly 0, for both labels, at the start and later
        Case(f"where the score is exactly 0 and the label is {y:+}", weight, bias, x, y)
        for weight, bias in ((np.zeros(2), 0.0), (np.array([1.0, 1.0]), 1.0))
        for x, y in ((np.array([1.0, -2.0]), -1), (np.array([-3.0, 2.0]), 1))
    ]
    near = (np.array([1.0, 0.5]), -0.25, np.array([0.5, 0.0]), 1)  # right, by a score of 1/4
    by_bias = [
        (np.array([1.0, 1.0]), -5.0, np.array([2.0, 1.0]), 1),
        (np.array([1.0, 0.0]), 5.0, np.array([-2.0, 1.0]), -1),
        (np.array([1.0, 0.0]), -5.0, np.array([2.0, 1.0]), -1),
    ]
    drawn = [
        (w, float(rng.integers(-2, 3)), x, int(rng.choice((-1, 1))))
        for w, x in zip(rng.integers(-3, 4, (4, 4)) * 1.0, rng.normal(size=(4, 4)), strict=True)
    ]
    return [wrong, right, *zeros, near, *by_bias, *drawn]


# ---- what every right answer has -----------------------------------------------------------------


def _moved(line: Any, weight: np.ndarray, bias: float) -> tuple[bool, bool]:
    """Whether the weights changed, and whether the bias did."""
    return not np.allclose(line[0], weight), not np.isclose(float(line[1]), bias)


def _as_the_point_asks(line: Any, weight: np.ndarray, bias: float, x: np.ndarray, y: int) -> bool:
    wrong = y * (weight @ x + bias) <= 0
    return wrong or not any(_moved(line, weight, bias))


def _nearer(line: Any, weight: np.ndarray, bias: float, x: np.ndarray, y: int) -> bool:
    before = y * (weight @ x + bias)
    return bool(before > 0 or y * (np.asarray(line[0]) @ x + line[1]) > before - 1e-9)


def _bias_as_labelled(line: Any, weight: np.ndarray, bias: float, x: np.ndarray, y: int) -> bool:
    return bool(y * (line[1] - bias) >= -1e-9)


def _whole_bias(line: Any, weight: np.ndarray, bias: float, x: np.ndarray, y: int) -> bool:
    return any(np.isclose(line[1] - bias, step) for step in (-1, 0, 1))


# ---- what people write instead -------------------------------------------------------------------


def _update_always(weight: np.ndarray, bias: float, x: np.ndarray, y: int) -> tuple:
    return weight + y * x, bias + y


def _update_if(
    weight: np.ndarray, bias: float, x: np.ndarray, y: int, *, wrong: bool, step: float
) -> tuple:
    return (weight + step * x, bias + step) if wrong else (weight, bias)


def _update_strict(weight: np.ndarray, bias: float, x: np.ndarray, y: int) -> tuple:
    return _update_if(weight, bias, x, y, wrong=y * (weight @ x + bias) < 0, step=y)


def _update_compared(weight: np.ndarray, bias: float, x: np.ndarray, y: int) -> tuple:
    answer = 1 if weight @ x + bias > 0 else -1
    return _update_if(weight, bias, x, y, wrong=answer != y, step=y)


def _update_compared_above(weight: np.ndarray, bias: float, x: np.ndarray, y: int) -> tuple:
    answer = 1 if weight @ x + bias >= 0 else -1
    return _update_if(weight, bias, x, y, wrong=answer != y, step=y)


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


def _update_bias_alone(weight: np.ndarray, bias: float, x: np.ndarray, y: int) -> tuple:
    wrong = y * (weight @ x + bias) <= 0
    return weight, (bias + y if wrong else bias)


def _update_without_bias(weight: np.ndarray, bias: float, x: np.ndarray, y: int) -> tuple:
    return _update_if(weight, bias, x, y, wrong=y * (weight @ x) <= 0, step=y)


def _update_asked_twice(weight: np.ndarray, bias: float, x: np.ndarray, y: int) -> tuple:
    if y * (weight @ x + bias) <= 0:
        weight = weight + y * x
    if y * (weight @ x + bias) <= 0:
        bias = bias + y
    return weight, bias


def _update_until_right(weight: np.ndarray, bias: float, x: np.ndarray, y: int) -> tuple:
    while y * (weight @ x + bias) <= 0:
        weight, bias = weight + y * x, bias + y
    return weight, bias


def _update_right_points(weight: np.ndarray, bias: float, x: np.ndarray, y: int) -> tuple:
    return _update_if(weight, bias, x, y, wrong=y * (weight @ x + bias) > 0, step=y)


EXERCISE = Exercise(
    id="01.2",
    title="Rosenblatt's rule",
    points=2,
    stars=1,
    minutes=10,
    reference=update,
    cases=_cases,
    values=(("the weight", "the bias"),),
    forbidden=("lessonlib.perceptron.visit",),
    hints=(
        "y * score is positive when the point is on its own side, negative when it is not.",
        "At the start all weights are 0, so every score is 0. If 0 counted as right, "
        "learning would never begin.",
        "On a mistake: weight + y * x and bias + y. Otherwise return what came in.",
    ),
    properties=(
        Property(
            "a right point changes nothing",
            _as_the_point_asks,
            "The line changes although the point is on its own side. Only a mistake changes it.",
        ),
        Property(
            "the step goes towards the point's side",
            _nearer,
            "After the visit the point is further on the wrong side than before. The label says "
            "which way to push, the weights and the bias.",
        ),
        Property(
            "weights and bias move together",
            lambda line, weight, bias, x, y: len(set(_moved(line, weight, bias))) == 1,
            "The weights move without the bias, or the bias without the weights. It is one "
            "mistake, seen once, and it moves both.",
        ),
        Property(
            "the bias moves towards the label",
            _bias_as_labelled,
            "The bias moves the wrong way. After a mistake on a point of class +1 it has to grow, "
            "after one on a point of class -1 it has to fall.",
        ),
        Property(
            "the bias moves by one step",
            _whole_bias,
            "The bias moves by something else than the label. It is the weight of an input that "
            "is always 1.",
        ),
    ),
    parts={
        "weight @ x + bias": "the score",
        "weight @ x": "the weighted sum",
        "y * (weight @ x + bias)": "the label times the score",
        "wrong = y * (weight @ x + bias) <= 0": "the question whether the point is wrong",
        "y * x": "the step of the weights",
        "weight + y * x": "the new weights",
        "weight = weight + y * x": "the step of the weights",
        "bias + y": "the new bias",
        "bias = bias + y": "the step of the bias",
    },
    mistakes=(
        Mistake(
            "updates correct points",
            _update_always,
            "The line changes although the point is on the right side. Only mistakes teach.",
        ),
        Mistake(
            "zero counts as right",
            _update_strict,
            "A score of exactly 0 must count as a mistake, whatever the label. With all weights 0 "
            "every score is 0, and if that were right, learning would never begin.",
        ),
        Mistake(
            "the answer -1 to a score of 0 counts",
            _update_compared,
            "A point with label -1 and a score of exactly 0 is taken as right, because the unit "
            "answers -1 there. A score of 0 counts as a mistake for both labels.",
        ),
        Mistake(
            "the answer +1 to a score of 0 counts",
            _update_compared_above,
            "A point with label +1 and a score of exactly 0 is taken as right. A score of 0 counts "
            "as a mistake for both labels.",
        ),
        Mistake(
            "forgets the bias",
            _update_no_bias,
            "The weights move, the bias does not. It is the weight of a constant input 1, "
            "so it changes by y.",
        ),
        Mistake(
            "forgets the weights",
            _update_bias_alone,
            "The bias moves, the weights do not: the line only shifts and never turns.",
        ),
        Mistake(
            "score without the bias",
            _update_without_bias,
            "Whether the point is a mistake is asked without the bias. It belongs to the score.",
        ),
        Mistake(
            "asks twice",
            _update_asked_twice,
            "The bias moves only if the point is still wrong after the weights have moved. Ask "
            "once, with the line as it came, and move both.",
        ),
        Mistake(
            "repeats until right",
            _update_until_right,
            "The step is repeated until the point is right. One visit makes one step, even if the "
            "point is still wrong after it.",
        ),
        Mistake(
            "only right points",
            _update_right_points,
            "The line changes when the point is right, and stays when it is wrong. It is the other "
            "way round.",
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
