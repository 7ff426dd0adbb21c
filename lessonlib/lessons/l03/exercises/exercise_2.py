"""Exercise 03.2: find the bug in a backward walk that keeps one term of a value used twice."""

from collections.abc import Callable

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


def gradients(steps: list[tuple[str, str, float]]) -> dict[str, float]:
    """Walk the edges of a graph backward; a value that is used twice is blamed twice."""
    grad = {steps[0][0]: 1.0}  # the loss reacts to itself with slope 1
    for child, parent, slope in steps:
        grad[parent] = grad.get(parent, 0.0) + slope * grad[child]  # add: one term for each use
    return grad


def _edges(rng: np.random.Generator, count: int) -> list[tuple[str, str, float]]:
    """Edges of a random graph in backward order: value k is used only by values before it."""
    names = ["L", *"abcdefghijk"][:count]
    steps = []
    for k in range(count):
        for other in range(k + 1, count):
            if other == k + 1 or rng.random() < 0.4:
                steps.append((names[k], names[other], round(float(rng.normal()), 2)))
    return steps


def _cases(rng: np.random.Generator) -> list[tuple]:
    chain = [("L", "a", 2.0), ("a", "b", -3.0)]
    twice = [("L", "a", 2.0), ("L", "b", 5.0), ("a", "b", -3.0)]
    return [(chain,), (twice,), *((_edges(rng, n),) for n in (4, 6, 9))]


# ---- what people write instead -------------------------------------------------------------------


def _overwritten(steps: list[tuple[str, str, float]]) -> dict[str, float]:
    grad = {steps[0][0]: 1.0}
    for child, parent, slope in steps:
        grad[parent] = slope * grad[child]
    return grad


def _walk(rule: Callable[[float | None, float, float], float]) -> Callable[..., dict]:
    """Gradients with another rule(old or None, slope, gradient of the child)."""

    def answer(steps: list[tuple[str, str, float]]) -> dict[str, float]:
        grad = {steps[0][0]: 1.0}
        for child, parent, slope in steps:
            grad[parent] = rule(grad.get(parent), slope, grad[child])
        return grad

    return answer


EXERCISE = Exercise(
    id="03.2",
    title="Find the bug: a value that is used twice",
    points=2,
    stars=1,
    minutes=8,
    reference=gradients,
    starter=_overwritten,
    cases=_cases,
    hints=(
        "Take the second case: b is used by L and by a. Which of the two paths survives?",
        "The second visit of a parent must not forget the first: add.",
        "grad.get(parent, 0.0) is the sum so far, or 0.0 at the first visit.",
    ),
    mistakes=(
        Mistake(
            "first path only",
            _walk(lambda old, slope, grad: slope * grad if old is None else old),
            "Now the first path survives instead of the last. All paths count: add them.",
        ),
        Mistake(
            "multiplies paths",
            _walk(lambda old, slope, grad: slope * grad * (1.0 if old is None else old)),
            "Along one path slopes are multiplied; over several paths the products are added.",
        ),
        Mistake(
            "adds without slope",
            _walk(lambda old, slope, grad: (old or 0.0) + grad),
            "The slope of the edge is gone. Each term is slope * grad[child].",
        ),
        Mistake(
            "first term twice",
            _walk(lambda old, slope, grad: (slope * grad if old is None else old) + slope * grad),
            "At the first visit the term is counted twice. The sum begins at 0.0.",
        ),
    ),
)
