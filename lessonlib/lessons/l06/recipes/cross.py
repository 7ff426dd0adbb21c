"""Position and scale: what each network reads of shapes that were never shown so.

Every network is trained three times, and each time tested in four ways. "Middle" shapes are near
the middle and of ordinary size; "moved" ones are anywhere; "small" and "large" ones have half the
smallest and twice the largest area. All are turned by any angle.
"""

from collections.abc import Callable
from functools import partial

import numpy as np

from lessonlib import nn, optim
from lessonlib.datasets import SHAPES
from lessonlib.datasets.images import shift
from lessonlib.datasets.shapes import draw
from lessonlib.lessons.l06.scenes import largest_piece
from lessonlib.training import accuracy, fit, predict

SEEDS = (0, 1, 2, 3, 4)
TRAIN, VALIDATION, TEST = 1500, 500, 600  # shapes
BATCH, NOISE = 32, 0.02  # share of the pixels that are flipped
ORDINARY = (28.0, 60.0)  # areas, in pixels

# how far a shape is from the middle at most, in pixels; its area
TRAININGS = {
    "middle": (1.0, ORDINARY),
    "moved": (4.0, ORDINARY),
    "all sizes": (1.0, (14.0, 140.0)),
}
TESTS = {
    "middle": (1.0, ORDINARY),
    "moved": (4.0, ORDINARY),
    "small": (1.0, (14.0, 20.0)),
    "large": (1.0, (110.0, 140.0)),
}


class OwnKernels(nn.Module):
    """A convolution without sharing: every place has kernels of its own. Same size by padding."""

    def __init__(
        self, c_in: int, c_out: int, kernel: int, side: int, rng: np.random.Generator
    ) -> None:
        super().__init__()
        self.kernel, bound = kernel, 1 / np.sqrt(c_in * kernel**2)
        shape = (side**2, c_in * kernel**2, c_out)
        self.weight = nn.Parameter(rng.uniform(-bound, bound, shape).astype(np.float32))
        bias = rng.uniform(-bound, bound, (side**2, 1, c_out)).astype(np.float32)
        self.bias = nn.Parameter(bias)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Images (N, C, H, W) to maps (N, O, H, W)."""
        n, c, h, w = x.shape
        k, p = self.kernel, self.kernel // 2
        framed = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
        windows = np.lib.stride_tricks.sliding_window_view(framed, (k, k), axis=(2, 3))
        columns = windows.transpose(2, 3, 0, 1, 4, 5).reshape(h * w, n, c * k * k)
        self._push((columns, x.shape))
        y = columns @ self.weight.data + self.bias.data  # (places, N, O)
        return y.transpose(1, 2, 0).reshape(n, -1, h, w)

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Gradient for x; adds into the gradients of weight and bias."""
        columns, (n, c, h, w) = self._pop()
        k, p = self.kernel, self.kernel // 2
        d = dy.reshape(n, -1, h * w).transpose(2, 0, 1)
        self._add_grads(weight=columns.swapaxes(1, 2) @ d, bias=d.sum(axis=1, keepdims=True))
        dwindows = (d @ self.weight.data.swapaxes(1, 2)).reshape(h, w, n, c, k, k)
        dx = np.zeros((n, c, h + 2 * p, w + 2 * p), dy.dtype)
        for i in range(k):
            for j in range(k):
                dx[:, :, i : i + h, j : j + w] += dwindows[..., i, j].transpose(2, 3, 0, 1)
        return dx[:, :, p : p + h, p : p + w]


def mlp(hidden: int, rng: np.random.Generator) -> nn.Sequential:
    """256 - hidden - 2 with ReLU."""
    first, last = nn.Linear(256, hidden, rng=rng), nn.Linear(hidden, 2, rng=rng)
    return nn.Sequential(nn.Flatten(), first, nn.ReLU(), last)


def convolutional(
    shared: bool,
    whole: bool,
    rng: np.random.Generator,
    pool: Callable[[int], nn.Module] = nn.MaxPool2d,
) -> nn.Sequential:
    """Two layers of 8 and 16 kernels of 5 x 5 with pooling, then two scores.

    shared : one set of kernels for all places, or a set for each place
    whole  : the second pooling runs over the whole map, or over windows of 2 x 2
    pool   : what the second pooling takes, the maximum or the mean
    """

    def layer(c_in: int, c_out: int, side: int) -> nn.Module:
        if shared:
            return nn.Conv2d(c_in, c_out, 5, padding=2, rng=rng)
        return OwnKernels(c_in, c_out, 5, side, rng)

    first, second = layer(1, 8, 16), layer(8, 16, 8)
    window, seen = (8, 16) if whole else (2, 256)
    end = pool(window), nn.Flatten(), nn.Linear(seen, 2, rng=rng)
    return nn.Sequential(first, nn.ReLU(), nn.MaxPool2d(2), second, nn.ReLU(), *end)


# network: how it is built, passes over the shapes
MODELS: dict[str, tuple[Callable[[np.random.Generator], nn.Sequential], int]] = {
    "MLP": (lambda rng: mlp(64, rng), 24),
    "own kernels, maximum": (lambda rng: convolutional(False, True, rng), 8),
    "shared kernels, dense": (lambda rng: convolutional(True, False, rng), 8),
    "shared kernels, maximum": (lambda rng: convolutional(True, True, rng), 8),
    "shared kernels, mean": (lambda rng: convolutional(True, True, rng, nn.AvgPool2d), 24),
    "MLP, fresh moves": (lambda rng: mlp(64, rng), 100),
}
# what is done to an image by hand before the MLP reads it
BY_HAND = ("MLP, centred", "MLP, piece centred", "MLP, piece resized")
NAMES = (*MODELS, *BY_HAND)
ALL_TRAININGS = ("MLP", "shared kernels, maximum", "MLP, centred")  # the others: "middle" alone
FRESH = 3  # pixels: how far a shape is moved at most in a pass of "MLP, fresh moves"
AREA = 60.0  # pixels of a piece that is resized
LRS = (0.003, 0.01)  # validation chooses


