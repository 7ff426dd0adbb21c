"""Exercise 05.5: dropout with given random numbers, in training and in evaluation."""

from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def dropout(x: np.ndarray, p: float, drawn: np.ndarray, training: bool) -> np.ndarray:
    """Silence the entries with drawn < p and scale the others; in evaluation change nothing."""
    if not training:
        return x
    return np.where(drawn >= p, x / (1 - p), 0.0)  # on average each entry keeps its size


def _cases(rng: np.random.Generator) -> list[tuple]:
    drawn = np.array([[0.1, 0.9, 0.6], [0.8, 0.2, 0.7]])
    x = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    cases: list[tuple] = [(x, 0.3, drawn, True), Case("in evaluation", x, 0.5, drawn, False)]
    for shape, p, training in (
        ((4, 5), 0.25, True),
        ((6, 3), 0.8, True),
        ((3, 4), 0.5, True),
        ((2, 2), 0.25, False),
    ):
        case = (rng.normal(size=shape), p, rng.random(shape), training)
        cases.append(case if training else Case("in evaluation", *case))
    edge = np.array([[0.5, 0.25, 0.75], [0.25, 0.75, 0.5]])
    none = np.array([[0.0, 0.5, 0.25], [0.75, 0.0, 0.5]])
    return [
        *cases,
        Case("where p is 0", rng.normal(size=(2, 3)), 0.0, rng.random((2, 3)), True),
        Case("where draws are exactly p", x, 0.5, edge, True),
        Case("where p and a draw are 0", x, 0.0, none, True),
    ]


def _accepts(got: Any, x: np.ndarray, p: float, drawn: np.ndarray, training: bool) -> bool:
    """The share p at the top of the range may be silenced as well as the one at its bottom."""
    top = np.where(drawn < 1 - p, x / (1 - p), 0.0)
    return training and np.shape(got) == x.shape and np.allclose(got, top, rtol=1e-4, atol=1e-6)


# ---- what every right answer has -----------------------------------------------------------------


def _rests_in_evaluation(got: Any, x: Any, p: float, drawn: Any, training: bool) -> bool:
    same = np.shape(got) == x.shape and np.allclose(got, x, rtol=1e-4, atol=1e-6)
    return training or same


def _is_silent_or_enlarged(got: Any, x: Any, p: float, drawn: Any, training: bool) -> bool:
    value = np.asarray(got)
    if value.shape != x.shape:
        return True
    silent = np.isclose(value, 0, atol=1e-6)
    return not training or bool(np.all(silent | np.isclose(value, x / (1 - p), rtol=1e-4)))


def _keeps_a_draw_of_p(got: Any, x: Any, p: float, drawn: Any, training: bool) -> bool:
    if np.shape(got) != x.shape or not training:
        return True
    silent = np.isclose(np.asarray(got), 0, atol=1e-6)
    at_p = drawn == p
    return not (at_p.any() and np.array_equal(silent, drawn <= p))


def _silences_by_the_draw(got: Any, x: Any, p: float, drawn: Any, training: bool) -> bool:
    if np.shape(got) != x.shape:
        return True
    silent = np.isclose(np.asarray(got), 0, atol=1e-6)
    fits = [np.array_equal(silent, mask) for mask in (drawn < p, drawn <= p, drawn >= 1 - p)]
    return not training or any(fits)


# ---- what people write instead -------------------------------------------------------------------


def _classic_dropout(x: np.ndarray, p: float, drawn: np.ndarray, training: bool) -> np.ndarray:
    return np.where(drawn >= p, x, 0.0) if training else x * (1 - p)


def _by_the_kept_share(x: np.ndarray, p: float, drawn: np.ndarray, training: bool) -> np.ndarray:
    kept = drawn >= p
    return x * kept / max(kept.mean(), 1e-12) if training else x


def _by_p(x: np.ndarray, p: float, drawn: np.ndarray, training: bool) -> np.ndarray:
    with np.errstate(divide="ignore"):
        return np.where(drawn >= p, x / np.float64(p), 0.0) if training else x


def _by_the_share_kept(x: np.ndarray, p: float, drawn: np.ndarray, training: bool) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return x * (drawn < p) / np.float64(p) if training else x


def _by_the_share_kept_where(
    x: np.ndarray, p: float, drawn: np.ndarray, training: bool
) -> np.ndarray:
    return np.where(drawn < p, x / (p or 1.0), 0.0) if training else x


def _by_two(x: np.ndarray, p: float, drawn: np.ndarray, training: bool) -> np.ndarray:
    return np.where(drawn >= p, 2 * x, 0.0) if training else x


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
    pure=True,
    accepts=_accepts,
    parts={
        "drawn >= p": "which entries are kept",
        "x / (1 - p)": "the entries that are kept, made larger",
        "1 - p": "the share that is kept",
        "np.where(drawn >= p, x / (1 - p), 0.0)": "the silenced batch",
        "0.0": "0",
        "not training": "whether it is evaluation",
        "if not training: return x": "evaluation leaves x alone",
    },
    forbidden=("lessonlib.functional.dropout", "torch.nn.functional.dropout"),
    hints=(
        "drawn has the shape of x, with numbers spread evenly over 0 .. 1: drawn < p "
        "happens with probability p.",
        "A unit that is kept with probability 1 - p has to be 1 / (1 - p) times as large, so "
        "that its average stays.",
        "In evaluation x comes back as it is.",
    ),
    properties=(
        Property(
            "the shape of x",
            lambda got, x, *rest: np.shape(got) == x.shape,
            "An array of the shape of x has to come back: what is silenced is 0, and not left out.",
        ),
        Property(
            "evaluation changes nothing",
            _rests_in_evaluation,
            "In evaluation x has to come back as it is.",
        ),
        Property(
            "silent or enlarged",
            _is_silent_or_enlarged,
            "In training an entry is either silenced or made larger, by a factor that p alone "
            "decides, so that over many draws it keeps its size on average. Some of yours are not.",
        ),
        Property(
            "silenced by the draw",
            _silences_by_the_draw,
            "The wrong entries are silenced: a share p of all, each by its own number in `drawn`.",
        ),
        Property(
            "a draw of p is kept",
            _keeps_a_draw_of_p,
            "Entries whose draw is exactly p are silenced too. Asked are those below p.",
        ),
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
            "divided by the share that was kept",
            _by_the_kept_share,
            "The kept entries are divided by the share that happened to be kept in this draw. It "
            "has to be the expected share, so that the factor is the same in every batch.",
        ),
        Mistake(
            "divided by p",
            _by_p,
            "The kept entries are divided by p, the share that is silenced. It is the share that "
            "is kept that makes up for it.",
        ),
        Mistake(
            "p as the share kept",
            _by_the_share_kept,
            "It answers as if p were the share that is kept: those below p stay, divided by p. "
            "Here p is the share that is silenced.",
        ),
        Mistake(
            "p as the share kept, with where",
            _by_the_share_kept_where,
            "The share p is kept and divided by p. Here p is the share that is silenced, and what "
            "is kept has the share 1 - p.",
        ),
        Mistake(
            "twice as large, whatever p is",
            _by_two,
            "What is kept is twice as large for every p, as if p were always one half. The factor "
            "follows from p.",
        ),
        Mistake(
            "scales in evaluation",
            _classic_dropout,
            "This is the form of 2014: full size in training, times 1 - p in evaluation. Right "
            "on average, but asked is the form that leaves evaluation alone.",
        ),
    ),
)
