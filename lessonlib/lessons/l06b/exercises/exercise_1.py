"""Exercise 06b.1: output width, parameters and multiplications of a convolution with groups."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake

Bill = tuple[int, int, int]


def bill(
    size: int, c_in: int, c_out: int, kernel: int, stride: int, padding: int, groups: int
) -> tuple[int, int, int]:
    """Width of the output, parameters and multiplications of a convolution on a square image."""
    out = (size + 2 * padding - kernel) // stride + 1  # padding on both sides; // drops the rest
    weights = c_out * (c_in // groups) * kernel**2  # each output channel reads its group only
    return out, weights + c_out, weights * out**2  # every weight is used once at every place


def _cases(rng: np.random.Generator) -> list[tuple]:
    fixed = [(6, 1, 2, 3, 1, 0, 1), (9, 2, 4, 3, 2, 1, 2), (224, 3, 64, 11, 4, 2, 1)]
    fixed += [(27, 96, 256, 5, 1, 2, 2), (13, 384, 256, 3, 1, 1, 2)]
    size, kernel = int(rng.integers(12, 30)), int(rng.choice([3, 5]))
    return [*fixed, (size, 6, 9, kernel, 3, 1, 3), (size + 1, 8, 4, kernel, 2, 0, 4)]


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
            "groups counted twice",
            _bill_groups_twice,
            "Divided by the groups twice. There are still c_out output channels in all; only the "
            "channels that each one reads are fewer.",
        ),
        Mistake(
            "padding on one side",
            _bill_one_side,
            "The padding is added once. It stands on both sides of the image.",
        ),
        Mistake(
            "start not counted",
            _bill_without_one,
            "One place is missing: (size + 2 padding - kernel) // stride counts the steps, and "
            "the kernel also stands where it starts.",
        ),
        Mistake(
            "work at the input's places",
            _bill_at_the_input,
            "The multiplications are counted for every pixel of the input. The kernel stands at "
            "out² places.",
        ),
        Mistake(
            "own weights at each place",
            _bill_own_weights,
            "These would be the parameters if each place had weights of its own. A convolution "
            "shares them: the parameters do not depend on the size of the image.",
        ),
    ),
)
