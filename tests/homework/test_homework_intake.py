"""Uploads as Canvas, Moodle, nbgrader and people make them; archives that mean harm."""

import io
import json
import stat
import struct
import zipfile

import pytest
from homework_cases.sample import lesson_notebook

from lessonlib.homework.cells import is_written
from lessonlib.homework.cohort.archives import MOST_FILE, entries
from lessonlib.homework.cohort.names import safe_id
from lessonlib.homework.cohort.owners import choose, sort_by_student
from lessonlib.homework.cohort.roster import read_roster
from lessonlib.homework.model import Homework, HomeworkError
from lessonlib.homework.release import points_of, release_of

NOTEBOOK = json.dumps(lesson_notebook("01")).encode()


@pytest.fixture(scope="module")
def homework():
    release = release_of(lesson_notebook("01"), "01", {})
    points = {k: v for k, v in points_of(release).items() if not is_written(k)}
    return Homework("01", "01_sample", "0", 7, points, json.dumps(release))


def make_zip(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def zip_bytes(files):
    buffer = io.BytesIO()
    make_zip(buffer, files)
    return buffer.getvalue()


def roster(tmp_path, text):
    path = tmp_path / "roster.csv"
    path.write_text(text, encoding="utf-8")
    return read_roster(path)


CANVAS = "Student,ID,SIS User ID,SIS Login ID,Section\n  Points Possible,,,,\n"
CANVAS += '"Lovelace, Ada",4711,s1,ada1,A\n"Noether, Emmy",4712,s2,emmy2,A\n'


def test_canvas_download(tmp_path, homework):
    seats = roster(tmp_path, CANVAS)
    assert [s.id for s in seats] == ["ada1", "emmy2"]
    source = make_zip(
        tmp_path / "submissions.zip",
        {
            "lovelaceada_4711_90001_01_sample.ipynb": NOTEBOOK,
            "noetheremmy_LATE_4712_90002_01_sample-1.ipynb": NOTEBOOK,
            "strangerx_9999_90003_01_sample.ipynb": NOTEBOOK,
        },
    )
    found = sort_by_student(source, homework, seats)
    assert set(found.by_student) == {"ada1", "emmy2", "strangerx_9999"}
    assert [e.late for e in found.by_student["emmy2"]] == [True]


def test_moodle_download(tmp_path, homework):
    seats = roster(
        tmp_path, "First name,Last name,Username\nAda,Lovelace,ada1\nEmmy,Noether,emmy2\n"
    )
    source = make_zip(
        tmp_path / "moodle.zip",
        {
            "Ada Lovelace_5551_assignsubmission_file_/01_sample.ipynb": NOTEBOOK,
            "Emmy Noether_5552_assignsubmission_file_/own/other.ipynb": NOTEBOOK,
        },
    )
    assert set(sort_by_student(source, homework, seats).by_student) == {"ada1", "emmy2"}


def test_moodle_without_folders(tmp_path, homework):
    seats = roster(
        tmp_path, "Identifier,Full name,Email address\nParticipant 5551,Ada L,ada@x.org\n"
    )
    (tmp_path / "up").mkdir()
    (tmp_path / "up" / "Ada L_5551_assignsubmission_file_01.ipynb").write_bytes(NOTEBOOK)
    assert set(sort_by_student(tmp_path / "up", homework, seats).by_student) == {"ada@x.org"}


@pytest.mark.parametrize(
    "path",
    [
        "ada1.ipynb", "ada1/anything.ipynb", "ada1/01_sample/01_sample.ipynb",
        "ada1_01_sample.ipynb", "01_sample_ada1.ipynb", "ada1 (1).ipynb",
        "ADA1.ipynb.txt", "Ada Lovelace.ipynb",
    ],
)  # fmt: skip
def test_plain_layouts(tmp_path, homework, path):
    seats = roster(tmp_path, "student_id,name\nada1,Ada Lovelace\nemmy2,Emmy Noether\n")
    for name in (path, "emmy2.ipynb"):
        (tmp_path / "up" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "up" / name).write_bytes(NOTEBOOK)
    assert set(sort_by_student(tmp_path / "up", homework, seats).by_student) == {"ada1", "emmy2"}


def test_a_folder_around_everything_is_no_student(tmp_path, homework):
    source = make_zip(tmp_path / "x.zip", {"all/ada.ipynb": b"{}", "all/emmy.ipynb": b"{}",
                                           "__MACOSX/all/._ada.ipynb": b"x"})  # fmt: skip
    assert set(sort_by_student(source, homework, []).by_student) == {"ada", "emmy"}


def test_of_several_files_the_one_with_the_exercises_counts(tmp_path, homework):
    folder = tmp_path / "up" / "ada"
    folder.mkdir(parents=True)
    (folder / "a.ipynb").write_bytes(NOTEBOOK)
    (folder / "z.ipynb").write_bytes(b'{"cells": []}')
    (folder / "z.pdf").write_bytes(b"%PDF")
    found = sort_by_student(tmp_path / "up", homework, [])
    upload = choose("ada", found.by_student["ada"], homework)
    assert upload.raw == NOTEBOOK
    assert "3 files" in upload.notes[0]


def test_a_zip_in_the_folder_belongs_to_its_student(tmp_path, homework):
    (tmp_path / "up" / "ada").mkdir(parents=True)
    inner = zip_bytes({"01_sample.ipynb": NOTEBOOK, "more.zip": zip_bytes({"x": b"x"})})
    (tmp_path / "up" / "ada" / "work.zip").write_bytes(inner)
    (tmp_path / "up" / "emmy.ipynb").write_bytes(NOTEBOOK)
    found = sort_by_student(tmp_path / "up", homework, [])
    assert choose("ada", found.by_student["ada"], homework).raw == NOTEBOOK
    assert ("ada/work/more.zip", "a zip file inside a zip file") in found.refused


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../../evil.ipynb", "outside"), ("/etc/evil.ipynb", "outside"),
        ("a\\..\\..\\evil.ipynb", "outside"), ("C:\\evil.ipynb", "outside"),
    ],
)  # fmt: skip
def test_names_that_point_outside_are_refused(tmp_path, homework, name, reason):
    source = make_zip(tmp_path / "x.zip", {"placeholder": NOTEBOOK, "ada.ipynb": NOTEBOOK})
    raw = source.read_bytes().replace(b"placeholder", name.encode().ljust(11, b"x")[:11])
    if len(name) != 11:
        source = make_zip(tmp_path / "y.zip", {"ada.ipynb": NOTEBOOK})
        with zipfile.ZipFile(source, "a") as archive:
            archive.writestr(zipfile.ZipInfo(name), NOTEBOOK)
    else:
        source.write_bytes(raw)
    found = sort_by_student(source, homework, [])
    assert set(found.by_student) == {"ada"}
    assert any(reason in r for _, r in found.refused)


