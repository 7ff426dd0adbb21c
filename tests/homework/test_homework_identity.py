"""Whose a file is: never by a display name that two students have, never by a guess."""

import json
import re
import shutil
import unicodedata
import zipfile

import pytest
from homework_cases.course import MARKS, QUIET, homework_of
from homework_cases.sample import lesson_notebook

from lessonlib.files import write
from lessonlib.homework.assign import Choices, assign
from lessonlib.homework.cohort.grade import Grading
from lessonlib.homework.cohort.names import safe_id
from lessonlib.homework.cohort.owners import sort_by_student, uploads
from lessonlib.homework.cohort.roster import read_roster
from lessonlib.homework.course import Course
from lessonlib.homework.lateness import is_due_date, moment, zone_of
from lessonlib.homework.model import HomeworkError
from lessonlib.homework.submission.submission import submissions

pytestmark = MARKS
NOTEBOOK = json.dumps(lesson_notebook("01")).encode()


@pytest.fixture(scope="module")
def homework():
    return homework_of("01", due="2026-10-05 12:00 Europe/Berlin")


def seats(tmp_path, text):
    (tmp_path / "class.csv").write_text(text, encoding="utf-8")
    return read_roster(tmp_path / "class.csv")


def handed_in(tmp_path, names):
    """A folder with a notebook under each of these names."""
    root = tmp_path / "up"
    shutil.rmtree(root, ignore_errors=True)
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(NOTEBOOK)
    return root


def owners(tmp_path, homework, roster, *names):
    """Student -> the paths that are theirs; what was refused; whose it may have been."""
    found = sort_by_student(handed_in(tmp_path, names), homework, seats(tmp_path, roster))
    mine = {s: sorted(e.path for e in entries) for s, entries in found.by_student.items()}
    return mine, dict(found.refused), found.contested


TWINS = "student_id,name\nkl1,Kim Lee\nkl2,Kim Lee\nab3,Student B\n"
WORKSHEET = "Identifier,Full name,Email address\nParticipant 5551,Kim Lee,kl1@example.org\n"
WORKSHEET += "Participant 5552,Kim Lee,kl2@example.org\nParticipant 5553,Student B,b@example.org\n"
MOODLE = [f"Kim Lee_{n}_assignsubmission_file_/01_sample.ipynb" for n in (5551, 5552)]


def test_two_students_of_one_name_stay_two_by_moodles_number(tmp_path, homework):
    mine, refused, _ = owners(tmp_path, homework, WORKSHEET, *MOODLE)
    assert mine == {"kl1@example.org": MOODLE[:1], "kl2@example.org": MOODLE[1:]}
    assert refused == {}
    found = sort_by_student(tmp_path / "up", homework, [])  # without a class list
    assert set(found.by_student) == {"Kim_Lee_5551", "Kim_Lee_5552"}


def test_a_name_of_two_students_is_refused_and_grades_neither(tmp_path, homework):
    source = handed_in(tmp_path, [MOODLE[0], "Student B_5553_assignsubmission_file_/x.ipynb"])
    found = sort_by_student(source, homework, seats(tmp_path, TWINS))
    made = {u.student: u for u in uploads(found, homework, ())}
    assert set(made) == {"kl1", "kl2", "ab3"}
    assert made["ab3"].raw == NOTEBOOK
    for one, other in (("kl1", "kl2"), ("kl2", "kl1")):
        assert made[one].raw is None
        assert made[one].contested
        assert f"01_sample.ipynb may be of this student or of {other}" in made[one].problem
    ((path, reason),) = found.refused
    assert path == MOODLE[0]
    assert "it may be of kl1 or kl2: all of them are called Kim Lee; give the file" in reason


def test_a_second_number_with_the_same_name_is_somebody_else(tmp_path, homework):
    one = "student_id,name\nkl1,Kim Lee\n"
    mine, refused, contested = owners(tmp_path, homework, one, *MOODLE)
    assert mine == {}
    assert "the numbers 5551 and 5552 have one name, Kim Lee" in refused[MOODLE[1]]
    assert set(contested) == {"kl1"}
    known = WORKSHEET.replace("Participant 5552,Kim Lee,kl2@example.org\n", "")
    mine, refused, contested = owners(tmp_path, homework, known, *MOODLE)
    assert mine == {"kl1@example.org": MOODLE[:1]}
    assert list(refused) == MOODLE[1:]


