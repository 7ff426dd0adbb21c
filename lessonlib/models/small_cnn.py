"""The small convolutional network of lesson 06, its explorer and the transfer of lesson 06b."""

from typing import Any

import numpy as np

from lessonlib import nn
from lessonlib.trained import trained


def small_cnn(
    channels: tuple[int, int] = (12, 24),
    kernel_size: int = 3,
    classes: int = 10,
    *,
    rng: np.random.Generator | None = None,
    dtype: Any = np.float32,
) -> nn.Sequential:
    """Two convolutions with pooling, one linear layer: images (N, 1, 12, 12) to scores.

        conv -> relu -> max of 2 x 2 -> conv 3 x 3 -> relu -> max of 3 x 3 -> linear

    channels : kernels of the first and of the second convolution;  kernel_size : of the first, odd
    As it is 3,706 parameters: about as many as an MLP with 24 hidden units
    Taught in notebooks/06_convolution

    >>> small_cnn()(np.zeros((2, 1, 12, 12), np.float32)).shape
    (2, 10)
    """
    first, second = channels
    options: dict[str, Any] = {"rng": rng, "dtype": dtype}
    return nn.Sequential(
        nn.Conv2d(1, first, kernel_size, padding=kernel_size // 2, **options),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(first, second, 3, padding=1, **options),
        nn.ReLU(),
        nn.MaxPool2d(3),
        nn.Flatten(),
        nn.Linear(4 * second, classes, **options),
    )


def drawing_network(name: str = "06.drawing") -> nn.Sequential:
    """The network of the drawing explorer with its stored weights, in evaluation mode.

    8 kernels of 5 x 5, 16 of 3 x 3, 2,026 parameters
    Raises KeyError for a name that is not stored
    Made by lessonlib/lessons/l06/recipes/drawing.py. Taught in notebooks/06_convolution

    >>> drawing_network().training
    False
    """
    state = dict(trained(name).arrays)
    del state["accuracy"]
    first, second = state["0.weight"], state["3.weight"]
    model = small_cnn((len(first), len(second)), kernel_size=first.shape[-1])
    model.load_state_dict(state)
    return model.eval()
