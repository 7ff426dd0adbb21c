"""Exercise 00.3: the capstone, a reader that answers with the class whose average is nearest."""

from collections.abc import Callable

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def nearest_average(images: np.ndarray, labels: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Answer each new image with the label whose average image is nearest."""
    classes = np.unique(labels)  # the labels that occur, each once
    averages = np.stack([images[labels == c].mean(axis=0) for c in classes])
    distances = ((new[:, None] - averages) ** 2).sum(axis=2)  # (new images, classes)
    return classes[distances.argmin(axis=1)]


def _cases(rng: np.random.Generator) -> list[tuple]:
    two = np.array([[1.0, 0.0], [3.0, 0.0], [0.0, 4.0], [2.0, 6.0]])
    small = (two, np.array([0, 0, 1, 1]), np.array([[2.0, 1.0], [1.0, 3.5], [4.0, 2.0]]))
    gaps = Case(
        "where not every digit occurs",
        np.array([[0.0, 1.0], [5.0, 5.0], [0.0, 3.0], [9.0, 0.0]]),
        np.array([3, 7, 3, 8]),
        np.array([[0.5, 2.0], [6.0, 4.0], [7.5, 0.0], [1.0, 0.25]]),
    )
    one = Case("with a single class", np.array([[1.0, 2.0]]), np.array([4]), np.zeros((2, 2)))
    uneven = Case(
        "where one class has many more examples",
        np.array([[0.0], [0.5], [1.0], [1.5], [2.0], [4.0]]),
        np.array([1, 1, 1, 1, 1, 0]),
        np.array([[2.4], [2.6], [10.0], [-3.0]]),
    )
    wide = Case(
        "where an example is far from the others of its class",
        np.array([[0.0, 0.0], [0.0, 0.0], [9.0, 0.0], [6.0, 0.0]]),
        np.array([0, 0, 0, 1]),
        np.array([[4.2, 0.0], [5.0, 0.0], [9.0, 0.0], [0.5, 0.0]]),
    )
    slanting = Case(
        "where one average differs in one pixel and the other in two",
        np.array([[4.0, 0.0], [2.5, 2.5]]),
        np.array([0, 1]),
        np.array([[0.0, 0.0], [1.4, 0.0], [4.0, 1.0]]),
    )
    drawn = []
    for n, d, classes in ((8, 2, 2), (30, 5, 4), (60, 9, 10)):
        labels = np.concatenate([np.arange(classes), rng.integers(0, classes, n - classes)])
        centres = rng.normal(0, 1.2, (10, d))
        images = centres[labels] + rng.normal(0, 1, (n, d))
        drawn.append((images, labels, centres[rng.integers(0, classes, 15)] + rng.normal(size=d)))
    return [small, gaps, one, uneven, wide, slanting, *drawn]


# ---- what every right answer has -----------------------------------------------------------------


def _one_for_each(
    found: np.ndarray, images: np.ndarray, labels: np.ndarray, new: np.ndarray
) -> bool:
    return np.shape(found) == (len(new),)


def _known(found: np.ndarray, images: np.ndarray, labels: np.ndarray, new: np.ndarray) -> bool:
    return bool(np.isin(found, labels).all())


def _same(found: np.ndarray, other: np.ndarray, *case: np.ndarray) -> bool:
    return bool(np.array_equal(found, other))


def _turned(images: np.ndarray, labels: np.ndarray, new: np.ndarray) -> tuple:
    return images[::-1], labels[::-1], new


def _twice(images: np.ndarray, labels: np.ndarray, new: np.ndarray) -> tuple:
    """Every example of the first label comes twice more."""
    more = labels == labels[0]
    return (
        np.concatenate([images, images[more], images[more]]),
        np.concatenate([labels, labels[more], labels[more]]),
        new,
    )


def _moved(images: np.ndarray, labels: np.ndarray, new: np.ndarray) -> tuple:
    return images + 3.0, labels, new + 3.0


def _renamed(images: np.ndarray, labels: np.ndarray, new: np.ndarray) -> tuple:
    return images, 2 * labels + 5, new


def _renamed_too(found: np.ndarray, other: np.ndarray, *case: np.ndarray) -> bool:
    return bool(np.array_equal(2 * np.asarray(found) + 5, other))


# ---- what people write instead -------------------------------------------------------------------


def _averages(images: np.ndarray, labels: np.ndarray, classes: np.ndarray) -> np.ndarray:
    return np.stack([images[labels == c].mean(axis=0) for c in classes])


def _by(
    distance: Callable[[np.ndarray], np.ndarray],
    centre: Callable[[np.ndarray], np.ndarray] = lambda rows: rows.mean(axis=0),
) -> Callable:
    """The label with the smallest distance, a function of new - centre (M, C, D)."""

    def answer(images: np.ndarray, labels: np.ndarray, new: np.ndarray) -> np.ndarray:
        classes = np.unique(labels)
        centres = np.stack([centre(images[labels == c]) for c in classes])
        return classes[distance(new[:, None] - centres).argmin(axis=1)]

    return answer


def _squared(difference: np.ndarray) -> np.ndarray:
    return (difference**2).sum(axis=2)


def _position(images: np.ndarray, labels: np.ndarray, new: np.ndarray) -> np.ndarray:
    centres = _averages(images, labels, np.unique(labels))
    return _squared(new[:, None] - centres).argmin(axis=1)


def _all_up_to(images: np.ndarray, labels: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Every number up to the largest label is a class; one without examples has no average."""
    centres = np.full((int(labels.max()) + 1, images.shape[1]), np.nan)
    for c in np.unique(labels):
        centres[c] = images[labels == c].mean(axis=0)
    return _squared(new[:, None] - centres).argmin(axis=1)


def _zeros_for_missing(images: np.ndarray, labels: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Ten classes; one without examples has an average of 0."""
    centres = np.zeros((10, images.shape[1]))
    for c in np.unique(labels):
        centres[c] = images[labels == c].mean(axis=0)
    return _squared(new[:, None] - centres).argmin(axis=1)


def _neighbour(images: np.ndarray, labels: np.ndarray, new: np.ndarray) -> np.ndarray:
    return labels[_squared(new[:, None] - images).argmin(axis=1)]


def _farthest(images: np.ndarray, labels: np.ndarray, new: np.ndarray) -> np.ndarray:
    classes = np.unique(labels)
    return classes[_squared(new[:, None] - _averages(images, labels, classes)).argmax(axis=1)]


def _product(images: np.ndarray, labels: np.ndarray, new: np.ndarray) -> np.ndarray:
    classes = np.unique(labels)
    return classes[(new @ _averages(images, labels, classes).T).argmax(axis=1)]


def _distances(images: np.ndarray, labels: np.ndarray, new: np.ndarray) -> np.ndarray:
    return _squared(new[:, None] - _averages(images, labels, np.unique(labels)))


def _first_only(images: np.ndarray, labels: np.ndarray, new: np.ndarray) -> np.ndarray:
    """One answer, that of the smallest distance of all."""
    classes = np.unique(labels)
    found = _distances(images, labels, new)
    return np.full(len(new), classes[found.argmin() % len(classes)])


EXERCISE = Exercise(
    id="00.3",
    title="Capstone: a reader that learns",
    points=3,
    stars=2,
    minutes=25,
    reference=nearest_average,
    cases=_cases,
    hints=(
        "The labels that occur are np.unique(labels). For one of them, c, images[labels == c] are "
        "its examples, and a mean over axis 0 is its average.",
        "For one new image, (averages - image) ** 2, summed over the pixels, gives one distance "
        "for each class. Do this for every new image in a loop; NumPy can do all at once with "
        "new[:, None] - averages.",
        "argmin gives the position of the smallest distance. Look up which label is at this "
        "position: position 0 need not be the digit 0.",
    ),
    properties=(
        Property(
            "one label for each new image",
            _one_for_each,
            "Return one label for each new image, in an array (M,). Each new image is compared "
            "with every average: new[:, None] - averages has the shape (M, classes, D).",
        ),
        Property(
            "only labels that occur",
            _known,
            "A label comes back that no training image has. If it is a position among the "
            "averages: which label is at that position?",
        ),
        Property(
            "the names of the labels do not matter",
            _renamed_too,
            "When the labels get other numbers, the answers do not follow. An answer is a label "
            "that occurs: look it up, and do not compute it from a position.",
            also=_renamed,
        ),
        Property(
            "the order of the examples does not matter",
            _same,
            "When the training images come in another order, the answers change. An average does "
            "not depend on the order.",
            also=_turned,
        ),
        Property(
            "repeated examples do not matter",
            _same,
            "When the examples of one class are repeated, the answers change. Its average stays "
            "the same, and so must the answers: is something added up that is not divided by how "
            "many there are?",
            also=_twice,
        ),
        Property(
            "only differences count",
            _same,
            "When all images, old and new, get darker by the same amount, the answers change. A "
            "distance is made of differences between a new image and an average, and these stay.",
            also=_moved,
        ),
    ),
    parts={
        "averages": "the averages",
        "images[labels == c].mean(axis=0)": "the average of a class",
        "distances": "the distances",
        "(new[:, None] - averages) ** 2": "the squared differences",
        "distances.argmin(axis=1)": "the nearest average",
    },
    mistakes=(
        Mistake(
            "position instead of label",
            _position,
            "This is the position of the nearest average, not its label. If the labels are 3, 7 "
            "and 8, position 0 means the label 3.",
        ),
        Mistake(
            "classes without examples",
            _all_up_to,
            "Where a label does not occur, its average is not a number, and argmin stops there. "
            "Take only the labels that occur.",
        ),
        Mistake(
            "blank paper for missing classes",
            _zeros_for_missing,
            "Labels that do not occur get an average of zeros, and some new images are nearest to "
            "that. Take only the labels that occur.",
        ),
        Mistake(
            "nearest neighbour",
            _neighbour,
            "This is the label of the nearest training image. Average the images of each class "
            "first, then compare with the averages.",
        ),
        Mistake(
            "farthest average",
            _farthest,
            "This is the average that is farthest away. The smallest distance wins.",
        ),
        Mistake(
            "sums instead of averages",
            _by(_squared, lambda rows: rows.sum(axis=0)),
            "The images of a class are added up, but not divided by how many there are.",
        ),
        Mistake(
            "medians instead of averages",
            _by(_squared, lambda rows: np.median(rows, axis=0)),
            "These are the medians of the pixels. The average is their mean.",
        ),
        Mistake(
            "the first example stands for its class",
            _by(_squared, lambda rows: rows[0]),
            "Only the first example of each class is used. Average all of them.",
        ),
        Mistake(
            "absolute differences",
            _by(lambda difference: np.abs(difference).sum(axis=2)),
            "The differences are taken without their sign and added up. Here they are squared "
            "before they are added up.",
        ),
        Mistake(
            "added up before squaring",
            _by(lambda difference: difference.sum(axis=2) ** 2),
            "The differences are added up first and squared then, so that too much ink here and "
            "too little there cancel. Square every difference, then add up.",
        ),
        Mistake(
            "differences not squared",
            _by(lambda difference: difference.sum(axis=2)),
            "The differences are added up with their signs, so that they cancel. Square them "
            "first.",
        ),
        Mistake(
            "the largest difference alone",
            _by(lambda difference: np.abs(difference).max(axis=2)),
            "Only the pixel that differs most counts. Add up the squares over all pixels.",
        ),
        Mistake(
            "largest product",
            _product,
            "Images and averages are multiplied, and the largest sum of products wins. An average "
            "with much ink wins too often: compare distances.",
        ),
        Mistake(
            "distances instead of labels",
            _distances,
            "These are the distances to all averages. Return the label of the smallest one, for "
            "each new image.",
        ),
        Mistake(
            "one answer for all",
            _first_only,
            "All new images get the same answer. Take the smallest distance of each image, along "
            "axis 1, not of the whole table.",
        ),
    ),
)
