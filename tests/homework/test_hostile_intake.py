"""Uploads that are damaged or mean harm cost their student a reason, and the class nothing."""

import io
import json
import os
import random
import struct
import time
import tracemalloc
import unicodedata
import zipfile

import pytest
from homework_cases.course import homework_of
from homework_cases.sample import lesson_notebook

from lessonlib.homework.cohort import archives
from lessonlib.homework.cohort.names import safe_id
from lessonlib.homework.cohort.owners import sort_by_student, uploads
from lessonlib.homework.cohort.roster import Student
from lessonlib.homework.model import HomeworkError
from lessonlib.homework.submission.repair import Unreadable, read, repair

NOTEBOOK = json.dumps(lesson_notebook("01")).encode()


@pytest.fixture(scope="module")
def homework():
    return homework_of("01")


def zipped(files, method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def seat(name):
    return Student(name, name, names=frozenset({name}))


def taken_in(folder, homework, students):
    """The uploads of a class by student; everyone on the roster who handed in is named."""
    found = sort_by_student(folder, homework, [seat(s) for s in students])
    return {u.student: u for u in uploads(found, homework, ())}


def damaged(random_, raw):
    """A zip file with some bits turned, a part cut off, doubled, or written over."""
    raw = bytearray(raw)
    how = random_.randrange(2)
    if how == 0:
        return bytes(raw[: random_.randrange(len(raw))])
    if how == 1:
        at = random_.randrange(len(raw))
        raw[at:at] = raw[max(0, at - random_.randrange(200)) : at]
    # the list of names and the end are few bytes that much depends on
    begin = raw.rfind(b"PK\x01\x02") if how > 3 else 0
    for _ in range(random_.choice((1, 2, 8, 60))):
        at = random_.randrange(max(0, begin), len(raw))
        raw[at] ^= 1 << random_.randrange(8)
    return bytes(raw)


def test_four_hundred_damaged_zips_cost_their_students_alone(tmp_path, homework):
    draw = random.Random(16)
    whole = [
        zipped({"01_sample.ipynb": NOTEBOOK, "é/notes.txt": b"x" * 999}, method)
        for method in (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_BZIP2)
    ]
    names = [f"student{k}" for k in range(400)]
    for name in names:
        (tmp_path / f"{name}.zip").write_bytes(damaged(draw, draw.choice(whole)))
    (tmp_path / "emmy.ipynb").write_bytes(NOTEBOOK)
    found = taken_in(tmp_path, homework, [*names, "emmy"])
    assert found["emmy"].raw == NOTEBOOK
    assert set(found) == {*names, "emmy"}
    for name in names:
        upload = found[name]
        assert (upload.raw is not None) != bool(upload.problem)
        if upload.raw is not None:
            _read_or_refused(upload.raw, homework)
    refused = sum(u.raw is None for u in found.values())
    assert 100 < refused < 400


def _read_or_refused(raw, homework):
    try:
        repair(raw, homework.notebook())
    except Unreadable:
        return


def test_a_damaged_zip_of_the_class_ends_in_one_sentence(tmp_path, homework):
    draw = random.Random(3)
    whole = zipped({f"s{k}.ipynb": NOTEBOOK for k in range(5)})
    ends = []
    for k in range(150):
        path = tmp_path / f"{k}.zip"
        path.write_bytes(damaged(draw, whole))
        try:
            list(uploads(sort_by_student(path, homework, []), homework, ()))
        except HomeworkError as error:
            ends.append(str(error))
    assert 5 < len(ends) < 145
    assert all("damaged zip file" in end for end in ends)


def _renamed(raw, old, new, flag=0):
    """A zip file whose member has another name of the same length, and other flags."""
    assert len(old) == len(new)
    raw = bytearray(raw.replace(old, new))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        begin = raw.index(mark) + at
        raw[begin : begin + 2] = struct.pack("<H", flag)
    return bytes(raw)


def _version(raw):
    at = raw.index(b"PK\x01\x02") + 6
    return raw[:at] + struct.pack("<H", 99) + raw[at + 2 :]


def _overlapping():
    """Two members that share one piece of data."""
    raw = zipped({"a.ipynb": NOTEBOOK, "b.ipynb": NOTEBOOK})
    first, second = (raw.index(b"PK\x01\x02"), raw.rindex(b"PK\x01\x02"))
    return raw[: second + 42] + raw[first + 42 : first + 46] + raw[second + 46 :]


def _many(count):
    """As many names as that, all of one empty member."""
    raw = zipped({"a": b""})
    at, end = raw.index(b"PK\x01\x02"), raw.index(b"PK\x05\x06")
    names = raw[at:end] * count
    tail = bytearray(raw[end:])
    tail[8:12] = struct.pack("<HH", count % 2**16, count % 2**16)
    tail[12:16] = struct.pack("<I", len(names))
    return raw[:at] + names + bytes(tail)


def _many_that_say_few(count):
    """The end says that there are three; the record for large zips, which counts, says all."""
    raw = _many(count)
    at, end = raw.index(b"PK\x01\x02"), raw.index(b"PK\x05\x06")
    record = struct.pack(
        "<4sQHHLLQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, end - at, at
    )
    place = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    few = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 3, 3, 141, at, 0)
    return raw[:end] + record + place + few


