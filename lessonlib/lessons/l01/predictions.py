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
            "The margin is halved, again and again. The bound (R / gamma)^2 grows fourfold each "
            "time. How does the real number of mistakes grow?"
        ),
        choices=("Not at all", "More slowly than the bound", "Fourfold as well", "Faster"),
        right=1,
        why=(
            "The bound holds for the worst arrangement of points. Random points are kinder: the "
            "number of mistakes about doubles, and the share of the bound that is used shrinks."
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
            "plane separate the two classes perfectly?"
        ),
        choices=("Almost never", "About half of the time", "Almost always"),
        right=1,
        why=(
            "Cover's theorem: with twice as many points as dimensions exactly half of all "
            "labellings are separable. A perfect fit of random labels says nothing about learning."
        ),
    ),
    Prediction(
        id="01.e",
        question=(
            "The weights of the centre pixels are two to three times as large as those of the "
            "border. Now each pixel is first divided by its standard deviation. The ratio becomes "
            "..."
        ),
        choices=("larger", "about the same", "about 1"),
        right=2,
        why=(
            "The border hardly varies, so its weights are hardly ever changed. On a common "
            "scale the difference is gone: it was in the ink, not in the importance."
        ),
    ),
]

QUESTIONS = [
    WrittenQuestion(
        id="01.w1",
        title="What the weights may say",
        points=2,
        rubric=(
            "1 point: names the cause - border pixels are almost always 0, so their raw weights "
            "are hardly ever changed, whatever they mean.",
            "1 point: says what would be needed - the same scale for every pixel (standardising), "
            "or the loss when a pixel is hidden; a small weight alone proves nothing.",
        ),
    ),
]
