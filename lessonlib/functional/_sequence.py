"""What rnn, lstm and gru share: early errors, the initial state, time as the first axis."""

import numpy as np

from ._types import Array
from .checks import check_floats


def check_sequence(
    name: str,
    x: Array,
    weight_ih: Array,
    weight_hh: Array,
    bias_ih: Array | None,
    bias_hh: Array | None,
    gates: int,
) -> None:
    """Raise ValueError unless the shapes fit together; `gates` blocks of H rows in each weight."""
    check_floats(
        name, x=x, weight_ih=weight_ih, weight_hh=weight_hh, bias_ih=bias_ih, bias_hh=bias_hh
    )
    if x.ndim != 3:
        raise ValueError(f"{name}: x must have shape (N, L, D), got {x.shape}")
    if x.shape[1] == 0:
        raise ValueError(f"{name}: a sequence needs at least one step, got x of shape {x.shape}")
    hidden = weight_hh.shape[1]
    rows = gates * hidden
    arrays = {"weight_ih": weight_ih, "weight_hh": weight_hh}
    wanted: dict[str, tuple[int, ...]] = {
        "weight_ih": (rows, x.shape[2]),
        "weight_hh": (rows, hidden),
    }
    if (bias_ih is None) != (bias_hh is None):
        raise ValueError(f"{name}: give both bias_ih and bias_hh, or neither")
    if bias_ih is not None and bias_hh is not None:
        arrays |= {"bias_ih": bias_ih, "bias_hh": bias_hh}
        wanted |= {"bias_ih": (rows,), "bias_hh": (rows,)}
    for key, array in arrays.items():
        if array.shape != wanted[key]:
            raise ValueError(
                f"{name}: {key} has shape {array.shape}, wanted {wanted[key]} for x {x.shape}"
            )


def initial_state(name: str, state: Array | None, shape: tuple[int, int], x: Array) -> Array | int:
    """Return the state, or 0 for None; raise where its shape is not (N, H), its dtype not x's."""
    if state is None:
        return 0
    check_floats(name, x=x, state=state)
    if state.shape != shape:
        raise ValueError(f"{name}: initial state has shape {state.shape}, wanted (N, H) = {shape}")
    return state


def upstream(
    name: str, key: str, gradient: Array | None, shape: tuple[int, ...], dtype: np.dtype
) -> Array:
    """Return the gradient, zeros for None; raise ValueError where its shape is another."""
    if gradient is None:
        return np.zeros(shape, dtype=dtype)
    if gradient.shape != shape:
        raise ValueError(f"{name}: {key} has shape {gradient.shape}, wanted {shape}")
    return gradient


def time_major(x: Array) -> Array:
    """(N, L, D) -> (L, N, D), contiguous: the rows of one step then lie side by side in memory."""
    return np.ascontiguousarray(x.swapaxes(0, 1))


def sum_rows(a: Array) -> Array:
    """a.sum(axis=0) of (rows, H), as a product with ones: the gradient of a bias.

    >>> sum_rows(np.ones((3, 2)))
    array([3., 3.])
    """
    return np.ones(len(a), dtype=a.dtype) @ a
