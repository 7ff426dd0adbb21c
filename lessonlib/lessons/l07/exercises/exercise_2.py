"""Exercise 07.2: backpropagation through time for a recurrent layer."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake, Property
from lessonlib.lessons.l07.exercises.exercise_1 import states
from lessonlib.lessons.l07.exercises.shared import layers


def backward(
    dh: np.ndarray, x: np.ndarray, h: np.ndarray, h0: np.ndarray, U: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Backpropagation through time for a layer that answers at every step."""
    before = np.vstack([h0[None], h[:-1]])  # row t is the state before step t
    dW, dU, db = np.zeros((h.shape[1], x.shape[1])), np.zeros_like(U), np.zeros(len(U))
    later = np.zeros(len(U))  # the gradient that comes back from the next step
    for t in reversed(range(len(x))):
        da = (dh[t] + later) * (1 - h[t] ** 2)
        dW += np.outer(da, x[t])
        dU += np.outer(da, before[t])
        db += da
        later = U.T @ da
    return dW, dU, db


def _cases(rng: np.random.Generator) -> list[tuple]:
    cases = []
    for layer in layers(rng):
        x, h0, _, U, _ = layer
        h = states(*layer)
        cases.append((rng.normal(size=h.shape).round(2), x, h, h0, U))
    x, h0, _, U, _ = layer = layers(rng)[2]
    h = states(*layer)
    last = np.vstack([np.zeros_like(h[:-1]), rng.normal(size=(1, len(h0)))])
    return [*cases, (last, x, h, h0, U)]


# ---- what every right answer has -----------------------------------------------------------------


Sums = tuple[np.ndarray, np.ndarray, np.ndarray]
A = np.ndarray  # short, so that a signature with five arrays is easy to read


def _fit(sums: Sums, dh: A, x: A, h: A, h0: A, U: A) -> bool:
    shapes = (h.shape[1], x.shape[1]), U.shape, h0.shape
    return len(sums) == 3 and all(np.shape(s) == w for s, w in zip(sums, shapes, strict=True))


def _one_step(dh: A, x: A, h: A, h0: A, U: A) -> tuple:
    return np.ones_like(dh[:1]), x[:1], h[:1], h0, U


def _reaches_the_first_step(sums: Sums, one: Sums, *_: Any) -> bool:
    return any(np.any(np.asarray(part, float) != 0) for part in one)


def _is_right_in_one_step(sums: Sums, one: Sums, dh: A, x: A, h: A, h0: A, U: A) -> bool:
    return np.allclose(one[2], 1 - h[0] ** 2, atol=1e-4)


def _gradients_of_sums(dh: A, h: A, U: A) -> A:
    """The gradient of each step's sum, before the tanh."""
    da, slope = np.zeros(dh.shape), 1 - h**2
    for t in range(len(h) - 1, -1, -1):
        da[t] = slope[t] * (dh[t] + (da[t + 1] @ U if t + 1 < len(h) else 0))
    return da


def _hands_back(sums: Sums, one: Sums, dh: A, x: A, h: A, h0: A, U: A) -> bool:
    if not _is_right_in_one_step(sums, one, dh, x, h, h0, U):
        return True
    return np.allclose(sums[2], _gradients_of_sums(dh, h, U).sum(0), atol=1e-4)


def _uses_inputs(sums: Sums, dh: A, x: A, h: A, h0: A, U: A) -> bool:
    """Whether dW belongs to db; asked only where db is right."""
    da = _gradients_of_sums(dh, h, U)
    return not np.allclose(sums[2], da.sum(0), atol=1e-4) or np.allclose(
        sums[0], da.T @ x, atol=1e-4
    )


def _uses_states(sums: Sums, dh: A, x: A, h: A, h0: A, U: A) -> bool:
    """Whether dU belongs to db; asked only where db is right."""
    da = _gradients_of_sums(dh, h, U)
    return not np.allclose(sums[2], da.sum(0), atol=1e-4) or np.allclose(
        sums[1], da.T @ np.vstack([h0[None], h[:-1]]), atol=1e-4
    )


def _uses_h0(sums: Sums, one: Sums, dh: A, x: A, h: A, h0: A, U: A) -> bool:
    if not _is_right_in_one_step(sums, one, dh, x, h, h0, U):
        return True
    return np.allclose(one[1], np.outer(1 - h[0] ** 2, h0), atol=1e-4)


def _grows_with_dh(sums: Sums, other: Sums, *_: A) -> bool:
    pairs = zip(sums, other, strict=True)
    return all(np.allclose(np.multiply(2, a), b, rtol=1e-3, atol=1e-4) for a, b in pairs)


# ---- what people write instead -------------------------------------------------------------------