def test_a_number_and_a_name_of_different_students_are_refused(tmp_path, homework):
    canvas = "Student,ID,SIS Login ID,Section\n"
    canvas += '"Lee, Kim",4711,kl1,A\n"B, Student",4712,ab3,A\n'
    path = "leekim_4712_90001_01_sample.ipynb"
    mine, refused, contested = owners(tmp_path, homework, canvas, path)
    assert mine == {}
    assert "4712 is the number of one, leekim is the name of the other" in refused[path]
    assert set(contested) == {"kl1", "ab3"}
    renamed = "leealex_4711_90001_01_sample.ipynb"
    assert owners(tmp_path, homework, canvas, renamed)[0] == {"kl1": [renamed]}


def test_a_number_of_the_class_list_is_not_the_platforms_number(tmp_path, homework):
    numbers = "student_id,name\n4711,Kim Lee\n4712,Student B\n"
    path = "Someone Else_4711_assignsubmission_file_/01_sample.ipynb"
    mine, refused, _ = owners(tmp_path, homework, numbers, path)
    assert mine == {}
    assert "4711 is in the class list, but with another name" in refused[path]
    path = "Student B_4711_assignsubmission_file_/01_sample.ipynb"
    assert owners(tmp_path, homework, numbers, path)[0] == {}


def test_no_other_column_names_a_student(tmp_path, homework):
    canvas = "Student,ID,SIS Login ID,Section,Homework 1\n"
    canvas += '"Lee, Kim",4711,kl1,Alpha,18\n"B, Student",4712,ab3,Beta,20\n'
    mine, _, _ = owners(tmp_path, homework, canvas, "Alpha.ipynb", "20.ipynb", "kl1.ipynb")
    assert mine == {"Alpha": ["Alpha.ipynb"], "20": ["20.ipynb"], "kl1": ["kl1.ipynb"]}


def test_what_was_handed_in_before_stays_where_a_later_file_may_be_anothers(tmp_path, homework):
    course = Course(tmp_path / "course")
    write(course.homework_file("01"), homework.to_json())
    class_list = {safe_id(s.id): s for s in seats(tmp_path, TWINS)}
    Grading(course, "01", QUIET, class_list).read(handed_in(tmp_path, ["kl1.ipynb"]))
    again = Grading(course, "01", QUIET, class_list)
    (said,) = again.read(handed_in(tmp_path, ["Kim Lee.ipynb"]))
    assert said.startswith("refused: Kim Lee.ipynb: it may be of kl1 or kl2")
    known = {s.student: s for s in submissions(course, homework)}
    assert known["kl1"].read() == NOTEBOOK
    assert known["kl1"].notes == ["Kim Lee.ipynb may be of this student or of kl2, so it was not "
                                  "graded"]  # fmt: skip
    assert known["kl2"].outcome().status == "not graded"
    assert "may be of this student or of kl1" in known["kl2"].outcome().reason


COPIES = [
    "kl1.ipynb", "kl1-Copy1.ipynb", "kl1 (1).ipynb", "Copy of kl1.ipynb", "kl1 - Copy (2).ipynb",
    "kl1 - Kopie.ipynb", "Kopie von kl1.ipynb", "kl1 copy 2.ipynb", "kl1_LATE.ipynb",
    "LATE kl1.ipynb", "01_sample_kl1-Copy12.ipynb", "kl1_01_sample(3).ipynb", "KL1.ipynb.txt",
    "kl1-checkpoint.ipynb", "Copy of kl1-Copy1 (1).ipynb", "kl1 - 01_sample.ipynb",
    "kl1+01_sample+2026-10-05 10:00:00 UTC/01_sample.ipynb",
    "01_sample_kl1_attempt_2026-10-05-12-22-11_01_sample.ipynb",
    "kl1/01_sample/01_sample.ipynb", "Section A/kl1/any thing.ipynb", "Section A/01_kl1.ipynb",
]  # fmt: skip


