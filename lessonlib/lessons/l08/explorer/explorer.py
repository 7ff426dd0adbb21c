"""The explorer of lesson 08: one memory cell, its gates set by hand or by a trained LSTM."""

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from lessonlib import functional as F
from lessonlib.datasets import adding
from lessonlib.trained import trained
from lessonlib.widgets.explorer import Explorer

if TYPE_CHECKING:
    from ipywidgets import Widget
    from matplotlib.figure import Figure

GATES = ("input", "forget", "output")
MODES = ("by hand", "trained")
BY_HAND, KEEP = 16, 10  # steps of the stream; steps between the mark and "?"
TRAINED = 50
CLOSE = 0.05  # how near an output has to be to what is wanted
NEAR = 1e-6


class MemoryCellExplorer(Explorer):
    """One memory cell and its gates.   c = f * c + i * g;   h = o * tanh(c)

    mode : "by hand": g is the number of the stream, the learner sets the gates; wanted is the
           marked number's tanh ten steps later at "?", 0 in every other step.
           "trained": one cell of the stored LSTM of adding_08 on a stream of the adding problem
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
        self.seed, self.mode = seed, mode
        self._sliders: list[Any] = []
        self.choose(mode)
        if mode == "by hand":
            self.gates = dict.fromkeys(GATES, 0.5)
            self.step(BY_HAND)

    # The cell -----------------------------------------------------------------------------------

    def choose(self, mode: str) -> None:
        """Set the gates by hand, or watch a trained cell; from the first step on."""
        if mode not in MODES:
            raise ValueError(f"MemoryCellExplorer: mode {mode!r}, wanted {' or '.join(MODES)}")
        self.mode = mode
        self.playing = False
        self._draw()
        self._show_sliders()
        self.refresh()

    def set_gate(self, name: str, value: float) -> None:
        """Open a gate (1), shut it (0), or anything between, for the next step."""
        if name not in GATES:
            raise ValueError(f"set_gate: {name!r}, wanted one of {', '.join(GATES)}")
        if not 0 <= value <= 1:
            raise ValueError(f"set_gate: {value}, wanted a number from 0 to 1")
        self.gates[name] = float(value)
        self._show_sliders()
        self.refresh()

    def _draw(self) -> None:
        """A stream from the seed, and an empty memory."""
        rng = np.random.default_rng(self.seed)
        self.gates = dict.fromkeys(GATES, 0.0)
        if self.mode == "by hand":
            self.length = BY_HAND
            self.numbers = np.round(rng.choice([-1, 1], BY_HAND) * rng.uniform(0.3, 1, BY_HAND), 1)
            first = int(rng.integers(1, 4))
            self.marked, self.asked = (first,), first + KEEP + 1
            self.wanted = np.zeros(BY_HAND)
            self.wanted[self.asked] = np.tanh(self.numbers[first])
        else:
            self.length = TRAINED
            X, _ = adding(1, TRAINED, rng)
            self.numbers = X[0, :, 0].astype(float)
            self.marked, self.asked = tuple(np.flatnonzero(X[0, :, 1])), TRAINED - 1
            self.network = _Network()
            self.wanted = np.zeros(0)
        self.steps = 0
        self.past = np.zeros((6, self.length))  # input, forget, output, g, memory, output h
        self.answer_now = 0.0

    def _step(self) -> None:
        t = self.steps
        if self.mode == "by hand":
            i, f, o = (self.gates[name] for name in GATES)
            g = self.numbers[t]
            c = f * (self.past[4, t - 1] if t else 0.0) + i * g
            self.past[:, t] = i, f, o, g, c, o * np.tanh(c)
        else:
            self.past[:, t], self.answer_now = self.network.step(self.numbers[t], t in self.marked)
        self.steps += 1

    @property
    def finished(self) -> bool:
        """Whether the stream is at its end."""
        return self.steps >= self.length

    def _reset(self) -> None:
        if self.steps == 0:
            self.seed += 1
        gates = self.gates
        self._draw()
        if self.mode == "by hand":
            self.gates = gates

    @property
    def state(self) -> dict[str, Any]:
        """Mode, steps done, the stream, gates of the next step, and what has happened so far."""
        done = self.past[:, : self.steps].copy()
        rows = ("input gate", "forget gate", "output gate", "g", "memory", "output")
        return {
            "mode": self.mode,
            "steps": self.steps,
            "numbers": self.numbers.copy(),
            "marked": self.marked,
            "gates": dict(self.gates),
            "right": self._right(),
        } | dict(zip(rows, done, strict=True))

    def _right(self) -> int:
        """Steps so far whose output was near what was wanted."""
        if self.mode == "trained":
            return 0
        return int(np.sum(abs(self.past[5] - self.wanted)[: self.steps] <= CLOSE + NEAR))

    # What the view shows ------------------------------------------------------------------------

    def _event(self, name: str, values: dict[str, Any]) -> None:
        if name == "gate" and self.mode == "by hand":
            self.set_gate(str(values.get("gate")), float(values.get("value", 0)))
        elif name == "next":
            self.step()
        elif name != "gate":
            super()._event(name, values)

    def _controls(self) -> "list[Widget]":
        import ipywidgets as widgets

        menu = widgets.Dropdown(options=MODES, value=self.mode, description="Gates")
        menu.style.description_width = "auto"
        menu.layout.width = "160px"
        choose = self.guarded(self.choose)
        menu.observe(lambda change: choose(change["new"]), "value")
        self._sliders = []
        for name in GATES:
            slider = widgets.FloatSlider(
                value=self.gates[name],
                min=0,
                max=1,
                step=0.1,
                description=name,
                readout_format=".1f",
                style={"description_width": "auto"},
                layout={"width": "230px"},
            )
            act = self.guarded(self.set_gate)
            slider.observe(lambda change, n=name, a=act: a(n, change["new"]), "value")
            self._sliders.append(slider)
        self._show_sliders()
        return [menu, *self._sliders]

    def _show_sliders(self) -> None:
        for name, slider in zip(GATES, self._sliders, strict=False):
            slider.layout.display = "" if self.mode == "by hand" else "none"
            if slider.value != self.gates[name]:
                slider.value = self.gates[name]

    def _frame(self) -> dict[str, Any]:
        t, last = self.steps, max(0, self.steps - 1)
        signs = ["" for _ in range(self.length)]
        for k in self.marked:
            signs[k] = "store" if self.mode == "by hand" else "add"
        signs[self.asked] = "?" if self.mode == "by hand" else signs[self.asked]
        now = self.past[:, last]
        shown = list(self.gates.values()) if self.mode == "by hand" else now[:3].tolist()
        at = f"{min(t + 1, self.length)} of {self.length}"
        readouts = [["next step" if not self.finished else "step", at]]
        readouts += [["memory c", f"{now[4]:.2f}"], ["output h", f"{now[5]:.2f}"]]
        if self.mode == "by hand":
            readouts.append(["outputs as wanted", f"{self._right()} of {t}"])
        else:
            total = sum(self.numbers[k] for k in self.marked if k < t)
            readouts.append(["sum of the marked so far", f"{total:.2f}"])
            readouts.append(["the network would answer", f"{self.answer_now:.2f}"])
        return {
            "mode": self.mode,
            "steps": t,
            "numbers": self.numbers.round(3).tolist(),
            "signs": signs,
            "past": self.past[:, :t].round(3).tolist(),
            "wanted": self.wanted.round(3).tolist(),
            "gates": [round(float(v), 3) for v in shown],
            "memory": float(now[4]),
            "output": float(now[5]),
            "readouts": readouts,
            "note": self._note(),
            "summary": f"Memory cell, {self.mode}, {t} of {self.length} steps: "
            f"memory {now[4]:.2f}, output {now[5]:.2f}. {self._note()}",
        }

    def _note(self) -> str:
        t = self.steps
        if self.mode == "trained":
            return (
                "The cell of a trained LSTM that holds the first marked number best. Play, and "
                "watch what it writes at the marks and what its forget gate does between them."
                if not self.finished
                else f"It answers {self.answer_now:.2f}; the two marked numbers add up to "
                f"{sum(self.numbers[k] for k in self.marked):.2f}."
            )
        if not self.finished:
            return (
                f"Now comes {self.numbers[t]:.1f}"
                + (", marked: store it." if t in self.marked else ".")
                + (" Give the stored number back." if t == self.asked else "")
                + " Set the gates, then Step."
            )
        back, wanted = self.past[5, self.asked], self.wanted[self.asked]
        if self._right() == self.length:
            return f"Reached: at ? came {back:.2f} back, and silence in all other steps."
        halves = np.allclose(self.past[:3], 0.5)
        return (
            f"At ? came {back:.2f} back, wanted {wanted:.2f}; {self._right()} of {self.length} "
            "outputs are as wanted. "
            + ("Every gate stood half open: " if halves else "")
            + "Reset, and do it step by step."
        )

    def _figure(self) -> "Figure":
        import matplotlib.pyplot as plt

        from lessonlib.plots import COLOUR

        figure, (top, low) = plt.subplots(2, 1, figsize=(8.4, 4.4), sharex=True)
        at = np.arange(1, self.length + 1)
        marked = np.isin(at - 1, self.marked)
        top.bar(at, self.numbers, color=np.where(marked, COLOUR["positive"], "#C9C9C9"))
        for k in self.marked:
            top.text(k + 1, 1.12, "marked", ha="center", color=COLOUR["positive"])
        if self.mode == "by hand":
            top.text(self.asked + 1, 1.12, "?", ha="center", fontsize=12)
        top.set(ylabel="number", ylim=(-1.15, 1.45))
        top.set_title(f"A memory cell, gates {self.mode}: the stream, and what it holds")
        done = at[: self.steps]
        low.plot(done, self.past[4, : self.steps], "o-", color=COLOUR["forward"], markersize=3)
        low.plot(done, self.past[5, : self.steps], "s--", color=COLOUR["negative"], markersize=3)
        if self.mode == "by hand":
            wanted = [self.wanted[self.asked]]
            low.plot([self.asked + 1], wanted, "D", fillstyle="none", color=COLOUR["theory"])
        low.set(xlabel="step", ylabel="value", xlim=(0.3, self.length + 0.7))
        low.set_title("Circles: memory c; squares: output h; diamond: wanted at ?", fontsize=10)
        return figure


class _Network:
    """The stored LSTM, run step by step; shown is the cell that holds the first number best."""

    def __init__(self) -> None:
        stored = trained("08.adding")
        names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
        self.weights = [stored[f"lstm.rnn.{name}"] for name in names]
        self.head = stored["lstm.head.weight"], stored["lstm.head.bias"]
        X, _ = adding(300, TRAINED, np.random.default_rng(0))
        half = X[:, : TRAINED // 2]  # by then the first mark has passed and the second has not
        first = (half[:, :, 0] * half[:, :, 1]).sum(axis=1)
        (_, _, c), _ = F.lstm(half, None, None, *self.weights)
        holds = [abs(np.corrcoef(c[:, k], first)[0, 1]) for k in range(c.shape[1])]
        self.cell = int(np.argmax(holds))
        self.h = np.zeros((1, c.shape[1]), np.float32)
        self.c = np.zeros_like(self.h)

    def step(self, number: float, mark: bool) -> tuple[tuple[float, ...], float]:
        """Input, forget, output gate, g, memory and output of the cell; the network's answer."""
        x = np.array([[[number, float(mark)]]], np.float32)
        (_, self.h, self.c), cache = F.lstm(x, self.h, self.c, *self.weights)
        i, f, g, o = cache[3][0, :, 0, self.cell]
        shown = i, f, o, g, self.c[0, self.cell], self.h[0, self.cell]
        answer = self.head[0] @ self.h[0] + self.head[1]
        return tuple(map(float, shown)), float(answer[0])
