"""Class lists in every form in which platforms export them: read, or refused in words."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonlib.homework.cohort.names import safe_id, squeeze
from lessonlib.homework.cohort.roster import read_roster
from lessonlib.homework.model import HomeworkError

CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (77),Current Score
,,,,,Manual Posting,
    Points Possible,,,,,20.00,(read only)
"A, Student",4711,s1,sa1,Group 1,18,90
"B, Student",4712,s2,sb2,Group 1,,
"Student, Test",4713,,0a1b2c3d4e,Group 1,,
"""
CANVAS_WITHOUT_LOGINS = 'Student,ID,Section\n"A, Student",4711,Group 1\n"B, Student",4712,Group 1\n'
MOODLE = "First name,Last name,ID number,Email address,Groups\n"
MOODLE += "Student,A,100,sa1@example.org,G1\nStudent,B,101,sb2@example.org,G1\n"
MOODLE_GERMAN = "Vorname;Nachname;Anmeldename;ID-Nummer;E-Mail-Adresse\n"
MOODLE_GERMAN += "Student;A;sa1;100;a@example.org\nStudent;Bärbel;sb2;101;b@example.org\n"
WORKSHEET = """Identifier,"Full name","Email address",Status,Grade,"Maximum grade",\
"Grade can be changed","Last modified (submission)","Last modified (grade)","Feedback comments"
"Participant 5551","Student A",sa1@example.org,"Submitted for grading - ",,20.00,Yes,\
"Monday, 5 October 2026, 1:22 PM",-,
"Participant 5552","Student B",sb2@example.org,"No submission - ",,20.00,Yes,-,-,
"""
WORKSHEET_GERMAN = """ID,"Vollständiger Name",E-Mail-Adresse,Status,Bewertung,Bestwertung,\
"Bewertung kann geändert werden","Zuletzt geändert (Abgabe)","Feedback als Kommentar"
Teilnehmer/in5551,"Student A",sa1@example.org,"Zur Bewertung abgegeben - ",,"20,00",Ja,\
"Montag, 5. Oktober 2026, 13:22",
Teilnehmer/in5552,"Student B",sb2@example.org,"Keine Abgabe - ",,"20,00",Ja,-,
"""
BLIND = "Identifier,Status,Grade,Maximum grade,Grade can be changed\n"
BLIND += "Participant 5551,No submission,,20,Yes\nParticipant 5552,No submission,,20,Yes\n"
BLACKBOARD = '"Last Name"\t"First Name"\t"Username"\t"Student ID"\t"Last Access"\t"Availability"\n'
BLACKBOARD += '"A"\t"Student"\t"sa1"\t"100"\t""\t"Yes"\n"B"\t"Student"\t"sb2"\t"101"\t""\t"Yes"\n'
BRIGHTSPACE = "OrgDefinedId,Username,Last Name,First Name,Email,End-of-Line Indicator\n"
BRIGHTSPACE += "#100,#sa1,A,Student,a@example.org,#\n#101,#sb2,B,Student,b@example.org,#\n"
CLASSROOM = "Last Name,First Name,Email Address,Homework 1\nDate,,,2026-10-05\nPoints,,,20\n"
CLASSROOM += "Class Average,,,12\nA,Student,sa1@example.org,18\nB,Student,sb2@example.org,\n"
TEAMS = "First Name,Last Name,Email Address,Homework 1,Points,Feedback\n"
TEAMS += "Student,A,sa1@example.org,18,20,\nStudent,B,sb2@example.org,,20,\n"

PLAIN = ["sa1", "sb2"]
MAILS = ["sa1@example.org", "sb2@example.org"]


