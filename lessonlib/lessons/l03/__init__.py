"""Lesson 03, Backpropagation: its card."""

from lessonlib.lessons.card import Lesson

CARD = Lesson(
    number="03",
    stem="03_backpropagation",
    title="Backpropagation",
    promise="Assign the blame",
    you_will="compute every gradient: build a tape, then the same by layers",
    hours=4,
    needs=("02",),
    explorer="GraphExplorer",
)
