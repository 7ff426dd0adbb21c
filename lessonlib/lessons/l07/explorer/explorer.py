"""The explorer of lesson 07: a character model reads a text, one character a step."""

from typing import TYPE_CHECKING, Any, ClassVar

from lessonlib.lessons.l07.explorer.frame import frame
from lessonlib.lessons.l07.explorer.model import OWN, TEXTS, TextReader
from lessonlib.widgets.explorer import Explorer

if TYPE_CHECKING:
    from ipywidgets import Widget
    from matplotlib.figure import Figure


class ReaderExplorer(Explorer):
    """Step through a text: the state as a map, what is expected next as bars.

    text : one of the texts that are offered, by name, or a text of your own (at most 400
           characters are read; one that the model does not know is read as "?")
    The model is the plain recurrent network of `trained("07.characters")`, 128 units.
    Raises ValueError for an empty text or a unit outside 0 .. 127
    Source: Karpathy, Johnson and Fei-Fei 2016, Visualizing and understanding recurrent networks
    (colouring a text by one unit). Taught in notebooks/07_recurrent_networks

    >>> reader = ReaderExplorer("a sentence")
    >>> reader.step(3)
    >>> reader.state["read"]
    'The function returns the value '
    """

    unit: ClassVar[str] = "character"
    reset_hint: ClassVar[str] = "Go back to the first character"
    rates: ClassVar[tuple[int, ...]] = (1, 4, 15, 60)

    def __init__(self, text: str = "a sentence") -> None:
        super().__init__()
        self.model = TextReader(text)

    # What the learner does ----------------------------------------------------------------------

    def choose(self, name: str) -> None:
        """Take a text by its name ("own text": what was typed last) and read its beginning."""
        self.model.choose(name)
        self.playing = False
        self.refresh()

    def write(self, text: str) -> None:
        """Take a text of one's own. Raises ValueError for an empty one."""
        self.model.write(text)
        self.playing = False
        self.refresh()

    def go(self, position: int) -> None:
        """Go to where `position` characters are read; places outside go to the nearest end."""
        self.model.go(position)
        self.refresh()

    def choose_unit(self, row: int) -> None:
        """Choose the unit in a row of the map; row 0 keeps most of its value."""
        self.model.choose_unit(row)
        self.refresh()

    # The run ------------------------------------------------------------------------------------

    @property
    def position(self) -> int:
        """Characters read so far."""
        return self.model.position

    @property
    def state(self) -> dict[str, Any]:
        """Text, what is read of it, the states so far, what is expected next, surprise so far."""
        return self.model.state

    @property
    def finished(self) -> bool:
        """Whether the whole text is read."""
        return self.model.finished

    def _step(self) -> None:
        self.model.step()

    def _reset(self) -> None:
        self.model.reset()

    # The view -----------------------------------------------------------------------------------

    def _event(self, name: str, values: dict[str, Any]) -> None:
        if name == "go":
            self.go(values["position"])
        elif name == "unit":
            self.choose_unit(values["row"])
        else:
            super()._event(name, values)

    def _controls(self) -> "list[Widget]":
        from lessonlib.widgets.controls import dropdown, text_box

        def choose(name: str) -> None:
            if name != self.model.name:
                self.choose(name)

        def write(text: str) -> None:
            self.write(text)
            menu.value = OWN

        names = [*TEXTS, OWN]
        menu = dropdown("Text", names, self.model.name, "180px", self.guarded(choose))
        typed = text_box("Own text", self.model.own, "330px", self.guarded(write))
        return [menu, typed]

    def _frame(self) -> dict[str, Any]:
        return frame(self.model)

    def _figure(self) -> "Figure":
        from lessonlib.lessons.l07.explorer.figure import figure

        return figure(self.model)
