"""Nothing of a student runs where a person works: formgrader, feedback, table, report, terminal."""

import csv
import html
import io
import json
import re
import unicodedata

import nbformat
import pytest
from bs4 import BeautifulSoup
from homework_cases.course import MARKS, homework_of
from homework_cases.edit import place
from homework_cases.scripts import ATTACHED, CONTROLS, FORMULAS, PLANT, TEXTS
from hypothesis import given
from hypothesis import strategies as st

from lessonlib import cli, markup
from lessonlib._errors import CommandError
from lessonlib.homework import safe
from lessonlib.homework.cohort.reports import (
    NOT_GRADED,
    Line,
    class_report,
    grades_csv,
    picture_name,
)
from lessonlib.homework.cohort.roster import Student, read_roster
from lessonlib.homework.course import Course
from lessonlib.homework.model import Graded, HomeworkError, Report
from lessonlib.homework.nbgrader.bounded import bounded
from lessonlib.homework.nbgrader.steps import FeedbackExporter, ShowNotes, harmless
from lessonlib.homework.submission.repair import repair

pytestmark = MARKS
HOMEWORK = homework_of("01")
PICTURE = ("img", ("src", picture_name(HOMEWORK)))  # the report's own
RELEASE = HOMEWORK.notebook()
ACTIVE = {"script", "style", "iframe", "object", "embed", "form", "input", "button", "base", "meta",
          "link", "svg", "math", "details", "img", "a", "video", "audio", "template"}  # fmt: skip


def formgraded(notebook):
    """The page that formgrader shows: nbconvert with nbgrader's own template."""
    from nbconvert.exporters import HTMLExporter
    from nbgrader.server_extensions.formgrader import handlers
    from traitlets.config import Config

    config = Config()
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    about = {"index": 0, "total": 1, "base_url": "", "student": "ada", "notebook_id": "01"}
    exporter = HTMLExporter(config=config)
    return exporter.from_notebook_node(nbformat.from_dict(notebook), resources=about)[0]


def handed_in(change):
    """The notebook that is written for formgrader, after a student's change."""
    tree = json.loads(json.dumps(RELEASE))
    change(tree["cells"])
    return harmless(bounded(repair(json.dumps(tree).encode(), RELEASE).notebook), RELEASE)


def active(page):
    """Every element and attribute that can do something, once for each time that it is there."""
    found = []
    for element in BeautifulSoup(page, "html.parser").find_all(True):
        outside = [(n, str(v)) for n, v in element.attrs.items() if _does_something(n, v)]
        if element.name in ACTIVE or outside:
            found.append((element.name, *sorted(outside)))
    return sorted(found)


def as_markdown(text):
    """A text as nbconvert shows it, in formgrader and on the feedback page."""
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    renderer = IPythonRenderer(escape=False, exclude_anchor_links=True)
    return MarkdownWithMath(renderer=renderer).render(text)


def _does_something(name, value):
    if name == "id" and value.startswith("cell-id="):
        return False
    return name.startswith("on") or name in ("href", "src", "style", "srcdoc", "action", "id")


BEFORE = active(formgraded(handed_in(lambda cells: None)))


def everywhere(text, **more):
    """A change that puts a text into an answer, an added text cell, a raw cell and code."""

    def change(cells):
        cells[place({"cells": cells}, "why-01-1")] |= {"source": text, **more}
        added = {"id": "x", "metadata": {"raw_mimetype": "text/html"}, "source": text}
        cells.insert(1, {**added, "cell_type": "markdown", **more})
        cells.insert(2, {**added, "cell_type": "raw"})
        output = {"output_type": "display_data", "data": {"text/html": text}, "metadata": {}}
        code = {"cell_type": "code", "execution_count": 1, "outputs": [output]}
        cells.insert(3, {**added, **code, "source": f"%%html\n{text}"})
        cells.insert(4, {**added, "cell_type": text, "id": text, "metadata": {"tags": [text]}})

    return change


