"""A class with every oddity at once: each has their own grade, or is told why not."""

import copy
import csv
import io
import json
import os
import random
import unicodedata
import zipfile

import pytest
from homework_cases.course import MARKS, QUIET, rows_of
from homework_cases.edit import answer, bare, code
from homework_cases.sample import write_lesson

from lessonlib.homework.assign import Choices, assign
from lessonlib.homework.cohort.grade import grade
from lessonlib.homework.course import Course
from lessonlib.homework.release import solved

pytest_plugins = ("homework_cases.fixtures",)
pytestmark = [*MARKS, pytest.mark.exhaustive]
PASTE = random.Random(0).randbytes(2**20 + 2**19).hex()  # more than a cell may have
FULL, PART, NOT_GRADED, NOTHING = ("graded", "6"), ("graded", "5"), ("not graded", ""), (
    "no submission", "")  # fmt: skip
NAMES = ["Kim Lee", "Li Wu", "王 伟", "Jörg Müller", "Jorg Muller", "O'Neil Ann-Marie", "한 지수",
         "Ng", "Student [A]", "Student (B)", "'; DROP --", "प्रिया शर्मा", "Ελένη Παπα", "An Li",
         "José María de la Cruz"]  # fmt: skip


def as_bytes(nb):
    return json.dumps(nb, ensure_ascii=False).encode()


def picture(nb):
    attached = {"m.png": {"image/png": "iVBORw0KGgo="}}
    nb["cells"].append({"cell_type": "markdown", "id": "mine", "metadata": {"tags": ["x"]},
                        "source": "![](attachment:m.png) ![](attachment:gone.png)",
                        "attachments": attached})  # fmt: skip
    return nb


def with_cell(cell):
    def make(nb):
        nb["cells"].insert(1, cell)
        return nb

    return make


CONTENTS = [
    (FULL, as_bytes),
    (FULL, lambda nb: as_bytes(bare(nb))),
    (FULL, lambda nb: b"\xef\xbb\xbf" + as_bytes(nb)),
    (FULL, lambda nb: json.dumps(nb).encode("utf-16")),
    (FULL, lambda nb: as_bytes(picture(nb))),
    (FULL, lambda nb: as_bytes(with_cell({"cell_type": "sql", "metadata": 3})(nb))),
    (FULL, lambda nb: as_bytes(with_cell(code("x = '" + PASTE + "'"))(nb))),
    (FULL, lambda nb: as_bytes({**nb, "cells": nb["cells"] + copy.deepcopy(nb["cells"])})),
    (PART, lambda nb: as_bytes(answer("00.1", "def increase(:")(nb))),
    (NOT_GRADED, lambda nb: as_bytes(nb)[:-300]),
    (NOT_GRADED, lambda nb: b"<html>Login</html>"),
]


