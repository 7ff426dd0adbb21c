"""Exercise 06.2: the matrix of a convolution."""

from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def as_matrix(kernel: np.ndarray, height: int, width: int) -> np.ndarray:
    """One row for each place, one column for each pixel; the kernel's weights in each row."""
    kh, kw = kernel.shape
    rows, columns = height - kh + 1, width - kw + 1
    matrix = np.zeros((rows, columns, height, width))
    for i in range(rows):
        for j in range(columns):
            matrix[i, j, i : i + kh, j : j + kw] = kernel
    return matrix.reshape(rows * columns, height * width)


def _cases(rng: np.random.Generator) -> list[tuple]:
    cases = [
        (np.array([[-1.0, 1.0], [-2.0, 2.0]]), 3, 4),
        Case("where the kernel is as large as the image", np.array([[1.0, 2.0], [3.0, 4.0]]), 2, 2),
        Case("where the kernel is a single number", np.array([[5.0]]), 2, 3),
    ]
    sizes = (((1, 3), 3, 4), ((3, 1), 4, 3), ((2, 3), 5, 4), ((3, 2), 4, 6))
    return [*cases, *((rng.normal(size=shape), h, w) for shape, h, w in sizes)]


# ---- what every right answer has -----------------------------------------------------------------


def _shape(kernel: np.ndarray, height: int, width: int) -> tuple[int, int]:
    rows, columns = height - kernel.shape[0] + 1, width - kernel.shape[1] + 1
    return rows * columns, height * width


def _places(kernel: np.ndarray, height: int, width: int) -> int:
    return _shape(kernel, height, width)[0]


def _fits(matrix: np.ndarray, *given: Any) -> bool:
    return np.shape(matrix) == _shape(*given)


def _is_not_turned(matrix: np.ndarray, *given: Any) -> bool:
    shape = _shape(*given)
    return shape == shape[::-1] or np.shape(matrix) != shape[::-1]


def _has_each_weight_once(matrix: np.ndarray, kernel: np.ndarray, *size: int) -> bool:
    if not _fits(matrix, kernel, *size):
        return True
    wanted = np.sort(np.append(kernel.ravel(), np.zeros(np.shape(matrix)[1] - kernel.size)))
    return np.allclose(np.sort(matrix, axis=1), wanted, atol=1e-6)


def _starts_at_the_corner(matrix: np.ndarray, kernel: np.ndarray, h: int, w: int) -> bool:
    if not _fits(matrix, kernel, h, w):
        return True
    first = np.asarray(matrix)[0].reshape(h, w)[: kernel.shape[0], : kernel.shape[1]]
    return np.allclose(first, kernel, atol=1e-6)


def _moves_on(matrix: np.ndarray, kernel: np.ndarray, h: int, w: int) -> bool:
    if not _fits(matrix, kernel, h, w) or not _starts_at_the_corner(matrix, kernel, h, w):
        return True
    return np.allclose(matrix, as_matrix(kernel, h, w), atol=1e-6)


# ---- what people write instead -------------------------------------------------------------------


def _as_neighbours(kernel: np.ndarray, height: int, width: int) -> np.ndarray:
    matrix = np.zeros(_shape(kernel, height, width))
    for k, row in enumerate(matrix):
        row[k : k + kernel.size] = kernel.ravel()[: len(row[k : k + kernel.size])]
    return matrix


def _without_a_jump(kernel: np.ndarray, height: int, width: int) -> np.ndarray:
    """Each row is the one above, moved by one pixel: no jump to the next row of the image."""
    matrix = as_matrix(kernel, height, width)
    for k in range(1, len(matrix)):
        matrix[k, 1:], matrix[k, 0] = matrix[k - 1, :-1], 0
    return matrix


EXERCISE = Exercise(
    id="06.2",
    title="The matrix of a convolution",
    points=3,
    stars=2,
    minutes=15,
    reference=as_matrix,
    cases=_cases,
    parts={
        "rows": "the number of places below each other",
        "columns": "the number of places side by side",
        "height - kh": "the height less that of the kernel",
        "width - kw": "the width less that of the kernel",
        "matrix[i, j, i:i+kh, j:j+kw]": "the weights of one place",
        "matrix": "the matrix",
        "kh": "the height of the kernel",
        "kw": "the width of the kernel",
        "i": "the row of the place",
        "j": "the column of the place",
        "i + kh": "the end of the kernel's rows",
        "j + kw": "the end of the kernel's columns",
        "rows * columns": "the number of places",
        "height * width": "the number of pixels",
        "matrix.reshape(rows * columns, height * width)": "the matrix with two axes",
    },
    properties=(
        Property(
            "places below, pixels across",
            _is_not_turned,
            "The matrix lies on its side: each row belongs to a place, each column to a pixel.",
        ),
        Property(
            "a row for each place, a column for each pixel",
            _fits,
            "The matrix needs a row for each place, (H - kh + 1) (W - kw + 1) of them, and a "
            "column for each of the H W pixels.",
        ),
        Property(
            "the first place",
            _starts_at_the_corner,
            "Cut the first row into the rows of an image: the kernel has to lie in its upper left "
            "corner, as it is written.",
        ),
        Property(
            "every weight once in each row",
            _has_each_weight_once,
            "Each row has to hold every weight of the kernel once, and 0 for all other pixels.",
        ),
        Property(
            "the places in reading order",
            _moves_on,
            "Where the first row is right, later ones are not. The places come in reading order, and so "
            "do the pixels: pixel (r, c) is column r W + c, and place (i, j) is row "
            "i (W - kw + 1) + j.",
        ),
    ),
    hints=(
        "Think of four axes first: matrix[i, j, r, c] is the weight with which place (i, j) "
        "takes pixel (r, c).",
        "For a place (i, j) nearly all of them are 0; the kernel lies at rows i to i + kh and "
        "columns j to j + kw of the pixels.",
        "reshape makes two axes of four: places in reading order, pixels in reading order.",
    ),
    mistakes=(
        Mistake(
            "kernel turned around",
            lambda kernel, h, w: as_matrix(kernel[::-1, ::-1], h, w),
            "The kernel lies upside down and mirrored. Networks use it as it is written.",
        ),
        Mistake(
            "weights next to each other",
            _as_neighbours,
            "All weights are next to each other in a row. The kernel's second row lies on the "
            "image's next row, which begins W columns later.",
        ),
        Mistake(
            "the same row every time",
            lambda kernel, h, w: np.repeat(as_matrix(kernel, h, w)[-1:], _places(kernel, h, w), 0),
            "All rows are that of the last place, as if one array had been filled again for each "
            "place. Make a new one, or a copy, for each.",
        ),
        Mistake(
            "no jump to the next row",
            _without_a_jump,
            "Each row is the one above, moved by one column. At the end of a row of places the "
            "kernel jumps to the beginning of the image's next row.",
        ),
        Mistake(
            "transposed",
            lambda kernel, h, w: as_matrix(kernel, h, w).T,
            "The matrix lies on its side: each row belongs to a place, each column to a pixel.",
        ),
    ),
)
