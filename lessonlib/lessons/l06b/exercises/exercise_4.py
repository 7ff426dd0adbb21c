"""Exercise 06b.4: a shortcut without parameters between blocks of different shape."""

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def shortcut(x: np.ndarray, channels: int, stride: int) -> np.ndarray:
    """Every `stride`-th pixel of x (N, C, H, W), with channels of zeros behind, up to `channels`."""
    kept = x[:, :, ::stride, ::stride]
    missing = channels - x.shape[1]
    return np.pad(kept, ((0, 0), (0, missing), (0, 0), (0, 0)))


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = np.arange(1.0, 17.0).reshape(1, 1, 4, 4)
    odd, same = "where stride does not divide the height or width", "where no channels are added"
    drawn = [
        Case(about, rng.normal(size=shape), channels, stride)
        if about
        else (rng.normal(size=shape), channels, stride)
        for about, shape, channels, stride in (
            ("", (2, 3, 6, 6), 6, 2),
            (odd, (3, 2, 5, 7), 5, 3),
            (odd, (2, 2, 3, 5), 3, 2),
            (same, (2, 4, 4, 2), 4, 2),
            (same, (2, 4, 3, 3), 4, 1),
            ("", (2, 2, 4, 6), 7, 2),
        )
    ]
    return [(small, 2, 2), *drawn]


# ---- what every right answer has -----------------------------------------------------------------


def _sizes(x: np.ndarray, stride: int) -> tuple:
    return -(-x.shape[2] // stride), -(-x.shape[3] // stride)


def _has_batch(out: np.ndarray, x: np.ndarray, channels: int, stride: int) -> bool:
    return np.ndim(out) == 4 and np.shape(out)[0] == len(x)


def _has_channels(out: np.ndarray, x: np.ndarray, channels: int, stride: int) -> bool:
    return np.shape(out)[1] == channels


def _has_sizes(out: np.ndarray, x: np.ndarray, channels: int, stride: int) -> bool:
    return np.shape(out)[2:] == _sizes(x, stride)


def _fits(out: np.ndarray, x: np.ndarray, channels: int, stride: int) -> bool:
    return np.shape(out) == (len(x), channels, *_sizes(x, stride))


def _keeps_pixels(out: np.ndarray, x: np.ndarray, channels: int, stride: int) -> bool:
    if not _fits(out, x, channels, stride) or not _has_zeros_behind(out, x, channels, stride):
        return True
    return np.allclose(np.asarray(out)[:, : x.shape[1]], x[:, :, ::stride, ::stride], atol=1e-4)


def _has_zeros_behind(out: np.ndarray, x: np.ndarray, channels: int, stride: int) -> bool:
    if not _fits(out, x, channels, stride):
        return True
    return not np.any(np.asarray(out)[:, x.shape[1] :])


def _has_old_ones_first(out: np.ndarray, x: np.ndarray, channels: int, stride: int) -> bool:
    if not _fits(out, x, channels, stride):
        return True
    return bool(np.asarray(out)[:, : x.shape[1]].any(axis=(0, 2, 3)).all())


def _takes_single_pixels(out: np.ndarray, x: np.ndarray, channels: int, stride: int) -> bool:
    apart = np.abs(np.asarray(out, float)[..., None] - np.append(x.ravel(), 0.0)).min(-1)
    return bool((apart < 1e-4).all())


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
    parts={
        "x[:, :, ::stride, ::stride]": "the thinned-out maps",
        "kept": "the thinned-out maps",
        "missing": "the number of missing channels",
        "x.shape[1]": "the number of old channels",
        "channels - x.shape[1]": "the number of missing channels",
        "np.pad(kept, ((0, 0), (0, missing), (0, 0), (0, 0)))": "the channels of zeros",
    },
    properties=(
        Property(
            "images first",
            _has_batch,
            "Four axes have to come back, the images first: (N, channels, height, width).",
        ),
        Property(
            "channels",
            _has_channels,
            "The second axis has not `channels` entries. The channels are not thinned out; zeros "
            "are added until there are `channels` in all.",
        ),
        Property(
            "height and width",
            _has_sizes,
            "Height and width are not right: of H rows those at 0, stride, 2 stride ... are kept, "
            "H / stride of them, rounded up, and so it is with the columns.",
        ),
        Property(
            "single pixels",
            _takes_single_pixels,
            "Some numbers are neither a pixel of `x` nor 0. Single pixels are kept as they are; "
            "nothing is averaged and nothing is added up.",
        ),
        Property(
            "old channels first",
            _has_old_ones_first,
            "Some of the first C channels hold only zeros. The old channels come first, in their "
            "order, and all the new ones behind them.",
        ),
        Property(
            "zeros behind",
            _has_zeros_behind,
            "The channels behind the first C have to hold only zeros.",
        ),
        Property(
            "every stride-th pixel",
            _keeps_pixels,
            "The first C channels do not hold the pixels that are asked for: those in rows and in "
            "columns 0, stride, 2 stride, ... of the same channel.",
        ),
    ),
    hints=(
        "x[:, :, ::2, ::2] keeps every second row and every second column.",
        "channels - C channels are missing; np.pad takes a pair (before, after) for each axis.",
        "np.pad(kept, ((0, 0), (0, missing), (0, 0), (0, 0))).",
    ),
    mistakes=(
        Mistake(
            "zeros first",
            _shortcut_zeros_first,
            "The channels of zeros are in front. They belong behind the old ones.",
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
