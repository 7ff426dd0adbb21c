"""Sentences about rectangles of pixels, chosen by examples: the search that lesson 00 skips."""

from dataclasses import dataclass

import numpy as np

Zone = tuple[tuple[int, int], tuple[int, int]]  # rows and columns of a rectangle, as slices
# The rectangles of the five sentences that were chosen by eye.
BY_EYE: tuple[Zone, ...] = (
    ((0, 2), (2, 6)),
    ((2, 8), (2, 6)),
    ((2, 4), (0, 3)),
    ((5, 8), (0, 3)),
    ((5, 8), (5, 8)),
)
EVERY: tuple[Zone, ...] = tuple(
    ((top, low), (left, right))
    for top in range(8)
    for low in range(top + 1, 9)
    for left in range(8)
    for right in range(left + 1, 9)
)


@dataclass(frozen=True)
class Sentence:
    """The mean of a rectangle of pixels is above a threshold, or below it."""

    rows: tuple[int, int]
    columns: tuple[int, int]
    above: bool
    threshold: float

    def __str__(self) -> str:
        """The sentence in words: `rows 6 to 7, columns 4 to 7: below 0.19`."""
        rows, columns = (
            f"{name} {first}" if last == first + 1 else f"{name}s {first} to {last - 1}"
            for name, (first, last) in (("row", self.rows), ("column", self.columns))
        )
        return f"{rows}, {columns}: {'above' if self.above else 'below'} {self.threshold:.2f}"

    def fits(self, images: np.ndarray) -> np.ndarray:
        """True for each image (N, 8, 8) of which the sentence is true."""
        mean = images[:, slice(*self.rows), slice(*self.columns)].mean(axis=(1, 2))
        return mean > self.threshold if self.above else mean < self.threshold


def choose(
    images: np.ndarray,
    truth: np.ndarray,
    count: int = 5,
    wanted: float = 0.93,
    zones: tuple[Zone, ...] = EVERY,
) -> list[Sentence]:
    """Choose sentences one by one: the highest precision among those that keep enough recall.

    images : (N, 8, 8) between 0 and 1, truth : (N,) True where the digit is the wanted one
    wanted : the share of the wanted digit that all sentences together must leave
    zones  : the rectangles to choose from, all of them unless told
    Returns `count` sentences; thresholds are sixteenths
    """
    means = np.array(
        [images[:, slice(*rows), slice(*columns)].mean(axis=(1, 2)) for rows, columns in zones]
    )
    kept, chosen = np.ones(len(truth), dtype=bool), []
    for _ in range(count):
        best, sentence = -2.0, None
        for threshold in np.arange(1, 16) / 16:
            for above in (True, False):
                fits = (means > threshold if above else means < threshold) & kept
                found = (fits & truth).sum(axis=1)
                precision = found / np.maximum(fits.sum(axis=1), 1)
                precision[found < wanted * truth.sum()] = -1
                zone = int(precision.argmax())
                if precision[zone] > best:
                    best, now = precision[zone], fits[zone]
                    sentence = Sentence(*zones[zone], above, float(threshold))
        assert sentence is not None
        chosen.append(sentence)
        kept = now
    return chosen
