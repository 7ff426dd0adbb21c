"""Two look-ups at once: one head or two, without and with an MLP behind the attention.

Eight slots hold a key (of 16) and a value (of 8). A query names a key and a place and wants both
values. Size 32, batches of 128, Adam with lr 0.005, 1,500 steps; measured is the share of queries
with both right.
"""

import numpy as np

from lessonlib import nn, optim

SEEDS = (0, 1, 2, 3, 4)
SLOTS = 8
KEYS = 16
VALUES = 8
SIZE = 32
STEPS = 1500
BATCH = 128
EVERY = 50  # steps between two measurements
MODELS = {
    "1 head": (1, False),
    "2 heads": (2, False),
    "1 head, MLP": (1, True),
    "2 heads, MLP": (2, True),
}


def questions(n: int, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Keys (n, 8), values (n, 8), key and place asked for (n,) each, answers (n, 2)."""
    keys = rng.random((n, KEYS)).argsort(axis=1)[:, :SLOTS]
    values = rng.integers(0, VALUES, (n, SLOTS))
    rows = np.arange(n)
    first = rng.integers(0, SLOTS, n)
    second = (first + rng.integers(1, SLOTS, n)) % SLOTS  # never the same slot
    answers = np.stack([values[rows, first], values[rows, second]], axis=1)
    return keys, values, keys[rows, first], second, answers


def _table(n: int, rng: np.random.Generator) -> nn.Embedding:
    table = nn.Embedding(n, SIZE, rng=rng)
    table.weight.data *= 0.5
    return table


class TwoLookups(nn.Module):
    """Slots and query are sums of embeddings; attention; a linear reader, or an MLP before it."""

    def __init__(self, heads: int, mlp: bool, rng: np.random.Generator) -> None:
        super().__init__()
        self.key, self.value, self.place = (_table(n, rng) for n in (KEYS, VALUES, SLOTS))
        self.ask_key, self.ask_place = (_table(n, rng) for n in (KEYS, SLOTS))
        self.attention = nn.MultiheadAttention(SIZE, heads, rng=rng)
        layers = [nn.Linear(SIZE, 4 * SIZE, rng=rng), nn.GELU(), nn.Linear(4 * SIZE, SIZE, rng=rng)]
        self.mlp = nn.Sequential(*layers) if mlp else None
        self.out = nn.Linear(SIZE, 2 * VALUES, rng=rng)

    def forward(
        self, keys: np.ndarray, values: np.ndarray, key: np.ndarray, place: np.ndarray
    ) -> np.ndarray:
        """Scores (N, 2, VALUES)."""
        places = np.broadcast_to(np.arange(SLOTS), keys.shape)
        slots = self.key(keys) + self.value(values) + self.place(places)
        query = (self.ask_key(key) + self.ask_place(place))[:, None]
        found, _ = self.attention(query, slots, slots, need_weights=False)
        x = (query + found)[:, 0]
        x = x + self.mlp(x) if self.mlp else x
        return self.out(x).reshape(-1, 2, VALUES)

    def backward(self, dscores: np.ndarray) -> None:
        """Add into all gradients."""
        dx = self.out.backward(dscores.reshape(len(dscores), -1))
        dx = dx + self.mlp.backward(dx) if self.mlp else dx
        dquery, dkey, dvalue = self.attention.backward(dx[:, None])
        for table in (self.ask_place, self.ask_key):
            table.backward(dx + dquery[:, 0])
        for table in (self.place, self.value, self.key):
            table.backward(dkey + dvalue)


def train(heads: int, mlp: bool, seed: int, steps: int = STEPS) -> np.ndarray:
    """Share of fresh queries with both answers right, every 50 steps."""
    rng = np.random.default_rng(seed)
    model = TwoLookups(heads, mlp, rng)
    loss = nn.CrossEntropyLoss()
    optimizer = optim.Adam(model.parameters(), lr=0.005)
    shares = []
    for step in range(steps):
        *asked, answers = questions(BATCH, rng)
        optimizer.zero_grad()
        scores = model(*asked)
        loss(scores.reshape(-1, VALUES), answers.ravel())
        model.backward(loss.backward().reshape(scores.shape))
        optimizer.step()
        if step % EVERY == EVERY - 1:
            *asked, answers = questions(1000, rng)
            right = model.eval()(*asked).argmax(axis=2) == answers
            shares.append(np.mean(np.all(right, axis=1)))
            model.train()
    return np.array(shares)


def make(seeds: tuple[int, ...] = SEEDS, steps: int = STEPS) -> dict[str, np.ndarray]:
    """Shares (seeds, models, measurements), with "names"."""
    table = [[train(*model, seed, steps) for model in MODELS.values()] for seed in seeds]
    return {"names": np.array(list(MODELS)), "share": np.array(table)}
