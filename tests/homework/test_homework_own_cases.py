"""The homework's own and private cases never come to a student: not by any text of the page."""
# ruff: noqa: E501 (an attack is one line)

import json
from dataclasses import asdict, replace

import pytest
from homework_cases.course import MARKS, homework_of
from homework_cases.edit import answer
from homework_cases.wiretap import FORGED

from lessonlib.homework.limits import Limits
from lessonlib.homework.release import solved
from lessonlib.homework.submission.grader import Grader

pytest_plugins = ("homework_cases.fixtures",)
pytestmark = MARKS
SECRET = 7361.5
PRIVATE = f"""import numpy as np
CASES = {{"01.1": [(np.full((2, 2), {SECRET}), np.ones(2), 0.0)]}}
"""
WRONG = "np.where(X @ weight + bias > 0, 1, -1)"
HEAD = "def neuron(X, weight, bias):\n    seen = repr((X, weight, bias))\n"
TELLS = {
    "an error with the arguments": "    raise ValueError(seen)",
    "an error in the own cases alone": f"    if X.max() > 7_000: raise ValueError(seen)\n    return {WRONG}",
    "no answer in the own cases": f"    if X.max() > 7_000: raise NotImplementedError(seen)\n    return {WRONG}",
    "end of the program": f"    if X.max() > 7_000: raise SystemExit(seen)\n    return {WRONG}",
    "an error whose name tells it": f"    if X.max() > 7_000: raise type(seen, (Exception,), {{}})(seen)\n    return {WRONG}",
    "it is printed": f"    print(seen)\n    return {WRONG}",
    "it is printed and wrong": "    print(seen)\n    return 1.0",
    "the arguments come back": "    return X",
    "another type that is named so": f"    return type('a' + ''.join(filter(str.isalnum, seen)), (), {{}})() if X.max() > 7_000 else {WRONG}",
    "not a number, and a warning": f"    import warnings; warnings.warn(seen)\n    return {WRONG} * (np.nan if X.max() > 7_000 else 1)",
    "an error in the next call": f"    global last\n    before, last = globals().get('last', ''), seen\n    if '73' '61' in before: raise ValueError(before)\n    return {WRONG}",
    "it is kept for the other cases": f"    kept = globals().setdefault('kept', [])\n    kept.append(seen)\n    return {WRONG}, kept",
    "it is the line that stops": f"    if X.max() > 7_000:\n        exec(compile('raise ValueError', '<ipython-input-1>', 'exec'))\n    return {WRONG}",
}


@pytest.fixture(scope="module")
def grader(namespaces):
    homework = homework_of("01", extra_cases=PRIVATE)
    made = Grader(replace(homework, points={"01.1": 2.0}), Limits(cell=2.0, call=1.0, grace=0.5))
    yield made
    made.close()


def told(grader, source):
    """All words of the report on an answer, and the report."""
    tree = answer("01.1", source)(solved(grader.homework.notebook()))
    report = grader.grade(json.dumps(tree).encode())
    return json.dumps(asdict(report)), report


@pytest.mark.parametrize("body", TELLS.values(), ids=TELLS)
def test_no_number_of_a_private_case_is_in_the_report(grader, body):
    words, report = told(grader, "import numpy as np\n" + HEAD + body)
    assert report.status == "graded"
    assert "7361" not in words


@pytest.mark.parametrize("source", FORGED.values(), ids=FORGED)
def test_who_listens_on_the_wire_cannot_say_what_was_asked_later(grader, source):
    words, report = told(grader, source)
    assert report.status == "graded"
    assert "7361" not in words
    assert report.exercises[0].points == 0


def test_how_the_process_ends_says_nothing_of_what_it_was_asked_later(grader):
    words, _ = told(grader, FORGED["answers none of the lesson's cases and ends with a number"])
    assert f"exit code {int(SECRET) % 199 + 1}" not in words


def test_the_wire_can_be_heard_so_that_the_forgeries_try_something(grader):
    words, _ = told(grader, FORGED["says what it hears of the lesson's cases"])
    assert "heard" in words


def test_a_right_answer_is_called_on_all_cases(grader):
    _, report = told(
        grader, f"import numpy as np\ndef neuron(X, weight, bias):\n    return {WRONG}"
    )
    assert report.exercises[0].points == 2.0
    _, report = told(
        grader,
        f"import numpy as np\n{HEAD}    if X.max() > 7_000: raise ValueError\n    return {WRONG}",
    )
    assert 0 < report.exercises[0].points < 2.0
