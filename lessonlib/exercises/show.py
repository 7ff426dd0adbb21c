"""Write values so that a person can read them, whatever they are; nothing here can fail or hang."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np


def show(value: Any, limit: int = 160) -> str:
    """Write a value on one line, short enough to read.

    >>> show(np.array([1.0, 2.5]))
    'array [1.  2.5]'
    """
    text = _text(value, limit)
    return text if len(text) <= limit else text[: limit - 4] + " ..."


def _text(value: Any, limit: int) -> str:
    if isinstance(value, np.ndarray):
        return _array_text(value)
    if type(value) in (tuple, list):
        return _items(value, limit)
    if type(value) is dict:
        pairs = list(value.items())[:20]
        return "{" + ", ".join(f"{show(k, 40)}: {show(v, limit)}" for k, v in pairs) + "}"
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, float | np.floating):
        return f"{float(value):.6g}"
    if isinstance(value, int | np.integer):
        return _whole(int(value))
    if type(value) in (str, bytes):
        return " ".join(repr(value[: 2 * limit]).split())
    if callable(value) and hasattr(value, "__name__"):
        return f"the function {str(value.__name__)[:40]}"
    return "None" if value is None else f"an object of type {type(value).__name__[:60]}"


def _array_text(value: np.ndarray) -> str:
    if value.dtype.kind not in "biufcUS":
        return f"array of shape {value.shape} of {value.dtype}"
    with np.printoptions(precision=4, suppress=True, threshold=12, edgeitems=3):
        text = " ".join(str(np.asarray(value)).split())
    return f"array {text}" if value.ndim < 2 else f"array of shape {value.shape}: {text}"


def _items(value: tuple | list, limit: int) -> str:
    each = limit // max(1, min(len(value), 8))
    parts = [show(v, max(20, each)) for v in value[:40]]
    text = ", ".join(parts) + (", ..." if len(value) > 40 else "")
    if type(value) is list:
        return f"[{text}]"
    return f"({text},)" if len(value) == 1 else f"({text})"


def _whole(value: int) -> str:
    if value.bit_length() > 200:
        digits = math.floor(value.bit_length() * math.log10(2)) + 1
        return f"a whole number of about {digits:,} digits"
    return str(value)


def apart(a: Any, b: Any) -> tuple[str, str]:
    """Two numbers with as many digits as it takes to tell them apart.

    >>> apart(1.0, 1.0000001)
    ('1', '1.0000001')
    """
    if not isinstance(a, float | np.floating) and not isinstance(b, float | np.floating):
        return show(a), show(b)
    one = two = ""
    for digits in (6, 8, 10, 13, 17):
        one, two = f"{float(a):.{digits}g}", f"{float(b):.{digits}g}"
        if one != two:
            break
    return one, two


def article(value: Any) -> str:
    """Name the kind of a value as a learner would say it.

    >>> article((1, 2))
    'a tuple of 2 values'
    """
    if isinstance(value, np.ndarray):
        kind = "" if value.dtype.kind in "biuf" else f" of {value.dtype}"
        return f"an array of shape {value.shape}{kind}"
    if isinstance(value, tuple | list):
        return f"a {type(value).__name__} of {len(value)} value{'s' * (len(value) != 1)}"
    if isinstance(value, int) and value.bit_length() > 1000:
        return _whole(value)
    if isinstance(value, type):
        return f"the class {value.__name__[:60]}"
    for kinds, words in _KINDS:
        if isinstance(value, kinds):
            return words
    name = type(value).__name__[:60]
    return "a function" if callable(value) else f"{'an' if name[:1] in 'aeiouAEIO' else 'a'} {name}"


_KINDS: tuple[tuple[Any, str], ...] = (
    (type(None), "None"),
    ((bool, np.bool_), "True or False"),
    ((int, np.integer), "a whole number"),
    ((float, np.floating), "a number"),
    ((complex, np.complexfloating), "a complex number"),
    (Mapping, "a dict"),
    (str, "a string"),
)
