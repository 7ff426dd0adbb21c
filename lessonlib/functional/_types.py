"""Names for the kinds of data that signatures share."""

from typing import Any

import numpy as np

Array = np.ndarray

# dx: None where need_dx is False. Only who asked for that could meet None, hence not `| None`.
InputGradient = Array | Any

# dx, dweight, dbias (None without a bias)
Gradients = tuple[InputGradient, Array, Array | None]

# weight, bias or None
Projection = tuple[Array, Array | None]
