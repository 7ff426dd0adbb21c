"""Three tents, a line of eight pieces, learned by deep and by wide ReLU networks."""

from itertools import pairwise

import numpy as np

from lessonlib import nn, optim

SEEDS = tuple(range(10))
WIDTHS = ((2, 2, 2), (8,), (8, 8, 8), (50,))
STEPS, LR = 1500, 0.01


def make(seeds: tuple[int, ...] = SEEDS, steps: int = STEPS) -> dict[str, np.ndarray]:
    """`rmse` (networks, seeds) on the 257 points of the training; `names`, such as 1-8-1.

    `centred` (networks, seeds): the same where the networks see the interval from -1 to 1.
    """
    x = np.linspace(0, 1, 257)[:, None]
    y = x
    for _ in range(3):
        y = 2 * np.maximum(0, y) - 4 * np.maximum(0, y - 0.5)
    names = ["-".join(map(str, (1, *widths, 1))) for widths in WIDTHS]
    rmse, centred = (_trained(seen, y, seeds, steps) for seen in (x, 2 * x - 1))
    return {"names": np.array(names), "rmse": rmse, "centred": centred}


def _trained(x: np.ndarray, y: np.ndarray, seeds: tuple[int, ...], steps: int) -> np.ndarray:
    """The rmse of each network from each start, after its training."""
    rmse = np.zeros((len(WIDTHS), len(seeds)))
    for k, widths in enumerate(WIDTHS):
        for s, seed in enumerate(seeds):
            rng = np.random.default_rng(seed)
            layers: list[nn.Module] = []
            for i, o in pairwise((1, *widths)):
                layers += [nn.Linear(i, o, rng=rng, dtype=np.float64), nn.ReLU()]
            model = nn.Sequential(*layers, nn.Linear(widths[-1], 1, rng=rng, dtype=np.float64))
            loss, optimizer = nn.MSELoss(), optim.Adam(model.parameters(), lr=LR)
            for _ in range(steps):
                loss(model(x), y)
                optimizer.zero_grad()
                model.backward(loss.backward())
                optimizer.step()
            rmse[k, s] = np.sqrt(np.mean((model.eval()(x) - y) ** 2))
    return rmse
