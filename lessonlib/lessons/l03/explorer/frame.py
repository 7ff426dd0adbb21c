"""The walk through a graph in boxes, lines and words: what the view is sent."""

from typing import Any

from lessonlib.lessons.l03.explorer.model import HIGH, LOW, PITCH, Walk


def frame(walk: Walk) -> dict[str, Any]:
    """All that the script draws."""
    words = note(walk)
    return {
        "graph": walk.graph,
        "nodes": nodes(walk),
        "edges": edges(walk),
        "sliders": [
            {"name": name, "value": walk.inputs[name], "low": LOW, "high": HIGH, "pitch": PITCH}
            for name in walk.free
        ],
        "readouts": readouts(walk),
        "note": words,
        "summary": f"{walk.graph}, step {walk.done} of {walk.steps}. {words}",
    }


def nodes(walk: Walk) -> list[dict[str, Any]]:
    """Boxes: place, title, texts; `now` marks what the last step has changed."""
    grads, last = walk.gradients(), _last_changed(walk)
    boxes = []
    for k, (title, name) in enumerate(zip(walk.titles, walk.names, strict=True)):
        column, row = walk.example.places[name]
        value = walk.values[k] if walk.known(k) else None
        texts = {"value": short(value), "grad": short(grads[k]), "now": k == last}
        looks = {"input": k not in walk.operations, "column": column, "row": row}
        boxes.append({"title": title, **texts, **looks})
    return boxes


def _last_changed(walk: Walk) -> int:
    """The node that the last step has changed, -1 before the first step."""
    if walk.walked:
        return walk.edges[walk.walked[-1]].parent
    if walk.done > len(walk.operations):
        return len(walk.values) - 1
    return walk.computed[-1] if walk.computed else -1


def edges(walk: Walk) -> list[dict[str, Any]]:
    """Lines: their ends, the slope once it is known, what they have handed back."""
    walked, computed = walk.walked, walk.computed
    lines = []
    for k, edge in enumerate(walk.edges):
        slope = short(edge.slope) if edge.child in computed else ""
        handed = short(walk.handed(k)) if k in walked else ""
        now = bool(walked) and k == walked[-1]
        ends = {"parent": edge.parent, "child": edge.child}
        lines.append(ends | {"slope": slope, "handed": handed, "now": now})
    return lines


def readouts(walk: Walk) -> list[list[str]]:
    """Names and values of the numbers next to the drawing."""
    rows = [["step", f"{walk.done} of {walk.steps}"]]
    known = len(walk.operations) <= walk.done
    rows.append(["L", short(walk.values[-1]) if known else "not yet"])
    grads = dict(zip(walk.names, walk.gradients(), strict=True))
    for name in walk.inputs:
        rows.append([f"∂L/∂{name}", short(grads[name]) or "not yet"])
    return rows


def note(walk: Walk) -> str:
    """One or two sentences on what the last step did."""
    if walk.done == 0:
        return "The inputs are given. Press Step or Play: the values come first."
    if walk.done <= len(walk.operations):
        k = walk.computed[-1]
        return f"Forward: {walk.titles[k]} is {short(walk.values[k])}."
    if not walk.walked:
        return "Backward begins: the loss reacts to itself with slope 1."
    k = walk.walked[-1]
    edge, handed = walk.edges[k], short(walk.handed(k))
    parent, child = walk.names[edge.parent], walk.names[edge.child]
    product = f"slope {short(edge.slope)} × gradient {short(walk.complete(edge.child))}"
    earlier = [j for j in walk.walked[:-1] if walk.edges[j].parent == edge.parent]
    added = ", added to what arrived before." if earlier else "."
    last = " All gradients are there." if walk.finished else ""
    return f"From {child} back to {parent}: {product} is {handed}{added}{last}"


def short(number: float | None) -> str:
    """Three digits, a real minus sign, and nothing where there is no number yet.

    >>> short(-0.12345), short(None)
    ('−0.123', '')
    """
    return "" if number is None else f"{number + 0.0:.3g}".replace("-", "−")
