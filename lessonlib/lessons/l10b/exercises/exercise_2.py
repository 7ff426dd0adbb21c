"""Exercise 10b.2: silence one head in the output matrix of attention."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


def without_head(weight: np.ndarray, head: int, heads: int) -> np.ndarray:
    """The output matrix with one head's columns at 0."""
    size = weight.shape[1] // heads  # numbers that each head contributes
    changed = weight.copy()
    changed[:, head * size : (head + 1) * size] = 0  # columns: what comes in from this head
    return changed


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = np.arange(1.0, 17.0).reshape(4, 4)
    cases = [(small, 0, 2), (small, 1, 2)]
    for d, heads in ((6, 3), (12, 3), (8, 4)):
        cases.append((rng.normal(size=(d, d)), int(rng.integers(0, heads)), heads))
    return cases


# ---- what people write instead -------------------------------------------------------------------


def _rows(weight: np.ndarray, head: int, heads: int) -> np.ndarray:
    return without_head(weight.T, head, heads).T.copy()


def _other_width(weight: np.ndarray, head: int, heads: int) -> np.ndarray:
    changed = weight.copy()
    changed[:, head * heads : (head + 1) * heads] = 0
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
    hints=(
        "Each head owns d / heads neighbouring numbers of `joined`.",
        "joined @ weight.T multiplies number k of `joined` with column k of weight.",
        "changed = weight.copy(); changed[:, from:to] = 0",
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
            "You take every n-th column. The heads' results stand side by side, each in "
            "neighbouring columns.",
        ),
    ),
)
