"""How nbgrader is configured to work with this course: its own lists, with our steps in them.

`configure` is called by the course folder's nbgrader_config.py, so that nbgrader's command line,
formgrader and `lessonlib grade` all do the same.
"""

import html
import json
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor

from lessonlib.exercises.result import Result
from lessonlib.homework.course import Course
from lessonlib.homework.model import Graded, Report, role_of
from lessonlib.homework.release import ANSWER, cleared
from lessonlib.homework.submission.repair import repair
from lessonlib.lessons.registry import exercises_of

Cells = tuple[Any, dict[str, Any]]


class ClearYourCode(NbGraderPreprocessor):
    """Empty the exercises between their delimiters and keep the delimiters."""

    def preprocess_cell(self, cell: Any, resources: dict[str, Any], index: int) -> Cells:
        """Clear one cell."""
        role, task = role_of(cell)
        if role == "exercise":
            cell.source = cleared(cell.source, exercises_of(task.split(".")[0])[task])
        elif role == "written":
            cell.source = ANSWER
        return cell, resources


class RepairingExporter(NotebookExporter):
    """Reads a submitted file as the grader does: repaired, whatever state it came in."""

    def from_filename(
        self, filename: str, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Read, repair, then go through the preprocessors."""
        resources = resources or {}
        known = resources["nbgrader"]
        course = Course(_root_of(known["db_url"]))
        homework = course.homework_named(known["assignment"])
        path = Path(filename)
        if course.root.resolve() / "submitted" in path.resolve().parents:
            repaired = repair(path.read_bytes(), homework.notebook())
            notebook = nbformat.from_dict(repaired.notebook)
        else:
            notebook = nbformat.read(filename, as_version=4)
        resources.setdefault("metadata", {})["name"] = path.stem
        return self.from_notebook_node(notebook, resources, **kw)


def _root_of(db_url: str) -> Path:
    return Path(db_url.removeprefix("sqlite:///")).parent


class TakeScores(NbGraderPreprocessor):
    """Write the grader's report into the notebook: outputs, messages, points."""

    def preprocess(self, nb: Any, resources: dict[str, Any]) -> Cells:
        """Fill every check cell with a message and the bare number that nbgrader reads."""
        known = resources["nbgrader"]
        course = Course(_root_of(known["db_url"]))
        homework = course.homework_named(known["assignment"])
        report = course.stored_or_new_report(homework, known["student"])
        if report.status != "graded":
            raise RuntimeError(f"{known['student']} could not be graded: {report.reason}")
        by_exercise = {g.exercise: g for g in report.exercises}
        for index, cell in enumerate(nb.cells):
            if cell.cell_type == "code":
                cell.outputs = _outputs(report, index)
            role, task = role_of(cell)
            if role == "check":
                cell.outputs = _score_outputs(by_exercise[task])
        return nb, resources


def _outputs(report: Report, index: int) -> list[Any]:
    kept = report.cells.get(str(index), {})
    text = kept.get("text", "") + (kept.get("error", "") and f"\n[{kept['error']}]\n")
    return [new_output("stream", name="stdout", text=text)] if text.strip() else []


def _score_outputs(graded: Graded) -> list[Any]:
    shown = Result(
        graded.exercise, graded.title, graded.status, graded.message, 0.0, graded.mistake,
        tuple((label, text) for label, text in graded.details),
    )  # fmt: skip
    message = {"text/plain": repr(shown), "text/html": shown._repr_html_()}
    number = {"text/plain": repr(float(graded.points))}
    return [
        new_output("display_data", data=message),
        new_output("execute_result", data=number, execution_count=1),
    ]


class ShowNotes(NbGraderPreprocessor):
    """Put the grader's notes on top of the feedback page."""

    def preprocess(self, nb: Any, resources: dict[str, Any]) -> Cells:
        """Add one cell above the others where there is something to say."""
        known = resources["nbgrader"]
        course = Course(_root_of(known["db_url"]))
        homework = course.homework_named(known["assignment"])
        report = course.stored_or_new_report(homework, known["student"])
        if report.notes:
            items = "".join(f"<li>{html.escape(n)}</li>" for n in report.notes)
            source = f"<p><b>Put right before grading:</b></p><ul>{items}</ul>"
            nb.cells.insert(0, nbformat.v4.new_markdown_cell(source))
        return nb, resources


def configure(config: Any, root: str | Path) -> None:
    """Set nbgrader's configuration for a course folder."""
    from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
    from nbgrader import preprocessors as standard

    root = Path(root).resolve()
    config.CourseDirectory.root = str(root)
    config.CourseDirectory.course_id = json.loads((root / "course.json").read_text())["course"]
    config.GenerateAssignment.preprocessors = [
        ClearYourCode, standard.LockCells, standard.ClearOutput, standard.CheckCellMetadata,
        standard.ComputeChecksums, standard.SaveCells, standard.CheckCellMetadata,
    ]  # fmt: skip
    config.Autograde.exporter_class = RepairingExporter
    config.Autograde.sanitize_preprocessors = [
        standard.OverwriteKernelspec, standard.OverwriteCells, standard.CheckCellMetadata,
    ]  # fmt: skip
    config.Autograde.autograde_preprocessors = [
        TakeScores, standard.SaveAutoGrades, standard.AssignLatePenalties,
        standard.CheckCellMetadata,
    ]  # fmt: skip
    config.GenerateFeedback.preprocessors = [
        standard.GetGrades, ShowNotes, CSSHTMLHeaderPreprocessor,
    ]  # fmt: skip
