"""The two embedded tables: measured features in their own units, with the names of columns."""

import numpy as np

from lessonlib.datasets.files import SPLITS, TABLES, data_folder


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


def _read(name: str, *parts: str) -> list[np.ndarray]:
    if name not in TABLES:
        raise ValueError(f"table: name {name!r}, wanted one of {', '.join(TABLES)}")
    with np.load(data_folder() / "tables.npz", allow_pickle=False) as file:
        return [file[f"{name}_{part}"] for part in parts]
