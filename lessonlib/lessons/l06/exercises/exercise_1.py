"""Exercise 06.1: slide a kernel over an image."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


def convolve(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Slide the kernel over the image: patch times kernel, summed, at every place where it fits."""
    kh, kw = kernel.shape
    rows, columns = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    out = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            out[i, j] = np.sum(image[i : i + kh, j : j + kw] * kernel)
    return out


def _cases(rng: np.random.Generator) -> list[tuple]:
    edge = np.array([[1.0, 1.0, 5.0, 5.0], [1.0, 1.0, 5.0, 5.0], [1.0, 1.0, 1.0, 1.0]])
    small = (edge, np.array([[-1.0, 1.0], [-1.0, 1.0]]))
    shapes = (((5, 6), (3, 2)), ((4, 4), (1, 3)), ((7, 6), (3, 3)))
    return [small, *((rng.normal(size=a), rng.normal(size=b)) for a, b in shapes)]


# ---- what people write instead -------------------------------------------------------------------


def _side_by_side(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    return convolve(image, kernel)[:: kernel.shape[0], :: kernel.shape[1]]


def _framed(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    (kh, kw), frame = kernel.shape, np.zeros(np.add(image.shape, kernel.shape) - 1)
    top, left = (kh - 1) // 2, (kw - 1) // 2
    frame[top : top + image.shape[0], left : left + image.shape[1]] = image
    return convolve(frame, kernel)


EXERCISE = Exercise(
    id="06.1",
    title="Slide a kernel",
    points=2,
    stars=1,
    minutes=12,
    reference=convolve,
    cases=_cases,
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
            "The kernel jumps by its own size. It moves on by one pixel, so that windows overlap.",
        ),
    ),
)
