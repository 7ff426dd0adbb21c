"""A small GPT twice: of lessonlib's layers, and of torch's. Keys of the state_dict are the same."""

from typing import Any

import numpy as np
import torch

from lessonlib import nn


class OurGPT(nn.Module):
    """Token and position vectors, two causal blocks, scores (N L, vocabulary)."""

    def __init__(self, vocabulary: int, length: int, width: int) -> None:
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, width)
        self.positions = nn.Embedding(length, width)
        options = {"dropout": 0.0, "activation": "gelu", "norm_first": True, "batch_first": True}
        for name in ("block1", "block2"):
            setattr(self, name, nn.TransformerEncoderLayer(width, 4, 4 * width, **options))
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, vocabulary)

    def forward(self, indices: np.ndarray) -> np.ndarray:
        """Indices (N, L) to scores (N L, V)."""
        x = self.tokens(indices) + self.positions(np.arange(indices.shape[1]))  # (N, L, D)
        for block in (self.block1, self.block2):
            x = block(x, is_causal=True)
        scores = self.head(self.norm(x))  # (N, L, V)
        return scores.reshape(-1, scores.shape[-1])

    def backward(self, dscores: np.ndarray) -> None:
        """dscores (N L, V); fills the gradients of all parameters."""
        length = self.positions.weight.data.shape[0]
        dx = self.norm.backward(self.head.backward(dscores.reshape(-1, length, dscores.shape[-1])))
        for block in (self.block2, self.block1):
            dx = block.backward(dx)
        self.positions.backward(dx.sum(axis=0))
        self.tokens.backward(dx)


class TorchGPT(torch.nn.Module):
    """The same in torch."""

    def __init__(self, vocabulary: int, length: int, width: int) -> None:
        super().__init__()
        self.tokens = torch.nn.Embedding(vocabulary, width)
        self.positions = torch.nn.Embedding(length, width)
        options = {"dropout": 0.0, "activation": "gelu", "norm_first": True, "batch_first": True}
        for name in ("block1", "block2"):
            setattr(self, name, torch.nn.TransformerEncoderLayer(width, 4, 4 * width, **options))
        self.norm, self.head = torch.nn.LayerNorm(width), torch.nn.Linear(width, vocabulary)
        self.mask = torch.nn.Transformer.generate_square_subsequent_mask(length)

    def forward(self, indices: Any) -> Any:
        """Indices (N, L) to scores (N L, V)."""
        x = self.tokens(indices) + self.positions(torch.arange(indices.shape[1]))
        for block in (self.block1, self.block2):
            x = block(x, src_mask=self.mask, is_causal=True)
        return self.head(self.norm(x)).flatten(0, 1)
