"""Exercise 06b.4: a shortcut without parameters between blocks of different shape."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


def shortcut(x: np.ndarray, channels: int, stride: int) -> np.ndarray:
    """Every `stride`-th pixel of x (N, C, H, W), with channels of zeros behind, up to `channels`."""
    kept = x[:, :, ::stride, ::stride]
    missing = channels - x.shape[1]
    return np.pad(kept, ((0, 0), (0, missing), (0, 0), (0, 0)))


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = np.arange(1.0, 17.0).reshape(1, 1, 4, 4)
    drawn = [
        (rng.normal(size=shape), channels, stride)
        for shape, channels, stride in (
            ((2, 3, 6, 6), 6, 2),
            ((3, 2, 5, 7), 5, 3),
            ((2, 4, 3, 3), 4, 1),
        )
    ]
    return [(small, 2, 2), *drawn]


# ---- what people write instead -------------------------------------------------------------------


def _missing(x: np.ndarray, channels: int) -> tuple[int, int]:
    return 0, channels - x.shape[1]


def _shortcut_zeros_first(x: np.ndarray, channels: int, stride: int) -> np.ndarray:
    pad = _missing(x, channels)[::-1]
    return np.pad(x[:, :, ::stride, ::stride], ((0, 0), pad, (0, 0), (0, 0)))


def _shortcut_corner(x: np.ndarray, channels: int, stride: int) -> np.ndarray:
    rows, columns = (-(-n // stride) for n in x.shape[2:])
    cut = x[:, :, :rows, :columns]
    return np.pad(cut, ((0, 0), _missing(x, channels), (0, 0), (0, 0)))


def _shortcut_rows_only(x: np.ndarray, channels: int, stride: int) -> np.ndarray:
    return np.pad(x[:, :, ::stride], ((0, 0), _missing(x, channels), (0, 0), (0, 0)))


def _shortcut_repeats(x: np.ndarray, channels: int, stride: int) -> np.ndarray:
    kept = x[:, :, ::stride, ::stride]
    return kept[:, np.arange(channels) % x.shape[1]]


def _shortcut_adds_channels(x: np.ndarray, channels: int, stride: int) -> np.ndarray:
    return np.pad(x[:, :, ::stride, ::stride], ((0, 0), (0, channels), (0, 0), (0, 0)))


EXERCISE = Exercise(
    id="06b.4",
    title="A shortcut where the shape changes",
    points=2,
    stars=1,
    minutes=8,
    reference=shortcut,
    cases=_cases,
    hints=(
        "x[:, :, ::2, ::2] keeps every second row and every second column.",
        "channels - C channels are missing; np.pad takes a pair (before, after) for each axis.",
        "np.pad(kept, ((0, 0), (0, missing), (0, 0), (0, 0))).",
    ),
    mistakes=(
        Mistake(
            "zeros first",
            _shortcut_zeros_first,
            "The channels of zeros stand in front. They belong behind the old ones.",
        ),
        Mistake(
            "corner",
            _shortcut_corner,
            "The size is right, but this is the upper left corner of the image. Keep every "
            "stride-th pixel of the whole.",
        ),
        Mistake(
            "rows only",
            _shortcut_rows_only,
            "Only the rows are thinned out. The columns need the stride too.",
        ),
        Mistake(
            "channels repeated",
            _shortcut_repeats,
            "The new channels repeat old ones. Here they are 0: the shortcut adds nothing to them "
            "and leaves them to the branch.",
        ),
        Mistake(
            "too many channels",
            _shortcut_adds_channels,
            "`channels` more channels were added. `channels` is how many there are at the end.",
        ),
    ),
)
