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
            "2.5 of 61 million. A convolution reuses its weights at every place, so it has few "
            "parameters and much work: the same five do more than 90 % of the multiplications."
        ),
    ),
    Prediction(
        id="06b.b",
        question=(
            "Plain networks with batch norm, 6 layers and 56 layers, trained alike. Compared with "
            "the 6-layer network, the 56-layer one ends with a training loss that is ..."
        ),
        choices=(
            "lower: it can represent more",
            "about the same",
            "much higher",
        ),
        right=2,
        why=(
            "It could copy the 6 layers and leave the rest as identities, and training does not "
            "find that. The training loss itself is bad, so this is not overfitting."
        ),
    ),
    Prediction(
        id="06b.c",
        question=(
            "The waves that make up a photograph are shifted at random, each keeping its strength. "
            "Neighbouring pixels are as correlated as before. Will ICA find edges again?"
        ),
        choices=("Yes, the same", "Yes, but fewer", "No"),
        right=2,
        why=(
            "An edge is many waves that meet in step. Correlations do not know about steps, and "
            "PCA, which reads nothing else, cannot tell the two pictures apart. ICA can."
        ),
    ),
    Prediction(
        id="06b.d",
        question=(
            "A linear reader gets 0.3 from the pixels of shifted digits. From the best layer of a "
            "network that was never trained it gets ..."
        ),
        choices=("less: random weights destroy", "about 0.3 again", "clearly more"),
        right=2,
        why=(
            "Between 0.5 and 0.7. Random kernels with ReLU and pooling already bend the pixels "
            "into something more useful. Compare with an untrained network before you credit the "
            "training."
        ),
    ),
    Prediction(
        id="06b.e",
        question=(
            "Features learned on the digits 0-4 are frozen and read on 5-9. With which number of "
            "labels for each new digit does training a whole network from scratch win?"
        ),
        choices=("2 labels", "50 labels", "It never wins: more data went into the features"),
        right=1,
        why=(
            "With few labels the borrowed features win. With 50 the new network learns features "
            "made for 5-9, and the borrowed ones, made for 0-4, cannot be improved."
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
