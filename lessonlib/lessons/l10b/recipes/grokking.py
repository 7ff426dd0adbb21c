"""Addition mod 53 on unordered pairs, with and without weight decay: accuracy over the steps."""

import numpy as np

from lessonlib import nn, optim

SEEDS = (0, 1, 2, 3, 4)
WEIGHT_DECAYS = (1.0, 0.0)
P = 53
STEPS = 1000
EVERY = 20  # steps between two measurements


def run(weight_decay: float, seed: int, steps: int = STEPS) -> tuple[np.ndarray, float]:
    """Training and test accuracy (steps / 20, 2); share of the five largest frequencies."""
    rng = np.random.default_rng(seed)
    pairs = np.column_stack(np.triu_indices(P))  # a <= b: the swapped pair would give it away
    sums = pairs.sum(axis=1) % P
    order = rng.permutation(len(pairs))
    train, test = np.split(order, [round(0.6 * len(pairs))])
    table = nn.Embedding(P, 64, rng=rng)
    mlp = nn.Sequential(
        nn.Linear(64, 128, rng=rng), nn.ReLU(), nn.Linear(128, P, bias=False, rng=rng)
    )
    parameters = [*table.parameters(), *mlp.parameters()]
    optimizer = optim.AdamW(parameters, lr=0.01, betas=(0.9, 0.98), weight_decay=weight_decay)
    loss = nn.CrossEntropyLoss()
    curve = []
    for step in range(steps):
        if step % EVERY == 0:
            mlp.eval()
            answer = mlp(table.weight.data[pairs].sum(axis=1)).argmax(axis=1) == sums
            mlp.train()
            curve.append((answer[train].mean(), answer[test].mean()))
        loss(mlp(table(pairs[train]).sum(axis=1)), sums[train])
        optimizer.zero_grad()
        dx = mlp.backward(loss.backward())
        table.backward(np.repeat(dx[:, None], 2, axis=1))
        optimizer.step()
    power = (np.abs(np.fft.rfft(table.weight.data, axis=0)[1:]) ** 2).sum(axis=1)
    return np.array(curve), float(np.sort(power)[-5:].sum() / power.sum())


def make(seeds: tuple[int, ...] = SEEDS, steps: int = STEPS) -> dict[str, np.ndarray]:
    """accuracy (seeds, decays, looks, train and test), fourier (seeds, decays), decay."""
    runs = [[run(decay, seed, steps) for decay in WEIGHT_DECAYS] for seed in seeds]
    return {
        "accuracy": np.array([[curve for curve, _ in row] for row in runs], np.float32),
        "fourier": np.array([[share for _, share in row] for row in runs]),
        "decay": np.array(WEIGHT_DECAYS),
        "step": np.arange(0, steps, EVERY),
    }
