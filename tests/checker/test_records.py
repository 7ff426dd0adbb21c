"""Progress, predictions, claims, stored results, scoreboard, course map, installation check."""

import base64
import dataclasses
import datetime
import io
import json
import math
import os
import re
import subprocess
import sys
import zipfile

import numpy as np
import pytest

from lessonlib import claims
from lessonlib.exercises import (
    check,
    export_progress,
    hint,
    import_progress,
    predict,
    progress,
    take_home,
)
from lessonlib.files import lock, notebooks_folder
from lessonlib.learner import record
from lessonlib.learner.course_map import course_map
from lessonlib.learner.installation import installation
from lessonlib.lessons.registry import available, cards
from lessonlib.scoreboard import canvas, measure, scoreboard
from lessonlib.trained import trained

ROOT = notebooks_folder().parent


def right(predicted, labels):
    return float(np.mean(predicted == labels))


# ---- progress


def test_the_best_status_is_kept(progress_file):
    check("00.1", lambda predicted, labels: 0.0)
    check("00.1", right)
    check("00.1", lambda predicted, labels: float(np.sum(predicted == labels)))
    entry = record.load()["exercises"]["00.1"]
    assert entry["status"] == "correct"
    assert entry["tries"] == 3
    assert entry["mistakes"] == ["counts instead of sharing"]
    assert progress().rows()[0][:4] == ("00", "✓ ○ ○", 1, 3)


def test_off_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("LESSONLIB_PROGRESS", "off")
    monkeypatch.setenv("HOME", str(tmp_path))
    check("00.1", right)
    assert list(tmp_path.rglob("*")) == []


def test_a_damaged_file_is_put_aside_not_lost(progress_file):
    progress_file.write_text("{ broken")
    check("00.1", right)
    assert record.load()["exercises"]["00.1"]["status"] == "correct"
    (aside,) = progress_file.parent.glob("progress.damaged-*.json")
    assert aside.read_text() == "{ broken"


def test_export_and_import_keep_the_better_record(progress_file, tmp_path, monkeypatch):
    check("00.1", right)
    predict("00.a").commit(1)
    carried = export_progress(tmp_path / "carried.json")
    monkeypatch.setenv("LESSONLIB_PROGRESS", str(tmp_path / "other.json"))
    check("00.1", lambda predicted, labels: 0.0)
    import_progress(carried)
    data = record.load()
    assert data["exercises"]["00.1"]["status"] == "correct"
    assert data["predictions"]["00.a"] == {"choice": 1, "right": False}


@pytest.mark.parametrize("text", ["", "[]", '{"version": 2}', '{"version": 1, "exercises": 3}'])
def test_foreign_files_are_refused_in_one_line(progress_file, tmp_path, text):
    file = tmp_path / "foreign.json"
    file.write_text(text)
    with pytest.raises(ValueError, match=r"import_progress: foreign\.json"):
        import_progress(file)
    with pytest.raises(FileNotFoundError, match="there is no file"):
        import_progress(tmp_path / "nowhere.json")


