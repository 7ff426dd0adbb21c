"""Lesson 04, training dynamics: steps of the optimisers, batches, and the scale of the inputs."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake

# ---- the right answers ---------------------------------------------------------------------------


def momentum_step(
    w: np.ndarray, velocity: np.ndarray, grad: np.ndarray, lr: float, momentum: float
) -> tuple[np.ndarray, np.ndarray]:
    """One step of gradient descent with momentum; return the new weights and velocity."""
    velocity = momentum * velocity + grad  # old gradients fade, the new one enters whole
    return w - lr * velocity, velocity  # the weights follow the new velocity


def standardise(train: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both tables on the scale of the training rows: mean 0 and standard deviation 1 there."""
    mean, spread = train.mean(axis=0), train.std(axis=0)  # one number for each column
    spread = np.where(spread > 0, spread, 1)  # a constant column becomes 0, not NaN
    return (train - mean) / spread, (other - mean) / spread


def rmsprop_step(
    w: np.ndarray, average: np.ndarray, grad: np.ndarray, lr: float, alpha: float, eps: float
) -> tuple[np.ndarray, np.ndarray]:
    """One step of RMSProp; return the new weights and the new average of squared gradients."""
    average = alpha * average + (1 - alpha) * grad**2
    return w - lr * grad / (np.sqrt(average) + eps), average  # eps stands outside the root


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


