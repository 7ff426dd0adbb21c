"""Exercise 08.2: one step of an LSTM for a batch."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake, Property
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
    sizes = ((1, 1, 1), (1, 2, 2), (3, 4, 5), (4, 3, 2))
    return [weights(rng, n, D, H, 4) for n, D, H in sizes]


# ---- what every right answer has -----------------------------------------------------------------


A = np.ndarray  # short, so that a signature with six arrays is easy to read
Both = tuple[np.ndarray, np.ndarray]


def _blocks(x: A, h: A, W: A, U: A, b: A) -> list[A]:
    """i, f, g and o."""
    H = h.shape[1]
    a = x @ W.T + h @ U.T + b
    return [
        np.tanh(a[:, k * H : (k + 1) * H]) if k == 2 else sigmoid(a[:, k * H : (k + 1) * H])
        for k in range(4)
    ]


def _fit(both: Both, x: A, h: A, *_: A) -> bool:
    return len(both) == 2 and np.shape(both[0]) == np.shape(both[1]) == h.shape


def _is_not_turned(both: Both, x: A, h: A, c: A, W: A, U: A, b: A) -> bool:
    i, f, g, _ = _blocks(x, h, W, U, b)
    first, second = (np.allclose(part, f * c + i * g, atol=1e-4) for part in both)
    return second or not first


def _reads_new_memory(both: Both, x: A, h: A, c: A, W: A, U: A, b: A) -> bool:
    o = _blocks(x, h, W, U, b)[3]
    return not _is_not_turned(both, x, h, c, W, U, b) or np.allclose(
        both[0], o * np.tanh(both[1]), atol=1e-4
    )


def _with_empty_memory(x: A, h: A, c: A, W: A, U: A, b: A) -> tuple:
    """No memory, and one more example in which x and h are 0 too."""
    given = [np.vstack([a, 0 * a[:1]]) for a in (x, h, 0 * c)]
    return *given, W, U, b


def _writes(both: Both, empty: Both, x: A, h: A, c: A, W: A, U: A, b: A) -> bool:
    """Asked where the biases alone are right."""
    if not _is_not_turned(both, x, h, c, W, U, b):
        return True
    i, _, g, _ = _blocks(x, h, W, U, b)
    right = np.allclose(np.asarray(empty[1])[:-1], i * g, atol=1e-4)
    return right or not _writes_with_bias(both, empty, x, h, c, W, U, b)


def _keeps(both: Both, empty: Both, x: A, h: A, c: A, W: A, U: A, b: A) -> bool:
    f = _blocks(x, h, W, U, b)[1]
    return not _is_not_turned(both, x, h, c, W, U, b) or np.allclose(
        np.subtract(both[1], empty[1]), f * c, atol=1e-4
    )


def _writes_with_bias(both: Both, other: Both, x: A, h: A, c: A, W: A, U: A, b: A) -> bool:
    i, _, g, _ = _blocks(0 * x[:1], 0 * h[:1], W, U, b)
    last = np.asarray(other[1])[-1:]
    return not _is_not_turned(both, x, h, c, W, U, b) or np.allclose(last, i * g, atol=1e-4)


def _keeps_rows_apart(both: Both, other: Both, *_: A) -> bool:
    pairs = zip(both, other, strict=True)
    return all(np.allclose(a[:-1], b[:-1], atol=1e-4) for a, b in pairs)


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
    values=(("h", "c"),),
    parts={
        "x @ W.T": "the part of the input",
        "h @ U.T": "the part of the old state",
        "x @ W.T + h @ U.T": "the two products",
        "x @ W.T + h @ U.T + b": "the sums of all blocks",
        "b": "`b`",
        "c": "the memory",
        "i": "the input gate",
        "f": "the forget gate",
        "g": "what may be written",
        "o": "the output gate",
        "sigmoid(i)": "the input gate",
        "sigmoid(f)": "the forget gate",
        "sigmoid(o)": "the output gate",
        "np.tanh(g)": "what may be written",
        "sigmoid(f) * c": "what is kept of the old memory",
        "sigmoid(i) * np.tanh(g)": "what is written",
        "sigmoid(f) * c + sigmoid(i) * np.tanh(g)": "the new memory",
        "c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)": "the update of the memory",
        "np.tanh(c)": "the squashed memory",
        "sigmoid(o) * np.tanh(c)": "the new state",
        "a": "what the gates see",
        "-a": "what the gates see",
        "np.exp(-a)": "the exponential",
        "1 + np.exp(-a)": "the denominator of the sigmoid",
        "1 / (1 + np.exp(-a))": "the sigmoid",
    },
    properties=(
        Property(
            "shapes of h and c",
            _fit,
            "Two arrays (N, H) have to come back, the new h and the new c.",
        ),
        Property(
            "h first",
            _is_not_turned,
            "The first of the two arrays is the new memory. h has to be returned first, then c.",
        ),
        Property(
            "what the biases write",
            _writes_with_bias,
            "It goes wrong even where x, h and c are all 0: there only the biases are left, one "
            "block of b each, and the new memory has to be the input gate times g.",
            also=_with_empty_memory,
        ),
        Property(
            "what is written",
            _writes,
            "It goes wrong even with an empty memory: where c is 0, the new memory has to be the "
            "input gate (first block, sigmoid) times g (third block, tanh).",
            also=_with_empty_memory,
        ),
        Property(
            "what is kept",
            _keeps,
            "What is kept of the old memory is not right: the forget gate (second block, sigmoid) "
            "times c, entry by entry.",
            also=lambda x, h, c, W, U, b: (x, h, 0 * c, W, U, b),
        ),
        Property(
            "reads the new memory",
            _reads_new_memory,
            "h does not go with the c that you return: it has to be the output gate (fourth block, "
            "sigmoid) times tanh of the new memory.",
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
