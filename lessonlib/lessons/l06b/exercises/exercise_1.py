"""Exercise 06b.1: output width, parameters and multiplications of a convolution with groups."""

from collections.abc import Callable

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake, Property

Bill = tuple[int, int, int]


def bill(
    size: int, c_in: int, c_out: int, kernel: int, stride: int, padding: int, groups: int
) -> tuple[int, int, int]:
    """Width of the output, parameters and multiplications of a convolution on a square image."""
    out = (size + 2 * padding - kernel) // stride + 1  # padding on both sides; // drops the rest
    weights = c_out * (c_in // groups) * kernel**2  # each output channel reads its group only
    return out, weights + c_out, weights * out**2  # every weight is used once at every place


def _cases(rng: np.random.Generator) -> list[tuple]:
    fixed = [(6, 1, 2, 3, 1, 0, 1), (9, 2, 4, 3, 2, 1, 2), (10, 4, 4, 1, 3, 0, 4)]
    fixed += [(9, 1, 2, 2, 4, 0, 1)]  # 7 / 4: more than half a step is left
    fixed += [(224, 3, 64, 11, 4, 2, 1), (27, 96, 256, 5, 1, 2, 2), (13, 384, 256, 3, 1, 1, 2)]
    size, kernel = int(rng.integers(12, 30)), int(rng.choice([3, 5]))
    return [*fixed, (size, 6, 9, kernel, 3, 1, 3), (size + 1, 8, 4, kernel, 2, 0, 4)]


# ---- what every right answer has -----------------------------------------------------------------


def _has_plain_width(three: Bill, plain: Bill, size: int, *given: int) -> bool:
    return abs(plain[0] - (size - given[2] + 1)) < 1e-6


def _same_width(three: Bill, other: Bill, *_: int) -> bool:
    return abs(three[0] - other[0]) < 1e-6


def _takes_every_place(three: Bill, dense: Bill, *given: int) -> bool:
    """Whether the stride takes the first place and every so many-th after it."""
    return abs(three[0] - -(-round(dense[0]) // given[4])) < 1e-6


def _is_shared(three: Bill, other: Bill, *_: int) -> bool:
    return abs(three[1] - other[1]) < 0.5


def _has_biases(three: Bill, other: Bill, *given: int) -> bool:
    """Whether c_out is left when the weights are taken off, whatever their number."""
    weights = (other[1] - three[1]) / 3
    return abs(three[1] - weights - given[2]) < 0.5


def _shares_out(three: Bill, whole: Bill, *given: int) -> bool:
    """Whether each weight that is there without groups is there once in `groups`."""
    biases = (given[2], 0, given[2] * round(three[0]) ** 2)
    return any(abs((whole[1] - b) - given[-1] * (three[1] - b)) < 0.5 for b in biases)


def _works_at_its_places(three: Bill, *given: int) -> bool:
    """Whether what is left of the parameters besides the weights that work may be biases."""
    places = three[0] ** 2
    biases = (
        0,
        1,
        given[1],
        given[2],
        given[2] / given[-1],
        given[2] * places,
        given[2] * given[-1],
    )
    return any(abs(three[2] - (three[1] - b) * places) < 0.5 for b in biases)


def _as_larger_image(size: int, *rest: int) -> tuple:
    c_in, c_out, kernel, stride, padding, groups = rest
    return size + 2 * padding, c_in, c_out, kernel, stride, 0, groups


def _with_stride_1(size: int, c_in: int, c_out: int, kernel: int, stride: int, *rest: int) -> tuple:
    return size, c_in, c_out, kernel, 1, *rest


def _plain(size: int, c_in: int, c_out: int, kernel: int, *rest: int) -> tuple:
    return size, c_in, c_out, kernel, 1, 0, rest[-1]


def _with_larger_kernel(size: int, c_in: int, c_out: int, kernel: int, *rest: int) -> tuple:
    return size + kernel, c_in, c_out, 2 * kernel, *rest


# ---- what people write instead -------------------------------------------------------------------


def _bill_without_bias(*sizes: int) -> Bill:
    out, parameters, work = bill(*sizes)
    return out, parameters - sizes[2], work


def _bill_without_groups(
    size: int, c_in: int, c_out: int, kernel: int, stride: int, padding: int, groups: int
) -> Bill:
    return bill(size, c_in, c_out, kernel, stride, padding, 1)


def _bill_one_side(
    size: int, c_in: int, c_out: int, kernel: int, stride: int, padding: int, groups: int
) -> Bill:
    out = (size + padding - kernel) // stride + 1
    _, parameters, _ = bill(size, c_in, c_out, kernel, stride, padding, groups)
    return out, parameters, (parameters - c_out) * out**2


def _bill_without_one(*sizes: int) -> Bill:
    out, parameters, _ = bill(*sizes)
    return out - 1, parameters, (parameters - sizes[2]) * (out - 1) ** 2


def _bill_at_the_input(*sizes: int) -> Bill:
    out, parameters, _ = bill(*sizes)
    return out, parameters, (parameters - sizes[2]) * sizes[0] ** 2


def _bill_own_weights(*sizes: int) -> Bill:
    out, parameters, work = bill(*sizes)
    return out, parameters * out**2, work


def _bill_swapped(*sizes: int) -> Bill:
    out, parameters, work = bill(*sizes)
    return out, work, parameters


def _with_width(width: Callable[[float], float], *sizes: int) -> tuple[float, int, float]:
    """The bill with the steps counted in another way."""
    size, _, c_out, kernel, stride, padding, _ = sizes
    out = width((size + 2 * padding - kernel) / stride) + 1
    parameters = bill(*sizes)[1]
    return out, parameters, (parameters - c_out) * out**2


def _bill_rounded(*sizes: int) -> tuple[float, int, float]:
    return _with_width(round, *sizes)


def _bill_fraction(*sizes: int) -> tuple[float, int, float]:
    return _with_width(float, *sizes)


def _bill_groups_in_work_only(*sizes: int) -> Bill:
    out, _, work = bill(*sizes)
    return out, _bill_without_groups(*sizes)[1], work


def _bill_groups_twice(
    size: int, c_in: int, c_out: int, kernel: int, stride: int, padding: int, groups: int
) -> Bill:
    out, parameters, work = bill(size, c_in, c_out, kernel, stride, padding, groups)
    return out, (parameters - c_out) // groups + c_out, work // groups


EXERCISE = Exercise(
    id="06b.1",
    title="The bill of a convolution",
    points=3,
    stars=1,
    minutes=12,
    reference=bill,
    cases=_cases,
    values=(
        ("the width of the output", "the number of parameters", "the number of multiplications"),
    ),
    parts={
        "out": "the width of the output",
        "out ** 2": "the number of places",
        "weights": "the number of weights",
        "weights + c_out": "the number of parameters",
        "weights * out ** 2": "the number of multiplications",
        "2 * padding": "the padding on both sides",
        "size + 2 * padding": "the padded width",
        "size + 2 * padding - kernel": "what is left for steps",
        "(size + 2 * padding - kernel) // stride": "the number of steps",
        "c_in // groups": "the number of channels that each output channel reads",
        "c_out * (c_in // groups)": "the number of slices",
        "kernel ** 2": "the entries of one slice of the kernel",
        "c_out * (c_in // groups) * kernel ** 2": "the number of weights",
    },
    properties=(
        Property(
            "the plain width",
            _has_plain_width,
            "The width goes wrong without any extras: with stride 1 and no padding a kernel has "
            "size - kernel + 1 places in a row.",
            also=_plain,
        ),
        Property(
            "the padding",
            _same_width,
            "Padding is not counted right: a frame of p pixels around the image has to give the "
            "same width as an image that is 2 p pixels wider.",
            also=_as_larger_image,
        ),
        Property(
            "the stride",
            _takes_every_place,
            "The stride is not counted right: of the places with stride 1 the first is taken, and "
            "then every stride-th one.",
            also=_with_stride_1,
        ),
        Property(
            "shared by all places",
            _is_shared,
            "The number of parameters depends on the size of the image. Weights and biases are "
            "shared by all places.",
            also=lambda size, *rest: (2 * size, *rest),
        ),
        Property(
            "one bias for each output channel",
            _has_biases,
            "The biases are not counted right among the parameters: each of the c_out output "
            "channels has one, however many groups there are.",
            also=_with_larger_kernel,
        ),
        Property(
            "groups share out the channels",
            _shares_out,
            "The groups are not counted right: with g groups each output channel reads c_in / g "
            "channels, so there are g times fewer weights, and as many biases as before.",
            also=lambda *sizes: (*sizes[:-1], 1),
        ),
        Property(
            "work at every place",
            _works_at_its_places,
            "The multiplications do not go with the width and the parameters that you return: "
            "every weight works once at each of the places, width times width of the output, and "
            "a bias multiplies nothing.",
        ),
    ),
    hints=(
        "The kernel has size + 2 padding - kernel steps of 1 to go; count steps of `stride`, and "
        "the place where it starts.",
        "Each output channel has kernel² weights for each of the c_in / groups channels that it "
        "reads, and one bias.",
        "Each weight is multiplied once at every one of the out² places. Biases are added.",
    ),
    mistakes=(
        Mistake(
            "no bias",
            _bill_without_bias,
            "The biases are missing: one for each output channel.",
        ),
        Mistake(
            "groups ignored",
            _bill_without_groups,
            "Every output channel reads all input channels here. With groups it reads "
            "c_in / groups of them.",
        ),
        Mistake(
            "order of the return",
            _bill_swapped,
            "All three numbers are right, in another order: the parameters come second and the "
            "multiplications third.",
        ),
        Mistake(
            "steps rounded",
            _bill_rounded,
            "The number of steps is rounded to the nearest whole number. A step that does not fit "
            "is not taken, however little is missing: round down.",
        ),
        Mistake(
            "not rounded down",
            _bill_fraction,
            "The number of steps is a fraction where the stride does not fit. Only whole steps are "
            "taken: round down.",
        ),
        Mistake(
            "groups in the multiplications only",
            _bill_groups_in_work_only,
            "The multiplications are right; the parameters are those without groups. With groups "
            "each output channel has weights for c_in / groups channels only.",
        ),
        Mistake(
            "groups counted twice",
            _bill_groups_twice,
            "Divided by the groups twice. There are still c_out output channels in all; only the "
            "channels that each one reads are fewer.",
        ),
        Mistake(
            "padding on one side",
            _bill_one_side,
            "The padding is added once. It lies on both sides of the image.",
        ),
        Mistake(
            "start not counted",
            _bill_without_one,
            "One place is missing: (size + 2 padding - kernel) // stride counts the steps, and "
            "the place where the kernel starts counts too.",
        ),
        Mistake(
            "work at the input's places",
            _bill_at_the_input,
            "The multiplications are counted for every pixel of the input. The kernel has out² "
            "places.",
        ),
        Mistake(
            "own weights at each place",
            _bill_own_weights,
            "These would be the parameters if each place had weights of its own. A convolution "
            "shares them: the parameters do not depend on the size of the image.",
        ),
    ),
)