@pytest.mark.parametrize("path", COPIES)
def test_copies_and_marks_are_the_same_student(tmp_path, homework, path):
    mine, refused, _ = owners(tmp_path, homework, TWINS, path, "ab3.ipynb")
    assert (mine, refused) == ({"kl1": [path], "ab3": ["ab3.ipynb"]}, {})


@pytest.mark.parametrize("path", COPIES[:17])
def test_without_a_class_list_copies_stay_with_their_student(tmp_path, homework, path):
    found = sort_by_student(handed_in(tmp_path, [path]), homework, [])
    assert [s.lower() for s in found.by_student] == ["kl1"]


def test_of_four_files_all_are_the_students_and_the_work_counts(tmp_path, homework):
    names = ["leekim_4711_1_01_sample.ipynb", "leekim_4711_2_01_sample-1.ipynb",
             "leekim_LATE_4711_3_01_sample (1).ipynb", "leekim_4711_4_notes.txt"]  # fmt: skip
    source = tmp_path / "x.zip"
    worked = NOTEBOOK.replace(b"raise NotImplementedError", b"return 1")
    with zipfile.ZipFile(source, "w") as archive:
        for name in names:
            content = worked if name == names[1] else b"notes" if ".txt" in name else NOTEBOOK
            archive.writestr(zipfile.ZipInfo(name, (2026, 10, 5, 12, 0, 0)), content)
    canvas = 'Student,ID,SIS Login ID,Section\n"Lee, Kim",4711,kl1,A\n'
    (upload,) = uploads(sort_by_student(source, homework, seats(tmp_path, canvas)), homework, ())
    assert upload.raw == worked
    assert not upload.late  # the file that counts was in time
    assert upload.notes == ["4 files handed in; leekim_4711_2_01_sample-1.ipynb was graded"]


NAMES = ["Li Wu", "王 伟", "王伟", "Jörg Müller", "Åsa Öberg", "한 지수", "Ng", "O'Neil Ann-Marie",
         "प्रिया शर्मा", "Ελένη Παπα", "Иван Петров", "李", "Nguyễn Văn An",
         "de la Cruz, María"]  # fmt: skip


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("name", NAMES)
def test_names_in_every_script_and_normal_form(tmp_path, homework, name, form):
    roster = f'student_id,name\nx1,"{name}"\ny2,Student B\n'
    written = unicodedata.normalize(form, name)
    words = written.replace(",", "").split()
    swapped = " ".join([*words[1:], words[0]])
    for path in (f"{written}_77_assignsubmission_file_/a.ipynb", f"{swapped}.ipynb",
                 f"Group 1-{written}_77_assignsubmission_file_/a.ipynb", f"{written}/a.ipynb",
                 f"77-88 - {written} - Oct 5, 2026 1:22 PM/a.ipynb",
                 f"{written} - 01_sample.ipynb"):  # fmt: skip
        mine, _, _ = owners(tmp_path, homework, roster, path, "y2.ipynb")
        assert set(mine) == {"x1", "y2"}, path


def test_umlauts_that_a_platform_writes_without_dots(tmp_path, homework):
    roster = 'Student,ID,Section\n"Müller, Jörg",4711,A\n"Muller, Jorg",4712,A\n'
    for name, owner in (("muellerjoerg", "4711"), ("müllerjörg", "4711"), ("mullerjorg", "4712")):
        path = f"{name}_{owner}_1_01_sample.ipynb"
        assert owners(tmp_path, homework, roster, path)[0] == {owner: [path]}


GRADESCOPE = """---
submission_11:
  :submitters:
  - :name: Lee, Kim
    :sid: '17'
    :email: kim@x.org
  :created_at: 2026-10-05 11:22:11.219046000 Z
  :score: 1.0
  :results: !ruby/hash:Results {a: 1}
submission_12:
  :submitters:
  - :name: Student B
    :sid: ''
    :email: b@x.org
  - :name: Student C
    :sid: 'sc3'
    :email: ''
  :created_at: 2026-10-05 11:22:11.000000000 Z
"""


