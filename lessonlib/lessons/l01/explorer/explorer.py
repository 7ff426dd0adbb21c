"""The explorer of lesson 01: points to move, Rosenblatt's rule visit by visit, and the bound."""

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from lessonlib.datasets import xor
from lessonlib.perceptron import classify, margin, visit
from lessonlib.widgets.explorer import Explorer

if TYPE_CHECKING:
    from ipywidgets import Widget
    from matplotlib.figure import Figure

FEWEST, MOST = 2, 60  # points
REPLAY = 5000  # visits repeated at most when a point is moved: about 20 ms
NOT_SEPARABLE = "No line separates these points: the bound does not exist, the rule never stops."


class PerceptronExplorer(Explorer):
    """Move points, step the perceptron rule, watch the line, mistakes and their bound (R/gamma)^2.

    X : (N, 2) finite numbers, y : (N,) in {-1, +1}, 2 to 60 points; None offers three data sets
    seed : of the data sets' points and of the orders
    The points are visited in one order, over and over, with a constant 1 appended to each; so
    margin and bound are those of (x1, x2, 1). `reset` goes back to w = 0 and draws a new order.
    When a point changes, the run is repeated from w = 0 on the points as they are now, for as
    many visits as before: the bound stays the bound of what is shown.
    Raises ValueError naming shapes, labels, NaN or the number of points
    Source: A. Novikoff 1962. Taught in notebooks/01_perceptron

    >>> explorer = PerceptronExplorer()
    >>> explorer.step()
    >>> explorer.state["mistakes"] <= explorer.state["bound"]
    True
    """

    unit: ClassVar[str] = "visit"
    reset_hint: ClassVar[str] = "Go back to w = 0, with a new order; twice: the points go back too"

    def __init__(
        self, X: np.ndarray | None = None, y: np.ndarray | None = None, seed: int = 0
    ) -> None:
        super().__init__()
        if (X is None) != (y is None):
            raise ValueError("PerceptronExplorer: X without y or y without X, wanted both or none")
        self._rng = np.random.default_rng(seed)
        self.datasets = _datasets(self._rng)
        if X is not None and y is not None:
            self.datasets = {"your points": _checked(X, y)} | self.datasets
        self.choose(next(iter(self.datasets)))

    # Learning -----------------------------------------------------------------------------------

    def choose(self, name: str) -> None:
        """Take a data set by its name and visit points until the line is wrong in a telling way."""
        if name not in self.datasets:
            raise ValueError(f"choose: {name!r}, wanted one of {', '.join(self.datasets)}")
        self.dataset, self.playing = name, False
        self.X, self.y = (array.copy() for array in self.datasets[name])
        self.order = np.arange(len(self.X))
        self.reach = max(1.0, float(np.abs(self.X).max()))
        self._measure()
        # from the second mistake on there is a line before and a line after
        worst = max((2, 3, 4), key=self._wrong_after)
        self._wrong_after(worst) or self._wrong_after(1)
        self.refresh()

    def _wrong_after(self, mistakes: int) -> int:
        """Visit points from w = 0 until so many mistakes; how many points are then wrong."""
        self._restart()
        while self.mistakes < mistakes and not self.finished:
            self._step()
        return int(np.sum(classify(self.X, self.weight, self.bias) != self.y))

    def _restart(self) -> None:
        self.weight, self.bias = np.zeros(2), 0.0
        self.visits = self.mistakes = 0
        self.last_pass: int | None = None  # mistakes in the last whole pass
        self._this_pass = 0
        self.visited, self.wrong = -1, False
        self.before: tuple[np.ndarray, float] | None = None  # the line before the last mistake

    @property
    def finished(self) -> bool:
        """Whether the last whole pass went by without a mistake."""
        return self.visits % len(self.X) == 0 and self.last_pass == 0

    def _step(self) -> None:
        turn = self.visits % len(self.X)
        index = int(self.order[turn])
        old = (self.weight, self.bias)
        self.weight, self.bias, self.wrong = visit(*old, self.X[index], self.y[index])
        self.before = old if self.wrong else None
        self.visited = index
        self.visits += 1
        self.mistakes += self.wrong
        self._this_pass += self.wrong
        if turn == len(self.X) - 1:
            self.last_pass, self._this_pass = self._this_pass, 0
        self._target = self.visits

    def _reset(self) -> None:
        if self.visits == 0:  # reset a second time: the points too go back to where they were
            self.X, self.y = (array.copy() for array in self.datasets[self.dataset])
            self._measure()
        self.order = self._rng.permutation(len(self.X))
        self._restart()
        self._target = 0

    def _measure(self) -> None:
        inputs = np.column_stack([self.X, np.ones(len(self.X))])
        self.radius = float(np.max(np.linalg.norm(inputs, axis=1)))
        self.gamma = margin(inputs, self.y)

    @property
    def bound(self) -> float | None:
        """(R/gamma)^2, or None where no line separates the points."""
        return (self.radius / self.gamma) ** 2 if self.gamma > 0 else None

    @property
    def state(self) -> dict[str, Any]:
        """Points, line, counts and bound as plain values and copies of arrays."""
        return {
            "dataset": self.dataset,
            "X": self.X.copy(),
            "y": self.y.copy(),
            "weight": self.weight.copy(),
            "bias": self.bias,
            "visits": self.visits,
            "mistakes": self.mistakes,
            "last_pass": self.last_pass,
            "visited": self.visited,
            "wrong": self.wrong,
            "radius": self.radius,
            "margin": self.gamma,
            "bound": self.bound,
            "separable": self.bound is not None,
            "converged": self.finished,
        }

    # Changing the points ------------------------------------------------------------------------

    def move(self, index: int, x1: float, x2: float) -> None:
        """Put a point elsewhere; positions outside the plane are brought to its edge."""
        if not np.all(np.isfinite([x1, x2])):
            raise ValueError(f"move: position ({x1}, {x2}), wanted finite numbers")
        self.X[self._index(index)] = np.clip([x1, x2], -self.reach, self.reach)
        self._replay()

    def flip(self, index: int) -> None:
        """Give a point the other class."""
        self.y[self._index(index)] *= -1
        self._replay()

    def add(self, x1: float, x2: float, label: int = 1) -> None:
        """Add a point; nothing happens when there are 60."""
        if label not in (-1, 1):
            raise ValueError(f"add: label {label}, wanted -1 or +1")
        if len(self.X) < MOST:
            self.X = np.vstack([self.X, np.zeros(2)])
            self.y = np.append(self.y, label)
            self.order = np.append(self.order, len(self.order))
            self.move(len(self.X) - 1, x1, x2)

    def remove(self, index: int) -> None:
        """Remove a point; nothing happens when only two are left."""
        index = self._index(index)
        if len(self.X) > FEWEST:
            self.X, self.y = np.delete(self.X, index, axis=0), np.delete(self.y, index)
            rest = self.order[self.order != index]
            self.order = rest - (rest > index)
            self._replay()

    def _index(self, index: int) -> int:
        if not 0 <= index < len(self.X):
            raise ValueError(f"point {index}, wanted 0 to {len(self.X) - 1}")
        return int(index)

    def _replay(self) -> None:
        """Repeat the run on the points as they are now."""
        target = self._target
        self._measure()
        self._restart()
        while self.visits < min(target, REPLAY) and not self.finished:
            self._step()
        self._target = target
        self.refresh()

    # The view -----------------------------------------------------------------------------------

    def _event(self, name: str, values: dict[str, Any]) -> None:
        actions = {
            "move": lambda v: self.move(v["index"], v["x"], v["y"]),
            "flip": lambda v: self.flip(v["index"]),
            "add": lambda v: self.add(v["x"], v["y"], v["label"]),
            "remove": lambda v: self.remove(v["index"]),
        }
        if name not in actions:
            super()._event(name, values)
        actions[name](values)

    def _controls(self) -> "list[Widget]":
        import ipywidgets as widgets

        choice = widgets.Dropdown(
            options=list(self.datasets),
            value=self.dataset,
            description="Points",
            style={"description_width": "auto"},
            layout={"width": "220px"},
        )
        act = self.guarded(self.choose)
        choice.observe(lambda change: act(change["new"]), "value")
        return [choice]

    def _frame(self) -> dict[str, Any]:
        note = self._note()
        head = f"{len(self.X)} points, {self.visits} visits, {self.mistakes} mistakes."
        return {
            "reach": self.reach,
            "points": [
                [*x, label] for x, label in zip(self.X.tolist(), self.y.tolist(), strict=True)
            ],
            "line": [*self.weight.tolist(), self.bias],
            "before": [*self.before[0].tolist(), self.before[1]] if self.before else None,
            "visits": self.visits,
            "visited": self.visited,
            "wrong": self.wrong,
            "readouts": self._readouts(),
            "meter": self._meter(),
            "note": note,
            "summary": f"{head} {note}",
        }

    def _readouts(self) -> list[list[str]]:
        last = self.last_pass
        return [
            ["visits", f"{self.visits:,}"],
            ["mistakes so far", f"{self.mistakes:,}"],
            ["mistakes in the last pass", "no whole pass yet" if last is None else f"{last}"],
            ["R, longest (x₁, x₂, 1)", f"{self.radius:.2f}"],
            ["γ, largest margin", f"{self.gamma:.3g}" if self.gamma else "0"],
            ["bound (R/γ)²", _short(self.bound)],
        ]

    def _meter(self) -> dict[str, Any]:
        if self.bound is None:
            return {"value": None, "text": "mistakes / bound: there is no bound"}
        share = self.mistakes / self.bound
        return {"value": share, "text": f"mistakes / bound: {share:.2g}, never above 1"}

    def _note(self) -> str:
        if self.bound is None:
            return NOT_SEPARABLE
        if self.visits == 0:
            return "w = 0: there is no line yet. Press Step or Play."
        if self.finished:
            return (
                f"A whole pass without a mistake: the rule stopped after {self.mistakes} mistakes. "
                "Move a point, or press Play to see it again."
            )
        x1, x2 = self.X[self.visited]
        shape = "orange circle" if self.y[self.visited] > 0 else "blue square"
        happened = (
            "was not on its side, so its y·x is added to w."
            if self.wrong
            else "was on its side, so nothing changes."
        )
        return f"Visit {self.visits}: the {shape} at ({x1:.2f}, {x2:.2f}) {happened}"

    def _figure(self) -> "Figure":
        import matplotlib.pyplot as plt

        from lessonlib.plots import plot_line, plot_points

        figure, ax = plt.subplots(figsize=(5.2, 4.6))
        edge = 1.12 * self.reach
        ax.set(xlim=(-edge, edge), ylim=(-edge, edge), aspect="equal", xlabel="x₁", ylabel="x₂")
        plot_line(ax, self.weight, self.bias)
        plot_points(ax, self.X, self.y)
        bound = "no bound" if self.bound is None else f"bound {_short(self.bound)}"
        ax.set_title(f"{self.visits} visits, {self.mistakes} mistakes, {bound}")
        return figure


