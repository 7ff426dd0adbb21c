"""The explorer of lesson 01: points to move, Rosenblatt's rule visit by visit, and the bound."""

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from lessonlib.lessons.l01.explorer.frame import frame
from lessonlib.lessons.l01.explorer.model import PerceptronRun
from lessonlib.widgets.explorer import Explorer

if TYPE_CHECKING:
    from ipywidgets import Widget
    from matplotlib.figure import Figure


class PerceptronExplorer(Explorer):
    """Move points, step the perceptron rule, watch the line, mistakes and their bound (R/gamma)^2.

    X : (N, 2) finite numbers, y : (N,) in {-1, +1}, 2 to 60 points; None offers three data sets
    seed : of the data sets' points and of the orders
    The points are visited in one order, over and over, with a constant 1 appended to each; so
    margin and bound are those of (x1, x2, 1). `reset` goes back to w = 0 and draws a new order.
    When a point changes, the run is repeated from w = 0 on the points as they are now, for as
    many visits as before: the bound stays the bound of what is shown.
    Raises ValueError naming shapes, labels, NaN or the number of points
    Source: A. Novikoff 1962. Taught in notebooks/01_perceptron

    >>> explorer = PerceptronExplorer()
    >>> explorer.step()
    >>> explorer.state["mistakes"] <= explorer.state["bound"]
    True
    """

    unit: ClassVar[str] = "visit"
    reset_hint: ClassVar[str] = "Go back to w = 0, with a new order; twice: the points go back too"

    def __init__(
        self, X: np.ndarray | None = None, y: np.ndarray | None = None, seed: int = 0
    ) -> None:
        super().__init__()
        self.model = PerceptronRun(X, y, seed)

    @property
    def state(self) -> dict[str, Any]:
        """Points, line, counts and bound as plain values and copies of arrays."""
        return self.model.state

    @property
    def finished(self) -> bool:
        """Whether the last whole pass went by without a mistake."""
        return self.model.finished

    def _step(self) -> None:
        self.model.step()

    def _reset(self) -> None:
        self.model.reset()

    # What the learner changes -------------------------------------------------------------------

    def choose(self, name: str) -> None:
        """Take a data set by its name and visit points until the line is wrong in a telling way."""
        self.model.choose(name)
        self.playing = False
        self.refresh()

    def move(self, index: int, x1: float, x2: float) -> None:
        """Put a point elsewhere; positions outside the plane are brought to its edge."""
        self.model.move(index, x1, x2)
        self.refresh()

    def flip(self, index: int) -> None:
        """Give a point the other class."""
        self.model.flip(index)
        self.refresh()

    def add(self, x1: float, x2: float, label: int = 1) -> None:
        """Add a point; nothing happens when there are 60."""
        self.model.add(x1, x2, label)
        self.refresh()

    def remove(self, index: int) -> None:
        """Remove a point; nothing happens when only two are left."""
        self.model.remove(index)
        self.refresh()

    # The view -----------------------------------------------------------------------------------

    def _event(self, name: str, values: dict[str, Any]) -> None:
        actions = {
            "move": lambda v: self.model.move(v["index"], v["x"], v["y"]),
            "flip": lambda v: self.model.flip(v["index"]),
            "add": lambda v: self.model.add(v["x"], v["y"], v["label"]),
            "remove": lambda v: self.model.remove(v["index"]),
        }
        if name not in actions:
            super()._event(name, values)
        actions[name](values)

    def _controls(self) -> "list[Widget]":
        from lessonlib.widgets.controls import dropdown

        act = self.guarded(self.choose)
        return [dropdown("Points", list(self.model.datasets), self.model.dataset, "220px", act)]

    def _frame(self) -> dict[str, Any]:
        return frame(self.model)

    def _figure(self) -> "Figure":
        from lessonlib.lessons.l01.explorer.figure import figure

        return figure(self.model)
