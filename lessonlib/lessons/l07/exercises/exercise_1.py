"""Exercise 07.1: the states of a recurrent layer that reads one sequence."""

from typing import Any

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake, Property
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


# ---- what every right answer has -----------------------------------------------------------------


A = np.ndarray  # short, so that a signature with five arrays is easy to read


def _has_a_row_for_each_step(rows: A, x: A, h0: A, *_: A) -> bool:
    return np.shape(rows) == (len(x), len(h0))


def _begins_after_h0(rows: A, x: A, h0: A, *_: A) -> bool:
    return not np.allclose(np.reshape(rows, (-1, len(h0)))[0], h0, atol=1e-6)


def _rows_differ(rows: A, x: A, *_: A) -> bool:
    return len(x) < 2 or len(rows) < 2 or np.ndim(rows) < 2 or bool(np.ptp(rows, axis=0).any())


def _is_squashed(rows: A, *_: A) -> bool:
    return bool((np.abs(rows)[1:] <= 1 + 1e-6).all())


def _starts_right(rows: A, x: A, h0: A, W: A, U: A, b: A) -> bool:
    return np.allclose(
        np.reshape(rows, (-1, len(h0)))[0], np.tanh(W @ x[0] + U @ h0 + b), atol=1e-4
    )


def _starts_right_without_memory(rows: A, first: A, x: A, h0: A, W: A, U: A, b: A) -> bool:
    if not _begins_after_h0(rows, x, h0):
        return True
    return np.allclose(np.ravel(first)[: len(h0)], np.tanh(W @ x[0] + b), atol=1e-4)


def _without_memory(x: A, h0: A, W: A, U: A, b: A) -> tuple:
    return x[:1], 0 * h0, W, U, b


def _does_not_look_ahead(rows: A, other: A, *given: A) -> bool:
    return not _rows_differ(rows, *given) or np.allclose(rows[:-1], other[:-1], atol=1e-4)


def _with_another_end(x: A, *rest: A) -> tuple:
    return np.vstack([x[:-1], x[-1:] + 1]), *rest


def _goes_on(rows: A, x: A, h0: A, W: A, U: A, b: A) -> bool:
    """Whether each state follows from the one that came back before it."""
    if not _has_a_row_for_each_step(rows, x, h0):
        return True
    before = np.asarray(rows, float)[:-1]
    return np.allclose(np.asarray(rows)[1:], np.tanh(x[1:] @ W.T + before @ U.T + b), atol=1e-4)


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
    parts={
        "h0": "`h0`",
        "h": "the state",
        "rows": "the list of states",
        "W @ x_t": "the part of the input",
        "U @ h": "the part of the state before",
        "W @ x_t + U @ h": "the two products",
        "W @ x_t + U @ h + b": "the sum",
        "np.tanh(W @ x_t + U @ h + b)": "the tanh of the sum",
        "x_t": "the input of the step",
        "rows.append(h)": "noting the state",
        "h = np.tanh(W @ x_t + U @ h + b)": "making the new state",
    },
    properties=(
        Property(
            "a row for each step",
            _has_a_row_for_each_step,
            "One state for each step has to come back, the rows of an array (L, H); h0 is none of "
            "them.",
        ),
        Property(
            "begins after h0",
            _begins_after_h0,
            "The first row is h0. It has to be the state after the first step: take a step, then "
            "note the state.",
        ),
        Property(
            "rows differ",
            _rows_differ,
            "All rows are the same. If one array is changed in each step and put into a list, the "
            "list holds that array L times: note a copy, or make a new array in each step.",
        ),
        Property(
            "between -1 and 1",
            _is_squashed,
            "Some states lie outside the range from -1 to 1, where a tanh never leads: the whole "
            "sum, the bias too, has to be inside it.",
        ),
        Property(
            "does not look ahead",
            _does_not_look_ahead,
            "Another last input changes states before it. A state depends on what was read so far "
            "and on nothing that comes later.",
            also=_with_another_end,
        ),
        Property(
            "the part of the input",
            _starts_right_without_memory,
            "It goes wrong even where h0 is 0: there the first state is tanh(W x + b), with the "
            "first input for x.",
            also=_without_memory,
        ),
        Property(
            "the first state",
            _starts_right,
            "The first row is not the state after the first step, which starts from h0.",
        ),
        Property(
            "each state follows from the one before",
            _goes_on,
            "The later states do not follow from the ones that you return before them: each step "
            "has to start from the newest state, after its tanh, and read its own input.",
        ),
    ),
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
