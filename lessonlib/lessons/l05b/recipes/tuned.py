"""The rivals with their settings chosen on held-out rows: is a default all that lost?"""

from collections.abc import Callable, Iterator
from itertools import product

import numpy as np

from lessonlib import datasets, nn, optim, training

SEEDS = (0, 1, 2)
HIDDEN = 64
Method = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]  # old rows, labels, new rows


def network(epochs: int, lr: float, decay: float, seed: int) -> Method:
    """Two hidden layers, AdamW, batches of 32, as on the page; decay 0 is Adam."""

    def method(A: np.ndarray, a: np.ndarray, B: np.ndarray) -> np.ndarray:
        r = np.random.default_rng(seed)
        model = nn.Sequential(
            nn.Linear(A.shape[1], HIDDEN, rng=r),
            nn.ReLU(),
            nn.Linear(HIDDEN, HIDDEN, rng=r),
            nn.ReLU(),
            nn.Linear(HIDDEN, 2, rng=r),
        )
        steps = optim.AdamW(model.parameters(), lr=lr, weight_decay=decay)
        loss, A = nn.CrossEntropyLoss(), A.astype(np.float32)
        training.fit(model, loss, steps, A, a, rng=r, epochs=epochs, progress=False)
        return training.predict(model, B.astype(np.float32)).argmax(axis=1)

    return method


def trees(depth: int, rounds: int, seed: int) -> Method:
    """Boosted trees of scikit-learn."""

    def method(A: np.ndarray, a: np.ndarray, B: np.ndarray) -> np.ndarray:
        from sklearn.ensemble import GradientBoostingClassifier

        build = GradientBoostingClassifier(max_depth=depth, n_estimators=rounds, random_state=seed)
        return build.fit(A, a).predict(B)

    return method


def logistic(C: float) -> Method:
    """Logistic regression; a small C holds the weights near 0."""

    def method(A: np.ndarray, a: np.ndarray, B: np.ndarray) -> np.ndarray:
        from sklearn.linear_model import LogisticRegression

        return LogisticRegression(C=C, max_iter=2000).fit(A, a).predict(B)

    return method


def settings(seed: int) -> dict[str, list[Method]]:
    """For each kind of model the settings that are tried: 4, 4 and 8."""
    grid = product((20, 100), (0.001, 0.005), (0.0, 1.0))
    return {
        "logistic": [logistic(C) for C in (0.01, 0.1, 1.0, 10.0)],
        "trees": [trees(depth, rounds, seed) for depth in (1, 2) for rounds in (100, 300)],
        "network": [network(*values, seed) for values in grid],
    }


def chosen(methods: list[Method], A: np.ndarray, a: np.ndarray) -> Method:
    """The setting that reads the last quarter of the rows best, learnt from the others."""
    cut = len(A) * 3 // 4
    scores = [np.mean(m(A[:cut], a[:cut], A[cut:]) == a[cut:]) for m in methods]
    return methods[int(np.argmax(scores))]


def folds(order: np.ndarray, k: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Training and test rows of each fold."""
    for j in range(k):
        yield order[np.arange(len(order)) % k != j], order[j::k]


def cancer(seed: int) -> np.ndarray:
    """Which of the 569 rows are answered rightly, scaled and tuned inside each of five folds."""
    parts = [datasets.load("breast_cancer", split=s) for s in ("train", "validation", "test")]
    X, y = (np.concatenate(both) for both in zip(*parts, strict=True))
    kinds = settings(seed)
    right = np.zeros((len(kinds), len(y)), dtype=bool)
    for rows, new in folds(np.random.default_rng(seed).permutation(len(y)), 5):
        mean, spread = X[rows].mean(axis=0), X[rows].std(axis=0)
        A, B = (X[rows] - mean) / spread, (X[new] - mean) / spread
        for k, methods in enumerate(kinds.values()):
            right[k, new] = chosen(methods, A, y[rows])(A, y[rows], B) == y[new]
    return right


def irregular(seed: int) -> np.ndarray:
    """Test accuracies (kinds, 2) on the irregular table, and on the same table rotated."""
    r = np.random.default_rng(seed)
    X, y = datasets.irregular_table(500, r)
    new_X, new_y = datasets.irregular_table(2000, r)
    Q = np.linalg.qr(r.normal(size=(20, 20)))[0]
    pairs = ((X, new_X), (X @ Q, new_X @ Q))
    return np.array(
        [
            [np.mean(chosen(methods, A, y)(A, y, B) == new_y) for A, B in pairs]
            for methods in settings(seed).values()
        ]
    )


def make(seeds: tuple[int, ...] = SEEDS) -> dict[str, np.ndarray]:
    """names (3,), cancer (seeds, 3, 569) of True and False, irregular (seeds, 3, 2)."""
    return {
        "names": np.array(list(settings(0))),
        "cancer": np.array([cancer(seed) for seed in seeds]),
        "irregular": np.array([irregular(seed) for seed in seeds]),
    }
