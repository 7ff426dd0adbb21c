"""Early errors: each names the operation, what it saw and what it wanted."""

import numpy as np


def check_floats(operation: str, **arrays: np.ndarray | None) -> None:
    """Raise TypeError unless all arrays (None is passed over) share one floating dtype.

    NumPy would turn a float32 network into float64 at the first stray array, at twice the time.

    >>> check_floats("linear", x=np.ones(3), bias=None)
    """
    first = None
    for name, array in arrays.items():
        if array is None:
            continue
        kind = getattr(array, "dtype", type(array).__name__)  # NumPy scalars have a dtype, too
        if not isinstance(array, (np.ndarray, np.floating)) or array.dtype.kind != "f":
            raise TypeError(f"{operation}: {name} is {kind}, wanted a NumPy array of floats")
        if first is None:
            first = name, array.dtype
        elif array.dtype != first[1]:
            raise TypeError(
                f"{operation}: {first[0]} is {first[1]} but {name} is {array.dtype}; "
                f"convert one of them with .astype(), nothing is converted silently"
            )


def check_gradient(operation: str, dy: np.ndarray, shape: tuple[int, ...]) -> None:
    """Raise ValueError unless the upstream gradient has the shape of the forward output.

    >>> check_gradient("relu_backward", np.ones((2, 3)), (2, 3))
    """
    if np.shape(dy) != shape:
        raise ValueError(
            f"{operation}: dy has shape {np.shape(dy)}, the forward output had {shape}"
        )
