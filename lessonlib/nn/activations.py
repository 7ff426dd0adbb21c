"""Activations as layers; the mathematics is in `lessonlib.functional.activations`."""

from .. import functional as F
from ..functional import _fast
from .module import refuse
from .pair import PairModule


class ReLU(PairModule):
    """Rectifier.   y = max(x, 0)

    >>> ReLU()
    ReLU()
    """

    pair = (F.relu, F.relu_backward)

    def __init__(self, inplace: bool = False) -> None:
        refuse("ReLU", inplace=inplace)
        super().__init__()


class LeakyReLU(PairModule):
    """Rectifier with a slope below zero.   y = x where x > 0, else negative_slope * x

    >>> LeakyReLU()
    LeakyReLU(negative_slope=0.01)
    """

    pair = (F.leaky_relu, F.leaky_relu_backward)

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False) -> None:
        refuse("LeakyReLU", inplace=inplace)
        super().__init__(negative_slope=negative_slope)


class ELU(PairModule):
    """Exponential linear unit.   y = x where x > 0, else alpha (e^x - 1)

    >>> ELU()
    ELU(alpha=1.0)
    """

    pair = (F.elu, F.elu_backward)

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        refuse("ELU", inplace=inplace)
        super().__init__(alpha=alpha)


class Sigmoid(PairModule):
    """Logistic function.   y = 1 / (1 + e^-x)

    >>> Sigmoid()
    Sigmoid()
    """

    pair = (F.sigmoid, F.sigmoid_backward)


class LogSigmoid(PairModule):
    """Logarithm of the logistic function.   y = -log(1 + e^-x)

    >>> LogSigmoid()
    LogSigmoid()
    """

    pair = (F.logsigmoid, F.logsigmoid_backward)


class Tanh(PairModule):
    """Hyperbolic tangent.   y = tanh(x)

    >>> Tanh()
    Tanh()
    """

    pair = (F.tanh, F.tanh_backward)


class SiLU(PairModule):
    """Sigmoid-weighted unit.   y = x sigmoid(x)

    >>> SiLU()
    SiLU()
    """

    pair = (F.silu, F.silu_backward)

    def __init__(self, inplace: bool = False) -> None:
        refuse("SiLU", inplace=inplace)
        super().__init__()


class GELU(PairModule):
    """Gaussian error linear unit.   y = x P(x), P the normal distribution function

    approximate : "none" (exact, by erf) or "tanh"

    >>> GELU("tanh")
    GELU(approximate='tanh')
    """

    pair = (_fast.gelu, F.gelu_backward)

    def __init__(self, approximate: str = "none") -> None:
        if approximate not in ("none", "tanh"):
            raise ValueError(f"GELU: approximate={approximate!r}, wanted 'none' or 'tanh'")
        super().__init__(approximate=approximate)


class Softmax(PairModule):
    """Scores to probabilities.   y_i = e^x_i / sum_j e^x_j

    dim : the axis that sums to 1; torch's default None is refused, as it guesses the axis

    >>> Softmax(dim=-1)
    Softmax(dim=-1)
    """

    pair = (F.softmax, F.softmax_backward)

    def __init__(self, dim: int | None = None) -> None:
        refuse(type(self).__name__, **{"dim=None (name the axis)": dim is None})
        super().__init__(dim=dim)


class LogSoftmax(Softmax):
    """Logarithm of softmax.   y_i = x_i - log sum_j e^x_j

    >>> LogSoftmax(dim=1)
    LogSoftmax(dim=1)
    """

    pair = (F.log_softmax, F.log_softmax_backward)
