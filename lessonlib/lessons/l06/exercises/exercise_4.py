"""Exercise 06.4: the size of a convolution's output along one axis."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake, Property


def output_size(size: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
    """How many places a kernel has along one axis."""
    reach = dilation * (kernel - 1) + 1  # pixels from its first to its last entry
    return (size + 2 * padding - reach) // stride + 1  # the first place, and the steps that fit


def _cases(rng: np.random.Generator) -> list[tuple]:
    known = [(5, 3, 1, 0, 1), (12, 5, 1, 2, 1), (8, 3, 2, 1, 1), (7, 2, 3, 0, 1), (9, 3, 1, 0, 2)]
    edge = [(7, 3, 5, 0, 3), (6, 1, 2, 0, 3), (4, 4, 3, 0, 1), (5, 2, 7, 3, 2)]
    drawn = [
        tuple(int(v) for v in rng.integers((12, 2, 1, 0, 1), (40, 6, 4, 3, 3))) for _ in range(6)
    ]
    return [*known, *edge, *drawn]


# ---- what every right answer has -----------------------------------------------------------------


def _is_plain(n: int, plain: int, size: int, kernel: int, *_: int) -> bool:
    return abs(plain - (size - kernel + 1)) < 1e-6


def _is_same(n: int, other: int, *_: int) -> bool:
    return abs(n - other) < 1e-6


def _takes_every_place(n: int, dense: int, size: int, kernel: int, stride: int, *_: int) -> bool:
    """Whether the stride takes the first place and every so many-th after it."""
    return abs(n - -(-int(dense) // stride)) < 1e-6


def _as_larger_image(size: int, kernel: int, stride: int, padding: int, dilation: int) -> tuple:
    return size + 2 * padding, kernel, stride, 0, dilation


def _as_solid_kernel(size: int, kernel: int, stride: int, padding: int, dilation: int) -> tuple:
    return size, kernel + (kernel - 1) * (dilation - 1), stride, padding, 1


# ---- what people write instead -------------------------------------------------------------------


def _from_the_middle(size: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
    half = dilation * (kernel // 2)
    return (size + 2 * padding - 2 * half - 1) // stride + 1


def _rows_up(size: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
    reach = dilation * (kernel - 1) + 1
    return -(-(size + 2 * padding - reach) // stride) + 1


EXERCISE = Exercise(
    id="06.4",
    title="How large is the output?",
    points=2,
    stars=1,
    minutes=8,
    reference=output_size,
    cases=_cases,
    parts={
        "kernel - 1": "the number of gaps",
        "dilation * (kernel - 1)": "the gaps",
        "dilation * (kernel - 1) + 1": "the reach of the kernel",
        "reach": "the reach of the kernel",
        "2 * padding": "the frame on both sides",
        "size + 2 * padding": "the padded axis",
        "size + 2 * padding - reach": "what is left for steps",
        "(size + 2 * padding - reach) // stride": "the number of steps",
    },
    properties=(
        Property(
            "a whole number",
            lambda n, *_: abs(n - round(n)) < 1e-6,
            "The number of places has to be a whole number.",
        ),
        Property(
            "the plain case",
            _is_plain,
            "It goes wrong without any extras: with stride 1, no padding and no dilation a kernel "
            "of k entries has size - k + 1 places.",
            also=lambda size, kernel, *_: (size, kernel, 1, 0, 1),
        ),
        Property(
            "the frame",
            _is_same,
            "Padding is not counted right: a frame of p pixels on both sides has to give the same "
            "as an axis that is 2 p pixels longer.",
            also=_as_larger_image,
        ),
        Property(
            "the gaps",
            _is_same,
            "Dilation is not counted right. A dilated kernel reaches from its first entry to its "
            "last, with kernel - 1 gaps between, and has to give the same as a solid kernel that "
            "reaches as far.",
            also=_as_solid_kernel,
        ),
        Property(
            "the stride",
            _takes_every_place,
            "The stride is not counted right: of the places with stride 1 the first is taken, and "
            "then every stride-th one.",
            also=lambda size, kernel, stride, padding, dilation: (
                (size, kernel, 1, padding, dilation)
            ),
        ),
    ),
    hints=(
        "With dilation d a kernel of k entries reaches over d (k - 1) + 1 pixels.",
        "The padded axis has size + 2 padding pixels. The first place is at its start.",
        "(padded - reach) // stride more steps fit, so there is one place more than that.",
    ),
    mistakes=(
        Mistake(
            "first place not counted",
            lambda size, kernel, stride, padding, dilation: (
                output_size(size, kernel, stride, padding, dilation) - 1
            ),
            "One place is missing: you counted the steps. The first place needs no step.",
        ),
        Mistake(
            "frame on one side",
            lambda size, kernel, stride, padding, dilation: (
                (size + padding - dilation * (kernel - 1) - 1) // stride + 1
            ),
            "The frame is put on both sides, so the axis grows by 2 padding.",
        ),
        Mistake(
            "dilation times kernel",
            lambda size, kernel, stride, padding, dilation: (
                (size + 2 * padding - dilation * kernel) // stride + 1
            ),
            "A dilated kernel reaches over d (k - 1) + 1 pixels: there are k - 1 gaps between "
            "k entries.",
        ),
        Mistake(
            "one added before dividing",
            lambda size, kernel, stride, padding, dilation: (
                (size + 2 * padding - dilation * (kernel - 1)) // stride
            ),
            "Right for stride 1 only. The 1 for the first place is added after the division.",
        ),
        Mistake(
            "not rounded",
            lambda size, kernel, stride, padding, dilation: (
                (size + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1
            ),
            "`/` gives a fraction where the stride does not divide. Only whole steps are made: "
            "`//`.",
        ),
        Mistake(
            "from the middle of the kernel",
            _from_the_middle,
            "Right for odd kernels only, as if the kernel reached equally far to both sides of a "
            "middle pixel. One with an even number of entries has no middle pixel.",
        ),
        Mistake(
            "rounded up",
            _rows_up,
            "A step that leads beyond the end is not made: round down.",
        ),
    ),
)
