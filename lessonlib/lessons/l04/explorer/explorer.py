"""The explorer of lesson 04: five optimisers race down the same surface from the same start."""

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from lessonlib import optim
from lessonlib.lessons.l04.explorer.surfaces import SURFACES, Surface
from lessonlib.widgets.explorer import Explorer

if TYPE_CHECKING:
    from ipywidgets import Widget
    from matplotlib.figure import Figure

MOST = 400  # steps of one race
ARRIVED = 0.01  # above the lowest loss
LOST = 1e3  # times the window's reach from its middle
RATES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)
GRID = 128  # heights a side that are sent for the background
HEAD_START = 15  # steps done when a surface is first shown
OPTIMISERS = {
    "SGD": optim.SGD,
    "momentum": lambda w, lr: optim.SGD(w, lr, momentum=0.9),
    "Nesterov": lambda w, lr: optim.SGD(w, lr, momentum=0.9, nesterov=True),
    "RMSProp": lambda w, lr: optim.RMSprop(w, lr, alpha=0.9),
    "Adam": optim.Adam,
}
LOOK = {  # colour, dash, marker of the static picture; race.js has the same
    "SGD": ("#0B5FA5", "-", "o"),
    "momentum": ("#B8500B", "--", "s"),
    "Nesterov": ("#1E7B57", "-.", "^"),
    "RMSProp": ("#7A3E9D", (0, (1, 1.2)), "D"),
    "Adam": ("#A3324E", (0, (6, 1.5)), "P"),
}


