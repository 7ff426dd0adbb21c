"""What the recipes of lesson 10b share: training an attention-only model, and the two tasks."""

from collections.abc import Callable

import numpy as np

from lessonlib import nn, optim
from lessonlib.datasets import recall_pairs, repeated_sequences

Batch = Callable[[np.random.Generator, int], tuple[np.ndarray, np.ndarray]]


def recall_batch(pairs: int) -> Batch:
    """A source of recall sequences; only the answers count (the others are marked -100)."""

    def batch(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
        tokens = recall_pairs(rng, n, pairs)
        wanted = np.full((n, 4 * pairs - 1), -100)
        wanted[:, 2 * pairs :: 2] = tokens[:, 2 * pairs + 1 :: 2]
        return tokens, wanted

    return batch


def repeat_batch(length: int, vocabulary: int) -> Batch:
    """A source of repeated sequences; every next token counts."""

    def batch(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
        tokens, _ = repeated_sequences(rng, n, length, vocabulary)
        return tokens, tokens[:, 1:]

    return batch


def train(
    model: nn.Module,
    batch: Batch,
    rng: np.random.Generator,
    steps: int,
    lr: float,
    look: Callable[[], object],
    every: int = 50,
) -> list:
    """Train with Adam on 64 sequences a step; return the results of `look()`, called regularly."""
    optimizer = optim.Adam(model.parameters(), lr, betas=(0.9, 0.98))
    loss = nn.CrossEntropyLoss()
    seen = []
    for step in range(1, steps + 1):
        tokens, wanted = batch(rng, 64)
        scores = model(tokens[:, :-1])
        loss(scores.reshape(-1, scores.shape[-1]), wanted.ravel())
        optimizer.zero_grad()
        model.backward(loss.backward().reshape(scores.shape))
        optim.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if step % every == 0:
            model.eval()
            seen.append(look())
            model.train()
    return seen


def answered(model: nn.Module, batch: Batch, rng: np.random.Generator) -> float:
    """Share of right answers on 512 fresh sequences."""
    tokens, wanted = batch(rng, 512)
    right = model(tokens[:, :-1]).argmax(axis=-1) == wanted
    return float(right[wanted != -100].mean())
