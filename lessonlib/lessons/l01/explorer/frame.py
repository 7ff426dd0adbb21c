"""The perceptron's run in numbers and words: what the view is sent."""

from typing import Any

from lessonlib.lessons.l01.explorer.model import PerceptronRun

NOT_SEPARABLE = "No line separates these points: the bound does not exist, the rule never stops."


def frame(run: PerceptronRun) -> dict[str, Any]:
    """All that the script draws."""
    words = note(run)
    head = f"{len(run.X)} points, {run.visits} visits, {run.mistakes} mistakes."
    return {
        "reach": run.reach,
        "points": [[*x, label] for x, label in zip(run.X.tolist(), run.y.tolist(), strict=True)],
        "line": [*run.weight.tolist(), run.bias],
        "before": [*run.before[0].tolist(), run.before[1]] if run.before else None,
        "visits": run.visits,
        "visited": run.visited,
        "wrong": run.wrong,
        "readouts": readouts(run),
        "meter": meter(run),
        "note": words,
        "summary": f"{head} {words}",
    }


def readouts(run: PerceptronRun) -> list[list[str]]:
    """Names and values of the numbers next to the drawing."""
    last = run.last_pass
    return [
        ["visits", f"{run.visits:,}"],
        ["mistakes so far", f"{run.mistakes:,}"],
        ["mistakes in the last pass", "no whole pass yet" if last is None else f"{last}"],
        ["R, longest (x₁, x₂, 1)", f"{run.radius:.2f}"],
        ["γ, largest margin", f"{run.gamma:.3g}" if run.gamma else "0"],
        ["bound (R/γ)²", short(run.bound)],
    ]


def meter(run: PerceptronRun) -> dict[str, Any]:
    """The bar: mistakes as a share of their bound."""
    if run.bound is None:
        return {"value": None, "text": "mistakes / bound: there is no bound"}
    share = run.mistakes / run.bound
    return {"value": share, "text": f"mistakes / bound: {share:.2g}, never above 1"}


def note(run: PerceptronRun) -> str:
    """One or two sentences on what the last visit did."""
    if run.bound is None:
        return NOT_SEPARABLE
    if run.visits == 0:
        return "w = 0: there is no line yet. Press Step or Play."
    if run.finished:
        return (
            f"A whole pass without a mistake: the rule stopped after {run.mistakes} mistakes. "
            "Move a point, or press Play to see it again."
        )
    x1, x2 = run.X[run.visited]
    shape = "orange circle" if run.y[run.visited] > 0 else "blue square"
    happened = (
        "was not on its side, so its y·x is added to w."
        if run.wrong
        else "was on its side, so nothing changes."
    )
    return f"Visit {run.visits}: the {shape} at ({x1:.2f}, {x2:.2f}) {happened}"


def short(bound: float | None) -> str:
    """The bound in a few characters.

    >>> short(None), short(12.34), short(123456.0)
    ('does not exist', '12.3', '123,456')
    """
    if bound is None:
        return "does not exist"
    return f"{bound:.1f}" if bound < 1000 else f"{bound:,.0f}" if bound < 1e7 else f"{bound:.1e}"
