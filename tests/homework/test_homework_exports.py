"""`lessonlib grade --export`: the files import as they are.

`canvas_reads` and `moodle_reads` do what the importers of the two platforms do with a file, as
their published sources say: which columns they look for, which lines they skip, how they find a
student.
"""

import csv
import io
import re

import pytest
from homework_cases.course import MARKS, homework_of

from lessonlib.homework.cells import graded_cell_of
from lessonlib.homework.cohort.exports import export
from lessonlib.homework.cohort.reports import GRADED, NOT_GRADED, NOTHING, Line
from lessonlib.homework.cohort.roster import read_roster
from lessonlib.homework.model import HomeworkError, Report

pytestmark = MARKS
CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,Quiz (70),Homework 1 (77),01_sample (81),\
Current Score
,,,,,,Manual Posting,,
    Points Possible,,,,,5,20.00,22,(read only)
"Lovelace, Ada",4711,u1,ada,"Group 1, early",4,18,3,90
"Boole, George",4712,u2,george,Group 1,,,7,
"Kim, Lee",4713,u3,kim1,Group 1,,2,,
"Kim, Lee",4714,u4,kim2,Group 1,5,,,
"Student, Test",4715,,0a1b2c,Group 1,,,,
"""
SHEET = """Identifier,"Full name","Email address",Status,Grade,"Maximum grade",\
"Grade can be changed","Last modified (submission)","Last modified (grade)","Feedback comments"
"Participant 5551","Ada Lovelace",ada@x.org,"Submitted for grading - ",,22.00,Yes,\
"Monday, 5 October 2026, 1:22 PM",-,"Well
done"
"Participant 5552","George Boole",george@x.org,"No submission - ",2.00,22.00,Yes,-,-,
"Participant 5553","Lee Kim",kim1@x.org,"No submission - ",,22.00,Yes,-,-,
"Participant 5554","Lee Kim",kim2@x.org,"No submission - ",,22.00,Yes,-,-,
"""
GERMAN = """ID,"Vollständiger Name",E-Mail-Adresse,Status,Bewertung,Bestwertung,\
"Bewertung kann geändert werden","Zuletzt geändert (Abgabe)","Zuletzt geändert (Bewertung)"
Teilnehmer/in5551,"Ada Lovelace",ada@x.org,"Zur Bewertung abgegeben - ",,"22,00",Ja,-,-
Teilnehmer/in5554,"Lee Kim",kim2@x.org,"Keine Abgabe - ",,"22,00",Ja,-,-
"""
PEOPLE = "First name,Last name,Email address,Groups\n"
PEOPLE += "Ada,Lovelace,ada@x.org,G1\nGeorge,Boole,george@x.org,G1\n"


@pytest.fixture(scope="module")
def homework():
    """Lesson 01: 20 points, and 2 in words."""
    return homework_of("01")


def rated(homework, share, waiting=()):
    """What the gradebook holds of a student with this share of all points."""
    points = homework.points | {"01.w1": 2.0}
    scores = {graded_cell_of(k): v * share for k, v in points.items()}
    return {"scores": scores, "automatic": scores, "by_hand": set(), "manual": list(waiting)}


@pytest.fixture
def table(homework, tmp_path):
    """A function: the lines of a class whose list this is, the first students graded."""

    def make(text, waiting=()):
        path = tmp_path / "class.csv"
        path.write_text(text, encoding="utf-8")
        rows = [rated(homework, 1.0, waiting), None, rated(homework, 0.0), rated(homework, 0.5)]
        status = [GRADED, NOT_GRADED, GRADED, GRADED]
        students = read_roster(path)
        lines = [Line(s, status[k], Report(status[k]), rows[k], [])
                 for k, s in enumerate(students[:4])]  # fmt: skip
        return path, lines

    return make


def canvas_reads(text):
    """(assignment's title and number, points possible, student's number -> grade)."""
    rows = list(csv.reader(io.StringIO(text, newline="")))
    head = rows[0]
    assert "Student" in head[0]
    assert "ID" in head[1]
    section = head.index("Section")
    assert head[2 : section + 1] == ["SIS User ID", "SIS Login ID", "Section"]
    (title,) = head[section + 1 :]
    match = re.fullmatch(r"(.*) \((\d+)\)", title)
    possible, grades = None, {}
    for row in rows[1:]:
        assert len(row) == len(head)
        if "Points Possible" in row[0]:
            possible = row[-1]
        elif not all(re.fullmatch(r"\s*(Muted|Manual Posting.*)?\s*", c) for c in row):
            grades[row[1]] = row[-1].strip()
    return match[1], match[2], possible, grades


def moodle_reads(text, names=("Identifier", "Grade", "Last modified (grade)")):
    """Participant's number -> grade, where the importer finds its three columns."""
    rows = list(csv.reader(io.StringIO(text, newline="")))
    place, grade, _ = (rows[0].index(name) for name in names)
    assert {len(row) for row in rows} == {len(rows[0])}
    return {re.search(r"\d+$", row[place])[0]: row[grade] for row in rows[1:]}