def read(tmp_path, content, name="class.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_roster(path)


@pytest.mark.parametrize(
    ("content", "ids", "numbers"),
    [
        pytest.param(CANVAS, PLAIN, ["4711", "4712"], id="canvas"),
        pytest.param(CANVAS_WITHOUT_LOGINS, ["4711", "4712"], ["4711", "4712"], id="canvas short"),
        pytest.param(MOODLE, MAILS, ["", ""], id="moodle participants"),
        pytest.param(MOODLE_GERMAN, PLAIN, ["", ""], id="moodle participants, german"),
        pytest.param(WORKSHEET, MAILS, ["5551", "5552"], id="moodle worksheet"),
        pytest.param(WORKSHEET_GERMAN, MAILS, ["5551", "5552"], id="moodle worksheet, german"),
        pytest.param(BLIND, ["Participant 5551", "Participant 5552"], ["5551", "5552"], id="blind"),
        pytest.param(BLACKBOARD, PLAIN, ["", ""], id="blackboard"),
        pytest.param(BRIGHTSPACE, PLAIN, ["", ""], id="brightspace"),
        pytest.param(CLASSROOM, MAILS, ["", ""], id="google classroom"),
        pytest.param(TEAMS, MAILS, ["", ""], id="teams"),
        pytest.param("sa1\nsb2\n", PLAIN, ["", ""], id="ids alone"),
        pytest.param("sep=;\nstudent_id;name\nsa1;A, B\nsb2;C\n", PLAIN, ["", ""], id="sep="),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_every_export_in_every_encoding(tmp_path, content, ids, numbers, encoding, ends):
    students = read(tmp_path, content.replace("\n", ends).encode(encoding))
    assert [s.id for s in students] == ids
    assert [s.number for s in students] == numbers


@pytest.mark.parametrize("line", [",,,,Muted", ",,,,", '"Student, Test",9,,A,', "Points Possible"])
def test_lines_that_canvas_puts_above_the_students_are_none(tmp_path, line):
    text = f'Student,ID,SIS Login ID,Section,HW (1)\n{line}\n"A, S",4711,sa1,A,\n'
    assert [s.id for s in read(tmp_path, text)] == ["sa1"]


def test_letters_that_nobody_sees_are_no_part_of_an_id(tmp_path):
    text = "\u200bstudent_id,name\n\u202asa1\u202c,A\n\u200bsb2,B\n"
    assert [s.id for s in read(tmp_path, text)] == PLAIN


def test_names_and_times_of_the_platforms(tmp_path):
    german = read(tmp_path, MOODLE_GERMAN.encode("cp1252"))
    assert german[1].name == "Student Bärbel"
    assert read(tmp_path, WORKSHEET)[0].handed_in == "Monday, 5 October 2026, 1:22 PM"
    assert [s.handed_in for s in read(tmp_path, WORKSHEET_GERMAN)][1] == ""


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_the_one_that_gives_the_columns(tmp_path, separator):
    rows = [["name", "student_id", "note"], ["A", "sa1", "7;5,5"], ["B", "sb2", ""]]
    text = "\n".join(separator.join(f'"{c}"' for c in row) for row in rows)
    assert [s.id for s in read(tmp_path, text)] == PLAIN


def workbook():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\n,,\n", "empty"),
        ("student_id,name\n", "a head and no students"),
        (workbook(), "an Excel or OpenDocument workbook .* save it as CSV in UTF-8"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "an old Excel workbook"),
        (b"%PDF-1.7", "a PDF file"),
        ("<html><table><tr><td>sa1", "a web page"),
        ("姓名,学号\n".encode("gb18030") * 3, "neither in UTF-8 nor in UTF-16"),
        (b"student_id\nsa\x811\n", "neither in UTF-8"),
        ("student_id,name\nsa1,A\nsb2,B\nsa1,C\n", "lines 2 and 4 both have the id 'sa1'"),
        ("student_id\nsa1\nSA1\n", "lines 2 and 3 are too much alike: 'sa1' and the id 'SA1'"),
        ("student_id\na b\na_b\n", "lines 2 and 3 are too much alike: 'a b' and the id 'a_b'"),
        ("sa1\nsb2\nsa1\n", "lines 1 and 3 both have"),
        ("student_id,name\n,Student A\nsb2,B\n,C\n", r"line 2 \(Student A\) has no student_id; "
         r"line 4 \(C\) has no student_id"),
        ("student_id,name\nsa1,A, Student\nsb2,B\n", "line 2 has 3 cells, the head has 2"),
        ("student_id\nsa1;Student A\n", "line 2 .* another separator"),
        ("student_id\n1,23457E+11\n", "2 cells"),
        ("student_id;name\n1,23457E+11;A\n", "another separator"),
        ("student_id,name\n1.23457E+11,A\n", "shortened the number"),
        ('student_id,name\nsa1,"Student A\nsb2,B\n', "quotation mark"),
        ("name,section\nStudent A,1\nStudent A,1\n", "two may have the same name"),
        ("student\nA\n", "two may have the same name"),
        ("Last Name,First Name,Homework 1\nA,Student,3\n", "looks like Moodle's participants or "
         "Google Classroom's"),
        ("Student A\nStudent B\n", "no head, .* line 1: 'Student A'; line 2: 'Student B'"),
        ("Time,User full name,Event context,Event name\n1,A,b,c\n", "Moodle's log: download"),
        ("student_id,student_id\nsa1,sb2\n", "the column student_id twice"),
        ("student_id,name\nsa1,Jörg\n".encode("mac_roman"), "nor, for certain, in Windows' cp1252"),
        ("student_id,name\nsa1,Jörg\n".encode("cp850"), "nor, for certain"),
        ("student_id,name\nsa1,Wałęsa\n".encode("cp1250"), "nor, for certain"),
        ("student_id,name\nsa1,明\n".encode("gbk"), "nor, for certain"),
        ("student_id,name\n123.0,A\n124.0,B\n", "line 2 .* a decimal point; line 3"),
        ("student_id,name\n1-Mar,A\n", "made a date of it"),
        ("student_id,name\n#N/A,A\n#REF!,B\n", "a formula that failed; line 3"),
        ("student_id,name\na1,A\na1\u200b,B\n", "lines 2 and 3 both have the id 'a1'"),
        ('[{"student_id": "a"}]', "these are none: line 1"),
        ("Last Name,First Name,Email\n,,Date\nA,S,s@x.org\n", "no name, and no e-mail"),
    ],
)  # fmt: skip
def test_what_is_no_class_list_is_refused_in_words(tmp_path, content, words):
    with pytest.raises(HomeworkError, match=f"the class list class.csv.*{words}"):
        read(tmp_path, content)


def test_a_class_list_that_is_not_there(tmp_path):
    for path in (tmp_path / "gone.csv", tmp_path):
        with pytest.raises(HomeworkError, match=f"the class list {path} cannot be read: "):
            read_roster(path)


def test_many_wrong_rows_are_named_and_the_others_counted(tmp_path):
    with pytest.raises(HomeworkError, match=r"line 13 \(n11\) has no student_id; and 28 more$"):
        read(tmp_path, "student_id,name\n" + "".join(f",n{k}\n" for k in range(40)))


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\n\x00")), st.text(max_size=5))
def test_any_bytes_are_read_or_refused(tmp_path_factory, text, more):
    path = tmp_path_factory.mktemp("list") / "class.csv"
    path.write_bytes(f"student_id;name\n{text}\n{more}".encode())
    try:
        students = read_roster(path)
    except HomeworkError:
        return
    folders = [safe_id(s.id).casefold() for s in students]
    assert len(set(folders)) == len(folders)


@given(st.text(min_size=1), st.text(min_size=1))
def test_a_folder_name_fits_and_keeps_its_letters(one, other):
    made = safe_id(one)
    assert len(made.encode()) <= 150
    assert safe_id(made) == made
    long = [safe_id((text * 200)[:200]) for text in (one, other)]
    if len({squeeze(t * 200)[:100] for t in (one, other)}) > 1 and "_" not in one + other:
        assert all(len(name.encode()) <= 150 for name in long)
