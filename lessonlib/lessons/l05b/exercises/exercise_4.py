"""Exercise 05b.4: the rows whose labels the model believes least."""

from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def suspects(probabilities: np.ndarray, labels: np.ndarray, m: int) -> np.ndarray:
    """The m rows whose given label the model believes least, the least believed first."""
    given = probabilities[np.arange(len(labels)), labels]  # (N,) what the model gives the label
    loss = -np.log(given)  # the cross-entropy of each row
    return np.argsort(-loss)[:m]


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = (
        np.array([[0.7, 0.19, 0.11], [0.4, 0.36, 0.24], [0.06, 0.9, 0.04], [0.3, 0.13, 0.57]]),
        np.array([0, 1, 0, 2]),
        2,
    )
    split = (  # the model agrees with the first label, and believes it less than the second one
        np.array([[0.28, 0.25, 0.24, 0.23], [0.44, 0.53, 0.02, 0.01], [0.12, 0.7, 0.1, 0.08]]),
        np.array([0, 0, 1]),
        1,
    )
    drawn = []
    for n, classes, m in ((12, 4, 3), (1000, 5, 300), (5, 3, 5)):
        labels = rng.integers(0, classes, n)
        scores = 2 * rng.normal(size=(n, classes)) + 3 * np.eye(classes)[labels]
        powers = np.exp(scores)
        drawn.append((powers / powers.sum(axis=1, keepdims=True), labels, m))
    return [
        small,
        Case("where the model agrees with a label and hardly believes it", *split),
        *drawn[:2],
        Case("where all rows are asked for", *drawn[2]),
    ]


# ---- what every right answer has -----------------------------------------------------------------


def _is_flat(got: Any, probabilities: Any, labels: Any, m: int) -> bool:
    return np.ndim(got) == 1


def _has_m_entries(got: Any, probabilities: Any, labels: Any, m: int) -> bool:
    return np.shape(got) == (m,)


def _are_rows(got: Any, probabilities: Any, labels: Any, m: int) -> bool:
    value = np.asarray(got, dtype=float)
    inside = (value >= 0) & (value < len(labels)) & (value == np.floor(value))
    return bool(inside.all())


def _are_different(got: Any, probabilities: Any, labels: Any, m: int) -> bool:
    return not _are_rows(got, probabilities, labels, m) or len(np.unique(got)) == np.size(got)


def _even_others(probabilities: Any, labels: Any, m: int) -> tuple:
    """What the given labels do not get is shared evenly among the other classes."""
    rows, classes = np.arange(len(labels)), probabilities.shape[1]
    given = probabilities[rows, labels]
    other = np.tile(((1 - given) / (classes - 1))[:, None], (1, classes))
    other[rows, labels] = given
    return other, labels, m


def _asks_the_given_label(got: Any, even: Any, *arguments: Any) -> bool:
    return np.array_equal(got, even)


def _least_first(got: Any, probabilities: Any, labels: Any, m: int) -> bool:
    valid = _has_m_entries(got, probabilities, labels, m)
    if not valid or not _are_rows(got, probabilities, labels, m):
        return True
    rows = np.asarray(got).astype(int)
    return bool(np.all(np.diff(probabilities[rows, labels[rows]]) >= 0))


# ---- what people write instead -------------------------------------------------------------------


def _given(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    return probabilities[np.arange(len(labels)), labels]


def _contradictions(probabilities: np.ndarray, labels: np.ndarray, m: int) -> np.ndarray:
    rows = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    return rows[np.argsort(probabilities[rows, labels[rows]])][:m]


EXERCISE = Exercise(
    id="05b.4",
    title="The least believed labels",
    points=3,
    stars=3,
    minutes=15,
    reference=suspects,
    cases=_cases,
    parts={
        "np.arange(len(labels))": "the row numbers",
        "probabilities[np.arange(len(labels)), labels]": "what the model gives the label",
        "given": "what the model gives the label",
        "np.log(given)": "the logarithm",
        "-np.log(given)": "the loss",
        "loss": "the loss",
        "-loss": "the loss with its sign turned",
        "np.argsort(-loss)": "the rows from the largest loss down",
        "np.argsort(-loss)[:m]": "the first m rows",
        "labels": "the given label",
    },
    hints=(
        "Row i gives its own label the probability probabilities[i, labels[i]].",
        "With np.arange(len(labels)) as row numbers this is one expression for all rows.",
        "The cross-entropy is -log of it: the smaller the probability, the larger the loss.",
    ),
    properties=(
        Property(
            "one number for each row",
            _is_flat,
            "One number for each suspected row has to come back, in a flat array. Does each row "
            "get the probability of its own label, and only that?",
        ),
        Property(
            "m rows",
            lambda got, probabilities, labels, m: np.ndim(got) != 1 or len(got) == m,
            "m row numbers have to come back, not more and not fewer: every row can be among them.",
        ),
        Property(
            "row numbers",
            _are_rows,
            "Row numbers have to come back, from 0 to N - 1, and no losses or probabilities.",
        ),
        Property(
            "no row twice",
            _are_different,
            "A row comes back twice.",
        ),
        Property(
            "the given label decides",
            _asks_the_given_label,
            "The answer changes when the other classes share their probability in another way. "
            "Only what the model gives the row's own label counts.",
            also=_even_others,
        ),
        Property(
            "the least believed first",
            _least_first,
            "The least believed label has to come first, then the next one.",
        ),
    ),
    mistakes=(
        Mistake(
            "the most believed",
            lambda probabilities, labels, m: np.argsort(-_given(probabilities, labels))[:m],
            "These are the rows with the smallest loss, the labels that the model believes most.",
        ),
        Mistake(
            "doubt instead of contradiction",
            lambda probabilities, labels, m: np.argsort(probabilities.max(axis=1))[:m],
            "These rows have the smallest highest probability: the model is in doubt about them. "
            "A wrong label is where it is sure of another digit. Look at the given label.",
        ),
        Mistake(
            "distance to the best class",
            lambda probabilities, labels, m: np.argsort(
                _given(probabilities, labels) - probabilities.max(axis=1)
            )[:m],
            "The rows are ordered by how far the most probable class is ahead of the label. The "
            "loss asks for the given label's probability alone.",
        ),
        Mistake(
            "only rows where the model disagrees",
            _contradictions,
            "Only rows are looked at where the model answers another class. A label that the model "
            "agrees with can have a large loss too.",
        ),
        Mistake(
            "labels counted from 1",
            lambda probabilities, labels, m: suspects(probabilities, labels - 1, m),
            "Each row gets the probability of the class before its label. The classes are counted "
            "from 0: they are column numbers already.",
        ),
        Mistake(
            "the order",
            lambda probabilities, labels, m: suspects(probabilities, labels, m)[::-1].copy(),
            "The right rows, with the most suspicious one last. It comes first: a person who "
            "re-reads labels starts at the top.",
        ),
        Mistake(
            "the most believed, their losses",
            lambda probabilities, labels, m: np.sort(-np.log(_given(probabilities, labels)))[:m],
            "These are losses, and the smallest ones. Row numbers are asked for (argsort), and "
            "the largest loss comes first.",
        ),
        Mistake(
            "losses instead of rows",
            lambda probabilities, labels, m: np.sort(-np.log(_given(probabilities, labels)))[::-1][
                :m
            ],
            "These are the losses themselves. A person needs the row numbers: argsort.",
        ),
    ),
)
