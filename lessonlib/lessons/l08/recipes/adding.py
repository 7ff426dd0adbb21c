"""The adding problem, 50 steps: RNN, LSTM and GRU with 32 hidden units; one LSTM is kept.

Adam (0.01, RNN 0.003), 64 fresh streams a step, gradient norm clipped to 1, forget bias 1. A run
ends when the running mean of its loss is below 0.005, or after 1,200 steps.
"""

import time

import numpy as np

from lessonlib import nn, optim
from lessonlib.datasets import adding

SEEDS = (0, 1, 2, 3, 4)
KINDS = {"RNN": 0.003, "LSTM": 0.01, "GRU": 0.01}  # learning rates
HIDDEN, BATCH, STEPS, SOLVED = 32, 64, 1200, 0.005


class Reader(nn.Module):
    """A recurrent network that answers with one number after the last step."""

    def __init__(self, kind: str, hidden: int, rng: np.random.Generator) -> None:
        super().__init__()
        self.rnn = getattr(nn, kind)(2, hidden, rng=rng)
        self.head = nn.Linear(hidden, 1, rng=rng)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Streams (N, L, 2) to answers (N,)."""
        states, _ = self.rnn(x)
        self._push(states.shape)
        return self.head(states[:, -1])[:, 0]

    def backward(self, dy: np.ndarray) -> None:
        """Gradients of all weights from that of the answers (N,)."""
        dstates = np.zeros(self._pop(), np.float32)
        dstates[:, -1] = self.head.backward(dy[:, None])
        self.rnn.backward(dstates)


def set_forget_bias(lstm: nn.LSTM, value: float) -> None:
    """Let both biases of the forget gate sum to value."""
    rows = slice(lstm.hidden_size, 2 * lstm.hidden_size)
    lstm.bias_ih_l0.data[rows], lstm.bias_hh_l0.data[rows] = value, 0.0


def train(
    model: Reader, length: int, rate: float, steps: int, rng: np.random.Generator
) -> np.ndarray:
    """The loss of each step until the problem is solved or the steps are used up."""
    loss, descent = nn.MSELoss(), optim.Adam(model.parameters(), lr=rate)
    losses, running = [], 0.2
    while len(losses) < steps and running >= SOLVED:
        X, y = adding(BATCH, length, rng)
        losses.append(float(loss(model(X), y)))
        descent.zero_grad()
        model.backward(loss.backward())
        optim.clip_grad_norm_(model.parameters(), 1.0)
        descent.step()
        running = 0.95 * running + 0.05 * losses[-1]
    return np.array(losses)


def error(model: Reader, length: int) -> float:
    """Mean squared error on 1,000 streams that no training saw."""
    model.eval()
    X, y = adding(1000, length, np.random.default_rng(10_000))
    return float(np.mean((model(X) - y) ** 2))


def make(seeds: tuple[int, ...] = SEEDS, steps: int = STEPS) -> dict[str, np.ndarray]:
    """Steps, error and CPU-seconds (kinds, seeds), losses padded with NaN, the first LSTM."""
    shape = (len(KINDS), len(seeds))
    used, errors, seconds = np.zeros(shape, int), np.zeros(shape), np.zeros(shape)
    losses = np.full((*shape, steps), np.nan, np.float16)
    kept: dict[str, np.ndarray] = {}
    for k, (kind, rate) in enumerate(KINDS.items()):
        for s, seed in enumerate(seeds):
            rng = np.random.default_rng(seed)
            model = Reader(kind, HIDDEN, rng)
            if kind == "LSTM":
                set_forget_bias(model.rnn, 1.0)
            start = time.process_time()
            curve = train(model, 50, rate, steps, rng)
            seconds[k, s] = time.process_time() - start
            used[k, s], errors[k, s] = len(curve), error(model, 50)
            losses[k, s, : len(curve)] = curve
            if kind == "LSTM" and not kept:
                kept = {f"lstm.{name}": value for name, value in model.state_dict().items()}
    found = {"kinds": np.array(list(KINDS)), "steps": used, "error": errors, "seconds": seconds}
    return found | {"losses": losses} | kept
