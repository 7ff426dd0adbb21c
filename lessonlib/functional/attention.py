"""Attention: every query asks all keys, and takes the values of those that answer.

query ──┐
        ├─► q k^T / sqrt(E) ─► + mask ─► softmax ─► weights ─► weights · v ─► y
key ────┘                                              ▲
value ─────────────────────────────────────────────────┘
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ._types import Projection
from .checks import check_floats, check_gradient
from .dropout import dropout, dropout_backward
from .linear import linear, linear_backward

__all__ = [
    "additive_mask",
    "multihead_attention",
    "multihead_attention_backward",
    "scaled_dot_product_attention",
    "scaled_dot_product_attention_backward",
]


def additive_mask(mask: np.ndarray, dtype: Any) -> np.ndarray:
    """Turn a mask into what is added to the scores.   True (may attend) -> 0,  False -> -inf

    mask : boolean, or floats, which are returned as they are in the dtype asked for
    Raises TypeError for any other dtype. Taught in notebooks/09_attention

    >>> additive_mask(np.array([True, False]), np.float32)
    array([  0., -inf], dtype=float32)
    """
    if mask.dtype == bool:
        return np.where(mask, 0, -np.inf).astype(dtype)
    if mask.dtype.kind != "f":
        raise TypeError(f"attention: a mask must be boolean or floats, got {mask.dtype}")
    return mask.astype(dtype, copy=False)


def scaled_dot_product_attention(
    query: np.ndarray,
    key: np.ndarray,
    value: np.ndarray,
    attn_mask: np.ndarray | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    rng: np.random.Generator | None = None,
) -> tuple[tuple[np.ndarray, np.ndarray], tuple]:
    """Weighted means of the values.   y = softmax(q k^T / sqrt(E) + mask) v

    query (..., L, E);  key (..., S, E);  value (..., S, V);  equal leading axes, such as (N, heads)
    attn_mask : broadcasts to (..., L, S);  boolean: True may attend;  floats: added to the scores
    dropout_p : share of the weights set to 0, the others grow by 1 / (1 - p);  needs rng
    is_causal : position l sees only positions s <= l;  scale : instead of 1 / sqrt(E)
    Returns (y (..., L, V), weights (..., L, S)), cache. A query that may attend to nothing gets
            weights 0 and y = 0, as from torch.nn.functional.scaled_dot_product_attention
    Raises ValueError naming the shapes that do not fit, TypeError where dtypes differ
    Source: Vaswani et al. 2017, section 3.2.1. Taught in notebooks/09_attention

    >>> q, k, v = np.zeros((1, 2, 4)), np.zeros((1, 2, 4)), np.array([[[1.0], [3.0]]])
    >>> scaled_dot_product_attention(q, k, v, is_causal=True)[0][0].ravel()
    array([1., 2.])
    """
    _check_attention(query, key, value, attn_mask)
    L, E = query.shape[-2:]
    scale = 1 / math.sqrt(E) if scale is None else scale  # keeps the scores' spread near 1
    scores = (query * scale) @ key.swapaxes(-1, -2)  # (..., L, S)
    if is_causal:
        scores += additive_mask(np.tri(L, key.shape[-2], dtype=bool), scores.dtype)
    if attn_mask is not None:
        scores += additive_mask(attn_mask, scores.dtype)

    # Softmax. Without the maximum, exp overflows; a row of -inf has none to subtract.
    highest = scores.max(axis=-1, keepdims=True)  # (..., L, 1)
    weights = np.exp(scores - np.where(np.isneginf(highest), 0, highest))  # (..., L, S)
    # The highest score adds exp(0) = 1, so a sum below 1 means "nothing to attend to".
    weights /= np.maximum(weights.sum(axis=-1, keepdims=True), 1)

    used, dropout_cache = dropout(weights, dropout_p, rng=rng)  # weights itself where p is 0
    used.flags.writeable = False  # the backward pass reads it too
    return (used @ value, used), (query, key, value, weights, used, dropout_cache, scale)


def scaled_dot_product_attention_backward(
    dy: np.ndarray, cache: tuple, dweights: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of attention.   dv = P^T dy;  dP = dy v^T;  dS = P * (dP - sum_s dP * P)

        dq = dS k / sqrt(E);   dk = dS^T q / sqrt(E)

    dy       : (..., L, V)  upstream gradient
    cache    : as returned by `scaled_dot_product_attention`
    dweights : (..., L, S)  upstream gradient of the weights, None for zeros
    Returns dquery (..., L, E), dkey (..., S, E), dvalue (..., S, V)
    Raises ValueError naming both shapes if dy does not have the shape of y
    Source: Vaswani et al. 2017, section 3.2.1, differentiated. Taught in notebooks/09_attention
    """
    query, key, value, weights, used, dropout_cache, scale = cache
    check_gradient(
        "scaled_dot_product_attention_backward", dy, (*query.shape[:-1], value.shape[-1])
    )
    dvalue = used.swapaxes(-1, -2) @ dy  # (..., S, V)
    dP = dy @ value.swapaxes(-1, -2)  # (..., L, S)
    if dweights is not None:
        dP = dP + dweights
    dP = dropout_backward(dP, dropout_cache)
    # Softmax: raising one weight lowers the others of its row. A masked weight is 0: no gradient.
    dS = weights * (dP - np.vecdot(dP, weights)[..., None]) * scale  # (..., L, S)
    return dS @ key, dS.swapaxes(-1, -2) @ query, dvalue  # (..., L, E), (..., S, E), (..., S, V)


