"""The optimizers: each `_update` is the published formula, one array operation at a time.

The arrays are changed in place and intermediate results go to a shared scratch buffer, written
`np.multiply(a, b, out=s)` for s = a * b.
"""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from .optimizer import Group, Optimizer, State, require, require_size


class SGD(Optimizer):
    """Stochastic gradient descent with momentum.   u ← μ u + (1 - τ) g;   w ← w - lr u

    lr           : step length;  momentum μ and dampening τ: the first step uses u = g
    weight_decay : adds weight_decay * w to g (an L2 penalty)
    nesterov     : w ← w - lr (g + μ u), the gradient as if one momentum step ahead
    maximize     : climb instead of descend
    Raises ValueError for a negative setting, or nesterov without momentum or with dampening
    Source: Polyak 1964; Sutskever et al. 2013, section 2. Taught in notebooks/04_training_dynamics

    >>> from types import SimpleNamespace
    >>> w = SimpleNamespace(data=np.array([1.0]), grad=np.array([2.0]))
    >>> SGD([w], lr=0.1).step()
    >>> w.data
    array([0.8])
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        require_size("lr", lr)
        require_size("momentum", momentum)
        require_size("weight_decay", weight_decay)
        if nesterov and (momentum == 0 or dampening != 0):
            raise ValueError("nesterov needs a momentum above 0 and no dampening")
        super().__init__(
            params,
            {
                "lr": lr,
                "momentum": momentum,
                "dampening": dampening,
                "weight_decay": weight_decay,
                "nesterov": nesterov,
                "maximize": maximize,
            },
        )

    def _update(self, w: np.ndarray, grad: np.ndarray, state: State, group: Group) -> None:
        momentum, scratch = group["momentum"], self._scratch(w)
        if momentum:
            u = state.get("momentum_buffer")
            if u is None:
                u = state["momentum_buffer"] = np.array(grad)  # a copy
            else:
                u *= momentum
                u += np.multiply(grad, 1 - group["dampening"], out=scratch)
            grad = grad + momentum * u if group["nesterov"] else u
        w -= np.multiply(grad, group["lr"], out=scratch)


class RMSprop(Optimizer):
    """Divide by a running root mean square.   v ← α v + (1 - α) g²;   w ← w - lr g / (√v + ε)

    centered : use √(v - m²) with m ← α m + (1 - α) g, the spread instead of the size
    momentum : collect the quotient instead, u ← momentum u + g / (√v + ε);  w ← w - lr u
    Raises ValueError for a negative setting
    Source: Hinton 2012, lecture 6e. Taught in notebooks/04_training_dynamics

    >>> from types import SimpleNamespace
    >>> w = SimpleNamespace(data=np.array([1.0]), grad=np.array([2.0]))
    >>> RMSprop([w], lr=0.1, alpha=0.75).step()
    >>> w.data
    array([0.8])
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
        maximize: bool = False,
    ) -> None:
        settings = {
            "lr": lr,
            "alpha": alpha,
            "eps": eps,
            "weight_decay": weight_decay,
            "momentum": momentum,
        }
        for name, value in settings.items():
            require_size(name, value)
        super().__init__(params, {**settings, "centered": centered, "maximize": maximize})

    def _update(self, w: np.ndarray, grad: np.ndarray, state: State, group: Group) -> None:
        scratch, alpha = self._scratch(w), group["alpha"]
        if not state:
            state["step"] = 0
            state["square_avg"] = np.zeros_like(w)
            if group["centered"]:
                state["grad_avg"] = np.zeros_like(w)
            if group["momentum"]:
                state["momentum_buffer"] = np.zeros_like(w)
        state["step"] += 1

        v = state["square_avg"]
        _average(v, np.multiply(grad, grad, out=scratch), alpha)
        if group["centered"]:
            m = state["grad_avg"]
            m += np.multiply(np.subtract(grad, m, out=scratch), 1 - alpha, out=scratch)
            np.subtract(v, np.multiply(m, m, out=scratch), out=scratch)
            np.sqrt(scratch, out=scratch)
        else:
            np.sqrt(v, out=scratch)
        scratch += group["eps"]
        np.divide(grad, scratch, out=scratch)
        if group["momentum"]:
            u = state["momentum_buffer"]
            u *= group["momentum"]
            u += scratch
            np.copyto(scratch, u)
        scratch *= group["lr"]
        w -= scratch


