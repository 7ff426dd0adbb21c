"""Exercise 00.2: five sentences about a 7, in code."""

from collections.abc import Callable

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def looks_like_seven(images: np.ndarray) -> np.ndarray:
    """True for every image that has the five features of a 7."""
    bar = images[:, 0:2, 2:6].mean(axis=(1, 2)) > 0.5
    stroke = images[:, 2:8, 2:6].max(axis=2).min(axis=1) >= 0.5  # the palest of the six rows
    middle_left = images[:, 2:4, 0:3].mean(axis=(1, 2)) < 0.25
    lower_left = images[:, 5:8, 0:3].mean(axis=(1, 2)) < 0.25
    lower_right = images[:, 5:8, 5:8].mean(axis=(1, 2)) < 0.25
    return bar & stroke & middle_left & lower_left & lower_right


# Rows and columns of the zones, and how much ink puts each on its border.
BAR = (slice(0, 2), slice(2, 6))
EMPTY = (
    (slice(2, 4), slice(0, 3)),
    (slice(5, 8), slice(0, 3)),
    (slice(5, 8), slice(5, 8)),
)


def _seven() -> np.ndarray:
    """A clear 7: a bar, a stroke in column 4, and clean paper."""
    image = np.zeros((8, 8))
    image[BAR] = 0.75
    image[2:8, 4] = 0.75
    return image


def _with(zone: tuple, *pixels: float, back: bool = False) -> np.ndarray:
    """A clear 7 whose zone has these pixels: at its first places, or at its last."""
    image = _seven()
    flat = np.zeros(image[zone].size)
    flat[(len(flat) - len(pixels)) * back :][: len(pixels)] = pixels
    image[zone] = flat.reshape(image[zone].shape)
    return image


def _level(zone: tuple, ink: float) -> np.ndarray:
    """A clear 7 whose zone has this much ink in every pixel."""
    image = _seven()
    image[zone] = ink
    return image


def _row(row: int, ink: float, column: int = 4) -> np.ndarray:
    """A clear 7 whose stroke has this much ink in one row."""
    image = _seven()
    image[row] = 0
    image[row, column] = ink
    return image


def _thick() -> np.ndarray:
    """A 7 with a stroke so thick that the mean of each of its rows is half ink."""
    image = _seven()
    image[2:8] = 0
    image[2:5, 3:6] = 1.0
    image[5:8, 3:5] = 1.0
    return image


def _uneven(row: int) -> np.ndarray:
    """A clear 7 whose bar is all in one of its rows; the other is pale."""
    image = _seven()
    image[BAR] = 0.25
    image[row, 2:6] = 1.0
    return image


def _pale() -> np.ndarray:
    """A 7 with one row of four pale pixels in place of a dark one."""
    image = _seven()
    image[4, 2:6] = 0.4375
    return image


def _around(ink: float) -> np.ndarray:
    """A clear 7 with ink where no sentence looks."""
    image = _seven()
    image[0:2, [0, 1, 6, 7]] = ink
    image[2:5, 6:8] = ink
    image[4, 0:2] = ink
    image[2:4, 3] = ink
    return image


def _drawn(rng: np.random.Generator) -> np.ndarray:
    """A 7 with a crooked stroke, and one or two zones that have about as much as they may."""
    image = _around(rng.integers(0, 17) / 16)
    image[2:8, 2:6] = 0
    image[np.arange(2, 8), rng.integers(3, 6, 6)] = rng.choice([0.5, 0.625, 0.75], 6)
    for zone in (BAR, *EMPTY):
        if rng.random() < 0.4:
            size = image[zone].size
            wanted = int(16 * size * (0.5 if zone is BAR else 0.25)) + rng.integers(-2, 3)
            shares = rng.multinomial(wanted, rng.dirichlet(np.full(size, 2.0)))
            image[zone] = np.minimum(shares, 16).reshape(image[zone].shape) / 16
    if rng.random() < 0.3:
        image[rng.integers(2, 8), 2:6] = rng.choice([0.4375, 0.5])
    return image