ODD = {
    "another version": (lambda: _version(zipped({"a.ipynb": NOTEBOOK})), "damaged"),
    "a method of its own": (
        lambda: zipped({"a.ipynb": NOTEBOOK}, zipfile.ZIP_LZMA), "method",
    ),
    "a name that is no UTF-8": (
        lambda: _renamed(zipped({"a.ipynb": NOTEBOOK}), b"a.ipynb", b"\xff.ipynb", 0x800),
        "damaged",
    ),
    "an empty name": (lambda: zipped({" ": NOTEBOOK}), "name"),
    "a name outside": (lambda: zipped({"/etc/a.ipynb": NOTEBOOK}), "outside"),
    "a name above": (lambda: zipped({"../../a.ipynb": NOTEBOOK}), "outside"),
    "a bomb": (lambda: zipped({"a.ipynb": bytes(25 * 2**20)}), "300 times"),
    "no file": (lambda: zipped({}), "no file"),
    "a hundred thousand names": (lambda: _many(100_000), "too many"),
    "sixty thousand names": (lambda: _many(60_000), "too many"),
    "half a million names that say three": (lambda: _many_that_say_few(500_000), "too many"),
}  # fmt: skip


@pytest.mark.timing
@pytest.mark.parametrize("how", ODD)
def test_an_odd_zip_earns_a_reason(tmp_path, homework, how):
    make, reason = ODD[how]
    (tmp_path / "ada.zip").write_bytes(make())
    (tmp_path / "emmy.ipynb").write_bytes(NOTEBOOK)
    begun = time.process_time()
    found = taken_in(tmp_path, homework, ["ada", "emmy"])
    assert time.process_time() - begun < 5
    assert found["emmy"].raw == NOTEBOOK
    assert found["ada"].raw is None
    assert reason in found["ada"].problem


def test_a_list_of_too_many_names_is_not_even_read(tmp_path, homework, monkeypatch):
    (tmp_path / "ada.zip").write_bytes(_many_that_say_few(60_000))
    monkeypatch.setattr(zipfile, "ZipFile", None)
    assert "too many" in taken_in(tmp_path, homework, ["ada"])["ada"].problem


@pytest.mark.parametrize("name", ["ada.ipynb", "ada.ipynb.zip", "ada.docx", "ada.ZIP", "ada"])
def test_a_zip_under_any_name_is_its_students(tmp_path, homework, name):
    """A Mac packs `ada.ipynb` as `ada.ipynb.zip`, and a text of Word is a zip too."""
    (tmp_path / name).write_bytes(zipped({"word/one.ipynb": NOTEBOOK}))
    assert taken_in(tmp_path, homework, ["ada"])["ada"].raw == NOTEBOOK


def test_members_that_overlap_are_read_once_or_refused(tmp_path, homework):
    (tmp_path / "ada.zip").write_bytes(_overlapping())
    upload = taken_in(tmp_path, homework, ["ada"])["ada"]
    assert upload.raw in (None, NOTEBOOK)
    assert upload.raw or upload.problem


def test_a_notebook_with_a_zip_at_its_end_is_a_notebook(tmp_path, homework):
    raw = NOTEBOOK + b"\n" + zipped({"a.ipynb": b"{}"})
    (tmp_path / "ada.ipynb").write_bytes(raw)
    assert taken_in(tmp_path, homework, ["ada"])["ada"].raw == raw
    assert taken_in(tmp_path / "ada.ipynb", homework, ["ada"])["ada"].raw == raw
    with pytest.raises(Unreadable):
        read(raw)


