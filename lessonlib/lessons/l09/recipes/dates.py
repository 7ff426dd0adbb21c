"""Date normalisation with and without attention: exact matches while they train, and the alignment.

DateReader with 48 hidden units, 4,000 pairs in five formats, Adam with an lr that warms up to 0.01
and follows a cosine down to 0, batches of 64, gradients clipped at 1. With attention for 300 steps;
without for 300 and for 1,200.
"""

import numpy as np

from lessonlib import nn, optim
from lessonlib.datasets import DATE_DIGITS, DATE_LETTERS, date_ids, date_pairs
from lessonlib.models import DateReader

SEEDS = (0, 1, 2, 3, 4)
HIDDEN = 48
PAIRS = 4000
TESTED = 500
BATCH = 64
LR = 0.01  # the highest of the schedule
EVERY = 25  # steps between two measurements
RUNS = {"attention": (True, 300), "no attention": (False, 300), "four times longer": (False, 1200)}


def lr_factor(step: int, steps: int) -> float:
    """The lr as a share of the highest: warm-up over 15 % of the steps, then a cosine down to 0."""
    warm_up = 0.15 * steps
    if step < warm_up:
        return (step + 1) / warm_up
    return 0.5 + 0.5 * np.cos(np.pi * (step - warm_up) / (steps - warm_up))


def pairs(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sources (n, 18), targets (n, 10), and what was written before each target character."""
    texts, wanted = date_pairs(n, rng)
    target = date_ids(wanted, DATE_DIGITS)
    return date_ids(texts), target, np.hstack([np.zeros((n, 1), int), target[:, :-1]])


def aligned(source: np.ndarray, target: np.ndarray, weights: np.ndarray) -> float:
    """Share of the year's digits at which the largest weight lies on the same digit in the text."""
    looked = np.take_along_axis(source, weights[:, :4].argmax(axis=2), axis=1)
    same = np.array(list(DATE_LETTERS))[looked] == np.array(list(DATE_DIGITS))[target[:, :4]]
    return float(same.mean())


def train(
    attend: bool, steps: int, seed: int, hidden: int = HIDDEN
) -> tuple[DateReader, np.ndarray, float]:
    """A trained reader, exact matches every 25 steps, alignment at the year (nan without)."""
    rng = np.random.default_rng(seed)
    source, target, before = pairs(PAIRS, rng)
    test_source, test_target, _ = pairs(TESTED, rng)
    reader = DateReader(hidden, attend, rng=rng)
    loss = nn.CrossEntropyLoss()
    optimizer = optim.Adam(reader.parameters(), lr=LR)
    schedule = optim.lr_scheduler.LambdaLR(optimizer, lambda step: lr_factor(step, steps))
    exact = []
    for step in range(steps):
        batch = rng.integers(0, PAIRS, BATCH)
        optimizer.zero_grad()
        scores = reader(source[batch], before[batch])
        loss(scores.reshape(-1, scores.shape[2]), target[batch].ravel())
        reader.backward(loss.backward().reshape(scores.shape))
        optim.clip_grad_norm_(reader.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % EVERY == EVERY - 1:
            written, weights = reader.eval().write(test_source)
            exact.append(np.mean(np.all(written == test_target, axis=1)))
            reader.train()
    share = np.nan
    if attend:
        assert weights is not None  # a reader that attends writes them
        share = aligned(test_source, test_target, weights)
    return reader.eval(), np.array(exact), share


def make(
    seeds: tuple[int, ...] = SEEDS, runs: dict[str, tuple[bool, int]] = RUNS
) -> dict[str, np.ndarray]:
    """Exact matches (seeds, measurements) of each run by its name; "aligned" (seeds,)."""
    found = {name: [train(*run, seed)[1:] for seed in seeds] for name, run in runs.items()}
    arrays = {name: np.array([exact for exact, _ in rows]) for name, rows in found.items()}
    return arrays | {"aligned": np.array([share for _, share in found["attention"]])}
