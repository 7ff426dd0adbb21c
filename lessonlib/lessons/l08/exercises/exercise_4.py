"""Exercise 08.4: find the bug in a GRU whose update gate works the wrong way round."""

from collections.abc import Callable

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake
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
    for n, D, H in ((1, 1, 1), (1, 2, 2), (3, 4, 5)):
        x, h, _, W, U, b = weights(rng, n, D, H, 3)
        cases.append((x, h, W, U, b, rng.normal(size=3 * H)))
    return cases


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
