"""Recall: eight pairs with two layers, one layer and an LSTM of equal size; four pairs ablated."""

import numpy as np

from lessonlib import nn
from lessonlib.lessons.l10b.recipes.shared import answered, recall_batch, train
from lessonlib.models.attention_only import AttentionOnly

SEEDS = (0, 1, 2)
MODELS = ("two layers", "one layer", "LSTM")
ABLATED = ("whole", "no positions", "no residual")


class Recurrent(nn.Module):
    """Embedding, LSTM, one score for each token."""

    def __init__(self, rng: np.random.Generator) -> None:
        super().__init__()
        self.token = nn.Embedding(32, 48, rng=rng)
        self.lstm = nn.LSTM(48, 74, rng=rng)
        self.output = nn.Linear(74, 32, rng=rng)

    def forward(self, tokens: np.ndarray) -> np.ndarray:
        """tokens (N, L) to scores (N, L, 32)."""
        return self.output(self.lstm(self.token(tokens))[0])

    def backward(self, dy: np.ndarray) -> None:
        """From d loss / d scores into the gradients of all parameters."""
        self.token.backward(self.lstm.backward(self.output.backward(dy))[0])


def build(name: str, rng: np.random.Generator) -> tuple[nn.Module, float]:
    """A model for eight pairs with about 40,000 parameters, and its learning rate."""
    if name == "LSTM":
        return Recurrent(rng), 0.01
    layers, d = (2, 64) if name == "two layers" else (1, 88)
    return AttentionOnly(32, 32, d, layers, 4, rng), 0.003


def curve(model: nn.Module, pairs: int, rng: np.random.Generator, steps: int, lr: float) -> list:
    """Accuracy on fresh sequences every 50 steps."""
    batch = recall_batch(pairs)
    return train(model, batch, rng, steps, lr, lambda: answered(model, batch, rng))


def make(seeds: tuple[int, ...] = SEEDS, steps: int = 600) -> dict[str, np.ndarray]:
    """accuracy (seeds, models, looks), parameters (models,), ablated (seeds, variants, looks)."""
    accuracy, ablated = [], []
    sizes: list[int] = []
    for seed in seeds:
        row, sizes = [], []
        for name in MODELS:
            rng = np.random.default_rng(seed)
            model, lr = build(name, rng)
            row.append(curve(model, 8, rng, steps, lr))
            sizes.append(sum(p.data.size for p in model.parameters()))
        accuracy.append(row)
        row = []
        for name in ABLATED:
            rng = np.random.default_rng(seed)
            options = {"positions": name != "no positions", "residual": name != "no residual"}
            model = AttentionOnly(32, 16, 64, 2, 4, rng, **options)
            row.append(curve(model, 4, rng, min(steps, 400), 0.003))
        ablated.append(row)
    return {
        "models": np.array(MODELS),
        "accuracy": np.array(accuracy),
        "parameters": np.array(sizes),
        "variants": np.array(ABLATED),
        "ablated": np.array(ablated),
        "step": np.arange(50, steps + 1, 50),
    }