def gradescopes(tmp_path, **more):
    files = {"submission_metadata.yml": GRADESCOPE, "submission_11/01_sample.ipynb": NOTEBOOK,
             "submission_12/a.ipynb": NOTEBOOK} | more  # fmt: skip
    source = tmp_path / "assignment_1_export.zip"
    with zipfile.ZipFile(source, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"assignment_1_export/{name}", content)
    return source


def test_the_export_of_gradescope_says_whose_a_submission_is(tmp_path, homework):
    roster = "student_id,name,email\nkl1,K,kim@x.org\nsb2,B,b@x.org\nsc3,C,c@x.org\n"
    found = sort_by_student(gradescopes(tmp_path), homework, seats(tmp_path, roster))
    assert set(found.by_student) == {"kl1", "sb2", "sc3"}
    assert found.refused == []
    assert {u.handed_in for u in uploads(found, homework, ())} == {"2026-10-05 11:22:11 UTC"}
    alone = sort_by_student(gradescopes(tmp_path), homework, [])
    assert set(alone.by_student) == {"17", "b@x.org", "sc3"}


def test_only_gradescope_says_whose_a_submission_is(tmp_path, homework):
    """A student's own file of this name gives nobody else's name to what is next to it."""
    mine = {"kl1/submission_metadata.yml": GRADESCOPE, "kl1/submission_12/x.ipynb": NOTEBOOK}
    source = tmp_path / "x.zip"
    with zipfile.ZipFile(source, "w") as archive:
        for name, content in (mine | {"ab3.ipynb": NOTEBOOK}).items():
            archive.writestr(name, content)
    assert set(sort_by_student(source, homework, []).by_student) == {"kl1", "ab3"}
    for damaged in ("", "- a", "submission_11: [", "submission_11: {':submitters': [1, {}]}"):
        found = sort_by_student(
            gradescopes(tmp_path, **{"submission_metadata.yml": damaged}), homework, []
        )
        assert {"submission_11", "submission_12"} <= set(found.by_student), damaged


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Łukasz Żuk", ["Lukasz Zuk"]),
        ("Søren Bæk", ["Soren Baek", "soeren_baek"]),
        ("Đorđe Ilić", ["Dorde Ilic"]),
        ("İbrahim Işık", ["ibrahim isik"]),
        ("Åsa Öst", ["Asa Ost", "Aasa Oest"]),
        ("Þór Groß", ["Thor Gross"]),
    ],
)
def test_letters_that_a_student_writes_as_a_to_z(tmp_path, homework, name, written):
    roster = f"student_id,name\nx1,{name}\n"
    for path in (f"{form}.ipynb" for form in written):
        assert owners(tmp_path, homework, roster, path)[0] == {"x1": [path]}


def test_of_ten_versions_the_tenth_counts(tmp_path, homework):
    """Teams makes a folder for each; a zip may have lost the times."""
    source = tmp_path / "x.zip"
    with zipfile.ZipFile(source, "w") as archive:
        for number in (1, 2, 9, 10):
            entry = zipfile.ZipInfo(f"Student A/HW/Version {number}/01_sample.ipynb")
            archive.writestr(entry, NOTEBOOK)
    found = sort_by_student(source, homework, seats(tmp_path, "student_id,name\nx1,Student A\n"))
    (upload,) = uploads(found, homework, ())
    assert upload.origin == "Student A/HW/Version 10/01_sample.ipynb"


@pytest.mark.parametrize("path", ["wu.ipynb", "wu_01_sample.ipynb", "hw1_wu.ipynb", "wu/a.ipynb"])
def test_ids_of_two_letters(tmp_path, homework, path):
    roster = "student_id,name\nwu,Student A\nan,Student B\n"
    assert owners(tmp_path, homework, roster, path)[0] == {"wu": [path]}


