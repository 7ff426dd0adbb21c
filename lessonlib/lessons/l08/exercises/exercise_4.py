"""Exercise 08.4: find the bug in a GRU whose update gate works the wrong way round."""

from collections.abc import Callable

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake, Property
from lessonlib.lessons.l08.exercises.shared import sigmoid, weights


def gru_step(
    x: np.ndarray, h: np.ndarray, W: np.ndarray, U: np.ndarray, b: np.ndarray, d: np.ndarray
) -> np.ndarray:
    """One step of a GRU for a batch: the new h (N, H)."""

    def sigmoid(a: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(-a))

    r, z, n = np.split(x @ W.T + b, 3, axis=1)
    p, q, s = np.split(h @ U.T + d, 3, axis=1)
    r, z = sigmoid(r + p), sigmoid(z + q)
    n = np.tanh(n + r * s)
    return (1 - z) * n + z * h  # z = 1 keeps the old state


def _cases(rng: np.random.Generator) -> list[tuple]:
    cases = []
    for n, D, H in ((1, 1, 1), (1, 2, 2), (3, 4, 5), (3, 5, 2)):
        x, h, _, W, U, b = weights(rng, n, D, H, 3)
        cases.append((x, h, W, U, b, rng.normal(size=3 * H)))
    return cases


# ---- what every right answer has -----------------------------------------------------------------


A = np.ndarray  # short, so that a signature with six arrays is easy to read


def _with_gates(r: float, z: float) -> Callable[..., tuple]:
    """Arguments whose gates r and z are 0 or 1 almost exactly, by way of b; 0 leaves one alone."""

    def changed(x: A, h: A, W: A, U: A, b: A, d: A) -> tuple:
        H = h.shape[1]
        return x, h, W, U, b + np.repeat([r, z, 0.0], H), d

    return changed


def _candidate(r: float, x: A, h: A, W: A, U: A, b: A, d: A) -> A:
    a, s = x @ W.T + b, h @ U.T + d
    H = h.shape[1]
    return np.tanh(a[:, 2 * H :] + r * s[:, 2 * H :])


def _fits(new: A, x: A, h: A, *_: A) -> bool:
    return np.shape(new) == h.shape


def _keeps_the_old(new: A, kept: A, x: A, h: A, *_: A) -> bool:
    return np.allclose(kept, h, atol=1e-4)


def _takes_the_candidate(new: A, taken: A, *given: A) -> bool:
    return np.allclose(taken, _candidate(1.0, *given), atol=1e-4)


def _takes_the_input_alone(new: A, taken: A, *given: A) -> bool:
    return np.allclose(taken, _candidate(0.0, *given), atol=1e-4)


def _keeps_rows_apart(new: A, other: A, *_: A) -> bool:
    return np.allclose(new[:-1], other[:-1], atol=1e-4)


# ---- what people write instead -------------------------------------------------------------------


def _gru_turned(
    x: np.ndarray, h: np.ndarray, W: np.ndarray, U: np.ndarray, b: np.ndarray, d: np.ndarray
) -> np.ndarray:
    r, z, n = np.split(x @ W.T + b, 3, axis=1)
    p, q, s = np.split(h @ U.T + d, 3, axis=1)
    r, z = sigmoid(r + p), sigmoid(z + q)
    n = np.tanh(n + r * s)
    return z * n + (1 - z) * h


