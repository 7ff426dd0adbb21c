"""All the mathematics, as pure forward / backward pairs on NumPy arrays.

    y, cache = linear(x, weight, bias)
    dx, dweight, dbias = linear_backward(dy, cache)

Gradients come in the order of the arguments, None for one that was None. `nn` adds parameters and bookkeeping.
"""

from .activations import (
    elu,
    elu_backward,
    gelu,
    gelu_backward,
    leaky_relu,
    leaky_relu_backward,
    log_softmax,
    log_softmax_backward,
    logsigmoid,
    logsigmoid_backward,
    relu,
    relu_backward,
    sigmoid,
    sigmoid_backward,
    silu,
    silu_backward,
    softmax,
    softmax_backward,
    tanh,
    tanh_backward,
)
from .linear import (
    linear,
    linear_backward,
)
from .losses import (
    binary_cross_entropy_with_logits,
    binary_cross_entropy_with_logits_backward,
    cross_entropy,
    cross_entropy_backward,
    kl_div,
    kl_div_backward,
    mse_loss,
    mse_loss_backward,
    nll_loss,
    nll_loss_backward,
)

__all__ = [
    "binary_cross_entropy_with_logits",
    "binary_cross_entropy_with_logits_backward",
    "cross_entropy",
    "cross_entropy_backward",
    "elu",
    "elu_backward",
    "gelu",
    "gelu_backward",
    "kl_div",
    "kl_div_backward",
    "leaky_relu",
    "leaky_relu_backward",
    "linear",
    "linear_backward",
    "log_softmax",
    "log_softmax_backward",
    "logsigmoid",
    "logsigmoid_backward",
    "mse_loss",
    "mse_loss_backward",
    "nll_loss",
    "nll_loss_backward",
    "relu",
    "relu_backward",
    "sigmoid",
    "sigmoid_backward",
    "silu",
    "silu_backward",
    "softmax",
    "softmax_backward",
    "tanh",
    "tanh_backward",
]
