"""Tables: the two embedded ones in their own units, and a drawn one with jumps in it."""

import numpy as np

from lessonlib.datasets.splits import SPLITS, TABLES
from lessonlib.files import data_folder


def load_table(name: str, split: str) -> tuple[np.ndarray, np.ndarray]:
    """The rows of one split as measured: X (N, features) float64, y (N,) int64.

    Raises ValueError for an unknown name. Called by `load`, which checks the split.
    Source: data/README.md. Taught in notebooks/04_training_dynamics

    >>> X, y = load_table("wine", "test")
    >>> X.shape, y.shape
    ((53, 13), (53,))
    """
    split_of, rows, labels = _read(name, "split", "rows", "labels")
    chosen = split_of == SPLITS.index(split)
    return rows[chosen], labels[chosen].astype(np.int64)


def feature_names(name: str) -> list[str]:
    """The names of a table's columns, in order.

    Raises ValueError for an unknown name. Taught in notebooks/04_training_dynamics

    >>> feature_names("breast_cancer")[:3]
    ['mean radius', 'mean texture', 'mean perimeter']
    """
    return [str(n) for n in _read(name, "features")[0]]


def class_names(name: str) -> list[str]:
    """The names of a table's classes; label k means the k-th.

    Raises ValueError for an unknown name. Taught in notebooks/04_training_dynamics

    >>> class_names("breast_cancer")
    ['malignant', 'benign']
    """
    return [str(n) for n in _read(name, "classes")[0]]


def irregular_table(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw a table whose label jumps along single columns, the way tariffs and regulations do.

    s = floor(2 x0) mod 2 + 2 [x1 > 0.5][x2 < 0] + [|x3| > 1] - 2 [x4 > 1] + noise;  y = [s > 0.8]

    n : number of rows. Columns 0 to 4 matter, 5 to 19 do not; all are normal with spread 1,
        the noise is normal with spread 0.3
    Returns X (n, 20) float64, y (n,) int64 in {0, 1}
    Raises ValueError for n < 1
    Source: in the spirit of Grinsztajn et al. 2022, section 5.
    Taught in notebooks/05b_when_not_to_use_a_network

    >>> X, y = irregular_table(500, np.random.default_rng(0))
    >>> X.shape, sorted(set(y.tolist()))
    ((500, 20), [0, 1])
    """
    if n < 1:
        raise ValueError(f"irregular_table: n={n}, wanted n >= 1")
    X = rng.normal(size=(n, 20))
    bands = np.floor(2 * X[:, 0]) % 2  # every other strip of width 0.5
    corner = 2 * ((X[:, 1] > 0.5) & (X[:, 2] < 0))
    steps = 1.0 * (np.abs(X[:, 3]) > 1) - 2 * (X[:, 4] > 1)
    score = bands + corner + steps + 0.3 * rng.normal(size=n)
    return X, (score > 0.8).astype(np.int64)


def _read(name: str, *parts: str) -> list[np.ndarray]:
    if name not in TABLES:
        raise ValueError(f"table: name {name!r}, wanted one of {', '.join(TABLES)}")
    with np.load(data_folder() / "tables.npz", allow_pickle=False) as file:
        return [file[f"{name}_{part}"] for part in parts]
