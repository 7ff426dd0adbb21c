"""Lesson 06b, deep vision: a layer's bill, what a unit sees, shortcuts forward and back."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake

A = np.ndarray
Bill = tuple[int, int, int]
Layers = list[tuple[int, int]]

# ---- the right answers ---------------------------------------------------------------------------


def bill(
    size: int, c_in: int, c_out: int, kernel: int, stride: int, padding: int, groups: int
) -> tuple[int, int, int]:
    """Width of the output, parameters and multiplications of a convolution on a square image."""
    out = (size + 2 * padding - kernel) // stride + 1  # padding on both sides; // drops the rest
    weights = c_out * (c_in // groups) * kernel**2  # each output channel reads its group only
    return out, weights + c_out, weights * out**2  # every weight is used once at every place


def fields(layers: list[tuple[int, int]]) -> list[int]:
    """Width of the receptive field after each layer; layers are (kernel, stride) pairs."""
    width, step, seen = 1, 1, []
    for kernel, stride in layers:
        width += (kernel - 1) * step  # neighbours lie `step` pixels apart
        step *= stride  # only now: the stride spreads the outputs of this layer
        seen.append(width)
    return seen


def shortcut(x: np.ndarray, channels: int, stride: int) -> np.ndarray:
    """Every `stride`-th pixel of x (N, C, H, W), with channels of zeros behind, up to `channels`."""
    kept = x[:, :, ::stride, ::stride]
    missing = channels - x.shape[1]
    return np.pad(kept, ((0, 0), (0, missing), (0, 0), (0, 0)))


def residual_backward(dy: np.ndarray, x: np.ndarray, W1: np.ndarray, W2: np.ndarray) -> np.ndarray:
    """Gradient for x of y = relu(relu(x W1) W2 + x)."""
    h = np.maximum(x @ W1, 0)
    z = h @ W2 + x
    dz = dy * (z > 0)  # through the outer ReLU, for both ways alike
    dh = dz @ W2.T
    return (dh * (h > 0)) @ W1.T + dz  # the branch, and the shortcut


# ---- the cases -----------------------------------------------------------------------------------


def _bill_cases(rng: np.random.Generator) -> list[tuple]:
    fixed = [(6, 1, 2, 3, 1, 0, 1), (9, 2, 4, 3, 2, 1, 2), (224, 3, 64, 11, 4, 2, 1)]
    fixed += [(27, 96, 256, 5, 1, 2, 2), (13, 384, 256, 3, 1, 1, 2)]
    size, kernel = int(rng.integers(12, 30)), int(rng.choice([3, 5]))
    return [*fixed, (size, 6, 9, kernel, 3, 1, 3), (size + 1, 8, 4, kernel, 2, 0, 4)]


def _field_cases(rng: np.random.Generator) -> list[tuple]:
    alexnet = [(11, 4), (3, 2), (5, 1), (3, 2), (3, 1), (3, 1), (3, 1), (3, 2)]
    drawn = [
        [(int(rng.choice([1, 3, 5])), int(rng.integers(1, 4))) for _ in range(n)] for n in (4, 7)
    ]
    return [([(3, 1), (3, 1)],), ([(3, 1), (3, 2), (5, 1)],), (alexnet,), *((d,) for d in drawn)]


def _shortcut_cases(rng: np.random.Generator) -> list[tuple]:
    small = np.arange(1.0, 17.0).reshape(1, 1, 4, 4)
    drawn = [
        (rng.normal(size=shape), channels, stride)
        for shape, channels, stride in (
            ((2, 3, 6, 6), 6, 2),
            ((3, 2, 5, 7), 5, 3),
            ((2, 4, 3, 3), 4, 1),
        )
    ]
    return [(small, 2, 2), *drawn]


def _backward_cases(rng: np.random.Generator) -> list[tuple]:
    eye = np.eye(2)
    small = (np.array([[1.0, 1.0]]), np.array([[3.0, -2.0]]), eye, 2 * eye)
    drawn = [
        (rng.normal(size=(n, d)), rng.normal(size=(n, d)), rng.normal(size=(d, k)) / 2, W2)
        for n, d, k, W2 in ((4, 3, 5, rng.normal(size=(5, 3))), (6, 2, 2, rng.normal(size=(2, 2))))
    ]
    return [small, *drawn]


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


def _fields_stride_too_early(layers: Layers) -> list[int]:
    width, step, seen = 1, 1, []
    for kernel, stride in layers:
        step *= stride
        width += (kernel - 1) * step
        seen.append(width)
    return seen


def _fields_whole_kernel(layers: Layers) -> list[int]:
    width, step, seen = 1, 1, []
    for kernel, stride in layers:
        width += kernel * step
        step *= stride
        seen.append(width)
    return seen


def _fields_without_stride(layers: Layers) -> list[int]:
    return fields([(kernel, 1) for kernel, _ in layers])


def _fields_added_strides(layers: Layers) -> list[int]:
    width, step, seen = 1, 1, []
    for kernel, stride in layers:
        width += (kernel - 1) * step
        step += stride - 1
        seen.append(width)
    return seen


def _fields_last_stride(layers: Layers) -> list[int]:
    width, step, seen = 1, 1, []
    for kernel, stride in layers:
        width += (kernel - 1) * step
        step = stride
        seen.append(width)
    return seen


def _fields_from_the_top(layers: Layers) -> list[int]:
    width, seen = 1, []
    for kernel, stride in layers:
        width = (width - 1) * stride + kernel
        seen.append(width)
    return seen


def _fields_last_only(layers: Layers) -> list[int]:
    return fields(layers)[-1:]


def _missing(x: A, channels: int) -> tuple[int, int]:
    return 0, channels - x.shape[1]


def _shortcut_zeros_first(x: A, channels: int, stride: int) -> A:
    pad = _missing(x, channels)[::-1]
    return np.pad(x[:, :, ::stride, ::stride], ((0, 0), pad, (0, 0), (0, 0)))


def _shortcut_corner(x: A, channels: int, stride: int) -> A:
    rows, columns = (-(-n // stride) for n in x.shape[2:])
    cut = x[:, :, :rows, :columns]
    return np.pad(cut, ((0, 0), _missing(x, channels), (0, 0), (0, 0)))


def _shortcut_rows_only(x: A, channels: int, stride: int) -> A:
    return np.pad(x[:, :, ::stride], ((0, 0), _missing(x, channels), (0, 0), (0, 0)))


def _shortcut_repeats(x: A, channels: int, stride: int) -> A:
    kept = x[:, :, ::stride, ::stride]
    return kept[:, np.arange(channels) % x.shape[1]]


def _shortcut_adds_channels(x: A, channels: int, stride: int) -> A:
    return np.pad(x[:, :, ::stride, ::stride], ((0, 0), (0, channels), (0, 0), (0, 0)))


def _backward_branch_only(dy: A, x: A, W1: A, W2: A) -> A:
    h = np.maximum(x @ W1, 0)
    z = h @ W2 + x
    dz = dy * (z > 0)
    dh = dz @ W2.T
    return (dh * (h > 0)) @ W1.T


def _backward_past_relu(dy: A, x: A, W1: A, W2: A) -> A:
    return _backward_branch_only(dy, x, W1, W2) + dy


def _backward_adds_x(dy: A, x: A, W1: A, W2: A) -> A:
    return _backward_branch_only(dy, x, W1, W2) + x


def _backward_no_outer_relu(dy: A, x: A, W1: A, W2: A) -> A:
    h = np.maximum(x @ W1, 0)
    return (dy @ W2.T * (h > 0)) @ W1.T + dy


def _backward_no_inner_relu(dy: A, x: A, W1: A, W2: A) -> A:
    dz = dy * (np.maximum(x @ W1, 0) @ W2 + x > 0)
    return dz @ W2.T @ W1.T + dz


def _backward_shortcut_only(dy: A, x: A, W1: A, W2: A) -> A:
    return dy * (np.maximum(x @ W1, 0) @ W2 + x > 0)


# ---- the exercises -------------------------------------------------------------------------------

EXERCISES = [
    Exercise(
        id="06b.1",
        title="The bill of a convolution",
        points=3,
        stars=1,
        minutes=12,
        reference=bill,
        cases=_bill_cases,
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
    ),
    Exercise(
        id="06b.2",
        title="What a unit sees, layer by layer",
        points=3,
        stars=2,
        minutes=12,
        reference=fields,
        cases=_field_cases,
        hints=(
            "Keep two numbers: the width seen so far, and how many pixels of the image lie between "
            "two neighbouring outputs. Both start at 1.",
            "A kernel of k reaches k - 1 neighbours further, each `step` pixels apart.",
            "First widen with the step from before this layer, then multiply the step by the stride.",
        ),
        mistakes=(
            Mistake(
                "stride too early",
                _fields_stride_too_early,
                "The stride of a layer is already used for its own kernel. The kernel reaches over the "
                "outputs of the layers below; its stride spreads only what comes after.",
            ),
            Mistake(
                "whole kernel",
                _fields_whole_kernel,
                "Each layer adds kernel times the step. One of the kernel's places is the pixel that "
                "is seen already: it adds kernel - 1.",
            ),
            Mistake(
                "strides ignored",
                _fields_without_stride,
                "The strides have no effect here. After a stride of 2, neighbours lie two pixels of "
                "the image apart.",
            ),
            Mistake(
                "strides added",
                _fields_added_strides,
                "The strides are added up. Two layers of stride 3 put neighbours nine pixels apart, "
                "not five: multiply.",
            ),
            Mistake(
                "only the last stride",
                _fields_last_stride,
                "Only the stride of the layer just below counts here. All strides below multiply.",
            ),
            Mistake(
                "the other direction's formula",
                _fields_from_the_top,
                "This is (r - 1) s + k, the walk from the top down, taken from the image upwards. "
                "Upwards a kernel widens by k - 1 steps of the layers below it.",
            ),
            Mistake(
                "only the last layer",
                _fields_last_only,
                "The value of the last layer is right, but one width for every layer is wanted.",
            ),
        ),
    ),
    Exercise(
        id="06b.3",
        title="Find the bug in the way back",
        points=2,
        stars=2,
        minutes=10,
        reference=residual_backward,
        starter=_backward_branch_only,
        cases=_backward_cases,
        hints=(
            "By how many ways does x reach y? Count them in the formula.",
            "Where a value is used twice, the gradients of both uses are added.",
            "The shortcut ends inside the outer ReLU: it hands on dz, not dy.",
        ),
        mistakes=(
            Mistake(
                "past the outer ReLU",
                _backward_past_relu,
                "The shortcut hands on dy. It ends inside the outer ReLU, so where the ReLU gave 0 "
                "nothing comes back: add dz.",
            ),
            Mistake(
                "adds x",
                _backward_adds_x,
                "x is added, as in the forward pass. On the way back the shortcut carries the "
                "gradient, not the value.",
            ),
            Mistake(
                "no outer ReLU",
                _backward_no_outer_relu,
                "The outer ReLU is missing on the way back: where z was negative, nothing passes.",
            ),
            Mistake(
                "no inner ReLU",
                _backward_no_inner_relu,
                "The inner ReLU is missing: where h is 0, nothing goes back through the branch.",
            ),
            Mistake(
                "branch forgotten",
                _backward_shortcut_only,
                "Only the shortcut is left. The branch hands a gradient back too.",
            ),
        ),
    ),
    Exercise(
        id="06b.4",
        title="A shortcut where the shape changes",
        points=2,
        stars=1,
        minutes=8,
        reference=shortcut,
        cases=_shortcut_cases,
        hints=(
            "x[:, :, ::2, ::2] keeps every second row and every second column.",
            "channels - C channels are missing; np.pad takes a pair (before, after) for each axis.",
            "np.pad(kept, ((0, 0), (0, missing), (0, 0), (0, 0))).",
        ),
        mistakes=(
            Mistake(
                "zeros first",
                _shortcut_zeros_first,
                "The channels of zeros stand in front. They belong behind the old ones.",
            ),
            Mistake(
                "corner",
                _shortcut_corner,
                "The size is right, but this is the upper left corner of the image. Keep every "
                "stride-th pixel of the whole.",
            ),
            Mistake(
                "rows only",
                _shortcut_rows_only,
                "Only the rows are thinned out. The columns need the stride too.",
            ),
            Mistake(
                "channels repeated",
                _shortcut_repeats,
                "The new channels repeat old ones. Here they are 0: the shortcut adds nothing to them "
                "and leaves them to the branch.",
            ),
            Mistake(
                "too many channels",
                _shortcut_adds_channels,
                "`channels` more channels were added. `channels` is how many there are at the end.",
            ),
        ),
    ),
]
