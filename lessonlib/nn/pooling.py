"""Pooling layers; the mathematics is in `lessonlib.functional.pooling`."""

from .. import functional as F
from ..functional import _fast
from .module import refuse
from .pair import PairModule


class MaxPool2d(PairModule):
    """Largest value in each window.

    stride : None means kernel_size, windows side by side
    Taught in notebooks/06_convolution

    >>> MaxPool2d(2)
    MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1)
    """

    pair = (_fast.max_pool2d, F.max_pool2d_backward)

    def __init__(
        self,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] | None = None,
        padding: int | tuple[int, int] = 0,
        dilation: int | tuple[int, int] = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        refuse("MaxPool2d", return_indices=return_indices, ceil_mode=ceil_mode)
        super().__init__(
            kernel_size=kernel_size,
            stride=kernel_size if stride is None else stride,
            padding=padding,
            dilation=dilation,
        )


class AvgPool2d(PairModule):
    """Mean of each window.

    stride : None means kernel_size, windows side by side
    count_include_pad, divisor_override : what the sum is divided by, see `functional.avg_pool2d`
    Taught in notebooks/06_convolution

    >>> AvgPool2d(2)
    AvgPool2d(kernel_size=2, stride=2, padding=0, count_include_pad=True, divisor_override=None)
    """

    pair = (F.avg_pool2d, F.avg_pool2d_backward)

    def __init__(
        self,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] | None = None,
        padding: int | tuple[int, int] = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:
        refuse("AvgPool2d", ceil_mode=ceil_mode)
        super().__init__(
            kernel_size=kernel_size,
            stride=kernel_size if stride is None else stride,
            padding=padding,
            count_include_pad=count_include_pad,
            divisor_override=divisor_override,
        )


class AdaptiveAvgPool2d(PairModule):
    """Mean over as many windows as asked for; AdaptiveAvgPool2d(1) is global average pooling.

    Taught in notebooks/06b_deep_vision

    >>> AdaptiveAvgPool2d(1)
    AdaptiveAvgPool2d(output_size=1)
    """

    pair = (F.adaptive_avg_pool2d, F.adaptive_avg_pool2d_backward)

    def __init__(self, output_size: int | tuple[int | None, int | None] | None) -> None:
        super().__init__(output_size=output_size)
