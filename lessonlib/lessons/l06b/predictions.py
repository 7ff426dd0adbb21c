"""What lesson 06b asks for in words: its predictions, and the questions graded by hand."""

from lessonlib.exercises.judge import WrittenQuestion
from lessonlib.exercises.prediction import Prediction

PREDICTIONS = [
    Prediction(
        id="06b.a",
        question=(
            "AlexNet has 61 million parameters: five convolutions, then three fully connected "
            "layers. What share of the parameters is in the five convolutions?"
        ),
        choices=("4 %", "50 %", "96 %"),
        right=0,
        why=(
            "2.3 of 61 million. A convolution uses its weights at every place, so it has few "
            "parameters and much work: the same five do 92 % of the multiplications."
        ),
    ),
    Prediction(
        id="06b.b",
        question=(
            "A network was trained on images of one digit, and was never told where the digit is. "
            "Now it sees four different digits at once. Its map for one of them is largest in the "
            "right quarter ..."
        ),
        choices=(
            "in about 1 case of 4: it knows nothing of places",
            "in about 2 cases of 3",
            "in more than 9 cases of 10",
        ),
        right=2,
        why=(
            "In about 0.97 of the cases. The score is a mean over places, so one may ask what each "
            "place gives to it. With random kernels it is about half of them, as a control shows "
            "below."
        ),
    ),
    Prediction(
        id="06b.c",
        question=(
            "Plain networks with batch norm, 6 layers and 56 layers, trained alike for 80 steps. "
            "Compared with 6 layers, the 56 layers end with a training loss that is ..."
        ),
        choices=(
            "lower: it can represent more",
            "about the same",
            "much higher",
        ),
        right=2,
        why=(
            "1.7 in place of 0.08. That is the loss on the images it was trained on, so it is not "
            "overfitting."
        ),
    ),
    Prediction(
        id="06b.d",
        question=(
            "56 plain layers, no shortcut, the same training. Only the starting values change: "
            "each kernel passes its own channel on, and most values are above the bend of the "
            "ReLU. After ten passes the training loss is ..."
        ),
        choices=(
            "as high as before: the network still has no shortcuts",
            "about half of it",
            "less than a tenth of it",
        ),
        right=2,
        why=(
            "0.06 in place of 1.7; with shortcuts it is 0.035. So plain layers can be trained. "
            "Which of the two changes does it, and which others would, the next table shows."
        ),
    ),
    Prediction(
        id="06b.e",
        question=(
            "A network has learned the digits 0 to 4. Now each of 5 to 9 comes with 50 labelled "
            "images. Compared with a new network from scratch, the old one, trained further, reads "
            "the new digits ..."
        ),
        choices=(
            "better in nearly all of twelve seeds",
            "better in about half of them",
            "better in hardly any of them",
        ),
        right=1,
        why=(
            "Better in six seeds, tied in two, behind in four: 0.931 against 0.929 on average. "
            "With 2 labels in place of 50 it is better in eleven."
        ),
    ),
]

QUESTIONS = [
    WrittenQuestion(
        id="06b.w1",
        title="What a probe can prove",
        points=3,
        rubric=(
            "1 point: a reader that succeeds shows that the information is there in a form that a "
            "linear reader can use, not that the network uses it.",
            "1 point: a fair comparison is named - an untrained network of the same shape, the "
            "same number of inputs and labels for each layer, images not used for the reader, or "
            "the raw pixels.",
            "1 point: an experiment that would show use - take the information out (or change it) "
            "in that layer and see whether the network's answers change - or another reason why "
            "0.86 proves little.",
        ),
    ),
]
