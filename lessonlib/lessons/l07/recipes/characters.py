"""Character models of the prose: one recurrent layer of 128 units, 3,000 steps, five seeds.

32 streams of the text are read side by side, 64 characters a step; the state is carried from step
to step, the gradient is not (truncated backpropagation through time). Adam 0.005, clipped at 1.
Stored are the bits on the validation text during training, those of tables that count, and the
weights of the first seed, with which the explorer reads.
"""

from collections.abc import Iterator

import numpy as np

from lessonlib import datasets, nn, optim
from lessonlib.models import CharacterRNN
from lessonlib.text import NGram, Vocabulary

SEEDS = (0, 1, 2, 3, 4)
WIDTH, HIDDEN = 32, 128
STREAMS, WINDOW = 32, 64
MEASURED = (50, 100, 200, 300, 450, 700, 1000, 1500, 2000, 3000)
ORDERS = (0, 1, 2, 3)
LR = 0.005
PIECES = 100  # of the validation text, each begun with an empty state


def loss_of(criterion: nn.Module, scores: np.ndarray, targets: np.ndarray) -> float:
    """Cross-entropy in nats of scores (N, L, V) for targets (N, L)."""
    return float(criterion(scores.reshape(targets.size, -1), targets.ravel()))


def windows(ids: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray, bool]]:
    """Inputs and targets (STREAMS, WINDOW), over and over; True at the beginning of the text."""
    rows = ids[: len(ids) // STREAMS * STREAMS].reshape(STREAMS, -1)
    while True:
        for at in range(0, rows.shape[1] - WINDOW, WINDOW):
            yield rows[:, at : at + WINDOW], rows[:, at + 1 : at + WINDOW + 1], at == 0


def bits(model: nn.Module, ids: np.ndarray) -> float:
    """Bits per character on a text cut into PIECES."""
    rows = ids[: len(ids) // PIECES * PIECES].reshape(PIECES, -1)
    model.eval()
    loss = loss_of(nn.CrossEntropyLoss().eval(), model(rows[:, :-1]), rows[:, 1:])
    model.train()
    return loss / np.log(2)


def train(
    seed: int, train_ids: np.ndarray, valid_ids: np.ndarray, symbols: int, steps: int = MEASURED[-1]
) -> tuple[CharacterRNN, list[float]]:
    """A trained model, and its bits on the validation text after each of MEASURED steps."""
    model = CharacterRNN(symbols, WIDTH, HIDDEN, rng=np.random.default_rng(seed))
    optimizer, criterion = optim.Adam(model.parameters(), LR), nn.CrossEntropyLoss()
    measured: list[float] = []
    state = None
    for step, (x, y, begins) in zip(range(1, steps + 1), windows(train_ids), strict=False):
        optimizer.zero_grad()
        scores = model(x, None if begins else state)
        state = model.state
        loss_of(criterion, scores, y)
        model.backward(criterion.backward().reshape(scores.shape))
        optim.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if step in MEASURED:
            measured.append(bits(model, valid_ids))
    return model, measured


def text() -> tuple[Vocabulary, np.ndarray, np.ndarray]:
    """The vocabulary of the prose, and its training and validation part as ids."""
    letters = Vocabulary(datasets.prose())
    train, valid = (letters.encode(datasets.prose(part)) for part in ("train", "validation"))
    return letters, train, valid


def make(seeds: tuple[int, ...] = SEEDS, steps: int = MEASURED[-1]) -> dict[str, np.ndarray]:
    """Bits (seeds, measured), the tables' bits, the first seed's weights in half precision."""
    letters, train_ids, valid_ids = text()
    runs = [train(seed, train_ids, valid_ids, len(letters), steps) for seed in seeds]
    tables = [NGram(order, len(letters)).fit(train_ids).bits(valid_ids) for order in ORDERS]
    weights = runs[0][0].state_dict()
    return {
        "steps": np.array([step for step in MEASURED if step <= steps]),
        "bits": np.array([measured for _, measured in runs]),
        "orders": np.array(ORDERS),
        "tables": np.array(tables),
        "symbols": np.array(letters.symbols),
        **{f"weight {name}": w.astype(np.float16) for name, w in weights.items()},
    }
