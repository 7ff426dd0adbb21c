"""Is attention an explanation? Classifiers with attention pooling, and what moving it changes.

Three trainings: snippets of 20 words of the embedded prose, classified by their chapter and read by
an LSTM in both directions; the same without an LSTM; generated sentences in which one word gives
the class away, with the LSTM. After Jain and Wallace 2019, "Attention is not explanation".
"""

import re
from collections import Counter

import numpy as np
from scipy.stats import kendalltau

from lessonlib import functional as F
from lessonlib import nn, optim
from lessonlib.datasets import prose
from lessonlib.models import AdditiveAttention

Part = tuple[np.ndarray, np.ndarray]  # words (N, L), labels (N,)
SEEDS = (0, 1, 2, 3, 4)
STEPS = 300
BATCH = 64
SIZE = 24
LENGTH = 20
CHAPTERS = ("Compound statements", "String Methods", '"pdb" — The Python Debugger')
KINDS = ("prose, LSTM", "prose, words alone", "one telling word, LSTM")
MEASURES = ("accuracy", "moved", "shuffled", "rank")
TELLING = ("goal coach referee", "rain cloud frost", "bread salt oven", "drum choir violin")
# fmt: off
FILLERS = ("the", "a", "then", "was", "is", "and", "with", "very", "of", "in", "this", "it",
           "that", "we", "saw", "had", "on", "to", "went", "there")
# fmt: on


class Pooling(nn.Module):
    """Words -> (LSTM both ways, or one layer of tanh) -> attention -> class scores."""

    def __init__(self, words: int, classes: int, recurrent: bool, rng: np.random.Generator) -> None:
        super().__init__()
        self.embedding = nn.Embedding(words, SIZE, rng=rng)
        self.encoder: nn.LSTM | nn.Linear
        if recurrent:
            self.encoder = nn.LSTM(SIZE, SIZE, bidirectional=True, rng=rng)
        else:
            self.encoder = nn.Linear(SIZE, 2 * SIZE, rng=rng)
        self.attention = AdditiveAttention(1, 2 * SIZE, 2 * SIZE, rng=rng)
        self.out = nn.Linear(2 * SIZE, classes, rng=rng)

    def encode(self, x: np.ndarray) -> np.ndarray:
        """Embedded words (N, L, SIZE) to states (N, L, 2 SIZE)."""
        y = self.encoder(x)
        return y[0] if isinstance(self.encoder, nn.LSTM) else np.tanh(y)

    def forward(self, words: np.ndarray) -> np.ndarray:
        """words (N, L) to scores (N, classes); one query, always 0, asks all states."""
        self.states = self.encode(self.embedding(words))
        return self.out(self.attention(np.zeros((len(words), 1, 1), np.float32), self.states)[:, 0])

    def backward(self, dscores: np.ndarray) -> np.ndarray:
        """Gradient of the embedded words (N, L, SIZE)."""
        _, dstates = self.attention.backward(self.out.backward(dscores)[:, None])
        if isinstance(self.encoder, nn.LSTM):
            dx = self.encoder.backward(dstates)[0]
        else:
            dx = self.encoder.backward(dstates * (1 - self.states**2))
        self.embedding.backward(dx)
        return dx


def snippets(rng: np.random.Generator) -> tuple[Part, Part, int, int]:
    """Prose in pieces of 20 words by chapter; the first of every five is for testing."""
    text = prose()
    train, test = [], []
    for label, chapter in enumerate(CHAPTERS):
        body = text.split(f"\n{chapter}\n***")[1]
        body = re.split(r"\n[^\n]+\n\*{5}", body)[0]
        words = re.findall(r"[a-z]+", body.lower())
        for first in range(0, len(words) - 5 * LENGTH, 5 * LENGTH):
            block = words[first : first + 5 * LENGTH]
            test.append((block[:LENGTH], label))
            starts = range(LENGTH, 4 * LENGTH + 1, 5)
            train += [(block[k : k + LENGTH], label) for k in starts]
    counts = Counter(word for piece, _ in train for word in piece)
    place = {word: k + 1 for k, (word, _) in enumerate(counts.most_common(1500))}
    sets = []
    for part in (train, test):
        part = [part[k] for k in rng.permutation(len(part))]
        ids = [[place.get(word, 0) for word in piece] for piece, _ in part]
        sets.append((np.array(ids), np.array([label for _, label in part])))
    return sets[0], sets[1], len(place) + 1, len(CHAPTERS)


