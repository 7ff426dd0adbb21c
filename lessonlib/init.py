"""Starting values for weights, in place, with the names of torch.nn.init.

Each takes an array or a Parameter and a `np.random.Generator`, fills it, and returns it. A weight
is (fan_out, fan_in, *kernel): every output reads fan_in · kernel numbers, every input is read by
fan_out · kernel outputs. Variance 1 / fan_in keeps the size of the signal in the forward pass,
1 / fan_out that of the gradient in the backward pass; a gain makes up for an activation that
shrinks it.
"""

from __future__ import annotations

import math
from typing import Any, TypeVar

import numpy as np

T = TypeVar("T")

_GAINS = {"linear": 1.0, "sigmoid": 1.0, "tanh": 5.0 / 3, "relu": math.sqrt(2.0), "selu": 3.0 / 4}
_GAINS |= dict.fromkeys(
    [f"conv{kind}{axes}d" for kind in ("", "_transpose") for axes in (1, 2, 3)], 1.0
)


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """Factor on the standard deviation that makes up for an activation.

    linear, conv*, sigmoid: 1;  tanh: 5/3;  relu: √2;  leaky_relu: √(2 / (1 + param²));  selu: 3/4
    param : negative slope of leaky_relu, 0.01 if None
    Raises ValueError for any other name
    Source: He et al. 2015, section 2.2. Taught in notebooks/04b_deep_and_stable

    >>> calculate_gain("leaky_relu", 1.0)
    1.0
    """
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        return math.sqrt(2.0 / (1 + slope**2))
    if nonlinearity not in _GAINS:
        known = ", ".join(sorted([*_GAINS, "leaky_relu"]))
        raise ValueError(f"calculate_gain knows {known}; got {nonlinearity!r}")
    return _GAINS[nonlinearity]


def uniform_(tensor: T, a: float = 0.0, b: float = 1.0, *, generator: np.random.Generator) -> T:
    """Fill with numbers spread evenly over [a, b).   Raises TypeError without a Generator

    >>> float(
    ...     uniform_(np.zeros(1000), 2.0, 3.0, generator=np.random.default_rng(0)).mean().round(1)
    ... )
    2.5
    """
    w = _array(tensor, "uniform_")
    w[...] = _generator(generator, "uniform_").uniform(a, b, w.shape)
    return tensor


def normal_(tensor: T, mean: float = 0.0, std: float = 1.0, *, generator: np.random.Generator) -> T:
    """Fill with normal numbers N(mean, std²).   Raises TypeError without a Generator

    >>> float(normal_(np.zeros(1000), 2.0, 0.1, generator=np.random.default_rng(0)).mean().round(1))
    2.0
    """
    w = _array(tensor, "normal_")
    w[...] = _generator(generator, "normal_").normal(mean, std, w.shape)
    return tensor


def constant_(tensor: T, val: float) -> T:
    """Fill with one number: right for biases (0) and gains (1), wrong for weights.

    Equal weights get equal gradients and stay equal for ever: the layer is one unit wide.
    Taught in notebooks/02_multilayer_perceptron

    >>> constant_(np.ones(2), 0.0)
    array([0., 0.])
    """
    _array(tensor, "constant_")[...] = val
    return tensor


def xavier_uniform_(tensor: T, gain: float = 1.0, *, generator: np.random.Generator) -> T:
    """Glorot, uniform.   U(-a, a) with a = gain √(6 / (fan_in + fan_out))

    tensor : (fan_out, fan_in, *kernel), array or Parameter; gain: see `calculate_gain`
    Returns `tensor`, filled in place. Raises ValueError for fewer than two axes
    Source: Glorot and Bengio 2010, equation 16. Taught in notebooks/04b_deep_and_stable

    >>> float(
    ...     abs(xavier_uniform_(np.zeros((3, 3)), generator=np.random.default_rng(0))).max()
    ... ) < 1.0
    True
    """
    fan_in, fan_out = fans(tensor)
    bound = gain * math.sqrt(6.0 / (fan_in + fan_out))  # a uniform on ±a has variance a²/3
    return uniform_(tensor, -bound, bound, generator=generator)


def xavier_normal_(tensor: T, gain: float = 1.0, *, generator: np.random.Generator) -> T:
    """Glorot, normal.   N(0, s²) with s = gain √(2 / (fan_in + fan_out))

    tensor : (fan_out, fan_in, *kernel), array or Parameter; gain: see `calculate_gain`
    Returns `tensor`, filled in place. Raises ValueError for fewer than two axes
    Source: Glorot and Bengio 2010, equation 12. Taught in notebooks/04b_deep_and_stable

    >>> w = xavier_normal_(np.zeros((100, 300)), generator=np.random.default_rng(0))
    >>> float(w.std().round(3)), round((2 / 400) ** 0.5, 3)
    (0.071, 0.071)
    """
    fan_in, fan_out = fans(tensor)
    std = gain * math.sqrt(2.0 / (fan_in + fan_out))
    return normal_(tensor, 0.0, std, generator=generator)


