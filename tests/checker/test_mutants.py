"""Every small edit of every reference is refused by the cases, or excused in a sentence."""

import pytest
from mutants import HOMEWORK, chosen, excuses, report

from lessonlib.exercises.judge import SEED
from lessonlib.lessons.registry import exercises_of, lessons


@pytest.mark.exhaustive
@pytest.mark.parametrize("exercise", chosen([]), ids=lambda e: e.id)
def test_no_edit_passes_that_is_not_excused(exercise):
    assert report(exercise, (SEED, *HOMEWORK[:2])) == []


@pytest.mark.parametrize("lesson", lessons())
def test_every_excuse_is_a_sentence_about_an_exercise_of_the_lesson(lesson):
    for exercise, edits in excuses(lesson).items():
        assert exercise in exercises_of(lesson)
        for reason in edits.values():
            assert len(reason.split()) >= 4
            assert reason.endswith(".")
