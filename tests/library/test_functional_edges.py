"""Edges of the layer pairs: dtype, memory layout, empty batches, size 1, errors by name."""

import numpy as np
import pytest
from torch_oracle import assert_close

from lessonlib import functional as F
from lessonlib.functional import _fast

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


FAST = [name for name in CASES if hasattr(_fast, name)]


def fast(name):
    """The fast form where there is one, else the formula: what `nn` calls."""
    return getattr(_fast, name, None) or getattr(F, name)


def formula(name):
    return getattr(F, name)


# (how to look a function up, its name): every formula, then every fast form
FORMS = [(formula, name) for name in CASES] + [(fast, name) for name in FAST]
forms = pytest.mark.parametrize(("form", "name"), FORMS, ids=lambda x: getattr(x, "__name__", x))


def call(name, arrays, dy=None, form=formula, options=None):
    """Outputs and gradients of a pair; dy random where not given."""
    options = dict(CASES[name][1] if options is None else options)
    if name == "dropout":
        options["rng"] = np.random.default_rng(0)
    if "normalized_shape" in options:
        shape = options.pop("normalized_shape")
        y, cache = form(name)(arrays[0], shape, *arrays[1:], **options)
    else:
        y, cache = form(name)(*arrays, **options)
    dy = normal(*y.shape, dtype=y.dtype) if dy is None else dy
    gradients = form(f"{name}_backward")(dy, cache)
    return [y, *(gradients if isinstance(gradients, tuple) else (gradients,))], dy


@forms
def test_float32_stays_float32_and_agrees_with_float64(form, name):
    arrays = [normal(*shape) for shape in CASES[name][0]]
    wanted, dy = call(name, arrays, form=form)
    ours, _ = call(name, [a.astype(np.float32) for a in arrays], dy.astype(np.float32), form=form)
    for single, double in zip(ours, wanted, strict=True):
        assert single.dtype == np.float32
        assert_close(single, double, 1e-5)


@forms
def test_strided_memory_gives_the_same_numbers(form, name):
    views = [
        normal(*(2 * side for side in shape[::-1])).T[(slice(None, None, 2),) * len(shape)]
        for shape in CASES[name][0]
    ]
    wanted, dy = call(name, [np.ascontiguousarray(view) for view in views], form=form)
    strided = np.repeat(dy, 2, axis=-1)[..., ::2]
    ours, _ = call(name, views, strided, form=form)
    for a, b in zip(ours, wanted, strict=True):
        assert_close(a, b, 1e-13)


@pytest.mark.parametrize(("form", "name"), [f for f in FORMS if f[1] != "batch_norm"])
def test_an_empty_batch_passes_through(form, name):
    shapes = CASES[name][0]
    arrays = [np.zeros((0, *shapes[0][1:])), *(normal(*shape) for shape in shapes[1:])]
    results, _ = call(name, arrays, form=form)
    assert results[0].shape[0] == 0
    assert results[1].shape == arrays[0].shape
    for gradient, array in zip(results[2:], arrays[1:], strict=True):
        assert gradient.shape == array.shape
        assert not gradient.any()


@forms
def test_backward_refuses_the_wrong_shape(form, name):
    arrays = [normal(*shape) for shape in CASES[name][0]]
    with pytest.raises(ValueError, match=f"^{'conv2d' if name == 'conv1d' else name}_backward: dy"):
        call(name, arrays, np.zeros((5, 7, 1, 1)[: 3 if name == "conv1d" else 4]), form=form)


@forms
def test_integers_and_mixed_dtypes_are_refused(form, name):
    arrays = [normal(*shape) for shape in CASES[name][0]]
    if name != "flatten":  # joining axes works on anything
        with pytest.raises(TypeError, match="is int64, wanted a NumPy array of floats"):
            call(name, [arrays[0].astype(int), *arrays[1:]], form=form)
    if len(arrays) > 1:
        with pytest.raises(TypeError, match=r"x is float64 but weight is float32; convert"):
            call(name, [arrays[0], arrays[1].astype(np.float32), *arrays[2:]], form=form)


