"""Layers and directions: how rnn, lstm and gru are stacked into a deep, bidirectional network.

    x ──► layer 0 forward  ──┐             ┌─► layer 1 forward  ──┐
     └──► layer 0 backward ──┴─► concat ───┴─► layer 1 backward ──┴─► concat ──► y

The backward direction reads the sequence from its end; its outputs are turned round again, so that
y[:, t] joins what both directions know about step t.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ._sequence import upstream
from .checks import check_floats
from .gru import gru, gru_backward
from .lstm import lstm, lstm_backward
from .rnn import rnn, rnn_backward

__all__ = [
    "gru",
    "gru_backward",
    "lstm",
    "lstm_backward",
    "recurrent_stack",
    "recurrent_stack_backward",
    "rnn",
    "rnn_backward",
]


def recurrent_stack(
    cell: Callable,
    x: np.ndarray,
    states: Sequence[np.ndarray | None],
    weights: Sequence[tuple],
    bidirectional: bool = False,
    **options: Any,
) -> tuple[tuple[np.ndarray, ...], tuple]:
    """Run a stack of recurrent layers; each reads the outputs of the one below.

    cell    : `rnn`, `lstm` or `gru`, or a function with their arguments;  x : (N, L, D)
    states  : one initial state (`lstm`: two), each (layers * directions, N, H) or None for zeros
    weights : (weight_ih, weight_hh, bias_ih, bias_hh) for layer 0 forward, layer 0 backward, ...
    options : of the cell, such as nonlinearity
    Returns (y (N, L, directions * H), h_n (layers * directions, N, H), for `lstm` also c_n), cache
    Raises ValueError naming the shape seen and the shape wanted
    Source: Schuster and Paliwal 1997, Bidirectional recurrent neural networks.
    Taught in notebooks/07_recurrent_networks

    >>> w = (np.ones((1, 1)), np.ones((1, 1)), None, None)
    >>> (y, h_n), _ = recurrent_stack(rnn, np.ones((5, 3, 1)), [None], [w])
    >>> y.shape, h_n.shape
    ((5, 3, 1), (1, 5, 1))
    """
    _check_stack(cell.__name__, x, states, (len(weights), len(x), weights[0][1].shape[1]))
    directions = 2 if bidirectional else 1
    finals, caches = [], []
    for first in range(0, len(weights), directions):
        outputs = []
        for direction in range(directions):
            k = first + direction
            turn = slice(None, None, -1 if direction else 1)
            state = [s if s is None else s[k] for s in states]
            (y, *final), cache = cell(x[:, turn], *state, *weights[k], **options)
            outputs.append(y[:, turn])  # (N, L, H)
            finals.append(final)
            caches.append(cache)
        x = np.concatenate(outputs, axis=2) if bidirectional else outputs[0]
    finals = [np.stack(final) for final in zip(*finals, strict=True)]
    return (x, *finals), (caches, directions, x.shape, finals[0].shape)


def recurrent_stack_backward(
    cell_backward: Callable,
    dy: np.ndarray | None,
    cache: tuple,
    dfinals: Sequence[np.ndarray | None],
) -> tuple[np.ndarray, list[np.ndarray | None], list[tuple]]:
    """Gradients of `recurrent_stack`: the layers from the last to the first.

    cell_backward : `rnn_backward`, `lstm_backward` or `gru_backward`
    dy      : (N, L, directions * H)  upstream gradient of y, None for zeros
    cache   : of the forward pass
    dfinals : of h_n (`lstm`: and c_n), each (layers * directions, N, H), or None for zeros
    Returns dx (N, L, D), dstates (each like its state, or None), dweights (in the order of weights)
    Raises ValueError naming both shapes if dy or one of dfinals does not fit
    Source: Schuster and Paliwal 1997, Bidirectional recurrent neural networks.
    Taught in notebooks/07_recurrent_networks

    >>> w = (np.ones((1, 1)), np.ones((1, 1)), None, None)
    >>> (y, h_n), cache = recurrent_stack(rnn, np.ones((5, 3, 1)), [None], [w])
    >>> recurrent_stack_backward(rnn_backward, y, cache, [h_n])[0].shape
    (5, 3, 1)
    """
    caches, directions, y_shape, final_shape = cache
    name, dtype = cell_backward.__name__, caches[0][0].dtype
    dy = upstream(name, "dy", dy, y_shape, dtype)
    upstreams = [upstream(name, "dh_n or dc_n", d, final_shape, dtype) for d in dfinals]
    results = [()] * len(caches)
    for first in reversed(range(0, len(caches), directions)):
        parts = np.split(dy, directions, axis=2)  # (N, L, H) each
        dxs = []
        for direction, part in enumerate(parts):
            k = first + direction
            turn = slice(None, None, -1 if direction else 1)
            dfinal = [d[k] for d in upstreams]
            dx, *results[k] = cell_backward(part[:, turn], caches[k], *dfinal)
            dxs.append(dx[:, turn])
        dy = dxs[0] + dxs[1] if directions == 2 else dxs[0]  # both directions read the same x
    count = len(dfinals)
    dstates = [
        None if r[0] is None else np.stack(r)
        for r in zip(*(r[:count] for r in results), strict=True)
    ]
    return dy, dstates, [tuple(r[count:]) for r in results]


def _check_stack(
    name: str, x: np.ndarray, states: Sequence[np.ndarray | None], wanted: tuple[int, int, int]
) -> None:
    check_floats(name, x=x)
    if x.ndim != 3:
        raise ValueError(f"{name}: x must have shape (N, L, D), got {x.shape}")
    for state in states:
        if state is not None and np.shape(state) != wanted:
            raise ValueError(
                f"{name}: initial state has shape {np.shape(state)}, wanted "
                f"(layers * directions, N, H) = {wanted}"
            )
