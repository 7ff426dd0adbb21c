"""Edges of the layer pairs: dtype, memory layout, empty batches, size 1, errors by name."""

import numpy as np
import pytest
from torch_oracle import assert_close

from lessonlib import functional as F

rng = np.random.default_rng(0)


def normal(*shape, dtype=np.float64):
    return rng.normal(size=shape).astype(dtype)


# name -> (arrays by shape, options)
CASES = {
    "linear": ([(5, 3), (4, 3), (4,)], {}),
    "conv1d": ([(5, 4, 6), (6, 2, 3), (6,)], {"padding": 1, "stride": 2, "groups": 2}),
    "conv2d": ([(5, 4, 6, 5), (6, 2, 3, 2), (6,)], {"padding": 1, "stride": 2, "groups": 2}),
    "conv_transpose2d": ([(5, 4, 3, 2), (4, 3, 3, 2), (6,)], {"stride": 2, "groups": 2}),
    "max_pool2d": ([(5, 4, 6, 5)], {"kernel_size": 3, "stride": 2, "padding": 1}),
    "avg_pool2d": ([(5, 4, 6, 5)], {"kernel_size": 3, "stride": 2, "padding": 1}),
    "adaptive_avg_pool2d": ([(5, 4, 6, 5)], {"output_size": (2, 3)}),
    "batch_norm": ([(5, 4, 6), (4,), (4,)], {}),
    "layer_norm": ([(5, 4, 6), (6,), (6,)], {"normalized_shape": 6}),
    "rms_norm": ([(5, 4, 6), (6,)], {"normalized_shape": 6}),
    "flatten": ([(5, 4, 6)], {}),
    "dropout": ([(5, 4)], {}),
}


def call(name, arrays, dy=None):
    """Outputs and gradients of a pair; dy random where not given."""
    options = dict(CASES[name][1])
    if name == "dropout":
        options["rng"] = np.random.default_rng(0)
    if "normalized_shape" in options:
        shape = options.pop("normalized_shape")
        y, cache = getattr(F, name)(arrays[0], shape, *arrays[1:], **options)
    else:
        y, cache = getattr(F, name)(*arrays, **options)
    dy = normal(*y.shape, dtype=y.dtype) if dy is None else dy
    gradients = getattr(F, f"{name}_backward")(dy, cache)
    return [y, *(gradients if isinstance(gradients, tuple) else (gradients,))], dy


@pytest.mark.parametrize("name", CASES)
def test_float32_stays_float32_and_agrees_with_float64(name):
    arrays = [normal(*shape) for shape in CASES[name][0]]
    wanted, dy = call(name, arrays)
    ours, _ = call(name, [a.astype(np.float32) for a in arrays], dy.astype(np.float32))
    for single, double in zip(ours, wanted, strict=True):
        assert single.dtype == np.float32
        assert_close(single, double, 1e-5)


@pytest.mark.parametrize("name", CASES)
def test_strided_memory_gives_the_same_numbers(name):
    views = [
        normal(*(2 * side for side in shape[::-1])).T[(slice(None, None, 2),) * len(shape)]
        for shape in CASES[name][0]
    ]
    wanted, dy = call(name, [np.ascontiguousarray(view) for view in views])
    strided = np.repeat(dy, 2, axis=-1)[..., ::2]
    ours, _ = call(name, views, strided)
    for a, b in zip(ours, wanted, strict=True):
        assert_close(a, b, 1e-13)


@pytest.mark.parametrize("name", [name for name in CASES if name != "batch_norm"])
def test_an_empty_batch_passes_through(name):
    shapes = CASES[name][0]
    arrays = [np.zeros((0, *shapes[0][1:])), *(normal(*shape) for shape in shapes[1:])]
    results, _ = call(name, arrays)
    assert results[0].shape[0] == 0
    assert results[1].shape == arrays[0].shape
    for gradient, array in zip(results[2:], arrays[1:], strict=True):
        assert gradient.shape == array.shape
        assert not gradient.any()


