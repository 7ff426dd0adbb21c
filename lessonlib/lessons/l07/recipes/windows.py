"""What a window cuts off: the same text in every step, the gradient cut after fewer characters.

The model of 07.characters: 128 units, Adam 0.005, clipped at 1. A step reads 2,048 characters, 64
of each of 32 streams. The gradient goes back through all 64, or is cut every 16, 4 or 1 of them;
the state is always carried, and each step makes one update. In the last case a step reads 16
characters of each of 128 streams, whole.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from lessonlib import nn, optim
from lessonlib.lessons.l07.recipes.characters import HIDDEN, LR, WIDTH, bits, loss_of, text
from lessonlib.models import CharacterRNN

SEEDS = (0, 1, 2, 3)
MEASURED = (300, 900)
CASES = ((32, 64, 64), (32, 64, 16), (32, 64, 4), (32, 64, 1), (128, 16, 16))


def train(
    case: tuple[int, int, int],
    seed: int,
    train_ids: np.ndarray,
    valid_ids: np.ndarray,
    symbols: int,
    measured: tuple[int, ...],
    measure: Callable[[CharacterRNN, np.ndarray], Any] = bits,
) -> list[Any]:
    """What `measure` finds on the validation text (bits) after some numbers of steps.

    case : streams, characters of each in a step, characters between two cuts of the gradient
    """
    streams, length, cut = case
    model = CharacterRNN(symbols, WIDTH, HIDDEN, rng=np.random.default_rng(seed))
    optimizer, criterion = optim.Adam(model.parameters(), LR), nn.CrossEntropyLoss()
    rows = train_ids[: len(train_ids) // streams * streams].reshape(streams, -1)
    starts = range(0, rows.shape[1] - length, length)
    found, state = [], None
    for step in range(1, measured[-1] + 1):
        begin = starts[(step - 1) % len(starts)]
        state = None if begin == 0 else state
        optimizer.zero_grad()
        for at in range(begin, begin + length, cut):
            scores = model(rows[:, at : at + cut], state)
            state = model.state
            loss_of(criterion, scores, rows[:, at + 1 : at + cut + 1])
            model.backward(criterion.backward().reshape(scores.shape) * np.float32(cut / length))
        optim.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if step in measured:
            found.append(measure(model, valid_ids))
    return found


def make(
    seeds: tuple[int, ...] = SEEDS,
    cases: tuple[tuple[int, int, int], ...] = CASES,
    measured: tuple[int, ...] = MEASURED,
) -> dict[str, np.ndarray]:
    """Bits (seeds, cases, steps)."""
    letters, train_ids, valid_ids = text()
    runs = [
        [train(case, seed, train_ids, valid_ids, len(letters), measured) for case in cases]
        for seed in seeds
    ]
    return {"cases": np.array(cases), "steps": np.array(measured), "bits": np.array(runs)}
