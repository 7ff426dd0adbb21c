"""Residual networks for small images."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lessonlib import nn


class ResidualBlock(nn.Module):
    """Two 3 x 3 convolutions with batch norm, added to their input.   y = relu(branch(x) + x)

        branch(x) = norm(conv(relu(norm(conv(x)))))

    channels, out_channels : of x and of y, equal if out_channels is None
    stride   : of the first convolution
    shortcut : False leaves out the x: a plain network of the same size
    Where y has another shape than x, a 1 x 1 convolution with batch norm takes x to that shape
    Source: He, Zhang, Ren and Sun 2016, section 3.2. Taught in notebooks/06b_deep_vision

    >>> ResidualBlock(4)(np.zeros((2, 4, 6, 6), np.float32)).shape
    (2, 4, 6, 6)
    >>> ResidualBlock(4, 8, stride=2)(np.zeros((2, 4, 6, 6), np.float32)).shape
    (2, 8, 3, 3)
    """

    def __init__(
        self,
        channels: int,
        out_channels: int | None = None,
        *,
        stride: int = 1,
        shortcut: bool = True,
        rng: np.random.Generator | None = None,
        dtype: Any = np.float32,
    ) -> None:
        super().__init__()
        after = channels if out_channels is None else out_channels
        options: dict[str, Any] = {"bias": False, "rng": rng, "dtype": dtype}
        self.branch = nn.Sequential(
            nn.Conv2d(channels, after, 3, stride=stride, padding=1, **options),
            nn.BatchNorm2d(after, dtype=dtype),
            nn.ReLU(),
            nn.Conv2d(after, after, 3, padding=1, **options),
            nn.BatchNorm2d(after, dtype=dtype),
        )
        self.out = nn.ReLU()
        self.shortcut = shortcut
        self.downsample = nn.Sequential()  # the identity
        if shortcut and (stride != 1 or after != channels):
            self.downsample = nn.Sequential(
                nn.Conv2d(channels, after, 1, stride=stride, **options),
                nn.BatchNorm2d(after, dtype=dtype),
            )

    def forward(self, x: np.ndarray) -> np.ndarray:
        """x (N, C, H, W) to y (N, C', H', W')."""
        y = self.branch(x)
        return self.out(y + self.downsample(x) if self.shortcut else y)

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """dy to dx: the gradient through the branch, and through the shortcut."""
        dy = self.out.backward(dy)
        dx = self.branch.backward(dy)
        return dx + self.downsample.backward(dy) if self.shortcut else dx


def resnet(
    layers: int,
    channels: int = 8,
    classes: int = 10,
    *,
    block: Callable[..., nn.Module] = ResidualBlock,
    rng: np.random.Generator | None = None,
    dtype: Any = np.float32,
) -> nn.Sequential:
    """A residual network for grey images of 8 x 8 to 12 x 12 pixels: (N, 1, H, W) to scores.

        conv 3 x 3 -> relu -> max of 2 x 2 -> blocks -> means of 2 x 2 regions -> linear

    layers : layers with weights, even: two in each block, the first convolution, the last linear
    block  : called as block(channels, rng=rng, dtype=dtype)
    Raises ValueError unless layers is even and at least 4
    Source: He, Zhang, Ren and Sun 2016, section 4.2. Taught in notebooks/06b_deep_vision

    >>> resnet(6)(np.zeros((2, 1, 8, 8), np.float32)).shape
    (2, 10)
    """
    if layers < 4 or layers % 2:
        raise ValueError(f"resnet: {layers} layers, wanted an even number from 4 on")
    options: dict[str, Any] = {"rng": rng, "dtype": dtype}
    return nn.Sequential(
        nn.Conv2d(1, channels, 3, padding=1, **options),
        nn.ReLU(),
        nn.MaxPool2d(2),
        *(block(channels, **options) for _ in range((layers - 2) // 2)),
        nn.AdaptiveAvgPool2d(2),
        nn.Flatten(),
        nn.Linear(4 * channels, classes, **options),
    )