def multihead_attention(
    query: np.ndarray,
    key: np.ndarray,
    value: np.ndarray,
    projections: tuple[Projection, ...],
    num_heads: int,
    **options: Any,
) -> tuple[tuple[np.ndarray, np.ndarray], tuple]:
    """Attention in several subspaces at once.   y = concat(head_1 .. head_h) W_o^T + b_o

    query (N, L, E);  key (N, S, K);  value (N, S, V)
    projections : (weight, bias or None) for query (E, E), key (E, K), value (E, V), output (E, E)
    num_heads   : divides E
    options     : of `scaled_dot_product_attention`; masks broadcast to (N, heads, L, S)
    Returns (y (N, L, E), weights (N, heads, L, S)), cache
    Raises ValueError naming the shapes that do not fit
    Source: Vaswani et al. 2017, section 3.2.2. Taught in notebooks/09_attention

    >>> x, eye = np.ones((1, 3, 4)), (np.eye(4), None)
    >>> multihead_attention(x, x, x, (eye,) * 4, num_heads=2)[0][1].shape
    (1, 2, 3, 3)
    """
    check_batched(query, key, value)
    heads, caches = [], []
    for x, (weight, bias) in zip((query, key, value), projections[:3], strict=True):
        projected, cache = linear(x, weight, bias)  # (N, length, E)
        heads.append(_split_heads(projected, num_heads))  # (N, heads, length, E / heads)
        caches.append(cache)
    q, k, v = heads
    (y, weights), attention_cache = scaled_dot_product_attention(q, k, v, **options)
    y, out_cache = linear(_merge_heads(y), *projections[3])
    return (y, weights), (caches, attention_cache, out_cache, num_heads)


def multihead_attention_backward(dy: np.ndarray, cache: tuple) -> tuple:
    """Gradients of `multihead_attention`: the forward pass, step by step from its end.

    dy : (N, L, E)  upstream gradient;  cache : as returned by `multihead_attention`
    Returns dquery (N, L, E), dkey (N, S, K), dvalue (N, S, V) and
            ((dweight, dbias or None) for query, key, value, output). In self-attention, where all
            three inputs are one x, its gradient is the sum of the first three
    Raises ValueError naming both shapes if dy does not have the shape of y
    Source: Vaswani et al. 2017, section 3.2.2, differentiated. Taught in notebooks/09_attention
    """
    caches, attention_cache, out_cache, num_heads = cache
    dmerged, *dout = linear_backward(dy, out_cache)
    dheads = scaled_dot_product_attention_backward(
        _split_heads(dmerged, num_heads), attention_cache
    )
    dinputs, dprojections = [], []
    for dhead, linear_cache in zip(dheads, caches, strict=True):
        dx, *dprojection = linear_backward(_merge_heads(dhead), linear_cache)
        dinputs.append(dx)
        dprojections.append(tuple(dprojection))
    return *dinputs, (*dprojections, tuple(dout))


def check_batched(query: np.ndarray, key: np.ndarray, value: np.ndarray) -> None:
    """Raise ValueError unless all three are (N, length, features), TypeError where dtypes differ.

    >>> check_batched(*[np.ones((2, 3, 4))] * 3)
    """
    check_floats("multihead_attention", query=query, key=key, value=value)
    for name, x in (("query", query), ("key", key), ("value", value)):
        if x.ndim != 3:
            raise ValueError(
                f"multihead_attention: {name} must be (N, length, features), got {x.shape}"
            )


def _split_heads(x: np.ndarray, num_heads: int) -> np.ndarray:
    N, L, E = x.shape
    return x.reshape(N, L, num_heads, E // num_heads).swapaxes(1, 2)  # (N, heads, L, E / heads)


def _merge_heads(x: np.ndarray) -> np.ndarray:
    N, heads, L, E = x.shape
    return x.swapaxes(1, 2).reshape(N, L, heads * E)


def _check_attention(
    query: np.ndarray,
    key: np.ndarray,
    value: np.ndarray,
    attn_mask: np.ndarray | None,
) -> None:
    check_floats("scaled_dot_product_attention", query=query, key=key, value=value)
    seen = f"got query {query.shape}, key {key.shape}, value {value.shape}"
    if min(query.ndim, key.ndim, value.ndim) < 2 or not (
        query.shape[:-2] == key.shape[:-2] == value.shape[:-2]
        and query.shape[-1] == key.shape[-1]
        and key.shape[-2] == value.shape[-2]
    ):
        raise ValueError(
            "scaled_dot_product_attention: wanted query (..., L, E), key (..., S, E), "
            f"value (..., S, V) with equal leading axes, {seen}"
        )
    if key.shape[-2] == 0:
        raise ValueError(f"scaled_dot_product_attention: there is no key to attend to, {seen}")
    scores = (*query.shape[:-1], key.shape[-2])
    if attn_mask is not None and not _broadcasts_to(attn_mask.shape, scores):
        raise ValueError(
            f"scaled_dot_product_attention: attn_mask {attn_mask.shape} does not broadcast to the "
            f"scores (..., L, S) = {scores}"
        )


def _broadcasts_to(shape: tuple[int, ...], target: tuple[int, ...]) -> bool:
    from_the_end = zip(reversed(shape), reversed(target), strict=False)
    return len(shape) <= len(target) and all(size in (1, full) for size, full in from_the_end)
