"""Exercise 05.4: the best epoch, and the epoch at which patience runs out."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


def early_stop(losses: np.ndarray, patience: int) -> tuple[int, int]:
    """The best epoch, and how many epochs were run until patience was at its end."""
    best = 0
    for epoch in range(len(losses)):
        if losses[epoch] < losses[best]:
            best = epoch  # patience starts anew
        if epoch - best >= patience:
            return best, epoch + 1
    return best, len(losses)  # it never ran out


def _cases(rng: np.random.Generator) -> list[tuple]:
    rows = (
        ([5.0, 3.0, 4.0, 2.0, 3.0, 4.0, 1.0], 2),  # a rise, then the best that counts
        ([5.0, 4.0, 3.0, 2.0], 2),  # never runs out
        ([3.0, 2.0, 2.5, 2.4, 2.3, 2.2, 2.1], 3),  # falls, and is still no new best
        ([1.0, 1.0, 1.0, 0.5], 2),  # equal is not better
        ([2.0, 1.0, 3.0, 0.5, 3.0, 3.0], 1),
    )
    drawn = [(rng.random(30) + np.linspace(1, 0, 30), 4) for _ in range(3)]
    return [*((np.array(losses), patience) for losses, patience in rows), *drawn]


# ---- what people write instead -------------------------------------------------------------------


def _first_rise(losses: np.ndarray, patience: int) -> tuple[int, int]:
    for epoch in range(1, len(losses)):
        if losses[epoch] > losses[epoch - 1]:
            return epoch - 1, epoch + 1
    return len(losses) - 1, len(losses)


def _last_epoch(losses: np.ndarray, patience: int) -> tuple[int, int]:
    run = early_stop(losses, patience)[1]
    return run - 1, run


def _rises_in_a_row(losses: np.ndarray, patience: int) -> tuple[int, int]:
    waited = 0
    for epoch in range(1, len(losses)):
        waited = waited + 1 if losses[epoch] >= losses[epoch - 1] else 0
        if waited == patience:
            return int(np.argmin(losses[: epoch + 1])), epoch + 1
    return int(np.argmin(losses)), len(losses)


def _never_reset(losses: np.ndarray, patience: int) -> tuple[int, int]:
    best, waited = 0, 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < losses[best]:
            best = epoch
        else:
            waited += 1
        if waited == patience:
            return best, epoch + 1
    return best, len(losses)


def _sees_the_future(losses: np.ndarray, patience: int) -> tuple[int, int]:
    return int(np.argmin(losses)), len(losses)


EXERCISE = Exercise(
    id="05.4",
    title="Early stopping",
    points=3,
    stars=2,
    minutes=15,
    reference=early_stop,
    cases=_cases,
    hints=(
        "Remember the epoch of the lowest loss so far. A new lowest one starts patience anew.",
        "Stop in the epoch in which `epoch - best` reaches `patience`.",
        "Epochs count from 0, so after epoch e there have been e + 1. "
        "Only what has been seen may decide.",
    ),
    mistakes=(
        Mistake(
            "stops at the first rise",
            _first_rise,
            "It stops when the loss rises for the first time. Validation losses jump about: "
            "patience is there to wait whether it falls again.",
        ),
        Mistake(
            "returns the last epoch",
            _last_epoch,
            "It stops at the right time and returns the last epoch. Its weights have been "
            "getting worse for `patience` epochs: return the best.",
        ),
        Mistake(
            "compares with the epoch before",
            _rises_in_a_row,
            "Patience counts epochs that are worse than the one before. It counts epochs "
            "without a new best, also when the loss falls a little from a bad value.",
        ),
        Mistake(
            "patience never starts anew",
            _never_reset,
            "Every epoch without a new best uses up patience for ever. A new best gives all "
            "of it back.",
        ),
        Mistake(
            "one epoch more",
            lambda losses, patience: early_stop(losses, patience + 1),
            "One epoch too many is run: after `patience` epochs without a new best it is over.",
        ),
        Mistake(
            "knows the future",
            _sees_the_future,
            "It looks at all the losses and takes the lowest. At the time of the decision the "
            "later ones have not been computed.",
        ),
    ),
)
