"""Why 56 plain layers train badly: one change at a time, and a run six times as long.

The networks and the training are those of `depth` (56 layers, Adam at 0.01, warm-up and cosine,
batches of 128, ten passes), except for what a run's name says. The training itself is done by
PyTorch, from the same starting weights, in half the time.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from lessonlib import nn
from lessonlib.datasets import load
from lessonlib.lessons.l06b.recipes.depth import BATCH, EPOCHS, LR, network, warm_cosine

SEEDS = (0, 1, 2)
Part = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Run:
    """One training: what it changes."""

    kind: str = "plain"
    layers: int = 56
    lr: float = LR
    epochs: int = EPOCHS
    identity: bool = False  # start: kernels that pass each channel on, and a fifth of the random
    shift: float = 0.0  # start: the shift of every batch norm


RUNS = {
    "plain": Run(),
    "learning rate 0.03": Run(lr=0.03),
    "learning rate 0.003": Run(lr=0.003),
    "learning rate 0.001": Run(lr=0.001),
    "start: shift 1": Run(shift=1.0),
    "start: kernels near the identity": Run(identity=True),
    "start: both": Run(identity=True, shift=1.0),
    "shortcuts": Run(kind="residual"),
    "60 passes": Run(epochs=60),
    "20 layers, 60 passes": Run(layers=20, epochs=60),
}


def started(run: Run, rng: np.random.Generator) -> nn.Sequential:
    """The network of a run before its training."""
    net: Any = network(run.kind, run.layers, rng)  # of ResidualBlocks
    for block in list(net)[3:-3]:
        for layer in block.branch:
            if isinstance(layer, nn.BatchNorm2d):
                layer.bias.data[...] = run.shift  # type: ignore[union-attr]  # it has one
            elif isinstance(layer, nn.Conv2d) and run.identity:
                weight, channel = layer.weight.data, np.arange(len(layer.weight.data))
                weight *= 0.2
                weight[channel, channel, 1, 1] += 1
    return net


def twin(net: nn.Sequential, shortcut: bool) -> Any:
    """The same network in PyTorch, with the same weights."""
    import torch

    class Block(torch.nn.Module):
        def __init__(self, channels: int) -> None:
            super().__init__()
            halves: list[torch.nn.Module] = []
            for _ in range(2):
                conv = torch.nn.Conv2d(channels, channels, 3, padding=1, bias=False)
                halves += [conv, torch.nn.BatchNorm2d(channels), torch.nn.ReLU()]
            self.branch = torch.nn.Sequential(*halves[:-1])

        def forward(self, x: Any) -> Any:
            y = self.branch(x)
            return torch.relu(y + x if shortcut else y)

    channels = len(net[0].weight.data)  # type: ignore[attr-defined]  # a Conv2d
    made = torch.nn.Sequential(
        torch.nn.Conv2d(1, channels, 3, padding=1),
        torch.nn.ReLU(),
        torch.nn.MaxPool2d(2),
        *(Block(channels) for _ in list(net)[3:-3]),
        torch.nn.AdaptiveAvgPool2d(2),
        torch.nn.Flatten(),
        torch.nn.Linear(4 * channels, 10),
    )
    state = {name: torch.from_numpy(value.copy()) for name, value in net.state_dict().items()}
    made.load_state_dict(state, strict=False)  # torch also counts the batches of a norm
    return made


def trained_by_torch(
    run: Run, seed: int, train: Part, validation: Part
) -> tuple[float, float, np.ndarray]:
    """A run from its own start; returns what `trained_from` does."""
    rng = np.random.default_rng(seed)
    return trained_from(started(run, rng), run, rng, train, validation)


def trained_from(
    start: nn.Sequential, run: Run, rng: np.random.Generator, train: Part, validation: Part
) -> tuple[float, float, np.ndarray]:
    """Training loss and validation accuracy at the end; mean loss of the batches of each pass."""
    import torch

    torch.set_num_threads(1)
    net = twin(start, run.kind == "residual")
    X, y = torch.from_numpy(train[0][:, None]), torch.from_numpy(train[1])
    V, v = torch.from_numpy(validation[0][:, None]), torch.from_numpy(validation[1])
    optimizer = torch.optim.Adam(net.parameters(), run.lr)
    factor = warm_cosine(run.epochs * math.ceil(len(X) / BATCH))
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)
    criterion, passes = torch.nn.CrossEntropyLoss(), []
    for _ in range(run.epochs):
        losses = []
        for batch in torch.from_numpy(rng.permutation(len(X))).split(BATCH):
            optimizer.zero_grad()
            loss = criterion(net(X[batch]), y[batch])
            loss.backward()
            optimizer.step()
            scheduler.step()
            losses.append(loss.item())
        passes.append(np.mean(losses))
    net.eval()
    with torch.no_grad():
        fitted = criterion(net(X), y).item()
        right = (net(V).argmax(dim=1) == v).double().mean().item()
    return fitted, right, np.array(passes)


def make(seeds: tuple[int, ...] = SEEDS, epochs: int | None = None) -> dict[str, np.ndarray]:
    """loss, validation (seeds, runs); curves (seeds, runs, passes), filled up with nan.

    loss : of all training digits, in evaluation mode;  validation : accuracy
    curves : the mean loss of the batches of each pass
    epochs : passes of every run, for a short version
    """
    parts = [load("digits", split=split, flat=False) for split in ("train", "validation")]
    runs = [Run(**vars(run) | {"epochs": epochs or run.epochs}) for run in RUNS.values()]
    longest = max(run.epochs for run in runs)
    loss, right = np.zeros((2, len(seeds), len(runs)))
    curves = np.full((len(seeds), len(runs), longest), np.nan, dtype=np.float32)
    for s, seed in enumerate(seeds):
        for r, run in enumerate(runs):
            loss[s, r], right[s, r], passes = trained_by_torch(run, seed, *parts)
            curves[s, r, : run.epochs] = passes
    return {"runs": np.array(list(RUNS)), "loss": loss, "validation": right, "curves": curves}
