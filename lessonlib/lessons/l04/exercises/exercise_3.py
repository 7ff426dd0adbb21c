"""Exercise 04.3: one step of RMSProp."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def rmsprop_step(
    w: np.ndarray, average: np.ndarray, grad: np.ndarray, lr: float, alpha: float, eps: float
) -> tuple[np.ndarray, np.ndarray]:
    """One step of RMSProp; return the new weights and the new average of squared gradients."""
    average = alpha * average + (1 - alpha) * grad**2
    return w - lr * grad / (np.sqrt(average) + eps), average  # eps stays outside the root


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = (np.array([1.0, 1.0]), np.array([4.0, 1.0]), np.array([2.0, -3.0]), 0.1, 0.75, 1e-8)
    first = (np.array([1.0, -2.0]), np.zeros(2), np.array([0.5, -3.0]), 0.1, 0.9, 1e-8)
    still = (np.array([1.0, 3.0]), np.array([0.0, 4.0]), np.zeros(2), 0.1, 0.9, 0.01)
    coarse = (
        *rng.normal(size=(1, 4)),
        rng.uniform(0, 1, 4),
        0.1 * rng.normal(size=4),
        0.1,
        0.9,
        0.5,
    )
    drawn = [
        (rng.normal(size=n), rng.uniform(0.1, 2, n), rng.normal(size=n), lr, a, 1e-8)
        for n, lr, a in ((3, 0.01, 0.99), (5, 0.2, 0.9), ((2, 3), 0.3, 0.6))
    ]
    return [
        small,
        Case("at the first step, where the average is still 0", *first),
        Case("where the gradient is 0", *still),
        Case("where eps is large enough to be seen", *coarse),
        *drawn,
    ]


# ---- what every right answer has -----------------------------------------------------------------


def _lies_between(got: Any, w: Any, average: Any, grad: Any, *rest: Any) -> bool:
    new, square = np.asarray(got[1]), grad**2
    low, high = np.minimum(average, square), np.maximum(average, square)
    return not np.any((new < low - 1e-5) | (new > high + 1e-5))


def _other_last_gradient(w: Any, average: Any, grad: Any, *rest: Any) -> tuple:
    other = grad.copy()
    other.flat[-1] += 1.0
    return w, average, other, *rest


def _is_entry_by_entry(got: Any, other: Any, *arguments: Any) -> bool:
    parts = zip(got[:2], other[:2], strict=True)
    pairs = [(np.ravel(a)[:-1], np.ravel(b)[:-1]) for a, b in parts]
    return all(np.allclose(a, b, atol=1e-5, equal_nan=True) for a, b in pairs)


def _goes_down(got: Any, w: Any, average: Any, grad: Any, *rest: Any) -> bool:
    return not np.any((np.asarray(got[0]) - w) * grad > 1e-9)


# ---- what people write instead -------------------------------------------------------------------


def _rmsprop(kind: str) -> Callable[..., tuple[np.ndarray, np.ndarray]]:
    def step(*arguments: Any) -> tuple[np.ndarray, np.ndarray]:
        w, old, grad, lr, alpha, eps = arguments
        enters = {"size": abs(grad), "no square": grad}.get(kind, grad**2)
        new = alpha * old + (1 - alpha) * enters
        new = old + grad**2 if kind == "adagrad" else new
        with np.errstate(divide="ignore", invalid="ignore"):
            below = np.sqrt(old if kind == "old" else new) + eps
            if kind in ("size", "no root"):
                below = new + eps
            if kind in ("inside", "no eps"):
                below = np.sqrt(new + (eps if kind == "inside" else 0))
            return w - lr * (grad**2 if kind == "square above" else grad) / below, new

    return step


EXERCISE = Exercise(
    id="04.3",
    title="A step of RMSProp",
    points=3,
    stars=2,
    minutes=10,
    reference=rmsprop_step,
    cases=_cases,
    values=(("the new w", "the new average"),),
    parts={
        "alpha * average": "what is left of the old average",
        "alpha * average + (1 - alpha) * grad ** 2": "the new average",
        "average = alpha * average + (1 - alpha) * grad ** 2": "the update of the average",
        "1 - alpha": "the factor 1 - alpha",
        "grad ** 2": "the squared gradient",
        "(1 - alpha) * grad ** 2": "what the new square adds",
        "np.sqrt(average)": "the root of the average",
        "np.sqrt(average) + eps": "the divisor",
        "lr * grad": "the gradient times lr",
        "lr * grad / (np.sqrt(average) + eps)": "the step",
    },
    forbidden=("lessonlib.optim.RMSprop", "torch.optim.RMSprop"),
    hints=(
        "The average is over grad**2, with weights alpha and 1 - alpha.",
        "Update the average first; then divide the gradient by its root.",
        "eps is added to the root, not to what is under it.",
    ),
    properties=(
        Property(
            "every weight for itself",
            _is_entry_by_entry,
            "The gradient of one weight changes the step or the average of another: everything "
            "has to work entry by entry, and each weight has its own average.",
            also=_other_last_gradient,
        ),
        Property(
            "the average lies between",
            _lies_between,
            "The new average is not between the old one and the new square, as it is when the two "
            "are weighted with alpha and 1 - alpha.",
        ),
        Property(
            "goes down",
            _goes_down,
            "A weight does not move against its gradient.",
        ),
    ),
    mistakes=(
        Mistake(
            "eps under the root",
            _rmsprop("inside"),
            "eps is under the root. With 1e-8 there the smallest divisor would be 1e-4: "
            "add it after the root, as in the formula.",
        ),
        Mistake(
            "no root",
            _rmsprop("no root"),
            "The root is missing. Divided by its own square, a gradient of 0.01 would become "
            "100: small gradients would make the largest steps.",
        ),
        Mistake(
            "averages the size",
            _rmsprop("size"),
            "The average is over |grad|. RMS means root of the mean of the squares.",
        ),
        Mistake(
            "old average",
            _rmsprop("old"),
            "The step uses the average from before this gradient. At the first step that is 0.",
        ),
        Mistake(
            "no eps",
            _rmsprop("no eps"),
            "eps is missing. Where the average is 0 you divide by 0: add eps to the root.",
        ),
        Mistake(
            "averages the gradient",
            _rmsprop("no square"),
            "The average is over the gradients themselves. It can fall below 0, where no root "
            "exists: average their squares.",
        ),
        Mistake(
            "sums the squares",
            _rmsprop("adagrad"),
            "The squares are summed up, so the steps only get shorter (that is Adagrad). A running "
            "mean forgets: alpha * average + (1 - alpha) * grad**2.",
        ),
        Mistake(
            "steps along the square",
            _rmsprop("square above"),
            "The step has the squared gradient above the root, so its sign is lost. The square is "
            "for the average; the step goes along grad.",
        ),
        Mistake(
            "weights exchanged",
            lambda w, old, grad, lr, alpha, eps: rmsprop_step(w, old, grad, lr, 1 - alpha, eps),
            "The two weights of the average are exchanged: alpha, near 1, belongs to the old "
            "average, and 1 - alpha to the new square.",
        ),
    ),
)
