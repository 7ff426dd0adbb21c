"""The drawings of lesson 06 show the numbers of what they are about."""

import numpy as np
import pytest
from drawings import texts

from lessonlib import functional as F
from lessonlib.lessons.l06 import diagrams
from lessonlib.lessons.l06.exercises.exercise_4 import output_size


@pytest.mark.parametrize("place", [(0, 1), (1, 1), (1, 2)])
def test_the_window_shows_the_sum_of_its_products(place):
    words = texts(diagrams.sliding(place))
    image = np.array([[1.0, 1, 5, 5], [1, 1, 5, 5], [1, 1, 1, 1]])
    out = F.conv2d(image[None, None], np.array([[[[-1.0, 1], [-1, 1]]]]))[0][0, 0]
    assert f"sum: {out[place]:g}" in words


def test_each_kernel_has_a_slice_for_each_channel_and_makes_a_map():
    figure = diagrams.channels()
    words = texts(figure)
    assert sum(word.startswith("sum over 3 slices") for word in words) == 4
    assert sum(word.startswith("map ") for word in words) == 4
    squares = [patch for patch in figure.axes[0].patches if hasattr(patch, "get_width")]
    assert len(squares) == 3 + 4 * 3 + 4


@pytest.mark.parametrize(
    ("padding", "stride", "dilation"), [(0, 1, 1), (1, 1, 1), (0, 2, 1), (0, 1, 2)]
)
def test_an_axis_has_a_line_for_each_place_and_counts_the_uses(padding, stride, dilation):
    places = output_size(7, 3, stride, padding, dilation)
    said = f"padding {padding}, stride {stride}, dilation {dilation}: {places} places"
    figure = diagrams.frames()
    assert said in texts(figure)
    ones = np.ones((1, 1, 7))
    _, cache = F.conv1d(ones, np.ones((1, 1, 3)), None, stride, padding, dilation)
    used = F.conv1d_backward(np.ones((1, 1, places)), cache)[0][0, 0].astype(int)
    assert [str(n) for n in used] in [
        texts(figure)[start : start + 13 : 2] for start in range(len(texts(figure)))
    ]


def test_the_gradient_of_pooling_is_at_the_largest_pixels():
    words = texts(diagrams.pooled())
    assert {"forward", "back", "9", "7", "0.5", "-1"} <= set(words)
    x = np.array([[1.0, 2, 0, 0], [3, 9, 0, 1], [0, 0, 5, 4], [0, 1, 6, 7]])
    _, cache = F.max_pool2d(x[None, None], 2)
    dx = F.max_pool2d_backward(np.array([[[[0.5, -1.0], [2.0, 0.3]]]]), cache)[0, 0]
    assert [f"{value:g}" for value in dx.ravel()] == words[27:43]


def test_every_weight_is_on_three_edges():
    words = texts(diagrams.shared())
    assert words.count("$k_0$") == words.count("$k_1$") == 3
    x, k, dy = np.array([2.0, 3, 5, 7]), np.array([11.0, 13]), np.array([1.0, 17, 19])
    _, cache = F.conv1d(x[None, None], k[None, None])
    dx, dk, _ = F.conv1d_backward(dy[None, None], cache)
    assert np.isclose(dk[0, 0, 0], dy @ x[:3])
    assert np.isclose(dk[0, 0, 1], dy @ x[1:])
    assert np.isclose(dx[0, 0, 1], dy[0] * k[1] + dy[1] * k[0])


def test_the_fan_says_what_a_value_of_each_layer_sees():
    said = [word for word in texts(diagrams.field()) if "sees" in word]
    layers = ((3, 1), (2, 2), (3, 1), (3, 3))  # kernel and stride of the CNN's layers
    for depth, words in enumerate(said, start=1):
        size = 1
        for kernel, stride in reversed(layers[:depth]):
            size = (size - 1) * stride + kernel
        assert words.endswith(f"sees {size} pixels")
    assert [words.split()[-2] for words in said] == ["3", "4", "8", "12"]


@pytest.mark.parametrize("place", [(0, 1), (1, 1), (0, 2)])
def test_the_rows_of_the_table_times_the_kernel_are_the_map(place):
    words = texts(diagrams.columns(place))
    table = np.array(words[13:37], float).reshape(6, 4)
    kernel = np.array(words[38:42], float)
    sums = np.array(words[43:49], float)
    assert np.array_equal(table @ kernel, sums)
    image = np.array([[1.0, 1, 5, 5], [1, 1, 5, 5], [1, 1, 1, 1]])
    out = F.conv2d(image[None, None], kernel.reshape(1, 1, 2, 2))[0][0, 0]
    assert np.array_equal(out.ravel(), sums)
    assert [f"{value:g}" for value in out.ravel()] == words[50:56]
