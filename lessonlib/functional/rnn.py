"""The simple (Elman) recurrent layer: one layer, one direction, a whole sequence.

    h_0 ──W_hh──► h_1 ──W_hh──► h_2 ──W_hh──► ...     the same weights at every step
                   ▲             ▲
                  W_ih x_1      W_ih x_2

`nn.RNN` calls the same function from `_fast.recurrent`.
"""

import numpy as np

from ._sequence import check_sequence, initial_state, sum_rows, time_major, upstream
from ._types import Array

__all__ = ["rnn", "rnn_backward"]


def rnn(
    x: Array,
    h0: Array | None,
    weight_ih: Array,
    weight_hh: Array,
    bias_ih: Array | None = None,
    bias_hh: Array | None = None,
    nonlinearity: str = "tanh",
) -> tuple[tuple[Array, Array], tuple]:
    """Run one recurrent layer over a sequence.   h_t = tanh(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh)

    x  : (N, L, D)  sequences;  h0 : (N, H)  initial state, None for zeros
    weight_ih : (H, D);  weight_hh : (H, H);  bias_ih, bias_hh : (H,) or None
    nonlinearity : "tanh" or "relu"
    Returns (y (N, L, H), h_n (N, H)), cache;  y holds every h_t, h_n the last one
    Raises ValueError naming the shape seen and the shape wanted, or an unknown nonlinearity
    Source: Elman 1990, Finding structure in time. Taught in notebooks/07_recurrent_networks

    >>> x, w = np.ones((1, 3, 1)), np.ones((1, 1))
    >>> (y, h_n), _ = rnn(x, None, w, w, nonlinearity="relu")
    >>> y.ravel()
    array([1., 2., 3.])
    """
    _check_nonlinearity(nonlinearity)
    check_sequence("rnn", x, weight_ih, weight_hh, bias_ih, bias_hh, gates=1)
    (N, L, _), H = x.shape, weight_hh.shape[1]
    x = time_major(x)  # (L, N, D)
    b = 0 if bias_ih is None else bias_ih + bias_hh  # (H,)
    h = np.empty((L + 1, N, H), dtype=x.dtype)
    h[0] = initial_state("rnn", h0, (N, H), x)
    for t in range(L):
        a = x[t] @ weight_ih.T + h[t] @ weight_hh.T + b  # (N, H)
        h[t + 1] = np.tanh(a) if nonlinearity == "tanh" else np.maximum(a, 0)
    cache = (x, h, weight_ih, weight_hh, nonlinearity, h0 is not None, bias_ih is not None)
    return (h[1:].swapaxes(0, 1).copy(), h[-1].copy()), cache


def rnn_backward(dy: Array | None, cache: tuple, dh_n: Array | None = None) -> tuple:
    """Gradients of `rnn`, by backpropagation through time.

        da_t = dh_t * tanh'(a_t);    dh_{t-1} = dy_{t-1} + da_t W_hh

    dy    : (N, L, H)  upstream gradient of y;  dh_n : (N, H)  of h_n;  None for zeros
    cache : as returned by `rnn`
    Returns dx (N, L, D), dh0 (N, H), dweight_ih, dweight_hh, dbias_ih, dbias_hh;
            None for an h0 or a bias that was None
    Raises ValueError naming both shapes if dy or dh_n does not fit
    Source: Werbos 1990, Backpropagation through time. Taught in notebooks/07_recurrent_networks

    >>> (y, h_n), cache = rnn(np.ones((1, 2, 1)), None, np.ones((1, 1)), np.ones((1, 1)))
    >>> rnn_backward(np.ones_like(y), cache)[2].shape
    (1, 1)
    """
    x, h, weight_ih, weight_hh, nonlinearity, has_h0, has_bias = cache
    (L, N, D), H = x.shape, h.shape[-1]
    dy = upstream("rnn_backward", "dy", dy, (N, L, H), h.dtype)
    dh = upstream("rnn_backward", "dh_n", dh_n, (N, H), h.dtype).copy()

    # The slope is a function of the output alone, so it is known for all steps: tanh' = 1 - tanh^2.
    da = 1 - h[1:] ** 2 if nonlinearity == "tanh" else (h[1:] > 0).astype(h.dtype)  # (L, N, H)
    for t in reversed(range(L)):
        dh += dy[:, t]  # h_t is both an output and the input of the next step
        da[t] *= dh
        np.matmul(da[t], weight_hh, out=dh)  # (N, H), now the gradient of h_{t-1}

    da = da.reshape(L * N, H)
    dx = (da @ weight_ih).reshape(L, N, D).swapaxes(0, 1)
    dweight_ih = da.T @ x.reshape(L * N, D)  # sums over steps and sequences
    dweight_hh = da.T @ h[:-1].reshape(L * N, H)  # row t of h[:-1] is h_{t-1}
    dbias = sum_rows(da) if has_bias else None
    dbias_hh = None if dbias is None else dbias.copy()  # both biases are added: same gradient
    return dx, dh if has_h0 else None, dweight_ih, dweight_hh, dbias, dbias_hh


def _check_nonlinearity(nonlinearity: str) -> None:
    if nonlinearity not in ("tanh", "relu"):
        raise ValueError(f"rnn: nonlinearity must be 'tanh' or 'relu', got {nonlinearity!r}")
