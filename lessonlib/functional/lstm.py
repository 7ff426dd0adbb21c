"""Long short-term memory: one layer, one direction, a whole sequence.

    c_{t-1} ───(* f)───(+)──────────► c_t      the memory: only scaled and added to,
                        ▲              │       so its gradient passes unsquashed
                     (i * g)          tanh
                                       │
    h_{t-1}, x_t ──► i, f, g, o ─────(* o)──► h_t

The weights hold four blocks of H rows, in torch's order: i (input), f (forget), g (candidate),
o (output). `nn.LSTM` calls the same function from `_fast.recurrent`.
"""

import numpy as np

from ._sequence import check_sequence, initial_state, sum_rows, time_major, upstream
from ._types import Array
from .activations import sigmoid

__all__ = ["lstm", "lstm_backward"]


def lstm(
    x: Array,
    h0: Array | None,
    c0: Array | None,
    weight_ih: Array,
    weight_hh: Array,
    bias_ih: Array | None = None,
    bias_hh: Array | None = None,
) -> tuple[tuple[Array, Array, Array], tuple]:
    """Run one LSTM layer over a sequence.   c_t = f * c_{t-1} + i * g;   h_t = o * tanh(c_t)

        i, f, o = sigmoid(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh);   g = tanh(the same, its own rows)

    x  : (N, L, D)  sequences;  h0, c0 : (N, H)  initial state and memory, None for zeros
    weight_ih : (4H, D);  weight_hh : (4H, H);  bias_ih, bias_hh : (4H,) or None
    Returns (y (N, L, H), h_n (N, H), c_n (N, H)), cache;  y holds every h_t
    Raises ValueError naming the shape seen and the shape wanted
    Source: Hochreiter and Schmidhuber 1997; forget gate: Gers et al. 2000.
    Taught in notebooks/08_lstm_gru

    >>> x, w_ih, w_hh = np.ones((1, 2, 1)), np.zeros((4, 1)), np.zeros((4, 1))
    >>> (y, h_n, c_n), _ = lstm(x, None, np.ones((1, 1)), w_ih, w_hh)
    >>> c_n  # gates of 0.5, nothing to add: the memory halves at each of the two steps
    array([[0.25]])
    """
    check_sequence("lstm", x, weight_ih, weight_hh, bias_ih, bias_hh, gates=4)
    (N, L, _), H = x.shape, weight_hh.shape[1]
    x = time_major(x)  # (L, N, D)
    b = 0 if bias_ih is None else bias_ih + bias_hh  # (4H,)
    gates = np.empty((L, 4, N, H), dtype=x.dtype)  # i, f, g, o of every step
    h, c = np.empty((2, L + 1, N, H), dtype=x.dtype)
    h[0] = initial_state("lstm", h0, (N, H), x)
    c[0] = initial_state("lstm", c0, (N, H), x)
    for t in range(L):
        a = x[t] @ weight_ih.T + h[t] @ weight_hh.T + b  # (N, 4H)
        a_i, a_f, a_g, a_o = np.split(a, 4, axis=1)  # (N, H) each
        i, f, g, o = sigmoid(a_i)[0], sigmoid(a_f)[0], np.tanh(a_g), sigmoid(a_o)[0]
        c[t + 1] = f * c[t] + i * g
        h[t + 1] = o * np.tanh(c[t + 1])
        gates[t] = i, f, g, o
    given = (h0 is not None, c0 is not None, bias_ih is not None)
    cache = (x, h, c, gates, weight_ih, weight_hh, given)
    return (h[1:].swapaxes(0, 1).copy(), h[-1].copy(), c[-1].copy()), cache


def lstm_backward(
    dy: Array | None, cache: tuple, dh_n: Array | None = None, dc_n: Array | None = None
) -> tuple:
    """Gradients of `lstm`, by backpropagation through time.

        dc_t += dh_t * o * tanh'(c_t);   di = dc_t * g, df = dc_t * c_{t-1}, dg = dc_t * i,
        do = dh_t * tanh(c_t), each times its gate's slope: da_t
        dc_{t-1} = dc_t * f;   dh_{t-1} = dy_{t-1} + da_t W_hh

    dy    : (N, L, H)  upstream gradient of y;  dh_n, dc_n : (N, H);  None for zeros
    cache : as returned by `lstm`
    Returns dx (N, L, D), dh0 (N, H), dc0 (N, H), dweight_ih, dweight_hh, dbias_ih, dbias_hh;
            None for an h0, a c0 or a bias that was None
    Raises ValueError naming both shapes if dy, dh_n or dc_n does not fit
    Source: Graves and Schmidhuber 2005, appendix A. Taught in notebooks/08_lstm_gru

    >>> (y, _, _), cache = lstm(np.ones((1, 2, 1)), None, None, np.ones((4, 1)), np.ones((4, 1)))
    >>> lstm_backward(np.ones_like(y), cache)[0].shape
    (1, 2, 1)
    """
    x, h, c, gates, weight_ih, weight_hh, (has_h0, has_c0, has_bias) = cache
    (L, N, D), H = x.shape, h.shape[-1]
    dy = upstream("lstm_backward", "dy", dy, (N, L, H), h.dtype)
    dh = upstream("lstm_backward", "dh_n", dh_n, (N, H), h.dtype).copy()
    dc = upstream("lstm_backward", "dc_n", dc_n, (N, H), h.dtype).copy()
    da = np.empty((L, N, 4, H), dtype=h.dtype)  # of the pre-activations of i, f, g, o
    for t in reversed(range(L)):
        i, f, g, o = gates[t]  # (N, H) each
        tanh_c = np.tanh(c[t + 1])
        dh += dy[:, t]  # h_t is both an output and the input of the next step
        dc += dh * o * (1 - tanh_c**2)
        da[t, :, 0] = dc * g * i * (1 - i)
        da[t, :, 1] = dc * c[t] * f * (1 - f)
        da[t, :, 2] = dc * i * (1 - g**2)
        da[t, :, 3] = dh * tanh_c * o * (1 - o)
        dc *= f  # the gradient of c_{t-1}: no weight, no squashing on its way
        np.matmul(da[t].reshape(N, 4 * H), weight_hh, out=dh)  # the gradient of h_{t-1}

    da = da.reshape(L * N, 4 * H)
    dx = (da @ weight_ih).reshape(L, N, D).swapaxes(0, 1)
    dweight_ih = da.T @ x.reshape(L * N, D)  # sums over steps and sequences
    dweight_hh = da.T @ h[:-1].reshape(L * N, H)  # row t of h[:-1] is h_{t-1}
    dbias = sum_rows(da) if has_bias else None
    dbias_hh = None if dbias is None else dbias.copy()
    dh0, dc0 = dh if has_h0 else None, dc if has_c0 else None
    return dx, dh0, dc0, dweight_ih, dweight_hh, dbias, dbias_hh
