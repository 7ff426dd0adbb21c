"""linear, conv, pooling, normalisation, embedding, dropout, flatten against torch."""

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes
from torch_oracle import assert_close, check_pair, check_slope, seeds

from lessonlib import functional as F

TF = torch.nn.functional
small = st.integers(1, 4)


def maybe(array, present):
    return array if present else None


@given(
    lead=array_shapes(min_dims=0, max_dims=3, max_side=4), i=small, o=small, bias=..., seed=seeds
)
def test_linear(lead, i, o, bias: bool, seed):
    rng = np.random.default_rng(seed)
    arrays = [rng.normal(size=s) for s in ((*lead, i), (o, i), (o,))]
    arrays[2] = maybe(arrays[2], bias)
    check_pair(F.linear, F.linear_backward, TF.linear, arrays, rng)


@given(
    n=st.integers(0, 3),
    groups=st.integers(1, 3),
    c=st.integers(1, 2),
    o=st.integers(1, 2),
    kernel=st.tuples(st.integers(1, 3), st.integers(1, 4)),
    stride=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    padding=st.tuples(st.integers(0, 3), st.integers(0, 2)),
    dilation=st.tuples(st.integers(1, 2), st.integers(1, 3)),
    extra=st.tuples(st.integers(0, 3), st.integers(0, 3)),
    bias=...,
    seed=seeds,
)
def test_conv2d(n, groups, c, o, kernel, stride, padding, dilation, extra, bias: bool, seed):
    rng = np.random.default_rng(seed)
    size = [
        max(1, d * (k - 1) + 1 - 2 * p) + e
        for k, p, d, e in zip(kernel, padding, dilation, extra, strict=True)
    ]
    arrays = [
        rng.normal(size=(n, groups * c, *size)),
        rng.normal(size=(groups * o, c, *kernel)),
        maybe(rng.normal(size=groups * o), bias),
    ]
    options = (stride, padding, dilation, groups)
    check_pair(
        lambda *a: F.conv2d(*a, *options),
        F.conv2d_backward,
        lambda *a: TF.conv2d(*a, *options),
        arrays,
        rng,
    )


@given(
    length=st.integers(1, 7),
    groups=st.integers(1, 2),
    kernel=st.integers(1, 3),
    stride=st.integers(1, 3),
    padding=st.integers(0, 3),
    dilation=st.integers(1, 2),
    bias=...,
    seed=seeds,
)
def test_conv1d(length, groups, kernel, stride, padding, dilation, bias: bool, seed):
    assume(length + 2 * padding >= dilation * (kernel - 1) + 1)
    rng = np.random.default_rng(seed)
    arrays = [
        rng.normal(size=(2, 2 * groups, length)),
        rng.normal(size=(3 * groups, 2, kernel)),
        maybe(rng.normal(size=3 * groups), bias),
    ]
    options = (stride, padding, dilation, groups)
    check_pair(
        lambda *a: F.conv1d(*a, *options),
        F.conv1d_backward,
        lambda *a: TF.conv1d(*a, *options),
        arrays,
        rng,
    )


@given(
    size=st.tuples(small, small),
    groups=st.integers(1, 2),
    kernel=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    stride=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    padding=st.tuples(st.integers(0, 2), st.integers(0, 2)),
    dilation=st.tuples(st.integers(1, 2), st.integers(1, 2)),
    extra=st.tuples(st.integers(0, 2), st.integers(0, 2)),
    bias=...,
    seed=seeds,
)
def test_conv_transpose2d(size, groups, kernel, stride, padding, dilation, extra, bias: bool, seed):
    for length, k, s, p, d, e in zip(size, kernel, stride, padding, dilation, extra, strict=True):
        assume(e < max(s, d))
        assume((length - 1) * s - 2 * p + d * (k - 1) + e + 1 >= 1)
    rng = np.random.default_rng(seed)
    arrays = [
        rng.normal(size=(2, 2 * groups, *size)),
        rng.normal(size=(2 * groups, 3, *kernel)),
        maybe(rng.normal(size=3 * groups), bias),
    ]
    options = (stride, padding, extra, groups, dilation)
    check_pair(
        lambda *a: F.conv_transpose2d(*a, *options),
        F.conv_transpose2d_backward,
        lambda *a: TF.conv_transpose2d(*a, *options),
        arrays,
        rng,
    )


