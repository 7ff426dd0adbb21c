"""The explorer of lesson 06: draw a digit, see every layer, and the sum behind any value."""

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from lessonlib.lessons.l06.explorer.frame import frame, unpacked
from lessonlib.lessons.l06.explorer.model import Drawing
from lessonlib.lessons.l06.explorer.sums import Place, Sum
from lessonlib.widgets.explorer import Explorer

if TYPE_CHECKING:
    from ipywidgets import Dropdown, Widget
    from matplotlib.figure import Figure


class DrawingExplorer(Explorer):
    """Draw a digit; the maps of a small CNN follow; any value shows patch x kernel = sum.

    digit : 0 to 9, an example to begin with
    A drawing has 48 x 48 bits; the image has 12 x 12 pixels, each the share of ink in 4 x 4 bits.
    A step goes on to the next place of the chosen map, so that the window slides over the image.
    Raises ValueError for a digit, layer or place that there is not
    Taught in notebooks/06_convolution

    >>> DrawingExplorer(7).state["answer"]
    7
    """

    unit: ClassVar[str] = "place"
    reset_hint: ClassVar[str] = "Back to the map's first place; again: another example"
    rates: ClassVar[tuple[int, ...]] = (1, 4, 15, 60)

    def __init__(self, digit: int = 3) -> None:
        super().__init__()
        self._menu: Dropdown | None = None
        self.model = Drawing(digit)

    # What the learner does ----------------------------------------------------------------------

    def example(self, digit: int, number: int = 0) -> None:
        """Show an example of a digit from the validation part; `number` counts them."""
        self.model.example(digit, number)
        self._drawn()

    def draw(self, bits: np.ndarray) -> None:
        """Take a drawing, (48, 48) of True where there is ink. Raises ValueError for a shape."""
        self.model.draw(bits)
        self._drawn()

    def paint(self, x: float, y: float, ink: bool = True) -> None:
        """Put the round pen down at bit (x, y), or the eraser."""
        self.model.paint(x, y, ink)
        self._drawn()

    def clear(self) -> None:
        """Take all ink away."""
        self.model.clear()
        self._drawn()

    def move(self, right: int, down: int) -> None:
        """Move the drawing by whole pixels; what leaves is lost."""
        self.model.move(right, down)
        self._drawn()

    def choose(self, layer: str, channel: int, row: int = 0, column: int = 0) -> None:
        """Choose a value, to see the sum behind it."""
        self.model.choose(layer, channel, row, column)
        self.refresh()

    # The run ------------------------------------------------------------------------------------

    @property
    def chosen(self) -> Place:
        """Layer, channel, row and column of the chosen value."""
        return self.model.chosen

    @property
    def sum(self) -> Sum:
        """What the chosen value is made of."""
        return self.model.sum

    @property
    def state(self) -> dict[str, Any]:
        """Drawing, image, all layers, answer and the chosen value as plain values and copies."""
        return self.model.state

    @property
    def finished(self) -> bool:
        """Whether the window has come to the last place of its map."""
        return self.model.finished

    def _step(self) -> None:
        self.model.step()

    def _reset(self) -> None:
        before = self.model.drawings
        self.model.reset()
        if self.model.drawings > before:
            self._drawn()

    # The view -----------------------------------------------------------------------------------

    def _drawn(self) -> None:
        """There is another drawing: the menu names it, the view shows it."""
        if self._menu is not None:
            self._menu.value = self.model.digit
        self.refresh()

    def _event(self, name: str, values: dict[str, Any]) -> None:
        if name == "draw":
            self.model.draw(unpacked(values["bits"]), str(values["author"]))
            self._drawn()
        elif name == "move":
            self.move(int(values["right"]), int(values["down"]))
        elif name == "choose":
            self.playing = False
            self.choose(*values["place"])
        else:
            super()._event(name, values)

    def _controls(self) -> "list[Widget]":
        from lessonlib.widgets.controls import dropdown

        def show(digit: int) -> None:
            if digit not in (-1, self.model.digit):
                self.example(digit)

        digits = [("your own", -1), *((f"example of {k}", k) for k in range(10))]
        self._menu = dropdown("Digit", digits, self.model.digit, "180px", self.guarded(show))
        return [self._menu]

    def _frame(self) -> dict[str, Any]:
        return frame(self.model)

    def _figure(self) -> "Figure":
        from lessonlib.lessons.l06.explorer.figure import figure

        return figure(self.model)
