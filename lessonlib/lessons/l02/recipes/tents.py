"""Three tents, a line of eight pieces, learned by deep and by wide ReLU networks; and one tent."""

from itertools import pairwise

import numpy as np

from lessonlib import nn, optim

SEEDS = tuple(range(10))
WIDTHS = ((2, 2, 2), (8,), (8, 8, 8), (50,))
STEPS, LR, SLOW = 1500, 0.01, 0.003


def make(seeds: tuple[int, ...] = SEEDS, steps: int = STEPS) -> dict[str, np.ndarray]:
    """`rmse` (networks, seeds) on the 257 points of the training; `names`, such as 1-8-1.

    `centred` (networks, seeds): the same where the networks see the interval from -1 to 1.
    `one` and `one_centred` (1, seeds): one tent, learned by 1-2-1. With the small learning rate and
    the centred input, `slow` (networks, seeds). For 1-8-8-8-1 from there `switches` (seeds,): how
    often the hidden unit of the last layer that switches most does so.
    """
    x = np.linspace(0, 1, 257)[:, None]
    centred = 2 * x - 1
    one = _tent(x)
    three = _tent(_tent(one))
    names = ["-".join(map(str, (1, *widths, 1))) for widths in WIDTHS]
    slow = [_trained(centred, three, widths, seeds, steps, SLOW) for widths in WIDTHS]
    return {
        "names": np.array(names),
        "rmse": np.array([_trained(x, three, w, seeds, steps)[0] for w in WIDTHS]),
        "centred": np.array([_trained(centred, three, w, seeds, steps)[0] for w in WIDTHS]),
        "one": _trained(x, one, (2,), seeds, steps)[0],
        "one_centred": _trained(centred, one, (2,), seeds, steps)[0],
        "slow": np.array([rmse for rmse, _ in slow]),
        "switches": slow[2][1],
    }


def _tent(y: np.ndarray) -> np.ndarray:
    """Up to 1 in the middle of the interval from 0 to 1, and down again."""
    return 2 * np.maximum(0, y) - 4 * np.maximum(0, y - 0.5)


def _trained(
    x: np.ndarray,
    y: np.ndarray,
    widths: tuple[int, ...],
    seeds: tuple[int, ...],
    steps: int,
    lr: float = LR,
) -> tuple[np.ndarray, np.ndarray]:
    """From each start, trained: rmse, switches of the last hidden layer's busiest unit."""
    ends = []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        layers: list[nn.Module] = []
        for i, o in pairwise((1, *widths)):
            layers += [nn.Linear(i, o, rng=rng, dtype=np.float64), nn.ReLU()]
        model = nn.Sequential(*layers, nn.Linear(widths[-1], 1, rng=rng, dtype=np.float64))
        loss, optimizer = nn.MSELoss(), optim.Adam(model.parameters(), lr=lr)
        for _ in range(steps):
            loss(model(x), y)
            optimizer.zero_grad()
            model.backward(loss.backward())
            optimizer.step()
        model.eval()
        on = model[:-1](x) > 0
        switches = np.count_nonzero(on[1:] != on[:-1], axis=0).max()
        ends.append((np.sqrt(np.mean((model(x) - y) ** 2)), switches))
    rmse, switches = zip(*ends, strict=True)
    return np.array(rmse), np.array(switches)
