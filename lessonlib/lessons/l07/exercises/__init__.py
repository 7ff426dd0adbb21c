"""Lesson 07, recurrent networks: reading, blame through time, windows, temperature, writing."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake

# ---- the right answers ---------------------------------------------------------------------------


def states(
    x: np.ndarray, h0: np.ndarray, W: np.ndarray, U: np.ndarray, b: np.ndarray
) -> np.ndarray:
    """Every state of a recurrent layer that reads one sequence."""
    h, rows = h0, []
    for x_t in x:
        h = np.tanh(W @ x_t + U @ h + b)  # the same three weights at every step
        rows.append(h)
    return np.array(rows)


def backward(
    dh: np.ndarray, x: np.ndarray, h: np.ndarray, h0: np.ndarray, U: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Backpropagation through time for a layer that answers at every step."""
    before = np.vstack([h0[None], h[:-1]])  # row t is the state before step t
    dW, dU, db = np.zeros((h.shape[1], x.shape[1])), np.zeros_like(U), np.zeros(len(U))
    later = np.zeros(len(U))  # blame that comes back from the next step
    for t in reversed(range(len(x))):
        da = (dh[t] + later) * (1 - h[t] ** 2)
        dW += np.outer(da, x[t])
        dU += np.outer(da, before[t])
        db += da
        later = U.T @ da
    return dW, dU, db


