"""Twenty steps of four of PyTorch's optimizers on a small logistic regression.

40 rows of 6 inputs; PyTorch computes its own gradients. Loading torch.optim costs a page several
CPU-seconds, so the weights are stored, and a test makes them again.
"""

from typing import Any

import numpy as np

SEEDS = (0,)
STEPS = 20
LR = 0.05
# name: class in torch.optim, its settings
OPTIMIZERS: dict[str, tuple[str, dict[str, Any]]] = {
    "momentum": ("SGD", {"momentum": 0.9}),
    "Adam": ("Adam", {}),
    "AdamW": ("AdamW", {"weight_decay": 0.3}),
    "RMSProp": ("RMSprop", {}),
}


def make(seeds: tuple[int, ...] = SEEDS, steps: int = STEPS) -> dict[str, np.ndarray]:
    """Arrays inputs (40, 6), wanted (40,), begin (6,), and the weights of each optimizer (6,)."""
    import torch

    rng = np.random.default_rng(seeds[0])
    inputs = rng.normal(size=(40, 6))
    wanted = (inputs @ rng.normal(size=6) + rng.normal(size=40) > 0).astype(float)
    begin = 0.1 * rng.normal(size=6)
    made = {"inputs": inputs, "wanted": wanted, "begin": begin}
    X, y = torch.from_numpy(inputs), torch.from_numpy(wanted)
    for name, (kind, settings) in OPTIMIZERS.items():
        w = torch.nn.Parameter(torch.from_numpy(begin.copy()))
        optimizer = getattr(torch.optim, kind)([w], lr=LR, **settings)
        for _ in range(steps):
            optimizer.zero_grad()
            torch.nn.functional.binary_cross_entropy_with_logits(X @ w, y).backward()
            optimizer.step()
        made[name] = w.detach().numpy().copy()
    return made
