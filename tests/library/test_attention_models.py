"""The readers of lesson 09: gradients, masks, and that writing is reading step by step."""

import numpy as np
import pytest

from lessonlib import nn
from lessonlib.datasets import date_ids, date_pairs, pronoun_sentences
from lessonlib.gradcheck import gradcheck_module
from lessonlib.models import AdditiveAttention, DateReader, WordReader

DOUBLE = {"dtype": np.float64}


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_additive_attention_goes_the_right_way_back(rng):
    layer = AdditiveAttention(3, 4, 5, rng=rng, **DOUBLE)
    seen = np.arange(6) < np.array([[6], [2]])
    layer.temperature = 1.7
    arrays = rng.normal(size=(2, 5, 3)), rng.normal(size=(2, 6, 4))
    assert gradcheck_module(layer, *arrays, seen, rng=rng) < 1e-7
    layer(*arrays, seen)
    assert np.allclose(layer.weights.sum(axis=2), 1)
    assert np.all(layer.weights[1, :, 2:] == 0)


@pytest.mark.parametrize("attend", [True, False])
def test_the_date_reader_goes_the_right_way_back(attend, rng):
    reader = DateReader(5, attend, embedded=4, rng=rng, **DOUBLE)
    source = date_ids(date_pairs(3, rng)[0])
    before = rng.integers(0, 12, (3, 10))
    assert gradcheck_module(reader, source, before, rng=rng) < 1e-7


def test_the_word_reader_goes_the_right_way_back(rng):
    reader = WordReader(2, size=8, rng=rng)
    for parameter in reader.parameters():
        parameter.data = parameter.data.astype(np.float64)
    words, _, _ = pronoun_sentences(3, rng)
    assert gradcheck_module(reader, words, rng=rng) < 1e-7


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


def test_looking_at_temperature_one_is_the_forward_pass(rng):
    reader = WordReader(2, rng=rng).eval()
    words = rng.integers(1, 30, (3, 7))
    scores, weights = reader.look(words, 1.0)
    assert np.allclose(scores, reader(words), atol=1e-5)
    assert weights.shape == (3, 2, 7, 7)
    sharp, flat = reader.look(words, 0.1)[1], reader.look(words, 100.0)[1]
    assert sharp.max(axis=3).mean() > weights.max(axis=3).mean()
    assert np.allclose(flat, 1 / 7, atol=0.02)


def test_state_dicts_have_the_layers_names():
    reader = DateReader(4, attend=True, rng=np.random.default_rng(0))
    names = set(reader.state_dict())
    assert {"attention.U.weight", "encoder.weight_ih_l0_reverse", "out.bias"} <= names
    assert isinstance(reader.decoder, nn.GRU)


def test_the_recipes_networks_go_the_right_way_back(rng):
    from lessonlib.lessons.l09.recipes import lookups as lookups_09
    from lessonlib.lessons.l09.recipes import scoreboard as scoreboard_09

    patches = scoreboard_09.PatchReader(rng)
    lookup = lookups_09.TwoLookups(2, True, rng)
    images = rng.integers(0, 16, (2, 144)) / 16
    for model, given in ((patches, (images,)), (lookup, lookups_09.questions(3, rng)[:4])):
        for parameter in model.parameters():
            parameter.data = parameter.data.astype(np.float64)
        names, parameters = zip(*model.named_parameters(), strict=True)
        scores = model(*given)
        dy = rng.normal(size=scores.shape)
        model.backward(dy)
        assert all(p.grad is not None for p in parameters), names
        steps = [1e-6 * rng.normal(size=p.data.shape) for p in parameters]
        told = sum((p.grad * step).sum() for p, step in zip(parameters, steps, strict=True))
        ends = []
        for sign in (1, -1):
            for p, step in zip(parameters, steps, strict=True):
                p.data += sign * step * (1 if sign > 0 else 2)
            ends.append((model(*given) * dy).sum())
        assert told == pytest.approx((ends[0] - ends[1]) / 2, rel=1e-5)
