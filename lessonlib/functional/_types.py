"""Names for the kinds of data that signatures share."""

from typing import Any

import numpy as np

Array = np.ndarray

# None where need_dx is False or there was no input (no h0). Only who asked for that can meet None,
# and so nobody has to rule it out: Any in place of None.
InputGradient = Array | Any

# dx, dweight, dbias (None without a bias)
Gradients = tuple[InputGradient, Array, Array | None]

# weight, bias or None
Projection = tuple[Array, Array | None]
