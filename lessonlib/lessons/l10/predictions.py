"""What lesson 10 asks for in words: its predictions, and the questions graded by hand."""

from lessonlib.exercises.judge import WrittenQuestion
from lessonlib.exercises.prediction import Prediction

PREDICTIONS = [
    Prediction(
        id="10.a",
        question=(
            "Start with single characters and join the most frequent pair of neighbours, 300 "
            "times. How many characters has a token of the prose then on average?"
        ),
        choices=("About 1.3", "About 2.3", "About 5, a word"),
        right=1,
        why=(
            "The first joins are frequent and save most; later ones are rarer. After 300 a token "
            "has 2.2 to 2.3 characters, after 1,000 a little over 3."
        ),
    ),
    Prediction(
        id="10.b",
        question="Which part of a block holds most of its parameters?",
        choices=("Attention", "The MLP", "Both the same", "The norms"),
        right=1,
        why=(
            "Attention has four matrices of D x D, the MLP two of D x 4D: 4 against 8 D². "
            "So the MLP has two thirds."
        ),
    ),
    Prediction(
        id="10.c",
        question=(
            "A fresh, untrained GPT chooses among 556 tokens. What is its loss, in bits a token?"
        ),
        choices=("About 1", "About 9", "About 556"),
        right=1,
        why=(
            "It knows nothing, so every token gets about 1 / 556, and log2 556 = 9.1. A first loss "
            "far from that is a sign of a bug."
        ),
    ),
    Prediction(
        id="10.d",
        question=(
            "We leave out the causal mask, so that every position sees the whole window, and train "
            "as before. The loss ..."
        ),
        choices=("falls faster and far lower", "stays the same", "stays near 9 bits"),
        right=0,
        why=(
            "The next token stands in the window, one place to the right: the model copies it and "
            "the loss falls below one bit. When it generates there is nothing to copy."
        ),
    ),
    Prediction(
        id="10.e",
        question=(
            "256 tokens are generated from a single first one, each time running the whole text so "
            "far through the model. How many tokens go through the blocks in all?"
        ),
        choices=("256", "4,096", "32,896"),
        right=2,
        why=(
            "1 + 2 + ... + 256 = 256 x 257 / 2 = 32,896. With the keys and values kept, 256 are "
            "enough."
        ),
    ),
    Prediction(
        id="10.f",
        question=(
            "At equal steps, on the same prose: who predicts the validation pages best, in bits "
            "per character?"
        ),
        choices=("The GPT", "The LSTM", "A table that counts"),
        right=2,
        why=(
            "A table of two tokens needs 2.09 bits, the LSTM on tokens 2.15, the GPT 2.23. "
            "This holds for one small text, 1,000 steps and networks of 110,000 to 152,000 weights."
        ),
    ),
]

QUESTIONS = [
    WrittenQuestion(
        id="10.w1",
        title="What the race does not show",
        points=3,
        rubric=(
            "1 point: says what the result holds for - one small text, about 110,000 to 150,000 "
            "weights, 1,000 steps - and not for other sizes.",
            "1 point: names a reason why tables cannot follow to larger contexts - most long "
            "contexts were never seen, or the number of rows grows with the power of the order.",
            "1 point: proposes a measurement that could prove the sentence wrong - more data, "
            "more weights or more steps for both, on text neither has seen, in bits per character.",
        ),
    ),
]
