"""Stored results of lesson 06: short versions train, the stored ones hold the lesson's claims."""

import numpy as np
import pytest

from lessonlib import nn
from lessonlib.lessons.l06.recipes import clutter, cross, drawing, parts, shifts, told
from lessonlib.lessons.l06.recipes import scoreboard as scoreboard_06
from lessonlib.lessons.l06.recipes import sizes as sizes_06
from lessonlib.lessons.l06.scenes import largest_piece
from lessonlib.scoreboard import canvas, scoreboard
from lessonlib.trained import trained


def parameters(model):
    return sum(p.data.size for p in model.parameters())


def test_the_mlps_have_the_parameters_that_the_lesson_names():
    rng = np.random.default_rng(0)
    assert parameters(shifts.mlp(rng=rng)) == 3_730
    assert parameters(shifts.wide(rng=rng)) == 39_690


@pytest.mark.exhaustive
def test_short_scoreboard_rows():
    rows = scoreboard_06.make(seeds=(3,), share=0.4)["rows"][0]
    assert rows[:, 0].tolist() == [30_986, 3_706, 3_706]
    assert np.all(rows[:, 1] > 0.9)
    assert rows[2, 3] > rows[1, 3] + 0.3


def test_the_scoreboards_rows_are_stored():
    rows = {row[0]: row for row in scoreboard("06.scoreboard").rows}
    assert list(rows) == list(scoreboard_06.MODELS)
    assert rows["LeNet"][2] > 0.96
    assert rows["CNN"][2] > 0.97
    assert rows["CNN"][4] > 0.3
    assert min(rows["CNN, digits shifted"][2:5]) > 0.94


@pytest.mark.exhaustive
def test_short_shifts():
    accuracy = shifts.make(seeds=(3,), share=0.2)["accuracy"][0]
    assert accuracy.shape == (5, 2, 3)
    assert np.all(accuracy[:, 0, 0] > 0.8)
    assert np.all(accuracy[[0, 2, 3, 4], 1, 2] > accuracy[[0, 2, 3, 4], 0, 2] + 0.2)


def test_copies_are_all_shifts_of_nine_tenths():
    X, y = shifts.copies(True, 0, 1.0)
    assert X.shape == (25 * 906, 12, 12)
    assert y.shape == (25 * 906,)
    plain, labels = shifts.copies(False, 0, 1.0)
    np.testing.assert_array_equal(X[12 * 906 : 13 * 906], plain)  # the middle move is no move
    np.testing.assert_array_equal(y[:906], labels)
    np.testing.assert_allclose(X.sum(axis=(1, 2))[:906], plain.sum(axis=(1, 2)), rtol=1e-5)


def test_stored_shifts_hold_the_lessons_numbers():
    stored = trained("06.shifts")
    assert stored["accuracy"].shape == (5, 5, 2, 3)
    cnn, mlp, wide, near, support = np.median(stored["accuracy"], axis=0)
    assert support[0, 0] - cnn[0, 0] > 0.01
    assert np.all(support[1] - cnn[1] > 0.01)
    assert np.all(np.abs(near[1] - cnn[1]) < 0.02)
    assert cnn[0, 2] > 0.3
    assert max(m[0, 2] for m in (mlp, wide, near, support)) < 0.2
    assert np.all(cnn[1] - mlp[1] > 0.1)


@pytest.mark.exhaustive
def test_short_sizes():
    made = sizes_06.make(seeds=(3,), sizes=(50, 200), steps=120)
    accuracy = made["accuracy"][0]
    assert accuracy.shape == (2, 5, 2)
    assert np.all(accuracy[0, :, 1] > 0.8)
    assert accuracy[1, 0, 1] > accuracy[1, 1, 1] + 0.15


def test_fewer_examples_are_the_same_for_every_digit():
    y = canvas("train")[1]
    few, more = sizes_06.balanced(y, 50, 1), sizes_06.balanced(y, 200, 1)
    assert np.bincount(y[few]).tolist() == [5] * 10
    assert set(few) <= set(more)


