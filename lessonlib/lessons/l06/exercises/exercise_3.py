"""Exercise 06.3: the parameters and multiplications of a convolution."""

from collections.abc import Callable

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake, Property


def cost(c_in: int, c_out: int, kernel: int, height: int, width: int) -> tuple[int, int]:
    """Parameters and multiplications of a convolution whose maps are height x width."""
    weights = c_out * c_in * kernel**2
    return weights + c_out, weights * height * width  # every weight works at every place


def _cases(rng: np.random.Generator) -> list[tuple]:
    drawn = [
        tuple(int(v) for v in rng.integers((1, 2, 2, 4, 4), (9, 17, 6, 15, 15))) for _ in range(3)
    ]
    return [(1, 6, 5, 12, 12), (3, 2, 1, 4, 5), (6, 16, 5, 6, 7), *drawn]


# ---- what every right answer has -----------------------------------------------------------------


def _is_shared(both: tuple, other: tuple, *_: int) -> bool:
    return abs(other[0] - both[0]) < 0.5


def _has_entries(both: tuple, other: tuple, c_in: int, c_out: int, kernel: int, *_: int) -> bool:
    """Whether what is new are three times as many slices, however many those are."""
    return other[0] > both[0] and round(other[0] - both[0]) % (3 * kernel**2) == 0


def _reads_channels(both: tuple, other: tuple, *_: int) -> bool:
    return other[0] > both[0]


def _has_biases(
    both: tuple, other: tuple, c_in: int, c_out: int, kernel: int, height: int, width: int
) -> bool:
    """Whether c_out is left when the weights are taken off; silent where these are wrong."""
    weights = c_in * c_out * kernel**2
    if abs(other[0] - both[0] - 3 * weights) > 0.5:
        return True
    return abs(both[0] - weights - c_out) < 0.5


def _works_everywhere(both: tuple, other: tuple, *_: int) -> bool:
    return abs(other[1] - 2 * both[1]) < 0.5


def _works_with_weights(both: tuple, other: tuple, *_: int) -> bool:
    return abs(other[1] - 2 * both[1]) < 0.5


def _twice(k: int) -> Callable[..., tuple]:
    return lambda *sizes: (*sizes[:k], 2 * sizes[k], *sizes[k + 1 :])


EXERCISE = Exercise(
    id="06.3",
    title="What a layer costs",
    points=2,
    stars=1,
    minutes=8,
    reference=cost,
    cases=_cases,
    values=(("the number of parameters", "the number of multiplications"),),
    parts={
        "weights": "the number of weights",
        "kernel ** 2": "the entries of one slice of the kernel",
        "c_out * c_in": "the number of slices",
        "c_out * c_in * kernel ** 2": "the number of weights",
        "weights + c_out": "the number of parameters",
        "weights * height": "the work in one column of the map",
        "weights * height * width": "the number of multiplications",
    },
    properties=(
        Property(
            "shared by all places",
            _is_shared,
            "The number of parameters depends on the size of the map. Weights and biases are "
            "shared by all its places.",
            also=_twice(3),
        ),
        Property(
            "entries of a kernel",
            _has_entries,
            "A kernel has as many rows as columns: twice the size means four times as many weights "
            "in each slice. Your number of parameters does not grow so.",
            also=_twice(2),
        ),
        Property(
            "reads all channels",
            _reads_channels,
            "The number of parameters does not grow with the number of input channels. Each kernel "
            "has a slice of its own for each of them.",
            also=_twice(0),
        ),
        Property(
            "one bias for each output map",
            _has_biases,
            "The biases are not counted right among the parameters: each output map has one, "
            "shared by all its places.",
            also=_twice(2),
        ),
        Property(
            "work at every place",
            _works_everywhere,
            "A map twice as high has to cost twice as many multiplications: `height` and `width` "
            "are those of the output, and every weight works once at each of its places.",
            also=_twice(3),
        ),
        Property(
            "only weights multiply",
            _works_with_weights,
            "Twice as many input channels have to cost twice as many multiplications, because only "
            "the weights multiply: a bias is added.",
            also=_twice(0),
        ),
    ),
    hints=(
        "One kernel has c_in * kernel * kernel weights, and there are c_out of them.",
        "Each kernel has one bias. Biases are added, not multiplied.",
        "Every weight is used once at each of the height * width places.",
    ),
    mistakes=(
        Mistake(
            "no bias",
            lambda *a: (a[0] * a[1] * a[2] ** 2, cost(*a)[1]),
            "The biases are missing from the parameters: one for each output map.",
        ),
        Mistake(
            "flat kernels",
            lambda *a: cost(1, *a[1:]),
            "A kernel looks at all input channels: it has c_in * kernel * kernel weights.",
        ),
        Mistake(
            "own weights at every place",
            lambda *a: (cost(*a)[1] + a[1], cost(*a)[1]),
            "You count the weights once for every place. They are shared: the number of "
            "parameters does not depend on height and width.",
        ),
        Mistake(
            "other order",
            lambda *a: cost(*a)[::-1],
            "The two numbers are exchanged: the parameters come first.",
        ),
        Mistake(
            "additions as well",
            lambda *a: (cost(*a)[0], 2 * cost(*a)[1]),
            "There are half as many multiplications. It is as if the additions were counted too.",
        ),
        Mistake(
            "one multiplication for each weight",
            lambda *a: (cost(*a)[0], a[0] * a[1] * a[2] ** 2),
            "Each weight is multiplied at every place of the map: height * width times.",
        ),
    ),
)
