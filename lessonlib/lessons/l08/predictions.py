"""What lesson 08 asks for in words: its predictions, and the questions graded by hand."""

from lessonlib.exercises.judge import WrittenQuestion
from lessonlib.exercises.prediction import Prediction

PREDICTIONS = [
    Prediction(
        id="08.a",
        question=(
            "A plain RNN with 32 units trains for 1,200 steps on streams of 50. Always answering 1 "
            "has a mean squared error of 0.167. The RNN ends at about ..."
        ),
        choices=("0.00, the sum of two numbers is easy", "0.08", "0.16, as if it had seen nothing"),
        right=2,
        why=(
            "In five runs of five it has learned to answer 1. Adding is easy; getting the first "
            "number through up to 49 steps is not, and its gradient does not get there either."
        ),
    ),
    Prediction(
        id="08.b",
        question="The forget gate is 0.9 in every step. What is left of a number after 50 steps?",
        choices=("About half", "About 5 %", "About 0.5 %"),
        right=2,
        why="0.9 to the power 50 is 0.005. A gate that keeps for 50 steps must be above 0.98.",
    ),
    Prediction(
        id="08.c",
        question=(
            "Add up the eight frames of a film of the moving dot and give the sum to a network. "
            "With four directions, its accuracy is about ..."
        ),
        choices=("0.25", "0.50", "0.95"),
        right=1,
        why=(
            "The sum shows a line of light: across or down. Which end came first is lost, so it "
            "gets the axis and has to guess the direction."
        ),
    ),
    Prediction(
        id="08.d",
        question="Now the LSTM watches the same test films run backwards. It will mostly ...",
        choices=("name the old direction", "name the opposite direction", "be confused and guess"),
        right=1,
        why=(
            "A dot that moves right, run backwards, is a dot that moves left. It was never trained "
            "on reversed films and need not be: they are right films of the other direction."
        ),
    ),
    Prediction(
        id="08.e",
        question=(
            "A second network trains on sentences in which the sense of bank matters for nothing "
            "that comes later. Before training, a linear reader finds the sense in its state with "
            "0.7. After training it finds it with about ..."
        ),
        choices=("0.6 or less", "0.7 as before", "0.99"),
        right=0,
        why=(
            "What predicts nothing is let go. A random network keeps a little of everything; "
            "training frees the room for what pays."
        ),
    ),
]

QUESTIONS = [
    WrittenQuestion(
        id="08.w1",
        title="Inside quotation marks",
        points=2,
        rubric=(
            "1 point: the cell is written when a text opens and erased when it closes (input gate "
            "open at the first quotation mark; forget gate shut, or the opposite value written, at "
            "the second; forget gate 1 and input gate 0 in between), so the gates must see whether "
            "the cell is full.",
            "1 point: 0.9 for each character leaves 0.9^40 = 1.5 % after 40 characters, so long "
            "texts are lost; the forget gate has to be (almost) 1, for instance by a large bias.",
        ),
    ),
]
