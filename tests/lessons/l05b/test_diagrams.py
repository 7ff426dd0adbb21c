"""The drawings of lesson 05b show the numbers that they are given."""

import matplotlib.pyplot as plt
import numpy as np

from lessonlib.lessons.l05b import diagrams


def test_a_split_draws_the_two_means():
    _, ax = plt.subplots()
    diagrams.split(ax, np.array([1.0, 2.0, 5.0]), np.array([0.2, 0.4, -0.5]), 3.5)
    texts = [text.get_text() for text in ax.texts]
    assert {"mean +0.3", "mean -0.5"} <= set(texts)


def test_boosting_moves_towards_the_labels():
    _, axes = plt.subplots(1, 3)
    diagrams.boosting(axes)
    labels, before = (line.get_ydata() for line in axes[0].lines[:2])
    after = axes[2].lines[1].get_ydata()
    assert np.sum((labels - after) ** 2) < np.sum((labels - before) ** 2)


def test_tree_and_counts_have_their_words():
    _, ax = plt.subplots()
    diagrams.tree(ax, [(4, 1.0), (3, -0.98), (1, 0.7)], [0.9, 0.1, 0.25, 0.5])
    assert {"column 3 ≤ -0.98 ?", "0.25"} <= {text.get_text() for text in ax.texts}
    texts = [text.get_text() for text in diagrams.paired().axes[0].texts]
    assert any("$b$" in text for text in texts)
