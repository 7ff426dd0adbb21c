"""Exercise 06b.2: the width of the receptive field after each layer of a stack."""

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property

Layers = list[tuple[int, int]]


def fields(layers: list[tuple[int, int]]) -> list[int]:
    """Width of the receptive field after each layer; layers are (kernel, stride) pairs."""
    width, step, seen = 1, 1, []
    for kernel, stride in layers:
        width += (kernel - 1) * step  # neighbours lie `step` pixels apart
        step *= stride  # only now: the stride spreads the outputs of this layer
        seen.append(width)
    return seen


def _cases(rng: np.random.Generator) -> list[tuple]:
    alexnet = [(11, 4), (3, 2), (5, 1), (3, 2), (3, 1), (3, 1), (3, 1), (3, 2)]
    drawn = [
        [(int(rng.choice([1, 3, 5])), int(rng.integers(1, 4))) for _ in range(n)] for n in (4, 7)
    ]
    single = Case("where there is a single layer", [(4, 3)])
    fixed = [[(3, 2), (3, 2), (3, 3), (2, 2)], [(1, 3), (2, 1), (1, 2), (5, 1), (3, 1)], alexnet]
    return [
        ([(3, 1), (3, 1)],),
        ([(3, 1), (3, 2), (5, 1)],),
        single,
        *((d,) for d in fixed + drawn),
    ]


# ---- what every right answer has -----------------------------------------------------------------


def _has_all_layers(seen: list[int], layers: Layers) -> bool:
    return np.ndim(seen) == 1 and len(seen) == len(layers)


def _starts_with_its_kernel(seen: list[int], layers: Layers) -> bool:
    return not _has_all_layers(seen, layers) or seen[0] == layers[0][0]


def _never_shrinks(seen: list[int], layers: Layers) -> bool:
    return bool((np.diff(seen) >= 0).all())


def _is_not_changed_by_later_ones(seen: list[int], fewer: list[int], layers: Layers) -> bool:
    return len(layers) < 2 or not _has_all_layers(seen, layers) or list(seen[:-1]) == list(fewer)


def _is_not_changed_by_its_own(seen: list[int], other: list[int], layers: Layers) -> bool:
    return list(seen) == list(other)


def _adds_neighbours(seen: list[int], plain: list[int], layers: Layers) -> bool:
    widths = 1 + np.cumsum([kernel - 1 for kernel, _ in layers])
    return not _has_all_layers(plain, layers) or list(plain) == list(widths)


def _spreads_what_comes_after(seen: list[int], other: list[int], layers: Layers) -> bool:
    """Whether the first stride, doubled, doubles what all later layers add."""
    if not _has_all_layers(seen, layers) or not _has_all_layers(other, layers):
        return True
    own, spread = np.subtract(seen, seen[0]), np.subtract(other, other[0])
    return np.array_equal(2 * own, spread)


# ---- what people write instead -------------------------------------------------------------------


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


def _fields_of_the_top(layers: Layers) -> list[int]:
    return _fields_from_the_top(layers[::-1])[::-1]


def _fields_pairs_turned(layers: Layers) -> list[int]:
    return fields([(stride, kernel) for kernel, stride in layers])


def _fields_last_only(layers: Layers) -> list[int]:
    return fields(layers)[-1:]


EXERCISE = Exercise(
    id="06b.2",
    title="What a unit sees, layer by layer",
    points=3,
    stars=2,
    minutes=12,
    reference=fields,
    cases=_cases,
    values=("layer",),
    parts={
        "width": "the width",
        "step": "the step",
        "seen": "the list of widths",
        "kernel": "the kernel",
        "stride": "the stride",
        "kernel - 1": "the number of neighbours",
        "(kernel - 1) * step": "what a layer adds",
        "width += (kernel - 1) * step": "the width",
        "step *= stride": "the step",
        "seen.append(width)": "noting the width",
    },
    properties=(
        Property(
            "one width for each layer",
            _has_all_layers,
            "A list with one width for each layer is asked, no more and no fewer: the pixel that "
            "the walk begins with is no layer.",
        ),
        Property(
            "the first layer sees its kernel",
            _starts_with_its_kernel,
            "The first width is wrong. A unit of the first layer sees as many pixels as its kernel "
            "is wide, whatever its stride.",
        ),
        Property(
            "stride 1 everywhere",
            _adds_neighbours,
            "It goes wrong even with stride 1 everywhere: there a kernel of k adds k - 1 pixels to "
            "what the layers below it see.",
            also=lambda layers: ([(kernel, 1) for kernel, _ in layers],),
        ),
        Property(
            "a layer's own stride",
            _is_not_changed_by_its_own,
            "The last layer's own stride changes the result. A stride spreads the outputs of its "
            "layer, and only layers above see that.",
            also=lambda layers: ([*layers[:-1], (layers[-1][0], layers[-1][1] + 1)],),
        ),
        Property(
            "later layers change nothing",
            _is_not_changed_by_later_ones,
            "The widths of the first layers change when the last layer is taken away. What a unit "
            "sees depends on the layers between it and the image only, and the first of the list "
            "is next to the image.",
            also=lambda layers: (layers[:-1] or layers,),
        ),
        Property(
            "strides multiply",
            _spreads_what_comes_after,
            "A first stride twice as large has to double what every later layer adds, and does "
            "not: all strides below a layer multiply.",
            also=lambda layers: ([(layers[0][0], 2 * layers[0][1]), *layers[1:]],),
        ),
        Property(
            "never shrinks",
            _never_shrinks,
            "A width is smaller than one of a layer below it. A layer sees at least what the one "
            "below it sees.",
        ),
    ),
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
            "how much of each layer the top sees",
            _fields_of_the_top,
            "This is one walk from the top, turned round: how much of each layer's input one unit "
            "of the last layer sees. Asked for is how much of the image one unit of each layer "
            "sees.",
        ),
        Mistake(
            "kernel and stride exchanged",
            _fields_pairs_turned,
            "Kernel and stride are exchanged: each pair is (kernel, stride).",
        ),
        Mistake(
            "only the last layer",
            _fields_last_only,
            "The value of the last layer is right, but one width for every layer is wanted.",
        ),
    ),
)
