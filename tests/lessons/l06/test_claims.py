"""Sentences of lesson 06 that its own outputs do not show (see claims.md)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonlib import functional as F
from lessonlib.lessons.l06.exercises.exercise_1 import detector
from lessonlib.lessons.l06.exercises.exercise_2 import as_matrix
from lessonlib.lessons.l06.exercises.exercise_4 import output_size
from lessonlib.lessons.l06.exercises.exercise_6 import Convolution
from lessonlib.lessons.l06.recipes import clutter, cross, parts, told
from lessonlib.lessons.l06.scenes import middled, scenes
from lessonlib.trained import trained


def convolved(image, kernel):
    return F.conv2d(image[None, None], kernel[None, None])[0][0, 0]


@given(st.integers(0, 2_000), st.integers(1, 3), st.integers(1, 3))
def test_the_matrix_gives_the_map_and_its_transpose_the_gradient(seed, kh, kw):
    r = np.random.default_rng(seed)
    image, kernel = r.normal(size=(4, 5)), r.normal(size=(kh, kw))
    matrix = as_matrix(kernel, 4, 5)
    y = convolved(image, kernel)
    assert np.allclose(matrix @ image.ravel(), y.ravel())
    _, cache = F.conv2d(image[None, None], kernel[None, None])
    dy = r.normal(size=y.shape)
    dx = F.conv2d_backward(dy[None, None], cache)[0][0, 0]
    assert np.allclose(matrix.T @ dy.ravel(), dx.ravel())


@given(st.integers(0, 2_000), st.integers(0, 2), st.integers(0, 2))
def test_a_map_moves_with_its_image(seed, down, right):
    r = np.random.default_rng(seed)
    image, kernel = np.zeros((12, 12)), r.normal(size=(3, 3))
    image[3:7, 3:7] = r.normal(size=(4, 4))
    moved = np.roll(image, (down, right), axis=(0, 1))
    one, other = convolved(moved, kernel), convolved(image, kernel)
    assert np.allclose(one, np.roll(other, (down, right), axis=(0, 1)))


@given(
    st.integers(1, 9), st.integers(1, 5), st.integers(1, 4), st.integers(0, 3), st.integers(1, 3)
)
def test_the_formula_counts_the_places(size, kernel, stride, padding, dilation):
    reach = dilation * (kernel - 1) + 1
    if size + 2 * padding < reach:
        return
    starts = range(0, size + 2 * padding - reach + 1, stride)
    assert output_size(size, kernel, stride, padding, dilation) == len(starts)


@pytest.mark.parametrize("kernel", [1, 3, 5, 7])
def test_padding_of_half_the_kernel_keeps_the_size(kernel):
    assert output_size(12, kernel, 1, (kernel - 1) // 2, 1) == 12


@pytest.mark.parametrize(("padding", "even"), [(0, False), (1, False), (2, True)])
def test_all_pixels_are_used_equally_only_with_a_frame_of_k_minus_1(padding, even):
    _, cache = F.conv2d(np.ones((1, 1, 7, 7)), np.ones((1, 1, 3, 3)), None, 1, padding)
    size = output_size(7, 3, 1, padding, 1)
    used = F.conv2d_backward(np.ones((1, 1, size, size)), cache)[0]
    assert (np.ptp(used) == 0) == even


@given(st.integers(0, 2_000))
def test_a_kernel_of_one_pixel_is_a_dense_layer_at_each_pixel(seed):
    r = np.random.default_rng(seed)
    x, w, b = r.normal(size=(2, 3, 4, 5)), r.normal(size=(6, 3, 1, 1)), r.normal(size=6)
    y = F.conv2d(x, w, b)[0]
    assert np.allclose(y, np.einsum("nchw,oc->nohw", x, w[:, :, 0, 0]) + b[:, None, None])


@given(st.integers(0, 2_000))
def test_a_pattern_is_found_where_it_is_and_nowhere_else(seed):
    r = np.random.default_rng(seed)
    image = (r.random((6, 7)) < 0.5).astype(float)
    pattern = (r.random((2, 2)) < 0.5).astype(float)
    kernel, bias = detector(pattern)
    found = convolved(image, kernel) + bias > 0
    windows = np.lib.stride_tricks.sliding_window_view(image, (2, 2))
    assert np.array_equal(found, np.all(windows == pattern, axis=(2, 3)))


@given(st.integers(0, 2_000), st.integers(0, 2))
def test_the_capstone_is_the_librarys_layer(seed, padding):
    r = np.random.default_rng(seed)
    x, w, b = r.normal(size=(2, 3, 4, 5)), r.normal(size=(2, 3, 3, 2)), r.normal(size=2)
    layer = Convolution(w, b, padding)
    y, cache = F.conv2d(x, w, b, 1, padding)
    assert np.allclose(layer.forward(x), y)
    dy = r.normal(size=y.shape)
    for mine, theirs in zip(layer.backward(dy), F.conv2d_backward(dy, cache), strict=True):
        assert np.allclose(mine, theirs)


def test_centring_brings_the_ink_to_the_middle_and_ends_where_a_moved_image_ends():
    r = np.random.default_rng(0)
    images = np.zeros((5, 12, 12))
    images[:, 3:8, 4:8] = r.random((5, 5, 4))
    again = middled(np.roll(images, (2, -1), axis=(1, 2)))
    assert np.array_equal(middled(images), again)
    assert np.array_equal(middled(np.zeros((1, 12, 12))), np.zeros((1, 12, 12)))


def test_a_scene_has_its_digit_whole():
    r = np.random.default_rng(0)
    images = r.random((4, 8, 8))
    for scene, image in zip(scenes(images, r), images, strict=True):
        windows = np.lib.stride_tricks.sliding_window_view(scene, (8, 8))
        assert np.any(np.all(windows >= image.astype(np.float32), axis=(2, 3)))


def test_what_slides_reads_scenes():
    stored = dict(zip(clutter.NAMES, trained("06.clutter")["accuracy"].T, strict=True))
    slid, cnn = stored["training digits as kernels"], stored["CNN 7,786"]
    piece = stored["1-NN, largest piece"]
    few, more = (stored[name] for name in clutter.FEW)
    assert np.all(few > 0.8)
    assert abs(np.mean(few - cnn)) < 0.04
    assert np.all(more > few + 0.03)
    assert np.all(np.abs(more - slid) < 0.03)
    assert np.max(more) > np.min(stored["CNN 7,786, 100 passes"])
    others = [stored[name] for name in ("MLP 13,162", "MLP 105,226", "1-NN", "1-NN, centred")]
    assert np.all(slid > 0.85)
    assert np.all(slid > cnn)
    assert np.all(slid > piece + 0.03)
    assert abs(np.mean(cnn - piece)) < 0.05
    assert np.all(np.minimum(cnn, piece) > np.max(others, axis=0) + 0.2)


def test_it_takes_shared_kernels_and_maxima():
    moved = trained("06.parts")["accuracy"][:, :, 1, 2]  # the rate that reads more in the middle
    found = dict(zip(parts.NAMES, moved.T, strict=True))
    cnn = found.pop("shared kernels, maximum")
    assert np.all(cnn > 0.35)
    assert np.all(found["shared kernels, mean"] > found["shared kernels, stride"] + 0.06)
    assert np.all(found["shared kernels, mean"] < cnn - 0.08)
    longer = found[parts.MEAN_LONGER]
    assert np.all(longer < cnn)
    assert np.mean(found["shared kernels, mean"]) < np.mean(longer) < np.mean(cnn) - 0.1
    second, first = (
        found[f"shared, {how}"] for how in ("stride then maximum", "maximum then stride")
    )
    assert np.all(second > first + 0.05)
    assert np.mean(second) < np.mean(cnn)
    alone = (
        "shared kernels, stride",
        "own kernels, maximum",
        "own kernels, mean",
        "own kernels, stride",
    )
    for name in alone:
        assert np.all(found[name] < 0.2)
    fewer, more = (found[name] for name in parts.RANDOM)
    assert np.mean(fewer) + 0.05 < np.mean(cnn) < np.mean(more) + 0.1
    assert np.all(found["shared, whole map"] > cnn + 0.2)
    assert np.all(found["shared, whole map, 20 x 20"] > found["shared, whole map"])


def test_told_of_the_shifts_the_cnn_is_not_ahead():
    scores = trained("06.told")["accuracy"].mean(axis=0).max(axis=1)
    once, told_all = (dict(zip(told.NAMES, column, strict=True)) for column in scores.T)
    built_in = ("CNN 2,986, whole map", "1-NN, centred", "1-NN, slid")
    for name in told.NAMES[1:]:
        assert (once[name] > once["CNN 3,706"] + 0.08) == (name in built_in)
        assert name in built_in or once[name] < once["CNN 3,706"]
    assert once["1-NN, slid"] > max(once[name] for name in built_in[:2]) + 0.02
    assert told_all["CNN 2,986, whole map"] > once["CNN 2,986, whole map"] + 0.04
    for name in ("1-NN", "support vectors"):
        assert told_all[name] > told_all["CNN 3,706"] + 0.01
    assert told_all["MLP 39,690"] > once["MLP 39,690"] + 0.4


def test_position_is_built_in_shown_or_undone_by_hand():
    stored = trained("06.cross")["accuracy"]  # seeds, networks, trainings, tests
    moved = dict(zip(cross.NAMES, stored[:, :, 0, 1].T, strict=True))
    assert np.all(stored[:, :, 0, 0] > 0.87)
    assert np.all(moved["shared kernels, maximum"] > 0.85)
    for name in ("own kernels, maximum", "shared kernels, dense", "MLP"):
        assert np.all(moved[name] < 0.7)
    assert np.all(moved["shared kernels, mean"] > 0.8)
    for name in ("MLP, centred", "MLP, piece centred", "MLP, piece resized"):
        assert np.all(moved[name] > 0.95)
    assert np.all(moved["MLP, fresh moves"] > stored[:, 0, 1, 1] + 0.15)


def test_scale_is_not_built_in_but_is_shown_or_undone_by_hand():
    stored = trained("06.cross")["accuracy"]
    cnn = stored[:, cross.NAMES.index("shared kernels, maximum")]
    assert np.all(cnn[:, 0, 2:] < 0.75)
    assert np.all(cnn[:, 2, 3] > 0.9)
    moved, resized = (
        stored[:, cross.NAMES.index(f"MLP, piece {how}"), 0, 2:] for how in ("centred", "resized")
    )
    assert np.all(resized > 0.9)
    assert np.all(moved < 0.75)
