"""The scoreboard: one task through the whole course, read honestly.

1,797 real digits, one split. A row is a model with its parameters, its accuracy on the 540 test
images, and on the same images moved by 1 and 2 pixels. The images are on a 12 x 12 canvas, so
that a shift cuts nothing off.
"""

from collections.abc import Callable

import numpy as np

from lessonlib import markup
from lessonlib.datasets import load, shift
from lessonlib.trained import trained

Row = tuple[str, float, float, float, float, float]  # the model's name, then COLUMNS
DIRECTIONS = ((1, 0), (-1, 0), (0, 1), (0, -1))
COLUMNS = ("parameters", "clean", "1 px", "2 px", "seconds")


def canvas(split: str = "train") -> tuple[np.ndarray, np.ndarray]:
    """The digits of a split, each 8 x 8 image in the middle of a 12 x 12 canvas.

    Returns X (N, 12, 12) float32, y (N,)

    >>> canvas("test")[0].shape
    (540, 12, 12)
    """
    X, y = load("digits", split=split, flat=False)
    return np.pad(X, ((0, 0), (2, 2), (2, 2))), y


def measure(answer: Callable[[np.ndarray], np.ndarray]) -> tuple[float, float, float]:
    """Test accuracy of a model on the canvas: as they are, moved by 1 pixel, moved by 2.

    answer : maps rows of 144 pixels (N, 144) to digits (N,). A shift is the mean over left, right,
             up and down.
    Raises ValueError if the answers have the wrong shape.
    """
    X, y = canvas("test")
    score = []
    for pixels in (0, 1, 2):
        moves = {(pixels * a, pixels * b) for a, b in DIRECTIONS}
        hits = []
        for right, down in sorted(moves):
            answers = np.asarray(answer(shift(X, right, down).reshape(len(X), -1)))
            if answers.shape != y.shape:
                raise ValueError(f"measure: answers of shape {answers.shape}, wanted {y.shape}")
            hits.append(np.mean(answers == y))
        score.append(float(np.mean(hits)))
    return score[0], score[1], score[2]


def largest_score(
    scores: Callable[[np.ndarray], np.ndarray], shape: tuple[int, ...] = (144,)
) -> Callable[[np.ndarray], np.ndarray]:
    """The answers that `measure` asks for, from ten scores: the digit whose score is largest.

    scores : maps images (N, *shape) to scores (N, 10)

    >>> largest_score(lambda images: images[:, :2])(np.eye(144)[:2])
    array([0, 1])
    """
    return lambda rows: scores(rows.reshape(-1, *shape)).argmax(axis=1)


class Scoreboard:
    """The rows known so far; each is the median over the seeds of its recipe."""

    def __init__(self, rows: list[Row]) -> None:
        self.rows = rows

    def __repr__(self) -> str:
        head = f"{'model':28}" + "".join(f"{c:>12}" for c in COLUMNS)
        return "\n".join([head, *(f"{r[0]:28}" + self._numbers(r, 12) for r in self.rows)])

    @staticmethod
    def _numbers(row: Row, width: int) -> str:
        return "".join(f"{text:>{width}}" for text in _texts(row))

    def _repr_html_(self) -> str:
        rows = ((row[0], *_texts(row)) for row in self.rows)
        return markup.table(rows, ("model", *COLUMNS), left=(0,))


def _texts(row: Row) -> list[str]:
    return [f"{int(row[1]):,}", *(f"{v:.3f}" for v in row[2:5]), f"{row[5]:.2g}"]


def scoreboard(*parts: str) -> Scoreboard:
    """The rows of the named parts, such as "00.scoreboard": medians over the seeds tried.

    A part is a stored result with the arrays `names`, `rows` (seeds, models, 5).
    """
    rows: list[Row] = []
    for part in parts:
        stored = trained(part)
        middle = np.median(stored["rows"], axis=0)
        for name, numbers in zip(stored["names"], middle.tolist(), strict=True):
            parameters, clean, one, two, seconds = numbers
            rows.append((str(name), parameters, clean, one, two, seconds))
    return Scoreboard(rows)
