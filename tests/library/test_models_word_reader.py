"""The reader of sentences: gradients, and what it shows of its attention."""

import numpy as np
import pytest

from lessonlib.datasets import pronoun_sentences
from lessonlib.gradcheck import gradcheck_module
from lessonlib.models import WordReader


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_the_word_reader_has_right_gradients(rng):
    reader = WordReader(2, size=8, rng=rng)
    for parameter in reader.parameters():
        parameter.data = parameter.data.astype(np.float64)
    words, _, _ = pronoun_sentences(3, rng)
    assert gradcheck_module(reader, words, rng=rng) < 1e-7


def test_looking_at_temperature_one_is_the_forward_pass(rng):
    reader = WordReader(2, rng=rng).eval()
    words = rng.integers(1, 30, (3, 7))
    scores, weights = reader.look(words, 1.0)
    assert np.allclose(scores, reader(words), atol=1e-5)
    assert weights.shape == (3, 2, 7, 7)
    sharp, flat = reader.look(words, 0.1)[1], reader.look(words, 100.0)[1]
    assert sharp.max(axis=3).mean() > weights.max(axis=3).mean()
    assert np.allclose(flat, 1 / 7, atol=0.02)
