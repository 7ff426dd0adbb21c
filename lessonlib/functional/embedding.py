"""Embedding: a table of vectors, one for each token."""

from typing import Any

import numpy as np

from .checks import check_floats, check_gradient


def embedding(
    indices: np.ndarray, weight: np.ndarray, padding_idx: int | None = None
) -> tuple[np.ndarray, Any]:
    """Look up one row for each index.   y[n] = weight[indices[n]]

    indices     : integers of any shape, 0 <= index < V
    weight      : (V, D)
    padding_idx : a row that gets no gradient
    Returns y (*indices.shape, D) and the cache
    Raises TypeError for indices that are no integers, ValueError for one outside the table
    Source: Bengio et al. 2003, section 2. Taught in notebooks/07_recurrent_networks

    >>> embedding(np.array([1, 1]), np.array([[0.0, 0.5], [2.0, 3.0]]))[0]
    array([[2., 3.], [2., 3.]])
    """
    check_floats("embedding", weight=weight)
    indices = np.asarray(indices)
    if indices.dtype.kind not in "iu":
        raise TypeError(f"embedding: indices are {indices.dtype}, wanted integers")
    if weight.ndim != 2:
        raise ValueError(f"embedding: weight {weight.shape}, wanted (V, D)")
    if indices.size and not 0 <= indices.min() <= indices.max() < len(weight):
        raise ValueError(
            f"embedding: indices {indices.min()}..{indices.max()}, wanted 0..{len(weight) - 1}"
        )
    return weight[indices], (indices, weight.shape, padding_idx)


def embedding_backward(dy: np.ndarray, cache: Any) -> np.ndarray:
    """Gradient for the table.   dweight[v] = sum of dy[n] over all n with indices[n] = v

    dy : (*indices.shape, D); returns dweight (V, D); indices get none

    >>> _, cache = embedding(np.array([1, 1]), np.zeros((2, 1)))
    >>> embedding_backward(np.array([[2.0], [3.0]]), cache)
    array([[0.], [5.]])
    """
    indices, shape, padding_idx = cache
    check_gradient("embedding_backward", dy, (*indices.shape, shape[1]))
    dweight = np.zeros(shape, dy.dtype)
    # `dweight[indices] += dy` would count an index that comes twice only once, so add.at is needed.
    np.add.at(dweight, indices, dy)
    if padding_idx is not None:
        dweight[padding_idx] = 0
    return dweight