def test_a_word_of_two_letters_in_a_title_is_no_student(tmp_path, homework):
    roster = "student_id,name\nwu,Student A\nan,Student B\n"
    mine, _, _ = owners(tmp_path, homework, roster, "an_answer_of_mine.ipynb")
    assert set(mine) == {"an_answer_of_mine"}


def test_a_name_with_two_ids_in_it_is_refused(tmp_path, homework):
    path = "kl1_with_ab3.ipynb"
    mine, refused, contested = owners(tmp_path, homework, TWINS, path)
    assert mine == {}
    assert "it may be of ab3 or kl1: the name of the file fits all of them" in refused[path]
    assert set(contested) == {"kl1", "ab3"}


def test_an_id_goes_before_an_address_and_the_longer_before_the_shorter(tmp_path, homework):
    roster = "student_id,name,email\nann,A,a@x.org\nann-lee,B,b@x.org\nz,C,ann@x.org\n"
    mine, _, _ = owners(tmp_path, homework, roster, "ann.ipynb", "ann-lee_01_sample.ipynb")
    assert mine == {"ann": ["ann.ipynb"], "ann-lee": ["ann-lee_01_sample.ipynb"]}
    mine, _, _ = owners(tmp_path, homework, roster, "ann@x.org.ipynb")
    assert mine == {"z": ["ann@x.org.ipynb"]}
    dots = "student_id\na.b\nab\na_b_c\n"
    mine, refused, _ = owners(tmp_path, homework, dots, "ab.ipynb", "a.b.ipynb", "a b.ipynb")
    assert mine == {"ab": ["ab.ipynb"], "a.b": ["a.b.ipynb"]}
    assert list(refused) == ["a b.ipynb"]


def test_strangers_are_not_joined_by_their_folder(tmp_path, homework):
    names = ["a.li.ipynb", "a.xu.ipynb", "b c.ipynb", "b?c.ipynb", "b_c.ipynb", "कि.ipynb",
             "का.ipynb", "x" * 90 + "1.ipynb", "x" * 90 + "2.ipynb"]  # fmt: skip
    found = sort_by_student(handed_in(tmp_path, names), homework, [])
    assert len(found.by_student) == len(names)
    assert all(safe_id(s) == s for s in found.by_student)
    assert {"a.li", "a.xu", "कि", "का"} <= set(found.by_student)


@pytest.mark.parametrize("maker", ["mac", "dotnet", "marked"])
def test_zips_as_macs_and_dotnet_write_them(tmp_path, homework, maker):
    names = ["Jörg Müller_5551_assignsubmission_file_/Übung 1.ipynb",
             "王 伟_5552_assignsubmission_file_/a/b.ipynb"]  # fmt: skip
    if maker == "dotnet":  # the code page of the console, backslashes, and no flag
        names[1] = "Student B_5552_assignsubmission_file_/a/b.ipynb"
    source = tmp_path / "x.zip"
    with zipfile.ZipFile(source, "w") as archive:
        for name in names:
            text = unicodedata.normalize("NFD", name) if maker == "mac" else name
            archive.writestr("_" * len(text.encode()) if maker == "mac" else text, NOTEBOOK)
    raw = source.read_bytes()
    if maker == "mac":
        for name in names:
            form = unicodedata.normalize("NFD", name).encode()
            raw = raw.replace(b"_" * len(form), form)
    if maker == "dotnet":
        for name in names:
            other = name.replace("/", "\\").encode("cp437")
            archive = zipfile.ZipInfo(name)
            raw = raw.replace(name.encode(), other) if name.isascii() else raw
        source = tmp_path / "y.zip"
        with zipfile.ZipFile(source, "w") as archive:
            for name in names:
                info = zipfile.ZipInfo("p" * len(name))
                info.create_system = 0
                archive.writestr(info, NOTEBOOK)
        raw = source.read_bytes()
        for name in names:
            raw = raw.replace(b"p" * len(name), name.replace("/", "\\").encode("cp437"), 2)
    source.write_bytes(raw)
    roster = "student_id,name\njm1,Jörg Müller\nww2,王 伟\nsb3,Student B\n"
    found = sort_by_student(source, homework, seats(tmp_path, roster))
    second = "sb3" if maker == "dotnet" else "ww2"
    assert set(found.by_student) == {"jm1", second}, found
    assert [e.read() for e in found.by_student["jm1"]] == [NOTEBOOK]
    assert found.by_student["jm1"][0].path == names[0]


