"""Lesson 09, attention: scores and mixtures, scaling, masks, heads, and the backward pass."""

from lessonlib.lessons.l09.exercises import (
    exercise_1,
    exercise_2,
    exercise_3,
    exercise_4,
    exercise_5,
)

EXERCISES = [
    exercise_1.EXERCISE,
    exercise_2.EXERCISE,
    exercise_3.EXERCISE,
    exercise_4.EXERCISE,
    exercise_5.EXERCISE,
]
