"""Two hundred digits: each where one draw put it, or with shifted copies for every method.

Once, each digit is moved by one draw of up to 2 pixels and stays there. The second time, the
methods are told of shifts: networks see each digit with a new draw in every pass, the others keep
all 25 shifted copies. Two need no telling: the nearest neighbour of centred digits, and of digits
that are slid over each other. All read validation digits at all 25 places.
"""

from collections.abc import Callable
from functools import partial

import numpy as np

from lessonlib import nn, optim
from lessonlib.datasets import shift
from lessonlib.datasets.images import shifted
from lessonlib.lessons.l06.recipes.parts import RANDOM, last_layer, random_features
from lessonlib.lessons.l06.recipes.parts import network as cnn
from lessonlib.lessons.l06.recipes.shifts import memory, mlp, wide
from lessonlib.lessons.l06.scenes import middled
from lessonlib.models import small_cnn
from lessonlib.scoreboard import canvas
from lessonlib.training import fit, predict

SEEDS = (0, 1, 2, 3, 4)
EXAMPLES, EPOCHS, BATCH = 200, 255, 32
LRS = (0.003, 0.01)
MOVES = tuple((right, down) for right in range(-2, 3) for down in range(-2, 3))

NETWORKS: dict[str, Callable[..., nn.Sequential]] = {
    "CNN 3,706": small_cnn,
    "CNN 2,986, whole map": partial(cnn, whole=True),
    "MLP 3,730": mlp,
    "MLP 39,690": wide,
}
NAMES = (*NETWORKS, *RANDOM, "1-NN", "support vectors", "1-NN, centred", "1-NN, slid")


def copies(X: np.ndarray) -> np.ndarray:
    """All 25 shifted copies of images (N, 12, 12), one after the other."""
    return np.concatenate([shift(X, *move) for move in MOVES])


def slid(kept: np.ndarray, labels: np.ndarray, images: np.ndarray) -> np.ndarray:
    """The label of the nearest kept image, wherever the two are laid on each other.

    kept, images : (N, 12, 12) with the ink of 8 x 8 pixels, up to 2 pixels from the middle; so 4
    pixels in each direction bring any of them onto any other, in a frame that cuts nothing off
    """
    frame = ((0, 0), (4, 4), (4, 4))
    rows = np.pad(kept, frame).reshape(len(kept), -1)
    nearest = np.full((len(images), len(kept)), np.inf, np.float32)
    for right in range(-4, 5):
        for down in range(-4, 5):
            moved = shift(np.pad(images, frame), right, down).reshape(len(images), -1)
            np.minimum(nearest, np.sum(rows**2, axis=1) - 2 * moved @ rows.T, out=nearest)
    return labels[nearest.argmin(axis=1)]


def same(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The images of a pass, where no pass changes them."""
    return images


def network(
    name: str,
    lr: float,
    seed: int,
    epochs: int,
    images: Callable[[np.random.Generator], np.ndarray],
    y: np.ndarray,
) -> nn.Sequential:
    """Train by Adam with a cosine schedule; `images` gives the images of each pass."""
    rng = np.random.default_rng(seed)
    model = NETWORKS[name](rng=rng)
    optimizer = optim.Adam(model.parameters(), lr=lr)
    scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    loss = nn.CrossEntropyLoss()
    for _ in range(epochs):
        fit(
            model, loss, optimizer, images(rng)[:, None], y, rng=rng,
            epochs=1, batch_size=BATCH, scheduler=scheduler, progress=False,
        )  # fmt: skip
    return model.eval()


def kept_answers(
    name: str, X: np.ndarray, y: np.ndarray, seed: int
) -> Callable[[np.ndarray], np.ndarray]:
    """What a memory, or a last layer on random kernels, answers to images."""
    if name in RANDOM:
        features = random_features(name, seed)
        last = last_layer(features(X), y)
        return lambda images: last(features(images))
    answer = memory(name, X, y)
    return lambda images: answer(images.reshape(len(images), -1))


def make(
    seeds: tuple[int, ...] = SEEDS, share: float = 1.0, names: tuple[str, ...] = NAMES
) -> dict[str, np.ndarray]:
    """Validation accuracy (seeds, methods, learning rates, one place or told of all).

    Methods without a learning rate have the same number for each. share : of the passes
    """
    (X, y), (valid, valid_y) = canvas("train"), canvas("validation")
    seen, truth = copies(valid), np.tile(valid_y, len(MOVES))
    in_middle = middled(seen).reshape(len(seen), -1)
    epochs = max(1, round(share * EPOCHS))
    found = np.zeros((len(seeds), len(names), len(LRS), 2))
    for s, seed in enumerate(seeds):
        rng = np.random.default_rng(seed)
        few = rng.permutation(len(X))[:EXAMPLES]
        own, labels = X[few], y[few]
        once = shifted(own, rng)
        for m, name in enumerate(names):
            if name in NETWORKS:
                for told, images in enumerate((partial(same, once), partial(shifted, own))):
                    for k, lr in enumerate(LRS):
                        model = network(name, lr, seed, epochs, images, labels)
                        answers = predict(model, seen[:, None]).argmax(axis=1)
                        found[s, m, k, told] = np.mean(answers == truth)
            elif name == "1-NN, centred":
                found[s, m] = np.mean(memory("1-NN", middled(once), labels)(in_middle) == truth)
            elif name == "1-NN, slid":
                found[s, m] = np.mean(slid(once, labels, seen) == truth)
            else:
                for told, kept in enumerate((once, copies(own))):
                    answer = kept_answers(name, kept, np.tile(labels, len(kept) // len(own)), seed)
                    found[s, m, :, told] = np.mean(answer(seen) == truth)
    return {"names": np.array(names), "accuracy": found}
