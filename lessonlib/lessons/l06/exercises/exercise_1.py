"""Exercise 06.1: slide a kernel over an image."""

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


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
    corner = np.array([[1.0, 2.0], [3.0, 4.5]])
    whole = Case("where the kernel is as large as the image", corner, corner.T - 2)
    single = Case("where the kernel is a single number", corner, np.array([[-0.5]]))
    shapes = (((5, 6), (3, 2)), ((4, 4), (1, 3)), ((5, 4), (3, 1)), ((7, 6), (3, 3)))
    drawn = [(rng.normal(size=a), rng.normal(size=b)) for a, b in shapes]
    return [small, whole, single, *drawn]


# ---- what every right answer has -----------------------------------------------------------------


def _places(image: np.ndarray, kernel: np.ndarray) -> tuple[int, int]:
    return image.shape[0] - kernel.shape[0] + 1, image.shape[1] - kernel.shape[1] + 1


def _is_not_turned(out: np.ndarray, image: np.ndarray, kernel: np.ndarray) -> bool:
    places = _places(image, kernel)
    return places == places[::-1] or np.shape(out) != places[::-1]


def _has_all_places(out: np.ndarray, image: np.ndarray, kernel: np.ndarray) -> bool:
    return np.shape(out) in (_places(image, kernel), _places(image, kernel)[::-1])


def _other_corner(image: np.ndarray, kernel: np.ndarray) -> tuple:
    changed = image.copy()
    changed[-1, -1] += 1.0
    return changed, kernel


def _stays_in_its_patch(out: np.ndarray, other: np.ndarray, *_: np.ndarray) -> bool:
    moved = np.abs(np.subtract(out, other)) > 1e-4
    return not moved.ravel()[:-1].any()


def _adds_products(out: np.ndarray, other: np.ndarray, *_: np.ndarray) -> bool:
    return np.allclose(np.multiply(2, out), other, rtol=1e-3, atol=1e-4)


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
    parts={
        "image[i:i+kh, j:j+kw]": "the patch",
        "image[i:i+kh, j:j+kw] * kernel": "the products of patch and kernel",
        "kh": "the height of the kernel",
        "kw": "the width of the kernel",
        "image.shape[0]": "the height of the image",
        "image.shape[1]": "the width of the image",
        "image.shape[0] - kh": "the height of the image less that of the kernel",
        "image.shape[1] - kw": "the width of the image less that of the kernel",
        "rows": "the number of heights",
        "columns": "the number of widths",
        "i": "the row of the place",
        "j": "the column of the place",
        "i + kh": "the end of the patch's rows",
        "j + kw": "the end of the patch's columns",
        "out": "the output",
        "out[i, j]": "the output at one place",
        "np.zeros((rows, columns))": "the empty output",
    },
    properties=(
        Property(
            "rows before columns",
            _is_not_turned,
            "Heights and widths are exchanged in the output. `image.shape` and `kernel.shape` both "
            "name the rows first, then the columns.",
        ),
        Property(
            "one number for each place",
            _has_all_places,
            "The output needs one number for each place at which the whole kernel fits: "
            "H - kh + 1 heights and W - kw + 1 widths.",
        ),
        Property(
            "looks at its patch only",
            _stays_in_its_patch,
            "An output depends on pixels outside its patch: only the last patch holds the pixel "
            "in the lower right corner, and changing it changes other outputs too.",
            also=_other_corner,
        ),
        Property(
            "twice the image, twice the output",
            _adds_products,
            "An image that is twice as bright has to give an output twice as large, and does not. "
            "Products are added up, nothing else: no rounding, no cutting off, no constant.",
            also=lambda image, kernel: (2 * image, kernel),
        ),
    ),
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
        Mistake(
            "kernel mirrored",
            lambda image, kernel: convolve(image, kernel[:, ::-1]),
            "The kernel is mirrored: its columns meet the patch from right to left. Column c of "
            "the kernel meets column j + c of the image.",
        ),
        Mistake(
            "kernel upside down",
            lambda image, kernel: convolve(image, kernel[::-1]),
            "The kernel is upside down: its last row meets the first row of the patch. Row a of "
            "the kernel meets row i + a of the image.",
        ),
    ),
)
