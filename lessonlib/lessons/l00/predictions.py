"""What lesson 00 asks for in words: its predictions, and the questions graded by hand."""

from lessonlib.exercises.judge import WrittenQuestion
from lessonlib.exercises.prediction import Prediction

PREDICTIONS = [
    Prediction(
        id="00.a",
        question=(
            "Write down a rule for a 7: ink in the top rows, a stroke below it, nothing at the "
            "lower left and lower right. Of all the images it calls a 7, which share are 7s?"
        ),
        choices=("About half", "About three quarters", "Nearly all"),
        right=0,
        why=(
            "A rule written by hand meets handwriting that nobody thought of: 9s with an open "
            "loop, 1s with a flag, 3s with a faint lower half. They fit the rule just as a 7 does."
        ),
    ),
]

QUESTIONS: list[WrittenQuestion] = []