def test_a_read_only_place_does_not_stop_a_lesson(tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("LESSONLIB_PROGRESS", str(blocked / "progress.json"))
    assert check("00.1", right).status == "correct"


def test_writing_is_atomic(progress_file, monkeypatch):
    check("00.1", right)
    before = progress_file.read_text()

    def fails(*arguments, **options):
        raise OSError("disk full")

    monkeypatch.setattr("os.replace", fails)
    check("00.1", lambda predicted, labels: 0.0)
    assert progress_file.read_text() == before
    assert list(progress_file.parent.glob(".progress-*")) == []


def test_the_way_to_the_first_right_answer_is_kept(progress_file, monkeypatch):
    clock = iter(f"2026-10-04T09:{minute:02}+00:00" for minute in range(10, 60, 5))
    monkeypatch.setattr(record, "_now", lambda: next(clock))
    record.note_hint("00.1", 1)
    record.note_check("00.1", "not attempted", None)
    record.note_check("00.1", "not yet", "percent", "known", "percent")
    record.note_check("00.1", "not yet", None, "twin", "the mean is left out")
    record.note_check("00.1", "not yet", None)
    record.note_check("00.1", "correct", None)
    record.note_check("00.1", "not yet", "percent", "known", "percent")
    record.note_check("00.1", "correct", None)
    entry = record.load()["exercises"]["00.1"]
    entry.pop("when")
    assert entry == {
        "status": "correct",
        "tries": 6,
        "hints": 1,
        "mistakes": ["percent"],
        "how": {"known": 2, "twin": 1, "unnamed": 1},
        "findings": {"percent": 2, "the mean is left out": 1},
        "first_try": "2026-10-04T09:15+00:00",
        "first_right": "2026-10-04T09:30+00:00",
        "tries_to_right": 4,
    }


def test_check_notes_how_a_mistake_was_recognised_to_the_minute(progress_file):
    check("00.1", lambda predicted, labels: np.sum(predicted == labels))
    entry = record.load()["exercises"]["00.1"]
    assert (entry["how"], entry["findings"]) == ({"known": 1}, {"counts instead of sharing": 1})
    noted = datetime.datetime.fromisoformat(entry["first_try"])
    late = datetime.datetime.now(datetime.UTC) - noted
    assert (noted.second, noted.utcoffset()) == (0, datetime.timedelta(0))
    assert late < datetime.timedelta(minutes=3)


def test_a_file_of_the_first_edition_is_read_on(progress_file):
    """Whatever was right or tried before times were kept gets no time of today."""
    old = {"status": "correct", "tries": 3, "hints": 2, "when": "2026-01-01", "mistakes": ["x"]}
    tried = {"status": "not yet", "tries": 1, "hints": 0, "when": "2026-01-01"}
    table = {"version": 1, "exercises": {"00.1": old, "01.1": tried}, "predictions": {}}
    progress_file.write_text(json.dumps(table))
    record.note_check("00.1", "correct", None)
    record.note_check("01.1", "correct", None)
    entries = record.load()["exercises"]
    assert entries["00.1"] == old | {"tries": 4, "when": entries["00.1"]["when"]}
    assert entries["01.1"]["tries_to_right"] == 2
    assert "first_try" not in entries["01.1"]


@pytest.mark.parametrize(
    "entry",
    [
        {"status": ["correct"], "tries": "many", "hints": None, "mistakes": 3, "how": []},
        {"how": {"known": "x"}, "findings": "percent", "mistakes": {"a": 1}},
    ],
)
def test_an_entry_that_was_edited_by_hand_stops_nothing(progress_file, entry):
    table = {"version": 1, "exercises": {"00.1": entry}, "predictions": {}}
    progress_file.write_text(json.dumps(table))
    check("00.1", lambda predicted, labels: np.sum(predicted == labels))
    hint("00.1")
    kept = record.load()["exercises"]["00.1"]
    assert (kept["tries"], kept["mistakes"]) == (1, ["counts instead of sharing"])


def test_findings_do_not_fill_the_file(progress_file):
    for number in range(100):
        record.note_check("00.1", "not yet", None, "place", f"place {number}")
    record.note_check("00.1", "not yet", None, "place", "place 3")
    entry = record.load()["exercises"]["00.1"]
    assert (len(entry["findings"]), entry["findings"]["place 3"]) == (40, 2)
    assert entry["how"] == {"place": 101}


NOTES = """
from lessonlib.learner import record
for number in range(40):
    record.note_check({name!r}, "not yet", None, "known", "percent")
    record.note_check("00.1", "not yet", None)
"""


def test_two_notebooks_at_once_lose_nothing(progress_file):
    command = [sys.executable, "-c"]
    both = [subprocess.Popen([*command, NOTES.format(name=name)]) for name in ("01.1", "02.1")]
    assert [process.wait(60) for process in both] == [0, 0]
    entries = record.load()["exercises"]
    assert {name: entry["tries"] for name, entry in entries.items()} == {
        "00.1": 80,
        "01.1": 40,
        "02.1": 40,
    }
    assert list(progress_file.parent.glob(".*")) == []


def test_a_lock_of_a_program_that_ended_is_removed(progress_file, monkeypatch):
    left = progress_file.with_name(".progress.json.lock")
    left.touch()
    os.utime(left, (0, 0))
    record.note_check("00.1", "correct", None)
    assert not left.exists()
    monkeypatch.setattr("lessonlib.files._PATIENCE", 0.05)
    with lock(progress_file):
        record.note_check("00.1", "correct", None)  # waits, then goes on without
        assert left.exists()
    assert record.load()["exercises"]["00.1"]["tries"] == 2
    assert not left.exists()


@pytest.fixture
def told(monkeypatch):
    """What the kernel has said so far about the file."""
    monkeypatch.setattr(record, "_told", [])


def test_a_file_that_cannot_be_written_is_told_once_and_nothing_is_lost(
    tmp_path, monkeypatch, capsys, told
):
    way = tmp_path / "file"
    way.write_text("")
    monkeypatch.setenv("LESSONLIB_PROGRESS", str(way / "progress.json"))
    predict("00.a").commit(1)
    for _ in range(3):
        record.note_check("00.1", "not yet", "percent")
        hint("00.1")
    out = capsys.readouterr().out
    assert out.count("\n") == out.count("Your progress cannot be kept in") == 1
    assert progress().rows()[0][1].split()[0] == "△"
    assert json.loads(export_progress(tmp_path / "e.json").read_text())["exercises"]["00.1"]
    way.unlink()  # now it can
    record.note_check("00.1", "correct", None)
    kept = json.loads((way / "progress.json").read_text())
    assert kept["exercises"]["00.1"]["tries"] == 4
    assert kept["predictions"]["00.a"]["choice"] == 1
    assert record.load() == kept


def test_a_file_that_cannot_be_read_is_not_overwritten(progress_file, capsys, told):
    progress_file.mkdir()  # as good as one without the right to read
    assert check("00.1", right).status == "correct"
    assert progress().rows()[0][1].split()[0] == "✓"
    assert progress_file.is_dir()
    assert capsys.readouterr().out.count("cannot be kept") == 1


def test_nobodys_home_is_no_place_for_progress(monkeypatch):
    def nobody():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setenv("LESSONLIB_PROGRESS", "")
    monkeypatch.setattr("pathlib.Path.home", nobody)
    assert record.path() is None
    assert check("00.1", right).status == "correct"


# ---- predictions


def test_the_first_prediction_counts(progress_file):
    view = predict("00.a")
    assert "Now run the next cell" in view.commit(2)
    view.commit(0)
    assert record.load()["predictions"]["00.a"] == {"choice": 2, "right": False}
    with pytest.raises(ValueError, match="choice 7"):
        view.commit(7)


def test_prediction_reads_without_a_kernel(progress_file, monkeypatch):
    monkeypatch.setenv("LESSONLIB_OUTPUT", "static")
    bundle = predict("00.a")._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"}
    assert "<details>" in bundle["text/html"]
    record.note_prediction("00.a", 2, right=False)
    assert predict("00.a")._repr_mimebundle_() == bundle  # nobody's choice


def test_an_answered_prediction_is_known_again(progress_file):
    predict("00.a").commit(2)
    view = predict("00.a")
    assert view.choice == 2
    assert repr(view).endswith("(c) Nearly all (your choice)")
    assert "You said (c)." in view.answer()
    assert view.commit(0).startswith("Committed: (c).")  # the first choice counts
    assert predict("01.a").choice is None


@pytest.mark.parametrize("choice", [7, -1, None, True, "2", [2]])
def test_a_choice_that_the_question_does_not_have_is_no_answer(progress_file, choice):
    noted = {"version": 1, "predictions": {"00.a": {"choice": choice}}}
    progress_file.write_text(json.dumps(noted))
    assert predict("00.a").choice is None


def test_an_answer_is_kept_for_this_kernel_where_no_file_can_keep_it(tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("")
    for place in ("off", str(blocked / "progress.json"), str(tmp_path)):  # the last is a folder
        monkeypatch.setenv("LESSONLIB_PROGRESS", place)
        monkeypatch.setattr(record, "_here", {})
        predict("00.a").commit(1)
        assert predict("00.a").choice == 1


@pytest.mark.parametrize("name", ["00.z", "99.a", "a", 3])
def test_unknown_prediction_names_what_there_is(name):
    with pytest.raises(KeyError, match=r"there is no|looks like"):
        predict(name)


# ---- claims and stored results


def test_every_claim_was_tried_with_twenty_seeds_and_held():
    for claim in claims.claims().values():
        assert claim.words
        assert claim.seeds >= 20, claim.name
        assert claim.holds(claim.smallest), claim.name
        assert claim.holds(claim.largest), claim.name
        assert claim.smallest <= claim.median <= claim.largest
        assert np.isfinite([claim.low, claim.high]).any(), f"{claim.name} has no bound"


def test_every_claim_belongs_to_a_line_of_its_lesson():
    stems = {lesson.number: lesson.stem for lesson in cards()}
    for name in claims.claims():
        text = (ROOT / "notebooks" / f"{stems[name.split('.')[0]]}.ipynb").read_text("utf-8")
        start = name.split(".", 1)[1].split(" ")[0]
        assert f".{start}" in text, f"{name} is in data/bounds.csv and not in its lesson"


def test_expect_prints_or_raises(capsys):
    claims.expect("01.xor best", 0.75)
    line = "XOR, best accuracy on the way: 0.75 (the same over 20 seeds)\n"
    assert capsys.readouterr().out == line
    claims.expect("01.xor best", 0.75, drawn=False)
    line = "XOR, best accuracy on the way: 0.75 (nothing is drawn here)\n"
    assert capsys.readouterr().out == line
    with pytest.raises(AssertionError, match="the seeds gave different values"):
        claims.expect("01.digits averaged", 0.95741, drawn=False)
    claims.expect("01.digits averaged", 0.95741)
    line = "test accuracy, averaged weights: 0.957 (median 0.961, 0.950 to 0.970 over 20 seeds)\n"
    assert capsys.readouterr().out == f"digits, {line}"
    with pytest.raises(AssertionError, match="XOR, best accuracy on the way: 1, but the bound is"):
        claims.expect("01.xor best", 1.0)
    with pytest.raises(AssertionError, match="nan"):
        claims.expect("01.xor best", float("nan"))
    with pytest.raises(KeyError, match="no claim"):
        claims.expect("01.nothing", 1.0)


def test_a_line_says_what_is_known_of_the_spread():
    claim = claims.Claim("01.x", "steps", 1.0, math.inf, math.nan, math.nan, math.nan, 0)
    assert claim.line(12.3456) == "steps: 12.3 (the spread is not measured yet)"
    claim = dataclasses.replace(claim, smallest=12.0, median=12.0, largest=12.0, seeds=1)
    assert claim.line(12) == "steps: 12 (the same over 1 seed)"
    assert claim.line(13) == "steps: 13 (median 12, 12 to 12 over 1 seed)", (
        "another machine, another value"
    )


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ((0.999, 1.0, 1.0), ["0.999", "1.000", "1.000"]),
        ((2104, 1999, 3050), ["2,104", "1,999", "3,050"]),
        ((2104.7, 1999.2, 3050.1), ["2,105", "1,999", "3,050"]),
        ((-0.001, -0.2, 0.3), ["0.00", "-0.20", "0.30"]),
        ((0.0, 0.0017), ["0.0000", "0.0017"]),
        ((6e-12, 8.64e-12), ["6.0e-12", "8.6e-12"]),
        ((0.0, 3e-17), ["0", "3.0e-17"]),
        ((math.inf, 1.0), ["inf", "1"]),
    ],
)
def test_numbers_are_written_alike(values, texts):
    assert claims.alike(*values) == texts


