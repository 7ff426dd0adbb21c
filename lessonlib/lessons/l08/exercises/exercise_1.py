"""Exercise 08.1: run one memory cell with given gates over a sequence."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


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
    opened = np.ones(5)
    large = rng.uniform(0.5, 2, 5)
    counts = Case("where all gates are open and the memory grows", large, opened, opened, opened)
    drawn = [(rng.uniform(-1, 1, n), *rng.random((3, n))) for n in (6, 12)]
    return [store, counts, *drawn, tuple(rng.uniform(-1, 1, (1, 1))) + tuple(rng.random((3, 1)))]


# ---- what every right answer has -----------------------------------------------------------------


A = np.ndarray  # short, so that a signature with four gates is easy to read
Both = tuple[np.ndarray, np.ndarray]


def _has_all_steps(both: Both, g: A, *_: A) -> bool:
    return len(both) == 2 and np.shape(both[0]) == np.shape(both[1]) == g.shape


def _differs(both: Both, g: A, *_: A) -> bool:
    return len(g) < 3 or all(np.ptp(part) > 0 for part in both)


def _starts_empty(both: Both, g: A, i: A, f: A, o: A) -> bool:
    return abs(both[0][0] - i[0] * g[0]) < 1e-4


def _keeps_its_share(both: Both, g: A, i: A, f: A, o: A) -> bool:
    """Whether each memory follows from the one that came back before it."""
    if not _differs(both, g):
        return True
    c = np.asarray(both[0], float)
    return np.allclose(c[1:], f[1:] * c[:-1] + i[1:] * g[1:], atol=1e-4)


def _reads_the_memory(both: Both, g: A, i: A, f: A, o: A) -> bool:
    """Whether each output is read from the memory that came back for the same step."""
    return not _differs(both, g) or np.allclose(both[1], o * np.tanh(both[0]), atol=1e-4)


def _does_not_look_ahead(both: Both, other: Both, g: A, *_: A) -> bool:
    pairs = zip(both, other, strict=True)
    return not _differs(both, g) or all(np.allclose(a[:-1], b[:-1], atol=1e-4) for a, b in pairs)


def _is_kept_whole(both: Both, other: Both, *_: A) -> bool:
    return np.allclose(both[0], other[0], atol=1e-4)


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
    values=(("c", "h"),),
    parts={
        "memory": "the memory",
        "c": "the memory of all steps",
        "h": "the output of all steps",
        "f[t] * memory": "what is kept of the old memory",
        "i[t] * g[t]": "what is written",
        "f[t] * memory + i[t] * g[t]": "the new memory",
        "memory = f[t] * memory + i[t] * g[t]": "the update of the memory",
        "c[t] = memory": "noting the memory",
        "h[t] = o[t] * np.tanh(memory)": "noting the output",
        "np.tanh(memory)": "the squashed memory",
        "o[t] * np.tanh(memory)": "the output",
        "f[t]": "the forget gate",
        "i[t]": "the input gate",
        "o[t]": "the output gate",
        "g[t]": "what could be written",
        "t": "the step",
    },
    properties=(
        Property(
            "two arrays, a number for each step",
            _has_all_steps,
            "Two arrays have to come back, c and h, each with one number for each step; the empty "
            "memory before the first step is none of them.",
        ),
        Property(
            "steps differ",
            _differs,
            "All numbers of an array are the same. If one array is changed in each step and put "
            "into a list, the list holds that array again and again: note its value, or a copy.",
        ),
        Property(
            "starts empty",
            _starts_empty,
            "c[0] is wrong already: the memory is 0 before the first step, so after it there is "
            "only what the input gate lets in.",
        ),
        Property(
            "keeps its share",
            _keeps_its_share,
            "The memory does not follow from the one before it: c[t] has to be the share f[t] of "
            "your own c[t - 1], which no output gate and no tanh has touched, plus the share i[t] "
            "of g[t].",
        ),
        Property(
            "reads the memory",
            _reads_the_memory,
            "h does not go with the memory that you return for the same step: it is squashed by "
            "tanh first, and the output gate decides how much of that is seen.",
        ),
        Property(
            "memory without the output gate",
            _is_kept_whole,
            "c changes with the output gate. That gate decides what is seen, not what is kept.",
            also=lambda g, i, f, o: (g, i, f, 1 - o),
        ),
        Property(
            "does not look ahead",
            _does_not_look_ahead,
            "Another last g changes earlier steps. A step knows nothing of what comes later.",
            also=lambda g, i, f, o: (np.append(g[:-1], g[-1] + 1), i, f, o),
        ),
    ),
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
