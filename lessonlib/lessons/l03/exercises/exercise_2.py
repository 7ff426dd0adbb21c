"""Exercise 03.2: find the bug in a backward walk that keeps one term of a value used twice."""

from collections.abc import Callable

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def gradients(steps: list[tuple[str, str, float]]) -> dict[str, float]:
    """Walk the edges of a graph backward; a value that is used twice gets two terms."""
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
    squared = [("L", "e", 3.0), ("L", "e", 3.0), ("e", "w", 0.5)]
    renamed = [("error", "a", 2.0), ("a", "b", -3.0)]
    gone = [("L", "a", 2.0), ("L", "b", 4.0), ("a", "c", 2.0), ("b", "c", -1.0), ("c", "w", 7.0)]
    return [
        Case("for a chain", chain),
        Case("where a value is used twice", twice),
        Case("where a value is used twice by the same one", squared),
        Case("where two paths cancel", gone),
        Case("where the loss is not called L", renamed),
        *((_edges(rng, n),) for n in (4, 6, 9)),
    ]


# ---- what every right answer has -----------------------------------------------------------------


def _terms(grad: dict, steps: list[tuple[str, str, float]]) -> dict[str, list[float]]:
    """The terms of each parent, with the gradients of the children as they came back."""
    terms: dict[str, list[float]] = {}
    for child, parent, slope in steps:
        terms.setdefault(parent, []).append(slope * grad[child])
    return terms


def _one_term(grad: dict, steps: list[tuple[str, str, float]]) -> bool:
    terms = _terms(grad, steps)
    return all(np.isclose(grad[p], own[0]) for p, own in terms.items() if len(own) == 1)


def _all_terms(grad: dict, steps: list[tuple[str, str, float]]) -> bool:
    terms = _terms(grad, steps)
    return all(np.isclose(grad[p], sum(own)) for p, own in terms.items() if len(own) > 1)


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
    properties=(
        Property(
            "every name has a gradient",
            lambda grad, steps: set(grad) == {n for c, p, _ in steps for n in (c, p)},
            "Every name of the graph has to be a key of the result, and nothing else.",
        ),
        Property(
            "the loss has the gradient 1",
            lambda grad, steps: np.isclose(grad[steps[0][0]], 1),
            "The loss reacts to itself with slope 1: its gradient is 1; here it is another number.",
        ),
        Property(
            "a value that is used once",
            _one_term,
            "A value that is used once has one term as its gradient: the slope of the edge times "
            "the gradient of the child. Here it has another one.",
        ),
        Property(
            "a value that is used more than once",
            _all_terms,
            "A value that is used more than once has to get the sum of its terms, one for each "
            "use; here its gradient is not that sum.",
        ),
    ),
    parts={
        "slope * grad[child]": "what comes over this edge",
        "slope": "the slope of the edge",
        "grad[child]": "the gradient of the child",
        "grad.get(parent, 0.0)": "what came over earlier edges",
        "grad.get(parent, 0.0) + slope * grad[child]": "the gradient of the parent",
        "grad[parent] = grad.get(parent, 0.0) + slope * grad[child]": "the gradient of the parent",
        "0.0": "the 0 at which a sum begins",
        "parent": "the parent",
        "child": "the child",
    },
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
            "the child's gradient left out",
            _walk(lambda old, slope, grad: (old or 0.0) + slope),
            "The slopes of the edges are added up. Along a path they are multiplied: each slope "
            "times the gradient of the child.",
        ),
        Mistake(
            "the larger path",
            _walk(lambda old, slope, grad: slope * grad if old is None else max(old, slope * grad)),
            "Of several paths only the one with the largest term counts here. All count: add them.",
        ),
        Mistake(
            "sums begin at 1",
            _walk(lambda old, slope, grad: (1.0 if old is None else old) + slope * grad),
            "Every sum begins at 1. Only the loss begins at 1; all others begin at 0.",
        ),
        Mistake(
            "first term twice",
            _walk(lambda old, slope, grad: (slope * grad if old is None else old) + slope * grad),
            "At the first visit the term is counted twice. The sum begins at 0.0.",
        ),
    ),
)
