"""The drawings of lesson 03 show the numbers that they are given."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from lessonlib.lessons.l03 import diagrams

X = np.array([[1.0, 2.0], [3.0, 4.0], [0.0, 1.0]])
W = np.array([[3.0, -1.0], [1.0, 2.0]])
dY = np.array([[1.0, -1.0], [0.0, 2.0], [-2.0, 0.0]])


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def texts(fig):
    return [text.get_text() for text in fig.axes[0].texts]


def test_the_paths_double():
    found = texts(diagrams.doubling(4))
    assert [t for t in found if "path" in t and t[0].isdigit()] == [
        "16 paths",
        "8 paths",
        "4 paths",
        "2 paths",
        "1 path",
    ]


def test_in_a_right_order_every_arrow_points_right_and_in_the_wrong_one_a_single_one_does_not():
    for order, left in (("abstL", 0), ("batsL", 1)):
        assert sum(order.index(c) < order.index(p) for p, c in diagrams.EDGES) == left
    found = texts(diagrams.orders())
    assert any("every arrow points to the right" in text for text in found)


def test_the_sums_over_the_paths_are_entries_of_the_products():
    found = texts(diagrams.reach(dY, X, W))
    assert any(text.endswith(f"= {(dY.T @ X)[1, 0]:g}$") for text in found)
    assert any(text.endswith(f"= {(dY @ W)[0, 0]:g}$") for text in found)
    numbers = texts(diagrams.products(dY, X, W))
    for value in (*(dY.T @ X).ravel(), *(dY @ W).ravel()):
        assert f"{value:g}" in numbers


def test_the_classifier_names_every_shape_and_every_gradient():
    found = " ".join(texts(diagrams.classifier()))
    for word in ("(N, D)", "(N, H)", "(N, C)", "$dS$", "$dH$", "$dZ$", "dW_1", "dW_2"):
        assert word in found
