"""What augmentation gains and what it costs: seven ways to train, five ways to test, two networks.

torchvision's v2 transforms draw one set of parameters a call. A call on a batch therefore gives
every image the same shift, so the images go through one by one.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from lessonlib.scoreboard import canvas

SEEDS = (0, 1, 2, 3, 4)
NETWORKS = ("MLP", "CNN")
TRAINED = ("nothing", "shift", "rotation", "noise", "crop", "all in a row", "one of the four")
TESTED = ("clean", "shift", "rotation", "noise", "crop")
EPOCHS = 20
BATCH = 64
LR = 0.01


def transforms() -> dict[str, Callable[[Any], Any]]:
    """The augmentations by name: a tensor (1, 12, 12) to a tensor (1, 12, 12)."""
    import torch
    from torchvision.transforms import v2

    smooth = v2.InterpolationMode.BILINEAR
    single = {
        "shift": v2.RandomAffine(0, translate=(2 / 12, 2 / 12)),
        "rotation": v2.RandomRotation(35, interpolation=smooth),
        "noise": v2.Lambda(lambda x: x + 0.25 * torch.randn_like(x)),
        "crop": v2.RandomResizedCrop(
            12, scale=(0.5, 1.0), ratio=(0.9, 1.1), interpolation=smooth, antialias=True
        ),
    }
    in_a_row = v2.Compose([single[k] for k in ("crop", "rotation", "shift", "noise")])
    return {
        **single,
        "all in a row": in_a_row,
        "one of the four": v2.RandomChoice(list(single.values())),
    }


def one_by_one(transform: Callable[[Any], Any], X: Any) -> Any:
    """Apply a transform to each image with its own draw. X : (N, 1, 12, 12)."""
    import torch

    return torch.stack([transform(image) for image in X])


def network(name: str) -> Any:
    """The MLP (144-128-10, 19,850 parameters) or a small CNN (3,706)."""
    from torch import nn

    if name == "MLP":
        return nn.Sequential(nn.Flatten(), nn.Linear(144, 128), nn.ReLU(), nn.Linear(128, 10))
    return nn.Sequential(
        nn.Conv2d(1, 12, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(12, 24, 3, padding=1),
        nn.ReLU(),
        nn.AdaptiveMaxPool2d(2),
        nn.Flatten(),
        nn.Linear(96, 10),
    )


def tensors(split: str) -> tuple[Any, Any]:
    """The images (N, 1, 12, 12) and labels of a split as tensors."""
    import torch

    images, labels = canvas(split)
    return torch.from_numpy(images)[:, None], torch.from_numpy(labels)


def train(model: Any, epochs: list[Any], y: Any) -> Any:
    """Adam with a one-cycle schedule; epochs holds the images of each epoch."""
    import torch

    steps = len(epochs) * -(-len(y) // BATCH)
    optimizer = torch.optim.Adam(model.parameters(), LR)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LR, total_steps=steps)
    for X in epochs:
        for batch in torch.randperm(len(y)).split(BATCH):
            loss = torch.nn.functional.cross_entropy(model(X[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return model


def make(seeds: tuple[int, ...] = SEEDS, epochs: int = EPOCHS) -> dict[str, np.ndarray]:
    """Validation accuracy (seeds, networks, trained, tested): it ranks trainings."""
    import torch

    torch.set_num_threads(1)
    X, y = tensors("train")
    new_X, new_y = tensors("validation")
    augment = transforms()
    accuracy = np.zeros((len(seeds), len(NETWORKS), len(TRAINED), len(TESTED)))
    for s, seed in enumerate(seeds):
        torch.manual_seed(1000 + seed)
        tests = [new_X, *(one_by_one(augment[name], new_X) for name in TESTED[1:])]
        for t, name in enumerate(TRAINED):
            torch.manual_seed(seed)
            seen = [X if t == 0 else one_by_one(augment[name], X) for _ in range(epochs)]
            for n, kind in enumerate(NETWORKS):
                torch.manual_seed(seed)
                model = train(network(kind), seen, y)
                with torch.no_grad():
                    hits = [(model(T).argmax(1) == new_y).float().mean().item() for T in tests]
                accuracy[s, n, t] = hits
    return {
        "networks": np.array(NETWORKS),
        "trained": np.array(TRAINED),
        "tested": np.array(TESTED),
        "accuracy": accuracy,
    }
