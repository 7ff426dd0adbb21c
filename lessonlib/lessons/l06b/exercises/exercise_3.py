"""Exercise 06b.3: class activation maps, blown up to the size of the image."""

from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def class_maps(
    features: np.ndarray, weight: np.ndarray, labels: np.ndarray, size: int
) -> np.ndarray:
    """The class activation map of each image for one class, each cell as size x size pixels."""
    maps = np.einsum("nk,nkhw->nhw", weight[labels], features)  # one class for each image
    return maps.repeat(size, axis=1).repeat(size, axis=2)


def _cases(rng: np.random.Generator) -> list[tuple]:
    features = np.array([[[[1.0, 2.0, 0.0], [0.0, 3.0, 1.0]], [[0.0, 1.0, 2.0], [4.0, 0.0, 1.0]]]])
    weight = np.array([[1.0, 0.0], [2.0, -1.0], [0.5, 3.0]])
    drawn = [
        (rng.normal(size=(n, k, h, w)), rng.normal(size=(c, k)), rng.integers(0, c, n), size)
        for n, k, h, w, c, size in ((3, 4, 2, 3, 5, 2), (5, 3, 4, 2, 4, 3))
    ]
    same = rng.normal(size=(2, 3, 2, 2)), rng.normal(size=(4, 3)), np.array([3, 3]), 2
    wide = rng.normal(size=(2, 3, 3, 5)), rng.normal(size=(4, 3)), np.array([2, 0]), 1
    return [
        Case("with a single image and cells of one pixel", features, weight, np.array([1]), 1),
        Case("with a single image", features, weight, np.array([2]), 2),
        *drawn,
        Case("where two images are asked for the same class", *same),
        Case("where the maps are wider than high", *wide),
    ]


# ---- what every right answer has -----------------------------------------------------------------


def _wanted_shape(features: Any, size: int) -> tuple:
    return len(features), features.shape[2] * size, features.shape[3] * size


def _has_shape(got: Any, features: Any, weight: Any, labels: Any, size: int) -> bool:
    return np.shape(got) == _wanted_shape(features, size)


def _has_even_cells(got: Any, features: Any, weight: Any, labels: Any, size: int) -> bool:
    if not _has_shape(got, features, weight, labels, size):
        return True
    cells = np.reshape(got, (len(features), features.shape[2], size, features.shape[3], size))
    return bool(np.allclose(cells, cells[:, :, :1, :, :1], atol=1e-5))


def _doubles(got: Any, doubled: Any, *arguments: Any) -> bool:
    return np.shape(got) == np.shape(doubled) and np.allclose(
        2 * np.asarray(got, dtype=float), doubled, rtol=1e-4, atol=1e-5
    )


def _with_twice_the_weights(features: Any, weight: Any, labels: Any, size: int) -> tuple:
    return features, 2 * weight, labels, size


def _turned(features: Any, weight: Any, labels: Any, size: int) -> tuple:
    """Every weight with the other sign."""
    return features, -weight, labels, size


def _keeps_its_sign(got: Any, turned: Any, *arguments: Any) -> bool:
    return np.shape(got) == np.shape(turned) and np.allclose(
        -np.asarray(got, dtype=float), turned, rtol=1e-4, atol=1e-5
    )


def _other_rows(features: Any, weight: Any, labels: Any, size: int) -> tuple:
    """The weights of all classes that nobody asks for are changed."""
    changed = weight + 1.0
    changed[labels] = weight[labels]
    return features, changed, labels, size


def _is_of_its_class(got: Any, other: Any, *arguments: Any) -> bool:
    return np.shape(got) == np.shape(other) and np.allclose(got, other, rtol=1e-4, atol=1e-5)


def _adds_up_to_the_score(got: Any, features: Any, weight: Any, labels: Any, size: int) -> bool:
    if not _has_shape(got, features, weight, labels, size):
        return True
    means = np.asarray(got, dtype=float).mean(axis=(1, 2))
    scores = np.sum(weight[labels] * features.mean(axis=(2, 3)), axis=1)
    return bool(np.allclose(means, scores, rtol=1e-4, atol=1e-5))


# ---- what people write instead -------------------------------------------------------------------


def _tiled(features: Any, weight: Any, labels: Any, size: int) -> np.ndarray:
    return np.tile(class_maps(features, weight, labels, 1), (1, size, size))


def _only_rows(features: Any, weight: Any, labels: Any, size: int) -> np.ndarray:
    return class_maps(features, weight, labels, 1).repeat(size, axis=1)


def _not_blown_up(features: Any, weight: Any, labels: Any, size: int) -> np.ndarray:
    return class_maps(features, weight, labels, 1)


def _mean_of_channels(features: Any, weight: Any, labels: Any, size: int) -> np.ndarray:
    return class_maps(features, weight, labels, size) / features.shape[1]


def _divided_by_places(features: Any, weight: Any, labels: Any, size: int) -> np.ndarray:
    return class_maps(features, weight, labels, size) / (features.shape[2] * features.shape[3])


def _positive_only(features: Any, weight: Any, labels: Any, size: int) -> np.ndarray:
    return np.maximum(class_maps(features, weight, labels, size), 0)


def _unweighted(features: Any, weight: Any, labels: Any, size: int) -> np.ndarray:
    return class_maps(features, np.ones_like(weight), labels, size)