def kaiming_uniform_(
    tensor: T,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    *,
    generator: np.random.Generator,
) -> T:
    """He, uniform.   U(-b, b) with b = gain √(3 / fan)

    a    : negative slope of leaky_relu (0 is relu); nonlinearity: see `calculate_gain`
    mode : "fan_in" keeps the size of the signal forward, "fan_out" that of the gradient back
    Returns `tensor`, filled in place. Raises ValueError for fewer than two axes or an unknown mode
    Source: He et al. 2015, section 2.2. Taught in notebooks/04b_deep_and_stable

    >>> w = kaiming_uniform_(np.zeros((50, 600)), generator=np.random.default_rng(0))
    >>> float(abs(w).max().round(3))  # √2 · √(3 / 600)
    0.1
    """
    bound = math.sqrt(3.0) * _kaiming_std(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, generator=generator)


def kaiming_normal_(
    tensor: T,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    *,
    generator: np.random.Generator,
) -> T:
    """He, normal.   N(0, s²) with s = gain / √fan

    a    : negative slope of leaky_relu (0 is relu); nonlinearity: see `calculate_gain`
    mode : "fan_in" keeps the size of the signal forward, "fan_out" that of the gradient back
    Returns `tensor`, filled in place. Raises ValueError for fewer than two axes or an unknown mode
    Source: He et al. 2015, equation 10. Taught in notebooks/04b_deep_and_stable

    >>> w = kaiming_normal_(np.zeros((100, 200)), generator=np.random.default_rng(0))
    >>> float(w.std().round(2))  # √(2 / 200)
    0.1
    """
    return normal_(tensor, 0.0, _kaiming_std(tensor, a, mode, nonlinearity), generator=generator)


def orthogonal_(tensor: T, gain: float = 1, *, generator: np.random.Generator) -> T:
    """A random rotation times gain.   W Wᵀ = gain² I (or Wᵀ W, whichever is smaller)

    tensor : (rows, columns, ...), array or Parameter; trailing axes are flattened into the columns
    Returns `tensor`, filled in place. Raises ValueError for fewer than two axes
    Source: Saxe et al. 2014, section 3. Taught in notebooks/07_recurrent_networks

    >>> w = orthogonal_(np.zeros((2, 3)), generator=np.random.default_rng(0))
    >>> np.allclose(w @ w.T, np.eye(2))
    True
    """
    w = _array(tensor, "orthogonal_")
    _generator(generator, "orthogonal_")
    fans(w)
    if w.size == 0:
        return tensor
    rows, columns = w.shape[0], w.size // w.shape[0]
    q, r = np.linalg.qr(generator.standard_normal((max(rows, columns), min(rows, columns))))
    q *= np.sign(np.diag(r))  # QR's choice of signs is not random; Mezzadri 2007, section 5
    w[...] = gain * (q if rows >= columns else q.T).reshape(w.shape)
    return tensor


def fans(tensor: Any) -> tuple[int, int]:
    """(fan_in, fan_out) of a weight (fan_out, fan_in, *kernel), both times the size of the kernel.

    Raises ValueError for fewer than two axes
    Source: Glorot and Bengio 2010, section 4.2. Taught in notebooks/04b_deep_and_stable

    >>> fans(np.zeros((16, 3, 5, 5)))
    (75, 400)
    """
    shape = _array(tensor, "fans").shape
    if len(shape) < 2:
        raise ValueError(f"a weight needs two axes or more to have fans, got shape {shape}")
    kernel = math.prod(shape[2:])
    return shape[1] * kernel, shape[0] * kernel


def _kaiming_std(tensor: Any, a: float, mode: str, nonlinearity: str) -> float:
    """Gain / √fan."""
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"mode must be fan_in or fan_out, got {mode!r}")
    fan = fans(tensor)[0 if mode == "fan_in" else 1]
    return calculate_gain(nonlinearity, a) / math.sqrt(fan) if fan else 0.0


def _array(tensor: Any, name: str) -> np.ndarray:
    """The array to fill: of floats, given itself or as `.data` of a Parameter."""
    array = tensor if isinstance(tensor, np.ndarray) else getattr(tensor, "data", None)
    if not isinstance(array, np.ndarray):
        raise TypeError(f"{name} fills an array or a Parameter, got {type(tensor).__name__}")
    if not np.issubdtype(array.dtype, np.floating):
        raise TypeError(f"{name} fills floats, got an array of {array.dtype}")
    return array


def _generator(generator: Any, name: str) -> np.random.Generator:
    if not isinstance(generator, np.random.Generator):
        raise TypeError(
            f"{name} needs generator=np.random.default_rng(seed), got {type(generator).__name__}"
        )
    return generator
