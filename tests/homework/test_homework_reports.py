"""The report on a class: which findings are the most frequent, exercise by exercise."""

from homework_cases.course import MARKS, homework_of

from lessonlib.homework.cohort.reports import GRADED, NOT_GRADED, Line, class_report
from lessonlib.homework.cohort.roster import Student
from lessonlib.homework.model import Graded, Report

pytestmark = MARKS


def line(number, *graded, status=GRADED):
    report = Report("graded", exercises=list(graded))
    return Line(Student(f"s{number}"), status, report, None, [])


def found(exercise, mistake=None, finding=""):
    return Graded(exercise, "title", 0.0, 1.0, "not yet", f"Look at {mistake or finding}.",
                  [], mistake, finding)  # fmt: skip


def test_findings_are_counted_by_exercise_the_most_frequent_first():
    homework = homework_of("01")
    table = [line(k, found("01.2", "averages"), found("01.1")) for k in range(3)]
    table += [line(k, found("01.2", None, "line 3"), found("01.1")) for k in range(3, 8)]
    table += [line(k, found("01.2"), found("01.1", "forgets the bias")) for k in range(8, 10)]
    table.append(line(10, found("01.2", "averages"), status=NOT_GRADED))
    text = class_report(homework, table)
    titles = {e.id: e.title for e in homework.exercises()}
    assert (
        f"## What was found\n\n01.1 {titles['01.1']}\n\n"
        "- 2 of 10: forgets the bias. Look at forgets the bias.\n\n"
        f"01.2 {titles['01.2']}\n\n"
        "- 5 of 10: line 3. Look at line 3.\n"
        "- 3 of 10: averages. Look at averages.\n\n## Not graded"
    ) in text


def test_many_different_findings_are_cut_to_the_most_frequent():
    table = [line(k, found("01.2", None, f"line {k}")) for k in range(30)]
    table.append(line(99, found("01.2", None, "line 29")))
    text = class_report(homework_of("01"), table)
    assert "- 2 of 31: line 29." in text
    assert text.count(" of 31: ") == 8


def test_a_class_without_findings_says_so():
    text = class_report(homework_of("01"), [line(1, found("01.1"))])
    assert "## What was found\n\nNone.\n" in text
    assert text.endswith("\n")
    assert not text.endswith("\n\n\n")
