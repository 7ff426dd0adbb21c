"""Weights for the attention explorer: a reader of dates, a two-headed reader of sentences."""

import numpy as np

from lessonlib import nn, optim
from lessonlib.datasets import pronoun_sentences
from lessonlib.lessons.l09.recipes import dates as dates_09
from lessonlib.models import WordReader

SEEDS = (0, 1, 2, 3, 4, 5)
SHOWN = 1  # the seed of the reader of sentences that is kept
DATES_SEED = 2  # and of the reader of dates
HEADS = 2
SENTENCES = 4000
BATCH = 64
LR = 0.005
STEPS = 1000
DATE_STEPS = 300
DATE_HIDDEN = 32


def train(seed: int, steps: int = STEPS, heads: int = HEADS) -> tuple[WordReader, np.ndarray]:
    """A reader of sentences, and its shares of right answers on 500 fresh ones: before, belongs."""
    rng = np.random.default_rng(seed)
    words, before, belongs = pronoun_sentences(SENTENCES, rng)
    targets = np.stack([before, belongs], axis=2)  # (sentences, 13, 2)
    reader = WordReader(heads, rng=rng)
    loss = nn.CrossEntropyLoss()
    optimizer = optim.Adam(reader.parameters(), lr=LR)
    schedule = optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(steps):
        batch = rng.integers(0, SENTENCES, BATCH)
        optimizer.zero_grad()
        scores = reader(words[batch])
        real = words[batch] > 0  # padding has no answer
        loss(scores[real].reshape(-1, scores.shape[3]), targets[batch][real].ravel())
        dscores = np.zeros_like(scores)
        dscores[real] = loss.backward().reshape(-1, *scores.shape[2:])
        reader.backward(dscores)
        optimizer.step()
        schedule.step()
    words, before, belongs = pronoun_sentences(500, rng)
    hits = reader.eval()(words).argmax(axis=3) == np.stack([before, belongs], axis=2)
    return reader, hits[words > 0].mean(axis=0)


def looks_back(reader: WordReader) -> np.ndarray:
    """For each head the mean weight on the word before, over 300 fresh sentences."""
    words, _, _ = pronoun_sentences(300, np.random.default_rng(99))
    back = []
    for row in words:
        _, weights = reader.look(row[None, row > 0], 1.0)
        back.append(np.diagonal(weights[0], offset=-1, axis1=1, axis2=2).mean(axis=1))
    return np.mean(back, axis=0)


def make(
    seeds: tuple[int, ...] = SEEDS, steps: int = STEPS, date_steps: int = DATE_STEPS
) -> dict[str, np.ndarray]:
    """Two state dicts, keys with "dates." and "words." before them; for each seed of the sentences
    "shares" right (seeds, 2) and "back" (seeds, heads), the mean weight on the word before."""
    dates_reader, _, _ = dates_09.train(True, date_steps, DATES_SEED, DATE_HIDDEN)
    found = {seed: train(seed, steps) for seed in seeds}
    kept = {"dates": dates_reader, "words": found[SHOWN][0]}
    arrays = {f"{n}.{key}": v for n, model in kept.items() for key, v in model.state_dict().items()}
    arrays["shares"] = np.array([shares for _, shares in found.values()])
    arrays["back"] = np.array([looks_back(reader) for reader, _ in found.values()])
    return arrays
