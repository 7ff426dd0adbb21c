"""Activations: what bends the plane between two linear layers, with their derivatives.

Every forward returns (y, cache); every backward turns dy = d loss / d y into dx. All taught in
notebooks/02_multilayer_perceptron, the derivatives in notebooks/03_backpropagation.
"""

import math
from typing import Any

import numpy as np

from .checks import check_floats, check_gradient


def relu(x: np.ndarray) -> tuple[np.ndarray, Any]:
    """Rectifier.   y = max(x, 0)

    x : any shape; returns y, same shape, and the cache
    Source: Goodfellow et al. 2016, section 6.3.1

    >>> relu(np.array([-1.0, 0.0, 2.0]))[0]
    array([0., 0., 2.])
    """
    check_floats("relu", x=x)
    y = np.maximum(x, 0)
    return y, y


def relu_backward(dy: np.ndarray, cache: Any) -> np.ndarray:
    """Gradient of max(x, 0).   dx = dy where x > 0, else 0 (at 0, where no derivative exists, too)

    >>> relu_backward(np.ones(3), relu(np.array([-1.0, 0.0, 2.0]))[1])
    array([0., 0., 1.])
    """
    y = cache
    check_gradient("relu_backward", dy, y.shape)
    return dy * (y > 0)


def leaky_relu(x: np.ndarray, negative_slope: float = 0.01) -> tuple[np.ndarray, Any]:
    """Rectifier that lets a little through below zero.   y = x where x > 0, else slope * x

    x : any shape; returns y, same shape, and the cache
    Source: Maas, Hannun, Ng 2013, section 2

    >>> leaky_relu(np.array([-1.0, 2.0]), 0.1)[0]
    array([-0.1,  2. ])
    """
    check_floats("leaky_relu", x=x)
    return np.where(x > 0, x, negative_slope * x), (x, negative_slope)


def leaky_relu_backward(dy: np.ndarray, cache: Any) -> np.ndarray:
    """Gradient of the leaky rectifier.   dx = dy where x > 0, else slope * dy

    >>> leaky_relu_backward(np.ones(2), leaky_relu(np.array([-1.0, 2.0]), 0.1)[1])
    array([0.1, 1. ])
    """
    x, negative_slope = cache
    check_gradient("leaky_relu_backward", dy, x.shape)
    return np.where(x > 0, dy, negative_slope * dy)


def elu(x: np.ndarray, alpha: float = 1.0) -> tuple[np.ndarray, Any]:
    """Exponential linear unit.   y = x where x > 0, else alpha (e^x - 1)

    x : any shape; returns y, same shape, and the cache
    Source: Clevert, Unterthiner, Hochreiter 2016, section 3

    >>> elu(np.array([-np.inf, 2.0]))[0]
    array([-1.,  2.])
    """
    check_floats("elu", x=x)
    # expm1 keeps its digits near 0; the minimum keeps the side that is not used from overflowing.
    y = np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))
    return y, (x, y, alpha)


def elu_backward(dy: np.ndarray, cache: Any) -> np.ndarray:
    """Gradient of the exponential linear unit.   dx = dy where x > 0, else dy (y + alpha)

    >>> elu_backward(np.ones(2), elu(np.array([-np.inf, 2.0]))[1])
    array([0., 1.])
    """
    x, y, alpha = cache
    check_gradient("elu_backward", dy, x.shape)
    return dy * np.where(x > 0, 1, y + alpha)  # alpha e^x = y + alpha: no second exponential


def sigmoid(x: np.ndarray) -> tuple[np.ndarray, Any]:
    """Logistic function, from 0 to 1.   y = 1 / (1 + e^-x)

    x : any shape; returns y, same shape, and the cache
    Source: Goodfellow et al. 2016, section 3.10

    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))[0]
    array([0. , 0.5, 1. ])
    """
    check_floats("sigmoid", x=x)
    with np.errstate(over="ignore"):  # e^1000 = inf is what we want: 1 / (1 + inf) = 0
        y = 1 / (1 + np.exp(-x))
    return y, y


