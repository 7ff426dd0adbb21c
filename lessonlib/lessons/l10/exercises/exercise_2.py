"""Exercise 10.2: a pre-norm transformer block made of given parts."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lessonlib.exercises.exercise import Property
from lessonlib.exercises.judge import Exercise, Mistake

Map = Callable[[np.ndarray], np.ndarray]


def block(x: np.ndarray, norm_1: Map, attention: Map, norm_2: Map, mlp: Map) -> np.ndarray:
    """Two branches, each reads the normalised x and adds its answer to x."""
    x = x + attention(norm_1(x))
    return x + mlp(norm_2(x))  # the second branch reads what the first has added


def _cases(rng: np.random.Generator) -> list[tuple]:
    shapes = ((2, 3), (4, 5), (1, 4), (3, 3), (6, 2))
    return [(rng.normal(1, 2, shape).round(2), k) for k, shape in enumerate(shapes)]


def _parts(D: int, seed: int) -> tuple[Map, Map, Map, Map]:
    """Small stand-ins for norm_1, attention, norm_2 and mlp."""
    A, M = np.random.default_rng(seed).normal(size=(2, D, D))

    def norm_1(x: np.ndarray) -> np.ndarray:
        x = np.asarray(x, float)
        return (x - x.mean(axis=1, keepdims=True)) / np.sqrt(x.var(axis=1, keepdims=True) + 1e-3)

    def norm_2(x: np.ndarray) -> np.ndarray:
        return 0.5 * norm_1(x) + 0.1

    def attention(x: np.ndarray) -> np.ndarray:
        return np.cumsum(x, axis=0) @ A + 0.5

    def mlp(x: np.ndarray) -> np.ndarray:
        return np.maximum(x @ M, 0) + 0.25

    return norm_1, attention, norm_2, mlp


def _use(answer: Callable[..., Any], x: np.ndarray, seed: int, silent: tuple = ()) -> Any:
    """The block with small stand-ins; a silent one answers 0. Also what the two branches read."""
    norm_1, attention, norm_2, mlp = _parts(x.shape[1], seed)
    read: dict[str, np.ndarray] = {}

    def noted(name: str, branch: Map) -> Map:
        def wrapped(given: np.ndarray) -> np.ndarray:
            read.setdefault(name, np.array(given, float))
            return 0 * branch(given) if name in silent else branch(given)

        return wrapped

    y = answer(x, norm_1, noted("attention", attention), norm_2, noted("mlp", mlp))
    return (read.get("attention", 0.0), read.get("mlp", 0.0)) if silent == ("look",) else y


# ---- what every right answer has -----------------------------------------------------------------


def _look(x: np.ndarray, seed: int) -> tuple:
    return x, seed, ("look",)


def _attention_reads(value: Any, read: Any, x: np.ndarray, seed: int) -> bool:
    norm_1, _, _, _ = _parts(x.shape[1], seed)
    return np.shape(read[0]) == x.shape and np.allclose(read[0], norm_1(x), atol=1e-4)


def _mlp_reads(value: Any, read: Any, x: np.ndarray, seed: int) -> bool:
    norm_1, attention, norm_2, _ = _parts(x.shape[1], seed)
    wanted = norm_2(x + attention(norm_1(x)))
    if not _attention_reads(value, read, x, seed):  # the MLP reads what attention made wrong
        return True
    return np.shape(read[1]) == x.shape and np.allclose(read[1], wanted, atol=1e-4)


def _all_silent(x: np.ndarray, seed: int) -> tuple:
    return x, seed, ("attention", "mlp")


def _passes_x(value: Any, y: Any, x: np.ndarray, seed: int) -> bool:
    return np.shape(y) != x.shape or np.allclose(y, x, atol=1e-4)


def _mlp_silent(x: np.ndarray, seed: int) -> tuple:
    return x, seed, ("mlp",)


def _attention_stays(value: Any, y: Any, x: np.ndarray, seed: int) -> bool:
    return np.shape(y) != x.shape or not np.allclose(y, x, atol=1e-4)


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
    called=lambda x, seed, *rest: "block(x, norm_1, attention, norm_2, mlp)",
    parts={
        "norm_1(x)": "the first norm",
        "attention(norm_1(x))": "the answer of attention",
        "x + attention(norm_1(x))": "x with the answer of attention",
        "x = x + attention(norm_1(x))": "the branch with attention",
        "norm_2(x)": "the second norm",
        "mlp(norm_2(x))": "the answer of the MLP",
    },
    properties=(
        Property(
            "attention reads x normalised by norm_1",
            _attention_reads,
            "Attention has to read x as it came in, normalised by norm_1. It reads something else.",
            _look,
        ),
        Property(
            "the MLP reads x with attention's answer, normalised by norm_2",
            _mlp_reads,
            "The MLP has to read x with attention's answer in it, normalised by norm_2. It reads "
            "something else.",
            _look,
        ),
        Property(
            "branches that answer 0 change nothing",
            _passes_x,
            "When attention and the MLP answer 0, the result has to be x itself: they add to x, "
            "and nothing else is on its path.",
            _all_silent,
        ),
        Property(
            "the answer of attention stays in x",
            _attention_stays,
            "When the MLP answers 0, the result is x without the answer of attention: it is lost. "
            "Both answers stay in what comes back.",
            _mlp_silent,
        ),
    ),
    hints=(
        "Two lines: one for attention, one for the MLP.",
        "Each line has the form x + branch(norm(x)).",
    ),
    mistakes=(
        Mistake(
            "norm after the sum",
            _norm_last,
            "The norms come after the sums, as in the paper of 2017. Here each norm comes before "
            "its branch, and nothing is on the path of x itself.",
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
