"""The explorer of lesson 10b: what a small transformer expects after each layer, and which head
reads what; heads and layers can be silenced."""

from typing import TYPE_CHECKING, Any, ClassVar

from lessonlib.lessons.l10b.explorer.frame import frame
from lessonlib.lessons.l10b.explorer.model import TEXT, Lens
from lessonlib.widgets.explorer import Explorer

if TYPE_CHECKING:
    from ipywidgets import Widget
    from matplotlib.figure import Figure


class LensExplorer(Explorer):
    """Click a letter: the logit lens by layer, what each head reads for it; silence heads.

    text : 2 to 23 small letters and spaces. The model has two attention layers of four heads and
           was trained to continue random letters that repeat
    lens : softmax(output(norm(stream))) before the first layer and after each
    Silencing a head sets its columns of the layer's output matrix to 0.
    Raises ValueError for another text, place, layer or head
    Taught in notebooks/10b_inside_a_transformer

    >>> explorer = LensExplorer("abcdefgabc")
    >>> explorer.choose(9)
    >>> explorer.state["expected"][-1]
    'd'
    """

    unit: ClassVar[str] = "letter"
    reset_hint: ClassVar[str] = "All heads back to work, and back to the first letter"
    rates: ClassVar[tuple[int, ...]] = (1, 2, 4, 8)

    def __init__(self, text: str = TEXT) -> None:
        super().__init__()
        self.model = Lens(text)
        self.model.choose(min(12, len(text) - 1))

    # What the learner does ----------------------------------------------------------------------

    def set_text(self, text: str) -> None:
        """Read another text; the chosen place stays, or moves to the end of a shorter one."""
        self.model.set_text(text)
        self.refresh()

    def choose(self, place: int) -> None:
        """Look at the letter at this place, counted from 0."""
        self.model.choose(place)
        self.refresh()

    def silence(self, layer: int, head: int | None = None, on: bool | None = None) -> None:
        """Silence a head (or a whole layer) or let it speak again; both are counted from 1.

        on : True silences, False lets speak, None does the other of the present
        """
        self.model.silence(layer, head, on)
        self.refresh()

    # The run ------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """The text that is read."""
        return self.model.text

    @property
    def place(self) -> int:
        """The place that is looked at, counted from 0."""
        return self.model.place

    @property
    def state(self) -> dict[str, Any]:
        """Text, place, silenced heads (from 1), what is expected by stage, losses, weights."""
        return self.model.state

    @property
    def finished(self) -> bool:
        """Whether the last letter is looked at."""
        return self.model.finished

    def _step(self) -> None:
        self.model.step()

    def _reset(self) -> None:
        self.model.reset()

    # The view -----------------------------------------------------------------------------------

    def _event(self, name: str, values: dict[str, Any]) -> None:
        if name == "choose":
            self.choose(values["place"])
        elif name == "silence":
            self.silence(values["layer"], values.get("head"))
        else:
            super()._event(name, values)

    def _controls(self) -> "list[Widget]":
        from lessonlib.widgets.controls import text_box

        return [text_box("Text", self.text, "290px", self.guarded(self.set_text))]

    def _frame(self) -> dict[str, Any]:
        return frame(self.model)

    def _figure(self) -> "Figure":
        from lessonlib.lessons.l10b.explorer.figure import figure

        return figure(self.model)
