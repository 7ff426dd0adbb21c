"""Compare what came back with what was expected, in the order a person would look.

Kind first, then shape, dtype, values; the first difference is described in one sentence.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

NUMBER = (bool, int, float, np.bool_, np.integer, np.floating)


def show(value: Any, limit: int = 160) -> str:
    """Write a value on one line, short enough to read.

    >>> show(np.array([1.0, 2.5]))
    'array [1.  2.5]'
    """
    if isinstance(value, np.ndarray):
        with np.printoptions(precision=4, suppress=True, threshold=12, edgeitems=3):
            text = " ".join(str(value).split())
        text = f"array {text}" if value.ndim < 2 else f"array of shape {value.shape}: {text}"
    elif isinstance(value, tuple | list) and any(isinstance(v, np.ndarray) for v in value):
        parts = ", ".join(show(v, limit // max(1, len(value))) for v in value)
        text = f"({parts})" if isinstance(value, tuple) else f"[{parts}]"
    elif isinstance(value, float | np.floating):
        text = f"{value:.6g}"
    elif isinstance(value, np.integer | np.bool_):
        text = str(value.item())
    else:
        text = " ".join(_safe_repr(value).split())
    return text if len(text) <= limit else text[: limit - 4] + " ..."


def _safe_repr(value: Any) -> str:
    try:
        return repr(value)
    except Exception:
        return f"an object of type {type(value).__name__}"


def kind_of(value: Any) -> str:
    """Name the kind of a value as a learner would say it.

    >>> kind_of((1, 2))
    'a tuple of 2 values'
    """
    if value is None:
        return "None"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, bool | np.bool_):
        return "True or False"
    if isinstance(value, int | np.integer):
        return "an integer"
    if isinstance(value, float | np.floating):
        return "a float"
    if isinstance(value, tuple | list):
        return f"a {type(value).__name__} of {len(value)} values"
    if isinstance(value, str):
        return "a string"
    if callable(value):
        return "a function"
    return f"a {type(value).__name__}"


def difference(got: Any, want: Any, tolerance: float = 1e-8, where: str = "") -> str | None:
    """Return one sentence on the first difference between `got` and `want`, or None.

    Numbers agree when |got - want| <= tolerance * max(1, |want|), entry by entry.

    >>> difference(np.array([1, 2]), np.array([1, 3]))
    'entry [1] is 2, expected 3'
    """
    place = f"{where}: " if where else ""
    if got is None:
        return f"{place}None came back. Is a `return` missing?"
    if isinstance(want, tuple | list):
        return _compare_sequence(got, want, tolerance, where)
    if isinstance(want, str) or want is None:
        return None if _equal_text(got, want) else f"{place}{show(got)}, expected {show(want)}"
    if isinstance(want, dict):
        return _compare_dict(got, want, tolerance, where)
    if isinstance(want, np.ndarray):
        return _compare_array(got, want, tolerance, place)
    return _compare_number(got, want, tolerance, place)


def _equal_text(got: Any, want: Any) -> bool:
    return isinstance(got, type(want)) and got == want


def _compare_sequence(got: Any, want: Sequence, tolerance: float, where: str) -> str | None:
    place = f"{where}: " if where else ""
    if not isinstance(got, tuple | list):
        return f"{place}{kind_of(got)} came back, expected {kind_of(want)}"
    if len(got) != len(want):
        return f"{place}{len(got)} values came back, expected {len(want)}"
    for k, (g, w) in enumerate(zip(got, want, strict=True)):
        part = f"{where}[{k}]" if where else f"value {k + 1} of {len(want)}"
        found = difference(g, w, tolerance, part)
        if found:
            return found
    return None


def _compare_dict(got: Any, want: dict, tolerance: float, where: str) -> str | None:
    place = f"{where}: " if where else ""
    if not isinstance(got, dict):
        return f"{place}{kind_of(got)} came back, expected a dict with the keys {sorted(want)}"
    if set(got) != set(want):
        return f"{place}keys {sorted(map(str, got))}, expected {sorted(map(str, want))}"
    for key, w in want.items():
        found = difference(got[key], w, tolerance, f"{where}[{key!r}]" if where else f"key {key!r}")
        if found:
            return found
    return None


def _compare_array(got: Any, want: np.ndarray, tolerance: float, place: str) -> str | None:
    if isinstance(got, list | tuple):
        return f"{place}a {type(got).__name__} came back, expected a NumPy array (np.array(...))"
    if type(got) is not np.ndarray and not isinstance(got, NUMBER):
        return f"{place}{kind_of(got)} came back, expected a NumPy array of shape {want.shape}"
    got = np.asarray(got)
    if got.shape != want.shape:
        return f"{place}shape {got.shape}, expected {want.shape}"
    if got.dtype.kind not in "biuf":
        return f"{place}dtype {got.dtype}, expected numbers ({want.dtype})"
    if want.dtype.kind == "f" and got.dtype.kind == "f" and got.dtype != want.dtype:
        return f"{place}dtype {got.dtype}, expected {want.dtype}: the input's dtype is to be kept"
    if want.dtype.kind == "b" and got.dtype.kind != "b":
        return f"{place}dtype {got.dtype}, expected True and False"
    return _compare_values(got, want, tolerance, place)


def _compare_values(got: np.ndarray, want: np.ndarray, tolerance: float, place: str) -> str | None:
    if want.dtype == np.float32:
        tolerance = max(tolerance, 1e-4)
    a, b = got.astype(np.float64), want.astype(np.float64)
    with np.errstate(invalid="ignore"):
        near = np.abs(a - b) <= tolerance * np.maximum(1.0, np.abs(b))
    bad = ~(near | (a == b) | (np.isnan(a) & np.isnan(b)))
    if not bad.any():
        return None
    at = tuple(int(i) for i in np.argwhere(bad)[0])
    entry = f"entry [{', '.join(map(str, at))}] is " if at else ""
    more = f" ({int(bad.sum())} of {bad.size} entries differ)" if bad.sum() > 1 else ""
    return f"{place}{entry}{show(got[at])}, expected {show(want[at])}{more}"


def _compare_number(got: Any, want: Any, tolerance: float, place: str) -> str | None:
    if isinstance(got, np.ndarray) and got.ndim == 0:
        got = got[()]
    if not isinstance(got, NUMBER):
        return f"{place}{kind_of(got)} came back, expected {kind_of(want)}"
    a, b = float(got), float(want)
    if a == b or (math.isnan(a) and math.isnan(b)):
        return None
    if abs(a - b) <= tolerance * max(1.0, abs(b)):
        return None
    return f"{place}{show(got)}, expected {show(want)}"


def pattern(got: Any, want: Any) -> str | None:
    """Name a simple relation between a wrong and the right numbers: sign, factor, transpose, shift.

    >>> pattern(np.array([-1.0, 2.0]), np.array([1.0, -2.0]))
    'Every number has the opposite sign of the expected one.'
    """
    if isinstance(want, tuple | list) and isinstance(got, tuple | list) and len(got) == len(want):
        if len(want) > 1 and difference(list(got)[::-1], list(want)) is None:
            return "The values are right but come in the opposite order."
        pairs = [(g, w) for g, w in zip(got, want, strict=True) if difference(g, w)]
        return pattern(*pairs[0]) if pairs else None
    if not isinstance(want, np.ndarray | float | np.floating):
        return None
    if not isinstance(got, np.ndarray | int | float | np.integer | np.floating):
        return None
    a, b = np.asarray(got), np.asarray(want)
    if a.dtype.kind not in "iuf" or b.dtype.kind != "f":
        return None
    return _pattern_of_arrays(a.astype(float), b.astype(float))


def _pattern_of_arrays(a: np.ndarray, b: np.ndarray) -> str | None:
    if a.ndim == 2 and a.shape == b.shape[::-1] and a.shape != b.shape and np.allclose(a.T, b):
        return "The numbers are right but the array is transposed."
    if a.shape != b.shape or not np.any(b) or not np.all(np.isfinite(a)):
        return "There are NaN or infinite values." if not np.all(np.isfinite(a)) else None
    if np.allclose(a, -b):
        return "Every number has the opposite sign of the expected one."
    big = np.abs(b) > 1e-12
    ratio = a[big] / b[big]
    if abs(ratio[0]) > 1e-12 and np.allclose(a, ratio[0] * b) and b.size > 1:
        return f"Every number is {ratio[0]:.4g} times the expected one."
    shift = a - b
    if b.size > 1 and np.allclose(shift, shift.flat[0]):
        return f"Every number is off by the same amount, {shift.flat[0]:.4g}."
    return None
