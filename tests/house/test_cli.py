"""The working copies in my/ and the command line over them."""

import json
import subprocess
import sys
from datetime import date

import pytest

from lessonlib import __version__, cli
from lessonlib._errors import CommandError
from lessonlib.learner import working_copies
from lessonlib.learner.working_copies import list_copies, make_copies, reset

TODAY = date(2026, 11, 21)


def write_lesson(path, *sources, output=None):
    cells = [{"cell_type": "markdown", "source": list(sources), "metadata": {}}]
    cells.append({"cell_type": "code", "source": "1 + 1", "outputs": [output], "metadata": {}})
    path.write_text(json.dumps({"cells": cells, "nbformat": 4}), encoding="utf-8")
    return path


@pytest.fixture
def folders(tmp_path, monkeypatch):
    lessons, copies = tmp_path / "notebooks", tmp_path / "my"
    lessons.mkdir()
    for name in ("00_start_here", "03_backpropagation", "04b_deep_and_stable"):
        write_lesson(lessons / f"{name}.ipynb", name)
    for module in ("lessonlib.files", "lessonlib.learner.working_copies"):
        monkeypatch.setattr(f"{module}.notebooks_folder", lambda: lessons)
    return lessons, copies


def states(folders):
    return {copy.number: copy.state for copy in list_copies(*folders)}


def test_copies_are_made_once_and_never_overwritten(folders):
    lessons, copies = folders
    assert states(folders) == {"00": "missing", "03": "missing", "04b": "missing"}
    assert [copy.state for copy in make_copies(*folders)] == ["missing"] * 3
    mine = write_lesson(copies / "03_backpropagation.ipynb", "my answer")
    kept = mine.read_bytes()
    (copies / "00_start_here.ipynb").unlink()
    make_copies(*folders)
    assert mine.read_bytes() == kept
    assert (copies / "00_start_here.ipynb").read_bytes() == (
        lessons / "00_start_here.ipynb"
    ).read_bytes()
    assert set(states(folders).values()) == {"current"}
    assert sorted(path.name for path in copies.iterdir() if path.suffix == ".part") == []


def test_a_changed_lesson_is_reported_and_a_re_run_one_is_not(folders):
    lessons, copies = folders
    make_copies(*folders)
    write_lesson(copies / "03_backpropagation.ipynb", "my answer")
    write_lesson(lessons / "03_backpropagation.ipynb", "03_backpropagation", output="today's")
    assert states(folders)["03"] == "current"
    write_lesson(lessons / "03_backpropagation.ipynb", "a better text")
    assert states(folders) == {"00": "current", "03": "outdated", "04b": "current"}
    make_copies(*folders)
    assert states(folders)["03"] == "outdated", "making copies must not forget the old origin"


@pytest.mark.parametrize("damage", ["", "{", "[]", "null"])
def test_a_damaged_record_means_unknown(folders, damage):
    lessons, copies = folders
    make_copies(*folders)
    (copies / ".origin.json").write_text(damage, encoding="utf-8")
    assert set(states(folders).values()) == {"current"}
    write_lesson(lessons / "03_backpropagation.ipynb", "a better text")
    assert states(folders)["03"] == "unknown"
    reset(*folders, "03", TODAY)
    assert states(folders)["03"] == "current"


def test_a_damaged_copy_is_kept_and_compared_byte_by_byte(folders):
    make_copies(*folders)
    (folders[1] / "03_backpropagation.ipynb").write_text("{ not json", encoding="utf-8")
    assert states(folders)["03"] == "current"  # made from the lesson as it is now
    _, kept = reset(*folders, "03", TODAY)
    assert kept.read_text(encoding="utf-8") == "{ not json"


def test_reset_keeps_every_older_copy(folders):
    lessons, _ = folders
    fresh, kept = reset(*folders, "03", TODAY)
    assert kept is None
    assert fresh.read_bytes() == (lessons / fresh.name).read_bytes()
    names = []
    for number in range(3):
        write_lesson(fresh, f"answer {number}")
        _, kept = reset(*folders, "03", TODAY)
        assert f"answer {number}" in kept.read_text(encoding="utf-8")
        names.append(kept.name)
    assert names == [
        "03_backpropagation.2026-11-21.ipynb",
        "03_backpropagation.2026-11-21-2.ipynb",
        "03_backpropagation.2026-11-21-3.ipynb",
    ]
    assert fresh.read_bytes() == (lessons / fresh.name).read_bytes()


@pytest.mark.parametrize("number", ["3", "99", "", "../03", "03_backpropagation"])
def test_an_unknown_lesson_names_the_known_ones(folders, number):
    with pytest.raises(CommandError, match="the lessons are 00, 03, 04b"):
        reset(*folders, number, TODAY)
    assert not folders[1].exists()


def test_a_full_disk_leaves_no_half_copy(folders, monkeypatch):
    make_copies(*folders)
    before = {path.name: path.read_bytes() for path in folders[1].iterdir()}
    (folders[1] / "03_backpropagation.ipynb").unlink()
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space")))
    with pytest.raises(OSError, match="No space"):
        make_copies(*folders)
    del before["03_backpropagation.ipynb"]
    assert {path.name: path.read_bytes() for path in folders[1].iterdir()} == before


def test_commands_print_what_they_did(folders, capsys):
    assert cli.main(["copies", "--make"]) == 0
    assert "3 of 3 lessons copied" in capsys.readouterr().out
    assert cli.main(["copies", "--make"]) == 0
    assert capsys.readouterr().out == ""
    write_lesson(folders[0] / "03_backpropagation.ipynb", "a better text")
    assert cli.main(["copies", "--make"]) == 0
    assert capsys.readouterr().out.count("\n") == 1
    assert cli.main(["copies"]) == 0
    assert "03   outdated  03_backpropagation.ipynb" in capsys.readouterr().out
    assert cli.main(["reset", "03"]) == 0
    out = capsys.readouterr().out
    assert "Fresh copy: 03_backpropagation.ipynb" in out
    assert f"Your work: 03_backpropagation.{date.today()}.ipynb" in out


def test_a_refusal_is_one_line_and_status_1(folders, capsys):
    assert cli.main(["reset", "77"]) == 1
    error = capsys.readouterr().err
    assert error == "lessonlib: no lesson '77'; the lessons are 00, 03, 04b\n"


def test_a_folder_that_cannot_be_written_is_one_line(folders, capsys):
    folders[1].write_text("a file is in the way", encoding="utf-8")
    assert cli.main(["copies", "--make"]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_an_interrupt_is_status_130(folders, capsys, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(working_copies, "make_copies", interrupted)
    assert cli.main(["copies", "--make"]) == 130


@pytest.mark.parametrize("words", [[], ["nonsense"], ["reset"]])
def test_wrong_usage_is_status_2(words, capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main(words)
    assert stop.value.code == 2


def test_python_m_lessonlib_prints_the_version():
    command = [sys.executable, "-m", "lessonlib", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"lessonlib {__version__}"


def test_the_lessons_of_this_checkout_are_found():
    assert working_copies.notebooks_folder().is_dir()
    assert working_copies.copies_folder().name == "my"
