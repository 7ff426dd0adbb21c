"""The library's GPT: equal to torch, causal, and stored as it was trained."""

import numpy as np
import pytest
import torch
from torch_oracle import assert_close, assert_same_gradients, randomized

from benchmarks.torch_gpt import TorchGPT
from lessonlib import nn
from lessonlib.gradcheck import gradcheck
from lessonlib.models import GPT, trained_gpt
from lessonlib.models.gpt import Block


def model(**options):
    return GPT(13, 7, width=8, heads=2, rng=np.random.default_rng(0), dtype=np.float64, **options)


def test_it_equals_torch_from_one_state_dict():
    theirs, ours = randomized(TorchGPT(13, 7, width=8, heads=2)), model()
    ours.load_state_dict(theirs.state_dict())
    assert list(ours.state_dict()) == list(theirs.state_dict())
    ids, targets = np.random.default_rng(0).integers(0, 13, (2, 3, 6))
    loss, logits, their_logits = nn.CrossEntropyLoss(), ours(ids), theirs(torch.tensor(ids))
    assert_close(logits, their_logits)
    value = loss(logits.reshape(18, 13), targets.reshape(18))
    their_value = torch.nn.functional.cross_entropy(
        their_logits.reshape(18, 13), torch.tensor(targets).reshape(18)
    )
    assert abs(value - their_value.item()) < 1e-12
    their_value.backward()
    ours.backward(loss.backward().reshape(3, 6, 13))
    assert_same_gradients(ours, theirs)


def test_gradients_are_right():
    gpt, loss, rng = model(), nn.CrossEntropyLoss(), np.random.default_rng(1)
    ids, targets = rng.integers(0, 13, (2, 3, 7))
    weights = list(gpt.parameters())
    arrays = [w.data + 0.1 * rng.normal(size=w.data.shape) for w in weights]

    def loss_of(*arrays):
        for weight, array in zip(weights, arrays, strict=True):
            weight.data[...] = array
        return loss(gpt(ids).reshape(-1, 13), targets.ravel())

    loss_of(*arrays)
    gpt.backward(loss.backward().reshape(3, 7, 13))
    gradients = [w.grad for w in weights]
    gpt.eval()
    assert gradcheck(loss_of, arrays, gradients, rng, epsilon=1e-6) < 1e-7


def test_no_position_sees_a_later_one():
    gpt = model().eval()
    ids = np.arange(7)[None] % 13
    changed = ids.copy()
    changed[0, 4:] = 12
    before, after = gpt(ids), gpt(changed)
    np.testing.assert_array_equal(before[0, :4], after[0, :4])
    assert np.abs(before[0, 4:] - after[0, 4:]).min(axis=1).max() > 0
    weights = gpt.attention()
    assert weights.shape == (2, 1, 2, 7, 7)
    np.testing.assert_allclose(weights.sum(axis=-1), 1)
    assert np.all(np.triu(weights, 1) == 0)


def test_start_is_near_uniform_and_the_head_is_tied():
    gpt = GPT(556, 16, rng=np.random.default_rng(0)).eval()
    ids = np.random.default_rng(1).integers(0, 556, (4, 16))
    bits = nn.CrossEntropyLoss()(gpt(ids).reshape(-1, 556), ids.ravel()[::-1].copy()) / np.log(2)
    assert bits == pytest.approx(np.log2(556), abs=0.5)
    assert gpt.head.weight is gpt.wte.weight


def test_wrong_input_is_refused():
    with pytest.raises(ValueError, match=r"ids of shape \(1, 8\), wanted \(N, at most 7\)"):
        model()(np.zeros((1, 8), int))
    with pytest.raises(ValueError, match=r"ids of shape \(3,\)"):
        model()(np.zeros(3, int))
    with pytest.raises(RuntimeError, match="no forward pass yet"):
        model().attention()


def test_a_block_adds_to_what_it_was_given():
    block = Block(8, 2, rng=np.random.default_rng(0)).eval()
    for layer in (block.attn.out_proj, block.proj):
        layer.weight.data[:] = 0
        layer.bias.data[:] = 0
    x = np.random.default_rng(1).normal(size=(2, 3, 8)).astype(np.float32)
    np.testing.assert_array_equal(block(x), x)


def test_the_stored_model_is_whole():
    gpt, code = trained_gpt()
    ids = code.encode("An exception is raised if the object has no attribute of that name.")
    logits = gpt(ids[None])[0, :-1]
    bits = nn.CrossEntropyLoss()(logits, ids[1:]) / np.log(2)
    assert bits < 5
    assert not gpt.training
    with pytest.raises(KeyError, match="no result 'gpt_99'"):
        trained_gpt("gpt_99")
