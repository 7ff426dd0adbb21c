"""What a wrong result has to do with the right one: a sign, a factor, a shift, one row too many.

A relation is named only if it holds in every case in which the answer is wrong, the right results
are not of a kind that fits anything (one entry, all zeros), and fresh cases agree.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from lessonlib.exercises.compare import Names, as_array
from lessonlib.exercises.diagnosis.evidence import Evidence

Pair = tuple[np.ndarray, np.ndarray]  # what came back, what was expected


def _sorted(w: np.ndarray) -> np.ndarray | None:
    return np.sort(w, 0) if w.ndim else None


_SHAPED: tuple[tuple[str, Callable[[np.ndarray], Any]], ...] = (
    ("has the opposite sign", lambda w: -w),
    ("is transposed", lambda w: w.T if w.ndim == 2 else None),
    ("comes in the reverse order", lambda w: w[::-1] if w.ndim else None),
    ("has its columns in the reverse order", lambda w: w[:, ::-1] if w.ndim > 1 else None),
    ("is the square of what is expected", np.square),
    ("is the square root of what is expected: a square is missing", np.sqrt),
    ("is the logarithm of what is expected", np.log),
    ("is the logarithm to base 2 of what is expected", np.log2),
    ("is the exponential of what is expected", np.exp),
    ("is 1 minus what is expected", lambda w: 1 - w),
    ("is 1 divided by what is expected", lambda w: 1 / w),
    ("has lost its signs", np.abs),
    ("has 0 where it should be negative: what is negative was cut off", lambda w: np.maximum(w, 0)),
    ("is the running sum of what is expected", lambda w: np.cumsum(w, 0) if w.ndim else None),
    ("is shifted by one place", lambda w: np.roll(w, 1, 0) if w.ndim else None),
    ("is shifted by one place", lambda w: np.roll(w, -1, 0) if w.ndim else None),
    ("is sorted: its entries are no longer in their own places", _sorted),
    ("is cut down to whole numbers", np.trunc),
    ("is rounded to whole numbers", np.round),
)  # fmt: skip
_RESHAPED: tuple[tuple[str, Callable[[np.ndarray], Any]], ...] = (
    ("{who} came back transposed", lambda w: w.T if w.ndim > 1 else None),
    ("all numbers are there, but in a flat array", np.ravel),
    ("the last row is missing", lambda w: w[:-1] if w.ndim else None),
    ("the first row is missing", lambda w: w[1:] if w.ndim else None),
    ("only the last row came back", lambda w: w[-1] if w.ndim and len(w) else None),
    ("only the first row came back", lambda w: w[0] if w.ndim and len(w) else None),
    ("only the mean over everything came back", np.mean),
    ("only the sum over everything came back", np.sum),
    ("the rows were added up into one", lambda w: w.sum(0) if w.ndim > 1 else None),
    ("the columns were added up into one", lambda w: w.sum(1) if w.ndim > 1 else None),
    ("the rows were averaged into one", lambda w: w.mean(0) if w.ndim > 1 else None),
    ("the columns were averaged into one", lambda w: w.mean(1) if w.ndim > 1 else None),
)  # fmt: skip


def relation(evidence: Evidence) -> str | None:
    """A sentence on how the wrong results follow from the right ones, or None."""
    if any(c.outcome.error is not None for c in evidence.failed):
        return None
    if turned := _turned_round(evidence):
        return turned
    name, pairs = _wrong_part(evidence)
    return _said(name, pairs and (_argument(evidence, pairs) or _shape(pairs) or _values(pairs)))


def factor(evidence: Evidence) -> str | None:
    """A sentence on the factor, or the number, by which the wrong results are off, or None."""
    if any(c.outcome.error is not None for c in evidence.failed):
        return None
    name, pairs = _wrong_part(evidence)
    return _said(name, pairs and (_shift(pairs) or _factor(pairs, evidence)))


def _said(name: str, words: str | list | None) -> str | None:
    if not isinstance(words, str):
        return None
    text = words.format(who=name or "the result")
    is_code = name and text.startswith(name) and not name.startswith(("the ", "value "))
    return f"{text}." if is_code else text[:1].upper() + text[1:] + "."


def _wrong_part(evidence: Evidence) -> tuple[str, list[Pair]]:
    """The one value of a tuple that is wrong, or the whole result, with its name; [] if several."""
    failed = evidence.failed
    parts = _parts([(c.outcome.value, c.want) for c in failed], evidence.exercise.values)
    wrong = {k: pairs for k, pairs in parts.items() if not _all_agree(evidence, pairs)}
    if len(wrong) != 1:
        return "", []
    ((name, pairs),) = wrong.items()
    arrays = [(as_array(g), as_array(w)) for g, w in pairs]
    real = [(g, w) for g, w in arrays if g is not None and w is not None]
    return name, real if len(real) == len(pairs) else []


def _turned_round(evidence: Evidence) -> str | None:
    pairs = [(c.outcome.value, c.want) for c in evidence.failed]
    if not all(isinstance(w, tuple | list) and isinstance(g, tuple | list) for g, w in pairs):
        return None
    if not all(len(w) == len(g) > 1 for g, w in pairs):
        return None
    if all(evidence.agrees(list(g)[::-1], list(w)) for g, w in pairs):
        return "The values are right but come in the opposite order."
    return None


def _parts(pairs: list[tuple[Any, Any]], names: Names) -> dict[str, list[tuple[Any, Any]]]:
    """The values of tuples by their place, "" where the result is one value."""
    if not all(isinstance(w, tuple) and isinstance(g, tuple | list) for g, w in pairs):
        return {"": pairs}
    width = len(pairs[0][1])
    if not all(len(w) == len(g) == width for g, w in pairs):
        return {"": pairs}
    own = names[0] if names and isinstance(names[0], tuple) else ()
    return {
        (own[k] if k < len(own) else f"value {k + 1} of {width}"): [(g[k], w[k]) for g, w in pairs]
        for k in range(width)
    }


def right_parts(evidence: Evidence) -> tuple[list[str], list[str]]:
    """The names of a tuple's values that are right in all cases, and of those that are not."""
    failed = evidence.failed
    parts = _parts([(c.outcome.value, c.want) for c in failed], evidence.exercise.values)
    good = [name for name, pairs in parts.items() if _all_agree(evidence, pairs)]
    return good, [name for name in parts if name not in good]