def test_convolution_of_a_batch_larger_than_one_chunk():
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=(9, 8, 40, 40)), rng.normal(size=(4, 8, 3, 3)), rng.normal(size=4)]
    check_pair(
        lambda *a: F.conv2d(*a, 1, 1),
        F.conv2d_backward,
        lambda *a: TF.conv2d(*a, 1, 1),
        arrays,
        rng,
    )


@given(
    size=st.tuples(st.integers(1, 7), st.integers(1, 7)),
    kernel=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    stride=st.none() | st.tuples(st.integers(1, 3), st.integers(1, 3)),
    padding=st.tuples(st.integers(0, 1), st.integers(0, 1)),
    dilation=st.tuples(st.integers(1, 2), st.integers(1, 2)),
    ties=...,
    seed=seeds,
)
def test_max_pool2d(size, kernel, stride, padding, dilation, ties: bool, seed):
    for length, k, p, d in zip(size, kernel, padding, dilation, strict=True):
        assume(p <= k // 2)
        assume(length + 2 * p >= d * (k - 1) + 1)
    rng = np.random.default_rng(seed)
    x = rng.permutation(2 * 3 * size[0] * size[1]).reshape(2, 3, *size) / 7.0
    options = (kernel, stride, padding, dilation)
    assume(np.isfinite(F.max_pool2d(x, *options)[0]).all())  # no window wholly in the frame
    if not ties:
        check_pair(
            lambda x: F.max_pool2d(x, *options),
            F.max_pool2d_backward,
            lambda x: TF.max_pool2d(x, *options),
            [x],
            rng,
        )
        return
    x = np.maximum(x.round() - 2, 0)  # equal values: the first of them gets all of dy
    tensor = torch.tensor(x, requires_grad=True)
    wanted = TF.max_pool2d(tensor, *options)
    y, cache = F.max_pool2d(x, *options)
    dy = rng.normal(size=y.shape)
    wanted.backward(torch.tensor(dy))
    assert_close(y, wanted)
    assert_close(F.max_pool2d_backward(dy, cache), tensor.grad)


@given(
    size=st.tuples(st.integers(1, 7), st.integers(1, 7)),
    kernel=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    stride=st.none() | st.tuples(st.integers(1, 3), st.integers(1, 3)),
    padding=st.tuples(st.integers(0, 1), st.integers(0, 1)),
    include=...,
    divisor=st.none() | st.integers(1, 5),
    seed=seeds,
)
def test_avg_pool2d(size, kernel, stride, padding, include: bool, divisor, seed):
    for length, k, p in zip(size, kernel, padding, strict=True):
        assume(p <= k // 2)
        assume(length + 2 * p >= k)
    rng = np.random.default_rng(seed)
    check_pair(
        lambda x: F.avg_pool2d(x, kernel, stride, padding, include, divisor),
        F.avg_pool2d_backward,
        lambda x: TF.avg_pool2d(x, kernel, stride, padding, False, include, divisor),
        [rng.normal(size=(2, 3, *size))],
        rng,
    )


@given(
    size=st.tuples(st.integers(1, 7), st.integers(1, 7)),
    out=st.none() | st.integers(1, 9) | st.tuples(st.none() | st.integers(1, 9), st.integers(1, 9)),
    seed=seeds,
)
def test_adaptive_avg_pool2d(size, out, seed):
    rng = np.random.default_rng(seed)
    check_pair(
        lambda x: F.adaptive_avg_pool2d(x, out),
        F.adaptive_avg_pool2d_backward,
        lambda x: TF.adaptive_avg_pool2d(x, (None, None) if out is None else out),
        [rng.normal(size=(2, 3, *size))],
        rng,
    )


@given(
    shape=array_shapes(min_dims=2, max_dims=4, max_side=4),
    affine=...,
    running=...,
    training=...,
    momentum=st.floats(0, 1),
    seed=seeds,
)
def test_batch_norm(shape, affine: bool, running: bool, training: bool, momentum, seed):
    assume(np.prod(shape) > shape[1])
    rng = np.random.default_rng(seed)
    c = shape[1]
    arrays = [rng.normal(2, 3, shape), *(maybe(rng.normal(size=c), affine) for _ in range(2))]
    mean, var = (rng.normal(size=c), rng.uniform(1, 2, c)) if running else (None, None)
    tmean, tvar = (None, None) if mean is None else (torch.tensor(mean), torch.tensor(var))
    training = training or not running

    def stats():  # copies: the calls of the central difference must not move the statistics
        return (mean.copy(), var.copy()) if running else (None, None)

    check_pair(
        lambda x, w, b: F.batch_norm(x, w, b, *stats(), training, momentum, 1e-3),
        F.batch_norm_backward,
        lambda x, w, b: TF.batch_norm(x, tmean, tvar, w, b, training, momentum, 1e-3),
        arrays,
        rng,
    )
    if running:
        F.batch_norm(*arrays, mean, var, training, momentum, 1e-3)
        assert_close(mean, tmean)
        assert_close(var, tvar)


@given(
    lead=array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=3),
    shape=array_shapes(max_dims=2, max_side=4),
    weight=...,
    bias=...,
    seed=seeds,
)
def test_layer_norm(lead, shape, weight: bool, bias: bool, seed):
    rng = np.random.default_rng(seed)
    arrays = [rng.normal(2, 3, (*lead, *shape))]
    arrays += [maybe(rng.normal(size=shape), given) for given in (weight, bias)]
    check_pair(
        lambda x, w, b: F.layer_norm(x, shape, w, b, 1e-3),
        F.layer_norm_backward,
        lambda x, w, b: TF.layer_norm(x, shape, w, b, 1e-3),
        arrays,
        rng,
    )


@given(
    lead=array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=3),
    shape=array_shapes(max_dims=2, max_side=4),
    weight=...,
    eps=st.none() | st.just(1e-3),
    seed=seeds,
)
def test_rms_norm(lead, shape, weight: bool, eps, seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(2, 3, (*lead, *shape))
    check_pair(
        lambda x, w: F.rms_norm(x, shape, w, eps),
        F.rms_norm_backward,
        lambda x, w: TF.rms_norm(x, shape, w, eps),
        [x, maybe(rng.normal(size=shape), weight)],
        rng,
    )


@given(
    shape=array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
    padding=st.none() | st.integers(-5, 4),
    seed=seeds,
)
def test_embedding(shape, padding, seed):
    rng = np.random.default_rng(seed)
    indices = rng.integers(0, 5, shape)
    table, dy = rng.normal(size=(5, 3)), rng.normal(size=(*shape, 3))
    tensor = torch.tensor(table, requires_grad=True)
    wanted = TF.embedding(torch.tensor(indices), tensor, padding)
    wanted.backward(torch.tensor(dy))
    y, cache = F.embedding(indices, table, padding)
    assert_close(y, wanted)
    assert_close(F.embedding_backward(dy, cache), tensor.grad)


@given(shape=array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=3), data=st.data())
def test_flatten(shape, data):
    first = data.draw(st.integers(0, len(shape) - 1))
    last = data.draw(st.integers(first, len(shape) - 1)) - len(shape)
    rng = np.random.default_rng(0)
    check_pair(
        lambda x: F.flatten(x, first, last),
        F.flatten_backward,
        lambda x: torch.flatten(x, first, last),
        [rng.normal(size=shape)],
        rng,
    )