def epoch_batches(n: int, batch_size: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Positions 0 .. n-1 in a new random order, cut into batches; the last may be smaller."""
    order = rng.permutation(n)  # drawn at every call: each epoch has its own order
    return [order[start : start + batch_size] for start in range(0, n, batch_size)]


def adamw_step(
    w: np.ndarray, m: np.ndarray, v: np.ndarray, t: int, grad: np.ndarray, lr: float, decay: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Step number t = 1, 2, ... of AdamW; return the new weights, m and v."""
    m = 0.9 * m + 0.1 * grad
    v = 0.999 * v + 0.001 * grad**2
    step = (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return w - lr * step - lr * decay * w, m, v  # the decay is not divided by the root


# ---- mistakes that need more than a line ---------------------------------------------------------

Tables = tuple[np.ndarray, np.ndarray]


def _scaled(train: np.ndarray, other: np.ndarray, mean: np.ndarray, spread: np.ndarray) -> Tables:
    with np.errstate(divide="ignore", invalid="ignore"):
        return (train - mean) / spread, (other - mean) / spread


def _safe(spread: np.ndarray) -> np.ndarray:
    return np.where(spread > 0, spread, 1)


def _scaled_each(train: np.ndarray, other: np.ndarray) -> Tables:
    return standardise(train, train)[0], standardise(other, other)[0]


def _scaled_together(train: np.ndarray, other: np.ndarray) -> Tables:
    both = np.r_[train, other]
    return _scaled(train, other, both.mean(axis=0), _safe(both.std(axis=0)))


def _rmsprop(kind: str) -> Callable[..., Tables]:
    def step(*arguments: Any) -> Tables:
        w, old, grad, lr, alpha, eps = arguments
        new = alpha * old + (1 - alpha) * (abs(grad) if kind == "size" else grad**2)
        below = np.sqrt(old if kind == "old" else new) + eps
        if kind in ("size", "no root"):
            below = new + eps
        return w - lr * grad / (np.sqrt(new + eps) if kind == "inside" else below), new

    return step


def _adam(kind: str) -> Callable[..., tuple[np.ndarray, np.ndarray, np.ndarray]]:
    def step(*arguments: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        w, m, v, t, grad, lr, beta1, beta2, eps = arguments
        m, v = beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad**2
        power = {"late": t - 1, "no power": 1}.get(kind, t)
        with np.errstate(divide="ignore", invalid="ignore"):
            m_hat = m if kind == "none" else m / np.float64(1 - beta1**power)
            v_hat = v if kind in ("none", "only m") else v / np.float64(1 - beta2**power)
            below = np.sqrt(v_hat + eps) if kind == "inside" else np.sqrt(v_hat) + eps
            new = w - lr * m_hat / below
        return (new, m_hat, v_hat) if kind == "keeps" else (new, m, v)

    return step


def _replaced(n: int, batch_size: int, rng: np.random.Generator) -> list[np.ndarray]:
    return [rng.integers(0, n, len(b)) for b in epoch_batches(n, batch_size, rng)]


def _adamw(kind: str) -> Callable[..., tuple[np.ndarray, np.ndarray, np.ndarray]]:
    def step(*arguments: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        w, m, v, t, grad, lr, decay = arguments
        grad = grad + decay * w if kind == "twice" else grad
        shrunk = {"no rate": decay, "twice": lr * decay, "grows": -lr * decay}.get(kind, 0.0) * w
        new, m, v = adamw_step(w, m, v, t, grad, lr, 0.0)
        return new - shrunk, m, v

    return step


def _decay_in_the_gradient(
    w: np.ndarray, m: np.ndarray, v: np.ndarray, t: int, grad: np.ndarray, lr: float, decay: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    grad = grad + decay * w
    m = 0.9 * m + 0.1 * grad
    v = 0.999 * v + 0.001 * grad**2
    step = (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return w - lr * step, m, v


# ---- the cases -----------------------------------------------------------------------------------


def _momentum_cases(rng: np.random.Generator) -> list[tuple]:
    small = (np.array([1.0, 2.0]), np.array([4.0, 0.0]), np.array([1.0, -2.0]), 0.1, 0.5)
    first = (np.array([1.0, 2.0]), np.zeros(2), np.array([1.0, -2.0]), 0.1, 0.9)
    drawn = [(*rng.normal(size=(3, n)), lr, mu) for n, lr, mu in ((4, 0.3, 0.9), (6, 0.01, 0.99))]
    return [small, first, *drawn, (*rng.normal(size=(3, 2, 3)), 0.05, 0.8)]


def _table_cases(rng: np.random.Generator) -> list[tuple]:
    small = (np.array([[1.0, 10.0], [3.0, 30.0]]), np.array([[2.0, 40.0]]))
    scales = np.array([1.0, 100.0, 0.01])
    drawn = (3 + scales * rng.normal(size=(20, 3)), scales * rng.normal(size=(7, 3)))
    constant = (
        np.c_[np.full(6, 5.0), rng.normal(size=6)],
        np.c_[np.array([5.0, 7.0]), rng.normal(size=2)],
    )
    return [small, drawn, constant]


def _rmsprop_cases(rng: np.random.Generator) -> list[tuple]:
    small = (np.array([1.0, 1.0]), np.array([4.0, 1.0]), np.array([2.0, -3.0]), 0.1, 0.75, 1e-8)
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
        for n, lr, a in ((3, 0.01, 0.99), (5, 0.2, 0.9))
    ]
    return [small, coarse, *drawn]


def _adam_cases(rng: np.random.Generator) -> list[tuple]:
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
        (rng.normal(size=4), 0.1 * rng.normal(size=4), rng.uniform(0.01, 1, 4), t, g, *rest)
        for t, g, rest in (
            (3, rng.normal(size=4), (0.01, 0.9, 0.999, 1e-8)),
            (20, rng.normal(size=4), (0.1, 0.8, 0.95, 0.01)),
        )
    ]
    return [first, small, *drawn]


def _batch_cases(rng: np.random.Generator) -> list[tuple]:
    return [
        (n, size, int(rng.integers(1000))) for n, size in ((10, 4), (12, 4), (50, 16), (33, 50))
    ]


def _two_epochs(answer: Callable[..., Any], n: int, batch_size: int, seed: int) -> dict:
    """Call the answer for two epochs; say what any right way of shuffling has in common."""
    rng = np.random.default_rng(seed)
    epochs = [[np.asarray(b).tolist() for b in answer(n, batch_size, rng)] for _ in range(2)]
    first, second = ([k for batch in batches for k in batch] for batches in epochs)
    return {
        "sizes of the batches": [len(b) for b in epochs[0]],
        "each example exactly once": sorted(first) == list(range(n)),
        "in a random order": first != sorted(first),
        "another order in the next epoch": first != second,
    }


def _adamw_cases(rng: np.random.Generator) -> list[tuple]:
    zero = np.zeros(2)
    first = (np.array([2.0, -1.0]), zero, zero, 1, np.array([1.0, 10.0]), 0.1, 0.5)
    drawn = [
        (rng.normal(size=4), 0.1 * rng.normal(size=4), rng.uniform(0.01, 1, 4), t, g, lr, decay)
        for t, g, lr, decay in (
            (2, rng.normal(size=4), 0.01, 0.1),
            (9, rng.normal(size=4), 0.1, 0.02),
        )
    ]
    return [first, *drawn]


# ---- the exercises -------------------------------------------------------------------------------

EXERCISES = [
    Exercise(
        id="04.1",
        title="A step with momentum",
        points=2,
        stars=1,
        minutes=8,
        reference=momentum_step,
        cases=_momentum_cases,
        forbidden=("lessonlib.optim.SGD", "torch.optim.SGD"),
        hints=(
            "Two lines: first the new velocity, then the new weights from it.",
            "velocity = momentum * velocity + grad, without a factor before grad.",
        ),
        mistakes=(
            Mistake(
                "moves with the old velocity",
                lambda w, u, g, lr, mu: (w - lr * u, mu * u + g),
                "The weights move with the velocity from before the step. In the very first step "
                "that is 0, and nothing happens. Update the velocity first.",
            ),
            Mistake(
                "averages",
                lambda w, u, g, lr, mu: (w - lr * (mu * u + (1 - mu) * g), mu * u + (1 - mu) * g),
                "This velocity is a running mean: the gradient enters with 1 - momentum. In this "
                "rule (and in PyTorch) it enters whole; a mean is what Adam uses.",
            ),
            Mistake(
                "climbs",
                lambda w, u, g, lr, mu: (w + lr * (mu * u + g), mu * u + g),
                "The velocity collects gradients, and they point uphill. Subtract it.",
            ),
            Mistake(
                "rate inside the velocity",
                lambda w, u, g, lr, mu: (w + mu * u - lr * g, mu * u - lr * g),
                "This is Polyak's own form, with the rate inside the velocity: another meaning of "
                "`velocity`. Here it collects gradients, and the rate is applied last.",
            ),
        ),
    ),
    Exercise(
        id="04.2",
        title="One scale for all inputs",
        points=2,
        stars=2,
        minutes=10,
        reference=standardise,
        cases=_table_cases,
        hints=(
            "train.mean(axis=0) has one number for each column; so has train.std(axis=0).",
            "The other rows get the training rows' mean and spread, not their own.",
            "A column that never changes has a spread of 0. Divide it by 1 instead: np.where.",
        ),
        mistakes=(
            Mistake(
                "its own statistics",
                _scaled_each,
                "`other` is scaled by its own mean and spread. The same measurement would then "
                "mean different inputs to the network; a single new row would always become 0.",
            ),
            Mistake(
                "statistics of everything",
                _scaled_together,
                "Mean and spread are taken over both tables. So the test rows have a say in the "
                "training: that is a leak.",
            ),
            Mistake(
                "constant column",
                lambda a, b: _scaled(a, b, a.mean(axis=0), a.std(axis=0)),
                "A column that never changes has a spread of 0, and 0 / 0 is NaN. One such column "
                "makes the whole loss NaN. Divide it by 1.",
            ),
            Mistake(
                "divides by the variance",
                lambda a, b: _scaled(a, b, a.mean(axis=0), _safe(a.var(axis=0))),
                "This divides by the variance, whose unit is that of the column squared. The "
                "standard deviation is its root.",
            ),
            Mistake(
                "divides by n - 1",
                lambda a, b: _scaled(a, b, a.mean(axis=0), _safe(a.std(axis=0, ddof=1))),
                "The spread divides by n - 1 (ddof=1, the default of pandas). Here the scaled "
                "training columns have a spread of exactly 1: np.std's own default.",
            ),
            Mistake(
                "one mean for the table",
                lambda a, b: _scaled(a, b, a.mean(), a.std()),
                "One mean and one spread for the whole table: the columns keep their different "
                "scales. Use axis=0.",
            ),
        ),
    ),
    Exercise(
        id="04.3",
        title="A step of RMSProp",
        points=3,
        stars=2,
        minutes=10,
        reference=rmsprop_step,
        cases=_rmsprop_cases,
        forbidden=("lessonlib.optim.RMSprop", "torch.optim.RMSprop"),
        hints=(
            "The average is over grad**2, with weights alpha and 1 - alpha.",
            "Update the average first; then divide the gradient by its root.",
            "eps is added to the root, not to what is under it.",
        ),
        mistakes=(
            Mistake(
                "eps under the root",
                _rmsprop("inside"),
                "eps stands under the root. With 1e-8 there the smallest divisor would be 1e-4: "
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
        ),
    ),
    Exercise(
        id="04.4",
        title="A step of Adam",
        points=4,
        stars=3,
        minutes=20,
        reference=adam_step,
        cases=_adam_cases,
        forbidden=("lessonlib.optim.Adam", "torch.optim.Adam"),
        hints=(
            "Two running averages with weights beta and 1 - beta: m of grad, v of grad**2.",
            "m_hat = m / (1 - beta1**t), v_hat = v / (1 - beta2**t). t is 1 at the first step.",
            "Return m and v themselves, not m_hat and v_hat: the correction is made anew each step.",
        ),
        mistakes=(
            Mistake(
                "no correction",
                _adam("none"),
                "The averages are not corrected. At the first step m is a tenth of the gradient and "
                "the root of v about 3 % of its size: the step is 3.16 times too long.",
            ),
            Mistake(
                "corrects only m",
                _adam("only m"),
                "m is corrected and v is not. v starts at 0 too, and forgets it a hundred times "
                "more slowly.",
            ),
            Mistake(
                "counts from 0",
                _adam("late"),
                "The power is t - 1. At the first step 1 - beta**0 is 0, and you divide by it. "
                "Here t is 1 at the first step.",
            ),
            Mistake(
                "beta without its power",
                _adam("no power"),
                "The correction divides by 1 - beta at every step. It must fade: 1 - beta**t.",
            ),
            Mistake(
                "eps under the root",
                _adam("inside"),
                "eps stands under the root; it belongs outside: sqrt(v_hat) + eps.",
            ),
            Mistake(
                "keeps the corrected averages",
                _adam("keeps"),
                "The new weights are right. m_hat and v_hat are returned, so the next step would "
                "correct them a second time. Return m and v.",
            ),
        ),
    ),
    Exercise(
        id="04.5",
        title="Find the bug: this is not AdamW",
        points=2,
        stars=2,
        minutes=10,
        reference=adamw_step,
        starter=_decay_in_the_gradient,
        cases=_adamw_cases,
        forbidden=("lessonlib.optim.AdamW", "torch.optim.AdamW"),
        hints=(
            "Follow decay * w through the lines. What is it divided by on its way into w?",
            "AdamW leaves the gradient alone and shrinks w itself: by lr * decay * w, beside the step.",
        ),
        mistakes=(
            Mistake(
                "decay without the rate",
                _adamw("no rate"),
                "The bug is gone, but the decay is not multiplied by the learning rate: with a "
                "decay of 0.5 half of each weight disappears in one step.",
            ),
            Mistake(
                "decays twice",
                _adamw("twice"),
                "The weight is shrunk directly, and the decay is still in the gradient as well.",
            ),
            Mistake(
                "no decay",
                _adamw("none"),
                "The decay has left the gradient and appears nowhere else: this is Adam.",
            ),
            Mistake(
                "grows the weights",
                _adamw("grows"),
                "The sign of the decay is wrong: the weights grow.",
            ),
        ),
    ),
    Exercise(
        id="04.6",
        title="Batches of one epoch",
        points=3,
        stars=2,
        minutes=10,
        reference=epoch_batches,
        cases=_batch_cases,
        use=_two_epochs,
        forbidden=("lessonlib.training.batches",),
        hints=(
            "rng.permutation(n) is a random order of 0 .. n-1; call it inside the function.",
            "range(0, n, batch_size) gives the first position of every batch.",
            "A slice that reaches beyond the end is simply shorter: that is the last batch.",
        ),
        mistakes=(
            Mistake(
                "drops the last batch",
                lambda n, size, rng: epoch_batches(n, size, rng)[: n // size],
                "The examples that do not fill a batch are left out. Return them as a smaller one.",
            ),
            Mistake(
                "no shuffling",
                lambda n, size, rng: [np.arange(n)[s : s + size] for s in range(0, n, size)],
                "The order is 0, 1, 2, ... In a sorted table every batch would then hold one class.",
            ),
            Mistake(
                "the same order every time",
                lambda n, size, rng: epoch_batches(n, size, np.random.default_rng(0)),
                "Every epoch has the same order: a new generator is made at each call. Use the rng "
                "that is passed in.",
            ),
            Mistake(
                "with replacement",
                _replaced,
                "Examples are drawn with replacement: in one epoch some come twice and about a "
                "third never.",
            ),
        ),
    ),
]