@pytest.mark.parametrize("name", CASES)
def test_backward_refuses_the_wrong_shape(name):
    arrays = [normal(*shape) for shape in CASES[name][0]]
    with pytest.raises(ValueError, match=f"^{'conv2d' if name == 'conv1d' else name}_backward: dy"):
        call(name, arrays, np.zeros((5, 7, 1, 1)[: 3 if name == "conv1d" else 4]))


@pytest.mark.parametrize("name", CASES)
def test_integers_and_mixed_dtypes_are_refused(name):
    arrays = [normal(*shape) for shape in CASES[name][0]]
    if name != "flatten":  # joining axes works on anything
        with pytest.raises(TypeError, match="is int64, wanted a NumPy array of floats"):
            call(name, [arrays[0].astype(int), *arrays[1:]])
    if len(arrays) > 1:
        with pytest.raises(TypeError, match=r"x is float64 but weight is float32; convert"):
            call(name, [arrays[0], arrays[1].astype(np.float32), *arrays[2:]])


def z(*shape):
    return np.zeros(shape)


WRONG = [
    (lambda: F.linear(z(2, 3), z(4, 5)), r"linear: x \(2, 3\) and weight \(4, 5\), wanted"),
    (lambda: F.linear(z(2, 3), z(4, 3), z(3)), r"linear: bias \(3,\), wanted \(4,\)"),
    (lambda: F.conv2d(z(2, 3, 4), z(1, 3, 2, 2)), r"conv2d: x \(2, 3, 4\) and weight"),
    (lambda: F.conv2d(z(2, 3, 4, 4), z(1, 2, 2, 2)), r"conv2d: x \(2, 3, 4, 4\) and weight \(1, 2"),
    (lambda: F.conv2d(z(2, 4, 4, 4), z(3, 2, 2, 2), groups=2), r"with groups=2"),
    (lambda: F.conv2d(z(2, 3, 4, 4), z(1, 3, 2, 2), z(2)), r"conv2d: bias \(2,\), wanted \(1,\)"),
    (lambda: F.conv2d(z(2, 3, 4, 4), z(1, 3, 5, 2)), r"conv2d: window \(5, 2\) .* \(4, 4\)"),
    (lambda: F.conv2d(z(1, 1, 4, 4), z(1, 1, 2, 2), stride=0), r"conv2d: stride=0, wanted"),
    (lambda: F.conv2d(z(1, 1, 4, 4), z(1, 1, 2, 2), padding="same"), r"conv2d: padding='same'"),
    (lambda: F.conv2d(z(1, 1, 4, 4), z(1, 1, 2, 2), dilation=(1, 2, 3)), r"conv2d: dilation="),
    (lambda: F.conv1d(z(2, 3), z(1, 3, 2)), r"conv1d: x \(2, 3\), weight"),
    (lambda: F.conv1d(z(1, 1, 4), z(1, 1, 2), stride=(1, 2)), r"conv1d: stride=\(1, 2\)"),
    (
        lambda: F.conv_transpose2d(z(1, 2, 4, 4), z(1, 2, 2, 2)),
        r"conv_transpose2d: x \(1, 2, 4, 4\)",
    ),
    (
        lambda: F.conv_transpose2d(z(1, 1, 4, 4), z(1, 1, 2, 2), output_padding=1),
        r"conv_transpose2d: output_padding=\(1, 1\)",
    ),
    (
        lambda: F.conv_transpose2d(z(1, 1, 1, 1), z(1, 1, 2, 2), padding=1),
        r"conv_transpose2d: padding=\(1, 1\) leaves nothing",
    ),
    (lambda: F.max_pool2d(z(1, 4, 4), 2), r"max_pool2d: x \(1, 4, 4\), wanted \(N, C, H, W\)"),
    (lambda: F.max_pool2d(z(1, 1, 4, 4), 2, padding=2), r"max_pool2d: padding=2, wanted at most"),
    (lambda: F.max_pool2d(z(1, 1, 4, 4), 5), r"max_pool2d: window \(5, 5\)"),
    (lambda: F.avg_pool2d(z(1, 1, 4, 4), 2, divisor_override=0), r"divisor_override=0"),
    (lambda: F.adaptive_avg_pool2d(z(1, 4, 4), 2), r"adaptive_avg_pool2d: x \(1, 4, 4\)"),
    (
        lambda: F.adaptive_avg_pool2d(z(1, 1, 4, 4), (2,)),
        r"adaptive_avg_pool2d: output_size=\(2,\)",
    ),
    (lambda: F.adaptive_avg_pool2d(z(1, 1, 4, 4), 0), r"adaptive_avg_pool2d: output_size="),
    (lambda: F.batch_norm(z(3)), r"batch_norm: x \(3,\), wanted"),
    (lambda: F.batch_norm(z(1, 3)), r"batch_norm: x \(1, 3\) has fewer than two values"),
    (lambda: F.batch_norm(z(2, 3), z(2), z(2)), r"batch_norm: weight \(2,\) .* wanted \(3,\)"),
    (lambda: F.batch_norm(z(2, 3), running_mean=z(3)), r"go together"),
    (
        lambda: F.layer_norm(z(2, 3), 2),
        r"layer_norm: x \(2, 3\), wanted its last axes to be \(2,\)",
    ),
    (lambda: F.layer_norm(z(2, 3), 3, z(2)), r"layer_norm: weight \(2,\), wanted \(3,\)"),
    (lambda: F.rms_norm(z(2, 3), (2, 2)), r"rms_norm: x \(2, 3\)"),
    (lambda: F.dropout(z(3), 1.5, rng=rng), r"dropout: p=1.5, wanted a probability"),
    (lambda: F.dropout(z(3)), r"dropout: no rng in training"),
    (lambda: F.embedding(np.array([0, 5]), z(5, 2)), r"embedding: indices 0..5, wanted 0..4"),
    (lambda: F.embedding(np.array([-1]), z(5, 2)), r"embedding: indices -1..-1, wanted 0..4"),
    (lambda: F.embedding(np.array([0]), z(5)), r"embedding: weight \(5,\), wanted \(V, D\)"),
    (lambda: F.flatten(z(2, 3), 1, 0), r"flatten: x \(2, 3\) has no axes 1 to 0"),
    (lambda: F.flatten(z(2, 3), 2), r"flatten: x \(2, 3\) has no axes 2 to -1"),
]


