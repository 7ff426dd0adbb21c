"""Exercise 03.1: the local slopes of a sum, a difference, a product and a quotient."""

from collections.abc import Callable

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


def local_slopes(op: str, a: float, b: float) -> tuple[float, float]:
    """How strongly a + b, a - b, a * b or a / b reacts to a, and how strongly to b."""
    if op == "+":
        return 1.0, 1.0
    if op == "-":
        return 1.0, -1.0
    if op == "*":
        return b, a  # the more of b, the more a change of a counts
    return 1.0 / b, -a / b**2


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = [("+", 2.0, 5.0), ("-", 2.0, 5.0), ("*", 2.0, 5.0), ("/", 2.0, 5.0)]
    drawn = [(op, *rng.uniform(0.5, 3, 2).tolist()) for op in "+-*/"]
    return [*small, *drawn]


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
    hints=(
        "Hold b still and ask: if a grows by a tiny h, by how many h does the result grow?",
        "(a + h) * b = a * b + h * b, so a product reacts to a with slope b.",
        "a / b reacts to b with slope -a / b ** 2: the larger b, the smaller the quotient.",
    ),
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
