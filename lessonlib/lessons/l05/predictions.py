"""What lesson 05 asks for in words: its predictions, and the questions graded by hand."""

from lessonlib.exercises.judge import WrittenQuestion
from lessonlib.exercises.prediction import Prediction

PREDICTIONS = [
    Prediction(
        id="05.a",
        question=(
            "Every label of the 1,007 training digits is drawn with a ten-sided die. A network "
            "with 256 hidden units trains for 200 steps. Its training accuracy will be about ..."
        ),
        choices=("0.10, there is nothing to learn", "0.50", "1.00"),
        right=2,
        why=(
            "With 256 hidden units 200 steps are enough to remember each image by itself. On "
            "validation images it is right about one time in ten: guessing."
        ),
    ),
    Prediction(
        id="05.b",
        question=(
            "200 examples, one label in ten wrong. We raise the number of features from 10 to "
            "4,000. Where is the error on new digits largest?"
        ),
        choices=("At 10 features", "At 200, where the fit just becomes perfect", "At 4,000"),
        right=1,
        why=(
            "At 200 features exactly one solution reaches all labels, and its weights are huge. "
            "With 4,000 there are many solutions, and the smallest is tame."
        ),
    ),
    Prediction(
        id="05.c",
        question=(
            "20 equations, 50 unknowns: infinitely many exact solutions. Gradient descent starts "
            "at zero, with steps small enough to converge. Which solution does it find?"
        ),
        choices=("Another one for each such step size", "The smallest", "The one with most zeros"),
        right=1,
        why=(
            "Every step is a sum of rows of A, so the solution is one, too. Only one exact "
            "solution is made of rows, and it is the shortest of all."
        ),
    ),
    Prediction(
        id="05.d",
        question=(
            "About 30 of the 150 training labels are wrong. At the step with the lowest validation "
            "loss, what does the network answer to most of these 30 training images?"
        ),
        choices=("The wrong label it was given", "The digit they show", "Some third digit"),
        right=1,
        why=(
            "It was never told these digits, but what the other images have in common is learned "
            "first. The wrong labels follow later, one by one, and then all of them are known."
        ),
    ),
    Prediction(
        id="05.e",
        question=(
            "In a trained network 48 of the 64 hidden units are switched off, without training it "
            "again. Trained without dropout it keeps an accuracy of about ..."
        ),
        choices=("0.95", "0.55", "0.10, guessing"),
        right=1,
        why=(
            "A quarter of the units still knows a little about everything. Trained with dropout, "
            "about 0.78 is left."
        ),
    ),
    Prediction(
        id="05.f",
        question=(
            "A network trained on digits that are shifted at random reads shifted digits far "
            "better. What happens to its accuracy on noisy digits, compared with plain training?"
        ),
        choices=(
            "It rises: more variety always helps",
            "It stays the same: shifts and noise are different things",
            "It falls by more than 0.1",
        ),
        right=2,
        why=(
            "It falls from 0.86 to 0.59. Variety of one kind can cost robustness of another kind, "
            "so measure what you care about, not only what you trained for."
        ),
    ),
]

QUESTIONS = [
    WrittenQuestion(
        id="05.w1",
        title="A perfect score",
        points=2,
        rubric=(
            "1 point: names a reason why the number may not hold - the same patients in both "
            "parts, or many models tried on the same test part.",
            "1 point: says what would settle it - a fresh test part, split by patient, measured "
            "once after all choices are made.",
        ),
    ),
]
