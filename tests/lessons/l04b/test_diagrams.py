"""The drawings of lesson 04b show the numbers that they are given."""

import matplotlib.pyplot as plt
import numpy as np
from drawings import texts

from lessonlib.lessons.l04b import diagrams


def test_a_layer_names_its_factors_and_shapes():
    words = texts(diagrams.layer(64, 10))
    assert r"$\times\ n_{in}\, s^2$" in words
    assert r"$\times\ n_{out}\, s^2$" in words
    assert "$x$ (64,)" in words
    assert "$dz$ (10,)" in words


def test_the_table_is_drawn_twice():
    words = texts(diagrams.two_ways(np.arange(12.0).reshape(3, 4)))
    assert words.count("11") == 2
    assert "batch norm: over the examples" in words
    assert "layer norm: over the features" in words


def test_three_paths_have_names():
    words = texts(diagrams.three_paths())
    assert {"path 1: straight on", "path 2", "path 3"} <= set(words)


def test_only_long_gradients_are_shortened():
    _, ax = plt.subplots()
    diagrams.clipping(ax, np.array([[6.0, 8.0], [2.0, -2.5]]), 5.0)
    assert [text.get_text() for text in ax.texts] == ["10"]
