"""Load a data set by name and split. Embedded sets come from data/, larger ones by download."""

import os

import numpy as np

from lessonlib.datasets.splits import NAMES, SPLITS, TABLES
from lessonlib.files import data_folder


def load(
    name: str,
    split: str = "train",
    *,
    flat: bool = True,
    folder: str | os.PathLike[str] | None = None,
    download: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """Load images or a table, with labels.   pixel = grey value / its maximum, in [0, 1]

    name     : "digits" (1,797 UCI handwritten digits, 8 x 8, embedded), "mnist" (28 x 28),
               "breast_cancer" (569 x 30) or "wine" (178 x 13), tables in their own units
    split    : "train", "validation" or "test"; one stratified split for the whole course:
               digits 1,007 / 250 / 540, breast_cancer 319 / 80 / 170, wine 100 / 25 / 53.
               Choices are made on validation, test is read once.
    flat     : True gives rows of pixels, False gives (N, height, width); tables ignore it
    folder, download : only for MNIST; see `lessonlib.datasets.mnist`
    Returns X (N, pixels) float32 in [0, 1] or (N, features) float64 as measured, y (N,) int64
    Raises ValueError for an unknown name or split, FileNotFoundError where MNIST is not there.
    Source: E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI, 1998;
    the tables' sources are named in data/README.md.
    Taught in notebooks/00_start_here

    >>> X, y = load("digits", split="test")
    >>> X.shape, y.shape
    ((540, 64), (540,))
    """
    if split not in SPLITS:
        raise ValueError(f"load: split {split!r}, wanted one of {', '.join(SPLITS)}")
    if name in TABLES:
        from lessonlib.datasets.tables import load_table

        return load_table(name, split)
    if name == "digits":
        images, labels = _digits(split)
    elif name == "mnist":
        from lessonlib.datasets.mnist import load_mnist

        images, labels = load_mnist(split, folder=folder, download=download)
    else:
        raise ValueError(f"load: name {name!r}, wanted one of {', '.join(NAMES)}")
    return (images.reshape(len(images), -1) if flat else images), labels


def _digits(split: str) -> tuple[np.ndarray, np.ndarray]:
    with np.load(data_folder() / "digits.npz", allow_pickle=False) as file:
        chosen = file["split"] == SPLITS.index(split)
        images, labels = file["images"][chosen], file["labels"][chosen]
    return images.astype(np.float32) / np.float32(16), labels.astype(np.int64)
