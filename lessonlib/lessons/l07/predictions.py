"""What lesson 07 asks for in words: its predictions, and the questions graded by hand."""

from lessonlib.exercises.judge import WrittenQuestion
from lessonlib.exercises.prediction import Prediction

PREDICTIONS = [
    Prediction(
        id="07.a",
        question=(
            "Twins hold the same words and have opposite labels. The best that any classifier on "
            "the counts of words can reach on new twins:"
        ),
        choices=("0.50", "about 0.75", "nearly 1, with enough data"),
        right=0,
        why=(
            "Twins have equal counts, so they get equal answers: one of the two is always wrong. "
            "No amount of data or of layers on top of the counts changes that."
        ),
    ),
    Prediction(
        id="07.b",
        question=(
            "The table of words in places is right for all test sentences of eight words. Every "
            "sentence gets the word perhaps in front. The table is then right for"
        ),
        choices=("nearly all", "about three in four", "about half, as by guessing"),
        right=2,
        why=(
            "Each word has a row of its own for each place. After the move the people are at "
            "places where no person was in training, and their rows there are still zero."
        ),
    ),
    Prediction(
        id="07.c",
        question=(
            "A forward reader is asked at the word bank; the telling word comes after it. With "
            "long training its accuracy on new sentences is"
        ),
        choices=("about 0.5", "about 0.75", "nearly 1"),
        right=0,
        why=(
            "At the bank its state is a function of the words before, and these tell nothing in "
            "such sentences. What has not been read cannot be in the state."
        ),
    ),
    Prediction(
        id="07.d",
        question=(
            "U has the eigenvalue 0.8 twice and the largest singular value 4.15; no tanh. "
            "The gradient (1, 0) goes back through 60 steps. Its length"
        ),
        choices=(
            "falls from the first step on",
            "grows first, and is below 0.01 after 60 steps",
            "grows at every step, to about 4.15 to the power 60",
        ),
        right=1,
        why=(
            "A single step can make a vector as much as 4.15 times longer, but not each of many "
            "steps in a row: in the long run 0.8 decides. By hand the gradient is 0.8 to the k "
            "times (1, 5k), and 0.8 to the 60 is about a millionth."
        ),
    ),
    Prediction(
        id="07.i",
        question=(
            "A recurrent network reads a first symbol, 0 or 1, then k random fillers; at the end "
            "it is asked for the first symbol. 600 steps are enough for k = 10. At k = 40, most "
            "runs get"
        ),
        choices=("1.00, only later", "about 0.75", "0.5, as by guessing"),
        right=2,
        why=(
            "Three of twenty starts learn it, the others guess, and four times the steps change "
            "nothing. Before training 2e-12 of a gradient is left after 40 steps."
        ),
    ),
    Prediction(
        id="07.e",
        question=(
            "A search finds that 15 % of the last tenth is copied from the training part. On "
            "other validation pages, without copies, the table of orders 0 to 4 will cost, "
            "instead of 1.90 bits,"
        ),
        choices=("1.90, copies hardly matter", "about 2.2", "more than 3"),
        right=1,
        why=(
            "It costs 2.17. But only a part of the difference is memory, and how large a part "
            "depends on what counts as a copy: the copied passages are easy in any case."
        ),
    ),
    Prediction(
        id="07.f",
        question=(
            "Free runs at a learning rate of 3 fail, clipped ones do not. What do free runs at a "
            "rate of 1 reach, compared with clipped runs at 3?"
        ),
        choices=(
            "They fail as well: without clipping no recurrent network learns",
            "A little less: they run well and go more slowly",
            "Much less: after the same number of steps they are near guessing",
        ),
        right=1,
        why=(
            "At a rate of 1 no start fails. Clipping lets a larger rate run without failures, and "
            "after the same number of steps that is a little further."
        ),
    ),
    Prediction(
        id="07.g",
        question=(
            "After 300 steps your network is compared with tables on the validation pages. It"
        ),
        choices=(
            "loses even to order 1 (one character of context)",
            "lies between order 1 and order 2",
            "lies between order 2 and order 3",
            "beats order 3",
        ),
        right=2,
        why=(
            "Two characters of context are soon beaten by a state of 128 numbers; three already "
            "fix most of a word, and a table learns them in one pass. A network that saw the text "
            "once and a half is not there yet."
        ),
    ),
    Prediction(
        id="07.h",
        question="22 words run together without spaces. Where is the network's surprise largest?",
        choices=(
            "at the first letter of a word",
            "at the last letter of a word",
            "at rare letters, wherever they are",
        ),
        right=0,
        why=(
            "Inside a word the letters so far leave few possibilities, often one. At its end any "
            "of 22 words may follow. So surprise marks where words begin."
        ),
    ),
]

QUESTIONS = [
    WrittenQuestion(
        id="07.w1",
        title="Which remedy for which illness",
        points=3,
        rubric=(
            "1 point: names the likely cause - the gradient from the end hardly reaches words "
            "hundreds of steps back (it vanishes), so the network learns from the last words only "
            "- and that clipping (a) only shortens gradients that are too long: it cannot bring "
            "back what has vanished.",
            "1 point: judges (b) and (c) - the backward direction brings the first words near the "
            "answer (the middle stays far), which may help some; windows cut the gradient at 50 "
            "words, with one answer at the end they make it worse, unless an answer is asked in "
            "every window.",
            "1 point: proposes a measurement - the length of the gradient against the lag, "
            "accuracy on texts cut to their last 50 words, accuracy with the words shuffled, or "
            "the like - and says what it would show.",
        ),
    ),
]
