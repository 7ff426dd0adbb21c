"""GELU in float32 without the error function, which scipy computes in float64."""

from typing import Any

import numpy as np

from .. import activations as formula

# q_0 ... q_6, fitted for the smallest error of P on 0 <= x <= 5.8. GPT-2's form has the first two,
# as 0.79788 and 0.03568.
_TANH_FORM: tuple[float, ...] = (0.79788494, 0.03633308, -3.2594747e-5, -5.5306316e-5)
_TANH_FORM += (3.9647729e-6, -1.3226625e-7, 1.7562767e-9)


def gelu(x: np.ndarray, approximate: str = "none") -> tuple[np.ndarray, Any]:
    """`lessonlib.functional.gelu`; in float32 P is a tanh, a tenth of the time of scipy's erf.

    >>> gelu(np.array([-1.0, 0.0, 1.0], np.float32))[0].round(3)
    array([-0.159,  0.   ,  0.841], dtype=float32)
    """
    if getattr(x, "dtype", None) != np.float32 or approximate != "none":
        return formula.gelu(x, approximate)
    p = _normal_cdf_float32(x)
    return x * p, (x, p, approximate)


def _normal_cdf_float32(x: np.ndarray) -> np.ndarray:
    """P(x) = (1 + tanh(x (q_0 + q_1 x^2 + ... + q_6 x^12))) / 2, within 1e-7, a unit of float32."""
    x = x.clip(-5.8, 5.8)  # beyond, P is 0 or 1 in float32
    squares, q = x * x, np.full_like(x, _TANH_FORM[-1])
    for coefficient in reversed(_TANH_FORM[:-1]):  # Horner's method
        q *= squares
        q += coefficient
    q *= x
    return (1 + np.tanh(q, out=q)) * 0.5
