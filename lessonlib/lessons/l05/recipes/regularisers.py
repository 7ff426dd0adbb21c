"""Four ways to train on 150 digits of which one label in five is wrong, also in validation.

The strength of each method is chosen by the validation loss, wrong labels and all; the test labels
are right.
"""

import numpy as np

from lessonlib import nn, optim
from lessonlib.datasets import load
from lessonlib.training import EarlyStopping, accuracy, evaluate, fit

SEEDS = (0, 1, 2, 3, 4)
METHODS = ("none", "dropout", "weight decay", "early stopping")
STRENGTHS = {
    "none": (0.0,),
    "dropout": (0.3, 0.5, 0.7, 0.85),
    "weight decay": (1.0, 3.0, 10.0, 30.0),
}
STEPS = 400


def noisy_sets(rng: np.random.Generator) -> tuple:
    """150 training and 150 validation examples; one label in five becomes another digit."""
    X, y = load("digits", split="train")
    chosen = rng.permutation(len(X))[:300]
    X, y = X[chosen], y[chosen].copy()
    wrong = rng.random(300) < 0.2
    y[wrong] = (y[wrong] + rng.integers(1, 10, wrong.sum())) % 10
    return (X[:150], y[:150]), (X[150:], y[150:])


def run(method: str, strength: float, seed: int, steps: int = STEPS) -> tuple[float, float]:
    """Train 64-256-10 with AdamW, all 150 examples a step; validation loss and test accuracy."""
    train, validation = noisy_sets(np.random.default_rng(seed))
    rng = np.random.default_rng(seed)
    layers = [nn.Linear(64, 256, rng=rng), nn.ReLU(), nn.Linear(256, 10, rng=rng)]
    if method == "dropout":
        layers.insert(2, nn.Dropout(strength, rng=rng))
    model = nn.Sequential(*layers)
    loss = nn.CrossEntropyLoss()
    weight_decay = strength if method == "weight decay" else 0.0
    fit(
        model,
        loss,
        optim.AdamW(model.parameters(), lr=0.003, weight_decay=weight_decay),
        *train,
        rng=rng,
        epochs=steps,
        batch_size=150,
        validation=validation,
        early_stopping=EarlyStopping(patience=30) if method == "early stopping" else None,
        progress=False,
    )
    test = evaluate(model, loss, *load("digits", split="test"), {"accuracy": accuracy})
    return evaluate(model, loss, *validation)["loss"], test["accuracy"]


def make(seeds: tuple[int, ...] = SEEDS, steps: int = STEPS) -> dict[str, np.ndarray]:
    """Test accuracy (seeds, methods) and the strength that validation chose."""
    shape = (len(seeds), len(METHODS))
    best = np.zeros(shape)
    chosen = np.zeros(shape)
    for s, seed in enumerate(seeds):
        for m, method in enumerate(METHODS):
            strengths = STRENGTHS.get(method, (0.0,))
            tried = [(*run(method, strength, seed, steps), strength) for strength in strengths]
            _, best[s, m], chosen[s, m] = min(tried)  # the smallest validation loss
    return {"methods": np.array(METHODS), "accuracy": best, "strength": chosen}
