"""Exercise 06.3: the size of a convolution's output along one axis."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


def output_size(size: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
    """How many places a kernel has along one axis."""
    reach = dilation * (kernel - 1) + 1  # pixels from its first to its last entry
    return (size + 2 * padding - reach) // stride + 1  # the first place, and the steps that fit


def _cases(rng: np.random.Generator) -> list[tuple]:
    known = [(5, 3, 1, 0, 1), (12, 5, 1, 2, 1), (8, 3, 2, 1, 1), (7, 2, 3, 0, 1), (9, 3, 1, 0, 2)]
    drawn = [
        tuple(int(v) for v in rng.integers((12, 2, 1, 0, 1), (40, 6, 4, 3, 3))) for _ in range(6)
    ]
    return [*known, *drawn]


# ---- what people write instead -------------------------------------------------------------------


def _rows_up(size: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
    reach = dilation * (kernel - 1) + 1
    return -(-(size + 2 * padding - reach) // stride) + 1


EXERCISE = Exercise(
    id="06.3",
    title="How large is the output?",
    points=2,
    stars=1,
    minutes=8,
    reference=output_size,
    cases=_cases,
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
            "rounded up",
            _rows_up,
            "A step that leads beyond the end is not made: round down.",
        ),
    ),
)
