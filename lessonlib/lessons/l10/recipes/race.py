"""Bits per character of a GPT, an LSTM and count tables on the same prose, at equal steps.

Each network reads 1,000 batches of 16 windows of 48 symbols, characters or tokens of 300 merges
learned on the training part, with AdamW, 20 steps of warm-up and a cosine. Each lr is the better
of two (0.005, 0.01) for seed 0, chosen before the text was split by page and not again. All are
measured on the same validation pages: windows of 48, each started from nothing, so that the first
symbols of a window are hard for everyone; the tables have their whole context everywhere.
"""

import time
from typing import Any

import numpy as np

from lessonlib import datasets, nn, optim
from lessonlib.models import GPT, CharacterRNN
from lessonlib.text import BytePairEncoding, NGram, Vocabulary
from lessonlib.training.steps import random_windows, train_steps

SEEDS = (0, 1, 2)
MERGES, LENGTH, BATCH, STEPS = 300, 48, 16, 1000
NETWORKS = ("GPT, characters", "LSTM, characters", "GPT, tokens", "LSTM, tokens")
LRS = (0.01, 0.01, 0.005, 0.01)
WIDTH = 64
HIDDEN = {"characters": 128, "tokens": 96}  # so that the LSTM has about the GPT's parameters
TABLES = (0, 1, 2, 3, 5)  # orders, on characters
TOKEN_TABLES = (1, 2)  # orders, on tokens


def learn(
    model: nn.Module,
    ids: np.ndarray,
    rng: np.random.Generator,
    *,
    lr: float,
    steps: int,
    length: int = LENGTH,
) -> list[float]:
    """Train a language model on random windows of ids; the loss of every step, in nats a symbol."""

    def factor(step: int) -> float:
        return min(1, (step + 1) / 20) * (0.05 + 0.475 * (1 + np.cos(np.pi * step / steps)))

    optimizer = optim.AdamW(model.parameters(), lr=lr, betas=(0.9, 0.99), weight_decay=0.01)
    scheduler = optim.lr_scheduler.LambdaLR(optimizer, factor)
    settings: dict[str, Any] = {"max_grad_norm": 1.0, "scheduler": scheduler}
    batches = random_windows(ids, length, BATCH, steps, rng)
    return list(train_steps(model.train(), nn.CrossEntropyLoss(), optimizer, batches, **settings))


def bits(model: nn.Module, ids: np.ndarray, length: int = LENGTH) -> float:
    """Mean bits per symbol over all whole windows of a text."""
    model.eval()
    rows, loss, total = (len(ids) - 1) // length, nn.CrossEntropyLoss(), 0.0
    inputs = ids[: rows * length].reshape(rows, length)
    targets = ids[1 : rows * length + 1].reshape(rows, length)
    for k in range(0, rows, 64):
        logits = model(inputs[k : k + 64])
        part = targets[k : k + 64].ravel()
        total += loss(logits.reshape(len(part), -1), part) * len(part)
    return float(total / targets.size / np.log(2))


def corpus(kind: str) -> tuple[np.ndarray, np.ndarray, int, float]:
    """Training ids, validation ids, vocabulary, characters per symbol of the validation part."""
    train, validation = (datasets.prose(part) for part in ("train", "validation"))
    code = (
        BytePairEncoding.train(train, MERGES) if kind == "tokens" else Vocabulary(datasets.prose())
    )
    ids = code.encode(train), code.encode(validation)
    return *ids, len(code), len(validation) / len(ids[1])


def network(name: str, vocabulary: int, rng: np.random.Generator, length: int) -> nn.Module:
    """A fresh network of the race."""
    model, kind = name.split(", ")
    if model == "GPT":
        return GPT(vocabulary, length, rng=rng)
    return CharacterRNN(vocabulary, WIDTH, HIDDEN[kind], "LSTM", rng=rng)


def tables(kind: str, orders: tuple[int, ...]) -> list[float]:
    """Bits per character of Witten-Bell tables."""
    train, validation, size, ratio = corpus(kind)
    found = [NGram(n, size, "witten-bell").fit(train).bits(validation) for n in orders]
    return [one / ratio for one in found]


def make(seeds: tuple[int, ...] = SEEDS, steps: int = STEPS) -> dict[str, np.ndarray]:
    """bits (seeds, networks) per character, parameters, seconds, and those of the tables."""
    shape = len(seeds), len(NETWORKS)
    found, seconds, parameters = np.zeros(shape), np.zeros(shape), np.zeros(len(NETWORKS), int)
    for k, (name, lr) in enumerate(zip(NETWORKS, LRS, strict=True)):
        train, validation, size, ratio = corpus(name.split(", ")[1])
        for s, seed in enumerate(seeds):
            rng = np.random.default_rng(seed)
            model, start = network(name, size, rng, LENGTH), time.process_time()
            learn(model, train, rng, lr=lr, steps=steps)
            seconds[s, k] = time.process_time() - start
            found[s, k] = bits(model, validation) / ratio
            parameters[k] = sum(p.data.size for p in model.parameters())
    return {
        "networks": np.array(NETWORKS),
        "bits": found,
        "seconds": seconds,
        "parameters": parameters,
        "orders": np.array(TABLES),
        "tables": np.array(tables("characters", TABLES)),
        "token_orders": np.array(TOKEN_TABLES),
        "token_tables": np.array(tables("tokens", TOKEN_TABLES)),
    }
