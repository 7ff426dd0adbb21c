"""Exercise 10.2: a pre-norm transformer block made of given parts."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake

Map = Callable[[np.ndarray], np.ndarray]


def block(x: np.ndarray, norm_1: Map, attention: Map, norm_2: Map, mlp: Map) -> np.ndarray:
    """Two branches, each reads the normalised x and adds its answer to x."""
    x = x + attention(norm_1(x))
    return x + mlp(norm_2(x))  # the second branch reads what the first has added


def _cases(rng: np.random.Generator) -> list[tuple]:
    return [(rng.normal(1, 2, (L, D)).round(2), k) for k, (L, D) in enumerate(((2, 3), (4, 5)))]


def _use(answer: Callable[..., Any], x: np.ndarray, seed: int) -> Any:
    """The block with small stand-ins for its parts."""
    rng = np.random.default_rng(seed)
    A, M = rng.normal(size=(2, x.shape[1], x.shape[1]))

    def norm_1(x: np.ndarray) -> np.ndarray:
        return (x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, keepdims=True)

    def norm_2(x: np.ndarray) -> np.ndarray:
        return 0.5 * norm_1(x) + 0.1

    return answer(
        x, norm_1, lambda x: np.cumsum(x, axis=0) @ A, norm_2, lambda x: np.maximum(x @ M, 0)
    )


# ---- what people write instead -------------------------------------------------------------------


def _norm_last(x: np.ndarray, norm_1: Map, attention: Map, norm_2: Map, mlp: Map) -> np.ndarray:
    """Norms after the sums."""
    x = norm_1(x + attention(x))
    return norm_2(x + mlp(x))


def _no_residual(x: np.ndarray, norm_1: Map, attention: Map, norm_2: Map, mlp: Map) -> np.ndarray:
    """Branches replace x."""
    return mlp(norm_2(attention(norm_1(x))))


def _normed_residual(
    x: np.ndarray, norm_1: Map, attention: Map, norm_2: Map, mlp: Map
) -> np.ndarray:
    """The sums start from the normalised x."""
    x = norm_1(x)
    x = norm_2(x + attention(x))
    return x + mlp(x)


EXERCISE = Exercise(
    id="10.2",
    title="The block",
    points=2,
    stars=1,
    minutes=8,
    reference=block,
    cases=_cases,
    use=_use,
    hints=(
        "Two lines: one for attention, one for the MLP.",
        "Each line has the form x + branch(norm(x)).",
    ),
    mistakes=(
        Mistake(
            "norm after the sum",
            _norm_last,
            "The norms stand behind the sums, as in the paper of 2017. Here each norm stands "
            "before its branch, and nothing stands on the path of x itself.",
        ),
        Mistake(
            "no residual path",
            _no_residual,
            "The branches replace x. They have to add to it.",
        ),
        Mistake(
            "residual of the MLP missing",
            lambda x, n1, attention, n2, mlp: mlp(n2(x + attention(n1(x)))),
            "The MLP's answer replaces x. It has to be added, as attention's is.",
        ),
        Mistake(
            "normalised x is passed on",
            _normed_residual,
            "The branches are added to the normalised x. Only the branch reads it normalised; "
            "the sum starts from x as it came.",
        ),
        Mistake(
            "side by side",
            lambda x, n1, attention, n2, mlp: x + attention(n1(x)) + mlp(n2(x)),
            "The MLP reads the old x. It comes second: it reads x with attention's answer in "
            "it. (Some models do run both side by side; the asked one does not.)",
        ),
    ),
)
