"""The embedded tables: the copies of scikit-learn, one stratified split, names, errors."""

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_wine

from lessonlib import datasets

TABLES = {
    "breast_cancer": (load_breast_cancer, (319, 80, 170)),
    "wine": (load_wine, (100, 25, 53)),
}


@pytest.fixture(params=TABLES)
def table(request):
    loader, sizes = TABLES[request.param]
    parts = [datasets.load(request.param, split=s) for s in ("train", "validation", "test")]
    return request.param, loader(), sizes, parts


def test_sizes_kinds_and_finite_values(table):
    _, source, sizes, parts = table
    assert tuple(len(y) for _, y in parts) == sizes
    for X, y in parts:
        assert X.shape == (len(y), source.data.shape[1])
        assert X.dtype == np.float64
        assert y.dtype == np.int64
        assert np.isfinite(X).all()


def test_the_three_parts_hold_every_row_of_the_source_once(table):
    _, source, _, parts = table
    mine = np.concatenate([np.column_stack([X, y]) for X, y in parts])
    theirs = np.column_stack([source.data, source.target])
    assert np.array_equal(mine[np.lexsort(mine.T)], theirs[np.lexsort(theirs.T)])


def test_the_split_is_stratified(table):
    _, source, _, parts = table
    whole = np.bincount(source.target) / len(source.target)
    for _, y in parts:
        # rounding moves a class by about one row in the smallest part
        assert np.abs(np.bincount(y) / len(y) - whole).max() <= 1.5 / len(y)


def test_names_of_columns_and_classes(table):
    name, source, _, _ = table
    assert datasets.feature_names(name) == list(source.feature_names)
    assert datasets.class_names(name) == list(source.target_names)


def test_unknown_names_are_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r"load: name 'iris', wanted one of .*breast_cancer, wine"):
        datasets.load("iris")
    with pytest.raises(ValueError, match="table: name 'digits', wanted one of breast_cancer"):
        datasets.feature_names("digits")
    with pytest.raises(ValueError, match="load: split 'all'"):
        datasets.load("wine", split="all")
