"""A course folder whose path SQLite cannot open is refused in words, before anything is written."""

import os
import sqlite3
from pathlib import Path

import pytest
from homework_cases.course import MARKS

from lessonlib import cli
from lessonlib.homework.course import _LONGEST, Course
from lessonlib.homework.model import HomeworkError

pytest_plugins = ("homework_cases.fixtures",)
pytestmark = MARKS


def folder_of(tmp_path, length, letter="x"):
    """A folder in which gradebook.db has a path of so many bytes."""
    length -= len("/gradebook.db")
    path = os.fsencode(tmp_path)
    while (left := length - len(path) - 1) > 0:
        step = min(left, 200) if left != 201 else 100
        path += b"/" + (letter.encode() * step)[: step - step % len(letter.encode())].ljust(
            step, b"y"
        )
    return os.fsdecode(path)


@pytest.mark.parametrize("letter", ["x", "ü"])
def test_sqlite_opens_what_is_allowed_and_no_more(tmp_path, letter):
    for length, opens in ((_LONGEST, True), (_LONGEST + 1, False)):
        folder = folder_of(tmp_path, length, letter)
        os.makedirs(folder)
        course = Course(Path(folder))
        assert len(os.fsencode(course.root / "gradebook.db")) == length
        if opens:
            course.check_path()
            sqlite3.connect(course.root / "gradebook.db").execute("create table a (b)")
            continue
        with pytest.raises(HomeworkError, match=f"by 1 bytes: with gradebook.db it has {length}"):
            course.check_path()
        with pytest.raises(sqlite3.OperationalError):
            sqlite3.connect(course.root / "gradebook.db").execute("create table a (b)")


def test_both_commands_refuse_in_one_line(tmp_path, material, capsys):
    folder = folder_of(tmp_path, _LONGEST + 30)
    lessons = str(material / "lessons")
    assert cli.main(["assign", "00", "--course", folder, "--lessons-folder", lessons]) == 1
    error = capsys.readouterr().err
    assert "too long by 30 bytes" in error
    assert error.count("\n") == 1
    assert not os.path.exists(folder)
    os.makedirs(f"{folder}/homework")
    for name in ("course.json", "homework/00.json"):
        open(f"{folder}/{name}", "w").close()
    assert cli.main(["grade", folder]) == 1
    assert "Move the course to a shorter path" in capsys.readouterr().err
