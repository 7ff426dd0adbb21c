"""Exercise 05.4: the best epoch, and the epoch at which patience runs out."""

from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def early_stop(losses: np.ndarray, patience: int) -> tuple[int, int]:
    """The best epoch, and how many epochs were run until patience was at its end."""
    best = 0
    for epoch in range(len(losses)):
        if losses[epoch] < losses[best]:
            best = epoch  # all of patience is there once more
        if epoch - best >= patience:
            return best, epoch + 1
    return best, len(losses)  # it never ran out


def _cases(rng: np.random.Generator) -> list[tuple]:
    rows = (
        ([5.0, 3.0, 4.0, 2.0, 3.0, 4.0, 1.0], 2),  # a rise, then the best that counts
        ([3.0, 2.0, 2.5, 2.4, 2.3, 2.2, 2.1], 3),  # falls, and is still no new best
        ([2.0, 1.0, 3.0, 0.5, 3.0, 3.0], 1),
        ([4.0, 5.0, 3.0, 3.5, 3.2, 3.4, 2.0], 3),  # waited for a while at the start
        ([1.0, 2.0, 3.0, 4.0], 2),
        ([6.0, 5.0, 5.5, 4.0, 4.5, 4.4, 4.3], 3),  # over in the last epoch of all
    )
    labelled = [
        Case("where patience never runs out", np.array([5.0, 4.0, 3.0, 2.0]), 2),
        Case("where patience never runs out", np.array([5.0, 3.0, 2.0, 4.0]), 2),
        Case("where two losses are equal", np.array([1.0, 1.0, 1.0, 0.5]), 2),
        Case("where two losses are equal", np.array([3.0, 2.0, 4.0, 2.0, 2.5, 1.0]), 3),
        Case("where there is a single epoch", np.array([0.7]), 3),
    ]
    drawn = [(rng.random(30) + np.linspace(1, 0, 30), 4) for _ in range(3)]
    return [*((np.array(losses), patience) for losses, patience in rows), *labelled, *drawn]


# ---- what every right answer has -----------------------------------------------------------------


def _is_an_epoch(got: Any, losses: Any, patience: int) -> bool:
    return float(got[0]).is_integer() and float(got[1]).is_integer()


def _is_in_order(got: Any, losses: Any, patience: int) -> bool:
    """Whether the two values are numbers of epochs at all, and in this order."""
    return _is_an_epoch(got, losses, patience) and 0 <= got[0] < got[1]


def _is_lowest_seen(got: Any, losses: Any, patience: int) -> bool:
    if not _is_an_epoch(got, losses, patience):
        return True
    best, run = int(got[0]), int(got[1])
    seen = losses[: max(run, best + 1)]  # the best epoch has been run, whatever the count says
    return bool(0 <= best < len(losses) and losses[best] == seen.min())


def _is_first_lowest(got: Any, losses: Any, patience: int) -> bool:
    if not _is_in_order(got, losses, patience) or not _is_lowest_seen(got, losses, patience):
        return True
    return int(got[0]) == int(np.argmin(losses[: int(got[1])]))


def _waits_since(got: Any, losses: Any, patience: int) -> int:
    """The epochs that were run after the first lowest one."""
    run = int(got[1])
    return run - 1 - int(np.argmin(losses[:run]))


def _stops_in_time(got: Any, losses: Any, patience: int) -> bool:
    if not _is_in_order(got, losses, patience):
        return True
    return got[1] <= len(losses) and _waits_since(got, losses, patience) <= patience


def _stops_late_enough(got: Any, losses: Any, patience: int) -> bool:
    valid = _is_in_order(got, losses, patience)
    return not valid or got[1] >= len(losses) or _waits_since(got, losses, patience) >= patience


def _lower_at_the_end(losses: Any, patience: int) -> tuple:
    return np.append(losses, losses.min() - 1.0), patience


def _sees_no_future(got: Any, other: Any, losses: Any, patience: int) -> bool:
    if not _is_in_order(got, losses, patience) or got[1] >= len(losses):
        return True
    if _waits_since(got, losses, patience) < patience:
        return True  # too few epochs, which is another matter
    return bool(np.array_equal(got, other))


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


def _equal_is_better(losses: np.ndarray, patience: int) -> tuple[int, int]:
    best = 0
    for epoch in range(len(losses)):
        if losses[epoch] <= losses[best]:
            best = epoch
        if epoch - best >= patience:
            return best, epoch + 1
    return best, len(losses)


def _sees_the_future(losses: np.ndarray, patience: int) -> tuple[int, int]:
    return int(np.argmin(losses)), len(losses)


