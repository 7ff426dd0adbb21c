"""The same functions as in `lessonlib.functional`, written for speed; `nn` calls these.

Read the form in `lessonlib.functional` first: that one is the formula. Each function here takes the
same arguments, raises the same errors and returns the same values and gradients; tests hold the two
forms together to 1e-10 in float64. Where a backward function is missing here, the one of
`lessonlib.functional` takes the cache. What each trick buys is in benchmarks/README.md.
"""

from .activations import gelu
from .losses import cross_entropy, cross_entropy_backward

__all__ = [
    "cross_entropy",
    "cross_entropy_backward",
    "gelu",
]
