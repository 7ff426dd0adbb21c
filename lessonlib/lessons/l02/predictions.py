"""What lesson 02 asks for in words: its predictions, and the questions graded by hand."""

from lessonlib.exercises.judge import WrittenQuestion
from lessonlib.exercises.prediction import Prediction

PREDICTIONS = [
    Prediction(
        id="02.a",
        question=(
            "Ten layers, nine of 50 units and a last one of 1, with random weights and no "
            "activation between them. Which curve can they draw between two classes in the plane?"
        ),
        choices=("Any curve", "A broken line with at most 10 corners", "One straight line"),
        right=2,
        why=(
            "A linear function of a linear function is linear. However many layers, one layer with "
            "three numbers does exactly the same."
        ),
    ),
    Prediction(
        id="02.b",
        question=(
            "XOR can be solved with two hidden ReLUs: you have seen the weights. Trained by Adam "
            "from 200 random starts, a network with two hidden ReLUs solves it ..."
        ),
        choices=("in nearly all runs", "in about half of them", "in less than a third"),
        right=2,
        why=(
            "That weights exist does not mean that training finds them. Most starts end where two, "
            "three or all four of the points share one answer, and most of them stay there."
        ),
    ),
    Prediction(
        id="02.c",
        question=(
            "Two spirals, wound around each other 1.3 times. The best straight line has a test "
            "accuracy of about ..."
        ),
        choices=("0.50", "0.65", "0.80"),
        right=1,
        why=(
            "The outer half turn of both arms has more than half of the points. There the arms "
            "lie on opposite sides of a line. Half a turn further in they have changed sides, and "
            "there the same line is wrong."
        ),
    ),
    Prediction(
        id="02.d",
        question=(
            "A fence of k straight pieces stands around a circle. With twice as many pieces the "
            "area between fence and circle becomes ..."
        ),
        choices=("half as large", "a quarter as large", "an eighth as large"),
        right=1,
        why=(
            "Each piece is half as long, so the gap below it is a quarter as high: the gap grows "
            "with the square of the length, and the total length stays about the same."
        ),
    ),
    Prediction(
        id="02.e",
        question=(
            "64 hidden ReLUs follow a curve on the interval from -1 to 1 with a root mean squared "
            "error of 0.008. Always answering 0 has 0.79. Next to the interval, from 1 to 2, the "
            "error of the 64 units is ..."
        ),
        choices=("about 0.008 as well", "about 0.1", "0.4 or more"),
        right=2,
        why=(
            "All corners are between -1 and 1. After the last one no unit switches, so the network "
            "is a straight line there, whatever the curve does."
        ),
    ),
    Prediction(
        id="02.f",
        question=(
            "Twelve tents, 24 ReLUs in twelve layers, draw a zigzag of 4,096 straight pieces. How "
            "many ReLUs does one single hidden layer need for the same line?"
        ),
        choices=("24", "about 200", "4,096"),
        right=2,
        why=(
            "In one hidden layer each unit adds one corner at most. The line has 4,095 of them, "
            "and yet 4,095 units are not quite enough, as you will see. A layer behind a layer "
            "bends all the pieces that are there already."
        ),
    ),
]

QUESTIONS = [
    WrittenQuestion(
        id="02.w1",
        title="What the theorem promises",
        points=3,
        rubric=(
            "1 point: existence, not learning - the theorem says that weights exist; whether "
            "training finds them is another question (XOR with two units fails for many starts).",
            "1 point: a bounded region - nothing is said outside the interval of the data.",
            "1 point: size - it does not say how many units are enough for the error wanted, nor "
            "how many examples.",
        ),
    ),
]
