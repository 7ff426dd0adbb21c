"""Gradient checks: does the derivative that was written down agree with the function?

Two measurements of the same slope: the one computed by backward, and (f(x + ε) - f(x - ε)) / 2ε.
Along one random direction two calls of f check all entries of all arrays at once; entry by entry it
takes two calls for each entry and tells which one is wrong. In float64, with kinks (relu, max) and
dropout kept away, a right gradient agrees to about 1e-9, a wrong one hardly ever to 1e-3.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

# The errors of a central difference, rounding ~ 1e-16 / ε and curvature ~ ε², are equal near 6e-6.
EPSILON = 6e-6
TOLERANCE = 1e-6
_PROBED = 500  # entries looked at to name the worst one in a large array


class GradientError(AssertionError):
    """A gradient that does not agree with its function; the message names the worst entry."""


def relative_error(a: float | np.ndarray, b: float | np.ndarray) -> float:
    """max |a - b| / max(1, max |a|, max |b|): relative for large numbers, absolute for small ones.

    >>> relative_error(100.0, 101.0), relative_error(0.0, 0.01)
    (0.009900990099009901, 0.01)
    """
    a, b = np.asarray(a), np.asarray(b)
    if a.size == 0:
        return 0.0
    return float(np.abs(a - b).max() / max(1.0, np.abs(a).max(), np.abs(b).max()))


def numerical_gradient(
    function: Callable[[np.ndarray], float], x: np.ndarray, epsilon: float = EPSILON
) -> np.ndarray:
    """∂f/∂x by central differences, entry by entry.   (f(x + ε e_i) - f(x - ε e_i)) / 2ε

    function : takes an array like x, returns one number;  x: any shape, float64
    Returns an array of the shape of x, from 2 x.size calls
    Raises TypeError unless x is float64: float32 has too few digits for a difference
    Source: Press et al. 2007, section 5.7. Taught in notebooks/03_backpropagation

    >>> numerical_gradient(lambda x: (x**2).sum(), np.array([1.0, 3.0])).round(6)
    array([2., 6.])
    """
    x = _float64(x, "numerical_gradient").copy()
    gradient = np.empty_like(x)
    for i in np.ndindex(x.shape):
        gradient[i] = _slope_of_entry(function, x, i, epsilon)
    return gradient


def gradcheck(
    function: Callable[..., float],
    inputs: Sequence[np.ndarray],
    gradients: Sequence[np.ndarray | None],
    rng: np.random.Generator,
    *,
    epsilon: float = EPSILON,
    tolerance: float = TOLERANCE,
) -> float:
    """Check all gradients along a random direction d.   Σ g·d against (f(x + εd) - f(x - εd)) / 2ε

    function  : called as function(*inputs), returns one number (a loss, or Σ dy · y for a layer)
    inputs    : float64 arrays;  gradients: ∂function/∂input for each, None for one not checked
    rng       : draws d, normal numbers;  epsilon: step length;  tolerance: largest error accepted
    Returns the relative error
    Raises GradientError naming the worst array and entry; ValueError for shapes that differ
    Source: Baydin et al. 2018, section 2.1. Taught in notebooks/03_backpropagation

    >>> x = np.array([1.0, 3.0])
    >>> gradcheck(lambda x: (x**2).sum(), [x], [2 * x], np.random.default_rng(0)) < 1e-9
    True
    """
    inputs = [_float64(x, "gradcheck") for x in inputs]
    _match(inputs, gradients)
    directions = [rng.standard_normal(x.shape) for x in inputs]
    predicted = 0.0
    for i, gradient in enumerate(gradients):
        if gradient is None:
            directions[i] = np.zeros_like(inputs[i])
        else:
            predicted += float((gradient * directions[i]).sum())
    forward = function(*(x + epsilon * d for x, d in zip(inputs, directions, strict=True)))
    backward = function(*(x - epsilon * d for x, d in zip(inputs, directions, strict=True)))
    measured = (_number(forward) - _number(backward)) / (2 * epsilon)
    error = relative_error(predicted, measured)
    if not error <= tolerance:
        worst = _worst_entry(function, inputs, gradients, rng, epsilon)
        raise GradientError(
            f"along a random direction the gradients say {predicted:.9g}, the function "
            f"{measured:.9g} (relative error {error:.2g} > {tolerance:g}); worst: {worst}"
        )
    return error


def gradcheck_entries(
    function: Callable[[np.ndarray], float],
    x: np.ndarray,
    gradient: np.ndarray,
    *,
    epsilon: float = EPSILON,
    tolerance: float = TOLERANCE,
) -> float:
    """Check every entry of one gradient by `numerical_gradient`.

    function : takes an array like x, returns one number;  x: float64;  gradient: ∂function/∂x
    Returns the relative error
    Raises GradientError naming the worst entry; ValueError for shapes that differ
    Taught in notebooks/03_backpropagation

    >>> gradcheck_entries(lambda x: (x**2).sum(), np.ones(2), np.array([2.0, 3.0]))
    Traceback (most recent call last):
    lessonlib.gradcheck.GradientError: entry [1]: the gradient says 3, the function 2 ...
    """
    x = _float64(x, "gradcheck_entries")
    _match([x], [gradient])
    measured = numerical_gradient(function, x, epsilon)
    error = relative_error(gradient, measured)
    if not error <= tolerance:
        entry = np.unravel_index(int(_distance(gradient, measured).argmax()), x.shape)
        raise GradientError(
            f"{_say(entry, gradient[entry], measured[entry])} "
            f"(relative error {error:.2g} > {tolerance:g})"
        )
    return error


def gradcheck_module(
    module: Any,
    *inputs: np.ndarray,
    rng: np.random.Generator,
    epsilon: float = EPSILON,
    tolerance: float = TOLERANCE,
) -> float:
    """Check `backward` of a float64 module: the gradients of its inputs and of all its parameters.

    module : forward gives one array;  inputs: what it is called with, integers (indices) included
    rng    : draws the upstream gradient and the direction
    Returns the relative error; the parameters and their gradients are as they were before
    Raises GradientError naming the worst array and entry, parameters counted after the inputs
    Taught in notebooks/03_backpropagation

    >>> from lessonlib import nn
    >>> rng = np.random.default_rng(0)
    >>> gradcheck_module(nn.Tanh(), rng.normal(size=(4, 3)), rng=rng) < 1e-9
    True
    """
    params = list(module.parameters())
    kept_data, kept_grad = [p.data.copy() for p in params], [p.grad for p in params]
    real = [i for i, x in enumerate(inputs) if np.issubdtype(np.asarray(x).dtype, np.floating)]

    def output(*arrays: np.ndarray) -> np.ndarray:
        called = list(inputs)
        for i, x in zip(real, arrays, strict=False):
            called[i] = x
        for p, data in zip(params, arrays[len(real) :], strict=True):
            p.data[...] = data
        return module(*called)

    try:
        module.zero_grad()
        arrays = [inputs[i] for i in real] + kept_data
        y = output(*arrays)
        dy = rng.standard_normal(y.shape)
        dx = module.backward(dy)
        dx = dx if isinstance(dx, tuple) else (dx,)
        gradients = [dx[i] for i in real] + [p.grad for p in params]
        module.record(False)  # the calls below are never followed by a backward
        return gradcheck(
            lambda *arrays: float((output(*arrays) * dy).sum()),
            arrays,
            gradients,
            rng,
            epsilon=epsilon,
            tolerance=tolerance,
        )
    finally:
        module.record(module.training)
        for p, data, grad in zip(params, kept_data, kept_grad, strict=True):
            p.data[...] = data
            p.grad = grad


def _worst_entry(
    function: Callable[..., float],
    inputs: Sequence[np.ndarray],
    gradients: Sequence[np.ndarray | None],
    rng: np.random.Generator,
    epsilon: float,
) -> str:
    """The entry that is off most, in words; of large arrays 500 random entries are looked at."""
    worst, distance = "no single entry among those looked at", 0.0
    for number, (x, gradient) in enumerate(zip(inputs, gradients, strict=True)):
        if gradient is None:
            continue

        def varied(changed: np.ndarray, number: int = number) -> float:
            return function(*inputs[:number], changed, *inputs[number + 1 :])

        changed = x.copy()
        for flat in rng.permutation(x.size)[:_PROBED]:
            entry = np.unravel_index(int(flat), x.shape)
            slope = _slope_of_entry(varied, changed, entry, epsilon)
            off = float(_distance(gradient[entry], slope))
            if off > distance:
                worst = f"input {number}, {_say(entry, gradient[entry], slope)}"
                distance = off
    return worst


def _slope_of_entry(
    function: Callable[[np.ndarray], float],
    x: np.ndarray,
    entry: tuple[Any, ...],
    epsilon: float,
) -> float:
    """Central difference for one entry; x is changed and restored."""
    value = x[entry]
    x[entry] = value + epsilon
    forward = _number(function(x))
    x[entry] = value - epsilon
    backward = _number(function(x))
    x[entry] = value
    return (forward - backward) / (2 * epsilon)


def _distance(a: Any, b: Any) -> np.ndarray:
    """|a - b|, with nan as the largest distance of all."""
    return np.nan_to_num(np.abs(np.asarray(a) - b), nan=np.inf)


def _say(entry: tuple[Any, ...], said: float, measured: float) -> str:
    place = f"entry {[int(i) for i in entry]}" if entry else "the only entry"
    return f"{place}: the gradient says {said:.9g}, the function {measured:.9g}"


def _number(value: Any) -> float:
    if np.ndim(value) != 0:
        raise ValueError(f"the function must return one number, got shape {np.shape(value)}")
    return float(value)


def _float64(x: Any, name: str) -> np.ndarray:
    x = np.asarray(x)
    if x.dtype != np.float64:
        raise TypeError(f"{name} needs float64, got {x.dtype}: float32 has too few digits")
    return x


def _match(inputs: Sequence[np.ndarray], gradients: Sequence[np.ndarray | None]) -> None:
    if len(inputs) != len(gradients):
        raise ValueError(f"{len(inputs)} inputs but {len(gradients)} gradients")
    for i, (x, gradient) in enumerate(zip(inputs, gradients, strict=True)):
        if gradient is not None and np.shape(gradient) != x.shape:
            raise ValueError(f"input {i} has shape {x.shape}, its gradient {np.shape(gradient)}")
