"""The drawings of lesson 06b show the numbers that they are given."""

import pytest
from drawings import texts

from lessonlib.lessons.l06b import diagrams
from lessonlib.lessons.l06b.exercises.exercise_2 import fields


@pytest.mark.parametrize("layers", [diagrams.LAYERS, ((3, 1), (3, 1))])
def test_the_rows_are_as_wide_as_the_formula_says(layers):
    words = texts(diagrams.field(layers))
    assert {f"{width} wide" for width in (1, fields(list(layers))[-1])} <= set(words)


def test_the_example_is_9_pixels_wide():
    words = texts(diagrams.field())
    assert [w for w in words if w.endswith("wide")] == ["1 wide", "3 wide", "7 wide", "9 wide"]


def test_both_routes_to_the_score_are_named():
    words = texts(diagrams.class_map())
    assert "mean over places" in words
    assert "mean over places, plus $b_c$" in words


def test_the_block_has_its_parts_and_two_ways_back():
    words = texts(diagrams.block())
    assert words.count("norm") == 2
    assert words.count("ReLU") == 2
    assert "$dz$ as it is, along the shortcut" in words
