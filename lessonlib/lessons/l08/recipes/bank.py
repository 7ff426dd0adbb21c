"""A next-word LSTM on sentences with "bank": does it hold a sense that nobody told it?

Twice the same training: a word of the same sense comes again two words after the bank ("again"), or
not ("never"). LSTM 48 on 24 numbers a word, 1,000 steps of 64 sentences, Adam at 0.005, clipping.
"""

import numpy as np

from lessonlib import nn, optim
from lessonlib.datasets import BANK_WORDS, bank
from lessonlib.datasets.language import MONEY, RIVER

SEEDS = (0, 1, 2, 3, 4)
KINDS = ("again", "never")
STEPS, PAD = 1000, 0
TELLING = np.array([[BANK_WORDS.index(word) for word in words] for words in (MONEY, RIVER)])


class Words(nn.Module):
    """Scores for the next word after each word."""

    def __init__(self, rng: np.random.Generator) -> None:
        super().__init__()
        self.embed = nn.Embedding(len(BANK_WORDS), 24, rng=rng)
        self.rnn = nn.LSTM(24, 48, rng=rng)
        self.head = nn.Linear(48, len(BANK_WORDS), rng=rng)

    def forward(self, ids: np.ndarray) -> np.ndarray:
        """Sentences (N, L) to scores (N, L, V)."""
        return self.head(self.states(ids))

    def states(self, ids: np.ndarray) -> np.ndarray:
        """Hidden states (N, L, 48)."""
        return self.rnn(self.embed(ids))[0]

    def backward(self, dy: np.ndarray) -> None:
        """Gradients of all weights."""
        self.embed.backward(self.rnn.backward(self.head.backward(dy))[0])


def sentences(
    n: int, kind: str, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Words (n, 18), the place of "bank" (n,), its sense (n,); the telling word comes before."""
    words, place, sense, _ = bank(rng, n, "before", distance=(1, 4))
    if kind == "again":
        words[np.arange(n), place + 2] = TELLING[sense, rng.integers(TELLING.shape[1], size=n)]
    return words, place, sense


def train(model: Words, words: np.ndarray, steps: int, rng: np.random.Generator) -> None:
    """Next word, next word, next word; the sense is not in the loss."""
    loss = nn.CrossEntropyLoss(ignore_index=PAD)
    descent = optim.Adam(model.parameters(), lr=0.005)
    for _ in range(steps):
        batch = words[rng.integers(0, len(words), 64)]
        scores = model(batch[:, :-1])
        loss(scores.reshape(-1, scores.shape[-1]), batch[:, 1:].ravel())
        descent.zero_grad()
        model.backward(loss.backward().reshape(scores.shape))
        optim.clip_grad_norm_(model.parameters(), 1.0)
        descent.step()


def probe(states: np.ndarray, sense: np.ndarray, labelled: int = 500) -> float:
    """Accuracy of a linear reader: least squares on the first rows, tested on the others."""
    inputs = np.column_stack([states, np.ones(len(states))]).astype(float)
    seen, aim = inputs[:labelled], 2 * sense[:labelled] - 1
    weight = np.linalg.solve(seen.T @ seen + 0.01 * np.eye(seen.shape[1]), seen.T @ aim)
    return float(np.mean((inputs[labelled:] @ weight > 0) == sense[labelled:]))


def make(seeds: tuple[int, ...] = SEEDS, steps: int = STEPS) -> dict[str, np.ndarray]:
    """Probe accuracy (kinds, seeds), the same untrained, and the first network of each kind."""
    trained, untrained = np.zeros((2, len(KINDS), len(seeds)))
    kept = {}
    for k, kind in enumerate(KINDS):
        for s, seed in enumerate(seeds):
            rng = np.random.default_rng(seed)
            words, _, _ = sentences(3000, kind, rng)
            test, place, sense = sentences(2000, kind, rng)
            model, each = Words(rng), np.arange(len(test))
            untrained[k, s] = probe(model.eval().states(test)[each, place], sense)
            train(model.train(), words, steps, rng)
            trained[k, s] = probe(model.eval().states(test)[each, place], sense)
            if s == 0:
                kept |= {f"{kind}.{name}": value for name, value in model.state_dict().items()}
    return {"kinds": np.array(KINDS), "probe": trained, "untrained": untrained} | kept
