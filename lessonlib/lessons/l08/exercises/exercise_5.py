"""Exercise 08.5: the most hidden units whose layer stays within a budget of parameters."""

from collections.abc import Callable

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def widest(gates: int, inputs: int, budget: int) -> int:
    """The most hidden units H whose layer has at most `budget` parameters."""
    H = 0
    while gates * (H + 1) * (inputs + H + 1 + 2) <= budget:  # two biases, as in torch
        H += 1
    return H


def _cases(rng: np.random.Generator) -> list[tuple]:
    full, none = "where a layer uses up the whole budget", "where not even one unit fits"
    rows = ((4, 2, 100), (1, 2, 100), (3, 12, 20_618), (4, 32, 82_944), (1, 32, 82_944))
    exact = [(g, d, g * H * (d + H + 2)) for g, d, H in ((1, 1, 4), (3, 2, 5), (4, 3, 30))]
    large = Case("where the budget is large", 4, 64, 3_000_000)
    edges = [*(Case(full, *row) for row in exact), Case(none, 4, 3, 23), Case(none, 1, 1, 0), large]
    over = [(g, d, budget - 1) for g, d, budget in exact]
    drawn = [
        (int(g), int(d), int(p))
        for g, d, p in zip(
            rng.integers(1, 5, 4),
            rng.integers(1, 60, 4),
            rng.integers(2000, 60_000, 4),
            strict=True,
        )
    ]
    return [*rows, *edges, *over, *drawn]


# ---- what every right answer has -----------------------------------------------------------------


def _is_within(H: int, gates: int, inputs: int, budget: int) -> bool:
    return H <= 0 or gates * H * (inputs + H + 2) <= budget + 1e-6


def _is_the_most(H: int, gates: int, inputs: int, budget: int) -> bool:
    return gates * (H + 1) * (inputs + H + 3) > budget


def _is_whole(H: float, *_: int) -> bool:
    return abs(H - round(H)) < 1e-6 and H >= 0


def _shares_out(H: int, alone: int, gates: int, inputs: int, budget: int) -> bool:
    """Whether one block has its share of the budget."""
    return abs(H - alone) < 0.5


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
    parts={
        "H": "the number of units",
        "H + 1": "the number of units",
        "gates * (H + 1)": "the number of rows",
        "inputs + H": "the weights of a row",
        "inputs + H + 1": "the weights of a row",
        "inputs + H + 1 + 2": "the weights and biases of a row",
        "gates * (H + 1) * (inputs + H + 1 + 2)": "the number of parameters",
        "2": "the two biases",
        "H += 1": "one unit more",
    },
    properties=(
        Property(
            "a whole number of units",
            _is_whole,
            "The number of units has to be a whole number, 0 or more.",
        ),
        Property(
            "blocks share out the budget",
            _shares_out,
            "The blocks are not counted right: every block has its own weights and biases, so that "
            "each has budget / gates parameters to spend.",
            also=lambda gates, inputs, budget: (1, inputs, budget // gates),
        ),
        Property(
            "within the budget",
            _is_within,
            "The layer with the H that you return has more parameters than the budget. Every unit "
            "has D + H weights and two biases in each block.",
        ),
        Property(
            "the most",
            _is_the_most,
            "One unit more would still be within the budget; a layer may use up all of it. Every "
            "unit has D + H weights and two biases in each block.",
        ),
    ),
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
