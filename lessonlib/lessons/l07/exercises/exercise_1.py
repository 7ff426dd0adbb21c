"""Exercise 07.1: the states of a recurrent layer that reads one sequence."""

from typing import Any

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake
from lessonlib.lessons.l07.exercises.shared import layers


def states(
    x: np.ndarray, h0: np.ndarray, W: np.ndarray, U: np.ndarray, b: np.ndarray
) -> np.ndarray:
    """Every state of a recurrent layer that reads one sequence."""
    h, rows = h0, []
    for x_t in x:
        h = np.tanh(W @ x_t + U @ h + b)  # the same three weights at every step
        rows.append(h)
    return np.array(rows)


# ---- what people write instead -------------------------------------------------------------------


def _no_memory(x: np.ndarray, h0: np.ndarray, W: np.ndarray, U: np.ndarray, b: np.ndarray) -> Any:
    return np.array([np.tanh(W @ x_t + U @ h0 + b) for x_t in x])


def _raw_memory(x: np.ndarray, h0: np.ndarray, W: np.ndarray, U: np.ndarray, b: np.ndarray) -> Any:
    a, rows = h0, []
    for x_t in x:
        a = W @ x_t + U @ a + b
        rows.append(np.tanh(a))
    return np.array(rows)


def _no_squash(x: np.ndarray, h0: np.ndarray, W: np.ndarray, U: np.ndarray, b: np.ndarray) -> Any:
    h, rows = h0, []
    for x_t in x:
        h = W @ x_t + U @ h + b
        rows.append(h)
    return np.array(rows)


EXERCISE = Exercise(
    id="07.1",
    title="The forward pass",
    points=2,
    stars=1,
    minutes=8,
    reference=states,
    cases=layers,
    forbidden=("lessonlib.functional.rnn", "lessonlib.nn.RNN.forward", "torch.nn.RNN.forward"),
    hints=(
        "Keep one vector h, which starts as h0. For each row of x make the next h from it.",
        "h = np.tanh(W @ x_t + U @ h + b), then append h to a list; np.array(list) at the end.",
    ),
    mistakes=(
        Mistake(
            "no memory",
            _no_memory,
            "Every step starts from h0, so nothing is remembered. The h of one step goes into "
            "the next.",
        ),
        Mistake(
            "starts from zeros",
            lambda x, h0, W, U, b: states(x, np.zeros_like(h0), W, U, b),
            "The first step ignores h0 and starts from zeros.",
        ),
        Mistake(
            "memory without tanh",
            _raw_memory,
            "What is carried over is the sum before the tanh. The state is the tanh of it.",
        ),
        Mistake(
            "no tanh",
            _no_squash,
            "The tanh is missing: the states leave the range from -1 to 1.",
        ),
        Mistake(
            "U from the other side",
            lambda x, h0, W, U, b: states(x, h0, W, U.T, b),
            "U is multiplied from the other side. Row j of U holds the weights of unit j: U @ h.",
        ),
        Mistake(
            "last state only",
            lambda x, h0, W, U, b: states(x, h0, W, U, b)[-1],
            "Only the last state came back. Return all of them, (L, H).",
        ),
    ),
)