def test_names_of_all_kinds(tmp_path, homework):
    composed, apart = (unicodedata.normalize(f, "Zoé Müller") for f in ("NFC", "NFD"))
    (tmp_path / f"{apart}.ipynb").write_bytes(NOTEBOOK)
    with open(os.fsencode(tmp_path) + b"/ad\xff\xfe.ipynb", "wb") as handle:
        handle.write(NOTEBOOK)
    found = taken_in(tmp_path, homework, [composed])
    assert found.pop(safe_id(composed)).raw == NOTEBOOK
    ((student, upload),) = found.items()
    json.dumps([student, upload.notes], ensure_ascii=False).encode()
    assert upload.raw == NOTEBOOK


def test_long_names_stay_apart_and_fit_a_folder(tmp_path, homework):
    names = ["n" * 200 + end for end in "ab"] + ["𠀀" * 90 + end for end in "ab"]
    source = tmp_path / "class.zip"
    source.write_bytes(zipped({f"{name}.ipynb": NOTEBOOK for name in names}))
    found = taken_in(source, homework, [])
    assert len(found) == 4
    for student in found:
        (tmp_path / student).mkdir()
        (tmp_path / f"{student}.json").write_text("")


@pytest.mark.timing
@pytest.mark.parametrize("packed", [True, False])
def test_an_installation_that_was_packed_along_is_not_read(tmp_path, homework, packed):
    """It took 230 seconds: the zip was opened again for each of its files."""
    below = "work/env/lib/python3.12/site-packages/numpy"
    files = {f"{below}/module_{k}.py": b"x = 1\n" * 100 for k in range(6000)}
    files["work/01_sample.ipynb"] = NOTEBOOK
    if packed:
        (tmp_path / "ada.zip").write_bytes(zipped(files))
    else:
        (tmp_path / "ada" / below).mkdir(parents=True)
        for name, content in files.items():
            (tmp_path / "ada" / name).write_bytes(content)
    begun = time.process_time()
    assert taken_in(tmp_path, homework, ["ada"])["ada"].raw == NOTEBOOK
    assert time.process_time() - begun < 6


def test_of_thousands_of_other_files_only_some_are_read(tmp_path, homework, monkeypatch):
    (tmp_path / "ada.zip").write_bytes(zipped({f"data/{k}.csv": b"1,2\n" for k in range(6000)}))
    opened = []
    monkeypatch.setattr(
        archives, "_opened", lambda load, to=archives._opened: opened.append(load) or to(load)
    )
    upload = taken_in(tmp_path, homework, ["ada"])["ada"]
    assert upload.raw == b"1,2\n"
    assert len(opened) == 2  # once for its names, once for its files
    _read_or_refused(upload.raw, homework)


def test_of_thousands_of_refused_files_some_are_named(tmp_path, homework):
    files = {f"../{k} a b c d e f g.ipynb": b"" for k in range(6000)}
    (tmp_path / "ada.zip").write_bytes(zipped(files))
    found = sort_by_student(tmp_path, homework, [seat("ada")])
    assert len(found.refused) == archives.MOST_OF_ONE + 2
    assert "outside" in taken_in(tmp_path, homework, ["ada"])["ada"].problem
    assert ("ada.zip", "5900 more files in it are not read") in found.refused


def test_names_of_thousands_of_letters_stay_two_and_keep_their_endings(tmp_path, homework):
    source = tmp_path / "class.zip"
    source.write_bytes(zipped({"n" * 2000 + f"{k}.ipynb": NOTEBOOK for k in range(2)}))
    found = taken_in(source, homework, [])
    assert [u.raw for u in found.values()] == [NOTEBOOK] * 2


def _spent(action):
    begun = time.process_time()
    action()
    return time.process_time() - begun


@pytest.mark.timing
@pytest.mark.exhaustive
def test_intake_is_linear_in_the_files_of_a_class(tmp_path, homework):
    def took(count):
        folder = tmp_path / str(count)
        folder.mkdir()
        for k in range(count):
            (folder / f"s{k}.zip").write_bytes(
                zipped({"01_sample.ipynb": NOTEBOOK, **{f"d{n}.csv": b"1" for n in range(50)}})
            )
        students = [f"s{k}" for k in range(count)]
        return _spent(lambda: taken_in(folder, homework, students))

    small, large = took(60), took(600)
    assert large < 30 * small + 1  # ten times the files; a square would be a hundred times
    assert large < 20


