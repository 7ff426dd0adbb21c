"""Linear, Flatten, Dropout, Embedding."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import functional as F
from ..functional import _fast
from ..functional._types import InputGradient
from .module import Module, Parameter, refuse, uniform_parameter, value_of
from .pair import PairModule


class Linear(Module):
    """Fully connected layer.   y = x W^T + b

    weight (out_features, in_features), bias (out_features,)
    start: uniform within 1/sqrt(in_features)
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

    def backward(self, dy: np.ndarray) -> InputGradient:
        """dy (..., out) to dx (..., in); adds into the gradients of weight and bias."""
        dx, dweight, dbias = F.linear_backward(dy, self._pop(), self.needs_dx)
        self._add_grads(weight=dweight, bias=dbias)
        return dx

    def extra_repr(self) -> str:
        """Sizes, and the bias only where it is switched off."""
        end = "" if self.bias is not None else ", bias=False"
        return f"{self.in_features}, {self.out_features}{end}"


class Flatten(PairModule):
    """Join axes start_dim .. end_dim into one: images (N, C, H, W) to rows (N, C H W).

    >>> Flatten()(np.ones((2, 3, 4))).shape
    (2, 12)
    """

    pair = (F.flatten, F.flatten_backward)

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__(start_dim=start_dim, end_dim=end_dim)


class Dropout(Module):
    """Silence units at random in training, do nothing in evaluation.   y = x mask / (1 - p)

    p   : share that is silenced
    rng : where the masks are drawn from; None starts an unseeded one
    Taught in notebooks/05_generalisation

    >>> Dropout(0.5).eval()(np.ones(3))
    array([1., 1., 1.])
    """

    def __init__(
        self, p: float = 0.5, inplace: bool = False, *, rng: np.random.Generator | None = None
    ) -> None:
        refuse("Dropout", inplace=inplace)
        if not 0 <= p <= 1:
            raise ValueError(f"Dropout: p={p}, wanted a probability between 0 and 1")
        super().__init__()
        self.p, self.rng = p, np.random.default_rng() if rng is None else rng

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Any shape to the same shape."""
        y, cache = F.dropout(x, self.p, self.training, self.rng)
        self._push(cache)
        return y

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Gradient for x through the same mask."""
        return F.dropout_backward(dy, self._pop())

    def extra_repr(self) -> str:
        """The share."""
        return f"p={self.p}"


class Embedding(Module):
    """A table of vectors, one for each token.   y[n] = weight[indices[n]]

    weight (num_embeddings, embedding_dim), drawn from a standard normal distribution
    padding_idx : this row starts at 0 and gets no gradient; a negative one counts from the end
    Taught in notebooks/07_recurrent_networks

    >>> Embedding(10, 4)(np.array([[1, 2, 1]])).shape
    (1, 3, 4)
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
        *,
        rng: np.random.Generator | None = None,
        dtype: Any = np.float32,
    ) -> None:
        super().__init__()
        refuse(
            "Embedding",
            max_norm=max_norm is not None,
            norm_type=norm_type != 2.0,
            scale_grad_by_freq=scale_grad_by_freq,
            sparse=sparse,
        )
        if padding_idx is not None and not -num_embeddings <= padding_idx < num_embeddings:
            raise ValueError(f"Embedding: padding_idx={padding_idx} is no row of {num_embeddings}")
        self.padding_idx = None if padding_idx is None else padding_idx % num_embeddings
        rng = np.random.default_rng() if rng is None else rng
        self.weight = Parameter(rng.standard_normal((num_embeddings, embedding_dim)).astype(dtype))
        if self.padding_idx is not None:
            self.weight.data[self.padding_idx] = 0

    def forward(self, indices: np.ndarray) -> np.ndarray:
        """Indices of any shape to vectors, one axis more."""
        y, cache = F.embedding(indices, self.weight.data, self.padding_idx)
        self._push(cache)
        return y

    def backward(self, dy: np.ndarray) -> None:
        """Add into the gradient of weight; indices have none, so nothing is returned."""
        self._add_grads(weight=_fast.embedding_backward(dy, self._pop()))

    def extra_repr(self) -> str:
        """Size of the table."""
        end = "" if self.padding_idx is None else f", padding_idx={self.padding_idx}"
        return f"{self.weight.data.shape[0]}, {self.weight.data.shape[1]}{end}"
