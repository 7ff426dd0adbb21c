"""The explorer of lesson 04: five optimizers race down the same surface from the same start."""

from typing import TYPE_CHECKING, Any, ClassVar

from lessonlib.lessons.l04.explorer.frame import frame
from lessonlib.lessons.l04.explorer.model import Race
from lessonlib.lessons.l04.explorer.surfaces import SURFACES
from lessonlib.widgets.explorer import Explorer

if TYPE_CHECKING:
    from ipywidgets import Widget
    from matplotlib.figure import Figure

LEARNING_RATES = (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 1.0)


class RaceExplorer(Explorer):
    """Race SGD, momentum, Nesterov, RMSProp and Adam down a surface of two weights.

    surface : "ravine", "saddle", "Rosenbrock" or "noisy bowl"
    lr      : the learning rate of all five, above 0;  seed: of the noisy bowl's noise
    All five are those of `lessonlib.optim` (momentum 0.9, RMSProp's average 0.9, Adam's defaults)
    and meet the same noise. When start, learning rate or surface change, the race is run again.
    Raises ValueError for an unknown surface or a learning rate that is not above 0
    Source: `lessonlib.optim` names each optimizer's. Taught in notebooks/04_training_dynamics

    >>> race = RaceExplorer("ravine", lr=0.5)
    >>> race.step(30)
    >>> race.state["diverged"]["SGD"] is not None
    True
    """

    unit: ClassVar[str] = "step"
    reset_hint: ClassVar[str] = "Go back to the start, with new noise; twice: the start moves back"

    def __init__(self, surface: str = "ravine", lr: float = 0.2, seed: int = 0) -> None:
        super().__init__()
        self.model = Race(surface, lr, seed)

    @property
    def state(self) -> dict[str, Any]:
        """Surface, learning rate, start, positions, losses, who arrived and diverged, and when."""
        return self.model.state

    @property
    def finished(self) -> bool:
        """Whether all have diverged or 400 steps are done."""
        return self.model.finished

    def _step(self) -> None:
        self.model.step()

    def _reset(self) -> None:
        self.model.reset()

    # What the learner changes -------------------------------------------------------------------

    def choose(self, name: str) -> None:
        """Take a surface by its name, go to its own start and do the first steps."""
        self.model.choose(name)
        self.playing = False
        self.refresh()

    def set_learning_rate(self, lr: float) -> None:
        """Run the race again, as far as it was, with another learning rate."""
        self.model.set_learning_rate(lr)
        self.refresh()

    def move_start(self, x: float, y: float) -> None:
        """Run the race again from another start; places outside the window go to its edge."""
        self.model.move_start(x, y)
        self.refresh()

    def toggle(self, name: str) -> None:
        """Show an optimizer or hide it; the last one shown stays."""
        self.model.toggle(name)
        self.refresh()

    # The view -----------------------------------------------------------------------------------

    def _event(self, name: str, values: dict[str, Any]) -> None:
        if name == "start":
            self.model.move_start(values["x"], values["y"])
        elif name == "toggle":
            self.model.toggle(values["optimizer"])
        else:
            super()._event(name, values)

    def _controls(self) -> "list[Widget]":
        from lessonlib.widgets.controls import dropdown, selection_slider

        choose, change = self.guarded(self.choose), self.guarded(self.set_learning_rate)
        now = self.model.lr
        rates = [(f"{lr:g}", lr) for lr in sorted({*LEARNING_RATES, now})]
        return [
            dropdown("Surface", list(SURFACES), self.model.name, "200px", choose),
            selection_slider("Learning rate", rates, now, "260px", change),
        ]

    def _frame(self) -> dict[str, Any]:
        return frame(self.model)

    def _figure(self) -> "Figure":
        from lessonlib.lessons.l04.explorer.figure import figure

        return figure(self.model)
