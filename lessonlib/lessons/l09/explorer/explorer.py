"""The explorer of lesson 09: where every token looks, head by head, at any temperature."""

import math
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from lessonlib.lessons.l09.explorer.frame import frame
from lessonlib.lessons.l09.explorer.model import (
    COOLEST,
    HEADS,
    HOTTEST,
    SENTENCE,
    TEXTS,
    AttendedText,
)
from lessonlib.widgets.explorer import Explorer

if TYPE_CHECKING:
    from ipywidgets import Widget
    from matplotlib.figure import Figure


class AttentionExplorer(Explorer):
    """Edit a sentence or a date, pick a head, and see where each token looks.

    weights = softmax(scores / temperature), by lessonlib's own layers with stored weights
    kind : "a sentence" (one layer of self-attention, two heads: for every word the word before it
           and the word it belongs to) or "a date" (the decoder's characters ask the letters)
    Raises ValueError for an unknown kind, head, word or letter, or a temperature outside 0.1..10
    Taught in notebooks/09_attention

    >>> explorer = AttentionExplorer()
    >>> explorer.state["token"], explorer.state["answers"][8]
    ('she', ('and', 'nun'))
    """

    unit: ClassVar[str] = "token"
    speed_control: ClassVar[bool] = False
    reset_hint: ClassVar[str] = "Go back to the first token"
    rates: ClassVar[tuple[int, ...]] = (1, 2, 4)

    def __init__(self, kind: str = SENTENCE) -> None:
        super().__init__()
        self.model = AttendedText(kind)

    # What the learner does ----------------------------------------------------------------------

    def choose(self, kind: str) -> None:
        """Take the sentence or the date, as it was last written."""
        self.model.choose(kind)
        self.playing = False
        self.refresh()

    def write(self, text: str) -> None:
        """Replace the text; the token that asks stays where it is, as far as there is one."""
        self.model.write(text)
        self.refresh()

    def pick(self, head: str) -> None:
        """Show one head, or the mean of all."""
        self.model.pick(head)
        self.refresh()

    def heat(self, temperature: float) -> None:
        """Divide all scores by this number: above 1 the weights flatten, below they sharpen."""
        self.model.heat(temperature)
        self.refresh()

    def look(self, token: int) -> None:
        """Let this token ask."""
        self.model.look(token)
        self.refresh()

    # The run ------------------------------------------------------------------------------------

    @property
    def shown(self) -> np.ndarray:
        """The weights on show (queries, keys): of one head, or their mean."""
        return self.model.shown

    def right(self) -> int:
        """How many of the answers to a sentence are right: two for each word."""
        return self.model.right()

    @property
    def state(self) -> dict[str, Any]:
        """Text, head, temperature, the token that asks, its weights, all answers."""
        return self.model.state

    @property
    def finished(self) -> bool:
        """Whether the last token asks."""
        return self.model.finished

    def _step(self) -> None:
        self.model.step()

    def _reset(self) -> None:
        self.model.reset()

    # The view -----------------------------------------------------------------------------------

    def _event(self, name: str, values: dict[str, Any]) -> None:
        if name != "look":
            super()._event(name, values)
        token = int(values["token"])
        if token < len(self.model.queries):  # the text may have become shorter meanwhile
            self.playing = False
            self.look(token)

    def _controls(self) -> "list[Widget]":
        from lessonlib.widgets.controls import dropdown, selection_slider, text_box

        model, guarded = self.model, self.guarded

        def choose(kind: str) -> None:
            self.choose(kind)
            heads.options = HEADS[kind]
            text.value = model.texts[kind]

        def pick(head: str | None) -> None:
            if head in HEADS[model.kind]:  # the menu is empty for a moment as its options change
                self.pick(head)

        degrees = np.geomspace(COOLEST, HOTTEST, 21).round(2).tolist()
        near = min(degrees, key=lambda degree: abs(math.log(degree / model.temperature)))
        kinds = dropdown("Text", list(TEXTS), model.kind, "150px", guarded(choose))
        text = text_box("", model.texts[model.kind], "400px", guarded(self.write))
        heads = dropdown("Head", HEADS[model.kind], model.head, "180px", guarded(pick))
        heat = selection_slider("Temperature", degrees, near, "270px", guarded(self.heat))
        return [kinds, text, heads, heat]

    def _frame(self) -> dict[str, Any]:
        return frame(self.model)

    def _figure(self) -> "Figure":
        from lessonlib.lessons.l09.explorer.figure import figure

        return figure(self.model)
