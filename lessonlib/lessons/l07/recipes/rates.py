"""Large learning rates: plain gradient descent on text, free or clipped, from twenty starts.

64 units, 120 steps, each with 16 streams of 32 characters, or with 512 streams of one character.
The gradient is clipped to the length 1 or left free; or the learning rate rises in a straight line
over the first 40 steps (a warm-up).
"""

import numpy as np

from lessonlib import nn, optim
from lessonlib.lessons.l07.recipes.characters import loss_of, text
from lessonlib.models import CharacterRNN

SEEDS = tuple(range(20))
STEPS, LAST, LIMIT, WARM_UP = 120, 20, 1.0, 40
TRIES = {  # learning rate, clipped, steps of warm-up, streams, characters of each
    "1, free": (1, False, 0, 16, 32),
    "2, free": (2, False, 0, 16, 32),
    "2, clipped": (2, True, 0, 16, 32),
    "3, free": (3, False, 0, 16, 32),
    "3, clipped": (3, True, 0, 16, 32),
    "3, free, warm-up": (3, False, WARM_UP, 16, 32),
    "3, free, windows of one": (3, False, 0, 512, 1),
    "3, clipped, windows of one": (3, True, 0, 512, 1),
}


def train(
    lr: float,
    clipped: bool,
    warm_up: int,
    streams: int,
    length: int,
    seed: int,
    ids: np.ndarray,
    symbols: int,
) -> tuple[float, float]:
    """Bits over the last steps, and the share of steps whose gradient was longer than LIMIT."""
    model = CharacterRNN(symbols, 32, 64, rng=np.random.default_rng(seed))
    optimizer, criterion = optim.SGD(model.parameters(), lr), nn.CrossEntropyLoss()
    rows = ids[: len(ids) // streams * streams].reshape(streams, -1)
    losses, lengths, state = [], [], None
    for step in range(STEPS):
        at = step * length
        optimizer.zero_grad()
        scores = model(rows[:, at : at + length], state)
        state = model.state
        losses.append(loss_of(criterion, scores, rows[:, at + 1 : at + length + 1]))
        model.backward(criterion.backward().reshape(scores.shape))
        limit = LIMIT if clipped else np.inf
        lengths.append(float(optim.clip_grad_norm_(model.parameters(), limit)))
        optimizer.param_groups[0]["lr"] = lr * min(1.0, (step + 1) / max(1, warm_up))
        optimizer.step()
    return float(np.mean(losses[-LAST:]) / np.log(2)), float(np.mean(np.array(lengths) > LIMIT))


def make(seeds: tuple[int, ...] = SEEDS) -> dict[str, np.ndarray]:
    """Bits at the end and the share of steps above the limit, both (seeds, tries)."""
    letters, train_ids, _ = text()
    runs = [
        [train(*settings, seed, train_ids, len(letters)) for settings in TRIES.values()]
        for seed in seeds
    ]
    found = np.array(runs)
    return {"tries": np.array(list(TRIES)), "bits": found[..., 0], "above": found[..., 1]}
