"""Repair loses nothing: pictures, metadata, ids; one cell that cannot be read costs that cell."""

import base64
import copy
import json
import shutil

import nbformat
import pytest
from homework_cases.course import MARKS, QUIET, homework_of, rows_of
from homework_cases.edit import answer, cell_of, code, place
from homework_cases.sample import write_lesson
from hypothesis import given
from hypothesis import strategies as st

from lessonlib.homework.assign import Choices, assign
from lessonlib.homework.cohort.grade import grade
from lessonlib.homework.course import Course
from lessonlib.homework.nbgrader.bounded import bounded
from lessonlib.homework.nbgrader.steps import harmless
from lessonlib.homework.release import solved
from lessonlib.homework.submission.repair import repair

pytest_plugins = ("homework_cases.fixtures",)
pytestmark = MARKS
PICTURE = base64.b64encode(b"\x89PNG a picture of mine").decode()
SHOWN = f"data:image/png;base64,{PICTURE}"
RELEASE = homework_of("01").notebook()


def text(source, identity="text", **more):
    return {"cell_type": "markdown", "id": identity, "metadata": {}, "source": source, **more}


def written(source, **more):
    """The solved notebook with an answer in words."""
    nb = solved(RELEASE)
    nb["cells"][place(nb, "why-01-1")].update(source=source, **more)
    return nb


def repaired(nb):
    found = repair(json.dumps(nb).encode(), RELEASE)
    nbformat.validate(nbformat.from_dict(found.notebook))
    return found


def test_a_picture_in_an_answer_stays():
    nb = written("![](<attachment:a b.png>) ![](attachment:a%20b.png) ![](attachment:c(1).png)",
                 attachments={"a b.png": {"image/png": [PICTURE[:8], PICTURE[8:]]},
                              "c(1).png": {"image/png": PICTURE}})  # fmt: skip
    nb["cells"].insert(3, text("![x](attachment:x.png)", attachments={
        "x.png": {"image/png": PICTURE}}))  # fmt: skip
    found = repaired(nb)
    cells = found.notebook["cells"]
    kept = cells[place(found.notebook, "why-01-1")]["attachments"]
    assert kept["a b.png"] == kept["a%20b.png"] == kept["c(1).png"] == {"image/png": PICTURE}
    assert cells[3]["attachments"] == {"x.png": {"image/png": PICTURE}}
    assert found.notes == []


def test_a_picture_that_is_not_in_the_file_is_said_and_costs_nothing():
    found = repaired(written("![mine](attachment:gone.png)"))
    assert found.notes == ["01.w1: the picture gone.png is not in the file"]
    assert "image/svg+xml" in found.notebook["cells"][place(found.notebook, "why-01-1")][
        "attachments"]["gone.png"]  # fmt: skip


def shown(nb):
    """What the pages of feedback and formgrader show of the answer in words."""
    page = harmless(bounded(repaired(nb).notebook), RELEASE)
    return page["cells"][place(page, "why-01-1")]["source"]


@pytest.mark.parametrize("kind", ["png", "jpeg", "gif", "webp"])
@pytest.mark.parametrize("form", ["![a b]({})", "![]({} 'title')", '<img width="9" src="{}">',
                                  "![x][1]\n\n[1]: {}\n\n"])  # fmt: skip
def test_a_picture_that_colab_writes_into_the_text_is_a_picture(kind, form):
    large = base64.b64encode(b"a photograph " * 200_000).decode()  # more than a cell may have
    inside = f"data:image/{kind};base64,{large}"
    answer = shown(written(f"So: {form.format(inside)} (*mine*)"))
    assert f'src="{inside}"' in answer
    assert "<em>mine</em>" in answer


def test_a_text_that_only_mentions_such_an_address_stays_as_it_is():
    words = "A picture begins with data:image/png;base64, in the text."
    found = repaired(written(words)).notebook
    assert found["cells"][place(found, "why-01-1")]["source"] == words


