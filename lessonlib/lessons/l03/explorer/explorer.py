"""The explorer of lesson 03: a small computation graph, values forward, gradients backward."""

import math
from typing import TYPE_CHECKING, Any, ClassVar

from lessonlib.autograd import Value
from lessonlib.lessons.l03.explorer.examples import EXAMPLES
from lessonlib.widgets.explorer import Explorer

if TYPE_CHECKING:
    from ipywidgets import Widget
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LOW, HIGH, PITCH = -3.0, 3.0, 0.1  # of every slider


class GraphExplorer(Explorer):
    """Move the inputs of a small graph; step its values forward and its gradients back by edges.

    Each edge hands back   slope * gradient of the child, added to the gradient of the parent.
    graph : one of "one unit and its loss", "a value used twice", "three sigmoids in a row"
    Values and slopes are those of `lessonlib.autograd.Value`.
    Raises ValueError for an unknown graph or input, or a number that is not finite
    Taught in notebooks/03_backpropagation

    >>> explorer = GraphExplorer()
    >>> explorer.step(100)
    >>> explorer.state["gradients"]["v"]
    -8.0
    """

    rates: ClassVar[tuple[int, ...]] = (1, 2, 4, 8, 15)

    def __init__(self, graph: str = "one unit and its loss") -> None:
        super().__init__()
        self.choose(graph)

    # The graph ----------------------------------------------------------------------------------

    def choose(self, graph: str) -> None:
        """Take a graph by its name: all values computed, the gradient two edges back."""
        if graph not in EXAMPLES:
            raise ValueError(f"choose: {graph!r}, wanted one of {', '.join(EXAMPLES)}")
        self.graph, self.example, self.playing = graph, EXAMPLES[graph], False
        self.inputs = dict(self.example.inputs)
        self._compute()
        self.done = len(self.example.titles) + 3
        self.refresh()

    def set(self, name: str, value: float) -> None:
        """Give an input another value, within the slider's range; the walk stays where it is."""
        if name not in self.inputs or name in self.example.fixed:
            free = [n for n in self.inputs if n not in self.example.fixed]
            raise ValueError(f"set: {name!r}, wanted one of {', '.join(free)}")
        if not math.isfinite(value):
            raise ValueError(f"set: {name} = {value}, wanted a finite number")
        self.inputs[name] = min(HIGH, max(LOW, float(value)))
        self._compute()
        self.refresh()

    def _compute(self) -> None:
        """Values and slopes of the whole graph, by the lesson's tape; and the steps of the walk."""
        values = {name: Value(number, name) for name, number in self.inputs.items()}
        found = self.example.formula(**values).graph()
        titles = iter(self.example.titles)
        self.titles = [next(titles) if node.op else node.name for node in found.nodes]
        self.names = [title.split(" = ")[0] for title in self.titles]
        self.values = [node.data for node in found.nodes]
        self.edges = found.edges
        self.operations = [k for k, node in enumerate(found.nodes) if node.op]
        users_first = reversed(range(len(found.nodes)))
        self.back = [k for n in users_first for k, e in enumerate(found.edges) if e.child == n]

    # The walk: every value, then the loss's own gradient, then every edge back -------------------

    @property
    def steps(self) -> int:
        """The number of steps of the whole walk."""
        return len(self.operations) + 1 + len(self.back)

    @property
    def finished(self) -> bool:
        """Whether every edge has handed its gradient back."""
        return self.done == self.steps

    def _step(self) -> None:
        self.done += 1

    def _reset(self) -> None:
        if self.done == 0:  # reset a second time: the inputs too go back to where they were
            self.inputs = dict(self.example.inputs)
            self._compute()
        self.done = 0

    @property
    def _computed(self) -> list[int]:
        """The operations whose values are on show."""
        return self.operations[: self.done]

    @property
    def _walked(self) -> list[int]:
        """The edges that have handed back their gradient."""
        return self.back[: max(0, self.done - len(self.operations) - 1)]

    def gradients(self) -> list[float | None]:
        """The gradient of every node as far as the walk has come; None where nothing arrived."""
        grads: list[float | None] = [None] * len(self.values)
        if self.done > len(self.operations):
            grads[-1] = 1.0
        for k in self._walked:
            grads[self.edges[k].parent] = (grads[self.edges[k].parent] or 0.0) + self._handed(k)
        return grads

    def _handed(self, k: int) -> float:
        """What edge k hands back: its slope times the gradient of its child."""
        return self.edges[k].slope * self._complete(self.edges[k].child)

    def _complete(self, node: int) -> float:
        """The gradient of a node when all edges from its users have been walked."""
        if node == len(self.values) - 1:
            return 1.0
        return sum(self._handed(k) for k, e in enumerate(self.edges) if e.parent == node)

    @property
    def state(self) -> dict[str, Any]:
        """Inputs, values and gradients on show, by name, as plain numbers."""
        known = [k for k in range(len(self.values)) if k not in self.operations]
        known += self._computed
        grads = zip(self.names, self.gradients(), strict=True)
        return {
            "graph": self.graph,
            "inputs": dict(self.inputs),
            "values": {self.names[k]: self.values[k] for k in sorted(known)},
            "gradients": {name: grad for name, grad in grads if grad is not None},
            "done": self.done,
            "steps": self.steps,
            "finished": self.finished,
        }

    # The view -----------------------------------------------------------------------------------

    def _event(self, name: str, values: dict[str, Any]) -> None:
        if name != "set":
            super()._event(name, values)
        self.set(values["input"], values["value"])

    def _controls(self) -> "list[Widget]":
        import ipywidgets as widgets

        choice = widgets.Dropdown(
            options=list(EXAMPLES),
            value=self.graph,
            description="Graph",
            style={"description_width": "auto"},
            layout={"width": "250px"},
        )
        act = self.guarded(self.choose)
        choice.observe(lambda change: act(change["new"]), "value")
        return [choice]

    def _frame(self) -> dict[str, Any]:
        note = self._note()
        return {
            "graph": self.graph,
            "nodes": self._nodes(),
            "edges": self._edges(),
            "sliders": [
                {"name": name, "value": value, "low": LOW, "high": HIGH, "pitch": PITCH}
                for name, value in self.inputs.items()
                if name not in self.example.fixed
            ],
            "readouts": self._readouts(),
            "note": note,
            "summary": f"{self.graph}, step {self.done} of {self.steps}. {note}",
        }

    def _nodes(self) -> list[dict[str, Any]]:
        """Boxes: place, title, texts; `now` marks what the last step has changed."""
        computed, grads = self._computed, self.gradients()
        if self._walked:
            now = self.edges[self._walked[-1]].parent
        elif self.done > len(self.operations):
            now = len(self.values) - 1
        else:
            now = computed[-1] if computed else -1
        nodes = []
        for k, (title, name) in enumerate(zip(self.titles, self.names, strict=True)):
            column, row = self.example.places[name]
            known = k in computed or k not in self.operations
            value, grad = self.values[k] if known else None, grads[k]
            texts = {"value": _short(value), "grad": _short(grad), "now": k == now}
            looks = {"input": k not in self.operations, "column": column, "row": row}
            nodes.append({"title": title, **texts, **looks})
        return nodes

    def _edges(self) -> list[dict[str, Any]]:
        """Lines: their ends, the slope once it is known, what they have handed back."""
        walked, computed = self._walked, self._computed
        lines = []
        for k, edge in enumerate(self.edges):
            slope = _short(edge.slope) if edge.child in computed else ""
            handed = _short(self._handed(k)) if k in walked else ""
            now = bool(walked) and k == walked[-1]
            ends = {"parent": edge.parent, "child": edge.child}
            lines.append(ends | {"slope": slope, "handed": handed, "now": now})
        return lines

    def _readouts(self) -> list[list[str]]:
        rows = [["step", f"{self.done} of {self.steps}"]]
        known = len(self.operations) <= self.done
        rows.append(["L", _short(self.values[-1]) if known else "not yet"])
        grads = dict(zip(self.names, self.gradients(), strict=True))
        for name in self.inputs:
            rows.append([f"∂L/∂{name}", _short(grads[name]) or "not yet"])
        return rows

    def _note(self) -> str:
        if self.done == 0:
            return "The inputs are given. Press Step or Play: the values come first."
        if self.done <= len(self.operations):
            k = self._computed[-1]
            return f"Forward: {self.titles[k]} is {_short(self.values[k])}."
        if not self._walked:
            return "Backward begins: the loss reacts to itself with slope 1."
        k = self._walked[-1]
        edge, handed = self.edges[k], _short(self._handed(k))
        parent, child = self.names[edge.parent], self.names[edge.child]
        product = f"slope {_short(edge.slope)} × gradient {_short(self._complete(edge.child))}"
        earlier = [j for j in self._walked[:-1] if self.edges[j].parent == edge.parent]
        added = ", added to what arrived before." if earlier else "."
        last = " All gradients are there." if self.finished else ""
        return f"From {child} back to {parent}: {product} is {handed}{added}{last}"

    def _figure(self) -> "Figure":
        import matplotlib.pyplot as plt

        columns, rows = zip(*self.example.places.values(), strict=True)
        figure, ax = plt.subplots(
            figsize=(max(5.2, 1.6 * (max(columns) + 0.7)), 1.05 * (max(rows) + 1.7))
        )
        ax.set(xlim=(-0.35, max(columns) + 0.35), ylim=(max(rows) + 0.5, -0.6))
        ax.axis("off")
        nodes = self._nodes()
        for edge in self._edges():
            _draw_edge(ax, edge, nodes[edge["parent"]], nodes[edge["child"]])
        for node in nodes:
            _draw_node(ax, node)
        ax.set_title(
            f"{self.graph}: value forward, gradient back, step {self.done} of {self.steps}"
        )
        return figure


