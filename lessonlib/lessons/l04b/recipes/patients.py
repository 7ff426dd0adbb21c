"""Five sick training runs and a healthy one, as the dashboard of lesson 04b sees them.

Six hidden layers of 64 units, batches of 64, 12 epochs on the digits, gradient descent. Each
patient has one thing wrong, `CAUSES`; two more, "mixed" and "raw", are the answers that fit none of
the five. Mixed labels are learnt for 150 epochs as well, "mixed long".
"""

from typing import Any

import numpy as np

from lessonlib import init, nn, optim
from lessonlib.datasets import load
from lessonlib.training import GradientNorms, UpdateRatios, fit
from lessonlib.training.callbacks import layer_outputs

SEEDS = (0,)
EPOCHS = 12
LONG = 150
HIDDEN = 6
EVERY = 4  # steps between two readings of gradients and updates
CAUSES: dict[str, dict[str, Any]] = {
    "healthy": {},
    "1": {"activation": nn.Sigmoid},
    "2": {"lr": 1e-4},
    "3": {"trained_layers": 1},
    "4": {"bias": -1.0},
    "5": {"activation": nn.Tanh, "lr": 2.0},
    "mixed": {"mixed": True},
    "raw": {"centred": False},
}


def network(
    rng: np.random.Generator, activation: type[nn.Module] = nn.ReLU, bias: float = 0.0
) -> nn.Sequential:
    """64 inputs, six hidden layers of 64, 10 outputs, He initialisation."""
    layers = []
    for _ in range(HIDDEN):
        linear = nn.Linear(64, 64, rng=rng)
        init.kaiming_normal_(linear.weight, nonlinearity="relu", generator=rng)
        init.constant_(linear.bias, bias)
        layers += [linear, activation()]
    return nn.Sequential(*layers, nn.Linear(64, 10, rng=rng))


def examine(
    seed: int,
    epochs: int = EPOCHS,
    lr: float = 0.1,
    trained_layers: int = HIDDEN + 1,
    mixed: bool = False,
    centred: bool = True,
    **parts: Any,
) -> dict[str, np.ndarray]:
    """Train one network; what the dashboard shows, and the rms of each hidden layer's outputs."""
    rng = np.random.default_rng(seed)
    X, y = load("digits")
    if centred:
        X = X - X.mean(axis=0)
    if mixed:  # every image gets the label of another one
        y = np.random.default_rng([seed, 1]).permutation(y)
    net = network(rng, **parts)
    weights = [name for name, _ in net.named_parameters() if name.endswith("weight")]
    parameters = list(net.parameters())[-2 * trained_layers :]  # a weight and a bias per layer
    norms = GradientNorms(EVERY)
    ratios = UpdateRatios(EVERY)
    history = fit(
        net,
        nn.CrossEntropyLoss(),
        optim.SGD(parameters, lr),
        X,
        y,
        rng=rng,
        epochs=epochs,
        batch_size=64,
        callbacks=[norms, ratios],
        progress=False,
    )
    units = layer_outputs(net, X[:256])
    outputs = [units[str(2 * k + 1)] for k in range(HIDDEN)]
    return {
        "loss": np.array(history.column("loss")),
        "gradient": np.array([np.median(norms[name]) for name in weights]),
        "ratio": np.array([ratios[name] for name in weights]).T,
        # How far a unit varies from image to image, and not how far the units differ.
        "signal": np.array([np.sqrt(a.var(axis=0).mean()) for a in outputs]),
        "size": np.array([np.sqrt(np.mean(a**2)) for a in outputs]),
        "dead": np.array([(a == 0).all(axis=0).mean() for a in outputs]),
    }


def make(
    seeds: tuple[int, ...] = SEEDS, epochs: int = EPOCHS, long: int = LONG
) -> dict[str, np.ndarray]:
    """For each patient the arrays "NAME loss" (steps,), "NAME gradient" (layers,), and so on."""
    arrays = {}
    for name, cause in CAUSES.items():
        for kind, array in examine(seeds[0], epochs, **cause).items():
            arrays[f"{name} {kind}"] = array.astype(np.float32)
    arrays["mixed long loss"] = examine(seeds[0], long, mixed=True)["loss"].astype(np.float32)
    return arrays
