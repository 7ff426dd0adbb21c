"""Lesson 04, Training dynamics: its card."""

from lessonlib.lessons.card import Lesson

CARD = Lesson(
    number="04",
    stem="04_training_dynamics",
    title="Training dynamics",
    promise="Walk downhill without falling",
    you_will="walk downhill without falling: six optimizers, each a few lines",
    hours=3.5,
    needs=("03",),
    explorer="RaceExplorer",
)
