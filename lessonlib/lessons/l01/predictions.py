"""What lesson 01 asks for in words: its predictions, and the questions graded by hand."""

from lessonlib.exercises.judge import WrittenQuestion
from lessonlib.exercises.prediction import Prediction

PREDICTIONS = [
    Prediction(
        id="01.a",
        question=(
            "The detector is perfect on centred triangles. Now it is trained and tested on "
            "triangles that move by up to 4 pixels. Its test accuracy will be about ..."
        ),
        choices=("0.95", "0.80", "0.60", "0.50, pure guessing"),
        right=2,
        why=(
            "One weight belongs to one pixel. When the triangle moves, the same pixel is sometimes "
            "inside and sometimes outside, and no fixed set of weights fits all positions."
        ),
    ),
    Prediction(
        id="01.b",
        question=(
            "The margin to the hidden plane is halved three times. Each time its bound, "
            "(R / gamma)^2, grows about fourfold. How does the number of mistakes grow?"
        ),
        choices=("Not at all", "More slowly than the bound", "Fourfold as well", "Faster"),
        right=1,
        why=(
            "The bound has to hold for the worst arrangement of points. For these random ones each "
            "halving makes 2.3 to 3.3 times as many mistakes, while the bound of the best plane "
            "grows almost fourfold: the share of it that is used shrinks."
        ),
    ),
    Prediction(
        id="01.c",
        question=(
            "XOR, ten random starts, 100 passes of the rule each. The best accuracy it ever "
            "reaches is ..."
        ),
        choices=("0.50", "0.75", "1.00"),
        right=1,
        why=(
            "Three of the four points can be put on their right sides by one line, never all four. "
            "The rule does not settle on such a line either: it walks in a cycle."
        ),
    ),
    Prediction(
        id="01.d",
        question=(
            "40 points in 20 dimensions, each labelled by the toss of a coin. How often does a "
            "plane through the origin separate the two classes perfectly?"
        ),
        choices=("Almost never", "About half of the time", "Almost always"),
        right=1,
        why=(
            "Cover's theorem: with twice as many points as dimensions, planes through the origin "
            "separate exactly half of all labellings (with a bias, 0.625 of them). A perfect fit "
            "of random labels says nothing about learning."
        ),
    ),
    Prediction(
        id="01.e",
        question=(
            "In random order the averaged reader gets about 0.93 after a single pass. Now the "
            "digits come sorted: first all zeros, then all ones, the nines last. After one pass "
            "it gets about ..."
        ),
        choices=("0.93: the mean does not depend on the order", "0.75", "0.2 to 0.5", "0.10"),
        right=2,
        why=(
            "A unit that is shown its own digit for a hundred images, and only others before and "
            "after, makes its mistakes where the class changes, and hardly any in between. Few "
            "mistakes in such an order promise nothing: the next image is nearly always of the "
            "same class as the last."
        ),
    ),
    Prediction(
        id="01.f",
        question=(
            "After standardising, the weights at the centre are no larger than those at the "
            "border. Now we hide the 16 pixels of the centre from the trained units: each is "
            "replaced by its mean. The accuracy of about 0.95 falls to ..."
        ),
        choices=("0.90", "0.80", "0.65"),
        right=2,
        why=(
            "Both readers rely on the centre far more than on the border, which has more pixels. "
            "The sizes of the weights did not show it: many pixels of the border are nearly always "
            "empty, so that their weights seldom act."
        ),
    ),
]

QUESTIONS = [
    WrittenQuestion(
        id="01.w1",
        title="What the weights may say",
        points=2,
        rubric=(
            "1 point: names what the conclusion needs - a weight counts together with the scale "
            "(range, spread) of its pixel, so the pixels must be on one known scale; and for a "
            "linear unit weight times range must be small against the scores. In a model of "
            "several layers, or with many small weights that add up, it does not follow.",
            "1 point: names a test of importance - hide those pixels (replace them by their mean) "
            "and look at the accuracy on validation images, next to as many other pixels; or train "
            "again without them.",
        ),
    ),
]
