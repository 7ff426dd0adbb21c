"""The reader of sentences of lesson 09, for its explorer and its stored results."""

import math

import numpy as np

from lessonlib import functional as F
from lessonlib import nn
from lessonlib.datasets.pronouns import SENTENCE_LENGTH, SENTENCE_WORDS


class WordReader(nn.Module):
    """For every word of a sentence: the word before it, and the word it belongs to.

    word + place -> one layer of self-attention, added to its input -> two words
    Taught in notebooks/09_attention

    >>> reader = WordReader(heads=2, rng=np.random.default_rng(0))
    >>> reader(np.ones((3, 5), int)).shape
    (3, 5, 2, 31)
    """

    def __init__(self, heads: int, size: int = 32, *, rng: np.random.Generator) -> None:
        super().__init__()
        self.word = nn.Embedding(len(SENTENCE_WORDS), size, rng=rng)
        self.place = nn.Embedding(SENTENCE_LENGTH, size, rng=rng)
        self.word.weight.data *= 0.5
        self.place.weight.data *= 0.5
        self.attention = nn.MultiheadAttention(size, heads, rng=rng)
        self.out = nn.Linear(size, 2 * len(SENTENCE_WORDS), rng=rng)

    def _embed(self, words: np.ndarray) -> np.ndarray:
        return self.word(words) + self.place(
            np.broadcast_to(np.arange(words.shape[1]), words.shape)
        )

    def forward(self, words: np.ndarray) -> np.ndarray:
        """words (N, L) ids, 0 for padding, to scores (N, L, 2, words)."""
        x = self._embed(words)
        y, _ = self.attention(x, x, x, key_padding_mask=words == 0, need_weights=False)
        return self.out(x + y).reshape(*words.shape, 2, -1)

    def backward(self, dscores: np.ndarray) -> None:
        """dscores (N, L, 2, words); adds into all gradients."""
        dy = self.out.backward(dscores.reshape(*dscores.shape[:2], -1))
        dx = dy + sum(self.attention.backward(dy))  # the input, and three ways through it
        self.place.backward(dx)
        self.word.backward(dx)

    def look(self, words: np.ndarray, temperature: float) -> tuple[np.ndarray, np.ndarray]:
        """The same with all attention scores divided by the temperature; in evaluation mode only.

        words (N, L) without padding, to scores (N, L, 2, words), weights (N, heads, L, L)
        """
        x, layer = self._embed(words), self.attention
        scale = 1 / (math.sqrt(layer.embed_dim // layer.num_heads) * temperature)
        (y, seen), _ = F.multihead_attention(
            x, x, x, layer._projections(), layer.num_heads, scale=scale
        )
        return self.out(x + y).reshape(*words.shape, 2, -1), seen