def telling(rng: np.random.Generator) -> tuple[Part, Part, int, int]:
    """Sentences of 20 filler words, one of them replaced by a word that gives the class away."""
    vocabulary = [*FILLERS, *" ".join(TELLING).split()]
    sets = []
    for n in (3000, 600):
        label = rng.integers(0, len(TELLING), n)
        words = rng.integers(0, len(FILLERS), (n, LENGTH))
        told = len(FILLERS) + 3 * label + rng.integers(0, 3, n)
        words[np.arange(n), rng.integers(0, LENGTH, n)] = told
        sets.append((words, label))
    return sets[0], sets[1], len(vocabulary), len(TELLING)


def train(kind: str, rng: np.random.Generator, steps: int = STEPS) -> tuple[Pooling, Part]:
    """A trained classifier and its test set."""
    (X, y), test, words, classes = telling(rng) if "telling" in kind else snippets(rng)
    model = Pooling(words, classes, "LSTM" in kind, rng)
    loss = nn.CrossEntropyLoss()
    optimizer = optim.Adam(model.parameters(), lr=0.005)
    for _ in range(steps):
        batch = rng.integers(0, len(X), BATCH)
        optimizer.zero_grad()
        loss(model(X[batch]), y[batch])
        model.backward(loss.backward())
        optimizer.step()
    return model, test


def distance(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Total variation distance: half the sum of the differences of two distributions."""
    return np.abs(p - q).sum(axis=-1) / 2


def examine(model: Pooling, test: Part, rng: np.random.Generator) -> dict[str, float]:
    """What happens to the answers when the attention is moved, and whether it follows gradients."""
    words, labels = test[0][:500], test[1][:500]
    model.eval().record()
    p, cache = F.softmax(model(words))
    assert model.attention.weights is not None  # of the pass above
    a = model.attention.weights[:, 0]  # (N, L)
    states = model.states  # (N, L, 2 SIZE)
    chosen = np.eye(p.shape[1], dtype=p.dtype)[p.argmax(axis=1)]
    gradients = np.linalg.norm(model.backward(F.softmax_backward(chosen, cache)), axis=2)  # (N, L)
    pairs = zip(a[:200], gradients[:200], strict=True)
    rank = np.nanmean([kendalltau(*pair)[0] for pair in pairs])

    def answer(context: np.ndarray) -> np.ndarray:
        return F.softmax(model.out(context))[0]

    single = distance(answer(states), p[:, None])  # all the attention on this one word
    np.put_along_axis(single, a.argmax(axis=1)[:, None], np.inf, axis=1)
    flips = []
    for _ in range(10):
        mixed = rng.permuted(a, axis=1)[:, None]
        flips.append(answer((mixed @ states)[:, 0]).argmax(axis=1) != p.argmax(axis=1))
    return {
        "accuracy": np.mean(p.argmax(axis=1) == labels),
        "moved": np.mean(single.min(axis=1) < 0.05),
        "shuffled": np.mean(flips),
        "rank": rank,
    }


def make(seeds: tuple[int, ...] = SEEDS, steps: int = STEPS) -> dict[str, np.ndarray]:
    """Measures (seeds, kinds, 4), with "kinds" and "measures"."""
    table = np.zeros((len(seeds), len(KINDS), len(MEASURES)))
    for s, seed in enumerate(seeds):
        for k, kind in enumerate(KINDS):
            rng = np.random.default_rng(seed)
            found = examine(*train(kind, rng, steps), rng)
            table[s, k] = [found[name] for name in MEASURES]
    return {"kinds": np.array(KINDS), "measures": np.array(MEASURES), "table": table}
