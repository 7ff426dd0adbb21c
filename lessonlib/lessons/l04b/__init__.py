"""Lesson 04b, Deep and stable: its card."""

from lessonlib.lessons.card import Lesson

CARD = Lesson(
    number="04b",
    stem="04b_deep_and_stable",
    title="Deep and stable",
    promise="Keep the signal alive",
    you_will="keep the signal alive through many layers; diagnose sick runs",
    hours=4,
    needs=("04",),
)