def _all_agree(evidence: Evidence, pairs: list[tuple[Any, Any]]) -> bool:
    return all(evidence.agrees(g, w) for g, w in pairs)


def _argument(evidence: Evidence, pairs: list[Pair]) -> str | None:
    """Whether one of the arguments came back as it was."""
    failed = evidence.failed
    for k, argument in enumerate(evidence.exercise.arguments[: len(failed[0].arguments)]):
        given = [c.arguments[k] for c in failed]
        arrays = len(pairs) > 1 and all(isinstance(a, np.ndarray) for a in given)
        if arrays and all(_equal(g, a) for (g, _), a in zip(pairs, given, strict=True)):
            return f"{{who}} is the argument `{argument}` as it was given"
    return None


def _shape(pairs: list[Pair]) -> str | None:
    if all(g.shape == w.shape for g, w in pairs):
        return None
    if all(g.size == w.size and _equal(np.squeeze(g), np.squeeze(w)) for g, w in pairs):
        return (
            f"the numbers are right, but {{who}} has the shape {pairs[0][0].shape} instead of "
            f"{pairs[0][1].shape}: one axis of length 1 too many or too few"
        )
    for words, change in _RESHAPED:
        if _holds(pairs, change):
            return words
    for words, change in _RESHAPED[2:4]:  # one row too many: what is expected is part of it
        if _holds([(w, g) for g, w in pairs], change):
            return words.replace("is missing", "is one too many")
    return None


