"""Names for the kinds of data that signatures share."""

from typing import Any

import numpy as np

Array = np.ndarray

# None where need_dx is False or the input was None (no h0). Only a caller that asked for that can
# get None, so no other has to check for it: Any in place of None.
InputGradient = Array | Any

# dx, dweight, dbias (None without a bias)
Gradients = tuple[InputGradient, Array, Array | None]

# weight, bias or None
Projection = tuple[Array, Array | None]
