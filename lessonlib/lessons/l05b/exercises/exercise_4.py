"""Exercise 05b.4: the rows whose labels the model believes least."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


def suspects(probabilities: np.ndarray, labels: np.ndarray, m: int) -> np.ndarray:
    """The m rows whose given label the model believes least, the least believed first."""
    given = probabilities[np.arange(len(labels)), labels]  # (N,) what the model gives the label
    loss = -np.log(given)  # the cross-entropy of each row
    return np.argsort(-loss)[:m]


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = (
        np.array([[0.7, 0.2, 0.1], [0.4, 0.35, 0.25], [0.05, 0.9, 0.05], [0.3, 0.1, 0.6]]),
        np.array([0, 1, 0, 2]),
        2,
    )
    drawn = []
    for n, classes, m in ((12, 4, 3), (60, 10, 8)):
        labels = rng.integers(0, classes, n)
        scores = 2 * rng.normal(size=(n, classes)) + 3 * np.eye(classes)[labels]
        powers = np.exp(scores)
        drawn.append((powers / powers.sum(axis=1, keepdims=True), labels, m))
    return [small, *drawn]


# ---- what people write instead -------------------------------------------------------------------


def _given(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    return probabilities[np.arange(len(labels)), labels]


EXERCISE = Exercise(
    id="05b.4",
    title="The least believed labels",
    points=3,
    stars=3,
    minutes=15,
    reference=suspects,
    cases=_cases,
    hints=(
        "Row i gives its own label the probability probabilities[i, labels[i]].",
        "With np.arange(len(labels)) as row numbers this is one expression for all rows.",
        "The cross-entropy is -log of it: the smaller the probability, the larger the loss.",
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
            "the order",
            lambda probabilities, labels, m: suspects(probabilities, labels, m)[::-1].copy(),
            "The right rows, with the most suspicious one last. It comes first: a person who "
            "re-reads labels starts at the top.",
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
