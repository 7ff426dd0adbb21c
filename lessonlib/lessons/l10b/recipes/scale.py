"""Loss against size: the same small GPT at four widths, equal steps, on the embedded prose."""

import numpy as np

from lessonlib import functional as F
from lessonlib import nn, optim
from lessonlib.datasets import prose
from lessonlib.text import Vocabulary

SEEDS = (0, 1)
LEARNING_RATES = {8: 0.02, 16: 0.015, 32: 0.012, 64: 0.01}  # width: lr
LENGTH = 32
BATCH = 16
STEPS = 600


class Small(nn.Module):
    """Token and position embeddings, two blocks, norm, scores."""

    def __init__(self, vocabulary: int, d: int, rng: np.random.Generator) -> None:
        super().__init__()
        self.token = nn.Embedding(vocabulary, d, rng=rng)
        self.position = nn.Embedding(LENGTH, d, rng=rng)
        self.position.weight.data *= 0.02
        self.blocks = nn.ModuleList(
            [
                nn.TransformerEncoderLayer(
                    d, 2 if d < 32 else 4, 4 * d, 0.0, "relu", norm_first=True, rng=rng
                )
                for _ in range(2)
            ]
        )
        self.norm = nn.LayerNorm(d)
        self.output = nn.Linear(d, vocabulary, rng=rng)

    def forward(self, tokens: np.ndarray) -> np.ndarray:
        """tokens (N, L) to scores (N, L, vocabulary)."""
        x = self.token(tokens) + self.position(np.arange(tokens.shape[1]))
        for block in self.blocks:
            x = block(x, is_causal=True)
        return self.output(self.norm(x))

    def backward(self, dy: np.ndarray) -> None:
        """From d loss / d scores into the gradients of all parameters."""
        dx = self.norm.backward(self.output.backward(dy))
        for block in reversed(list(self.blocks)):
            dx = block.backward(dx)
        self.token.backward(dx)
        self.position.backward(dx.sum(axis=0))


def windows(data: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Characters (N, 32) and the next ones."""
    rows = data[at[:, None] + np.arange(LENGTH + 1)]
    return rows[:, :-1], rows[:, 1:]


def run(d: int, lr: float, seed: int, steps: int = STEPS) -> tuple[int, float]:
    """Parameters in the blocks, and bits per character on the validation pages."""
    letters = Vocabulary(prose())
    train, validation = letters.encode(prose("train")), letters.encode(prose("validation"))
    rng = np.random.default_rng(seed)
    model = Small(len(letters), d, rng)
    loss = nn.CrossEntropyLoss()
    optimizer = optim.AdamW(model.parameters(), lr, betas=(0.9, 0.95), weight_decay=0.01)
    for step in range(steps):
        # Warm-up for 30 steps, then a straight line down.
        optimizer.param_groups[0]["lr"] = lr * min(1, (step + 1) / 30) * (1 - 0.95 * step / steps)
        x, y = windows(train, rng.integers(0, len(train) - LENGTH - 1, BATCH))
        scores = model(x)
        loss(scores.reshape(-1, len(letters)), y.ravel())
        optimizer.zero_grad()
        model.backward(loss.backward().reshape(scores.shape))
        optim.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    model.eval()
    x, y = windows(validation, np.linspace(0, len(validation) - LENGTH - 1, 400).astype(int))
    nats = F.cross_entropy(model(x).reshape(-1, len(letters)), y.ravel())[0]
    return sum(p.data.size for p in model.blocks.parameters()), float(nats / np.log(2))


def make(seeds: tuple[int, ...] = SEEDS, steps: int = STEPS) -> dict[str, np.ndarray]:
    """bits (seeds, widths), parameters (widths,), widths."""
    runs = [[run(d, lr, seed, steps) for d, lr in LEARNING_RATES.items()] for seed in seeds]
    return {
        "bits": np.array([[bits for _, bits in row] for row in runs]),
        "parameters": np.array([size for size, _ in runs[0]]),
        "widths": np.array(list(LEARNING_RATES)),
    }
