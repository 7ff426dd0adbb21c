"""The trees' rows of the scoreboard: a random forest and boosted trees on the pixels."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from lessonlib.scoreboard import canvas, measure

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier

SEEDS = (0, 1, 2, 3, 4)


def models() -> dict[str, Callable]:
    """For each row a function that builds its model from a seed."""
    from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier

    return {
        "random forest": lambda seed: RandomForestClassifier(random_state=seed),
        "boosted trees": lambda seed: HistGradientBoostingClassifier(random_state=seed),
    }


def nodes(model: "RandomForestClassifier | HistGradientBoostingClassifier") -> int:
    """How many nodes the trees of a fitted model have; they count as its parameters."""
    if hasattr(model, "estimators_"):  # a forest
        return sum(tree.tree_.node_count for tree in model.estimators_)
    rounds = model._predictors  # scikit-learn has no public name for the boosted trees
    return sum(len(tree.nodes) for trees in rounds for tree in trees)


def make(seeds: tuple[int, ...] = SEEDS) -> dict[str, np.ndarray]:
    """Rows (seeds, models, 5): nodes, clean, 1 px, 2 px, seconds of CPU to train.

    A seed leaves out a tenth of the training images, as in 00.scoreboard.
    """
    X, y = canvas("train")
    X = X.reshape(len(X), -1)
    builders = models()
    rows = np.zeros((len(seeds), len(builders), 5))
    for s, seed in enumerate(seeds):
        kept = np.random.default_rng(seed).permutation(len(X))[: int(0.9 * len(X))]
        for m, build in enumerate(builders.values()):
            start = time.process_time()
            model = build(seed).fit(X[kept], y[kept])
            seconds = time.process_time() - start
            rows[s, m] = (nodes(model), *measure(model.predict), seconds)
    return {"names": np.array(list(builders)), "rows": rows}
