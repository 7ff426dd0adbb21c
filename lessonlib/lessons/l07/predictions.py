"""What lesson 07 asks for in words: its predictions, and the questions graded by hand."""

from lessonlib.exercises.judge import WrittenQuestion
from lessonlib.exercises.prediction import Prediction

PREDICTIONS = [
    Prediction(
        id="07.a",
        question=(
            "Twins hold the same words and have opposite labels. The best that any classifier on "
            "the counts of words can reach on new twins:"
        ),
        choices=("0.50", "about 0.75", "nearly 1, with enough data"),
        right=0,
        why=(
            "Twins have equal counts, so they get equal answers: one of the two is always wrong. "
            "No amount of data or of layers on top of the counts changes that."
        ),
    ),
    Prediction(
        id="07.b",
        question=(
            "A forward reader is asked at the word bank; the telling word comes after it. With "
            "long training its accuracy on new sentences is"
        ),
        choices=("about 0.5", "about 0.75", "nearly 1"),
        right=0,
        why=(
            "At the bank its state is a function of the words before, and these tell nothing in "
            "such sentences. What has not been read cannot be in the state."
        ),
    ),
    Prediction(
        id="07.c",
        question=(
            "Spectral radius 0.9, no tanh. After 60 steps back, about how much of the blame is "
            "left?"
        ),
        choices=("nine tenths", "a tenth", "two thousandths", "a millionth"),
        right=2,
        why=(
            "Each step multiplies by about 0.9, and 0.9 to the 60 is 0.0018. With 0.8 it would be "
            "a millionth, with 1.1 three hundredfold growth."
        ),
    ),
    Prediction(
        id="07.d",
        question=(
            "Rate 3, radius 1.3 at the start. Without clipping, after 150 steps most models cost "
            "(guessing: 6.7 bits)"
        ),
        choices=(
            "about 3 bits: the tanh keeps everything small",
            "about as much as guessing, or more",
            "nothing: the loss is nan from the first steps",
        ),
        right=1,
        why=(
            "The tanh keeps the states small, so nothing overflows. But single steps are tens of "
            "times too long, and each throws the weights to where the answers are wrong and sure."
        ),
    ),
    Prediction(
        id="07.e",
        question="After 450 steps the network is compared with tables on the validation text. It",
        choices=(
            "loses even to order 1 (one character of context)",
            "lies between order 1 and order 2",
            "lies between order 2 and order 3",
            "beats order 3",
        ),
        right=2,
        why=(
            "Two characters of context are easily beaten by a state of 128 numbers; three already "
            "fix most of a word, and a table learns them in one pass. A network that saw the text "
            "twice is not there yet."
        ),
    ),
    Prediction(
        id="07.f",
        question="22 words run together without spaces. Where is the network's surprise largest?",
        choices=(
            "at the first letter of a word",
            "at the last letter of a word",
            "at rare letters, wherever they stand",
        ),
        right=0,
        why=(
            "Inside a word the letters so far leave few possibilities, often one. At its end any "
            "of 22 words may follow. So surprise marks where words begin."
        ),
    ),
]

QUESTIONS = [
    WrittenQuestion(
        id="07.w1",
        title="Which remedy for which illness",
        points=3,
        rubric=(
            "1 point: names the likely cause - blame from the end hardly reaches words hundreds of "
            "steps back (it vanishes), so the network learns from the last words only - and that "
            "clipping (a) only shortens gradients that are too long: it cannot bring back what has "
            "vanished.",
            "1 point: judges (b) and (c) - the backward direction brings the first words near the "
            "answer (the middle stays far), which may help some; windows cut the blame at 50 "
            "words, with one answer at the end they make it worse, unless an answer is asked in "
            "every window.",
            "1 point: proposes a measurement - the length of the gradient against the lag, "
            "accuracy on texts cut to their last 50 words, accuracy with the words shuffled, or "
            "the like - and says what it would show.",
        ),
    ),
]