def _values(pairs: list[Pair]) -> str | None:
    if not _telling(pairs):
        return None
    for words, change in _SHAPED:
        if _holds(pairs, change):
            return "{who} " + words
    return None


def _shift(pairs: list[Pair]) -> str | None:
    """One number by which everything is off, in every case."""
    if not _telling(pairs) or any(g.shape != w.shape or not g.size for g, w in pairs):
        return None
    shifts = [g.astype(float) - w for g, w in pairs]
    first = shifts[0].flat[0]
    if abs(first) > 1e-6 and all(np.allclose(s, first, rtol=1e-6, atol=1e-9) for s in shifts):
        return f"every number of {{who}} is off by the same amount, {first:.4g}"
    return None


def _telling(pairs: list[Pair]) -> bool:
    """Whether the right results are varied enough for a relation to mean something."""
    entries = np.concatenate([w.astype(float).ravel() for _, w in pairs] or [np.zeros(0)])
    return len(np.unique(entries[np.isfinite(entries)].round(9))) >= 3


def _holds(pairs: list[Pair], change: Callable[[np.ndarray], Any]) -> bool:
    with np.errstate(all="ignore"):
        for got, want in pairs:
            try:
                other = change(want.astype(float))
            except (ValueError, TypeError, IndexError):
                return False
            if other is None or not _equal(got, np.asarray(other)):
                return False
    return True


def _equal(a: np.ndarray, b: np.ndarray) -> bool:
    if a.shape != b.shape:
        return False
    return bool(np.allclose(a.astype(float), b.astype(float), rtol=1e-7, atol=1e-9, equal_nan=True))


def _factor(pairs: list[Pair], evidence: Evidence) -> str | None:
    """A constant factor, or one that is a size or a number among the arguments."""
    factors = []
    for got, want in pairs:
        if got.shape != want.shape or not np.isfinite(got).all() or not np.isfinite(want).all():
            return None
        big = np.abs(want) > 1e-12
        if not big.any():
            return None
        factor = float((got[big] / want[big]).flat[0])
        if abs(factor) < 1e-12 or not _equal(got, factor * want):
            return None
        factors.append(factor)
    entries = sum(w.size for _, w in pairs)
    if entries < 3 or np.allclose(factors, 1, rtol=1e-5):
        return None
    if np.allclose(factors, factors[0], rtol=1e-6):
        return f"{{who}} is {factors[0]:.4g} times what is expected, in every case"
    for words, numbers in _quantities(evidence):
        if np.allclose(factors, numbers, rtol=1e-6):
            return f"{{who}} is multiplied once too often by {words}"
        if np.allclose(factors, [1 / n if n else math.nan for n in numbers], rtol=1e-6):
            return f"{{who}} is divided once too often by {words}"
    return None


def _quantities(evidence: Evidence) -> Iterator[tuple[str, list[float]]]:
    """Sizes and numbers among the arguments, with their squares and roots, case by case."""
    failed = evidence.failed
    for k, name in enumerate(evidence.exercise.arguments[: len(failed[0].arguments)]):
        given = [c.arguments[k] for c in failed]
        measures: list[tuple[str, list[float]]] = []
        if all(isinstance(a, np.ndarray) for a in given):
            for axis in range(min(a.ndim for a in given)):
                measures.append((f"`{name}.shape[{axis}]`", [float(a.shape[axis]) for a in given]))
            measures.append((f"`{name}.size`", [float(a.size) for a in given]))
        elif all(isinstance(a, int | float) for a in given):
            measures.append((f"`{name}`", [float(a) for a in given]))
            measures.append((f"1 - `{name}`", [1.0 - a for a in given]))
        elif all(isinstance(a, list | tuple | str) for a in given):
            measures.append((f"`len({name})`", [float(len(a)) for a in given]))
        for words, numbers in measures:
            yield words, numbers
            yield f"the square root of {words}", [abs(n) ** 0.5 for n in numbers]
            yield f"the square of {words}", [n * n for n in numbers]
