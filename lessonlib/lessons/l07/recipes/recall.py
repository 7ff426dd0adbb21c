"""How far back a recurrent layer learns to remember: a first symbol, k fillers, then the question.

The first symbol is 0 or 1, each filler one of six others; the answer is the first symbol.
32 units, 600 steps of Adam 0.005 on 64 of 2,000 sentences, clipped at 1. U starts as in PyTorch, or
is that start times the root of 3, or orthogonal: the last two have the same norm. The first start
is also given four times the steps at one k.
"""

import numpy as np

from lessonlib import nn, optim
from lessonlib.models import CharacterRNN

SEEDS = tuple(range(10))
FILLERS = (5, 10, 20, 30, 40, 60)  # k
STARTS = ("usual", "scaled", "orthogonal")
LONG, MORE = 40, 4  # the k that is also trained longer, and how many times as long
SYMBOLS, WIDTH, HIDDEN = 8, 16, 32
SENTENCES, BATCH, STEPS, LR = 2000, 64, 600, 0.005


def sentences(
    count: int, k: int, rng: np.random.Generator, place: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Sentences (count, k + 1) and their answers, the symbols at one place."""
    ids = rng.integers(2, SYMBOLS, (count, k + 1))
    ids[:, place] = rng.integers(0, 2, count)
    return ids, ids[:, place].copy()


def reader(start: str, rng: np.random.Generator) -> CharacterRNN:
    """An untrained model whose matrix U starts in one of three ways."""
    model = CharacterRNN(SYMBOLS, WIDTH, HIDDEN, rng=rng)
    model.read = nn.Linear(HIDDEN, 2, rng=rng)
    U = model.rnn.weight_hh_l0
    if start == "scaled":
        U.data *= np.float32(3**0.5)
    if start == "orthogonal":
        U.data[:] = np.linalg.qr(rng.normal(size=U.data.shape))[0]
    return model


def left(model: CharacterRNN, ids: np.ndarray, rng: np.random.Generator) -> float:
    """Median length of a gradient of length 1 at the last state when it reaches the first."""
    h = model.states(ids)
    U = model.rnn.weight_hh_l0.data
    g = rng.normal(size=h[:, 0].shape)
    g /= np.linalg.norm(g, axis=1, keepdims=True)
    for t in range(h.shape[1] - 1, 0, -1):
        g = ((1 - h[:, t] ** 2) * g) @ U
    return float(np.median(np.linalg.norm(g, axis=1)))


def accuracy(model: CharacterRNN, ids: np.ndarray, answers: np.ndarray) -> float:
    """Share of sentences whose symbol is told at the end."""
    return float(np.mean(model(ids)[:, -1].argmax(axis=1) == answers))


def run(k: int, start: str, seed: int, steps: int, place: int = 0) -> tuple[float, float, float]:
    """Accuracy on new sentences, and what is left of a gradient before and after training."""
    rng = np.random.default_rng([seed, k])
    model, criterion = reader(start, rng), nn.CrossEntropyLoss()
    optimizer = optim.Adam(model.parameters(), LR)
    ids, answers = sentences(SENTENCES, k, rng, place)
    reach = left(model, ids[:BATCH], rng)
    for _ in range(steps):
        batch = rng.integers(0, SENTENCES, BATCH)
        optimizer.zero_grad()
        scores = model(ids[batch])
        criterion(scores[:, -1], answers[batch])
        dscores = np.zeros_like(scores)
        dscores[:, -1] = criterion.backward()
        model.backward(dscores)
        optim.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    model.eval()
    right = accuracy(model, *sentences(1000, k, rng, place))
    return right, reach, left(model, ids[:BATCH], np.random.default_rng([seed, k, 1]))


def make(
    seeds: tuple[int, ...] = SEEDS, fillers: tuple[int, ...] = FILLERS, steps: int = STEPS
) -> dict[str, np.ndarray]:
    """Accuracy and what is left of a gradient at the start, (seeds, starts, k); the long runs."""
    runs = np.array([[[run(k, s, seed, steps) for k in fillers] for s in STARTS] for seed in seeds])
    longer = [run(LONG, STARTS[0], seed, MORE * steps)[0] for seed in seeds]
    return {
        "fillers": np.array(fillers),
        "starts": np.array(STARTS),
        "accuracy": runs[..., 0],
        "left": runs[..., 1],
        "longer": np.array(longer),
    }
