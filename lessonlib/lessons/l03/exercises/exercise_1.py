"""Exercise 03.1: the local slopes of a sum, a difference, a product and a quotient."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def local_slopes(op: str, a: float, b: float) -> tuple[float, float]:
    """How strongly a + b, a - b, a * b or a / b reacts to a, and how strongly to b."""
    if op == "+":
        return 1.0, 1.0
    if op == "-":
        return 1.0, -1.0
    if op == "*":
        return b, a  # the more of b, the more a change of a counts
    return 1.0 / b, -a / b**2


_KINDS = {"+": "sum", "-": "difference", "*": "product", "/": "quotient"}


def _cases(rng: np.random.Generator) -> list[tuple]:
    """Each operation with numbers above and below 0, and above and below 1."""
    pairs = [(2.0, 5.0), (-3.0, 2.0), (0.5, -0.25), rng.uniform(0.5, 3, 2).tolist()]
    return [Case(f"for a {_KINDS[op]}", op, a, b) for a, b in pairs for op in _KINDS]


# ---- what every right answer has -----------------------------------------------------------------


def _of(op: str, holds: Callable[[Any, float, float], bool]) -> Callable[..., bool]:
    """A property of one operation; nothing is said of the others."""
    return lambda slopes, case_op, a, b: case_op != op or bool(holds(slopes, a, b))


# ---- what people write instead -------------------------------------------------------------------


def _slopes_but(wrong: dict[str, Callable[[float, float], tuple]]) -> Callable[..., tuple]:
    return lambda op, a, b: wrong[op](a, b) if op in wrong else local_slopes(op, a, b)


EXERCISE = Exercise(
    id="03.1",
    title="Local slopes",
    points=2,
    stars=1,
    minutes=8,
    reference=local_slopes,
    cases=_cases,
    values=(("the slope for `a`", "the slope for `b`"),),
    hints=(
        "Hold b still and ask: if a grows by a tiny h, by how many h does the result grow?",
        "(a + h) * b = a * b + h * b, so a product reacts to a with slope b.",
        "a / b reacts to b with slope -a / b ** 2: the larger b, the smaller the quotient.",
    ),
    properties=(
        Property(
            "the slopes of a sum",
            _of("+", lambda slopes, a, b: np.allclose(slopes, 1)),
            "A sum grows as much as either of its parts grows, whatever their values: its slopes "
            "depend neither on a nor on b.",
        ),
        Property(
            "the slopes of a difference",
            _of("-", lambda slopes, a, b: np.allclose(slopes, (1, -1))),
            "A difference grows as much as a grows and falls as much as b grows, whatever their "
            "values; here a slope is another one.",
        ),
        Property(
            "the slopes of a product",
            _of("*", lambda slopes, a, b: np.isclose(a * slopes[0], b * slopes[1])),
            "In a product a times its slope and b times its slope are both the product; here "
            "they are not the same.",
        ),
        Property(
            "the first slope of a quotient",
            _of("/", lambda slopes, a, b: np.isclose(b * slopes[0], 1)),
            "If a grows by b, the quotient a / b grows by exactly 1; with the slope for a that "
            "came back it does not. (// would cut fractions off.)",
        ),
        Property(
            "the sign of the second slope of a quotient",
            _of("/", lambda slopes, a, b: slopes[1] * a < 0),
            "The slope of a quotient for b has the sign opposite to that of a, because the larger "
            "b, the nearer to 0 the quotient of positive numbers; here a sign is wrong.",
        ),
        Property(
            "the size of the second slope of a quotient",
            _of("/", lambda slopes, a, b: np.isclose(abs(b * slopes[1]), abs(a * slopes[0]))),
            "In a quotient, b times its slope and a times its slope are of the same size; here "
            "they are not. How does the slope for b depend on a, and how on b?",
        ),
    ),
    parts={
        "1.0 / b": "the slope for `a`",
        "-a / b ** 2": "the slope for `b`",
        "-a": "minus `a`",
        "b ** 2": "the square of `b`",
        "1.0": "the slope of a sum",
        "-1.0": "the slope for `b` in a difference",
    },
    mistakes=(
        Mistake(
            "own factor",
            _slopes_but({"*": lambda a, b: (a, b)}),
            "In a product each factor gets the other one as its slope: "
            "(a + h) * b = a * b + h * b.",
        ),
        Mistake(
            "difference without sign",
            _slopes_but({"-": lambda a, b: (1.0, 1.0)}),
            "a - b falls when b grows: its slope for b is negative.",
        ),
        Mistake(
            "quotient without sign",
            _slopes_but({"/": lambda a, b: (1 / b, a / b**2)}),
            "For positive a and b the quotient a / b falls when b grows: a sign is missing.",
        ),
        Mistake(
            "quotient without sign and square",
            _slopes_but({"/": lambda a, b: (1 / b, a / b)}),
            "In the slope of a / b for b both the sign and the square of b are missing.",
        ),
        Mistake(
            "quotient without the numerator",
            _slopes_but({"/": lambda a, b: (1 / b, -1 / b**2)}),
            "The slope of a / b for b depends on a as well: a is missing as a factor.",
        ),
        Mistake(
            "quotient by a step of 1",
            _slopes_but({"/": lambda a, b: (1 / b, a / (b + 1) - a / b)}),
            "The slope of a / b for b is measured with a step of 1. The quotient bends, so the "
            "step has to be tiny; the formula needs none.",
        ),
        Mistake(
            "results instead of slopes",
            lambda op, a, b: ({"+": a + b, "-": a - b, "*": a * b, "/": a / b}[op],) * 2,
            "These are the results of the operations. Asked is how strongly they react to each "
            "operand.",
        ),
        Mistake(
            "slopes exchanged",
            lambda op, a, b: local_slopes(op, a, b)[::-1],
            "The two slopes come in the opposite order: first the one for a, then the one for b.",
        ),
        Mistake(
            "quotient without square",
            _slopes_but({"/": lambda a, b: (1 / b, -a / b)}),
            "The slope of a / b for b is -a / b ** 2. The square is missing.",
        ),
        Mistake(
            "quotient as product",
            _slopes_but({"/": lambda a, b: (b, a)}),
            "These are the slopes of a * b. For a / b, write it as a * (1 / b).",
        ),
    ),
)
