"""Exercise 08.3: the gradients of what enters a memory cell, and of its first memory."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


def memory_gradient(dc: float, i: np.ndarray, f: np.ndarray) -> tuple[np.ndarray, float]:
    """Gradients of all g_t and of the first memory, from dc, that of the last memory."""
    dg = np.zeros(len(f))
    for t in reversed(range(len(f))):
        dg[t] = dc * i[t]  # g_t entered through the input gate of its own step
        dc = dc * f[t]  # on to the memory before: once through the forget gate
    return dg, float(dc)


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = (1.0, np.array([1.0, 0.5, 0.2]), np.array([0.9, 0.5, 1.0]))
    drawn = [(float(rng.normal()), rng.random(n), rng.random(n)) for n in (4, 9)]
    return [small, *drawn]


# ---- what people write instead -------------------------------------------------------------------


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


EXERCISE = Exercise(
    id="08.3",
    title="The gradient on the carousel",
    points=3,
    stars=2,
    minutes=12,
    reference=memory_gradient,
    cases=_cases,
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
)
