"""How nbgrader works with a course: its own lists of steps with ours in them, and how they run.

`configure` is called by the course folder's nbgrader_config.py, so that nbgrader's command line,
formgrader and `lessonlib grade` all do the same.
"""

import contextlib
import glob
import io
import logging
import os
import secrets
import sqlite3
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from jinja2.bccache import Bucket, BytecodeCache
from nbconvert.exporters import HTMLExporter, NotebookExporter
from nbformat.v4 import new_output
from nbgrader import utils
from nbgrader.apps import api
from nbgrader.converters import base
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from sqlalchemy import Engine, event
from traitlets.config import Config

from lessonlib import markup
from lessonlib.exercises.result import Result
from lessonlib.homework import safe
from lessonlib.homework.cells import ANSWER, role_of
from lessonlib.homework.course import Course
from lessonlib.homework.faults import fault_of
from lessonlib.homework.limits import LOCK_SECONDS
from lessonlib.homework.model import Graded, Homework, HomeworkError, Report
from lessonlib.homework.nbgrader.bounded import bounded
from lessonlib.homework.release import cleared
from lessonlib.homework.submission.repair import plain, repair
from lessonlib.homework.submission.submission import Submission
from lessonlib.lessons.registry import find

Cells = tuple[Any, dict[str, Any]]


class ClearYourCode(NbGraderPreprocessor):
    """Empty the exercises between their delimiters and keep the delimiters."""

    def preprocess_cell(self, cell: Any, resources: dict[str, Any], index: int) -> Cells:
        """Clear one cell."""
        role, task = role_of(cell)
        if role == "exercise":
            cell.source = cleared(cell.source, find(task))
        elif role == "written":
            cell.source = ANSWER
        return cell, resources


