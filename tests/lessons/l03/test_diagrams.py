"""The drawings of lesson 03 show the numbers that they are given."""

import numpy as np
from drawings import texts

from lessonlib.lessons.l03 import diagrams

X = np.array([[1.0, 2.0], [3.0, 4.0], [0.0, 1.0]])
W = np.array([[3.0, -1.0], [1.0, 2.0]])
dY = np.array([[1.0, -1.0], [0.0, 2.0], [-2.0, 0.0]])


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


def test_forward_walks_cross_lines_again_and_the_walk_backward_each_line_once():
    """w crosses 6 lines, b 5 and v 3 on their ways to L; the graph has 8."""
    assert [len(diagrams.walked(name)) for name in "wbv"] == [6, 5, 3]
    found = texts(diagrams.modes())
    assert "forward: 3 walks, 14 multiplications" in found
    assert "backward: 1 walk, 8 multiplications" in found
    assert sorted(text for text in found if text.isdigit()) == ["1"] * 12 + ["2"] * 2 + ["3"] * 2
