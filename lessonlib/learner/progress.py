"""What a learner has done so far, as a table."""

from lessonlib import markup
from lessonlib.learner import record as store
from lessonlib.lessons.registry import exercises_of, lessons, predictions_of

_MARK = {"correct": "✓", "not yet": "△", "not attempted": "○"}


class Progress:
    """The learner's progress over all lessons; shown as a table in a notebook."""

    def __init__(self) -> None:
        self.data = store.load()
        self.file = store.path()

    def rows(self) -> list[tuple[str, str, int, int, int, int]]:
        """(lesson, marks, exercises solved, exercises, points earned, points) of each lesson."""
        done, table = self.data["exercises"], []
        for lesson in lessons():
            tasks = exercises_of(lesson).values()
            state = [done.get(t.id, {}).get("status", "not attempted") for t in tasks]
            marks = " ".join(_MARK.get(s, "○") for s in state)
            right = [t for t, s in zip(tasks, state, strict=True) if s == "correct"]
            points, earned = sum(t.points for t in tasks), sum(t.points for t in right)
            table.append((lesson, marks, len(right), len(state), earned, points))
        return table

    def predictions(self) -> tuple[int, int, int]:
        """Predictions right, committed, and asked in all lessons."""
        asked = {p for lesson in lessons() for p in predictions_of(lesson)}
        made = [v for k, v in self.data["predictions"].items() if k in asked]
        return sum(bool(v.get("right")) for v in made), len(made), len(asked)

    def __repr__(self) -> str:
        lines = ["lesson  exercises  points"]
        lines += [f"{n:6}  {d}/{t} {m}  {e}/{p}" for n, m, d, t, e, p in self.rows()]
        right, made, asked = self.predictions()
        lines.append(f"predictions: {made} of {asked} made, {right} right")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        rows = [(n, m, f"{d} of {t}", f"{e} of {p}") for n, m, d, t, e, p in self.rows()]
        right, made, asked = self.predictions()
        where = "off" if self.file is None else "on this machine"
        return markup.table(rows, ("lesson", "exercises", "solved", "points"), left=(1,)) + (
            f"<div>Predictions: {made} of {asked} made, {right} right. Recording is {where}.</div>"
        )


def progress() -> Progress:
    """Show what has been solved and predicted so far."""
    return Progress()
