"""Recurrent layers: RNN, LSTM, GRU, with any number of layers and one or two directions.

The formulas are in `lessonlib.functional.rnn`, `.lstm`, `.gru`; the stacking in `.recurrent`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import functional as F
from ..functional import _fast
from ..functional._types import InputGradient
from .module import Module, Parameter, refuse, uniform_parameter, value_of

__all__ = ["GRU", "LSTM", "RNN"]


class _Recurrent(Module):
    """Weights, names and bookkeeping common to RNN, LSTM and GRU; a subclass names its pair."""

    gates: int  # blocks of hidden_size rows in every weight
    pair: tuple[Callable, Callable]  # one layer, one direction
    weight_ih_l0: Parameter  # of layer 0, forward; all others have names of the same kind
    weight_hh_l0: Parameter
    bias_ih_l0: Parameter
    bias_hh_l0: Parameter

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = True,
        dropout: float = 0.0,
        bidirectional: bool = False,
        *,
        rng: np.random.Generator | None = None,
        dtype: Any = np.float32,
    ) -> None:
        super().__init__()
        name = type(self).__name__
        refuse(
            name,
            **{
                "batch_first=False": not batch_first,
                "dropout (put nn.Dropout between one-layer modules)": dropout != 0,
            },
        )
        for key, size in (("hidden_size", hidden_size), ("num_layers", num_layers)):
            if size < 1:
                raise ValueError(f"{name}: {key} must be at least 1, got {size}")
        self.input_size, self.hidden_size, self.num_layers = input_size, hidden_size, num_layers
        self.bias, self.bidirectional = bias, bidirectional
        rng = np.random.default_rng() if rng is None else rng
        for layer in range(num_layers):
            for ending in self._endings(layer):
                for key, shape in self._shapes(layer).items():
                    start = uniform_parameter(shape, hidden_size, rng, dtype)
                    setattr(self, key + ending, start)

    def _shapes(self, layer: int) -> dict[str, tuple[int, ...]]:
        """Shapes of one direction's weights; a layer above the first reads all directions below."""
        H, rows = self.hidden_size, self.gates * self.hidden_size
        inputs = self.input_size if layer == 0 else H * (2 if self.bidirectional else 1)
        shapes = {"weight_ih": (rows, inputs), "weight_hh": (rows, H)}
        return shapes | ({"bias_ih": (rows,), "bias_hh": (rows,)} if self.bias else {})

    def _endings(self, layer: int) -> list[str]:
        return [f"_l{layer}", f"_l{layer}_reverse"][: 2 if self.bidirectional else 1]

    def _names(self) -> list[list[str]]:
        """Four attribute names for layer 0 forward, layer 0 backward, layer 1 ..."""
        endings = [e for layer in range(self.num_layers) for e in self._endings(layer)]
        return [[k + e for k in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")] for e in endings]

    def _run(self, x: np.ndarray, *states: np.ndarray | None, **options: Any) -> tuple:
        """Output and final states of the whole stack."""
        weights = [
            tuple(value_of(getattr(self, n, None)) for n in names) for names in self._names()
        ]
        outputs, cache = F.recurrent_stack(
            self.pair[0], x, states, weights, self.bidirectional, **options
        )
        self._push(cache)
        return outputs

    def _run_backward(self, dy: np.ndarray | None, *dfinals: np.ndarray | None) -> tuple:
        """Gradients of input and initial states; adds into those of the weights."""
        dx, dstates, dweights = F.recurrent_stack_backward(self.pair[1], dy, self._pop(), dfinals)
        for names, gradients in zip(self._names(), dweights, strict=True):
            self._add_grads(**dict(zip(names, gradients, strict=True)))
        return dx, *dstates

    def extra_repr(self) -> str:
        """Sizes, and the options that are not at their default."""
        options = {"num_layers": (self.num_layers, 1), "bias": (self.bias, True)}
        options["bidirectional"] = (self.bidirectional, False)
        changed = "".join(
            f", {key}={value}" for key, (value, usual) in options.items() if value != usual
        )
        return f"{self.input_size}, {self.hidden_size}{changed}"


class RNN(_Recurrent):
    """Simple recurrent network.   h_t = tanh(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh)

    weight_ih_l0 (H, D), weight_hh_l0 (H, H), bias_ih_l0, bias_hh_l0 (H,); _l1 ... for the layers
    above, _reverse for the backward direction. Start: uniform within 1/sqrt(H)
    nonlinearity : "tanh" or "relu"
    Raises NotImplementedError for batch_first=False and for dropout
    Taught in notebooks/07_recurrent_networks

    >>> y, h_n = RNN(3, 4, num_layers=2)(np.ones((5, 7, 3), np.float32))
    >>> y.shape, h_n.shape
    ((5, 7, 4), (2, 5, 4))
    """

    gates, pair = 1, (_fast.rnn, F.rnn_backward)

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = True,
        dropout: float = 0.0,
        bidirectional: bool = False,
        *,
        rng: np.random.Generator | None = None,
        dtype: Any = np.float32,
    ) -> None:
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"RNN: nonlinearity must be 'tanh' or 'relu', got {nonlinearity!r}")
        sizes = (input_size, hidden_size, num_layers)
        super().__init__(*sizes, bias, batch_first, dropout, bidirectional, rng=rng, dtype=dtype)
        self.nonlinearity = nonlinearity

    def forward(self, x: np.ndarray, hx: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """x (N, L, D) to y (N, L, directions * H) and h_n (layers * directions, N, H).

        hx : initial state, shaped like h_n, None for zeros
        """
        return self._run(x, hx, nonlinearity=self.nonlinearity)

    def backward(
        self, dy: np.ndarray | None, dh_n: np.ndarray | None = None
    ) -> tuple[np.ndarray, InputGradient]:
        """Gradients of y and h_n, each may be None, to (dx, dhx); dhx is None where hx was."""
        return self._run_backward(dy, dh_n)

    def extra_repr(self) -> str:
        """Sizes, and the options that are not at their default."""
        return super().extra_repr() + (
            ", nonlinearity='relu'" if self.nonlinearity == "relu" else ""
        )


class LSTM(_Recurrent):
    """Long short-term memory.   c_t = f * c_{t-1} + i * g;   h_t = o * tanh(c_t)

    weight_ih_l0 (4H, D), weight_hh_l0 (4H, H), bias_ih_l0, bias_hh_l0 (4H,) in blocks i, f, g, o;
    _l1 ... for the layers above, _reverse for the backward direction.
    Start: uniform within 1/sqrt(H)
    Raises NotImplementedError for batch_first=False, dropout and proj_size
    Taught in notebooks/08_lstm_gru

    >>> y, (h_n, c_n) = LSTM(3, 4, bidirectional=True)(np.ones((5, 7, 3), np.float32))
    >>> y.shape, h_n.shape, c_n.shape
    ((5, 7, 8), (2, 5, 4), (2, 5, 4))
    """

    gates, pair = 4, (_fast.lstm, F.lstm_backward)

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = True,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        *,
        rng: np.random.Generator | None = None,
        dtype: Any = np.float32,
    ) -> None:
        refuse("LSTM", proj_size=proj_size != 0)
        sizes = (input_size, hidden_size, num_layers)
        super().__init__(*sizes, bias, batch_first, dropout, bidirectional, rng=rng, dtype=dtype)

    def forward(
        self, x: np.ndarray, hx: tuple[np.ndarray, np.ndarray] | None = None
    ) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
        """x (N, L, D) to y (N, L, directions * H) and (h_n, c_n), each (layers * directions, N, H).

        hx : initial (h0, c0), shaped like (h_n, c_n), None for zeros
        """
        if hx is not None and len(hx) != 2:
            raise ValueError(f"LSTM: hx must be the pair (h0, c0), got {len(hx)} entries")
        y, h_n, c_n = self._run(x, *((None, None) if hx is None else hx))
        return y, (h_n, c_n)

    def backward(
        self,
        dy: np.ndarray | None,
        dh_n: np.ndarray | None = None,
        dc_n: np.ndarray | None = None,
    ) -> tuple[np.ndarray, tuple[np.ndarray | None, np.ndarray | None]]:
        """Gradients of y, h_n and c_n, each may be None, to dx, (dh0, dc0); None where hx was."""
        dx, dh0, dc0 = self._run_backward(dy, dh_n, dc_n)
        return dx, (dh0, dc0)


