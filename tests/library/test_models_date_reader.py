"""The reader of dates: gradients, masks, and that writing is reading step by step."""

import numpy as np
import pytest

from lessonlib import nn
from lessonlib.datasets import date_ids, date_pairs
from lessonlib.gradcheck import gradcheck_module
from lessonlib.models import AdditiveAttention, DateReader

DOUBLE = {"dtype": np.float64}


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_additive_attention_has_right_gradients(rng):
    layer = AdditiveAttention(3, 4, 5, rng=rng, **DOUBLE)
    seen = np.arange(6) < np.array([[6], [2]])
    layer.temperature = 1.7
    arrays = rng.normal(size=(2, 5, 3)), rng.normal(size=(2, 6, 4))
    assert gradcheck_module(layer, *arrays, seen, rng=rng) < 1e-7
    layer(*arrays, seen)
    assert np.allclose(layer.weights.sum(axis=2), 1)
    assert np.all(layer.weights[1, :, 2:] == 0)


@pytest.mark.parametrize("attend", [True, False])
def test_the_date_reader_has_right_gradients(attend, rng):
    reader = DateReader(5, attend, embedded=4, rng=rng, **DOUBLE)
    source = date_ids(date_pairs(3, rng)[0])
    before = rng.integers(0, 12, (3, 10))
    assert gradcheck_module(reader, source, before, rng=rng) < 1e-7


@pytest.mark.parametrize("attend", [True, False])
def test_what_is_written_is_the_best_of_the_scores(attend, rng):
    reader = DateReader(6, attend, rng=rng).eval()
    source = date_ids(date_pairs(4, rng)[0])
    written, weights = reader.write(source)
    before = np.hstack([np.zeros((4, 1), int), written[:, :-1]])
    assert np.array_equal(reader(source, before).argmax(axis=2), written)
    assert (weights is not None) == attend
    if attend:
        assert weights.shape == (4, 10, 18)
        assert np.all(weights[np.broadcast_to((source == 0)[:, None], weights.shape)] == 0)


def test_state_dicts_have_the_layers_names():
    reader = DateReader(4, attend=True, rng=np.random.default_rng(0))
    names = set(reader.state_dict())
    assert {"attention.U.weight", "encoder.weight_ih_l0_reverse", "out.bias"} <= names
    assert isinstance(reader.decoder, nn.GRU)