def test_canvas_takes_the_column_and_nothing_else_changes(homework, table):
    path, lines = table(CANVAS)
    made = export("canvas", homework, lines, path)
    # who has no points keeps what Canvas has: an empty cell would take a grade away there
    kept = {"4711": "22", "4712": "7", "4713": "0", "4714": "11", "4715": ""}
    assert canvas_reads(made.text) == ("01_sample", "81", "22", kept)
    assert '"Group 1, early"' in made.text
    assert "Quiz" not in made.text
    assert made.notes == []


@pytest.mark.parametrize("name", ["Homework 1", "homework 1 (77)", "77"])
def test_the_column_can_be_named(homework, table, name):
    path, lines = table(CANVAS)
    made = export("canvas", homework, lines, path, name)
    assert canvas_reads(made.text)[:3] == ("Homework 1", "77", "20.00")
    assert made.notes == ["Canvas has 20 points for it, the homework 22"]


@pytest.mark.parametrize(
    ("old", "new", "column", "words"),
    [
        ("01_sample (81)", "Homework 2 (81)", "", "not clear; assignments there: 'Quiz"),
        ("01_sample", "01_sample", "Homework 9", "no column is 'Homework 9'"),
        ("01_sample (81)", "Quiz (81)", "quiz", "2 columns are called 'quiz'; use the number"),
        (",Quiz (70),Homework 1 (77),01_sample (81)", ",a,b,c", "", "there: none"),
    ],
)
def test_a_column_that_is_not_certain_is_refused(homework, table, old, new, column, words):
    path, lines = table(CANVAS.replace(old, new))
    with pytest.raises(HomeworkError, match=re.escape(words)):
        export("canvas", homework, lines, path, column)


def test_canvas_with_semicolons_stays_so(homework, table):
    rows = csv.reader(io.StringIO(CANVAS))
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(rows)
    path, lines = table(out.getvalue())
    made = export("canvas", homework, lines, path)
    assert made.text.count(";") >= 5 * 7
    assert "4714;u4;kim2;Group 1;11" in made.text


def test_moodles_worksheet_comes_back_with_grades(homework, table):
    path, lines = table(SHEET)
    made = export("moodle", homework, lines, path)
    assert moodle_reads(made.text) == {"5551": "22", "5552": "2.00", "5553": "0", "5554": "11"}
    before, after = (list(csv.reader(io.StringIO(t, newline=""))) for t in (SHEET, made.text))
    assert [r[:4] + r[5:] for r in before] == [r[:4] + r[5:] for r in after], (
        "all else is as it was"
    )
    assert made.notes == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";"])
