"""Where an answer is wrong: in which of its values, in which entries, in which cases."""

from collections.abc import Callable

import numpy as np

from lessonlib.exercises.compare import CLOSE, as_array
from lessonlib.exercises.diagnosis.evidence import Case, Evidence
from lessonlib.exercises.diagnosis.relations import right_parts


def place(evidence: Evidence) -> str | None:
    """A sentence that narrows the fault down, or None: it is wrong everywhere."""
    found = [_only_some_cases(evidence), _only_some_parts(evidence), _only_some_entries(evidence)]
    return " ".join(text for text in found if text) or None


def _only_some_cases(evidence: Evidence) -> str | None:
    """The label that all failing cases, and no other ones, have."""
    cases = evidence.cases + evidence.fresh
    failed = [c for c in cases if c.failed]
    if len(failed) == len(cases):
        return None
    labels = {getattr(c.arguments, "about", "") for c in failed}
    label = labels.pop() if len(labels) == 1 else ""
    if label and all(c.failed == (getattr(c.arguments, "about", "") == label) for c in cases):
        return f"It is right in all other cases; it is wrong {label}."
    if (
        "" not in labels
        and labels
        and not any(getattr(c.arguments, "about", "") in labels for c in cases if not c.failed)
    ):
        return f"It is right in the plain cases; it is wrong {', and '.join(sorted(labels))}."
    return None


def _only_some_parts(evidence: Evidence) -> str | None:
    if any(c.outcome.error is not None for c in evidence.failed):
        return None
    good, bad = right_parts(evidence)
    if not good or not bad:
        return None
    verb = "is" if len(good) == 1 else "are"
    text = f"{_listed(good)} {verb} right; {_listed(bad)} {'is' if len(bad) == 1 else 'are'} not."
    return text[:1].upper() + text[1:]


def _listed(names: list[str]) -> str:
    text = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return text


def _above(n: int) -> np.ndarray:
    return np.tri(n, k=-1).T


def _below(n: int) -> np.ndarray:
    return np.tri(n, k=-1)


_ENTRIES: tuple[tuple[str, Callable[[np.ndarray], np.ndarray]], ...] = (
    ("Only the first {row} is wrong.", lambda a: _rows(a, 0)),
    ("Only the last {row} is wrong.", lambda a: _rows(a, -1)),
    ("The first {row} is right, all later ones are wrong.", lambda a: ~_rows(a, 0)),
    ("The last {row} is right, all earlier ones are wrong.", lambda a: ~_rows(a, -1)),
    ("Only the first column is wrong.", lambda a: _columns(a, 0)),
    ("Only the last column is wrong.", lambda a: _columns(a, -1)),
    ("The first column is right, the others are wrong.", lambda a: ~_columns(a, 0)),
    ("The last column is right, the others are wrong.", lambda a: ~_columns(a, -1)),
    ("Only the diagonal is wrong.", lambda a: _square(a, np.eye)),
    ("Only the diagonal is right.", lambda a: ~_square(a, np.eye)),
    ("Only what is right of the diagonal is wrong.", lambda a: _square(a, _above)),
    ("Only what is left of the diagonal is wrong.", lambda a: _square(a, _below)),
)  # fmt: skip


def _rows(a: np.ndarray, k: int) -> np.ndarray:
    chosen = np.zeros(a.shape, bool)
    chosen[k] = True
    return chosen


def _columns(a: np.ndarray, k: int) -> np.ndarray:
    chosen = np.zeros(a.shape, bool)
    if a.ndim > 1:
        chosen[..., k] = True
    return chosen


def _square(a: np.ndarray, make: Callable[[int], np.ndarray]) -> np.ndarray:
    if a.ndim < 2 or a.shape[-1] != a.shape[-2]:
        return np.zeros(a.shape, bool)
    return np.broadcast_to(make(a.shape[-1]).astype(bool), a.shape)


def _only_some_entries(evidence: Evidence) -> str | None:
    masks = [_mask(case) for case in evidence.failed]
    known = [m for m in masks if m is not None and m.ndim and len(m) > 2]
    if len(known) < 2 or len(known) < len(masks) - 1 or all(m.all() for m in known):
        return None
    for words, expected in _ENTRIES:
        if all(m.any() and np.array_equal(m, expected(m)) for m in known):
            return words.format(row="row" if known[0].ndim > 1 else "entry")
    return None


def _mask(case: Case) -> np.ndarray | None:
    """Which entries of a result that is one array are wrong."""
    got, want = as_array(case.outcome.value), as_array(case.want)
    if got is None or want is None or got.shape != want.shape or isinstance(case.want, tuple):
        return None
    a, b = got.astype(float), want.astype(float)
    with np.errstate(all="ignore"):
        near = np.abs(a - b) <= CLOSE * np.maximum(1.0, np.abs(b))
    return ~(near | (a == b) | (np.isnan(a) & np.isnan(b)))
