"""Normalisation layers: parameters and running statistics around `functional.normalization`."""

from typing import Any

import numpy as np

from .. import functional as F
from ..functional import _fast
from .module import Module, Parameter, value_of


class _BatchNorm(Module):
    """What BatchNorm1d and BatchNorm2d share: everything but the number of axes."""

    _buffer_names = ("running_mean", "running_var", "num_batches_tracked")
    axes: tuple[int, ...]
    wanted: str

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        *,
        dtype: Any = np.float32,
    ) -> None:
        super().__init__()
        if not eps >= 0 or not (momentum is None or 0 <= momentum <= 1):
            raise ValueError(
                f"{type(self).__name__}: eps={eps}, momentum={momentum}, wanted 0 or more and 0..1"
            )
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.weight = Parameter(np.ones(num_features, dtype)) if affine else None
        self.bias = Parameter(np.zeros(num_features, dtype)) if affine else None
        tracks = track_running_stats
        self.running_mean = np.zeros(num_features, dtype) if tracks else None
        self.running_var = np.ones(num_features, dtype) if tracks else None
        self.num_batches_tracked = np.zeros((), np.int64) if tracks else None

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Normalise x; in training mode the running statistics follow."""
        if x.ndim not in self.axes or x.shape[1] != self.num_features:
            name = type(self).__name__
            wanted = self.wanted.replace("C", str(self.num_features))
            raise ValueError(f"{name}: x {x.shape}, wanted {wanted}")
        momentum = self.momentum
        tracked = self.num_batches_tracked if self.training else None
        if momentum is None and tracked is not None:  # plain average over all batches so far
            momentum = 1 / (int(tracked) + 1)
        y, cache = _fast.batch_norm(
            x,
            value_of(self.weight),
            value_of(self.bias),
            self.running_mean,
            self.running_var,
            training=self.training,
            momentum=0.0 if momentum is None else momentum,
            eps=self.eps,
        )
        if tracked is not None:
            tracked += 1  # in place, and only now: a refused batch does not count
        self._push(cache)
        return y

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Gradient for x; adds into the gradients of weight and bias."""
        dx, dweight, dbias = _fast.batch_norm_backward(dy, self._pop())
        self._add_grads(weight=dweight, bias=dbias)
        return dx

    def extra_repr(self) -> str:
        """Number of channels and the options."""
        tracks, affine = self.running_mean is not None, self.weight is not None
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={affine}, "
            f"track_running_stats={tracks}"
        )


class BatchNorm1d(_BatchNorm):
    """Normalise each feature over the batch, (N, C) or (N, C, L).

    weight, bias (C,) start at 1 and 0; running_mean, running_var (C,), num_batches_tracked ()
    momentum : share of the new batch in the running statistics; None takes the plain average
    Taught in notebooks/04b_deep_and_stable

    >>> BatchNorm1d(1, eps=0.0)(np.array([[1.0], [3.0]], np.float32)).ravel()
    array([-1.,  1.], dtype=float32)
    """

    axes = (2, 3)
    wanted = "(N, C) or (N, C, L)"


class BatchNorm2d(_BatchNorm):
    """Normalise each channel of images over the batch and all pixels, (N, C, H, W).

    weight, bias (C,) start at 1 and 0; running_mean, running_var (C,), num_batches_tracked ()
    momentum : share of the new batch in the running statistics; None takes the plain average
    Taught in notebooks/06b_deep_vision

    >>> BatchNorm2d(3)(np.ones((2, 3, 4, 4), np.float32)).max()
    np.float32(0.0)
    """

    axes = (4,)
    wanted = "(N, C, H, W)"


class LayerNorm(Module):
    """Normalise each example over its last axes.   y = (x - mean) / sqrt(var + eps) * weight + bias

    weight, bias (normalized_shape) start at 1 and 0
    Taught in notebooks/04b_deep_and_stable

    >>> LayerNorm(4)(np.array([[1, 2, 3, 4]], np.float32)).round(3)
    array([[-1.342, -0.447,  0.447,  1.342]], dtype=float32)
    """

    def __init__(
        self,
        normalized_shape: int | tuple[int, ...],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        *,
        dtype: Any = np.float32,
    ) -> None:
        super().__init__()
        if not eps >= 0:
            raise ValueError(f"LayerNorm: eps={eps}, wanted 0 or more")
        shape = (normalized_shape,) if isinstance(normalized_shape, int) else normalized_shape
        self.normalized_shape, self.eps = tuple(shape), eps
        self.weight = Parameter(np.ones(shape, dtype)) if elementwise_affine else None
        self.bias = Parameter(np.zeros(shape, dtype)) if elementwise_affine and bias else None

    def forward(self, x: np.ndarray) -> np.ndarray:
        """x (..., *normalized_shape) to the same shape."""
        weight, bias = value_of(self.weight), value_of(self.bias)
        y, cache = _fast.layer_norm(x, self.normalized_shape, weight, bias, self.eps)
        self._push(cache)
        return y

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Gradient for x; adds into the gradients of weight and bias."""
        dx, dweight, dbias = _fast.layer_norm_backward(dy, self._pop())
        self._add_grads(weight=dweight, bias=dbias)
        return dx

    def extra_repr(self) -> str:
        """Shape and eps."""
        return f"{self.normalized_shape}, eps={self.eps}"


class RMSNorm(Module):
    """Scale each example to root mean square 1.   y = x / sqrt(mean x^2 + eps) * weight

    weight (normalized_shape) starts at 1; eps None means the machine epsilon of x's dtype
    Taught in notebooks/10_transformer

    >>> RMSNorm(2)(np.array([[3, 4]], np.float32)).round(3)
    array([[0.849, 1.131]], dtype=float32)
    """

    def __init__(
        self,
        normalized_shape: int | tuple[int, ...],
        eps: float | None = None,
        elementwise_affine: bool = True,
        *,
        dtype: Any = np.float32,
    ) -> None:
        super().__init__()
        if eps is not None and not eps >= 0:
            raise ValueError(f"RMSNorm: eps={eps}, wanted 0 or more")
        shape = (normalized_shape,) if isinstance(normalized_shape, int) else normalized_shape
        self.normalized_shape, self.eps = tuple(shape), eps
        self.weight = Parameter(np.ones(shape, dtype)) if elementwise_affine else None

    def forward(self, x: np.ndarray) -> np.ndarray:
        """x (..., *normalized_shape) to the same shape."""
        y, cache = F.rms_norm(x, self.normalized_shape, value_of(self.weight), self.eps)
        self._push(cache)
        return y

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Gradient for x; adds into the gradient of weight."""
        dx, dweight = F.rms_norm_backward(dy, self._pop())
        self._add_grads(weight=dweight)
        return dx

    def extra_repr(self) -> str:
        """Shape and eps."""
        return f"{self.normalized_shape}, eps={self.eps}"
