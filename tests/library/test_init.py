"""Initialisers: the same distributions as torch.nn.init, in place, from the Generator given."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lessonlib import init
from lessonlib.nn import Parameter

RANDOM = [
    "uniform_",
    "normal_",
    "xavier_uniform_",
    "xavier_normal_",
    "kaiming_uniform_",
    "kaiming_normal_",
    "orthogonal_",
]
NONLINEARITIES = ["linear", "conv2d", "conv_transpose1d", "sigmoid", "tanh", "relu", "selu"]


@pytest.mark.parametrize("name", NONLINEARITIES)
def test_gains_are_torchs(name):
    assert init.calculate_gain(name) == pytest.approx(torch.nn.init.calculate_gain(name), rel=1e-15)


@pytest.mark.parametrize("slope", [None, 0.0, 0.2, 1, 3.0])
def test_leaky_gain_is_torchs(slope):
    expected = torch.nn.init.calculate_gain("leaky_relu", slope)
    assert init.calculate_gain("leaky_relu", slope) == pytest.approx(expected, rel=1e-15)


@given(st.lists(st.integers(1, 7), min_size=2, max_size=5))
def test_fans_are_torchs(shape):
    expected = torch.nn.init._calculate_fan_in_and_fan_out(torch.empty(shape))
    assert init.fans(np.zeros(shape)) == expected


CASES = [
    ("uniform_", {"a": -0.3, "b": 2.0}),
    ("normal_", {"mean": 1.0, "std": 0.2}),
    ("xavier_uniform_", {}),
    ("xavier_uniform_", {"gain": 5 / 3}),
    ("xavier_normal_", {"gain": 0.5}),
    ("kaiming_uniform_", {}),
    ("kaiming_uniform_", {"a": 5**0.5}),
    ("kaiming_uniform_", {"mode": "fan_out", "nonlinearity": "relu"}),
    ("kaiming_normal_", {"nonlinearity": "relu"}),
    ("kaiming_normal_", {"mode": "fan_out", "nonlinearity": "tanh"}),
]


@pytest.mark.parametrize("shape", [(40, 90), (90, 40), (20, 10, 3, 3)])
@pytest.mark.parametrize(("name", "settings"), CASES)
def test_distribution_is_torchs(name, settings, shape):
    ours = getattr(init, name)(np.empty(shape), **settings, generator=np.random.default_rng(0))
    theirs = torch.empty(shape, dtype=torch.float64)
    getattr(torch.nn.init, name)(theirs, **settings, generator=torch.Generator().manual_seed(0))
    theirs = theirs.numpy()
    # 1,800 numbers or more on either side: two equal distributions are this close in all 30 cases,
    # a factor of 1.2 on the spread is not (asserted below).
    assert stats.ks_2samp(ours.ravel(), theirs.ravel()).pvalue > 1e-3
    assert ours.std() == pytest.approx(theirs.std(), rel=0.06)
    if "uniform" in name:
        assert np.abs(ours).max() == pytest.approx(np.abs(theirs).max(), rel=0.01)


def test_the_comparison_can_fail():
    rng = np.random.default_rng(0)
    one, other = rng.normal(size=3600), 1.2 * rng.normal(size=3600)
    assert stats.ks_2samp(one, other).pvalue < 1e-3


@pytest.mark.parametrize("shape", [(5, 5), (3, 7), (7, 3), (4, 2, 3), (1, 6), (6, 1)])
@pytest.mark.parametrize("gain", [1.0, 0.5])
def test_orthogonal(shape, gain):
    w = init.orthogonal_(np.empty(shape), gain, generator=np.random.default_rng(1))
    w = w.reshape(shape[0], -1)
    gram = w @ w.T if w.shape[0] <= w.shape[1] else w.T @ w
    assert np.abs(gram - gain**2 * np.eye(len(gram))).max() < 1e-12


def test_orthogonal_is_uniform_over_rotations():
    # The first column of a uniform rotation is uniform on the sphere: in three dimensions each
    # coordinate is uniform on (-1, 1). QR without the change of signs fails this.
    rng = np.random.default_rng(2)
    first = [init.orthogonal_(np.empty((3, 3)), generator=rng)[0, 0] for _ in range(500)]
    assert stats.kstest(first, stats.uniform(-1, 2).cdf).pvalue > 0.01


@pytest.mark.parametrize("name", RANDOM)
def test_in_place_dtype_parameter_and_seed(name):
    fill = getattr(init, name)
    p = Parameter(np.zeros((4, 3), np.float32))
    array = p.data
    assert fill(p, generator=np.random.default_rng(3)) is p
    assert p.data is array
    assert array.dtype == np.float32
    again = fill(np.zeros((4, 3), np.float32), generator=np.random.default_rng(3))
    assert (again == array).all()
    assert len(np.unique(array)) == array.size


def test_constant():
    p = Parameter(np.ones(3, np.float32))
    assert init.constant_(p, 0.25) is p
    assert (p.data == np.float32(0.25)).all()


@pytest.mark.parametrize("name", RANDOM)
def test_no_global_random_state(name):
    with pytest.raises(TypeError, match=rf"{name}|generator"):
        getattr(init, name)(np.zeros((2, 2)))
    with pytest.raises(TypeError, match=r"generator=np.random.default_rng\(seed\), got int"):
        getattr(init, name)(np.zeros((2, 2)), generator=3)


@pytest.mark.parametrize("name", RANDOM[2:])
def test_vectors_are_refused(name):
    with pytest.raises(ValueError, match=r"two axes or more to have fans, got shape \(3,\)"):
        getattr(init, name)(np.zeros(3), generator=np.random.default_rng(0))


def test_other_misuse_is_refused():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match=r"calculate_gain knows .*got 'gelu'"):
        init.calculate_gain("gelu")
    with pytest.raises(ValueError, match="mode must be fan_in or fan_out, got 'both'"):
        init.kaiming_normal_(np.zeros((2, 2)), mode="both", generator=rng)
    with pytest.raises(TypeError, match="got list"):
        init.normal_([0.0], generator=rng)
    with pytest.raises(TypeError, match="array of int64"):
        init.normal_(np.zeros(3, np.int64), generator=rng)


def test_empty_weights():
    for name in RANDOM:
        w = getattr(init, name)(np.zeros((3, 0)), generator=np.random.default_rng(0))
        assert w.shape == (3, 0)