def _first_label(features: Any, weight: Any, labels: Any, size: int) -> np.ndarray:
    return class_maps(features, weight, np.full(len(labels), labels[0]), size)


def _best_class(features: Any, weight: Any, labels: Any, size: int) -> np.ndarray:
    scores = features.mean(axis=(2, 3)) @ weight.T
    return class_maps(features, weight, scores.argmax(axis=1), size)


def _exchanged(features: Any, weight: Any, labels: Any, size: int) -> np.ndarray:
    return class_maps(features, weight, labels, size).swapaxes(1, 2)


def _means_first(features: Any, weight: Any, labels: Any, size: int) -> np.ndarray:
    means = np.broadcast_to(features.mean(axis=(2, 3), keepdims=True), features.shape)
    return class_maps(means, weight, labels, size)


def _all_images(features: Any, weight: Any, labels: Any, size: int) -> np.ndarray:
    total = np.broadcast_to(features.sum(axis=0), features.shape)
    return class_maps(total, weight, labels, size)


def _all_classes(features: Any, weight: Any, labels: Any, size: int) -> np.ndarray:
    maps = np.einsum("ck,nkhw->nchw", weight, features)
    return maps.repeat(size, axis=2).repeat(size, axis=3)


EXERCISE = Exercise(
    id="06b.3",
    title="Where the network looks",
    points=3,
    stars=2,
    minutes=15,
    reference=class_maps,
    cases=_cases,
    pure=True,
    values=("image", "row", "column"),
    parts={
        "weight[labels]": "the weights of the class that is asked for",
        'np.einsum("nk,nkhw->nhw", weight[labels], features)': "the weighted sum of the channels",
        "maps": "the maps before they are blown up",
        "maps.repeat(size, axis=1)": "the repeated rows",
        "maps.repeat(size, axis=1).repeat(size, axis=2)": "the repeated columns",
    },
    properties=(
        Property(
            "one map for each image",
            _has_shape,
            "The shape is not (N, h size, w size): one map for each image, for its own label, and "
            "each of its h x w cells as size x size pixels.",
        ),
        Property(
            "cells of equal pixels",
            _has_even_cells,
            "The size x size pixels of a cell are not all equal. Each cell becomes a square of "
            "copies of one number.",
        ),
        Property(
            "linear in the weights",
            _doubles,
            "With twice the weights the maps are not twice as large. A map is a sum of weights "
            "times channels, with nothing else done to it.",
            also=_with_twice_the_weights,
        ),
        Property(
            "negative parts too",
            _keeps_its_sign,
            "With all weights turned to the other sign the maps do not turn. A map keeps its "
            "negative cells: they speak against the class.",
            also=_turned,
        ),
        Property(
            "of its own class",
            _is_of_its_class,
            "A map changes when the weights of classes change that no image was asked for. Image "
            "n is asked for class labels[n] alone.",
            also=_other_rows,
        ),
        Property(
            "the mean is the score",
            _adds_up_to_the_score,
            "The mean of a map is not the score of its class without the bias, the sum over the "
            "channels of weight times mean: it should be, exactly.",
        ),
    ),
    hints=(
        "weight[labels] has one row of K weights for each image.",
        "Give these rows two axes of length 1, multiply, and sum over the channels; or write the "
        "sum as np.einsum.",
        "np.repeat along the rows, then along the columns, makes a square of each cell.",
    ),
    mistakes=(
        Mistake(
            "tiled",
            _tiled,
            "The whole map is put down several times, side by side. Each cell has to become a "
            "square of its own: np.repeat instead of np.tile.",
        ),
        Mistake(
            "rows and columns exchanged",
            _exchanged,
            "Rows and columns of each map are exchanged.",
        ),
        Mistake(
            "mean before the sum",
            _means_first,
            "Every cell of a map has the same number, the score without the bias: the mean over "
            "the places is taken. The map keeps the places apart.",
        ),
        Mistake(
            "sum over the images",
            _all_images,
            "The sum runs over the images, too. Image n has a map of its own, from features[n].",
        ),
        Mistake("only rows", _only_rows, "The rows are repeated, the columns are not."),
        Mistake(
            "not blown up",
            _not_blown_up,
            "The maps are right, but still h x w: repeat each cell size times in both directions.",
        ),
        Mistake(
            "mean over the channels",
            _mean_of_channels,
            "This is the mean over the channels. The map is their weighted sum.",
        ),
        Mistake(
            "divided by the places",
            _divided_by_places,
            "Every cell is divided by the number of places h w. The mean of the map is the score, "
            "so the division comes with the mean and not before.",
        ),
        Mistake(
            "negative cells cut off",
            _positive_only,
            "The negative cells have become 0. They speak against the class and belong to the map.",
        ),
        Mistake(
            "no weights",
            _unweighted,
            "The channels are added up without their weights, so every class has the same map.",
        ),
        Mistake(
            "one label for all",
            _first_label,
            "Every image gets the map of the first label. Image n is asked for labels[n].",
        ),
        Mistake(
            "the class with the largest score",
            _best_class,
            "The maps are of the class with the largest score. Asked for is class labels[n], which "
            "may be another one.",
        ),
        Mistake(
            "all classes",
            _all_classes,
            "A map for every class comes back. Image n needs one, for class labels[n].",
        ),
    ),
)
