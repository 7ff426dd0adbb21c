"""What several exercises of lesson 10 share: the softmax that wrong answers use."""

import numpy as np


def softmax(scores: np.ndarray, axis: int = 1) -> np.ndarray:
    """Softmax along an axis."""
    weights = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return weights / weights.sum(axis=axis, keepdims=True)