def test_recording_writes_instead_of_asserting(tmp_path, monkeypatch):
    monkeypatch.setenv("LESSONLIB_RECORD", str(tmp_path / "values"))
    claims.expect("01.xor best", 17)
    assert json.loads((tmp_path / "values").read_text()) == {"name": "01.xor best", "value": 17.0}


def test_unknown_and_foreign_results_are_refused(tmp_path, monkeypatch):
    with pytest.raises(KeyError, match="no result 'nothing'"):
        trained("nothing")
    with pytest.raises(KeyError, match="there is no 'speed'"):
        trained("00.scoreboard")["speed"]
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "index.json").write_text(json.dumps({"x": {"sha256": "0"}}))
    (folder / "x.npz").write_bytes(b"something else")
    monkeypatch.setattr("lessonlib.trained.data_folder", lambda: tmp_path)
    with pytest.raises(ValueError, match="not the file of the index"):
        trained("x")


def test_take_home_holds_the_notebooks_without_outputs_and_the_progress(
    tmp_path, monkeypatch, progress_file
):
    code = {"cell_type": "code", "source": ["1 + 1"], "execution_count": 1, "outputs": [{}]}
    text = {"cell_type": "markdown", "source": ["mine: ½"]}
    book = json.dumps({"cells": [code, text]})
    (tmp_path / "01_perceptron.ipynb").write_text(book, encoding="utf-8")
    (tmp_path / "broken.ipynb").write_bytes(b"{not json")
    (tmp_path / "own").mkdir()
    (tmp_path / "own/lesson_01.py").write_text("mine = 1\n")
    record.note_check("01.1", "correct", None)
    monkeypatch.delenv("LESSONLIB_OUTPUT", raising=False)
    page = take_home(tmp_path)._repr_html_()
    assert "2 notebooks" in page
    content = base64.b64decode(re.search(r"base64,([^']+)'", page)[1])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        kept = json.loads(archive.read("01_perceptron.ipynb"))["cells"]
        assert archive.read("broken.ipynb") == b"{not json"
        assert archive.read("own/lesson_01.py") == b"mine = 1\n"
        (tmp_path / "my-progress.json").write_bytes(archive.read("my-progress.json"))
    assert kept == [code | {"execution_count": None, "outputs": []}, text]
    assert zipfile.is_zipfile(take_home(tmp_path).save(tmp_path / "mine.zip"))
    progress_file.unlink()
    merged = import_progress(tmp_path / "my-progress.json")
    assert merged["exercises"]["01.1"]["status"] == "correct"


