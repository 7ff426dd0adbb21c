"""The explorer of lesson 10: a prompt, what the GPT expects next, and where every head looks."""

from typing import TYPE_CHECKING, Any, ClassVar

from lessonlib.lessons.l10.explorer.frame import frame
from lessonlib.lessons.l10.explorer.model import CHOICES, PROMPT, Continuation
from lessonlib.widgets.explorer import Explorer

if TYPE_CHECKING:
    from ipywidgets import Widget
    from matplotlib.figure import Figure


class PromptExplorer(Explorer):
    """Type a prompt, see the next token's probabilities, draw tokens, look at attention.

    prompt : any text; an empty one is read as a line break
    seed   : of the draws; the same prompt, settings and seed give the same text
    Any of CHOICES by name, with "_" for "-": temperature, top_k, top_p
    The model is the stored "10.gpt": 64 tokens of context, two blocks of four heads.
    Raises ValueError naming the setting and what can be chosen
    Taught in notebooks/10_transformer

    >>> explorer = PromptExplorer("The value of", temperature=0)
    >>> explorer.step(2)
    >>> explorer.text
    'The value of the sequence'
    """

    speed_control: ClassVar[bool] = False
    unit: ClassVar[str] = "token"
    reset_hint: ClassVar[str] = "Back to the prompt; twice: other draws"

    def __init__(self, prompt: str = PROMPT, seed: int = 0, **settings: float) -> None:
        super().__init__()
        self.model = Continuation(prompt, seed, **settings)

    # What the learner does ----------------------------------------------------------------------

    def set_prompt(self, prompt: str) -> None:
        """Start from another prompt; of a long one the last 400 characters are read."""
        self.playing = False
        self.model.set_prompt(prompt)
        self.refresh()

    def choose(self, name: str, value: float) -> None:
        """Set temperature, top-k or top-p for the tokens to come. Raises ValueError by name."""
        self.model.choose(name, value)
        self.refresh()

    def look(self, place: int) -> None:
        """Choose the token whose attention is shown; places outside the context go to its edge."""
        self.model.look(place)
        self.refresh()

    # The run ------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """The prompt and what was written after it."""
        return self.model.text

    @property
    def state(self) -> dict[str, Any]:
        """Settings, text, tokens, probabilities and attention, as plain values and copies."""
        return self.model.state

    @property
    def finished(self) -> bool:
        """Whether the text has its longest length."""
        return self.model.finished

    def _step(self) -> None:
        self.model.step()

    def _reset(self) -> None:
        self.model.reset()

    # The view -----------------------------------------------------------------------------------

    def _event(self, name: str, values: dict[str, Any]) -> None:
        if name != "look":
            super()._event(name, values)
        self.look(int(values["place"]))

    def _controls(self) -> "list[Widget]":
        from lessonlib.widgets.controls import text_box

        box = text_box("Prompt", self.model.prompt, "330px", self.guarded(self.set_prompt))
        return [box, *(self._menu(name) for name in CHOICES)]

    def _menu(self, name: str) -> "Widget":
        from lessonlib.widgets.controls import dropdown

        labels = [("all" if name == "top-k" and not v else f"{v:g}", v) for v in CHOICES[name]]
        width = "165px" if name == "temperature" else "120px"
        choose = self.guarded(lambda value: self.choose(name, value))
        return dropdown(name.capitalize(), labels, self.model.settings[name], width, choose)

    def _frame(self) -> dict[str, Any]:
        return frame(self.model)

    def _figure(self) -> "Figure":
        from lessonlib.lessons.l10.explorer.figure import figure

        return figure(self.model)
