import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes
from scipy.special import ndtr
from torch_oracle import assert_close, check_pair, seeds

from lessonlib import functional as F
from lessonlib.functional import _fast

TF = torch.nn.functional
PLAIN = {
    "relu": TF.relu,
    "sigmoid": torch.sigmoid,
    "logsigmoid": TF.logsigmoid,
    "tanh": torch.tanh,
    "silu": TF.silu,
    "gelu": TF.gelu,
    "elu": TF.elu,
    "leaky_relu": TF.leaky_relu,
}
OPTIONS = [
    ("gelu", {"approximate": "tanh"}),
    ("elu", {"alpha": 0.3}),
    ("leaky_relu", {"negative_slope": 0.2}),
    ("leaky_relu", {"negative_slope": -0.5}),
]


def pair(name):
    return getattr(F, name), getattr(F, f"{name}_backward")


def away_from_zero(rng, shape):
    """Central differences cannot straddle a kink."""
    x = 3 * rng.normal(size=shape)
    return x + 0.01 * np.sign(x)


@pytest.mark.parametrize("name", PLAIN)
@given(shape=array_shapes(min_dims=0, max_dims=4, max_side=4), seed=seeds)
def test_equals_torch(name, shape, seed):
    rng = np.random.default_rng(seed)
    x = away_from_zero(rng, shape) if shape else np.array(0.7)
    check_pair(*pair(name), PLAIN[name], [np.asarray(x)], rng)


@pytest.mark.parametrize(("name", "options"), OPTIONS)
def test_options_equal_torch(name, options):
    rng = np.random.default_rng(0)
    forward, backward = pair(name)
    check_pair(
        lambda x: forward(x, **options),
        backward,
        lambda x: PLAIN[name](x, **options),
        [away_from_zero(rng, (5, 7))],
        rng,
    )


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
@given(shape=array_shapes(max_dims=4, max_side=4), data=st.data(), seed=seeds)
def test_softmax_equals_torch_on_every_axis(name, shape, data, seed):
    dim = data.draw(st.integers(-len(shape), len(shape) - 1))
    rng = np.random.default_rng(seed)
    forward, backward = pair(name)
    check_pair(
        lambda x: forward(x, dim),
        backward,
        lambda x: getattr(torch, name)(x, dim),
        [5 * rng.normal(size=shape)],
        rng,
    )


@pytest.mark.parametrize("name", [*PLAIN, "softmax", "log_softmax"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_large_values_stay_finite(name, dtype):
    forward, backward = pair(name)
    x = np.array([[-1e4, -800, -90, -1, 0, 1, 90, 800, 1e4]], dtype)
    tensor = torch.tensor(x, requires_grad=True)
    wanted = PLAIN.get(name) or (lambda x: getattr(torch, name)(x, -1))
    y, cache = forward(x)
    dx = backward(np.ones_like(y), cache)
    assert y.dtype == dx.dtype == dtype
    assert np.isfinite(y).all()
    assert np.isfinite(dx).all()
    out = wanted(tensor)
    out.backward(torch.ones_like(tensor))
    assert_close(y, out, 1e-5 if dtype == np.float32 else 1e-10)
    if name != "relu":  # torch and we agree at 0, where relu has no derivative, in the next test
        assert_close(dx, tensor.grad, 1e-5 if dtype == np.float32 else 1e-10)


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "elu"])
def test_derivative_at_the_kink_is_torchs(name):
    tensor = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    PLAIN[name](tensor).sum().backward()
    forward, backward = pair(name)
    assert_close(backward(np.ones(1), forward(np.zeros(1))[1]), tensor.grad)


@pytest.mark.parametrize("name", [*PLAIN, "softmax", "log_softmax"])
def test_empty_and_non_contiguous(name):
    forward, backward = pair(name)
    y, cache = forward(np.zeros((0, 3)))
    assert backward(y, cache).shape == (0, 3)
    x = np.random.default_rng(0).normal(size=(6, 8))
    dy = np.random.default_rng(1).normal(size=(6, 8))
    view, dview = x[::2, ::-2].T, dy[::2, ::-2].T
    y, cache = forward(view)
    wanted, wanted_cache = forward(view.copy())
    assert_close(y, wanted, 1e-14)
    assert_close(backward(dview, cache), backward(dview.copy(), wanted_cache), 1e-14)


@pytest.mark.parametrize("name", [*PLAIN, "softmax", "log_softmax"])
def test_errors_name_the_operation(name):
    forward, backward = pair(name)
    with pytest.raises(TypeError, match=rf"^{name}: x is int64, wanted"):
        forward(np.arange(3))
    _, cache = forward(np.zeros((2, 3)))
    with pytest.raises(ValueError, match=rf"^{name}_backward: dy has shape \(3, 2\).*\(2, 3\)"):
        backward(np.zeros((3, 2)), cache)


@pytest.mark.parametrize("form", [F, _fast], ids=["formula", "fast"])
def test_gelu_in_float32_is_as_exact_as_float32_can_be(form):
    x = np.concatenate([np.linspace(-9, 9, 200_001), [-1e30, -0.0, 1e30]]).astype(np.float32)
    y, cache = form.gelu(x)
    assert y.dtype == np.float32
    exact = ndtr(x.astype(np.float64))
    assert np.abs(cache[1] - exact).max() < 1e-7  # P itself; float32 steps by 6e-8 below 1
    np.testing.assert_array_equal(y[-3:], x[-3:] * np.float32([0, 1, 1]))
    # half a step of float32 at 9 is 4.8e-7; PyTorch's own is 3.7e-7 to 1.2e-6 off, by processor
    assert np.abs(y - x * exact)[:-3].max() < 6e-7
    assert np.isnan(form.gelu(np.float32([np.nan]))[0]).all()


@pytest.mark.parametrize("approximate", ["none", "tanh"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@given(shape=array_shapes(min_dims=0, max_dims=3, max_side=5), scale=st.sampled_from([1e-30, 1, 9]))
def test_both_forms_of_gelu_are_equal(approximate, dtype, shape, scale):
    rng = np.random.default_rng(0)
    x, dy = (np.asarray(factor * rng.normal(size=shape), dtype) for factor in (scale, 1))
    formula, fast = F.gelu(x, approximate), _fast.gelu(x, approximate)
    assert fast[0].dtype == dtype
    for a, b in [
        (fast[0], formula[0]),
        (F.gelu_backward(dy, fast[1]), F.gelu_backward(dy, formula[1])),
    ]:
        assert_close(a, b, 1e-10 if dtype == np.float64 else 1e-6)


@pytest.mark.parametrize("form", [F, _fast], ids=["formula", "fast"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_gelu_refuses_an_unknown_form(form, dtype):
    with pytest.raises(ValueError, match=r"gelu: approximate='fast', wanted 'none' or 'tanh'"):
        form.gelu(np.zeros(1, dtype), "fast")