@pytest.mark.exhaustive
def test_memory_of_an_intake_is_bounded(tmp_path, homework):
    """A class of zips with 20,000 names each, and one with files that together are large."""
    for k in range(2):
        (tmp_path / f"s{k}.zip").write_bytes(_many(20_000))
    with zipfile.ZipFile(tmp_path / "big.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for k in range(12):
            archive.writestr(f"{k}.ipynb", random.Random(k).randbytes(2**21))
    tracemalloc.start()
    found = taken_in(tmp_path, homework, ["big", *(f"s{k}" for k in range(2))])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(found) == 3
    assert peak < 300 * 2**20


NOTEBOOKS = {
    "nine million cells": (b'{"cells": [' + b"{}," * 9_000_000 + b"{}]}", "parts"),
    "nine million lists": (b'{"cells": [' + b"[]," * 9_000_000 + b"[]]}", "parts"),
    "ten thousand cells": (b'{"cells": [' + b"{}," * 10_000 + b"{}]}", "too large"),
    "deep nesting": (b'{"cells": ' + b"[" * 100_000, "nesting"),
    "a deep id": (b'{"cells": [{"id": ' + b"[" * 900 + b"]" * 900 + b"}]}", "none of"),
    "a long number": (b'{"cells": [{"id": ' + b"9" * 5000 + b"}]}", "damaged"),
    "worksheets of numbers": (b'{"worksheets": [{"cells": 5}, {"cells": [1]}]}', "none of"),
    "an odd grade id": (
        b'{"cells": [{"metadata": {"nbgrader": {"grade_id": [[]]}}}]}', "none of",
    ),
    "merge markers": (b"{" + b"<<<<<<< a\n=======\n" * 400_000, "damaged|cut off"),
    "open merge markers": (b"{\n" + b"<<<<<<<\n" * 900_000, "damaged|cut off"),
    "half a character": (b'{"cells": [{"id": "\\ud800", "source": "\\udfff"}]}', "none of"),
    "utf-16 of odd length": (b"\xff\xfe{\x00\x00\xd8\x01", "damaged|cut off|other"),
}  # fmt: skip


@pytest.mark.timing
@pytest.mark.parametrize("what", NOTEBOOKS)
def test_an_odd_notebook_is_refused_in_words_and_soon(homework, what):
    raw, reason = NOTEBOOKS[what]
    begun = time.process_time()
    with pytest.raises(Unreadable, match=reason):
        repair(raw, homework.notebook())
    assert time.process_time() - begun < 8


def _with(*cells):
    tree = json.loads(NOTEBOOK)
    tree["cells"] += [
        {"cell_type": "code", "id": f"x{k}", "metadata": {}, "source": source}
        for k, source in enumerate(cells)
    ]
    return json.dumps(tree).encode()


MARKERS = "<<<<<<< a\n=======\n"


@pytest.mark.timing
@pytest.mark.parametrize(
    "source",
    [MARKERS * 2000, MARKERS * 200_000, "<<<<<<<\n|||||||\n" * 200_000, "\n" * 6_000_000],
    ids=["36 KB of markers", "3.6 MB of markers", "open markers", "six million lines"],
)
def test_a_cell_of_markers_is_read_in_linear_time(homework, source):
    begun = time.process_time()
    repair(_with(source), homework.notebook())
    assert time.process_time() - begun < 8


@pytest.mark.timing
def test_a_cell_that_asks_for_pictures_without_end_is_read_soon(homework):
    tree = json.loads(_with())
    many = {"n" * k: {"image/png": "AAAA"} for k in range(2000)}
    for k, source in enumerate(("attachment:" + "n" * 1999 + " ") * n for n in (900, 900, 900)):
        tree["cells"].append(
            {"cell_type": "markdown", "id": f"p{k}", "metadata": {}, "source": source,
             "attachments": many},
        )  # fmt: skip
    tree["cells"].append(
        {"cell_type": "markdown", "id": "p", "metadata": {},
         "source": " ".join(f"attachment:{k}" for k in range(100_000))},
    )  # fmt: skip
    begun = time.process_time()
    found = repair(json.dumps(tree).encode(), homework.notebook())
    assert time.process_time() - begun < 8
    assert found.notes == ["an added cell: the picture 0 is not in the file (nor are 399 others)"]


@pytest.mark.timing
def test_three_thousand_copies_of_a_cell_are_sorted_soon(homework):
    stub = next(c["source"] for c in homework.notebook()["cells"] if c["id"] == "ex-01-1")
    begun = time.process_time()
    repair(_with(*[stub] * 2900), homework.notebook())
    assert time.process_time() - begun < 8