def _short(bound: float | None) -> str:
    if bound is None:
        return "does not exist"
    return f"{bound:.1f}" if bound < 1000 else f"{bound:,.0f}" if bound < 1e7 else f"{bound:.1e}"


def _datasets(rng: np.random.Generator) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    corners, labels = xor()
    return {
        "wide margin": _cloud(14, 0.28, rng),
        "narrow margin": _cloud(14, 0.03, rng),
        "not separable (XOR)": (1.2 * corners - 0.6, labels),
    }


def _cloud(n: int, gap: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Points in the square, half on each side of a line, two of them exactly `gap` away from it."""
    angle = rng.uniform(0.2, 1.3)
    u = np.array([np.cos(angle), np.sin(angle)])
    offset = 0.3
    along = np.array([-u[1], u[0]])
    kept = [u * (offset + side * gap) + along * side * 0.25 for side in (1, -1)]
    while len(kept) < n:
        x = rng.uniform(-0.95, 0.95, 2)
        side = 1 if len(kept) % 2 == 0 else -1
        apart = min(np.linalg.norm(x - other) for other in kept)
        if side * (u @ x - offset) >= gap and apart > 0.14:
            kept.append(x)
    X = np.round(rng.permutation(kept), 3)
    return X, np.where(X @ u > offset, 1, -1)


def _checked(X: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    X, y = np.asarray(X), np.asarray(y)
    if X.ndim != 2 or X.shape[1:] != (2,) or not FEWEST <= len(X) <= MOST or y.shape != (len(X),):
        raise ValueError(
            f"PerceptronExplorer: X of shape {X.shape} and y of shape {y.shape}, "
            f"wanted (N, 2) and (N,) with N from {FEWEST} to {MOST}"
        )
    margin(X, y)  # refuses NaN, text and other labels by name
    return X.astype(float), y.astype(int)
