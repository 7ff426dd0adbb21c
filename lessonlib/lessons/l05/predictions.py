"""What lesson 05 asks for in words: its predictions, and the questions graded by hand."""

from lessonlib.exercises.judge import WrittenQuestion
from lessonlib.exercises.prediction import Prediction

PREDICTIONS = [
    Prediction(
        id="05.a",
        question=(
            "Every label of the 1,007 training digits is drawn with a ten-sided die. A network "
            "with 512 hidden units trains for 300 steps. Its training accuracy will be about ..."
        ),
        choices=("0.10, there is nothing to learn", "0.50", "1.00"),
        right=2,
        why=(
            "It has 38,410 parameters for 1,007 labels and can remember each image by itself. Test "
            "accuracy is another matter: about 0.10, guessing."
        ),
    ),
    Prediction(
        id="05.b",
        question=(
            "200 examples, one label in ten wrong. We raise the number of features from 10 to "
            "4,000. Where is the test error largest?"
        ),
        choices=("At 10 features", "At 200, where the fit just becomes perfect", "At 4,000"),
        right=1,
        why=(
            "At 200 features exactly one solution fits all labels, the wrong ones too, and it "
            "needs huge weights. With 4,000 there are many solutions, and the smallest is tame."
        ),
    ),
    Prediction(
        id="05.c",
        question=(
            "20 equations, 50 unknowns: infinitely many exact solutions. Gradient descent starts "
            "at zero. Which solution does it find?"
        ),
        choices=("Another one for each learning rate", "The smallest", "The one with most zeros"),
        right=1,
        why=(
            "Every step is a combination of the rows of A, so the solution is one too. Only one "
            "exact solution is: the one with the smallest length."
        ),
    ),
    Prediction(
        id="05.d",
        question=(
            "In a trained network 48 of the 64 hidden units are switched off, without training it "
            "again. Trained without dropout it keeps a test accuracy of about ..."
        ),
        choices=("0.95", "0.55", "0.10, guessing"),
        right=1,
        why=(
            "A quarter of the units still knows a little about everything. Training with dropout "
            "spreads the knowledge further: then about 0.78 is left."
        ),
    ),
    Prediction(
        id="05.e",
        question=(
            "A network is trained on shifted digits and tested on noisy ones. Compared with "
            "training on plain digits its accuracy there ..."
        ),
        choices=("rises: more variety always helps", "stays the same", "falls"),
        right=2,
        why=(
            "Augmentation teaches what it mimics. Shifts make single pixels less reliable in one "
            "way, noise in another: against noise the shifted training loses more than 0.2."
        ),
    ),
]

QUESTIONS = [
    WrittenQuestion(
        id="05.w1",
        title="A perfect score",
        points=2,
        rubric=(
            "1 point: names a reason why the number may not hold - the same patients (or days, "
            "devices) in both parts, many models tried on the same test part, labels or "
            "statistics that leak.",
            "1 point: says what would settle it - a fresh test part, split by patient, measured "
            "once after all choices are made; or the same training on shuffled labels as a check.",
        ),
    ),
]
