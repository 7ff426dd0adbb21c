"""What lesson 03 asks for in words: its predictions, and the questions graded by hand."""

from lessonlib.exercises.judge import WrittenQuestion
from lessonlib.exercises.prediction import Prediction

PREDICTIONS = [
    Prediction(
        id="03.a",
        question=(
            "w = 1.5, b = -1, v = 0.5. Each is nudged by the same tiny amount. "
            "Which nudge changes the loss most?"
        ),
        choices=("w, the largest", "v, the smallest", "b", "all alike"),
        right=1,
        why=(
            "v multiplies the hidden value h = 2, so a nudge of v counts twice. A nudge of w or b "
            "has to pass through v = 0.5 first. What counts is what is around a weight, not "
            "its size."
        ),
    ),
    Prediction(
        id="03.b",
        question=(
            "A number is doubled 30 times by y = y + y. About how many calls does hand_on make?"
        ),
        choices=("31", "61", "900", "two billion"),
        right=3,
        why=(
            "Every sum has two paths to its parent, so the number of paths doubles with each sum: "
            "2 to the 30 paths, and the calls count them all."
        ),
    ),
    Prediction(
        id="03.c",
        question="The nudge goes from 0.1 down to 1e-13. The error of the measured slope ...",
        choices=(
            "falls all the way",
            "falls until it reaches rounding error, then stays there",
            "falls, then rises again",
        ),
        right=2,
        why=(
            "Two losses that are nearly equal are subtracted: their rounding errors, about 1e-16, "
            "stay, and are divided by an ever smaller nudge."
        ),
    ),
    Prediction(
        id="03.d",
        question=(
            "A network has 85,002 parameters. All 85,002 gradients by backpropagation cost as much "
            "arithmetic as ... (the forward pass included)"
        ),
        choices=(
            "fewer than 3 forward passes",
            "about 290 forward passes, the square root",
            "about 85,000 forward passes",
        ),
        right=0,
        why=(
            "Going back, each layer does two matrix products of the size of its forward one: one "
            "for its weights, one for its inputs. Each is shared by all parameters of the layer."
        ),
    ),
    Prediction(
        id="03.e",
        question=(
            "20 layers of sigmoid units, weights of variance 1/64. How much smaller is the "
            "gradient that arrives at the first layer than the one at the last hidden layer?"
        ),
        choices=("about the same", "20 times", "a thousand times", "a trillion times"),
        right=3,
        why=(
            "Such weights keep a signal at its size, so what is left is the slopes. A sigmoid's "
            "is at most 0.25, and those of the 19 layers in between are multiplied: 0.25 to the "
            "power 19 is about 4e-12. (A trillion is 1e12.)"
        ),
    ),
    Prediction(
        id="03.f",
        question=(
            "An output has 16 weights. For one example, how often does its largest weight also "
            "get its largest gradient (the network is trained)?"
        ),
        choices=("always", "in most cases", "in fewer than half of the cases", "never"),
        right=2,
        why=(
            "The 16 gradients are p - y times the 16 hidden values. p - y is the same for all of "
            "them, so the largest hidden value decides. It meets the largest weight hardly more "
            "often than by chance, 1 in 16."
        ),
    ),
]

QUESTIONS = [
    WrittenQuestion(
        id="03.w1",
        title="What a gradient says",
        points=2,
        rubric=(
            "1 point: says what the gradient measures - how fast the loss changes for a small "
            "change of that one weight, the others held still - and that shares of a sum are "
            "something else (they do not add up to the loss, may be negative, change with the "
            "scale).",
            "1 point: says what would answer the question - for example setting the weight to 0 "
            "(or the input away) and measuring the loss again - or names why a larger input alone "
            "makes the gradient larger (delta times activation).",
        ),
    ),
]