def test_take_home_shows_no_link_in_stored_outputs_and_needs_a_notebook(tmp_path, monkeypatch):
    (tmp_path / "a.ipynb").write_text("{}")
    monkeypatch.setenv("LESSONLIB_OUTPUT", "static")
    assert take_home(tmp_path)._repr_html_() is None
    assert "run the cell" in repr(take_home(tmp_path))
    (tmp_path / "a.ipynb").unlink()
    with pytest.raises(FileNotFoundError, match="no notebook"):
        take_home(tmp_path)


# ---- scoreboard, map, installation


def test_scoreboard_is_honest_about_who_is_on_top():
    table = scoreboard("00.scoreboard", "01.scoreboard")
    clean = {row[0]: row[2] for row in table.rows}
    assert max(clean, key=clean.get) == "support vectors (RBF)"
    assert clean["support vectors (RBF)"] > 0.975
    assert all(row[4] < 0.2 for row in table.rows)
    assert "parameters" in repr(table)
    assert "<table>" in table._repr_html_()


def test_measure_moves_the_test_images_and_checks_answers():
    _, y = canvas("test")
    assert measure(lambda X: y) == (1.0, 1.0, 1.0)
    with pytest.raises(ValueError, match="answers of shape"):
        measure(lambda X: y[:3])


