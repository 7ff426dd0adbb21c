"""Compare what came back with what was expected, in the order a person would look.

Nothing at all, kind, shape, values; the first difference is described in one sentence. Values
count, not the form they come in: a list where an array is meant, an array where a list is meant, a
0-d array, whole numbers as floats, float32 within its precision. What was odd is kept as a note.
"""

import numbers
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lessonlib.exercises.show import apart, article, show

CLOSE = 2e-6  # numbers this near agree too: a small guard such as + 1e-8 costs less
MOST_ROWS = 10**6  # of an array that is looked at as a list
SINGLE = 2e-4  # what a calculation in float32 may be off by

Names = tuple[str | tuple[str, ...], ...]


@dataclass(frozen=True)
class Difference:
    """Where a value differs first: `kind` is "none", "form", "shape" or "values".

    `text` is a sentence without its full stop; `where` the address in words, "" for the whole.
    """

    kind: str
    text: str
    where: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.text}" if self.where else self.text


@dataclass
class Comparison:
    """How values are compared: the tolerance, the names of the parts, and notes taken on the way.

    names : one entry for each level of nesting: the word for an item of a list ("window"), or a
            tuple with the names of a tuple's values (("the weights", "the bias"))
    """

    tolerance: float = 1e-8
    names: Names = ()
    strict: bool = False
    notes: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Take a note once."""
        if text not in self.notes:
            self.notes.append(text)

    def compare(self, got: Any, want: Any, where: str = "", level: int = 0) -> Difference | None:
        """The first difference between `got` and `want`, or None."""
        if got is None and want is not None:
            return Difference("none", "None came back. Is a `return` missing?", where)
        if isinstance(want, tuple | list):
            return self._sequence(got, want, where, level)
        if isinstance(want, Mapping):
            return self._mapping(got, want, where, level)
        if isinstance(want, str) or want is None:
            same = type(got) is not bool and isinstance(got, str | None) and got == want
            return None if same else _unequal(got, want, where)
        if isinstance(want, np.ndarray):
            return self._array(got, want, where)
        return self._number(got, want, where)

    # ---- the parts of a value ----------------------------------------------------------------

    def _place(self, where: str, level: int, k: int, count: int) -> str:
        name = self.names[level] if level < len(self.names) else ""
        if isinstance(name, tuple):
            own = name[k] if k < len(name) else f"value {k + 1} of {count}"
        elif name:
            own = f"{_ordinal(k)} {name}"
        else:
            own = f"value {k + 1} of {count}"
        return f"{where}, {own}" if where else own

    def _sequence(self, got: Any, want: Sequence, where: str, level: int) -> Difference | None:
        if isinstance(got, np.ndarray) and got.ndim:
            self.note(f"{_form(got)} came back where {_form(want).lower()} is meant.")
            got = list(got[: len(want) + 1]) if len(got) > MOST_ROWS else list(got)
        if not isinstance(got, tuple | list):
            text = f"{article(got)} came back, expected {article(want)}"
            return Difference("form", text, where)
        if len(got) != len(want):
            plural = "s" * (len(got) != 1)
            text = f"{len(got)} value{plural} came back, expected {len(want)}"
            return Difference("shape", text, where)
        for k, (g, w) in enumerate(zip(got, want, strict=True)):
            found = self.compare(g, w, self._place(where, level, k, len(want)), level + 1)
            if found:
                return found
        return None

    def _mapping(self, got: Any, want: Mapping, where: str, level: int) -> Difference | None:
        if not isinstance(got, Mapping):
            text = f"{article(got)} came back, expected a dict with the keys {show(list(want))}"
            return Difference("form", text, where)
        if set(got) != set(want):
            text = f"keys {show(sorted(map(str, got)))}, expected {show(sorted(map(str, want)))}"
            return Difference("shape", text, where)
        for key, w in want.items():
            place = f"{where}, {show(key)}" if where else f"key {show(key)}"
            found = self.compare(got[key], w, place, level + 1)
            if found:
                return found
        return None

    # ---- arrays and numbers ------------------------------------------------------------------

    def _array(self, got: Any, want: np.ndarray, where: str) -> Difference | None:
        array = as_array(got)
        if array is None or want.dtype.kind not in "biuf":  # a learner's own value may be wanted
            text = f"{article(got)} came back, expected an array of shape {want.shape}"
            return None if got is want else Difference("form", text, where)
        if array.size == want.size == 0 and isinstance(got, list | tuple):
            return None
        if array.shape != want.shape:
            text = f"shape {array.shape}, expected {want.shape}"
            return Difference("shape", text, where)
        if self.strict and want.dtype.kind == array.dtype.kind == "f" and array.dtype != want.dtype:
            text = f"dtype {array.dtype}, expected {want.dtype}: the input's dtype is to be kept"
            return Difference("form", text, where)
        found = self._values(array, want, where)
        if found is None and type(got) is not np.ndarray and want.ndim:
            self.note(f"{_form(got)} came back; an array is meant: np.array(...).")
        if found is None and want.dtype.kind == "b" and array.dtype.kind != "b":
            self.note("Numbers came back where True and False are meant; a mask has to be bool.")
        return found

    def _number(self, got: Any, want: Any, where: str) -> Difference | None:
        value = as_number(got)
        if as_number(want) is None:  # of a kind that no exercise asks for
            return None if got is want else Difference("form", f"{article(got)} came back", where)
        if value is None:
            return Difference("form", f"{article(got)} came back, expected {article(want)}", where)
        return self._values(np.asarray(value), np.asarray(want), where)

    def _values(self, got: np.ndarray, want: np.ndarray, where: str) -> Difference | None:
        a, b = got.astype(np.float64), want.astype(np.float64)
        if _near(a, b, self.tolerance).all():
            return None
        single = want.dtype == np.float32
        if not (bad := ~_near(a, b, CLOSE)).any():
            if single:
                return None
            self.note("The numbers agree to six digits, not to all: a small guard, or float32?")
            return None
        if (single or is_single(got)) and _near_enough(a, b):
            if not single:
                self.note("The numbers have the precision of float32.")
            return None
        at = tuple(int(i) for i in np.argwhere(bad)[0])
        mine, right = apart(got[at], want[at])
        more = f" ({int(bad.sum())} of {bad.size} entries differ)" if bad.sum() > 1 else ""
        entry = f"{_entry(at)} is " if at else ""
        return Difference("values", f"{entry}{mine}, expected {right}{more}", where)


def difference(
    got: Any, want: Any, tolerance: float = 1e-8, names: Names = (), strict: bool = False
) -> str | None:
    """Return one sentence on the first difference between `got` and `want`, or None.

    Numbers agree when |got - want| <= tolerance * max(1, |want|), entry by entry.

    >>> difference(np.array([1, 2]), np.array([1, 3]))
    'entry 1 is 2, expected 3'
    """
    found = Comparison(tolerance, names, strict).compare(got, want)
    return None if found is None else str(found)


def as_array(value: Any) -> np.ndarray | None:
    """The numbers of a value as an array, or None where it holds none or its rows are uneven."""
    if not isinstance(value, np.ndarray | numbers.Real | list | tuple):
        return None
    try:
        array = np.asarray(value)
    except (ValueError, TypeError, OverflowError):
        return None
    return array if array.dtype.kind in "biuf" else None


def as_number(value: Any) -> float | int | bool | None:
    """One real number, also that of a 0-d array, or None."""
    if isinstance(value, np.ndarray) and not value.ndim:
        value = value[()]
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if not isinstance(value, numbers.Real):
        return None
    try:
        return float(value)
    except (OverflowError, ValueError):
        return None


def is_single(value: np.ndarray) -> bool:
    """Whether the numbers were computed in float32 or float16, also if they were cast later."""
    if value.dtype.kind != "f" or value.dtype.itemsize < 8:
        return value.dtype.kind == "f"
    with np.errstate(all="ignore"):
        short = np.array_equal(value.astype(np.float32), value)
        return short and not np.array_equal(value.astype(np.float16), value)


def leaves(value: Any) -> Iterator[Any]:
    """The arrays, numbers and texts of a nested value, in order.

    >>> list(leaves((1, [2, {"a": "b"}])))
    [1, 2, 'b']
    """
    if isinstance(value, tuple | list):
        for item in value:
            yield from leaves(item)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from leaves(item)
    else:
        yield value


def _near(a: np.ndarray, b: np.ndarray, tolerance: float) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        near = np.abs(a - b) <= tolerance * np.maximum(1.0, np.abs(b))
    return near & np.isfinite(b) | (a == b) | (np.isnan(a) & np.isnan(b))


def _near_enough(a: np.ndarray, b: np.ndarray) -> bool:
    finite = np.abs(b[np.isfinite(b)])
    scale = max(1.0, float(finite.max())) if finite.size else 1.0
    return bool(_near(a / scale, b / scale, SINGLE).all())


def _unequal(got: Any, want: Any, where: str) -> Difference:
    kind = "values" if isinstance(got, str) else "form"
    return Difference(kind, f"{show(got)}, expected {show(want)}", where)


def _form(value: Any) -> str:
    """The kind of a value without its size, to begin a sentence: "A list"."""
    text = article(value).split(" of ")[0]
    return text[:1].upper() + text[1:]


def _ordinal(k: int) -> str:
    words = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
    return words[k] if k < len(words) else f"{k + 1}th"


def _entry(at: tuple[int, ...]) -> str:
    if len(at) == 1:
        return f"entry {at[0]}"
    if len(at) == 2:
        return f"row {at[0]}, column {at[1]}"
    return f"entry [{', '.join(map(str, at))}]"
