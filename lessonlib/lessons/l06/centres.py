"""A few mean images in place of many examples: k-means, for the images of each class."""

import numpy as np


def centres(
    rows: np.ndarray, labels: np.ndarray, each: int, rng: np.random.Generator, rounds: int = 20
) -> tuple[np.ndarray, np.ndarray]:
    """`each` centres for every label, and their labels; with one for each, the mean of its rows.

    A round gives every row to its nearest centre and moves each centre to the mean of its rows. The
    centres start at rows drawn at random; one that has lost all its rows stays where it is.

    >>> rows = np.array([[0.0, 2], [2, 0], [5, 5]])
    >>> centres(rows, np.array([0, 0, 1]), 1, np.random.default_rng(0))
    (array([[1., 1.],
           [5., 5.]]), array([0, 1]))
    """
    classes = np.unique(labels)
    found = []
    for label in classes:
        own = rows[labels == label]
        middle = own[rng.choice(len(own), each, replace=False)]
        for _ in range(rounds):
            nearest = (np.sum(middle**2, axis=1) - 2 * own @ middle.T).argmin(axis=1)
            parts = [own[nearest == k] for k in range(each)]
            pairs = zip(parts, middle, strict=True)
            middle = np.stack([part.mean(axis=0) if len(part) else old for part, old in pairs])
        found.append(middle)
    return np.concatenate(found), np.repeat(classes, each)
