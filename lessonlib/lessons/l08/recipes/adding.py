"""The adding problem, 50 steps: RNN, LSTM and GRU with 32 hidden units; one LSTM is kept.

Adam (0.01, RNN 0.003), 64 fresh streams a step, gradient norm clipped to 1, forget bias 1. A run
ends when the running mean of its loss is below 0.005, or after 1,200 steps.
"""

import time
from collections.abc import Iterator

import numpy as np

from lessonlib import nn, optim
from lessonlib.datasets import adding
from lessonlib.models import SequenceReader
from lessonlib.training.steps import train_steps

SEEDS = (0, 1, 2, 3, 4)
KINDS = {"RNN": 0.003, "LSTM": 0.01, "GRU": 0.01}  # learning rates
HIDDEN, BATCH, STEPS, SOLVED = 32, 64, 1200, 0.005


def set_forget_bias(lstm: nn.LSTM, value: float) -> None:
    """Let both biases of the forget gate sum to value."""
    rows = slice(lstm.hidden_size, 2 * lstm.hidden_size)
    lstm.bias_ih_l0.data[rows], lstm.bias_hh_l0.data[rows] = value, 0.0


def network(kind: str, rng: np.random.Generator, hidden: int = HIDDEN) -> SequenceReader:
    """A network that reads pairs of numbers and answers with one; an LSTM has forget bias 1."""
    model = SequenceReader(kind, 2, hidden, 1, rng=rng)
    if isinstance(model.rnn, nn.LSTM):
        set_forget_bias(model.rnn, 1.0)
    return model


def streams(
    length: int, steps: int, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Fresh batches (BATCH, L, 2) with their sums (BATCH, 1)."""
    for _ in range(steps):
        X, y = adding(BATCH, length, rng)
        yield X, y[:, None]


def train(
    model: SequenceReader, length: int, lr: float, steps: int, rng: np.random.Generator
) -> np.ndarray:
    """The loss of each step until the problem is solved or the steps are used up."""
    optimizer, batches = optim.Adam(model.parameters(), lr=lr), streams(length, steps, rng)
    losses, running = [], 0.2
    for loss in train_steps(model, nn.MSELoss(), optimizer, batches, max_grad_norm=1.0):
        losses.append(loss)
        running = 0.95 * running + 0.05 * loss
        if running < SOLVED:
            break
    return np.array(losses)


def error(model: SequenceReader, length: int) -> float:
    """Mean squared error on 1,000 streams that no training saw."""
    model.eval()
    X, y = adding(1000, length, np.random.default_rng(10_000))
    return float(np.mean((model(X)[:, 0] - y) ** 2))


def make(seeds: tuple[int, ...] = SEEDS, steps: int = STEPS) -> dict[str, np.ndarray]:
    """Steps, error and CPU-seconds (kinds, seeds), losses padded with NaN, the first LSTM."""
    shape = (len(KINDS), len(seeds))
    used, errors, seconds = np.zeros(shape, int), np.zeros(shape), np.zeros(shape)
    losses = np.full((*shape, steps), np.nan, np.float16)
    kept: dict[str, np.ndarray] = {}
    for k, (kind, lr) in enumerate(KINDS.items()):
        for s, seed in enumerate(seeds):
            rng = np.random.default_rng(seed)
            model = network(kind, rng)
            start = time.process_time()
            curve = train(model, 50, lr, steps, rng)
            seconds[k, s] = time.process_time() - start
            used[k, s], errors[k, s] = len(curve), error(model, 50)
            losses[k, s, : len(curve)] = curve
            if kind == "LSTM" and not kept:
                kept = {f"lstm.{name}": value for name, value in model.state_dict().items()}
    found = {"kinds": np.array(list(KINDS)), "steps": used, "error": errors, "seconds": seconds}
    return found | {"losses": losses} | kept
