"""Exercise 05.5: dropout with given random numbers, in training and in evaluation."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


def dropout(x: np.ndarray, p: float, drawn: np.ndarray, training: bool) -> np.ndarray:
    """Silence the entries with drawn < p and scale the others; in evaluation change nothing."""
    if not training:
        return x
    return np.where(drawn >= p, x / (1 - p), 0.0)  # on average each entry keeps its size


def _cases(rng: np.random.Generator) -> list[tuple]:
    drawn = np.array([[0.1, 0.9, 0.6], [0.8, 0.2, 0.7]])
    x = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    cases = [(x, 0.5, drawn, True), (x, 0.5, drawn, False)]
    for shape, p, training in (((4, 5), 0.25, True), ((6, 3), 0.8, True), ((2, 2), 0.25, False)):
        cases.append((rng.normal(size=shape), p, rng.random(shape), training))
    return cases


# ---- what people write instead -------------------------------------------------------------------


def _classic_dropout(x: np.ndarray, p: float, drawn: np.ndarray, training: bool) -> np.ndarray:
    return np.where(drawn >= p, x, 0.0) if training else x * (1 - p)


def _row_dropout(x: np.ndarray, p: float, drawn: np.ndarray, training: bool) -> np.ndarray:
    return np.where(drawn[0] >= p, x / (1 - p), 0.0) if training else x


def _inverted_dropout(x: np.ndarray, p: float, drawn: np.ndarray, training: bool) -> np.ndarray:
    return np.where(drawn < p, x / (1 - p), 0.0) if training else x


EXERCISE = Exercise(
    id="05.5",
    title="Dropout",
    points=3,
    stars=3,
    minutes=15,
    reference=dropout,
    cases=_cases,
    forbidden=("lessonlib.functional.dropout", "torch.nn.functional.dropout"),
    hints=(
        "drawn has the shape of x, with numbers spread evenly over 0 .. 1: drawn < p "
        "happens with probability p.",
        "A unit that is kept with probability 1 - p has to be 1 / (1 - p) times as large, so "
        "that its average stays.",
        "In evaluation x comes back as it is.",
    ),
    mistakes=(
        Mistake(
            "not rescaled",
            lambda x, p, drawn, training: np.where(drawn >= p, x, 0.0) if training else x,
            "The silenced units are 0, the others kept their size. On average the next layer "
            "then gets (1 - p) times what it will get in evaluation: divide by 1 - p.",
        ),
        Mistake(
            "active in evaluation",
            lambda x, p, drawn, training: dropout(x, p, drawn, True),
            "Units are silenced in evaluation too. The same image would get another answer "
            "each time.",
        ),
        Mistake(
            "one mask for the batch",
            _row_dropout,
            "All rows lose the same units. Each example draws its own: drawn has one number "
            "for every entry.",
        ),
        Mistake(
            "keeps with probability p",
            _inverted_dropout,
            "The wrong ones are kept. p is the share that is silenced, as in PyTorch.",
        ),
        Mistake(
            "scales in evaluation",
            _classic_dropout,
            "This is the form of 2014: full size in training, times 1 - p in evaluation. Right "
            "on average, but asked is the form that leaves evaluation alone.",
        ),
    ),
)
