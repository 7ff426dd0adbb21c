"""nn.TransformerEncoderLayer against torch: outputs, gradients, masks, dropout, start values."""

import numpy as np
import pytest
import torch
from torch_oracle import assert_close, assert_same_gradients, randomized

from lessonlib import nn


def encoders(norm_first, activation, bias, dtype=np.float64, dropout=0.0):
    sizes, options = (8, 2, 12, dropout, activation, 1e-4), {"norm_first": norm_first, "bias": bias}
    theirs = randomized(torch.nn.TransformerEncoderLayer(*sizes, batch_first=True, **options))
    ours = nn.TransformerEncoderLayer(*sizes, **options, rng=np.random.default_rng(0), dtype=dtype)
    ours.load_state_dict(theirs.state_dict())
    assert list(ours.state_dict()) == list(theirs.state_dict())
    return theirs, ours


@pytest.mark.parametrize("norm_first", [True, False])
@pytest.mark.parametrize("activation", ["relu", "gelu"])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("masks", ["none", "causal", "padding", "both"])
def test_encoder_layer_equals_torch(norm_first, activation, bias, masks):
    theirs, ours = encoders(norm_first, activation, bias)
    rng = np.random.default_rng(1)
    x, dy = rng.standard_normal((2, 4, 3, 8)).swapaxes(1, 2)  # (3, 4, 8), not contiguous
    tx = torch.tensor(x, requires_grad=True)
    future = np.triu(np.ones((4, 4), dtype=bool), 1) if masks in ("causal", "both") else None
    padding = np.arange(4) >= np.array([[4], [3], [1]]) if masks in ("padding", "both") else None
    tensors = (None if m is None else torch.tensor(m) for m in (future, padding))
    y, ty = ours(x, future, padding), theirs(tx, *tensors)
    assert_close(y, ty)
    ty.backward(torch.tensor(dy))
    assert_close(ours.backward(dy), tx.grad)
    assert_same_gradients(ours, theirs)


@pytest.mark.parametrize("norm_first", [True, False])
def test_encoder_layer_used_twice(norm_first):
    theirs, ours = encoders(norm_first, "gelu", True)
    x, dy = np.random.default_rng(1).standard_normal((2, 2, 4, 8))
    tx = torch.tensor(x, requires_grad=True)
    theirs(theirs(tx)).backward(torch.tensor(dy))
    ours(ours(x))
    assert_close(ours.backward(ours.backward(dy)), tx.grad)
    assert_same_gradients(ours, theirs)


def test_encoder_layer_is_causal_hides_the_future():
    _, ours = encoders(True, "relu", True)
    x = np.random.default_rng(1).standard_normal((2, 4, 8))
    future = np.triu(np.ones((4, 4), dtype=bool), 1)
    assert np.array_equal(ours(x, is_causal=True), ours(x, future))


@pytest.mark.parametrize("norm_first", [True, False])
def test_encoder_layer_with_dropout_has_the_right_gradient(norm_first):
    """Along a random direction, with the same units silenced in every run."""
    _, ours = encoders(norm_first, "gelu", True, dropout=0.3)
    rng = np.random.default_rng(2)
    x, direction, dy = rng.standard_normal((3, 2, 4, 8))
    start = ours.self_attn.rng.bit_generator.state

    def loss(step):
        ours.self_attn.rng.bit_generator.state = start  # one Generator feeds the whole layer
        return (ours(x + step * direction) * dy).sum()

    numeric = (loss(1e-5) - loss(-1e-5)) / 2e-5
    ours.train()  # forgets both runs
    loss(0)
    analytic = (ours.backward(dy) * direction).sum()
    assert abs(numeric - analytic) <= 1e-7 * max(1, abs(analytic))


@pytest.mark.parametrize("dropout", [0.0, 0.2])
def test_encoder_layer_float32_and_caches(dropout):
    _, ours = encoders(False, "gelu", True, dtype=np.float32, dropout=dropout)
    x = np.random.default_rng(1).standard_normal((2, 4, 8)).astype(np.float32)
    y = ours(x)
    arrays = [y, ours.backward(y), *(p.grad for p in ours.parameters())]
    assert {a.dtype for a in arrays} == {np.dtype(np.float32)}
    assert np.array_equal(ours.eval()(x), ours(x))  # no dropout
    assert not any(module._caches for module in ours.modules())


def test_encoder_layer_start_values_load_into_torch():
    torch.manual_seed(0)
    options = {"d_model": 60, "nhead": 3, "dim_feedforward": 80}
    theirs = torch.nn.TransformerEncoderLayer(
        **options, batch_first=True, dtype=torch.float64
    ).eval()
    ours = nn.TransformerEncoderLayer(**options, rng=np.random.default_rng(0), dtype=np.float64)
    for name, values in theirs.state_dict().items():
        assert abs(ours.state_dict()[name].std() - values.numpy().std()) <= 0.15 * values.std(), (
            name
        )
    theirs.load_state_dict({k: torch.tensor(v) for k, v in ours.state_dict().items()})
    x = np.random.default_rng(0).standard_normal((2, 3, 60))
    assert_close(ours.eval()(x), theirs(torch.tensor(x)))


def test_encoder_layer_names_what_it_does_not_support():
    with pytest.raises(NotImplementedError, match="batch_first=False"):
        nn.TransformerEncoderLayer(8, 2, batch_first=False)
    with pytest.raises(NotImplementedError, match="activation='tanh'"):
        nn.TransformerEncoderLayer(8, 2, activation="tanh")
    with pytest.raises(ValueError, match="embed_dim 8 is not a multiple of num_heads 3"):
        nn.TransformerEncoderLayer(8, 3)
