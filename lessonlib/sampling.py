"""From logits to the next token: greedy, temperature, top-k, top-p."""

import numpy as np


def distribution(
    logits: np.ndarray,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
) -> np.ndarray:
    """The distribution that `sample` draws from.   p = softmax(logits / T), cut, scaled to sum 1

    logits      : (..., V), any real numbers; -inf means never
    temperature : T >= 0, finite; T = 0 is greedy, all weight on the largest (the first of equals)
    top_k       : keep the k largest
    top_p       : keep the fewest largest whose probabilities reach p; at least one.
                  Applied after temperature and top_k
    Returns (..., V), in the dtype of logits
    Raises ValueError for NaN, nothing but -inf, k < 1 or no whole number, p outside (0, 1],
    T < 0, T infinite or NaN, or T that the dtype of logits rounds to 0 or to infinity
    Source: Fan et al. 2018 (top-k); Holtzman et al. 2020 (top-p).
    Taught in notebooks/10_transformer

    >>> distribution(np.log([0.5, 0.3, 0.2]), top_k=2).round(3)
    array([0.625, 0.375, 0.   ])
    """
    logits = np.asarray(logits)
    _refuse(logits, temperature, top_k, top_p)
    if temperature == 0:
        return (np.arange(logits.shape[-1]) == logits.argmax(-1)[..., None]).astype(logits.dtype)
    with np.errstate(over="ignore"):  # far below the largest, near T = 0: -inf, weight 0
        z = (logits - logits.max(-1, keepdims=True)) / temperature  # (..., V), largest 0
    p = np.exp(z)
    p /= p.sum(-1, keepdims=True)
    if top_k is None and top_p is None:
        return p
    order = np.argsort(-p, axis=-1, kind="stable")  # the first of equals first
    ranked = np.take_along_axis(p, order, -1)
    if top_k is not None:
        ranked[..., top_k:] = 0
        ranked /= ranked.sum(-1, keepdims=True)
    if top_p is not None:
        before = np.cumsum(ranked, -1) - ranked  # weight of all that come earlier
        before[..., 0] = 0
        ranked[before >= top_p] = 0
    cut = np.zeros_like(p)
    np.put_along_axis(cut, order, ranked, -1)
    return cut / cut.sum(-1, keepdims=True)


def sample(
    logits: np.ndarray,
    rng: np.random.Generator,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
) -> np.ndarray | np.int64:
    """Draw one token id from each row of logits (..., V).

    Returns ids (...), int64; a single number for logits (V,)
    Options and errors as in `distribution`. Taught in notebooks/07_recurrent_networks

    >>> int(sample(np.array([0.0, 9.0, 1.0]), np.random.default_rng(0), temperature=0))
    1
    """
    p = distribution(logits, temperature, top_k, top_p)
    edges = np.cumsum(p, axis=-1, dtype=np.float64)
    edges /= edges[..., -1:]  # the last is exactly 1, a draw is below it
    ids = (edges <= rng.random((*p.shape[:-1], 1))).sum(-1)
    return np.int64(ids) if ids.ndim == 0 else ids


def _refuse(logits: np.ndarray, temperature: float, top_k: int | None, top_p: float | None) -> None:
    if not np.issubdtype(logits.dtype, np.floating):
        raise ValueError(f"sampling: logits of dtype {logits.dtype}, wanted floating point")
    if logits.size == 0:
        raise ValueError(f"sampling: logits of shape {logits.shape}, wanted at least one token")
    if logits.ndim < 1 or not (np.isfinite(logits.max(-1)).all()):
        raise ValueError(
            f"sampling: logits of shape {logits.shape}, wanted at least one axis, and in each row "
            "a finite largest value and no NaN"
        )
    _refuse_temperature(temperature, logits.dtype)
    if top_k is not None and not (isinstance(top_k, int | np.integer) and top_k >= 1):
        raise ValueError(f"sampling: top_k {top_k}, wanted a whole number, 1 or more")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError(f"sampling: top_p {top_p}, wanted above 0 and at most 1")


def _refuse_temperature(temperature: float, dtype: np.dtype) -> None:
    if not 0 <= temperature < np.inf:
        raise ValueError(f"sampling: temperature {temperature}, wanted a finite number, 0 or more")
    with np.errstate(over="ignore", under="ignore"):
        rounded = np.asarray(temperature, np.float64).astype(dtype)
    if temperature > 0 and not 0 < rounded < np.inf:
        raise ValueError(
            f"sampling: temperature {temperature} is {rounded} in {dtype}, the dtype of logits; "
            "wanted 0 for greedy, or a number that it can hold"
        )
