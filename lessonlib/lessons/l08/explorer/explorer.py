"""The explorer of lesson 08: one memory cell, its gates set by hand or by a trained LSTM."""

from typing import TYPE_CHECKING, Any, ClassVar

from lessonlib.lessons.l08.explorer.frame import frame
from lessonlib.lessons.l08.explorer.model import BY_HAND, GATES, MODES, MemoryCell
from lessonlib.widgets.explorer import Explorer

if TYPE_CHECKING:
    from ipywidgets import FloatSlider, Widget
    from matplotlib.figure import Figure


class MemoryCellExplorer(Explorer):
    """One memory cell and its gates.   c = f * c + i * g;   h = o * tanh(c)

    mode : "by hand": g is the number of the stream, the learner sets the gates; wanted is the
           marked number's tanh ten steps later at "?", 0 in every other step.
           "trained": one cell of the stored LSTM of 08.adding on a stream of the adding problem
    seed : draws the stream; a second Reset draws another
    Opens after a run with every gate half open, which drowns the number in later ones
    Raises ValueError naming the mode or the gate and what can be chosen
    Taught in notebooks/08_lstm_gru

    >>> explorer = MemoryCellExplorer()
    >>> explorer.finished, explorer.state["right"] < 5
    (True, True)
    """

    unit: ClassVar[str] = "step"
    reset_hint: ClassVar[str] = "Back to the first step; twice: another stream"
    rates: ClassVar[tuple[int, ...]] = (1, 2, 4, 10, 30)

    def __init__(self, seed: int = 0, mode: str = "by hand") -> None:
        super().__init__()
        self._rate = 2
        self._sliders: dict[str, FloatSlider] = {}
        self.model = MemoryCell(seed, mode)
        if self.model.by_hand:
            self.model.gates = dict.fromkeys(GATES, 0.5)
            self.step(BY_HAND)

    # What the learner does ----------------------------------------------------------------------

    def choose(self, mode: str) -> None:
        """Set the gates by hand, or watch a trained cell; from the first step on."""
        self.model.choose(mode)
        self.playing = False
        self.refresh()

    def set_gate(self, name: str, value: float) -> None:
        """Open a gate (1), shut it (0), or anything between, for the next step."""
        self.model.set_gate(name, value)
        self.refresh()

    # The run ------------------------------------------------------------------------------------

    @property
    def state(self) -> dict[str, Any]:
        """Mode, steps done, the stream, gates of the next step, and what has happened so far."""
        return self.model.state

    @property
    def finished(self) -> bool:
        """Whether the stream is at its end."""
        return self.model.finished

    def _step(self) -> None:
        self.model.step()

    def _reset(self) -> None:
        self.model.reset()

    # The view -----------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Bring the view up to date, the gates' sliders included."""
        super().refresh()
        self._show_sliders()

    def _show_sliders(self) -> None:
        for name, slider in self._sliders.items():
            slider.layout.display = "" if self.model.by_hand else "none"
            slider.value = self.model.gates[name]

    def _event(self, name: str, values: dict[str, Any]) -> None:
        if name == "gate":
            if self.model.by_hand:
                self.set_gate(str(values.get("gate")), float(values.get("value", 0)))
        elif name == "next":
            self.step()
        else:
            super()._event(name, values)

    def _controls(self) -> "list[Widget]":
        from lessonlib.widgets.controls import dropdown

        menu = dropdown("Gates", MODES, self.model.mode, "160px", self.guarded(self.choose))
        self._sliders = {name: self._slider(name) for name in GATES}
        self._show_sliders()
        return [menu, *self._sliders.values()]

    def _slider(self, gate: str) -> "FloatSlider":
        from lessonlib.widgets.controls import float_slider

        set_gate = self.guarded(lambda value: self.set_gate(gate, value))
        look = {"min": 0, "max": 1, "step": 0.1, "readout_format": ".1f"}
        return float_slider(gate, self.model.gates[gate], "230px", set_gate, **look)

    def _frame(self) -> dict[str, Any]:
        return frame(self.model)

    def _figure(self) -> "Figure":
        from lessonlib.lessons.l08.explorer.figure import figure

        return figure(self.model)
