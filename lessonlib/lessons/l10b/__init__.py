"""Lesson 10b, Inside a transformer: its card."""

from lessonlib.lessons.card import Lesson

CARD = Lesson(
    number="10b",
    stem="10b_inside_a_transformer",
    title="Inside a transformer",
    promise="What it learns, what it makes up",
    you_will="see what it learns and what it makes up",
    hours=3,
    needs=("10",),
    explorer="LensExplorer",
)
