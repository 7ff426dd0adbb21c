"""Lesson 10b, inside a transformer: a head's score, an ablation, a lens with a bug, confidence."""

from lessonlib.lessons.l10b.exercises import exercise_1, exercise_2, exercise_3, exercise_4

EXERCISES = [
    exercise_1.EXERCISE,
    exercise_2.EXERCISE,
    exercise_3.EXERCISE,
    exercise_4.EXERCISE,
]
