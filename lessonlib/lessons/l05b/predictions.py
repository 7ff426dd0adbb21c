"""What lesson 05b asks for in words: its predictions, and the questions graded by hand."""

from lessonlib.exercises.judge import WrittenQuestion
from lessonlib.exercises.prediction import Prediction

PREDICTIONS = [
    Prediction(
        id="05b.a",
        question=(
            "Line and networks have learnt from sales of 20 to 100. Now both are asked about sales "
            "of 400, where the revenue is 60. The network of tanh units will answer about ..."
        ),
        choices=("15 to 25", "55 to 65", "far above 65"),
        right=0,
        why=(
            "At 400 the tanh units of the first layer sit near -1 or +1 and stay there. The second "
            "layer hears of no difference any more, so the output is flat there, at 15 to 20. "
            "Nothing in the data told it to go on."
        ),
    ),
    Prediction(
        id="05b.b",
        question=(
            "569 tumours, 30 measured columns, five folds. Logistic regression is right for about "
            "0.975 of them. A network with two hidden layers of 64 units will be ..."
        ),
        choices=(
            "clearly better (0.99 or more)",
            "the same within the error of the estimate",
            "clearly worse (0.95 or less)",
        ),
        right=1,
        why=(
            "A damped line leaves a dozen of 569 rows wrong. The network is right for about as "
            "many: the two differ by fewer rows than chance would move."
        ),
    ),
    Prediction(
        id="05b.c",
        question=(
            "60 rows of random numbers, labels by the toss of a coin. The 20 columns that go best "
            "with the labels are chosen on all rows, from 20, 200 and 2,000 columns; then five "
            "folds measure a logistic regression. Its accuracy is about ..."
        ),
        choices=("0.5 in all three", "0.5, 0.6 and 0.7", "0.5, 0.8 and 0.9"),
        right=2,
        why=(
            "The choice has seen the labels of the test rows. Among many random columns some go "
            "with any labels, and those that are chosen go with the test labels too. If nothing is "
            "chosen, nothing leaks."
        ),
    ),
    Prediction(
        id="05b.d",
        question=(
            "The irregular table, 500 rows. A line gets about 0.60 of new rows right. "
            "The network gets about 0.61. Your boosted trees will get ..."
        ),
        choices=("about 0.6 as well", "about 0.7", "about 0.8"),
        right=2,
        why=(
            "A tree can put its cuts where the table jumps, and ignore columns that say nothing. "
            "Part of that can be given to the others: the useful columns to the network, a free "
            "curve for each column to a line. Both then get nearer, and stay behind."
        ),
    ),
    Prediction(
        id="05b.e",
        question=(
            "Of the five columns that matter, the network reads 0.69 of the new rows right and "
            "your boosted trees more than 0.8. Now these five are mixed by a rotation: the same "
            "points, the same distances, other axes. The trees will reach about ..."
        ),
        choices=("0.8 again", "0.7, like the network", "0.66 or less"),
        right=2,
        why=(
            "A tree cuts one column at a time. After the rotation a jump along one old axis runs "
            "across all the new ones, and needs very many small cuts. The network mixes columns "
            "anyway and keeps what it could do."
        ),
    ),
    Prediction(
        id="05b.f",
        question=(
            "50 of the 1,007 training labels are made wrong. A person looks only at the 100 rows "
            "whose labels the model believes least. How many of the 50 does she find?"
        ),
        choices=("about 5, as by chance", "about 25", "45 or more"),
        right=2,
        why=(
            "A model that does not repeat the false label gives it almost nothing, far less than "
            "it gives the labels of merely untidy digits."
        ),
    ),
]

QUESTIONS = [
    WrittenQuestion(
        id="05b.w1",
        title="A decision with reasons",
        points=4,
        rubric=(
            "1 point: decides, and names a simple model to be tried first on the same splits "
            "(logistic regression or trees), with a reason from size or kind of the data.",
            "1 point: says what would change the decision - a measured gain larger than the error "
            "of the estimate, on splits that keep the years apart or are otherwise free of leaks.",
            "1 point: explanation - the duty is to give specific and accurate reasons for each "
            "refusal, so the reasons must be those of the model used; it does not forbid a kind of "
            "model.",
            "1 point: cost - names which error is dearer, or who bears it, and a consequence (a "
            "threshold, a person for the doubtful cases, a check of the labels, which are "
            "decisions and not the truth).",
        ),
    ),
]