def test_bombs_links_and_damage_are_refused(tmp_path, homework):
    source = tmp_path / "x.zip"
    with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.ipynb", bytes(20 * 2**20))
        archive.writestr("huge.ipynb", bytes(MOST_FILE + 1))
        link = zipfile.ZipInfo("link.ipynb")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("nested.zip", b"PK no zip")
        archive.writestr("ada.ipynb", NOTEBOOK)
    found = sort_by_student(source, homework, [])
    assert set(found.by_student) == {"ada"}
    reasons = dict(found.refused)
    assert "300 times" in reasons["bomb.ipynb"]
    assert "larger" in reasons["huge.ipynb"]
    assert reasons["link.ipynb"] == "a link"
    assert "damaged" in reasons["nested.zip"]


def test_a_size_that_lies_is_read_bounded(tmp_path, homework):
    source = make_zip(tmp_path / "x.zip", {"ada.ipynb": bytes(40 * 2**20)})
    raw = bytearray(source.read_bytes())
    at = raw.index(b"PK\x01\x02")
    raw[at + 24 : at + 28] = struct.pack("<I", 1000)  # the directory claims 1,000 bytes
    source.write_bytes(bytes(raw))
    found = sort_by_student(source, homework, [])
    upload = choose("ada", found.by_student.get("ada", []), homework)
    assert upload.raw is None or len(upload.raw) <= MOST_FILE


def test_links_in_a_folder_are_not_followed(tmp_path, homework):
    (tmp_path / "up").mkdir()
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "up" / "ada.ipynb").symlink_to(tmp_path / "secret")
    (tmp_path / "up" / "emmy.ipynb").write_bytes(NOTEBOOK)
    found, refused = entries(tmp_path / "up")
    assert [e.path for e in found] == ["emmy.ipynb"]
    assert refused == [("ada.ipynb", "not a plain file")]


def test_a_student_whose_only_file_was_refused_is_named(tmp_path, homework):
    seats = roster(tmp_path, "student_id\nada1\nemmy2\n")
    source = tmp_path / "x.zip"
    with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ada1.ipynb", bytes(20 * 2**20))
        archive.writestr("emmy2.ipynb", NOTEBOOK)
    found = sort_by_student(source, homework, seats)
    upload = choose("ada1", found.by_student["ada1"], homework)
    assert upload.raw is None
    assert "300 times" in upload.problem


@pytest.mark.parametrize("bad", ["bomb", "zip", "outside"])
def test_a_student_whose_zip_holds_nothing_readable_is_told_why(tmp_path, homework, bad):
    name, content = {"bomb": ("03.ipynb", bytes(20 * 2**20)), "zip": ("a.zip", zip_bytes({})),
                     "outside": ("../x.ipynb", NOTEBOOK)}[bad]  # fmt: skip
    (tmp_path / "up" / "ada1").mkdir(parents=True)
    (tmp_path / "up" / "ada1" / "work.zip").write_bytes(zip_bytes({name: content}))
    seats = roster(tmp_path, "student_id\nada1\nemmy2\n")
    found = sort_by_student(tmp_path / "up", homework, seats)
    upload = choose("ada1", found.by_student["ada1"], homework)
    assert upload.raw is None
    assert upload.problem


def test_rosters(tmp_path):
    assert [s.id for s in roster(tmp_path, "ada\nemmy\n\n")] == ["ada", "emmy"]
    with pytest.raises(HomeworkError, match="empty"):
        roster(tmp_path, "\n")
    with pytest.raises(HomeworkError, match="columns"):
        roster(tmp_path, "colour,size\nred,2\n")


def test_ids_never_leave_their_folder():
    for text in ("../x", "a/b", "..", "", ".hidden", "a\x00b", "x" * 300):
        made = safe_id(text)
        assert "/" not in made
        assert made not in ("", ".", "..")
        assert not made.startswith(".")
        assert len(made) <= 80
