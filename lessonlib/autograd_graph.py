"""The graph behind a `Value`: a list of nodes, a list of edges, a text and an SVG drawing of it.

Reading order is left to right: inputs in the first column, every other value one column after its
latest parent. The number on an edge is the local derivative, those in a box are data | gradient.
"""

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .autograd import Value

MAX_DRAWN = 150  # a drawing with more boxes shows nothing

_COLUMN, _ROW, _WIDTH, _HEIGHT = 150, 64, 96, 44  # pixels: spacing of the boxes and their size


class Node(NamedTuple):
    """One value: its name, its operation ("" for an input), its two numbers, its column."""

    name: str
    op: str
    data: float
    grad: float
    column: int


class Edge(NamedTuple):
    """`child` was computed from `parent` (positions in `Graph.nodes`); slope = ∂child/∂parent."""

    parent: int
    child: int
    slope: float


@dataclass(frozen=True)
class Graph:
    """Nodes in an order in which they can be computed, and the edges between them.

    print(graph) writes one line a node; Jupyter shows the drawing.
    Raises ValueError when asked to draw more than 150 nodes
    Taught in notebooks/03_backpropagation

    >>> from lessonlib.autograd import Value
    >>> graph = (Value(3.0, "w") * Value(2.0, "x")).graph()
    >>> [node.name for node in graph.nodes], graph.edges[0]
    (['w', 'x', 'v1'], Edge(parent=0, child=2, slope=2.0))
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    @classmethod
    def of(cls, root: "Value") -> "Graph":
        """The graph of everything `root` was computed from."""
        values = _parents_first(root)
        position = {id(value): i for i, value in enumerate(values)}
        nodes: list[Node] = []
        edges: list[Edge] = []
        inputs = unnamed = 0
        for i, value in enumerate(values):
            before = [position[id(parent)] for parent in value.parents]
            if value.parents:
                unnamed += 1
                name, op = f"v{unnamed}", value.label
            else:
                inputs += 1
                name, op = value.label or f"x{inputs}", ""
            column = 1 + max((nodes[j].column for j in before), default=-1)
            nodes.append(Node(name, op, value.data, value.grad, column))
            edges += [Edge(j, i, slope) for j, slope in zip(before, value.local, strict=True)]
        return cls(tuple(nodes), tuple(edges))

    def __str__(self) -> str:
        parents: dict[int, list[str]] = {}
        for edge in self.edges:
            parents.setdefault(edge.child, []).append(self.nodes[edge.parent].name)
        lines = []
        for i, node in enumerate(self.nodes):
            made = f"{_expression(node.op, parents[i])}  = " if node.op else ""
            lines.append(f"{node.name:<3} = {made}{node.data:<6g} grad {node.grad:g}")
        return "\n".join(lines)

    def _repr_svg_(self) -> str:
        return self.svg()

    def svg(self) -> str:
        """The drawing as SVG text: boxes for values, lines for edges with local derivatives."""
        if len(self.nodes) > MAX_DRAWN:
            raise ValueError(
                f"a drawing of {len(self.nodes)} values shows nothing; "
                f"draw a graph of at most {MAX_DRAWN}, or print it"
            )
        places, width, height = self._places()
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" role="img" '
            'font-family="sans-serif" font-size="12">',
            f"<title>Computation graph of {len(self.nodes)} values</title>",
            f'<rect width="{width}" height="{height}" fill="white"/>',  # for dark pages
        ]
        parts += [_edge_svg(edge, places) for edge in self.edges]
        parts += [_node_svg(node, *place) for node, place in zip(self.nodes, places, strict=True)]
        return "\n".join([*parts, "</svg>"])

    def _places(self) -> tuple[list[tuple[float, float]], int, int]:
        """Top left corner of every box, and the size of the drawing, in pixels."""
        columns: dict[int, int] = {}  # column -> boxes in it
        for node in self.nodes:
            columns[node.column] = columns.get(node.column, 0) + 1
        rows = max(columns.values())
        filled = dict.fromkeys(columns, 0)
        places = []
        for node in self.nodes:
            space = rows * _ROW / columns[node.column]
            y = (filled[node.column] + 0.5) * space - _HEIGHT / 2 + 10
            places.append((10.0 + node.column * _COLUMN, y))
            filled[node.column] += 1
        return places, len(columns) * _COLUMN - _COLUMN + _WIDTH + 20, rows * _ROW + 20


def _parents_first(root: "Value") -> list["Value"]:
    """All values below `root`, each after its parents, without recursion."""
    order: list[Value] = []
    placed: set[int] = set()
    stack = [(root, False)]
    while stack:
        value, parents_done = stack.pop()
        if id(value) in placed:
            continue
        if parents_done:
            placed.add(id(value))
            order.append(value)
        else:
            stack.append((value, True))
            stack += [(parent, False) for parent in reversed(value.parents)]
    return order


def _expression(op: str, operands: list[str]) -> str:
    """'w * x' for an operation on two values, 'tanh(v1)' or 'v1 + number' for one."""
    if len(operands) == 2:
        return f"{operands[0]} {op} {operands[1]}"
    if op.startswith("**"):
        return f"{operands[0]} {op}"
    if op in ("+", "*"):  # the other operand was a plain number
        return f"{operands[0]} {op} number"
    if op == "-":
        return f"number - {operands[0]}"
    return f"{op}({operands[0]})"


def _edge_svg(edge: Edge, places: list[tuple[float, float]]) -> str:
    (x1, y1), (x2, y2) = places[edge.parent], places[edge.child]
    x1, y1, y2 = x1 + _WIDTH, y1 + _HEIGHT / 2, y2 + _HEIGHT / 2
    # The label is a third of the way along, where lines into one box are still apart.
    x, y = x1 + (x2 - x1) / 3, y1 + (y2 - y1) / 3 - 3
    return (
        f'<line x1="{x1:.0f}" y1="{y1:.0f}" x2="{x2:.0f}" y2="{y2:.0f}" stroke="#888"/>'
        f'<text x="{x:.0f}" y="{y:.0f}" fill="#555" text-anchor="middle">{edge.slope:.3g}</text>'
    )


def _node_svg(node: Node, x: float, y: float) -> str:
    fill = "#dbe9f6" if node.op == "" else "#f2f2f2"
    title = f"{node.name}: {node.op}" if node.op else node.name
    middle = x + _WIDTH / 2
    return (
        f'<rect x="{x:.0f}" y="{y:.0f}" width="{_WIDTH}" height="{_HEIGHT}" rx="5" '
        f'fill="{fill}" stroke="#444"/>'
        f'<text x="{middle:.0f}" y="{y + 18:.0f}" text-anchor="middle" font-weight="bold">'
        f"{escape(title)}</text>"
        f'<text x="{middle:.0f}" y="{y + 35:.0f}" text-anchor="middle">'
        f"{node.data:.3g} | {node.grad:.3g}</text>"
    )
