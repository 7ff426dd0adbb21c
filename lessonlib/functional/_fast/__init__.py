"""The same functions as in `lessonlib.functional`, written for speed; `nn` calls these.

Read the form in `lessonlib.functional` first: that one is the formula. Each function here takes the
same arguments, raises the same errors and returns the same values and gradients; tests hold the two
forms together to 1e-10 in float64. Where a backward function is missing here, the one of
`lessonlib.functional` takes the cache. What each trick buys is in benchmarks/README.md.
"""

from .activations import gelu
from .conv import (
    conv1d,
    conv1d_backward,
    conv2d,
    conv2d_backward,
    conv_transpose2d,
    conv_transpose2d_backward,
)
from .embedding import embedding_backward
from .losses import cross_entropy, cross_entropy_backward
from .normalization import batch_norm, batch_norm_backward, layer_norm, layer_norm_backward
from .pooling import max_pool2d
from .recurrent import gru, lstm, rnn

__all__ = [
    "batch_norm",
    "batch_norm_backward",
    "conv1d",
    "conv1d_backward",
    "conv2d",
    "conv2d_backward",
    "conv_transpose2d",
    "conv_transpose2d_backward",
    "cross_entropy",
    "cross_entropy_backward",
    "embedding_backward",
    "gelu",
    "gru",
    "layer_norm",
    "layer_norm_backward",
    "lstm",
    "max_pool2d",
    "rnn",
]
