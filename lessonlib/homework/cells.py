"""The marks in a lesson's notebook: where an answer begins and ends, what a graded cell is called.

An exercise is a cell `ex-NN-k` and its check `check-NN-k`; a question answered in words is
`why-NN-k`.
"""

import re
import textwrap
from typing import Any

BEGIN, END = "# BEGIN YOUR CODE", "# END YOUR CODE"
ANSWER = "*Your answer here.*"
_REGION = re.compile(rf"^([ \t]*){BEGIN}[^\n]*\n(.*?)^[ \t]*{END}", re.M | re.S)
_ROLES = {"ex": "exercise", "check": "check", "why": "written"}


def with_body(source: str, body: str) -> tuple[str, int]:
    """A cell with another body between the delimiters, and how many such regions it has.

    >>> with_body(f"def f():\\n    {BEGIN}\\n    1\\n    {END}", "pass")
    ('def f():\\n    # BEGIN YOUR CODE\\n    pass\\n    # END YOUR CODE', 1)
    """

    def put(match: re.Match[str]) -> str:
        indent = match.group(1)
        return f"{indent}{BEGIN}\n{textwrap.indent(body, indent)}\n{indent}{END}"

    return _REGION.subn(put, source)


def grade_id_of(kind: str, exercise: str) -> str:
    """The name of an exercise's cell.

    >>> grade_id_of("ex", "04b.2"), grade_id_of("why", "01.w1")
    ('ex-04b-2', 'why-01-1')
    """
    lesson, number = exercise.split(".")
    return f"{kind}-{lesson}-{number.lstrip('w')}"


def graded_cell_of(exercise: str) -> str:
    """The name of the cell that carries the points of an exercise or question.

    >>> graded_cell_of("04b.2"), graded_cell_of("01.w1")
    ('check-04b-2', 'why-01-1')
    """
    return grade_id_of("why" if is_written(exercise) else "check", exercise)


def is_written(exercise: str) -> bool:
    """Whether an id is that of a question answered in words.

    >>> is_written("01.w1"), is_written("01.1")
    (True, False)
    """
    return ".w" in exercise


def parsed(grade_id: str) -> tuple[str, str]:
    """(role, exercise) that a grade id names; ("given", "") where it is none of ours.

    >>> parsed("check-04b-2"), parsed("why-01-1"), parsed("mine")
    (('check', '04b.2'), ('written', '01.w1'), ('given', ''))
    """
    kind, *rest = grade_id.split("-")
    if len(rest) != 2 or kind not in _ROLES:
        return "given", ""
    return _ROLES[kind], f"{rest[0]}.{'w' if kind == 'why' else ''}{rest[1]}"


def role_of(cell: dict[str, Any]) -> tuple[str, str]:
    """(role, exercise) of a cell: exercise, check, written or given."""
    return parsed(grade_id_in(cell))


def grade_id_in(cell: dict[str, Any]) -> str:
    """The grade id of a cell, "" where it has none, whatever state its metadata are in.

    >>> grade_id_in({"metadata": {"nbgrader": {"grade_id": "ex-01-1"}}}), grade_id_in({})
    ('ex-01-1', '')
    """
    info = cell.get("metadata", {}).get("nbgrader")
    named = info.get("grade_id") if isinstance(info, dict) else ""
    return named if isinstance(named, str) else ""


def marks(
    grade_id: str, *, solution: bool = False, points: float | None = None, locked: bool = False
) -> dict[str, Any]:
    """What nbgrader reads in a cell's metadata; a cell with points is a graded one."""
    marked = {
        "grade": points is not None,
        "grade_id": grade_id,
        "locked": locked,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    return marked if points is None else marked | {"points": points}
