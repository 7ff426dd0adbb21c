"""What a training run leaves behind, and the criterion that ends one early."""

import math
from dataclasses import dataclass, field


@dataclass
class History:
    """The numbers of one call of `fit`, also when it was interrupted.

    steps      : one dict a batch: loss, lr, and grad_norm where gradients are clipped
    epochs     : one dict a finished epoch: loss, metrics, lr, and val_... with a validation set
    stopped    : "finished", "early stopping", "interrupted" or "diverged"
    best_epoch : position in `epochs` of the weights that were kept, None without early stopping
    `history["val_loss"]` is a column of `epochs`, `history.column("loss")` one of `steps`
    Raises KeyError naming the columns there are

    >>> history = History(epochs=[{"loss": 2.0}, {"loss": 1.0}])
    >>> history["loss"]
    [2.0, 1.0]
    """

    steps: list[dict[str, float]] = field(default_factory=list)
    epochs: list[dict[str, float]] = field(default_factory=list)
    stopped: str = "finished"
    best_epoch: int | None = None

    def __getitem__(self, name: str) -> list[float]:
        return _column(self.epochs, name)

    def column(self, name: str) -> list[float]:
        """One number a batch, such as `history.column("loss")`."""
        return _column(self.steps, name)

    def __repr__(self) -> str:
        last = ", ".join(f"{k} {v:.4g}" for k, v in self.epochs[-1].items()) if self.epochs else ""
        best = "" if self.best_epoch is None else f", best epoch {self.best_epoch}"
        return (
            f"History({self.stopped} after {len(self.epochs)} epochs, {len(self.steps)} steps{best}"
            f"{'; last: ' + last if last else ''})"
        )


def _column(rows: list[dict[str, float]], name: str) -> list[float]:
    if rows and name not in rows[0]:
        raise KeyError(f"no column {name!r}; there are {', '.join(rows[0])}")
    return [row[name] for row in rows]


@dataclass(frozen=True)
class EarlyStopping:
    """End the training when a measurement has not improved for `patience` epochs.

    monitor      : column of history.epochs;  mode: "min" or "max", which way is better
    min_delta    : a smaller improvement does not count
    restore_best : give the model back the weights of its best epoch
    Raises ValueError for patience < 1 or an unknown mode
    Source: Prechelt 1998. Taught in notebooks/05_generalisation

    >>> EarlyStopping(patience=3).is_better(0.5, than=0.6)
    True
    """

    patience: int = 5
    monitor: str = "val_loss"
    mode: str = "min"
    min_delta: float = 0.0
    restore_best: bool = True

    def __post_init__(self) -> None:
        if self.patience < 1:
            raise ValueError(f"EarlyStopping: patience must be >= 1, got {self.patience}")
        if self.mode not in ("min", "max"):
            raise ValueError(f"EarlyStopping: mode must be min or max, got {self.mode!r}")

    @property
    def worst(self) -> float:
        """What any measurement is better than."""
        return math.inf if self.mode == "min" else -math.inf

    def is_better(self, value: float, *, than: float) -> bool:
        """Whether `value` is an improvement on `than` by more than min_delta; nan never is."""
        gain = than - value if self.mode == "min" else value - than
        return gain > self.min_delta
