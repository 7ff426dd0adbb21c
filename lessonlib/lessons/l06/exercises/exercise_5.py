"""Exercise 06.5: the backward pass of maximum pooling."""

from collections.abc import Callable

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def max_pool_backward(dy: np.ndarray, x: np.ndarray, size: int) -> np.ndarray:
    """The gradient of each window goes to its first largest pixel, the others get 0."""
    dx = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(dy.shape):
        rows, columns = i * size, j * size  # where the window begins
        window = x[n, c, rows : rows + size, columns : columns + size]
        a, b = np.unravel_index(window.argmax(), window.shape)  # the first one in reading order
        dx[n, c, rows + a, columns + b] = dy[n, c, i, j]
    return dx


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = np.array([[[[1.0, 2, 0, 3], [4, 3, 1, 2], [0, 5, 6, 4], [3, 1, 7, 8]]]])
    dy = np.array([[[[10.0, 20], [30, 40]]]])
    tied = np.array([[[[2.0, 2, 0, 0], [2, 1, 0, 0]]]])
    cases: list[tuple] = [
        Case("where each window has one largest pixel", dy, small, 2),
        Case("where pixels of a window are equal", np.array([[[[5.0, 7.0]]]]), tied, 2),
        Case("where all pixels are below 0", dy, small - 9, 2),
        Case("where the windows are single pixels", small + 1, small, 1),
        Case("where pixels of a window are nearly equal", dy, 1 + 1e-7 * small, 2),
    ]
    rest = "where rows or columns are left over"
    for shape, size, about in (
        ((2, 3, 4, 6), 2, ""),
        ((1, 2, 5, 7), 2, rest),
        ((2, 1, 7, 4), 3, rest),
    ):
        x = rng.normal(size=shape)
        up = rng.normal(size=(*shape[:2], shape[2] // size, shape[3] // size))
        cases.append(Case(about, up, x, size) if about else (up, x, size))
    levels = rng.integers(0, 3, (2, 2, 6, 6)).astype(float)
    cases.append(
        Case("where pixels of a window are equal", rng.normal(size=(2, 2, 3, 3)), levels, 2)
    )
    return cases


# ---- what every right answer has -----------------------------------------------------------------


def _fits(dx: np.ndarray, dy: np.ndarray, x: np.ndarray, size: int) -> bool:
    return np.shape(dx) == x.shape


def _windows(a: np.ndarray, size: int) -> np.ndarray:
    """The numbers of each whole window along a last axis: (N, C, H // size, W // size, size^2)."""
    view = np.lib.stride_tricks.sliding_window_view(a, (size, size), axis=(2, 3))
    side_by_side = view[:, :, ::size, ::size]
    return side_by_side.reshape(*side_by_side.shape[:4], -1)


def _looks_at_dy(dx: np.ndarray, twice: np.ndarray, dy: np.ndarray, x: np.ndarray, k: int) -> bool:
    return np.shape(dx) != np.shape(twice) or np.allclose(np.multiply(2, dx), twice, atol=1e-6)


def _leaves_the_rest(dx: np.ndarray, dy: np.ndarray, x: np.ndarray, size: int) -> bool:
    if not _fits(dx, dy, x, size):
        return True
    rows, columns = dy.shape[2] * size, dy.shape[3] * size
    over = np.abs(dx[:, :, rows:]).sum() + np.abs(dx[:, :, :, columns:]).sum()
    return bool(over < 1e-6)


def _hands_on_all(dx: np.ndarray, dy: np.ndarray, x: np.ndarray, size: int) -> bool:
    if not _fits(dx, dy, x, size):
        return True
    return np.allclose(_windows(np.asarray(dx), size).sum(-1), dy, atol=1e-6)


def _goes_to_a_winner(dx: np.ndarray, dy: np.ndarray, x: np.ndarray, size: int) -> bool:
    if not _fits(dx, dy, x, size):
        return True
    pixels, gradients = _windows(x, size), _windows(np.asarray(dx), size)
    loser = pixels < pixels.max(-1, keepdims=True)
    return bool(np.all(np.abs(gradients[loser]) < 1e-6))


def _goes_to_one(dx: np.ndarray, dy: np.ndarray, x: np.ndarray, size: int) -> bool:
    if not _fits(dx, dy, x, size) or not _goes_to_a_winner(dx, dy, x, size):
        return True
    return bool(np.all((np.abs(_windows(np.asarray(dx), size)) > 1e-6).sum(-1) <= 1))


# ---- what people write instead -------------------------------------------------------------------


def _to_all_equals(dy: np.ndarray, x: np.ndarray, size: int) -> np.ndarray:
    dx = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(dy.shape):
        at = np.s_[n, c, i * size : (i + 1) * size, j * size : (j + 1) * size]
        dx[at] = (x[at] == x[at].max()) * dy[n, c, i, j]
    return dx


def _shared_by_equals(dy: np.ndarray, x: np.ndarray, size: int) -> np.ndarray:
    winners = _to_all_equals(np.ones_like(dy), x, size)
    counts = _windows(winners, size).sum(-1)
    return _to_all_equals(dy / counts, x, size)


def _last_of_equals(dy: np.ndarray, x: np.ndarray, size: int) -> np.ndarray:
    dx = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(dy.shape):
        at = np.s_[n, c, i * size : (i + 1) * size, j * size : (j + 1) * size]
        place = size * size - 1 - x[at].ravel()[::-1].argmax()
        dx[at][place // size, place % size] = dy[n, c, i, j]
    return dx


def _taking(chosen: Callable[[np.ndarray], int]) -> Callable[..., np.ndarray]:
    """Another pixel of each window gets the gradient: `chosen` gives its number."""

    def answer(dy: np.ndarray, x: np.ndarray, size: int) -> np.ndarray:
        dx = np.zeros(x.shape)
        for n, c, i, j in np.ndindex(dy.shape):
            at = np.s_[n, c, i * size : (i + 1) * size, j * size : (j + 1) * size]
            dx[at][np.unravel_index(chosen(x[at]), (size, size))] = dy[n, c, i, j]
        return dx

    return answer


def _first_in_its_column(window: np.ndarray) -> int:
    column, row = np.unravel_index(window.T.argmax(), window.shape)
    return int(row * len(window) + column)


def _exchanged(window: np.ndarray) -> int:
    row, column = np.unravel_index(window.argmax(), window.shape)
    return int(column * len(window) + row)


def _larger_than_zero(window: np.ndarray) -> int:
    return int(np.maximum(window, 0).argmax())


def _steps_of_one(dy: np.ndarray, x: np.ndarray, size: int) -> np.ndarray:
    dx = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(dy.shape):
        window = x[n, c, i : i + size, j : j + size]
        a, b = np.unravel_index(window.argmax(), window.shape)
        dx[n, c, i + a, j + b] += dy[n, c, i, j]
    return dx


def _without_its_place(dy: np.ndarray, x: np.ndarray, size: int) -> np.ndarray:
    dx = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(dy.shape):
        window = x[n, c, i * size : (i + 1) * size, j * size : (j + 1) * size]
        a, b = np.unravel_index(window.argmax(), window.shape)
        dx[n, c, i + a, j + b] = dy[n, c, i, j]
    return dx


def _reshaped(before: bool) -> Callable[..., np.ndarray]:
    """Windows by reshape alone, without a transpose: before the winner is found, or after."""

    def answer(dy: np.ndarray, x: np.ndarray, size: int) -> np.ndarray:
        rows, columns = dy.shape[2:]
        whole = x[:, :, : rows * size, : columns * size]
        windows = whole.reshape(*dy.shape, -1) if before else _windows(x, size)
        gradients = np.zeros(windows.shape)
        np.put_along_axis(gradients, windows.argmax(-1)[..., None], dy[..., None], -1)
        dx = np.zeros(x.shape)
        dx[:, :, : rows * size, : columns * size] = gradients.reshape(whole.shape)
        return dx

    return answer


def _of_the_first_image(dy: np.ndarray, x: np.ndarray, size: int) -> np.ndarray:
    return max_pool_backward(dy, np.broadcast_to(x[:1], x.shape), size)


def _of_the_first_channel(dy: np.ndarray, x: np.ndarray, size: int) -> np.ndarray:
    return max_pool_backward(dy, np.broadcast_to(x[:, :1], x.shape), size)


def _mean(dy: np.ndarray, x: np.ndarray, size: int) -> np.ndarray:
    dx = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(dy.shape):
        dx[n, c, i * size : (i + 1) * size, j * size : (j + 1) * size] = dy[n, c, i, j] / size**2
    return dx


def _times_x(dy: np.ndarray, x: np.ndarray, size: int) -> np.ndarray:
    return max_pool_backward(dy, x, size) * x


EXERCISE = Exercise(
    id="06.5",
    title="Maximum pooling, backward",
    points=3,
    stars=2,
    minutes=15,
    reference=max_pool_backward,
    cases=_cases,
    forbidden=("lessonlib.functional.max_pool2d_backward",),
    parts={
        "i * size": "the first row of the window",
        "j * size": "the first column of the window",
        "rows": "the first row of the window",
        "columns": "the first column of the window",
        "rows + size": "the end of the window's rows",
        "columns + size": "the end of the window's columns",
        "window": "the window",
        "window.argmax()": "the place of the largest pixel",
        "np.unravel_index(window.argmax(), window.shape)": "the place of the largest pixel",
        "rows + a": "the row of the winner",
        "columns + b": "the column of the winner",
        "dy[n, c, i, j]": "the gradient of the window",
        "dx[n, c, rows + a, columns + b]": "the winner's gradient",
        "np.zeros(x.shape)": "the empty gradient",
        "dx": "`dx`",
    },
    properties=(
        Property(
            "a gradient for each pixel",
            _fits,
            "The gradient has the shape of `x`, with zeros for pixels that are in no window.",
        ),
        Property(
            "grows with dy",
            _looks_at_dy,
            "Twice the `dy` has to give twice the gradient: what is handed on is `dy` itself.",
            also=lambda dy, x, size: (2 * dy, x, size),
        ),
        Property(
            "pixels in no window",
            _leaves_the_rest,
            "Pixels that are left over, because they fill no whole window, get a gradient. They "
            "had no influence on the output, so theirs is 0.",
        ),
        Property(
            "only winners",
            _goes_to_a_winner,
            "A pixel that is not the largest of its window gets a gradient. If it moved a little, "
            "the maximum would not change.",
        ),
        Property(
            "one winner",
            _goes_to_one,
            "Where pixels of a window are equally large, several of them get a gradient. The first "
            "one in reading order gets all of it.",
        ),
        Property(
            "all of it",
            _hands_on_all,
            "In some window the gradients of its pixels do not add up to its `dy`.",
        ),
    ),
    hints=(
        "Go through the windows, as the forward pass does: window (i, j) begins at row i * size "
        "and column j * size.",
        "window.argmax() counts through the window row by row and gives the first of equals; "
        "np.unravel_index(number, window.shape) makes row and column of it.",
        "In `dx` the winner is at row i * size + a and column j * size + b.",
    ),
    mistakes=(
        Mistake(
            "to all equals",
            _to_all_equals,
            "Where pixels of a window are equally large, each of them gets all of the gradient. "
            "Only the first one in reading order gets it.",
        ),
        Mistake(
            "shared by equals",
            _shared_by_equals,
            "Where pixels of a window are equally large, they share the gradient. Here the first "
            "one in reading order gets all of it.",
        ),
        Mistake(
            "the last of equals",
            _last_of_equals,
            "Where pixels of a window are equally large, the last of them gets the gradient; it is "
            "the first one in reading order that does.",
        ),
        Mistake(
            "mean",
            _mean,
            "This is the backward pass of average pooling: every pixel gets its share. The maximum "
            "hands all of it to one pixel.",
        ),
        Mistake(
            "first in its column",
            _taking(_first_in_its_column),
            "Where pixels of a window are equally large, the first one column by column gets the "
            "gradient. Reading order goes row by row.",
        ),
        Mistake(
            "larger than 0",
            _taking(_larger_than_zero),
            "Right where some pixel is above 0. It is as if the search began with a largest value "
            "of 0: where all pixels are below it, none is ever larger. Begin with -inf, or with "
            "the first pixel.",
        ),
        Mistake(
            "largest absolute value",
            _taking(lambda window: int(np.abs(window).argmax())),
            "The pixel with the largest absolute value gets the gradient. The maximum is the "
            "largest value, with its sign.",
        ),
        Mistake(
            "the smallest",
            _taking(lambda window: int(window.argmin())),
            "The smallest pixel of each window gets the gradient. It is the largest that wins.",
        ),
        Mistake(
            "row and column exchanged",
            _taking(_exchanged),
            "The gradient lands at row b and column a of the window, where the winner is at row a "
            "and column b.",
        ),
        Mistake(
            "windows one step apart",
            _steps_of_one,
            "The windows begin one pixel apart and overlap. Window (i, j) begins at row i * size "
            "and column j * size.",
        ),
        Mistake(
            "without the window's place",
            _without_its_place,
            "The winner's row and column count from the corner of its window. In `dx` that corner "
            "is at row i * size and column j * size, not at i and j.",
        ),
        Mistake(
            "reshape alone",
            _reshaped(before=True),
            "It is as if the windows were made by `reshape` alone. That cuts the rows into runs of "
            "size * size pixels. Give the rows and the columns of the windows axes of their own, "
            "and bring these together by `transpose`, before they become one axis.",
        ),
        Mistake(
            "reshape alone in the backward pass",
            _reshaped(before=False),
            "The winners are found, but it is as if the windows were laid back by `reshape` alone. "
            "The transpose that brought their pixels together has to be undone first.",
        ),
        Mistake(
            "winners of the first image",
            _of_the_first_image,
            "Every image gets its gradient at the winners of the first one. Each has its own.",
        ),
        Mistake(
            "winners of the first channel",
            _of_the_first_channel,
            "Every channel gets its gradient at the winners of the first one. Each has its own.",
        ),
        Mistake(
            "times the pixel",
            _times_x,
            "The gradient is multiplied by the pixel. The slope of a maximum for its winner is 1.",
        ),
    ),
)
