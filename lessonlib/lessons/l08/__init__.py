"""Lesson 08, LSTM and GRU: its card."""

from lessonlib.lessons.card import Lesson

CARD = Lesson(
    number="08",
    stem="08_lstm_gru",
    title="LSTM and GRU",
    promise="Learn what to keep",
    you_will="learn what to keep: gates one by one; work a memory cell by hand",
    hours=3,
    needs=("07",),
    explorer="MemoryCellExplorer",
)
