"""Equal parameters, equal augmentation: a CNN, MLPs and two memories on shifted digits.

Each is trained twice: on the digits as they are, and on shifted ones. For the networks, every epoch
shifts each image by a new draw; the two memories get all 25 shifted copies of every image at once.
"""

from collections.abc import Callable

import numpy as np

from lessonlib import nn
from lessonlib.datasets import shift
from lessonlib.datasets.images import shifted
from lessonlib.lessons.l06.recipes.scoreboard import train
from lessonlib.models import small_cnn
from lessonlib.scoreboard import canvas, measure
from lessonlib.training import predict

SEEDS = (0, 1, 2, 3, 4)
EPOCHS = (20, 80)  # as they are; shifted, where each epoch brings new images


def mlp(hidden: int = 24, *, rng: np.random.Generator) -> nn.Sequential:
    """144 - hidden - 10 with ReLU; 24 hidden units have 3,730 parameters, 256 have 39,690."""
    return nn.Sequential(
        nn.Flatten(), nn.Linear(144, hidden, rng=rng), nn.ReLU(), nn.Linear(hidden, 10, rng=rng)
    )


def wide(*, rng: np.random.Generator) -> nn.Sequential:
    """The MLP with 256 hidden units."""
    return mlp(256, rng=rng)


# network: how it is built, lr
NETWORKS: dict[str, tuple[Callable[..., nn.Sequential], float]] = {
    "CNN 3,706": (small_cnn, 0.01),
    "MLP 3,730": (mlp, 0.01),
    "MLP 39,690": (wide, 0.003),
}
NAMES = (*NETWORKS, "1-NN", "support vectors")


def network(
    name: str, augment: bool, seed: int, share: float
) -> Callable[[np.ndarray], np.ndarray]:
    """Train one network; what it answers to rows of pixels."""
    build, lr = NETWORKS[name]
    rng = np.random.default_rng(seed)
    epochs = max(1, round(share * EPOCHS[augment]))
    model = train(build(rng=rng), lr, shifted if augment else None, epochs, rng)
    return lambda X: predict(model, X.reshape(-1, 1, 12, 12)).argmax(axis=1)


def memory(kind: str, X: np.ndarray, y: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Nearest neighbour or support vectors; what they answer to rows of pixels."""
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.svm import SVC

    model = KNeighborsClassifier(1) if kind == "1-NN" else SVC(C=10.0, gamma="scale")
    return model.fit(X.reshape(len(X), -1), y).predict


def copies(augment: bool, seed: int, share: float) -> tuple[np.ndarray, np.ndarray]:
    """Nine tenths of the training images, drawn by the seed; with all 25 shifts where asked."""
    X, y = canvas("train")
    kept = np.random.default_rng(seed).permutation(len(X))[: int(0.9 * share * len(X))]
    X, y = X[kept], y[kept]
    if not augment:
        return X, y
    moves = [(right, down) for right in range(-2, 3) for down in range(-2, 3)]
    return np.concatenate([shift(X, *move) for move in moves]), np.tile(y, len(moves))


def make(seeds: tuple[int, ...] = SEEDS, share: float = 1.0) -> dict[str, np.ndarray]:
    """Test accuracy (seeds, models, trained on plain or shifted, shifted by 0, 1, 2 pixels)."""
    accuracy = np.zeros((len(seeds), len(NAMES), 2, 3))
    for s, seed in enumerate(seeds):
        for m, name in enumerate(NAMES):
            for augment in (False, True):
                if name in NETWORKS:
                    answer = network(name, augment, seed, share)
                else:
                    answer = memory(name, *copies(augment, seed, share))
                accuracy[s, m, int(augment)] = measure(answer)
    return {"names": np.array(NAMES), "accuracy": accuracy}
