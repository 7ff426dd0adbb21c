"""Random kernels with a shift of 1, given more time and more channels, and their controls.

In `suspects` and `rates` the shift alone gets ten passes and 8 channels. Here it gets sixty passes,
at the rate that was best for it, or 32 channels. So does shift 0, with one seed; its sixty passes
at 0.01 are in `suspects`. Orthogonal kernels with shift 1 are trained once more, since their runs
in `starts` depend on the last digits of the arithmetic. Everything else is as in `suspects`, and
PyTorch does the training.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from lessonlib import nn
from lessonlib.datasets import load
from lessonlib.lessons.l06b.recipes import starts, suspects
from lessonlib.lessons.l06b.recipes.depth import BLOCKS
from lessonlib.models import resnet


@dataclass(frozen=True)
class Longer:
    """One training: its start, and what it is given."""

    shift: float
    lr: float
    passes: int = 10
    channels: int = 8
    orthogonal: bool = False
    seeds: int = 3


RUNS = {
    "shift 1, 60 passes": Longer(1.0, 0.001, passes=60),
    "shift 1, 32 channels": Longer(1.0, 0.001, channels=32),
    "shift 0, 32 channels": Longer(0.0, 0.01, channels=32, seeds=1),
    "orthogonal, shift 1": Longer(1.0, 0.01, orthogonal=True, seeds=8),
    "shift 0, 60 passes, rate 0.003": Longer(0.0, 0.003, passes=60, seeds=1),
}
LAYERS, SEEDS = 56, tuple(range(8))


def started(run: Longer, rng: np.random.Generator, layers: int = LAYERS) -> nn.Sequential:
    """The plain network of a run before its training."""
    if run.orthogonal:
        return starts.started(run.shift, rng)
    net: Any = resnet(layers, run.channels, block=BLOCKS["plain"], rng=rng)
    net[0].needs_dx = False  # the images need no gradient
    for block in list(net)[3:-3]:
        for layer in block.branch:
            if isinstance(layer, nn.BatchNorm2d):
                layer.bias.data[...] = run.shift  # type: ignore[union-attr]  # it has one
    return net


def make(
    seeds: tuple[int, ...] = SEEDS, passes: int | None = None, layers: int = LAYERS
) -> dict[str, np.ndarray]:
    """runs; rates (runs,); loss, batch, validation (seeds, runs), nan for seeds a run has not.

    loss : of all training digits, in evaluation mode;  validation : accuracy
    batch : the mean loss of the batches of the last pass
    passes, layers : of every run, for a short version
    """
    parts = [load("digits", split=split, flat=False) for split in ("train", "validation")]
    made = np.full((len(seeds), len(RUNS), 3), np.nan)
    for k, run in enumerate(RUNS.values()):
        for s, seed in enumerate(seeds[: run.seeds]):
            rng = np.random.default_rng(seed)
            setting = suspects.Run(lr=run.lr, epochs=passes or run.passes)
            net = started(run, rng, layers)
            fitted, right, batches = suspects.trained_from(net, setting, rng, *parts)
            made[s, k] = fitted, batches[-1], right
    loss, batch, validation = made.transpose(2, 0, 1)
    return {
        "runs": np.array(list(RUNS)),
        "rates": np.array([run.lr for run in RUNS.values()]),
        "loss": loss,
        "batch": batch,
        "validation": validation,
    }
