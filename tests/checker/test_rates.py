"""What the checker makes of learners' answers that it has never seen."""

import time

import pytest
from rates import collected, tried

from lessonlib.lessons.registry import exercises_of, lessons

pytestmark = pytest.mark.exhaustive
LONGEST_WAIT = 85  # times as long as a million squares take in Python: about 3.5 seconds


@pytest.fixture(scope="module", params=lessons())
def found(request):
    return list(tried(collected([request.param])))


def test_there_are_answers_to_every_exercise():
    known = {a.exercise for a in collected([])}
    assert known == {e for lesson in lessons() for e in exercises_of(lesson)}


def test_no_wrong_answer_is_accepted_and_no_right_one_refused(found):
    misjudged = [f"{t.answer.exercise} {t.answer.what}" for t in found if t.misjudged]
    assert misjudged == []


def test_six_of_ten_wrong_answers_are_named(found):
    wrong = [t for t in found if not t.answer.is_right]
    assert sum(t.named for t in wrong) >= 0.6 * len(wrong)


def test_no_answer_keeps_the_learner_waiting(found):
    most = LONGEST_WAIT * max(seconds_of_squares() for _ in range(5))
    slow = [t.answer for t in found if t.seconds > most]
    for _ in range(2):  # what was slow because of other work is not slow again
        slow = [t.answer for t in tried(slow) if t.seconds > most]
    assert [answer.what for answer in slow] == []


def seconds_of_squares():
    started = time.thread_time()
    sum(k * k for k in range(10**6))
    return time.thread_time() - started
