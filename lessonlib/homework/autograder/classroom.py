"""A GitHub Classroom assignment: the template repository, and what its workflow reports.

The workflow is Classroom's own form: one step grades, and Classroom's reporter takes one result for
each exercise from it, JSON as base64.
"""

import base64
import json
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from lessonlib.files import write
from lessonlib.homework import safe
from lessonlib.homework.autograder.carried import wheel
from lessonlib.homework.autograder.needs import ALSO, pinned
from lessonlib.homework.autograder.once import OPEN, Single, message, remarks
from lessonlib.homework.model import Graded, Homework

HOMEWORK = ".github/homework.json"
CONSTRAINTS = ".github/constraints.txt"
WORKFLOW = ".github/workflows/classroom.yml"
_FLOW = """# Grades every push and tells GitHub Classroom. Whoever can push can change this file,
# so it is feedback; the grades that count come from `lessonlib grade`.
name: Autograding Tests
on: [push, workflow_dispatch, repository_dispatch]
permissions:
  checks: write
  actions: read
  contents: read
jobs:
  run-autograding-tests:
    runs-on: ubuntu-latest
    if: github.actor != 'github-classroom[bot]'
    timeout-minutes: 30
    env:
      LESSONLIB: "{package}"
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "{python}"
      - name: the grader
        run: python -m pip install -c {constraints} "$LESSONLIB" {also}
      - name: closed rooms, which this system forbids by default
        run: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 || true
      - name: grade
        id: grade
        run: python -I -m lessonlib.homework.autograder classroom {homework}
      - name: report
        uses: classroom-resources/autograding-grading-reporter@v1
        env:
{results}
        with:
          runners: {runners}
"""
_README = """# {title}

Answer the exercises in `{name}.ipynb`, between the comments that mark the places.
Commit and push: the tab *Actions* then shows, for each exercise, its points and what was found.

To work on your machine, you need Python 3.11 to 3.14:

```
pip install ".github/{wheel}[lab]"
jupyter lab {name}.ipynb
```
"""


def repository(homework: Homework, folder: Path) -> None:
    """Write the template repository; files of other names that are there stay.

    The library is in it, as a wheel of what is installed here: neither the workflow nor a student
    needs a release of it. The seed and the private cases of the homework stay with the instructor:
    in a repository of a student nothing is secret. The workflow has a seed of its own.
    """
    shown = replace(homework, seed=0, extra_cases="")
    runners = [runner(task) for task, points in homework.points.items() if points]
    results = "\n".join(
        f'          {name.upper()}_RESULTS: "${{{{ steps.grade.outputs.{name} }}}}"'
        for name in runners
    )
    package, library = wheel()
    flow = _FLOW.format(
        package=f".github/{package}", python=f"3.{sys.version_info.minor}",
        constraints=CONSTRAINTS, also=" ".join(ALSO), homework=HOMEWORK, results=results,
        runners=",".join(runners),
    )  # fmt: skip
    write(folder / f"{homework.name}.ipynb", homework.release)
    write(folder / HOMEWORK, shown.to_json())
    write(folder / ".github" / package, library)
    write(folder / CONSTRAINTS, "".join(f"{line}\n" for line in pinned()))
    write(folder / WORKFLOW, flow)
    title = homework.name.replace("_", " ")
    write(folder / "README.md", _README.format(title=title, name=homework.name, wheel=package))


def runner(exercise: str) -> str:
    """The name under which the workflow's reporter knows an exercise.

    >>> runner("04b.1")
    'ex_04b_1'
    """
    return "ex_" + re.sub(r"\W", "_", exercise)


def outputs(single: Single) -> str:
    """The lines for $GITHUB_OUTPUT: a result for each exercise of the homework."""
    graded, points = {g.exercise: g for g in single.graded()}, single.homework.points
    why = "; ".join(remarks(single))
    made = []
    for exercise in (e for e in single.homework.exercises() if points[e.id]):
        found = graded.get(exercise.id) or Graded(
            exercise.id, exercise.title, 0.0, points[exercise.id], "not yet", why
        )
        made.append(f"{runner(exercise.id)}={_encoded(_result(found))}\n")
    return "".join(made)


def _result(graded: Graded) -> dict[str, Any]:
    status = "pass" if graded.points >= graded.maximum else "fail"
    test = {
        "name": f"{graded.exercise} {graded.title}",
        "status": status,
        "score": graded.points,
        "message": safe.lines(message(graded)),
        "test_code": "",
        "filename": "",
        "line_no": 0,
        "execution_time": 0,
    }
    return {"version": 1, "status": status, "max_score": graded.maximum, "tests": [test]}


def _encoded(tree: dict[str, Any]) -> str:
    return base64.b64encode(json.dumps(tree).encode()).decode()


def summary(single: Single) -> str:
    """The page of a run on GitHub, as Markdown."""
    rows = [
        f"| {g.exercise} {safe.markdown(g.title)} | {g.points:g} of {g.maximum:g} | "
        f"{safe.markdown(message(g))} |"
        for g in single.graded()
    ]
    parts = ["| exercise | points | what was found |", "|---|--:|---|", *rows] if rows else []
    parts += ["", *(f"- {safe.markdown(text)}" for text in remarks(single))]
    parts += [] if single.closed else [f"- {OPEN}"]
    return "\n".join(parts) + "\n"