class RaceExplorer(Explorer):
    """Race SGD, momentum, Nesterov, RMSProp and Adam down a surface of two weights.

    surface : "ravine", "saddle", "Rosenbrock" or "noisy bowl"
    rate    : the learning rate of all five, above 0;  seed: of the noisy bowl's noise
    All five are those of `lessonlib.optim` (momentum 0.9, RMSProp's average 0.9, Adam's defaults)
    and meet the same noise. When start, rate or surface change, the race is run again.
    Raises ValueError for an unknown surface or a rate that is not above 0
    Source: `lessonlib.optim` names each rule's. Taught in notebooks/04_training_dynamics

    >>> race = RaceExplorer("ravine", rate=0.5)
    >>> race.step(30)
    >>> race.state["diverged"]["SGD"] is not None
    True
    """

    unit: ClassVar[str] = "step"
    reset_hint: ClassVar[str] = "Go back to the start, with new noise; twice: the start moves back"

    def __init__(self, surface: str = "ravine", rate: float = 0.2, seed: int = 0) -> None:
        super().__init__()
        self._rng = np.random.default_rng(seed)
        self._noise = self._rng.normal(size=(MOST, 2))
        self._grounds: dict[str, bytes] = {}
        self.shown = ["SGD", "momentum", "Adam"]
        self.rate = _checked_rate(rate)
        self.choose(surface)

    # Racing -------------------------------------------------------------------------------------

    @property
    def surface(self) -> Surface:
        """The surface of this race."""
        return SURFACES[self.name]

    def choose(self, name: str) -> None:
        """Take a surface by its name, go to its own start and do the first steps."""
        if name not in SURFACES:
            raise ValueError(f"choose: {name!r}, wanted one of {', '.join(SURFACES)}")
        self.name, self.playing = name, False
        self.start = np.array(self.surface.start)
        self._run(HEAD_START)

    def set_learning_rate(self, rate: float) -> None:
        """Run the race again, as far as it was, with another learning rate."""
        self.rate = _checked_rate(rate)
        self._run(self.steps)

    def move_start(self, x: float, y: float) -> None:
        """Run the race again from another start; places outside the window go to its edge."""
        if not np.all(np.isfinite([x, y])):
            raise ValueError(f"move_start: ({x}, {y}), wanted finite numbers")
        low, high = (np.array(self.surface.middle) + s * self.surface.reach for s in (-1, 1))
        self.start = np.clip([x, y], low, high)
        self._run(self.steps)

    def toggle(self, name: str) -> None:
        """Show an optimiser or hide it; the last one shown stays."""
        if name not in OPTIMISERS:
            raise ValueError(f"toggle: {name!r}, wanted one of {', '.join(OPTIMISERS)}")
        kept = [n for n in OPTIMISERS if (n in self.shown) != (n == name)]
        self.shown = kept or self.shown
        self.refresh()

    def _restart(self) -> None:
        self.steps = 0
        self._weights = {n: SimpleNamespace(data=self.start.copy(), grad=None) for n in OPTIMISERS}
        self._rules = {n: make([self._weights[n]], self.rate) for n, make in OPTIMISERS.items()}
        self._paths = {n: np.full((MOST + 1, 2), np.nan) for n in OPTIMISERS}
        self.arrived: dict[str, int | None] = dict.fromkeys(OPTIMISERS)
        self.diverged: dict[str, int | None] = dict.fromkeys(OPTIMISERS)
        for path in self._paths.values():
            path[0] = self.start

    def _run(self, steps: int) -> None:
        self._restart()
        for _ in range(steps):
            self._step()
        self.refresh()

    @property
    def finished(self) -> bool:
        """Whether all have diverged or 400 steps are done."""
        return self.steps >= MOST or all(self.diverged[n] is not None for n in OPTIMISERS)

    def _step(self) -> None:
        noise = self.surface.noise * self._noise[self.steps]
        self.steps += 1
        for name, w in self._weights.items():
            if self.diverged[name] is None:
                w.grad = self.surface.gradient(w.data) + noise
                self._rules[name].step()
                self._paths[name][self.steps] = w.data
                self._judge(name, w.data)

    def _judge(self, name: str, w: np.ndarray) -> None:
        """Note when an optimiser leaves for good, and when it first comes near the minimum."""
        away = np.abs(w - self.surface.middle).max()
        if not away < LOST * self.surface.reach:  # also for nan
            self.diverged[name] = self.steps
        elif self.arrived[name] is None and self._above(w) < ARRIVED:
            self.arrived[name] = self.steps

    def _above(self, w: np.ndarray) -> float:
        return float(self.surface.loss(w)) - self.surface.lowest

    def _reset(self) -> None:
        if self.steps == 0:  # a second time: the start too goes back
            self.start = np.array(self.surface.start)
        self._noise = self._rng.normal(size=(MOST, 2))
        self._restart()

    @property
    def losses(self) -> dict[str, float]:
        """The loss above the minimum of each optimiser; infinite where it diverged."""
        return {
            n: np.inf if self.diverged[n] is not None else self._above(w.data)
            for n, w in self._weights.items()
        }

    @property
    def state(self) -> dict[str, Any]:
        """Surface, rate, start, positions, losses, who arrived and who diverged, and when."""
        return {
            "surface": self.name,
            "rate": self.rate,
            "start": self.start.copy(),
            "steps": self.steps,
            "shown": list(self.shown),
            "positions": {n: w.data.copy() for n, w in self._weights.items()},
            "losses": self.losses,
            "arrived": dict(self.arrived),
            "diverged": dict(self.diverged),
        }

    # The view -----------------------------------------------------------------------------------

    def _event(self, name: str, values: dict[str, Any]) -> None:
        if name == "start":
            self.move_start(values["x"], values["y"])
        elif name == "toggle":
            self.toggle(values["optimiser"])
        else:
            super()._event(name, values)

    def _controls(self) -> "list[Widget]":
        import ipywidgets as widgets

        style = {"description_width": "auto"}
        surface = widgets.Dropdown(
            options=list(SURFACES), value=self.name, description="Surface", style=style
        )
        surface.layout.width = "200px"
        rates = sorted({*RATES, self.rate})
        rate = widgets.SelectionSlider(
            options=[(f"{r:g}", r) for r in rates], value=self.rate, description="Learning rate"
        )
        rate.style, rate.layout.width = style, "260px"
        for control, action in ((surface, self.choose), (rate, self.set_learning_rate)):
            act = self.guarded(action)
            control.observe(lambda change, act=act: act(change["new"]), "value")
        return [surface, rate]

    def _frame(self) -> dict[str, Any]:
        note, surface = self._note(), self.surface
        return {
            "surface": self.name,
            "middle": list(surface.middle),
            "reach": surface.reach,
            "ground": self._ground(),
            "grid": GRID,
            "start": self.start.tolist(),
            "minima": [list(m) for m in surface.minima],
            "names": list(OPTIMISERS),
            "shown": list(self.shown),
            "paths": {n: self._path(n).astype("<f4").tobytes() for n in self.shown},
            "readouts": [["steps", f"{self.steps} of {MOST}"], *map(self._readout, self.shown)],
            "note": note,
            "summary": f"{self.name}, learning rate {self.rate:g}, {self.steps} steps. {note}",
        }

    def _path(self, name: str) -> np.ndarray:
        """Where an optimiser has been, (steps + 1, 2), up to where it diverged."""
        end = self.diverged[name]
        return self._paths[name][: (self.steps if end is None else end) + 1]

    def _ground(self) -> bytes:
        """Heights of the surface on a grid, 0 to 255, row by row from the top; kept once made."""
        if self.name not in self._grounds:
            height = np.log10(0.003 + self._heights(GRID)[2] - self.surface.lowest)
            height = (height - height.min()) / (height.max() - height.min())
            self._grounds[self.name] = (255 * height[::-1]).round().astype(np.uint8).tobytes()
        return self._grounds[self.name]

    def _heights(self, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        (x, y), reach = self.surface.middle, self.surface.reach
        line = np.linspace(-reach, reach, count)
        xx, yy = np.meshgrid(x + line, y + line)
        return xx, yy, self.surface.loss(np.array([xx, yy]))

    def _readout(self, name: str) -> list[str]:
        if self.diverged[name] is not None:
            return [name, f"diverged at step {self.diverged[name]}"]
        when = self.arrived[name]
        first = "" if when is None else f", below {ARRIVED:g} at step {when}"
        return [name, f"loss {self.losses[name]:.2g}{first}"]

    def _note(self) -> str:
        if self.steps == 0:
            return "All stand at the start. Press Step or Play."
        lost = [n for n in self.shown if self.diverged[n] is not None]
        if lost:
            are = "has" if len(lost) == 1 else "have"
            return (
                f"{_listed(lost)} {are} diverged: each step was longer than the one before. "
                f"A learning rate of {self.rate:g} is too large for this surface."
            )
        losses = {n: self.losses[n] for n in self.shown}
        lead = min(losses, key=losses.__getitem__)
        there = [n for n in self.shown if self.arrived[n] is not None]
        reached = f" Has been below {ARRIVED:g}: {_listed(there)}." if there else ""
        end = " The race is over; Play starts it again." if self.finished else ""
        return f"Lowest loss above the minimum now: {lead}, {losses[lead]:.2g}.{reached}{end}"

    def _figure(self) -> "Figure":
        import matplotlib.pyplot as plt

        figure, ax = plt.subplots(figsize=(6.2, 4.5))
        xx, yy, height = self._heights(160)
        shade = np.log10(0.003 + height - self.surface.lowest)
        ax.contourf(xx, yy, shade, 14, cmap="Blues", alpha=0.5)
        ax.contour(xx, yy, shade, 14, colors="#7A7A7A", linewidths=0.5, linestyles="-")
        for name in self.shown:
            colour, dash, marker = LOOK[name]
            path = self._path(name)
            ax.plot(*path.T, color=colour, linestyle=dash)
            ax.plot(*path[-1], marker, color=colour, markeredgecolor="white", ms=9, label=name)
        ax.plot(*self.start, "o", markersize=11, color="none", markeredgecolor="#222222")
        ax.plot(*np.transpose(self.surface.minima), "x", color="#222222", markersize=8)
        (x, y), reach = self.surface.middle, self.surface.reach
        ax.set(xlim=(x - reach, x + reach), ylim=(y - reach, y + reach), aspect="equal")
        ax.set(xlabel="weight 1", ylabel="weight 2")
        ax.set_title(f"{self.name}: {self.steps} steps, learning rate {self.rate:g}")
        ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
        return figure


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _checked_rate(rate: float) -> float:
    if not 0 < rate < np.inf:
        raise ValueError(f"RaceExplorer: learning rate {rate}, wanted a number above 0")
    return float(rate)
