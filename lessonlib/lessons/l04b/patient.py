"""The sixth patient of lesson 04b: a deep network, its chart of settings, and its examination.

Eight hidden layers of 64 units, batches of 64, 10 epochs on the digits, gradient descent with
momentum. `SICK` is the chart it came with; a treatment changes some of it.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np

from lessonlib import init, nn, optim
from lessonlib.datasets import load
from lessonlib.training import Callback, GradientNorms, History, UpdateRatios, fit, predict
from lessonlib.training.callbacks import layer_outputs

HIDDEN, WIDTH = 8, 64
EPOCHS, BATCH_SIZE = 10, 64
EVERY = 2  # steps between two readings of gradients and updates
MOST_CHANGES = 3
NETWORKS = 3  # how many are treated: one start proves little
TARGET = 0.15  # the mean loss on the training images that the middle one of them has to reach

# scale: the weights have a spread of scale / sqrt(64); max_norm: None, or the length at which
# gradients are clipped; warmup: in steps; schedule: of the learning rate after the warm-up
SICK: Mapping[str, Any] = MappingProxyType(
    {  # read-only: a treatment is a copy
        "inputs": "centred",
        "activation": "relu",
        "scale": 4.0,
        "bias": -1.0,
        "lr": 1.0,
        "momentum": 0.9,
        "max_norm": None,
        "warmup": 0,
        "schedule": "constant",
    }
)
WORDS = {
    "inputs": ("centred", "raw"),
    "activation": ("relu", "tanh", "sigmoid"),
    "schedule": ("constant", "cosine"),
}
_ACTIVATIONS: dict[str, type[nn.Module]] = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid}
_ABOVE = {"scale": 0.0, "bias": -np.inf, "lr": 0.0, "momentum": -1e-12, "max_norm": 0.0}


def chart(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The sick patient's settings with some changed.

    Raises ValueError naming a setting that there is not, or a value that it cannot have

    >>> chart({"lr": 0.5})["lr"]
    0.5
    """
    for name, value in changes.items():
        if name not in SICK:
            raise ValueError(f"there is no setting {name!r}; there are {', '.join(SICK)}")
        if not _can_be(name, value):
            raise ValueError(f"{name} cannot be {value!r}{_instead(name)}")
    return dict(SICK) | dict(changes)


def _can_be(name: str, value: Any) -> bool:
    if name in WORDS:
        return value in WORDS[name]
    if name == "max_norm" and value is None:
        return True
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        return False
    number = float(value)
    if name == "warmup":
        return 0 <= number < _steps(EPOCHS) and number.is_integer()
    below = 1.0 if name == "momentum" else np.inf
    return _ABOVE[name] < number < below


def _instead(name: str) -> str:
    return f"; it is one of {', '.join(WORDS[name])}" if name in WORDS else ""