def shapes(
    n: int, reach: float, areas: tuple[float, float], rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Images (n, 1, 16, 16) with their noise; 1 for a triangle, 0 for another shape."""
    y = rng.permutation(np.arange(n) % 2)
    X = np.empty((n, 1, 16, 16), np.float32)
    for k, yes in enumerate(y):
        kind = "triangle" if yes else SHAPES[rng.integers(1, 4)]
        area, angle = rng.uniform(*areas), rng.uniform(0, 2 * np.pi)
        image = draw(kind, 16, area, angle, 7.5 + rng.uniform(-reach, reach, 2))
        X[k, 0] = image ^ (rng.random((16, 16)) < NOISE)
    return X, y


def middled(X: np.ndarray) -> np.ndarray:
    """Each image moved by whole pixels until the centre of its ink is nearest to the middle."""
    ink, places = X.sum(axis=(1, 2, 3)), np.arange(16)
    down, right = (
        np.rint(7.5 - X.sum(axis=axis) @ places / np.maximum(ink, 1)).astype(int)
        for axis in ((1, 3), (1, 2))
    )
    moved = np.empty_like(X)
    for k, image in enumerate(X):
        moved[k] = shift(image, int(right[k]), int(down[k]))
    return moved


def resized(X: np.ndarray, resize: bool = True) -> np.ndarray:
    """The largest piece of each image, its centre in the middle, and with an area of 60 pixels.

    resize : the area is changed; without that, the piece is centred alone
    """
    from scipy.ndimage import map_coordinates

    found = np.zeros_like(X)
    steps = np.mgrid[:16, :16] - 7.5
    for piece, image in zip(largest_piece(X[:, 0]) > 0, found[:, 0], strict=True):
        if not piece.any():
            continue
        middle = np.argwhere(piece).mean(axis=0)[:, None, None]
        scale = np.sqrt(piece.sum() / AREA) if resize else 1.0
        image[:] = map_coordinates(piece.astype(float), middle + scale * steps, order=1)
    return found


def freshly_moved(X: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Each image moved by whole pixels, up to three in each direction, drawn again."""
    moves = rng.integers(-FRESH, FRESH + 1, (len(X), 2))
    return np.stack([shift(x, int(a), int(b)) for x, (a, b) in zip(X, moves, strict=True)])


def trained_network(
    name: str, lr: float, X: np.ndarray, y: np.ndarray, seed: int, share: float = 1.0
) -> nn.Sequential:
    """Train by Adam with a cosine schedule; `share` of the passes, for a short run."""
    build, epochs = MODELS[name]
    epochs, rng = max(1, round(share * epochs)), np.random.default_rng(seed)
    model = build(rng)
    optimizer = optim.Adam(model.parameters(), lr=lr)
    scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    loss = nn.CrossEntropyLoss()
    fresh = name == "MLP, fresh moves"
    for _ in range(epochs if fresh else 1):
        fit(
            model, loss, optimizer, freshly_moved(X, rng) if fresh else X, y, rng=rng,
            epochs=1 if fresh else epochs, batch_size=BATCH, scheduler=scheduler, progress=False,
        )  # fmt: skip
    return model.eval()


def best(name: str, training: str, seed: int, share: float) -> Callable[[np.ndarray], np.ndarray]:
    """The network whose learning rate does best on validation shapes; what it answers."""
    rng = np.random.default_rng(seed)
    X, y = shapes(round(share * TRAIN), *TRAININGS[training], rng)
    valid, truth = shapes(VALIDATION, *TRAININGS[training], rng)
    by_hand: dict[str, Callable[[np.ndarray], np.ndarray]] = {
        "MLP, centred": middled,
        "MLP, piece centred": partial(resized, resize=False),
        "MLP, piece resized": resized,
    }
    centre = by_hand.get(name, np.copy)
    kind = "MLP" if name in by_hand else name
    if name == "MLP, fresh moves":
        valid = freshly_moved(valid, rng)
    found = []
    for lr in LRS:
        model = trained_network(kind, lr, centre(X), y, seed, share)
        found.append((accuracy(predict(model, centre(valid)), truth), -lr, model))
    model = max(found, key=lambda one: one[:2])[2]
    return lambda images: predict(model, centre(images))


def make(
    seeds: tuple[int, ...] = SEEDS, share: float = 1.0, names: tuple[str, ...] = NAMES
) -> dict[str, np.ndarray]:
    """Test accuracy (seeds, models, trainings, tests); NaN for a training that is left out."""
    found = np.full((len(seeds), len(names), len(TRAININGS), len(TESTS)), np.nan)
    for s, seed in enumerate(seeds):
        rng = np.random.default_rng(1000 + seed)
        tests = [shapes(TEST, *how, rng) for how in TESTS.values()]
        for m, name in enumerate(names):
            for k, training in enumerate(TRAININGS):
                if k and name not in ALL_TRAININGS:
                    continue
                answer = best(name, training, seed, share)
                found[s, m, k] = [accuracy(answer(X), y) for X, y in tests]
    keys = {"names": names, "trainings": tuple(TRAININGS), "tests": tuple(TESTS)}
    return {key: np.array(value) for key, value in keys.items()} | {"accuracy": found}
