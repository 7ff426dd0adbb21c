"""The graphs of lesson 03's explorer: formulas on the tape, names, and the places of the boxes."""

from collections.abc import Callable
from dataclasses import dataclass

from lessonlib.autograd import Value

Place = tuple[float, float]  # column and row of a box


@dataclass(frozen=True)
class Example:
    """A graph: its inputs at the start, those that stay fixed, the formula, names and places.

    titles and places : of inputs by name, of the other values in the order they are computed
    """

    inputs: dict[str, float]
    fixed: tuple[str, ...]
    formula: Callable[..., Value]
    titles: tuple[str, ...]
    places: dict[str, Place]


def _unit(w: Value, x: Value, b: Value, v: Value, t: Value) -> Value:
    return (v * (w * x + b).relu() - t) ** 2


def _twice(a: Value, b: Value, c: Value) -> Value:
    return (a + b) * (a - c)


def _sigmoids(x: Value, u: Value, v: Value, w: Value) -> Value:
    return (w * (v * (u * x).sigmoid()).sigmoid()).sigmoid()


# fmt: off
EXAMPLES = {
    "one unit and its loss": Example(
        {"w": 1.5, "x": 2.0, "b": -1.0, "v": 0.5, "t": 3.0}, ("t",), _unit,
        ("m = w·x", "z = m + b", "h = relu(z)", "p = v·h", "e = p − t", "L = e²"),
        {"w": (0, 0), "x": (0, 1), "m": (1, 0.5), "b": (1, 1.5), "z": (2, 0.5), "h": (3, 0.5),
         "v": (3, 1.5), "p": (4, 0.5), "t": (4, 1.5), "e": (5, 0.5), "L": (6, 0.5)},
    ),
    "a value used twice": Example(
        {"a": 2.0, "b": 1.0, "c": 3.0}, (), _twice,
        ("s = a + b", "d = a − c", "L = s·d"),
        {"b": (0, 0), "a": (0, 1), "c": (0, 2), "s": (2, 0.25), "d": (2, 1.75), "L": (4, 1)},
    ),
    "three sigmoids in a row": Example(
        {"x": 1.0, "u": 1.0, "v": 1.0, "w": 1.0}, (), _sigmoids,
        ("m = u·x", "h = σ(m)", "n = v·h", "k = σ(n)", "o = w·k", "L = σ(o)"),
        {"x": (0, 0), "u": (0, 1), "m": (1, 0.5), "h": (2, 0.5), "v": (2, 1.5), "n": (3, 0.5),
         "k": (4, 0.5), "w": (4, 1.5), "o": (5, 0.5), "L": (6, 0.5)},
    ),
}
# fmt: on
