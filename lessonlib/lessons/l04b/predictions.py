"""What lesson 04b asks for in words: its predictions, and the questions graded by hand."""

from lessonlib.exercises.judge import WrittenQuestion
from lessonlib.exercises.prediction import Prediction

_CAUSES = (
    "The learning rate is far too small",
    "The learning rate is far too large",
    "Signal and gradient shrink from layer to layer",
    "Most ReLU units are dead",
    "The optimizer was not given all layers",
    "The labels are mixed up",
    "The inputs were not centred",
)


def _patient(letter: str, number: int, right: int, why: str) -> Prediction:
    return Prediction(
        id=f"04b.{letter}",
        question=f"Patient {number}: what is wrong?",
        choices=_CAUSES,
        right=right,
        why=why,
    )


PREDICTIONS = [
    Prediction(
        id="04b.a",
        question=(
            "50 layers of 256 units, tanh, weights drawn with standard deviation 0.01. The input "
            "has size 1. The output of layer 50 has a size of about ..."
        ),
        choices=("0.1", "0.001", "1e-10", "1e-40"),
        right=3,
        why=(
            "Each layer multiplies the size by 0.01 times the root of 256, which is 0.16. Fifty "
            "times 0.16 is 10 to the power -40."
        ),
    ),
    Prediction(
        id="04b.b",
        question=(
            "Nine layers, ReLU, He initialisation, gradient descent at a rate of 3.0. With batch "
            "norm the validation accuracy after 5 passes is ..."
        ),
        choices=("0.1, like the plain network", "0.2 to 0.5", "above 0.5, usually above 0.9"),
        right=2,
        why=(
            "The plain network is lost at a third of this rate already. Which half of batch norm "
            "saves it is what the next section asks."
        ),
    ),
    Prediction(
        id="04b.c",
        question=(
            "Six layers, Adam at a rate of 0.05, too much for a constant rate. Which change helps "
            "more here?"
        ),
        choices=("Warm up, then stay at 0.05", "Begin at 0.05, fall along a cosine to 0"),
        right=1,
        why=(
            "The cosine lifts the median by about six points, a warm-up that is followed by the "
            "full rate by little or nothing."
        ),
    ),
    _patient(
        "e",
        1,
        2,
        "The loss stays at guessing, although layer 7 moves. Both lines of the middle panel fall "
        "by about two thirds per layer, each in its own direction: the differences between images "
        "on their way up, the gradient on its way down. The network has sigmoid units.",
    ),
    _patient(
        "f",
        2,
        0,
        "Gradients and outputs have one size in all layers, and no unit is dead. But every layer "
        "moves too little: layers 1 to 6 by about a millionth of their size per step, layer 7 by a "
        "hundred-thousandth. The rate was 0.0001.",
    ),
    _patient(
        "g",
        3,
        4,
        "The loss falls a little, so something learns: layer 7. The other layers have an update of "
        "exactly 0, drawn on the lower edge: their parameters were never handed to the optimizer. "
        "Their gradients look large because nobody clears them, so that they add up from step to "
        "step.",
    ),
    _patient(
        "h",
        4,
        3,
        "In some layer every unit is 0 on every image. ReLU passes no gradient where it is 0, so "
        "nothing arrives below; above, the inputs are 0, and with them the weights' gradients. "
        "Nothing can recover. All biases started at -1.",
    ),
    _patient(
        "i",
        5,
        1,
        "The loss leaps far above guessing: the network is worse than no network. Early updates "
        "are about as large as the weights themselves, 40 to 130 % of them. After that nearly all "
        "tanh units are at -1 or +1, where the slope is almost 0: the vanished gradient is the "
        "consequence.",
    ),
]

QUESTIONS = [
    WrittenQuestion(
        id="04b.w1",
        title="What batch norm was shown to do",
        points=3,
        rubric=(
            "1 point: says which part the lesson's measurements carry: nine layers train at rates "
            "where the plain network fails.",
            "1 point: refuses the step to 200 layers: with batch norm the gradient grows by about "
            "1.2 a layer over fifty layers, and none of them were trained; or names what is "
            "needed in addition (residual connections, lesson 06b).",
            "1 point: treats the reason as open: covariate shift was the proposal, later work "
            "disputes it; proposes a measurement that could tell.",
        ),
    ),
]