def windows(ids: np.ndarray, streams: int, length: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Windows of a text cut into streams: row n continues row n of the window before."""
    rows = ids[: len(ids) // streams * streams].reshape(streams, -1)
    starts = range(0, rows.shape[1] - length, length)  # one more character is needed for targets
    return [(rows[:, s : s + length], rows[:, s + 1 : s + length + 1]) for s in starts]


def with_temperature(scores: np.ndarray, T: float) -> np.ndarray:
    """The softmax of scores / T."""
    z = (scores - scores.max()) / T  # the largest becomes 0: no overflow
    p = np.exp(z)
    return p / p.sum()


def write_best(step: Callable, first: int, state: np.ndarray, count: int) -> list[int]:
    """Write `count` characters, each time the one with the largest score."""
    out, last = [], first
    for _ in range(count):
        scores, state = step(last, state)  # the new state goes into the next step
        last = int(np.argmax(scores))
        out.append(last)
    return out


# ---- the cases -----------------------------------------------------------------------------------


def _layer(rng: np.random.Generator, L: int, D: int, H: int) -> tuple:
    x, h0 = rng.normal(size=(L, D)), rng.normal(size=H)
    W, U, b = rng.normal(size=(H, D)), 0.7 * rng.normal(size=(H, H)), rng.normal(size=H)
    return x, h0, W, U, b


def _state_cases(rng: np.random.Generator) -> list[tuple]:
    small = (
        np.array([[1.0], [0.0], [2.0]]),
        np.array([0.0, 1.0]),
        np.array([[1.0], [0.5]]),
        np.array([[0.0, 0.8], [-0.5, 0.3]]),
        np.array([0.0, 0.1]),
    )
    return [small, *(_layer(rng, *sizes) for sizes in ((4, 3, 2), (6, 2, 5), (1, 2, 3)))]


def _backward_cases(rng: np.random.Generator) -> list[tuple]:
    cases = []
    for layer in _state_cases(rng):
        x, h0, _, U, _ = layer
        h = states(*layer)
        cases.append((rng.normal(size=h.shape).round(2), x, h, h0, U))
    return cases


def _window_cases(rng: np.random.Generator) -> list[tuple]:
    sizes = ((15, 2, 3), (14, 2, 3), (30, 3, 3), (41, 4, 2), (26, 5, 4))
    return [(np.arange(10, 24), 2, 3), *((rng.integers(0, 90, T), n, k) for T, n, k in sizes)]


def _temperature_cases(rng: np.random.Generator) -> list[tuple]:
    rows = [(np.array([1.0, 2.0, 4.0]), 2.0), (np.array([1.0, 2.0, 4.0]), 0.5)]
    rows += [(rng.normal(0, 3, n), T) for n, T in ((5, 0.7), (9, 1.0), (4, 3.0))]
    return [*rows, (np.array([3.0, 1.0, 2.5]), 0.001)]


def _write_cases(rng: np.random.Generator) -> list[tuple]:
    sizes = ((3, 4, 4), (6, 8, 10), (9, 8, 12))
    return [
        (
            rng.normal(size=(H, H)),
            2 * rng.normal(size=(V, H)),
            rng.normal(size=(V, H)),
            int(rng.integers(V)),
            rng.normal(size=H),
            count,
        )
        for V, H, count in sizes
        for _ in range(2)
    ]


def _use_writer(
    answer: Callable,
    U: np.ndarray,
    table: np.ndarray,
    read: np.ndarray,
    first: int,
    state: np.ndarray,
    count: int,
) -> list[int]:
    def step(last: int, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        state = np.tanh(U @ state + table[last])
        return read @ state, state

    return answer(step, first, state, count)


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


def _cut(rows: np.ndarray, starts: range, length: int) -> list:
    cut = [(rows[:, s : s + length], rows[:, s + 1 : s + length + 1]) for s in starts]
    return [(x, y) for x, y in cut if y.shape[1] == length]


def _stretches(ids: np.ndarray, streams: int) -> np.ndarray:
    return ids[: len(ids) // streams * streams].reshape(streams, -1)


def _interleaved(ids: np.ndarray, streams: int, length: int) -> list:
    rows = ids[: len(ids) // streams * streams].reshape(-1, streams).T
    return _cut(rows, range(0, rows.shape[1], length), length)


def _one_after_the_other(ids: np.ndarray, streams: int, length: int) -> list:
    out, size = [], streams * length
    for s in range(0, len(ids) - size, size):
        block = ids[s : s + size + 1]
        out.append((block[:-1].reshape(streams, length), block[1:].reshape(streams, length)))
    return out


def _rest_kept(ids: np.ndarray, streams: int, length: int) -> list:
    rows = _stretches(ids, streams)
    starts = range(0, rows.shape[1], length)
    return [(rows[:, s : s + length], rows[:, s + 1 : s + length + 1]) for s in starts]


def _overflowing(scores: np.ndarray, T: float) -> np.ndarray:
    with np.errstate(all="ignore"):
        p = np.exp(scores / T)
        return p / p.sum()


def _stuck(step: Callable, first: int, state: np.ndarray, count: int) -> list[int]:
    out, last = [], first
    for _ in range(count):
        scores, _ = step(last, state)
        last = int(np.argmax(scores))
        out.append(last)
    return out


def _first_again(step: Callable, first: int, state: np.ndarray, count: int) -> list[int]:
    out = []
    for _ in range(count):
        scores, state = step(first, state)
        out.append(int(np.argmax(scores)))
    return out


def _reads_twice(step: Callable, first: int, state: np.ndarray, count: int) -> list[int]:
    out, last = [], first
    for _ in range(count):
        _, state = step(last, state)
        scores, state = step(last, state)
        last = int(np.argmax(scores))
        out.append(last)
    return out


# ---- the exercises -------------------------------------------------------------------------------

RNN = ("lessonlib.functional.rnn", "lessonlib.nn.RNN.forward", "torch.nn.RNN.forward")

EXERCISES = [
    Exercise(
        id="07.1",
        title="The forward pass",
        points=2,
        stars=1,
        minutes=8,
        reference=states,
        cases=_state_cases,
        forbidden=RNN,
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
    ),
    Exercise(
        id="07.2",
        title="Backward through time",
        points=4,
        stars=3,
        minutes=20,
        reference=backward,
        cases=_backward_cases,
        forbidden=(
            "lessonlib.functional.rnn_backward",
            "torch.autograd.backward",
            "torch.autograd.grad",
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
                "Every state is blamed for its own answer only. It is to blame for all later ones "
                "too: add what comes back through U.",
            ),
            Mistake(
                "last answer only",
                _last_answer,
                "Only the blame of the last answer is walked back. dh[t] enters at every step.",
            ),
            Mistake(
                "U not turned",
                lambda *a: _walk(*a, back=lambda U, da: U @ da),
                "Back through U the blame goes along the columns: U.T @ da. (With one unit, or a "
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
                "overwrites",
                lambda *a: _walk(*a, keep=0.0),
                "Only one step's share is left. The weights are used at every step: add up.",
            ),
        ),
    ),
    Exercise(
        id="07.3",
        title="Streams and windows",
        points=3,
        stars=2,
        minutes=12,
        reference=windows,
        cases=_window_cases,
        hints=(
            "First a table: one row a stream, ids[:usable].reshape(streams, -1).",
            "Windows are columns start to start + length of it; the targets are one further.",
            "A window needs length + 1 columns, so the starts are "
            "range(0, columns - length, length).",
        ),
        mistakes=(
            Mistake(
                "targets not shifted",
                lambda *a: [(x, x) for x, _ in windows(*a)],
                "Inputs and targets are the same characters. The target is the next one.",
            ),
            Mistake(
                "interleaved",
                _interleaved,
                "Neighbours of the text lie in one column: each stream reads every n-th character. "
                "A row of the table should be one stretch of text.",
            ),
            Mistake(
                "one after the other",
                _one_after_the_other,
                "The rows of one window follow each other in the text, so the carried state of row "
                "n belongs to another place. Row n must continue row n of the window before.",
            ),
            Mistake(
                "rest kept",
                _rest_kept,
                "What is left at the end comes back as one more window, whose last input has no "
                "target. Leave out what does not fill a window and its targets.",
            ),
            Mistake(
                "one lost",
                lambda ids, streams, length: _cut(
                    _stretches(ids, streams),
                    range(0, len(ids) // streams - length - 1, length),
                    length,
                ),
                "A window that just fits is left out. It needs length + 1 columns, not more.",
            ),
        ),
    ),
    Exercise(
        id="07.4",
        title="Temperature",
        points=2,
        stars=1,
        minutes=8,
        reference=with_temperature,
        cases=_temperature_cases,
        forbidden=(
            "lessonlib.sampling.distribution",
            "lessonlib.functional.softmax",
            "torch.nn.functional.softmax",
            "torch.softmax",
        ),
        hints=(
            "Divide the scores, then take the softmax: np.exp(scores / T), scaled to the sum 1.",
            "exp of 3000 is too large for a float. Subtract the largest score first: that changes "
            "nothing in the result.",
        ),
        mistakes=(
            Mistake(
                "multiplies",
                lambda scores, T: with_temperature(scores, 1 / T),
                "The scores are multiplied by T: a low temperature now evens out. Divide.",
            ),
            Mistake(
                "after the softmax",
                lambda scores, T: with_temperature(scores, 1.0),
                "T has no effect. Dividing probabilities by T and scaling them to 1 again cancels: "
                "divide the scores, before the softmax.",
            ),
            Mistake(
                "overflow",
                _overflowing,
                "Right for moderate scores. At T = 0.001 the exponential overflows: subtract the "
                "largest score first.",
            ),
            Mistake(
                "not scaled",
                lambda scores, T: np.exp((scores - scores.max()) / T),
                "The numbers do not sum to 1. Divide by their sum.",
            ),
        ),
    ),
    Exercise(
        id="07.5",
        title="Find the bug: it stammers",
        points=2,
        stars=1,
        minutes=8,
        reference=write_best,
        starter=_stuck,
        cases=_write_cases,
        use=_use_writer,
        hints=(
            "Which of the two things that `step` returns is thrown away?",
            "The state after one character is the state before the next.",
        ),
        mistakes=(
            Mistake(
                "reads the first for ever",
                _first_again,
                "The state moves on now, but the character that is read is always the first. Read "
                "what was written last.",
            ),
            Mistake(
                "reads twice",
                _reads_twice,
                "Every character is read twice, so the state sees a text with doubled letters.",
            ),
            Mistake(
                "counts the first",
                lambda step, first, state, count: [
                    first,
                    *write_best(step, first, state, count - 1),
                ],
                "The list begins with `first`, which was given, not written.",
            ),
        ),
    ),
]