def test_a_zip_in_a_zip_with_names_of_a_mac(tmp_path, homework):
    inner = tmp_path / "inner.zip"
    name = "Übung.ipynb"
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("_" * len(name.encode()), NOTEBOOK)
    raw = inner.read_bytes().replace(b"_" * len(name.encode()), name.encode())
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("kl1/work.zip", raw)
        archive.writestr("ab3.ipynb", NOTEBOOK)
    found = sort_by_student(tmp_path / "x.zip", homework, seats(tmp_path, TWINS))
    assert [e.read() for e in found.by_student["kl1"]] == [NOTEBOOK]


def test_file_names_that_are_no_text(tmp_path, homework):
    root = handed_in(tmp_path, ["ab3.ipynb"])
    (root / b"kl1_\xfc\xff.ipynb".decode(errors="surrogateescape")).write_bytes(NOTEBOOK)
    found = sort_by_student(root, homework, seats(tmp_path, TWINS))
    assert set(found.by_student) == {"ab3", "kl1"}
    assert json.dumps([e.path for e in found.by_student["kl1"]], ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("path", "late_by"),
    [
        ("kl1+01_sample+2026-10-05 10:00:01.250000 UTC+abc/01_sample.ipynb", "0:00:01"),
        ("kl1+01_sample+2026-10-05 09:59:00 UTC/01_sample.ipynb", ""),
        ("01_sample_kl1_attempt_2026-10-06-14-30-00_x.ipynb", "26:30:00"),
        ("77-88 - Student B - Oct 5, 2026 1:22 PM/x.ipynb", "1:22:00"),
        ("77-88 - Student B - 5 October, 2026 1122 AM/x.ipynb", ""),
        ("bstudent_LATE_4711_1_x.ipynb", "late"),
    ],
)
def test_how_late_the_platform_says(tmp_path, homework, path, late_by):
    roster = "student_id,name\nkl1,Kim Lee\nsb,Student B\n"
    found = sort_by_student(handed_in(tmp_path, [path]), homework, seats(tmp_path, roster))
    (upload,) = uploads(found, homework, ())
    said = [n for n in upload.notes if "late" in n or "after the due date" in n]
    assert len(said) == bool(late_by)
    assert all(late_by in n for n in said)


@pytest.mark.parametrize(
    "due",
    ["tomorrow", "04.10.2026 23:59", "10/04/2026 23:59", "2026-10-04", "2026-02-30 10:00 UTC",
     "2026-10-04 23:59 Mars/Base", "2026-10-04 23:59 CEST", "2026-10-04 23:59 +0200", "23:59"],
)  # fmt: skip
def test_a_due_date_that_is_not_certain_is_refused_before_anything_is_written(tmp_path, due):
    with pytest.raises(HomeworkError, match=f"the due date {re.escape(repr(due))} is not certain"):
        assign(["00"], tmp_path / "course", Choices(due=due))
    assert not (tmp_path / "course").exists()


@pytest.mark.parametrize(
    ("due", "offset"),
    [("2026-10-04 23:59 Europe/Berlin", 2), ("2026-10-04 23:59", 0), ("2026-10-04 23:59 UTC", 0),
     ("2026-10-04 23:59:30 America/New_York", -4), ("2026-10-04T23:59+02:00", 2)],
)  # fmt: skip
def test_a_due_date_gives_its_zone_to_times_without_one(due, offset):
    assert is_due_date(due)
    assert moment("Oct 4, 2026 1:22 PM", zone_of(due)).hour == 13 - offset
    assert moment("Oct 4, 2026 1:22 PM GMT", zone_of(due)).hour == 13


