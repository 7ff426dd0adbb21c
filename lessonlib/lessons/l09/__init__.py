"""Lesson 09, Attention: its card."""

from lessonlib.lessons.card import Lesson

CARD = Lesson(
    number="09",
    stem="09_attention",
    title="Attention",
    promise="Look back at what matters",
    you_will="look back at what matters, and ask whether that explains anything",
    hours=3,
    needs=("08",),
    explorer="AttentionExplorer",
)