def test_a_german_worksheet_comes_back_as_moodle_reads_it(homework, table, encoding, separator):
    """Moodle reads commas and UTF-8 alone, whatever a spreadsheet program has made of it."""
    path, lines = table(GERMAN)
    rows = csv.reader(io.StringIO(GERMAN))
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))
    made = export("moodle", homework, lines, path)
    names = ("ID", "Bewertung", "Zuletzt geändert (Bewertung)")
    assert moodle_reads(made.text, names) == {"5551": "22", "5554": ""}
    assert made.text.startswith("ID,")


def test_a_worksheet_that_moodle_would_refuse_is_refused_here(homework, table):
    path, lines = table(SHEET.replace("Last modified (grade)", "Something"))
    with pytest.raises(HomeworkError, match="takes a grading worksheet back only with"):
        export("moodle", homework, lines, path)
    path, lines = table(SHEET.replace("22.00", "10.00"))
    notes = export("moodle", homework, lines, path).notes
    assert notes == ["Moodle has 10 points for it, the homework 22"]


def test_moodles_participants_get_a_column_for_its_gradebook(homework, table):
    path, lines = table(PEOPLE)
    made = export("moodle", homework, lines, path)
    (row,) = csv.DictReader(io.StringIO(made.text))
    assert (row["Email address"], row["01_sample"]) == ("ada@x.org", "22")
    assert "map 01_sample to the assignment" in made.notes[-1]


def test_a_student_is_found_by_an_id_never_by_a_name(homework, table, tmp_path):
    """Graded by Moodle's list, exported to Canvas's, which has other ids and the same names."""
    _, lines = table(SHEET.replace("ada@x.org", "u1").replace("kim1@x.org", "kim"))
    (tmp_path / "canvas.csv").write_text(CANVAS)
    made = export("canvas", homework, lines, tmp_path / "canvas.csv")
    *_, grades = canvas_reads(made.text)
    assert grades == {"4711": "22", "4712": "7", "4713": "", "4714": "", "4715": ""}
    assert made.notes == ["not in canvas.csv: kim, kim2@x.org"]


def test_two_students_never_share_a_line(homework, table, tmp_path):
    _, lines = table("student_id,sis user id\nada,x\nb,y\nu1,z\n")
    (tmp_path / "canvas.csv").write_text(CANVAS)
    made = export("canvas", homework, lines, tmp_path / "canvas.csv")
    *_, grades = canvas_reads(made.text)
    assert grades["4711"] == "3"
    assert made.notes == ["one line for several: ada, u1"]


def test_points_that_wait_for_a_person_are_left_out(homework, table):
    path, lines = table(CANVAS, waiting=["why-01-1"])
    made = export("canvas", homework, lines, path)
    assert canvas_reads(made.text)[3]["4711"] == "3"
    assert made.notes == ["1 left out: answers wait to be graded by hand"]


def test_any_other_platform_gets_four_columns(homework, table):
    _, lines = table("student_id,name\n=1+1,A\nb,B\n")
    made = export("csv", homework, lines, None)
    assert made.text.splitlines() == [
        "student_id,name,points,maximum", " =1+1,A,22,22", "b,B,,22"
    ]  # fmt: skip


def test_another_export_is_refused_by_name(homework, table):
    _, lines = table(CANVAS)
    with pytest.raises(HomeworkError, match="give that as --gradebook"):
        export("canvas", homework, lines, None)
    path, lines = table(SHEET)
    with pytest.raises(HomeworkError, match="is Moodle's grading worksheet; --export canvas needs"):
        export("canvas", homework, lines, path)
    path, lines = table(CANVAS)
    with pytest.raises(HomeworkError, match="is Canvas's gradebook; --export moodle needs"):
        export("moodle", homework, lines, path)


def test_who_handed_in_nothing_keeps_what_is_there(homework, table):
    path, lines = table(CANVAS)
    lines[0] = Line(lines[0].student, NOTHING, None, None, [])
    assert canvas_reads(export("canvas", homework, lines, path).text)[3]["4711"] == "3"