class RepairingExporter(NotebookExporter):
    """Reads a submitted file as the grader does: repaired, whatever state it came in."""

    def from_filename(  # type: ignore[override]  # nbconvert says a notebook and returns its text
        self, filename: str, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Read, repair, then go through the preprocessors."""
        resources, path = resources or {}, Path(filename)
        course, homework = _assignment(resources)
        if course.root.resolve() / "submitted" in path.resolve().parents:
            release = homework.notebook()
            repaired = repair(path.read_bytes(), release)
            notebook = nbformat.from_dict(harmless(bounded(repaired.notebook), release))
        else:
            notebook = nbformat.read(filename, as_version=4)
        resources.setdefault("metadata", {})["name"] = path.stem
        return self.from_notebook_node(notebook, resources, **kw)


def harmless(notebook: dict[str, Any], release: dict[str, Any]) -> dict[str, Any]:
    """A repaired notebook that formgrader and the feedback page can show as it is.

    Text cells that were handed out stay; all others become HTML that can do nothing (see `safe`).
    """
    given = {plain(c["source"]) for c in release["cells"] if c["cell_type"] == "markdown"}
    page, cells = safe.Page(), []
    for cell in notebook["cells"]:
        kept = {name: value for name, value in cell.items() if name != "attachments"}
        if cell["cell_type"] == "raw":
            kept |= {"cell_type": "markdown", "source": page.plain(cell["source"])}
        elif cell["cell_type"] == "markdown" and plain(cell["source"]) not in given:
            kept["source"] = page.text(cell["source"], cell.get("attachments"))
        cells.append(kept)
    return {**notebook, "cells": cells}


def _assignment(resources: dict[str, Any]) -> tuple[Course, Homework]:
    """The course and the homework that nbgrader is working on."""
    course = Course.of_database(resources["nbgrader"]["db_url"])
    return course, course.homework_named(resources["nbgrader"]["assignment"])


def _report(resources: dict[str, Any]) -> Report:
    """The stored report on a student, or a new one: formgrader's own button ends here."""
    submission = Submission.open(*_assignment(resources), resources["nbgrader"]["student"])
    if submission.report is None:
        from lessonlib.homework.submission.grader import Grader

        grader = Grader(submission.homework, hide=[str(submission.course.root)])
        try:
            submission.keep(grader.grade(submission.read()))
        finally:
            grader.close()
    return submission.outcome()


class TakeScores(NbGraderPreprocessor):
    """Write the grader's report into the notebook: outputs, messages, points."""

    def preprocess(self, nb: Any, resources: dict[str, Any]) -> Cells:
        """Fill every check cell with a message and the bare number that nbgrader reads."""
        report = _report(resources)
        if report.status != "graded":
            student = resources["nbgrader"]["student"]
            raise RuntimeError(f"{student} could not be graded: {report.reason}")
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


class _Compiled(BytecodeCache):
    """The templates of the page, compiled once and not for each student."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Called before a template is compiled."""
        if code := self.known.get((bucket.key, bucket.checksum)):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Called after it was."""
        self.known[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


class FeedbackExporter(HTMLExporter):
    """Writes the feedback page with a policy: no script runs in it but the one that sets formulas.

    That script (MathJax 2) evaluates its own configuration, and only it knows the page's number.
    """

    def _create_environment(self) -> Any:
        environment = super()._create_environment()
        environment.bytecode_cache = _COMPILED
        return environment

    def from_notebook_node(  # type: ignore[override]  # as nbconvert does it
        self, nb: Any, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """The page, with the policy first in its head."""
        made, resources = super().from_notebook_node(nb, resources, **kw)
        head, body = made.split("<body", 1)
        number = secrets.token_urlsafe(16)
        head = head.replace("<script", f'<script nonce="{number}"')
        policy = markup.policy(
            f"script-src 'nonce-{number}' 'strict-dynamic' 'unsafe-eval'",
            "font-src data: https://cdnjs.cloudflare.com",
        )
        return f"{head.replace('<head>', f'<head>{policy}', 1)}<body{body}", resources


class ShowNotes(NbGraderPreprocessor):
    """Put the grader's notes on top of the feedback page."""

    def preprocess(self, nb: Any, resources: dict[str, Any]) -> Cells:
        """Add one cell above the others where there is something to say."""
        report = _report(resources)
        if report.notes:
            notes = markup.bullets(safe.html_text(note) for note in report.notes)
            source = f"<div><b>Put right before grading:</b>{notes}</div>"
            nb.cells.insert(0, nbformat.v4.new_markdown_cell(source))
        return nb, resources


class _Glob:
    """`glob` as nbgrader's modules call it; a course folder in a pattern is taken word for word."""

    def __init__(self) -> None:
        self.roots: set[str] = set()

    def glob(self, pattern: str) -> list[str]:
        """The paths that fit."""
        inside = [r for r in self.roots if pattern.startswith(r + os.sep)]
        root = max(inside, key=len, default="")
        return glob.glob(glob.escape(root) + pattern[len(root) :])


_GLOB = _Glob()


def configure(config: Any, root: str | Path) -> None:
    """Set nbgrader's configuration for a course folder."""
    from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
    from nbgrader import preprocessors as standard

    root = Path(root).resolve()
    _GLOB.roots.add(str(root))
    for module in (base, api, utils):  # they put the folder into a pattern as it is
        module.glob = _GLOB
    config.CourseDirectory.root = str(root)
    config.CourseDirectory.db_url = Course(root).database
    config.CourseDirectory.course_id = Course(root).course_id
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
    config.GenerateFeedback.exporter_class = FeedbackExporter
    config.GenerateFeedback.preprocessors = [
        standard.GetGrades, ShowNotes, CSSHTMLHeaderPreprocessor,
    ]  # fmt: skip


def run(course: Course, assignment: str, *converters: Any, student: str | None = None) -> None:
    """Run nbgrader's converters quietly, for a student or for all; its log goes into the error.

    Raises HomeworkError where nbgrader refuses, Fault where the machine or the gradebook does.
    """
    folder = str(Path(sys.executable).parent)  # nbgrader calls `alembic` by name
    if folder not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = folder + os.pathsep + os.environ.get("PATH", "")
    for converter in converters:
        config = Config()
        configure(config, course.root)
        config.CourseDirectory.assignment_id = assignment
        if student is not None:  # nbgrader reads a pattern: let it match this id alone
            config.CourseDirectory.student_id = student.replace("[", "[[]")
        _convert(converter, config)


@event.listens_for(Engine, "connect")
def _wait_for_others(connection: Any, entry: Any) -> None:
    """Formgrader or a backup may hold the gradebook for a while."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute(f"PRAGMA busy_timeout = {int(1000 * LOCK_SECONDS)}")


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Without what nbgrader prints by itself: what it raises is enough."""
    says = logging.getLogger("tornado.application")  # its gradebook writes errors there
    before, says.disabled = says.disabled, True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # nbgrader's own calls of older interfaces
            yield
    finally:
        says.disabled = before


class _Log(logging.StreamHandler[io.StringIO]):
    """Keeps what nbgrader says, and the error that it says it about."""

    def __init__(self) -> None:
        super().__init__(io.StringIO())
        self.error: BaseException | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Called while nbgrader handles an error, of which it raises only the words."""
        self.error = sys.exc_info()[1] or self.error
        super().emit(record)

    def last(self) -> str:
        """The last line."""
        lines = [s for s in self.stream.getvalue().strip().splitlines() if s.strip()]
        return lines[-1] if lines else ""


def _convert(kind: Any, config: Config) -> None:
    log, kept = logging.getLogger("lessonlib.nbgrader"), _Log()
    log.handlers, log.propagate = [kept], False
    log.setLevel(logging.ERROR)
    converter = kind(coursedir=CourseDirectory(config=config, log=log), config=config, log=log)
    converter.force = True
    try:
        with quietly():
            converter.start()
    except Exception as error:
        fault = fault_of(error) or (kept.error and fault_of(kept.error))
        raise fault or HomeworkError(f"nbgrader: {error} {kept.last()}".strip()) from error
