"""Exercise 04.4: one step of Adam, with both corrections for the start at 0."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def adam_step(
    w: np.ndarray,
    m: np.ndarray,
    v: np.ndarray,
    t: int,
    grad: np.ndarray,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Step number t = 1, 2, ... of Adam; return the new weights, m and v."""
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)  # both averages began at 0 and are too small at first
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v  # m and v go on uncorrected


def _cases(rng: np.random.Generator) -> list[tuple]:
    zero = np.zeros(2)
    first = (np.array([1.0, 1.0]), zero, zero, 1, np.array([2.0, -0.5]), 0.1, 0.9, 0.999, 1e-8)
    small = (
        np.array([1.0]),
        np.array([0.2]),
        np.array([0.4]),
        2,
        np.array([1.0]),
        0.1,
        0.9,
        0.99,
        0.5,
    )
    drawn = [
        (
            rng.normal(size=n),
            0.1 * rng.normal(size=n),
            rng.uniform(0.01, 1, n),
            t,
            rng.normal(size=n),
            *rest,
        )
        for n, t, rest in (
            (4, 3, (0.01, 0.9, 0.999, 1e-8)),
            ((2, 3), 5, (0.3, 0.7, 0.9, 1e-8)),
            (4, 20, (0.1, 0.8, 0.95, 0.01)),
        )
    ]
    return [Case("at the very first step, t = 1, with m and v at 0", *first), small, *drawn]


# ---- what every right answer has -----------------------------------------------------------------


def _same_gradients(w: Any, m: Any, v: Any, t: int, grad: Any, lr: float, *betas: float) -> tuple:
    """Arguments as if each gradient up to now had been this one; eps too small to be seen."""
    beta1, beta2, _ = betas
    grad = np.where(np.abs(grad) < 0.1, 0.1, grad)
    past = [(1 - b ** (t - 1)) for b in (beta1, beta2)]
    return w, past[0] * grad, past[1] * grad**2, t, grad, lr, beta1, beta2, 1e-12


def _moves_by_lr(got: Any, same: Any, w: Any, m: Any, v: Any, t: int, *rest: Any) -> bool:
    lr = rest[1]
    return np.allclose(np.abs(np.asarray(same[0]) - w), lr, rtol=1e-3)


def _other_beta2(w: Any, m: Any, v: Any, t: int, grad: Any, lr: float, *betas: float) -> tuple:
    return w, m, v, t, grad, lr, betas[0], betas[1] / 2, betas[2]


def _beta2_is_for_v(got: Any, other: Any, *arguments: Any) -> bool:
    return np.allclose(got[1], other[1], atol=1e-6) and not np.allclose(got[2], other[2], atol=1e-6)


def _other_m(w: Any, m: Any, *rest: Any) -> tuple:
    return w, m + 1.0, *rest


def _goes_along_m(got: Any, other: Any, *arguments: Any) -> bool:
    return not np.allclose(got[0], other[0], atol=1e-9)


def _no_lr(w: Any, m: Any, v: Any, t: int, grad: Any, lr: float, *betas: float) -> tuple:
    return w, m, v, t, grad, 0.0, *betas


def _starts_with_w(got: Any, still: Any, w: Any, *rest: Any) -> bool:
    return np.allclose(still[0], w)


def _other_last_gradient(w: Any, m: Any, v: Any, t: int, grad: Any, *rest: Any) -> tuple:
    other = grad.copy()
    other.flat[-1] += 1.0
    return w, m, v, t, other, *rest


def _is_entry_by_entry(got: Any, other: Any, *arguments: Any) -> bool:
    parts = zip(got[:3], other[:3], strict=True)
    pairs = [(np.ravel(a)[:-1], np.ravel(b)[:-1]) for a, b in parts]
    return all(np.allclose(a, b, atol=1e-5, equal_nan=True) for a, b in pairs)


# ---- what people write instead -------------------------------------------------------------------