def sigmoid_backward(dy: np.ndarray, cache: Any) -> np.ndarray:
    """Gradient of the logistic function.   dx = dy y (1 - y), never above dy / 4

    >>> sigmoid_backward(np.ones(1), sigmoid(np.zeros(1))[1])
    array([0.25])
    """
    y = cache
    check_gradient("sigmoid_backward", dy, y.shape)
    return dy * y * (1 - y)


def logsigmoid(x: np.ndarray) -> tuple[np.ndarray, Any]:
    """Logarithm of the logistic function, safe far below zero.   y = -log(1 + e^-x)

    x : any shape; returns y, same shape, and the cache

    >>> logsigmoid(np.array([-1000.0, 1000.0]))[0]
    array([-1000.,    -0.])
    """
    check_floats("logsigmoid", x=x)
    return -np.logaddexp(0, -x), x


def logsigmoid_backward(dy: np.ndarray, cache: Any) -> np.ndarray:
    """Gradient of log sigmoid.   dx = dy sigmoid(-x)

    >>> logsigmoid_backward(np.ones(1), np.zeros(1))
    array([0.5])
    """
    x = cache
    check_gradient("logsigmoid_backward", dy, x.shape)
    return dy * sigmoid(-x)[0]


def tanh(x: np.ndarray) -> tuple[np.ndarray, Any]:
    """Hyperbolic tangent, from -1 to 1.   y = (e^x - e^-x) / (e^x + e^-x) = 2 sigmoid(2x) - 1

    x : any shape; returns y, same shape, and the cache

    >>> tanh(np.array([-1000.0, 0.0, 1000.0]))[0]
    array([-1.,  0.,  1.])
    """
    check_floats("tanh", x=x)
    y = np.tanh(x)
    return y, y


def tanh_backward(dy: np.ndarray, cache: Any) -> np.ndarray:
    """Gradient of tanh.   dx = dy (1 - y^2)

    >>> tanh_backward(np.ones(1), tanh(np.zeros(1))[1])
    array([1.])
    """
    y = cache
    check_gradient("tanh_backward", dy, y.shape)
    return dy * (1 - y * y)


def silu(x: np.ndarray) -> tuple[np.ndarray, Any]:
    """Sigmoid-weighted unit, also called swish.   y = x sigmoid(x)

    x : any shape; returns y, same shape, and the cache
    Source: Elfwing, Uchibe, Doya 2018, section 2

    >>> silu(np.array([-1000.0, 0.0, 1000.0]))[0]
    array([  -0.,    0., 1000.])
    """
    check_floats("silu", x=x)
    gate, _ = sigmoid(x)
    return x * gate, (x, gate)


def silu_backward(dy: np.ndarray, cache: Any) -> np.ndarray:
    """Gradient of x sigmoid(x).   dx = dy s (1 + x (1 - s)),  s = sigmoid(x)

    >>> silu_backward(np.ones(1), silu(np.zeros(1))[1])
    array([0.5])
    """
    x, gate = cache
    check_gradient("silu_backward", dy, x.shape)
    return dy * gate * (1 + x * (1 - gate))


_SQRT_2_OVER_PI = math.sqrt(2 / math.pi)
_ONE_OVER_SQRT_2_PI = 1 / math.sqrt(2 * math.pi)