@pytest.mark.parametrize(("wrong", "message"), WRONG, ids=[message for _, message in WRONG])
def test_wrong_shapes_and_options_are_named(wrong, message):
    with pytest.raises(ValueError, match=message):
        wrong()


def test_indices_must_be_integers():
    with pytest.raises(TypeError, match="embedding: indices are float64, wanted integers"):
        F.embedding(z(3), z(5, 2))


def test_one_pixel_one_channel_one_example():
    y, cache = F.conv2d(np.full((1, 1, 1, 1), 2.0), np.full((1, 1, 1, 1), 3.0))
    assert y.item() == 6
    dx, dweight, _ = F.conv2d_backward(np.ones((1, 1, 1, 1)), cache)
    assert (dx.item(), dweight.item()) == (3, 2)
    y, cache = F.layer_norm(np.array([[5.0]]), 1)
    assert y.item() == 0
    assert F.layer_norm_backward(np.ones((1, 1)), cache)[0].item() == 0


def test_the_gradient_for_data_can_be_left_out():
    for name in ("linear", "conv1d", "conv2d", "conv_transpose2d"):
        arrays = [normal(*shape) for shape in CASES[name][0]]
        (_, _, dweight, dbias), dy = call(name, arrays)
        _, cache = getattr(F, name)(*arrays, **CASES[name][1])
        dx, *rest = getattr(F, f"{name}_backward")(dy, cache, need_dx=False)
        assert dx is None
        assert_close(rest[0], dweight, 0)
        assert_close(rest[1], dbias, 0)
