"""The walk of the graph explorer: values forward, then gradients back, edge by edge."""

import math
from typing import Any

from lessonlib.autograd import Value
from lessonlib.lessons.l03.explorer.examples import EXAMPLES

LOW, HIGH, PITCH = -3.0, 3.0, 0.1  # of every slider


class Walk:
    """A small graph: every value, then the loss's own gradient, then one edge a step.

    Each edge hands back   slope * gradient of the child, added to the gradient of the parent.
    graph : one of "one unit and its loss", "a value used twice", "three sigmoids in a row"
    Raises ValueError for an unknown graph or input, or a number that is not finite
    Taught in notebooks/03_backpropagation

    >>> walk = Walk("a value used twice")
    >>> walk.finished, walk.values[-1]
    (False, -3.0)
    """

    def __init__(self, graph: str) -> None:
        self.choose(graph)

    def choose(self, graph: str) -> None:
        """Take a graph by its name: all values computed, the gradient two edges back."""
        if graph not in EXAMPLES:
            raise ValueError(f"choose: {graph!r}, wanted one of {', '.join(EXAMPLES)}")
        self.graph, self.example = graph, EXAMPLES[graph]
        self.inputs = dict(self.example.inputs)
        self._compute()
        self.done = len(self.example.titles) + 3

    @property
    def free(self) -> list[str]:
        """The inputs that can be given another value."""
        return [name for name in self.inputs if name not in self.example.fixed]

    def set(self, name: str, value: float) -> None:
        """Give an input another value, within the slider's range; the walk stays where it is."""
        if name not in self.free:
            raise ValueError(f"set: {name!r}, wanted one of {', '.join(self.free)}")
        if not math.isfinite(value):
            raise ValueError(f"set: {name} = {value}, wanted a finite number")
        self.inputs[name] = min(HIGH, max(LOW, float(value)))
        self._compute()

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

    # The walk -----------------------------------------------------------------------------------

    @property
    def steps(self) -> int:
        """The number of steps of the whole walk."""
        return len(self.operations) + 1 + len(self.back)

    @property
    def finished(self) -> bool:
        """Whether every edge has handed its gradient back."""
        return self.done == self.steps

    def step(self) -> None:
        """Compute the next value, or walk the next edge back."""
        self.done += 1

    def reset(self) -> None:
        """Go back to the inputs; a second time, they too go back to where they were."""
        if self.done == 0:
            self.inputs = dict(self.example.inputs)
            self._compute()
        self.done = 0

    @property
    def computed(self) -> list[int]:
        """The operations whose values are on show."""
        return self.operations[: self.done]

    @property
    def walked(self) -> list[int]:
        """The edges that have handed back their gradient."""
        return self.back[: max(0, self.done - len(self.operations) - 1)]

    def known(self, node: int) -> bool:
        """Whether a node's value is on show: it is an input, or computed."""
        return node in self.computed or node not in self.operations

    def gradients(self) -> list[float | None]:
        """The gradient of every node as far as the walk has come; None where nothing arrived."""
        grads: list[float | None] = [None] * len(self.values)
        if self.done > len(self.operations):
            grads[-1] = 1.0
        for k in self.walked:
            grads[self.edges[k].parent] = (grads[self.edges[k].parent] or 0.0) + self.handed(k)
        return grads

    def handed(self, edge: int) -> float:
        """What an edge hands back: its slope times the gradient of its child."""
        return self.edges[edge].slope * self.complete(self.edges[edge].child)

    def complete(self, node: int) -> float:
        """The gradient of a node when all edges from its users have been walked."""
        if node == len(self.values) - 1:
            return 1.0
        return sum(self.handed(k) for k, e in enumerate(self.edges) if e.parent == node)

    @property
    def state(self) -> dict[str, Any]:
        """Inputs, values and gradients on show, by name, as plain numbers."""
        nodes = range(len(self.values))
        grads = zip(self.names, self.gradients(), strict=True)
        return {
            "graph": self.graph,
            "inputs": dict(self.inputs),
            "values": {self.names[k]: self.values[k] for k in nodes if self.known(k)},
            "gradients": {name: grad for name, grad in grads if grad is not None},
            "done": self.done,
            "steps": self.steps,
            "finished": self.finished,
        }