def _cases(rng: np.random.Generator) -> list[tuple]:
    clear = (np.stack([_seven(), np.zeros((8, 8)), np.ones((8, 8))]),)
    thin, gap = _thick(), _thick()
    thin[4, 3:5] = 0  # one dark pixel is left in this row, and the zone is still half ink
    gap[4, 3:6] = 0  # none is left
    thick = Case(
        "where the stroke is thick or pale", np.stack([_thick(), _thick().T, thin, gap, _pale()])
    )
    half = np.full(4, 1.0)
    borders = Case(
        "where a zone has exactly as much ink as its sentence names",
        np.stack(
            [
                _with(BAR, *half),
                _with(BAR, *half, 0.0625, back=True),
                *(_row(row, ink) for row in (2, 5, 7) for ink in (0.4375, 0.5)),
                _with(EMPTY[0], 0.75, 0.75),
                _with(EMPTY[0], 0.75, 0.6875, back=True),
                *(_with(zone, 1.0, 1.0, 0.25) for zone in EMPTY[1:]),
                *(_with(zone, 1.0, 1.0, 0.1875, back=True) for zone in EMPTY[1:]),
            ]
        ),
    )
    edges = Case(
        "where the ink is in the first or the last row or column of a zone",
        np.stack(
            [
                *(
                    _with(zone, 1.0, 1.0, 1.0, back=back)
                    for zone in EMPTY
                    for back in (False, True)
                ),
                _with(BAR, 1.0, 1.0, 1.0, 1.0, 0.5, back=False),
                _with(BAR, 1.0, 1.0, 1.0, 1.0, 0.5, back=True),
                *(_uneven(row) for row in (0, 1)),
                *(_row(row, 0.0) for row in range(2, 8)),
                *(_row(row, 0.75, column) for row in (2, 4, 7) for column in (1, 2, 5, 6)),
            ]
        ),
    )
    levels = Case(
        "where a zone has more or less ink than its sentence allows",
        np.stack(
            [
                *(_level(BAR, ink) for ink in (0.0, 0.0625, 0.125, 0.1875, 0.25, 0.375, 0.4375)),
                _level(BAR, 1.0),
                *(_level((slice(2, 8), slice(2, 6)), ink) for ink in (0.0, 0.25, 0.4375)),
                *(_level(zone, ink) for zone in EMPTY for ink in (0.1875, 0.375, 0.4375)),
                *(_level(zone, ink) for zone in EMPTY for ink in (0.5, 0.625, 0.75, 1.0)),
            ]
        ),
    )
    outside = Case("where there is ink that no sentence speaks of", _around(1.0)[None])
    drawn = [(np.stack([_drawn(rng) for _ in range(n)]),) for n in (1, 12, 60, 60)]
    return [clear, thick, borders, edges, levels, outside, *drawn]


# ---- what every right answer has -----------------------------------------------------------------


def _one_for_each(found: np.ndarray, images: np.ndarray) -> bool:
    return np.shape(found) == (len(images),)


def _elsewhere(images: np.ndarray) -> tuple:
    """The same zones, other ink where no sentence looks."""
    changed = images.copy()
    changed[:, 0:2, [0, 1, 6, 7]] = 1 - images[:, 0:2, [0, 1, 6, 7]]
    changed[:, 2:5, 6:8] = 1 - images[:, 2:5, 6:8]
    changed[:, 4, 0:2] = 1 - images[:, 4, 0:2]
    return (changed,)


# ---- what people write instead -------------------------------------------------------------------


def _mean(images: np.ndarray, rows: tuple[int, int], columns: tuple[int, int]) -> np.ndarray:
    return images[:, slice(*rows), slice(*columns)].mean(axis=(1, 2))


def _palest(images: np.ndarray) -> np.ndarray:
    return images[:, 2:8, 2:6].max(axis=2).min(axis=1)


ZONES = (((0, 2), (2, 6)), ((2, 4), (0, 3)), ((5, 8), (0, 3)), ((5, 8), (5, 8)))


SENTENCES = ("the bar", "the stroke", "the middle left", "the lower left", "the lower right")


def _five(
    images: np.ndarray,
    zones: tuple = ZONES,
    stroke: Callable[[np.ndarray], np.ndarray] = lambda images: _palest(images) >= 0.5,
) -> list[np.ndarray]:
    bar, *empty = (_mean(images, *zone) for zone in zones)
    return [bar > 0.5, stroke(images), *(zone < 0.25 for zone in empty)]


def _all(*how: Callable, **named: object) -> Callable:
    return lambda images: np.logical_and.reduce(_five(images, *how, **named))  # type: ignore[arg-type]  # one of the keywords of _five


def _without(k: int) -> Callable:
    """The rule without one of its five sentences."""

    def answer(images: np.ndarray) -> np.ndarray:
        found = _five(images)
        return np.logical_and.reduce([*found[:k], *found[k + 1 :]])

    return answer


def _ends_cut(images: np.ndarray) -> np.ndarray:
    """Every slice ends one too early, as if its end belonged to it."""
    zones = tuple(tuple((a, b - 1) for a, b in zone) for zone in ZONES)
    rows = images[:, 2:7, 2:5].max(axis=2).min(axis=1)
    return np.logical_and.reduce(_five(images, zones, lambda _: rows >= 0.5))


def _turned(images: np.ndarray) -> np.ndarray:
    return np.logical_and.reduce(_five(images.swapaxes(1, 2)))


def _counted_from_one(images: np.ndarray) -> np.ndarray:
    zones = tuple(tuple((max(a - 1, 0), b - 1) for a, b in zone) for zone in ZONES)
    rows = images[:, 1:7, 1:5].max(axis=2).min(axis=1)
    return np.logical_and.reduce(_five(images, zones, lambda _: rows >= 0.5))


def _borders_other(images: np.ndarray) -> np.ndarray:
    bar, *empty = (_mean(images, *zone) for zone in ZONES)
    return np.logical_and.reduce(
        [bar >= 0.5, _palest(images) > 0.5, *(zone <= 0.25 for zone in empty)]
    )