def gelu(x: np.ndarray, approximate: str = "none") -> tuple[np.ndarray, Any]:
    """Gaussian error linear unit.   y = x P(x), P the normal distribution function

    x           : any shape
    approximate : "none" for P(x) = (1 + erf(x / sqrt 2)) / 2, "tanh" for
                  P(x) = (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) / 2, as GPT-2 has it
    Returns y, same shape, and the cache; raises ValueError for any other `approximate`
    Source: Hendrycks and Gimpel 2016, section 2

    >>> gelu(np.array([-1.0, 0.0, 1.0]))[0].round(3)
    array([-0.159,  0.   ,  0.841])
    """
    check_floats("gelu", x=x)
    if approximate == "none":
        from scipy.special import erf  # here, so that NumPy alone carries everything else

        p = (1 + erf(x / math.sqrt(2))) / 2
    elif approximate == "tanh":
        p = (1 + np.tanh(_SQRT_2_OVER_PI * (x + 0.044715 * x * x * x))) / 2
    else:
        raise ValueError(f"gelu: approximate={approximate!r}, wanted 'none' or 'tanh'")
    return x * p, (x, p, approximate)


def gelu_backward(dy: np.ndarray, cache: Any) -> np.ndarray:
    """Gradient of x P(x).   dx = dy (P(x) + x P'(x))

    P' is the normal density e^(-x^2/2) / sqrt(2 pi), or the derivative of the tanh form

    >>> gelu_backward(np.ones(1), gelu(np.zeros(1))[1])
    array([0.5])
    """
    x, p, approximate = cache
    check_gradient("gelu_backward", dy, x.shape)
    if approximate == "none":
        density = np.exp(-0.5 * x * x) * _ONE_OVER_SQRT_2_PI
    else:  # p = (1 + t) / 2, so p' = (1 - t^2) / 2 * inner' = 2 p (1 - p) * inner'
        density = 2 * p * (1 - p) * (_SQRT_2_OVER_PI * (1 + 3 * 0.044715 * x * x))
    return dy * (p + x * density)


def softmax(x: np.ndarray, dim: int = -1) -> tuple[np.ndarray, Any]:
    """Scores to probabilities along one axis.   y_i = e^x_i / sum_j e^x_j

    x   : any shape
    dim : the axis that sums to 1
    Returns y, same shape, and the cache
    Source: Goodfellow et al. 2016, section 6.2.2.3

    >>> softmax(np.array([1000.0, 1000.0]))[0]
    array([0.5, 0.5])
    """
    check_floats("softmax", x=x)
    # Taking the largest score off changes nothing in the ratio and keeps e^x from overflowing.
    y = np.exp(x - x.max(axis=dim, keepdims=True))
    y /= y.sum(axis=dim, keepdims=True)
    return y, (y, dim)


def softmax_backward(dy: np.ndarray, cache: Any) -> np.ndarray:
    """Gradient of softmax.   dx_i = y_i (dy_i - sum_j dy_j y_j)

    The sum is what an all-ones dy hides: raising all outputs at once is impossible.

    >>> softmax_backward(np.ones(2), softmax(np.zeros(2))[1])
    array([0., 0.])
    """
    y, dim = cache
    check_gradient("softmax_backward", dy, y.shape)
    return y * (dy - (dy * y).sum(axis=dim, keepdims=True))


def log_softmax(x: np.ndarray, dim: int = -1) -> tuple[np.ndarray, Any]:
    """Logarithm of softmax, without ever taking log(0).   y_i = x_i - log sum_j e^x_j

    x   : any shape
    dim : the axis whose exponentials sum to 1
    Returns y, same shape, and the cache

    >>> log_softmax(np.array([0.0, 1000.0]))[0]
    array([-1000.,     0.])
    """
    check_floats("log_softmax", x=x)
    y = x - x.max(axis=dim, keepdims=True)
    y -= np.log(np.exp(y).sum(axis=dim, keepdims=True))
    return y, (y, dim)


def log_softmax_backward(dy: np.ndarray, cache: Any) -> np.ndarray:
    """Gradient of log softmax.   dx_i = dy_i - softmax(x)_i sum_j dy_j

    >>> log_softmax_backward(np.array([1.0, 0.0]), log_softmax(np.zeros(2))[1])
    array([ 0.5, -0.5])
    """
    y, dim = cache
    check_gradient("log_softmax_backward", dy, y.shape)
    return dy - np.exp(y) * dy.sum(axis=dim, keepdims=True)
