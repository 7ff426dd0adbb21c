"""Exercise 04.6: cut the examples into batches, in a new random order for each epoch."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def epoch_batches(n: int, batch_size: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Positions 0 .. n-1 in a new random order, cut into batches; the last may be smaller."""
    order = rng.permutation(n)  # drawn at every call: each epoch has its own order
    return [order[start : start + batch_size] for start in range(0, n, batch_size)]


def _cases(rng: np.random.Generator) -> list[tuple]:
    def seed() -> int:
        return int(rng.integers(1000))

    return [
        (5, 2, seed()),
        (10, 4, seed()),
        Case("where batch_size divides n", 12, 4, seed()),
        (50, 16, seed()),
        Case("where all examples fit into one batch", 33, 50, seed()),
        Case("where each batch has one example", 5, 1, seed()),
    ]


# a right answer misses one of 45 pairs in 120 epochs with a probability below 1e-9
_EPOCHS, _SMALL = 120, 5


def _use(answer: Callable[..., Any], n: int, batch_size: int, seed: int) -> Any:
    """Call the answer for some epochs; the batches of each, and of the first once more."""
    rng, again = np.random.default_rng(seed), np.random.default_rng(seed)
    first = answer(n, batch_size, rng)
    if first is None or isinstance(first, int | float | str):
        return first
    batches = _listed(first)
    rest = [answer(n, batch_size, rng) for _ in range((_EPOCHS if n <= _SMALL else 4) - 1)]
    once_more = _listed(answer(n, batch_size, again))
    return {"epochs": [batches, *map(_listed, rest)], "once more": once_more}


def _listed(batches: Any) -> list:
    return [np.atleast_1d(np.asarray(batch)).tolist() for batch in batches]


def _read(value: Any, n: int, batch_size: int, seed: int) -> Any:
    """What any right way of shuffling has in common, and whether these batches have it."""
    if not isinstance(value, dict):
        return value
    epochs = [_joined(batches) for batches in value["epochs"]]
    told = {k for epoch in epochs for k in epoch}
    return {
        "the sizes of the batches": [len(b) for b in value["epochs"][0]],
        "the smallest and the largest number": [min(told, default=0), max(told, default=0)],
        "only numbers from 0 to n - 1": told <= set(range(n)),
        "no example comes twice": all(len(set(e)) == len(e) for e in epochs),
        "every example is there": all(set(range(n)) <= set(e) for e in epochs),
        "the order is random": any(e != sorted(e) for e in epochs),
        "each epoch has another order": any(e != epochs[0] for e in epochs[1:]),
        "the order comes from rng": _joined(value["once more"]) == epochs[0],
        "any order can come": n > _SMALL or _has_all_pairs(epochs, n),
    }


def _joined(batches: list) -> list:
    return [k for batch in batches for k in batch]


def _has_all_pairs(epochs: list[list], n: int) -> bool:
    """Whether each example was once at each place, and once right before each other one."""
    places = {(place, k) for epoch in epochs for place, k in enumerate(epoch)}
    pairs = {pair for epoch in epochs for pair in pairwise(epoch)}
    return len(places) >= n * n and len({(a, b) for a, b in pairs if a != b}) >= n * (n - 1)


# ---- what every right answer has -----------------------------------------------------------------


def _says(key: str, shuffled: bool = False) -> Callable[..., bool]:
    """Holds where the value says so; `shuffled`: asked where neither blocks nor entries hide it."""

    def holds(got: Any, n: int, batch_size: int, seed: int) -> bool:
        asked = not shuffled or 1 < batch_size < n <= _SMALL
        return bool(got[key]) or not asked

    return holds


def _is_all_there(got: Any, *arguments: Any) -> bool:
    others = got["no example comes twice"] and got["only numbers from 0 to n - 1"]
    return got["every example is there"] or not others


def _is_cut(got: Any, n: int, batch_size: int, seed: int) -> bool:
    return min(n, batch_size) == 1 or got["the sizes of the batches"] != [1] * n


def _none_is_empty(got: Any, *arguments: Any) -> bool:
    return all(size > 0 for size in got["the sizes of the batches"])


