"""`lessonlib study`: what a table of counts holds and never holds, and how tables are merged."""

import csv
import io
import json
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonlib import cli
from lessonlib.learner import record, study


def learner(monkeypatch, *, tries, minutes, name="percent"):
    """Somebody who was wrong `tries - 1` times and right after so many minutes."""
    clock = iter(["2026-10-04T23:50+00:00"] * (tries - 1))
    end = f"2026-10-05T{minutes // 60:02}:{minutes % 60:02}+00:00"
    monkeypatch.setattr(record, "_now", lambda: next(clock, end))
    record.note_hint("00.1", 2)
    for _ in range(tries - 1):
        record.note_check("00.1", "not yet", name, "known", name)
    record.note_check("00.1", "correct", None)
    record.note_check("01.2", "not yet", None, "twin", "code: w = w + y")


@pytest.fixture
def run(progress_file, monkeypatch, capsys):
    """The command in an empty folder: its status and what it says."""
    folder = progress_file.parent / "home of ada"
    folder.mkdir()
    monkeypatch.chdir(folder)

    def call(*words):
        status = cli.main(["study", *map(str, words)])
        said = capsys.readouterr()
        return status, said.out + said.err

    return call


def rows(path):
    return list(csv.DictReader(io.StringIO(path.read_text())))


def test_the_table_has_counts_and_nothing_else(run, progress_file, monkeypatch):
    learner(monkeypatch, tries=3, minutes=5)
    status, said = run()
    file = progress_file.parent / "home of ada/my-study.csv"
    assert status == 0
    assert str(file) in said
    assert "Nothing has been sent" in said
    first, second = rows(file)
    assert {k: v for k, v in first.items() if v != "0"} == {
        "exercise": "00.1",
        "learners": "1",
        "attempts": "3",
        "hints": "2",
        "solved": "1",
        "known": "2",
        "tries": "3",
        "minutes": "15",
    }
    assert (second["exercise"], second["twin"], second["minutes"]) == ("01.2", "1", "")
    text = file.read_text()
    for private in ("percent", "w = w", "2026", "ada", str(progress_file.parent)):
        assert private not in text
    assert "id" not in first


def test_an_id_is_random_and_only_there_if_asked_for(run, monkeypatch, tmp_path):
    learner(monkeypatch, tries=2, minutes=0)
    ids = set()
    for name in ("a.csv", "b.csv"):
        assert run("--id", "--out", tmp_path / name)[0] == 0
        ids |= {row["id"] for row in rows(tmp_path / name)}
    assert len(ids) == 2
    assert all(len(name) == 8 for name in ids)


def test_a_class_is_one_table_with_medians(run, monkeypatch, tmp_path):
    for name, tries, minutes in (("a", 2, 0), ("b", 3, 20), ("c", 8, 110)):
        monkeypatch.setenv("LESSONLIB_PROGRESS", str(tmp_path / f"{name}.json"))
        learner(monkeypatch, tries=tries, minutes=minutes)
        run("--out", tmp_path / f"{name}.csv")
    files = [tmp_path / f"{name}.csv" for name in "abca"]
    status, said = run("--merge", *files)
    assert (status, "3 learners in one table" in said) == (0, True)
    first, second = rows(next(tmp_path.glob("home*/class-study.csv")))
    assert [first[c] for c in ("learners", "attempts", "known", "tries", "minutes")] == [
        "3",
        "13",
        "10",
        "3",
        "30",
    ]
    assert (second["learners"], second["solved"], second["tries"]) == ("3", "0", "")
    status, said = run("--merge", "class-study.csv", files[0])
    assert (status, "is a class's table already" in said) == (1, True)


def test_a_learner_who_sent_two_files_counts_once(run, monkeypatch, tmp_path):
    learner(monkeypatch, tries=2, minutes=0)
    run("--id", "--out", tmp_path / "a.csv")
    shutil.copyfile(tmp_path / "a.csv", tmp_path / "copy.csv")
    _, said = run("--merge", tmp_path / "a.csv", tmp_path / "copy.csv")
    assert "copy.csv is left out: another file has the same id" in said
    assert "1 learner in one table" in said


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is no table of"),
        ("a,b\n1,2\n", "other columns"),
        (",".join(study.COLUMNS) + "\n=1+1" + ",1" * 15 + "\n", "no exercise: '=1+1'"),
        (",".join(study.COLUMNS) + "\n00.1" + ",x" * 15 + "\n", "is no table of"),
        (b"\xff\xfe\x00", "is no table of"),
        (None, "there is no file"),
    ],
)
def test_foreign_files_are_neither_read_nor_overwritten(run, monkeypatch, tmp_path, text, why):
    learner(monkeypatch, tries=1, minutes=0)
    file = tmp_path / "thesis.csv"
    if text is not None:
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        before = file.read_bytes()
        status, said = run("--out", file)
        assert (status, said.count("\n"), why in said) == (1, 1, True), said
        assert file.read_bytes() == before
    status, said = run("--merge", file)
    assert (status, said.count("\n"), why in said) == (1, 1, True), said


def test_without_progress_there_is_nothing_to_count(run, monkeypatch):
    assert run() == (1, "lessonlib: there is nothing to count: no exercise has been tried here\n")
    monkeypatch.setenv("LESSONLIB_PROGRESS", "off")
    assert run()[0] == 1


def test_progress_of_the_first_edition_is_counted_without_times():
    old = {"status": "correct", "tries": 3, "hints": 2, "when": "2026-01-01", "mistakes": ["x"]}
    (row,) = study.counts({"exercises": {"00.1": old, "my own": old}})
    assert (row["attempts"], row["solved"], row["tries"], row["minutes"]) == (3, 1, "", "")


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(), inside, max_size=3),
    max_leaves=5,
)
KEYS = ("status", "tries", "hints", "how", "first_try", "first_right", "tries_to_right")


@given(st.dictionaries(st.sampled_from(KEYS), anything))
def test_whatever_a_file_holds_the_table_can_be_read_again(tmp_path_factory, entry):
    entry = json.loads(json.dumps(entry))
    table = study.counts({"exercises": {"00.1": entry}})
    file = tmp_path_factory.mktemp("study") / "a.csv"
    file.write_text(study.to_csv(table))
    if table:
        assert study.from_csv(file) == [row | {"id": ""} for row in table]
