"""The gradient check itself: right gradients pass, each kind of wrong one is named."""

import numpy as np
import pytest

from lessonlib import nn
from lessonlib.gradcheck import (
    GradientError,
    gradcheck,
    gradcheck_entries,
    gradcheck_module,
    numerical_gradient,
    relative_error,
)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def softmax_loss(x, w):
    scores = x @ w
    return float(np.log(np.exp(scores).sum(axis=1)).sum())


def softmax_gradients(x, w):
    scores = np.exp(x @ w)
    p = scores / scores.sum(axis=1, keepdims=True)
    return p @ w.T, x.T @ p


def test_right_gradients_pass(rng):
    x, w = rng.normal(size=(5, 3)), rng.normal(size=(3, 4))
    assert gradcheck(softmax_loss, [x, w], softmax_gradients(x, w), rng) < 1e-9
    assert gradcheck_entries(lambda w: softmax_loss(x, w), w, softmax_gradients(x, w)[1]) < 1e-8


@pytest.mark.parametrize("array", [0, 1])
@pytest.mark.parametrize("seed", range(5))
def test_one_wrong_entry_is_found_and_named(rng, array, seed):
    x, w = rng.normal(size=(5, 3)), rng.normal(size=(3, 4))
    gradients = softmax_gradients(x, w)
    gradients[array][2, 1] += 0.01
    with pytest.raises(GradientError, match=rf"worst: input {array}, entry \[2, 1\]"):
        gradcheck(softmax_loss, [x, w], gradients, np.random.default_rng(seed))


def test_full_check_names_the_entry_and_both_numbers(rng):
    x = rng.normal(size=(2, 3))
    wrong = 2 * x
    wrong[1, 2] = -7.0
    with pytest.raises(GradientError, match=r"entry \[1, 2\]: the gradient says -7, the function"):
        gradcheck_entries(lambda x: (x**2).sum(), x, wrong)


def test_nan_is_an_error_not_a_pass(rng):
    x = rng.normal(size=3)
    wrong = 2 * x
    wrong[1] = np.nan
    with pytest.raises(GradientError, match=r"entry \[1\]"):
        gradcheck(lambda x: (x**2).sum(), [x], [wrong], rng)
    with pytest.raises(GradientError, match=r"entry \[1\]"):
        gradcheck_entries(lambda x: (x**2).sum(), x, wrong)


def test_none_is_left_out(rng):
    x, w = rng.normal(size=(5, 3)), rng.normal(size=(3, 4))
    assert gradcheck(softmax_loss, [x, w], [None, softmax_gradients(x, w)[1]], rng) < 1e-9


def test_inputs_are_left_as_they_are(rng):
    x = rng.normal(size=(2, 3))
    before = x.copy()
    numerical_gradient(lambda x: (x**3).sum(), x)
    gradcheck(lambda x: (x**2).sum(), [x], [2 * x], rng)
    with pytest.raises(GradientError):
        gradcheck(lambda x: (x**2).sum(), [x], [x], rng)
    assert (x == before).all()


def test_a_scalar_and_an_empty_array(rng):
    x = np.array(3.0)
    assert gradcheck_entries(lambda x: float(x**2), x, np.array(6.0)) < 1e-9
    with pytest.raises(GradientError, match="the only entry"):
        gradcheck_entries(lambda x: float(x**2), x, np.array(5.0))
    empty = np.zeros((0, 3))
    assert gradcheck(lambda x: float(x.sum()), [empty], [empty], rng) == 0.0


@pytest.mark.parametrize(
    ("inputs", "gradients", "error", "message"),
    [
        ([np.zeros(2, np.float32)], [np.zeros(2)], TypeError, "needs float64, got float32"),
        (
            [np.zeros(2)],
            [np.zeros(3)],
            ValueError,
            r"input 0 has shape \(2,\), its gradient \(3,\)",
        ),
        ([np.zeros(2)], [], ValueError, "1 inputs but 0 gradients"),
    ],
)
def test_misuse_is_refused(rng, inputs, gradients, error, message):
    with pytest.raises(error, match=message):
        gradcheck(lambda x: x.sum(), inputs, gradients, rng)


def test_a_function_that_returns_an_array_is_refused(rng):
    with pytest.raises(ValueError, match=r"one number, got shape \(2,\)"):
        gradcheck(lambda x: x, [np.zeros(2)], [np.zeros(2)], rng)


def network(rng):
    return nn.Sequential(
        nn.Linear(3, 4, rng=rng, dtype=np.float64),
        nn.Tanh(),
        nn.Linear(4, 2, rng=rng, dtype=np.float64),
    )


def test_module_is_checked_and_left_as_it_was(rng):
    model = network(rng)
    before = model.state_dict()
    assert gradcheck_module(model, rng.normal(size=(5, 3)), rng=rng) < 1e-9
    assert all((model.state_dict()[key] == before[key]).all() for key in before)
    assert all(p.grad is None for p in model.parameters())
    assert all(not module._caches for module in model.modules())
    assert model.recording


def test_module_with_a_wrong_backward_is_named(rng):
    model = network(rng)
    layer = model[2]
    right = layer.backward

    def wrong(dy):
        dx = right(dy)
        layer.bias.grad[1] *= 2
        return dx

    layer.backward = wrong
    # inputs: x is 0, then 0.weight, 0.bias, 2.weight, 2.bias
    with pytest.raises(GradientError, match=r"worst: input 4, entry \[1\]"):
        gradcheck_module(model, rng.normal(size=(5, 3)), rng=rng)


def test_relative_error():
    assert relative_error(np.array([1.0, 2.0]), np.array([1.0, 2.0])) == 0
    assert relative_error(1e6, 1e6 + 1) == pytest.approx(1e-6)
    assert relative_error(np.zeros(0), np.zeros(0)) == 0.0
