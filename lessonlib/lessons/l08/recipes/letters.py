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
from lessonlib.models import CharacterRNN
from lessonlib.text import NGram, Vocabulary
from lessonlib.training.steps import random_windows, train_steps

SEEDS = (0, 1, 2)
NETWORKS = {
    "RNN 128": ("RNN", 128),
    "LSTM 128": ("LSTM", 128),
    "GRU 128": ("GRU", 128),
    "RNN 249": ("RNN", 249),
    "GRU 148": ("GRU", 148),
}
STEPS, BATCH, LENGTH, EMBEDDED, LR = 400, 32, 64, 32, 0.003


def network(kind: str, hidden: int, size: int, rng: np.random.Generator) -> CharacterRNN:
    """A fresh character model; an LSTM has forget bias 1."""
    model = CharacterRNN(size, EMBEDDED, hidden, kind, rng=rng)
    if isinstance(model.rnn, nn.LSTM):
        set_forget_bias(model.rnn, 1.0)
    return model


def train(model: CharacterRNN, ids: np.ndarray, steps: int, rng: np.random.Generator) -> None:
    """Train a model to name the next character."""
    loss, optimizer = nn.CrossEntropyLoss(), optim.Adam(model.parameters(), lr=LR)
    batches = random_windows(ids, LENGTH, BATCH, steps, rng)
    list(train_steps(model, loss, optimizer, batches, max_grad_norm=1.0))


def bits(model: CharacterRNN, ids: np.ndarray) -> float:
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
    optimizer, spent = torch.optim.Adam(weights, LR), []
    text = torch.zeros(BATCH, LENGTH).long()
    for _ in range(steps):
        start = time.process_time()
        optimizer.zero_grad()
        cross_entropy(head(rnn(embed(text))[0]).reshape(-1, size), text.ravel()).backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
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
            model = network(kind, hidden, len(letters), rng)
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