def test_stored_sizes_hold_the_lessons_numbers():
    stored = trained("06.sizes")
    centred, shifted = np.median(stored["accuracy"], axis=0)
    assert stored["sizes"].tolist() == list(sizes_06.SIZES)
    ahead = shifted[0] - shifted[1:].max(axis=0)
    assert ahead.min() > 0.02
    assert ahead[1:4].min() > 0.1
    assert shifted[0, 3] > shifted[1, 5]
    assert np.abs(centred[0] - centred[1]).max() < 0.04
    assert np.all(centred[4] >= centred[0])


def test_disturbed_digits_stay_digits_and_each_has_its_own_draw():
    images = np.repeat(canvas("train")[0][:1], 200, axis=0)
    moved = drawing.disturbed(images, np.random.default_rng(0))
    assert moved.shape == images.shape
    assert moved.dtype == np.float32
    assert len(np.unique(moved, axis=0)) == 200
    ink = moved.sum(axis=(1, 2)) / images[0].sum()
    assert 0.5 < ink.min() < 0.9 < 1.1 < ink.max() < 2
    assert moved.max() <= images.max() + 1e-6


@pytest.mark.exhaustive
def test_the_explorers_network_trains_and_is_stored():
    made = drawing.make(seeds=(1,), epochs=25)
    assert np.all(made["accuracy"] > 0.8)
    assert np.all(trained("06.drawing")["accuracy"] > 0.95)


def test_own_kernels_that_are_all_alike_are_a_convolution():
    rng = np.random.default_rng(0)
    own, shared = cross.OwnKernels(2, 3, 5, 6, rng), nn.Conv2d(2, 3, 5, padding=2, rng=rng)
    own.weight.data[:] = shared.weight.data.reshape(3, -1).T
    own.bias.data[:] = shared.bias.data
    x, dy = rng.normal(size=(2, 4, 2, 6, 6)).astype(np.float32)[0], rng.normal(size=(4, 3, 6, 6))
    np.testing.assert_allclose(own(x), shared(x), atol=1e-5)
    dx = [layer.backward(dy.astype(np.float32)) for layer in (own, shared)]
    np.testing.assert_allclose(*dx, atol=1e-4)
    summed = own.weight.grad.sum(axis=0).T.reshape(shared.weight.data.shape)
    np.testing.assert_allclose(summed, shared.weight.grad, atol=1e-3)


def test_short_cross():
    names = ("MLP", "own kernels, maximum")
    accuracy = cross.make(seeds=(7,), share=0.1, names=names)["accuracy"][0]
    assert accuracy.shape == (2, 3, 4)
    assert np.all(np.isfinite(accuracy[0]))
    assert np.isnan(accuracy[1, 1:]).all()


def test_the_networks_of_the_cross_have_the_parameters_that_the_lesson_names():
    rng = np.random.default_rng(0)
    counts = [parameters(build(rng)) for build, _ in cross.MODELS.values()]
    assert counts == [16_578, 259_106, 3_938, 3_458, 3_458, 16_578]


def test_a_piece_is_resized_and_centred_whatever_else_is_there():
    X = np.zeros((3, 1, 16, 16), np.float32)
    X[0, 0, 2:6, 1:5] = X[1, 0, 3:14, 4:15] = 1  # 16 and 121 pixels
    X[1, 0, 0, 0] = 1  # a speck
    small, large, nothing = cross.resized(X)[:, 0]
    for image in (small, large):
        assert abs(image.sum() - cross.AREA) < 6
        np.testing.assert_allclose(np.argwhere(image > 0.5).mean(axis=0), 7.5, atol=0.5)
    assert not nothing.any()
    assert cross.resized(X, resize=False)[0].sum() == X[0].sum()


def test_fresh_moves_move_each_shape_and_change_no_other_thing():
    rng = np.random.default_rng(0)
    X = np.zeros((200, 1, 16, 16), np.float32)
    X[:, 0, 6:9, 6:10] = 1
    moved = cross.freshly_moved(X, rng)
    places = np.array([np.argwhere(image[0])[0] for image in moved])
    assert np.all(moved.sum(axis=(1, 2, 3)) == 12)
    assert [places.min(), places.max()] == [6 - cross.FRESH, 6 + cross.FRESH]


