"""Two spirals with three full turns each, learned by one and by two hidden layers of tanh units."""

from itertools import pairwise

import numpy as np

from lessonlib import nn, optim

SEEDS = tuple(range(10))
SIZES = ((2, 32, 32, 1), (2, 296, 1), (2, 32, 1))  # the first two have 1,185 numbers
TURNS, STEPS, LR = 3, 1000, 0.01


def make(seeds: tuple[int, ...] = SEEDS, steps: int = STEPS) -> dict[str, np.ndarray]:
    """`right` (networks, seeds): the share of 1,000 new points; `names`, such as 2-32-1.

    Each network sees 400 points in every step, and starts from the same generator as its points.
    """
    right = np.zeros((len(SIZES), len(seeds)))
    for s, seed in enumerate(seeds):
        for k, sizes in enumerate(SIZES):
            rng = np.random.default_rng(seed)
            (X, arm), (new_X, new_arm) = spirals(400, rng), spirals(1000, rng)
            layers: list[nn.Module] = []
            for i, o in pairwise(sizes[:-1]):
                layers += [nn.Linear(i, o, rng=rng), nn.Tanh()]
            model = nn.Sequential(*layers, nn.Linear(sizes[-2], 1, rng=rng))
            loss, optimizer = nn.BCEWithLogitsLoss(), optim.Adam(model.parameters(), lr=LR)
            for _ in range(steps):
                loss(model(X), arm)
                optimizer.zero_grad()
                model.backward(loss.backward())
                optimizer.step()
            right[k, s] = np.mean((model.eval()(new_X) > 0) == (new_arm > 0))
    return {"names": np.array(["-".join(map(str, sizes)) for sizes in SIZES]), "right": right}


def spirals(n: int, r: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The page's spirals with more turns: X (n, 2), arm (n, 1) of 0 and 1, both float32."""
    arm = r.integers(0, 2, n)
    t = np.sqrt(r.uniform(0.02, 1, n))
    angle = 2 * np.pi * TURNS * t + np.pi * arm
    X = 3 * np.c_[t * np.cos(angle), t * np.sin(angle)]
    X += r.normal(size=(n, 2)) * 0.05
    return X.astype(np.float32), arm[:, None].astype(np.float32)
