"""Lesson 07, Recurrent networks: its card."""

from lessonlib.lessons.card import Lesson

CARD = Lesson(
    number="07",
    stem="07_recurrent_networks",
    title="Recurrent networks",
    promise="Carry a state",
    you_will="carry a state through a text, and the gradient back through time",
    hours=4.5,
    needs=("05",),
    explorer="ReaderExplorer",
)
