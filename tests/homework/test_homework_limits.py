"""`--cell-seconds` is honoured above every other limit."""

import json
import time

import pytest
from homework_cases.course import MARKS, homework_of
from homework_cases.edit import added

from lessonlib import cli
from lessonlib.homework.cohort import grade as grading
from lessonlib.homework.limits import Limits, TimeLeft
from lessonlib.homework.release import solved
from lessonlib.homework.submission.grader import Grader

pytest_plugins = ("homework_cases.fixtures",)
pytestmark = MARKS


@pytest.mark.parametrize("seconds", [20.0, 200.0, 3000.0])
def test_ten_cells_at_their_limit_reach_no_other_limit(seconds):
    limits = Limits.with_cell(seconds)
    left = TimeLeft.of(limits)
    assert left.processor >= 10 * seconds
    assert left.end - time.monotonic() >= 40 * seconds - 1  # by the clock four times as long
    assert limits.whole > limits.clock
    assert limits.processor_of_one >= 10 * seconds
    assert limits.given >= seconds


def test_the_system_gives_the_process_as_much(namespaces):
    """Else the kernel ends it after 150 seconds, whatever a cell may take."""
    cell = "import resource\nassert resource.getrlimit(resource.RLIMIT_CPU)[0] >= 4000\nright = 1"
    grader = Grader(homework_of("00"), Limits.with_cell(400.0))
    try:
        notebook = added(cell, before="ex-00-1")(solved(grader.homework.notebook()))
        for one in notebook["cells"]:
            if one["id"] == "ex-00-1":
                one["source"] = f"assert right\n{one['source']}"
        report = grader.grade(json.dumps(notebook).encode())
    finally:
        grader.close()
    assert report.exercises[0].points == 1.0, report


def test_the_command_hands_all_of_them_over(course_folder, monkeypatch, tmp_path):
    (course_folder / "course.json").write_text("{}")
    seen = []
    outcome = grading.Outcome([], 0, 0.0, [])
    monkeypatch.setattr(
        grading, "grade", lambda course, lesson, settings, *more: seen.append(settings) or outcome
    )
    words = ["grade", str(course_folder), "--lesson", "00", "--cell-seconds", "400"]
    assert cli.main(words) == 0
    assert seen[0].limits == Limits.with_cell(400.0)