# name -> more (shapes, options), in addition to CASES, on which both forms must agree
MORE = {
    "conv1d": [([(2, 3, 9), (4, 3, 3)], {"dilation": 2}), ([(1, 1, 4), (1, 1, 1), (1,)], {})],
    "conv2d": [
        ([(2, 3, 9, 8), (4, 3, 3, 2), (4,)], {"dilation": (2, 3), "padding": (0, 2)}),
        ([(300, 2, 9, 8), (6, 2, 3, 3)], {}),  # more than one chunk
        ([(1, 1, 1, 1), (1, 1, 1, 1)], {"stride": 3}),
    ],
    "conv_transpose2d": [
        ([(2, 3, 4, 3), (3, 2, 3, 2), (2,)], {"stride": (2, 3), "padding": 1, "dilation": 2}),
        ([(2, 3, 4, 3), (3, 2, 3, 2)], {"stride": 3, "output_padding": (1, 2)}),
    ],
    "max_pool2d": [([(2, 3, 9, 8)], {"kernel_size": (3, 2), "dilation": 2, "padding": 1})],
    "batch_norm": [([(7, 3)], {}), ([(2, 3, 4, 5), (3,)], {"eps": 1e-3})],
    "layer_norm": [
        ([(7, 3), (3,)], {"normalized_shape": 3}),
        ([(2, 3, 4), (3, 4), (3, 4)], {"normalized_shape": (3, 4), "eps": 1e-3}),
        ([(2, 5)], {"normalized_shape": 5}),
    ],
}
TWICE = [(name, *case) for name in FAST for case in [CASES[name], *MORE[name]]]


@pytest.mark.parametrize("scale", [1, 1e-12, 1e6])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("name", "shapes", "options"), TWICE)
def test_the_fast_form_equals_the_formula(name, shapes, options, dtype, scale):
    arrays = [normal(*shape, dtype=dtype) for shape in shapes]
    arrays[0] *= dtype(scale)
    wanted, dy = call(name, arrays, options=options)
    ours, _ = call(name, arrays, dy, form=fast, options=options)
    for a, b in zip(ours, wanted, strict=True):
        assert_close(a, b, 1e-10 if dtype == np.float64 else 2e-5)
        assert b is None or a.dtype == b.dtype == dtype


@pytest.mark.parametrize("training", [True, False])
def test_both_forms_of_batch_norm_move_the_running_statistics_alike(training):
    x, weight, bias, dy = normal(6, 3, 4), normal(3), normal(3), normal(6, 3, 4)
    results = []
    for form in (F, _fast):
        running = [np.full(3, 0.5), np.full(3, 2.0)]
        y, cache = form.batch_norm(x, weight, bias, *running, training, momentum=0.3)
        results.append([y, *form.batch_norm_backward(dy, cache), *running])
    for a, b in zip(*results, strict=True):
        assert_close(b, a)


@pytest.mark.parametrize("padding", [None, 2])
@pytest.mark.parametrize("shape", [(), (4,), (3, 5), (0, 2)])
def test_both_forms_of_the_gradient_of_a_table_are_equal(shape, padding):
    _, cache = F.embedding(rng.integers(0, 4, shape), normal(4, 3), padding)
    dy = normal(*shape, 3)
    np.testing.assert_array_equal(
        _fast.embedding_backward(dy, cache), F.embedding_backward(dy, cache)
    )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("scale", [1, 1e3])  # at 1e3 every gate is open or shut
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("start", [True, False])
@pytest.mark.parametrize("sizes", [(1, 1, 1, 1), (3, 5, 2, 4), (2, 1, 3, 2)])
@pytest.mark.parametrize("name", ["rnn", "relu rnn", "lstm", "gru"])
def test_both_forms_of_a_recurrent_layer_are_equal(name, sizes, start, bias, scale, dtype):
    N, L, D, H = sizes
    options = {"nonlinearity": "relu"} if name == "relu rnn" else {}
    name, gates = name.split()[-1], {"lstm": 4, "gru": 3}.get(name, 1)
    x = (scale * normal(N, L, D)).astype(dtype)
    states = [
        normal(N, H, dtype=dtype) if start else None for _ in range(2 if name == "lstm" else 1)
    ]
    shapes = [(gates * H, D), (gates * H, H), *[(gates * H,)] * (2 if bias else 0)]
    weights = [normal(*shape, dtype=dtype) for shape in shapes]
    upstream = [normal(N, L, H, dtype=dtype), *(normal(N, H, dtype=dtype) for _ in states)]
    results = []
    for form in (F, _fast):
        y, cache = getattr(form, name)(x, *states, *weights, **options)
        gradients = getattr(F, f"{name}_backward")(upstream[0], cache, *upstream[1:])
        results.append([*y, *gradients])
    for a, b in zip(*results, strict=True):
        assert_close(b, a, 1e-10 if dtype == np.float64 else 2e-5)
        assert a is None or a.dtype == b.dtype == dtype


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
