"""The playground in bytes, numbers and words: what the view is sent."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from lessonlib.lessons.l02.explorer.data import FEATURES, REACH, grid
from lessonlib.lessons.l02.explorer.model import (
    ACTIVATIONS,
    MOST_LAYERS,
    MOST_UNITS,
    PENALTIES,
    RANGES,
    Playground,
    Settings,
)

RESOLUTION = 40  # of the decision surface; the units' maps are every second point of it
LONGEST = 200  # points of a loss curve in the view
PLANE = grid(RESOLUTION)

_CHOICES = {
    "activation": list(ACTIVATIONS),
    "penalty": list(PENALTIES),
    "features": list(FEATURES),
    "most": [MOST_LAYERS, MOST_UNITS],
    "ranges": {name: list(ends) for name, ends in RANGES.items()},
}


def frame(model: Playground, kept: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """All that the script draws of a run and of the runs kept for comparison."""
    units, surface = maps(model)
    points = np.column_stack(
        [np.vstack([model.X_train, model.X_test]), np.concatenate([model.y_train, model.y_test])]
    )
    weights = np.concatenate([p.data.ravel() for p in model.network.parameters()])
    return {
        "settings": asdict(model.settings),
        "choices": _CHOICES,
        "reach": REACH,
        "trained": len(model.X_train),
        "points": points.astype(np.float32).tobytes(),
        "weights": weights.astype(np.float32).tobytes(),
        "units": units,
        "surface": surface,
        "curves": _curves(model.train_loss, model.test_loss),
        "kept": [
            {"name": run["name"]} | _curves(run["train_loss"], run["test_loss"]) for run in kept
        ],
        "readouts": readouts(model),
        "note": note(model),
        "summary": summary(model),
    }


def maps(model: Playground) -> tuple[bytes, bytes]:
    """Features and units as 20 x 20 bytes each, one after the other; the surface as 40 x 40.

    128 is zero. The bytes 1 and 255 are -1 and 1, or the largest size in a map where that is more.
    """
    *layers, scores = model.responses(PLANE)
    columns = np.hstack(layers).reshape(RESOLUTION, RESOLUTION, -1)[::2, ::2]
    values = columns.reshape(-1, columns.shape[-1]).T
    values = np.nan_to_num(values, posinf=1e6, neginf=-1e6)
    largest = np.maximum(1, np.abs(values).max(axis=1, keepdims=True))
    return _bytes(values / largest), _bytes(signed_probability(scores))


def signed_probability(scores: np.ndarray) -> np.ndarray:
    """2 sigmoid(score) - 1, so that 0 is the boundary; 0 where training diverged."""
    return np.tanh(np.nan_to_num(scores) / 2)


def _bytes(values: np.ndarray) -> bytes:
    return np.rint(128 + 127 * values).astype(np.uint8).tobytes()


def _curves(train: Any, test: Any) -> dict[str, bytes]:
    """Epochs and both losses, thinned to at most 200 points, as float32."""
    rows = np.unique(np.linspace(0, len(train) - 1, LONGEST).round().astype(int))
    curves = {"epochs": rows, "train": np.array(train)[rows], "test": np.array(test)[rows]}
    return {name: curve.astype(np.float32).tobytes() for name, curve in curves.items()}


def words(settings: Settings) -> str:
    """The settings in one line.

    >>> words(Settings())
    'spirals, 2-8-8-1 tanh, rate 0.1, seed 0'
    """
    sizes = "-".join(map(str, (len(settings.features), *settings.hidden, 1)))
    text = f"{settings.data}, {sizes} {settings.activation}, rate {settings.lr:g}"
    if settings.penalty != "none":
        text += f", {settings.penalty} {settings.weight_decay:g}"
    return f"{text}, seed {settings.seed}"


def note(model: Playground) -> str:
    """One or two sentences on how far the training has come."""
    if model.diverged:
        return (
            f"Training diverged in epoch {model.epochs}: the loss is no longer a number, so it "
            "stopped. Lower the learning rate, then press Reset or Play."
        )
    if model.epochs == 0:
        return f"Epoch 0: the weights are the random ones of seed {model.settings.seed}."
    train, test = model.train_loss[-1], model.test_loss[-1]
    best = int(np.argmin(model.test_loss))
    if best > 0 and test > 1.1 * model.test_loss[best]:
        return f"The test loss was lowest in epoch {best}: {model.test_loss[best]:.3f}."
    if train > 0.6:
        return "Still near chance: to answer one half everywhere costs ln 2 = 0.693."
    return "The boundary is where orange and blue meet: there the network answers one half."


def summary(model: Playground) -> str:
    """The state in words, for screen readers and as alt text."""
    text = f"{words(model.settings)}, epoch {model.epochs}"
    if not model.diverged:
        text += f": training loss {model.train_loss[-1]:.3f}, test loss {model.test_loss[-1]:.3f}"
    return f"{text}. {note(model)}"


def readouts(model: Playground) -> list[list[str]]:
    """Names and values of the numbers next to the drawing."""
    losses = ["not a number"] * 2
    if not model.diverged:
        losses = [f"{curve[-1]:.3f}" for curve in (model.train_loss, model.test_loss)]
    right = [f"{share:.1%}" for share in model.accuracies()]
    count = sum(p.data.size for p in model.network.parameters())
    rows = [
        ["epoch", f"{model.epochs:,}"],
        ["training loss", losses[0]],
        ["test loss", losses[1]],
        ["right, training", right[0]],
        ["right, test", right[1]],
        ["parameters", f"{count:,}"],
    ]
    if model.settings.penalty != "none":
        rows.append([f"{model.settings.penalty} penalty", f"{model.penalty():.3g}"])
    return rows