def test_the_map_names_the_lessons_that_exist():
    there = {p.stem for p in notebooks_folder().glob("[0-9]*.ipynb")}
    assert {lesson.stem for lesson in available()} == there
    numbers = [lesson.number for lesson in cards()]
    for lesson in cards():
        assert all(numbers.index(n) < numbers.index(lesson.number) for n in lesson.needs)
    assert "01_perceptron.ipynb" in course_map()._repr_html_()
    assert "Draw a line" in repr(course_map())


def test_installation_finds_a_damaged_file(tmp_path, monkeypatch):
    assert installation().ready
    known = {"digits.npz": "0" * 64}
    (tmp_path / "digits.npz").write_bytes(b"")
    (tmp_path / "sha256.json").write_text(json.dumps(known))
    monkeypatch.setattr("lessonlib.learner.installation.data_folder", lambda: tmp_path)
    found = installation()
    assert not found.ready
    assert "damaged: digits.npz" in repr(found)
    assert "start.py lab" in found._repr_html_()


def test_a_stored_page_says_nothing_of_the_machine_that_made_it(monkeypatch):
    """Lesson 00 shows what most readers will see: no versions, no switch of the build."""
    monkeypatch.setenv("LESSONLIB_PROGRESS", "off")
    assert "recording is switched off" in repr(installation())
    monkeypatch.setenv("LESSONLIB_OUTPUT", "static")
    shown = repr(installation())
    assert not re.search(r"\d|switched off", shown)
    book = json.loads((notebooks_folder() / "00_start_here.ipynb").read_text(encoding="utf-8"))
    stored = [
        "".join(output.get("data", {}).get("text/plain", []))
        for cell in book["cells"]
        for output in cell.get("outputs", [])
    ]
    assert shown in stored