def test_a_stride_keeps_one_pixel_of_each_window_and_hands_it_its_gradient():
    rng = np.random.default_rng(0)
    stride, x, dy = parts.Every(2), rng.normal(size=(2, 3, 6, 6)), rng.normal(size=(2, 3, 3, 3))
    conv, strided = nn.Conv2d(3, 4, 3, padding=1, rng=rng), nn.Conv2d(3, 4, 3, padding=1, stride=2)
    strided.load_state_dict(conv.state_dict())
    x = x.astype(np.float32)
    np.testing.assert_allclose(stride(conv(x)), strided(x), atol=1e-5)
    stride(x)
    dx = stride.backward(dy)
    assert np.isclose(np.sum(dx * x), np.sum(dy * x[:, :, ::2, ::2]))


def test_the_networks_of_the_parts_have_the_parameters_that_the_lesson_names():
    rng = np.random.default_rng(0)
    counts = [parameters(parts.network(rng, **how)) for how in parts.NETWORKS.values()]
    assert counts == [3_706] * 6 + [112_426] * 3 + [2_986] * 2
    for name, trained_numbers in zip(parts.RANDOM, (970, 3_850), strict=True):
        features = parts.random_features(name, 0)(canvas("validation")[0])
        assert 10 * (features.shape[1] + 1) == trained_numbers


def test_short_parts():
    names = ("shared kernels, stride", "shared, whole map, 20 x 20", "random kernels")
    accuracy = parts.make(seeds=(3,), share=0.2, names=names)["accuracy"][0]
    assert accuracy.shape == (3, 2, 3)
    assert np.all(accuracy[0, :, 2] < 0.2)
    np.testing.assert_array_equal(accuracy[1, :, 0], accuracy[1, :, 2])
    assert np.all(accuracy[2, :, 0] > 0.9)


@pytest.mark.exhaustive
def test_means_read_moved_digits_better_than_strides_and_worse_than_maxima():
    accuracy = parts.make(seeds=(3,), names=("shared kernels, mean",))["accuracy"][0, 0, 1]
    assert accuracy[0] > 0.85
    assert 0.17 < accuracy[2] < 0.35


def test_short_told():
    names = ("CNN 3,706", "1-NN", "1-NN, centred")
    accuracy = told.make(seeds=(3,), share=0.1, names=names)["accuracy"][0]
    assert accuracy.shape == (3, 2, 2)
    assert np.all(accuracy[1, :, 1] > accuracy[1, :, 0] + 0.3)
    assert np.all(accuracy[0, :, 1] > accuracy[0, :, 0])
    assert np.ptp(accuracy[2]) == 0


def test_the_largest_piece_is_kept_and_nothing_else():
    scene = np.zeros((6, 7), np.float32)
    scene[0, :2] = scene[1, 2] = scene[2, 3] = 0.5  # four pixels, two of them by a corner
    scene[4:, 5:] = 1
    scene[5, 6] = 0  # three pixels
    (kept,) = largest_piece(scene[None])
    np.testing.assert_array_equal(kept[:3], scene[:3])
    assert not kept[3:].any()
    assert not largest_piece(np.zeros((1, 4, 4))).any()


def test_short_clutter():
    names = ("MLP 13,162", "1-NN", "1-NN, centred", "training digits as kernels")
    made = clutter.make(seeds=(3,), epochs=1, names=names)
    accuracy = dict(zip(names, made["accuracy"][0], strict=True))
    assert accuracy["training digits as kernels"] > 0.85
    assert max(accuracy[name] for name in names[:3]) < 0.5


def test_a_longer_training_has_five_times_as_many_passes():
    names = ("MLP 105,226", "MLP 105,226, 100 passes")
    made = clutter.make(seeds=(3,), epochs=2, names=names)
    assert made["chosen"][0, 0] == made["chosen"][0, 1]
    assert clutter.EPOCHS * clutter.LONGER == 100
    assert 0.05 < made["accuracy"][0, 1] < 0.5


ALL = ["scoreboard", "shifts", "sizes", "drawing", "cross", "clutter", "parts", "told"]


@pytest.mark.parametrize("name", ALL)
def test_results_are_small(name):
    stored = trained(f"06.{name}")
    assert sum(array.nbytes for array in stored.arrays.values()) < 100_000
