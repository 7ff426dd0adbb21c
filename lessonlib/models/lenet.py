"""LeNet on 12 x 12 pixels."""

from typing import Any

import numpy as np

from lessonlib import nn


def lenet(*, rng: np.random.Generator | None = None, dtype: Any = np.float32) -> nn.Sequential:
    """LeNet-5's order of layers on images (N, 1, 12, 12), with max pooling: 30,986 parameters.

        (conv 5 x 5 -> tanh -> max of 2 x 2) twice, then 144 -> 120 -> 84 -> 10 with tanh

    Source: LeCun, Bottou, Bengio and Haffner 1998, section II.B. Taught in notebooks/06_convolution

    >>> lenet()(np.zeros((2, 1, 12, 12), np.float32)).shape
    (2, 10)
    """
    options: dict[str, Any] = {"rng": rng, "dtype": dtype}
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2, **options),
        nn.Tanh(),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5, padding=2, **options),
        nn.Tanh(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(144, 120, **options),
        nn.Tanh(),
        nn.Linear(120, 84, **options),
        nn.Tanh(),
        nn.Linear(84, 10, **options),
    )
