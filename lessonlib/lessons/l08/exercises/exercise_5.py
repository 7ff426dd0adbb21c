"""Exercise 08.5: the most hidden units whose layer stays within a budget of parameters."""

from collections.abc import Callable

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


def widest(gates: int, inputs: int, budget: int) -> int:
    """The most hidden units H whose layer has at most `budget` parameters."""
    H = 0
    while gates * (H + 1) * (inputs + H + 1 + 2) <= budget:  # two biases, as in torch
        H += 1
    return H


def _cases(rng: np.random.Generator) -> list[tuple]:
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


# ---- what people write instead -------------------------------------------------------------------


def _most(parameters: Callable[[int], int], budget: int) -> int:
    H = 0
    while parameters(H + 1) <= budget:
        H += 1
    return H


EXERCISE = Exercise(
    id="08.5",
    title="As many units as the budget allows",
    points=2,
    stars=1,
    minutes=8,
    reference=widest,
    cases=_cases,
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
)
