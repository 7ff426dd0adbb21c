"""The forward passes of RNN, LSTM and GRU.

Only `h_{t-1} -> h_t` has to wait for the step before: W_ih x_t is one matrix product for all steps.
"""

import numpy as np

from .._sequence import check_sequence, initial_state, time_major
from .._types import Array
from ..rnn import _check_nonlinearity


def rnn(
    x: Array,
    h0: Array | None,
    weight_ih: Array,
    weight_hh: Array,
    bias_ih: Array | None = None,
    bias_hh: Array | None = None,
    nonlinearity: str = "tanh",
) -> tuple[tuple[Array, Array], tuple]:
    """`lessonlib.functional.rnn`; its backward function takes this cache, too.

    >>> x, w = np.ones((1, 3, 1)), np.ones((1, 1))
    >>> rnn(x, None, w, w, nonlinearity="relu")[0][0].ravel()
    array([1., 2., 3.])
    """
    _check_nonlinearity(nonlinearity)
    check_sequence("rnn", x, weight_ih, weight_hh, bias_ih, bias_hh, gates=1)
    (N, L, D), H = x.shape, weight_hh.shape[1]
    x = time_major(x)  # (L, N, D)
    h = np.empty((L + 1, N, H), dtype=x.dtype)
    h[0] = initial_state("rnn", h0, (N, H), x)
    np.matmul(x.reshape(L * N, D), weight_ih.T, out=h[1:].reshape(L * N, H))  # W_ih x_t for all t
    if bias_ih is not None:
        h[1:] += bias_ih + bias_hh
    recurrent = weight_hh.T.copy()  # (H, H), turned once: each product reads it row by row
    for t in range(L):
        h[t + 1] += h[t] @ recurrent  # (N, H)
        if nonlinearity == "tanh":
            np.tanh(h[t + 1], out=h[t + 1])
        else:
            np.maximum(h[t + 1], 0, out=h[t + 1])
    cache = (x, h, weight_ih, weight_hh, nonlinearity, h0 is not None, bias_ih is not None)
    return (h[1:].swapaxes(0, 1).copy(), h[-1].copy()), cache


def lstm(
    x: Array,
    h0: Array | None,
    c0: Array | None,
    weight_ih: Array,
    weight_hh: Array,
    bias_ih: Array | None = None,
    bias_hh: Array | None = None,
) -> tuple[tuple[Array, Array, Array], tuple]:
    """`lessonlib.functional.lstm`; its backward function takes this cache, too.

    >>> x, w_ih, w_hh = np.ones((1, 2, 1)), np.zeros((4, 1)), np.zeros((4, 1))
    >>> lstm(x, None, np.ones((1, 1)), w_ih, w_hh)[0][2]
    array([[0.25]])
    """
    check_sequence("lstm", x, weight_ih, weight_hh, bias_ih, bias_hh, gates=4)
    (N, L, D), H = x.shape, weight_hh.shape[1]
    x = time_major(x)  # (L, N, D)
    # sigmoid(a) = (1 + tanh(a / 2)) / 2: with a halved for i, f, o, one tanh serves all four gates.
    scale = np.array([0.5, 0.5, 1, 0.5], dtype=x.dtype).reshape(4, 1, 1)
    gates = x.reshape(L * N, D) @ _gate_matrices(weight_ih, scale)  # (4, L N, H): W_ih x_t, all t
    if bias_ih is not None:
        gates += scale * (bias_ih + bias_hh).reshape(4, 1, H)
    gates = gates.reshape(4, L, N, H).swapaxes(0, 1)  # (L, 4, N, H)
    recurrent = _gate_matrices(weight_hh, scale)  # (4, H, H)
    h, c = np.empty((2, L + 1, N, H), dtype=x.dtype)
    h[0] = initial_state("lstm", h0, (N, H), x)
    c[0] = initial_state("lstm", c0, (N, H), x)
    for t in range(L):
        gate = gates[t]  # (4, N, H)
        gate += h[t] @ recurrent
        np.tanh(gate, out=gate)
        gate *= scale
        gate += 1 - scale  # i, f, o in (0, 1); g unchanged, in (-1, 1)
        i, f, g, o = gate  # (N, H) each
        c[t + 1] = f * c[t] + i * g
        h[t + 1] = o * np.tanh(c[t + 1])
    given = (h0 is not None, c0 is not None, bias_ih is not None)
    cache = (x, h, c, gates, weight_ih, weight_hh, given)
    return (h[1:].swapaxes(0, 1).copy(), h[-1].copy(), c[-1].copy()), cache


def gru(
    x: Array,
    h0: Array | None,
    weight_ih: Array,
    weight_hh: Array,
    bias_ih: Array | None = None,
    bias_hh: Array | None = None,
) -> tuple[tuple[Array, Array], tuple]:
    """`lessonlib.functional.gru`; its backward function takes this cache, too.

    >>> x, w = np.ones((1, 2, 1)), np.zeros((3, 1))
    >>> gru(x, np.ones((1, 1)), w, w)[0][1]
    array([[0.25]])
    """
    check_sequence("gru", x, weight_ih, weight_hh, bias_ih, bias_hh, gates=3)
    (N, L, D), H = x.shape, weight_hh.shape[1]
    x = time_major(x)  # (L, N, D)
    # sigmoid(a) = (1 + tanh(a / 2)) / 2, which cannot overflow; a is halved by halving weights.
    scale = np.array([0.5, 0.5, 1], dtype=x.dtype).reshape(3, 1, 1)
    gates = x.reshape(L * N, D) @ _gate_matrices(weight_ih, scale)  # (3, L N, H): W_ih x_t, all t
    b_hn: Array | int = 0
    if bias_ih is not None and bias_hh is not None:
        b_hr_hz, b_hn = np.split(bias_hh, [2 * H])  # b_hn has to wait: r scales it
        gates += scale * (bias_ih + np.pad(b_hr_hz, (0, H))).reshape(3, 1, H)
    gates = gates.reshape(3, L, N, H).swapaxes(0, 1)  # (L, 3, N, H)
    recurrent = _gate_matrices(weight_hh, scale)  # (3, H, H)
    h, q = np.empty((L + 1, N, H), dtype=x.dtype), np.empty((L, N, H), dtype=x.dtype)
    h[0] = initial_state("gru", h0, (N, H), x)
    for t in range(L):
        products = h[t] @ recurrent  # (3, N, H)
        rz, n = gates[t, :2], gates[t, 2]
        rz += products[:2]
        np.tanh(rz, out=rz)
        rz *= 0.5
        rz += 0.5
        r, z = rz  # (N, H) each
        q[t] = products[2] + b_hn
        n += r * q[t]
        np.tanh(n, out=n)
        h[t + 1] = n + z * (h[t] - n)  # = (1 - z) n + z h
    cache = (x, h, q, gates, weight_ih, weight_hh, h0 is not None, bias_ih is not None)
    return (h[1:].swapaxes(0, 1).copy(), h[-1].copy()), cache


def _gate_matrices(weight: Array, scale: Array) -> Array:
    """(gates H, D) -> (gates, D, H): one matrix for each gate, times its scale (gates, 1, 1)."""
    gates, rows = len(scale), len(weight)
    return (weight.reshape(gates, rows // gates, -1) * scale).swapaxes(1, 2).copy()
