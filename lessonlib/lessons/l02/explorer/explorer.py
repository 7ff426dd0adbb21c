"""The explorer of lesson 02: a small network that learns in the plane, every unit in sight."""

from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from lessonlib.lessons.l02.explorer.data import DATA
from lessonlib.lessons.l02.explorer.frame import frame, words
from lessonlib.lessons.l02.explorer.model import Playground, Settings
from lessonlib.widgets.explorer import Explorer

if TYPE_CHECKING:
    from ipywidgets import Dropdown, Widget
    from matplotlib.figure import Figure

    from lessonlib.nn import Sequential

KEPT = 3  # runs that can be kept for comparison


class PlaygroundExplorer(Explorer):
    """Train a small network in view: points, features, units, weights, surface and both losses.

    data   : "circle", "xor", "gauss" or "spirals";  hidden : units of each layer, () for none
    activation : "tanh", "relu", "sigmoid" or "linear";  seed : the same seed, the same numbers
    epochs : trained before it is shown
    settings : features, noise, test_share, lr, batch, penalty, weight_decay; `set` changes them
    `network` is the nn.Sequential that learns; `state` can be stored and put back; `keep` holds
    the present run's loss curves for comparison.
    Raises ValueError naming a setting, what was seen and what was wanted
    Source: D. Smilkov et al. 2017, arXiv:1708.03788. Taught in notebooks/02_multilayer_perceptron

    >>> explorer = PlaygroundExplorer("gauss", hidden=(2,), epochs=5)
    >>> twin = PlaygroundExplorer.from_state(explorer.state)
    >>> bool(twin.test_loss[-1] == explorer.test_loss[-1])
    True
    """

    speed_control: ClassVar[bool] = False
    unit: ClassVar[str] = "epoch"
    reset_hint: ClassVar[str] = "Start again from the same seed: the same numbers"
    rates: ClassVar[tuple[int, ...]] = (1, 5, 30, 90, 300)

    def __init__(
        self,
        data: str = "spirals",
        hidden: tuple[int, ...] = (8, 8),
        activation: str = "tanh",
        seed: int = 0,
        *,
        epochs: int = 40,
        **settings: Any,
    ) -> None:
        super().__init__()
        if epochs < 0:
            raise ValueError(f"PlaygroundExplorer: epochs {epochs}, wanted 0 or more")
        self._rate = 30
        self.kept: list[dict[str, Any]] = []
        self._kept_count = 0
        self._menu: Dropdown | None = None
        self.model = Playground(Settings())
        self.model.change(data=data, hidden=hidden, activation=activation, seed=seed, **settings)
        for _ in range(epochs):
            if not self.finished:
                self._step()

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Self:
        """An explorer that goes on exactly where another one's `state` was taken."""
        explorer = cls(epochs=0)
        explorer.state = state
        return explorer

    # The run ------------------------------------------------------------------------------------

    @property
    def state(self) -> dict[str, Any]:
        """Settings, weights, losses, and what the next epochs need to be the same."""
        return self.model.state

    @state.setter
    def state(self, state: dict[str, Any]) -> None:
        """Go on from a stored state. Raises ValueError, and changes nothing, if it does not fit."""
        self.model.state = state
        self.refresh()

    @property
    def settings(self) -> Settings:
        """What decides the run, as a frozen dataclass."""
        return self.model.settings

    @property
    def network(self) -> "Sequential":
        """The network itself; call `refresh` after changing it by hand."""
        return self.model.network

    @property
    def train_loss(self) -> np.ndarray:
        """Training loss in nats, from epoch 0 on."""
        return np.array(self.model.train_loss)

    @property
    def test_loss(self) -> np.ndarray:
        """Test loss in nats, from epoch 0 on."""
        return np.array(self.model.test_loss)

    @property
    def finished(self) -> bool:
        """Whether the training diverged: then there is nothing left to train."""
        return self.model.diverged

    def _step(self) -> None:
        self.model.epoch()

    def _reset(self) -> None:
        self.model.restart()

    def set(self, **settings: Any) -> None:
        """Change settings by name: `explorer.set(lr=0.3, hidden=(4,))`.

        Learning rate, batch and penalty act from the next step on; the others start again.
        """
        self.model.change(**settings)
        self.refresh()

    def add_layer(self, units: int = 4) -> None:
        """Add a hidden layer before the output. Raises ValueError beyond six."""
        self.set(hidden=(*self.settings.hidden, units))

    def remove_layer(self) -> None:
        """Remove the last hidden layer. Raises ValueError if there is none."""
        if not self.settings.hidden:
            raise ValueError("remove_layer: there is no hidden layer left")
        self.set(hidden=self.settings.hidden[:-1])

    def set_weight(self, layer: int, unit: int, source: int, value: float) -> None:
        """Give one weight a value; source -1 means the bias. Raises ValueError naming the place."""
        self.model.set_weight(layer, unit, source, value)
        self.refresh()

    def keep(self) -> None:
        """Keep this run's loss curves as a grey ghost; of more than three the oldest goes."""
        self._kept_count += 1
        run = {
            "name": f"run {self._kept_count}: {words(self.settings)}",
            "train_loss": self.train_loss,
            "test_loss": self.test_loss,
        }
        self.kept = [*self.kept, run][-KEPT:]
        self.refresh()

    def forget(self) -> None:
        """Take the kept runs away."""
        self.kept, self._kept_count = [], 0
        self.refresh()

    # The view -----------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Bring the view up to date, the data menu included."""
        super().refresh()
        if self._panel is not None and self._menu is not None:
            self._menu.value = self.settings.data

    def _event(self, name: str, values: dict[str, Any]) -> None:
        actions = {
            "set": lambda v: self.model.change(**v["settings"]),
            "speed": lambda v: self.set_rate(v["rate"]),
            "weight": lambda v: self.set_weight(v["layer"], v["unit"], v["source"], v["value"]),
            "keep": lambda v: self.keep(),
            "forget": lambda v: self.forget(),
        }
        if name not in actions:
            super()._event(name, values)
        actions[name](values)

    def _controls(self) -> "list[Widget]":
        from lessonlib.widgets.controls import dropdown

        act = self.guarded(lambda name: self.set(data=name))
        self._menu = dropdown("Data", list(DATA), self.settings.data, "180px", act)
        return [self._menu]

    def _frame(self) -> dict[str, Any]:
        return frame(self.model, self.kept) | {
            "playing": self.playing,
            "speed": self._rate,
            "speeds": list(self.rates),
        }

    def _figure(self) -> "Figure":
        from lessonlib.lessons.l02.explorer.figure import figure

        return figure(self.model, self.kept)
