"""Exercise 06b.2: the width of the receptive field after each layer of a stack."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake

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
    return [([(3, 1), (3, 1)],), ([(3, 1), (3, 2), (5, 1)],), (alexnet,), *((d,) for d in drawn)]


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
)