def _are_full(got: Any, n: int, batch_size: int, seed: int) -> bool:
    sizes = [size for size in got["the sizes of the batches"] if size]
    full = all(size == batch_size for size in sizes[:-1]) and max(sizes) <= batch_size
    return full or not _is_cut(got, n, batch_size, seed)


def _can_be_any(got: Any, *arguments: Any) -> bool:
    """Whether any order can come, where the order is random at all and nothing is missing."""
    needed = ("the order is random", "no example comes twice", "every example is there")
    drawn = all(got[key] for key in needed) and got["each epoch has another order"]
    return got["any order can come"] or not drawn


# ---- what people write instead -------------------------------------------------------------------


def _replaced(n: int, batch_size: int, rng: np.random.Generator) -> list[np.ndarray]:
    return [rng.integers(0, n, len(b)) for b in epoch_batches(n, batch_size, rng)]


EXERCISE = Exercise(
    id="04.6",
    title="Batches of one epoch",
    points=3,
    stars=2,
    minutes=10,
    reference=epoch_batches,
    cases=_cases,
    use=_use,
    read=_read,
    called=lambda n, size, seed: f"epoch_batches({n}, {size}, np.random.default_rng({seed}))",
    parts={
        "rng.permutation(n)": "the random order",
        "order": "the random order",
        "order[start:start + batch_size]": "the batch",
        "start": "the first position of a batch",
        "start + batch_size": "the end of a batch",
        "range(0, n, batch_size)": "the first positions of the batches",
    },
    forbidden=("lessonlib.training.batches",),
    hints=(
        "rng.permutation(n) is a random order of 0 .. n-1; call it inside the function.",
        "range(0, n, batch_size) gives the first position of every batch.",
        "A slice that reaches beyond the end is simply shorter: that is the last batch.",
    ),
    properties=(
        Property(
            "only numbers from 0 to n - 1",
            _says("only numbers from 0 to n - 1"),
            "There are other numbers than the positions 0 to n - 1 in the batches.",
        ),
        Property(
            "no example comes twice",
            _says("no example comes twice"),
            "In one epoch some examples come twice: each of them has to come exactly once.",
        ),
        Property(
            "every example is there",
            _is_all_there,
            "In one epoch some examples never come. Those that do not fill a batch make a last, "
            "smaller one.",
        ),
        Property(
            "the order is random",
            _says("the order is random", shuffled=True),
            "The examples come in the order 0, 1, 2, ...: nothing is shuffled.",
        ),
        Property(
            "each epoch has another order",
            _says("each epoch has another order", shuffled=True),
            "Every epoch has the same order. A new one has to be drawn with rng at each call.",
        ),
        Property(
            "the order comes from rng",
            _says("the order comes from rng"),
            "Two generators with the same seed give different orders, so what is random does not "
            "come from the rng that is passed in.",
        ),
        Property(
            "any order can come",
            _can_be_any,
            "In 120 epochs some examples never came at some place, or never next to each other: "
            "the order is not free. All n positions have to be shuffled as one, before the cut.",
        ),
        Property(
            "no batch is empty",
            _none_is_empty,
            "There is an empty batch. No batch may begin where all examples are used up.",
        ),
        Property(
            "cut into batches",
            _is_cut,
            "Single positions came back: the order has to be cut into batches, a list of arrays.",
        ),
        Property(
            "batches are full",
            _are_full,
            "A batch other than the last one does not have batch_size entries, or one has more.",
        ),
    ),
    mistakes=(
        Mistake(
            "drops the last batch",
            lambda n, size, rng: epoch_batches(n, size, rng)[: n // size],
            "The examples that do not fill a batch are left out. Return them as a smaller one.",
        ),
        Mistake(
            "no shuffling",
            lambda n, size, rng: [np.arange(n)[s : s + size] for s in range(0, n, size)],
            "The order is 0, 1, 2, ... In a sorted table every batch would then hold one class.",
        ),
        Mistake(
            "the same order every time",
            lambda n, size, rng: epoch_batches(n, size, np.random.default_rng(0)),
            "Every epoch has the same order. Draw a new one at each call, with the rng that is "
            "passed in: a generator that is made inside begins with the same numbers each time.",
        ),
        Mistake(
            "with replacement",
            _replaced,
            "Examples are drawn with replacement: in one epoch some come twice and others never.",
        ),
    ),
)
