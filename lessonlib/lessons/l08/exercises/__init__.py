"""Lesson 08, LSTM and GRU: a memory cell, its gates, its gradient, and what has to be kept."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lessonlib import datasets
from lessonlib.datasets import REBER, reber
from lessonlib.exercises.judge import Exercise, Mistake

# ---- the right answers ---------------------------------------------------------------------------


def run_cell(
    g: np.ndarray, i: np.ndarray, f: np.ndarray, o: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The memory c and the output h of one cell after each step; it starts empty."""
    memory, c, h = 0.0, np.zeros(len(g)), np.zeros(len(g))
    for t in range(len(g)):
        memory = f[t] * memory + i[t] * g[t]  # keep a share of the old, add a share of the new
        c[t] = memory
        h[t] = o[t] * np.tanh(memory)  # what the others may see
    return c, h


def sigmoid(a: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-a)), written with tanh, which cannot overflow."""
    return 0.5 + 0.5 * np.tanh(0.5 * a)


def lstm_step(
    x: np.ndarray, h: np.ndarray, c: np.ndarray, W: np.ndarray, U: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """One step of an LSTM for a batch: the new h and c, both (N, H)."""

    def sigmoid(a: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(-a))

    i, f, g, o = np.split(x @ W.T + h @ U.T + b, 4, axis=1)  # four blocks of H columns
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def memory_gradient(dc: float, i: np.ndarray, f: np.ndarray) -> tuple[np.ndarray, float]:
    """Gradients of all g_t and of the first memory, from dc, that of the last memory."""
    dg = np.zeros(len(f))
    for t in reversed(range(len(f))):
        dg[t] = dc * i[t]  # g_t entered through the input gate of its own step
        dc = dc * f[t]  # on to the memory before: once through the forget gate
    return dg, float(dc)


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


def widest(gates: int, inputs: int, budget: int) -> int:
    """The most hidden units H whose layer has at most `budget` parameters."""
    H = 0
    while gates * (H + 1) * (inputs + H + 1 + 2) <= budget:  # two biases, as in torch
        H += 1
    return H


def may_follow(text: str) -> str:
    """The letters that may come next in an embedded Reber string, in the order of the alphabet."""
    if len(text) < 3:
        return ("B", "PT", "B")[len(text)]  # the wrapping, up to the inner B
    state = 0  # 0 to 5 of the inner walk, then 6 after its E, 7 after the kept letter
    for letter in text[3:]:
        state = dict(datasets.REBER[state])[letter] if state < 5 else state + 1
    if state == 6:
        return text[1]  # the one thing that had to be kept
    return "".join(sorted(dict(datasets.REBER[state]))) if state < 5 else "E"


# ---- the cases -----------------------------------------------------------------------------------


def _cell_cases(rng: np.random.Generator) -> list[tuple]:
    store = (
        np.array([0.5, 0.9, -0.3, 0.7]),
        np.array([0.0, 1.0, 0.0, 0.5]),
        np.array([0.0, 0.0, 1.0, 0.5]),
        np.array([0.0, 0.0, 1.0, 1.0]),
    )
    drawn = [(rng.uniform(-1, 1, n), *rng.random((3, n))) for n in (6, 12)]
    return [store, *drawn]


def _weights(rng: np.random.Generator, n: int, D: int, H: int, gates: int) -> tuple:
    shapes = (n, D), (n, H), (n, H), (gates * H, D), (gates * H, H), (gates * H,)
    return tuple(rng.normal(size=shape) for shape in shapes)


def _step_cases(rng: np.random.Generator) -> list[tuple]:
    return [_weights(rng, n, D, H, 4) for n, D, H in ((1, 1, 1), (1, 2, 2), (3, 4, 5))]


def _gradient_cases(rng: np.random.Generator) -> list[tuple]:
    small = (1.0, np.array([1.0, 0.5, 0.2]), np.array([0.9, 0.5, 1.0]))
    drawn = [(float(rng.normal()), rng.random(n), rng.random(n)) for n in (4, 9)]
    return [small, *drawn]


def _gru_cases(rng: np.random.Generator) -> list[tuple]:
    cases = []
    for n, D, H in ((1, 1, 1), (1, 2, 2), (3, 4, 5)):
        x, h, _, W, U, b = _weights(rng, n, D, H, 3)
        cases.append((x, h, W, U, b, rng.normal(size=3 * H)))
    return cases


def _width_cases(rng: np.random.Generator) -> list[tuple]:
    rows = ((4, 2, 100), (1, 2, 100), (3, 12, 20_618), (4, 32, 82_944), (1, 32, 82_944))
    drawn = [
        (int(g), int(d), int(p))
        for g, d, p in zip(
            rng.integers(1, 5, 4),
            rng.integers(1, 60, 4),
            rng.integers(2000, 60_000, 4),
            strict=True,
        )
    ]
    return [*rows, *drawn]


def _reber_cases(rng: np.random.Generator) -> list[tuple]:
    fixed = ["", "B", "BT", "BTB", "BPBTXS", "BPBTXSE", "BTBTXSE", "BPBTXSEP", "BTBPVP", "BPBPT"]
    for _ in range(6):
        whole = reber(rng, embedded=True)
        fixed += [whole[:end] for end in (len(whole) // 2, len(whole) - 3, len(whole) - 2)]
    return [(text,) for text in fixed]


# ---- what people write instead -------------------------------------------------------------------


def _cell(rule: Callable[..., Any]) -> Callable[..., Any]:
    """A cell whose step is rule(memory, g, i, f, o) -> (memory, output)."""

    def run(
        g: np.ndarray, i: np.ndarray, f: np.ndarray, o: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        memory, c, h = 0.0, np.zeros(len(g)), np.zeros(len(g))
        for t in range(len(g)):
            memory, h[t] = rule(memory, g[t], i[t], f[t], o[t])
            c[t] = memory
        return c, h

    return run


def _kept(m: float, g: float, i: float, f: float) -> float:
    return f * m + i * g


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


def _own_gate_too(dc: float, i: np.ndarray, f: np.ndarray) -> tuple[np.ndarray, float]:
    dg = np.zeros(len(f))
    for t in reversed(range(len(f))):
        dc = dc * f[t]
        dg[t] = dc * i[t]
    return dg, float(dc)


def _from_the_front(dc: float, i: np.ndarray, f: np.ndarray) -> tuple[np.ndarray, float]:
    dg = np.zeros(len(f))
    for t in range(len(f)):
        dg[t] = dc * i[t]
        dc = dc * f[t]
    return dg, float(dc)


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


def _forgetful(text: str) -> str:
    letters = may_follow(text)
    return "PT" if letters in "PT" and len(text) > 2 and text[-1] == "E" else letters


def _unwrapped(text: str) -> str:
    return may_follow("BTB" + text[1:]) if len(text) > 1 and _walks(text[1:]) else may_follow(text)


def _walks(text: str) -> bool:
    state = 0
    for letter in text:
        if state == 5 or letter not in dict(REBER[state]):
            return False
        state = dict(REBER[state])[letter]
    return True


# ---- the exercises -------------------------------------------------------------------------------

EXERCISES = [
    Exercise(
        id="08.1",
        title="Run a memory cell",
        points=2,
        stars=1,
        minutes=10,
        reference=run_cell,
        cases=_cell_cases,
        hints=(
            "Keep the memory in one number that starts at 0, and go through the steps in order.",
            "New memory: f[t] times the old one plus i[t] times g[t].",
            "The output of a step reads the memory of the same step: o[t] * np.tanh(memory).",
        ),
        mistakes=(
            Mistake(
                "input and forget gate exchanged",
                _cell(lambda m, g, i, f, o: (i * m + f * g, o * np.tanh(i * m + f * g))),
                "The gates i and f are exchanged: f scales the old memory, i what is new.",
            ),
            Mistake(
                "nothing is forgotten",
                _cell(lambda m, g, i, f, o: (m + i * g, o * np.tanh(m + i * g))),
                "The old memory stays whole. It is multiplied by f[t] first; f = 0 erases it.",
            ),
            Mistake(
                "the old memory is read",
                _cell(lambda m, g, i, f, o: (_kept(m, g, i, f), o * np.tanh(m))),
                "The output comes from the memory before this step. What was written in a step can "
                "be read in the same step.",
            ),
            Mistake(
                "read without tanh",
                _cell(lambda m, g, i, f, o: (_kept(m, g, i, f), o * _kept(m, g, i, f))),
                "The memory is right, the output is not squashed: h = o * tanh(c).",
            ),
            Mistake(
                "the output is kept",
                _cell(lambda m, g, i, f, o: (o * np.tanh(_kept(m, g, i, f)),) * 2),
                "The output was put in the place of the memory. A shut output gate would then "
                "erase it; the memory goes on, whether it is read or not.",
            ),
        ),
    ),
    Exercise(
        id="08.2",
        title="One step of an LSTM",
        points=3,
        stars=2,
        minutes=15,
        reference=lstm_step,
        cases=_step_cases,
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
    ),
    Exercise(
        id="08.3",
        title="The gradient on the carousel",
        points=3,
        stars=2,
        minutes=12,
        reference=memory_gradient,
        cases=_gradient_cases,
        hints=(
            "Go through the steps from the last to the first, with dc the gradient of c_t.",
            "c_t = f_t c_(t-1) + i_t g_t: the gradient of g_t is dc * i_t, that of c_(t-1) dc * f_t.",
            "Within a step: dg[t] first, then dc *= f[t].",
        ),
        mistakes=(
            Mistake(
                "its own forget gate too",
                _own_gate_too,
                "g_t is multiplied by f_t as well. What is written in step t passes the forget "
                "gates of the steps after t only: compute dg[t] before dc *= f[t].",
            ),
            Mistake(
                "from the front",
                _from_the_front,
                "The steps were taken in the order of time. The gradient starts at the last memory "
                "and passes the last forget gate first.",
            ),
            Mistake(
                "without the input gate",
                lambda dc, i, f: memory_gradient(dc, np.ones_like(i), f),
                "dg lacks the input gate: g_t was multiplied by i_t when it was written.",
            ),
            Mistake(
                "forget gates added",
                lambda dc, i, f: (
                    np.array([dc * i[t] * f[t + 1 :].sum() for t in range(len(f))]),
                    float(dc * f.sum()),
                ),
                "The forget gates were added up. One after the other they multiply.",
            ),
        ),
    ),
    Exercise(
        id="08.4",
        title="Find the bug: a GRU that keeps nothing",
        points=2,
        stars=2,
        minutes=10,
        reference=gru_step,
        starter=_gru_turned,
        cases=_gru_cases,
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
    ),
    Exercise(
        id="08.5",
        title="As many units as the budget allows",
        points=2,
        stars=1,
        minutes=8,
        reference=widest,
        cases=_width_cases,
        hints=(
            "Each block has H rows of input weights, H rows of H weights, and two biases of H.",
            "parameters(H) = gates * H * (inputs + H + 2). Raise H while it still fits.",
        ),
        mistakes=(
            Mistake(
                "one bias",
                lambda gates, inputs, budget: _most(lambda H: gates * H * (inputs + H + 1), budget),
                "Each unit of each gate has two biases here, as in torch: one for the input's "
                "product, one for the state's.",
            ),
            Mistake(
                "without the state's weights",
                lambda gates, inputs, budget: _most(lambda H: gates * H * (inputs + 2), budget),
                "Each unit also reads the H outputs of the step before: H * H weights a gate.",
            ),
            Mistake(
                "one gate only",
                lambda gates, inputs, budget: widest(1, inputs, budget),
                "Every gate has its own weights and biases: multiply by `gates`.",
            ),
            Mistake(
                "one unit too many",
                lambda gates, inputs, budget: widest(gates, inputs, budget) + 1,
                "With this many units the layer has more parameters than the budget.",
            ),
        ),
    ),
    Exercise(
        id="08.6",
        title="What may follow",
        points=3,
        stars=3,
        minutes=20,
        reference=may_follow,
        cases=_reber_cases,
        hints=(
            "The string is B, a kept letter T or P, B, a walk through REBER from state 0 to state "
            "5, E, the kept letter, E. Count how far the text has come.",
            "dict(REBER[state]) maps each letter to the state after it. The walk begins at text[3].",
            "After the inner E the only way on is text[1]: that is all that has to be remembered.",
        ),
        mistakes=(
            Mistake(
                "the second letter is forgotten",
                _forgetful,
                "After the inner string both T and P are allowed. The same letter as the second "
                "one must come again: it has to be kept all the way.",
            ),
            Mistake(
                "the inner string is not closed",
                lambda text: (
                    text[1]
                    if may_follow(text) == "E" and text[-1] != text[1:2]
                    else may_follow(text)
                ),
                "The inner string ends with its own E, before the kept letter comes again.",
            ),
            Mistake(
                "the walk starts at the second letter",
                _unwrapped,
                "The walk through REBER was begun at text[1]. That letter is the one to keep; the "
                "inner string starts with a B of its own, and its walk at text[3].",
            ),
        ),
    ),
]


def _most(parameters: Callable[[int], int], budget: int) -> int:
    H = 0
    while parameters(H + 1) <= budget:
        H += 1
    return H