def test_formgrader_shows_every_text_and_nothing_in_it_is_active():
    def change(cells):
        for text in TEXTS.values():
            everywhere(text)(cells)

    page = formgraded(handed_in(change))
    assert active(page) == BEFORE
    assert page.count(html.escape("planted()", quote=False)) > 3 * len(TEXTS) / 2


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_text_is_shown_and_nothing_in_it_is_active(text):
    for made in (
        safe.Page().text(text),
        safe.Page().plain(text),
        f"<div>{safe.html_text(text)}</div>",
    ):
        shown = as_markdown(made)
        assert active(shown) == []
        assert "\n" not in made
        if PLANT in text and len(text) < 1_000 and "title" not in text:
            words = BeautifulSoup(shown, "html.parser").get_text()
            assert PLANT in words.replace("\ufffd", "")


def test_the_probe_sees_what_runs_where_nothing_is_made_harmless():
    for name in ("script", "picture that fails", "link that runs", "style sheet", "form"):
        tree = json.loads(json.dumps(RELEASE))
        tree["cells"][place(tree, "why-01-1")]["source"] = TEXTS[name]
        assert active(formgraded(tree)) != BEFORE, name
        assert active(as_markdown(TEXTS[name])) != [], name


@pytest.mark.parametrize("content", ATTACHED.values(), ids=ATTACHED)
def test_an_attachment_that_is_no_picture_is_its_name(content):
    for name in ("x.png", f"x'onerror='{PLANT}"):
        shown = as_markdown(safe.Page().text(f"![x](attachment:{name})", {name: content}))
        assert active(shown) == []
        assert name[:1] in BeautifulSoup(shown, "html.parser").get_text()


def test_an_attached_picture_is_shown_and_one_that_is_lost_costs_nothing():
    tree = handed_in(
        everywhere("![x](attachment:a.png)", attachments={"a.png": {"image/png": "aGk="}})
    )
    assert formgraded(tree).count("data:image/png;base64,aGk=") == 2
    lost = formgraded(handed_in(everywhere("![x](attachment:gone.png)")))
    assert "gone.png" in lost


def test_what_a_student_writes_is_still_read_as_written():
    text = "It is **so**:\n\n1. first $w_1 < 0$\n2. then `x[0]`\n\nSee https://a.example/b_c."
    page = BeautifulSoup(formgraded(handed_in(everywhere(text))), "html.parser")
    shown = page.find("strong", string="so").find_parent("div")
    assert [item.get_text() for item in shown.find_all("li")] == ["first $w_1 < 0$", "then x[0]"]
    assert "See https://a.example/b_c." in shown.get_text()


def test_what_was_handed_out_stays_as_it_is():
    assert (
        handed_in(lambda cells: None)["cells"]
        == repair(json.dumps(RELEASE).encode(), RELEASE).notebook["cells"]
    )


@given(
    st.text(
        st.sampled_from(list("<>!-[]()&#;:/=\"'`$\\*_~|{}\n\t aimgscrpton1x\x00\ud800")),
        max_size=60,
    )
)
def test_a_text_is_one_piece_that_no_markdown_reader_changes(text):
    for made in (safe.Page().text(text), safe.Page().plain(text)):
        shown = as_markdown(made)
        assert shown.rstrip("\n") == made.rstrip("\n")
        assert not [e for e in active(made) if e[0] in ACTIVE]
        assert "\n" not in made


def test_many_texts_are_shown_without_being_read_as_markdown_for_ever():
    page = safe.Page()
    for _ in range(30):
        page.text("\\begin{a}" * 1_000)
    assert page.left < 10_000
    assert page.text("**x**" * 3_000).startswith("<div><pre>")


def test_texts_of_megabytes_are_cut_and_nothing_in_them_is_active():
    def change(cells):
        for text in (TEXTS["script"] * 20_000, "[a](<b" * 3_000, r"\begin{a}" * 1_500):
            everywhere(text)(cells)

    page = formgraded(handed_in(change))
    assert active(page) == BEFORE
    assert len(page) < 5_000_000
    assert "cut here" in page


# ---- the feedback page ---------------------------------------------------------------------------


