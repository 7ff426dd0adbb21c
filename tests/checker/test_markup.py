"""The HTML of boxes and tables: what the stored outputs of the lessons hold, and safe."""

import json
import re
from pathlib import Path

import pytest

from lessonlib import markup
from lessonlib.exercises.result import Result, Text
from lessonlib.learner.course_map import course_map
from lessonlib.learner.predict import predict
from lessonlib.learner.progress import progress
from lessonlib.scoreboard import Scoreboard, scoreboard

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("[0-9]*.ipynb"))
CALL = re.compile(r'^(predict|scoreboard|course_map)\(((?:"[\w.]+"(?:, )?)*)\)\Z', re.MULTILINE)
MAKERS = {"predict": predict, "scoreboard": scoreboard, "course_map": course_map}


def stored():
    """(cell, function, arguments, HTML) of the outputs that one call of ours made."""
    for path in NOTEBOOKS:
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            source = "".join(cell["source"])
            last = CALL.search(source)
            for output in cell.get("outputs", ()) if last else ():
                if text := "".join(output.get("data", {}).get("text/html", ())):
                    arguments = re.findall(r'"([\w.]+)"', last[2])
                    yield pytest.param(last[1], arguments, text, id=f"{cell['id']} {last[1]}")


@pytest.mark.parametrize(("name", "arguments", "text"), list(stored()))
def test_stored_outputs_are_what_is_made_today(name, arguments, text):
    assert MAKERS[name](*arguments)._repr_html_() == text


def test_enough_stored_outputs_are_compared():
    names = [param.values[0] for param in stored()]
    assert names.count("predict") >= 40
    assert names.count("scoreboard") >= 5
    assert names.count("course_map") == 1


EVIL = "<script>alert('x')</script>"


@pytest.mark.parametrize(
    "shown",
    [
        Result("01.1", EVIL, "not yet", f"`{EVIL}` {EVIL}", 0.5, None, ((EVIL, EVIL),)),
        Text(EVIL, EVIL),
        Text(EVIL, EVIL, code=True),
        Scoreboard([(EVIL, 1.0, 0.5, 0.5, 0.5, 1.0)]),
        progress(),
    ],
)
def test_text_is_escaped(shown):
    page = shown._repr_html_()
    assert "<script" not in page
    assert page.count("<div") == page.count("</div>")
    assert page.count("<t") == page.count("</t")


def test_a_page_is_escaped_and_holds_what_is_html():
    page = markup.page(EVIL, EVIL, markup.bullets([EVIL]) + markup.paragraph(EVIL))
    assert "<script" not in page
    assert page.startswith("<!DOCTYPE html>\n<html lang='en'>")
    assert markup.table([(EVIL, markup.Html("<b>x</b>"))]).count("<b>x</b>") == 1