class GRU(_Recurrent):
    """Gated recurrent unit.   h_t = (1 - z) * n + z * h_{t-1}

    weight_ih_l0 (3H, D), weight_hh_l0 (3H, H), bias_ih_l0, bias_hh_l0 (3H,) in blocks r, z, n;
    _l1 ... for the layers above, _reverse for the backward direction.
    Start: uniform within 1/sqrt(H)
    Raises NotImplementedError for batch_first=False and for dropout
    Taught in notebooks/08_lstm_gru

    >>> GRU(3, 4, bias=False)
    GRU(3, 4, bias=False)  # weight_ih_l0 (12, 3), weight_hh_l0 (12, 4): 84 parameters
    """

    gates, pair = 3, (_fast.gru, F.gru_backward)

    def forward(self, x: np.ndarray, hx: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """x (N, L, D) to y (N, L, directions * H) and h_n (layers * directions, N, H).

        hx : initial state, shaped like h_n, None for zeros
        """
        return self._run(x, hx)

    def backward(
        self, dy: np.ndarray | None, dh_n: np.ndarray | None = None
    ) -> tuple[np.ndarray, InputGradient]:
        """Gradients of y and h_n, each may be None, to (dx, dhx); dhx is None where hx was."""
        return self._run_backward(dy, dh_n)
