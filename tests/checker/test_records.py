"""Progress, predictions, claims, stored results, scoreboard, course map, installation check."""

import base64
import io
import json
import re
import zipfile

import numpy as np
import pytest

from lessonlib import claims
from lessonlib.exercises import (
    check,
    export_progress,
    import_progress,
    predict,
    progress,
    take_home,
)
from lessonlib.files import notebooks_folder
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
    assert progress().rows()[0][:4] == ("00", "✓", 1, 1)


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
    assert capsys.readouterr().out.startswith("✓ XOR")
    with pytest.raises(AssertionError, match="XOR, best accuracy on the way: 1, but the bound is"):
        claims.expect("01.xor best", 1.0)
    with pytest.raises(AssertionError, match="nan"):
        claims.expect("01.xor best", float("nan"))
    with pytest.raises(KeyError, match="no claim"):
        claims.expect("01.nothing", 1.0)


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
    record.note_check("01.1", "correct", None)
    monkeypatch.delenv("LESSONLIB_OUTPUT", raising=False)
    page = take_home(tmp_path)._repr_html_()
    assert "2 notebooks" in page
    content = base64.b64decode(re.search(r"base64,([^']+)'", page)[1])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        kept = json.loads(archive.read("01_perceptron.ipynb"))["cells"]
        assert archive.read("broken.ipynb") == b"{not json"
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