def test_many_pictures_and_a_photograph_are_shown():
    photograph = base64.b64encode(b"a photograph " * 400_000).decode()
    pictures = {f"{k}.png": {"image/png": PICTURE} for k in range(20)}
    pictures["large.jpg"] = {"image/jpeg": photograph}
    nb = written("\n".join(f"![](attachment:{name})" for name in pictures), attachments=pictures)
    assert shown(nb).count(SHOWN) == 20
    assert f"data:image/jpeg;base64,{photograph}" in shown(nb)


def test_metadata_and_ids_of_added_cells_stay():
    nb = solved(RELEASE)
    mine = {"tags": ["mine"], "collapsed": True, "slideshow": {"slide_type": "slide"}}
    nb["cells"].insert(1, code("x = 1", "own_1") | {"metadata": mine | {"nbgrader": {"grade": 1}}})
    nb["cells"].insert(1, text("words", "cell-4"))
    found = repaired(nb)
    assert found.notebook["cells"][2]["metadata"] == mine
    assert [c["id"] for c in found.notebook["cells"]] == [c["id"] for c in nb["cells"]]


def test_a_graded_cell_keeps_its_id_before_a_copy_of_it():
    nb = solved(RELEASE)
    nb["cells"].insert(1, code("x = 1", "ex-01-1"))
    nb["cells"].insert(1, code("y = 1", "not valid!"))
    nb["cells"].insert(1, text("words", "cell-2"))
    found = repaired(nb).notebook
    assert found["cells"][place(found, "ex-01-1")]["id"] == "ex-01-1"
    assert found["cells"][1]["id"] == "cell-2"
    assert len({c["id"] for c in found["cells"]}) == len(found["cells"])


ODD_CELLS = {
    "metadata not in order": code("x = 1") | {"metadata": {"tags": [1, 2], "collapsed": "no"}},
    "half a character": code("x = 1") | {"metadata": {"note": "\ud800"}, "source": "'\ud800'"},
    "endless metadata": code("x = 1") | {"metadata": {"x": "y" * 2**20}},
    "no number": code("x = 1") | {"metadata": {"x": float("nan")}},
    "no text": {"cell_type": "code", "source": {"a": 1}},
    "a kind of its own": {"cell_type": "sql", "source": ["select 1"], "metadata": []},
    "a paste of megabytes": code("data = '''" + "0" * 9 * 2**20 + "'''"),
    "a list for a cell": ["x"],
    "pictures that are none": text("x", attachments={"a.png": ["x"], "b.png": {"image/png": 3}}),
    "pictures in code": code("x = 1") | {"attachments": {"a.png": {"image/png": PICTURE}}},
}


def test_a_picture_of_ten_megabytes_stays_and_what_cannot_stay_is_said():
    large = {"m.png": {"image/png": "A" * 10 * 2**20}}
    nb = written("![](attachment:m.png)", attachments=large)
    nb["cells"].insert(1, ODD_CELLS["endless metadata"])
    found = repaired(nb)
    assert found.notebook["cells"][place(found.notebook, "why-01-1")]["attachments"] == large
    assert found.notes == ["the metadata of a cell cannot be read and were left out"]


@pytest.mark.parametrize("name", ODD_CELLS)
def test_a_cell_that_cannot_be_read_costs_that_cell(name):
    nb = solved(RELEASE)
    nb["cells"].insert(2, ODD_CELLS[name])
    found = repaired(nb).notebook
    found_sources = {c["source"] for c in found["cells"]}
    assert {c["source"] for c in solved(RELEASE)["cells"]} <= found_sources
    assert json.dumps(found, ensure_ascii=False, allow_nan=False).encode()


TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.fixed_dictionaries({}, optional={
    "cell_type": st.sampled_from(["code", "markdown", "raw"]) | TREES, "id": TREES,
    "metadata": TREES, "source": TREES, "attachments": TREES, "outputs": TREES,
}))  # fmt: skip
def test_no_cell_whatever_is_in_it_costs_another(cell):
    nb = copy.deepcopy(RELEASE)
    nb["cells"].insert(2, cell)
    found = repaired(nb).notebook
    assert {c["source"] for c in RELEASE["cells"]} <= {c["source"] for c in found["cells"]}
    json.dumps(found, ensure_ascii=False, allow_nan=False).encode()


@pytest.fixture(scope="module")
def odd_course(tmp_path_factory, empty_gradebook, namespaces):
    """A course in a folder whose name has everything that patterns and shells take for more."""
    top = tmp_path_factory.mktemp("odd") / "Kurs [1] {x} 'q' \"d\" ä 中 50%20 a?b # (2) * $HOME"
    deep = top.joinpath(*["a long part of a path " * 6] * 2)  # SQLite opens up to 512 bytes
    deep.mkdir(parents=True)
    write_lesson(top, "01")
    course = Course(deep / "course [x]")
    course.root.mkdir()
    shutil.copyfile(empty_gradebook, course.root / "gradebook.db")
    choices = Choices(lessons_folder=top, due="2026-10-05 12:00 UTC")
    assign(["01"], course.root, choices)
    return Course(course.root.resolve())


@pytest.mark.slow
def test_pictures_times_and_odd_texts_reach_gradebook_and_feedback(odd_course, tmp_path):
    up = tmp_path / "what [they] 'handed' ïn *"
    nested = written("> " * 4000 + "x")
    pictured = written("![](attachment:m.png)\n\n<img width='9' src='attachment:m.png'>",
                       attachments={"m.png": {"image/png": PICTURE}})  # fmt: skip
    broken = answer("01.1", "def neuron(:")(written("![mine](attachment:gone.png)"))
    made = {"a1": pictured, "b2 [x]": nested, "王 伟": broken}
    for name, nb in made.items():
        (up / name / "01_sample").mkdir(parents=True)
        (up / name / "01_sample/01_sample.ipynb").write_text(json.dumps(nb))
    clock = up / "a1/01_sample/timestamp.txt"
    clock.write_text("2026-10-05 14:30:00.000000 +0200\n")
    outcome = grade(odd_course, "01", QUIET, up)
    rows = rows_of(odd_course.root)
    assert {s: r["status"] for s, r in rows.items()} == dict.fromkeys(
        ["a1", "b2__x_", "王_伟"], "graded"
    ), outcome.notes
    assert (rows["a1"]["late_by"], rows["b2__x_"]["late_by"]) == ("0:30:00", "")
    assert "0:30:00 h after the due date" in rows["a1"]["notes"]
    assert "files handed in" not in rows["a1"]["notes"]
    assert "the picture gone.png is not in the file" in rows["王_伟"]["notes"]
    page = (odd_course.root / "feedback/a1/01_sample/01_sample.html").read_text()
    assert page.count(SHOWN) == 2  # as Markdown and as the HTML of a resized picture
    assert list(odd_course.root.rglob("gradebook*")) == [odd_course.root / "gradebook.db"]
    nb = json.loads((odd_course.root / "autograded/a1/01_sample/01_sample.ipynb").read_text())
    assert "".join(cell_of(nb, "01.w1", "why")["source"]).count(SHOWN) == 2
    assert seconds_late(odd_course, "a1") == 1800
    clock.write_text("2026-10-05 11:00:00 UTC\n")
    assert grade(odd_course, "01", QUIET, up).graded_now == 0  # another time, the same file
    assert rows_of(odd_course.root)["a1"]["late_by"] == ""
    assert seconds_late(odd_course, "a1") == 0


def seconds_late(course, student):
    from nbgrader.api import Gradebook

    with Gradebook(course.database, "") as gradebook:
        return gradebook.find_submission("01_sample", student).total_seconds_late
