"""The reader of dates of lesson 09, for its explorer and its stored results.

The lesson writes the attention and the forward pass of the reader on its page; both give the same
answers as these from the same weights.
"""

from typing import Any

import numpy as np

from lessonlib import functional as F
from lessonlib import nn
from lessonlib.datasets.dates import DATE_DIGITS, DATE_LETTERS, TARGET_LENGTH


class AdditiveAttention(nn.Module):
    """Scores by a small network.   score_ts = v . tanh(U query_t + W key_s)

    The weights are the softmax of score / temperature over s; the context is the weighted mean of
    the keys.
    Source: Bahdanau, Cho and Bengio 2015, section 3.1. Taught in notebooks/09_attention

    >>> attention = AdditiveAttention(3, 4, 5, rng=np.random.default_rng(0))
    >>> attention(np.ones((2, 6, 3), np.float32), np.ones((2, 7, 4), np.float32)).shape
    (2, 6, 4)
    """

    def __init__(self, query: int, key: int, units: int, **options: Any) -> None:
        super().__init__()
        self.U = nn.Linear(query, units, bias=False, **options)
        self.W = nn.Linear(key, units, **options)
        self.v = nn.Linear(units, 1, bias=False, **options)
        self.temperature = 1.0
        self.weights: np.ndarray | None = None  # of the last call, to look at

    def forward(
        self, queries: np.ndarray, keys: np.ndarray, seen: np.ndarray | None = None
    ) -> np.ndarray:
        """queries (N, T, Q), keys (N, S, K), seen (N, S) booleans, to contexts (N, T, K)."""
        mixed = np.tanh(self.U(queries)[:, :, None] + self.W(keys)[:, None])  # (N, T, S, units)
        scores = self.v(mixed)[..., 0] / self.temperature
        if seen is not None:
            scores = scores + F.additive_mask(seen, scores.dtype)[:, None]
        self.weights, cache = F.softmax(scores)
        self._push((mixed, keys, self.weights, cache))
        return self.weights @ keys

    def backward(self, dcontext: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """dcontext (N, T, K) to dqueries, dkeys."""
        mixed, keys, weights, cache = self._pop()
        dscores = F.softmax_backward(dcontext @ keys.swapaxes(1, 2), cache) / self.temperature
        dmixed = self.v.backward(dscores[..., None]) * (1 - mixed**2)
        dkeys = weights.swapaxes(1, 2) @ dcontext + self.W.backward(dmixed.sum(axis=1))
        return self.U.backward(dmixed.sum(axis=2)), dkeys


class DateReader(nn.Module):
    """Read a date, write it as year-month-day.   GRU both ways -> attention -> GRU -> characters

    attend : False gives every step the same summary (last states of both directions) as context
    Source: Bahdanau, Cho and Bengio 2015, section 3; the context goes to the output alone, not into
    the decoder's state. Taught in notebooks/09_attention

    >>> reader = DateReader(8, attend=True, rng=np.random.default_rng(0))
    >>> reader(np.ones((2, 18), int), np.zeros((2, 10), int)).shape
    (2, 10, 12)
    """

    def __init__(self, hidden: int, attend: bool, embedded: int = 16, **options: Any) -> None:
        super().__init__()
        H = hidden
        self.letters = nn.Embedding(len(DATE_LETTERS), embedded, **options)
        self.encoder = nn.GRU(embedded, H, bidirectional=True, **options)
        self.first = nn.Linear(2 * H, H, **options)
        self.written = nn.Embedding(len(DATE_DIGITS), embedded, **options)
        self.decoder = nn.GRU(embedded, H, **options)
        self.attention = AdditiveAttention(H, 2 * H, H, **options) if attend else None
        self.out = nn.Linear(3 * H, len(DATE_DIGITS), **options)

    def read(self, source: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """source (N, S) ids to states (N, S, 2H), summary (N, 2H), first state (N, H)."""
        states, last = self.encoder(self.letters(source))
        summary = last.swapaxes(0, 1).reshape(len(source), -1)
        return states, summary, np.tanh(self.first(summary))

    def _context(self, queries: np.ndarray, source: np.ndarray, read: tuple) -> np.ndarray:
        states, summary, _ = read
        if self.attention is not None:
            return self.attention(queries, states, source > 0)
        return np.broadcast_to(summary[:, None], (*queries.shape[:2], summary.shape[1]))

    def forward(self, source: np.ndarray, before: np.ndarray) -> np.ndarray:
        """source (N, S), before (N, T): what was written before each step, to scores (N, T, 12)."""
        read = self.read(source)
        queries, _ = self.decoder(self.written(before), read[2][None])
        context = self._context(queries, source, read)
        self._push((queries.shape[2], read[0].shape, read[2]))
        return self.out(np.concatenate([queries, context], axis=2))

    def backward(self, dscores: np.ndarray) -> None:
        """dscores (N, T, 12); adds into all gradients."""
        H, shape, first = self._pop()
        djoined = self.out.backward(dscores)
        dqueries, dcontext = djoined[..., :H], djoined[..., H:]
        dstates = np.zeros(shape, djoined.dtype)
        if self.attention is not None:
            asked, dstates = self.attention.backward(dcontext)
            dqueries = dqueries + asked
        dwritten, dfirst = self.decoder.backward(dqueries)
        self.written.backward(dwritten)
        dsummary = self.first.backward(dfirst[0] * (1 - first**2))
        if self.attention is None:
            dsummary = dsummary + dcontext.sum(axis=1)
        dlast = dsummary.reshape(len(dsummary), 2, H).swapaxes(0, 1)
        self.letters.backward(self.encoder.backward(dstates, dlast)[0])

    def write(self, source: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """source (N, S) to ids (N, 10), each the best; and weights (N, 10, S), None without."""
        read = self.read(source)
        token, state = np.zeros((len(source), 1), int), read[2][None]
        tokens, weights = [], []
        for _ in range(TARGET_LENGTH):
            query, state = self.decoder(self.written(token), state)
            context = self._context(query, source, read)
            token = self.out(np.concatenate([query, context], axis=2)).argmax(axis=2)
            tokens.append(token)
            if self.attention is not None and self.attention.weights is not None:
                weights.append(self.attention.weights)
        return np.hstack(tokens), np.hstack(weights) if weights else None
