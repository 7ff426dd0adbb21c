"""The explorer of lesson 03: a small computation graph, values forward, gradients backward."""

from typing import TYPE_CHECKING, Any, ClassVar

from lessonlib.lessons.l03.explorer.examples import EXAMPLES
from lessonlib.lessons.l03.explorer.frame import frame
from lessonlib.lessons.l03.explorer.model import Walk
from lessonlib.widgets.explorer import Explorer

if TYPE_CHECKING:
    from ipywidgets import Widget
    from matplotlib.figure import Figure


class GraphExplorer(Explorer):
    """Move the inputs of a small graph; step its values forward and its gradients back by edges.

    Each edge hands back   slope * gradient of the child, added to the gradient of the parent.
    graph : one of "one unit and its loss", "a value used twice", "three sigmoids in a row"
    Values and slopes are those of `lessonlib.autograd.Value`.
    Raises ValueError for an unknown graph or input, or a number that is not finite
    Taught in notebooks/03_backpropagation

    >>> explorer = GraphExplorer()
    >>> explorer.step(100)
    >>> explorer.state["gradients"]["v"]
    -8.0
    """

    rates: ClassVar[tuple[int, ...]] = (1, 2, 4, 8, 15)

    def __init__(self, graph: str = "one unit and its loss") -> None:
        super().__init__()
        self.model = Walk(graph)

    @property
    def state(self) -> dict[str, Any]:
        """Inputs, values and gradients on show, by name, as plain numbers."""
        return self.model.state

    @property
    def finished(self) -> bool:
        """Whether every edge has handed its gradient back."""
        return self.model.finished

    def _step(self) -> None:
        self.model.step()

    def _reset(self) -> None:
        self.model.reset()

    def choose(self, graph: str) -> None:
        """Take a graph by its name: all values computed, the gradient two edges back."""
        self.model.choose(graph)
        self.playing = False
        self.refresh()

    def set(self, name: str, value: float) -> None:
        """Give an input another value, within the slider's range; the walk stays where it is."""
        self.model.set(name, value)
        self.refresh()

    # The view -----------------------------------------------------------------------------------

    def _event(self, name: str, values: dict[str, Any]) -> None:
        if name != "set":
            super()._event(name, values)
        self.model.set(values["input"], values["value"])

    def _controls(self) -> "list[Widget]":
        from lessonlib.widgets.controls import dropdown

        act = self.guarded(self.choose)
        return [dropdown("Graph", list(EXAMPLES), self.model.graph, "250px", act)]

    def _frame(self) -> dict[str, Any]:
        return frame(self.model)

    def _figure(self) -> "Figure":
        from lessonlib.lessons.l03.explorer.figure import figure

        return figure(self.model)
