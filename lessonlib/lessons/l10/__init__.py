"""Lesson 10, Transformer: its card."""

from lessonlib.lessons.card import Lesson

CARD = Lesson(
    number="10",
    stem="10_transformer",
    title="Transformer",
    promise="Predict the next token",
    you_will="predict the next token with a GPT of fifteen lines, trained on the page",
    hours=3,
    needs=("09",),
    explorer="PromptExplorer",
)
