"""Exercise 08.2: one step of an LSTM for a batch."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake
from lessonlib.lessons.l08.exercises.shared import sigmoid, weights


def lstm_step(
    x: np.ndarray, h: np.ndarray, c: np.ndarray, W: np.ndarray, U: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """One step of an LSTM for a batch: the new h and c, both (N, H)."""

    def sigmoid(a: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(-a))

    i, f, g, o = np.split(x @ W.T + h @ U.T + b, 4, axis=1)  # four blocks of H columns
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def _cases(rng: np.random.Generator) -> list[tuple]:
    return [weights(rng, n, D, H, 4) for n, D, H in ((1, 1, 1), (1, 2, 2), (3, 4, 5))]


# ---- what people write instead -------------------------------------------------------------------


def _step(
    split: Callable[[list[np.ndarray]], tuple], read: Callable[..., np.ndarray] | None = None
) -> Callable[..., Any]:
    """An LSTM step whose blocks are read by `split` -> (i, f, g, o), all squashed already."""

    def step(
        x: np.ndarray, h: np.ndarray, c: np.ndarray, W: np.ndarray, U: np.ndarray, b: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        i, f, g, o = split(np.split(x @ W.T + h @ U.T + b, 4, axis=1))
        new = f * c + i * g
        return (o * np.tanh(new) if read is None else read(o, c, new)), new

    return step


def _squashed(a: list[np.ndarray]) -> tuple:
    return sigmoid(a[0]), sigmoid(a[1]), np.tanh(a[2]), sigmoid(a[3])


EXERCISE = Exercise(
    id="08.2",
    title="One step of an LSTM",
    points=3,
    stars=2,
    minutes=15,
    reference=lstm_step,
    cases=_cases,
    forbidden=(
        "lessonlib.functional.lstm",
        "lessonlib.nn.LSTM",
        "torch.nn.LSTM",
        "torch.nn.LSTMCell",
    ),
    hints=(
        "x @ W.T + h @ U.T + b has shape (N, 4H); np.split(..., 4, axis=1) cuts it in four.",
        "The order of the blocks is i, f, g, o. The gates i, f, o get a sigmoid, g a tanh.",
        "Then as in 08.1: c = f * c + i * g, h = o * tanh(c). Return h first.",
    ),
    mistakes=(
        Mistake(
            "blocks in another order",
            _step(lambda a: (sigmoid(a[0]), sigmoid(a[1]), np.tanh(a[3]), sigmoid(a[2]))),
            "The blocks are read as i, f, o, g. Some libraries store them so; torch and this "
            "course store i, f, g, o.",
        ),
        Mistake(
            "the candidate through a sigmoid",
            _step(lambda a: tuple(map(sigmoid, a))),
            "All four blocks went through a sigmoid. g is what may be written, and it must be "
            "able to be negative: tanh.",
        ),
        Mistake(
            "read without tanh",
            _step(_squashed, lambda o, old, new: o * new),
            "c is right, h is not squashed: h = o * tanh(c).",
        ),
        Mistake(
            "the old memory is read",
            _step(_squashed, lambda o, old, new: o * np.tanh(old)),
            "h reads the memory before this step. Update c first.",
        ),
        Mistake(
            "the state is not used",
            lambda x, h, c, W, U, b: lstm_step(x, np.zeros_like(h), c, W, U, b),
            "The gates see the input alone. h @ U.T belongs to all four blocks.",
        ),
        Mistake(
            "memory returned first",
            lambda x, h, c, W, U, b: lstm_step(x, h, c, W, U, b)[::-1],
            "Both arrays are right and come in the other order: h, then c.",
        ),
    ),
)