def _adam(kind: str) -> Callable[..., tuple[np.ndarray, np.ndarray, np.ndarray]]:
    def step(*arguments: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        w, m, v, t, grad, lr, beta1, beta2, eps = arguments
        m = beta1 * m + (1 - beta1) * grad
        v = beta2 * v + (1 - beta2) * (m if kind == "squares m" else grad) ** 2
        power = {"late": t - 1, "early": t + 1, "no power": 1}.get(kind, t)
        with np.errstate(divide="ignore", invalid="ignore"):
            m_hat = m if kind == "none" else m / np.float64(1 - beta1**power)
            v_hat = v if kind in ("none", "only m") else v / np.float64(1 - beta2**power)
            if kind == "power outside":
                m_hat, v_hat = m / (1 - beta1) ** t, v / (1 - beta2) ** t
            if kind == "other correction":
                m_hat, v_hat = m / (1 - beta2**t), v / (1 - beta1**t)
            if kind == "multiplied":
                m_hat, v_hat = m * (1 - beta1**t), v * (1 - beta2**t)
            if kind == "times":
                m_hat, v_hat = m / np.float64(1 - beta1 * t), v / np.float64(1 - beta2 * t)
            below = np.sqrt(v_hat + eps) if kind == "inside" else np.sqrt(v_hat) + eps
            below = v_hat + eps if kind == "no root" else below
            if kind == "eps apart":
                below = (np.sqrt(v) + eps) / np.sqrt(1 - beta2**t)
            new = w - lr * m_hat / below
        m, v = {"keeps": (m_hat, v_hat), "exchanged": (v, m)}.get(kind, (m, v))
        return new, m, v

    return step


EXERCISE = Exercise(
    id="04.4",
    title="A step of Adam",
    points=4,
    stars=3,
    minutes=20,
    reference=adam_step,
    cases=_cases,
    values=(("the new w", "the new m", "the new v"),),
    parts={
        "beta1 * m": "what is left of the old m",
        "beta2 * v": "what is left of the old v",
        "beta1 * m + (1 - beta1) * grad": "the new m",
        "beta2 * v + (1 - beta2) * grad ** 2": "the new v",
        "m = beta1 * m + (1 - beta1) * grad": "the update of m",
        "v = beta2 * v + (1 - beta2) * grad ** 2": "the update of v",
        "1 - beta1": "the factor 1 - beta1",
        "1 - beta2": "the factor 1 - beta2",
        "(1 - beta1) * grad": "what the new gradient adds to m",
        "(1 - beta2) * grad ** 2": "what the new square adds to v",
        "grad ** 2": "the squared gradient",
        "beta1 ** t": "the power beta1^t",
        "beta2 ** t": "the power beta2^t",
        "1 - beta1 ** t": "the correction of m",
        "1 - beta2 ** t": "the correction of v",
        "m_hat": "the corrected m",
        "v_hat": "the corrected v",
        "m / (1 - beta1 ** t)": "the corrected m",
        "v / (1 - beta2 ** t)": "the corrected v",
        "np.sqrt(v_hat)": "the root of the corrected v",
        "np.sqrt(v_hat) + eps": "the divisor",
        "lr * m_hat": "the corrected m times lr",
        "lr * m_hat / (np.sqrt(v_hat) + eps)": "the step",
    },
    forbidden=("lessonlib.optim.Adam", "torch.optim.Adam"),
    hints=(
        "Two running averages with weights beta and 1 - beta: m of grad, v of grad**2.",
        "m_hat = m / (1 - beta1**t), v_hat = v / (1 - beta2**t). t is 1 at the first step.",
        "Return m and v themselves, not m_hat and v_hat: each step makes the correction itself.",
    ),
    properties=(
        Property(
            "every weight for itself",
            _is_entry_by_entry,
            "The gradient of one weight changes the step or the averages of another: everything "
            "has to work entry by entry.",
            also=_other_last_gradient,
        ),
        Property(
            "w comes first",
            _starts_with_w,
            "With lr = 0 the first value has to be w as it was. The order is w, m, v.",
            also=_no_lr,
        ),
        Property(
            "beta1 is for m, beta2 for v",
            _beta2_is_for_v,
            "With another beta2 the new v has to differ and the new m has to stay: beta1 belongs "
            "to m, beta2 to v.",
            also=_other_beta2,
        ),
        Property(
            "the step goes along m",
            _goes_along_m,
            "The new w does not depend on m: the step has to go along the running average of the "
            "gradients, not along the last one.",
            also=_other_m,
        ),
        Property(
            "equal gradients make steps of lr",
            _moves_by_lr,
            "If each gradient so far was the same, the corrected averages are this gradient and "
            "its square at every step t, and each weight moves by lr. Yours move by another "
            "amount.",
            also=_same_gradients,
        ),
    ),
    mistakes=(
        Mistake(
            "no correction",
            _adam("none"),
            "The averages are not corrected. With the usual betas m is a tenth of the gradient at the "
            "first step, the root of v about 3 % of its size, and the step 3.16 times too long.",
        ),
        Mistake(
            "corrects only m",
            _adam("only m"),
            "m is corrected and v is not. v starts at 0 too, and with the usual betas forgets it "
            "a hundred times more slowly.",
        ),
        Mistake(
            "counts from 0",
            _adam("late"),
            "The power is t - 1. At the first step 1 - beta**0 is 0, and you divide by it. "
            "Here t is 1 at the first step.",
        ),
        Mistake(
            "counts one too many",
            _adam("early"),
            "The power is t + 1. Here t is 1 at the first step already, so nothing is to be added "
            "to it.",
        ),
        Mistake(
            "beta without its power",
            _adam("no power"),
            "The correction divides by 1 - beta at every step. It must fade: 1 - beta**t.",
        ),
        Mistake(
            "the power outside",
            _adam("power outside"),
            "The correction divides by (1 - beta)**t. Only beta has the power: 1 - beta**t.",
        ),
        Mistake(
            "corrections exchanged",
            _adam("other correction"),
            "m is corrected with beta2, and v with beta1. m belongs to beta1, v to beta2.",
        ),
        Mistake(
            "multiplies",
            _adam("multiplied"),
            "m and v are multiplied by 1 - beta**t, which makes them smaller still: divide.",
        ),
        Mistake(
            "beta times t",
            _adam("times"),
            "The correction takes beta times t off 1. It is a power: after t steps a share beta^t "
            "of the start at 0 is left.",
        ),
        Mistake(
            "v averages the squares of m",
            _adam("squares m"),
            "v collects the squares of m. It has to be the mean of the squared gradients "
            "themselves.",
        ),
        Mistake(
            "no root",
            _adam("no root"),
            "The step is divided by v_hat itself. v_hat is a mean of squares: take its root, or "
            "small gradients make the largest steps.",
        ),
        Mistake(
            "eps under the root",
            _adam("inside"),
            "eps is under the root; it belongs outside: after the root of v_hat.",
        ),
        Mistake(
            "m and v exchanged",
            _adam("exchanged"),
            "The numbers are right, but v comes back before m. The order is w, m, v.",
        ),
        Mistake(
            "eps without its correction",
            _adam("eps apart"),
            "The corrections have gone into the learning rate, and eps is added to the root of the "
            "uncorrected v: it then weighs more than it should. Add it to the root of v_hat.",
        ),
        Mistake(
            "keeps the corrected averages",
            _adam("keeps"),
            "The new weights are right. m_hat and v_hat are returned, so the next step would "
            "correct them a second time. Return m and v.",
        ),
    ),
)
