"""Character model and sequence reader: equal to torch, states carried on, stored weights."""

import numpy as np
import pytest
import torch
from torch_oracle import compare_modules, randomized

from lessonlib import datasets
from lessonlib.gradcheck import gradcheck_module
from lessonlib.models import CharacterRNN, SequenceReader, trained_character_rnn
from lessonlib.trained import trained

DOUBLE = {"dtype": np.float64}
KINDS = ("RNN", "LSTM", "GRU")


class TorchCharacterRNN(torch.nn.Module):
    def __init__(self, symbols, width, hidden, kind):
        super().__init__()
        self.embed = torch.nn.Embedding(symbols, width)
        self.rnn = getattr(torch.nn, kind)(width, hidden, batch_first=True)
        self.read = torch.nn.Linear(hidden, symbols)

    def forward(self, ids):
        return self.read(self.rnn(self.embed(ids))[0])


class TorchSequenceReader(torch.nn.Module):
    def __init__(self, kind, inputs, hidden, outputs):
        super().__init__()
        self.rnn = getattr(torch.nn, kind)(inputs, hidden, batch_first=True)
        self.head = torch.nn.Linear(hidden, outputs)

    def forward(self, x):
        return self.head(self.rnn(x)[0][:, -1])


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.mark.parametrize("kind", KINDS)
def test_the_character_model_equals_torch(kind, rng):
    ours, theirs = CharacterRNN(7, 4, 5, kind, **DOUBLE), TorchCharacterRNN(7, 4, 5, kind)
    compare_modules(ours, randomized(theirs), rng.integers(0, 7, (3, 6)), rng)


@pytest.mark.parametrize("kind", KINDS)
def test_the_sequence_reader_equals_torch(kind, rng):
    ours, theirs = SequenceReader(kind, 4, 5, 3, **DOUBLE), TorchSequenceReader(kind, 4, 5, 3)
    compare_modules(ours, randomized(theirs), rng.normal(size=(3, 6, 4)), rng)


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_are_right(kind, rng):
    model = CharacterRNN(7, 4, 5, kind, rng=rng, **DOUBLE)
    assert gradcheck_module(model, rng.integers(0, 7, (3, 6)), rng=rng) < 1e-7
    reader = SequenceReader(kind, 4, 5, 3, rng=rng, **DOUBLE)
    assert gradcheck_module(reader, rng.normal(size=(3, 6, 4)), rng=rng) < 1e-7


@pytest.mark.parametrize("kind", KINDS)
def test_reading_on_from_a_state_is_reading_the_whole(kind, rng):
    model = CharacterRNN(7, 4, 5, kind, rng=rng, **DOUBLE).eval()
    ids = rng.integers(0, 7, (2, 9))
    whole, states = model(ids), model.states(ids)
    first = model(ids[:, :4])
    second = model(ids[:, 4:], model.state)
    np.testing.assert_allclose(np.concatenate([first, second], axis=1), whole, atol=1e-12)
    np.testing.assert_allclose(model.read(states), whole, atol=1e-12)
    hidden = model.state[0] if kind == "LSTM" else model.state
    np.testing.assert_allclose(hidden[0], states[:, -1], atol=1e-12)


def test_another_kind_is_refused():
    with pytest.raises(ValueError, match="recurrent layer 'lstm', wanted one of RNN, LSTM, GRU"):
        CharacterRNN(7, 4, 5, "lstm")
    with pytest.raises(ValueError, match="recurrent layer 'Linear'"):
        SequenceReader("Linear", 4, 5, 3)


def test_the_stored_character_model_knows_english_better_than_a_table_of_pairs():
    model, letters = trained_character_rnn()
    assert not model.training
    ids = letters.encode(datasets.prose("validation")[:2000])[None]
    scores = model(ids[:, :-1]).astype(float)
    scores -= np.logaddexp.reduce(scores, axis=-1, keepdims=True)
    bits = -np.take_along_axis(scores, ids[:, 1:, None], axis=-1).mean() / np.log(2)
    assert bits < trained("07.characters")["tables"][1] - 0.5
    with pytest.raises(KeyError, match=r"no result '07\.letters'"):
        trained_character_rnn("07.letters")
