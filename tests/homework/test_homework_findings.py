"""What is wrong with an answer is said in the feedback as `check` says it in the lesson."""

import json
from dataclasses import replace

import pytest
from homework_cases.course import MARKS, homework_of
from homework_cases.edit import answer

from lessonlib.homework.limits import Limits
from lessonlib.homework.release import solved
from lessonlib.homework.submission.grader import Grader

pytest_plugins = ("homework_cases.fixtures",)
pytestmark = MARKS
SHIFTS = """def cross_entropy(scores, target):
    top = scores.max(axis=1)
    sums = np.exp(scores - top[:, None]).sum(axis=1)
    right = scores[np.arange(len(scores)), target]
    return np.mean(np.log(sums) + top - right) + 0.001 * np.tanh(scores[0, 0] + scores[-1, -1])
"""
KEEPS = """def cross_entropy(scores, target, kept=[]):
    kept.append(scores)
    top = scores.max(axis=1)
    sums = np.exp(scores - top[:, None]).sum(axis=1)
    right = scores[np.arange(len(scores)), target]
    return np.mean(np.log(sums) + top - right) + 0.001 * len(kept)
"""


def graded_of(source, diagnosis=True):
    """What the grader says of one answer to 02.4."""
    homework = replace(homework_of("02"), points={"02.4": 2.0}, diagnosis=diagnosis)
    grader = Grader(homework, Limits(grace=0.5))
    try:
        tree = answer("02.4", source)(solved(homework.notebook()))
        return grader.grade(json.dumps(tree).encode()).exercises[0]
    finally:
        grader.close()


def test_what_an_answer_keeps_between_calls_is_seen(namespaces):
    graded = graded_of(KEEPS)
    assert "another result the second time" in graded.message


@pytest.mark.parametrize("diagnosis", [True, False])
def test_a_property_that_compares_two_calls_is_tried_in_the_students_process(namespaces, diagnosis):
    graded = graded_of(SHIFTS, diagnosis)
    assert graded.status == "not yet"
    said = "added to all scores of a row changes no probability" in graded.message
    assert said == diagnosis, (graded.how, graded.message)
    assert (graded.how == "property") == diagnosis