def _gru(candidate: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    """A GRU whose candidate is tanh of candidate(a, r, z, s, h, U, d)."""

    def step(
        x: np.ndarray, h: np.ndarray, W: np.ndarray, U: np.ndarray, b: np.ndarray, d: np.ndarray
    ) -> np.ndarray:
        a = np.split(x @ W.T + b, 3, axis=1)
        p, q, s = np.split(h @ U.T + d, 3, axis=1)
        r, z = sigmoid(a[0] + p), sigmoid(a[1] + q)
        return (1 - z) * np.tanh(candidate(a[2], r, z, s, h, U, d)) + z * h

    return step


def _reset_first(
    a: np.ndarray,
    r: np.ndarray,
    z: np.ndarray,
    s: np.ndarray,
    h: np.ndarray,
    U: np.ndarray,
    d: np.ndarray,
) -> np.ndarray:
    H = h.shape[1]
    return a + (r * h) @ U[2 * H :].T + d[2 * H :]


EXERCISE = Exercise(
    id="08.4",
    title="Find the bug: a GRU that keeps nothing",
    points=2,
    stars=2,
    minutes=10,
    reference=gru_step,
    starter=_gru_turned,
    cases=_cases,
    forbidden=(
        "lessonlib.functional.gru",
        "lessonlib.nn.GRU",
        "torch.nn.GRU",
        "torch.nn.GRUCell",
    ),
    parts={
        "x @ W.T": "the part of the input",
        "x @ W.T + b": "the part of the input",
        "h @ U.T": "the part of the old state",
        "h @ U.T + d": "the part of the old state",
        "b": "`b`",
        "d": "`d`",
        "r": "the reset gate",
        "z": "the update gate",
        "n": "the candidate",
        "p": "the old state's part of the reset gate",
        "q": "the old state's part of the update gate",
        "s": "the old state's part of the candidate",
        "r + p": "the sum of the reset gate",
        "z + q": "the sum of the update gate",
        "sigmoid(r + p)": "the reset gate",
        "sigmoid(z + q)": "the update gate",
        "r * s": "what the candidate sees of the old state",
        "n + r * s": "the sum of the candidate",
        "np.tanh(n + r * s)": "the candidate",
        "1 - z": "the share of the candidate",
        "(1 - z) * n": "the candidate's part of the new state",
        "z * h": "the old state's part of the new state",
        "(1 - z) * n + z * h": "the new state",
        "a": "what both gates see",
        "-a": "what both gates see",
        "np.exp(-a)": "the exponential",
        "1 + np.exp(-a)": "the denominator of the sigmoid",
        "1 / (1 + np.exp(-a))": "the sigmoid",
    },
    properties=(
        Property(
            "shape of h",
            _fits,
            "The new state has to have the shape of h.",
        ),
        Property(
            "z = 1 keeps",
            _keeps_the_old,
            "With an update gate of 1 the old state has to come back as it is. (Make the second "
            "block of b very large: z is then 1.)",
            also=_with_gates(0.0, 60.0),
        ),
        Property(
            "z = 0 takes the candidate",
            _takes_the_candidate,
            "With an update gate of 0 and a reset gate of 1 the new state has to be the candidate, "
            "all of it, which sees the old state whole.",
            also=_with_gates(60.0, -60.0),
        ),
        Property(
            "r = 0 hides the old state",
            _takes_the_input_alone,
            "With both gates 0 the new state has to be made of the input alone: the reset gate "
            "scales the whole share of the old state, with its bias.",
            also=_with_gates(-60.0, -60.0),
        ),
        Property(
            "rows apart",
            _keeps_rows_apart,
            "Another last row of x changes other rows. Each example of the batch goes through the "
            "cell by itself.",
            also=lambda x, *rest: (np.vstack([x[:-1], x[-1:] + 1]), *rest),
        ),
    ),
    hints=(
        "Set z = 1 in your head. What should the new state be, and what does the code give?",
        "The weights come from a library in which z = 1 keeps the old state.",
    ),
    mistakes=(
        Mistake(
            "reset before the product",
            _gru(_reset_first),
            "z is right. The reset gate scales h before the product with U, as in the paper of "
            "2014; torch, and the weights here, scale the product.",
        ),
        Mistake(
            "reset gate not used",
            _gru(lambda a, r, z, s, h, U, d: a + s),
            "The candidate sees the old state whole: r is computed and not used.",
        ),
        Mistake(
            "update gate in the candidate",
            _gru(lambda a, r, z, s, h, U, d: a + z * s),
            "The candidate's share of the old state is scaled by z. That is the job of r.",
        ),
    ),
)
