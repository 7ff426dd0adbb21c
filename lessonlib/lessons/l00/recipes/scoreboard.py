"""Rows of the scoreboard without a network: centroid, logistic regression, 1-NN, SVM."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from lessonlib.scoreboard import canvas, measure

SEEDS = (0, 1, 2, 3, 4)


class NearestCentroid:
    """Answer with the digit whose mean image is nearest."""

    def fit(self, X: np.ndarray, y: np.ndarray) -> "NearestCentroid":
        """Take the mean image of each digit."""
        self.centres = np.stack([X[y == digit].mean(axis=0) for digit in range(10)])
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        """The digit of the nearest mean, for each row."""
        return ((X[:, None] - self.centres) ** 2).sum(axis=2).argmin(axis=1)


def models() -> dict[str, tuple[int, Callable]]:
    """For each row its number of parameters (0: the support vectors are counted), and a builder."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.svm import SVC

    return {
        "nearest centroid": (10 * 144, NearestCentroid),
        "logistic regression": (10 * 145, lambda: LogisticRegression(C=1.0, max_iter=2000)),
        "nearest neighbour (1-NN)": (906 * 144, lambda: KNeighborsClassifier(1)),
        "support vectors (RBF)": (0, lambda: SVC(C=10.0, gamma="scale")),
    }


def _answers(model: Any, seen: Callable[[np.ndarray], np.ndarray], new: np.ndarray) -> np.ndarray:
    return model.predict(seen(new))


def make(
    seeds: tuple[int, ...] = SEEDS, seen: Callable[[np.ndarray], np.ndarray] = np.asarray
) -> dict[str, np.ndarray]:
    """Rows (seeds, models, 5): parameters, clean, 1 px, 2 px, seconds of CPU to train.

    These methods have no randomness of their own: a seed leaves out a different tenth of the
    training images, so that the spread shows how much the number depends on the sample.
    seen : what is made of images (N, 144) before a model sees them
    """
    X, y = canvas("train")
    X = seen(X.reshape(len(X), -1))
    builders = models()
    rows = np.zeros((len(seeds), len(builders), 5))
    for s, seed in enumerate(seeds):
        kept = np.random.default_rng(seed).permutation(len(X))[: int(0.9 * len(X))]
        for m, (parameters, build) in enumerate(builders.values()):
            start = time.process_time()
            model = build().fit(X[kept], y[kept])
            seconds = time.process_time() - start
            stored = getattr(model, "support_vectors_", np.zeros((0, 0))).size
            rows[s, m] = (
                parameters or stored,
                *measure(partial(_answers, model, seen)),
                seconds,
            )
    return {"names": np.array(list(builders)), "rows": rows}
