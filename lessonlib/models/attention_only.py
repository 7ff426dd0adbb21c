"""The model behind the explorer of lesson 10b: a transformer of attention layers alone."""

from typing import Any

import numpy as np

from lessonlib import nn

VOCABULARY = " abcdefghijklmnopqrstuvwxyz"  # of the explorer's model, token by token
LENGTH = 24  # the longest text that it reads


class AttentionLayer(nn.Module):
    """Add to each position what its heads read.   y = x + attention(norm(x))

    Each position sees itself and those before it. `weights` keeps the heads' weights of the latest
    pass (N, heads, L, L). residual=False leaves out the x in front, to see what is lost.
    Taught in notebooks/10b_inside_a_transformer

    >>> AttentionLayer(8, 2, np.random.default_rng(0))(np.ones((1, 3, 8), np.float32)).shape
    (1, 3, 8)
    """

    def __init__(
        self,
        d: int,
        heads: int,
        rng: np.random.Generator,
        dtype: Any = np.float32,
        residual: bool = True,
    ) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(d, dtype=dtype)
        self.attention = nn.MultiheadAttention(d, heads, bias=False, rng=rng, dtype=dtype)
        self.weights: np.ndarray | None = None
        self.residual = residual

    def forward(self, x: np.ndarray) -> np.ndarray:
        """x (N, L, d) to y (N, L, d)."""
        z = self.norm(x)
        y, self.weights = self.attention(z, z, z, is_causal=True, average_attn_weights=False)
        return x + y if self.residual else y

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """dy (N, L, d) to dx: the straight path, and the path through the heads."""
        dquery, dkey, dvalue = self.attention.backward(dy)
        dx = self.norm.backward(dquery + dkey + dvalue)
        return dx + dy if self.residual else dx


class AttentionOnly(nn.Module):
    """A language model of attention layers: embeddings, layers, norm, one score for each token.

    vocabulary, length : tokens 0 .. vocabulary - 1, at most `length` of them
    d, layers, heads   : features, attention layers, heads in each
    positions=False leaves out the position embeddings, residual=False the straight path
    Source: Elhage et al. 2021, "Two-layer attention-only transformers".
    Taught in notebooks/10b_inside_a_transformer

    >>> AttentionOnly(5, 8, 8, 2, 2, np.random.default_rng(0))(np.array([[1, 2, 3]])).shape
    (1, 3, 5)
    """

    def __init__(
        self,
        vocabulary: int,
        length: int,
        d: int,
        layers: int,
        heads: int,
        rng: np.random.Generator,
        dtype: Any = np.float32,
        positions: bool = True,
        residual: bool = True,
    ) -> None:
        super().__init__()
        options: dict[str, Any] = {"rng": rng, "dtype": dtype}
        self.token = nn.Embedding(vocabulary, d, **options)
        self.position = nn.Embedding(length, d, **options)
        # Half of the usual spread: the heads then learn to look up in half as many steps.
        self.token.weight.data *= 0.5
        self.position.weight.data *= 0.5 if positions else 0.0
        self.layers = nn.ModuleList(
            [AttentionLayer(d, heads, rng, dtype, residual) for _ in range(layers)]
        )
        self.norm = nn.LayerNorm(d, dtype=dtype)
        self.output = nn.Linear(d, vocabulary, **options)
        self.positions = positions

    def forward(self, tokens: np.ndarray) -> np.ndarray:
        """tokens (N, L) to scores (N, L, vocabulary) for what comes next at every position."""
        return self.output(self.norm(self.streams(tokens)[-1]))

    def streams(self, tokens: np.ndarray) -> list[np.ndarray]:
        """The vectors of all positions before the first layer and after each, (N, L, d) each."""
        places = np.arange(tokens.shape[1])
        x = self.token(tokens) + (self.position(places) if self.positions else 0)
        streams = [x]
        for layer in self.layers:
            streams.append(layer(streams[-1]))
        return streams

    def backward(self, dy: np.ndarray) -> None:
        """From d loss / d scores into the gradients of all parameters."""
        dx = self.norm.backward(self.output.backward(dy))
        for layer in reversed(list(self.layers)):
            dx = layer.backward(dx)
        self.token.backward(dx)
        if self.positions:
            self.position.backward(dx.sum(axis=0))  # one vector served all sequences