class Adam(Optimizer):
    """Momentum and RMSprop together, with corrected start.

    m ← β1 m + (1 - β1) g;   v ← β2 v + (1 - β2) g²;   w ← w - lr m̂ / (√v̂ + ε)
    m̂ = m / (1 - β1^t) and v̂ = v / (1 - β2^t): both averages start at 0 and are too small at first

    weight_decay : adds weight_decay * w to g;  decoupled_weight_decay (AdamW): shrinks w itself
    amsgrad      : divide by the largest v̂ so far
    Raises ValueError for a negative setting or a beta outside [0, 1)
    Source: Kingma and Ba 2015, algorithm 1. Taught in notebooks/04_training_dynamics

    >>> from types import SimpleNamespace
    >>> w = SimpleNamespace(data=np.array([1.0]), grad=np.array([2.0]))
    >>> Adam([w], lr=0.1).step()
    >>> w.data  # the first step has length lr, whatever the gradient
    array([0.9])
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        decoupled_weight_decay: bool = False,
    ) -> None:
        for name, value in (("lr", lr), ("eps", eps), ("weight_decay", weight_decay)):
            require_size(name, value)
        require(all(0 <= beta < 1 for beta in betas), "betas", betas, "in [0, 1)")
        super().__init__(
            params,
            {
                "lr": lr,
                "betas": betas,
                "eps": eps,
                "weight_decay": weight_decay,
                "amsgrad": amsgrad,
                "maximize": maximize,
                "decoupled_weight_decay": decoupled_weight_decay,
            },
        )

    def _update(self, w: np.ndarray, grad: np.ndarray, state: State, group: Group) -> None:
        scratch, (beta1, beta2) = self._scratch(w), group["betas"]
        if not state:
            state.update(step=0, exp_avg=np.zeros_like(w), exp_avg_sq=np.zeros_like(w))
            if group["amsgrad"]:
                state["max_exp_avg_sq"] = np.zeros_like(w)
        state["step"] += 1
        if group["decoupled_weight_decay"] and group["weight_decay"]:
            w *= 1 - group["lr"] * group["weight_decay"]

        m, v, t = state["exp_avg"], state["exp_avg_sq"], state["step"]
        np.subtract(grad, m, out=scratch)  # β1 m + (1 - β1) g = m + (1 - β1)(g - m)
        scratch *= 1 - beta1
        m += scratch
        _average(v, np.multiply(grad, grad, out=scratch), beta2)
        if group["amsgrad"]:
            v = np.maximum(state["max_exp_avg_sq"], v, out=state["max_exp_avg_sq"])

        np.sqrt(v, out=scratch)
        scratch /= math.sqrt(1 - beta2**t)
        scratch += group["eps"]
        np.divide(m, scratch, out=scratch)
        scratch *= group["lr"] / (1 - beta1**t)
        w -= scratch


class AdamW(Adam):
    """Adam whose weight decay shrinks the weights directly.   w ← (1 - lr decay) w, then Adam

    In Adam the penalty's gradient is divided by √v̂ too, so weights with large gradients decay less.
    Raises ValueError as Adam does
    Source: Loshchilov and Hutter 2019, algorithm 2. Taught in notebooks/04b_deep_and_stable

    >>> from types import SimpleNamespace
    >>> w = SimpleNamespace(data=np.array([1.0]), grad=np.array([0.0]))
    >>> AdamW([w], lr=0.1, weight_decay=0.5).step()
    >>> w.data
    array([0.95])
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            lr,
            betas,
            eps,
            weight_decay,
            amsgrad,
            maximize=maximize,
            decoupled_weight_decay=True,
        )


def _average(mean: np.ndarray, new: np.ndarray, keep: float) -> None:
    """mean ← keep mean + (1 - keep) new, in place; `new` is used up."""
    mean *= keep
    new *= 1 - keep
    mean += new