BLACKBOARDS = "01_sample_kl1_attempt_2026-10-05-12-22-11_hw"
CLAIM = "2026-10-01 08:00:00.000000 UTC\n"
CLAIMED = {
    "a zip of Blackboard": (f"{BLACKBOARDS}.zip", "2026-10-05 10:22:11 UTC"),
    "a zip of Blackboard in a folder": (f"kl1/{BLACKBOARDS}.zip", "2026-10-05 10:22:11 UTC"),
    "unpacked, in a folder": (f"kl1/{BLACKBOARDS}", "2026-10-05 10:22:11 UTC"),
    "an older name of Blackboard inside": (
        f"{BLACKBOARDS}/01_sample_kl1_attempt_2026-10-01-08-00-00_hw", "2026-10-05 10:22:11 UTC",
    ),
    "a zip by hand": ("kl1.zip", ""),
    "a zip of Canvas": ("kl1_4711_90001_hw.zip", ""),
    "a name of Blackboard inside one of Moodle": (
        f"Student A_5551_assignsubmission_file_/{BLACKBOARDS}", "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("roster", ["", "student_id,name\nkl1,Student A\n"])
@pytest.mark.parametrize(("place", "when"), CLAIMED.values(), ids=CLAIMED)
def test_a_students_own_timestamp_says_nothing(tmp_path, homework, roster, place, when):
    """The notebook has another ending, so that no file in the zip is named as one."""
    root, inside = tmp_path / "up", {"00.json": NOTEBOOK, "timestamp.txt": CLAIM.encode()}
    (root / place).parent.mkdir(parents=True)
    if place.endswith(".zip"):
        with zipfile.ZipFile(root / place, "w") as made:
            for name, raw in inside.items():
                made.writestr(name, raw)
    else:
        (root / place).mkdir(parents=True)
        for name, raw in inside.items():
            (root / place / name).write_bytes(raw)
    seated = seats(tmp_path, roster) if roster else []
    (found,) = uploads(sort_by_student(root, homework, seated), homework, ())
    assert (found.handed_in, found.raw) == (when, NOTEBOOK)


def test_gradescopes_time_holds_whatever_a_student_packs(tmp_path, homework):
    root = tmp_path / "up"
    (root / "submission_7").mkdir(parents=True)
    (root / "submission_7/00.json").write_bytes(NOTEBOOK)
    (root / "submission_7/timestamp.txt").write_text(CLAIM)
    said = (
        "submission_7:\n  :submitters:\n  - :sid: kl1\n  :created_at: 2026-10-05 12:22:11 +0000\n"
    )
    (root / "submission_metadata.yml").write_text(said)
    (found,) = uploads(sort_by_student(root, homework, []), homework, ())
    assert found.handed_in == "2026-10-05 12:22:11 UTC"


def test_the_times_of_exchange_and_worksheet(tmp_path, homework):
    root = handed_in(tmp_path, ["kl1/01_sample/01_sample.ipynb", *MOODLE])
    (root / "kl1/01_sample/timestamp.txt").write_text("2026-10-05 11:00:00.000000 UTC\n")
    for platforms in {(root / path).parent for path in MOODLE}:  # the student's own: no evidence
        (platforms / "timestamp.txt").write_text("2026-10-01 08:00:00.000000 UTC\n")
    worksheet = WORKSHEET.replace("Email address", "Email address,Last modified (submission)")
    when = 'g,"Monday, 5 October 2026, 12:30 PM"\n'
    worksheet = worksheet.replace("g\n", when)
    found = sort_by_student(root, homework, seats(tmp_path, worksheet))
    made = {u.student: u for u in uploads(found, homework, ())}
    assert made["kl2@example.org"].handed_in == "2026-10-05 10:30:00 UTC"
    assert made["kl2@example.org"].notes == [
        "handed in 2026-10-05 10:30:00 UTC, 0:30:00 h after the due date"
    ]
    newest = made["kl1@example.org"]  # two files: the exchange says of one when
    assert newest.handed_in == "2026-10-05 11:00:00 UTC"
    assert newest.notes[0].startswith("2 files handed in;")  # timestamp.txt is no second file