def test_dropout_masks_and_scales():
    x = np.random.default_rng(0).normal(size=(200, 100))
    y, cache = F.dropout(x, 0.3, rng=np.random.default_rng(1))
    kept = y != 0
    assert 0.69 < kept.mean() < 0.71  # 20,000 draws: standard deviation 0.003
    assert_close(y[kept], x[kept] / 0.7, 1e-14)
    dy = np.random.default_rng(2).normal(size=x.shape)
    assert_close(F.dropout_backward(dy, cache), np.where(kept, dy / 0.7, 0), 1e-14)
    check_slope(
        lambda x: F.dropout(x, 0.3, rng=np.random.default_rng(1)),
        F.dropout_backward,
        [x[:3, :4]],
        np.random.default_rng(3),
    )


def test_dropout_draws_the_same_mask_in_both_precisions_and_keeps_the_dtype():
    x = np.ones((50, 50))
    y64, _ = F.dropout(x, 0.5, rng=np.random.default_rng(0))
    y32, _ = F.dropout(x.astype(np.float32), 0.5, rng=np.random.default_rng(0))
    assert y32.dtype == np.float32
    assert np.array_equal(y64, y32)


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_dropout_at_its_ends(p):
    x = np.ones((3, 4))
    y, cache = F.dropout(x, p, rng=np.random.default_rng(0))
    assert np.array_equal(y, x * (1 - p))
    assert np.array_equal(F.dropout_backward(x, cache), x * (1 - p))


def test_dropout_does_nothing_in_evaluation():
    x = np.ones((3, 4))
    assert np.array_equal(F.dropout(x, 0.9, training=False)[0], x)
