"""Layers without a subject of their own: Linear, Flatten."""

from typing import Any

import numpy as np

from .. import functional as F
from .module import Module, uniform_parameter, value_of


class Linear(Module):
    """Fully connected layer.   y = x W^T + b

    weight (out_features, in_features), bias (out_features,); start: uniform within 1/sqrt(in_features)
    Taught in notebooks/02_multilayer_perceptron

    >>> Linear(3, 2)(np.ones((5, 3), np.float32)).shape
    (5, 2)
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        *,
        rng: np.random.Generator | None = None,
        dtype: Any = np.float32,
    ) -> None:
        super().__init__()
        rng = np.random.default_rng() if rng is None else rng
        self.in_features, self.out_features = in_features, out_features
        self.weight = uniform_parameter((out_features, in_features), in_features, rng, dtype)
        self.bias = uniform_parameter((out_features,), in_features, rng, dtype) if bias else None

    def forward(self, x: np.ndarray) -> np.ndarray:
        """x (..., in_features) to y (..., out_features)."""
        y, cache = F.linear(x, self.weight.data, value_of(self.bias))
        self._push(cache)
        return y

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """dy (..., out_features) to dx (..., in_features); adds into the gradients of weight and bias."""
        dx, dweight, dbias = F.linear_backward(dy, self._pop())
        self._add_grads(weight=dweight, bias=dbias)
        return dx

    def extra_repr(self) -> str:
        """Sizes, and the bias only where it is switched off."""
        end = "" if self.bias is not None else ", bias=False"
        return f"{self.in_features}, {self.out_features}{end}"
