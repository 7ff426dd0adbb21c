"""What lesson 06 asks for in words: its predictions, and the questions graded by hand."""

from lessonlib.exercises.judge import WrittenQuestion
from lessonlib.exercises.prediction import Prediction

PREDICTIONS = [
    Prediction(
        id="06.a",
        question=(
            "The kernel [[-1, 1], [-1, 1]] slides over the grey evening sky of a photograph, where "
            "neighbouring pixels are nearly equal. The map there is ..."
        ),
        choices=("bright, like the sky", "near 0", "random"),
        right=1,
        why=(
            "The entries add up to 0, so equal pixels cancel whatever their brightness. Only a "
            "difference between left and right is left over."
        ),
    ),
    Prediction(
        id="06.b",
        question=("A digit moves by one pixel to the right. What stays exactly as it was?"),
        choices=(
            "The map of a kernel",
            "The map after 2 x 2 maximum pooling",
            "The largest value of the whole map",
        ),
        right=2,
        why=(
            "The map moves along with the digit. Pooled windows stay where they are while the "
            "digit moves through them, so most of those that see ink change. The largest value "
            "is the same wherever it is."
        ),
    ),
    Prediction(
        id="06.c",
        question=(
            "12 kernels of 3 x 3 turn a 12 x 12 image into 12 maps of 12 x 12. A dense layer with "
            "the same outputs needs more parameters, namely about ..."
        ),
        choices=("20 times as many", "200 times as many", "2,000 times as many"),
        right=2,
        why=(
            "120 parameters against 144 * 1,728 + 1,728 = 250,560. The dense layer has a separate "
            "weight for each pair of pixel and output."
        ),
    ),
    Prediction(
        id="06.d",
        question=(
            "A CNN and an MLP with about 3,700 parameters each read the 250 validation digits, all "
            "of them in the middle. The CNN is better by about ..."
        ),
        choices=("0.01", "0.1", "0.3"),
        right=0,
        why=(
            "Where every digit is in the same place there is little to share. Moved by one or two "
            "pixels the gap is 0.2 to 0.3."
        ),
    ),
    Prediction(
        id="06.e",
        question="Now all are trained on shifted digits. Which is best on shifted test digits?",
        choices=(
            "The CNN",
            "The MLP with ten times its parameters",
            "Support vectors that keep shifted copies",
        ),
        right=2,
        why=(
            "With every shift among its examples, a method that keeps them needs nothing built in. "
            "It keeps hundreds of times as many numbers as the CNN."
        ),
    ),
    Prediction(
        id="06.f",
        question=(
            "A network with shared kernels and a maximum over the whole map is trained on shapes "
            "near the middle only. On shapes that are moved by up to 4 pixels its accuracy is ..."
        ),
        choices=("about 0.5, guessing", "about 0.7", "about 0.9 or better"),
        right=2,
        why=(
            "Its answer depends on what is found anywhere, so a place that was never shown is no "
            "new place. Networks that lack one of the two parts are not far from guessing."
        ),
    ),
    Prediction(
        id="06.g",
        question=(
            "The same network, trained on shapes of ordinary size, now reads shapes of half the "
            "smallest area that it has seen. Its accuracy is ..."
        ),
        choices=("about 0.5, guessing", "about 0.75", "about 0.95"),
        right=0,
        why=(
            "Its kernels have learned corners and sides of one size. Nothing in the network makes "
            "a small triangle look like a large one."
        ),
    ),
    Prediction(
        id="06.h",
        question=(
            "The kernels stay shared, but a stride takes one pixel of each window where the "
            "maximum was. Digits that are moved by 2 pixels are then read with an accuracy of ..."
        ),
        choices=(
            "about 0.4, as before: sharing is what counts",
            "about 0.25, half of the gain",
            "about 0.1, guessing",
        ),
        right=2,
        why=(
            "The maps move along with the digit, and the dense layer at the end has a weight for "
            "each place of them. Maxima alone, with own kernels, do not help either: shared "
            "kernels need a pooling that reads the whole window. A mean brings two fifths of "
            "what the maximum brings, and half of it after four times as many passes."
        ),
    ),
]

QUESTIONS = [
    WrittenQuestion(
        id="06.w1",
        title="Whatever the position and scale",
        points=2,
        rubric=(
            "1 point: separates the parts of the claim - convolution moves its maps with the "
            "image (equivariance), global pooling makes the answer nearly independent of place; "
            "size and rotation are not covered by either.",
            "1 point: proposes a measurement - the same test images moved, enlarged, reduced, "
            "with the accuracy for each - or names what would help (training images of all sizes, "
            "several scales of the input).",
        ),
    ),
]
