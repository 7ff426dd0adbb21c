"""Losses: `loss = criterion(output, target)`, then `model.backward(criterion.backward())`.

A criterion stacks caches like any layer. Where no backward will follow, such as on validation data,
call `.eval()` on it first or use the pair in `lessonlib.functional`.
"""

from typing import Any

import numpy as np

from .. import functional as F
from ..functional import _fast
from .pair import PairModule


class Loss(PairModule):
    """Base of the losses: `backward()` starts from d loss / d loss = 1.

    Raises ValueError for a reduction that the loss does not have
    """

    reductions: tuple[str, ...] = ("mean", "sum", "none")

    def __init__(self, *, reduction: str = "mean", **options: Any) -> None:
        if reduction not in self.reductions:
            wanted = " or ".join(map(repr, self.reductions))
            raise ValueError(f"{type(self).__name__}: reduction={reduction!r}, wanted {wanted}")
        super().__init__(**{**options, "reduction": reduction})

    def backward(self, dy: Any = 1.0) -> np.ndarray:
        """Gradient for the predictions; dy is needed only with reduction="none"."""
        return self.pair[1](dy, self._pop())


class MSELoss(Loss):
    """Mean squared error.   loss = mean (x - target)^2

    >>> float(MSELoss()(np.ones(2), np.zeros(2)))
    1.0
    """

    pair = (F.mse_loss, F.mse_loss_backward)

    def __init__(self, *, reduction: str = "mean") -> None:
        super().__init__(reduction=reduction)


class BCEWithLogitsLoss(Loss):
    """Cross-entropy of a sigmoid.   loss = -mean (t log s(x) + (1 - t) log(1 - s(x)))

    weight, pos_weight : factors on all entries and on the positive part, broadcast against x

    >>> float(BCEWithLogitsLoss()(np.array([-1000.0]), np.array([1.0])))
    1000.0
    """

    pair = (F.binary_cross_entropy_with_logits, F.binary_cross_entropy_with_logits_backward)

    def __init__(
        self,
        weight: np.ndarray | None = None,
        *,
        reduction: str = "mean",
        pos_weight: np.ndarray | None = None,
    ) -> None:
        super().__init__(weight=weight, reduction=reduction, pos_weight=pos_weight)


class CrossEntropyLoss(Loss):
    """Cross-entropy of a softmax over classes.   loss_n = -log softmax(x_n)[target_n]

    Called with scores (N, C) and class indices (N,)

    >>> round(float(CrossEntropyLoss()(np.zeros((1, 4)), np.array([2]))), 4)
    1.3863
    """

    pair = (_fast.cross_entropy, _fast.cross_entropy_backward)

    def __init__(
        self,
        weight: np.ndarray | None = None,
        *,
        ignore_index: int = -100,
        reduction: str = "mean",
        label_smoothing: float = 0.0,
    ) -> None:
        if not 0 <= label_smoothing <= 1:
            raise ValueError(f"CrossEntropyLoss: label_smoothing={label_smoothing}, wanted 0 to 1")
        super().__init__(
            weight=weight,
            ignore_index=ignore_index,
            reduction=reduction,
            label_smoothing=label_smoothing,
        )


class NLLLoss(Loss):
    """Negative log likelihood of log probabilities.   loss_n = -x_n[target_n]

    >>> float(NLLLoss()(np.array([[-0.5, -2.0]]), np.array([1])))
    2.0
    """

    pair = (F.nll_loss, F.nll_loss_backward)

    def __init__(
        self,
        weight: np.ndarray | None = None,
        *,
        ignore_index: int = -100,
        reduction: str = "mean",
    ) -> None:
        super().__init__(weight=weight, ignore_index=ignore_index, reduction=reduction)


class KLDivLoss(Loss):
    """Kullback-Leibler divergence of log probabilities from a target.   loss = mean t (log t - x)

    reduction : "batchmean" gives the divergence itself

    >>> round(
    ...     float(KLDivLoss(reduction="batchmean")(np.log([[0.5, 0.5]]), np.array([[1.0, 0.0]]))), 4
    ... )
    0.6931
    """

    pair = (F.kl_div, F.kl_div_backward)
    reductions = (*Loss.reductions, "batchmean")

    def __init__(self, *, reduction: str = "mean", log_target: bool = False) -> None:
        super().__init__(reduction=reduction, log_target=log_target)
