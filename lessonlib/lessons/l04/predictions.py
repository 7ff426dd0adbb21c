"""What lesson 04 asks for in words: its predictions, and the questions graded by hand."""

from lessonlib.exercises.judge import WrittenQuestion
from lessonlib.exercises.prediction import Prediction

PREDICTIONS = [
    Prediction(
        id="04.a",
        question=(
            "On the parabola w²/2 a step with learning rate 1 lands in the minimum. "
            "What does a learning rate of 2.1 do?"
        ),
        choices=(
            "It arrives in half as many steps",
            "It jumps across and slowly comes closer",
            "It jumps across and lands further away each time",
        ),
        right=2,
        why=(
            "Each step multiplies w by 1 - 2.1 = -1.1: the sign changes, and the distance grows by "
            "a tenth. On a parabola that happens for every learning rate above 2 / curvature."
        ),
    ),
    Prediction(
        id="04.b",
        question=(
            "A ravine becomes 100 times steeper in its steepest direction. Gradient descent then "
            "needs about 100 times as many steps. With well chosen momentum it needs ..."
        ),
        choices=("as many as before", "about 10 times as many", "100 times as many as well"),
        right=1,
        why=(
            "The steps grow with the condition number without momentum, and with its square root "
            "with it: the root of 100 is 10."
        ),
    ),
    Prediction(
        id="04.c",
        question=(
            "On the raw table 2,000 steps leave the loss at about 0.3. On the standardised table, "
            "how many steps bring it below 0.1?"
        ),
        choices=("About 30", "About 500", "About 2,000"),
        right=0,
        why=(
            "On the raw table 1 / h is two millionths, set by the largest column. On a common "
            "scale it is 100,000 times as large, and the small columns are no longer left behind."
        ),
    ),
    Prediction(
        id="04.d",
        question=(
            "The loss of this network has 93 kinds of points where the gradient is zero. "
            "How many of them are minima?"
        ),
        choices=("One", "About ten", "About half", "All but a few"),
        right=0,
        why=(
            "A minimum may not curve downwards in any direction. Wherever the network passes on a "
            "weaker direction in place of a stronger one, swapping them leads down; wherever a "
            "unit passes on none, giving it one leads down."
        ),
    ),
    Prediction(
        id="04.e",
        question="Batches of 4 instead of 1: the standard deviation of the gradient's noise ...",
        choices=("halves", "falls to a quarter", "falls to a sixteenth"),
        right=0,
        why=(
            "The variance of a mean of B independent draws is 1/B of that of one: a quarter. The "
            "standard deviation is its root, a half."
        ),
    ),
    Prediction(
        id="04.f",
        question=(
            "Four optimizers on the digits, each with the learning rate that suits it best. The "
            "gap between the best and the worst validation accuracy will be ..."
        ),
        choices=("less than 0.08", "0.08 to 0.25", "more than 0.25"),
        right=0,
        why=(
            "With its own best learning rate each of them classifies the digits well. A learning "
            "rate ten times too large or, without division, thirty times too small costs far more."
        ),
    ),
    Prediction(
        id="04.g",
        question=(
            "The raw table is turned: same distances, same curvatures. Adam "
            "needs a few hundred steps for the raw table as it was. For the turned one it needs ..."
        ),
        choices=("as many", "about twice as many", "more than 2,000"),
        right=2,
        why=(
            "Adam gives each weight a scale of its own. In the raw table every weight belongs to "
            "one column and its unit. In the turned one every weight mixes all units, and no scale "
            "suits it."
        ),
    ),
]

QUESTIONS = [
    WrittenQuestion(
        id="04.w1",
        title="Stuck, or slow?",
        points=3,
        rubric=(
            "1 point: names two explanations other than a bad minimum, such as a saddle or "
            "plateau, a ravine (large condition number), too small a learning rate, saturated "
            "units.",
            "1 point: names a measurement that tells them apart: the size of the gradient, the "
            "sign of the smallest curvature, or whether the loss falls after a small random push.",
            "1 point: says what each outcome would mean for learning rate, scaling or optimizer.",
        ),
    ),
]
