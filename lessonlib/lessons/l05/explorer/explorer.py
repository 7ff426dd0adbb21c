"""The explorer of lesson 05: a noisy sample, a network of any width, its fit and two errors."""

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from lessonlib.lessons.l05.explorer.frame import frame
from lessonlib.lessons.l05.explorer.model import CHOICES, CurveFit
from lessonlib.widgets.explorer import Explorer

if TYPE_CHECKING:
    from ipywidgets import Widget
    from matplotlib.figure import Figure


class CapacityExplorer(Explorer):
    """Samples, noise, width, weight decay, dropout: the fit, training and validation error.

    Any of CHOICES by name; seed : of the data and the first weights
    Trains 1 - width - 1 with tanh by AdamW at learning rate 0.01, all samples in each step. Errors
    are root mean squares; the validation set has 200 points with the same noise, so no fit can have
    an error much below the noise. Changing a control trains again, from the same seed.
    Raises ValueError naming the control and what can be chosen
    Taught in notebooks/05_generalisation

    >>> explorer = CapacityExplorer()
    >>> explorer.state["train error"] < 0.5 * explorer.state["validation error"]
    True
    """

    unit: ClassVar[str] = "step"
    reset_hint: ClassVar[str] = "Back to the first weights; twice: other data"
    rates: ClassVar[tuple[int, ...]] = (1, 10, 60, 300, 1200)

    def __init__(self, seed: int = 0, **settings: float) -> None:
        super().__init__()
        self._rate = 300
        self.model = CurveFit(seed, **settings)

    @property
    def state(self) -> dict[str, Any]:
        """Settings, data, errors and the best step as plain values and copies of arrays."""
        return self.model.state

    @property
    def finished(self) -> bool:
        """Whether the last step is done."""
        return self.model.finished

    def _step(self) -> None:
        self.model.step()

    def _reset(self) -> None:
        self.model.reset()

    def choose(self, name: str, value: float) -> None:
        """Set one control and train again, as many steps as before. Raises ValueError by name."""
        self.model.choose(name, value)
        self.playing = False
        self.refresh()

    # The view -----------------------------------------------------------------------------------

    def _controls(self) -> "list[Widget]":
        from lessonlib.widgets.controls import folded

        menus = {name: self._menu(name) for name in CHOICES}
        more, inside = folded(
            "Regularise", "Weight decay and dropout", [menus["decay"], menus["dropout"]]
        )
        return [menus["samples"], menus["noise"], menus["width"], more, inside]

    def _menu(self, name: str) -> "Widget":
        from lessonlib.widgets.controls import dropdown

        options = [(f"{value:g}", value) for value in CHOICES[name]]
        act = self.guarded(partial(self.choose, name))
        return dropdown(name.capitalize(), options, self.model.settings[name], "130px", act)

    def _frame(self) -> dict[str, Any]:
        return frame(self.model)

    def _figure(self) -> "Figure":
        from lessonlib.lessons.l05.explorer.figure import figure

        return figure(self.model)
