"""Exercise 10b.2: silence one head in the output matrix of attention."""

from typing import Any

import numpy as np

from lessonlib.exercises.exercise import Case, Property
from lessonlib.exercises.judge import Exercise, Mistake


def without_head(weight: np.ndarray, head: int, heads: int) -> np.ndarray:
    """The output matrix with one head's columns at 0."""
    size = weight.shape[1] // heads  # numbers that each head contributes
    changed = weight.copy()
    changed[:, head * size : (head + 1) * size] = 0  # columns: what comes in from this head
    return changed


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = np.arange(1.0, 17.0).reshape(4, 4)
    cases: list[tuple] = [
        (small, 0, 2),
        (small, 1, 2),
        (rng.normal(size=(6, 6)), 1, 3),
        (rng.normal(size=(8, 8)), 3, 4),
        Case("where there is one head only", rng.normal(size=(3, 3)), 0, 1),
        Case("where each head has one number", rng.normal(size=(3, 3)), 2, 3),
    ]
    for d, heads in ((6, 3), (12, 3), (8, 4)):
        cases.append((rng.normal(size=(d, d)), int(rng.integers(0, heads)), heads))
    return cases


# ---- what every right answer has -----------------------------------------------------------------


def _own(weight: np.ndarray, head: int, heads: int) -> np.ndarray:
    return np.arange(weight.shape[1]) * heads // weight.shape[1] == head


def _keeps_shape(value: Any, weight: np.ndarray, head: int, heads: int) -> bool:
    return np.shape(value) == weight.shape


def _silenced(value: Any, weight: np.ndarray, head: int, heads: int) -> bool:
    if not _keeps_shape(value, weight, head, heads):
        return True
    return bool((np.asarray(value)[:, _own(weight, head, heads)] == 0).all())


def _others_stay(value: Any, weight: np.ndarray, head: int, heads: int) -> bool:
    if not _keeps_shape(value, weight, head, heads):
        return True
    others = ~_own(weight, head, heads)
    return np.allclose(np.asarray(value)[:, others], weight[:, others], rtol=1e-5, atol=1e-5)


# ---- what people write instead -------------------------------------------------------------------


def _rows(weight: np.ndarray, head: int, heads: int) -> np.ndarray:
    return without_head(weight.T, head, heads).T.copy()


def _other_width(weight: np.ndarray, head: int, heads: int) -> np.ndarray:
    changed = weight.copy()
    changed[:, head * heads : (head + 1) * heads] = 0
    return changed


def _one_column(weight: np.ndarray, head: int, heads: int) -> np.ndarray:
    changed = weight.copy()
    changed[:, head] = 0
    return changed


def _only_head(weight: np.ndarray, head: int, heads: int) -> np.ndarray:
    return weight - without_head(weight, head, heads)


def _from_one(weight: np.ndarray, head: int, heads: int) -> np.ndarray:
    return without_head(weight, (head - 1) % heads, heads)


def _every_nth(weight: np.ndarray, head: int, heads: int) -> np.ndarray:
    changed = weight.copy()
    changed[:, head::heads] = 0
    return changed


EXERCISE = Exercise(
    id="10b.2",
    title="Silence a head",
    points=2,
    stars=1,
    minutes=8,
    reference=without_head,
    cases=_cases,
    pure=True,
    hints=(
        "Each head owns d / heads neighbouring numbers of `joined`.",
        "joined @ weight.T multiplies number k of `joined` with column k of weight.",
        "changed = weight.copy(); changed[:, from:to] = 0",
    ),
    parts={
        "weight.shape[1]": "the number of columns",
        "weight.shape[1] // heads": "the number of columns of a head",
        "size": "the number of columns of a head",
        "weight.copy()": "the copy",
        "changed": "the copy",
        "head * size": "the first column of the head",
        "(head + 1) * size": "the first column of the next head",
        "head + 1": "the next head",
        "changed[:, head * size:(head + 1) * size] = 0": "the columns of the head become 0",
    },
    properties=(
        Property(
            "the shape stays",
            _keeps_shape,
            "The matrix has to keep its shape (d, d): what the head sends is multiplied by 0, it "
            "is not cut out.",
        ),
        Property(
            "the columns of the head are 0",
            _silenced,
            "The columns of this head are not all 0. Heads are counted from 0, and each has d / "
            "heads neighbouring columns.",
        ),
        Property(
            "the other heads stay as they were",
            _others_stay,
            "Columns that belong to other heads were changed.",
        ),
    ),
    mistakes=(
        Mistake(
            "rows instead of columns",
            _rows,
            "These are rows. They would silence some features of the output, for all heads. A "
            "head comes in through columns of weight.",
        ),
        Mistake(
            "the wrong width",
            _other_width,
            "The block is `heads` columns wide. Each head has d / heads numbers.",
        ),
        Mistake(
            "one column only",
            _one_column,
            "Only one column becomes 0. Each head has d / heads neighbouring columns.",
        ),
        Mistake(
            "only this head is left",
            _only_head,
            "It is the other way round: only this head still speaks.",
        ),
        Mistake(
            "counted from one",
            _from_one,
            "The neighbour is silenced. Heads are counted from 0.",
        ),
        Mistake(
            "every n-th column",
            _every_nth,
            "You take every n-th column. The heads' results are side by side, each in "
            "neighbouring columns.",
        ),
    ),
)
