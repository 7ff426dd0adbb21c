"""Convolution layers: weights and bookkeeping around `lessonlib.functional.conv`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..functional import _fast
from ..functional._types import InputGradient
from ..functional.windows import as_pair, as_single
from .module import Module, refuse, uniform_parameter, value_of


class _Conv(Module):
    """What Conv1d, Conv2d and ConvTranspose2d share: parameters, start values, repr."""

    pair: tuple[Any, Any]
    transposed = False

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: tuple[int, ...],
        groups: int,
        bias: bool,
        padding_mode: str,
        rng: np.random.Generator | None,
        dtype: Any,
        **options: Any,
    ) -> None:
        super().__init__()
        name = type(self).__name__
        refuse(name, **{f"padding_mode={padding_mode!r}": padding_mode != "zeros"})
        if groups < 1 or in_channels % groups or out_channels % groups:
            raise ValueError(
                f"{name}: groups={groups}, wanted a divisor of in_channels={in_channels} and "
                f"out_channels={out_channels}"
            )
        self.sizes = (in_channels, out_channels, kernel_size)
        self.options = options | {"groups": groups}
        rng = np.random.default_rng() if rng is None else rng
        ends = (in_channels, out_channels) if self.transposed else (out_channels, in_channels)
        shape = (ends[0], ends[1] // groups, *kernel_size)
        fan_in = shape[1] * math.prod(kernel_size)  # torch: the second axis, transposed or not
        self.weight = uniform_parameter(shape, fan_in, rng, dtype)
        self.bias = uniform_parameter((out_channels,), fan_in, rng, dtype) if bias else None

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Images (N, C, H, W), or sequences (N, C, L) for Conv1d, to feature maps."""
        y, cache = self.pair[0](x, self.weight.data, value_of(self.bias), **self.options)
        self._push(cache)
        return y

    def backward(self, dy: np.ndarray) -> InputGradient:
        """Gradient for x; adds into the gradients of weight and bias."""
        dx, dweight, dbias = self.pair[1](dy, self._pop(), self.needs_dx)
        self._add_grads(weight=dweight, bias=dbias)
        return dx

    def extra_repr(self) -> str:
        """Sizes, then the options that are not at their default."""
        start = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "output_padding": 0}
        parts = [str(size) for size in self.sizes[:2]] + [f"kernel_size={self.sizes[2]}"]
        for name, value in self.options.items():
            if value not in (start[name], (start[name], start[name])):
                parts.append(f"{name}={value}")
        return ", ".join(parts + ["bias=False"] * (self.bias is None))


class Conv2d(_Conv):
    """Kernels that slide over images.   y = weight * x + b, see `lessonlib.functional.conv2d`

    weight (out_channels, in_channels / groups, kh, kw), bias (out_channels,)
    start: uniform within 1/sqrt(in_channels / groups kh kw)
    Taught in notebooks/06_convolution

    >>> Conv2d(3, 8, 3, padding=1)(np.ones((2, 3, 5, 5), np.float32)).shape
    (2, 8, 5, 5)
    """

    pair = (_fast.conv2d, _fast.conv2d_backward)

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] = 0,
        dilation: int | tuple[int, int] = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        *,
        rng: np.random.Generator | None = None,
        dtype: Any = np.float32,
    ) -> None:
        options = {
            "stride": as_pair("Conv2d", "stride", stride, 1),
            "padding": as_pair("Conv2d", "padding", padding, 0),
            "dilation": as_pair("Conv2d", "dilation", dilation, 1),
        }
        kernel = as_pair("Conv2d", "kernel_size", kernel_size, 1)
        super().__init__(
            in_channels, out_channels, kernel, groups, bias, padding_mode, rng, dtype, **options
        )


class Conv1d(_Conv):
    """Kernels that slide along sequences.   y = weight * x + b, see `lessonlib.functional.conv1d`

    weight (out_channels, in_channels / groups, K), bias (out_channels,)
    start: uniform within 1/sqrt(in_channels / groups K)
    Taught in notebooks/06_convolution

    >>> Conv1d(3, 8, 3)(np.ones((2, 3, 5), np.float32)).shape
    (2, 8, 3)
    """

    pair = (_fast.conv1d, _fast.conv1d_backward)

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int],
        stride: int | tuple[int] = 1,
        padding: int | tuple[int] = 0,
        dilation: int | tuple[int] = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        *,
        rng: np.random.Generator | None = None,
        dtype: Any = np.float32,
    ) -> None:
        options = {
            "stride": as_single("Conv1d", "stride", stride, 1),
            "padding": as_single("Conv1d", "padding", padding, 0),
            "dilation": as_single("Conv1d", "dilation", dilation, 1),
        }
        kernel = (as_single("Conv1d", "kernel_size", kernel_size, 1),)
        super().__init__(
            in_channels, out_channels, kernel, groups, bias, padding_mode, rng, dtype, **options
        )


class ConvTranspose2d(_Conv):
    """Upsampling with learned weights, see `lessonlib.functional.conv_transpose2d`.

    weight (in_channels, out_channels / groups, kh, kw), bias (out_channels,)
    start: uniform within 1/sqrt(out_channels / groups kh kw), as in torch
    Taught in notebooks/06_convolution

    >>> ConvTranspose2d(3, 8, 2, stride=2)(np.ones((2, 3, 5, 5), np.float32)).shape
    (2, 8, 10, 10)
    """

    pair = (_fast.conv_transpose2d, _fast.conv_transpose2d_backward)
    transposed = True

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] = 0,
        output_padding: int | tuple[int, int] = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: int | tuple[int, int] = 1,
        padding_mode: str = "zeros",
        *,
        rng: np.random.Generator | None = None,
        dtype: Any = np.float32,
    ) -> None:
        options = {
            "stride": as_pair("ConvTranspose2d", "stride", stride, 1),
            "padding": as_pair("ConvTranspose2d", "padding", padding, 0),
            "output_padding": as_pair("ConvTranspose2d", "output_padding", output_padding, 0),
            "dilation": as_pair("ConvTranspose2d", "dilation", dilation, 1),
        }
        kernel = as_pair("ConvTranspose2d", "kernel_size", kernel_size, 1)
        super().__init__(
            in_channels, out_channels, kernel, groups, bias, padding_mode, rng, dtype, **options
        )
