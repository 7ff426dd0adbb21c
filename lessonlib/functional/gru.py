"""Gated recurrent unit: one layer, one direction, a whole sequence.

    h_{t-1} ──────(* z)──────(+)──► h_t        z = 1 keeps the state, z = 0 replaces it by n
                              ▲
    r, z, n  ──────────(* (1 - z) * n)

The weights hold three blocks of H rows, in torch's order: r (reset), z (update), n (candidate).
torch applies r after the recurrent product, so n's share of it needs its own bias b_hn and has
to be kept apart from the input projection. `nn.GRU` calls the same function from `_fast.recurrent`.
"""

import numpy as np

from ._sequence import check_sequence, initial_state, sum_rows, time_major, upstream
from ._types import Array
from .activations import sigmoid

__all__ = ["gru", "gru_backward"]


def gru(
    x: Array,
    h0: Array | None,
    weight_ih: Array,
    weight_hh: Array,
    bias_ih: Array | None = None,
    bias_hh: Array | None = None,
) -> tuple[tuple[Array, Array], tuple]:
    """Run one GRU layer over a sequence.   h_t = (1 - z) * n + z * h_{t-1}

        r, z = sigmoid(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh)
        n    = tanh(W_in x_t + b_in + r * q),   q = W_hn h_{t-1} + b_hn

    x  : (N, L, D)  sequences;  h0 : (N, H)  initial state, None for zeros
    weight_ih : (3H, D);  weight_hh : (3H, H);  bias_ih, bias_hh : (3H,) or None
    Returns (y (N, L, H), h_n (N, H)), cache;  y holds every h_t
    Raises ValueError naming the shape seen and the shape wanted
    Source: Cho et al. 2014, section 2.3; r after the product as in torch.nn.GRU.
    Taught in notebooks/08_lstm_gru

    >>> x, w = np.ones((1, 2, 1)), np.zeros((3, 1))
    >>> gru(x, np.ones((1, 1)), w, w)[0][1]  # z = 0.5, n = 0: the state halves at each step
    array([[0.25]])
    """
    check_sequence("gru", x, weight_ih, weight_hh, bias_ih, bias_hh, gates=3)
    (N, L, _), H = x.shape, weight_hh.shape[1]
    x = time_major(x)  # (L, N, D)
    b_ih, b_hh = (0, 0) if bias_ih is None else (bias_ih, bias_hh)  # (3H,)
    gates = np.empty((L, 3, N, H), dtype=x.dtype)  # r, z, n of every step
    h, q = np.empty((L + 1, N, H), dtype=x.dtype), np.empty((L, N, H), dtype=x.dtype)
    h[0] = initial_state("gru", h0, (N, H), x)
    for t in range(L):
        x_r, x_z, x_n = np.split(x[t] @ weight_ih.T + b_ih, 3, axis=1)  # (N, H) each
        h_r, h_z, q[t] = np.split(h[t] @ weight_hh.T + b_hh, 3, axis=1)
        r, z = sigmoid(x_r + h_r)[0], sigmoid(x_z + h_z)[0]
        n = np.tanh(x_n + r * q[t])
        h[t + 1] = (1 - z) * n + z * h[t]
        gates[t] = r, z, n
    cache = (x, h, q, gates, weight_ih, weight_hh, h0 is not None, bias_ih is not None)
    return (h[1:].swapaxes(0, 1).copy(), h[-1].copy()), cache


def gru_backward(dy: Array | None, cache: tuple, dh_n: Array | None = None) -> tuple:
    """Gradients of `gru`, by backpropagation through time.

        dn = dh_t (1 - z) * tanh';   dr = dn * q * sigmoid';   dz = dh_t (h_{t-1} - n) * sigmoid'
        dh_{t-1} = dy_{t-1} + dh_t * z + (dr, dz, dn * r) W_hh

    dy    : (N, L, H)  upstream gradient of y;  dh_n : (N, H)  of h_n;  None for zeros
    cache : as returned by `gru`
    Returns dx (N, L, D), dh0 (N, H), dweight_ih, dweight_hh, dbias_ih, dbias_hh;
            None for an h0 or a bias that was None
    Raises ValueError naming both shapes if dy or dh_n does not fit
    Source: derived from Cho et al. 2014, section 2.3. Taught in notebooks/08_lstm_gru

    >>> (y, _), cache = gru(np.ones((1, 2, 1)), None, np.ones((3, 1)), np.ones((3, 1)))
    >>> gru_backward(np.ones_like(y), cache)[0].shape
    (1, 2, 1)
    """
    x, h, q, gates, weight_ih, weight_hh, has_h0, has_bias = cache
    (L, N, D), H = x.shape, h.shape[-1]
    dy = upstream("gru_backward", "dy", dy, (N, L, H), h.dtype)
    dh = upstream("gru_backward", "dh_n", dh_n, (N, H), h.dtype).copy()
    dn = np.empty((L, N, H), dtype=h.dtype)  # of n's pre-activation
    da = np.empty((L, N, 3, H), dtype=h.dtype)  # of the recurrent products: r's, z's and q
    for t in reversed(range(L)):
        r, z, n = gates[t]  # (N, H) each
        dh += dy[:, t]  # h_t is both an output and the input of the next step
        dnew = dh * (1 - z)  # (N, H)  of n, the output of tanh
        dn[t] = dnew * (1 - n * n)
        dq = dn[t] * r  # of the product that r scales
        da[t, :, 0] = dq * q[t] * (1 - r)
        da[t, :, 1] = dnew * (h[t] - n) * z
        da[t, :, 2] = dq
        dh *= z  # the part of h_{t-1} that was kept
        dh += da[t].reshape(N, 3 * H) @ weight_hh

    da = da.reshape(L * N, 3 * H)
    dweight_hh = da.T @ h[:-1].reshape(L * N, H)  # row t of h[:-1] is h_{t-1}
    dbias_hh = sum_rows(da) if has_bias else None
    da[:, 2 * H :] = dn.reshape(L * N, H)  # the input reaches n directly, not through r
    dx = (da @ weight_ih).reshape(L, N, D).swapaxes(0, 1)
    dweight_ih = da.T @ x.reshape(L * N, D)
    dbias_ih = sum_rows(da) if has_bias else None
    return dx, dh if has_h0 else None, dweight_ih, dweight_hh, dbias_ih, dbias_hh
