"""Exercise 08.1: run one memory cell with given gates over a sequence."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


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


def _cases(rng: np.random.Generator) -> list[tuple]:
    store = (
        np.array([0.5, 0.9, -0.3, 0.7]),
        np.array([0.0, 1.0, 0.0, 0.5]),
        np.array([0.0, 0.0, 1.0, 0.5]),
        np.array([0.0, 0.0, 1.0, 1.0]),
    )
    drawn = [(rng.uniform(-1, 1, n), *rng.random((3, n))) for n in (6, 12)]
    return [store, *drawn]


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


EXERCISE = Exercise(
    id="08.1",
    title="Run a memory cell",
    points=2,
    stars=1,
    minutes=10,
    reference=run_cell,
    cases=_cases,
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
)