def _steps(epochs: int) -> int:
    """Steps of a whole run."""
    return epochs * -(-len(images("centred")[0]) // BATCH_SIZE)


def network(settings: Mapping[str, Any], rng: np.random.Generator) -> nn.Sequential:
    """The patient before its first step: 64 inputs, eight hidden layers of 64, 10 outputs."""
    layers: list[nn.Module] = []
    for _ in range(HIDDEN):
        linear = nn.Linear(WIDTH, WIDTH, rng=rng)
        init.normal_(linear.weight, 0.0, settings["scale"] / np.sqrt(WIDTH), generator=rng)
        init.constant_(linear.bias, settings["bias"])
        layers += [linear, _ACTIVATIONS[settings["activation"]]()]
    return nn.Sequential(*layers, nn.Linear(WIDTH, 10, rng=rng))


def _factor(settings: Mapping[str, Any], total: int) -> Callable[[int], float]:
    """What the learning rate is multiplied by at each step."""
    warm, falls = int(settings["warmup"]), settings["schedule"] == "cosine"

    def factor(step: int) -> float:
        if step < warm:
            return (step + 1) / warm
        return (1 + np.cos(np.pi * (step - warm) / (total - warm))) / 2 if falls else 1.0

    return factor


def _train(
    net: nn.Sequential,
    settings: Mapping[str, Any],
    rng: np.random.Generator,
    epochs: int = EPOCHS,
    callbacks: Iterable[Callback] = (),
) -> tuple[History, float]:
    """Train a network; the history, and the mean loss on the training images at the end."""
    X, y = images(settings["inputs"])
    optimizer = optim.SGD(list(net.parameters()), settings["lr"], momentum=settings["momentum"])
    with np.errstate(all="ignore"):  # a run that explodes is a finding
        history = fit(
            net,
            nn.CrossEntropyLoss(),
            optimizer,
            X,
            y,
            rng=rng,
            epochs=epochs,
            batch_size=BATCH_SIZE,
            scheduler=optim.lr_scheduler.LambdaLR(optimizer, _factor(settings, _steps(epochs))),
            schedule_every="step",
            max_grad_norm=settings["max_norm"],
            callbacks=callbacks,
            progress=False,
        )
        return history, float(nn.CrossEntropyLoss()(predict(net, X), y))


def examine(
    changes: Mapping[str, Any], seed: int = 0, epochs: int = EPOCHS
) -> tuple[dict[str, np.ndarray], float]:
    """Train the patient with some of its settings changed.

    Returns the readings for `plots.dashboard`, and the mean loss on the training images at the end
    (nan where the run exploded). Raises ValueError as `chart` does

    >>> readings, loss = examine({}, epochs=1)
    >>> sorted(readings)
    ['dead', 'gradient', 'loss', 'ratio', 'signal']
    """
    settings, rng = chart(changes), np.random.default_rng(seed)
    net = network(settings, rng)
    weights = [name for name, _ in net.named_parameters() if name.endswith("weight")]
    norms, ratios = GradientNorms(EVERY), UpdateRatios(EVERY)
    history, loss = _train(net, settings, rng, epochs, [norms, ratios])
    with np.errstate(all="ignore"):
        outputs = _hidden(net, settings)
        readings = {
            "loss": np.array(history.column("loss")),
            "gradient": np.array([np.median(norms[name]) for name in weights]),
            "ratio": np.array([ratios[name] for name in weights]).T,
            "signal": np.array([_spread(a) for a in outputs]),
            "dead": np.array([(a == 0).all(axis=0).mean() for a in outputs]),
        }
    return readings, loss


@lru_cache
def images(inputs: str) -> tuple[np.ndarray, np.ndarray]:
    """The training digits, (n, 64), "centred" (less the mean image) or "raw", and their labels."""
    X, y = load("digits")
    return (X - X.mean(axis=0) if inputs == "centred" else X), y


def _hidden(net: nn.Sequential, settings: Mapping[str, Any]) -> list[np.ndarray]:
    """The outputs of the hidden layers for 256 images, from the first."""
    outputs = layer_outputs(net, images(settings["inputs"])[0][:256])
    return [outputs[str(2 * k + 1)] for k in range(HIDDEN)]


def _spread(outputs: np.ndarray) -> float:
    """How far a unit varies from image to image: the rms over the units of a layer."""
    return float(np.sqrt(outputs.var(axis=0).mean()))


def at_start(changes: Mapping[str, Any], seed: int = 0) -> tuple[float, float]:
    """Two readings before the first step, without any training.

    Returns the largest share of dead units in a layer, and the spread over the images of the last
    hidden layer's units divided by that of the first's (0 where a whole layer is dead)

    >>> at_start({"bias": 0.0})[0] < 0.5
    True
    """
    settings = chart(changes)
    return _start(network(settings, np.random.default_rng(seed)), settings)


def _start(net: nn.Sequential, settings: Mapping[str, Any]) -> tuple[float, float]:
    outputs = _hidden(net, settings)
    dead = max(float((a == 0).all(axis=0).mean()) for a in outputs)
    return dead, _spread(outputs[-1]) / _spread(outputs[0]) if dead < 1 else 0.0


@lru_cache(maxsize=256)
def outcome(settings: tuple[tuple[str, Any], ...], seed: int) -> dict[str, float]:
    """What a treatment does to three networks, in five numbers; `settings` are a chart's items.

    changes, and of the three networks the largest share of dead units before the first step, the
    middle last / first spread, the middle one of their highest losses, the middle one of their
    losses at the end (a million where more than one explodes)
    """
    values = dict(settings)
    starts, highest, losses = [], [], []
    for k in range(seed, seed + NETWORKS):
        rng = np.random.default_rng(k)
        net = network(values, rng)
        starts.append(_start(net, values))
        history, loss = _train(net, values, rng)
        highest.append(_finite(history.column("loss")).max())
        losses.append(loss)
    return {
        "changes": sum(int(values[name] != SICK[name]) for name in SICK),
        "dead": max(dead for dead, _ in starts),
        "growth": float(np.median([growth for _, growth in starts])),
        "highest": float(np.median(highest)),
        "loss": float(np.median(_finite(losses))),
    }


def _finite(losses: Any) -> np.ndarray:
    """With a million in place of nan and of what is larger: the run exploded."""
    return np.clip(np.nan_to_num(np.asarray(losses, dtype=float), nan=1e6), None, 1e6)