EXERCISE = Exercise(
    id="00.2",
    title="Five sentences about a 7",
    points=2,
    stars=1,
    minutes=15,
    reference=looks_like_seven,
    cases=_cases,
    hints=(
        "Write one line for each sentence, with a name of its own. A zone of all images at once is "
        "images[:, first row:last row + 1, first column:last column + 1], and .mean(axis=(1, 2)) "
        "gives one number for each image. Join the five lines with &.",
        "For the stroke, first take the darkest pixel of each row, .max(axis=2). That leaves six "
        "numbers for each image, and the smallest of them decides.",
    ),
    properties=(
        Property(
            "one answer for each image",
            _one_for_each,
            "Return one answer for each image, in an array (N,). Here the shape is another: "
            "a mean over axis=(1, 2) leaves the images apart.",
        ),
        Property(
            "blank paper is no 7",
            lambda found, blank, images: not np.any(blank),
            "Your function takes blank paper for a 7. It has no bar at the top: all five "
            "sentences have to be true of a 7.",
            also=lambda images: (np.zeros_like(images),),
        ),
        Property(
            "each image is judged by itself",
            lambda found, turned, images: bool(np.array_equal(found, turned[::-1])),
            "When the images come in another order, their answers change. Each image has to be "
            "judged by itself: take means over rows and columns, axis=(1, 2), never over images.",
            also=lambda images: (images[::-1],),
        ),
        Property(
            "ink outside the zones does not matter",
            lambda found, other, images: bool(np.array_equal(found, other)),
            "The answer changes with ink where no sentence looks, for example in the two upper "
            "corners. Compare the rows and columns of your zones with the sentences: rows come "
            "first, and 2:6 means columns 2 to 5.",
            also=_elsewhere,
        ),
    ),
    parts={
        "bar": "the bar",
        "stroke": "the stroke",
        "middle_left": "the middle left",
        "lower_left": "the lower left",
        "lower_right": "the lower right",
        "images[:, 2:8, 2:6].max(axis=2)": "the darkest pixel of each row",
    },
    mistakes=(
        Mistake(
            "one sentence is enough",
            lambda images: np.logical_or.reduce(_five(images)),
            "This is True as soon as one of the five sentences is true. All five have to be: join "
            "them with & and not with |.",
        ),
        Mistake(
            "slices end one too early",
            _ends_cut,
            "Every zone lacks its last row and column. The end of a slice does not belong to it: "
            "rows 0 and 1 are 0:2, columns 2 to 5 are 2:6.",
        ),
        Mistake(
            "counted from one",
            _counted_from_one,
            "Your zones lie one row higher and one column further left. Rows and columns are "
            "counted from 0, as NumPy does.",
        ),
        Mistake(
            "rows and columns exchanged",
            _turned,
            "Rows and columns are exchanged: the first slice after the images takes rows, the "
            "second takes columns.",
        ),
        Mistake(
            "the stroke may have gaps",
            _all(stroke=lambda images: images[:, 2:8, 2:6].max(axis=(1, 2)) >= 0.5),
            "One dark pixel is enough for your stroke. It must have one in every row from 2 to 7.",
        ),
        Mistake(
            "the stroke is the mean of the zone",
            _all(stroke=lambda images: _mean(images, (2, 8), (2, 6)) >= 0.5),
            "Your stroke asks for the mean of its zone. A stroke is thin: ask for the darkest "
            "pixel of each row.",
        ),
        Mistake(
            "the stroke is the mean of each row",
            _all(stroke=lambda images: images[:, 2:8, 2:6].mean(axis=2).min(axis=1) >= 0.5),
            "Your stroke asks for the mean of each row. A stroke is thin: ask for the darkest "
            "pixel of each row.",
        ),
        Mistake(
            "the stroke is the mean of the darkest pixels",
            _all(stroke=lambda images: images[:, 2:8, 2:6].max(axis=2).mean(axis=1) >= 0.5),
            "Your stroke asks for the mean of the six darkest pixels. Each row needs a dark one: "
            "the palest of the six decides.",
        ),
        Mistake(
            "the stroke keeps to one column",
            _all(stroke=lambda images: images[:, 2:8, 2:6].min(axis=1).max(axis=1) >= 0.5),
            "Your stroke has to stay in one column. It may wander: each row has its own darkest "
            "pixel, in any of the columns 2 to 5.",
        ),
        Mistake(
            "the borders on the other side",
            _borders_other,
            "At the borders the answers are the other way round. Above 0.5 and below 0.25 leave "
            "the border out, at least 0.5 takes it in.",
        ),
        Mistake(
            "the opposite answer",
            lambda images: ~np.logical_and.reduce(_five(images)),
            "The answers are the wrong way round: True is for what looks like a 7.",
        ),
        *(
            Mistake(
                f"without {name}",
                _without(k),
                f"Your answer does not depend on {name}: one of the five sentences is missing, or "
                "it is always true.",
            )
            for k, name in enumerate(SENTENCES)
        ),
    ),
)