def policies(page):
    found = BeautifulSoup(page, "html.parser").head.find_all("meta", attrs={"http-equiv": True})
    return [tag["content"] for tag in found]


def test_the_feedback_page_has_a_policy_that_only_its_own_script_passes():
    tree = nbformat.from_dict(handed_in(everywhere(TEXTS["script"])))
    page, other = (FeedbackExporter().from_notebook_node(tree)[0] for _ in range(2))
    (policy,) = policies(page)
    (number,) = re.findall(r"'nonce-([^']{20,})'", policy)
    assert number not in other
    assert "default-src 'none'" in policy
    assert "'unsafe-inline'" not in policy.replace("style-src 'unsafe-inline'", "")
    scripts = BeautifulSoup(page, "html.parser").find_all("script")
    assert {s.get("nonce") for s in scripts if s.find_parent("head")} == {number}
    assert page.index("Content-Security-Policy") < page.index("<script")


def test_a_page_without_scores_runs_nothing():
    (policy,) = policies(markup.page("t", "h", "b"))
    assert "default-src 'none'" in policy
    assert "script" not in policy


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_note_with_a_file_name_is_text(text, monkeypatch):
    report = Report("graded", notes=[f"2 files handed in; {text} was graded"])
    monkeypatch.setattr("lessonlib.homework.nbgrader.steps._report", lambda resources: report)
    shown, _ = ShowNotes().preprocess(nbformat.v4.new_notebook(), {})
    assert active(as_markdown(shown.cells[0].source)) == []


# ---- table, report, terminal ---------------------------------------------------------------------


def line_of(text, finding=""):
    graded = Graded("01.1", "t", 0.0, 1.0, "not yet", text, [], None, finding)
    report = Report("graded", exercises=[graded])
    return Line(Student(text, text), NOT_GRADED, report, None, [text])


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_the_table_is_a_formula_and_the_id_still_imports(text, tmp_path):
    who = text.strip()
    line = Line(Student(who, text), NOT_GRADED, None, None, [text, f"x{text}"])
    table = grades_csv(Course(tmp_path), HOMEWORK, [line])
    for row in csv.reader(io.StringIO(table)):
        for cell in row:
            for part in [cell, *re.split("[;,|\t\r]", cell)]:
                assert part[:1] not in tuple("=+-@\t\r\n＝＋－＠"), row
    (tmp_path / "grades.csv").write_text(table)
    if re.search("[;,|]", who):  # is no id: the list might have another separator
        with pytest.raises(HomeworkError, match="two cells in one"):
            read_roster(tmp_path / "grades.csv")
        return
    again = read_roster(tmp_path / "grades.csv")
    wanted = "".join(c if unicodedata.category(c) != "Cc" else "?" for c in who)
    assert again[0].id.replace("; ", ";").replace(", ", ",") == wanted


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_the_report_is_markdown_in_which_a_text_is_text(text):
    table = [line_of(text), Line(Student("b"), "graded", line_of(text, text).report, None, [])]
    for wrapped in (table, [line_of(f"`a` {text} `b`")], [line_of(f"`{text}`")]):
        for names in (True, False):
            made = as_markdown(class_report(HOMEWORK, wrapped, names))
            found = [e for e in active(made) if e[0] not in ("td", "th")]
            assert found == [PICTURE] * any(line.status == "graded" for line in wrapped)


@pytest.mark.parametrize("text", CONTROLS)
def test_a_terminal_gets_no_control_character(text, capsys, monkeypatch):
    def refuse(chosen):
        yield f"refused: {text}"
        raise CommandError(text)

    def parse(arguments):
        import argparse

        return argparse.Namespace(run=refuse)

    monkeypatch.setattr(
        cli, "build_parser", lambda: type("P", (), {"parse_args": lambda s, a: parse(a)})()
    )
    assert cli.main([]) == 1
    shown = "".join(capsys.readouterr()).replace("\n", "")
    assert shown.startswith("refused: ")
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
    made = class_report(HOMEWORK, [line_of(f"a{text}")], names=True)
    assert not [c for c in made.replace("\n", "") if unicodedata.category(c)[0] == "C"]
