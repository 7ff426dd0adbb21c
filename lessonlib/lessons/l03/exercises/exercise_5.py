"""Exercise 03.5: a gradient check with a relative error for each array."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def gradient_check(
    loss: Callable[..., float],
    arrays: Sequence[np.ndarray],
    gradients: Sequence[np.ndarray],
    nudge: float,
) -> list[float]:
    """How far each gradient is from central differences of the loss: 0 is right, 1 is wrong."""
    errors = []
    for k, gradient in enumerate(gradients):
        central = np.zeros(gradient.shape)
        for entry in np.ndindex(gradient.shape):
            up, down = ([array.copy() for array in arrays] for _ in range(2))
            up[k][entry] += nudge
            down[k][entry] -= nudge
            central[entry] = (loss(*up) - loss(*down)) / (2 * nudge)
        size = np.linalg.norm(gradient) + np.linalg.norm(central)
        gap = np.linalg.norm(gradient - central)
        errors.append(float(gap / size) if size > 0 else 0.0)
    return errors


# ---- losses to be tried on -----------------------------------------------------------------------

FORMULAS: dict[str, Callable[..., Any]] = {
    "the sum of w**2": lambda w: np.sum(w**2),
    "the sum of w**3": lambda w: np.sum(w**3),
    "the sum of max(w, 0)": lambda w: np.sum(np.maximum(w, 0.0)),
    "the sum of exp(w)": lambda w: np.sum(np.exp(w)),
    "the sum of (w @ v)**2": lambda w, v: np.sum((w @ v) ** 2),
    "the sum of w**2, whatever v is": lambda w, v: np.sum(w**2),
    "the sum of tanh(w @ v + b)**2": lambda w, v, b: np.sum(np.tanh(w @ v + b) ** 2),
}


class _Loss:
    """A loss with a name, times a number.

    >>> _Loss("the sum of w**2", 10.0)(np.array([1.0, 2.0]))
    50.0
    """

    def __init__(self, name: str, scale: float = 1.0) -> None:
        self.name, self.scale = name, scale
        self.__name__ = repr(self)  # by which a message calls it

    def __call__(self, *arrays: np.ndarray) -> float:
        return self.scale * float(FORMULAS[self.name](*arrays))

    def __repr__(self) -> str:
        return self.name if self.scale == 1 else f"{self.scale:g} times {self.name}"


def _cases(rng: np.random.Generator) -> list[tuple]:
    w = np.array([1.0, -2.0, 3.0])
    cube, square = _Loss("the sum of w**3"), _Loss("the sum of w**2")
    small = 1e-6 * w
    W, v, b = rng.normal(size=(2, 3)), rng.normal(size=3), rng.normal(size=2)
    cubes = np.array([[[1.0, 2.0], [-1.0, 3.0]], [[0.5, -2.0], [1.5, 1.0]]])
    product = _Loss("the sum of (w @ v)**2")
    dW, dv = 2 * np.outer(W @ v, v), 2 * W.T @ (W @ v)
    tanh = _Loss("the sum of tanh(w @ v + b)**2")
    y = np.tanh(W @ v + b)
    dz = 2 * y * (1 - y**2)
    three = [np.outer(dz, v), W.T @ dz, dz]
    careless = [np.outer(2 * y, v), W.T @ (2 * y), dz]
    return [
        (square, [w], [2 * w], 1e-3),
        (square, [w], [4 * w], 1e-3),
        Case("where the nudge is large and the loss is bent", cube, [w], [3 * w**2], 0.5),
        Case("where a single entry is wrong", cube, [w], [np.array([3.0, 12.0, 30.0])], 0.1),
        Case("where all numbers are tiny", square, [small], [6 * small], 1e-7),
        Case(
            "where a gradient and all its nudges are 0",
            _Loss("the sum of w**2, whatever v is"),
            [w, np.array([1.0, 2.0])],
            [3 * w, np.zeros(2)],
            1e-3,
        ),
        Case(
            "where the loss does not react to an array and its gradient is not 0",
            _Loss("the sum of w**2, whatever v is"),
            [w, np.array([1.0, 2.0])],
            [2 * w, np.array([5.0, -1.0])],
            1e-3,
        ),
        Case(
            "at the kink of a ReLU",
            _Loss("the sum of max(w, 0)"),
            [np.zeros(2)],
            [np.zeros(2)],
            1e-3,
        ),
        Case("where the gradient has the wrong sign", cube, [w], [-3 * w**2], 0.1),
        Case(
            "where an array has three dimensions",
            _Loss("the sum of w**3"),
            [cubes],
            [3 * cubes**2 + np.array([0.0, 1.0])],
            0.1,
        ),
        (product, [W, v], [dW, dv], 1e-4),
        (product, [W, v], [dW, dv + rng.uniform(0.5, 1, 3)], 1e-4),
        (tanh, [W, v, b], three, 1e-4),
        (tanh, [W, v, b], careless, 1e-4),
        (_Loss("the sum of exp(w)"), [W], [np.exp(W) + rng.normal(size=W.shape)], 0.1),
    ]


# ---- what every right answer has -----------------------------------------------------------------

Arrays = Sequence[np.ndarray]


def _one_for_each(found: Any, loss: Any, arrays: Arrays, *rest: Any) -> bool:
    return np.shape(found) == (len(arrays),)


def _finite(found: Any, *case: Any) -> bool:
    return bool(np.isfinite(np.asarray(found, dtype=float)).all())


def _between(found: Any, *case: Any) -> bool:
    errors = np.asarray(found, dtype=float)
    return bool(((errors >= -1e-9) & (errors <= 1 + 1e-9)).all())


def _same(found: Any, other: Any, *case: Any) -> bool:
    return bool(np.allclose(found, other, atol=1e-6))


def _larger_unit(loss: _Loss, arrays: Arrays, gradients: Arrays, nudge: float) -> tuple:
    return _Loss(loss.name, 1000 * loss.scale), arrays, [1000 * g for g in gradients], nudge


def _zeros(loss: Any, arrays: Arrays, gradients: Arrays, nudge: float) -> tuple:
    return loss, arrays, [np.zeros_like(g) for g in gradients], nudge


def _unmoved(loss: _Loss, arrays: Arrays, gradients: Arrays, nudge: float) -> tuple:
    return _Loss(loss.name, 0.0), arrays, gradients, nudge


def _wrong_unless_0(
    found: Any, still: Any, loss: Any, arrays: Arrays, gradients: Arrays, nudge: float
) -> bool:
    """Against slopes that are 0 the error is |g| / |g|, 1, or 0 if all of g is 0."""
    return bool(np.allclose(still, [float(np.any(g)) for g in gradients], atol=1e-6))


def _all_or_nothing(found: Any, zeros: Any, *case: Any) -> bool:
    """Against gradients that are 0 the error is |c| / |c|, 1, or 0 if all of c is 0."""
    errors = np.asarray(zeros, dtype=float)
    return bool(np.all(np.isclose(errors, 1, atol=1e-6) | np.isclose(errors, 0, atol=1e-6)))


# ---- what people write instead -------------------------------------------------------------------


def _moved(arrays: Arrays, k: int, entry: Any, by: float) -> list[np.ndarray]:
    moved = [array.copy() for array in arrays]
    moved[k][entry] += by
    return moved


Slope = Callable[[Any, Arrays, int, Any, float], float]


def _central(loss: Any, arrays: Arrays, k: int, entry: Any, nudge: float) -> float:
    up, down = _moved(arrays, k, entry, nudge), _moved(arrays, k, entry, -nudge)
    return (loss(*up) - loss(*down)) / (2 * nudge)


def _one_sided(loss: Any, arrays: Arrays, k: int, entry: Any, nudge: float) -> float:
    return (loss(*_moved(arrays, k, entry, nudge)) - loss(*arrays)) / nudge


def _backward_sided(loss: Any, arrays: Arrays, k: int, entry: Any, nudge: float) -> float:
    return (loss(*arrays) - loss(*_moved(arrays, k, entry, -nudge))) / nudge


def _relative(g: np.ndarray, c: np.ndarray) -> float:
    size = np.linalg.norm(g) + np.linalg.norm(c)
    return float(np.linalg.norm(g - c) / size) if size else 0.0


def _over(size: Callable[[float, float], float]) -> Callable[[np.ndarray, np.ndarray], float]:
    """The length of the difference, divided by something else."""

    def error(g: np.ndarray, c: np.ndarray) -> float:
        below = size(float(np.linalg.norm(g)), float(np.linalg.norm(c)))
        return float(np.linalg.norm(g - c)) / below if below else 0.0

    return error


def _largest(g: np.ndarray, c: np.ndarray) -> float:
    return float(np.abs(g - c).max())


def _largest_or_1(g: np.ndarray, c: np.ndarray) -> float:
    return float(np.abs(g - c).max() / max(1.0, np.abs(g).max(), np.abs(c).max()))


def _of_sums(g: np.ndarray, c: np.ndarray) -> float:
    size = np.abs(g).sum() + np.abs(c).sum()
    return float(np.abs(g - c).sum() / size) if size else 0.0


def _of_squares(g: np.ndarray, c: np.ndarray) -> float:
    size = (g**2).sum() + (c**2).sum()
    return float(((g - c) ** 2).sum() / size) if size else 0.0


def _of_entries(g: np.ndarray, c: np.ndarray) -> np.ndarray:
    size = np.abs(g) + np.abs(c)
    return np.where(size > 0, np.abs(g - c) / np.where(size > 0, size, 1.0), 0.0)


def _with_lengths(g: np.ndarray, c: np.ndarray) -> float:
    """The difference of the lengths in place of the length of the difference."""
    a, b = np.linalg.norm(g), np.linalg.norm(c)
    return float(abs(a - b) / (a + b)) if a + b else 0.0


def _undefined(g: np.ndarray, c: np.ndarray) -> float:
    with np.errstate(all="ignore"):
        return float(np.linalg.norm(g - c) / (np.linalg.norm(g) + np.linalg.norm(c)))


def _check_with(
    slope: Slope = _central, error: Callable[[np.ndarray, np.ndarray], float] = _relative
) -> Callable[..., list[float]]:
    """The check with another slope, or with another error."""

    def answer(loss: Any, arrays: Arrays, gradients: Arrays, nudge: float) -> list[float]:
        errors = []
        for k, g in enumerate(gradients):
            c = np.zeros(g.shape)
            for entry in np.ndindex(g.shape):
                c[entry] = slope(loss, arrays, k, entry, nudge)
            errors.append(error(g, c))
        return errors

    return answer


def _all_at_once(loss: Any, arrays: Arrays, gradients: Arrays, nudge: float) -> list[float]:
    """A whole array is moved, and each of its entries gets that slope."""
    errors = []
    for k, g in enumerate(gradients):
        slope = _central(loss, arrays, k, slice(None), nudge)
        errors.append(_relative(g, np.full(g.shape, slope)))
    return errors


def _left_moved(loss: Any, arrays: Arrays, gradients: Arrays, nudge: float) -> list[float]:
    """Every entry stays where its second nudge has put it."""
    errors = []
    for array, g in zip(arrays, gradients, strict=True):
        c = np.zeros(g.shape)
        for entry in np.ndindex(g.shape):
            array[entry] += nudge
            up = loss(*arrays)
            array[entry] -= 2 * nudge
            c[entry] = (up - loss(*arrays)) / (2 * nudge)
        errors.append(_relative(g, c))
    return errors


def _rows_at_once(loss: Any, arrays: Arrays, gradients: Arrays, nudge: float) -> list[float]:
    """A row of a matrix is moved, and each of its entries gets that slope."""
    errors = []
    for k, g in enumerate(gradients):
        c = np.zeros(g.shape)
        for row in range(len(g)):
            c[row] = _central(loss, arrays, k, row, nudge)
        errors.append(_relative(g, c))
    return errors


def _together(loss: Any, arrays: Arrays, gradients: Arrays, nudge: float) -> float:
    rows = []
    for k, g in enumerate(gradients):
        rows.append(
            [_central(loss, arrays, k, entry, nudge) for entry in np.ndindex(g.shape)],
        )
    return _relative(np.concatenate([g.ravel() for g in gradients]), np.concatenate(rows))


EXERCISE = Exercise(
    id="03.5",
    title="The gradient check",
    points=2,
    stars=2,
    minutes=18,
    reference=gradient_check,
    cases=_cases,
    forbidden=(
        "lessonlib.gradcheck.numerical_gradient",
        "lessonlib.gradcheck.gradcheck",
        "lessonlib.gradcheck.gradcheck_entries",
    ),
    hints=(
        "Two loops: over the arrays, and over the entries of one array. np.ndindex(array.shape) "
        "gives the place of every entry, whatever the number of dimensions.",
        "For one entry copy the arrays twice, raise it in one set and lower it in the other; "
        "loss(*arrays) runs the loss. Gather the slopes in an array of the gradient's shape.",
        "np.linalg.norm gives the length, also of a matrix. Test the sum of the two lengths "
        "before you divide by it.",
    ),
    properties=(
        Property(
            "one error for each array",
            _one_for_each,
            "One number is asked for for each array, so that you see in which of them a mistake "
            "is; here something else comes back.",
        ),
        Property(
            "every error is a number",
            _finite,
            "An error is infinite or nan. Where a gradient and all its nudges are 0 the two "
            "lengths sum to 0; that gradient is right, and its error is 0.",
        ),
        Property(
            "between 0 and 1",
            _between,
            "An error is below 0 or above 1. The length of a difference is at most the sum of the "
            "two lengths, so divided by that sum it is at most 1.",
        ),
        Property(
            "the unit of the loss does not matter",
            _same,
            "With a loss and gradients 1,000 times as large the errors have to stay as they are; "
            "here they change. A relative error has no unit.",
            also=_larger_unit,
        ),
        Property(
            "against zeros",
            _all_or_nothing,
            "Against a gradient of zeros the error is 1, or 0 where the nudges are 0 too; here it "
            "is another number.",
            also=_zeros,
        ),
        Property(
            "against a loss that never changes",
            _wrong_unless_0,
            "Where the loss does not react at all, all its slopes are 0: a gradient that is not 0 "
            "is wrong, with the error 1, and one of zeros is right. Here another number comes "
            "back.",
            also=_unmoved,
        ),
    ),
    parts={
        "up": "the arrays with one entry raised",
        "down": "the arrays with one entry lowered",
        "loss(*up)": "the loss above",
        "loss(*down)": "the loss below",
        "2 * nudge": "the distance between the two nudges",
        "central": "the measured slopes",
        "central[entry]": "the measured slope of one entry",
        "np.linalg.norm(gradient)": "the length of the gradient",
        "np.linalg.norm(central)": "the length of the measured slopes",
        "gradient - central": "the difference",
        "np.linalg.norm(gradient - central)": "the length of the difference",
        "size": "the sum of the two lengths",
        "size > 0": "the question whether both lengths are 0",
        "gap": "the length of the difference",
        "gap / size": "the relative error",
        "errors.append(float(gap / size) if size > 0 else 0.0)": "the error of one array",
    },
    mistakes=(
        Mistake(
            "one-sided",
            _check_with(_one_sided),
            "This is the one-sided difference, from the loss as it is to the loss above. The "
            "central one goes from below to above.",
        ),
        Mistake(
            "one-sided, from below",
            _check_with(_backward_sided),
            "This is the one-sided difference, from the loss below to the loss as it is. The "
            "central one goes from below to above.",
        ),
        Mistake(
            "divided by one nudge",
            _check_with(lambda *a: 2 * _central(*a)),
            "The two losses are two nudges apart: divide by twice the nudge.",
        ),
        Mistake(
            "below minus above",
            _check_with(lambda *a: -_central(*a)),
            "The measured slopes have the wrong sign: take the loss below from the loss above.",
        ),
        Mistake(
            "not divided by the nudge",
            _check_with(lambda *a: 2 * a[-1] * _central(*a)),
            "The difference of the two losses is not divided by the distance between them.",
        ),
        Mistake(
            "the largest difference",
            _check_with(error=_largest),
            "This is the largest difference of an entry, with the unit of the loss: 0.001 may be "
            "much or little. Divide the length of the difference by the two lengths.",
        ),
        Mistake(
            "relative above 1, absolute below",
            _check_with(error=_largest_or_1),
            "Where all numbers are below 1 this divides by 1, so a small gradient may be quite "
            "wrong with a small error. Divide by the two lengths.",
        ),
        Mistake(
            "not relative",
            _check_with(error=_over(lambda g, c: 1.0)),
            "This is the length of the difference. Divide it by the sum of the two lengths.",
        ),
        Mistake(
            "over the gradient",
            _check_with(error=_over(lambda g, c: g)),
            "The difference is divided by the length of the gradient alone. Divide by the sum of "
            "the two lengths.",
        ),
        Mistake(
            "over the nudges",
            _check_with(error=_over(lambda g, c: c)),
            "The difference is divided by the length of the measured slopes alone. Divide by the "
            "sum of the two lengths.",
        ),
        Mistake(
            "over the larger one",
            _check_with(error=_over(max)),
            "The difference is divided by the larger of the two lengths. Divide by their sum.",
        ),
        Mistake(
            "over half of the sum",
            _check_with(error=_over(lambda g, c: (g + c) / 2)),
            "The difference is divided by the mean of the two lengths. Divide by their sum.",
        ),
        Mistake(
            "a small number added below",
            _check_with(error=_over(lambda g, c: g + c + 1e-8)),
            "A small number is added to the two lengths. For gradients of that size it hides a "
            "mistake; test for 0 instead.",
        ),
        Mistake(
            "0 / 0",
            _check_with(error=_undefined),
            "Where a gradient and all its nudges are 0 this divides 0 by 0. That gradient is "
            "right: its error is 0.",
        ),
        Mistake(
            "sums of sizes",
            _check_with(error=_of_sums),
            "These are sums of absolute values. The length of an array is the root of the sum of "
            "its squares.",
        ),
        Mistake(
            "squares without the root",
            _check_with(error=_of_squares),
            "These are sums of squares; the length of an array is the root of that sum.",
        ),
        Mistake(
            "the worst entry",
            _check_with(error=lambda g, c: float(_of_entries(g, c).max())),
            "This is the relative error of the worst single entry. The lengths of whole arrays "
            "are asked for.",
        ),
        Mistake(
            "the mean over the entries",
            _check_with(error=lambda g, c: float(_of_entries(g, c).mean())),
            "This is the mean of the relative errors of single entries. The lengths of whole "
            "arrays are asked for.",
        ),
        Mistake(
            "difference of the lengths",
            _check_with(error=_with_lengths),
            "Two arrays may have the same length and point in different ways. Subtract first, "
            "then take the length.",
        ),
        Mistake(
            "all entries at once",
            _all_at_once,
            "All entries of an array are moved together, which gives one slope for all. Move one "
            "entry, with the others as they were.",
        ),
        Mistake(
            "a row at once",
            _rows_at_once,
            "A whole row of a matrix is moved at once, which gives one slope for all of it. Move "
            "one entry: np.ndindex(array.shape) gives the place of each.",
        ),
        Mistake(
            "nothing is moved",
            _check_with(lambda *a: 0.0),
            "All measured slopes are 0: the loss above and the loss below are equal. If the two "
            "are lists of the same arrays, as list(arrays) makes them, each nudge is in both.",
        ),
        Mistake(
            "left where it was put",
            _left_moved,
            "An entry stays moved after it was measured, so the later slopes belong to other "
            "arrays. Put it back.",
        ),
        Mistake(
            "all arrays in one number",
            _together,
            "One number for all arrays comes back. A mistake in a small array vanishes next to a "
            "large one, and you do not see where it is.",
        ),
    ),
)
