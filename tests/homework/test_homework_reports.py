"""The report on a class: which findings are the most frequent, exercise by exercise."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
from homework_cases.course import MARKS, homework_of

from lessonlib.homework.cohort.difficulty import in_words, items
from lessonlib.homework.cohort.picture import svg
from lessonlib.homework.cohort.reports import (
    GRADED,
    NOT_GRADED,
    NOTHING,
    Line,
    class_report,
    graded_reports,
)
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


# --- how hard, how well it separates, where people stop ---


def work(number, shares, homework, name=""):
    """A student with these shares of the points; None is an exercise without a try."""
    graded = []
    for exercise, share in zip(homework.exercises(), shares, strict=True):
        most = homework.points[exercise.id]
        status = "not attempted" if share is None else "correct" if share == 1 else "not yet"
        points = most * (share or 0)
        graded.append(Graded(exercise.id, exercise.title, points, most, status, "Look."))
    student = Student(f"id{number}", name)
    return Line(student, GRADED, Report("graded", exercises=graded), None, [])


def of_six():
    """The homework of lesson 01 as far as its sixth exercise."""
    homework = homework_of("01")
    return replace(homework, points=dict(list(homework.points.items())[:6]))


def table_of(shares):
    homework = of_six()
    return homework, [work(k, row, homework) for k, row in enumerate(shares)]


def test_how_hard_and_where_people_stop():
    homework, table = table_of([
        [1, 1, 1, 1, 1, 1],
        [1, 0.5, 0, None, None, None],
        [1, 1, None, 0.5, None, None],
        [None] * 6,
    ])  # fmt: skip
    made = items(homework, graded_reports(table))
    counts = [(i.full, i.part, i.none, i.untouched) for i in made]
    assert counts == [(3, 0, 0, 1), (2, 1, 0, 1), (1, 0, 1, 2), (1, 1, 0, 2), (1, 0, 0, 3),
                      (1, 0, 0, 3)]  # fmt: skip
    assert [i.mean for i in made[:3]] == [0.75, 0.625, 0.25]
    assert [i.stopped for i in made] == [0, 0, 1, 1, 0, 0]
    assert all(i.rest is None for i in made), "four students are too few for a correlation"
    text = class_report(homework, table)
    assert "- 1 tried nothing\n- 1 stopped after 01.3 " in text
    assert "| 3 | 0 | 0 | 1 | 75% | 0.75 |  |" in text


def test_a_remark_needs_ten_who_tried():
    """Of fewer, chance says as much; and an exercise that nobody opened is not hard."""
    for shares, words in (
        ([[0] + [1] * 5] * 9, ""),
        ([[0] + [1] * 5] * 10, "hard for this class"),
        ([[None] + [1] * 5] * 10, "most did not try it"),
        ([[1] * 6] * 9, ""),
        ([[0.5] + [1] * 5] * 4 + [[None] + [1] * 5] * 6, "most did not try it"),
        ([[0.2] + [1] * 5] * 10 + [[None] * 6] * 8, "hard for this class"),
        ([[0.4] + [1] * 5] * 10 + [[None] * 6] * 8, ""),
    ):
        homework, table = table_of(shares)
        assert in_words(items(homework, graded_reports(table))[0]) == words, shares


def test_a_class_of_which_nobody_is_graded_is_said_to_be_so():
    text = class_report(of_six(), [Line(Student("a"), NOTHING, None, None, [])])
    assert "Nobody has been graded." in text
    assert "Everybody" not in text
    assert "One bar of 1 student for each" in class_report(*table_of([[1] * 6]))


def test_item_rest_is_the_correlation_with_all_other_points():
    """Against NumPy's, on a class of forty; an exercise turned round has a negative one."""
    rng = np.random.default_rng(5)
    skill = rng.normal(size=(40, 1))
    shares = (skill + rng.normal(size=(40, 6)) > 0).astype(float)
    shares[:, 5] = (skill[:, 0] < 0).astype(float)
    homework, table = table_of(shares.tolist())
    most = np.array([homework.points[e.id] for e in homework.exercises()])
    made = items(homework, graded_reports(table))
    for k, item in enumerate(made):
        rest = (shares * most).sum(axis=1) - shares[:, k] * most[k]
        assert np.isclose(item.rest, np.corrcoef(shares[:, k], rest)[0, 1])
    assert made[0].rest > 0.2
    assert made[5].rest < 0
    assert "fail here: look at the exercise itself" in class_report(homework, table)


def test_who_stops_early_does_not_hide_how_an_exercise_separates():
    """Thirty students of two kinds; the good ones stop after two exercises, right in both."""
    good, weak = [1, 1, None, None, None, None], [0, 0, 1, 0, 0, 1]
    homework, table = table_of([good] * 15 + [weak] * 15)
    first = items(homework, graded_reports(table))[0]
    assert np.isclose(first.rest, 1)


def test_what_has_no_spread_has_no_correlation():
    homework, table = table_of([[1] * 6] * 12)
    assert {item.rest for item in items(homework, graded_reports(table))} == {None}
    assert "everybody has full marks" in class_report(homework, table)


def test_nobody_is_named_unless_asked():
    homework = of_six()
    table = [work(1, [1] * 6, homework, "Ada Lovelace")]
    student = Student("id2", "George Boole")
    table.append(Line(student, NOT_GRADED, Report("not graded"), None, ["id2.ipynb is cut off"]))
    text = class_report(homework, table)
    assert not re.search(r"id\d|Ada|Boole", text)
    assert "## Not graded\n\n1. Who and why is in grades_01.csv" in text
    named = class_report(homework, table, names=True)
    assert "- id2 George Boole: id2.ipynb is cut off" in named
    assert "Ada" not in named, "only who could not be graded is named"


def test_the_picture_has_a_bar_of_every_kind_and_is_the_same_again():
    homework, table = table_of([[1, 0.5, 0, None, None, None]] * 11 + [[1] * 6])
    reports = graded_reports(table)
    text = svg(items(homework, reports), len(reports))
    assert svg(items(homework, reports), len(reports)) == text
    root = ElementTree.fromstring(text)
    said = {"".join(t.itertext()).strip() for t in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"all points", "some", "none", "no try", "stop here", "11", "12"} <= said
    assert {f"01.{k}" for k in range(1, 7)} == {s[:4] for s in said if s.startswith("01.")}
    assert "<script" not in text
    assert "http" not in re.sub(r'(xmlns\S*|rdf:\w+)="[^"]*"', "", text.split("<defs>", 1)[1])
