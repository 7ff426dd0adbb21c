"""The scalar tape of lesson 03 against micrograd: a 2-16-16-1 network on 100 points, one pass."""

import gc
import random
from collections.abc import Callable
from typing import Any

from lessonlib.autograd import Value

POINTS = 100


def make_run(new: Callable[[float], Any]) -> Callable[[], float]:
    """Forward and backward of the summed hinge loss, with `new` making a value from a number."""
    rng = random.Random(0)
    layers = [
        [([new(rng.uniform(-1, 1)) for _ in range(fan_in)], new(0.0)) for _ in range(width)]
        for fan_in, width in ((2, 16), (16, 16), (16, 1))
    ]
    points = [(rng.uniform(-1, 1), rng.uniform(-1, 1)) for _ in range(POINTS)]

    def score(point: tuple[float, float]) -> Any:
        signal = [new(x) for x in point]
        for number, layer in enumerate(layers):
            sums = [sum((w * x for w, x in zip(ws, signal, strict=True)), b) for ws, b in layer]
            signal = [s.relu() for s in sums] if number < 2 else sums
        return signal[0]

    def run() -> float:
        for layer in layers:
            for weights, bias in layer:
                for value in (*weights, bias):
                    value.grad = 0.0
        losses = [
            (1 - score(point) * (1.0 if point[0] * point[1] > 0 else -1.0)).relu()
            for point in points
        ]
        loss = sum(losses)
        loss.backward()
        return loss.data

    return run


def runs(collect: bool) -> tuple[Callable[[], float], Callable[[], float]]:
    """(ours, micrograd's).   Raises ImportError where micrograd is not installed.

    collect : leave Python's garbage collector on, as a user would. micrograd's nodes form cycles,
              which only the collector frees, ours do not. Off: the operations alone.
    """
    from micrograd.engine import Value as Micrograd

    def controlled(run: Callable[[], float]) -> Callable[[], float]:
        def timed() -> float:
            gc.enable() if collect else gc.disable()
            try:
                return run()
            finally:
                gc.enable()

        return timed

    return controlled(make_run(Value)), controlled(make_run(Micrograd))
