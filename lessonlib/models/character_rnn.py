"""The character model of lessons 07 and 08, also used on words and tokens."""

from typing import Any

import numpy as np

from lessonlib import nn
from lessonlib.models._recurrent import recurrent_layer
from lessonlib.text import Vocabulary
from lessonlib.trained import trained


class CharacterRNN(nn.Module):
    """Scores for the next symbol after each symbol of a text.   scores = read(rnn(embed(ids)))

    symbols : V, the number of characters (or words, or tokens) that there are
    width   : numbers in each embedding;  hidden: units of the recurrent layer
    kind    : "RNN", "LSTM" or "GRU"
    `state` is that after the last symbol of the last pass: (1, N, H), for an LSTM a pair (h, c)
    Raises ValueError for another kind
    Source: Mikolov et al. 2010, section 2. Taught in notebooks/07_recurrent_networks

    >>> model = CharacterRNN(5, width=3, hidden=4, kind="GRU")
    >>> model(np.array([[0, 1, 4]])).shape, model.state.shape
    ((1, 3, 5), (1, 1, 4))
    """

    def __init__(
        self,
        symbols: int,
        width: int,
        hidden: int,
        kind: str = "RNN",
        *,
        rng: np.random.Generator | None = None,
        dtype: Any = np.float32,
    ) -> None:
        super().__init__()
        options: dict[str, Any] = {"rng": rng, "dtype": dtype}
        self.embed = nn.Embedding(symbols, width, **options)
        self.rnn = recurrent_layer(kind, width, hidden, **options)
        self.read = nn.Linear(hidden, symbols, **options)
        self.state: Any = None

    def forward(self, ids: np.ndarray, state: Any = None) -> np.ndarray:
        """ids (N, L) to scores (N, L, V); `state` is the one to begin with, None for zeros."""
        return self.read(self.states(ids, state))

    def states(self, ids: np.ndarray, state: Any = None) -> np.ndarray:
        """ids (N, L) to the hidden state after each of them, (N, L, H)."""
        y, self.state = self.rnn(self.embed(ids), state)
        return y

    def backward(self, dscores: np.ndarray) -> None:
        """Add into every gradient; the state that came in gets none (truncated backpropagation)."""
        dx, _ = self.rnn.backward(self.read.backward(dscores))
        self.embed.backward(dx)


def trained_character_rnn(name: str = "07.characters") -> tuple[CharacterRNN, Vocabulary]:
    """A character model of `lessonlib make` with its symbols, in evaluation mode.

    Raises KeyError for a name that is not stored
    Made by lessonlib/lessons/l07/recipes/characters.py. Taught in notebooks/07_recurrent_networks

    >>> model, letters = trained_character_rnn()
    >>> len(letters), model.rnn.hidden_size
    (103, 128)
    """
    stored = trained(name)
    start = "weight "
    state = {key[len(start) :]: stored[key] for key in stored.arrays if key.startswith(start)}
    (symbols, width), hidden = state["embed.weight"].shape, state["read.weight"].shape[1]
    model = CharacterRNN(symbols, width, hidden)
    model.load_state_dict(state)
    return model.eval(), Vocabulary(stored["symbols"].tolist())