def zipped(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


# where student k's file is put: in the folder that Moodle makes, or by hand
PLACES = [
    lambda m, i, raw: {f"{m}/01_sample.ipynb": raw},
    lambda m, i, raw: {f"{m}/my work [1]/Übung 'x' (1).ipynb": raw},
    lambda m, i, raw: {f"{m}/work.zip": zipped({"00/a.ipynb": raw, "__MACOSX/00/._a.ipynb": b"x"})},
    lambda m, i, raw: {f"{m}/a.ipynb": raw, f"{m}/b.txt": b"notes", f"{m}/c.pdf": b"%PDF",
                       m.replace("_file_", "_onlinetext_") + "/onlinetext.html": b"<p>"},
    lambda m, i, raw: {unicodedata.normalize("NFD", m) + "/a-Copy1.ipynb": raw},
    lambda m, i, raw: {f"{i}.ipynb": raw},
    lambda m, i, raw: {f"Copy of {i}-Copy1 (2).ipynb": raw},
    lambda m, i, raw: {f"{i}_LATE_00_sample.ipynb": raw},
    lambda m, i, raw: {f"{i}+00_sample+2026-10-05 13:00:00 UTC+x/00_sample.ipynb": raw},
    lambda m, i, raw: {f"{i}/00_sample/00_sample.ipynb": raw,
                       f"{i}/00_sample/timestamp.txt": b"2026-10-05 14:00:00 UTC\n"},
    lambda m, i, raw: {f"00_sample_{i}_attempt_2026-10-05-15-00-00_00.ipynb": raw,
                       f"00_sample_{i}_attempt_2026-10-05-15-00-00.txt": b"Name: x"},
]  # fmt: skip
LATE_BY = {7: "late", 8: "1:00:00", 9: "2:00:00", 10: "3:00:00"}
SIZE = len(PLACES) * len(CONTENTS)  # each content in each place, but for two who hand in nothing


def worksheet():
    """The class as Moodle's German grading worksheet."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(["ID", "Vollständiger Name", "E-Mail-Adresse", "Status", "Bestwertung",
                     "Bewertung kann geändert werden", "Zuletzt geändert (Abgabe)"])  # fmt: skip
    for k in range(SIZE):
        when = "Montag, 5. Oktober 2026, 11:59" if k % 11 < 5 else "-"
        row = [f"Teilnehmer/in{5000 + k}", NAMES[k % len(NAMES)], f"s{k:03}@example.org"]
        writer.writerow([*row, "Zur Bewertung abgegeben", "1,00", "Ja", when])
    return out.getvalue().encode("utf-16")


def hand_in(folder, full):
    """Write what each student hands in. Returns what each must get."""
    wanted = {}
    for k in range(SIZE):
        who, place = f"s{k:03}@example.org", k % len(PLACES)
        if k % 50 == 49:
            wanted[who] = NOTHING, ""
            continue
        outcome, make = CONTENTS[(k // len(PLACES)) % len(CONTENTS)]
        moodle = f"{NAMES[k % len(NAMES)]}_{5000 + k}_assignsubmission_file_"
        raw = make(copy.deepcopy(full))
        for name, content in PLACES[place](moodle, who if k % 2 else f"s{k:03}", raw).items():
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as out:
                out.write(content)
        wanted[who] = outcome, LATE_BY.get(place, "")
    return wanted


def test_a_class_with_everything_that_happens(tmp_path, empty_gradebook, namespaces):
    top = tmp_path / "Kurs [1] 'ü' (2)"
    (top / "course").mkdir(parents=True)
    (top / "course/gradebook.db").write_bytes(empty_gradebook.read_bytes())
    write_lesson(top, "00")
    course = Course(top / "course")
    assign(["00"], course.root, Choices(lessons_folder=top, due="2026-10-05 12:00 UTC"))
    wanted = hand_in(top / "up [all]", solved(course.homework("00").notebook()))
    (top / "up [all]" / "Kim Lee.ipynb").write_bytes(b"{}")  # there are several of this name
    (top / "class.csv").write_bytes(worksheet())
    outcome = grade(course, "00", QUIET, top / "up [all]", top / "class.csv")
    rows = rows_of(course.root, "00")
    assert len(rows) == SIZE
    found = {s: ((r["status"], r["total"]), r["late_by"]) for s, r in rows.items()}
    assert {s: (found[s], w) for s, w in wanted.items() if found[s] != w} == {}
    (said,) = outcome.notes
    assert "refused: Kim Lee.ipynb: it may be of s000@example.org or " in said
    assert outcome.graded_now == sum(w[0] != NOTHING for w in wanted.values())
    kims = [rows[f"s{k:03}@example.org"]["notes"] for k in range(0, SIZE, len(NAMES))]
    assert all("Kim Lee.ipynb may be of this student or of" in notes for notes in kims)
    pages = {p.parts[-3] for p in (course.root / "feedback").glob("*/*/*.html")}
    assert pages == {s for s, w in wanted.items() if w[0] != NOTHING}
