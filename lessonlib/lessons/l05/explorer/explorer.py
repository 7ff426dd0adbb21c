"""The explorer of lesson 05: a noisy sample, a network of any width, its fit and two errors."""

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from lessonlib.nn import Dropout, Linear, MSELoss, Sequential, Tanh
from lessonlib.optim import AdamW
from lessonlib.widgets.explorer import Explorer

if TYPE_CHECKING:
    from ipywidgets import Widget
    from matplotlib.figure import Figure

# What can be chosen: every combination trains, none crashes.
CHOICES: dict[str, tuple[float, ...]] = {
    "samples": (5, 10, 20, 40, 80, 160),
    "noise": (0.0, 0.1, 0.2, 0.3, 0.5),
    "width": (1, 2, 4, 8, 16, 64, 128),
    "decay": (0.0, 0.1, 0.3, 1.0, 3.0),
    "dropout": (0.0, 0.1, 0.25, 0.5),
}
START = {"samples": 20, "noise": 0.3, "width": 64, "decay": 0.0, "dropout": 0.0}
FIRST, LAST = 600, 4000  # steps done at the start; steps after which it stops
VALIDATION = 200
RATE = 0.01
GRID = np.linspace(-1, 1, 121)[:, None]
DRAWN = 120  # points of a curve that are sent to the browser at most


def target(x: np.ndarray) -> np.ndarray:
    """The function behind the data, without noise: 0.8 sin(5 x) + 0.4 x."""
    return 0.8 * np.sin(5 * x) + 0.4 * x