def _walk(
    dh: np.ndarray,
    x: np.ndarray,
    h: np.ndarray,
    h0: np.ndarray,
    U: np.ndarray,
    *,
    slope: Callable = lambda h: 1 - h**2,
    back: Callable = lambda U, da: U.T @ da,
    before: np.ndarray | None = None,
    keep: float = 1.0,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The right walk with one part exchanged."""
    before = np.vstack([h0[None], h[:-1]]) if before is None else before
    dW, dU, db = np.zeros((h.shape[1], x.shape[1])), np.zeros_like(U), np.zeros(len(U))
    later = np.zeros(len(U))
    for t in reversed(range(len(x))):
        da = (dh[t] + later) * slope(h[t])
        dW = keep * dW + np.outer(da, x[t])
        dU = keep * dU + np.outer(da, before[t])
        db = keep * db + da
        later = back(U, da)
    return dW, dU, db


def _zeros_before(dh: np.ndarray, x: np.ndarray, h: np.ndarray, h0: np.ndarray, U: Any) -> tuple:
    return _walk(dh, x, h, h0, U, before=np.vstack([0 * h0[None], h[:-1]]))


def _last_answer(dh: np.ndarray, x: np.ndarray, h: np.ndarray, h0: np.ndarray, U: Any) -> tuple:
    return _walk(np.where(np.arange(len(dh))[:, None] == len(dh) - 1, dh, 0.0), x, h, h0, U)


EXERCISE = Exercise(
    id="07.2",
    title="Backward through time",
    points=4,
    stars=3,
    minutes=20,
    reference=backward,
    cases=_cases,
    forbidden=(
        "lessonlib.functional.rnn_backward",
        "torch.autograd.backward",
        "torch.autograd.grad",
    ),
    values=(("dW", "dU", "db"),),
    parts={
        "dW": "dW",
        "dU": "dU",
        "db": "db",
        "before": "the states before each step",
        "before[t]": "the state before the step",
        "h[:-1]": "all states but the last",
        "h0[None]": "`h0` as a row",
        "later": "what comes back from the later step",
        "dh[t]": "the gradient by the own answer",
        "dh[t] + later": "what arrives at the state",
        "1 - h[t] ** 2": "the slope of the tanh",
        "h[t] ** 2": "the square of the state",
        "h[t]": "the state after the step",
        "x[t]": "the input of the step",
        "(dh[t] + later) * (1 - h[t] ** 2)": "the gradient of the sum",
        "da": "the gradient of the sum",
        "U.T @ da": "what goes back through U",
        "later = U.T @ da": "what goes back through U",
        "np.outer(da, x[t])": "the step's share of dW",
        "np.outer(da, before[t])": "the step's share of dU",
        "dW += np.outer(da, x[t])": "the step's share of dW",
        "dU += np.outer(da, before[t])": "the step's share of dU",
        "db += da": "the step's share of db",
        "t": "the step",
    },
    properties=(
        Property(
            "shapes of gradients",
            _fit,
            "A gradient has the shape of its weights: dW (H, D), dU (H, H), db (H,), in this order.",
        ),
        Property(
            "reaches the first step",
            _reaches_the_first_step,
            "With a single step only zeros come back: the walk has to reach step 0, too.",
            also=_one_step,
        ),
        Property(
            "one step",
            _is_right_in_one_step,
            "It goes wrong with a single step already: there db is dh[0] times the slope of the "
            "tanh, which is made of the state h[0] itself.",
            also=_one_step,
        ),
        Property(
            "what comes back",
            _hands_back,
            "For a single step db is right, for several it is not: what comes back from the later "
            "step is wrong, or the shares of the steps do not add up. What goes back through U is "
            "the gradient of the later step's sum, after its slope, and it is added to dh[t] before "
            "the slope of step t.",
            also=_one_step,
        ),
        Property(
            "h0 in dU",
            _uses_h0,
            "With a single step dU is wrong: before that step the state was h0, so U multiplied h0.",
            also=_one_step,
        ),
        Property(
            "dW with the inputs",
            _uses_inputs,
            "db is right and dW is not, though both are made of the same gradients: in each step W "
            "multiplied the input x[t].",
        ),
        Property(
            "dU with the states before",
            _uses_states,
            "db is right and dU is not, though both are made of the same gradients: in each step U "
            "multiplied the state before it.",
        ),
        Property(
            "grows with dh",
            _grows_with_dh,
            "Twice the dh has to give gradients twice as large.",
            also=lambda dh, x, h, h0, U: (2 * dh, x, h, h0, U),
        ),
    ),
    hints=(
        "Walk t from the last step to the first. What arrives at h[t] is dh[t] plus what step "
        "t + 1 handed back; the last step gets only its own.",
        "da = (dh[t] + later) * (1 - h[t] ** 2). It goes to dW with x[t], to dU with the state "
        "before, to db as it is; then later = U.T @ da.",
        "The state before step t is h[t - 1], and h0 for t = 0. np.outer(da, x[t]) has the "
        "shape of W.",
    ),
    mistakes=(
        Mistake(
            "own answer only",
            lambda *a: _walk(*a, back=lambda U, da: np.zeros_like(da)),
            "Every state gets the gradient of its own answer only. It had a part in all later ones "
            "too: add what comes back through U.",
        ),
        Mistake(
            "last answer only",
            _last_answer,
            "Only the gradient of the last answer is walked back. dh[t] enters at every step.",
        ),
        Mistake(
            "U not turned",
            lambda *a: _walk(*a, back=lambda U, da: U @ da),
            "Back through U the gradient goes along the columns: U.T @ da. (With one unit, or a "
            "symmetric U, the difference does not show.)",
        ),
        Mistake(
            "no slope",
            lambda *a: _walk(*a, slope=np.ones_like),
            "The slope of the tanh is missing: 1 - h[t] ** 2.",
        ),
        Mistake(
            "state after",
            lambda dh, x, h, h0, U: _walk(dh, x, h, h0, U, before=h),
            "dU uses h[t], the state after the step. U multiplied the state before it.",
        ),
        Mistake(
            "forgets h0",
            _zeros_before,
            "At the first step U multiplied h0, which need not be zero.",
        ),
        Mistake(
            "mean over the steps",
            lambda dh, *a: tuple(part / len(dh) for part in _walk(dh, *a)),
            "The shares of the steps are divided by their number. The weights are used at every "
            "step, so their gradient is the sum, not the mean.",
        ),
        Mistake(
            "overwrites",
            lambda *a: _walk(*a, keep=0.0),
            "Only one step's share is left. The weights are used at every step: add up.",
        ),
    ),
)
