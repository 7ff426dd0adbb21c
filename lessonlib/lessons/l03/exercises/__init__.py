"""Lesson 03, backpropagation: from one operation's slopes to a layer's gradients."""

from lessonlib.lessons.l03.exercises import (
    exercise_1,
    exercise_2,
    exercise_3,
    exercise_4,
    exercise_5,
    exercise_6,
)

EXERCISES = [
    exercise_1.EXERCISE,
    exercise_2.EXERCISE,
    exercise_3.EXERCISE,
    exercise_4.EXERCISE,
    exercise_5.EXERCISE,
    exercise_6.EXERCISE,
]
