"""Lesson 06b, Deep vision: its card."""

from lessonlib.lessons.card import Lesson

CARD = Lesson(
    number="06b",
    stem="06b_deep_vision",
    title="Deep vision",
    promise="Look inside",
    you_will="take AlexNet apart, see where a network looks, make 56 layers trainable",
    hours=4,
    needs=("06", "04b"),
)
