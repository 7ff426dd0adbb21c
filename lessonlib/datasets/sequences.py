"""Sequences that ask for memory: the adding problem, Reber strings, a moving dot, tunes."""

import numpy as np

# The Reber grammar: from each state two ways on, a letter and the state after it; 5 is the end.
REBER = {
    0: (("T", 1), ("P", 2)),
    1: (("S", 1), ("X", 3)),
    2: (("T", 2), ("V", 4)),
    3: (("X", 2), ("S", 5)),
    4: (("P", 3), ("V", 5)),
}
REBER_LETTERS = "BTSXPVE"
DIRECTIONS = ((0, 1), (1, 0), (0, -1), (-1, 0))  # rows, columns: right, down, left, up
PITCHES, PHRASE = 8, 8


def adding(n: int, length: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw problems of adding: a stream of numbers, two of them marked; the answer is their sum.

    y = x_a + x_b,  a uniform in the first half of the steps, b in the second

    n, length : number of streams, steps in each
    Returns X (n, length, 2) float32: numbers uniform in [0, 1), marks 0 or 1; y (n,) float32.
            Answering 1 always has the mean squared error 1/6, the variance of y
    Raises ValueError for n < 1 or length < 2
    Source: Hochreiter and Schmidhuber 1997, experiment 4, whose marks are both near the start and
    whose target is 0.5 + y / 4. Taught in notebooks/08_lstm_gru

    >>> X, y = adding(3, 10, np.random.default_rng(0))
    >>> bool(np.allclose((X[:, :, 0] * X[:, :, 1]).sum(axis=1), y)), X[:, :, 1].sum(axis=1)
    (True, array([2., 2., 2.], dtype=float32))
    """
    if n < 1 or length < 2:
        raise ValueError(f"adding: n={n}, length={length}; wanted n >= 1, length >= 2")
    X = np.zeros((n, length, 2), np.float32)
    X[:, :, 0] = rng.random((n, length))
    each = np.arange(n)
    for low, high in ((0, length // 2), (length // 2, length)):
        X[each, rng.integers(low, high, n), 1] = 1
    return X, (X[:, :, 0] * X[:, :, 1]).sum(axis=1)


def reber(rng: np.random.Generator, embedded: bool = False) -> str:
    """Draw a string of the Reber grammar; each of the two ways on has probability 1/2.

    B, then a walk through `REBER` from state 0 to the end, then E.

    embedded : B, then T or P, then a whole Reber string, then the *same* T or P, then E
    Returns letters of `REBER_LETTERS`, at least 5 (embedded: at least 9)
    Source: Reber 1967; embedded: Hochreiter and Schmidhuber 1997, experiment 1.
    Taught in notebooks/08_lstm_gru

    >>> reber(np.random.default_rng(0))
    'BPVVE'
    """
    letters, state = "B", 0
    while state != 5:
        letter, state = REBER[state][rng.integers(2)]
        letters += letter
    letters += "E"
    if embedded:
        kept = "TP"[rng.integers(2)]
        letters = f"B{kept}{letters}{kept}E"
    return letters


def moving_dot(
    n: int, rng: np.random.Generator, frames: int = 8, flicker: float = 0.02, size: int = 8
) -> tuple[np.ndarray, np.ndarray]:
    """Draw films of a dot that moves one pixel a frame; what leaves on one side enters opposite.

    frames  : images in a film;  size : height and width of an image
    flicker : share of the other pixels that light up at random in each frame
    Returns X (n, frames, size, size) float32 of 0 and 1,
            y (n,) direction: 0 right, 1 down, 2 left, 3 up, so that (y + 2) % 4 is the opposite
    Raises ValueError for n, frames or size below 1, or a flicker outside 0 .. 1
    Taught in notebooks/08_lstm_gru

    >>> X, y = moving_dot(1, np.random.default_rng(0), frames=2, flicker=0, size=4)
    >>> X.shape, X.sum(axis=(2, 3))
    ((1, 2, 4, 4), array([[1., 1.]], dtype=float32))
    """
    if min(n, frames, size) < 1 or not 0 <= flicker <= 1:
        raise ValueError(
            f"moving_dot: n={n}, frames={frames}, size={size}, flicker={flicker}; "
            "wanted 1 or more of each, flicker from 0 to 1"
        )
    y, start = rng.integers(0, 4, n), rng.integers(0, size, (n, 2))
    X = (rng.random((n, frames, size, size)) < flicker).astype(np.float32)
    moves = np.array(DIRECTIONS)[y]
    for t in range(frames):
        row, column = ((start + t * moves) % size).T
        X[np.arange(n), t, row, column] = 1
    return X, y


def tunes(n: int, rng: np.random.Generator) -> np.ndarray:
    """Draw tunes of the form A A B A: phrases of 8 notes, each note next to the one before.

    A phrase starts on any of 8 pitches; every further note goes down, stays or goes up by one.

    Returns (n, 32) int64 pitches 0 .. 7
    Raises ValueError for n < 1
    Taught in notebooks/08_lstm_gru

    >>> tune = tunes(1, np.random.default_rng(0))[0]
    >>> bool((tune[:8] == tune[8:16]).all()), bool((tune[:8] == tune[24:]).all())
    (True, True)
    """
    if n < 1:
        raise ValueError(f"tunes: n={n}, wanted n >= 1")
    a, b = _phrases(n, rng), _phrases(n, rng)
    return np.concatenate([a, a, b, a], axis=1)


def _phrases(n: int, rng: np.random.Generator) -> np.ndarray:
    first, moves = rng.integers(0, PITCHES, (n, 1)), rng.integers(-1, 2, (n, PHRASE - 1))
    walk = np.concatenate([first, moves], axis=1).cumsum(axis=1)
    return np.clip(walk, 0, PITCHES - 1)