class CapacityExplorer(Explorer):
    """Samples, noise, width, weight decay, dropout: the fit, training and validation error.

    Any of CHOICES by name; seed : of the data and the first weights
    Trains 1 - width - 1 with tanh by AdamW at rate 0.01, all samples in each step. Errors are root
    mean squares; the validation set has 200 points with the same noise, so no fit can have an
    error much below the noise. Changing a control starts the training anew, from the same seed.
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
        self.seed = seed
        self.settings = dict(START)
        self._rate = 300
        self._errors = np.full((2, LAST + 1), np.nan)  # training, validation after each step
        for name, value in settings.items():
            self._check(name, value)
            self.settings[name] = value
        self._restart()
        self.step(FIRST)

    # Learning -----------------------------------------------------------------------------------

    def choose(self, name: str, value: float) -> None:
        """Set one control and train anew, as many steps as before. Raises ValueError by name."""
        self._check(name, value)
        self.settings[name] = value
        steps = self.steps
        self._restart()
        for _ in range(min(steps, FIRST)):  # a longer run would keep the page waiting
            self._step()
        self.playing = False
        self.refresh()

    @staticmethod
    def _check(name: str, value: float) -> None:
        if name not in CHOICES:
            raise ValueError(f"CapacityExplorer: {name!r}, wanted one of {', '.join(CHOICES)}")
        if value not in CHOICES[name]:
            known = ", ".join(f"{choice:g}" for choice in CHOICES[name])
            raise ValueError(f"CapacityExplorer: {name} {value}, wanted one of {known}")

    def _restart(self) -> None:
        """Draw the data and the first weights from the seed."""
        rng = np.random.default_rng(self.seed)
        noise = self.settings["noise"]
        X = rng.uniform(-1, 1, (VALIDATION + int(max(CHOICES["samples"])), 1))
        y = target(X) + noise * rng.normal(size=X.shape)
        self.validation = X[:VALIDATION], y[:VALIDATION]
        end = VALIDATION + int(self.settings["samples"])
        self.train = X[VALIDATION:end], y[VALIDATION:end]
        self.model = _network(int(self.settings["width"]), self.settings["dropout"], rng)
        self.loss = MSELoss()
        self.descent = AdamW(self.model.parameters(), lr=RATE, weight_decay=self.settings["decay"])
        self.steps = 0
        self._measure()

    def _step(self) -> None:
        X, y = self.train
        self.model.train()
        self.descent.zero_grad()
        self.loss(self.model(X), y)
        self.model.backward(self.loss.backward())
        self.descent.step()
        self.steps += 1
        self._measure()

    def _measure(self) -> None:
        """Both errors of the present weights, all units at work."""
        self.model.eval()
        for row, (X, y) in enumerate((self.train, self.validation)):
            self._errors[row, self.steps] = np.sqrt(np.mean((self.model(X) - y) ** 2))

    @property
    def finished(self) -> bool:
        """Whether the last step is done."""
        return self.steps >= LAST

    def _reset(self) -> None:
        if self.steps == 0:  # reset a second time: other data, other weights
            self.seed += 1
        self._restart()

    @property
    def errors(self) -> np.ndarray:
        """Training and validation error after each step so far, (2, steps + 1)."""
        return self._errors[:, : self.steps + 1].copy()

    @property
    def fit(self) -> np.ndarray:
        """What the network answers on the grid of 121 points from -1 to 1."""
        self.model.eval()
        return self.model(GRID)[:, 0]

    @property
    def state(self) -> dict[str, Any]:
        """Settings, data, errors and the best step as plain values and copies of arrays."""
        train, validation = self._errors[:, self.steps]
        best = int(np.argmin(self._errors[1, : self.steps + 1]))
        return {
            **self.settings,
            "seed": self.seed,
            "X": self.train[0][:, 0].copy(),
            "y": self.train[1][:, 0].copy(),
            "steps": self.steps,
            "parameters": sum(p.data.size for p in self.model.parameters()),
            "train error": float(train),
            "validation error": float(validation),
            "best step": best,
            "best validation error": float(self._errors[1, best]),
        }

    # The view -----------------------------------------------------------------------------------

    def _controls(self) -> "list[Widget]":
        import ipywidgets as widgets

        menus = {name: self._menu(name) for name in CHOICES}
        folded = widgets.HBox([menus["decay"], menus["dropout"]])
        folded.layout.display = "none"
        folded.layout.grid_gap = "12px"
        more = widgets.ToggleButton(description="Regularise", tooltip="Weight decay and dropout")
        more.layout.width = "100px"

        def unfold(change: dict[str, Any]) -> None:
            folded.layout.display = "" if change["new"] else "none"

        more.observe(unfold, "value")
        return [menus["samples"], menus["noise"], menus["width"], more, folded]

    def _menu(self, name: str) -> "Widget":
        import ipywidgets as widgets

        menu = widgets.Dropdown(
            options=[(f"{value:g}", value) for value in CHOICES[name]],
            value=self.settings[name],
            description=name.capitalize(),
            style={"description_width": "auto"},
            layout={"width": "130px"},
        )
        act = self.guarded(self.choose)
        menu.observe(lambda change: act(name, change["new"]), "value")
        return menu

    def _frame(self) -> dict[str, Any]:
        state, note = self.state, self._note()
        wanted = np.unique(np.geomspace(1, max(1, self.steps), DRAWN).astype(int))
        curves = self._errors[:, wanted] if self.steps else np.zeros((2, 0))
        return {
            "points": np.round(np.column_stack([state["X"], state["y"]]), 3).tolist(),
            "grid": GRID[:, 0].tolist(),
            "fit": np.round(self.fit, 3).tolist(),
            "truth": np.round(target(GRID[:, 0]), 3).tolist(),
            "at": wanted.tolist() if self.steps else [],
            "train": np.round(curves[0], 4).tolist(),
            "validation": np.round(curves[1], 4).tolist(),
            "best": state["best step"],
            "noise": self.settings["noise"],
            "last": LAST,
            "readouts": self._readouts(state),
            "note": note,
            "summary": (
                f"{state['samples']:g} samples, noise {state['noise']:g}, "
                f"width {state['width']:g}, decay {state['decay']:g}, "
                f"dropout {state['dropout']:g}, {self.steps} steps: "
                f"training error {state['train error']:.2f}, "
                f"validation error {state['validation error']:.2f}. {note}"
            ),
        }

    def _readouts(self, state: dict[str, Any]) -> list[list[str]]:
        return [
            ["steps", f"{self.steps:,}"],
            ["parameters", f"{state['parameters']:,}"],
            ["training error", f"{state['train error']:.3f}"],
            ["validation error", f"{state['validation error']:.3f}"],
            ["lowest validation error", f"{state['best validation error']:.3f}"],
            ["... at step", f"{state['best step']:,}"],
            ["noise in the data", f"{state['noise']:g}"],
        ]

    def _note(self) -> str:
        if self.steps == 0:
            return "The first weights. Press Step or Play; Reset again draws other data."
        state = self.state
        now, best = state["validation error"], state["best validation error"]
        train, noise = state["train error"], state["noise"]
        if train > 1.3 * noise + 0.05:
            return (
                f"It fits too little: the training error is {train:.2f}, the noise only {noise:g}. "
                "More width, more steps or less regularisation may help."
            )
        if now > 1.1 * best and train < 0.85 * now:
            return (
                f"It memorises: since step {state['best step']} the validation error has risen "
                f"from {best:.2f} to {now:.2f}, while the training error is {train:.2f}."
            )
        return (
            f"Training error {train:.2f}, validation error {now:.2f}: "
            f"near each other, and near the noise of {noise:g}."
            if now < 1.3 * noise + 0.05
            else f"Training error {train:.2f}, validation error {now:.2f}: "
            "the gap is what the sample does not tell."
        )

    def _figure(self) -> "Figure":
        import matplotlib.pyplot as plt

        from lessonlib.plots import COLOUR, DASH, label_end

        state, errors = self.state, self.errors
        figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.5))
        left.plot(GRID[:, 0], target(GRID[:, 0]), DASH["theory"], color=COLOUR["theory"])
        left.plot(GRID[:, 0], self.fit, color=COLOUR["forward"])
        left.plot(state["X"], state["y"], "o", color=COLOUR["train"])
        left.set(xlabel="x", ylabel="y", ylim=(-2.2, 2.2))
        left.set_title(f"{state['samples']:g} samples, width {state['width']:g}; dotted: no noise")
        steps = np.arange(self.steps + 1)
        for row, name in enumerate(("train", "validation")):
            right.plot(steps[1:], errors[row, 1:], DASH[name], color=COLOUR[name])
            label_end(right, max(1, self.steps), errors[row, -1], name, COLOUR[name])
        right.axhline(state["noise"], linestyle=":", color=COLOUR["theory"])
        right.set(xscale="log", xlabel="steps", ylabel="error", xlim=(1, 4 * max(10, self.steps)))
        right.set_ylim(0, 1.2)
        right.set_title("Both errors; dotted: the noise")
        return figure


def _network(width: int, dropout: float, rng: np.random.Generator) -> Sequential:
    """1 - width - 1 with tanh; the bends of the hidden units are spread over the interval."""
    first = Linear(1, width, rng=rng, dtype=np.float64)
    last = Linear(width, 1, rng=rng, dtype=np.float64)
    slope = rng.normal(0, 8, width)
    first.weight.data[:, 0] = slope
    first.bias.data[:] = -slope * rng.uniform(-1, 1, width)
    return Sequential(first, Tanh(), Dropout(dropout, rng=rng), last)