def _short(number: float | None) -> str:
    """Three digits, a real minus sign, and nothing where there is no number yet."""
    return "" if number is None else f"{number + 0.0:.3g}".replace("-", "−")


def _draw_edge(ax: "Axes", edge: dict, parent: dict, child: dict) -> None:
    from lessonlib.plots import COLOUR

    x, y = parent["column"] + 0.32, parent["row"]
    u, v = child["column"] - 0.32, child["row"]
    line = {"arrowstyle": "-|>", "color": COLOUR["gradient"] if edge["handed"] else "#777777"}
    ax.annotate("", (u, v), (x, y), arrowprops=line | {"shrinkA": 0, "shrinkB": 0})
    middle = {"x": x + 0.5 * (u - x), "ha": "center", "fontsize": 9}
    middle["bbox"] = {"facecolor": "white", "edgecolor": "none", "pad": 0.4}
    place = y + 0.5 * (v - y)
    ax.text(y=place - 0.05, s=edge["slope"], va="bottom", color="#444444", **middle)
    ax.text(y=place + 0.05, s=edge["handed"], va="top", color=COLOUR["gradient"], **middle)


def _draw_node(ax: "Axes", node: dict) -> None:
    from matplotlib.patches import FancyBboxPatch

    from lessonlib.plots import COLOUR

    x, y = node["column"], node["row"]
    look = {"boxstyle": "round,pad=0.02", "facecolor": "#EAF1F8" if node["input"] else "#F4F4F4"}
    ax.add_patch(FancyBboxPatch((x - 0.3, y - 0.33), 0.6, 0.66, edgecolor="#555555", **look))
    ax.text(x, y - 0.18, node["title"], ha="center", va="center", fontsize=9.5, weight="bold")
    ax.text(x, y + 0.03, node["value"], ha="center", va="center", color=COLOUR["forward"])
    ax.text(x, y + 0.23, node["grad"], ha="center", va="center", color=COLOUR["gradient"])
