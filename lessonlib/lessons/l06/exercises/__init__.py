"""Lesson 06, convolution: sliding a kernel, channels, sizes, pooling, costs, shared gradients."""

from collections.abc import Callable

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake

# ---- the right answers ---------------------------------------------------------------------------


def convolve(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Slide the kernel over the image: patch times kernel, summed, at every place where it fits."""
    kh, kw = kernel.shape
    rows, columns = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    out = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            out[i, j] = np.sum(image[i : i + kh, j : j + kw] * kernel)
    return out


def to_channels(photos: np.ndarray) -> np.ndarray:
    """Colours from the last axis to the second, bytes to numbers from 0 to 1."""
    return photos.transpose(0, 3, 1, 2) / 255  # every number keeps its place in the picture


def output_size(size: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
    """How many places a kernel has along one axis."""
    reach = dilation * (kernel - 1) + 1  # pixels from its first to its last entry
    return (size + 2 * padding - reach) // stride + 1  # the first place, and the steps that fit


def max_pool(x: np.ndarray, size: int) -> np.ndarray:
    """The largest value in each of the size x size windows that lie side by side."""
    n, c, h, w = x.shape
    rows, columns = h // size, w // size
    whole = x[:, :, : rows * size, : columns * size]  # what is left over is not looked at
    windows = whole.reshape(n, c, rows, size, columns, size)
    return windows.max(axis=(3, 5))


def cost(c_in: int, c_out: int, kernel: int, height: int, width: int) -> tuple[int, int]:
    """Parameters and multiplications of a convolution whose maps are height x width."""
    weights = c_out * c_in * kernel**2
    return weights + c_out, weights * height * width  # every weight works at every place


def convolve_backward(
    dy: np.ndarray, image: np.ndarray, kernel: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Gradients of the sliding sum: every place adds to what it used."""
    dimage, dkernel = np.zeros(image.shape), np.zeros(kernel.shape)
    kh, kw = kernel.shape
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            dkernel += dy[i, j] * image[i : i + kh, j : j + kw]
            dimage[i : i + kh, j : j + kw] += dy[i, j] * kernel
    return dimage, dkernel


# ---- the cases -----------------------------------------------------------------------------------


def _slide_cases(rng: np.random.Generator) -> list[tuple]:
    edge = np.array([[1.0, 1.0, 5.0, 5.0], [1.0, 1.0, 5.0, 5.0], [1.0, 1.0, 1.0, 1.0]])
    small = (edge, np.array([[-1.0, 1.0], [-1.0, 1.0]]))
    shapes = (((5, 6), (3, 2)), ((4, 4), (1, 3)), ((7, 6), (3, 3)))
    return [small, *((rng.normal(size=a), rng.normal(size=b)) for a, b in shapes)]


def _photo_cases(rng: np.random.Generator) -> list[tuple]:
    small = np.array([[[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [51, 51, 51]]]], np.uint8)
    shapes = ((1, 3, 4, 3), (2, 5, 2, 3))
    return [(small,), *((rng.integers(0, 200, shape, np.uint8),) for shape in shapes)]


def _size_cases(rng: np.random.Generator) -> list[tuple]:
    known = [(5, 3, 1, 0, 1), (12, 5, 1, 2, 1), (8, 3, 2, 1, 1), (7, 2, 3, 0, 1), (9, 3, 1, 0, 2)]
    drawn = [
        tuple(int(v) for v in rng.integers((12, 2, 1, 0, 1), (40, 6, 4, 3, 3))) for _ in range(6)
    ]
    return [*known, *drawn]


def _pool_cases(rng: np.random.Generator) -> list[tuple]:
    small = np.arange(16.0).reshape(1, 1, 4, 4)
    small[0, 0, 0, 0] = 9.0
    shapes = (((2, 3, 4, 6), 2), ((1, 2, 5, 7), 2), ((2, 1, 6, 6), 3))
    return [(small, 2), *((rng.normal(size=shape), k) for shape, k in shapes)]


def _cost_cases(rng: np.random.Generator) -> list[tuple]:
    drawn = [tuple(int(v) for v in rng.integers((1, 2, 2, 4, 4), (9, 17, 6, 15, 15)))]
    return [(1, 6, 5, 12, 12), (6, 16, 5, 6, 6), (3, 2, 1, 4, 5), *drawn]


def _back_cases(rng: np.random.Generator) -> list[tuple]:
    image = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    small = (np.array([[1.0, 10.0]]), image, np.array([[1.0, 2.0], [3.0, 4.0]]))
    cases = [small]
    for (h, w), (kh, kw) in (((4, 5), (2, 3)), ((5, 4), (3, 3))):
        dy = rng.normal(size=(h - kh + 1, w - kw + 1))
        cases.append((dy, rng.normal(size=(h, w)), rng.normal(size=(kh, kw))))
    return cases


# ---- what people write instead -------------------------------------------------------------------


def _side_by_side(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    return convolve(image, kernel)[:: kernel.shape[0], :: kernel.shape[1]]


def _framed(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    (kh, kw), frame = kernel.shape, np.zeros(np.add(image.shape, kernel.shape) - 1)
    top, left = (kh - 1) // 2, (kw - 1) // 2
    frame[top : top + image.shape[0], left : left + image.shape[1]] = image
    return convolve(frame, kernel)


def _scrambled(photos: np.ndarray) -> np.ndarray:
    count, height, width, channels = photos.shape
    return photos.reshape(count, channels, height, width) / 255


def _rows_up(size: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
    reach = dilation * (kernel - 1) + 1
    return -(-(size + 2 * padding - reach) // stride) + 1


def _wrong_windows(x: np.ndarray, size: int) -> np.ndarray:
    n, c, h, w = x.shape
    rows, columns = h // size, w // size
    whole = x[:, :, : rows * size, : columns * size]
    return whole.reshape(n, c, rows, columns, size, size).max(axis=(4, 5))


def _pool_by(
    x: np.ndarray, size: int, take: Callable, stride: int, whole: bool = True
) -> np.ndarray:
    h, w = x.shape[2:]
    last = (h - size, w - size) if whole else (h - 1, w - 1)
    rows = [
        [
            take(x[:, :, i : i + size, j : j + size], axis=(2, 3))
            for j in range(0, last[1] + 1, stride)
        ]
        for i in range(0, last[0] + 1, stride)
    ]
    return np.array(rows).transpose(2, 3, 0, 1)


def _pixels_overwritten(
    dy: np.ndarray, image: np.ndarray, kernel: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    dimage, dkernel = convolve_backward(dy, image, kernel)
    for i, j in np.ndindex(dy.shape):
        dimage[i : i + kernel.shape[0], j : j + kernel.shape[1]] = dy[i, j] * kernel
    return dimage, dkernel


def _last_place(
    dy: np.ndarray, image: np.ndarray, kernel: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    dimage, _ = convolve_backward(dy, image, kernel)
    return dimage, dy[-1, -1] * image[-kernel.shape[0] :, -kernel.shape[1] :]


# ---- the exercises -------------------------------------------------------------------------------

EXERCISES = [
    Exercise(
        id="06.1",
        title="Slide a kernel",
        points=2,
        stars=1,
        minutes=12,
        reference=convolve,
        cases=_slide_cases,
        forbidden=("lessonlib.functional.conv2d", "torch.nn.functional.conv2d"),
        hints=(
            "A kernel of kh rows fits at H - kh + 1 heights: from 0 to H - kh.",
            "The patch at place (i, j) is image[i : i + kh, j : j + kw].",
            "Multiply patch and kernel entry by entry, add everything up, store it at out[i, j].",
        ),
        mistakes=(
            Mistake(
                "kernel turned around",
                lambda image, kernel: convolve(image, kernel[::-1, ::-1]),
                "The kernel lies upside down and mirrored. That is the convolution of mathematics; "
                "networks use the kernel as it is written.",
            ),
            Mistake(
                "last row and column missing",
                lambda image, kernel: convolve(image[:-1, :-1], kernel),
                "The last place in each direction is missing. A kernel of kh rows fits at "
                "H - kh + 1 heights, not at H - kh.",
            ),
            Mistake(
                "same size by a frame of zeros",
                _framed,
                "The output is as large as the image: you put zeros around it. Here the kernel "
                "stays inside, so the output is smaller by kh - 1 and kw - 1.",
            ),
            Mistake(
                "mean instead of sum",
                lambda image, kernel: convolve(image, kernel) / kernel.size,
                "This is the mean of the products. The products are added.",
            ),
            Mistake(
                "windows side by side",
                _side_by_side,
                "The kernel jumps by its own size. It moves on by one pixel, so that windows "
                "overlap.",
            ),
        ),
    ),
    Exercise(
        id="06.2",
        title="Find the bug: all shapes fit, and the picture is gone",
        points=2,
        stars=2,
        minutes=8,
        reference=to_channels,
        starter=_scrambled,
        cases=_photo_cases,
        hints=(
            "Print photos[0, 0, 0], the three colours of one pixel, and look for them in the result.",
            "reshape keeps the numbers in their order in memory and cuts them anew. transpose "
            "exchanges axes.",
            "Old axes, in the new order: photo 0, colour 3, row 1, column 2.",
        ),
        mistakes=(
            Mistake(
                "rows and columns exchanged",
                lambda photos: photos.transpose(0, 3, 2, 1) / 255,
                "The colours are in their place, and every picture lies on its side: rows and "
                "columns are exchanged. `swapaxes(1, 3)` and `.T` do this too.",
            ),
            Mistake(
                "not scaled",
                lambda photos: photos.transpose(0, 3, 1, 2) * 1.0,
                "The axes are right now. The division by 255 got lost.",
            ),
            Mistake(
                "scaled by the brightest pixel",
                lambda photos: photos.transpose(0, 3, 1, 2) / photos.max(),
                "Each call divides by its own brightest pixel, so a dark photograph becomes a "
                "bright one. Divide by 255, always.",
            ),
            Mistake(
                "batch exchanged too",
                lambda photos: photos.transpose(3, 0, 1, 2) / 255,
                "The colours came first and the photographs second. The batch stays the first axis.",
            ),
        ),
    ),
    Exercise(
        id="06.3",
        title="How large is the output?",
        points=2,
        stars=1,
        minutes=8,
        reference=output_size,
        cases=_size_cases,
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
    ),
    Exercise(
        id="06.4",
        title="Maximum pooling",
        points=3,
        stars=2,
        minutes=12,
        reference=max_pool,
        cases=_pool_cases,
        forbidden=("lessonlib.functional.max_pool2d", "torch.nn.functional.max_pool2d"),
        hints=(
            "Cut off the rows and columns that fill no whole window: h // size windows fit.",
            "reshape (n, c, rows, size, columns, size) puts row r of window R at [.., R, r, ..].",
            "Then the maximum over axes 3 and 5.",
        ),
        mistakes=(
            Mistake(
                "windows made of one row",
                _wrong_windows,
                "reshape(n, c, rows, columns, size, size) takes size * size neighbours of one row "
                "for a window. The axes must be in the order of memory: rows, size, columns, size.",
            ),
            Mistake(
                "mean",
                lambda x, size: _pool_by(x, size, np.mean, size),
                "This is average pooling. Asked is the largest value.",
            ),
            Mistake(
                "overlapping windows",
                lambda x, size: _pool_by(x, size, np.max, 1),
                "The windows overlap, with stride 1. Here they lie side by side: the stride is "
                "size.",
            ),
            Mistake(
                "incomplete windows kept",
                lambda x, size: _pool_by(x, size, np.max, size, whole=False),
                "Windows that reach over the edge are kept. Leave out what fills no whole window.",
            ),
            Mistake(
                "takes a corner",
                lambda x, size: x[:, :, ::size, ::size][
                    :, :, : x.shape[2] // size, : x.shape[3] // size
                ],
                "You took the upper left value of each window. Look at all of them.",
            ),
        ),
    ),
    Exercise(
        id="06.5",
        title="What a layer costs",
        points=2,
        stars=1,
        minutes=8,
        reference=cost,
        cases=_cost_cases,
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
                "one multiplication for each weight",
                lambda *a: (cost(*a)[0], a[0] * a[1] * a[2] ** 2),
                "Each weight is multiplied at every place of the map: height * width times.",
            ),
        ),
    ),
    Exercise(
        id="06.6",
        title="Backward through a shared weight",
        points=3,
        stars=3,
        minutes=18,
        reference=convolve_backward,
        cases=_back_cases,
        forbidden=("lessonlib.functional.conv2d_backward", "torch.nn.functional.conv2d"),
        hints=(
            "Go through the places (i, j) as in the forward pass. Each is one dot product.",
            "For a product of patch and kernel, the kernel gets dy[i, j] * patch, the patch gets "
            "dy[i, j] * kernel.",
            "Both are added: a weight is used at every place, a pixel lies in several patches.",
        ),
        mistakes=(
            Mistake(
                "pixels overwritten",
                _pixels_overwritten,
                "In dimage a later place overwrites what an earlier one left. A pixel lies in "
                "several patches and gets the sum of their gradients: `+=`.",
            ),
            Mistake(
                "last place only",
                _last_place,
                "dkernel holds the last place's share alone. The kernel is used at every place, "
                "and the shares add up: `+=`.",
            ),
            Mistake(
                "mean over the places",
                lambda dy, image, kernel: (
                    convolve_backward(dy, image, kernel)[0],
                    convolve_backward(dy, image, kernel)[1] / dy.size,
                ),
                "dkernel is the mean over the places. The gradient of a shared weight is the sum.",
            ),
            Mistake(
                "kernel turned around",
                lambda dy, image, kernel: convolve_backward(dy, image, kernel[::-1, ::-1]),
                "The kernel is turned around before it is added into dimage. In this form, patch by "
                "patch, it goes in as it is.",
            ),
            Mistake(
                "upstream forgotten",
                lambda dy, image, kernel: convolve_backward(np.ones_like(dy), image, kernel),
                "dy has no influence on what you return. Each place's share is dy[i, j] times "
                "what it used.",
            ),
            Mistake(
                "in the other order",
                lambda dy, image, kernel: convolve_backward(dy, image, kernel)[::-1],
                "The two gradients come back in the other order: first dimage, then dkernel.",
            ),
        ),
    ),
]
