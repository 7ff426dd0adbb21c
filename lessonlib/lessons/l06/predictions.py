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
            "The map moves along with the digit. Pooled windows stand still while the digit moves "
            "through them, so most of them change. The largest value is the same wherever it "
            "stands."
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
            "120 parameters against 144 * 1,728 + 1,728 = 250,560. The dense layer has an own "
            "weight for each pair of pixel and output."
        ),
    ),
    Prediction(
        id="06.d",
        question=(
            "A CNN and an MLP with about 3,700 parameters each read the 540 test digits, all in "
            "the middle. The CNN is better by about ..."
        ),
        choices=("0.01", "0.1", "0.3"),
        right=0,
        why=(
            "Where every digit stands in the same place there is little to share. Moved by one or "
            "two pixels the gap is 0.2 to 0.3."
        ),
    ),
    Prediction(
        id="06.e",
        question=("Now all are trained on shifted digits. Which is best on shifted test digits?"),
        choices=(
            "The CNN",
            "The MLP with ten times its parameters",
            "Support vectors that keep shifted copies",
        ),
        right=2,
        why=(
            "With every shift among its examples a good memory needs nothing built in. It keeps "
            "over 300 times as many numbers as the CNN, and compares each image with all of them."
        ),
    ),
    Prediction(
        id="06.f",
        question=(
            "The CNN finds triangles anywhere, in any rotation. Now the shapes have half the "
            "smallest area that it has seen. Its accuracy is ..."
        ),
        choices=("still above 0.95", "about 0.9", "below 0.85, often near guessing"),
        right=2,
        why=(
            "The kernels have learned corners and sides of one size. Nothing in the network "
            "makes a small triangle look like a large one."
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
