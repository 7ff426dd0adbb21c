"""Character models of the embedded prose: RNN, LSTM and GRU at equal steps and equal parameters.

Embedding 32, batches of 32 windows of 64 characters, Adam at 0.003, gradient norm clipped to 1,
forget bias 1. Widths: 128 each, then as many units as come nearest to the LSTM's parameters.
Seconds of CPU a step: ours, and torch's for the same sizes (torch is used for nothing else).
"""

import time

import numpy as np

from lessonlib import nn, optim
from lessonlib.datasets import prose
from lessonlib.lessons.l08.recipes.adding import set_forget_bias
from lessonlib.text import NGram, Vocabulary

SEEDS = (0, 1, 2)
NETWORKS = {
    "RNN 128": ("RNN", 128),
    "LSTM 128": ("LSTM", 128),
    "GRU 128": ("GRU", 128),
    "RNN 249": ("RNN", 249),
    "GRU 148": ("GRU", 148),
}
STEPS, BATCH, LENGTH, EMBEDDED, RATE = 400, 32, 64, 32, 0.003


class Letters(nn.Module):
    """Scores for the next character after each character of a text."""

    def __init__(self, kind: str, hidden: int, size: int, rng: np.random.Generator) -> None:
        super().__init__()
        self.embed = nn.Embedding(size, EMBEDDED, rng=rng)
        self.rnn = getattr(nn, kind)(EMBEDDED, hidden, rng=rng)
        self.head = nn.Linear(hidden, size, rng=rng)
        if kind == "LSTM":
            set_forget_bias(self.rnn, 1.0)

    def forward(self, ids: np.ndarray) -> np.ndarray:
        """Characters (N, L) to scores (N, L, V)."""
        return self.head(self.rnn(self.embed(ids))[0])

    def backward(self, dy: np.ndarray) -> None:
        """Gradients of all weights."""
        self.embed.backward(self.rnn.backward(self.head.backward(dy))[0])


def windows(ids: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Random windows (BATCH, LENGTH + 1) of a text."""
    starts = rng.integers(0, len(ids) - LENGTH, BATCH)
    return ids[starts[:, None] + np.arange(LENGTH + 1)]


def train(model: Letters, ids: np.ndarray, steps: int, rng: np.random.Generator) -> None:
    """Train a model to name the next character."""
    loss, descent = nn.CrossEntropyLoss(), optim.Adam(model.parameters(), lr=RATE)
    for _ in range(steps):
        text = windows(ids, rng)
        scores = model(text[:, :-1])
        loss(scores.reshape(-1, scores.shape[-1]), text[:, 1:].ravel())
        descent.zero_grad()
        model.backward(loss.backward().reshape(scores.shape))
        optim.clip_grad_norm_(model.parameters(), 1.0)
        descent.step()


def bits(model: Letters, ids: np.ndarray) -> float:
    """Mean bits per character of 100 windows of 200; the first 64 of each only warm up."""
    model.eval()
    text = ids[np.linspace(0, len(ids) - 201, 100).astype(int)[:, None] + np.arange(201)]
    scores = model(text[:, :-1])[:, 64:].astype(float)
    scores -= np.logaddexp.reduce(scores, axis=-1, keepdims=True)
    picked = np.take_along_axis(scores, text[:, 65:, None], axis=-1)
    return float(-picked.mean() / np.log(2))


def torch_seconds(kind: str, hidden: int, size: int, steps: int = 30) -> float:
    """CPU-seconds of one training step of the same network in torch, the median of some."""
    import torch
    from torch.nn.functional import cross_entropy

    torch.set_num_threads(1)
    embed, head = torch.nn.Embedding(size, EMBEDDED), torch.nn.Linear(hidden, size)
    rnn = getattr(torch.nn, kind)(EMBEDDED, hidden, batch_first=True)
    weights = [*embed.parameters(), *rnn.parameters(), *head.parameters()]
    adam, text, spent = torch.optim.Adam(weights, RATE), torch.zeros(BATCH, LENGTH).long(), []
    for _ in range(steps):
        start = time.process_time()
        adam.zero_grad()
        cross_entropy(head(rnn(embed(text))[0]).reshape(-1, size), text.ravel()).backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        adam.step()
        spent.append(time.process_time() - start)
    return float(np.median(spent))


def make(seeds: tuple[int, ...] = SEEDS, steps: int = STEPS) -> dict[str, np.ndarray]:
    """Bits (networks, seeds) on the validation part; parameters, seconds a step; the tables."""
    letters = Vocabulary(prose())
    ids, held_out = letters.encode(prose("train")), letters.encode(prose("validation"))
    found, seconds = np.zeros((2, len(NETWORKS), len(seeds)))
    parameters, twin = [], []
    for k, (kind, hidden) in enumerate(NETWORKS.values()):
        for s, seed in enumerate(seeds):
            rng = np.random.default_rng(seed)
            model = Letters(kind, hidden, len(letters), rng)
            start = time.process_time()
            train(model, ids, steps, rng)
            seconds[k, s] = (time.process_time() - start) / steps
            found[k, s] = bits(model, held_out)
        parameters.append(sum(p.data.size for p in model.parameters()))
        twin.append(torch_seconds(kind, hidden, len(letters)))
    counted = [NGram(n, len(letters), "witten-bell").fit(ids).bits(held_out) for n in range(6)]
    return {
        "networks": np.array(list(NETWORKS)),
        "bits": found,
        "parameters": np.array(parameters),
        "seconds": seconds,
        "torch_seconds": np.array(twin),
        "tables": np.array(counted),
    }
