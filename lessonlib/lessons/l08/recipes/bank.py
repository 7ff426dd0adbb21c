"""A next-word LSTM on sentences with "bank": does it hold a sense that nobody told it?

Twice the same training: a word of the same sense comes again two words after the bank ("again"), or
not ("never"). LSTM 48 on 24 numbers a word, 1,000 steps of 64 sentences, Adam at 0.005, clipping.
"""

from collections.abc import Iterator

import numpy as np

from lessonlib import nn, optim
from lessonlib.datasets import BANK_WORDS, bank
from lessonlib.datasets.language import MONEY, RIVER
from lessonlib.models import CharacterRNN
from lessonlib.training.steps import train_steps

SEEDS = (0, 1, 2, 3, 4)
KINDS = ("again", "never")
WIDTH, HIDDEN = 24, 48
STEPS, BATCH, PAD, LR = 1000, 64, 0, 0.005
TELLING = np.array([[BANK_WORDS.index(word) for word in words] for words in (MONEY, RIVER)])


def sentences(
    n: int, kind: str, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Words (n, 18), the place of "bank" (n,), its sense (n,); the telling word comes before."""
    words, place, sense, _ = bank(rng, n, "before", distance=(1, 4))
    if kind == "again":
        words[np.arange(n), place + 2] = TELLING[sense, rng.integers(TELLING.shape[1], size=n)]
    return words, place, sense


def train(model: CharacterRNN, words: np.ndarray, steps: int, rng: np.random.Generator) -> None:
    """Train a model to name the next word; the sense is not in the loss."""

    def batches() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for _ in range(steps):
            some = words[rng.integers(0, len(words), BATCH)]
            yield some[:, :-1], some[:, 1:]

    loss = nn.CrossEntropyLoss(ignore_index=PAD)
    optimizer = optim.Adam(model.parameters(), lr=LR)
    list(train_steps(model, loss, optimizer, batches(), max_grad_norm=1.0))


def probe(states: np.ndarray, sense: np.ndarray, labelled: int = 500) -> float:
    """Accuracy of a linear reader: least squares on the first rows, tested on the others."""
    inputs = np.column_stack([states, np.ones(len(states))]).astype(float)
    seen, aim = inputs[:labelled], 2 * sense[:labelled] - 1
    weight = np.linalg.solve(seen.T @ seen + 0.01 * np.eye(seen.shape[1]), seen.T @ aim)
    return float(np.mean((inputs[labelled:] @ weight > 0) == sense[labelled:]))


def stored_weights(kind: str, model: CharacterRNN) -> dict[str, np.ndarray]:
    """The weights under the names that the stored result has: the last layer is its "head"."""
    state = model.state_dict()
    return {f"{kind}.{name.replace('read.', 'head.')}": state[name] for name in state}


def make(seeds: tuple[int, ...] = SEEDS, steps: int = STEPS) -> dict[str, np.ndarray]:
    """Probe accuracy (kinds, seeds), the same untrained, and the first network of each kind."""
    trained, untrained = np.zeros((2, len(KINDS), len(seeds)))
    kept: dict[str, np.ndarray] = {}
    for k, kind in enumerate(KINDS):
        for s, seed in enumerate(seeds):
            rng = np.random.default_rng(seed)
            words, _, _ = sentences(3000, kind, rng)
            test, place, sense = sentences(2000, kind, rng)
            model = CharacterRNN(len(BANK_WORDS), WIDTH, HIDDEN, "LSTM", rng=rng)
            each = np.arange(len(test))
            untrained[k, s] = probe(model.eval().states(test)[each, place], sense)
            train(model.train(), words, steps, rng)
            trained[k, s] = probe(model.eval().states(test)[each, place], sense)
            if s == 0:
                kept |= stored_weights(kind, model)
    return {"kinds": np.array(KINDS), "probe": trained, "untrained": untrained} | kept