def _begins_at_one(losses: np.ndarray, patience: int) -> tuple[int, int]:
    best, lowest, waited = 0, 1.0, 0
    for epoch, loss in enumerate(losses):
        waited += 1
        if loss < lowest:
            best, lowest, waited = epoch, loss, 0
        if waited >= patience:
            return best, epoch + 1
    return best, len(losses)


EXERCISE = Exercise(
    id="05.4",
    title="Early stopping",
    points=3,
    stars=2,
    minutes=15,
    reference=early_stop,
    cases=_cases,
    values=(("the best epoch", "the epochs run"),),
    parts={
        "best": "the best epoch",
        "epoch": "the current epoch",
        "best = epoch": "a new best epoch is kept",
        "losses[epoch]": "the loss of this epoch",
        "losses[best]": "the lowest loss so far",
        "losses[epoch] < losses[best]": "whether this is a new lowest loss",
        "epoch - best": "the epochs since the best one",
        "epoch - best >= patience": "whether patience has run out",
        "epoch + 1": "the number of epochs so far",
        "len(losses)": "the number of all epochs",
    },
    hints=(
        "Remember the epoch of the lowest loss so far. A new lowest one gives all of patience back.",
        "Stop in the epoch in which `epoch - best` reaches `patience`.",
        "Epochs count from 0, so after epoch e there have been e + 1. "
        "Only what has been seen may decide.",
    ),
    properties=(
        Property(
            "an epoch, not a loss",
            _is_an_epoch,
            "Both values have to be whole numbers: the number of the best epoch, counted from 0, "
            "and how many epochs were run.",
        ),
        Property(
            "no future",
            _sees_no_future,
            "The answer changes when a lower loss comes after the run has ended. What comes later "
            "is never measured.",
            also=_lower_at_the_end,
        ),
        Property(
            "the lowest that was seen",
            _is_lowest_seen,
            "The best epoch is not one with the lowest loss among the epochs that were run.",
        ),
        Property(
            "the first of equal losses",
            _is_first_lowest,
            "Of equal losses the first one is the best: only a lower one takes its place.",
        ),
        Property(
            "stops in time",
            _stops_in_time,
            "The number of epochs run is too large: the run is over as soon as `patience` epochs "
            "in a row have brought no new lowest loss.",
        ),
        Property(
            "does not stop too early",
            _stops_late_enough,
            "The number of epochs run is too small: `patience` epochs in a row have to go by "
            "without a new lowest loss, and the one in which that happens is counted too.",
        ),
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
            "patience is never given back",
            _never_reset,
            "Every epoch without a new best uses up patience for ever. A new best gives all "
            "of it back.",
        ),
        Mistake(
            "equal counts as a new best",
            _equal_is_better,
            "A loss that only equals the lowest one is taken as a new best. It has to be lower to "
            "give patience back.",
        ),
        Mistake(
            "best of all the losses",
            lambda losses, patience: (int(np.argmin(losses)), early_stop(losses, patience)[1]),
            "It stops at the right time, but the best epoch is looked for among all losses. Those "
            "after the stop have never been measured.",
        ),
        Mistake(
            "the lowest loss in place of its epoch",
            lambda losses, patience: (
                float(losses[early_stop(losses, patience)[0]]),
                early_stop(losses, patience)[1],
            ),
            "The lowest loss itself comes back. Asked is in which epoch it was, counted from 0.",
        ),
        Mistake(
            "best counted from 1",
            lambda losses, patience: (
                early_stop(losses, patience)[0] + 1,
                early_stop(losses, patience)[1],
            ),
            "The best epoch is one too large: epochs are counted from 0.",
        ),
        Mistake(
            "one epoch less",
            lambda losses, patience: (
                early_stop(losses, patience)[0],
                early_stop(losses, patience)[1] - 1,
            ),
            "The number of epochs run is one too small: they are counted from 0, so after epoch e "
            "there have been e + 1.",
        ),
        Mistake(
            "one epoch more",
            lambda losses, patience: early_stop(losses, patience + 1),
            "One epoch too many is run: after `patience` epochs without a new best it is over.",
        ),
        Mistake(
            "the lowest loss begins at 1",
            _begins_at_one,
            "It answers as if there had been a loss of 1 before the first epoch. A loss may be "
            "larger: begin with the first loss, or with infinity.",
        ),
        Mistake(
            "knows the future",
            _sees_the_future,
            "It looks at all the losses and takes the lowest. At the time of the decision the "
            "later ones have not been computed.",
        ),
    ),
)
