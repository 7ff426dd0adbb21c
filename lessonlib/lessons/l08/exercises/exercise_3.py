"""Exercise 08.3: the gradients of what enters a memory cell, and of its first memory."""

from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def memory_gradient(dc: float, i: np.ndarray, f: np.ndarray) -> tuple[np.ndarray, float]:
    """Gradients of all g_t and of the first memory, from dc, that of the last memory."""
    dg = np.zeros(len(f))
    for t in reversed(range(len(f))):
        dg[t] = dc * i[t]  # g_t entered through the input gate of its own step
        dc = dc * f[t]  # on to the memory before: once through the forget gate
    return dg, float(dc)


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = (1.0, np.array([1.0, 0.5, 0.2]), np.array([0.9, 0.5, 1.0]))
    i, f = rng.random(5), rng.random(5)
    shut = [
        Case("where a forget gate is shut", -1.5, i, np.where(np.arange(5) == k, 0.0, f))
        for k in (2, 4)
    ]
    single = (2.0, np.array([0.7]), np.array([0.4]))
    drawn = [(float(rng.normal()), rng.random(n), rng.random(n)) for n in (4, 9)]
    return [small, *shut, *drawn, single]


# ---- what every right answer has -----------------------------------------------------------------


Both = tuple[np.ndarray, float]
A = np.ndarray  # short, so that a signature with gates is easy to read


def _has_all_steps(both: Both, dc: float, i: A, f: A) -> bool:
    return len(both) == 2 and np.shape(both[0]) == f.shape and np.size(both[1]) == 1


def _is_right_with_open_gates(both: Both, opened: Both, dc: float, i: A, f: A) -> bool:
    turned = np.allclose(opened[0][::-1], dc * i, atol=1e-4)  # the order is told otherwise
    return turned or np.allclose(opened[0], dc * i, atol=1e-4)


def _passes_open_gates(both: Both, opened: Both, dc: float, i: A, f: A) -> bool:
    return abs(float(opened[1]) - dc) < 1e-4


def _ends_right(both: Both, dc: float, i: A, f: A) -> bool:
    """Whether the last step has no forget gate after it."""
    return min(abs(float(both[0][k]) - dc * i[-1]) for k in (0, -1)) < 1e-4


def _passes_the_gate_between(both: Both, opened: Both, dc: float, i: A, f: A) -> bool:
    dg = np.asarray(both[0], float)
    if not np.allclose(opened[0], dc * i, atol=1e-4):
        return True
    return np.allclose(dg[:-1] * i[1:], f[1:] * i[:-1] * dg[1:], atol=1e-4)


def _passes_all_gates(both: Both, dc: float, i: A, f: A) -> bool:
    return abs(float(both[1]) - dc * np.prod(f)) < 1e-4


def _grows_with_dc(both: Both, other: Both, *_: Any) -> bool:
    steps = np.allclose(np.multiply(2, both[0]), other[0], atol=1e-4)
    return steps and abs(2 * float(both[1]) - float(other[1])) < 1e-4


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


def _quotient(dc: float, i: np.ndarray, f: np.ndarray) -> tuple[np.ndarray, float]:
    with np.errstate(all="ignore"):
        return dc * i * np.prod(f) / np.cumprod(f), float(dc * np.prod(f))


EXERCISE = Exercise(
    id="08.3",
    title="The gradient on the carousel",
    points=3,
    stars=2,
    minutes=12,
    reference=memory_gradient,
    cases=_cases,
    values=(("dg", "the gradient of the memory before step 0"),),
    parts={
        "dc": "the gradient of the memory",
        "dg": "dg",
        "i[t]": "the input gate",
        "f[t]": "the forget gate",
        "dc * i[t]": "the gradient of g_t",
        "dg[t] = dc * i[t]": "the gradient of g_t",
        "dc * f[t]": "the step to the memory before",
        "dc = dc * f[t]": "the step to the memory before",
        "float(dc)": "the gradient of the memory before step 0",
        "t": "the step",
        "range(len(f))": "the steps",
    },
    properties=(
        Property(
            "a gradient for each step",
            _has_all_steps,
            "Two values have to come back: dg with one gradient for each step, and one number, the "
            "gradient of the memory before step 0.",
        ),
        Property(
            "dg with open forget gates",
            _is_right_with_open_gates,
            "dg goes wrong even where all forget gates are 1: there the gradient reaches every "
            "step as it is, and dg[t] has to be dc times the input gate of the same step.",
            also=lambda dc, i, f: (dc, i, np.ones_like(f)),
        ),
        Property(
            "open forget gates change nothing",
            _passes_open_gates,
            "Where all forget gates are 1, the gradient has to arrive at the first memory as it "
            "is: dc. Along the memory there are only the forget gates.",
            also=lambda dc, i, f: (dc, i, np.ones_like(f)),
        ),
        Property(
            "the last step",
            _ends_right,
            "dg of the last step is wrong. What is written there is in the last memory at once: "
            "no forget gate lies between, only the input gate.",
        ),
        Property(
            "the gate between two steps",
            _passes_the_gate_between,
            "From one step to the one before it the gradient has to pass one forget gate, that of "
            "the later step, which scales the memory of the earlier one. In yours it does not.",
            also=lambda dc, i, f: (dc, i, np.ones_like(f)),
        ),
        Property(
            "all gates on the way",
            _passes_all_gates,
            "On the way to the memory before step 0 the gradient passes the forget gate of every "
            "step once, the first one too, and they multiply.",
        ),
        Property(
            "grows with dc",
            _grows_with_dc,
            "Twice the dc has to give gradients twice as large.",
            also=lambda dc, i, f: (2 * dc, i, f),
        ),
    ),
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
        Mistake(
            "a quotient of products",
            _quotient,
            "Right as long as no forget gate is shut. The product of the later gates is found by a "
            "division, and with a gate of 0 that is 0 / 0: multiply from the last step on.",
        ),
    ),
)
