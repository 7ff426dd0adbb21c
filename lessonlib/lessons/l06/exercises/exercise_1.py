"""Exercise 06.1: a kernel and a bias that find one pattern."""

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def detector(pattern: np.ndarray) -> tuple[np.ndarray, float]:
    """1 for ink and -1 for paper; the bias leaves 1 of the best sum that there is."""
    kernel = 2.0 * pattern - 1.0  # every pixel that differs costs 1
    bias = 1.0 - pattern.sum()
    return kernel, bias


def _cases(rng: np.random.Generator) -> list[tuple]:
    corner = np.array([[1.0, 1.0], [1.0, 0.0]])
    cases: list[tuple] = [
        Case("where the pattern is a corner", corner),
        Case("where the pattern is all ink", np.ones((2, 2))),
        Case("where the pattern is all paper", np.zeros((2, 2))),
        Case("where the pattern is a single pixel of ink", np.ones((1, 1))),
        Case("where the pattern is not square", np.array([[0.0, 1.0, 0.0]])),
        Case("where the pattern has much ink", np.ones((5, 5))),
        Case("where the pattern has much ink", np.ones((12, 12))),
    ]
    for shape in ((3, 3), (3, 2), (1, 4)):
        pattern = (rng.random(shape) < 0.5).astype(float)
        pattern.flat[:2] = (1.0, 0.0)
        cases.append((pattern,))
    return cases


# ---- what every right answer has -----------------------------------------------------------------


def _has_the_form(value: tuple) -> bool:
    return isinstance(value, tuple | list) and len(value) == 2 and np.size(value[1]) == 1


def _is_formed(value: tuple, pattern: np.ndarray) -> bool:
    return _has_the_form(value) and np.shape(value[0]) == pattern.shape


def _answers(value: tuple, patches: np.ndarray) -> np.ndarray:
    """The value at each patch, before ReLU."""
    with np.errstate(all="ignore"):  # infinite weights make no number
        sums = np.sum(patches * np.asarray(value[0], float), axis=(1, 2))
        return sums + float(np.asarray(value[1], float).ravel()[0])


def _others(pattern: np.ndarray, ink: float) -> np.ndarray:
    """The patches that differ from the pattern in one pixel, where the pattern has `ink`."""
    changed = []
    for place in zip(*np.nonzero(pattern == ink), strict=True):
        other = pattern.copy()
        other[place] = 1 - ink
        changed.append(other)
    return np.array(changed) if changed else np.empty((0, *pattern.shape))


_SMALL = 1e-6  # a detector may leave less than this of a rounded 0


def _is_finite(value: tuple, pattern: np.ndarray) -> bool:
    if not _is_formed(value, pattern):
        return True
    return bool(all(np.all(np.isfinite(np.asarray(part, float))) for part in value))


def _speaks(value: tuple, pattern: np.ndarray) -> bool:
    return not _is_formed(value, pattern) or _answers(value, pattern[None])[0] > _SMALL


def _misses_ink(value: tuple, pattern: np.ndarray) -> bool:
    others = _others(pattern, 1.0)
    return not _is_formed(value, pattern) or bool(np.all(_answers(value, others) <= _SMALL))


def _sees_more_ink(value: tuple, pattern: np.ndarray) -> bool:
    others = _others(pattern, 0.0)
    return not _is_formed(value, pattern) or bool(np.all(_answers(value, others) <= _SMALL))


def _is_right(value: tuple, pattern: np.ndarray) -> bool:
    """Above 0 at the pattern, and not where one pixel differs.

    Then every such pixel takes something off, so where more of them differ, still less is left.
    """
    tests = _is_finite, _speaks, _misses_ink, _sees_more_ink
    return _is_formed(value, pattern) and all(holds(value, pattern) for holds in tests)


EXERCISE = Exercise(
    id="06.1",
    title="A pattern detector by hand",
    points=2,
    stars=2,
    minutes=12,
    reference=detector,
    cases=_cases,
    accepts=_is_right,
    values=(("the kernel", "the bias"),),
    parts={
        "2 * pattern - 1": "the weights",
        "2 * pattern": "twice the pattern",
        "pattern.sum()": "the number of ink pixels",
        "1 - pattern.sum()": "the bias",
        "kernel": "the kernel",
        "bias": "the bias",
    },
    properties=(
        Property(
            "a kernel and a bias",
            lambda value, pattern: _has_the_form(value),
            "Two values have to come back: the kernel, then the bias, which is one number.",
        ),
        Property(
            "a weight for each pixel",
            _is_formed,
            "The kernel needs a weight for each pixel of the pattern, so it has the same shape.",
        ),
        Property(
            "finite numbers",
            _is_finite,
            "The kernel or the bias holds a value that is infinite or not a number.",
        ),
        Property(
            "speaks where the pattern is",
            _speaks,
            "Laid on the pattern itself, kernel and bias do not give a value above 0, so ReLU "
            "leaves nothing. How large is the sum there, and how negative may the bias be?",
        ),
        Property(
            "silent where ink is missing",
            _misses_ink,
            "Take one pixel of ink away from the pattern, and your detector still answers. A "
            "missing pixel of ink has to bring the sum to 0 or below.",
        ),
        Property(
            "silent where there is too much ink",
            _sees_more_ink,
            "Add one pixel of ink where the pattern has paper, and your detector still answers. "
            "Paper needs a weight too: one that makes ink there count against the pattern.",
        ),
    ),
    hints=(
        "Ink under a weight of 1 adds 1. What weight makes ink in the wrong place count against "
        "the pattern?",
        "With weights 1 for ink and -1 for paper, the pattern itself gives the number of its ink "
        "pixels. Every pixel that differs takes 1 off.",
        "So the bias may be anything that leaves the largest sum above 0 and the next one not.",
    ),
    mistakes=(
        Mistake(
            "paper has no weight",
            lambda pattern: (pattern, 1 - pattern.sum()),
            "Paper has weight 0, so more ink than in the pattern goes unnoticed: a black patch is "
            "answered to as well. Give paper a negative weight.",
        ),
        Mistake(
            "no bias",
            lambda pattern: (2 * pattern - 1, 0.0),
            "The kernel is right, but without a bias it also answers to patches that only resemble "
            "the pattern.",
        ),
        Mistake(
            "all of the sum taken off",
            lambda pattern: (2 * pattern - 1, -pattern.sum()),
            "The bias takes off all of the largest sum, so that 0 is left at the pattern itself. "
            "It has to leave something above 0.",
        ),
        Mistake(
            "paper counted as ink",
            lambda pattern: (2 * pattern - 1, 1 - pattern.size),
            "The bias takes off the number of all pixels. The largest sum is the number of ink "
            "pixels, since paper adds nothing at the pattern itself.",
        ),
        Mistake(
            "half of all pixels",
            lambda pattern: (2 * pattern - 1, 1 - pattern.size / 2),
            "The bias is right where half of the pixels are ink. The largest sum is the number of "
            "ink pixels, whatever the number of others.",
        ),
        Mistake(
            "bias with the other sign",
            lambda pattern: (2 * pattern - 1, pattern.sum() - 1),
            "The bias has the other sign: it is added, so a threshold is a negative bias.",
        ),
        Mistake(
            "the negative picture",
            lambda pattern: (1 - 2 * pattern, 1 - np.sum(1 - pattern)),
            "Ink and paper are exchanged: this finds the negative of the pattern.",
        ),
    ),
)
